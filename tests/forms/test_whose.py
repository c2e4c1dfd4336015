"""Whose a workbook is, read back from every kind of file the program writes or gets back."""

import shutil
from pathlib import Path

import pytest
from libreoffice import recalculate
from mailing import MONTH, small_june
from workspace import BURIRAM, CHACHOENGSAO, SAMPLES, open_book

from kpibatch.base.config import IntakeLimits
from kpibatch.books.look import PROVINCE
from kpibatch.books.write import Book
from kpibatch.forms.office_read import read_office_form
from kpibatch.forms.whose import claims_of, stamps_of
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import Unit
from kpibatch.workbooks.returned.book import write_returned

LIMITS = IntakeLimits()
FORM = SAMPLES / BURIRAM / "submissions" / "2565-06" / "3101 เมืองบุรีรัมย์.xlsx"
UNIT = Unit("3101", "เมืองบุรีรัมย์")


@pytest.fixture(scope="module")
def office_tables() -> LevelTables:
    return read_levels(SAMPLES / CHACHOENGSAO / "level_tables.xlsx")[0]


@pytest.mark.slow
def test_summaries_and_ranking_say_whose_they_are() -> None:
    output = small_june() / "output" / MONTH
    for path in (output / "units").iterdir():
        assert claims_of(path.read_bytes(), LIMITS) == stamps_of(path.read_bytes()) == {path.name[:4]}
    assert stamps_of((output / "ranking.xlsx").read_bytes()) == {PROVINCE}


@pytest.mark.slow
def test_a_returned_form_says_it_itself() -> None:
    for path in (small_june() / "output" / MONTH / "returned").iterdir():
        raw, index = path.read_bytes(), "ข้อค้นพบ" in path.name
        assert (claims_of(raw, LIMITS), stamps_of(raw)) == (
            {path.name[:4]},
            {path.name[:4]} if index else frozenset(),
        )


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_a_form_saved_in_another_format_says_it_still(tmp_path: Path, kind: str) -> None:
    (saved,) = recalculate([FORM], tmp_path, kind)
    assert claims_of(saved.read_bytes(), LIMITS) == {"3101"}


@pytest.mark.parametrize("unit", [UNIT, None])
def test_an_index_beside_a_file_says_it_where_it_is_known(tmp_path: Path, unit: Unit | None) -> None:
    source = tmp_path / "3101.xls"
    source.write_bytes(b"no workbook")
    (tmp_path / "out").mkdir()
    write_returned(source, tmp_path / "out" / source.name, [], unit, "th", "index.xlsx")
    assert claims_of((tmp_path / "out" / "index.xlsx").read_bytes(), LIMITS) == (
        {unit.code} if unit else set()
    )


def test_an_office_form_claims_by_its_property_and_by_its_cell(
    office_tables: LevelTables, tmp_path: Path
) -> None:
    office_form = read_office_form(SAMPLES / CHACHOENGSAO / "form_template.xlsx", office_tables, "th")
    source = next((SAMPLES / CHACHOENGSAO / "submissions" / "2561-03").glob("2403*"))
    assert claims_of(source.read_bytes(), LIMITS, office_tables, office_form) == {"2403"}
    path = tmp_path / "typed over.xlsx"
    book = open_book(source)
    for one in (one for one in office_form.placeholders if one.measure == "unit"):
        book[one.spot.sheet].cell(one.spot.row + 1, one.spot.column + 1).value = "บางคล้า"
    book.save(path)
    assert claims_of(path.read_bytes(), LIMITS, office_tables, office_form) == {"2402", "2403"}
    book = open_book(path)
    del book.custom_doc_props["kpibatch_unit"]
    book.save(path)
    assert claims_of(path.read_bytes(), LIMITS, office_tables, office_form) == {"2402"}
    assert claims_of(path.read_bytes(), LIMITS) == frozenset()


def test_every_claim_counts(tmp_path: Path) -> None:
    path = tmp_path / "copied.xlsx"
    shutil.copy(FORM, path)
    book = open_book(path)
    book.copy_worksheet(book["_kpibatch"]).title = "_kpibatch (2)"
    book["_kpibatch (2)"]["B1"] = "๓๑๐๙"
    book.save(path)
    assert claims_of(path.read_bytes(), LIMITS) == {"3101", "3109"}


@pytest.mark.parametrize("raw", [b"", b"no workbook", b"PK\x03\x04 broken", FORM.read_bytes()[:3000]])
def test_what_can_not_be_read_claims_nothing(raw: bytes) -> None:
    assert claims_of(raw, LIMITS) == stamps_of(raw) == frozenset()


def test_a_workbook_of_nobody_has_no_mark(tmp_path: Path) -> None:
    with Book(tmp_path / "nobody.xlsx", title="x") as book:
        book.sheet("x")
    assert claims_of((tmp_path / "nobody.xlsx").read_bytes(), LIMITS) == frozenset()
