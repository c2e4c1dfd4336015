"""The outcome of one kind of units alone: its units, the nodes that are meant for them, and of the others
what they take of them. What is written of a kind is written from it as of a province without others.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL
from kpibatch.rules.tree.units import Kind
from kpibatch.scoring.kpi import KpiScores
from kpibatch.scoring.measures import Measured
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.points import Peers, Points
from kpibatch.scoring.score import Scores


def by_kind(outcome: Outcome) -> tuple[Outcome, ...]:
    """The outcome of each kind, the main one first; the outcome itself where all units are of one.

    Source: design, section 1 (Wider rules: ประเภท).
    """
    kinds = outcome.tables.tree.kinds
    return tuple(of_kind(outcome, kind) for kind in kinds) if len(kinds) > 1 else (outcome,)


def of_kind(outcome: Outcome, kind: Kind) -> Outcome:
    """The outcome of one kind of units."""
    tables = tables_of_kind(outcome.tables, kind)
    units, intake = tables.unit, outcome.intake
    submissions = tuple(each for each in intake.submissions if each.unit in units)
    return replace(
        outcome,
        tables=tables,
        intake=replace(intake, submissions=submissions, unread=intake.unread & units.keys()),
        measured=_measured(outcome.measured, kind.rows),
        scores=_scores(outcome.scores, tables, kind.rows),
        standings=tuple(each for each in outcome.standings if each.unit in units),
        counting=outcome.sent & units.keys(),
    )


def tables_of_kind(tables: LevelTables, kind: Kind) -> LevelTables:
    """The tables with the units of one kind, and the nodes that are meant for any of them; they are called by
    its name.
    """
    units = tables.units[kind.rows]
    codes = frozenset(unit.code for unit in units)
    nodes = tuple(node for node in tables.nodes if tables.meant[node.code] & codes)
    noun = kind.name or tables.round.unit_noun
    return replace(
        tables, units=units, nodes=nodes, round=replace(tables.round, unit_noun=noun), whole=tables
    )


def _measured(measured: Measured, rows: slice) -> Measured:
    values, incomplete = measured.values.iloc[rows], measured.incomplete.iloc[rows]
    return Measured(values, incomplete, measured.origin)


def _scores(scores: Scores, tables: LevelTables, rows: slice) -> Scores:
    columns = [TOTAL, *(node.code for node in tables.breadth_first())]

    def cut(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.iloc[rows][columns]

    return replace(
        scores,
        kpis={leaf.code: _kpi(scores.kpis[leaf.code], rows) for leaf in tables.leaves},
        scores=cut(scores.scores),
        shares=cut(scores.shares),
        provisional=cut(scores.provisional),
        needed=scores.needed.iloc[rows],
        not_yet=scores.not_yet.iloc[rows],
        means={code: mean[rows] for code, mean in scores.means.items() if code in columns},
        peers=_peers(scores.peers, rows),
    )


def _kpi(kpi: KpiScores, rows: slice) -> KpiScores:
    points = kpi.points
    return replace(
        kpi,
        points=Points(points.full[rows], points.deducted[rows], points.held[rows], points.score[rows]),
        needed={code: units[rows] for code, units in kpi.needed.items()},
        asked={code: units[rows] for code, units in kpi.asked.items()},
        **{name: getattr(kpi, name)[rows] for name in _ARRAYS},
    )


_ARRAYS = ("applies", "case", "given", "met", "level", "missing", "taken")


def _peers(peers: Peers, rows: slice) -> Peers:
    places = np.arange(len(peers.scored))[rows]
    return Peers(
        np.arange(len(places), dtype=np.int_),
        peers.scored[rows],
        {code: held[rows] for code, held in peers.among.items()},
        taken={code: taken.rows(places) for code, taken in peers.taken.items()},
    )
