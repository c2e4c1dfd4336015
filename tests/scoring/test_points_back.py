"""What would give back the points that are taken off: in the measure's own terms, worth what comes."""

from datetime import datetime

import pytest
from made_up_month import outcome_of
from openpyxl import load_workbook
from tablebook import SHEETS, levels
from worth import GIVEN, WORTH

from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.next_level import Step
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.promises import together
from kpibatch.scoring.what_if import Variant, what_if
from kpibatch.scoring.why.explain import explain
from kpibatch.scoring.why.sensitivity import Hang, sensitivity
from kpibatch.workbooks.unit.book import Units, write_unit_book

TREE = """
    รหัส | อยู่ใต้ | ชื่อ | น้ำหนัก | ผลรวมน้ำหนัก | ใช้กับ | วิธีให้คะแนน | ผู้รับผิดชอบ | อ้างอิง
    T   |      | ทีม  | 100 | | | | | ข้อ 1
    T1  | T    | แรก | 50 | | | | | ข้อ 1.1
    T2  | T    | สอง | 50 | | | | | ข้อ 1.2
"""
MEASURES = (
    SHEETS["รายการข้อมูล"].strip().splitlines()[0]
    + """
    most | เกณฑ์ | วัน | จำนวน | ค่าตั้งต้น
    x    | ได้ | คน | จำนวน | กรอก | ล่าสุด
    late | ช้า | วัน | จำนวน | กรอก | {rollup}
    ok   | ผิด | | ใช่/ไม่ใช่ | กรอก | ล่าสุด
    sent | ส่งช้า | วัน | จำนวน | วันที่ช้า | รวม
"""
)
RULES = (
    SHEETS["ระดับ"].strip().splitlines()[0]
    + """ | หักคะแนน
    T1 | | | x | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
    T2 | | | x | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
"""
)
EACH = "T1 | | | late | | | | | | | 0.5"
BASES = "รหัสหน่วย | most\n3101 | 4\n3102 | 6"


def tables(*rows: str, rollup: str = "ล่าสุด") -> LevelTables:
    """Tables of which T1 has these rows of หักคะแนน besides its levels."""
    return levels(
        ตัวชี้วัด=TREE, รายการข้อมูล=MEASURES.format(rollup=rollup), ระดับ=RULES + "\n".join(rows), ค่าตั้งต้น=BASES
    )


def month(row: str, **given: object) -> Outcome:
    """A month of one unit, which is at the top level but for what is taken off."""
    return outcome_of(tables(row), {"3101": {"x": 5, "late": 0, "ok": False} | given})


def step_of(outcome: Outcome) -> Step:
    (step,) = outcome.points_back["T1", "3101"].steps
    return step


OFF = "T1 | | | late | {} | | | | | | 1"


@pytest.mark.parametrize(
    ("row", "late", "how", "target"),
    [
        (EACH, 3, "fewer", 0),
        (OFF.format("> 2"), 3, "fewer", 2),
        (OFF.format("≥ 3"), 3, "fewer", 2),
        (OFF.format("< 3"), 2, "more", 3),
        (OFF.format("≤ 3"), 3, "more", 4),
        ("T1 | | | late | > 2 | > 5 | | | | | 0, 1", 9, "fewer", 5),
        ("T1 | | | late | > 2 | > 5 | | | | | 0.5, 1", 9, "fewer", 2),
        (OFF.format("> most"), 7, "fewer", 4),
        (OFF.format("≥ most - 1"), 7, "fewer", 2),
    ],
)
def test_the_step_leads_to_where_nothing_is_taken_off(row: str, late: int, how: str, target: float) -> None:
    outcome = month(row, late=late)
    step, promise = step_of(outcome), outcome.points_back["T1", "3101"]
    assert (step.how, step.target, step.change, step.reachable) == (how, target, ("late", target), True)
    taken = float(outcome.scores.kpis["T1"].points.deducted[0])
    assert (promise.gain, promise.level) == (taken / 2, 5), "half of the total is T1's"


