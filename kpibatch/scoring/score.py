"""Measures → levels → scores, vectorised over the units.

In: ``Measured`` and the level tables. Out: per KPI the case, what is met and the level; per node the score
and how much it weighs. Missing data never counts as zero: the KPI keeps the level that is known and is
marked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpibatch.base.kinds import Kind
from kpibatch.base.thai import month_end
from kpibatch.rules.conditions import Booleans, Floats
from kpibatch.rules.levels import LevelTables, applies
from kpibatch.rules.records import TOTAL, Case, Method, Node, Rule, Source
from kpibatch.scoring.measures import Measured

Integers = npt.NDArray[np.int_]


@dataclass(frozen=True)
class KpiScores:
    """One leaf over all units (arrays of shape (units,), ``met`` is (units, levels)).

    ``case`` counts from 1; 0 where no case holds or the case's measure is missing, which gives level 0.
    ``missing`` marks the units whose level rests on incomplete data.
    """

    code: str
    applies: Booleans
    case: Integers
    met: Booleans
    level: Integers
    score: Floats
    missing: Booleans


@dataclass(frozen=True)
class Scores:
    """Everything the scoring found; frames are units × nodes, the root's column is ``total`` (unrounded).

    ``scores`` is NaN where a node does not apply, ``shares`` is a node's part of the total in percent,
    ``provisional`` marks nodes that rest on incomplete data; ``needed`` and ``not_yet`` (units × measures)
    say what was asked and which blank days still lie ahead.
    """

    kpis: Mapping[str, KpiScores]
    scores: pd.DataFrame
    shares: pd.DataFrame
    provisional: pd.DataFrame
    needed: pd.DataFrame
    not_yet: pd.DataFrame


def score_all(measured: Measured, tables: LevelTables, month: str) -> Scores:
    """Score every unit at every node for the report month."""
    needed = pd.DataFrame(False, index=measured.values.index, columns=measured.values.columns)
    not_yet = _not_yet(measured, tables, month)
    absent = (measured.values.isna() | measured.incomplete) & ~not_yet
    kpis = {leaf.code: score_kpi(leaf, measured.values, absent, tables, needed) for leaf in tables.leaves}
    scores, shares, provisional = _tree(kpis, tables)
    return Scores(kpis, scores, shares, provisional, needed, not_yet)


def _not_yet(measured: Measured, tables: LevelTables, month: str) -> pd.DataFrame:
    """A blank day whose deadline lies ahead of the report month's end: it has not come, so it is not
    missing.
    """
    blank = pd.DataFrame(False, index=measured.values.index, columns=measured.values.columns)
    today = month_end(month).toordinal()
    for code, measure in tables.measures.items():
        deadlines = [
            edge.last_day for rule in tables.rules if rule.measure == code for edge in rule.edges if edge
        ]
        if measure.kind is Kind.DATE and deadlines and min(deadlines) > today:
            blank[code] = measured.values[code].isna()
    return blank


def score_kpi(
    leaf: Node, values: pd.DataFrame, absent: pd.DataFrame, tables: LevelTables, needed: pd.DataFrame
) -> KpiScores:
    """One leaf's cases, levels and scores; marks in ``needed`` the filled-in measures and baselines it asked
    for.
    """
    applies_to = np.array([applies(tables, leaf.code, unit) for unit in tables.units])
    cases = tables.cases_of(leaf.code)
    case = take_case(cases, values)
    met = np.ones((len(values), tables.level_count), dtype=bool)
    missing = np.zeros(len(values), dtype=bool)
    for one in cases:
        _ask(one.measure, applies_to, tables, needed)
        missing |= absent[one.measure].to_numpy()
    for rule in tables.rules_of(leaf.code):
        active = case == cases.index(rule.case) + 1 if rule.case else np.ones(len(values), dtype=bool)
        column = values[rule.measure].to_numpy(float)
        for column_of, edge in enumerate(rule.edges):
            if edge:
                met[:, column_of] &= ~active | (~np.isnan(column) if edge.any_value else edge.holds(column))
        if any(rule.edges):
            missing |= active & absent[rule.measure].to_numpy()
            _ask(rule.measure, applies_to & active, tables, needed)
    if cases:
        met[case == 0] = False
    level: Integers = np.asarray(np.cumprod(met, axis=1).sum(axis=1), dtype=np.int_)
    score = _linear(leaf, case, values, tables) if leaf.method is Method.LINEAR else _steps(level, tables)
    return KpiScores(leaf.code, applies_to, case, met, level, score, missing & applies_to)


def take_case(cases: Sequence[Case], values: pd.DataFrame) -> Integers:
    """The number, from 1, of the first case from the top that holds for each unit; 0 where none does.

    A case whose measure is missing stops the search: what comes after it can't be known to be first.
    """
    taken = np.zeros(len(values), dtype=np.int_)
    open_yet = np.ones(len(values), dtype=bool)
    for number, case in enumerate(cases, 1):
        column = values[case.measure].to_numpy(float)
        open_yet &= ~np.isnan(column)
        holds = open_yet & case.condition.holds(column)
        taken[holds] = number
        open_yet &= ~holds
    return taken


def _ask(code: str, units: Booleans, tables: LevelTables, needed: pd.DataFrame) -> None:
    for part in tables.with_ingredients(code):
        if tables.measures[part].source in (Source.FORM, Source.BASE):
            needed[part] |= units


def _steps(level: Integers, tables: LevelTables) -> Floats:
    return np.asarray([tables.round.below_one, *tables.scores])[level]


def _linear(leaf: Node, case: Integers, values: pd.DataFrame, tables: LevelTables) -> Floats:
    """ค่าต่อเนื่อง: linear between the levels' edges, clamped; below level 1's edge the score below level 1."""
    cases = tables.cases_of(leaf.code)
    score = np.full(len(values), tables.round.below_one)
    for rule in tables.rules_of(leaf.code):
        active = case == cases.index(rule.case) + 1 if rule.case else np.ones(len(values), dtype=bool)
        score = np.where(active, interpolate(rule, values[rule.measure].to_numpy(float), tables), score)
    return score


def interpolate(rule: Rule, column: Floats, tables: LevelTables) -> Floats:
    """The score of a value on the line through a row's edges."""
    knots = [
        (edge, score)
        for edge, score in zip(rule.edges, tables.scores, strict=True)
        if edge and not edge.any_value
    ]
    sign = -1.0 if knots[0][0].downward else 1.0
    rounded = np.round(column, 9)
    line = np.interp(
        sign * rounded, [sign * edge.threshold for edge, _ in knots], [score for _, score in knots]
    )
    return np.asarray(np.where(knots[0][0].holds(column), line, tables.round.below_one), dtype=np.float64)


