"""What is missing to the next level: "another n" is exactly enough and one less is not; days and answers in
their own terms.
"""

import operator
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring_by_hand import measured_from
from tablebook import levels, one_kpi

from kpibatch.base.config import RankingRules
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.phrases import parse
from kpibatch.rules.records import Rule
from kpibatch.scoring.measures import Measured
from kpibatch.scoring.next_level import Step
from kpibatch.scoring.promises import Promise, promises
from kpibatch.scoring.score import score_all

JUNE = "2565-06"
SIGNS = {"≥": operator.ge, ">": operator.gt, "≤": operator.le, "<": operator.lt}
FORMULAS = {
    "ร้อยละ": lambda part, whole: 100 * part / whole,
    "เพิ่มขึ้น": lambda part, whole: 100 * (part - whole) / whole,
    "ลดลง": lambda part, whole: 100 * (whole - part) / whole,
}
HUNDREDTHS = st.integers(1, 15_000)


def steps(tables: LevelTables, month: str = JUNE, **values: object) -> list[Step]:
    """What the first unit still lacks at T1; a measure that is not named is missing."""
    tables = replace(tables, units=tables.units[:1])
    measured = measured_from(tables, {tables.units[0].code: values})
    promise = promised(measured, tables, month).get(("T1", tables.units[0].code))
    return list(promise.steps) if promise else []


def promised(measured: Measured, tables: LevelTables, month: str = JUNE) -> dict[tuple[str, str], Promise]:
    return promises(measured, score_all(measured, tables, month), tables, month, RankingRules())


def told(found: list[Step]) -> list[tuple[str, str, float]]:
    return [(step.how, step.measure.code, step.more) for step in found]


def asking(tables: LevelTables, condition: str, measure: str = "x") -> LevelTables:
    """The tables with one rule, which asks for the condition at level 1 and nothing above."""
    return replace(
        tables, rules=(Rule("T1", measure, (condition,) + ("",) * 4, (parse(condition),) + (None,) * 4),)
    )


def share(source: str, kind: str = "จำนวน", limit: str = "") -> LevelTables:
    """A KPI on x, computed from what is filled in and a whole."""
    measures = f"""
        whole | ทั้งหมด | คน | {kind} | กรอก | ล่าสุด
        have | ทำได้ | คน | {kind} | กรอก | ล่าสุด | | | | | | {limit}
        x | ผล | ร้อยละ | ร้อยละ | {source} | | have | whole | ไม่ผ่าน
    """
    return one_kpi(measures, "T1 | | | x | ≥ 50")


def plain(kind: str = "จำนวน", rollup: str = "ล่าสุด", limit: str = "") -> LevelTables:
    """A KPI on x, which is filled in itself."""
    return one_kpi(
        f"x | ข่าว | ข่าว | {kind} | กรอก | {rollup} | | | | | | {limit}\n"
        f"most | เพดาน | ข่าว | {kind} | กรอก | ล่าสุด",
        "T1 | | | x | ≥ 50",
    )