def test_an_answer_is_given_otherwise() -> None:
    assert step_of(month("T1 | | | ok | ใช่ | | | | | | 1", ok=True)).how == "say-no"
    assert step_of(month("T1 | | | ok | ไม่ใช่ | | | | | | 1")).how == "say-yes"


@pytest.mark.parametrize("asked", ["2 - 4 เท่านั้น", "= 3"])
def test_where_both_sides_count_no_one_number_is_named(asked: str) -> None:
    outcome = month(OFF.format(asked), late=3)
    assert (step_of(outcome).how, step_of(outcome).reachable) == ("keep-off", False)
    assert "ช้า ต้องไม่เข้าเงื่อนไขที่ถูกหักคะแนน" in step_of(outcome).text("th")


@pytest.mark.parametrize("late", [0, None])
def test_where_nothing_is_taken_off_nothing_is_given_back(late: float | None) -> None:
    assert month(EACH, late=late).points_back == {}
    assert month(OFF.format("> 2"), late=2).points_back == {}


def test_what_is_below_zero_anyway_brings_only_what_the_scorer_says() -> None:
    outcome = month(EACH, x=1, late=9)
    assert outcome.points_back["T1", "3101"].gain == 0.5, "level 1 is worth 1, not 4.5"
    assert month(EACH, x=0, late=9).points_back["T1", "3101"].gain == 0


def test_days_that_went_by_do_not_come_back() -> None:
    came = {"3101": datetime(2022, 5, 8, 9)}
    outcome = outcome_of(tables("T1 | | | sent | | | | | | | 0.5"), {"3101": {"x": 5}}, came=came)
    step = step_of(outcome)
    assert (step.how, step.more, step.reachable) == ("fewer", -3, False), "due on the 5th"
    assert any(line.endswith("รอบนี้ทำไม่ทันแล้ว") for line in explain(outcome, "3101", "T1"))


def test_only_the_rows_of_the_units_case_are_told() -> None:
    cases = [
        f"T1 | x | {case} | late | | | | | | | {points}" for case, points in (("≤ 4", 0.5), ("> 4", 0.25))
    ]
    rules = RULES.replace("T1 | | | x |", "T1 | x | ≤ 4 | x |")
    rules += "T1 | x | > 4 | x | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5\n" + "\n".join(cases)
    made = levels(ตัวชี้วัด=TREE, รายการข้อมูล=MEASURES.format(rollup="ล่าสุด"), ระดับ=rules, ค่าตั้งต้น=BASES)
    outcome = outcome_of(made, {"3101": {"x": 5, "late": 2}, "3102": {"x": 4, "late": 2}})
    assert [outcome.points_back["T1", unit].gain for unit in ("3101", "3102")] == [0.25, 0.5]


def test_what_is_promised_is_what_the_scorer_gives() -> None:
    outcome = outcome_of(levels(**WORTH), GIVEN)
    assert len(outcome.points_back) > 5
    row_of = outcome.tables.position
    variants = [
        Variant(row_of[unit], together(promise.steps)) for (_, unit), promise in outcome.points_back.items()
    ]
    anew = what_if(variants, outcome.measured, outcome.tables, outcome.month, outcome.scores.peers).scores
    for at, ((kpi, unit), promise) in enumerate(outcome.points_back.items()):
        assert anew.kpis[kpi].points.deducted[at] == 0
        before = outcome.scores.scores[TOTAL].iloc[row_of[unit]]
        assert promise.gain == pytest.approx(anew.scores[TOTAL].iloc[at] - before, abs=1e-9)


# --- where it is told ---------------------------------------------------------------------------------------


def test_explain_tells_it_at_the_top_level_too() -> None:
    lines = explain(month(EACH, late=3), "3101", "T1")
    at = lines.index("สิ่งที่จะทำให้ไม่ถูกหักคะแนน (คะแนนรวมจะเพิ่ม 0.7500)")
    assert (lines[at - 1], lines[at + 1]) == ("ได้ระดับสูงสุดแล้ว", "  • ช้า ลดอีก 3 วัน (ให้เหลือ 0)")
    assert not any("ไม่ถูกหัก" in line for line in explain(month(EACH), "3101", "T1"))


