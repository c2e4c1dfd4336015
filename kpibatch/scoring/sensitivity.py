"""Which ranks hang on little: one household more or less, a rounding, a tie, or data that is still
missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kpibatch.base.catalogue import say
from kpibatch.base.kinds import Kind, show_value
from kpibatch.rules.records import TOTAL, Method
from kpibatch.scoring.next_level import gain, goal_of
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Standing, Status, round_half_up

CLOSE = 0.0001


@dataclass(frozen=True)
class Hang:
    """One thing a unit's rank hangs on; ``total`` and ``rank`` are what it would then have."""

    unit: str
    kind: str
    text: str
    total: float
    rank: int


def sensitivity(outcome: Outcome) -> list[Hang]:
    """Everything that would change a rank, in the order of the ranking."""
    return [hang for standing in outcome.standings if standing.rank for hang in _of(outcome, standing)]


def _of(outcome: Outcome, standing: Standing) -> Iterator[Hang]:
    yield from _tie(outcome, standing)
    yield from _rounding(outcome, standing)
    if standing.status is Status.PROVISIONAL:
        yield from _provisional(outcome, standing)
    for kpi in outcome.scores.kpis:
        yield from _one_more(outcome, standing, kpi)
        yield from _one_less(outcome, standing, kpi)


def _rank_with(outcome: Outcome, standing: Standing, total: float) -> tuple[float, int]:
    """The rounded total and the rank a unit would have, the others staying as they are."""
    rounded = float(round_half_up(np.array([total]))[0])
    others = (other.total for other in outcome.standings if other.rank and other.unit != standing.unit)
    return rounded, 1 + sum(other > rounded for other in others)


def _hang(outcome: Outcome, standing: Standing, kind: str, total: float, **facts: object) -> Iterator[Hang]:
    rounded, rank = _rank_with(outcome, standing, total)
    if rank != standing.rank:
        yield Hang(standing.unit, kind, say(f"sensitivity.{kind}", outcome.language, **facts), rounded, rank)


def _tie(outcome: Outcome, standing: Standing) -> Iterator[Hang]:
    same = [
        other.unit
        for other in outcome.standings
        if other.rank == standing.rank and other.unit != standing.unit
    ]
    if same:
        names = ", ".join(outcome.tables.unit[unit].name for unit in same)
        yield Hang(
            standing.unit,
            "tie",
            say("sensitivity.tie", outcome.language, names=names),
            standing.total,
            standing.rank,
        )


def _rounding(outcome: Outcome, standing: Standing) -> Iterator[Hang]:
    """A neighbour no further off than the last decimal that is kept."""
    for other in outcome.standings:
        apart = abs(other.total - standing.total)
        if other.rank == standing.rank + 1 and 0 < apart <= CLOSE + 1e-9:
            name = outcome.tables.unit[other.unit].name
            text = say("sensitivity.rounding", outcome.language, name=name, apart=f"{apart:.4f}")
            yield Hang(standing.unit, "rounding", text, standing.total, standing.rank)


def _unrounded(outcome: Outcome, unit: str) -> float:
    return float(outcome.scores.scores[TOTAL].to_numpy(float)[outcome.tables.position[unit]])


def _provisional(outcome: Outcome, standing: Standing) -> Iterator[Hang]:
    """The best that the missing data could still bring."""
    row = outcome.tables.position[standing.unit]
    best = _unrounded(outcome, standing.unit)
    codes = [code for code, result in outcome.scores.kpis.items() if result.missing[row]]
    for code in codes:
        share = float(outcome.scores.shares[code].to_numpy(float)[row]) / 100
        best += share * (outcome.tables.top_score - float(outcome.scores.kpis[code].score[row]))
    yield from _hang(outcome, standing, "provisional", best, kpis=", ".join(codes))


def _one_more(outcome: Outcome, standing: Standing, kpi: str) -> Iterator[Hang]:
    steps = outcome.steps(kpi, standing.unit)
    if len(steps) != 1 or not steps[0].reachable or steps[0].how not in ("more", "fewer"):
        return
    step = steps[0]
    if step.measure.kind is Kind.NUMBER and abs(step.more) <= 1:
        total = _unrounded(outcome, standing.unit) + gain(kpi, standing.unit, outcome.scores, outcome.tables)
        yield from _hang(outcome, standing, "one-more", total, kpi=kpi, step=step.text(outcome.language))


def _one_less(outcome: Outcome, standing: Standing, kpi: str) -> Iterator[Hang]:
    """The lowest level a KPI would fall to if one household (or the like) fewer had been counted."""
    tables, row = outcome.tables, outcome.tables.position[standing.unit]
    result, leaf = outcome.scores.kpis[kpi], outcome.tables.node[kpi]
    if leaf.method is Method.LINEAR or not result.applies[row]:
        return
    active = tables.rules_in_case(kpi, int(result.case[row]))
    for level in range(int(result.level[row])):
        for rule in active:
            edge = rule.edges[level]
            if edge is None or edge.family != "number" or edge.any_value:
                continue
            goal = goal_of(tables.measures[rule.measure], edge, standing.unit, outcome.measured, tables)
            if goal and goal.filled.kind is Kind.NUMBER and 0 <= goal.spare < 1:
                score = tables.scores[level - 1] if level else tables.round.below_one
                share = float(outcome.scores.shares[kpi].to_numpy(float)[row]) / 100
                total = _unrounded(outcome, standing.unit) - share * (float(result.score[row]) - score)
                facts = {
                    "label": goal.filled.label,
                    "have": show_value(goal.have, goal.filled.kind),
                    "counted": goal.filled.counting_unit,
                }
                yield from _hang(outcome, standing, "one-less", total, kpi=kpi, level=level, **facts)
                return
