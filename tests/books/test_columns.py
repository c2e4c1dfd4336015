"""A list as columns: widths, headings, cells and styles stand where the tuple says."""

from pathlib import Path

from workspace import open_book

from kpibatch.books.columns import Column, put_heads, put_line, set_widths
from kpibatch.books.write import Book

COLUMNS = (
    Column[int]("จำนวน", 12, lambda number: number, ("cell", "whole")),
    Column[int]("", 8, lambda number: None),
    Column[int](
        "สองเท่า", 20, lambda number: 2 * number, lambda number: ("good" if number > 1 else "poor",),
        lambda at: f"2*A{at + 1}", {"italic": True}, hidden=True,
    ),
    Column[int]("ว่าง", 9, lambda number: None, formula=lambda at: f'IF(A{at + 1}>9,1,"")'),
)  # fmt: skip


def written(folder: Path) -> Path:
    path = folder / "list.xlsx"
    with Book(path, title="list") as book:
        sheet = book.sheet("รายการ")
        set_widths(sheet, COLUMNS)
        put_heads(sheet, 2, COLUMNS)
        for at, number in enumerate((1, 2), 3):
            put_line(sheet, at, COLUMNS, number)
    return path


def test_heading_and_cells_stand_in_the_columns_own_place(tmp_path: Path) -> None:
    path = written(tmp_path)
    formulas, values = open_book(path)["รายการ"], open_book(path, values=True)["รายการ"]
    assert [cell.value for cell in formulas[3]] == ["จำนวน", None, "สองเท่า", "ว่าง"]
    assert [cell.value for cell in formulas[5]] == [2, None, "=2*A5", '=IF(A5>9,1,"")']
    assert [cell.value for cell in values[4]][:3] == [1, None, 2]
    assert values["D4"].value in (None, "")


def test_widths_and_looks_are_the_columns_own(tmp_path: Path) -> None:
    sheet = open_book(written(tmp_path))["รายการ"]
    assert [round(sheet.column_dimensions[letter].width) for letter in "ABCD"] == [13, 9, 21, 10]
    assert [sheet.column_dimensions[letter].hidden for letter in "ABCD"] == [False, False, True, False]
    assert sheet["A4"].number_format == "#,##0"
    assert (sheet["C4"].font.italic, sheet["A4"].font.italic) == (True, False)
    assert sheet["C4"].fill.fgColor.rgb != sheet["C5"].fill.fgColor.rgb
