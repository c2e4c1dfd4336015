"""A slow and obvious scorer that counts in whole numbers and fractions.

It is written from the design's words and reads the typed conditions by itself.
"""

import math
import operator
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache, cached_property
from typing import NamedTuple

from slow_points import mean_and_deviation, standard, within

from kpibatch.base.kinds import Kind
from kpibatch.base.thai import read_date
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL, Measure, Method, Node, Source, Unit, ZeroRule
from kpibatch.scoring.rank import Status

Number = int | Fraction


def nine(value: Number) -> int:
    """Numbers are compared after rounding to 9 decimals, so as whole billionths."""
    return (2 * 10**9 * value.numerator + value.denominator) // (2 * value.denominator)


COMPARE = {"=": operator.eq, "≥": operator.ge, ">": operator.gt, "≤": operator.le, "<": operator.lt}


class Asked(NamedTuple):
    """What one cell of ระดับ asks by its edge: ``≥``, ``>``, ``≤``, ``<`` or ``=`` a number (a day is one,
    too), or ``any``; ``upper`` is the other end of a band of which both count, with its own sign.

    Where ``of`` names a measure, the number is that many more than ``times`` the measure.
    """

    sign: str
    number: Fraction = Fraction()
    billionths: int = 0
    upper: tuple[str, int] | None = None
    of: str = ""
    times: Fraction = Fraction(1)

    def holds(self, value: Number | None, of: Number | None = None) -> bool:
        if value is None or self.sign == "any":
            return value is not None
        if self.of:
            return of is not None and COMPARE[self.sign](nine(value), nine(self.own(of)))
        inside = not self.upper or COMPARE[self.upper[0]](nine(value), self.upper[1])
        return inside and COMPARE[self.sign](nine(value), self.billionths)

    def own(self, of: Number) -> Fraction:
        return self.times * Fraction(of) + self.number


def ask(sign: str, number: str | int) -> Asked:
    return Asked(sign, Fraction(number), nine(Fraction(number)))


@cache
def read_cell(text: str) -> Asked:
    bare = text.replace(" ", "")
    if bare in ("ใช่", "ไม่ใช่"):
        return ask("=", int(bare == "ใช่"))
    if found := re.fullmatch(r"(ภายใน|ก่อน)(.+)", bare):
        day = read_date(text.removeprefix(found[1]))
        assert day
        return ask("≤" if found[1] == "ภายใน" else "<", day.toordinal())
    if found := re.fullmatch(r"([<>≤])([\d.]+)", bare):
        return ask(found[1], found[2])
    if found := re.fullmatch(r"([\d.]+)(-|[<≤]x[<≤])([\d.]+)เท่านั้น", bare):
        signs = found[2].replace("-", "≤x≤")
        upper = signs[2], nine(Fraction(found[3]))
        return ask({"≤": "≥", "<": ">"}[signs[0]], found[1])._replace(upper=upper)
    if found := re.fullmatch(r"([≥>≤<])([A-Za-z]\w*(?:\.\w+)*)(?:×([\d.]+))?(?:([+−-])([\d.]+))?", bare):
        more = Fraction(found[5] or 0) * (1 if found[4] == "+" else -1)
        return Asked(found[1], more, 0, None, found[2], Fraction(found[3] or 1))
    found = re.fullmatch(
        r"(?:≥|ไม่น้อยกว่า|อย่างน้อย|ตั้งแต่|เพิ่มขึ้น|ลดลง|ได้)?(?:ร้อยละ)?(-?[\d.]+)(?:-[\d.]+|ขึ้นไป)?", bare
    )
    assert found, text
    return ask("≥", found[1])


@cache
def read_row(texts: tuple[str, ...]) -> tuple[Asked | None, ...]:
    """A row by its edges: an upper bound at the start of a rising row asks for any result."""
    row = [read_cell(text) if text else None for text in texts]
    filled = [number for number, asked in enumerate(row) if asked]
    if len(filled) > 1 and [row[number].sign for number in filled[:2]] in (["≤", "≥"], ["<", "≥"]):  # type: ignore[union-attr]
        row[filled[0]] = Asked("any")
    return tuple(row)


class SlowRule(NamedTuple):
    measure: str
    row: tuple[Asked | None, ...]
    case: int
    group: str = ""

    @property
    def codes(self) -> list[str]:
        return [self.measure, *(asked.of for asked in self.row if asked and asked.of)]


