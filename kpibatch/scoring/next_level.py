"""What a unit still lacks for the next level, in the measure's own terms: another 3 households, 12,500 baht,
by 10 Sep.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kpibatch.base.catalogue import say
from kpibatch.base.kinds import Kind, show_value
from kpibatch.base.thai import month_end
from kpibatch.rules.conditions import Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Baseline, Measure, Rollup, Rule, Source
from kpibatch.rules.sources import COMPUTED, holds_at, solved
from kpibatch.scoring.measures import Measured
from kpibatch.scoring.score import Scores


@dataclass(frozen=True)
class Step:
    """One thing to do: ``how`` names its text under ``[step]``; ``more`` and ``target`` are of the measure
    filled in.

    ``reachable`` is false where this round can no longer bring it (a day gone by, a month already too low).
    """

    how: str
    measure: Measure
    more: float = math.nan
    target: float = math.nan
    reachable: bool = True

    def text(self, language: str) -> str:
        facts = {
            "label": self.measure.label,
            "more": show_value(abs(self.more), self.measure.kind, language),
            "target": show_value(self.target, self.measure.kind, language),
            "counted": self.measure.counting_unit,
        }
        return " ".join(say(f"step.{self.how}", language, **facts).split())


def steps_to_next(
    kpi: str, unit: str, scores: Scores, measured: Measured, tables: LevelTables, month: str
) -> list[Step]:
    """What is not yet met of a unit's next level at a KPI; empty at the top level or where the KPI does not
    apply.
    """
    row = tables.position[unit]
    result = scores.kpis[kpi]
    level = int(result.level[row])
    if not result.applies[row] or level >= tables.level_count:
        return []
    cases = tables.cases_of(kpi)
    if cases and result.case[row] == 0:
        measure = tables.measures[cases[0].measure]
        return [
            Step(
                "no-data" if math.isnan(measured.value(unit, measure.code)) else "no-case",
                measure,
                reachable=False,
            )
        ]
    active = tables.rules_in_case(kpi, int(result.case[row]))
    return [step for rule in active if (step := _step(rule, level, unit, measured, tables, month))]


def gain(kpi: str, unit: str, scores: Scores, tables: LevelTables) -> float:
    """How much of the total (in score, out of the top score) a unit wins by what it lacks for the next level
    of a KPI.

    Levels above that are met already, or ask the same, come with it. An interpolated score is compared with
    the level's own.
    """
    row = tables.position[unit]
    result = scores.kpis[kpi]
    level = int(result.level[row])
    if level >= tables.level_count:
        return 0.0
    active, reached = tables.rules_in_case(kpi, int(result.case[row])), level + 1
    while reached < tables.level_count and (
        result.met[row, reached] or _asks_the_same(active, level, reached)
    ):
        reached += 1
    return (
        float(scores.shares[kpi].to_numpy(float)[row])
        / 100
        * max(0.0, tables.scores[reached - 1] - float(result.score[row]))
    )


def _asks_the_same(rules: Sequence[Rule], level: int, higher: int) -> bool:
    """Whether a higher level (both from 0) asks nothing that the lower one does not."""
    return all(rule.edges[higher] in (None, rule.edges[level]) for rule in rules)


def _step(
    rule: Rule, level: int, unit: str, measured: Measured, tables: LevelTables, month: str
) -> Step | None:
    edge = rule.edges[level]
    value = measured.value(unit, rule.measure)
    if edge is None or (edge.any_value and not math.isnan(value)) or bool(edge.holds(np.array([value]))[0]):
        return None
    measure = tables.measures[rule.measure]
    if measure.kind is Kind.DATE:
        gone = month_end(month).toordinal() >= edge.last_day if math.isnan(value) else True
        return Step("day-gone" if gone else "day-ahead", measure, target=edge.last_day, reachable=not gone)
    if measure.kind is Kind.YES_NO:
        return _yes_no(measure, edge, value)
    if math.isnan(value):
        return Step("no-data", _filled_in(measure, unit, measured, tables))
    return _number(rule, edge, value, unit, measured, tables)


def _yes_no(measure: Measure, edge: Condition, value: float) -> Step:
    if measure.rollup is Rollup.MIN and value == 0 and edge.low == 1:
        return Step("every-month-yes", measure, reachable=False)
    return Step("say-yes" if edge.low == 1 else "say-no", measure)


def _filled_in(measure: Measure, unit: str, measured: Measured, tables: LevelTables) -> Measure:
    """The first ingredient without a value, or the measure itself."""
    for code in tables.with_ingredients(measure.code):
        if not tables.measures[code].ingredients and math.isnan(measured.value(unit, code)):
            return tables.measures[code]
    return measure


def _number(
    rule: Rule, edge: Condition, value: float, unit: str, measured: Measured, tables: LevelTables
) -> Step:
    measure = tables.measures[rule.measure]
    goal = goal_of(measure, edge, unit, measured, tables)
    if goal is None:
        return Step("percent-short", measure, more=edge.threshold - value, target=edge.threshold)
    more = goal.target - goal.have
    if measure.rollup is Rollup.MIN and goal.filled.code == measure.code:
        return Step("every-month", measure, more=more, target=goal.target, reachable=False)
    limit = _limit(goal.filled, unit, measured, tables)
    possible = goal.target >= 0 if goal.fewer else math.isnan(limit) or goal.target <= limit
    return Step(
        "fewer" if goal.fewer else "more", goal.filled, more=more, target=goal.target, reachable=possible
    )


@dataclass(frozen=True)
class Goal:
    """What a condition asks of the measure that the unit fills in: how much it has, and from where the
    condition holds.
    """

    filled: Measure
    have: float
    target: float
    fewer: bool

    @property
    def spare(self) -> float:
        """How far beyond the target the unit is; negative while it is short of it."""
        return self.target - self.have if self.fewer else self.have - self.target


def goal_of(
    measure: Measure, edge: Condition, unit: str, measured: Measured, tables: LevelTables
) -> Goal | None:
    """The goal a numeric condition sets; ``None`` where no single filled-in number decides it."""
    if measure.source in COMPUTED and len(measure.numerator) == 1:
        filled = tables.measures[measure.numerator[0]]
        divisor = measured.value(unit, measure.denominator)
        if divisor == 0 or math.isnan(divisor) or filled.source is not Source.FORM:
            return None
        above = measured.value(unit, measure.code) > edge.threshold if edge.exact else edge.downward
        fewer = above != (measure.source is Source.REDUCTION)
        wanted = solved(measure.source, edge.threshold, divisor)
        target = _reached(wanted, filled, fewer, lambda x: holds_at(edge, measure.source, x, divisor))
        return Goal(filled, measured.value(unit, filled.code), target, fewer)
    if measure.source is not Source.FORM or measure.kind is Kind.PERCENT:
        return None
    have = measured.value(unit, measure.code)
    fewer = have > edge.threshold if edge.exact else edge.downward
    target = _reached(edge.threshold, measure, fewer, lambda x: bool(edge.holds(np.array([x]))[0]))
    return Goal(measure, have, target, fewer)


def _reached(wanted: float, measure: Measure, fewer: bool, holds: Callable[[float], bool]) -> float:
    """The first whole household, satang or hundredth of a percent at which the condition holds."""
    quantum = 1.0 if measure.kind is Kind.NUMBER else 0.01
    steps = math.floor(wanted / quantum + 1e-6) if fewer else math.ceil(wanted / quantum - 1e-6)
    for extra in (0, 1, 2):
        target = round((steps - extra if fewer else steps + extra) * quantum, 2)
        if holds(target):
            return target
    return wanted


def _limit(measure: Measure, unit: str, measured: Measured, tables: LevelTables) -> float:
    fixed: Baseline | None = tables.baselines.get((unit, measure.limit))
    if fixed:
        return fixed.value
    return measured.value(unit, measure.limit) if measure.limit else math.nan
