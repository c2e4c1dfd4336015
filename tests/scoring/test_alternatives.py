"""Alternatives, bands of which both sides count, and thresholds that name a measure: worked by hand, and held
against the slow scorer in exact fractions.
"""

from datetime import date

import pytest
from every_asked import MEASURES, every_rule
from scoring_by_hand import measured_from
from slow_compare import compare
from tablebook import NO_BASELINES, ONE_KPI, SHEETS, levels, one_kpi

from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.next_level import steps_to
from kpibatch.scoring.score import Scores, score_all

JUNE = "2565-06"


def with_groups(*rows: str) -> LevelTables:
    """Tables of one KPI, each of whose rows names its group first: ``ก | have | ≥ 1 | …``."""
    heads = {name: SHEETS[name].strip().splitlines()[0] for name in ("รายการข้อมูล", "ระดับ")}
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    lines = [" | ".join(["T1", "", "", *(row[1:] + [""] * 6)[:6], "", row[0]]) for row in cells]
    return levels(
        รายการข้อมูล=heads["รายการข้อมูล"] + MEASURES,
        ระดับ="\n".join([heads["ระดับ"] + " | กลุ่มเงื่อนไข", *lines]),
        ตัวชี้วัด=ONE_KPI,
        ค่าตั้งต้น=NO_BASELINES,
    )


def scored(tables: LevelTables, **values: object) -> Scores:
    return score_all(measured_from(tables, {"3101": values}), tables, JUNE)


def level(tables: LevelTables, **values: object) -> tuple[int, bool]:
    """The level of a unit with those values, and whether it is provisional."""
    scores = scored(tables, **values)
    return int(scores.kpis["T1"].level[0]), bool(scores.provisional[TOTAL].iloc[0])


# --- alternatives -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("have", "other", "expected"),
    [
        (19, 4, 0),
        (20, 4, 1),
        (19, 5, 1),
        (39, 10, 2),
        (40, 9, 2),
        (100, 0, 5),
        (0, 25, 5),
        (20, 25, 5),
        (60, 10, 3),  # by the first: whichever holds, level by level
    ],
)
def test_one_of_a_groups_rows_is_enough_at_each_level(have: int, other: int, expected: int) -> None:
    tables = with_groups(
        "ก | have | ≥ 20 | ≥ 40 | ≥ 60 | ≥ 80 | ≥ 100",
        "ก | other | ≥ 5 | ≥ 10 | ≥ 15 | ≥ 20 | ≥ 25",
    )
    assert level(tables, have=have, other=other) == (expected, False)


def test_a_row_that_is_blank_at_a_level_offers_nothing_there_and_the_rows_without_a_group_hold_besides() -> (
    None
):
    tables = with_groups(
        "ก | have | ≥ 20 | ≥ 40 | | |",
        "ก | other | ≥ 5 | | ≥ 15 | |",
        " | rate | ≥ 1 | ≥ 1 | ≥ 1 | ≥ 1 | ≥ 50",
    )
    assert level(tables, have=40, other=15, rate=1) == (4, False), "at levels 4 and 5 the group asks nothing"
    assert level(tables, have=20, other=99, rate=50) == (1, False)
    assert level(tables, have=40, other=0, rate=50) == (2, False)
    assert level(tables, have=40, other=15, rate=0.5) == (0, False)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"have": 100}, (5, False)),
        ({"have": 99}, (4, True)),
        ({"other": 25}, (5, False)),
        ({"other": 24}, (4, True)),
        ({}, (0, True)),
        ({"have": 99, "other": 0}, (4, False)),
        ({"have": 0, "other": 25}, (5, False)),
    ],
)
def test_what_is_missing_counts_only_where_it_may_raise_the_level(
    values: dict[str, int], expected: tuple[int, bool]
) -> None:
    tables = with_groups(
        "ก | have | ≥ 20 | ≥ 40 | ≥ 60 | ≥ 80 | ≥ 100",
        "ก | other | ≥ 5 | ≥ 10 | ≥ 15 | ≥ 20 | ≥ 25",
    )
    assert level(tables, **values) == expected
    needed = scored(tables, **values).needed[["have", "other"]].any(axis=1)
    assert bool(needed.iloc[0]) == (values.get("have", 0) < 100 and values.get("other", 0) < 25)


