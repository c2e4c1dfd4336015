"""What each level asks of the unit, a click away from the KPI's heading and back."""

import re
from pathlib import Path

from mid_round import CHANGED
from tablebook import levels
from workspace import FORM, open_book

from kpibatch.forms.page.criteria import criteria_of
from kpibatch.forms.standard import write_form
from kpibatch.rules.agreement.agreed import own_tables
from kpibatch.rules.levels import LevelTables


def of(tables: LevelTables, unit: str, kpi: str) -> tuple[tuple[str, str], ...]:
    own = own_tables(tables, tables.unit[unit])
    nodes = {node.code: node for period in tables.periods for node in period.leaves}
    return criteria_of(own, [*nodes.values()], "th")[kpi].lines


def test_of_its_cases_a_unit_is_shown_its_own() -> None:
    tables = levels()
    staff = {unit.code: tables.baselines[unit.code, "staff"].value for unit in tables.units}
    few, many = min(staff, key=staff.__getitem__), max(staff, key=staff.__getitem__)
    assert staff[few] <= 2 < staff[many]
    assert "ไม่น้อยกว่า 5 ข่าว" in of(tables, few, "I1")[4][1]
    assert "ไม่น้อยกว่า 10 ข่าว" in of(tables, many, "I1")[4][1]
    assert not any("ไม่น้อยกว่า 10 ข่าว" in words for _, words in of(tables, few, "I1"))


def test_levels_that_change_in_mid_round_stand_below_one_another() -> None:
    lines = of(levels(**CHANGED), "3101", "T1")
    assert [level for level, _ in lines].count("ระดับ 1") == 2
    assert ("ใช้ตั้งแต่เดือนมิถุนายน 2565", "") in lines
    assert [level for level, _ in of(levels(**CHANGED), "3101", "I2")].count("ระดับ 1") == 1


def test_a_click_leads_there_and_back(tmp_path: Path) -> None:
    tables = levels()
    write_form(tables, tables.units[0], tmp_path / "form.xlsx")
    book = open_book(tmp_path / "form.xlsx")
    for sheet, other in ((book[FORM], book["เกณฑ์"]), (book["เกณฑ์"], book[FORM])):
        links = [cell for row in sheet for cell in row if str(cell.value).startswith("=HYPERLINK")]
        assert len(links) == len(tables.leaves)
        for cell in links:
            there = re.search(r"!([A-Z]+[0-9]+)", str(cell.value))
            assert there
            assert str(other[there[1]].value) == str(sheet.cell(cell.row, 2).value)
    assert book["เกณฑ์"].protection.sheet
