"""What moved where rows ask for one of several, or each unit has its own threshold."""

from dataclasses import replace
from pathlib import Path

from every_asked import every_rule
from made_up_month import outcome_of

from kpibatch.base.findings import NOWHERE
from kpibatch.months.compare.moves import Diff, compare
from kpibatch.months.compare.side import side_of_outcome
from kpibatch.months.compare.words import cause_text
from kpibatch.rules.records import Baseline
from kpibatch.scoring.outcome import Outcome

JUNE = "2565-06"
BEFORE = {"have": 60, "other": 10, "rate": 57, "base": 1000, "now": 1025.5, "day": 738295}  # 20 May 2565


def month(goal: float = 20, **values: float) -> Outcome:
    tables = every_rule()
    tables = replace(tables, baselines={**tables.baselines, ("3101", "goal"): Baseline(goal, NOWHERE)})
    return outcome_of(tables, {"3101": BEFORE | values}, JUNE)


def causes(a: Outcome, b: Outcome, kpi: str) -> tuple[int | None, int | None, list[str]]:
    """The level before and after, and why."""
    sides = (
        side_of_outcome(outcome, name, Path("level_tables.xlsx")) for outcome, name in ((a, "a"), (b, "b"))
    )
    diff: Diff = compare(*sides, (), "th")
    [move] = [each for moved in diff.moves if moved.unit == "3101" for each in moved.kpis if each.kpi == kpi]
    return move.before.level, move.after.level, [cause_text(cause, "th") for cause in move.causes]


def test_a_target_that_changed_is_named() -> None:
    before, after, told = causes(month(), month(goal=55), "K1")
    assert (before, after) == (5, 3)
    assert [text for text in told if "เป้าหมาย" in text and "20" in text and "55" in text]


def test_of_alternatives_only_the_one_that_did_it_is_named() -> None:
    """One household fewer misses level 3 by that way, which the day holds anyhow."""
    before, after, told = causes(month(), month(have=59, other=25), "K0")
    assert (before, after) == (3, 5)
    assert [text for text in told if text.startswith("อีกทาง")]
    assert not [text for text in told if text.startswith("ทำได้")]
