"""What a step would bring is what comes: typed into the forms, run, and compared; and asked of the scorer."""

import random
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring_by_hand import measured_from
from tablebook import levels, one_kpi
from workspace import BURIRAM, NEWEST, RAYONG, cell_of, copy_sample, keep_units, open_book, read_rows
from workspace import listings as run
from workspace import submission as file_of

from kpibatch.base.config import RankingRules, read_config
from kpibatch.base.kinds import Kind
from kpibatch.months.assess import assess_month
from kpibatch.rules.computations import COMPUTATIONS
from kpibatch.rules.conditions import Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.phrases import parse
from kpibatch.rules.records import TOTAL, Measure, Rollup, Source
from kpibatch.rules.sources import COMPUTED
from kpibatch.scoring.next_level import Lever, Step
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.promises import Promise, promises, together
from kpibatch.scoring.rank import rank_among
from kpibatch.scoring.score import score_all
from kpibatch.scoring.what_if import Variant, what_if

JUNE = "2565-06"
UNITS = {BURIRAM: ("3101", "3103", "3111", "3114", "3122"), RAYONG: ("21P02", "21P05", "21P09", "21P12")}
HOW = ("more", "fewer", "say-yes", "say-no", "day-ahead", "percent-short", "no-data")


# --- typed into the forms -----------------------------------------------------------------------------------


def can_be_typed(outcome: Outcome, promise: Promise) -> bool:
    changes = [step.change for step in promise.steps if step.reachable and step.change and step.how in HOW]
    measures = [outcome.tables.measures[code] for code, _ in changes]
    usual = (Rollup.LAST, Rollup.SUM)
    return len(changes) == len(promise.steps) > 0 and all(
        measure.source is Source.FORM and measure.rollup in usual for measure in measures
    )


def type_in(workspace: Path, outcome: Outcome, unit: str, changes: Mapping[str, float]) -> None:
    path = file_of(workspace, unit, outcome.month)
    book = open_book(path)
    for code, value in changes.items():
        measure, cell = outcome.tables.measures[code], cell_of(book, code, outcome.month)
        earlier = (
            outcome.measured.value(unit, code) - float(cell.value) if measure.rollup is Rollup.SUM else 0
        )
        cell.value = content(measure, value - earlier)
    book.save(path)


def content(measure: Measure, value: float) -> object:
    if measure.kind is Kind.DATE:
        return date.fromordinal(int(value))
    if measure.kind is Kind.YES_NO:
        return "ใช่" if value == 1 else "ไม่ใช่"
    return int(value) if value.is_integer() else value


def came(output: Path, unit: str, node: str) -> dict[str, str]:
    (row,) = [row for row in read_rows(output / "scores.csv") if (row["unit"], row["node"]) == (unit, node)]
    return row


@pytest.mark.slow
@pytest.mark.parametrize("name", UNITS)
def test_what_is_promised_comes_when_it_is_typed_into_the_forms(name: str, tmp_path: Path) -> None:
    """A step of each unit at once for levels, gains and totals; then one alone for its rank."""
    workspace = keep_units(copy_sample(tmp_path, name), *UNITS[name])
    outcome = assess_month(read_config(workspace), NEWEST[name])
    chance, chosen = random.Random(name), {}
    for unit in UNITS[name]:
        able = [
            (kpi, promise)
            for (kpi, of), promise in outcome.promises.items()
            if of == unit and can_be_typed(outcome, promise)
        ]
        chosen[unit] = chance.choice(able)
    alone = shutil.copytree(workspace, tmp_path / "alone")
    for unit, (_, promise) in chosen.items():
        type_in(workspace, outcome, unit, together(promise.steps))
    output = run(workspace, NEWEST[name])
    for unit, (kpi, promise) in chosen.items():
        before = int(outcome.scores.kpis[kpi].level[outcome.tables.position[unit]])
        assert int(came(output, unit, kpi)["level"]) == promise.level > before, (unit, kpi)
        total = float(came(output, unit, TOTAL)["score"])
        assert total == promise.key[0], (unit, kpi)
        assert total - outcome.standing[unit].total == pytest.approx(promise.gain, abs=1.01e-4)
    unit, (_, promise) = next(iter(chosen.items()))
    type_in(alone, outcome, unit, together(promise.steps))
    others = sorted((each.total,) for each in outcome.standings if each.rank and each.unit != unit)
    assert int(came(run(alone, NEWEST[name]), unit, TOTAL)["rank"]) == rank_among(promise.key, others)


# --- asked of the scorer ------------------------------------------------------------------------------------

