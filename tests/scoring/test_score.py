"""Levels and scores: unbroken runs, cases, weights, the line between the edges, and what is missing is no
zero.
"""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring_by_hand import measured_from
from tablebook import levels, one_kpi
from workspace import SAMPLES

from kpibatch.rules.conditions import edges
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.phrases import parse
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import TOTAL, Method, Rule, Unit
from kpibatch.scoring.kpi import score_kpi
from kpibatch.scoring.score import Scores, score_all
from kpibatch.scoring.tree import weighted_mean

JUNE = "2565-06"
COUNT = "x | ข่าว | ข่าว | จำนวน | กรอก | ล่าสุด"
DAY = "day | วันส่ง | | วันที่ | กรอก | ล่าสุด"
YES = "\n".join(f"y{level} | ข้อ {level} | | ใช่/ไม่ใช่ | กรอก | ล่าสุด" for level in range(1, 6))
ONE_A_LEVEL = "\n".join(f"T1 | | | y{level} |{'|' * (level - 1)} ใช่" for level in range(1, 6))


def scored(tables: LevelTables, month: str = JUNE, **values: object) -> Scores:
    """The first unit scored by its rolled-up values; a measure that is not named is missing."""
    return score_all(measured_from(tables, {tables.units[0].code: values}), tables, month)


def level_at(tables: LevelTables, month: str = JUNE, **values: object) -> int:
    return int(scored(tables, month, **values).kpis["T1"].level[0])


def is_provisional(tables: LevelTables, month: str = JUNE, **values: object) -> bool:
    return bool(scored(tables, month, **values).provisional["T1"].iloc[0])


@pytest.mark.parametrize(
    ("met", "level"),
    [
        ("", 0),
        ("1", 1),
        ("12", 2),
        ("124", 2),
        ("2345", 0),
        ("1345", 1),
        ("1235", 3),
        ("1234", 4),
        ("12345", 5),
    ],
)
def test_a_level_is_the_longest_unbroken_run_from_level_1(met, level):
    answers = {f"y{number}": str(number) in met for number in range(1, 6)}
    result = scored(one_kpi(YES, ONE_A_LEVEL), **answers).kpis["T1"]
    assert result.level[0] == level
    assert [number for number, done in enumerate(result.met[0], 1) if done] == [
        int(number) for number in met
    ], "done, not counted"


def test_every_row_that_asks_something_at_a_level_must_hold():
    tables = one_kpi(f"{COUNT}\n{YES}", "T1 | | | x | ≥ 1 | ≥ 2 | | ≥ 4 | ≥ 5\nT1 | | | y1 | | ใช่ | ใช่")
    assert [level_at(tables, x=x, y1=True) for x in (0, 1, 2, 3, 4, 5)] == [0, 1, 3, 3, 4, 5]
    assert [level_at(tables, x=x, y1=False) for x in (0, 1, 5)] == [0, 1, 1]


CASES = """
    T1 | staff | ≤ 2 | x | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
    T1 | staff | ≤ 4 | x | ≥ 2 | ≥ 4 | ≥ 6 | ≥ 8 | ≥ 10
    T1 | staff | 6 - 9 | x | ≥ 3 | ≥ 6 | ≥ 9 | ≥ 12 | ≥ 15
    T1 |       |     | y1 | | | | | ใช่
"""
STAFF = f"staff | อัตรากำลัง | คน | จำนวน | กรอก | ล่าสุด\n{COUNT}\n{YES}"


@pytest.mark.parametrize(
    ("staff", "case", "level"),
    [
        (1, 1, 5),
        (2, 1, 5),
        (2.01, 2, 3),
        (4, 2, 3),
        (4.01, 0, 0),
        (5, 0, 0),
        (6, 3, 2),
        (9, 3, 2),
        (10, 0, 0),
    ],
)
def test_the_first_case_from_the_top_that_holds_is_taken(staff, case, level):
    result = scored(one_kpi(STAFF, CASES), staff=staff, x=6, y1=True).kpis["T1"]
    assert (result.case[0], result.level[0]) == (case, level)


