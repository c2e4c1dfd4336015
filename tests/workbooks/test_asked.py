"""A ranking whose rows ask in every way there is: alternatives, bands, each unit's own thresholds, cases by
who the unit is. Its formulas give what the program says, and go on to do so when a cell is changed.
"""

import re
from datetime import date
from pathlib import Path

import pytest
from every_asked import every_rule
from libreoffice import recalculate
from made_up_month import outcome_of, ranking_of
from openpyxl import load_workbook
from recalculated import differences, reckoned_elsewhere
from workspace import open_book

from kpibatch.base.addresses import address
from kpibatch.rules.formulas.plan import KpiPlan, plan_kpi
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.why.explain import explain
from kpibatch.workbooks.unit.book import Units, write_unit_book

JUNE = "2565-06"
GIVEN: dict[str, dict[str, object]] = {
    "3101": {"have": 60, "other": 10, "rate": 57, "base": 1000, "now": 1025.5, "day": date(2022, 5, 20)},
    "3102": {"have": 80, "rate": 64.9, "base": 0.1, "now": 0.09, "day": date(2022, 5, 10)},
    "3103": {"other": 25, "rate": 80.01, "now": 5},
    "3104": {"have": 30, "other": 4, "rate": 45, "base": 1000, "now": 2003},
}
FORMULAS = {
    ("K0", 0): "IF(AND(OR(IF(ISNUMBER(C),ROUND(C,9)>=$D$7,FALSE),IF(ISNUMBER(D),ROUND(D,9)>=$D$8,FALSE)),"
    "IF(ISNUMBER(F),ROUND(F,9)>=$D$10,FALSE)),1,0)",
    ("K2", 0): "IF(AND(IF(ISNUMBER(C),AND(ROUND(C,9)>=$D$7,ROUND(C,9)<=$D$8),FALSE)),1,0)",
    ("K3", 3): "IF(AND(IF(AND(ISNUMBER(C),ISNUMBER(D)),ROUND(C,9)>=ROUND(D*$G$8+$G$9,9),FALSE)),1,0)",
}


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return outcome_of(every_rule(), GIVEN, JUNE)


@pytest.fixture(scope="module")
def book(outcome: Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ranking_of(outcome, tmp_path_factory.mktemp("asked") / "ranking.xlsx")


def plan_of(kpi: str) -> KpiPlan:
    tables = every_rule()
    return plan_kpi(tables.node[kpi], kpi, tables)


def test_levels_by_hand(outcome: Outcome) -> None:
    kpis = {code: kpi.level.tolist() for code, kpi in outcome.scores.kpis.items()}
    assert kpis == {
        "K0": [3, 4, 2, 1],  # 60, 80 and 25 by one of the group, which at level 3 is not asked for 25
        "K1": [5, 4, 4, 3],  # of 20: 60; by its group: 40 %; of 30: 25 is 5 fewer, not 10; 60 % of 45
        "K2": [5, 3, 0, 2],
        "K3": [2, 1, 0, 5],
        "K4": [3, 5, 0, 0],
    }
    missing = {code: kpi.missing.tolist() for code, kpi in outcome.scores.kpis.items()}
    assert missing == {
        "K0": [False, True, True, True],
        "K1": [False, False, False, True],
        "K2": [False] * 4,
        "K3": [False, False, True, False],
        "K4": [False, False, True, True],  # 3102 has every level by its day
    }


def test_what_is_missing_is_told_where_it_may_raise_a_level(outcome: Outcome) -> None:
    found = {(each.code, each.unit, each.measure) for each in outcome.findings}
    assert ("baseline-missing", "3104", "goal") in found
    assert {("missing", "3102", "other"), ("missing", "3103", "have"), ("missing", "3104", "day")} <= found
    assert ("missing", "3101", "day") not in found


def test_the_formula_that_stands_in_the_ranking(book: Path) -> None:
    sheets = load_workbook(book)
    for (kpi, level), formula in FORMULAS.items():
        plan = plan_of(kpi)
        cell = sheets[kpi][address(plan.first, plan.met + level)]
        stands = re.sub(rf"\$([A-Z]+){cell.row}\b", r"\1", str(cell.value))
        assert stands == "=" + formula, kpi


def test_the_level_table_holds_what_may_be_changed(book: Path) -> None:
    sheet, plan = load_workbook(book)["K3"], plan_of("K3")
    rows = [[cell.value for cell in row[:8]] for row in sheet.iter_rows(min_row=7, max_row=9)]
    assert rows[0][3:] == ["≥ base"] * 5
    assert rows[1][3:] == [0.9, 1, 1.05, 1.1, 2]
    assert rows[2][3:] == [0, 0, 1, 2, 3]
    assert plan.threshold(0, 3, "plus") == "$G$9"


def test_explain_tells_each_units_own_number_and_every_way(outcome: Outcome) -> None:
    said = "\n".join(explain(outcome, "3101", "K1"))
    assert "ทำได้ ไม่น้อยกว่า เป้าหมาย × 1.2 + 2 = 26: 60" in said
    assert "ผ่านข้อใดข้อหนึ่งก็พอ (ทางเลือก ข):" in said
    said = "\n".join(explain(outcome, "3104", "K4"))
    assert "อีกทาง ไม่น้อยกว่า เป้าหมาย = ไม่มีข้อมูล: 4" in said
    assert "เป้าหมาย ซึ่งเป็นเกณฑ์ของหน่วยนี้ ยังไม่มีค่า" in said
    said = "\n".join(explain(outcome, "3102", "K1"))
    assert "กรณี กลุ่ม เหนือ" in said
    assert "[ตามชีต หน่วย]" in said


@pytest.mark.slow
def test_formulas_give_what_the_program_says_and_follow_a_change(
    book: Path, outcome: Outcome, tmp_path: Path
) -> None:
    """A threshold's factor, the upper end of a band and two values changed: as the program with the same."""
    changed = tmp_path / "changed.xlsx"
    edited = open_book(book)
    edited["K3"]["E8"] = 1.03  # level 2: base × 1.03, of 1000 more than 1025.5
    edited["K2"]["D8"] = 80.01  # level 1: 40 - 80.01
    plan = plan_of("K0")
    edited["K0"][address(plan.first, plan.column("other"))] = 25
    edited["K0"][address(plan.first + 3, plan.column("have"))] = 19
    edited.save(changed)
    anew, after = recalculate([book, changed], tmp_path / "anew")
    count, wrong = differences(book, anew)
    assert wrong == []
    assert reckoned_elsewhere(book)[1] == []
    assert count > 100
    values = open_book(after, values=True)

    def level(kpi: str, row: int) -> object:
        plan = plan_of(kpi)
        return values[kpi][address(plan.first + row, plan.level)].value

    assert [level("K3", 0), level("K2", 2), level("K0", 0), level("K0", 3)] == [1, 1, 5, 0]


def test_a_units_own_page_shows_each_value_of_which_one_is_enough(outcome: Outcome, tmp_path: Path) -> None:
    write_unit_book(Units.of(outcome), outcome.tables.unit["3101"], tmp_path / "unit.xlsx")
    rows = {row[0]: row for row in load_workbook(tmp_path / "unit.xlsx").worksheets[1].values}
    shown = str(rows["K4"][4])
    values = outcome.measured.row(0)
    assert shown.split(" หรือ ")[-1] == f"{values['other']:g} ครัวเรือน"
    assert len(shown.split(" หรือ ")) == 2
