"""What a unit still lacks for the next level, in the measure's own terms: another 3 households, 12,500 baht,
by 10 Sep.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from kpibatch.base.catalogue import say
from kpibatch.base.kinds import Kind, show_value
from kpibatch.base.thai import month_end
from kpibatch.rules.computations import COMPUTATIONS
from kpibatch.rules.conditions import Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Counts, Measure, Rollup, Rule, Source
from kpibatch.rules.sources import needed_for, of_other_units, rounded
from kpibatch.rules.written import alternatives

_FAR = 2**50  # steps of the search; beyond, floats no longer tell neighbours apart


@dataclass(frozen=True)
class Step:
    """One thing to do: ``how`` names its text under ``[step]``; ``more`` and ``target`` are of the measure
    filled in.

    ``reachable`` is false where this round can no longer bring it (a day gone by, a month already too low).
    ``items`` are those that are still to be done, by name.
    ``change`` is the measure, by its code, and the value it would then have; ``None`` where nobody knows.
    ``others`` are what may be done instead.
    """

    how: str
    measure: Measure
    more: float = math.nan
    target: float = math.nan
    reachable: bool = True
    change: tuple[str, float] | None = None
    items: tuple[str, ...] = ()
    others: tuple["Step", ...] = ()

    def text(self, language: str) -> str:
        said: dict[str, str] = self.__dict__.setdefault("_said", {})  # every workbook asks again
        if language not in said:
            steps = [self._alone(language), *(other.text(language) for other in self.others)]
            said[language] = say("step.or", language).join(steps)
        return said[language]

    def _alone(self, language: str) -> str:
        facts = {
            "label": self.measure.label,
            "more": show_value(abs(self.more), self.measure.kind, language),
            "target": show_value(self.target, self.measure.kind, language),
            "counted": self.measure.counting_unit,
            "items": ", ".join(self.items),
        }
        return " ".join(say(f"step.{self.how}", language, **facts).split())


def steps_to(
    level: int, kpi: str, case: int, values: Mapping[str, float], tables: LevelTables, month: str
) -> list[Step]:
    """What a unit in that case (from 1; 0 for none) with these values lacks of a KPI's level (from 1).

    Source: design, section 4 (what it needs for the next level in its own terms).
    """
    cases = tables.cases_of(kpi)
    if cases and case == 0:
        measure = tables.measures[cases[0].measure]
        how = "no-data" if math.isnan(values[measure.code]) else "no-case"
        return [Step(how, measure, reachable=False)]
    together = alternatives(tables.rules_in_case(kpi, case))
    steps = (_one_of(rows, level, values, tables, month) for rows in together)
    return [step for step in steps if step]


def _one_of(
    rows: tuple[Rule, ...], level: int, values: Mapping[str, float], tables: LevelTables, month: str
) -> Step | None:
    """What one of the rows lacks, the first that may still be done; nothing where one of them holds.

    Source: design, section 1 (Wider rules: กลุ่มเงื่อนไข).
    """
    asking = [rule for rule in rows if rule.edges[level - 1]]
    steps = [step for rule in asking if (step := step_of(rule, level, values, tables, month))]
    if not steps or len(steps) < len(asking):
        return None
    first = next((step for step in steps if step.reachable), steps[0])
    return replace(first, others=tuple(step for step in steps if step is not first))


def step_of(
    rule: Rule, level: int, values: Mapping[str, float], tables: LevelTables, month: str
) -> Step | None:
    """What one row lacks of a level (from 1); nothing where what it asks there holds."""
    edge, value = rule.edge_for(level - 1, values), values[rule.measure]
    if edge is None or edge.holds_one(value):
        return None
    edge = next((side for side in edge.sides if not side.holds_one(value)), edge)
    if math.isnan(edge.threshold):
        return Step("no-threshold", _without_value(tables.measures[_reference(rule, level)], values, tables))
    measure = tables.measures[rule.measure]
    change = (rule.measure, meeting(edge, measure))
    if step := _of_others(measure, edge, values, tables):
        return replace(step, change=change)
    if measure.kind is Kind.DATE:
        gone = month_end(month).toordinal() >= edge.last_day if math.isnan(value) else True
        how = "day-gone" if gone else "day-ahead"
        return Step(how, measure, target=edge.last_day, reachable=not gone, change=change)
    if measure.kind is Kind.YES_NO:
        return _yes_no(measure, edge, value, change)
    if math.isnan(value):
        lacking = _without_value(measure, values, tables)
        return Step("no-zero-rule" if lacking.ingredients else "no-data", lacking, change=change)
    if measure.source is Source.DONE and edge.upward:
        return _items(measure, edge, values, tables)
    step = _number(measure, edge, values, tables)
    return replace(step, reachable=step.reachable and not _settled(measure))


def _items(measure: Measure, edge: Condition, values: Mapping[str, float], tables: LevelTables) -> Step:
    """นับข้อ: how many items are still to be done, and which there are."""
    target = itself(measure, values).target(edge)
    items = tuple(item.label for item in not_done(measure, values, tables))
    more, change = target - values[measure.code], (measure.code, target)
    return Step("items", measure, more, target, len(items) >= more, change, items)


def not_done(measure: Measure, values: Mapping[str, float], tables: LevelTables) -> list[Measure]:
    """Of what นับข้อ counts, the items that are known not to be done.

    Source: design, section 1 (Wider rules: นับข้อ).
    """
    if measure.source is not Source.DONE:
        return []
    items = [tables.measures[code] for code in measure.numerator]
    return [item for item in items if values[item.code] == 0 or _no_day(item, values)]


def _no_day(item: Measure, values: Mapping[str, float]) -> bool:
    return item.kind is Kind.DATE and math.isnan(values[item.code])


def _settled(measure: Measure) -> bool:
    """Whether what is known of a measure can't become another in this round: days that went by."""
    lasting = measure.rollup in (Rollup.SUM, Rollup.MAX)
    return measure.source is Source.WORKDAYS or (measure.source is Source.LATE_DAYS and lasting)