def test_rows_without_a_case_count_always():
    tables = one_kpi(STAFF, CASES)
    assert [level_at(tables, staff=staff, x=99, y1=False) for staff in (1, 3, 7)] == [4, 4, 4]


def test_no_case_is_level_0_and_known_to_be_so():
    scores = scored(one_kpi(STAFF, CASES), staff=5, x=99, y1=True)
    assert not scores.kpis["T1"].met.any()
    assert not scores.provisional["T1"].iloc[0]


def test_a_case_that_can_not_be_told_is_level_0_and_provisional():
    scores = scored(one_kpi(STAFF, CASES), x=99, y1=True)
    assert (scores.kpis["T1"].case[0], scores.kpis["T1"].level[0]) == (0, 0)
    assert scores.provisional["T1"].iloc[0]


def test_a_case_whose_measure_is_missing_hides_the_cases_below_it():
    """Two case measures: what comes after one that can't be told can't be known to be first."""
    rules = "T1 | a | ใช่ | x | ≥ 1\nT1 | b | ใช่ | x | ≥ 2"
    tables = one_kpi(
        f"a | กรณีหนึ่ง | | ใช่/ไม่ใช่ | กรอก | ล่าสุด\nb | กรณีสอง | | ใช่/ไม่ใช่ | กรอก | ล่าสุด\n{COUNT}", rules
    )
    cases = [
        scored(tables, x=5, **answers).kpis["T1"].case[0]
        for answers in ({"a": True}, {"a": False, "b": True}, {"b": True}, {"a": False})
    ]
    assert cases == [1, 2, 0, 0]


# ── what is missing ──


def test_a_missing_value_keeps_the_level_that_is_known_and_marks_it():
    tables = one_kpi(YES, ONE_A_LEVEL)
    assert (level_at(tables, y1=True, y2=True), is_provisional(tables, y1=True, y2=True)) == (2, True)
    everything = {f"y{level}": True for level in range(1, 6)}
    assert (level_at(tables, **everything), is_provisional(tables, **everything)) == (5, False)


def test_zero_is_not_missing():
    tables = one_kpi(COUNT, "T1 | | | x | ≥ 0 | ≥ 1")
    assert (level_at(tables, x=0), is_provisional(tables, x=0)) == (1, False)
    assert (level_at(tables), is_provisional(tables)) == (0, True)


def test_any_result_must_be_a_result():
    tables = one_kpi(COUNT, "T1 | | | x | ≤ 80 | 81 - 85 | 86 - 90 | 91 - 95 | > 95")
    assert [level_at(tables, x=x) for x in (0, 80.5, 85.4, 95.0, 95.3)] == [1, 1, 2, 4, 5]
    assert level_at(tables) == 0


def test_only_the_case_that_is_taken_asks():
    tables = one_kpi(
        f"{STAFF}\n{DAY}", "T1 | staff | ≤ 2 | x | ≥ 1\nT1 | staff | > 2 | day | ภายใน 30 เม.ย. 2565"
    )
    assert not is_provisional(tables, staff=1, x=1)
    assert is_provisional(tables, staff=3, x=1)
    needed = scored(tables, staff=1, x=1).needed.iloc[0]
    assert set(needed.index[needed]) == {"staff", "x"}


def test_what_rests_on_the_month_before_is_provisional():
    tables = one_kpi(COUNT, "T1 | | | x | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5")
    measured = measured_from(tables, {"3101": {"x": 3}})
    carried = replace(measured, incomplete=measured.incomplete | True)
    scores = score_all(carried, tables, JUNE)
    assert (
        scores.kpis["T1"].level[0],
        scores.provisional["T1"].iloc[0],
        scores.provisional[TOTAL].iloc[0],
    ) == (3, True, True)