def test_a_units_page_names_it_among_what_raises_the_total_most(tmp_path) -> None:  # type: ignore[no-untyped-def]
    outcome = month(EACH, late=3)
    write_unit_book(Units.of(outcome), outcome.tables.units[0], tmp_path / "unit.xlsx")
    rows = list(load_workbook(tmp_path / "unit.xlsx").worksheets[0].iter_rows(values_only=True))
    (best,) = [row for row in rows if row[0] == 1]
    assert (best[1], best[2], best[4]) == ("T1  แรก", 0.75, "ไม่ถูกหักคะแนน")
    assert best[6] == "ช้า ลดอีก 3 วัน (ให้เหลือ 0)"
    (line,) = [row for row in rows if row[0] == "T1"]
    assert line[7] == "ได้ระดับสูงสุดแล้ว\nไม่ให้ถูกหักคะแนน: ช้า ลดอีก 3 วัน (ให้เหลือ 0)"


# --- what ranks hang on -------------------------------------------------------------------------------------


def hangs(row: str, kind: str, **units: dict[str, object]) -> list[Hang]:
    """Of two units, called A and B, what the rank of A hangs on."""
    return hanging(outcome_of(tables(row), dict(zip(("3101", "3102"), units.values(), strict=True))), kind)


def hanging(outcome: Outcome, kind: str) -> list[Hang]:
    return [hang for hang in sensitivity(outcome) if (hang.unit, hang.kind) == ("3101", kind)]


@pytest.mark.parametrize(("late", "told"), [(1, True), (2, False)])
def test_one_day_less_may_bring_a_rank(late: int, told: bool) -> None:
    found = hangs(EACH, "one-more", A={"x": 5, "late": late}, B={"x": 5, "late": 0})
    texts = [hang.text for hang in found if "หักคะแนน" in hang.text]
    assert bool(texts) is told
    if told:
        assert texts == ["T1: ไม่ให้ถูกหักคะแนน: ช้า ลดอีก 1 วัน (ให้เหลือ 0)"]


def test_one_day_more_may_cost_a_rank() -> None:
    (hang,) = hangs(EACH, "more-off", A={"x": 5, "late": 0}, B={"x": 5, "late": 0})
    assert (hang.total, hang.rank) == (4.75, 2)
    assert hang.text == "T1: ช้า อยู่ที่ 0 วัน ถ้าเป็น 1 จะถูกหักคะแนน 0.5"
    assert not hangs(OFF.format("> 2"), "more-off", A={"x": 5, "late": 1}, B={"x": 5, "late": 0})
    assert hangs(OFF.format("> 2"), "more-off", A={"x": 5, "late": 2}, B={"x": 5, "late": 0})


def test_missing_data_may_still_take_points_off() -> None:
    (hang,) = hangs(EACH, "provisional-off", A={"x": 5}, B={"x": 4, "late": 0})
    assert (hang.total, hang.rank) == (2.5, 2), "nothing of T1 is left"
    (by_condition,) = hangs("T1 | | | late | > 0 | > 5 | | | | | 0.5, 2", "provisional-off",
        A={"x": 5}, B={"x": 5, "late": 1})  # fmt: skip
    assert (by_condition.total, by_condition.rank) == (4.0, 2)
    assert not hangs(EACH, "provisional", A={"x": 5}, B={"x": 4, "late": 0}), "nothing is off as it stands"


def test_a_complete_unit_has_nothing_taken_off_any_more() -> None:
    assert not hangs(EACH, "provisional-off", A={"x": 5, "late": 0}, B={"x": 5, "late": 0})


@pytest.mark.parametrize(("rollup", "best"), [("เฉลี่ย", [5.0]), ("รวม", []), ("สูงสุด", [])])
def test_months_still_to_come_take_off_no_more_at_best(rollup: str, best: list[float]) -> None:
    """A month before was not reported; the sum and the highest so far can't fall by it, the mean can."""
    given: dict[str, dict[str, object]] = {"3101": {"x": 5, "late": 1}, "3102": {"x": 5, "late": 0}}
    month = outcome_of(tables(EACH, rollup=rollup), given, month="2565-05", blank=["2565-04"])
    assert [hang.total for hang in hanging(month, "provisional")] == best
