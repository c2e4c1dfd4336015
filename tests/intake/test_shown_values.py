"""What a unit's form or the province's corrections show is what is read; what can't be meant is refused."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from correcting import correct
from workspace import BURIRAM, RAYONG, SAMPLES, cell_of, copy_sample, open_book, submission

from kpibatch.base.config import IntakeLimits
from kpibatch.intake.corrections import read_corrections
from kpibatch.intake.frame import BAD, EMPTY, OK, Line
from kpibatch.intake.submission import Contents, read_submission
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels

APRIL, MAY, JUNE = "2565-04", "2565-05", "2565-06"
SEPTEMBER, PERCENT, COUNT, DAY = "2554-09", "D2.1.satisfaction", "D1.1.done", "T3.evidence_date"


@pytest.fixture(scope="module")
def rayong() -> LevelTables:
    return read_levels(SAMPLES / RAYONG / "level_tables.xlsx")[0]


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("shown")
    return {
        PERCENT: submission(copy_sample(folder / "a", RAYONG), "21P01", SEPTEMBER),
        DAY: submission(copy_sample(folder / "b", BURIRAM), "3101", JUNE),
    }


def read(
    path: Path, tables: LevelTables, month: str, measure: str, content: Any, shown: str
) -> tuple[Line, list[Any]]:
    """A cell of a form, filled in and formatted, as read; and what is found about it."""
    book = open_book(path)
    cell = cell_of(book, measure, month)
    cell.value, cell.number_format = content, shown
    book.save(path.with_name("changed.xlsx"))
    contents = read_submission(path.with_name("changed.xlsx"), tables, month, IntakeLimits())
    return line_of(contents, measure, month), [
        (one.severity, one.code, one.found) for one in contents.findings if one.measure == measure
    ]


def line_of(contents: Contents, measure: str, month: str) -> Line:
    return next(line for line in contents.lines if (line.measure, line.month) == (measure, month))


@pytest.mark.parametrize(
    ("content", "shown", "value", "found"),
    [
        (1.05, "0%", 105, [("note", "read-as", "105%")]),
        (0.855, "0.0%", 85.5, [("note", "read-as", "85.5%")]),
        ("105%", "@", 105, [("note", "read-as", "105%")]),
        (105, "0.00", 105, []),
        (105, '0"%"', 105, []),
    ],
)
def test_a_percent_is_read_as_it_is_shown(content, shown, value, found, forms, rayong):
    line, said = read(forms[PERCENT], rayong, SEPTEMBER, PERCENT, content, shown)
    assert (line.value, line.state, type(line.value), said) == (value, OK, float, found)


@pytest.mark.parametrize(
    ("content", "shown", "found"),
    [
        (0.5, "0%", ("error", "percent-as-count", "50%")),
        ("50%", "@", ("error", "percent-as-count", "50%")),
        ("ร้อยละ ๕๐", "@", ("error", "percent-as-count", "ร้อยละ ๕๐")),
        (85, "d/m/yyyy", ("error", "number-as-day", "25/3/1900 (25/3/2443)")),
        (85, "ว/ด/ปปปป", ("error", "number-as-day", "25/3/1900 (25/3/2443)")),
        (85, "h:mm", ("error", "number-as-time", "0:00")),
        (85, "[h]:mm", ("error", "number-as-time", "2040:00")),
        (1.05, "[<=1]0%;0", ("error", "percent-mixed", "1.05")),
    ],
)
def test_a_count_that_shows_something_else_is_refused(content, shown, found, forms, rayong):
    line, said = read(forms[PERCENT], rayong, SEPTEMBER, COUNT, content, shown)
    assert (line.state, said) == (BAD, [found])


@pytest.mark.parametrize("shown", ["ว/ด/ปปปป", "d/m/bbbb", "bbbb", "[$-D07041E]d mmm bb", "d mmm yyyy"])
def test_a_day_is_a_day_in_any_format_of_days(shown, forms, buriram):
    line, said = read(forms[DAY], buriram, JUNE, DAY, 44722, shown)
    assert (line.value, line.state, said) == (date(2022, 6, 10).toordinal(), OK, [])


@pytest.mark.parametrize(("value", "state"), [(85, BAD), (None, EMPTY)])
def test_a_number_merged_across_months_is_nobody_s(value, state, forms, buriram):
    book = open_book(forms[DAY])
    first, last = (cell_of(book, "T5.news", month) for month in (APRIL, MAY))
    first.value, last.value = value, None
    book["แบบรายงาน"].merge_cells(f"{first.coordinate}:{last.coordinate}")
    book.save(forms[DAY].with_name("merged.xlsx"))
    contents = read_submission(forms[DAY].with_name("merged.xlsx"), buriram, JUNE, IntakeLimits())
    assert [line_of(contents, "T5.news", month).state for month in (APRIL, MAY, JUNE)] == [state, state, OK]
    said = [one for one in contents.findings if one.code == "merged-cells"]
    assert [(one.place.cell, one.found) for one in said] == [
        (cell.coordinate, f"{first.coordinate}:{last.coordinate}") for cell in (first, last) if value
    ]


@pytest.mark.parametrize(
    ("measure", "content", "shown", "value"),
    [
        (PERCENT, 1.05, "0%", 105),
        (PERCENT, "105%", "@", 105),
        (COUNT, 0.5, "0%", "table-percent"),
        (COUNT, "50%", "@", "table-percent"),
        (COUNT, 85, "d/m/yyyy", "table-number-format"),
        (COUNT, 85, "h:mm", "table-number-format"),
    ],
)
def test_a_correction_is_read_as_it_is_shown(measure, content, shown, value, tmp_path, rayong):
    path = correct(tmp_path, ("21P01", measure, SEPTEMBER, content))
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["D2"].number_format = shown
    book.save(path)
    corrections = read_corrections(path, rayong)
    refused = [(one.code, one.place.cell) for one in corrections.findings]
    if isinstance(value, str):
        assert (corrections.usable, refused) == ((), [(value, "D2")])
    else:
        assert ([one.value for one in corrections.usable], refused) == ([value], [])
