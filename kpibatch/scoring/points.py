"""A KPI's level or value → its score, over the units: by steps, on the line between the levels' edges, in
proportion, or as a T-score among the units; then its cap, and what is taken off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpibatch.rules.conditions import DECIMALS, Booleans, Condition, Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Method, Node, Rule
from kpibatch.scoring.above.taken import Taken

Integers = npt.NDArray[np.int_]
_AT_ONCE = 1_000_000  # values compared in one go


@dataclass(frozen=True)
class Peers:
    """The other units of the month: whom a T-score compares, those that are scored, and whose results are
    taken.

    ``own`` is each row's unit, as its place in the tables; ``scored`` says by unit whether it has sent.
    ``among`` holds by node what each unit is compared by, NaN where that is unknown; where a node is not in
    it, the rows themselves are compared with each other. ``kinds`` are the units of each kind, which are
    compared with each other alone. ``taken`` holds by node what each unit takes of the one above; where a
    node is not in it, the rows are all the units, and take from each other.
    """

    own: Integers
    scored: Booleans
    among: Mapping[str, Floats] = field(default_factory=dict)
    kinds: tuple[slice, ...] = (slice(None),)
    taken: Mapping[str, Taken] = field(default_factory=dict)

    def alike(self, held: Floats, row: int) -> Floats:
        """What the units of the kind of one, as its place in the tables, are compared by, so far as known."""
        kind = next(kind for kind in self.kinds if row in range(len(held))[kind])
        return held[kind][~np.isnan(held[kind])]

    def held(self, code: str, values: Floats) -> Floats:
        """What every unit is compared by at a node whose rows have these values."""
        if code in self.among:
            return self.among[code]
        held = np.full(len(self.scored), np.nan)
        held[self.own] = np.where(self.scored[self.own], values, np.nan)
        return held


NO_PEERS = Peers(np.zeros(0, dtype=np.int_), np.zeros(0, dtype=np.bool_))


@dataclass(frozen=True)
class Points:
    """What a KPI is worth for each unit (arrays of shape (units,)): ``full`` before the cap, ``deducted``
    what its rows of หักคะแนน ask to take off, ``score`` what is left. ``held`` is what all units are compared
    by, empty where they are not.
    """

    full: Floats
    deducted: Floats
    held: Floats
    score: Floats


def points_of(
    leaf: Node,
    meant: Booleans,
    case: Integers,
    level: Integers,
    values: pd.DataFrame,
    tables: LevelTables,
    peers: Peers,
) -> Points:
    """The score of a KPI, ``meant`` for some units: by its วิธีให้คะแนน, at most its เพดานคะแนน, less its
    หักคะแนน, never below 0 by that.

    Source: design, section 1 (วิธีให้คะแนน; Wider rules: เพดานคะแนน, หักคะแนน).
    """
    held = np.zeros(0)
    if leaf.method is Method.LINEAR:
        full = linear(leaf, case, values, tables)
    elif leaf.method is Method.PROPORTIONAL:
        full = proportional(leaf, case, values, tables)
    elif leaf.method is Method.STANDARD:
        compared = np.where(meant, compared_by(leaf, values, tables), np.nan)
        held = peers.held(leaf.code, compared)
        full = as_score(standard(compared, held, peers), tables.scores_of(leaf.code)[-1], leaf.cap)
    else:
        full = steps(level, leaf.code, tables)
    rows = tables.deductions_of(leaf.code)
    off = [np.where(active(row, case), deduction(row, values), 0.0) for row in rows]
    deducted = np.sum(off, axis=0) if off else np.zeros(len(values))
    capped = full if leaf.cap is None else np.minimum(full, leaf.cap)
    return Points(full, deducted, held, np.maximum(capped - deducted, 0.0) if off else capped)


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


def steps(level: Integers, kpi: str, tables: LevelTables) -> Floats:
    """The score of each level, from 0 on."""
    return np.asarray([tables.round.below_one, *tables.scores_of(kpi)])[level]


def linear(leaf: Node, case: Integers, values: pd.DataFrame, tables: LevelTables) -> Floats:
    """ค่าต่อเนื่อง: linear between the levels' edges; below level 1's edge the score below level 1."""
    score = np.full(len(values), tables.round.below_one)
    for rule in tables.rules_of(leaf.code):
        scores, beyond = tables.scores_of(leaf.code), leaf.cap is not None
        line = interpolate(rule, values, scores, tables.round.below_one, beyond=beyond)
        score = np.where(active(rule, case), line, score)
    return score


def interpolate(
    rule: Rule, values: pd.DataFrame, scores: Sequence[float], below_one: float, *, beyond: bool = False
) -> Floats:
    """The score of each unit on the line through a row's edges, ``below_one`` before the first, and for a
    unit one of whose own edges is missing; after the last clamped, or further along the last segment where
    the line goes on ``beyond``.

    Source: design, section 1 (ค่าต่อเนื่อง; Wider rules: เพดานคะแนน).

    >>> from kpibatch.rules.conditions import Condition
    >>> edges = tuple(Condition("number", low=edge) for edge in (75.0, 80.0, 90.0))
    >>> row = Rule("D1", "D1.pct", ("≥ 75", "≥ 80", "≥ 90"), edges)
    >>> values = pd.DataFrame({"D1.pct": [74.99, 75.0, 77.5, 80.0, 100.0, np.nan]})
    >>> interpolate(row, values, (1, 2, 3), 0.5).tolist()
    [0.5, 1.0, 1.5, 2.0, 3.0, 0.5]
    >>> interpolate(row, pd.DataFrame({"D1.pct": [85.0, 100.0]}), (1, 2, 3), 0.5, beyond=True).tolist()
    [2.5, 4.0]
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
    if not beyond:
        line = np.where(sign * column >= sign * knots[-1][0], knots[-1][1], line)
    known = ~np.isnan([knot for knot, _ in knots]).any(axis=0)
    return np.asarray(np.where(holding(rule, levels[0], values) & known, line, below_one), dtype=np.float64)


