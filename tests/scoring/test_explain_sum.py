"""``explain`` of inner nodes, the total and the rank: figures that can be added up by hand."""

import re
import shutil
from pathlib import Path

import pytest
from workspace import change, copy_sample, keep_units, submission

from kpibatch.base.config import read_config
from kpibatch.base.errors import NoKpi
from kpibatch.months.assess import assess_month
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.why.explain import explain

JUNE, MONTHS, UNITS = "2565-06", ("2565-04", "2565-05", "2565-06"), ("3101", "3102", "3103", "3117")
UNSENT = "3119"


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Four units, one blank row among what they sent, and one that sent nothing."""
    workspace: Path = keep_units(copy_sample(tmp_path_factory.mktemp("sum")), *UNITS, UNSENT)
    change(submission(workspace, "3101", JUNE), {("T7.submitted", month): None for month in MONTHS})
    for month in MONTHS[:-1]:  # its own report says what it was
        shutil.rmtree(workspace / "submissions" / month)
    return assess_month(read_config(workspace), JUNE)


def told(outcome: Outcome, unit: str, what: str) -> str:
    return "\n".join(explain(outcome, unit, what))


@pytest.mark.slow
@pytest.mark.parametrize("code", ["T", "I", TOTAL])
def test_the_children_add_up_to_the_score(outcome: Outcome, code: str) -> None:
    text = told(outcome, "3102", code)
    upper, lower, score = re.search(r"= \((.*)\) ÷ \((.*)\) = ([\d.]+)", text).groups()  # type: ignore[union-attr]
    terms = [tuple(map(float, term.split(" × "))) for term in upper.split(" + ")]
    mean = sum(weight * score for weight, score in terms) / sum(map(float, lower.split(" + ")))
    row = outcome.tables.position["3102"]
    assert mean == pytest.approx(float(score), abs=1e-6)
    assert mean == pytest.approx(outcome.scores.scores[code].to_numpy()[row], abs=1e-6)


def test_the_total_tells_rounding_percent_rating_and_rank(outcome: Outcome) -> None:
    standing, text = outcome.standing["3102"], told(outcome, "3102", "คะแนนรวม")
    assert text == told(outcome, "3102", TOTAL)
    numbers = f"{standing.total:.4f}", f"{standing.percent:.4f}"
    for part in (*numbers, standing.rating, f"อันดับ {standing.rank} "):
        assert part in text


@pytest.mark.parametrize("unit", UNITS)
def test_the_rank_names_who_stands_just_above_and_below(outcome: Outcome, unit: str) -> None:
    text = told(outcome, unit, "rank")
    assert text == told(outcome, unit, "อันดับ")
    own = outcome.standing[unit].rank
    ranks = {each.unit: each.rank for each in outcome.standings if each.rank}
    above = max((rank for rank in ranks.values() if rank < own), default=0)
    below = min((rank for rank in ranks.values() if rank > own), default=0)
    beside = {code for code, rank in ranks.items() if rank in (above, own, below)}
    assert set(re.findall(r"\b3\d{3}\b(?= )", text)) == beside


def test_who_sent_nothing_has_neither(outcome: Outcome) -> None:
    for what in ("T", TOTAL, "rank"):
        assert "ยังไม่ส่ง" in told(outcome, UNSENT, what)


def test_a_missing_value_says_why(outcome: Outcome) -> None:
    assert "ส่งแล้วแต่ช่องว่าง" in told(outcome, "3101", "T7")
    assert "ไม่มีแบบรายงานที่นับได้" in told(outcome, UNSENT, "T1")


def test_what_there_is_not_is_refused_with_the_nearest(outcome: Outcome) -> None:
    with pytest.raises(NoKpi) as refused:
        explain(outcome, "3101", "totl")
    assert refused.value.facts["nearest"] == TOTAL