class Book:
    """The level tables as the slow scorer looks things up in them; cases count from 1, 0 is a row without
    one.
    """

    def __init__(self, tables: LevelTables, today: date) -> None:
        self.tables, self.today = tables, today.toordinal()
        self.children = {code: tables.children(code) for code in (TOTAL, *tables.node)}
        self.rules: dict[str, list[SlowRule]] = {}
        self.deductions: list[tuple[str, SlowRule, list[Fraction]]] = []
        self.peers: list[Slow] = []  # the units that have sent
        self.among: dict[str, tuple[Fraction, Fraction]] = {}
        self.cases: dict[str, list[tuple[str, Asked]]] = {}
        for rule in tables.rules:
            cases = self.cases.setdefault(rule.kpi, [])
            case = (rule.case.measure, read_cell(rule.case.condition.text())) if rule.case else None
            if case and case not in cases:
                cases.append(case)
            number = 1 + cases.index(case) if case else 0
            read = SlowRule(rule.measure, read_row(rule.typed), number, rule.group)
            if rule.deducts:
                self.deductions.append((rule.kpi, read, [Fraction(str(points)) for points in rule.deducts]))
            else:
                self.rules.setdefault(rule.kpi, []).append(read)
        self.asked: dict[str, list[Asked]] = {}
        for one in (rule for rules in self.rules.values() for rule in rules):
            self.asked.setdefault(one.measure, []).extend(filter(None, one.row))

    def lower_is_better(self, code: str) -> bool:
        signs = {one.sign for one in self.asked.get(code, ())}
        return bool(signs & {"≤", "<"}) and not signs & {"≥", ">"}

    def day_may_come(self, code: str) -> bool:
        """Whether a blank day is not missing yet, since all its deadlines lie ahead."""
        deadlines = [one.number for one in self.asked.get(code, ())]
        return (
            self.tables.measures[code].kind is Kind.DATE and min(deadlines, default=Fraction()) > self.today
        )

    def workdays(self, start: Number, end: Number) -> int:
        """Day by day from the one after ``start`` to ``end``; backwards it is as many less."""
        if end < start:
            return -self.workdays(end, start)
        days = (date.fromordinal(number) for number in range(int(start) + 1, int(end) + 1))
        free = {holiday.day for holiday in self.tables.holidays}
        return sum(day.weekday() < 5 and day.toordinal() not in free for day in days)


def highest(numbers: Sequence[Number], count: int) -> Number:
    return Fraction(sum(sorted(numbers, reverse=True)[:count])) / count


OF_ALL: Mapping[Source, Callable[[Sequence[Number], int], Number]] = {
    Source.SUM: lambda numbers, _: sum(numbers),
    Source.MEAN: lambda numbers, _: Fraction(sum(numbers)) / len(numbers),
    Source.HIGHEST: lambda numbers, _: max(numbers),
    Source.LOWEST: lambda numbers, _: min(numbers),
    Source.MEAN_OF_HIGHEST: highest,
}


def rounded(value: Number, decimals: int | None) -> Number:
    """With so many decimals, a half of the last away from zero, after 9 decimals."""
    if decimals is None:
        return value
    steps = abs(Fraction(nine(value), 10**9)) * 10**decimals
    whole = math.floor(steps + Fraction(1, 2))
    return Fraction(whole if value > 0 else -whole, 10**decimals)


