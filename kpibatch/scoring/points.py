"""A KPI's level or value → its score, over the units: by steps, or on the line between the levels' edges."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpibatch.rules.conditions import Booleans, Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Node, Rule

Integers = npt.NDArray[np.int_]


def active(rule: Rule, case: Integers) -> Booleans:
    """The units for which a row counts."""
    if rule.case_number:
        return np.asarray(case == rule.case_number, dtype=np.bool_)
    return np.ones(len(case), dtype=np.bool_)


def steps(level: Integers, tables: LevelTables) -> Floats:
    """The score of each level, from 0 on."""
    return np.asarray([tables.round.below_one, *tables.scores])[level]


def linear(leaf: Node, case: Integers, values: pd.DataFrame, tables: LevelTables) -> Floats:
    """ค่าต่อเนื่อง: linear between the levels' edges, clamped; below level 1's edge the score below level 1."""
    score = np.full(len(values), tables.round.below_one)
    for rule in tables.rules_of(leaf.code):
        line = interpolate(rule, values[rule.measure].to_numpy(float), tables.scores, tables.round.below_one)
        score = np.where(active(rule, case), line, score)
    return score


def interpolate(rule: Rule, column: Floats, scores: Sequence[float], below_one: float) -> Floats:
    """The score of each value on the line through a row's edges, clamped; ``below_one`` before the first.

    Source: design, section 1 (ค่าต่อเนื่อง).

    >>> from kpibatch.rules.conditions import Condition
    >>> edges = tuple(Condition("number", low=edge) for edge in (75.0, 80.0, 90.0))
    >>> row = Rule("D1", "D1.pct", ("≥ 75", "≥ 80", "≥ 90"), edges)
    >>> interpolate(row, np.array([74.99, 75.0, 77.5, 80.0, 100.0, np.nan]), (1, 2, 3), 0.5).tolist()
    [0.5, 1.0, 1.5, 2.0, 3.0, 0.5]
    """
    knots = [
        (edge, score) for edge, score in zip(rule.edges, scores, strict=True) if edge and not edge.any_value
    ]
    sign = -1.0 if knots[0][0].downward else 1.0
    rounded = np.round(column, 9)
    line = np.interp(
        sign * rounded, [sign * edge.threshold for edge, _ in knots], [score for _, score in knots]
    )
    return np.asarray(np.where(knots[0][0].holds(column), line, below_one), dtype=np.float64)
