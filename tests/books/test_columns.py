"""A list as columns: widths, headings, cells and styles stand where the tuple says."""

from collections.abc import Callable
from pathlib import Path

from workspace import open_book

from kpibatch.books.columns import Column, Downwards, downwards, put_heads, put_line, set_widths
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


def test_a_formula_of_which_more_changes_than_rows_is_put_together_anew() -> None:
    special: tuple[Callable[[int], str], ...] = (
        lambda at: "A1" if at == 1000 else "A1+1",
        lambda at: f"A{at + 1}" if at < 5000 else f"B{at + 1}",
        lambda at: f"A{2 * at}",
        lambda at: "+".join("A1" for _ in range(at % 3 + 1)),
        lambda at: f"{chr(65 + at % 26)}1",
    )
    assert [downwards(formula) for formula in special] == list(special)


def test_a_formula_goes_down_a_column_whatever_stands_around_its_rows() -> None:
    for formula in (
        lambda at: f"'ปี 2565'!$C${at + 1}*0.5&\"100%s\"",
        lambda at: f"SUM(A{at - 4}:A{at})+A7+{at}",
        lambda at: "1+1",
    ):
        shared = downwards(formula)
        assert isinstance(shared, Downwards)
        assert [shared(row) for row in (5, 9, 99, 1_048_575)] == [
            formula(row) for row in (5, 9, 99, 1_048_575)
        ]