@dataclass(eq=False)
class Slow:
    """One unit, from its rolled-up values; those in ``stale`` were carried over from an earlier month."""

    book: Book
    unit: Unit
    given: dict[str, Number | None]
    stale: frozenset[str]
    computed: dict[str, Number | None] = field(default_factory=dict)
    nodes: dict[str, tuple[Fraction, bool] | None] = field(default_factory=dict)
    has_sent: bool = True

    def value(self, code: str) -> Number | None:
        """A measure: filled in, fixed, or computed from its parts."""
        measure = self.book.tables.measures[code]
        if not measure.ingredients:
            given = self.given[code]
            return given if given is None else rounded(given, measure.decimals)
        if code not in self.computed:
            self.computed[code] = self.compute(measure)
        return self.computed[code]

    def compute(self, measure: Measure) -> Number | None:
        value = self.exactly(measure)
        return value if value is None else rounded(value, measure.decimals)

    def exactly(self, measure: Measure) -> Number | None:
        if measure.source is Source.DONE:
            return self.done(measure)
        parts = [self.value(part) for part in measure.ingredients]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        if measure.source in OF_ALL:
            return OF_ALL[measure.source](known, measure.count)
        if measure.source is Source.WORKDAYS:
            return self.book.workdays(known[1], known[0])
        a, b = sum(known[:-1]), known[-1]
        if measure.source is Source.DIFFERENCE:
            return a - b
        if b == 0 and measure.zero_rule is ZeroRule.MISSING:
            return None
        if b == 0:
            return (
                100 if (measure.zero_rule is ZeroRule.PASS) != self.book.lower_is_better(measure.code) else 0
            )
        above = {Source.PERCENT: 100 * a, Source.GROWTH: 100 * (a - b), Source.REDUCTION: 100 * (b - a)}
        return above.get(measure.source, a) / Fraction(b)

    def done(self, measure: Measure) -> Number | None:
        """How many of the answers are yes and how many of the days are given; none without every answer."""
        done = 0
        for part in measure.numerator:
            value = self.value(part)
            if self.book.tables.measures[part].kind is Kind.DATE:
                done += value is not None
            elif value is None:
                return None
            else:
                done += value == 1
        return done

    def is_incomplete(self, code: str) -> bool:
        return self.is_stale(code) or (self.value(code) is None and not self.book.day_may_come(code))

    def is_stale(self, code: str) -> bool:
        return code in self.stale or any(map(self.is_stale, self.book.tables.measures[code].ingredients))

    def applies(self, node: Node) -> bool:
        here = self.row_of(node) is not None
        return here and (not node.parent or self.applies(self.book.tables.node[node.parent]))

    def row_of(self, node: Node) -> Node | None:
        """The first row from the top that is meant for the unit."""
        unit = self.unit
        for row in node.rows:
            named = (not row.only or unit.code in row.only) and unit.code not in row.never
            of_group = not row.groups or unit.group in row.groups
            if named and of_group and (not row.positions or unit.position in row.positions):
                return row
        return None

    def no_target(self, kpi: str) -> bool:
        """Whether the KPI leaves the unit: all that it divides by is a known zero."""
        if self.book.tables.node[kpi].leaves is False or (self.book.cases[kpi] and not self.case[kpi]):
            return False
        measures = [self.book.tables.measures[rule.measure] for rule in self.rules[kpi] if any(rule.row)]
        kinds = (Source.PERCENT, Source.GROWTH, Source.REDUCTION, Source.RATIO)
        below = [measure.denominator for measure in measures if measure.source in kinds]
        stale = any(map(self.is_stale, self.needed(kpi)))
        return bool(below) and all(self.value(code) == 0 for code in below) and not stale

    def weight(self, node: Node) -> Fraction:
        row = self.row_of(node)
        assert row
        fixed = self.given[row.weight_measure] if row.weight_measure else Fraction(str(row.weight))
        return Fraction(fixed or 0)

    def case_of(self, kpi: str) -> int:
        """The first case from the top that holds, from 1; 0 where none does or its measure is missing."""
        for number, (measure, condition) in enumerate(self.book.cases[kpi], 1):
            if self.value(measure) is None:
                return 0
            if condition.holds(self.value(measure)):
                return number
        return 0

    @cached_property
    def case(self) -> dict[str, int]:
        return {kpi: self.case_of(kpi) for kpi in self.book.cases}

    @cached_property
    def rules(self) -> dict[str, list[SlowRule]]:
        return {
            kpi: [rule for rule in rules if rule.case in (0, self.case[kpi])]
            for kpi, rules in self.book.rules.items()
        }

    @cached_property
    def level(self) -> dict[str, int]:
        return {kpi: self.level_of(kpi) for kpi in self.book.rules}

    def level_of(self, kpi: str) -> int:
        """The longest unbroken run of levels met from level 1."""
        level = 0
        own = len(self.book.tables.node[kpi].own_scores)
        while level < (own or self.book.tables.level_count) and self.met(kpi, level):
            level += 1
        return level

    def met(self, kpi: str, level: int) -> bool:
        if self.book.cases[kpi] and not self.case[kpi]:
            return False
        for rules in self.together(kpi):
            asking = [rule for rule in rules if rule.row[level]]
            if asking and not any(self.fulfils(rule, level) for rule in asking):
                return False
        return True

    def together(self, kpi: str) -> list[list[SlowRule]]:
        """Rows of one group and one case are alternatives; every other row stands for itself."""
        single = [[rule] for rule in self.rules[kpi] if not rule.group]
        names = {(rule.group, rule.case) for rule in self.rules[kpi] if rule.group}
        return single + [[rule for rule in self.rules[kpi] if rule[2:] == (c, g)] for g, c in names]

    def fulfils(self, rule: SlowRule, level: int) -> bool:
        asked = rule.row[level]
        return asked is not None and asked.holds(
            self.value(rule.measure), self.value(asked.of) if asked.of else None
        )

    def is_provisional(self, kpi: str) -> bool:
        return any(map(self.is_incomplete, self.needed(kpi)))

    def needed(self, kpi: str) -> set[str]:
        """What a KPI's level hangs on."""
        asked = {measure for measure, _ in self.book.cases[kpi]}
        for rules in self.together(kpi):
            levels = {level for rule in rules for level, one in enumerate(rule.row) if one}
            held = (any(self.fulfils(rule, level) for rule in rules) for level in levels)
            if len(rules) == 1 or not all(held):
                asked |= {code for rule in rules for code in rule.codes}
        return asked | {code for rule, _ in self.deductions(kpi) for code in rule.codes}

    def deductions(self, kpi: str) -> list[tuple[SlowRule, list[Fraction]]]:
        """The rows that take points off a unit in its case."""
        of_kpi = [(rule, points) for code, rule, points in self.book.deductions if code == kpi]
        return [(rule, points) for rule, points in of_kpi if rule.case in (0, self.case[kpi])]

    def taken_off(self, kpi: str) -> Fraction:
        """The points of the last condition that holds, or so many for each one."""
        off = Fraction(0)
        for rule, points in self.deductions(kpi):
            asking = [level for level, asked in enumerate(rule.row) if asked]
            held = [number for number, level in enumerate(asking) if self.fulfils(rule, level)]
            if held:
                off += points[held[-1]]
            if not asking and (value := self.value(rule.measure)):
                off += max(Fraction(0), points[0] * value)
        return off

    def compared(self, code: str) -> Number | None:
        """What the unit is compared by; none where it has not sent, has no value or the node is not meant."""
        node = self.book.tables.node[code]
        if not self.has_sent or not self.applies(node):
            return None
        if self.book.children[code]:
            return self.mean(code)
        [rule] = self.rules[code]
        value, falls = self.value(rule.measure), any(one and one.sign in "≤<" for one in rule.row)
        return value if value is None or not falls else -value

    def standard(self, code: str) -> Fraction:
        if code not in self.book.among:
            values = (one.compared(code) for one in self.book.peers)
            self.book.among[code] = mean_and_deviation([value for value in values if value is not None])
        return standard(self.compared(code), *self.book.among[code])

    def score(self, leaf: Node) -> Fraction:
        points = self.points(leaf)
        points = points if leaf.cap is None else min(points, Fraction(str(leaf.cap)))
        return max(Fraction(0), points - self.taken_off(leaf.code)) if self.deductions(leaf.code) else points

    def points(self, leaf: Node) -> Fraction:
        below, scores = (
            Fraction(self.book.tables.round.below_one),
            [Fraction(score) for score in leaf.own_scores or self.book.tables.scores],
        )
        if leaf.method is Method.STEPS:
            return [below, *scores][self.level[leaf.code]]
        if leaf.method is Method.STANDARD:
            return within(scores[-1] * self.standard(leaf.code), leaf.cap, scores[-1])
        [rule] = self.rules[leaf.code]
        value, knots = self.value(rule.measure), [one for one in rule.row if one]
        if leaf.method is Method.PROPORTIONAL:
            top, of = knots[-1], self.value(knots[-1].of) if knots[-1].of else 0
            edge = top.number if not top.of else None if of is None else top.own(of)
            if value is None or edge is None or edge <= 0:
                return Fraction(0)
            return within(scores[-1] * Fraction(value) / edge, leaf.cap, scores[-1])
        owns = [self.value(knot.of) if knot.of else 0 for knot in knots]
        if value is None or None in owns or not knots[0].holds(value, owns[0]):
            return below
        edges = [
            knot.own(of) if knot.of and of is not None else knot.number
            for knot, of in zip(knots, owns, strict=True)
        ]
        return between(Fraction(value), edges, scores, beyond=leaf.cap is not None)

    @cached_property
    def tree(self) -> dict[str, tuple[Fraction, bool]]:
        """Every node that applies: its score, and whether it is provisional."""
        found: dict[str, tuple[Fraction, bool]] = {}
        self.add(TOTAL, found)
        return found

    def add(self, code: str, found: dict[str, tuple[Fraction, bool]]) -> None:
        for node in self.book.children[code]:
            self.add(node.code, found)
        if result := self.node(code):
            found[code] = result

    def node(self, code: str) -> tuple[Fraction, bool] | None:
        """A node's score and whether it is provisional; none where it does not apply."""
        if code not in self.nodes:
            self.nodes[code] = self.reckoned(code)
        return self.nodes[code]

    def reckoned(self, code: str) -> tuple[Fraction, bool] | None:
        tables = self.book.tables
        if not self.book.children[code]:
            node = tables.node[code]
            return (
                (self.score(node), self.is_provisional(code))
                if self.applies(node) and not self.no_target(code)
                else None
            )
        mean = self.mean(code)
        if mean is None:
            return None
        cap = tables.round.cap if code == TOTAL else tables.node[code].cap
        if code != TOTAL and tables.node[code].method is Method.STANDARD:
            full = Fraction(tables.top_score)
            mean = within(full * self.standard(code), cap, full)
        elif cap is not None:
            mean = min(mean, Fraction(str(cap)))
        return mean, any(result[1] for child in self.book.children[code] if (result := self.node(child.code)))

    def mean(self, code: str) -> Fraction | None:
        """The weighted mean of the children that apply."""
        applying = [
            (self.weight(child), result[0])
            for child in self.book.children[code]
            if (result := self.node(child.code))
        ]
        if not applying:
            return None
        whole = Fraction(sum(weight for weight, _ in applying))
        return sum((weight * score for weight, score in applying), Fraction()) / whole


