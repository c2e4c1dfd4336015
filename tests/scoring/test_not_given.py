"""A level that the letter does not give (–): nobody is in it, and it stops nobody on the way to the next; in
the score, the steps, the words, the live workbook and the comparison alike.
"""

from pathlib import Path

import pytest
from recalculated import calculated, differences
from scoring_by_hand import measured_from
from tablebook import levels, one_kpi
from workspace import copy_sample, edit_table, keep_units, kpibatch, run

from kpibatch.base.config import RankingRules
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.words import levels_in_words
from kpibatch.scoring.promises import promises
from kpibatch.scoring.score import score_all

JUNE, UNIT = "2565-06", "3101"
COUNT = "x | ข่าว | ข่าว | จำนวน | กรอก | ล่าสุด"


def table(*cells: str) -> LevelTables:
    return one_kpi(COUNT, f"T1 | | | x | {' | '.join(cells)}")


ODD = table("≥ 60", "–", "≥ 80", "–", "≥ 100")


def level_at(tables: LevelTables, **values: object) -> int:
    measured = measured_from(tables, {UNIT: values})
    return int(score_all(measured, tables, JUNE).kpis["T1"].level[0])


@pytest.mark.parametrize(
    ("value", "level"), [(59, 0), (60, 1), (70, 1), (79, 1), (80, 3), (85, 3), (99, 3), (100, 5), (101, 5)]
)
def test_a_level_that_is_not_given_cant_be_reached(value: float, level: int) -> None:
    assert level_at(ODD, x=value) == level
    assert level_at(table("≥ 60", "-", "≥ 80", "—", "≥ 100"), x=value) == level


@pytest.mark.parametrize(("value", "level"), [(60, 2), (79, 2), (80, 4), (100, 5)])
def test_a_blank_still_comes_with_the_level_before(value: float, level: int) -> None:
    assert level_at(table("≥ 60", "", "≥ 80", "", "≥ 100"), x=value) == level


@pytest.mark.parametrize(("value", "level"), [(79, 0), (80, 2), (90, 3)])
def test_the_first_and_the_last_may_be_left_out_too(value: float, level: int) -> None:
    assert level_at(table("–", "≥ 80", "≥ 90", "–", "–"), x=value) == level


def test_a_case_may_leave_a_level_out_that_another_has() -> None:
    tables = levels(
        ระดับ="""
        ตัวชี้วัด | กรณีของ | เงื่อนไขกรณี | รายการข้อมูล | ระดับ 1 | ระดับ 2 | ระดับ 3 | ระดับ 4 | ระดับ 5 | หมายเหตุ
        T1 |       |     | T1.pct  | ≥ 60 | ≥ 70 | ≥ 80 | ≥ 90 | ≥ 100
        T1 |       |     | T1.docs | ใช่ | ใช่ | ใช่ | ใช่ | ใช่
        I1 | staff | ≤ 2 | I1.news | ≥ 1 | – | ≥ 3 | ≥ 4 | ≥ 5
        I1 | staff | > 2 | I1.news | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
        I1 |       |     | I1.day  | | | | | ภายใน 10 ก.ย. 2565
    """
    )
    given = {unit: {"I1.news": 2, "staff": staff} for unit, staff in (("3101", 2), ("3102", 3))}
    scores = score_all(measured_from(tables, given), tables, JUNE).kpis["I1"]
    assert scores.level[:2].tolist() == [1, 2]
    assert [tables.next_level("I1", case, 1) for case in (1, 2)] == [3, 2]


@pytest.mark.parametrize(("value", "next_level", "gain"), [(59, 1, 1.0), (70, 3, 2.0), (85, 5, 2.0)])
def test_the_next_step_goes_to_the_next_level_that_is_given(
    value: float, next_level: int, gain: float
) -> None:
    measured = measured_from(ODD, {UNIT: {"x": value}})
    promise = promises(measured, score_all(measured, ODD, JUNE), ODD, JUNE, RankingRules())["T1", UNIT]
    assert (promise.level, promise.gain) == (next_level, gain)
    assert ODD.next_level("T1", 0, 5) == 0


def test_the_words_say_that_it_is_not_given() -> None:
    assert [len(items) for _, items in levels_in_words(ODD, "T1", "en")] == [1] * 5
    assert levels_in_words(ODD, "T1", "en")[1][1] == ["this level is not given"]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three units, in two cases of T5; levels 2 and 4 of T1, and level 2 of one case of T5, are not given."""
    workspace = keep_units(copy_sample(tmp_path_factory.mktemp("not-given")), "3101", "3102", "3117")
    run(workspace, JUNE)
    (workspace / "before.xlsx").write_bytes((workspace / "level_tables.xlsx").read_bytes())
    for measure in ("T1.pct", "T1.loan_docs"):
        for level in ("ระดับ 2", "ระดับ 4"):
            edit_table(workspace, "ระดับ", {"รายการข้อมูล": measure}, level, "–")
    edit_table(workspace, "ระดับ", {"รายการข้อมูล": "T5.news", "เงื่อนไขกรณี": "≤ 4"}, "ระดับ 2", "–")
    return workspace


@pytest.mark.slow
def test_the_live_workbook_gives_the_same_levels(workspace: Path, tmp_path: Path) -> None:
    book = run(workspace, JUNE) / "ranking.xlsx"
    formulas, wrong = differences(book, calculated({"ranking": book}, tmp_path)["ranking"])
    assert formulas > 100
    assert wrong == []


@pytest.mark.slow
def test_screens_show_it_and_the_comparison_tells_the_change(workspace: Path) -> None:
    shown = kpibatch(workspace, "levels", "show").output
    assert shown.count("ไม่กำหนดระดับนี้") == 5
    told = kpibatch(workspace, "explain", "3101", "T1", JUNE).output
    assert told.count("ไม่กำหนดระดับนี้") == 2
    changed = kpibatch(workspace, "diff", "before.xlsx", "level_tables.xlsx").output
    assert "–" in changed
    assert "T1.pct" in changed
