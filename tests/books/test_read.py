"""Reading workbooks: every value at its true address, an error never a blank, and no file but a workbook is
read.
"""

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from kpibatch.base.addresses import address, coordinates
from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import FileHeld
from kpibatch.base.kinds import Kind
from kpibatch.books import read
from kpibatch.books.guard.limits import UNCALCULATED
from kpibatch.books.read import CellError, Grid, UnreadableBook, as_text, read_book
from kpibatch.books.shown import Unclear
from kpibatch.books.values import read_value

ERRORS = ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"]


def saved(path: Path, cells: dict[str, object], merge: str = "") -> Path:
    book = openpyxl.Workbook()
    for place, value in cells.items():
        book.active[place] = value
    if merge:
        book.active.merge_cells(merge)
    book.save(path)
    return path


def only_sheet(path: Path) -> Grid:
    (grid,) = read_book(path).values()
    return grid


def value_at(path: Path, cell: str) -> object:
    return only_sheet(path).at(*coordinates(cell))


def resaved(path: Path, change: Callable[[str], str]) -> Path:
    """The workbook with the text of its sheets changed, as another program might have written it."""
    target = path.with_name(f"other {path.name}")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, change(part.decode()) if name.startswith("xl/worksheets/") else part)
    return target


@given(st.integers(0, 1_048_575), st.integers(0, 16_383))
def test_addresses_go_there_and_back(row, column):
    assert coordinates(address(row, column)) == (row, column)


@pytest.mark.parametrize(
    ("row", "column", "cell"),
    [
        (0, 0, "A1"),
        (8, 25, "Z9"),
        (9, 26, "AA10"),
        (0, 51, "AZ1"),
        (0, 52, "BA1"),
        (0, 701, "ZZ1"),
        (0, 702, "AAA1"),
        (1_048_575, 16_383, "XFD1048576"),
    ],
)
def test_addresses_as_excel_writes_them(row, column, cell):
    assert address(row, column) == cell


@pytest.mark.parametrize("cell", ["", "A", "1", "a1", "1A", "A1:B2", "$A$1", "AAAA1", "A-1"])
def test_what_is_no_address_is_refused(cell):
    with pytest.raises(ValueError, match=f"^{re.escape(cell)}$"):
        coordinates(cell)


def test_values_of_every_kind(tmp_path):
    cells = {
        "A1": "ข้อความ",
        "A2": 85,
        "A3": 0.85,
        "A4": True,
        "A5": date(2022, 4, 15),
        "A6": date(2565, 4, 15),
        "A7": "  \xa0",
        "A8": 0,
        "A9": "x",
    }
    rows = [row[0] for row in only_sheet(saved(tmp_path / "a.xlsx", cells)).rows]
    assert rows == ["ข้อความ", 85.0, 0.85, True, date(2022, 4, 15), date(2565, 4, 15), None, 0.0, "x"]
    assert rows[3] is True, "a tick is no 1"


def test_a_day_with_a_time_is_that_day(tmp_path):
    assert value_at(saved(tmp_path / "a.xlsx", {"A1": datetime(2022, 4, 15, 10, 30)}), "A1") == date(
        2022, 4, 15
    )


def test_a_time_is_no_value(tmp_path):
    assert isinstance(value_at(saved(tmp_path / "a.xlsx", {"A1": time(10, 30)}), "A1"), Unclear)


def test_blank_rows_and_columns_in_front_keep_addresses_true(tmp_path):
    grid = only_sheet(saved(tmp_path / "a.xlsx", {"D5": "x", "F8": 2}))
    assert grid.at(*coordinates("D5")) == "x"
    assert grid.at(*coordinates("F8")) == 2.0
    assert sum(value is not None for row in grid.rows for value in row) == 2
    assert grid.at(99, 0) is grid.at(0, 99) is None, "blank outside of what is filled"


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_cell_is_an_error_where_it_stands(tmp_path, error):
    path = saved(tmp_path / "a.xlsx", {"B2": 1, "C4": error})
    assert value_at(path, "C4") == CellError(error)
    assert value_at(path, "B2") == 1.0


def test_an_error_beyond_the_last_value_is_not_lost(tmp_path):
    assert value_at(saved(tmp_path / "a.xlsx", {"A1": 1, "E9": "#REF!"}), "E9") == CellError("#REF!")


def test_a_formula_without_a_result_is_an_error(tmp_path):
    path = saved(tmp_path / "a.xlsx", {"A1": 1, "B3": "=A1+1"})
    assert value_at(path, "B3") == CellError(UNCALCULATED)


def test_a_formula_with_a_result_is_its_result(tmp_path):
    results = [5, 0, "ใช่", True, "#DIV/0!"]
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for row, result in enumerate(results):
            sheet.write_formula(row, 0, "=X1", None, result)
    assert [row[0] for row in only_sheet(tmp_path / "a.xlsx").rows] == [
        5.0,
        0.0,
        "ใช่",
        True,
        CellError("#DIV/0!"),
    ]


