"""How long a ranking takes to write: ``python tests/bench/writing.py``.

The floor is XlsxWriter writing the same contents, formulas with their results among them, without a single
format.
"""

import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import xlsxwriter

sys.path.insert(0, str(Path(__file__).parents[1] / "shared"))

from many_units import replicated, sample
from workspace import BURIRAM, open_book

from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import Trend, month_of
from kpibatch.workbooks.ranking.book import write_ranking

RUNS = 5
Cells = dict[str, list[tuple[int, int, object, object]]]


def contents(path: Path) -> Cells:
    """Sheet → its cells: row, column, content, and the result where that is a formula."""
    values = open_book(path, values=True)
    return {
        sheet.title: [
            (
                c.row - 1,
                c.column - 1,
                c.value,
                values[sheet.title][c.coordinate].value if c.data_type == "f" else None,
            )
            for row in sheet.iter_rows()
            for c in row
            if c.value is not None
        ]
        for sheet in open_book(path)
    }


def write_bare(cells: Cells, path: Path) -> None:
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "in_memory": True,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(path, options) as book:
        for name, lines in cells.items():
            sheet = book.add_worksheet(name)
            for row, column, content, result in lines:
                if isinstance(content, str) and result is None and not content.startswith("="):
                    sheet.write_string(row, column, content)
                elif isinstance(content, str):
                    sheet.write_formula(row, column, content, None, "" if result is None else result)
                else:
                    sheet.write(row, column, content)


def seconds(write: Callable[[], object]) -> float:
    taken = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        write()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def measure(name: str, outcome: Outcome, folder: Path) -> str:
    path, bare, month = folder / "ranking.xlsx", folder / "bare.xlsx", month_of(outcome)
    trend = Trend((replace(month, month=outcome.tables.round.months[0]), month))
    ours = seconds(
        lambda: write_ranking(replace(outcome), path, trend, [])
    )  # a new outcome remembers nothing of the last run
    cells = contents(path)
    floor = seconds(lambda: write_bare(cells, bare))
    count = sum(map(len, cells.values()))
    formulas = sum(str(content).startswith("=") for lines in cells.values() for _, _, content, _ in lines)
    sizes = (path.stat().st_size / 1e6, bare.stat().st_size / 1e6)
    took = f"{ours:>10.2f} {floor:>8.2f} {ours / floor:>6.2f}"
    return f"{name:>10} {count:>8,} {formulas:>9,} {took} {sizes[0]:>11.2f} {sizes[1]:>8.2f}"


def main() -> None:
    warnings.simplefilter("ignore", UserWarning)  # openpyxl, of what it can't hold
    print(
        f"{'units':>10} {'cells':>8} {'formulas':>9} {'ranking s':>10} {'floor s':>8} {'ratio':>6} "
        f"{'ranking MB':>11} {'floor MB':>8}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for outcome in (sample(BURIRAM), replicated(BURIRAM, 230)):
            print(measure(str(len(outcome.tables.units)), outcome, Path(folder)))
    print(f"medians of {RUNS} runs")


if __name__ == "__main__":
    main()