TWO = """
    รหัส | อยู่ใต้ | ชื่อ | น้ำหนัก | ผลรวมน้ำหนัก | ใช้กับ | วิธีให้คะแนน | ผู้รับผิดชอบ | อ้างอิง
    T   |      | งานทีม | 100 | | | | | ข้อ 1
    T1  | T    | แรก | 60 | | | {method} | | ข้อ 1.1
    T2  | T    | สอง | 40 | | | | | ข้อ 1.2
"""
HAVE = """
    have | ทำได้ | ครัวเรือน | จำนวน | กรอก | ล่าสุด
    whole | ทั้งหมด | ครัวเรือน | จำนวน | กรอก | ล่าสุด
    sold | ขาย | ครัวเรือน | จำนวน | กรอก | ล่าสุด
    plan | แผน | | ใช่/ไม่ใช่ | กรอก | ล่าสุด
    pct | ร้อยละ | ร้อยละ | ร้อยละ | ร้อยละ | | have | whole | ไม่ผ่าน
    part | ส่วน | ร้อยละ | ร้อยละ | ร้อยละ | | sold | have | ไม่ผ่าน
    rate | พอใจ | ร้อยละ | ร้อยละ | กรอก | ล่าสุด
"""


def two_kpis(rules: str, method: str = "") -> LevelTables:
    return one_kpi(HAVE, rules, ตัวชี้วัด=TWO.format(method=method))


def promise_of(tables: LevelTables, kpi: str = "T1", **values: object) -> Promise:
    measured = measured_from(tables, {"3101": values})
    found = promises(measured, score_all(measured, tables, JUNE), tables, JUNE, RankingRules())
    return found[kpi, "3101"]


def test_one_more_may_bring_two_levels():
    """Of 3 households each is a third: 1 is level 1, 2 are level 3."""
    tables = two_kpis("T1 | | | pct | ≥ 30 | ≥ 50 | ≥ 60 | ≥ 90 | ≥ 100\nT2 | | | sold | ≥ 1")
    promise = promise_of(tables, have=1, whole=3, sold=0)
    assert ([(step.how, step.more) for step in promise.steps], promise.level) == ([("more", 1)], 3)
    assert promise.gain == pytest.approx(0.6 * 2)


def test_a_step_counts_in_every_kpi_that_uses_the_measure():
    tables = two_kpis(
        "T1 | | | have | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5\nT2 | | | pct | ≥ 10 | ≥ 20 | ≥ 30 | ≥ 40 | ≥ 50"
    )
    assert promise_of(tables, have=2, whole=10).gain == pytest.approx(0.6 + 0.4)


def test_a_step_may_cost_elsewhere():
    """One more household is a smaller part sold: the gain is what the total gains, here less than nothing."""
    tables = two_kpis(
        "T1 | | | have | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5\nT2 | | | part | ≥ 10 | ≥ 20 | ≥ 30 | ≥ 40 | ≥ 50"
    )
    assert promise_of(tables, have=4, sold=2).gain == pytest.approx(0.6 - 0.4)
    assert promise_of(tables, have=2, sold=1).gain == pytest.approx(0.6 - 0.4 * 2)


def test_an_interpolated_score_is_the_scorers():
    """From 2.5 on the line to the whole household at which level 3 begins, which lies beyond its edge."""
    tables = two_kpis("T1 | | | pct | ≥ 20 | ≥ 40 | ≥ 45 | ≥ 60 | ≥ 100\nT2 | | | sold | ≥ 1", "ค่าต่อเนื่อง")
    promise = promise_of(tables, have=2, whole=5, sold=0)
    assert (promise.steps[0].target, promise.level) == (3, 4)
    assert promise.gain == pytest.approx(0.6 * (4 - 2))


def test_all_steps_are_promised_together():
    tables = two_kpis(
        "T1 | | | have | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5\n"
        "T1 | | | plan | | ใช่ | ใช่ | ใช่ | ใช่\n"
        "T2 | | | sold | ≥ 1"
    )
    promise = promise_of(tables, have=1, plan=False, sold=0)
    assert [step.how for step in promise.steps] == ["more", "say-yes"]
    assert (promise.level, promise.gain) == (2, pytest.approx(0.6))


def test_a_step_that_undoes_another_is_followed_by_what_is_then_lacking():
    """4 households ask for 4, of whom half must have sold: with one more, one more has to sell."""
    tables = two_kpis(
        "T1 | | | have | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 6\n"
        "T1 | | | part | ≥ 50 | ≥ 50 | ≥ 50 | ≥ 50 | ≥ 50\n"
        "T2 | | | plan | ใช่"
    )
    promise = promise_of(tables, have=4, sold=2, plan=False)
    assert [(step.measure.code, step.target) for step in promise.steps] == [("have", 6), ("sold", 3)]
    assert promise.level == 5


def test_two_rows_on_one_measure_ask_the_larger_number():
    tables = two_kpis("T1 | | | have | ≥ 1 | ≥ 3\nT1 | | | pct | ≥ 1 | ≥ 50\nT2 | | | plan | ใช่")
    promise = promise_of(tables, have=1, whole=10, plan=False)
    assert together(promise.steps) == {"have": 5}
    assert promise.level == 5, "levels 3 to 5 ask nothing"


