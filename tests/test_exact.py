"""The vectorised scorer against a slow and obvious one that counts in whole numbers and fractions.

The slow one is written from the design's words and reads the typed conditions by itself. 2,000 units are made up for each of the
five samples' level tables, most of their values on a threshold or one step beside it; nothing may differ.
"""

import math
import random
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from tablebook import one_kpi
from workspace import BURIRAM, CHACHOENGSAO, CHIEFS, NAKHON_PHANOM, RAYONG, SAMPLES

from kpibatch.config import RankingRules
from kpibatch.findings import NOWHERE
from kpibatch.level_reader import read_levels
from kpibatch.levels import TOTAL, Baseline, LevelTables, Measure, Method, Node, Rollup, Source, Unit, ZeroRule
from kpibatch.measures import Measured, measure_all
from kpibatch.rank import Standing, Status, rank_units
from kpibatch.score import Scores, score_all
from kpibatch.thai import read_date
from kpibatch.values import Kind

UNITS = 2000
MONTHS = {
    BURIRAM: ("2565-06", date(2022, 6, 30)),
    CHACHOENGSAO: ("2561-02", date(2018, 2, 28)),
    NAKHON_PHANOM: ("2564-07", date(2021, 7, 31)),
    CHIEFS: ("2565-03", date(2022, 3, 31)),
    RAYONG: ("2554-06", date(2011, 6, 30)),
}
EARLIER = "2500-01"
QUOTIENTS = (Source.PERCENT, Source.GROWTH, Source.REDUCTION)
Number = int | Fraction


# --- the slow scorer ----------------------------------------------------------------------------------------------


def nine(value: Number) -> int:
    """Numbers are compared after rounding to 9 decimals, so as whole billionths."""
    return round(value * 10**9)


class Asked(NamedTuple):
    """What one cell of ระดับ asks by its edge: ``≥``, ``>``, ``≤``, ``<`` or ``=`` a number (a day is one, too), or ``any``."""

    sign: str
    number: Fraction = Fraction()

    def holds(self, value: Number | None) -> bool:
        if value is None or self.sign == "any":
            return value is not None
        a, b = nine(value), nine(self.number)
        return {"=": a == b, "≥": a >= b, ">": a > b, "≤": a <= b, "<": a < b}[self.sign]


@cache
def read_cell(text: str) -> Asked:
    bare = text.replace(" ", "")
    if bare in ("ใช่", "ไม่ใช่"):
        return Asked("=", Fraction(bare == "ใช่"))
    if found := re.fullmatch(r"(ภายใน|ก่อน)(.+)", bare):
        day = read_date(text.removeprefix(found[1]))
        assert day
        return Asked("≤" if found[1] == "ภายใน" else "<", Fraction(day.toordinal()))
    if found := re.fullmatch(r"([<>≤])([\d.]+)", bare):
        return Asked(found[1], Fraction(found[2]))
    found = re.fullmatch(r"(?:≥|ไม่น้อยกว่า|อย่างน้อย|ตั้งแต่|เพิ่มขึ้น|ลดลง|ได้)?(?:ร้อยละ)?([\d.]+)(?:-[\d.]+|ขึ้นไป)?", bare)
    assert found, text
    return Asked("≥", Fraction(found[1]))


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


class Book:
    """The level tables as the slow scorer looks things up in them; cases count from 1, 0 is a row without one."""

    def __init__(self, tables: LevelTables, today: date) -> None:
        self.tables, self.today = tables, today.toordinal()
        self.children = {code: tables.children(code) for code in (TOTAL, *tables.node)}
        self.rules: dict[str, list[SlowRule]] = {}
        self.cases: dict[str, list[tuple[str, Asked]]] = {}
        for rule in tables.rules:
            cases = self.cases.setdefault(rule.kpi, [])
            case = (rule.case.measure, read_cell(rule.case.condition.text())) if rule.case else None
            if case and case not in cases:
                cases.append(case)
            number = 1 + cases.index(case) if case else 0
            self.rules.setdefault(rule.kpi, []).append(SlowRule(rule.measure, read_row(rule.typed), number))
        self.asked: dict[str, list[Asked]] = {}
        for one in (rule for rules in self.rules.values() for rule in rules):
            self.asked.setdefault(one.measure, []).extend(filter(None, one.row))

    def lower_is_better(self, code: str) -> bool:
        signs = {one.sign for one in self.asked.get(code, ())}
        return bool(signs & {"≤", "<"}) and not signs & {"≥", ">"}

    def day_may_come(self, code: str) -> bool:
        """Whether a blank day is not missing yet, since all its deadlines lie ahead."""
        deadlines = [one.number for one in self.asked.get(code, ())]
        return self.tables.measures[code].kind is Kind.DATE and min(deadlines, default=Fraction()) > self.today


