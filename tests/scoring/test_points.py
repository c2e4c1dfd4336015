"""What a level or a value is worth: own scores, proportions, caps, points off and T-scores, by hand and
against the slow scorer.
"""

from datetime import date

import numpy as np
import pytest
from made_up_month import outcome_of
from scoring_by_hand import measured_from
from slow_compare import compare
from tablebook import SHEETS, levels
from worth import GIVEN, WORTH

from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.points import Peers, standard
from kpibatch.scoring.score import Scores, score_all
from kpibatch.scoring.why.explain import explain

JUNE = "2565-06"
NODES = SHEETS["ตัวชี้วัด"].strip().splitlines()[0] + " | คะแนนของระดับ | เพดานคะแนน\n"
MEASURES = SHEETS["รายการข้อมูล"].strip().splitlines()[0] + "\n"
RULES = SHEETS["ระดับ"].strip().splitlines()[0] + " | หักคะแนน\n"
UP = "T1 | | | x | ≥ 20 | ≥ 40 | ≥ 60 | ≥ 80 | ≥ 100"


def book(node: str, *rules: str, **sheets: str) -> LevelTables:
    """Tables of the one KPI T1: what stands in its columns from วิธีให้คะแนน on, and its rows of ระดับ."""
    usual = {
        "ตัวชี้วัด": NODES + f"T | | ทีม | 100\nT1 | T | ตัวเดียว | 100 | | | {node}",
        "รายการข้อมูล": MEASURES + "x | ได้ | คน | จำนวน | กรอก\nlate | ช้า | วัน | จำนวน | กรอก",
        "ระดับ": RULES + "\n".join(rules),
        "ค่าตั้งต้น": "รหัสหน่วย\n3101",
    }
    return levels(**usual | sheets)


def scored(tables: LevelTables, values: list[float], late: list[float] | None = None) -> Scores:
    """As many units as there are values."""
    days = late or [0.0] * len(values)
    units = zip(tables.unit, values, days, strict=False)
    return score_all(measured_from(tables, {u: {"x": x, "late": day} for u, x, day in units}), tables, JUNE)


def points(tables: LevelTables, values: list[float], late: list[float] | None = None) -> list[float]:
    found = scored(tables, values, late)
    return [round(float(score), 6) for score in found.kpis["T1"].score[: len(values)]]


def test_a_kpi_has_scores_of_its_own_levels() -> None:
    tables = book(" | | | 1, 3, 5", "T1 | | | x | ≥ 20 | ≥ 40 | ≥ 60")
    assert points(tables, [19, 20, 59]) == [0, 1, 3]
    assert points(tables, [60, 1000]) == [5, 5]
    assert scored(tables, [1000]).kpis["T1"].level[0] == 3


def test_own_scores_and_levels_that_are_not_given_agree() -> None:
    own = book(" | | | 1, 3, 5", "T1 | | | x | ≥ 20 | ≥ 40 | ≥ 60")
    dashed = book("", "T1 | | | x | ≥ 20 | – | ≥ 40 | – | ≥ 60")
    for value in (0, 19.99, 20, 39.99, 40, 59.99, 60, 61):
        assert points(own, [value]) == points(dashed, [value])


def test_in_proportion_from_zero_to_full() -> None:
    tables = book("ตามสัดส่วน", UP)
    assert points(tables, [0, 50, 99.9]) == [0, 2.5, 4.995]
    assert points(tables, [100, 130, -10]) == [5, 5, 0]
    assert scored(tables, [50]).kpis["T1"].level[0] == 2


def test_a_cap_above_full_is_room_for_a_bonus() -> None:
    tables = book("ตามสัดส่วน | | | | 6", UP)
    assert points(tables, [100, 110, 119]) == [5, 5.5, 5.95]
    assert points(tables, [120, 121]) == [6, 6]


def test_the_line_goes_on_along_its_last_segment_to_the_cap() -> None:
    assert points(book("ค่าต่อเนื่อง | | | | 6", UP), [99, 110, 120]) == [4.95, 5.5, 6]
    assert points(book("ค่าต่อเนื่อง | | | | 6", UP), [121, 19]) == [6, 0]
    down = "T1 | | | x | ≤ 50 | ≤ 40 | ≤ 30 | ≤ 20 | ≤ 10"
    assert points(book("ค่าต่อเนื่อง | | | | 5.5", down), [10, 6, 0]) == [5, 5.4, 5.5]


def test_a_cap_below_full_cuts_as_well() -> None:
    assert points(book(" | | | | 4.5", UP), [80, 99, 100]) == [4, 4, 4.5]


def test_points_off_for_each_day() -> None:
    tables = book("", UP, "T1 | | | late | | | | | | | 0.1")
    assert points(tables, [100, 100, 40], [0, 3, 30]) == [5, 4.7, 0]
    assert points(tables, [100], [-5]) == [5]


def test_points_off_by_the_last_condition_that_holds() -> None:
    tables = book("", UP, "T1 | | | late | > 0 | > 5 | > 10 | | | | 0.25, 0.5, 1")
    assert points(tables, [100, 100, 100], [0, 0.01, 5]) == [5, 4.75, 4.75]
    assert points(tables, [100, 100, 100], [5.01, 10, 10.01]) == [4.5, 4.5, 4]


