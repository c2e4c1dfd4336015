"""A KPI's level or value → its score, over the units: by steps, or on the line between the levels' edges."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpibatch.rules.conditions import DECIMALS, Booleans, Condition, Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Node, Rule

Integers = npt.NDArray[np.int_]


def active(rule: Rule, case: Integers) -> Booleans:
    """The units for which a row counts."""
    if rule.case_number:
        return np.asarray(case == rule.case_number, dtype=np.bool_)
    return np.ones(len(case), dtype=np.bool_)


def own_thresholds(edge: Condition, values: pd.DataFrame) -> "Floats | None":
    """Each unit's own threshold, where a measure gives it; ``values`` are units × measures."""
    if not edge.of:
        return None
    return np.array([edge.own_threshold(value) for value in values[edge.of].to_numpy(float).tolist()])


def holding(rule: Rule, at: int, values: pd.DataFrame) -> Booleans:
    """The units that fulfil what a row asks at a level (from 0) at which it asks something."""
    edge = rule.edges[at]
    assert edge is not None
    return edge.holds(values[rule.measure].to_numpy(float), own_thresholds(edge, values))


def steps(level: Integers, tables: LevelTables) -> Floats:
    """The score of each level, from 0 on."""
    return np.asarray([tables.round.below_one, *tables.scores])[level]


def linear(leaf: Node, case: Integers, values: pd.DataFrame, tables: LevelTables) -> Floats:
    """ค่าต่อเนื่อง: linear between the levels' edges, clamped; below level 1's edge the score below level 1."""
    score = np.full(len(values), tables.round.below_one)
    for rule in tables.rules_of(leaf.code):
        line = interpolate(rule, values, tables.scores, tables.round.below_one)
        score = np.where(active(rule, case), line, score)
    return score


def interpolate(rule: Rule, values: pd.DataFrame, scores: Sequence[float], below_one: float) -> Floats:
    """The score of each unit on the line through a row's edges, clamped; ``below_one`` before the first, and
    for a unit one of whose own edges is missing.

    Source: design, section 1 (ค่าต่อเนื่อง); the other side of ``KpiFormulas._line``.

    >>> from kpibatch.rules.conditions import Condition
    >>> edges = tuple(Condition("number", low=edge) for edge in (75.0, 80.0, 90.0))
    >>> row = Rule("D1", "D1.pct", ("≥ 75", "≥ 80", "≥ 90"), edges)
    >>> values = pd.DataFrame({"D1.pct": [74.99, 75.0, 77.5, 80.0, 100.0, np.nan]})
    >>> interpolate(row, values, (1, 2, 3), 0.5).tolist()
    [0.5, 1.0, 1.5, 2.0, 3.0, 0.5]
    """
    levels = [at for at, edge in enumerate(rule.edges) if edge and not edge.any_value]
    column = np.round(values[rule.measure].to_numpy(float), DECIMALS)
    knots = [(_threshold(edge, values), scores[at]) for at in levels if (edge := rule.edges[at])]
    first = rule.edges[levels[0]]
    sign = -1.0 if first and first.downward else 1.0
    line = np.full(len(column), below_one)
    with np.errstate(all="ignore"):  # the slope between two edges of a unit that are the same is not used
        for (low, low_score), (high, high_score) in pairwise(knots):
            slope = (high_score - low_score) / (high - low)
            line = np.where(sign * column >= sign * low, slope * (column - low) + low_score, line)
    line = np.where(sign * column >= sign * knots[-1][0], knots[-1][1], line)
    known = ~np.isnan([knot for knot, _ in knots]).any(axis=0)
    return np.asarray(np.where(holding(rule, levels[0], values) & known, line, below_one), dtype=np.float64)


def _threshold(edge: Condition, values: pd.DataFrame) -> Floats:
    own = own_thresholds(edge, values)
    return np.full(len(values), edge.threshold) if own is None else own