def test_what_is_missing_counts_where_the_way_to_the_top_leaves_a_level_out() -> None:
    """25 reach every level at which they are asked for, which the third is not."""
    tables = with_groups(
        "ก | have | ≥ 20 | ≥ 40 | ≥ 60 | ≥ 80 | ≥ 100", "ก | other | ≥ 5 | ≥ 10 | | ≥ 20 | ≥ 25"
    )
    assert level(tables, other=25) == (2, True)
    assert level(tables, other=25, have=60) == (5, False)


def test_a_day_and_a_number_may_be_alternatives() -> None:
    tables = with_groups(
        "ก | day | ภายใน 31 พ.ค. 2565 |",
        "ก | have | ≥ 20 | ≥ 40 | ≥ 60 | ≥ 80 | ≥ 100",
    )
    assert level(tables, day=date(2022, 5, 31), have=0)[0] == 1
    assert level(tables, day=date(2022, 6, 1), have=19)[0] == 0
    assert level(tables, day=date(2022, 6, 1), have=20)[0] == 1


def test_the_next_step_names_each_way() -> None:
    tables = with_groups("ก | have | ≥ 20 | ≥ 40", "ก | other | ≥ 5 | ≥ 10")
    values = measured_from(tables, {"3101": {"have": 37, "other": 6}}).row(0)
    (step,) = steps_to(2, "T1", 0, values, tables, JUNE)
    assert (step.change, [other.target for other in step.others]) == (("have", 40), [10])
    assert step.text("th") == "ทำได้ อีก 3 ครัวเรือน (ให้ถึง 40) หรือ อีกทาง อีก 4 ครัวเรือน (ให้ถึง 10)"
    assert not steps_to(1, "T1", 0, values, tables, JUNE)


# --- bands of which both sides count ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (39.9, 0),
        (40, 1),
        (49.9, 1),
        (50, 2),
        (59.99, 3),
        (60, 2),
        (60.01, 2),
        (70, 2),
        (70.01, 1),
        (80, 1),
        (80.01, 0),
    ],
)
def test_both_sides_of_a_band_count(rate: float, expected: int) -> None:
    row = "T1 | | | rate | 40 - 80 เท่านั้น | 50 - 70 เท่านั้น | 55 ≤ x < 60 เท่านั้น | = 57 | = 57"
    tables = one_kpi(MEASURES, row)
    assert level(tables, rate=rate) == (expected, False)
    assert level(tables, rate=57) == (5, False)


SIDES = [(39, 40), (80.5, 80), (45, 50), (75, 70), (54.99, 55), (60, 59.99)]


@pytest.mark.parametrize(("rate", "target"), SIDES)
def test_the_next_step_is_to_the_nearer_side_of_a_band(rate: float, target: float) -> None:
    tables = one_kpi(
        MEASURES, "T1 | | | rate | 40 - 80 เท่านั้น | 50 - 70 เท่านั้น | 55 ≤ x < 60 เท่านั้น | = 57 | = 57"
    )
    reached, _ = level(tables, rate=rate)
    values = measured_from(tables, {"3101": {"rate": rate}}).row(0)
    (step,) = steps_to(reached + 1, "T1", 0, values, tables, JUNE)
    assert step.target == target


def test_what_stands_beside_such_a_band_asks_what_it_says() -> None:
    tables = one_kpi(MEASURES, "T1 | | | rate | ≤ 80 | ≥ 50 | 55 - 60 เท่านั้น | 56 - 59 เท่านั้น | ≤ 57")
    assert [level(tables, rate=rate)[0] for rate in (81, 80, 49, 50, 55, 57.5, 56, 60.5)] == [
        0,
        2,
        1,
        2,
        3,
        4,
        5,
        2,
    ]


# --- thresholds that name a measure -------------------------------------------------------------------------