@dataclass
class Slow:
    """One unit, from its rolled-up values; those in ``stale`` were carried over from an earlier month."""

    book: Book
    unit: Unit
    given: dict[str, Number | None]
    stale: frozenset[str]
    computed: dict[str, Number | None] = field(default_factory=dict)

    def value(self, code: str) -> Number | None:
        """A measure: filled in, fixed, or computed from its parts."""
        measure = self.book.tables.measures[code]
        if not measure.ingredients:
            return self.given[code]
        if code not in self.computed:
            self.computed[code] = self.compute(measure)
        return self.computed[code]

    def compute(self, measure: Measure) -> Number | None:
        parts = [self.value(part) for part in measure.ingredients]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        if measure.source is Source.SUM:
            return sum(known)
        a, b = sum(known[:-1]), known[-1]
        if b == 0 and measure.zero_rule is ZeroRule.MISSING:
            return None
        if b == 0:
            return 100 if (measure.zero_rule is ZeroRule.PASS) != self.book.lower_is_better(measure.code) else 0
        return {Source.PERCENT: 100 * a, Source.GROWTH: 100 * (a - b), Source.REDUCTION: 100 * (b - a)}[measure.source] / Fraction(b)

    def is_incomplete(self, code: str) -> bool:
        return self.is_stale(code) or (self.value(code) is None and not self.book.day_may_come(code))

    def is_stale(self, code: str) -> bool:
        return code in self.stale or any(map(self.is_stale, self.book.tables.measures[code].ingredients))

    def applies(self, node: Node) -> bool:
        here = (not node.only or self.unit.code in node.only) and self.unit.code not in node.never
        return here and (not node.parent or self.applies(self.book.tables.node[node.parent]))

    def case(self, kpi: str) -> int:
        """The first case from the top that holds, from 1; 0 where none does or its measure is missing."""
        for number, (measure, condition) in enumerate(self.book.cases[kpi], 1):
            if self.value(measure) is None:
                return 0
            if condition.holds(self.value(measure)):
                return number
        return 0

    def rules(self, kpi: str) -> list[SlowRule]:
        return [rule for rule in self.book.rules[kpi] if rule.case in (0, self.case(kpi))]

    def level(self, kpi: str) -> int:
        """The longest unbroken run of levels met from level 1."""
        if self.book.cases[kpi] and not self.case(kpi):
            return 0
        level, rules = 0, self.rules(kpi)
        while level < self.book.tables.level_count and all(
            asked.holds(self.value(rule.measure)) for rule in rules if (asked := rule.row[level])
        ):
            level += 1
        return level

    def is_provisional(self, kpi: str) -> bool:
        asked = {measure for measure, _ in self.book.cases[kpi]} | {rule.measure for rule in self.rules(kpi)}
        return any(map(self.is_incomplete, asked))

    def score(self, leaf: Node) -> Fraction:
        below, scores = Fraction(self.book.tables.round.below_one), [Fraction(score) for score in self.book.tables.scores]
        if leaf.method is Method.STEPS:
            return [below, *scores][self.level(leaf.code)]
        [rule] = self.rules(leaf.code)
        value, knots = self.value(rule.measure), [asked for asked in rule.row if asked]
        if value is None or not knots[0].holds(value):
            return below
        return between(Fraction(value), [knot.number for knot in knots], scores)

    @cached_property
    def tree(self) -> dict[str, tuple[Fraction, bool]]:
        """Every node that applies: its score, and whether it is provisional."""
        found: dict[str, tuple[Fraction, bool]] = {}
        self.add(TOTAL, found)
        return found

    def add(self, code: str, found: dict[str, tuple[Fraction, bool]]) -> None:
        children = self.book.children[code]
        for node in children:
            self.add(node.code, found)
        applying = [(Fraction(str(node.weight)), *found[node.code]) for node in children if node.code in found]
        if applying:
            whole = sum(weight for weight, _, _ in applying)
            found[code] = sum(weight * score for weight, score, _ in applying) / Fraction(whole), any(one[2] for one in applying)
        elif not children and self.applies(self.book.tables.node[code]):
            found[code] = self.score(self.book.tables.node[code]), self.is_provisional(code)


def between(value: Fraction, knots: Sequence[Fraction], scores: Sequence[Fraction]) -> Fraction:
    """Linear between the levels' edges (rising here), at most the top score."""
    below = max(number for number, knot in enumerate(knots) if nine(value) >= nine(knot))
    if below == len(knots) - 1:
        return scores[below]
    return scores[below] + (scores[below + 1] - scores[below]) * (value - knots[below]) / (knots[below + 1] - knots[below])


