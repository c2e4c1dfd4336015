"""What a cell to fill in takes: of days what the form itself recommends, on a PC with any settings."""

from datetime import date, datetime
from pathlib import Path

import pytest
from libreoffice import recalculate
from openpyxl import Workbook
from tablebook import levels
from workspace import open_book

from kpibatch.base.config import IntakeLimits
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import read_date
from kpibatch.books.values import read_value
from kpibatch.forms.page.entry import as_typed, input_style, is_milestone, validation_of
from kpibatch.rules.records import Measure, Rollup, Source

DAY = Measure("I1.day", "วันรายงาน", Kind.DATE, Source.FORM)
TABLES = levels()

# What may stand in a cell of days: typed as text, or by somebody whose Excel made a day of it, of either era.
TAKEN = {
    "th": {
        "15 เม.ย. 2565": True,
        "15/4/2565": True,
        "4/5/2565": True,
        " 15 เมษายน 2565 ": True,
        "15/4/65": True,
        "๑๕ เม.ย. ๒๕๖๕": True,
        datetime(2022, 4, 15): True,
        datetime(2565, 4, 15): True,
        datetime(2020, 1, 1): True,
        datetime(2023, 12, 31): True,
        datetime(2018, 12, 30): False,
        datetime(2025, 1, 2): False,
        "ยังไม่ทำ": False,
        "15/4/2022": False,
        "15 เม.ย.": False,
        5: False,
    },
    "en": {
        "15 Apr 2022": True,
        "15 April 2022": True,
        datetime(2022, 4, 15): True,
        datetime(2565, 4, 15): True,
        "15/4/2022": False,  # or is it 4/15
        "15 Apr 2565": False,
        "done": False,
    },
}


def rule(language: str, cell: tuple[int, int] = (0, 0)) -> dict[str, object]:
    return validation_of(TABLES, DAY, cell, language)


@pytest.mark.slow
def test_the_entry_check_takes_what_is_read_and_nothing_else(tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for language, cells in TAKEN.items():
        sheet = book.create_sheet(language)
        for row, typed in enumerate(cells, 1):
            sheet.cell(row, 1, typed)
            if isinstance(typed, str):
                sheet.cell(row, 1).number_format = "@"
            sheet.cell(row, 2, str(rule(language, (row - 1, 0))["value"]))
    book.save(tmp_path / "days.xlsx")
    (made,) = recalculate([tmp_path / "days.xlsx"], tmp_path / "anew")
    for language, cells in TAKEN.items():
        sheet = open_book(made, values=True)[language]
        said = {typed: sheet.cell(row, 2).value for row, typed in enumerate(cells, 1)}
        assert said == cells


@pytest.mark.parametrize("language", TAKEN)
def test_what_the_entry_check_takes_can_be_read(language: str) -> None:
    """What it refuses may be read all the same; what it takes must be."""
    for typed, taken in TAKEN[language].items():
        cell = typed.date() if isinstance(typed, datetime) else typed
        if taken:
            assert not read_value(cell, Kind.DATE).refused, typed


@pytest.mark.parametrize(("language", "example"), [("th", "15 เม.ย. 2565"), ("en", "15 Apr 2022")])
def test_the_example_is_of_the_round_s_own_year_and_is_taken(language: str, example: str) -> None:
    assert str(rule(language)["input_message"]).endswith(example)
    assert TAKEN[language][example]
    day = read_date(example)
    assert day
    assert TABLES.round.start <= day <= TABLES.round.end


def test_days_are_typed_as_texts_and_numbers_as_numbers() -> None:
    assert input_style(Kind.DATE) == ("text", "centre")
    assert input_style(Kind.AMOUNT) == ("money",)
    assert (as_typed(date(2022, 4, 9), "th"), as_typed(date(2022, 4, 9), "en")) == (
        "9 เม.ย. 2565",
        "9 Apr 2022",
    )
    assert as_typed(5.5, "th") == 5.5


def test_a_day_of_which_the_latest_counts_is_done_once() -> None:
    kinds = [(kind, rollup) for kind in Kind for rollup in Rollup]
    once = [(k, r) for k, r in kinds if is_milestone(Measure("x", "x", k, Source.FORM, rollup=r))]
    assert once == [(Kind.DATE, Rollup.LAST)]


def test_the_span_of_days_is_no_narrower_than_that_of_the_batch() -> None:
    limits = IntakeLimits()
    assert (limits.date_years_before, limits.date_years_after) == (2, 1)
    assert TAKEN["th"][datetime(2020, 1, 1)]
    assert TAKEN["th"][datetime(2023, 12, 31)]


@pytest.mark.parametrize("language", TAKEN)
def test_an_answer_is_offered_in_the_language_of_the_form_and_read_without_a_remark(language: str) -> None:
    measure = Measure("T1.docs", "หลักฐาน", Kind.YES_NO, Source.FORM)
    offered = validation_of(TABLES, measure, (0, 0), language)["source"]
    readings = [read_value(answer, Kind.YES_NO) for answer in offered]
    assert [(one.value, one.read_as, one.refused) for one in readings] == [(1.0, "", ""), (0.0, "", "")]
