"""What becomes of damaged workbooks: a table of attempts by kind, and the memory that the worst files take.

    python tests/bench/attempts.py [TRIES]

TRIES of each kind of damage and kind of workbook. Damage on the way (flipped bits, cut, spliced) must never
read otherwise than what was sent; what somebody changed inside, with sound checksums, is another workbook.
Memory is that of the whole process tree, looked up in /proc every few milliseconds (Linux).
"""

import os
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "shared"))

from attempts import KINDS, LIMITS, OUTCOMES, attempt, subjects
from hostile_books import cell, sheet, xlsx
from killers import KILLERS

from kpibatch.base.addresses import address
from kpibatch.books.guard.capped import capped
from kpibatch.books.guard.limits import Refused
from kpibatch.books.read import UnreadableBook, read_book

MB = 1_000_000
_SHOWN = 10


def table(tries: int, folder: Path) -> int:
    """Print the table; how many were wrong or ended with a traceback."""
    print(f"{'workbook':26} {'damage':14} {'tried':>6} " + " ".join(f"{name:>14}" for name in OUTCOMES))
    bad: list[str] = []
    for subject in subjects():
        for kind in KINDS:
            totals, files = attempt(subject, kind, tries, folder)
            bad += files
            counts = " ".join(f"{totals[name]:14,}" for name in OUTCOMES)
            print(f"{subject.name:26} {kind:14} {tries:6,} {counts}", flush=True)
    print(*bad, sep="\n")
    return len(bad)


def memory(paths: list[Path]) -> None:
    """Print the peak of each of the worst files, above what the program takes before it reads."""
    before = _tree(os.getpid())
    peaks = sorted(((_peak(path) - before, path) for path in paths), reverse=True)
    print(f"\nthe worst of {len(paths)} files, in memory above {before / MB:,.0f} MB; a reader may take")
    print(f"{LIMITS.memory_mb:,} MB")
    for peak, path in peaks[:_SHOWN]:
        print(f"{peak / MB:8.1f} MB  {path.stat().st_size / 1000:10,.1f} kB  {path.name}")


def _peak(path: Path) -> int:
    """The most that this process and its children had in memory while the file was read."""
    over, most = threading.Event(), [0]

    def look() -> None:
        while not over.wait(0.002):
            most.append(_tree(os.getpid()))

    watch = threading.Thread(target=look)
    watch.start()
    try:
        with suppress(Refused, UnreadableBook):
            capped(LIMITS, read_book, path)
    finally:
        over.set()
        watch.join()
    return max(most)


def _tree(process: int) -> int:
    """The bytes in memory of a process and all below it; pages that they share are counted once."""
    with suppress(OSError, ValueError, IndexError):
        sizes = Path(f"/proc/{process}/smaps_rollup").read_text().partition("\nPss:")[2]
        below = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        return int(sizes.split()[0]) * 1024 + sum(map(_tree, map(int, below)))
    return 0


def _largest() -> bytes:
    """A workbook of as many cells as a file may have."""
    columns, cells = 50, LIMITS.max_cells
    rows = (
        "".join(cell(address(row, column), row * columns + column) for column in range(columns))
        for row in range(cells // columns)
    )
    return xlsx(sheet("".join(f"<row>{row}</row>" for row in rows)))


def main(tries: int) -> int:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        bad = table(tries, folder)
        hostile = folder / "hostile"
        hostile.mkdir()
        for name, (raw, _) in KILLERS.items():
            (hostile / name).write_bytes(raw)
        (hostile / "as large as allowed.xlsx").write_bytes(_largest())
        memory([*sorted(hostile.iterdir()), *sorted(folder.glob("*.xlsx"))[::7]])
    return bad


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 40) else 0)