@pytest.mark.parametrize(
    ("deadline", "month", "ahead"),
    [
        ("ภายใน 29 มิ.ย. 2565", JUNE, False),
        ("ภายใน 30 มิ.ย. 2565", JUNE, False),
        ("ภายใน 1 ก.ค. 2565", JUNE, True),
        ("ก่อน 30 มิ.ย. 2565", JUNE, False),
        ("ก่อน 1 ก.ค. 2565", JUNE, False),  # the last day that counts is 30 June, which is over
        ("ก่อน 2 ก.ค. 2565", JUNE, True),
        ("ภายใน 30 มิ.ย. 2565", "2565-05", True),
    ],
)
def test_a_blank_day_whose_deadline_lies_ahead_is_not_missing(deadline, month, ahead):
    tables = one_kpi(f"{COUNT}\n{DAY}", f"T1 | | | x | ≥ 1\nT1 | | | day | | | | | {deadline}")
    assert level_at(tables, month, x=1) == 4, "not missing, and not done either"
    assert is_provisional(tables, month, x=1) is not ahead
    assert bool(scored(tables, month, x=1).not_yet["day"].iloc[0]) is ahead


def test_the_earliest_of_several_deadlines_counts():
    rule = "T1 | | | day | ภายใน 15 มิ.ย. 2565 | | | | ภายใน 10 ก.ย. 2565"
    assert is_provisional(one_kpi(DAY, rule))
    assert not is_provisional(one_kpi(DAY, rule), "2565-05")


def test_a_day_that_is_given_is_judged_whatever_the_month():
    tables = one_kpi(DAY, "T1 | | | day | | | | | ภายใน 10 ก.ย. 2565")
    assert [level_at(tables, day=date(2022, 9, day)) for day in (9, 10, 11)] == [5, 5, 4]


# ── the tree ──

TREE = """
    รหัส | อยู่ใต้ | ชื่อ | น้ำหนัก | ผลรวมน้ำหนัก | ใช้กับ | วิธีให้คะแนน | ผู้รับผิดชอบ | อ้างอิง
    T   |      | ทีม  | 60    |            |           |
    I   |      | บุคคล | 40   | 110        |           |
    T1  | T    | หนึ่ง  | 20   |            |           |
    T2  | T    | สอง  | 30    |            | ยกเว้น 3102 |
    T3  | T    | สาม  | 50    |            | เฉพาะ 3101  |
    I1  | I    | สี่   | 50    |            |           |
    I2  | I    | ห้า   | 60    |            | กลุ่ม เหนือ   |
"""
LEAVES = ("T1", "T2", "T3", "I1", "I2")


def tree(**sheets: str) -> LevelTables:
    measures = "\n".join(f"{leaf}.x | {leaf} | ข้อ | จำนวน | กรอก | ล่าสุด" for leaf in LEAVES)
    rules = "\n".join(f"{leaf} | | | {leaf}.x | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5" for leaf in LEAVES)
    return one_kpi(measures, rules, **({"ตัวชี้วัด": TREE} | sheets))


def tree_scores(*given: int | None) -> Scores:
    """All three units with these values at T1, T2, T3, I1, I2."""
    values = {f"{leaf}.x": value for leaf, value in zip(LEAVES, given, strict=True) if value is not None}
    return score_all(measured_from(tree(), dict.fromkeys(("3101", "3102", "3103"), values)), tree(), JUNE)


def test_an_inner_node_is_the_weighted_mean_of_its_children():
    scores = tree_scores(5, 4, 2, 3, 1).scores.iloc[0]
    assert scores["T"] == pytest.approx((20 * 5 + 30 * 4 + 50 * 2) / 100)
    assert scores["I"] == pytest.approx((50 * 3 + 60 * 1) / 110), "weights of 110 are divided by 110"
    assert scores[TOTAL] == pytest.approx((60 * scores["T"] + 40 * scores["I"]) / 100)


