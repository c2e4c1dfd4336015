"""Measures → levels → scores, vectorised over the units.

In: ``Measured`` and the level tables. Out: per KPI the case, what is met and the level; per node the score
and how much it weighs. Missing data never counts as zero: the KPI keeps the level that is known and is
marked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpibatch.base.findings import KPI_LOST, Finding, piece
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import month_end
from kpibatch.rules.conditions import Booleans, Floats
from kpibatch.rules.levels import LevelTables, applies
from kpibatch.rules.records import TOTAL, Case, Method, Node, Rule, Source
from kpibatch.scoring.measures import Measured

Integers = npt.NDArray[np.int_]


@dataclass(frozen=True)
class KpiScores:
    """One leaf over all units (arrays of shape (units,), ``given`` and ``met`` are (units, levels)).

    ``case`` counts from 1; 0 where no case holds or the case's measure is missing, which gives level 0.
    ``missing`` marks the units whose level rests on incomplete data; ``asked`` holds, for each filled-in or
    fixed measure, the units whose score needed it.
    """

    code: str
    applies: Booleans
    case: Integers
    given: Booleans
    met: Booleans
    level: Integers
    score: Floats
    missing: Booleans
    asked: Mapping[str, Booleans]


@dataclass(frozen=True)
class Scores:
    """Everything the scoring found; frames are units × nodes, the root's column is ``total`` (unrounded).

    ``scores`` is NaN where a node does not apply, ``shares`` is a node's part of the total in percent,
    ``provisional`` marks nodes that rest on incomplete data; ``needed`` and ``not_yet`` (units × measures)
    say what was asked and which blank days still lie ahead. ``lost`` are KPIs that a bug kept from being
    scored.
    """

    kpis: Mapping[str, KpiScores]
    scores: pd.DataFrame
    shares: pd.DataFrame
    provisional: pd.DataFrame
    needed: pd.DataFrame
    not_yet: pd.DataFrame
    lost: tuple[Finding, ...] = ()


def score_all(measured: Measured, tables: LevelTables, month: str) -> Scores:
    """Score every unit at every node for the report month.

    The rows of ``measured`` name a unit of the tables each; the same one may stand in several (see
    ``what_if``). Source: design, section 1 (Score).
    """
    values, not_yet = measured.values, _not_yet(measured, tables, month)
    absent = (values.isna() | measured.incomplete) & ~not_yet
    kpis, lost = dict[str, KpiScores](), list[Finding]()
    for leaf in tables.leaves:
        with piece(lost, KPI_LOST, leaf.place, kpi=leaf.code):
            kpis[leaf.code] = score_kpi(leaf, values, absent, tables)
        if leaf.code not in kpis:
            kpis[leaf.code] = _unscored(leaf, values, tables)
    scores, shares, provisional = _tree(kpis, tables, values.index)
    return Scores(kpis, scores, shares, provisional, _needed(kpis.values(), values), not_yet, tuple(lost))


def _needed(kpis: Iterable[KpiScores], values: pd.DataFrame) -> pd.DataFrame:
    columns = {code: np.zeros(len(values), dtype=bool) for code in values.columns}
    for kpi in kpis:
        for code, units in kpi.asked.items():
            columns[code] = columns[code] | units
    return pd.DataFrame(columns, index=values.index)


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


def score_kpi(leaf: Node, values: pd.DataFrame, absent: pd.DataFrame, tables: LevelTables) -> KpiScores:
    """One leaf's cases, levels and scores; ``values`` and ``absent`` are units × measures.

    Source: design, section 1 (ระดับ: Level = the longest unbroken run of levels met from level 1).
    """
    meant_for = {unit.code: applies(tables, leaf.code, unit) for unit in tables.units}
    applies_to = np.array([meant_for[unit] for unit in values.index], dtype=bool)
    cases = tables.cases_of(leaf.code)
    case = take_case(cases, values)
    met = np.ones((len(values), tables.level_count), dtype=bool)
    missing = np.zeros(len(values), dtype=bool)
    needed = [(condition.measure, applies_to) for condition in cases]
    for condition in cases:
        missing |= absent[condition.measure].to_numpy()
    for rule in tables.rules_of(leaf.code):
        active = _active(rule, case)
        column = values[rule.measure].to_numpy(float)
        for at, edge in enumerate(rule.edges):
            if edge:
                met[:, at] &= ~active | edge.holds(column)
        if any(rule.edges):
            missing |= active & absent[rule.measure].to_numpy()
            needed.append((rule.measure, applies_to & active))
    if cases:
        met[case == 0] = False
    given = np.array([tables.given(leaf.code, number) for number in range(len(cases) + 1)], dtype=bool)[case]
    met &= given
    level = longest_run(met, given)
    score = _linear(leaf, case, values, tables) if leaf.method is Method.LINEAR else _steps(level, tables)
    return KpiScores(
        leaf.code, applies_to, case, given, met, level, score, missing & applies_to, _asked(needed, tables)
    )


def _unscored(leaf: Node, values: pd.DataFrame, tables: LevelTables) -> KpiScores:
    """Where nothing is known of a KPI: every unit is provisional, below level 1."""
    meant = np.array([applies(tables, leaf.code, tables.unit[unit]) for unit in values.index], dtype=bool)
    none = np.zeros(len(values), dtype=np.int_)
    given = np.ones((len(values), tables.level_count), dtype=bool)
    return KpiScores(leaf.code, meant, none, given, ~given, none, _steps(none, tables), meant, {})


def longest_run(met: Booleans, given: Booleans) -> Integers:
    """The last level of the unbroken run from level 1 (arrays of shape (units, levels)); a level that is not
    given is stepped over.

    Source: design, section 1 (Level).

    >>> met = np.array([[True, False, True, False, False], [True, False, False, False, True]])
    >>> longest_run(met, np.array([[True, False, True, False, True]] * 2)).tolist()
    [3, 1]
    """
    unbroken = np.cumprod(met | ~given, axis=1) * given
    levels = np.arange(1, met.shape[1] + 1, dtype=np.int_)
    return np.asarray((unbroken * levels).max(axis=1), dtype=np.int_)


def _active(rule: Rule, case: Integers) -> Booleans:
    """The units for which a row counts."""
    if rule.case_number:
        return np.asarray(case == rule.case_number, dtype=np.bool_)
    return np.ones(len(case), dtype=np.bool_)


def take_case(cases: Sequence[Case], values: pd.DataFrame) -> Integers:
    """The number, from 1, of the first case from the top that holds for each unit; 0 where none does.

    A case whose measure is missing stops the search: what comes after it can't be known to be first.
    Source: design, section 1 (Case).
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


