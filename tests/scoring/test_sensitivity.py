"""What ranks hang on: each line is what the scorer and the tie policy say of the other value."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from scoring_by_hand import measured_from
from tablebook import one_kpi

from kpibatch.base.config import Config, RankingRules, Workspace
from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Standing, Status, rank_units
from kpibatch.scoring.score import score_all
from kpibatch.scoring.why.sensitivity import Hang, sensitivity

JUNE = "2565-06"
TREE = """
    รหัส | อยู่ใต้ | ชื่อ | น้ำหนัก | ผลรวมน้ำหนัก | ใช้กับ | วิธีให้คะแนน | ผู้รับผิดชอบ | อ้างอิง
    T   |      | งานทีม | 50 | | | | | ข้อ 1
    T1  | T    | แรก | 50 | | | {method} | | ข้อ 1.1
    I   |      | งานเดี่ยว | 50 | | | | | ข้อ 2
    I1  | I    | สอง | 50 | | | | | ข้อ 2.1
"""
MEASURES = """
    t | ครัวเรือน | ครัวเรือน | จำนวน | กรอก | ล่าสุด
    i | ข่าว | ข่าว | จำนวน | กรอก | ล่าสุด
    plan | แผน | | ใช่/ไม่ใช่ | กรอก | ล่าสุด
    staff | คน | คน | จำนวน | กรอก | ล่าสุด
    spent | เบิกจ่าย | บาท | จำนวนเงิน | กรอก | ล่าสุด
"""
UPWARD = """
    T1 | | | t | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
    I1 | | | i | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
"""
DOWNWARD = UPWARD.replace("i | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5", "i | ≤ 50 | ≤ 40 | ≤ 30 | ≤ 20 | ≤ 10")
PLANNED = UPWARD + "    I1 | | | plan | | | ใช่ | ใช่ | ใช่\n"
STAFFED = """
    T1 | | | t | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
    I1 | staff | ≤ 2 | i | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5
    I1 | staff | > 2 | i | ≥ 2 | ≥ 4 | ≥ 6 | ≥ 8 | ≥ 10
