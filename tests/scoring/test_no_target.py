"""A KPI that leaves a unit without a target group: by the data, and only while nothing is missing."""

from datetime import date

import pytest
from made_up_month import outcome_of
from slow_compare import compare
from tablebook import NO_BASELINES, levels
from weighing import LEAVING, LEAVING_OFF, leaving

from kpibatch.months.listings import score_rows
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Status
from kpibatch.scoring.why.explain import explain
from kpibatch.workbooks.unit.book import Units
from kpibatch.workbooks.unit.figures import next_rating, status_word

FULL = {
    **{"R.got": 10, "R.done": 8, "R.plan": 1, "S.staff": 2, "S.now": 900},
    **{"S.open": 5, "S.shut": 2, "N.x": 4},
}
# each unit's own debt is fixed: 1000, 0, 0 and 500; S is not meant for 3104 at all
GIVEN = {
    "3101": FULL,  # all apply: R at level 3, S at level 2, N at level 4
    "3102": FULL | {"R.got": 0, "R.done": 0},  # no complaint, no debt: N alone is left
    "3103": FULL | {"S.staff": 3},  # no debt, but contracts: S stays, and 0 of a zero debt is no level
    "3104": FULL | {"R.got": 1, "R.done": 1, "R.plan": 0},
}


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return outcome_of(leaving(), GIVEN)


# by hand: (weight × level …) ÷ weights that are left
BY_HAND = {
    "3101": (50 * 3 + 30 * 2 + 20 * 4) / 100,
    "3102": 4.0,
    "3103": (50 * 3 + 30 * 0 + 20 * 4) / 100,
    "3104": (50 * 4 + 20 * 4) / 70,
}


@pytest.mark.parametrize("unit", BY_HAND)
def test_the_weight_of_a_kpi_that_leaves_goes_to_its_siblings(outcome: Outcome, unit: str) -> None:
    assert outcome.scores.scores.loc[unit, TOTAL] == pytest.approx(BY_HAND[unit])


def test_it_is_listed_as_not_applicable_with_no_share(outcome: Outcome) -> None:
    rows = {(row[1], row[2]): row for row in score_rows(outcome)}
    assert [rows[unit, "R"][8] for unit in GIVEN] == ["ok", "not_applicable", "ok", "ok"]
    assert rows["3102", "R"][3:5] == ("", "")
    assert [rows["3102", code][7] for code in "RSN"] == ["0", "0", "100"]
    assert outcome.standing["3102"].status is Status.OK


def test_who_gains_by_it_is_asked_and_what_the_province_fixed_is_told(outcome: Outcome) -> None:
    found = {
        (each.code, each.unit, each.measure): (each.severity, str(each.place))
        for each in outcome.findings
        if each.code.startswith("no-target")
    }
    assert found == {
        ("no-target-filled", "3102", "R.got"): ("warning", "3102.xlsx แบบรายงาน!F6"),
        ("no-target", "3102", "S.debt"): ("note", "level_tables.xlsx ค่าตั้งต้น!B4"),
    }
    assert not [each for each in outcome.findings if each.code == "zero-denominator"]


def without(**values: object) -> Outcome:
    """3102 with other values."""
    return outcome_of(
        leaving(), {"3102": GIVEN["3102"] | {code.replace("_", "."): v for code, v in values.items()}}
    )


@pytest.mark.parametrize(("got", "applies"), [(0, False), (1, True), (None, True)])
def test_only_a_known_zero_lets_a_kpi_leave(got: int | None, applies: bool) -> None:
    found = without(R_got=got, R_done=0)
    row = found.tables.position["3102"]
    assert bool(found.scores.kpis["R"].applies[row]) is applies
    assert bool(found.scores.provisional["R"].iloc[row]) is (got is None)


def test_while_a_case_is_not_known_nothing_leaves() -> None:
    found = without(S_staff=None)
    row = found.tables.position["3102"]
    assert found.scores.kpis["S"].applies[row]
    assert found.standing["3102"].status is Status.PROVISIONAL


def test_an_earlier_months_zero_is_not_enough() -> None:
    tables = leaving()
    found = outcome_of(tables, {"3102": GIVEN["3102"]}, month="2565-05", blank=["2565-04"])
    row = tables.position["3102"]
    assert found.scores.kpis["R"].applies[row]
    assert found.scores.provisional["R"].iloc[row]


def test_a_unit_that_everything_leaves_has_no_score() -> None:
    nodes = "\n".join(LEAVING["ตัวชี้วัด"].strip().splitlines()[:2]).replace("| 50 ", "| 100")
    cut = {
        sheet: "\n".join(
            line for line in LEAVING[sheet].splitlines() if line.strip()[:2] not in ("S ", "N ", "S.", "N.")
        )
        for sheet in ("รายการข้อมูล", "ระดับ")
    }
    alone = levels(**LEAVING | cut | {"ตัวชี้วัด": nodes, "ค่าตั้งต้น": NO_BASELINES})
    found = outcome_of(
        alone, {unit: {"R.got": 0 if unit == "3102" else 1, "R.done": 1, "R.plan": 1} for unit in GIVEN}
    )
    standing = found.standing["3102"]
    assert (standing.status, standing.rank) == (Status.NOT_APPLICABLE, 0)
    assert standing.total != standing.total
    assert explain(found, "3102", "rank")[-1] == "ไม่มีตัวชี้วัดใดใช้กับหน่วยนี้ในเดือนนี้ จึงไม่มีคะแนน"
    view = Units.of(found).view(found.tables.unit["3102"])
    assert (status_word(view)[0], next_rating(view)) == ("ไม่มีคะแนน", "")
    assert [found.standing[unit].rank for unit in ("3101", "3103", "3104")] == [1, 1, 1]


def test_explain_names_the_zero(outcome: Outcome) -> None:
    text = "\n".join(explain(outcome, "3102", "R"))
    assert "ไม่มีกลุ่มเป้าหมาย" in text
    assert "R.got  เรื่องที่รับ = 0 เรื่อง   [3102.xlsx แบบรายงาน!F6]" in text
    assert "R เรื่องร้องเรียน: น้ำหนัก 50 ตัดออกเพราะไม่มีกลุ่มเป้าหมาย" in "\n".join(explain(outcome, "3102", TOTAL))
    assert "ไม่ใช้กับหน่วยนี้" in "\n".join(explain(outcome, "3104", "S"))


def test_the_units_own_page_tells_what_left_it(outcome: Outcome) -> None:
    views = {unit: Units.of(outcome).view(outcome.tables.unit[unit]) for unit in GIVEN}
    assert {unit: list(view.lines) for unit, view in views.items()} == {
        "3101": ["R", "S", "N"],
        "3102": ["N"],
        "3103": ["R", "S", "N"],
        "3104": ["R", "N"],
    }
    assert views["3102"].left_out == "R เรื่องร้องเรียน, S หนี้ค้าง"
    assert views["3104"].left_out == ""


@pytest.mark.slow
def test_made_up_units_are_left_as_the_slow_scorer_leaves_them() -> None:
    books = [leaving()] * 4 + [levels(**LEAVING_OFF)] * 2
    for seed, tables in enumerate(books):
        found, scores, _ = compare(tables, "2565-04", date(2022, 4, 30), f"leaving {seed}")
        assert not found, f"{len(found)} differences, such as {found[:5]}"
        for code in "RS":
            assert 0 < scores.scores[code].isna().mean() < 1
