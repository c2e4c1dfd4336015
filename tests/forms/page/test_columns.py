"""The page's columns: where they stand, and that no number is wider than its own."""

from pathlib import Path

import pytest
from tablebook import levels
from workspace import FORM, open_book

from kpibatch.forms.page.columns import Column, Columns, Page, last_month, width_for
from kpibatch.forms.standard import write_form

COLUMNS = Columns(("2565-04", "2565-05"))


def test_columns_stand_in_order() -> None:
    assert (COLUMNS.texts, COLUMNS.last, len(COLUMNS.widths)) == (9, 11, 12)
    assert COLUMNS.month("2565-05") == Column.FIRST_MONTH + 1


def test_an_item_s_cell_is_that_of_its_month_or_its_only_one() -> None:
    page = Page(COLUMNS, {"T1": 6}, {"a": 7, "day": 8}, {"day"})
    assert (page.cell("a", "2565-05"), page.cell("day", "2565-05")) == ((7, 8), (8, 7))
    assert (page.beside("T1"), page.on_top, page.base("a")) == ((6, 7, 11), (0, 7, 11), (7, 6))


@pytest.mark.parametrize(
    ("shown", "width"),
    [([], 15.0), (["9"], 15.0), (["99,999,999.00"], 19.7), (["999,999,999,999.00"], 27.0)],
)
def test_a_column_is_as_wide_as_its_longest_number(shown: list[str], width: float) -> None:
    assert width_for(shown) == pytest.approx(width)


def test_a_longer_number_shrinks(tmp_path: Path) -> None:
    tables = levels()
    write_form(tables, tables.units[0], tmp_path / "form.xlsx", {("T1.spent", "2565-04"): 1e12})
    sheet = open_book(tmp_path / "form.xlsx")[FORM]
    row = next(cell.row for cell in sheet["A"] if cell.value == "T1.spent")
    assert [sheet.cell(row, column).alignment.shrink_to_fit for column in (7, 8, 9, 10)] == [True] * 4
    assert sheet.column_dimensions["H"].width > 27


def test_the_last_month_in_which_something_is_filled_in() -> None:
    entries = {("day", "2565-04"): 1.0, ("day", "2565-05"): None, ("other", "2565-05"): 1.0}
    assert last_month(entries, "day", COLUMNS.months) == "2565-04"
    assert last_month(entries, "none", COLUMNS.months) == ""
