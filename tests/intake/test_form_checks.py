"""A standard form is held against the level tables: what was sorted, copied, doubled or typed beside a cell
is refused or named, never read as something else.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from libreoffice import recalculate
from openpyxl import Workbook
from tablebook import SHEETS, levels
from workspace import FORM, cell_of, open_book

from kpibatch.base.config import IntakeLimits
from kpibatch.forms.standard import write_form
from kpibatch.intake.submission import Contents, read_submission
from kpibatch.rules.levels import LevelTables

MAY, JUNE = "2565-05", "2565-06"
ENTRIES = {("T1.spent", JUNE): 600.0, ("I1.news", JUNE): 3.0, ("I1.news", MAY): 2.0}
COPY = "แบบรายงาน (2)"


@pytest.fixture(scope="module")
def tables() -> LevelTables:
    return levels()


@pytest.fixture(scope="module")
def reworded() -> LevelTables:
    """The same tables after the province has reworded an item."""
    items = SHEETS["รายการข้อมูล"].replace("I1.news   | ข่าว      |", "I1.news   | ข่าวที่เผยแพร่ |")
    return levels(รายการข้อมูล=items)


@pytest.fixture
def path(tables: LevelTables, tmp_path: Path) -> Path:
    path = tmp_path / "3101 เมือง.xlsx"
    write_form(tables, tables.unit["3101"], path, ENTRIES)
    return path


def read(
    path: Path, tables: LevelTables, spoil: Callable[[Workbook], object] = lambda book: None
) -> Contents:
    book = open_book(path)
    spoil(book)
    book.save(path)
    return read_submission(path, tables, JUNE, IntakeLimits())


def value(contents: Contents, measure: str, month: str = JUNE) -> tuple[float | None, str]:
    line = next(line for line in contents.lines if (line.measure, line.month) == (measure, month))
    return (line.value if line.value == line.value else None), line.state


def said(contents: Contents) -> list[tuple[str, str, str, str]]:
    """The findings about the form itself: severity, code, cell and measure."""
    own = [one for one in contents.findings if one.code.startswith("form-")]
    return [(one.severity, one.code, one.place.cell, one.measure) for one in own]


def test_an_untouched_form_has_none(path: Path, tables: LevelTables) -> None:
    contents = read(path, tables)
    assert said(contents) == []
    assert value(contents, "I1.news") == (3.0, "ok")


# --- the texts beside the codes -----------------------------------------------------------------------------


def rows_of(book: Workbook, *measures: str) -> list[int]:
    return [cell_of(book, measure, JUNE).row for measure in measures]


def swapped(book: Workbook) -> None:
    """Two rows sorted by what is seen, their codes left where they were."""
    sheet, (one, two) = book[FORM], rows_of(book, "T1.spent", "I1.news")
    for column in range(2, sheet.max_column + 1):
        upper, lower = sheet.cell(one, column), sheet.cell(two, column)
        upper.value, lower.value = lower.value, upper.value


def test_rows_sorted_beside_their_codes_are_refused_with_both_texts(path: Path, tables: LevelTables) -> None:
    contents = read(path, tables, swapped)
    assert [(code, measure) for _, code, _, measure in said(contents)] == [
        ("form-other-item", "T1.spent"),
        ("form-other-item", "I1.news"),
    ]
    assert value(contents, "T1.spent") == value(contents, "I1.news") == (None, "bad")
    assert value(contents, "I1.news", MAY) == (None, "bad")
    messages = [one.message("th") for one in contents.findings if one.code == "form-other-item"]
    assert all("ข่าว" in text and "เบิกจ่าย" in text for text in messages)
    assert contents.unit == "3101"


@pytest.mark.parametrize(
    ("column", "text", "refused"),
    [
        (3, "จำนวนข่าว", True),
        (3, None, True),
        (4, "ครั้ง", True),
        (4, None, True),
        (3, " ข่าว\n", False),
        (4, "ข่\u200bาว", False),
    ],
)
def test_item_and_counting_unit_are_compared_as_they_look(
    column: int, text: str | None, refused: bool, path: Path, tables: LevelTables
) -> None:
    def typed(book: Workbook) -> None:
        book[FORM].cell(rows_of(book, "I1.news")[0], column).value = text

    contents = read(path, tables, typed)
    assert [code for _, code, _, _ in said(contents)] == ["form-other-item"] * refused
    assert value(contents, "I1.news") == ((None, "bad") if refused else (3.0, "ok"))
    assert value(contents, "T1.spent") == (600.0, "ok")


def test_an_older_form_is_told_to_be_replaced_where_an_item_was_reworded(
    path: Path, reworded: LevelTables
) -> None:
    contents = read(path, reworded)
    assert {"other-tables", "form-other-item"} <= {one.code for one in contents.findings}
    (one,) = (one for one in contents.findings if one.code == "form-other-item")
    assert "ฉบับล่าสุด" in one.message("th")
    assert value(contents, "I1.news") == (None, "bad")
    assert value(contents, "T1.spent") == (600.0, "ok")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_other_kinds_of_workbook_are_checked_the_same(
    kind: str, path: Path, tables: LevelTables, tmp_path: Path
) -> None:
    book = open_book(path)
    swapped(book)
    copy_filled("T1.docs", JUNE, "ใช่")(book)
    book.save(tmp_path / "spoilt.xlsx")
    sound, spoilt = recalculate([path, tmp_path / "spoilt.xlsx"], tmp_path / "saved", kind)
    assert said(read_submission(sound, tables, JUNE, IntakeLimits())) == []
    found = [code for _, code, _, _ in said(read_submission(spoilt, tables, JUNE, IntakeLimits()))]
    assert found == ["form-other-item", "form-other-item", "form-copy-differs"]


# --- what is there twice ------------------------------------------------------------------------------------


@pytest.mark.parametrize("again", [7.0, None])
def test_a_row_copied_with_its_code_is_refused(again: float | None, path: Path, tables: LevelTables) -> None:
    def copied(book: Workbook) -> None:
        sheet, (row,) = book[FORM], rows_of(book, "I1.news")
        for column in range(1, sheet.max_column + 1):
            sheet.cell(sheet.max_row + (column == 1), column).value = sheet.cell(row, column).value
        sheet.cell(sheet.max_row, 10).value = again

    contents = read(path, tables, copied)
    assert [(severity, code, measure) for severity, code, _, measure in said(contents)] == [
        ("error", "form-row-twice", "I1.news")
    ]
    assert value(contents, "I1.news") == (None, "bad")
    assert value(contents, "T1.spent") == (600.0, "ok")


def test_a_month_in_two_columns_is_refused(path: Path, tables: LevelTables) -> None:
    def doubled(book: Workbook) -> None:
        book[FORM]["O4"] = MAY

    contents = read(path, tables, doubled)
    assert said(contents) == [("error", "form-month-twice", "O4", "")]
    assert value(contents, "I1.news", MAY) == (None, "bad")
    assert value(contents, "I1.news") == (3.0, "ok")


def test_a_visible_month_that_is_not_the_hidden_one_is_refused(path: Path, tables: LevelTables) -> None:
    def retyped(book: Workbook) -> None:
        book[FORM]["J6"] = "พ.ค. 65"

    contents = read(path, tables, retyped)
    assert said(contents) == [("error", "form-other-month", "J6", "")]
    assert value(contents, "I1.news") == (None, "bad")
    assert value(contents, "I1.news", MAY) == (2.0, "ok")


# --- copies of the sheet ------------------------------------------------------------------------------------


def copy_filled(measure: str, month: str, typed: float | str | None) -> Callable[[Workbook], None]:
    def spoil(book: Workbook) -> None:
        cell = cell_of(book, measure, month).coordinate
        book.copy_worksheet(book[FORM]).title = COPY
        book[COPY][cell] = typed

    return spoil


def test_a_copy_with_another_value_refuses_it_and_names_both(path: Path, tables: LevelTables) -> None:
    contents = read(path, tables, copy_filled("T1.spent", JUNE, 1000.0))
    (one,) = (one for one in contents.findings if one.code.startswith("form-"))
    assert (one.severity, one.code, one.measure) == ("error", "form-copy-differs", "T1.spent")
    assert all(text in one.message("th") for text in ("600", "1000", f"{COPY}!J8"))
    assert one.place.sheet == FORM
    assert value(contents, "T1.spent") == (None, "bad")
    assert value(contents, "I1.news") == (3.0, "ok")


@pytest.mark.parametrize("typed", [600.0, None])
def test_a_copy_that_says_nothing_else_is_named(typed: float | None, path: Path, tables: LevelTables) -> None:
    contents = read(path, tables, copy_filled("T1.spent", JUNE, typed))
    assert said(contents) == [("note", "form-copy", "", "")]
    assert value(contents, "T1.spent") == (600.0, "ok")


def test_a_copy_alone_filled_in_is_said_to_hold_the_answers(path: Path, tables: LevelTables) -> None:
    def spoil(book: Workbook) -> None:
        book.copy_worksheet(book[FORM]).title = COPY
        for measure in ("T1.spent", "I1.news"):
            cell_of(book, measure, JUNE).value = None

    contents = read(path, tables, spoil)
    assert contents.unit == ""
    (one,) = contents.findings
    assert (one.code, one.severity, one.place.sheet, one.unit) == ("form-copy-answers", "error", COPY, "3101")


# --- beside the cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "typed", "named"),
    [("N", 5.0, True), ("N", "๕", True), ("N", "หมายเหตุเพิ่ม", False), ("G", 5.0, True), ("K", 5.0, False)],
)
def test_a_value_beside_its_cell_is_named(
    column: str, typed: float | str, named: bool, path: Path, tables: LevelTables
) -> None:
    def spoil(book: Workbook) -> None:
        book[FORM][f"{column}{rows_of(book, 'I1.news')[0]}"] = typed

    contents = read(path, tables, spoil)
    assert [(severity, code, measure) for severity, code, _, measure in said(contents)] == [
        ("warning", "form-beside", "I1.news")
    ] * named
    assert value(contents, "I1.news") == (3.0, "ok")


@pytest.mark.parametrize(("typed", "named"), [(5.0, True), ("ใช่", True), ("ลงชื่อ ผู้รายงาน", False)])
def test_a_row_of_the_officer_s_own_is_named(
    typed: float | str, named: bool, path: Path, tables: LevelTables
) -> None:
    def spoil(book: Workbook) -> None:
        book[FORM].append([None, None, "ข่าวเพิ่มเติม", None, None, None, None, None, None, typed])

    contents = read(path, tables, spoil)
    assert [(severity, code) for severity, code, _, _ in said(contents)] == [
        ("warning", "form-own-row")
    ] * named


# --- other programs' names ----------------------------------------------------------------------------------


def test_sheets_as_numbers_names_them_are_known(path: Path, tables: LevelTables) -> None:
    def exported(book: Workbook) -> None:
        for sheet in book.worksheets:
            sheet.title = f"{sheet.title} - Table 1"

    contents = read(path, tables, exported)
    assert contents.unit == "3101"
    assert value(contents, "T1.spent") == (600.0, "ok")