class Place(NamedTuple):
    """One unit in the ranking; ``total`` in ten-thousandths."""

    total: int
    percent: Fraction
    rating: str
    rank: int
    status: Status


def ranking(units: Sequence[Slow], sent: set[str]) -> dict[str, Place]:
    """Half-up to 4 decimals once; bands and ranks use that number; ranks are 1, 2, 2, 4."""
    tables = units[0].book.tables
    totals = {one.unit.code: math.floor(one.tree[TOTAL][0] * 10**4 + Fraction(1, 2)) for one in units}
    in_order = sorted(totals[code] for code in sent)
    places = {}
    for one in units:
        code, total = one.unit.code, totals[one.unit.code]
        percent = Fraction(total, 100) / Fraction(tables.top_score)
        rating = next(word for least, word in sorted(tables.rating_typed, reverse=True) if percent >= Fraction(least))
        status = Status.NOT_SUBMITTED if code not in sent else Status.PROVISIONAL if one.tree[TOTAL][1] else Status.OK
        places[code] = Place(total, percent, rating, 1 + len(sent) - bisect_right(in_order, total), status)
    return places


# --- units made up, most of their values where it is decided --------------------------------------------------------


def a_step(measure: Measure) -> Fraction:
    """One household, one day, one satang, a hundredth of a percent."""
    return Fraction(1, 100) if measure.kind in (Kind.AMOUNT, Kind.PERCENT) else Fraction(1)


def anything(measure: Measure, tables: LevelTables, chance: random.Random) -> Number:
    if measure.kind is Kind.YES_NO:
        return int(chance.random() < 0.8)
    if measure.kind is Kind.DATE:
        return (tables.round.start + timedelta(chance.randrange(-20, 200))).toordinal()
    if measure.kind is Kind.NUMBER:
        return chance.choice((0, 1, 3, 57, 100, 100, 200, chance.randint(1, 5000)))
    return chance.choice((Fraction(0), Fraction(1), Fraction(29, 100), Fraction(100), Fraction(chance.randint(1, 10**9), 100)))


def aim(asked: Asked, measure: Measure, given: dict[str, Number | None], tables: LevelTables, chance: random.Random) -> None:
    """Put what a measure is made of on a threshold or one step beside it."""
    filled = tables.measures[measure.numerator[0]] if measure.ingredients else measure
    wanted, step = asked.number, a_step(filled)
    if asked.sign == "any" or filled.source is Source.ON_TIME:
        return
    if measure.kind is Kind.YES_NO:
        given[filled.code] = int(wanted) if chance.random() < 0.95 else 1 - int(wanted)
        return
    if measure.ingredients:
        whole = Fraction(given[measure.denominator] or 0)
        share = {Source.PERCENT: wanted, Source.GROWTH: 100 + wanted, Source.REDUCTION: 100 - wanted}[measure.source]
        wanted = whole * share / 100
    round_off = chance.choice((math.floor, math.ceil))
    beside = chance.choices((0, 1, -1), (6, 1, 1))[0] if asked.sign in "≥≤" else chance.choice((0, 1, -1))
    given[filled.code] = max(Fraction(0), (round_off(wanted / step) + beside) * step)


def make_up(book: Book, unit: Unit, chance: random.Random) -> Slow:
    tables = book.tables
    given: dict[str, Number | None] = {
        code: anything(measure, tables, chance) for code, measure in tables.measures.items() if not measure.ingredients
    }
    for code, measure in tables.measures.items():
        if measure.source is Source.ON_TIME:
            given[code] = Fraction(100 * chance.randint(0, 6), 6)
    for rules in book.rules.values():
        goal = chance.choice((*range(tables.level_count + 1), tables.level_count))
        for rule in chance.sample(rules, len(rules)):
            reached = [asked for asked in rule.row[:goal] if asked]
            aim(
                reached[-1] if reached else chance.choice([one for one in rule.row if one]),
                tables.measures[rule.measure],
                given,
                tables,
                chance,
            )
    missing = [code for code in given if chance.random() < 0.01]
    stale = {code for code in given if chance.random() < 0.005 and code not in missing}
    stale = {code for code in stale if tables.measures[code].source is Source.FORM and tables.measures[code].kind is not Kind.DATE}
    return Slow(book, unit, given | dict.fromkeys(missing), frozenset(stale))


def enlarged(tables: LevelTables, chance: random.Random) -> LevelTables:
    """The tables with 2,000 units, KPIs that some of them lack, and every month's value the latest one (roll-up is not at issue)."""
    units = tuple(Unit(f"u{number}", f"หน่วย {number}") for number in range(UNITS))
    codes = [unit.code for unit in units]

    def some(share: float) -> frozenset[str]:
        return frozenset(chance.sample(codes, int(share * UNITS)))

    nodes = tuple(
        replace(node, only=some(0.4) if node.only else node.only, never=some(0.4 if node.never else 0.01)) for node in tables.nodes if node
    )
    measures = {code: replace(measure, rollup=Rollup.LAST) for code, measure in tables.measures.items()}
    return replace(tables, units=units, nodes=nodes, measures=measures, baselines={})


