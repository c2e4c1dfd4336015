"""A month's run against a floor and against an office's own script, over the same forms, as a table.

    python tests/bench/month.py [SIZE …] [--steps] [--rounds N] [--home FOLDER]

A SIZE is ``23`` (units), ``23+2`` (two earlier months that were not published), ``76x878`` (workspaces that
have so many units between them), ``23s`` (forms that score themselves, as ``kpibatch forms`` writes them).
The forms are made up first and kept in the home folder; 7,255 units take a quarter of an hour. What is
counted is processor time, user and system, of the whole tree of processes, the interpreter's own start and
all imports included; of several rounds the least. Memory is the tree's proportional share at its peak.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from month_floor import kept_cells
from month_inputs import MONTH, Size, made

HERE = Path(__file__).parent
KPIBATCH = (sys.executable, "-m", "kpibatch")


@dataclass(frozen=True)
class Cost:
    """Processor seconds, and megabytes at the peak."""

    seconds: float
    memory: float


def cost(command: Sequence[str | Path], prepare: Callable[[], None] = lambda: None, rounds: int = 1) -> Cost:
    """The least that a command costs, prepared before each round."""
    costs = []
    for _ in range(rounds):
        prepare()
        costs.append(_once(command))
    return Cost(min(each.seconds for each in costs), max(each.memory for each in costs))


def _once(command: Sequence[str | Path]) -> Cost:
    peak, over = [0.0], threading.Event()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def watch() -> None:
        while not over.wait(0.03):
            peak[0] = max(peak[0], sum(map(_memory, _tree(process.pid))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said, _ = process.communicate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    over.set()
    watcher.join()
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(map(str, command))}: {process.returncode}")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    last = said.rpartition("\n")[0].rpartition("\n")[2]
    loading = float(last) if "month_floor.py" in str(command[1]) else 0.0
    return Cost(spent - loading, peak[0])


def _tree(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        below = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []
    return [pid, *(each for child in below for each in _tree(child))]


def _memory(pid: int) -> float:
    """Its share of what it has in memory, in megabytes; what several processes share is divided."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


@dataclass(frozen=True)
class Measured:
    """One size: what kpibatch, the floor and the office's script cost, and kpibatch's other commands."""

    size: Size
    ours: Cost
    again: Cost
    floor: Cost
    naive: Cost
    steps: dict[str, float]


def measured(size: Size, home: Path, rounds: int) -> Measured:
    workspaces = made(size, home)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def fresh() -> None:
            for each in workspaces:
                shutil.rmtree(each / "output", ignore_errors=True)

        def empty() -> None:
            shutil.rmtree(folder / "to", ignore_errors=True)
            (folder / "to").mkdir()

        def changed() -> None:
            for each in workspaces:
                _change(sorted((each / "submissions" / MONTH).glob("*.xlsx"))[0])

        ours = cost(_run(workspaces), fresh, rounds)
        steps = _steps(workspaces[0])
        again = cost(_run(workspaces), changed, rounds)
        kept_cells(workspaces, folder / "cells")
        program = [sys.executable, HERE / "month_floor.py"]
        rest = [folder / "to", folder / "cells", *workspaces]
        floor = cost([*program, "bare", *rest], empty, rounds)
        naive = cost([*program, "naive", *rest], empty, min(rounds, 2))
    return Measured(size, ours, again, floor, naive, steps)


def _run(workspaces: Sequence[Path]) -> list[str | Path]:
    if len(workspaces) == 1:
        return [*KPIBATCH, "-C", workspaces[0], "run", MONTH]
    return [*KPIBATCH, "run", MONTH, *workspaces]


def _change(path: Path) -> None:
    """Another file with the same values, as Excel saves it anew."""
    import zipfile

    with zipfile.ZipFile(path) as book:
        parts = {each: book.read(each) for each in book.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for info, content in parts.items():
            info.date_time = (1980 + time.time_ns() % 100, 1, 1, 0, 0, 0)
            book.writestr(info, content)


def _steps(workspace: Path) -> dict[str, float]:
    record = json.loads((workspace / "output" / MONTH / "run.json").read_text(encoding="utf-8"))
    return {name: float(spent) for name, spent in record["seconds"].items()}


def table(all_of_them: Sequence[Measured]) -> list[str]:
    """As Markdown: processor seconds, ratios, memory, and how cost grows with the units."""
    heads = ("units", "floor s", "kpibatch s", "÷ floor", "office script s", "÷ office script")
    more = ("one file changed s", "÷ first", "memory MB", "ms a unit more")
    lines = ["| " + " | ".join((*heads, *more)) + " |", "|---" * len((*heads, *more)) + "|"]
    before: Measured | None = None
    for each in all_of_them:
        grown = before and each.size.workspaces == 1 and each.size.units - before.size.units
        growth = (
            f"{1000 * (each.ours.seconds - before.ours.seconds) / grown:.0f}" if grown and before else "–"
        )
        cells = (
            str(each.size),
            f"{each.floor.seconds:.2f}",
            f"{each.ours.seconds:.2f}",
            f"{each.ours.seconds / each.floor.seconds:.2f}",
            f"{each.naive.seconds:.2f}",
            f"{each.ours.seconds / each.naive.seconds:.2f}",
            f"{each.again.seconds:.2f}",
            f"{each.again.seconds / each.ours.seconds:.2f}",
            f"{each.ours.memory:.0f}",
            growth,
        )
        lines.append("| " + " | ".join(cells) + " |")
        before = each
    return lines


def commands(workspace: Path) -> list[str]:
    """What the small commands cost once a month is published."""
    first = sorted((workspace / "submissions" / MONTH).glob("*.xlsx"))[0].name.partition(" ")[0]
    asked = (["--help"], ["levels", "check"], ["status"], ["history", "show", first, "T4"], ["check"])
    lines = ["| command | processor s |", "|---|---|"]
    for words in asked:
        spent = cost([*KPIBATCH, "-C", workspace, *words], rounds=3).seconds
        lines.append(f"| `kpibatch {' '.join(words)}` | {spent:.2f} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "sizes", nargs="*", type=Size.of, default=[Size.of("23"), Size.of("230")], metavar="SIZE"
    )
    parser.add_argument("--steps", action="store_true", help="each step's seconds by the clock, and commands")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "kpibatch-bench")
    asked = parser.parse_args()
    several = [measured(size, asked.home, asked.rounds) for size in asked.sizes]
    print("\n".join(table(several)), f"\n{os.cpu_count()} cores; processor seconds, least of {asked.rounds}")
    if asked.steps:
        for each in several:
            print(f"\n{each.size}:", ", ".join(f"{name} {spent:.2f} s" for name, spent in each.steps.items()))
        print("\n".join(["", *commands(made(asked.sizes[0], asked.home)[0])]))


if __name__ == "__main__":
    main()
