"""Cases proposed for a person to confirm: just below, at and just above every threshold, each side of every
case, a denominator of zero, months that each roll-up reads otherwise.

The level proposed is the scorer's; whoever confirms a case works it out by hand from the letter.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from kpibatch.base.catalogue import say
from kpibatch.base.findings import Place
from kpibatch.base.kinds import Kind
from kpibatch.rules.computations import COMPUTATIONS
from kpibatch.rules.conditions import Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.words import bound, case_in_words
from kpibatch.rules.records import Example, Measure, Rule
from kpibatch.rules.written import alternatives
from kpibatch.scoring.examples.tried import levels_of, measured_in, try_examples
from kpibatch.scoring.next_level import meeting

_TARGET = 100.0  # what a threshold is reckoned of, where nothing else says
_WHOLES = (10_000.0, 1_000.0, 100.0)
Values = dict[str, tuple[float, ...]]


def propose(tables: LevelTables, language: str) -> list[Example]:
    """Every boundary case of the rules as the round begins, in their order, none that stands in ตัวอย่าง."""
    known = {(each.kpi, *sorted(each.values.items())) for each in tables.examples if not each.since}
    proposals: list[Example] = []
    for leaf in tables.leaves:
        new: dict[tuple[object, ...], Example] = {}
        for values, why in _Kpi(tables, leaf.code, language).cases():
            key = (leaf.code, *sorted(values.items()))
            if key not in known:
                new.setdefault(key, Example(leaf.code, str(len(new) + 1), values, 0, why))
        proposals += _with_levels(tables, leaf.code, list(new.values()), language)
    return proposals


def _with_levels(tables: LevelTables, kpi: str, cases: list[Example], language: str) -> Iterator[Example]:
    """The cases with the level that the scorer gives; without those that no form could say."""
    if not cases:
        return
    scored = levels_of(tables, kpi, measured_in(tables, cases))
    levelled = [replace(each, level=int(level)) for each, level in zip(cases, scored.level, strict=True)]
    places = [Place(cell=str(row)) for row in range(len(levelled))]
    placed = tuple(
        replace(each, place=place, places=dict.fromkeys(each.values, place))
        for each, place in zip(levelled, places, strict=True)
    )
    refused = {fault.place for fault in try_examples(replace(tables, examples=placed), language)}
    yield from (each for each in placed if each.place not in refused)


@dataclass(frozen=True)
class _Kpi:
    """One KPI's boundary cases: values, and why they are tried."""

    tables: LevelTables
    kpi: str
    language: str

    def cases(self) -> Iterator[tuple[Values, str]]:
        numbers = range(1, len(self.tables.cases_of(self.kpi)) + 1) or (0,)
        for number in numbers:
            base = self._base(number)
            for rule in self.tables.rules_in_case(self.kpi, number):
                yield from self._around(rule, base)
                yield from self._zero(self.tables.measures[rule.measure], base)
            yield from self._beside(base)

    @cached_property
    def _conditions(self) -> tuple[tuple[str, Condition], ...]:
        return tuple((case.measure, case.condition) for case in self.tables.cases_of(self.kpi))

    def _base(self, number: int) -> Values:
        """What reaches the top in a case: each row's highest condition just met."""
        values: Values = {}
        for rule in self.tables.rules_in_case(self.kpi, number):
            for edge in [edge for edge in rule.edges if edge][-1:]:
                values |= {edge.of: (_TARGET,)} if edge.of and edge.of not in values else {}
                value = meeting(_own(edge, values), self.tables.measures[rule.measure])
                values |= self._set(rule.measure, value, values)
        if number:
            code, condition = self._conditions[number - 1]
            values |= self._set(code, self._in_case(number, code, condition), values)
        return values

    def _in_case(self, number: int, code: str, condition: Condition) -> float:
        """A value of its measure that puts a unit into a case and not into one above."""
        step = self.tables.measures[code].kind.step
        ends = [end for end in (condition.low, condition.high) if math.isfinite(end)]
        above = [other for measure, other in self._conditions[: number - 1] if measure == code]
        for value in (end + beside * step for end in ends for beside in (0, 1, -1)):
            if condition.holds_one(value) and not any(other.holds_one(value) for other in above):
                return value
        return meeting(condition, self.tables.measures[code])

    def _set(self, code: str, value: float, given: Mapping[str, tuple[float, ...]]) -> Values:
        """What makes a measure that value: itself, or the parts that it is computed from."""
        measure = self.tables.measures[code]
        computation = COMPUTATIONS.get(measure.source)
        line = computation.line if computation and computation.divides else None
        if line is None or len(measure.numerator) > 1:
            return {code: (value,)}
        a, b = (self.tables.measures[part] for part in measure.ingredients)
        if a.ingredients or b.ingredients or a.kind.family != "number":
            return {code: (value,)}
        stated = given.get(b.code, ())
        for whole in [*stated[:1], *_WHOLES]:
            part = round(line.inverse(value, whole), 6)
            fits = (stated and whole == stated[0]) or _within(b, whole)
            if whole and fits and _within(a, part) and not (a.limit == b.code and part > whole):
                return {b.code: (whole,), a.code: (part,)}
        return {code: (value,)}

    def _around(self, rule: Rule, base: Values) -> Iterator[tuple[Values, str]]:
        """A row's thresholds: just below, at, just above; the rest as at the top."""
        measure = self.tables.measures[rule.measure]
        step = measure.kind.step
        base = self._alone(rule, base)
        for level, edge in enumerate(rule.edges, 1):
            if edge is None or edge.any_value:
                continue
            words = bound(edge, measure, self.language, self.tables.measures.get(edge.of))
            if edge.family == "yes_no":
                for value in (edge.low, 1 - edge.low):
                    yield base | {rule.measure: (value,)}, self._why("yes-no", level, words)
                continue
            own = _own(edge, base)
            for end in {each for each in (own.low, own.high) if math.isfinite(each)}:
                for name, beside in (("below", -step), ("at", 0.0), ("above", step)):
                    value = round(end + beside, 6)
                    yield base | self._set(rule.measure, value, base), self._why(name, level, words)
            if edge.family == "date":
                others = {code: base[code] for code in base if code != rule.measure}
                yield others, self._why("blank", level, words)
        yield from self._months(rule, base)

    def _alone(self, rule: Rule, base: Values) -> Values:
        """What reaches the top without the row's alternatives, which would hide what it asks."""
        rules = self.tables.rules_of(self.kpi)
        together = next(rows for rows in alternatives(rules) if rule in rows)
        asked = {code for each in rules if each not in together for code in each.codes}
        others = {each.measure for each in together} - {rule.measure, *rule.references} - asked
        return {code: value for code, value in base.items() if code not in others}

    def _months(self, rule: Rule, base: Values) -> Iterator[tuple[Values, str]]:
        """Months that the roll-ups read differently, about the highest threshold."""
        for code in (rule.measure, *self.tables.measures[rule.measure].ingredients):
            measure = self.tables.measures[code]
            if not measure.monthly or measure.kind is Kind.DATE or not base.get(code):
                continue
            value, why = base[code][0], say("examples.months", self.language, rollup=measure.rollup.value)
            step = measure.kind.step
            if measure.kind is Kind.YES_NO:
                series: Iterable[tuple[float, ...]] = ((1.0, 1.0, 0.0), (0.0, 1.0, 1.0))
            else:
                less = value - step
                series = (
                    (0.0, 0.0, value),
                    (value, value, less),
                    (less, value, value),
                    (value, 0.0, 0.0),
                    (less, 0.0, step),
                    (2 * value, value, 0.0),
                )
            for months in series:
                if all(month >= 0 for month in months):
                    yield base | {code: tuple(round(month, 6) for month in months)}, why

    def _zero(self, measure: Measure, base: Values) -> Iterator[tuple[Values, str]]:
        """A quotient of nothing."""
        if measure.denominator and measure.source in COMPUTATIONS and COMPUTATIONS[measure.source].divides:
            parts = dict.fromkeys(measure.ingredients, (0.0,))
            others = {code: months for code, months in base.items() if code != measure.code}
            yield others | parts, say("examples.zero", self.language, label=measure.label)

    def _beside(self, base: Values) -> Iterator[tuple[Values, str]]:
        """Each side of every case."""
        for case in self.tables.cases_of(self.kpi):
            measure = self.tables.measures[case.measure]
            step, words = measure.kind.step, case_in_words(self.tables, case, self.language)
            why = say("examples.case", self.language, case=words)
            if measure.kind is Kind.YES_NO:
                for value in (0.0, 1.0):
                    yield base | self._set(case.measure, value, base), why
                continue
            for end in {each for each in (case.condition.low, case.condition.high) if math.isfinite(each)}:
                for beside in (-step, 0.0, step):
                    if end + beside >= 0:
                        yield base | self._set(case.measure, round(end + beside, 6), base), why

    def _why(self, name: str, level: int, words: str) -> str:
        return say(f"examples.{name}", self.language, level=level, bound=words)


def _within(measure: Measure, value: float) -> bool:
    """Whether a form may say so."""
    low, high = measure.minimum, measure.maximum
    return value >= (0 if low is None else low) and (high is None or value <= high)


def _own(edge: Condition, values: Values) -> Condition:
    """What a condition asks of a unit with those values."""
    return edge.against(values[edge.of][0]) if edge.of else edge