def test_a_node_that_does_not_apply_leaves_its_weight_to_its_siblings():
    scores = tree_scores(5, 4, 2, 3, 1).scores
    assert np.isnan(scores.loc["3102", ["T2", "T3"]]).all()
    assert np.isnan(scores.loc["3103", ["T3", "I2"]]).all()
    assert scores["T"].to_list() == pytest.approx([3.2, 5, (20 * 5 + 30 * 4) / 50])
    assert scores["I"].to_list() == pytest.approx([210 / 110, 210 / 110, 3])


def test_effective_weights():
    shares = tree_scores(5, 4, 2, 3, 1).shares
    assert shares.loc["3101", list(LEAVES)].to_list() == pytest.approx(
        [12, 18, 30, 40 * 50 / 110, 40 * 60 / 110]
    )
    assert shares.loc["3102", list(LEAVES)].to_list() == pytest.approx(
        [60, 0, 0, 40 * 50 / 110, 40 * 60 / 110]
    )
    assert shares.loc["3103", list(LEAVES)].to_list() == pytest.approx([24, 36, 0, 40, 0])


def test_what_is_provisional_makes_all_above_it_so():
    provisional = tree_scores(5, 4, 2, None, 1).provisional.loc["3101"]
    assert set(provisional.index[provisional]) == {"I1", "I", TOTAL}


def test_what_does_not_apply_is_never_missing():
    scores = tree_scores(5, 4, None, 3, 1)
    assert scores.provisional["T3"].to_list() == [True, False, False]
    assert scores.needed["T3.x"].to_list() == [True, False, False]


def test_a_branch_that_does_not_apply_takes_its_leaves_along():
    only = TREE.replace(
        "I   |      | บุคคล | 40   | 110        |           |",
        "I   |      | บุคคล | 40   | 110        | ยกเว้น 3101 |",
    )
    tables = tree(**{"ตัวชี้วัด": only})
    scores = score_all(measured_from(tables, {"3101": {f"{leaf}.x": 5 for leaf in LEAVES}}), tables, JUNE)
    assert scores.shares.loc["3101", ["T", "I", "I1", "I2"]].to_list() == [100, 0, 0, 0]
    assert scores.scores.loc["3101", TOTAL] == 5


@pytest.mark.parametrize(
    ("scores", "weights", "mean"),
    [
        ([5, 3], [1, 1], 4),
        ([5, 3], [3, 1], 4.5),
        ([5, np.nan], [1, 9], 5),
        ([np.nan, np.nan], [1, 1], np.nan),
        ([0, 0], [50, 60], 0),
    ],
)
def test_weighted_mean(scores, weights, mean):
    found = weighted_mean(np.array(scores, float)[:, None], np.array(weights, float)[:, None])
    assert found == pytest.approx([mean], nan_ok=True)


SAMPLE_NAMES = sorted(path.parent.name for path in SAMPLES.glob("*/level_tables.xlsx"))


@pytest.mark.parametrize("sample", SAMPLE_NAMES)
def test_effective_weights_sum_to_100_for_every_unit_of_the_samples(sample):
    tables, _ = read_levels(SAMPLES / sample / "level_tables.xlsx")
    shares = score_all(
        measured_from(tables, {tables.units[0].code: {}}), tables, tables.round.months[0]
    ).shares
    assert shares[[leaf.code for leaf in tables.leaves]].sum(axis=1).to_list() == pytest.approx(
        [100] * len(tables.units)
    )


def test_everything_reached_is_the_top_score(buriram):
    shares = score_all(measured_from(buriram, {"3101": {}}), buriram, JUNE).shares.iloc[0]
    assert shares["T1"] == pytest.approx(50 * 15 / 100)
    assert sum(shares[node.code] for node in buriram.children("I")) == pytest.approx(50)
    values = dict.fromkeys(("T1.x", "T2.x", "T3.x", "I1.x", "I2.x"), 5)
    assert score_all(measured_from(tree(), {"3101": values}), tree(), JUNE).scores.loc["3101", TOTAL] == 5


# ── levels of other scores, and the line between the edges ──