def _reference(rule: Rule, level: int) -> str:
    edge = rule.edges[level - 1]
    return edge.of if edge else ""


def _of_others(
    measure: Measure, edge: Condition, values: Mapping[str, float], tables: LevelTables
) -> Step | None:
    """What the unit can't report itself: a value of the province, a central system or other units, or one
    that lacks it.

    Source: design, section 1 (ที่มา จังหวัด, รวมจากหน่วยย่อย, คะแนนของหน่วย; แหล่งข้อมูล).
    """
    if math.isnan(values[measure.code]):
        lacking = _without_value(measure, values, tables)
        return Step(how, lacking) if (how := _of_whom(lacking, "none", tables)) else None
    above = [tables.measures[code] for code in measure.numerator] or [measure]
    what = "percent" if measure.kind is Kind.PERCENT else "number"
    hows = [_of_whom(each, what, tables) for each in above]
    return Step(hows[0], measure, target=meeting(edge, measure)) if all(hows) else None


def _of_whom(measure: Measure, what: str, tables: LevelTables) -> str:
    """The name of a step that is for others than the unit to take; empty where it is the unit's own."""
    if measure.other:
        return of_other_units(measure, what)
    central = measure.monthly and tables.counts_from(measure.code) is not Counts.UNIT
    return f"central-{what}" if central else ""


def _yes_no(measure: Measure, edge: Condition, value: float, change: tuple[str, float]) -> Step:
    if measure.rollup is Rollup.MIN and value == 0 and edge.low == 1:
        return Step("every-month-yes", measure, reachable=False, change=change)
    return Step("say-yes" if edge.low == 1 else "say-no", measure, change=change)


def _without_value(measure: Measure, values: Mapping[str, float], tables: LevelTables) -> Measure:
    """The first ingredient without a value, or the measure itself."""
    for code in needed_for(measure.code, tables.measures):
        if not tables.measures[code].ingredients and math.isnan(values[code]):
            return tables.measures[code]
    return measure


def _number(measure: Measure, edge: Condition, values: Mapping[str, float], tables: LevelTables) -> Step:
    lever = lever_of(measure, values, tables) or itself(measure, values)
    target, filled = lever.target(edge), lever.filled
    fewer, more, change = lever.fewer(edge), target - lever.have, (filled.code, target)
    if filled.kind is Kind.PERCENT:
        return Step("percent-short", filled, more=more, target=target, change=change)
    if measure.rollup is Rollup.MIN and filled.code == measure.code:
        return Step("every-month", measure, more=more, target=target, reachable=False, change=change)
    how = "fewer" if fewer else "more"
    return Step(how, filled, more, target, _possible(target, fewer, filled, values), change)


