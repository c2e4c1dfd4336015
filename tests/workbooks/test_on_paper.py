"""How large page one of the ranking and the KPIs' sheets come out on paper, and where their pages end."""

from dataclasses import replace
from pathlib import Path

import pytest
from made_up_month import outcome_of, ranking_of
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from ranked_month import before, front, month
from tablebook import one_kpi

from kpibatch.scoring.outcome import Outcome


def with_names(kpi: str, unit: str = "") -> Outcome:
    """A month of two units on the map; the KPI has that name, and the second unit."""
    outcome = month((5, 4), earlier={})
    tables = outcome.tables
    nodes = tuple(replace(node, name=kpi) if node.code == "T1" else node for node in tables.nodes)
    first, second = tables.units
    units = (first, replace(second, name=unit or second.name))
    given = {"3101": {"T1.x": 5}, "3102": {"T1.x": 4}}
    return outcome_of(replace(tables, nodes=nodes, units=units), given, "2565-05")


@pytest.mark.parametrize(("letters", "rows", "whole"), [(30, 1, True), (50, 2, True), (120, 2, False)])
def test_a_weakest_kpis_name_has_a_second_line_rather_than_smaller_letters(
    letters: int, rows: int, whole: bool, tmp_path: Path
) -> None:
    sheet = front(ranking_of(with_names("ก" * letters), tmp_path / "ranking.xlsx"))
    areas = sorted(sheet.merged_cells.ranges, key=lambda area: area.min_row)
    merged = next(each for each in areas if "T1  ก" in str(sheet.cell(each.min_row, each.min_col).value))
    name = sheet.cell(merged.min_row, merged.min_col)
    assert merged.max_row - merged.min_row + 1 == rows
    assert bool(name.alignment.wrap_text) == (rows > 1)
    assert name.value == f"T1  {'ก' * letters}" if whole else str(name.value).endswith("ก…")


def test_a_long_name_on_the_map_is_parted_where_thai_may_be(tmp_path: Path) -> None:
    outcome = with_names("สั้น", "เฉลิมพระเกียรติเฉลิมพระเกียรติ")
    sheet = front(ranking_of(outcome, tmp_path / "ranking.xlsx"))
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "เฉลิมพระเกียรติ\nเฉลิมพระเกียรติ" in [cell.value for cell in cells]
    title = next(cell for cell in cells if "แผนที่" in str(cell.value))
    assert (title.alignment.wrap_text, title.alignment.shrink_to_fit) == (None, True)  # one line is whole


def test_letters_of_page_one_are_eleven_points_in_libreoffice_too(tmp_path: Path) -> None:
    """Its columns are wider by a sixteenth than Excel's; 16 points become eleven at 69 %."""
    outcome = with_names("ก" * 50, "ชื่ออำเภอที่ยาวกว่าช่องของแผนที่")
    sheet = front(ranking_of(outcome, tmp_path / "ranking.xlsx"))
    last = sheet.print_area.split(":")[1].split("$")[1]
    seen, edge = 0.0, 0.7109375
    for letter in (get_column_letter(at) for at in range(1, column_index_from_string(last) + 1)):
        own = next(
            each for each in sheet.column_dimensions.values() if each.min <= ord(letter) - 64 <= each.max
        )
        seen += 7 * (own.width - edge) + 5
    assert 1040 / (seen * 1.0625) >= 0.69


def trend_of_units(units: int, folder: Path, months: int = 2) -> Worksheet:
    """The months of so many units."""
    outcome = month((5,), earlier={"3101": 1})
    many = tuple(replace(outcome.tables.units[0], code=f"{at}", tile=None) for at in range(units))
    given = {unit.code: {"T1.x": 3} for unit in many}
    past = [before({unit.code: 1 for unit in many})] * (months - 1)
    tables = replace(outcome.tables, units=many)
    path = ranking_of(outcome_of(tables, given, "2565-05", past=past), folder / "ranking.xlsx")
    return load_workbook(path)["แนวโน้ม"]