def test_levels_have_the_scores_the_round_gives_them():
    tables = one_kpi(COUNT, "T1 | | | x | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5")
    tables = replace(tables, round=replace(tables.round, level_scores=(10.0, 20.0, 50.0, 75.0, 100.0)))
    assert [scored(tables, x=x).scores[TOTAL].iloc[0] for x in range(6)] == [0, 10, 20, 50, 75, 100]
    assert tables.top_score == 100


def linear(row: str, below_one: float = 0.0, level_scores: tuple[float, ...] = ()) -> LevelTables:
    tables = one_kpi(COUNT, f"T1 | | | x | {row}")
    nodes = tuple(replace(node, method=Method.LINEAR) if node.code == "T1" else node for node in tables.nodes)
    return replace(
        tables, nodes=nodes, round=replace(tables.round, below_one=below_one, level_scores=level_scores)
    )


UP, DOWN = "≥ 60 | ≥ 70 | ≥ 80 | ≥ 90 | ≥ 100", "≤ 50 | ≤ 40 | ≤ 30 | ≤ 20 | ≤ 10"


@pytest.mark.parametrize(
    ("row", "below_one", "scores"),
    [
        (UP, 0, {0: 0, 59.99: 0, 60: 1, 65: 1.5, 69.9: 1.99, 70: 2, 77.5: 2.75, 100: 5, 100.01: 5, 250: 5}),
        (UP, 1, {0: 1, 59.99: 1, 60: 1, 60.1: 1.01, 100: 5}),
        (DOWN, 0, {99: 0, 50.01: 0, 50: 1, 45: 1.5, 40: 2, 12.5: 4.75, 10: 5, 9.99: 5, 0: 5}),
        (DOWN, 1, {99: 1, 50.01: 1, 50: 1, 49: 1.1}),
        ("> 60 | > 70 | > 80 | > 90 | > 95", 0, {60: 0, 60.01: 1.001, 70: 2, 92.5: 4.5, 95: 5}),
        ("≥ 0 | | ≥ 50 | | ≥ 100", 0, {0: 1, 25: 2, 50: 3, 75: 4, 100: 5}),
    ],
)
def test_the_line_between_the_edges(row, below_one, scores):
    tables = linear(row, below_one)
    assert {x: scored(tables, x=x).scores["T1"].iloc[0] for x in scores} == pytest.approx(scores)


def test_the_line_runs_between_the_scores_the_round_gives():
    tables = linear(UP, level_scores=(10.0, 20.0, 50.0, 75.0, 100.0))
    assert [scored(tables, x=x).scores["T1"].iloc[0] for x in (59, 60, 75, 85, 100)] == pytest.approx(
        [0, 10, 35, 62.5, 100]
    )


def test_the_line_of_a_missing_value_is_below_level_1_and_provisional():
    assert scored(linear(UP, 1)).scores["T1"].iloc[0] == 1
    assert is_provisional(linear(UP, 1))


def test_the_level_beside_the_line_is_still_the_whole_one():
    assert [level_at(linear(UP), x=x) for x in (59.99, 60, 79.99, 80, 100)] == [0, 1, 2, 3, 5]


def test_each_case_has_its_own_line():
    tables = one_kpi(
        STAFF,
        "T1 | staff | ≤ 2 | x | ≥ 0 | ≥ 10 | ≥ 20 | ≥ 30 | ≥ 40\n"
        "T1 | staff | > 2 | x | ≥ 0 | ≥ 20 | ≥ 40 | ≥ 60 | ≥ 80",
    )
    tables = replace(tables, nodes=linear(UP).nodes)
    assert [scored(tables, staff=staff, x=30).scores["T1"].iloc[0] for staff in (2, 3)] == [4, 2.5]
    assert scored(tables, x=30).scores["T1"].iloc[0] == 0


# ── higher is better ──

MANY = tuple(Unit(str(number), f"หน่วย {number}") for number in range(12))
CELLS = st.one_of(
    st.just(""), st.builds("{} {}".format, st.sampled_from(["≥", ">", "อย่างน้อย", "เกิน"]), st.integers(0, 100))
)
VALUES = st.lists(
    st.integers(0, 1100).map(lambda tenths: tenths / 10), min_size=len(MANY), max_size=len(MANY)
).map(sorted)