def measured_of(units: Sequence[Slow], tables: LevelTables, month: str) -> tuple[Measured, LevelTables]:
    """The same values through the program's own door: cells by month, baselines, percent of timely submissions."""
    forms = [code for code, measure in tables.measures.items() if measure.source is Source.FORM]
    cells = [
        (one.unit.code, code, EARLIER if code in one.stale else month, float(value), "ok", "f", "s", "A1")
        for one in units
        for code in forms
        if (value := one.given[code]) is not None
    ]
    frame = pd.DataFrame(cells, columns=["unit", "measure", "month", "value", "state", "file", "sheet", "cell"])
    fixed = [code for code, measure in tables.measures.items() if measure.source is Source.BASE]
    given = ((one.unit.code, code, one.given[code]) for one in units for code in fixed)
    tables = replace(tables, baselines={(unit, code): Baseline(float(value), NOWHERE) for unit, code, value in given if value is not None})
    timely = {
        one.unit.code: float(value)
        for one in units
        for code, measure in tables.measures.items()
        if measure.source is Source.ON_TIME and (value := one.given[code]) is not None
    }
    return measure_all(frame, tables, timely), tables


# --- and the comparison -------------------------------------------------------------------------------------------


def differences(units: Sequence[Slow], measured: Measured, scores: Scores, standings: dict[str, Standing], sent: set[str]) -> Iterator[str]:
    places, tables = ranking(units, sent), units[0].book.tables
    columns = {code: measured.values[code].to_numpy(float) for code in tables.measures}
    nodes = {code: (scores.scores[code].to_numpy(float), scores.provisional[code].to_numpy(bool)) for code in scores.scores}
    for row, one in enumerate(units):
        name = one.unit.code
        for code, column in columns.items():
            value = one.value(code)
            if math.isnan(column[row]) != (value is None) or (
                value is not None and not math.isclose(column[row], value, rel_tol=1e-12, abs_tol=1e-9)
            ):
                yield f"{name} {code}: {column[row]} for {value}"
        for code, (score, provisional) in nodes.items():
            mine = one.tree.get(code)
            if math.isnan(score[row]) != (mine is None) or (mine and abs(Fraction(score[row]) - mine[0]) > 1e-9):
                yield f"{name} {code}: score {score[row]} for {mine}"
            if mine and provisional[row] != mine[1]:
                yield f"{name} {code}: provisional {provisional[row]}"
        for code, kpi in scores.kpis.items():
            if code in one.tree and kpi.level[row] != one.level(code):
                yield f"{name} {code}: level {kpi.level[row]} for {one.level(code)}, {[(r.measure, one.value(r.measure)) for r in one.rules(code)]}"
        yield from _misplaced(standings[name], places[name])


def _misplaced(standing: Standing, place: Place) -> Iterator[str]:
    if standing.status is not place.status:
        yield f"{standing.unit}: {standing.status} for {place.status}"
    if place.status is Status.NOT_SUBMITTED:
        same = standing.rank == 0 and math.isnan(standing.total) and not standing.rating
    else:
        same = (standing.total, standing.rank, standing.rating) == (place.total / 10**4, place.rank, place.rating)
        same &= math.isclose(standing.percent, place.percent, abs_tol=1e-9)
    if not same:
        yield f"{standing} for {place}"


@pytest.mark.parametrize("name", MONTHS)
def test_the_vectorised_scorer_is_the_slow_one(name: str) -> None:
    chance = random.Random(name)
    month, today = MONTHS[name]
    tables = enlarged(read_levels(SAMPLES / name / "level_tables.xlsx")[0], chance)
    book = Book(tables, today)
    units = [make_up(book, unit, chance) for unit in tables.units]
    sent = {unit.code for unit in tables.units if chance.random() < 0.97}
    measured, tables = measured_of(units, tables, month)
    scores = score_all(measured, tables, month)
    standings = {one.unit: one for one in rank_units(scores, sent, tables, RankingRules())}
    found = list(differences(units, measured, scores, standings, sent))
    assert not found, f"{len(found)} differences, such as {found[:5]}"
    for leaf in tables.leaves:  # else the comparison would say little
        assert {int(level) for level in scores.kpis[leaf.code].level} == set(range(tables.level_count + 1)), leaf.code
    ranks = [one.rank for one in standings.values()]
    assert len(set(ranks)) < len(ranks) - ranks.count(0)
