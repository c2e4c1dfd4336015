"""Measures → levels → scores, vectorised over the units.

In: ``Measured`` and the level tables. Out: per KPI the case, what is met and the level; per node the score
and how much it weighs. Missing data never counts as zero: the KPI keeps the level that is known and is
marked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpibatch.base.findings import KPI_LOST, Finding, piece
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import month_end
from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.kpi import KpiScores, score_kpi, unscored
from kpibatch.scoring.measures import Measured
from kpibatch.scoring.tree import score_tree

Integers = npt.NDArray[np.int_]


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
            kpis[leaf.code] = score_kpi(leaf, values, absent, tables, measured.incomplete)
        if leaf.code not in kpis:
            kpis[leaf.code] = unscored(leaf, values, tables)
    scores, shares, provisional = score_tree(kpis, tables, values.index)
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