def between(
    value: Fraction, knots: Sequence[Fraction], scores: Sequence[Fraction], *, beyond: bool = False
) -> Fraction:
    """Linear between the levels' edges (rising here), at most the top score, or further ``beyond`` it."""
    below = max(number for number, knot in enumerate(knots) if nine(value) >= nine(knot))
    if below == len(knots) - 1:
        if not beyond:
            return scores[below]
        below -= 1
    return scores[below] + (scores[below + 1] - scores[below]) * (value - knots[below]) / (
        knots[below + 1] - knots[below]
    )


class Place(NamedTuple):
    """One unit in the ranking; ``total`` in ten-thousandths; ``in_group`` is the rank among its group."""

    total: int
    percent: Fraction
    rating: str
    rank: int
    status: Status
    in_group: int


def ranking(units: Sequence[Slow], sent: set[str], *, gaps: bool = True) -> dict[str, Place]:
    """Half-up to 4 decimals once; bands and ranks use that number; ranks are 1, 2, 2, 4, or 1, 2, 2, 3."""
    tables = units[0].book.tables
    nothing = {one.unit.code: one for one in units if TOTAL not in one.tree}
    units = [one for one in units if one.unit.code not in nothing]
    totals = {one.unit.code: math.floor(one.tree[TOTAL][0] * 10**4 + Fraction(1, 2)) for one in units}
    members: dict[str, list[int]] = {}
    for one in units:
        if one.unit.code in sent:
            members.setdefault(one.unit.group, []).append(totals[one.unit.code])
    rungs = {group: sorted(own if gaps else set(own)) for group, own in members.items()}
    every = [total for own in members.values() for total in own]
    all_rungs = sorted(every if gaps else set(every))

    def rank(total: int, among: list[int]) -> int:
        return 1 + len(among) - bisect_right(among, total)

    places = {
        code: Place(
            *(0, Fraction(), "", 0), Status.NOT_APPLICABLE if code in sent else Status.NOT_SUBMITTED, 0
        )
        for code in nothing
    }
    for one in units:
        code, total = one.unit.code, totals[one.unit.code]
        percent = Fraction(total, 100) / Fraction(tables.top_score)
        rating = next(
            word for least, word in sorted(tables.rating_typed, reverse=True) if percent >= Fraction(least)
        )
        status = (
            Status.NOT_SUBMITTED
            if code not in sent
            else Status.PROVISIONAL
            if one.tree[TOTAL][1]
            else Status.OK
        )
        group = one.unit.group
        in_group = rank(total, rungs[group]) if code in sent and group else 0
        places[code] = Place(total, percent, rating, rank(total, all_rungs), status, in_group)
    return places
