"""A new workbook: every example can be read and used, each kind of KPI is there, rows to come stay as typed,
คู่มือ shows the rows that really stand in the sheets.
"""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from package_check import faults as package_faults
from tablebook import SHEETS as SHEETS_WRITTEN
from tablebook import levels
from workspace import open_book

from kpibatch.base.kinds import Kind
from kpibatch.rules.fresh.begins import WHOLE_YEAR, NewRound, Said, round_said
from kpibatch.rules.fresh.book import write_new
from kpibatch.rules.fresh.examples import example_sheets
from kpibatch.rules.fresh.pictures import pictures
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.check import lint
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import Method, Rollup, Source
from kpibatch.rules.schema import GUIDE, SHEETS

HALF = round_said(Said("จังหวัดพะเยา", "อำเภอ", "2567", "2"), date(2024, 5, 1))
YEAR = round_said(Said("", "ส่วนราชการ", "2567", WHOLE_YEAR, "2567-03"), date(2024, 5, 1))
TO_DO = {"lint-still-example", "lint-no-reference", "lint-any-result"}


def written(new: NewRound, folder: Path) -> Path:
    write_new(new, folder / "level_tables.xlsx")
    return folder / "level_tables.xlsx"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    return open_book(written(HALF, tmp_path_factory.mktemp("new")))


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> LevelTables:
    read, faults = read_levels(written(HALF, tmp_path_factory.mktemp("new")))
    assert not [fault for fault in faults if fault.severity != "note"]
    return read


@pytest.mark.parametrize("new", [HALF, YEAR], ids=["half", "year"])
def test_the_check_says_only_what_is_to_be_overwritten(new: NewRound, tmp_path: Path) -> None:
    tables, faults = read_levels(written(new, tmp_path))
    assert {fault.code for fault in (*faults, *lint(tables))} <= TO_DO
    assert tables.round.months == tuple(new.months)
    assert tables.round.unit_noun == new.noun


def test_what_is_still_an_example_is_told_and_nothing_else() -> None:
    mail = {"หน่วย": SHEETS_WRITTEN["หน่วย"].replace("3102@cdd.example", "02@init.example")}
    left = [fault for fault in lint(levels(**mail)) if fault.code == "lint-still-example"]
    assert [(fault.place.sheet, fault.place.cell, fault.found) for fault in left] == [("หน่วย", "A3", "3102")]
    assert [fault for fault in lint(levels()) if fault.code == "lint-still-example"] == []


def test_there_is_an_example_of_each_kind(tables: LevelTables) -> None:
    rules = {rule.kpi: rule for rule in tables.rules}
    measure = {kpi: tables.measures[rule.measure] for kpi, rule in rules.items()}
    assert rules["T1"].typed[0] == "≥ 60"  # a threshold
    assert rules["T2"].typed[1] == "81 - 85"  # a band
    assert measure["T3"].source is Source.GROWTH  # growth over the base year
    assert next(node for node in tables.nodes if node.code == "T4").method is Method.LINEAR
    assert rules["I1"].case is not None  # a case of staff
    assert measure["I2"].kind is Kind.DATE  # a milestone
    assert measure["I3"].kind is Kind.YES_NO
    assert measure["I4"].rollup is Rollup.MIN  # so many every month
    assert measure["I5"].source is Source.ON_TIME  # deadlines


def test_rows_to_come_stay_as_typed(book: Workbook) -> None:
    """Text columns are formatted as text beyond the last row, so 1-5, 1.10 and 2567-10 stay what they are."""
    for schema in (each for each in SHEETS if not each.optional):
        sheet, top = book[schema.sheet], 2 if schema.sheet == "ค่าตั้งต้น" else 1
        looks = {
            column: look.number_format
            for look in sheet.column_dimensions.values()
            for column in range(look.min, look.max + 1)
        }
        for cell in sheet[top]:
            column = schema.column(str(cell.value))
            number = column.content.startswith("number")
            wanted = "General" if number else "@" if column.content != "day" else "[$-107041E]d mmm yyyy"
            assert looks[cell.column] == wanted, (schema.sheet, cell.value)


def test_dropdowns_reach_five_hundred_rows_of_its_own_codes(book: Workbook) -> None:
    rules = {str(each.sqref): each for each in book["ระดับ"].data_validations.dataValidation}
    assert rules["A2:A501"].formula1 == "'ตัวชี้วัด'!$A$2:$A$501"
    assert rules["D2:D501"].formula1 == "'รายการข้อมูล'!$A$2:$A$2000"
    fixed = {str(each.sqref): each for each in book["ค่าตั้งต้น"].data_validations.dataValidation}
    assert fixed["A3:A502"].formula1 == "'หน่วย'!$A$2:$A$2000"
    assert fixed["B2:AN2"].formula1 == "'รายการข้อมูล'!$A$2:$A$2000"


def test_the_guide_shows_rows_of_the_sheets(book: Workbook) -> None:
    shown = {cell.value for row in book[GUIDE] for cell in row if cell.value}
    sheets = example_sheets(HALF)
    for picture in pictures(HALF):
        assert picture.title in shown
        assert sum(picture.steps) <= 14
        assert picture.rows
        name = picture.title.removeprefix("ชีต ").split(":")[0]
        for number, texts in picture.rows:
            for letter, head, text in zip(picture.letters, picture.heads, texts, strict=True):
                cell = book[name].cell(number, letter + 1)
                assert sheets[name][0][letter] == head
                assert str(cell.value or "") == text
                assert not text or text in shown


def test_excel_has_nothing_to_repair(tmp_path: Path) -> None:
    assert package_faults(written(HALF, tmp_path)) == []


def test_the_same_round_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_new(HALF, first)
    write_new(HALF, second)
    assert first.read_bytes() == second.read_bytes()
