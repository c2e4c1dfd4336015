"""What would give a unit back the points that a KPI's rows of หักคะแนน take off."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from kpibatch.rules.conditions import Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Rule
from kpibatch.scoring.next_level import Step, step_of
from kpibatch.scoring.points import deduction


def steps_back(
    kpi: str, case: int, values: Mapping[str, float], tables: LevelTables, month: str
) -> list[Step]:
    """What a unit in that case (from 1; 0 for none) with these values would have to reach, so that nothing
    is taken off; a row that takes nothing off asks for nothing.

    Source: design, section 1 (Wider rules: หักคะแนน); section 4 (what it needs, in its own terms).
    """
    rows = [rule for rule in deductions_in_case(tables, kpi, case) if taken(rule, values) > 0]
    return [_step(rule, values, tables, month) for rule in rows]


def deductions_in_case(tables: LevelTables, kpi: str, case: int) -> Iterator[Rule]:
    """A KPI's rows that take points off a unit whose case has that number."""
    return (rule for rule in tables.deductions_of(kpi) if rule.case_number in (0, case))


def taken(rule: Rule, values: Mapping[str, float]) -> float:
    """What a row takes off a unit with these values."""
    return float(deduction(rule, pd.DataFrame({code: [values[code]] for code in rule.codes}))[0])


def _step(rule: Rule, values: Mapping[str, float], tables: LevelTables, month: str) -> Step:
    free, measure = spares(rule, values), tables.measures[rule.measure]
    asks = replace(rule, edges=(free,), deducts=())
    step = step_of(asks, 1, values, tables, month) if free else None
    return step or Step("keep-off", measure, reachable=False)


def spares(rule: Rule, values: Mapping[str, float]) -> Condition | None:
    """What a measure has to be for a row to take nothing off a unit with these values; ``None`` where no one
    number on one side says it (a band, a day), or where the row never takes anything off.
    """
    if not any(rule.edges):
        return Condition("number", high=0.0)
    asked = [at for at, edge in enumerate(rule.edges) if edge]
    costs = [at for at, points in zip(asked, rule.deducts, strict=True) if points > 0]
    edges = [edge for at in costs if (edge := rule.edge_for(at, values)) and not math.isnan(edge.threshold)]
    if edges and all(edge.family == "yes_no" for edge in edges):
        return _answer(edges)
    if edges and all(edge.family == "number" and edge.upward for edge in edges):
        first = min(edges, key=lambda edge: (edge.low, edge.low_open))
        return Condition("number", high=first.low, high_open=not first.low_open)
    if edges and all(edge.family == "number" and edge.downward for edge in edges):
        first = max(edges, key=lambda edge: (edge.high, not edge.high_open))
        return Condition("number", low=first.high, low_open=not first.high_open)
    return None


def _answer(edges: Sequence[Condition]) -> Condition | None:
    """The answer to yes or no that costs nothing."""
    costly = {edge.low for edge in edges}
    return Condition("yes_no", 1 - edges[0].low, 1 - edges[0].low) if len(costly) == 1 else None
