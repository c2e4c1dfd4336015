"""A page ends between two KPIs; of one that no page holds, between two of its items."""

from pathlib import Path

import pytest
from tablebook import SHEETS, levels
from workspace import FORM, open_book

from kpibatch.forms.page.printing import _HIGH, _WIDE, Print, print_of
from kpibatch.forms.standard import write_form

ONE_PAGE = [20.0] * 10  # so many columns are printed at two thirds of their size
HEAD, HIGH = (4, 5), _HIGH / (_WIDE / 1450)  # points of rows on such a page


def plan(*kpis: float, widths: list[float] = ONE_PAGE, head: float = 50.0) -> Print:
    """Of a heading and of KPIs of so many points, each of two rows."""
    heights = {0: 0.0, 1: 0.0, 2: 0.0, 3: 0.0, 4: head, 5: 0.0}
    blocks = [(6 + 2 * at, 7 + 2 * at) for at in range(len(kpis))]
    for (first, last), points in zip(blocks, kpis, strict=True):
        heights[first], heights[last] = 10.0, points - 10
    return print_of(widths, 2, heights, HEAD, blocks)


@pytest.mark.parametrize(("points", "breaks"), [(-0.1, ()), (0.0, ()), (0.1, (8,))])
def test_a_kpi_that_is_cut_begins_the_next_page(points: float, breaks: tuple[int, ...]) -> None:
    half = (HIGH - 50) / 2
    assert plan(half, half + points) == Print(1, breaks)


def test_the_heading_is_repeated_on_every_page() -> None:
    rest = HIGH - 50
    assert plan(rest, rest, rest).down == (8, 10)
    assert plan(rest, rest * 0.6, rest * 0.4, 20).down == (8, 12)


def test_a_kpi_too_tall_for_a_page_makes_the_print_smaller() -> None:
    printed = plan(100, HIGH * 1.2)
    assert (printed.across, printed.down) == (1, (8,))
    assert printed.blank > 0
    pixels = 1450 + 64 * printed.blank
    assert _HIGH / (_WIDE / pixels) >= HIGH * 1.2 + 50


def test_one_that_would_be_too_small_is_cut_between_its_items() -> None:
    printed = plan(100, HIGH * 2)
    assert (printed.blank, printed.down) == (0, (9,))


def test_what_is_too_wide_stands_on_two_pages_side_by_side() -> None:
    assert [plan(100, widths=[20.0] * columns).across for columns in (16, 17)] == [1, 2]


def test_no_kpi_of_a_form_is_cut(tmp_path: Path) -> None:
    measures = SHEETS["รายการข้อมูล"].rstrip()
    rules, nodes = (
        SHEETS["ระดับ"].rstrip(),
        SHEETS["ตัวชี้วัด"].replace(
            "| 40    |            |      |           |           | ข้อ 2.1", "| 4 | | | | | ข้อ"
        ),
    )
    for kpi in range(9):
        nodes = f"{nodes.rstrip()}\nK{kpi} | I | งาน {kpi} | 4"
        for item in range(10):
            measures += f"\nK{kpi}.m{item} | เรื่อง {item} | | ใช่/ไม่ใช่ | กรอก | ล่าสุด"
            rules += f"\nK{kpi} | | | K{kpi}.m{item} | ใช่ | ใช่ | ใช่ | ใช่ | ใช่"
    tables = levels(รายการข้อมูล=measures, ระดับ=rules, ตัวชี้วัด=nodes)
    write_form(tables, tables.units[0], tmp_path / "form.xlsx")
    sheet = open_book(tmp_path / "form.xlsx")[FORM]
    breaks = [each.id for each in sheet.row_breaks.brk]
    assert len(breaks) > 1
    assert all(str(sheet.cell(row + 1, 1).value).startswith("kpi:") for row in breaks)
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
