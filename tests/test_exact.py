"""The vectorised scorer against a slow and obvious one that holds every number as a whole number or a fraction.

The slow one is written from the design's words and reads the level tables' typed conditions by itself. 2,000 units are made up
for each of the five samples' tables, most of their values on a threshold or one step beside it, and nothing may differ.
"""

import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from tablebook import levels, one_kpi
from workspace import BURIRAM, CHACHOENGSAO, CHIEFS, NAKHON_PHANOM, RAYONG, SAMPLES

from kpibatch.config import RankingRules
from kpibatch.findings import NOWHERE
from kpibatch.intake import OK
from kpibatch.level_reader import read_levels
from kpibatch.levels import TOTAL, Baseline, LevelTables, Measure, Method, Node, Rollup, Rule, Source, Unit, ZeroRule
from kpibatch.measures import Measured, measure_all
from kpibatch.rank import Standing, Status, rank_units
from kpibatch.score import Scores, score_all
from kpibatch.thai import read_date
from kpibatch.values import Kind

UNITS = 2000
MONTH = {BURIRAM: "2565-06", CHACHOENGSAO: "2561-02", NAKHON_PHANOM: "2564-07", CHIEFS: "2565-03", RAYONG: "2554-06"}
MONTH_END = {BURIRAM: date(2022, 6, 30), CHACHOENGSAO: date(2018, 2, 28), NAKHON_PHANOM: date(2021, 7, 31)} | {
    CHIEFS: date(2022, 3, 31),
    RAYONG: date(2011, 6, 30),
}
QUOTIENTS = (Source.PERCENT, Source.GROWTH, Source.REDUCTION)
Number = int | Fraction
Values = dict[str, Number | None]


# --- the conditions, read once more -------------------------------------------------------------------------------


class Asked(NamedTuple):
    """What one cell of ระดับ asks by its edge: ``≥``, ``>``, ``≤`` or ``<`` a number (a day counts as one), ``=``, or ``any``."""

    sign: str
    number: Number = 0

    def holds(self, value: Number | None) -> bool:
        if value is None:
            return False
        value = nine(value)
        return {
            "any": True,
            "=": value == self.number,
            "≥": value >= self.number,
            ">": value > self.number,
            "≤": value <= self.number,
            "<": value < self.number,
        }[self.sign]


@cache
def nine(value: Number) -> Fraction:
    """Numbers are compared after rounding to 9 decimals."""
    return Fraction(round(Fraction(value) * 10**9), 10**9)


AT_LEAST = r"(?:≥|ไม่น้อยกว่า|อย่างน้อย|ตั้งแต่|เพิ่มขึ้น|ลดลง|ได้)?(?:ร้อยละ)?([\d.]+)(?:ขึ้นไป)?"


@cache
def read_cell(text: str, first: bool = False) -> Asked | None:
    """A cell as typed. ``first``: what bounds only the other side at the start of a rising row asks for any result."""
    text = text.replace(" ", "")
    if text in ("ใช่", "ไม่ใช่"):
        return Asked("=", int(text == "ใช่"))
    if found := re.fullmatch(r"(ภายใน|ก่อน)(.+)", text):
        day = read_date(found[2])
        assert day
        return Asked("≤" if found[1] == "ภายใน" else "<", day.toordinal())
    if found := re.fullmatch(r"([\d.]+)-[\d.]+", text):
        return Asked("≥", Fraction(found[1]))
    if found := re.fullmatch(r"([<>≤])([\d.]+)", text):
        return Asked("any") if first else Asked(found[1], Fraction(found[2]))
    found = re.fullmatch(AT_LEAST, text)
    return Asked("≥", Fraction(found[1])) if found else None


@cache
def read_row(rule: Rule) -> tuple[Asked | None, ...]:
    texts = [text for text in rule.typed if text]
    rising = len(texts) > 1 and not all(text.startswith(("≤", "ภายใน", "ก่อน")) for text in texts)
    row = [read_cell(text, rising and text is texts[0] and text.startswith("≤")) if text else None for text in rule.typed]
    assert all((one is None) == (text == "") for one, text in zip(row, rule.typed, strict=True))
    return tuple(row)


# --- the slow scorer ----------------------------------------------------------------------------------------------