def _threshold(edge: Condition, values: pd.DataFrame) -> Floats:
    own = own_thresholds(edge, values)
    return np.full(len(values), edge.threshold) if own is None else own


def proportional(leaf: Node, case: Integers, values: pd.DataFrame, tables: LevelTables) -> Floats:
    """ตามสัดส่วน: the full score × value ÷ the top level's edge, from 0 on; at most full where the KPI has no
    cap of its own; 0 where there is no value, or a unit's own edge is missing or not above 0.

    Source: design, section 1 (วิธีให้คะแนน).
    """
    score, full = np.zeros(len(values)), tables.scores_of(leaf.code)[-1]
    for rule in tables.rules_of(leaf.code):
        top = _threshold(next(edge for edge in reversed(rule.edges) if edge), values)
        with np.errstate(all="ignore"):
            part = np.where(top > 0, full * values[rule.measure].to_numpy(float) / top, 0.0)
        part = np.clip(np.nan_to_num(part), 0.0, full if leaf.cap is None else np.inf)
        score = np.where(active(rule, case), part, score)
    return np.asarray(score, dtype=np.float64)


def compared_by(leaf: Node, values: pd.DataFrame, tables: LevelTables) -> Floats:
    """What units are compared by at a KPI that is scored คะแนนที: more is better."""
    rule = tables.rules_of(leaf.code)[0]
    sign = -1.0 if rule.falls else 1.0
    return np.asarray(sign * values[rule.measure].to_numpy(float), dtype=np.float64)


def standard(values: Floats, held: Floats, peers: Peers) -> Floats:
    """คะแนนที: 50 + 10 × (value − mean) ÷ standard deviation among all units; 50 where they do not differ.

    NaN for a unit that is not scored or has no value. A row whose value is not the one that its unit is held
    to have is compared with the other units as they are; all of them with those of their kind alone.
    Source: design, section 1 (Wider rules: คะแนนที, ประเภท).

    >>> peers = Peers(np.arange(3), np.array([True, True, True]))
    >>> x = np.array([1.0, 2.0, 3.0])
    >>> standard(x, peers.held("T", x), peers).round(4).tolist()
    [37.7526, 50.0, 62.2474]
    """
    scores = np.full(len(values), np.nan)
    joins = peers.scored[peers.own] & ~np.isnan(values)
    as_held = joins & (values == held[peers.own])
    for kind in peers.kinds:
        alike, first, end = held[kind], *kind.indices(len(held))[:2]
        here = (peers.own >= first) & (peers.own < end)
        if (as_held & here).any():
            scores[as_held & here] = standard_among(values[as_held & here], alike[None, :])
        others = np.flatnonzero(joins & ~as_held & here)
        for start in range(0, len(others), many := max(1, _AT_ONCE // max(len(alike), 1))):
            rows = others[start : start + many]
            every = np.tile(alike, (len(rows), 1))
            every[np.arange(len(rows)), peers.own[rows] - first] = values[rows]
            scores[rows] = standard_among(values[rows], every)
    return scores


def standard_among(values: Floats, every: Floats) -> Floats:
    """T-scores of values, each among a row of all (along the last axis), or all among the same row."""
    mean, deviation = mean_of(every), deviation_of(every)
    with np.errstate(all="ignore"):
        return np.where(deviation == 0, 50.0, 50 + 10 * (values - mean) / deviation)


def mean_of(every: Floats) -> Floats:
    """The mean of those known (along the last axis)."""
    return np.asarray(np.nanmean(every, axis=-1), dtype=np.float64)


def deviation_of(every: Floats) -> Floats:
    """The standard deviation of the whole population of those known; 0 where 9 decimals do not tell them
    apart, for else it would be that of rounding.
    """
    with np.errstate(all="ignore"):
        spread = np.nanmax(every, axis=-1) - np.nanmin(every, axis=-1)
        deviation = np.nanstd(every, axis=-1)
    return np.asarray(np.where(np.round(spread, DECIMALS) == 0, 0.0, deviation), dtype=np.float64)


def as_score(standards: Floats, full: float, cap: float | None) -> Floats:
    """T-scores as parts of the full score, from 0 on; at most full where the node has no cap of its own."""
    return np.clip(np.nan_to_num(full * standards / 100), 0.0, full if cap is None else np.inf)


def deduction(rule: Rule, values: pd.DataFrame) -> Floats:
    """หักคะแนน: what a row takes off: the points of the last of its conditions that holds, or so many for
    each one of the measure; nothing where that is missing or below 0.

    Source: design, section 1 (Wider rules: หักคะแนน).
    """
    column = values[rule.measure].to_numpy(float)
    asked = [at for at, edge in enumerate(rule.edges) if edge]
    if not asked:
        return np.asarray(np.maximum(np.nan_to_num(rule.deducts[0] * column), 0.0), dtype=np.float64)
    off = np.zeros(len(column))
    for at, points in zip(asked, rule.deducts, strict=True):
        off = np.where(holding(rule, at, values), points, off)
    return off
