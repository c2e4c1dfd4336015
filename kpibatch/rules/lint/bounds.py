"""What a measure can be at least and at most, what a row of ระดับ asks level by level, whether scores rise."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple, TypeAlias

from kpibatch.base.findings import Place
from kpibatch.rules.conditions import DECIMALS, Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.phrases import ConditionFault, parse
from kpibatch.rules.records import Measure, Rule, Source

Reach: TypeAlias = Callable[[LevelTables, str], float]

_TOTAL_KEEPS = 1e-4


class Asked(NamedTuple):
    """What a row asks at one level (from 1): its edge, and the condition as typed and as read alone."""

    level: int
    edge: Condition
    typed: str
    alone: Condition
    place: Place


def asked_in(rule: Rule) -> list[Asked]:
    """The levels at which a row asks something, from below."""
    cells = zip(rule.edges, rule.typed, rule.places, strict=True)
    return [
        Asked(level, edge, typed, _alone(typed) or edge, place)
        for level, (edge, typed, place) in enumerate(cells, 1)
        if edge
    ]


def numbers_in(rule: Rule) -> list[Asked]:
    """Those levels of a row at which a number is asked; any number at all is none."""
    return [asked for asked in asked_in(rule) if asked.edge.family == "number" and not asked.edge.any_value]


def can_hold(edges: Sequence[Condition]) -> bool:
    """Whether some value fulfils them all."""
    low, high = max(edge.low for edge in edges), min(edge.high for edge in edges)
    ends = ((edge.low_open and edge.low == low) or (edge.high_open and edge.high == high) for edge in edges)
    return low < high or (low == high and not any(ends))


def _alone(text: str) -> Condition | None:
    try:
        return parse(text)
    except ConditionFault:
        return None


def greatest(tables: LevelTables, code: str) -> float:
    """The most a measure can be: its สูงสุด, 100 where a percent's part can't exceed its whole, or what its
    parts can give.

    Source: design, section 1 (รายการข้อมูล).
    """
    measure = tables.measures[code]
    if measure.maximum is not None:
        return measure.maximum
    if measure.source in (Source.ON_TIME, Source.REDUCTION) or measure.reach:
        return 100.0
    if measure.source is Source.UNIT_SCORE:
        return tables.top_score
    if measure.source is Source.MONTH_NUMBER:
        return float(len(tables.round.months))
    if measure.source is Source.PERCENT:
        whole = (tables.measures[part].limit == measure.denominator for part in measure.numerator)
        return 100.0 if all(whole) else math.inf
    return _of_parts(tables, measure, greatest, least)


def least(tables: LevelTables, code: str) -> float:
    """The least a measure can be: its ต่ำสุด; growth, reduction and days before others can be negative,
    counts can't.

    Source: design, section 1 (รายการข้อมูล).
    """
    measure = tables.measures[code]
    if measure.minimum is not None:
        return measure.minimum
    if measure.source in (Source.GROWTH, Source.REDUCTION, Source.WORKDAYS):
        return -math.inf
    if measure.source is Source.MONTH_NUMBER:
        return 1.0
    lowest = _of_parts(tables, measure, least, greatest)
    return 0.0 if math.isinf(lowest) and measure.source is not Source.DIFFERENCE else lowest


def _of_parts(tables: LevelTables, measure: Measure, most: Reach, other: Reach) -> float:
    """How far a measure reaches by how far its parts do, to one side; infinite where they don't say."""
    reach = [most(tables, part) for part in measure.numerator]
    if measure.source is Source.DONE:
        return float(len(reach)) if most is greatest else 0.0
    if measure.source is Source.SUM:
        return sum(reach)
    if measure.source is Source.DIFFERENCE:
        return sum(reach) - other(tables, measure.denominator)
    if measure.source in (Source.MEAN, Source.MEAN_OF_HIGHEST, Source.HIGHEST, Source.LOWEST):
        counting = sorted(reach)[-measure.count :] if measure.source is Source.MEAN_OF_HIGHEST else reach
        return {Source.HIGHEST: max, Source.LOWEST: min}.get(measure.source, fmean)(counting)
    return math.inf


def rising(scores: Sequence[float]) -> bool:
    """Whether each score is higher than the one before, by what a total keeps, and none below 0."""
    return scores[0] >= 0 and all(round(b - a, DECIMALS) >= _TOTAL_KEEPS for a, b in pairwise(scores))
