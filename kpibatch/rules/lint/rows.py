"""ระดับ, row by row: order, overlaps and gaps of the levels, what can't be reached."""

import math
import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from kpibatch.base.findings import Finding, finding
from kpibatch.base.thai import arabic, show_number
from kpibatch.rules.conditions import DECIMALS, Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.bounds import Asked, asked_in, can_hold, greatest, least, numbers_in
from kpibatch.rules.records import Rollup, Rule, Source
from kpibatch.rules.schema import MEASURES, RULES
from kpibatch.rules.sources import rounded

_EVERY_MONTH = re.compile(r"เดือนละ|(?:ต่อ|/|ทุก)\s*เดือน")
_SLACK = 1e-9  # 80.01 - 80 is a little more than 0.01


def order(tables: LevelTables) -> Iterator[Finding]:
    """Thresholds never turn back along the levels.

    Source: design, section 1 (levels out of order).
    """
    for rule in tables.rules:
        for before, asked in _falls(rule) if not _bare_and_falling(rule) else ():
            facts = {"found": asked.typed, "level": str(asked.level), "before": before.typed}
            yield finding("lint-order", asked.place, measure=rule.measure, **facts)


def bare_falling(tables: LevelTables) -> Iterator[Finding]:
    """A falling row of bare numbers says "at least"; what was meant is "at most".

    Source: design, section 1 (a bare number: at least; a wrong direction).
    """
    for rule in filter(_bare_and_falling, tables.rules):
        _, first = _falls(rule)[0]
        meant = " | ".join(f"≤ {show_number(asked.edge.threshold)}" for asked in numbers_in(rule))
        yield finding(
            "lint-bare-falling", first.place, measure=rule.measure, found=first.typed, proposal=meant
        )


def _falls(rule: Rule) -> list[tuple[Asked, Asked]]:
    """Neighbouring levels of which the higher asks less."""
    return [
        (lower, higher) for lower, higher in pairwise(numbers_in(rule)) if _worse(lower.edge, higher.edge)
    ]


def _worse(lower: Condition, higher: Condition) -> bool:
    if (lower.of, lower.times) != (higher.of, higher.times):  # each unit's own: nobody knows which is more
        return False
    if lower.only or higher.only:
        return False
    if lower.downward and higher.downward:
        return higher.high > lower.high
    return not lower.downward and not higher.downward and higher.low < lower.low


def _bare_and_falling(rule: Rule) -> bool:
    numbers, falls = numbers_in(rule), _falls(rule)
    return bool(falls) and len(falls) == len(numbers) - 1 and all(_bare(asked.typed) for asked in numbers)


def _bare(text: str) -> bool:
    return arabic(text).replace(",", "").replace(".", "").replace("%", "").strip().isdigit()


def overlaps(tables: LevelTables) -> Iterator[Finding]:
    """Neighbouring bands have no value in common.

    Source: design, section 1 (an overlap).
    """
    for rule in tables.rules:
        for before, asked in _neighbours(rule):
            low, high = _by_height(before.alone, asked.alone)
            touch = high.low == low.high and not high.low_open and not low.high_open
            if high.low < low.high or touch:
                facts = {"found": asked.typed, "level": str(asked.level), "other": before.typed}
                yield finding("lint-overlap", asked.place, measure=rule.measure, **facts)


def gaps(tables: LevelTables) -> Iterator[Finding]:
    """Neighbouring bands leave no value between them that no level names.

    Source: design, section 1 (a gap).
    """
    for rule in tables.rules:
        for before, asked in _neighbours(rule):
            low, high = _by_height(before.alone, asked.alone)
            missed = high.low == low.high and high.low_open and low.high_open
            if missed or high.low - low.high > _grain(low.high, high.low) + _SLACK:
                between = f"{show_number(low.high)} – {show_number(high.low)}"
                facts = {"level": str(asked.level), "other": before.typed, "between": between}
                yield finding("lint-gap", asked.place, measure=rule.measure, found=asked.typed, **facts)


def _neighbours(rule: Rule) -> list[tuple[Asked, Asked]]:
    """Levels side by side of which one at least is a band."""
    numbers = [asked for asked in asked_in(rule) if asked.alone.family == "number" and not asked.edge.only]
    return [pair for pair in pairwise(numbers) if any(_is_band(asked.alone) for asked in pair)]


def _is_band(condition: Condition) -> bool:
    return not math.isinf(condition.low) and not math.isinf(condition.high) and not condition.exact


def _by_height(a: Condition, b: Condition) -> tuple[Condition, Condition]:
    return (a, b) if a.low <= b.low and a.high <= b.high else (b, a)


def _grain(*numbers: float) -> float:
    """The step between neighbouring bands: 1 for whole numbers, 0.01 where two decimals are written."""
    decimals = max(len(show_number(number).partition(".")[2]) for number in numbers if not math.isinf(number))
    return 10.0**-decimals


