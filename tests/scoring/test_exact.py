"""The vectorised scorer against a slow and obvious one that counts in whole numbers and fractions.

The slow one is written from the design's words and reads the typed conditions by itself. 1,000 units are made
up for each of the five samples' level tables, most of their values on a threshold or one step beside it;
nothing may differ.
"""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pandas as pd
import pytest
from one_kind import of_main_kind
from slow_compare import compare
from tablebook import one_kpi, read
from workspace import BURIRAM, CHACHOENGSAO, CHIEFS, NAKHON_PHANOM, RAYONG, SAMPLES

from kpibatch.base.config import RankingRules
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.measures import measure_all
from kpibatch.scoring.rank import rank_units
from kpibatch.scoring.score import Scores, score_all

MONTHS = {
    BURIRAM: ("2565-06", date(2022, 6, 30)),
    CHACHOENGSAO: ("2561-02", date(2018, 2, 28)),
    NAKHON_PHANOM: ("2564-07", date(2021, 7, 31)),
    CHIEFS: ("2565-03", date(2022, 3, 31)),
    RAYONG: ("2554-06", date(2011, 6, 30)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MONTHS)
def test_the_vectorised_scorer_is_the_slow_one(name: str) -> None:
    month, today = MONTHS[name]
    tables = of_main_kind(read_levels(SAMPLES / name / "level_tables.xlsx")[0])
    weights = {"D1.1": 30.0, "D1.2": 20.0}  # each unit's own elsewhere
    alike = {"kinds": frozenset(), "taken": False, "weight_measure": ""}
    nodes = (replace(one, weight=weights.get(one.code, one.weight), **alike) for one in tables.nodes)
    tables = replace(tables, nodes=tuple(nodes))
    found, scores, standings = compare(tables, month, today, name)
    assert not found, f"{len(found)} differences, such as {found[:5]}"
    for leaf in tables.leaves:  # else the comparison would say little
        assert {int(level) for level in scores.kpis[leaf.code].level} == set(range(tables.level_count + 1)), (
            leaf.code
        )
    ranks = [one.rank for one in standings]
    assert len(set(ranks)) < len(ranks) - ranks.count(0)


# --- what one number decides --------------------------------------------------------------------------------

PERCENT = """
    T1.a   | ทำได้  | บาท   | จำนวนเงิน | กรอก  | ล่าสุด
    T1.b   | ทั้งหมด | บาท   | จำนวนเงิน | กรอก  | ล่าสุด
    T1.pct | ร้อยละ | ร้อยละ | ร้อยละ   | ร้อยละ |      | T1.a | T1.b | ไม่ผ่าน
"""


def level_of(tables: LevelTables, **values: float) -> int:
    """The level of the first unit by its values in 2565-04."""
    return int(scored(tables, **values).kpis["T1"].level[0])


def scored(tables: LevelTables, **values: float) -> Scores:
    cells = [("3101", f"T1.{name}", "2565-04", value, "ok", "f", "s", "A1") for name, value in values.items()]
    columns = ["unit", "measure", "month", "value", "state", "file", "sheet", "cell"]
    return score_all(measure_all(pd.DataFrame(cells, columns=columns), tables, {}), tables, "2565-04")


def with_edges(tables: LevelTables, **edge: object) -> LevelTables:
    return replace(
        tables,
        rules=tuple(
            replace(rule, edges=tuple(replace(one, **edge) for one in rule.edges if one))
            for rule in tables.rules
        ),
    )


TRAPS = [
    percent for percent in range(1, 101) if 100 * (percent / 100) != percent or percent % 25 == 0
]  # 7, 14, 28, 29, 57 …


@pytest.mark.slow
@pytest.mark.parametrize(("sign", "worse"), [("≥", -1), ("≤", 1)])
def test_whole_percents_of_100_and_of_1_baht_are_reached_exactly(sign: str, worse: int) -> None:
    tables = one_kpi(PERCENT, f"T1 | | | T1.pct | {sign} 50 | {sign} 50 | {sign} 50 | {sign} 50 | {sign} 50")
    for percent in TRAPS:
        percents = with_edges(tables, **{"low" if sign == "≥" else "high": float(percent)})
        for whole, step in ((100.0, 1.0), (1.0, 0.01), (1_000_000.0, 0.01), (0.07, 0.0007)):
            reached = float(Fraction(str(whole)) * percent / 100)
            assert level_of(percents, a=reached, b=whole) == 5, (reached, whole)
            assert level_of(percents, a=round(reached + worse * step, 6), b=whole) == 0, (reached, whole)


def test_a_threshold_that_excel_computed_is_rounded_too() -> None:
    tables, _ = read({f"ระดับ!{column}2": 90 * 1.1 for column in "EFGHI"})  # 99.00000000000001
    assert level_of(tables, spent=990, docs=1) == 5


@pytest.mark.parametrize("word", ["ภายใน 30 เม.ย. 2565", "ก่อน 1 พ.ค. 2565"])
def test_a_blank_day_is_missing_from_the_day_after_its_last(word: str) -> None:
    line = "T1.day | วันส่ง | | วันที่ | กรอก | ล่าสุด"
    last_day_is_over = one_kpi(line, f"T1 | | | T1.day | {word} | {word} | {word} | {word} | {word}")
    assert bool(scored(last_day_is_over).provisional[TOTAL].iloc[0])
    day = date(2022, 4, 30).toordinal()
    assert (level_of(last_day_is_over, day=day), level_of(last_day_is_over, day=day + 1)) == (5, 0)


def test_a_unit_to_which_nothing_applies_is_not_ranked_before_the_others() -> None:
    tables, _ = read({"ตัวชี้วัด!F2": "ยกเว้น 3101", "ตัวชี้วัด!F3": "ยกเว้น 3101"})
    standings = {
        one.unit: one for one in rank_units(scored(tables), set(tables.unit), tables, RankingRules())
    }
    assert [standings[code].rank for code in ("3101", "3102", "3103")] == [0, 1, 1]
