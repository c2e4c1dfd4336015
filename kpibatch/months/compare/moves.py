"""What moved between two sides: each unit's rank and total, and each KPI that had a part in it, with its
points and causes.

The points of all KPIs, and those of weights that moved, add up to the change of the total before it is
rounded.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kpibatch.months.compare.causes import Cause, Causes, same
from kpibatch.months.compare.nodes import Lifts, NodeMove
from kpibatch.months.compare.side import Result, Side
from kpibatch.rules.conditions import DECIMALS
from kpibatch.rules.paper.changes import Change
from kpibatch.scoring.rank import Standing, Status

_NONE: frozenset[str] = frozenset()  # of a unit that one side doesn't have
_NEGLIGIBLE = 1e-7  # shares and scores are read with 9 decimals


@dataclass(frozen=True)
class KpiMove:
    """One KPI whose level, score or status moved; ``points`` is its part in the change of the total.

    ``before`` or ``after`` is ``None`` where the tables of that side don't have the KPI.
    """

    kpi: str
    before: Result | None
    after: Result | None
    points: float
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class ShareMove:
    """A KPI whose part of the total moved, in percent, and what that did to the total."""

    kpi: str
    before: float
    after: float
    points: float


@dataclass(frozen=True)
class Move:
    """One unit. ``before`` or ``after`` is ``None`` where that side does not have the unit.

    ``passed_by`` are the units of its kind ahead of it now that were not before, ``passed`` the other way
    round.
    """

    unit: str
    before: Standing | None
    after: Standing | None
    kpis: tuple[KpiMove, ...] = ()
    shares: tuple[ShareMove, ...] = ()
    nodes: tuple[NodeMove, ...] = ()
    passed_by: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()

    @property
    def gained(self) -> float:
        """The change of the total; NaN where there is none on one side."""
        return self.after.total - self.before.total if self.before and self.after else math.nan

    @property
    def weights(self) -> float:
        """What weights that moved did to the total."""
        return sum(share.points for share in self.shares)

    @property
    def rounding(self) -> float:
        """What is left of the change of the total, for totals are rounded once; 0 where it has none."""
        parts = sum(kpi.points for kpi in self.kpis) + sum(node.points for node in self.nodes)
        left = self.gained - parts - self.weights
        return round(left, DECIMALS) if abs(left) > _NEGLIGIBLE else 0.0


@dataclass(frozen=True)
class Diff:
    """Two sides compared: how the rules changed and, where units could be compared, what moved; most moved
    ranks first.

    ``values`` is how many values differ. With two level tables ``month`` is the one scored by both;
    ``unscored`` says why there is none.
    """

    names: tuple[str, str]
    sides: tuple[Side, Side] | None
    changes: tuple[Change, ...]
    moves: tuple[Move, ...] = ()
    unmoved: int = 0
    values: int = 0
    month: str = ""
    unscored: str = ""

    @property
    def anything(self) -> bool:
        return bool(self.changes or self.moves or self.values)

    def of_unit(self, unit: str) -> "Diff":
        """The same for one unit, without the list of rules."""
        moves = tuple(move for move in self.moves if move.unit == unit)
        return replace(
            self, changes=(), moves=moves, unmoved=0, values=_values(*self.sides, {unit}) if self.sides else 0
        )


def compare(a: Side, b: Side, changes: Sequence[Change], language: str) -> Diff:
    """Everything that differs between two sides whose tables differ by ``changes``."""
    units = dict.fromkeys((*b.tables.unit, *a.tables.unit))
    moved = tuple(moves(a, b, changes, language))
    return Diff(
        (a.name, b.name), (a, b), tuple(changes), moved, len(units) - len(moved), _values(a, b, units)
    )


def _values(a: Side, b: Side, units: Mapping[str, None] | set[str]) -> int:
    """How many values of these units differ."""
    return sum(
        unit in units and not same(a.value(unit, code), b.value(unit, code))
        for unit, code in {*a.values, *b.values}
    )


def moves(a: Side, b: Side, changes: Sequence[Change], language: str) -> list[Move]:
    """The units that moved: greatest movement of the rank first, then as the tables have them."""
    causes, lifts = Causes(a, b, changes, language), Lifts(a, b, changes, language)
    units = dict.fromkeys((*b.tables.unit, *a.tables.unit))
    moves = [move for unit in units if (move := _move(a, b, unit, causes, lifts))]

    def movement(move: Move) -> int:
        peers = a.peers.get(move.unit, _NONE) | b.peers.get(move.unit, _NONE)
        places = [
            standing.rank if standing and standing.rank else 1 + len(_ranked(side, peers))
            for standing, side in ((move.before, a), (move.after, b))
        ]
        return abs(places[1] - places[0])

    return sorted(moves, key=movement, reverse=True)


def _move(a: Side, b: Side, unit: str, causes: Causes, lifts: Lifts) -> Move | None:
    before, after = a.standings.get(unit), b.standings.get(unit)
    scored = all(standing and not math.isnan(standing.total) for standing in (before, after))
    kpis = tuple(_kpis(a, b, unit, causes)) if scored else ()
    shares = tuple(_shares(a, b, unit)) if scored else ()
    nodes = tuple(lifts.of(unit)) if scored else ()
    if not kpis and _alike(before, after):
        return None
    ahead = [_ahead(side, unit) for side in (a, b)]
    passed_by, passed = (tuple(sorted(units)) for units in (ahead[1] - ahead[0], ahead[0] - ahead[1]))
    both = before and after and before.rank and after.rank
    return Move(unit, before, after, kpis, shares, nodes, *((passed_by, passed) if both else ()))


def _alike(before: Standing | None, after: Standing | None) -> bool:
    if before is None or after is None:
        return before is after
    return same(before.total, after.total) and replace(before, total=0, percent=0) == replace(
        after, total=0, percent=0
    )


def _ahead(side: Side, unit: str) -> set[str]:
    """The units of its kind ranked before a unit."""
    own = side.standings[unit].rank if unit in side.standings else 0
    return {other.unit for other in _ranked(side, side.peers.get(unit, _NONE)) if other.rank < own}


def _ranked(side: Side, units: frozenset[str]) -> list[Standing]:
    return [standing for standing in side.standings.values() if standing.rank and standing.unit in units]


def _kpis(a: Side, b: Side, unit: str, causes: Causes) -> list[KpiMove]:
    moves = []
    for kpi in dict.fromkeys(leaf.code for side in (b, a) for leaf in side.tables.leaves):
        before, after = a.results.get((unit, kpi)), b.results.get((unit, kpi))
        if not _unmoved(before, after):
            moves.append(KpiMove(kpi, before, after, _points(before, after), _why(a, b, unit, kpi, causes)))
    return sorted(moves, key=lambda move: -abs(move.points))


def _why(a: Side, b: Side, unit: str, kpi: str, causes: Causes) -> tuple[Cause, ...]:
    """The causes; where the unit takes the result of another, those of that one.

    Source: design, section 1 (Wider rules: ทีม).
    """
    givers = [
        giver
        for side in (a, b)
        if kpi in side.tables.node and unit in side.tables.unit
        for giver in side.tables.givers(kpi, unit, side.tables.round.months)
    ]
    of_others = dict.fromkeys(
        cause
        for giver in dict.fromkeys(givers)
        if not _unmoved(a.results.get((giver, kpi)), b.results.get((giver, kpi)))
        for cause in causes.of(giver, kpi)
    )
    return tuple(of_others) or causes.of(unit, kpi)


def _unmoved(before: Result | None, after: Result | None) -> bool:
    if before is None or after is None:
        there = before or after
        return there is None or there.status is Status.NOT_APPLICABLE
    return (before.level, before.status) == (after.level, after.status) and same(before.score, after.score)


def _points(before: Result | None, after: Result | None) -> float:
    """A score's part in the change of the total, at the mean of both shares; all a KPI brings where it is on
    one side only.
    """
    if before and after and not math.isnan(after.score - before.score):
        return (before.share + after.share) / 2 * (after.score - before.score) / 100
    return (after.points if after else 0.0) - (before.points if before else 0.0)


def _shares(a: Side, b: Side, unit: str) -> list[ShareMove]:
    """The KPIs on both sides whose share of the total moved; what the KPIs' own results and the nodes above
    them leave of the change of the total is theirs.
    """
    moves = []
    for leaf in b.tables.leaves:
        before, after = a.results.get((unit, leaf.code)), b.results.get((unit, leaf.code))
        if (
            before
            and after
            and abs(after.share - before.share) > _NEGLIGIBLE
            and not math.isnan(after.score - before.score)
        ):
            points = (after.share - before.share) * (before.score + after.score) / 200
            moves.append(ShareMove(leaf.code, before.share, after.share, points))
    return moves