def many(row: list[str], values: list[float], method: Method = Method.STEPS) -> tuple[list[int], list[float]]:
    """The levels and scores of twelve units by one row of cells."""
    conditions = edges([parse(cell) if cell else None for cell in row])
    tables = replace(
        one_kpi(COUNT, "T1 | | | x | ≥ 1"),
        units=MANY,
        rules=(Rule("T1", "x", tuple(row), tuple(conditions)),),
    )
    frame = pd.DataFrame({"x": values}, index=[unit.code for unit in MANY])
    result = score_kpi(replace(tables.node["T1"], method=method), frame, frame.isna(), tables)
    return result.level.tolist(), result.score.tolist()


@given(st.lists(CELLS, min_size=5, max_size=5), VALUES)
def test_more_never_lowers_a_level_where_more_is_better(row, values):
    found, _ = many(row, values)
    assert found == sorted(found)


@given(st.lists(st.integers(0, 100), min_size=5, max_size=5, unique=True).map(sorted), VALUES)
def test_the_line_rises_and_stays_between_the_levels_it_joins(thresholds, values):
    found, line = many([f"≥ {threshold}" for threshold in thresholds], values, Method.LINEAR)
    assert all(one <= next_one + 1e-12 for one, next_one in pairwise(line))
    assert all(level - 1e-9 <= score <= min(level + 1, 5) for level, score in zip(found, line, strict=True))


def test_the_tiny_book_is_scored_as_its_rules_say():
    """Two KPIs of the tiny workbook, worked out by hand: 85 % and documents, 4 news by 4 staff, no day
    yet.
    """
    tables = levels()
    values = {"T1.budget": 2000, "T1.spent": 1700, "T1.docs": True, "staff": 4, "I1.news": 4}
    scores = score_all(measured_from(tables, {"3102": values}), tables, JUNE)
    assert (scores.kpis["T1"].level[1], scores.kpis["I1"].level[1], scores.kpis["I1"].case[1]) == (3, 2, 2)
    assert scores.scores.loc["3102", TOTAL] == pytest.approx(0.6 * 3 + 0.4 * 2)
    assert not scores.provisional.loc["3102", TOTAL], "10 September lies ahead"


ONLY_CHILD = """
    รหัส | อยู่ใต้ | ชื่อ    | น้ำหนัก | ผลรวมน้ำหนัก | ใช้กับ | วิธีให้คะแนน | ผู้รับผิดชอบ | อ้างอิง
    T   |      | งานทีม | 100   |            |      |           |           | ข้อ 1
    T1  | T    | ตัวเดียว | 1     |            |      |           |           | ข้อ 1.1
"""


def test_an_only_child_of_weight_1_is_all_of_its_parent():
    tables = one_kpi(COUNT, "T1 | | | x | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5", ตัวชี้วัด=ONLY_CHILD)
    scores = score_all(measured_from(tables, {"3101": {"x": 3}}), tables, JUNE)
    assert scores.scores.loc["3101", [TOTAL, "T", "T1"]].tolist() == [3, 3, 3]
    assert scores.shares.loc["3101", [TOTAL, "T", "T1"]].tolist() == [100, 100, 100]


def test_a_unit_to_which_nothing_applies_has_no_total():
    tables = one_kpi(COUNT, "T1 | | | x | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5")
    nodes = tuple(replace(node, never=frozenset({"3101"})) for node in tables.nodes)
    tables = replace(tables, nodes=nodes)
    scores = score_all(measured_from(tables, {"3101": {"x": 3}, "3102": {"x": 3}}), tables, JUNE)
    assert scores.scores.loc["3101"].isna().all()
    assert scores.shares.loc["3101"].tolist() == [0, 0, 0]
    assert not scores.provisional.loc["3101"].any()
    assert scores.scores.loc["3102", TOTAL] == 3
