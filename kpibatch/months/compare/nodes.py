"""What a node's cap or T-score made of the mean of its children, on both sides: the part of a total's change
that is no KPI's own.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kpibatch.base.catalogue import say
from kpibatch.months.compare.causes import Cause, as_rule
from kpibatch.months.compare.side import Side
from kpibatch.rules.paper.changes import Change
from kpibatch.rules.records import TOTAL, Method
from kpibatch.rules.round import Item
from kpibatch.rules.schema import NODES, ROUND
from kpibatch.scoring.points import deviation_of, mean_of
from kpibatch.scoring.rank import DECIMALS, Status
from kpibatch.scoring.why.worth import exact

_NEGLIGIBLE = 1e-7  # shares and scores are read with 9 decimals


@dataclass(frozen=True)
class Lift:
    """A node's mean, the score that its cap or T-score made of it, and its part of the total in percent."""

    mean: float
    score: float
    share: float

    @property
    def points(self) -> float:
        """What that did to the total."""
        return self.share * (self.score - self.mean) / 100


@dataclass(frozen=True)
class NodeMove:
    """A node (``total`` among them) whose cap or T-score moved the total by ``points``; ``before`` or
    ``after`` is ``None`` where it has neither on that side.
    """

    node: str
    before: Lift | None
    after: Lift | None
    points: float
    causes: tuple[Cause, ...]


class _Lifting:
    """The nodes of a side that have others under them and a cap or a T-score, from the top; ``among`` are the
    mean and the deviation among all units where it is a T-score.
    """

    def __init__(self, side: Side) -> None:
        self.side = side
        self.codes = tuple(_lifting(side))
        compared = [code for code in self.codes if code != TOTAL and _standard(side, code)]
        self.among = {code: _among(side, code) for code in compared}

    def lift(self, unit: str, code: str) -> Lift | None:
        return _lift(self.side, unit, code) if code in self.codes else None


class Lifts:
    """The lifts of two sides whose tables differ by ``changes``."""

    def __init__(self, a: Side, b: Side, changes: Sequence[Change], language: str) -> None:
        self.sides, self.changes, self.language = (_Lifting(a), _Lifting(b)), changes, language

    def of(self, unit: str) -> Iterator[NodeMove]:
        """What moved the unit's total, from the top of the tree.

        Source: design, section 1 (Wider rules: เพดานคะแนน, คะแนนที).
        """
        for code in dict.fromkeys(code for side in reversed(self.sides) for code in side.codes):
            before, after = (side.lift(unit, code) for side in self.sides)
            points = (after.points if after else 0.0) - (before.points if before else 0.0)
            if abs(points) > _NEGLIGIBLE:
                causes = tuple(self._causes(code, before, after))
                yield NodeMove(code, before, after, points, causes)

    def _causes(self, code: str, before: Lift | None, after: Lift | None) -> Iterator[Cause]:
        if any(code in side.among for side in self.sides):
            yield from self._compared(code, before, after)
        else:
            caps = "/".join(dict.fromkeys(filter(None, (_cap_text(each.side, code) for each in self.sides))))
            cuts = [lift.mean - lift.score if lift else 0.0 for lift in (before, after)]
            yield self._moved("cut", say("diff.cut", self.language, cap=caps), *cuts)
        for change in self.changes:
            of_node = change.sheet == NODES.sheet and change.key[0] == code
            of_total = code == TOTAL and change.sheet == ROUND.sheet and change.key == (Item.CAP,)
            if of_total or (of_node and change.column in (NODES.method, NODES.cap)):
                yield as_rule(change)

    def _compared(self, code: str, before: Lift | None, after: Lift | None) -> Iterator[Cause]:
        """A T-score: the unit's own mean, and the other units'."""
        scores, means = (
            [getattr(lift, name) if lift else math.nan for lift in (before, after)]
            for name in ("score", "mean")
        )
        none = (math.nan, math.nan)
        others = [side.among.get(code, none) for side in self.sides]
        told = (
            ("standard", scores),
            ("own-mean", means),
            ("mean-of-all", [mean for mean, _ in others]),
            ("deviation-of-all", [deviation for _, deviation in others]),
        )
        for name, (old, new) in told:
            if name == "standard" or exact(old) != exact(new):
                yield self._moved(name, say(f"diff.{name}", self.language), old, new)

    def _moved(self, kind: str, what: str, old: float, new: float) -> Cause:
        return Cause(kind, what, *_shown(old, new))


def _lifting(side: Side) -> Iterator[str]:
    if side.tables.round.cap is not None:
        yield TOTAL
    for node in side.tables.breadth_first():
        if side.tables.children(node.code) and (node.cap is not None or node.method is Method.STANDARD):
            yield node.code


def _standard(side: Side, code: str) -> bool:
    return side.tables.node[code].method is Method.STANDARD


def _cap_text(side: Side, code: str) -> str:
    node = side.tables.node.get(code)
    cap = side.tables.round.cap if code == TOTAL else node.cap if node else None
    return "" if cap is None else exact(cap)


def _lift(side: Side, unit: str, code: str) -> Lift | None:
    """What a node's cap or T-score did to a unit; ``None`` where it does not apply."""
    share, score = 100.0, math.nan
    if code != TOTAL:
        result = side.nodes.get((unit, code))
        if result is None or math.isnan(result.score) or result.share == 0:
            return None
        share, score = result.share, result.score
    below = (side.result(unit, child.code) for child in side.tables.children(code))
    mean = 100 * sum(result.points for result in below if result) / share
    cap = side.tables.round.cap
    return Lift(mean, min(mean, cap) if code == TOTAL and cap is not None else score, share)


def _among(side: Side, code: str) -> tuple[float, float]:
    """The mean and the deviation of the node's mean among the units that are scored."""
    scored = (unit for unit, place in side.standings.items() if place.status is not Status.NOT_SUBMITTED)
    lifts = (_lift(side, unit, code) for unit in scored)
    means = np.array([lift.mean for lift in lifts if lift])
    return (float(mean_of(means)), float(deviation_of(means))) if len(means) else (math.nan, math.nan)


def _shown(old: float, new: float) -> tuple[str, str]:
    """Two numbers as totals are shown, with more decimals where only those tell them apart."""
    before, after = ("–" if math.isnan(number) else exact(round(number, DECIMALS)) for number in (old, new))
    return (before, after) if before != after else (exact(old), exact(new))