def overshoot(tables: LevelTables) -> Iterator[Finding]:
    """``=`` means exactly and ``เท่านั้น`` within both sides: a unit that does better would fall out of the
    level.

    Source: design, section 1 (the check warns where a unit could overshoot it).
    """
    for rule in tables.rules:
        for asked in numbers_in(rule) if not rule.deducts else ():
            edge, most = asked.edge, greatest(tables, rule.measure)
            beyond = most > edge.high or (most == edge.high and edge.high_open)
            if edge.only and not edge.exact and beyond:
                facts = {"found": asked.typed, "high": show_number(edge.high)}
                yield finding("lint-overshoot-band", asked.place, measure=rule.measure, **facts)
            if asked.edge.exact and greatest(tables, rule.measure) > asked.edge.high:
                facts = {"found": asked.typed, "proposal": f"≥ {show_number(asked.edge.high)}"}
                yield finding("lint-overshoot", asked.place, measure=rule.measure, **facts)


def no_conditions(tables: LevelTables) -> Iterator[Finding]:
    """Every row asks something.

    Source: design, section 1 (a blank cell asks nothing).
    """
    for rule in tables.rules:
        if not any(rule.edges) and not rule.deducts:
            facts = {"found": rule.measure, "kpi": rule.kpi}
            yield finding("lint-no-conditions", rule.places[0], measure=rule.measure, **facts)


def unreachable(tables: LevelTables) -> Iterator[Finding]:
    """No threshold lies beyond what the measure can be.

    Source: design, section 1 (levels unreachable).
    """
    for rule in tables.rules:
        low, high = least(tables, rule.measure), greatest(tables, rule.measure)
        for asked in numbers_in(rule):
            edge = asked.edge
            if edge.of:
                continue
            too_high = edge.low > high or (edge.low == high and edge.low_open)
            too_low = edge.high < low or (edge.high == low and edge.high_open)
            if too_high or too_low:
                facts = {"found": asked.typed, "limit": show_number(high if edge.low >= high else low)}
                yield finding("lint-unreachable", asked.place, measure=rule.measure, **facts)


def finer_than_rounded(tables: LevelTables) -> Iterator[Finding]:
    """A threshold has no more decimals than the values it is compared with: no value would lie at it.

    Source: design, section 1 (Wider rules: ปัดทศนิยม).
    """
    for rule in tables.rules:
        measure = tables.measures[rule.measure]
        for asked in numbers_in(rule) if measure.decimals is not None else ():
            ends = np.array([end for end in (asked.edge.low, asked.edge.high) if not math.isinf(end)])
            if not asked.edge.of and (rounded(measure, ends).round(DECIMALS) != ends.round(DECIMALS)).any():
                facts = {"found": asked.typed, "decimals": str(measure.decimals)}
                yield finding("lint-rounding-finer", asked.place, measure=rule.measure, **facts)


def directions(tables: LevelTables) -> Iterator[Finding]:
    """One measure is not better when high in one row and when low in another; where each one of it takes
    points off, it is better when low.

    Source: design, section 1 (a wrong direction).
    """
    upward: dict[str, Rule] = {}
    downward: dict[str, Rule] = {}
    for rule in tables.rules:
        for asked in numbers_in(rule):
            if not asked.edge.exact and not rule.deducts:
                (downward if asked.edge.downward else upward).setdefault(rule.measure, rule)
        if rule.deducts and not any(rule.edges):
            downward.setdefault(rule.measure, rule)
    for measure in upward.keys() & downward.keys():
        a, b = (_in_short(side[measure]) for side in (upward, downward))
        yield finding("lint-direction", downward[measure].places[0], measure=measure, found=b, other=a)


def _in_short(rule: Rule) -> str:
    """What stands in a row: its levels, or what each one takes off."""
    each = rule.deducts and not any(rule.edges)
    return f"{RULES.deducts} {show_number(rule.deducts[0])}" if each else " | ".join(rule.typed)


def every_month(tables: LevelTables) -> Iterator[Finding]:
    """What is asked of every month is held against the worst of them; told once a row.

    Source: design, section 1 (สรุปรายเดือน).
    """
    for rule in tables.rules:
        measure = tables.measures[rule.measure]
        filled_in = measure.monthly or measure.source is Source.LATE_DAYS
        for asked in [asked for asked in numbers_in(rule) if _EVERY_MONTH.search(asked.typed)][:1]:
            worst = Rollup.MAX if asked.edge.downward else Rollup.MIN
            if not filled_in or measure.rollup is not worst:
                rollup = f"{MEASURES.rollup} = {measure.rollup.value}"
                how = rollup if filled_in else f"{MEASURES.source} = {measure.source.value}"
                facts = {"how": how, "worst": worst.value}
                yield finding(
                    "lint-every-month", asked.place, measure=rule.measure, found=asked.typed, **facts
                )


def apart(tables: LevelTables) -> Iterator[Finding]:
    """Some value is in every level up to the top: a band of which both sides count leaves room for the levels
    above it. (Who misses an exact level is warned of alone.)

    Source: design, section 1 (levels unreachable; the longest unbroken run of levels met).
    """
    for rule in tables.rules:
        below: list[Asked] = []
        for asked in (asked for asked in numbers_in(rule) if not asked.edge.of):
            pairs = [other for other in below if other.edge.only or asked.edge.only]
            others = [other for other in pairs if not can_hold([other.edge, asked.edge])]
            if others:
                facts = {"found": asked.typed, "level": str(asked.level), "other": others[0].typed}
                yield finding("lint-apart", asked.place, measure=rule.measure, **facts)
                break
            below.append(asked)


CHECKS = (
    order,
    bare_falling,
    overlaps,
    gaps,
    apart,
    overshoot,
    no_conditions,
    unreachable,
    finer_than_rounded,
    directions,
    every_month,
)