"""


def tables_of(rules: str = UPWARD, method: str = "") -> LevelTables:
    return one_kpi(MEASURES, rules, ตัวชี้วัด=TREE.format(method=method))


def outcome_of(tables: LevelTables, rules: RankingRules | None = None, **units: dict[str, object]) -> Outcome:
    """A month in which units 3101, 3102 … have these values, called A, B …"""
    given = dict(zip(tables.unit, units.values(), strict=False))
    tables = replace(tables, units=tables.units[: len(given)])
    measured = measured_from(tables, given)
    scores = score_all(measured, tables, JUNE)
    ranking = rules or RankingRules()
    standings = tuple(rank_units(scores, set(given), tables, ranking))
    config = Config(Path(), Workspace(), ranking)
    frame, intake = pd.DataFrame(), SimpleNamespace(submissions=())
    return Outcome(JUNE, config, tables, intake, frame, measured, scores, standings, ())  # type: ignore[arg-type]


def lines(outcome: Outcome, kind: str) -> list[tuple[str, float, int]]:
    names = dict(zip(outcome.tables.unit, "ABC", strict=False))
    return [(names[hang.unit], hang.total, hang.rank) for hang in sensitivity(outcome) if hang.kind == kind]


def told(outcome: Outcome, kind: str, unit: str = "3101") -> list[Hang]:
    return [hang for hang in sensitivity(outcome) if hang.kind == kind and hang.unit == unit]


THREE = {"A": {"t": 5, "i": 3}, "B": {"t": 3, "i": 5}, "C": {"t": 4, "i": 3}}


def test_one_more_is_ranked_by_the_tie_breakers():
    """C (3.5) with one more at I1 has the total of A and B, and by T stands between them; at T1, beside A."""
    outcome = outcome_of(tables_of(), RankingRules(("T",)), **THREE)
    assert [(standing.total, standing.rank) for standing in outcome.standings] == [(4, 1), (4, 2), (3.5, 3)]
    assert sorted(line for line in lines(outcome, "one-more") if line[0] == "C") == [("C", 4, 1), ("C", 4, 2)]


def test_one_more_without_tie_breakers_shares_the_rank():
    outcome = outcome_of(tables_of(), **THREE)
    assert [line for line in lines(outcome, "one-more") if line[0] == "C"] == [("C", 4, 1), ("C", 4, 1)]


def test_one_less_is_ranked_by_the_tie_breakers():
    """A with one household fewer has C's total and C's score at T: both stand below B."""
    outcome = outcome_of(tables_of(), RankingRules(("T",)), **THREE)
    assert [line for line in lines(outcome, "one-less") if line[0] == "A"] == [("A", 3.5, 2), ("A", 3.5, 2)]


@pytest.mark.parametrize(("rules", "rank"), [(RankingRules(), 3), (RankingRules(ties="1223"), 2)])
def test_one_less_than_two_who_share_a_rank(rules, rank):
    same = {"t": 5, "i": 3}
    outcome = outcome_of(tables_of(), rules, A=same, B=same, C=same)
    assert [line for line in lines(outcome, "one-less") if line[0] == "A"] == [("A", 3.5, rank)] * 2


@pytest.mark.parametrize("ties", ["1224", "1223"])
def test_a_rung_that_is_left_alone_is_gone(ties):
    """A is alone with 4: with less it stands at 3.5 with B, and nobody above them."""
    outcome = outcome_of(
        tables_of(), RankingRules(ties=ties), A={"t": 5, "i": 3}, B={"t": 4, "i": 3}, C={"t": 1, "i": 1}
    )
    assert not [line for line in lines(outcome, "one-less") if line[0] == "A"]
    assert ("B", 3, 2) not in lines(outcome, "one-less")


@pytest.mark.parametrize("have", [1, 2, 2.5, 3, 4])
def test_one_less_of_what_is_just_enough(have):
    """Thresholds are one apart, so one less always leaves the level below, whose number is told."""
    outcome = outcome_of(tables_of(), A={"t": have, "i": 1}, B={"t": have, "i": 1})
    (line,) = [hang for hang in told(outcome, "one-less") if hang.text.startswith("T1")]
    assert (line.rank, line.text.endswith(f"จะเหลือระดับ {int(have) - 1}")) == (2, True)


@pytest.mark.parametrize(("have", "told_of"), [(9, False), (10, True), (11, False), (20, True), (21, False)])
def test_one_more_counts_against_a_unit_where_lower_is_better(have, told_of):
    outcome = outcome_of(tables_of(DOWNWARD), A={"t": 3, "i": have}, B={"t": 3, "i": have})
    assert any(hang.text.startswith("I1") for hang in told(outcome, "one-less")) is told_of


def test_nothing_can_be_less_than_nothing():
    rules = UPWARD.replace("i | ≥ 1 |", "i | ≥ 0 |")
    outcome = outcome_of(tables_of(rules), A={"t": 3, "i": 0}, B={"t": 3, "i": 0})
    assert not [hang for hang in told(outcome, "one-less") if hang.text.startswith("I1")]


def test_money_is_no_household():
    """One baht or one household more would lift B to A's total, one less would part two equals."""
    tables = tables_of(UPWARD.replace(" i |", " spent |"))
    apart = outcome_of(tables, A={"t": 4, "spent": 4}, B={"t": 4, "spent": 3})
    assert {(hang.kind, hang.text[:2]) for hang in sensitivity(apart)} == {("one-more", "T1")}
    equal = outcome_of(tables, A={"t": 3, "spent": 3}, B={"t": 3, "spent": 3})
    assert {hang.text[:2] for hang in sensitivity(equal) if hang.kind == "one-less"} == {"T1"}


@pytest.mark.parametrize(("plan", "told_of"), [(True, True), (False, False)])
def test_two_things_to_do_are_not_little(plan, told_of):
    outcome = outcome_of(
        tables_of(PLANNED), A={"t": 4, "i": 3, "plan": True}, B={"t": 4, "i": 2, "plan": plan}
    )
    texts = [hang.text for hang in sensitivity(outcome) if (hang.unit, hang.kind) == ("3102", "one-more")]
    assert any(text.startswith("I1") for text in texts) is told_of


@pytest.mark.parametrize(("have", "told_of"), [(6, True), (5, False), (4, False)])
def test_only_a_step_of_one_is_little(have, told_of):
    """Level 4 begins at 7, and would bring B to A's total."""
    rules = UPWARD.replace("i | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5", "i | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 7 | ≥ 9")
    outcome = outcome_of(tables_of(rules), A={"t": 4, "i": 7}, B={"t": 4, "i": have})
    texts = [hang.text for hang in sensitivity(outcome) if (hang.unit, hang.kind) == ("3102", "one-more")]
    assert any(text.startswith("I1") for text in texts) is told_of


