"""How long a ranking and a unit's summary take to write: ``python tests/bench/writing.py [UNITS …]``.

The floor is XlsxWriter given the same calls, formats, formulas with their results and all: once as it comes,
once spared its look through each formula. Milliseconds of the processor, the best of some runs; a ranking's
hold what ranks hang on, worked out for it.
"""

import gc
import io
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import xlsxwriter

sys.path.insert(0, str(Path(__file__).parents[1] / "shared"))

from many_units import replicated, sample
from workspace import BURIRAM

from kpibatch.books import write
from kpibatch.books.engine.as_it_is import OPTIONS, WorkBook, WorkSheet
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import trend_of
from kpibatch.workbooks.ranking.book import write_ranking
from kpibatch.workbooks.unit.book import Units, write_unit_book

RUNS, SUMMARIES = 5, 23
PUBLIC = {
    "put_text": "write_string",
    "put_number": "write_number",
    "put_day": "write_datetime",
    "put_blank": "write_blank",
    "put_formula": "write_formula",
}


@dataclass
class Calls:
    """What XlsxWriter was asked for: on which object, by which method, with what, and what that made."""

    said: list[tuple[int, str, list[Any], dict[str, Any], int | None]] = field(default_factory=list)
    objects: int = 1

    def recorded(self) -> "Recorder":
        return Recorder(self, WorkBook(), 0)

    def replay(self, *, spared: bool) -> bytes:
        target = io.BytesIO()
        objects: list[Any] = [xlsxwriter.Workbook(target, dict(OPTIONS)), *[None] * self.objects]
        for on, name, given, named, made in self.said:
            result = getattr(objects[on], name)(*[_real(each, objects) for each in given], **named)
            if made is not None:
                objects[made] = result
                if spared and name == "add_worksheet":
                    result._prepare_formula = WorkSheet._prepare_formula
        objects[0].close()
        return target.getvalue()


@dataclass(frozen=True)
class Placeholder:
    number: int


class Recorder:
    """An object of XlsxWriter's that notes what it is asked for."""

    def __init__(self, calls: Calls, real: Any, number: int) -> None:
        self.calls, self.real, self.number = calls, real, number

    def put_line(self, row: int, columns: Any, contents: Any, forms: Any, put: Any) -> None:
        for column, content, form in zip(columns, contents, forms, strict=True):
            put(row, column, content, form)

    def put_merged(self, row: int, first: int, last: int, text: str, form: Any) -> None:
        self.merge_range(row, first, row, last, text, form)

    def put_tall(self, row: int, points: float, *, hidden: bool) -> None:
        self.set_row(row, points, None, {"hidden": hidden})

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.real, name)
        if not callable(method):
            return method

        def call(*given: Any, **named: Any) -> Any:
            result = method(*[_unwrapped(each) for each in given], **named)
            if name in ("packed", "finish"):
                return result
            made = None
            if not isinstance(result, int | str | tuple | float | None):
                made = self.calls.objects
                self.calls.objects += 1
            noted = [_noted(each) for each in given]
            if name == "put_blank":
                noted.insert(2, None)
            if name == "put_formula":
                noted[2] = f"={noted[2]}"
            self.calls.said.append((self.number, PUBLIC.get(name, name), noted, named, made))
            return result if made is None else Recorder(self.calls, result, made)

        return call


def _unwrapped(each: Any) -> Any:
    if isinstance(each, dict):
        return {key: _unwrapped(value) for key, value in each.items()}
    return each.real if isinstance(each, Recorder) else each


def _noted(each: Any) -> Any:
    if isinstance(each, dict):
        return {key: _noted(value) for key, value in each.items()}
    return Placeholder(each.number) if isinstance(each, Recorder) else each


def _real(each: Any, objects: list[Any]) -> Any:
    if isinstance(each, dict):
        return {key: _real(value, objects) for key, value in each.items()}
    return objects[each.number] if isinstance(each, Placeholder) else each


def recording(job: Callable[[], object]) -> Calls:
    calls, own = Calls(), write.QuickBook
    write.QuickBook = calls.recorded  # type: ignore[assignment,misc]
    try:
        job()
    finally:
        write.QuickBook = own  # type: ignore[misc]
    return calls


def milliseconds(job: Callable[[], object]) -> float:
    taken = []
    for _ in range(RUNS):
        gc.collect()
        begun = time.process_time()
        job()
        taken.append(time.process_time() - begun)
    return 1000 * min(taken)


def measure(outcome: Outcome, folder: Path) -> None:
    path, trend, units = folder / "a.xlsx", trend_of(outcome), outcome.tables.units[:SUMMARIES]

    def ranking() -> None:  # a new outcome remembers nothing of the last run
        write_ranking(replace(outcome), path, trend, [])

    ranking()
    shared = replace(outcome)
    write_ranking(shared, path, trend, [])  # as in a run, which writes the ranking first
    known = Units.of(shared, trend)
    jobs: list[tuple[str, Callable[[], object], list[Calls], int]] = [
        ("ranking", ranking, [recording(ranking)], 1)
    ]
    recorded = [recording(lambda unit=unit: write_unit_book(known, unit, path)) for unit in units]

    def summaries() -> None:
        for unit in units:
            write_unit_book(known, unit, path)

    jobs.append(("a summary", summaries, recorded, len(units)))
    for name, job, calls, count in jobs:
        ours = milliseconds(job) / count
        bare = milliseconds(partial(_replayed, calls, spared=False)) / count
        spared = milliseconds(partial(_replayed, calls, spared=True)) / count
        asked = sum(len(each.said) for each in calls) // count
        print(
            f"{len(outcome.tables.units):>6} {name:>10} {asked:>8,} {ours:>9.1f} "
            f"{bare:>9.1f} {ours / bare:>6.2f} {spared:>9.1f} {ours / spared:>6.2f}"
        )


def _replayed(calls: list[Calls], *, spared: bool) -> None:
    for each in calls:
        each.replay(spared=spared)


def main() -> None:
    warnings.simplefilter("ignore", UserWarning)
    print(
        f"{'units':>6} {'':>10} {'calls':>8} {'ms':>9} {'bare ms':>9} {'ratio':>6} {'spared':>9} {'ratio':>6}"
    )
    counts = [int(each) for each in sys.argv[1:]] or [23, 230]
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            outcome = sample(BURIRAM)
            measure(
                outcome if count == len(outcome.tables.units) else replicated(BURIRAM, count), Path(folder)
            )
    print(f"processor time, the best of {RUNS} runs; of summaries, the mean of {SUMMARIES}")


if __name__ == "__main__":
    main()
