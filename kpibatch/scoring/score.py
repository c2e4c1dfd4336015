"""Measures → levels → scores, vectorised over the units.

In: ``Measured`` and the level tables. Out: per KPI the case, what is met and the level; per node the score
and how much it weighs. Missing data never counts as zero: the KPI keeps the level that is known and is
marked.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from kpibatch.base.findings import KPI_LOST, Finding, piece
from kpibatch.base.thai import month_end
from kpibatch.intake.frame import columns_of
from kpibatch.rules.conditions import Booleans, Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.written import may_come
from kpibatch.scoring.above.taken import Stint, Taken, blended
from kpibatch.scoring.kpi import KpiScores, given_to, givers_of, score_kpi, taking, unscored
from kpibatch.scoring.measures import Measured
from kpibatch.scoring.points import NO_PEERS, Peers
from kpibatch.scoring.tree import score_tree


@dataclass(frozen=True)
class Scores:
    """Everything the scoring found; frames are units × nodes, the root's column is ``total`` (unrounded).

    ``scores`` is NaN where a node does not apply, ``shares`` is a node's part of the total in percent,
    ``provisional`` marks nodes that rest on incomplete data; ``needed`` and ``not_yet`` (units × measures)
    say what was asked and which blank days still lie ahead. ``means`` are the inner nodes' scores before a
    cap or a T-score changes them, ``peers`` whom T-scores compare. ``lost`` are KPIs that a bug kept from
    being scored.
    """

    kpis: Mapping[str, KpiScores]
    scores: pd.DataFrame
    shares: pd.DataFrame
    provisional: pd.DataFrame
    needed: pd.DataFrame
    not_yet: pd.DataFrame
    means: Mapping[str, Floats] = field(default_factory=dict)
    peers: Peers = NO_PEERS
    lost: tuple[Finding, ...] = ()

    def score(self, code: str, row: int) -> float:
        """The score at a node of the unit in that row; NaN where the node does not apply."""
        return float(self._columns[code][row])

    @cached_property
    def _columns(self) -> Mapping[str, Floats]:
        return columns_of(self.scores, float)


def score_all(
    measured: Measured,
    tables: LevelTables,
    month: str,
    sent: Collection[str] | None = None,
    peers: Peers | None = None,
) -> Scores:
    """Score every unit at every node for the report month; ``sent`` are the units that are scored among each
    other, all where it is not given.

    The rows of ``measured`` name a unit of the tables each; the same one may stand in several, which are then
    compared with the ``peers`` of the month (see ``what_if``). Source: design, section 1 (Score).
    """
    values, not_yet = measured.values, _not_yet(measured, tables, month)
    absent = (values.isna() | measured.incomplete) & ~not_yet
    own = np.array([tables.position[unit] for unit in values.index], dtype=np.int_)
    scored = np.array([sent is None or unit in sent for unit in tables.unit], dtype=bool)
    kinds = tuple(kind.rows for kind in tables.tree.kinds)
    peers = replace(peers, own=own) if peers else Peers(own, scored, kinds=kinds)
    kpis, lost = dict[str, KpiScores](), list[Finding]()
    for leaf in tables.leaves:
        with piece(lost, KPI_LOST, leaf.place, kpi=leaf.code):
            kpis[leaf.code] = score_kpi(leaf, values, absent, tables, measured.incomplete, peers)
        if leaf.code not in kpis:
            kpis[leaf.code] = unscored(leaf, values, tables)
    givers = {} if peers.taken else givers_of(tables, own, month)
    taken = peers.taken or _taken(kpis, givers, scored, tables.round.below_one)
    kpis |= {code: taking(kpis[code], each.rows(own)) for code, each in taken.items() if code in kpis}
    tree = score_tree(kpis, tables, values.index, replace(peers, taken=taken), givers)
    among = {code: kpi.points.held for code, kpi in kpis.items() if len(kpi.points.held)} | {**tree.held}
    return Scores(
        kpis,
        tree.scores,
        tree.shares,
        tree.provisional,
        _needed(kpis.values(), values),
        not_yet,
        tree.means,
        replace(peers, among=among, taken={**taken, **tree.taken}),
        tuple(lost),
    )


def _taken(
    kpis: Mapping[str, KpiScores], givers: Mapping[str, Sequence[Stint]], scored: Booleans, below_one: float
) -> dict[str, Taken]:
    """What units take of each KPI from those above."""
    taken = {}
    for code, stints in givers.items():
        if code in kpis:
            parts = [given_to(kpis[code], places, scored, below_one) for places, _ in stints]
            taken[code] = blended(parts, [counts for _, counts in stints])
    return taken


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
        if may_come(measure, tables.rules, today):
            blank[code] = measured.values[code].isna()
    return blank
