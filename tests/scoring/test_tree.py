"""What weighs how much for whom: rows of a node for other units, groups and positions, and fixed weights."""

from datetime import date

import pytest
from made_up_month import outcome_of
from slow_compare import compare
from weighing import LEAVES, values, weighing

from kpibatch.base.config import RankingRules
from kpibatch.months.listings import score_rows
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.why.explain import explain


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """All with the same levels: 5, 3, 4, 2 and 1."""
    return outcome_of(weighing(), dict.fromkeys(("3101", "3102", "3103", "3104"), values(5, 3, 4, 2, 1)))


# by hand: T1 × T2, I1 × I2, then what the root weighs
BY_HAND = {
    "3101": ((70 * 5 + 30 * 3) / 100, (25 * 4 + 75 * 2) / 100, (60, 40, 0)),
    "3102": ((70 * 5 + 30 * 3) / 100, (25 * 4 + 75 * 2) / 100, (60, 20, 20)),
    "3103": ((40 * 5 + 60 * 3) / 100, (50 * 4 + 50 * 2) / 100, (60, 20, 20)),
    "3104": ((40 * 5 + 60 * 3) / 100, (99.5 * 4 + 0.5 * 2) / 100, (60, 40, 0)),
}


@pytest.mark.parametrize("unit", BY_HAND)
def test_a_unit_is_scored_by_the_first_row_that_is_meant_for_it(outcome: Outcome, unit: str) -> None:
    team, person, (of_team, of_person, of_new) = BY_HAND[unit]
    scores = outcome.scores.scores.loc[unit]
    assert scores["T"] == pytest.approx(team)
    assert scores["I"] == pytest.approx(person)
    assert scores[TOTAL] == pytest.approx((of_team * team + of_person * person + of_new * 1) / 100)
    assert (scores["P1"] == scores["P1"]) == bool(of_new)


def test_shares_and_listed_weights_are_each_units_own(outcome: Outcome) -> None:
    shares = outcome.scores.shares.loc[:, list(LEAVES)].to_dict("index")
    assert list(shares["3101"].values()) == pytest.approx([42, 18, 10, 30, 0])
    assert list(shares["3103"].values()) == pytest.approx([24, 36, 10, 10, 20])
    weights = {(row[1], row[2]): row[6] for row in score_rows(outcome)}
    assert [weights[unit, "T1"] for unit in BY_HAND] == ["70", "70", "40", "40"]
    assert [weights[unit, "I1"] for unit in BY_HAND] == ["25", "25", "50", "99.5"]
    assert [weights[unit, "I"] for unit in BY_HAND] == ["40", "20", "20", "40"]


def test_the_sum_is_explained_with_the_units_own_weights(outcome: Outcome) -> None:
    assert "= (40 × 5 + 60 × 3) ÷ (40 + 60) = 3.8" in "\n".join(explain(outcome, "3103", "T"))
    assert "= (99.5 × 4 + 0.5 × 2) ÷ (99.5 + 0.5) = 3.99" in "\n".join(explain(outcome, "3104", "I"))


def test_the_rank_is_explained_within_the_group_too() -> None:
    given = {"3101": values(5, 3, 4, 2, 1), "3102": values(1, 1, 1, 1, 1), "3103": values(5, 5, 5, 5, 5)}
    grouped = outcome_of(weighing(), given, ranking=RankingRules(within_groups=True))
    lines = explain(grouped, "3101", "rank")
    assert "อันดับ 2 จาก 3 หน่วยที่จัดอันดับ" in lines
    assert "อันดับ 1 จาก 2 หน่วยที่จัดอันดับในกลุ่มใหญ่" in lines
    assert "อันดับ 1 จาก 1 หน่วยที่จัดอันดับในกลุ่มเล็ก" in explain(grouped, "3103", TOTAL)


@pytest.mark.slow
def test_made_up_units_are_weighed_as_the_slow_scorer_weighs_them() -> None:
    for seed in range(5):
        rules = RankingRules(ties="1223", within_groups=True) if seed % 2 else RankingRules()
        found, scores, _ = compare(weighing(), "2565-04", date(2022, 4, 30), f"weights {seed}", rules)
        assert not found, f"{len(found)} differences, such as {found[:5]}"
        assert 0 < scores.scores["P1"].isna().mean() < 1