def _tree(
    kpis: Mapping[str, KpiScores], tables: LevelTables
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    units = list(tables.unit)
    scores = {code: np.where(kpi.applies, kpi.score, np.nan) for code, kpi in kpis.items()}
    provisional = {code: kpi.missing for code, kpi in kpis.items()}
    order = [node.code for node in tables.breadth_first()]
    for code in [*reversed(order), TOTAL]:
        children = tables.children(code)
        if children:
            weights = np.array([[node.weight] for node in children])
            below = np.array([scores[node.code] for node in children])
            scores[code] = weighted_mean(below, weights)
            provisional[code] = np.any([provisional[node.code] for node in children], axis=0)
    columns = [TOTAL, *order]
    shares = _shares(scores, tables)
    return tuple(pd.DataFrame(part, index=units)[columns] for part in (scores, shares, provisional))  # type: ignore[return-value]


def weighted_mean(below: Floats, weights: Floats) -> Floats:
    """The mean over the children that apply (rows; NaN where one does not), NaN where none does."""
    share = np.where(np.isnan(below), 0.0, weights).sum(axis=0)
    total = np.where(np.isnan(below), 0.0, below * weights).sum(axis=0)
    return np.asarray(
        np.divide(total, share, out=np.full(len(share), np.nan), where=share > 0), dtype=np.float64
    )


def _shares(scores: Mapping[str, Floats], tables: LevelTables) -> dict[str, Floats]:
    shares: dict[str, Floats] = {TOTAL: np.where(np.isnan(scores[TOTAL]), 0.0, 100.0)}
    for parent in [TOTAL, *(node.code for node in tables.breadth_first())]:
        children = tables.children(parent)
        weights = {node.code: np.where(np.isnan(scores[node.code]), 0.0, node.weight) for node in children}
        whole = np.sum(list(weights.values()), axis=0) if children else np.zeros(0)
        for code, weight in weights.items():
            shares[code] = shares[parent] * np.divide(
                weight, whole, out=np.zeros(len(weight)), where=whole > 0
            )
    return shares