def _asked(needed: Iterable[tuple[str, Booleans]], tables: LevelTables) -> dict[str, Booleans]:
    """What has to be filled in or fixed for the measures that are needed, and for which units."""
    asked: dict[str, Booleans] = {}
    for code, units in needed:
        for part in tables.with_ingredients(code):
            if tables.measures[part].monthly or tables.measures[part].source is Source.BASE:
                asked[part] = asked[part] | units if part in asked else units
    return asked


def _steps(level: Integers, tables: LevelTables) -> Floats:
    return np.asarray([tables.round.below_one, *tables.scores])[level]


def _linear(leaf: Node, case: Integers, values: pd.DataFrame, tables: LevelTables) -> Floats:
    """ค่าต่อเนื่อง: linear between the levels' edges, clamped; below level 1's edge the score below level 1."""
    score = np.full(len(values), tables.round.below_one)
    for rule in tables.rules_of(leaf.code):
        line = interpolate(rule, values[rule.measure].to_numpy(float), tables.scores, tables.round.below_one)
        score = np.where(_active(rule, case), line, score)
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


def _tree(
    kpis: Mapping[str, KpiScores], tables: LevelTables, units: "pd.Index[str]"
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
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
    scored, marked, shared = (
        pd.DataFrame(part, index=units)[columns] for part in (scores, provisional, _shares(scores, tables))
    )
    return scored, shared, marked


def weighted_mean(below: Floats, weights: Floats) -> Floats:
    """The mean over the children that apply (rows; NaN where one does not), NaN where none does.

    Source: design, section 1 (ตัวชี้วัด).
    """
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