def test_one_less_of_an_interpolated_score():
    """From 3 to 2 households the score falls by one, half of which is the total's."""
    outcome = outcome_of(tables_of(method="ค่าต่อเนื่อง"), A={"t": 3, "i": 3}, B={"t": 3, "i": 3})
    assert [hang.total for hang in told(outcome, "one-less") if hang.text.startswith("T1")] == [2.5]


def test_one_less_may_decide_the_case():
    """One person fewer puts a unit into the easier case, which is no loss; one more news item is."""
    outcome = outcome_of(tables_of(STAFFED), A={"t": 3, "i": 4, "staff": 3}, B={"t": 3, "i": 4, "staff": 3})
    (line,) = [hang for hang in told(outcome, "one-less") if hang.text.startswith("I1")]
    assert line.total == 2.0, "level 1 by the harder case: (3 + 1) / 2"


def test_missing_data_is_taken_at_its_best():
    outcome = outcome_of(tables_of(), A={"t": 3}, B={"t": 4, "i": 3})
    assert lines(outcome, "provisional") == [("A", 4, 1)]
    assert told(outcome, "provisional")[0].text.count("I1") == 1


def test_missing_data_can_not_bring_what_another_measure_forbids():
    """Without the plan I1 stays at level 2 however many news items come."""
    outcome = outcome_of(tables_of(PLANNED), A={"t": 3, "plan": False}, B={"t": 2, "i": 2, "plan": True})
    assert lines(outcome, "provisional") == [("A", 2.5, 1)]


def test_a_missing_case_is_taken_at_its_best():
    outcome = outcome_of(tables_of(STAFFED), A={"t": 3, "i": 5}, B={"t": 4, "i": 8, "staff": 3})
    assert lines(outcome, "provisional") == [("A", 4, 1)]


def test_a_complete_unit_waits_for_nothing():
    assert lines(outcome_of(tables_of(), **THREE), "provisional") == []


def test_a_tie_names_the_others():
    (first, second) = [hang for hang in sensitivity(outcome_of(tables_of(), **THREE)) if hang.kind == "tie"]
    assert ("คูเมือง" in first.text, "เมือง" in second.text) == (True, True)
    assert not lines(outcome_of(tables_of(), RankingRules(("T",)), **THREE), "tie")


def standing(unit: str, total: float, rank: int) -> Standing:
    return Standing(unit, total, 20 * total, "", rank, Status.OK)


@pytest.mark.parametrize(
    ("below", "units"),
    [(3.9999, {"3101", "3102"}), (3.9998, set()), (4.0, set())],
    ids=["just", "far", "tie"],
)
def test_a_rounding_parts_a_unit_from_the_next_rank(below, units):
    """Two units share rank 1, so the next rank is 3."""
    outcome = outcome_of(tables_of(), **THREE)
    last = standing("3103", below, 3 if below < 4 else 1)
    outcome = replace(outcome, standings=(standing("3101", 4.0, 1), standing("3102", 4.0, 1), last))
    found = [hang for hang in sensitivity(outcome) if hang.kind == "rounding"]
    assert {hang.unit for hang in found} == units
    assert all("0.0001" in hang.text for hang in found)


def test_only_what_moves_the_rank_is_told():
    outcome = outcome_of(tables_of(), A={"t": 5, "i": 5}, B={"t": 1, "i": 1})
    assert sensitivity(outcome) == []


def test_nobody_ranked_hangs_on_nothing():
    outcome = outcome_of(tables_of(), **THREE)
    outcome = replace(outcome, standings=tuple(replace(one, rank=0) for one in outcome.standings))
    assert sensitivity(outcome) == []


def test_what_is_scored_in_several_batches_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> tuple[object, ...]:
        outcome = outcome_of(tables_of(), A={"t": 1, "i": 2}, B={"t": 2, "i": 2}, C={"t": 1, "i": 3})
        return sensitivity(outcome), list(outcome.promises.items())

    at_once = asked()
    monkeypatch.setattr("kpibatch.scoring.what_if.AT_ONCE", 2)
    assert asked() == at_once
    assert all(at_once)
