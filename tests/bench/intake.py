"""What the guards and the pool cost, as ratios to bare calamine reading of the same forms in the same run.

    python tests/bench/intake.py [ROUNDS]

The machine's speed drops out of the ratios; the rounds are interleaved, so that its moods do too.
"""

import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median

from python_calamine import CalamineWorkbook

from kpibatch.base.config import IntakeLimits
from kpibatch.books.guard.capped import START
from kpibatch.books.guard.inspect import inspect
from kpibatch.books.read import read_bytes
from kpibatch.intake.executor import Orders, read_all, readers
from kpibatch.intake.submission import read_submission
from kpibatch.rules.reader import read_levels

SAMPLE = Path(__file__).parents[2] / "input_samples" / "buriram-2565-2"
MONTH = "2565-06"
LIMITS = IntakeLimits()


def bare(raw: bytes) -> None:
    """What any reader must do: every sheet to Python values, nothing checked."""
    book = CalamineWorkbook.from_filelike(BytesIO(raw))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def main(rounds: int) -> None:
    paths = sorted((SAMPLE / "submissions" / MONTH).glob("*.xlsx"))
    forms = [path.read_bytes() for path in paths]
    tables, _ = read_levels(SAMPLE / "level_tables.xlsx")
    tasks: dict[str, Callable[[], object]] = {
        "bare calamine (the floor)": lambda: [bare(raw) for raw in forms],
        "guards alone": lambda: [inspect(raw, LIMITS) for raw in forms],
        "guarded read to grids": lambda: [read_bytes(raw, LIMITS) for raw in forms],
        "submission, in this process": lambda: [
            read_submission(path, tables, MONTH, LIMITS) for path in paths
        ],
        f"submission, pool ({START})": lambda: read_all(paths, Orders(tables, MONTH, LIMITS), readers),
    }
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            begun = time.perf_counter()
            task()
            seconds[name].append(time.perf_counter() - begun)
    floor = median(seconds["bare calamine (the floor)"])
    print(f"{len(forms)} forms, {rounds} rounds, medians")
    for name, spent in seconds.items():
        middle = median(spent)
        print(
            f"{name:32} {1000 * middle / len(forms):8.2f} ms a form {1000 * middle:8.0f} ms in all "
            f"{middle / floor:8.2f} × the floor"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