@pytest.mark.parametrize(
    ("row", "have", "more", "target"),
    [
        ("≥ 60 | ≥ 70", 65, 5, 70),
        ("> 60 | > 70", 70, 0.01, 70.01),
        ("≤ 30 | ≤ 20", 24.5, -4.5, 20),
        ("< 30 | < 20", 20, -0.01, 19.99),
        ("≥ 60 | = 70", 69.5, 0.5, 70),
        ("≥ 60 | = 70", 71, -1, 70),
        ("≥ 60 | ≥ 66.666", 60, 6.67, 66.67),
    ],
)
def test_percents_that_are_filled_in(row, have, more, target):
    tables = two_kpis(f"T1 | | | rate | {row}\nT2 | | | plan | ใช่")
    promise = promise_of(tables, rate=have, plan=False)
    (step,) = promise.steps
    assert (step.how, step.measure.code, step.reachable) == ("percent-short", "rate", True)
    assert (step.more, step.target) == (pytest.approx(more), target)
    assert promise.level == 5
    assert all(word in step.text("en") for word in (f"{abs(more):g}", f"{target:g}"))


def test_what_nobody_knows_promises_nothing():
    measures = "staff | คน | คน | จำนวน | กรอก | ล่าสุด\nx | ข่าว | ข่าว | จำนวน | กรอก | ล่าสุด"
    tables = one_kpi(measures, "T1 | staff | ≤ 2 | x | ≥ 1\nT1 | staff | > 2 | x | ≥ 2")
    promise = promise_of(tables, x=0)
    assert (promise.level, promise.gain, promise.steps[0].change) == (0, 0, None)


def test_a_variant_without_changes_is_scored_as_it_was():
    tables = levels()
    values = {"T1.budget": 2000, "T1.spent": 1700, "T1.docs": True, "staff": 4, "I1.news": 4}
    measured = measured_from(tables, {"3101": values, "3102": values | {"I1.news": 2}, "3103": values})
    scores = score_all(measured, tables, JUNE)
    again = what_if([Variant(row, {}) for row in (1, 0, 1)], measured, tables, JUNE, scores.peers)
    for before, after in ((scores.scores, again.scores.scores), (scores.shares, again.scores.shares)):
        np.testing.assert_array_equal(before.to_numpy(float)[[1, 0, 1]], after.to_numpy(float))


# --- the first satang ---------------------------------------------------------------------------------------


@settings(max_examples=3 * settings.default.max_examples)
@given(
    st.sampled_from(COMPUTED),
    st.sampled_from(["≥", ">", "≤", "<"]),
    st.integers(1, 15_000),
    st.integers(1, 10**13),
    st.sampled_from([Kind.NUMBER, Kind.AMOUNT, Kind.PERCENT]),
)
def test_a_target_is_the_first_at_which_the_condition_holds(source, sign, hundredths, whole, kind):
    """By the scorer's own arithmetic and rounding; one satang (or household) less does not do."""
    edge, line, per = (
        parse(f"{sign} {hundredths / 100}"),
        COMPUTATIONS[source].line,
        1 if kind is Kind.NUMBER else 100,
    )
    divisor = whole / per
    lever = Lever(
        Measure("x", "", kind, Source.FORM),
        0.0,
        0.0,
        lambda number: line.single(number, divisor),
        lambda value: line.inverse(value, divisor),
        line.falls,
    )
    target = lever.target(edge)
    before = (round(target * per) + (1 if lever.fewer(edge) else -1)) / per
    holds = edge.holds(line.value(np.array([target, before]), np.array([divisor, divisor])))
    assert (holds.tolist(), round(target * per) / per) == ([True, False], target)


@settings(max_examples=3 * settings.default.max_examples)
@given(st.floats(-1e12, 1e12), st.floats(-1e4, 1e4), st.booleans())
def test_one_value_holds_as_it_does_among_many(value, threshold, is_open):
    for condition in (
        Condition("number", low=threshold, low_open=is_open),
        Condition("number", high=threshold, high_open=is_open),
        Condition("number", threshold, threshold),
    ):
        for near in (value, threshold, np.nextafter(threshold, 1e5), threshold + 5e-10, float("nan")):
            assert condition.holds_one(float(near)) == condition.holds(np.array([near]))[0]


def test_a_step_has_the_change_it_asks_for():
    step = Step("more", Measure("x", "", Kind.NUMBER, Source.FORM), 1, 3, change=("x", 3))
    smaller = Step("more", step.measure, 1, 2, change=("x", 2))
    assert together([smaller, step]) == together([step, smaller]) == {"x": 3}
    fewer = [Step("fewer", step.measure, -1, value, change=("x", value)) for value in (2, 1)]
    assert together(fewer) == {"x": 1}