def _possible(target: float, fewer: bool, filled: Measure, values: Mapping[str, float]) -> bool:
    """Whether a form that says so would be accepted: not negative, within ต่ำสุด, สูงสุด and ไม่เกินรายการ."""
    if fewer:
        return target >= (0 if filled.minimum is None else filled.minimum)
    most = (math.inf if filled.maximum is None else filled.maximum, values.get(filled.limit, math.nan))
    return not any(target > limit for limit in most)


@dataclass(frozen=True)
class Lever:
    """The one number through which a measure is decided, and how the measure follows from it.

    ``have`` is that number now, ``value`` the measure now; ``falls`` where more of it makes the measure less.
    """

    filled: Measure
    have: float
    value: float
    follow: Callable[[float], float]
    inverse: Callable[[float], float]
    falls: bool = False

    def fewer(self, edge: Condition) -> bool:
        """Whether it has to shrink for the edge to hold."""
        above = self.value > edge.threshold if edge.exact else edge.downward
        return above != self.falls

    def target(self, edge: Condition) -> float:
        """The first whole household, satang or hundredth of a percent at which the edge holds, by the very
        comparison that scores.

        Where an exact threshold lies between two of them, the number that it takes.
        """
        fewer, wanted = self.fewer(edge), self.inverse(edge.threshold)
        open_ended = edge
        if edge.exact:
            above = self.value > edge.threshold
            open_ended = replace(edge, low=-math.inf) if above else replace(edge, high=math.inf)
        per = round(1 / self.filled.kind.step)
        first = first_reached(wanted, per, fewer, lambda number: open_ended.holds_one(self.follow(number)))
        return first if edge.holds_one(self.follow(first)) else wanted


def lever_of(measure: Measure, values: Mapping[str, float], tables: LevelTables) -> Lever | None:
    """What the unit fills in that decides a measure, however deep; ``None`` where no single number does."""
    if measure.source is Source.FORM:
        return itself(measure, values)
    computation = COMPUTATIONS.get(measure.source)
    if computation is None or (line := computation.line) is None or len(measure.numerator) > 1:
        return None
    below = values.get(measure.denominator, 0.0)
    inner = lever_of(tables.measures[measure.numerator[0]], values, tables)
    if inner is None or math.isnan(below) or (computation.divides and below == 0):
        return None
    if measure.denominator and inner.filled.code in tables.with_ingredients(measure.denominator):
        return None  # it moves what it is divided by as well
    return Lever(
        inner.filled,
        inner.have,
        values[measure.code],
        lambda number: _rounded(measure, line.single(inner.follow(number), below)),
        lambda value: inner.inverse(line.inverse(value, below)),
        inner.falls != (line.falls != (computation.divides and below < 0)),
    )


def itself(measure: Measure, values: Mapping[str, float]) -> Lever:
    """A measure as its own lever."""
    value = values[measure.code]
    return Lever(measure, value, value, lambda number: _rounded(measure, number), float)


def _rounded(measure: Measure, value: float) -> float:
    """A single value, rounded as its measure says."""
    return value if measure.decimals is None else float(rounded(measure, np.array([value]))[0])


def meeting(edge: Condition, measure: Measure) -> float:
    """A value of a measure that just meets an edge, whatever it is now."""
    if edge.any_value:
        return 0.0
    if edge.family == "date":
        return edge.last_day
    return edge.low if edge.family == "yes_no" else itself(measure, {measure.code: math.nan}).target(edge)


def first_reached(wanted: float, per: int, fewer: bool, reached: Callable[[float], bool]) -> float:
    """The first multiple of ``1/per``, counted up (down where ``fewer``), at which ``reached`` holds.

    ``wanted`` is where to look first: floats and their rounding decide by how much the first lies beside it.
    ``wanted`` itself where there is none.
    """
    if not math.isfinite(wanted * per):
        return wanted
    sign = -1 if fewer else 1
    yes = round(wanted * per)
    stride = 1
    while not reached(yes / per):
        yes, stride = yes + sign * stride, 2 * stride
        if stride > _FAR:
            return wanted
    no, stride = yes - sign, 1
    while reached(no / per) and stride <= _FAR:
        yes, no, stride = no, no - sign * stride, 2 * stride
    lower, upper = sorted((yes, no))
    while upper - lower > 1:
        middle = (lower + upper) // 2
        if reached(middle / per) == fewer:
            lower = middle
        else:
            upper = middle
    return (lower if fewer else upper) / per
