"""The largest, the smallest and no numbers at all, in any mixture, through everything that a month reckons:
nothing is raised, nothing is warned of on the screen, and what is scored stays a score.
"""

import warnings
from dataclasses import replace
from functools import cache
from math import inf, isfinite, isnan, nan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring_by_hand import measured_from
from tablebook import one_kpi

from kpibatch.base.config import Config, RankingRules, Workspace
from kpibatch.base.kinds import LEAST, MOST
from kpibatch.intake.frame import COLUMNS
from kpibatch.intake.month import Intake, Submission
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.lacking import too_large
from kpibatch.scoring.measures import compute_all
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Status, rank_units
from kpibatch.scoring.rollups import ROLLUPS, Months, roll_up
from kpibatch.scoring.score import score_all
from kpibatch.scoring.trend import trend_of
from kpibatch.scoring.why.explain import explain
from kpibatch.scoring.why.sensitivity import sensitivity

JUNE = "2565-06"
TREE = """
    รหัส | อยู่ใต้ | ชื่อ | น้ำหนัก | ผลรวมน้ำหนัก | ใช้กับ | วิธีให้คะแนน | ผู้รับผิดชอบ | อ้างอิง
    T   |      | ทีม | 1000000000000000 | | | | | ข้อ 1
    I   |      | เดี่ยว | 0.000000001 | | | | | ข้อ 2
    T1  | T    | ส่วน | 50 | | | | | ข้อ 1.1
    T2  | T    | เส้น | 50 | | | ค่าต่อเนื่อง | | ข้อ 1.2
    I1  | I    | ลด | 50 | | | | | ข้อ 2.1
    I2  | I    | ลึก | 50 | | | | | ข้อ 2.2
"""
MEASURES = """
    a  | ก | คน | จำนวน | กรอก | รวม
    b  | ข | คน | จำนวนเงิน | กรอก | เฉลี่ย
    c  | ค | คน | ร้อยละ | กรอก | ล่าสุด
    sum | ผลรวม | คน | จำนวน | ผลรวม | | a, b, c
    p0 | ส่วน | ร้อยละ | ร้อยละ | ร้อยละ | | a | b | ผ่าน
    q0 | กลับ | ร้อยละ | ร้อยละ | ร้อยละ | | b | a
    g  | โต | ร้อยละ | ร้อยละ | เพิ่มขึ้น | | sum | c | ไม่ผ่าน
    r  | ลด | ร้อยละ | ร้อยละ | ลดลง | | c | b | ผ่าน
""" + "".join(
    f"    p{deep} | ลึก | ร้อยละ | ร้อยละ | ร้อยละ | | p{deep - 1} | q{deep - 1}\n"
    f"    q{deep} | ลึก | ร้อยละ | ร้อยละ | ร้อยละ | | q{deep - 1} | p{deep - 1}\n"
    for deep in range(1, 5)
)
RULES = """
    T1 | a | ≤ 0.000000001 | p0 | ≥ 0.000000001 | ≥ 1 | ≥ 100 | ≥ 1000000 | ≥ 1000000000000000
    T1 | a | > 0.000000001 | p0 | ≥ 0 | ≥ 1 | ≥ 2 | ≥ 3 | = 100
    T1 |   |   | sum | | | > 0.000000001 | | ≥ 1000000000000000
    T2 |   |   | b | ≥ 0.000000001 | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 1000000000000000
    I1 |   |   | r | ≤ 1000000000000000 | ≤ 100 | ≤ 1 | ≤ 0 | ≤ -1000000000000000
    I1 |   |   | g | | ≥ 0 | | | ≥ 1000000000000000
    I2 |   |   | p4 | ≥ 0.000000001 | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 1000000000000000
"""
EXTREMES = st.sampled_from([0.0, LEAST, -LEAST, 1.0, 100.0, MOST, -MOST, MOST - 0.125, nan]) | st.floats(
    -MOST, MOST, allow_subnormal=False
).filter(lambda number: abs(number) >= LEAST)