@settings(max_examples=3 * settings.default.max_examples // 5)
@given(
    st.sampled_from(sorted(FORMULAS)),
    st.sampled_from(["≥", ">"]),
    HUNDREDTHS,
    st.integers(1, 10**6),
    st.integers(0, 2 * 10**6),
)
def test_another_n_persons_are_exactly_enough_for_a_percentage(source, sign, hundredths, whole, have):
    percent = Fraction(hundredths if source != "ลดลง" else hundredths % 10_000, 100)

    def reached(part: float) -> bool:
        return SIGNS[sign](FORMULAS[source](Fraction(part), whole), percent)

    found = steps(asking(share(source), f"{sign} {float(percent)}"), whole=whole, have=have)
    if reached(have):
        assert found == []
        return
    (step,) = found
    better = -1 if source == "ลดลง" else 1
    assert (step.how, step.measure.code) == ("fewer" if source == "ลดลง" else "more", "have")
    assert step.target == have + step.more
    assert reached(step.target)
    assert not reached(step.target - better)


@settings(max_examples=2 * settings.default.max_examples // 5)
@given(st.sampled_from(["≤", "<"]), HUNDREDTHS, st.integers(1, 10**6), st.integers(0, 2 * 10**6))
def test_n_persons_fewer_are_exactly_enough_where_lower_is_better(sign, hundredths, whole, have):
    def reached(part: float) -> bool:
        return SIGNS[sign](100 * Fraction(part) / whole, Fraction(hundredths, 100))

    found = steps(asking(share("ร้อยละ"), f"{sign} {hundredths / 100}"), whole=whole, have=have)
    if reached(have):
        assert found == []
        return
    (step,) = found
    assert (step.how, step.target) == ("fewer", have + step.more)
    assert reached(step.target)
    assert not reached(step.target + 1)


@pytest.mark.slow
@settings(max_examples=2 * settings.default.max_examples // 5)
@given(st.sampled_from(["≥", ">"]), HUNDREDTHS, st.integers(100, 5_000_000), st.integers(0, 5_000_000))
def test_another_n_baht_are_exact_to_the_satang(sign, hundredths, whole, have):
    def reached(satang: int) -> bool:
        return SIGNS[sign](Fraction(100 * satang, whole), Fraction(hundredths, 100))

    found = steps(
        asking(share("ร้อยละ", "จำนวนเงิน"), f"{sign} {hundredths / 100}"), whole=whole / 100, have=have / 100
    )
    if reached(have):
        assert found == []
        return
    (step,) = found
    satang = round(step.target * 100)
    assert step.target == pytest.approx(satang / 100, abs=1e-9)
    assert step.more == pytest.approx(step.target - have / 100)
    assert reached(satang)
    assert not reached(satang - 1)


@settings(max_examples=2 * settings.default.max_examples // 5)
@given(
    st.sampled_from(sorted(SIGNS)),
    st.integers(1, 1000),
    st.integers(0, 2000),
    st.sampled_from([("จำนวน", 1), ("จำนวนเงิน", 100)]),
)
def test_plain_counts_and_amounts(sign, wanted, have, kind):
    name, parts = kind
    found = steps(asking(plain(name), f"{sign} {wanted}"), x=have)
    if SIGNS[sign](have, wanted):
        assert found == []
        return
    (step,) = found
    better = 1 if sign in "≥>" else -1
    assert (step.how, step.measure.code) == ("more" if better == 1 else "fewer", "x")
    assert step.target == pytest.approx(have + step.more)
    assert SIGNS[sign](step.target, wanted)
    assert not SIGNS[sign](round(step.target - better / parts, 2), wanted)


@pytest.mark.parametrize(
    ("source", "condition", "whole", "have", "target"),
    [
        ("ร้อยละ", "≥ 57", 100, 0, 57),
        ("ร้อยละ", "> 57", 100, 57, 58),
        ("ร้อยละ", "≥ 100.01", 500, 500, 501),
        ("เพิ่มขึ้น", "≥ 4", 50, 50, 52),
        ("เพิ่มขึ้น", "> 4", 50, 52, 53),
        ("ลดลง", "≥ 10", 30, 30, 27),
        ("ลดลง", "> 10", 30, 27, 26),
        ("ลดลง", "≥ 100", 30, 1, 0),
    ],
)
def test_worked_out_by_hand(source, condition, whole, have, target):
    (step,) = steps(asking(share(source), condition), whole=whole, have=have)
    assert (step.target, step.more, step.reachable) == (target, target - have, True)


def test_amounts_of_a_real_size():
    (step,) = steps(asking(share("ร้อยละ", "จำนวนเงิน"), "≥ 95.55"), whole=1_234_567.89, have=1_000_000)
    assert step.target == 1_179_629.62  # 95.55 % of the whole is 1,179,629.618…
    assert step.more == pytest.approx(179_629.62)


@pytest.mark.parametrize(("have", "how", "more"), [(98, "more", 2), (105, "fewer", -5)])
def test_an_exact_level_is_missed_from_both_sides(have, how, more):
    for tables, values in ((plain(), {"x": have}), (share("ร้อยละ"), {"have": have, "whole": 100})):
        assert [(step.how, step.more) for step in steps(asking(tables, "= 100"), **values)] == [(how, more)]


@pytest.mark.parametrize(("most", "reachable"), [(4, False), (5, True), (6, True)])
def test_no_more_can_be_asked_than_there_can_be(most, reachable):
    """ไม่เกินรายการ: 5 % of 100 and 5 news alike need 5 of at most so many."""
    (percent,) = steps(asking(share("ร้อยละ", limit="whole"), f"≥ {100 * 5 / most}"), whole=most, have=0)
    assert percent.reachable is reachable
    (count,) = steps(asking(plain(limit="most"), "≥ 5"), x=0, most=most)
    assert count.reachable is reachable


def test_a_zero_denominator_is_told_in_points():
    (step,) = steps(asking(share("ร้อยละ"), "≥ 80"), whole=0, have=5)
    assert (step.how, step.measure.code, step.more, step.target) == ("percent-short", "x", 80, 80)


def test_what_has_no_value_must_first_be_reported():
    assert told(steps(asking(plain(), "≥ 5")))[0][:2] == ("no-data", "x")
    assert told(steps(asking(share("ร้อยละ"), "≥ 5"), whole=3))[0][:2] == ("no-data", "have")
    assert told(steps(asking(share("ร้อยละ"), "≥ 5"), have=3))[0][:2] == ("no-data", "whole")


def test_what_every_month_must_reach_can_not_be_made_good():
    (step,) = steps(asking(plain(rollup="ต่ำสุด"), "≥ 3"), x=1)
    assert (step.how, step.more, step.target, step.reachable) == ("every-month", 2, 3, False)


YES = "x | แผน | | ใช่/ไม่ใช่ | กรอก | {rollup}"


@pytest.mark.parametrize(
    ("rollup", "condition", "value", "how", "reachable"),
    [
        ("ล่าสุด", "ใช่", False, "say-yes", True),
        ("ล่าสุด", "ใช่", None, "say-yes", True),
        ("ล่าสุด", "ไม่ใช่", True, "say-no", True),
        ("ต่ำสุด", "ใช่", False, "every-month-yes", False),
        ("ต่ำสุด", "ใช่", None, "say-yes", True),
    ],
)
def test_answers(rollup, condition, value, how, reachable):
    tables = asking(one_kpi(YES.format(rollup=rollup), "T1 | | | x | ใช่"), condition)
    (step,) = steps(tables, **({} if value is None else {"x": value}))
    assert (step.how, step.reachable) == (how, reachable)


@pytest.mark.parametrize(
    ("condition", "month", "day", "how", "last"),
    [
        ("ภายใน 10 ก.ย. 2565", JUNE, None, "day-ahead", date(2022, 9, 10)),
        ("ก่อน 10 ก.ย. 2565", JUNE, None, "day-ahead", date(2022, 9, 9)),
        ("ภายใน 1 ก.ค. 2565", JUNE, None, "day-ahead", date(2022, 7, 1)),
        ("ภายใน 30 มิ.ย. 2565", JUNE, None, "day-gone", date(2022, 6, 30)),
        ("ก่อน 2 ก.ค. 2565", JUNE, None, "day-ahead", date(2022, 7, 1)),
        ("ก่อน 1 ก.ค. 2565", JUNE, None, "day-gone", date(2022, 6, 30)),
        ("ภายใน 30 มิ.ย. 2565", "2565-05", None, "day-ahead", date(2022, 6, 30)),
        ("ภายใน 10 ก.ย. 2565", JUNE, date(2022, 9, 11), "day-gone", date(2022, 9, 10)),
    ],
)
def test_days_ahead_and_gone(condition, month, day, how, last):
    tables = asking(one_kpi("x | วันส่ง | | วันที่ | กรอก | ล่าสุด", "T1 | | | x | ภายใน 10 ก.ย. 2565"), condition)
    (step,) = steps(tables, month, **({"x": day} if day else {}))
    assert (step.how, date.fromordinal(int(step.target)), step.reachable) == (how, last, how == "day-ahead")


CASES = """
    T1 | staff | ≤ 2 | x | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
    T1 | staff | 3 - 4 | x | ≥ 2 | ≥ 4 | ≥ 6 | ≥ 8 | ≥ 10
    T1 |       |       | y | | ใช่ | ใช่ | ใช่ | ใช่
"""
STAFF = """
staff | อัตรากำลัง | คน | จำนวน | กรอก | ล่าสุด
x | ข่าว | ข่าว | จำนวน | กรอก | ล่าสุด
y | แผน | | ใช่/ไม่ใช่ | กรอก | ล่าสุด
""".strip()


def test_everything_the_next_level_asks_is_told_and_nothing_else():
    tables = one_kpi(STAFF, CASES)
    assert told(steps(tables, staff=2, x=0, y=False)) == [("more", "x", 1)]
    assert [step[:2] for step in told(steps(tables, staff=2, x=1, y=False))] == [
        ("more", "x"),
        ("say-yes", "y"),
    ]
    assert [step[:2] for step in told(steps(tables, staff=2, x=2, y=False))] == [("say-yes", "y")]
    assert told(steps(tables, staff=4, x=3, y=True)) == [("more", "x", 1)]
    assert steps(tables, staff=2, x=5, y=True) == [], "at the top"


def test_without_a_case_the_cases_measure_is_what_is_missing():
    tables = one_kpi(STAFF, CASES)
    assert told(steps(tables, x=9, y=True))[0][:2] == ("no-data", "staff")
    assert [step.how for step in steps(tables, staff=9, x=9, y=True)] != ["no-data"], (
        "it is there, but no case is for it"
    )


def test_nothing_is_missing_where_a_kpi_does_not_apply():
    tables = one_kpi(STAFF, CASES)
    nodes = tuple(
        replace(node, never=frozenset({"3101"})) if node.code == "T1" else node for node in tables.nodes
    )
    assert steps(replace(tables, nodes=nodes), staff=2, x=0) == []


def test_any_result_is_met_by_any_result():
    tables = one_kpi("x | ข่าว | ข่าว | จำนวน | กรอก | ล่าสุด", "T1 | | | x | ≤ 80 | 81 - 85 | > 85")
    assert told(steps(tables, x=0)) == [("more", "x", 81)]
    assert told(steps(tables))[0][:2] == ("no-data", "x")


@pytest.mark.parametrize(
    ("language", "words"), [("th", ["ครัวเรือน", "อีก 3 ", "12,500"]), ("en", ["ครัวเรือน", "3 ", "12,500"])]
)
def test_a_step_in_words(language, words):
    tables = one_kpi("x | ช่วยเหลือ | ครัวเรือน | จำนวน | กรอก | ล่าสุด", "T1 | | | x | ≥ 12500")
    (step,) = steps(tables, x=12_497)
    assert all(word in step.text(language) for word in words)


def test_what_the_next_level_would_bring():
    """The tiny workbook: T1 is all of T, 60 % of the total; from level 3 to 4 it brings 0.6 of a point."""
    tables = replace(levels(), units=levels().units[:1])
    values = {"T1.budget": 1000, "T1.docs": True, "staff": 2, "I1.news": 5}
    gains = {}
    for spent in (0, 850, 1000):
        found = promised(measured_from(tables, {"3101": values | {"T1.spent": spent}}), tables)
        gains[spent] = found["T1", "3101"].gain if ("T1", "3101") in found else 0.0
    assert gains == pytest.approx({0: 0.6, 850: 0.6, 1000: 0.0})