@pytest.mark.parametrize(
    ("months", "lists", "chart"),
    [(4, 1, "right"), (5, 1, "below"), (13, 1, "below"), (14, 3, "right")],
)
def test_a_units_months_and_kpis_stand_in_one_line_while_letters_stay_large(
    months: int, lists: int, chart: str, tmp_path: Path
) -> None:
    sheet = trend_of_units(3, tmp_path, months)
    assert [cell.value for cell in sheet["A"]].count("0") == lists
    place = sheet._charts[0].anchor._from
    assert chart == ("below" if place.row > 7 else "right")
    assert chart == ("below" if place.col == 0 else "right")
    assert sheet.page_setup.fitToHeight is None or chart == "right"  # where nothing is said it is one
    assert len(sheet.row_breaks.brk) == 0


@pytest.mark.parametrize(("units", "months"), [(7, 2), (50, 2), (7, 5), (23, 5), (50, 5), (50, 14)])
def test_no_page_cuts_the_chart_of_the_months(units: int, months: int, tmp_path: Path) -> None:
    sheet = trend_of_units(units, tmp_path, months)
    anchor = sheet._charts[0].anchor
    heights = [sheet.row_dimensions[row].height or 24 for row in range(1, anchor.to.row + 2)]
    columns = sheet.column_dimensions.values()
    seen = sum((each.max - each.min + 1) * (7 * each.width + 0.02) for each in columns)
    scale, begins = min(1.0, 1040 / seen), [each.id for each in sheet.row_breaks.brk]
    one = sheet.page_setup.fitToHeight is None
    first = max((row for row in begins if row <= anchor._from.row), default=0)
    assert not [row for row in begins if anchor._from.row < row <= anchor.to.row]
    if one:
        assert sum(heights) * 0.5 <= 512  # letters of sixteen points are eight
    else:
        assert sum(heights[first:]) <= 512 / scale * 1.01


@pytest.mark.parametrize(("items", "form", "size"), [(12, "d mmm yyyy", 12), (13, "d mmm yy", 10)])
def test_where_many_items_stand_beside_each_other_days_are_short_and_codes_broken(
    items: int, form: str, size: int, tmp_path: Path
) -> None:
    codes = [f"a_day_with_a_long_code_{number:02}" for number in range(items)]
    lines = [f"{code} | วันที่ {code} | | วันที่ | กรอก | ล่าสุด" for code in codes]
    rules = [f"T1 | | | {code} | ภายใน 31 พ.ค. 2565" for code in codes]
    tables = one_kpi("\n".join(lines), "\n".join(rules))
    given: dict[str, dict[str, float | None]] = {unit.code: {} for unit in tables.units}
    path = ranking_of(outcome_of(tables, given, "2565-05"), tmp_path / "ranking.xlsx")
    sheet = load_workbook(path)["T1"]
    code = next(cell for row in sheet.iter_rows() for cell in row if cell.value == codes[0])
    value = sheet.cell(code.row + 2, code.column)
    assert value.number_format.endswith(form)
    assert (code.alignment.wrap_text, code.font.size) == (True, size)
    assert sheet.row_dimensions[code.row].height > 1.5 * size * 2  # two lines at least


def test_the_criteria_print_the_scorecard_and_each_kpi_its_own_conditions(tmp_path: Path) -> None:
    book = load_workbook(ranking_of(month((5, 4)), tmp_path / "ranking.xlsx"))
    sheet = book["เกณฑ์"]
    last = int(sheet.print_area.rsplit("$", 1)[1])
    texts = [str(cell.value) for cell in sheet["A"]]
    assert any(text.startswith("T1 ") for text in texts[:last])
    assert "T1.x" in texts[last:]
    assert "T1.x" not in texts[:last]
    assert "พิมพ์อยู่ในชีตของตัวชี้วัดนั้น" in sheet.oddFooter.left.text
    printed = book["T1"].print_area.rsplit("$", 1)[1]
    thresholds = [cell.row for row in book["T1"].iter_rows() for cell in row if "≥ " in cell.number_format]
    assert thresholds
    assert max(thresholds) <= int(printed)