@cache
def tables(scores: str = "") -> LevelTables:
    read = one_kpi(MEASURES, RULES, ตัวชี้วัด=TREE)
    levels = tuple(float(score) for score in scores.split())
    return replace(read, round=replace(read.round, level_scores=levels))


def outcome_of(tables: LevelTables, units: list[tuple[float, float, float]]) -> Outcome:
    """A month in which the units have these three values."""
    values = {unit: dict(zip("abc", row, strict=True)) for unit, row in zip(tables.unit, units, strict=True)}
    measured = measured_from(tables, values)
    scores, sent = (
        score_all(measured, tables, JUNE),
        tuple(Submission(unit, JUNE, unit, "") for unit in values),
    )
    standings = tuple(rank_units(scores, set(values), tables, RankingRules(("T", "I"))))
    frame = pd.DataFrame(columns=list(COLUMNS))
    intake = Intake(JUNE, sent, frame, {}, (), ())
    config, found = Config(Path(), Workspace()), too_large(measured, scores, set(values), tables)
    return Outcome(JUNE, config, tables, intake, frame, measured, scores, standings, tuple(found))


@pytest.mark.slow
@given(
    st.lists(st.tuples(EXTREMES, EXTREMES, EXTREMES), min_size=3, max_size=3),
    st.sampled_from(["", f"{LEAST} 1 2 3 {MOST}", "0 0.0001 0.0002 0.0003 0.0004"]),
)
def test_whatever_numbers_are_allowed_a_month_comes_out(units, level_scores):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        of = tables(level_scores)
        outcome = outcome_of(of, units)
        for hang in sensitivity(outcome):
            assert 1 <= hang.rank <= 3
            assert 0 <= hang.total <= of.top_score
        assert set(trend_of(outcome).months[-1].rank) == set(of.unit)
        for unit in of.unit:
            for node in (*of.node, TOTAL, "rank"):
                assert explain(outcome, unit, node)
            for leaf in of.leaves:
                assert all(step.text("th") for step in outcome.steps(leaf.code, unit))
                assert isfinite(outcome.gain(leaf.code, unit))
    values = outcome.measured.values.to_numpy(float)
    assert not np.isinf(values).any()
    scored = outcome.scores.scores.to_numpy(float)
    assert ((scored >= 0) & (scored <= of.top_score)).all()
    for standing in outcome.standings:
        assert 0 <= standing.total <= of.top_score
        assert 0 <= standing.percent <= 100 + 1e-9
        assert standing.rank >= 1


def test_what_comes_out_too_large_is_missing_and_told_with_what_was_computed():
    """Five quotients deep of the largest by the smallest."""
    of = tables()
    outcome = outcome_of(of, [(MOST, LEAST, 1.0), (2.0, 1.0, 1.0), (nan, 1.0, 1.0)])
    assert [outcome.measured.value(unit, "p3") > 1e190 for unit in of.unit] == [True, False, False]
    assert [isnan(outcome.measured.value(unit, "p4")) for unit in of.unit] == [True, False, True]
    (found,) = outcome.findings
    assert (found.code, found.unit, found.measure, found.severity) == ("too-large", "3101", "p4", "warning")
    assert all("100 × " in found.message(language) for language in ("th", "en"))
    status = {standing.unit: standing.status for standing in outcome.standings}
    assert status == {"3101": Status.PROVISIONAL, "3102": Status.OK, "3103": Status.PROVISIONAL}


@pytest.mark.parametrize("given", [inf, -inf, nan, 1.8e299, -1.8e299])
def test_no_computation_hands_on_what_is_not_finite(given):
    one = np.array([given])
    values, _ = compute_all({"a": one, "b": one, "c": one}, {}, tables())
    assert all(isnan(column[0]) or abs(column[0]) < 1.8e299 for column in values.values())


@pytest.mark.parametrize("rollup", ROLLUPS)
def test_months_of_the_largest_numbers_roll_up(rollup):
    values = np.array([[MOST] * 36, [-MOST] * 36, [LEAST] * 36, [MOST, -MOST] * 18])
    months = Months(values, np.isnan(values))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(roll_up(months, rollup)[0]).all()