@dataclass
class Slow:
    """Everything about one unit, from its rolled-up values; ``stale`` are the values carried over from an earlier month."""

    tables: LevelTables
    unit: Unit
    given: Values
    stale: frozenset[str]
    today: int

    def value(self, code: str) -> Number | None:
        """A measure: filled in, fixed, or computed from its parts."""
        measure = self.tables.measures[code]
        if measure.source not in (*QUOTIENTS, Source.SUM):
            return self.given.get(code)
        if code in self.given:
            return self.given[code]
        parts = [self.value(part) for part in measure.numerator]
        a = None if None in parts else Fraction(sum(part for part in parts if part is not None))
        self.given[code] = a if measure.source is Source.SUM else self.quotient(measure, a, self.value(measure.denominator))
        return self.given[code]

    def quotient(self, measure: Measure, a: Number | None, b: Number | None) -> Number | None:
        if a is None or b is None:
            return None
        if b == 0:
            passes = measure.zero_rule is ZeroRule.PASS
            return None if measure.zero_rule is ZeroRule.MISSING else 100 if passes != lower_is_better(self.tables, measure.code) else 0
        return {Source.PERCENT: 100 * a, Source.GROWTH: 100 * (a - b), Source.REDUCTION: 100 * (b - a)}[measure.source] / Fraction(b)

    def incomplete(self, code: str) -> bool:
        """Whether a measure is missing or rests on an earlier month; a blank day is not missing while its deadlines lie ahead."""
        measure = self.tables.measures[code]
        if self.value(code) is None:
            return measure.kind is not Kind.DATE or first_deadline(self.tables, code) <= self.today
        return code in self.stale or any(self.rests_on_stale(part) for part in measure.ingredients)

    def rests_on_stale(self, code: str) -> bool:
        return code in self.stale or any(self.rests_on_stale(part) for part in self.tables.measures[code].ingredients)

    def applies(self, node: Node) -> bool:
        here = (not node.only or self.unit.code in node.only) and self.unit.code not in node.never
        return here and (not node.parent or self.applies(self.tables.node[node.parent]))

    def case_of(self, leaf: Node) -> int:
        """The first case from the top that holds, from 1; 0 where none does or its measure is missing."""
        for number, case in enumerate(self.tables.cases_of(leaf.code), 1):
            condition = read_cell(case.condition.text())
            assert condition
            if self.value(case.measure) is None:
                return 0
            if condition.holds(self.value(case.measure)):
                return number
        return 0

    def rules(self, leaf: Node) -> list[Rule]:
        cases = self.tables.cases_of(leaf.code)
        taken = cases[self.case_of(leaf) - 1] if self.case_of(leaf) else None
        return [rule for rule in rules_of(self.tables, leaf.code) if rule.case in (None, taken)]

    def met(self, leaf: Node, level: int) -> bool:
        if self.tables.cases_of(leaf.code) and not self.case_of(leaf):
            return False
        asked = [(read_row(rule)[level - 1], self.value(rule.measure)) for rule in self.rules(leaf)]
        return all(one.holds(value) for one, value in asked if one)

    def level(self, leaf: Node) -> int:
        """The longest unbroken run of levels met from level 1."""
        level = 0
        while level < self.tables.level_count and self.met(leaf, level + 1):
            level += 1
        return level

    def is_provisional(self, leaf: Node) -> bool:
        asked = {case.measure for case in self.tables.cases_of(leaf.code)} | {rule.measure for rule in self.rules(leaf)}
        return any(self.incomplete(code) for code in asked)

    def score(self, leaf: Node) -> Fraction:
        below, scores = Fraction(self.tables.round.below_one), [Fraction(score) for score in self.tables.scores]
        if leaf.method is Method.STEPS:
            return [below, *scores][self.level(leaf)]
        [rule] = self.rules(leaf)
        value, knots = self.value(rule.measure), [one for one in read_row(rule) if one]
        if not knots[0].holds(value):
            return below
        assert value is not None
        return between(nine(value), [Fraction(knot.number) for knot in knots], scores)

    @cached_property
    def tree(self) -> dict[str, tuple[Fraction, bool]]:
        """Every node that applies: its score and whether it is provisional."""
        found: dict[str, tuple[Fraction, bool]] = {}
        self.add(TOTAL, found)
        return found

    def add(self, code: str, found: dict[str, tuple[Fraction, bool]]) -> None:
        children = children_of(self.tables, code)
        if not children:
            leaf = self.tables.node[code]
            if self.applies(leaf):
                found[code] = self.score(leaf), self.is_provisional(leaf)
            return
        for node in children:
            self.add(node.code, found)
        applying = [(Fraction(str(node.weight)), *found[node.code]) for node in children if node.code in found]
        if applying:
            whole = sum(weight for weight, _, _ in applying)
            mean = sum((weight * score for weight, score, _ in applying), Fraction()) / whole
            found[code] = mean, any(missing for _, _, missing in applying)


def between(value: Fraction, knots: Sequence[Fraction], scores: Sequence[Fraction]) -> Fraction:
    """Linear between the levels' edges, at most the top score."""
    for number in range(len(knots) - 1, -1, -1):
        low, high = knots[number], knots[min(number + 1, len(knots) - 1)]
        if value >= low:
            step = (value - low) / (high - low) if high > low else Fraction()
            return scores[number] + (scores[min(number + 1, len(knots) - 1)] - scores[number]) * step
    raise AssertionError(value)


@cache
def rules_of(tables: LevelTables, code: str) -> tuple[Rule, ...]:
    return tables.rules_of(code)


@cache
def children_of(tables: LevelTables, code: str) -> tuple[Node, ...]:
    return tables.children(code)


@cache
def lower_is_better(tables: LevelTables, code: str) -> bool:
    signs = {one.sign for rule in tables.rules if rule.measure == code for one in read_row(rule) if one}
    return bool(signs & {"≤", "<"}) and not signs & {"≥", ">"}


@cache
def first_deadline(tables: LevelTables, code: str) -> int:
    return min(int(one.number) for rule in tables.rules if rule.measure == code for one in read_row(rule) if one)


def half_up(value: Fraction) -> Fraction:
    """Half-up to 4 decimals, once, at the end."""
    return Fraction(math.floor(value * 10**4 + Fraction(1, 2)), 10**4)