OWN = "T1 | | | have | ≥ goal − 10 | ≥ goal - 5 | ≥ goal | > goal × 1.1 | ≥ 1.2 × goal + 2"


@pytest.mark.parametrize(
    ("have", "expected"),
    [(9, 0), (10, 1), (14, 1), (15, 2), (19, 2), (20, 3), (22, 3), (22.5, 4), (25, 4), (26, 5)],
)
def test_each_unit_has_its_own_threshold(have: float, expected: int) -> None:
    """A goal of 20: levels from 10, 15, 20, more than 22, and 26 on."""
    assert level(one_kpi(MEASURES, OWN), have=have, goal=20) == (expected, False)
    assert level(one_kpi(MEASURES, OWN), have=have + 100, goal=20)[0] == 5


def test_a_threshold_that_is_missing_holds_for_nobody_and_is_told() -> None:
    tables = one_kpi(MEASURES, OWN)
    assert level(tables, have=1000) == (0, True)
    scores = scored(tables, have=1000)
    assert bool(scores.needed["goal"].iloc[0])
    (step,) = steps_to(1, "T1", 0, measured_from(tables, {"3101": {"have": 9}}).row(0), tables, JUNE)
    assert (step.how, step.measure.code) == ("no-threshold", "goal")


def test_the_next_step_is_to_the_units_own_number() -> None:
    tables = one_kpi(MEASURES, OWN)
    values = measured_from(tables, {"3101": {"have": 20, "goal": 20}}).row(0)
    assert [steps_to(number, "T1", 0, values, tables, JUNE)[0].target for number in (4, 5)] == [23, 26]


def test_ten_million_times_one_and_a_tenth_is_eleven_million() -> None:
    """As floats it is a little more."""
    tables = one_kpi(MEASURES, "T1 | | | have | ≥ goal × 1.1")
    assert level(tables, have=11_000_000, goal=10_000_000)[0] == 5
    assert level(tables, have=10_999_999, goal=10_000_000)[0] == 0


@pytest.mark.parametrize(
    ("have", "score"), [(9, 0), (10, 1), (15, 1.5), (20, 2), (26, 3.2), (30, 4), (40, 5), (50, 5)]
)
def test_scores_run_between_each_units_own_edges(have: float, score: float) -> None:
    kpi = SHEETS["ตัวชี้วัด"].strip().splitlines()[0] + "\nT1 | | ตัวเดียว | 100 | | | ค่าต่อเนื่อง | | ข้อ 1"
    row = "T1 | | | have | ≥ goal - 10 | ≥ goal | ≥ goal + 5 | ≥ goal + 10 | ≥ goal × 2"
    tables = one_kpi(MEASURES, row, ตัวชี้วัด=kpi)
    assert scored(tables, have=have, goal=20).scores[TOTAL].iloc[0] == pytest.approx(score)
    assert scored(tables, have=have).scores[TOTAL].iloc[0] == 0


def test_where_a_units_edges_meet_the_higher_score_counts() -> None:
    kpi = SHEETS["ตัวชี้วัด"].strip().splitlines()[0] + "\nT1 | | ตัวเดียว | 100 | | | ค่าต่อเนื่อง | | ข้อ 1"
    tables = one_kpi(MEASURES, "T1 | | | have | ≥ goal | ≥ goal × 2 | ≥ goal × 3", ตัวชี้วัด=kpi)
    assert scored(tables, have=0, goal=0).scores[TOTAL].iloc[0] == 3


# --- against the slow scorer --------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_thousands_of_units_as_the_slow_scorer_has_them(seed: int) -> None:
    """1,000 a seed, most values on a threshold or a step beside it."""
    found, scores, _ = compare(every_rule(), JUNE, date(2022, 6, 30), f"alternatives {seed}")
    assert not found, f"{len(found)} differences, such as {found[:5]}"
    for kpi in scores.kpis.values():
        assert {int(each) for each in kpi.level} == set(range(6)), kpi.code
        assert 0 < kpi.missing.sum() < len(kpi.missing)
