"""What a measure can be at least and at most, and what a row of ระดับ asks level by level."""

import math
from typing import NamedTuple

from kpibatch.base.findings import Place
from kpibatch.rules.conditions import Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.phrases import ConditionFault, parse
from kpibatch.rules.records import Rule, Source


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


def _alone(text: str) -> Condition | None:
    try:
        return parse(text)
    except ConditionFault:
        return None


def greatest(tables: LevelTables, code: str) -> float:
    """The most a measure can be: its สูงสุด, or 100 where a percent's part can't exceed its whole.

    Source: design, section 1 (รายการข้อมูล).
    """
    measure = tables.measures[code]
    if measure.maximum is not None:
        return measure.maximum
    whole = (tables.measures[part].limit == measure.denominator for part in measure.numerator)
    if measure.source is Source.PERCENT and all(whole):
        return 100.0
    return 100.0 if measure.source in (Source.ON_TIME, Source.REDUCTION) else math.inf


def least(tables: LevelTables, code: str) -> float:
    """The least a measure can be: its ต่ำสุด; growth and reduction can be negative, counts can't.

    Source: design, section 1 (รายการข้อมูล).
    """
    measure = tables.measures[code]
    if measure.minimum is not None:
        return measure.minimum
    return -math.inf if measure.source in (Source.GROWTH, Source.REDUCTION) else 0.0
