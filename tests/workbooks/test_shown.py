"""What a workbook shows of a number contradicts no level, rating or threshold beside it."""

import pytest
from openpyxl import load_workbook

from kpibatch.books.look import DEEPER, date_format, exact_format
from kpibatch.books.write import Book


@pytest.mark.parametrize("style", sorted(DEEPER))
@pytest.mark.parametrize(("number", "rounder"), [(84.999999, True), (85.0, False), (33.333333, None)])
def test_a_number_gets_decimals_until_it_is_none_that_is_rounder(style, number, rounder):
    form = exact_format(style, number)
    assert exact_format("points", 3.398284449) == {"num_format": "0.00##"}
    if rounder is None:  # a third is no rounder number, in whatever decimals, but a whole number
        assert bool(form) == (style == "whole")
    else:
        assert bool(form) == rounder


def test_numbers_that_can_be_changed_are_shown_so_as_well(tmp_path):
    path = tmp_path / "shown.xlsx"
    with Book(path, title="shown") as book:
        sheet = book.sheet("ก")
        sheet.put(1, 2, 84.99996, "cell", "percent")
        sheet.show_exact((1, 2), (3, 2), "percent")
    sheet = load_workbook(path).worksheets[0]
    ((cells, rules),) = sheet.conditional_formatting._cf_rules.items()
    assert str(cells.sqref) == "C2:C4"
    assert rules[0].formula == ["AND(ISNUMBER(C2),ROUND(C2,4)<>ROUND(C2,9),ROUND(C2,4)=ROUND(C2,3))"]
    assert rules[0].dxf.numFmt.formatCode == "0.00#######"


def test_the_locale_of_a_day_stands_before_its_word():
    assert date_format("th", "ภายใน") == '[$-107041E]"ภายใน "d mmm yyyy'
    assert date_format("th", short=True) == "[$-107041E]d mmm yy"
    assert date_format("en", "by") == '"by "d mmm yyyy'