def test_an_error_written_as_text_is_text(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet().write_string("A1", "#REF!")
    assert value_at(tmp_path / "a.xlsx", "A1") == "#REF!"


def prefixed(xml: str) -> str:
    """Names with a prefix, as written by programs that use the Open XML SDK."""
    return re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml).replace(" xmlns=", " xmlns:x=")


def without_addresses(xml: str) -> str:
    """Cells without their own address, which the format allows: they follow one another."""
    return re.sub(r'<c r="[A-Z]+\d+"', "<c", xml)


@pytest.mark.parametrize("change", [prefixed, without_addresses])
@pytest.mark.parametrize(("content", "error"), [("#REF!", "#REF!"), ("=B1+1", UNCALCULATED)])
def test_errors_are_seen_however_the_sheet_is_written(tmp_path, change, content, error):
    path = resaved(saved(tmp_path / "a.xlsx", {"A1": content, "B1": 85}), change)
    assert value_at(path, "B1") == 85.0
    assert value_at(path, "A1") == CellError(error)


@pytest.mark.parametrize("number", ["NaN", "INF", "-INF", "1e999"])
def test_a_number_that_is_none_is_refused_and_stops_nothing(tmp_path, number):
    value = value_at(
        resaved(saved(tmp_path / "a.xlsx", {"A1": 12345}), lambda xml: xml.replace("12345", number)), "A1"
    )
    assert read_value(value, Kind.NUMBER).refused
    assert as_text(value)


def test_merged_cells_hold_their_value_once_and_their_range_is_known(tmp_path):
    grid = only_sheet(saved(tmp_path / "a.xlsx", {"B2": "รวม", "E5": 1}, merge="B2:C4"))
    assert grid.merges == [((1, 1), (3, 2))]
    assert grid.at(1, 1) == "รวม"
    assert [grid.at(row, column) for row, column in ((1, 2), (2, 1), (3, 2))] == [None, None, None]


def test_sheets_come_in_order_hidden_and_empty_ones_too(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("ข").write("A1", 1)
        book.add_worksheet("ก")
        book.add_worksheet("_ซ่อน").hide()
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "='ข'!$A$1:$A$1"})
        book.add_chartsheet("กราฟ").set_chart(chart)
    grids = read_book(tmp_path / "a.xlsx")
    assert list(grids) == ["ข", "ก", "_ซ่อน", "กราฟ"]
    assert [grid.rows for grid in grids.values()] == [[[1.0]], [], [], []]


def refusal(path: Path) -> str:
    """Why the file is not read; it must be refused, and say something."""
    with pytest.raises(UnreadableBook) as refused:
        read_book(path)
    return str(refused.value)


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"])
@pytest.mark.parametrize(
    "content",
    [b"", b"unit,value\n3101,85\n", b"<html><table></table></html>", b"\xd0\xcf\x11\xe0" + bytes(600)],
)
def test_no_workbook_under_a_workbooks_name(tmp_path, suffix, content):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    assert refusal(path)


@pytest.mark.parametrize("members", [(), ("hello.txt",), ("[Content_Types].xml",), ("xl/workbook.xml",)])
def test_a_zip_that_is_no_workbook(tmp_path, members):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as package:
        for member in members:
            package.writestr(member, "x")
    assert refusal(tmp_path / "a.xlsx")


def test_a_workbook_cut_short(tmp_path):
    path = saved(tmp_path / "a.xlsx", {"A1": 1})
    whole = path.read_bytes()
    for length in (100, len(whole) // 2, len(whole) - 30):
        path.write_bytes(whole[:length])
        assert refusal(path)


def test_a_doctype_is_refused(tmp_path):
    def with_doctype(xml: str) -> str:
        return xml.replace("<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1)

    assert "DOCTYPE" in refusal(resaved(saved(tmp_path / "a.xlsx", {"A1": "#REF!"}), with_doctype))


def test_a_file_that_is_not_there_and_a_folder(tmp_path):
    (tmp_path / "folder.xlsx").mkdir()
    for name in ("nothing.xlsx", "folder.xlsx"):
        assert refusal(tmp_path / name)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (85.0, "85"),
        (3101.0, "3101"),
        (0.85, "0.85"),
        (-2.0, "-2"),
        (1e20, "1e+20"),
        (" ก\xa0ข ", "ก ข"),
        (True, "True"),
        (CellError("#N/A"), "#N/A"),
    ],
)
def test_a_value_as_a_person_sees_it(value, text):
    assert as_text(value) == text


def test_a_book_that_is_kept_from_us_is_the_operators_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(path: Path, limits: IntakeLimits) -> bytes:
        raise PermissionError(13, "held", str(path))

    monkeypatch.setattr(read, "take", held)
    with pytest.raises(FileHeld, match=r"level_tables\.xlsx"):
        read.read_book(tmp_path / "level_tables.xlsx")
