"""How a month's work grows with its units, function by function: lines run, which are counted, not timed.

    python tests/bench/growth.py [FEW MANY] [--home FOLDER]

The same province is made up with FEW and with MANY units and run in this very process. What is printed are
the functions that ran a line for every two units or more, and whose lines grew with a power of the units that
is clearly above one: 1 is linear, 2 is quadratic. Exit code 1: one of them is nearer to quadratic.
"""

import argparse
import contextlib
import io
import math
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from month_inputs import MONTH, Size, made

import kpibatch
from kpibatch.commands.many.task import Task
from kpibatch.commands.many.work import run_task

HOME = str(Path(kpibatch.__file__).parent)
LINEAR, QUADRATIC = 1.25, 1.6  # sorting and a few large units add to one; what is fixed takes from two


def counted(workspace: Path) -> Counter[CodeType]:
    """The lines run of each function of the program's, in a first run of the month."""
    lines: Counter[CodeType] = Counter()

    def line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            lines[frame.f_code] += 1
        return line

    def call(frame: FrameType, _: str, __: Any) -> Any:
        return line if frame.f_code.co_filename.startswith(HOME) else None

    shutil.rmtree(workspace / "output", ignore_errors=True)
    sys.settrace(call)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            run_task(Task(str(workspace), workspace.name, MONTH), lambda _: None)
    finally:
        sys.settrace(None)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sizes", nargs="*", type=int, default=[23, 92], metavar="UNITS")
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "kpibatch-bench")
    asked = parser.parse_args()
    few, many = asked.sizes
    before, after = (counted(made(Size.of(str(units)), asked.home)[0]) for units in (few, many))
    print(f"lines run: {before.total():,} for {few} units, {after.total():,} for {many}")
    print("| function | lines | power of the units |\n|---|---|---|")
    worst = 0.0
    for code, lines in after.most_common():
        if before[code] < few**2 / 2 or lines < many**2 / 2:
            continue
        power = math.log(lines / before[code]) / math.log(many / few)
        worst = max(worst, power)
        if power > LINEAR:
            where = f"{code.co_filename.removeprefix(HOME)[1:]}:{code.co_firstlineno} {code.co_qualname}"
            print(f"| {where} | {lines:,} | {power:.2f} |")
    sys.exit(int(worst > QUADRATIC))


if __name__ == "__main__":
    main()