def test_what_is_missing_takes_nothing_off_and_leaves_the_score_open() -> None:
    tables = book("", UP, "T1 | | | late | | | | | | | 0.1")
    found = score_all(measured_from(tables, {"3101": {"x": 100}}), tables, JUNE)
    assert found.kpis["T1"].score[0] == 5
    assert found.kpis["T1"].missing[0]
    assert found.needed["late"].iloc[0]


def test_the_cap_comes_before_the_points_off() -> None:
    tables = book("ตามสัดส่วน | | | | 6", UP, "T1 | | | late | | | | | | | 1")
    assert points(tables, [200], [2]) == [4]


def test_a_t_score_among_the_units() -> None:
    tables = book("คะแนนที", UP)
    deviation = (2 / 3) ** 0.5 * 10
    expected = [round(5 * (50 + 10 * (x - 20) / deviation) / 100, 6) for x in (10, 20, 30)]
    assert points(tables, [10, 20, 30]) == expected
    down = book("คะแนนที", "T1 | | | x | ≤ 50 | ≤ 40 | ≤ 30 | ≤ 20 | ≤ 10")
    assert points(down, [10, 20, 30]) == expected[::-1]


def test_units_that_do_not_differ_have_fifty() -> None:
    tables = book("คะแนนที", UP)
    assert points(tables, [7, 7, 7]) == [2.5] * 3
    only = score_all(measured_from(tables, {"3101": {"x": 9}}), tables, JUNE, {"3101"})
    assert only.kpis["T1"].score.tolist() == [2.5, 0, 0]


def test_who_has_not_sent_is_not_compared() -> None:
    tables = book("คะแนนที", UP)
    measured = measured_from(tables, {u: {"x": x} for u, x in zip(tables.unit, (10, 30, 1000), strict=True)})
    found = score_all(measured, tables, JUNE, {"3101", "3102"})
    assert found.kpis["T1"].score.round(9).tolist() == [2, 3, 0]


def test_another_value_is_compared_with_the_others_as_they_are() -> None:
    held = np.array([10.0, 20.0, 30.0])
    peers = Peers(np.array([0, 0]), np.array([True] * 3), {"T": held})
    found = standard(np.array([10.0, 40.0]), held, peers)
    other = np.array([40.0, 20.0, 30.0])
    assert found[1] == pytest.approx(50 + 10 * (40 - other.mean()) / other.std())
    assert found[0] == pytest.approx(50 + 10 * (10 - 20) / held.std())


def test_the_years_result_of_two_rounds_with_stated_shares() -> None:
    """The earlier round's total as a fixed number in proportion: 30 % of 4.2 and 70 % of this round."""
    nodes = "Y1 | | รอบ 1 | 30 | | | ตามสัดส่วน\nT1 | | รอบ 2 | 70"
    tables = book(
        "",
        "Y1 | | | first | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5",
        UP,
        ตัวชี้วัด=NODES + nodes,
        รายการข้อมูล=MEASURES + "first | รอบ 1 | คะแนน | จำนวน | ค่าตั้งต้น\nx | ได้ | คน | จำนวน | กรอก",
        ค่าตั้งต้น="รหัสหน่วย | first\n3101 | 4.2\n3102 | 0\n3103 | 5",
    )
    given = {u: {"first": f, "x": x} for u, f, x in (("3101", 4.2, 60), ("3102", 0, 100), ("3103", 5, 0))}
    found = score_all(measured_from(tables, given), tables, JUNE)
    assert found.scores["total"].round(9).tolist() == [3.36, 3.5, 1.5]


def test_a_node_and_the_total_are_capped() -> None:
    outcome = outcome_of(levels(**WORTH), GIVEN, unsent=["3105"])
    row = outcome.tables.position["3101"]
    assert outcome.scores.means["T"][row] == pytest.approx((30 * 6 + 15 * 5 + 15 * 5.25) / 60)
    assert outcome.scores.scores["T"].iloc[row] == 5.5


def test_explain_tells_what_was_cut_taken_off_and_compared() -> None:
    outcome = outcome_of(levels(**WORTH), GIVEN, unsent=["3105"])
    told = {kpi: "\n".join(explain(outcome, "3101", kpi)) for kpi in ("T1", "T", "I2", "I")}
    assert "ได้ 6.5 เกินเพดานคะแนน จึงตัดเหลือ 6" in told["T1"]
    assert "ได้ 5.5625 เกินเพดานคะแนน จึงตัดเหลือ 5.5" in told["T"]
    assert "ค่าเฉลี่ยและส่วนเบี่ยงเบนของ 4 หน่วย" in told["I2"]
    assert "ค่าเฉลี่ยและส่วนเบี่ยงเบนของ 4 หน่วย" in told["I"]
    off = "\n".join(explain(outcome, "3103", "T2"))
    assert "หัก 1: ส่งช้า = 12" in off
    assert "หักรวม 4 เกินคะแนนที่ได้ คะแนนจึงเหลือ 0 ไม่ติดลบ" in off
    assert "(ตามค่าปัจจุบันของหน่วยอื่น)" in "\n".join(explain(outcome, "3102", "I2"))
    assert "(ตามค่าปัจจุบันของหน่วยอื่น)" not in "\n".join(explain(outcome, "3103", "T2"))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_thousand_units_are_scored_as_the_slow_scorer_does(seed: int) -> None:
    found, scores, _ = compare(levels(**WORTH), JUNE, date(2022, 6, 30), f"worth {seed}")
    assert found == []
    assert all(np.ptp(scores.kpis[kpi].score) > 2 for kpi in scores.kpis)
