"""Cases proposed for a person to confirm: just below, at and just above every threshold, each side of every
case, a denominator of zero, months that each roll-up reads otherwise.

The level proposed is the scorer's; whoever confirms a case works it out by hand from the letter.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from kpibatch.base.catalogue import say
from kpibatch.base.findings import Place
from kpibatch.base.kinds import Kind
from kpibatch.rules.checks import Example
from kpibatch.rules.computations import COMPUTATIONS
from kpibatch.rules.conditions import Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.words import bound, case_in_words
from kpibatch.rules.records import Measure, Method, Rule, Source
from kpibatch.rules.written import alternatives
from kpibatch.scoring.examples.beyond import at_the_ends, refused_cases, total_cases
from kpibatch.scoring.examples.series import telling_months
from kpibatch.scoring.examples.tried import levels_of, measured_in, scores_of, try_examples
from kpibatch.scoring.next_level import meeting

_TARGET = 100.0  # what a threshold is reckoned of, where nothing else says
_WHOLES = (10_000.0, 1_000.0, 100.0)
Values = dict[str, tuple[float, ...]]


def propose(tables: LevelTables, language: str) -> list[Example]:
    """Every boundary case of the rules as the round begins, in their order, none that stands in ตัวอย่าง."""
    known = {(each.kpi, *sorted(each.values.items())) for each in tables.examples if not each.since}
    proposals = [case for leaf in tables.leaves for case in _of_kpi(tables, leaf.code, language)]
    proposals += total_cases(tables, language)
    new: dict[tuple[object, ...], Example] = {}
    for each in proposals:
        new.setdefault((each.kpi, *sorted(each.values.items())), each)
    return [*_numbered(each for key, each in new.items() if key not in known)]


def _numbered(cases: Iterable[Example]) -> Iterator[Example]:
    """The cases with their ลำดับ within their KPI."""
    many: Counter[str] = Counter()
    for each in cases:
        many[each.kpi] += 1
        yield replace(each, number=str(many[each.kpi]))


def _of_kpi(tables: LevelTables, kpi: str, language: str) -> Iterator[Example]:
    cases = [*_Kpi(tables, kpi, language).cases()]
    for values, measure in telling_months(tables, kpi, [values for values, _ in cases]):
        cases.append((values, say("examples.months", language, rollup=measure.rollup.value)))
    cases += at_the_ends(tables, kpi, [values for values, _ in cases], language)
    yield from _with_levels(
        tables, kpi, [Example(kpi, "", values, 0, why) for values, why in cases], language
    )
    yield from refused_cases(tables, kpi, language)


def _with_levels(tables: LevelTables, kpi: str, cases: list[Example], language: str) -> Iterator[Example]:
    """The cases with the level that the scorer gives; without those that no form could say."""
    if not cases:
        return
    measured = measured_in(tables, cases)
    levels, scores = levels_of(tables, kpi, measured).level.tolist(), scores_of(tables, kpi, measured)
    placed = tuple(
        replace(
            each,
            level=level,
            score=None if scores is None else _worth_saying(tables, kpi, level, float(scores[row])),
            place=Place(cell=str(row)),
        )
        for row, (each, level) in enumerate(zip(cases, levels, strict=True))
    )
    refused = {fault.place for fault in try_examples(replace(tables, examples=placed), language)}
    yield from (each for each in placed if each.place not in refused)


def _worth_saying(tables: LevelTables, kpi: str, level: int, score: float) -> float | None:
    """A score that is easily worked out by hand, and is not the number of the level itself by steps."""
    stepwise = tables.node[kpi].method is Method.STEPS
    plain = math.isclose(score, round(score, 2), abs_tol=1e-9)
    return round(score, 2) if plain and (not stepwise or score != level or level == 0) else None


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
                yield from self._nothing(rule, base)
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
        """What makes a measure that value: itself, or the parts that it is computed from, and theirs."""
        measure = self.tables.measures[code]
        computation = COMPUTATIONS.get(measure.source)
        if measure.source is Source.MEAN:
            parts = [self.tables.measures[part] for part in measure.numerator]
            if all(not each.ingredients and _within(each, value) for each in parts):
                return {each.code: (value,) for each in parts}
        if not (computation and computation.line and measure.denominator):
            return {code: (value,)}
        if len(measure.numerator) > 1:
            return {code: (value,)}
        a, b = (self.tables.measures[part] for part in measure.ingredients)
        if b.ingredients or a.kind.family != "number":
            return {code: (value,)}
        stated = given.get(b.code, ())
        for whole in [*stated[:1], *_WHOLES]:
            part = round(computation.line.inverse(value, whole), 6)
            fits = (stated and whole == stated[0]) or _within(b, whole)
            below: Values = self._set(a.code, part, given) if a.ingredients else {a.code: (part,)}
            said = a.code not in below if a.ingredients else _within(a, part)
            if whole and fits and said and not (a.limit == b.code and part > whole):
                return {b.code: (whole,), **below}
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
                    values = self._keeping(rule, base | self._set(rule.measure, value, base))
                    yield values, self._why(name, level, words)
            if edge.family == "date":
                others = {code: base[code] for code in base if code != rule.measure}
                yield others, self._why("blank", level, words)
        if self.tables.node[self.kpi].method not in (Method.STEPS, Method.STANDARD):
            yield from self._between(rule, base)

    def _keeping(self, rule: Rule, values: Values) -> Values:
        """The values, and below the line of a quotient that a row beside asks of the row's measure what keeps
        that quotient at the top.
        """
        for other in self.tables.rules_of(self.kpi):
            measure, edge = self.tables.measures[other.measure], next(filter(None, other.edges[::-1]), None)
            computation = COMPUTATIONS.get(measure.source)
            if not (edge and computation and computation.divides and computation.line):
                continue
            of_one = computation.line.inverse(meeting(_own(edge, values), measure), 1.0)
            part = values.get(rule.measure, ())
            if measure.numerator == (rule.measure,) and measure.denominator in values and part and of_one > 0:
                whole = math.ceil(part[0] / of_one) if edge.downward else math.floor(part[0] / of_one)
                values = values | ({measure.denominator: (float(whole),)} if whole else {})
        return values

    def _between(self, rule: Rule, base: Values) -> Iterator[tuple[Values, str]]:
        """Half-way from each threshold to the next, where a score lies between those of the levels."""
        asked = [
            (at, _own(edge, base)) for at, edge in enumerate(rule.edges, 1) if edge and not edge.any_value
        ]
        measure = self.tables.measures[rule.measure]
        for (low, one), (high, other) in pairwise(asked):
            value = round((meeting(one, measure) + meeting(other, measure)) / 2, 6)
            why = say("examples.between", self.language, low=low, high=high)
            yield base | self._set(rule.measure, value, base), why

    def _alone(self, rule: Rule, base: Values) -> Values:
        """What reaches the top without the row's alternatives, which would hide what it asks."""
        rules = self.tables.rules_of(self.kpi)
        together = next(rows for rows in alternatives(rules) if rule in rows)
        asked = {code for each in rules if each not in together for code in each.codes}
        others = {each.measure for each in together} - {rule.measure, *rule.references} - asked
        return {code: value for code, value in base.items() if code not in others}

    def _nothing(self, rule: Rule, base: Values) -> Iterator[tuple[Values, str]]:
        """Nothing done yet of what each unit's own thresholds ask: a form may say so."""
        measure = self.tables.measures[rule.measure]
        if rule.references and measure.monthly and measure.kind.family == "number" and _within(measure, 0):
            yield base | {measure.code: (0.0,)}, say("examples.nothing", self.language, label=measure.label)

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
