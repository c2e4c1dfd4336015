"""Why a unit's level or score at a KPI differs between two sides: values, corrections, thresholds, cases.

Only what is decisive is named: of a KPI's many values and thresholds, those by which a level between the two
is met on one side and not on the other.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from kpibatch.base.catalogue import say
from kpibatch.base.findings import NOWHERE, Place
from kpibatch.base.kinds import Kind, show_value
from kpibatch.base.thai import show_number
from kpibatch.months.compare.side import Result, Side
from kpibatch.months.folder import Row
from kpibatch.rules.computations import COMPUTATIONS
from kpibatch.rules.conditions import Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.changes import Change
from kpibatch.rules.paper.words import asked, case_in_words
from kpibatch.rules.records import Case, Measure, Method, Rule, Source
from kpibatch.rules.round import Item
from kpibatch.rules.schema import CALENDAR, EXPORTS, HOLIDAYS, MEASURES, NODES, ROUND, RULES, UNITS
from kpibatch.rules.sources import quotients
from kpibatch.rules.written import alternatives

_WORTH = (NODES.method, NODES.own_scores, NODES.cap)
_BLANKING = ("missing", "baseline-missing")


@dataclass(frozen=True)
class Cause:
    """One cause in words. ``kind``: value, computed, correction, case, threshold, rule, finding or mended.

    ``note`` says more (why a value is missing, why it was corrected); ``parts`` are what a computed value
    came from.
    """

    kind: str
    what: str
    before: str = ""
    after: str = ""
    counted: str = ""
    places: tuple[Place, Place] = (NOWHERE, NOWHERE)
    note: str = ""
    parts: tuple["Cause", ...] = ()


def same(one: float, other: float) -> bool:
    """Whether two values are the same, missing ones too."""
    return one == other or (math.isnan(one) and math.isnan(other))


def as_rule(change: Change) -> Cause:
    """A changed rule as a cause."""
    what = " ".join(filter(None, (*change.key, change.column)))
    return Cause("rule", what, change.before, change.after, places=change.places)


class Causes:
    """The causes between two sides whose tables differ by ``changes``."""

    def __init__(self, a: Side, b: Side, changes: Sequence[Change], language: str) -> None:
        self.a, self.b, self.changes, self.language = a, b, changes, language

    def of(self, unit: str, kpi: str) -> tuple[Cause, ...]:
        """Why the unit's result at the KPI moved; empty where nothing in the values and tables tells."""
        before, after = self.a.results.get((unit, kpi)), self.b.results.get((unit, kpi))
        if before is None or after is None or math.isnan(before.score) != math.isnan(after.score):
            return tuple(self._coming(unit, kpi))
        return tuple(_AtKpi(self, unit, kpi, before, after).causes())

    @cached_property
    def thresholds(self) -> frozenset[tuple[str, Place]]:
        """The cells of ระดับ, of either side, in which something changed."""
        changed = [change for change in self.changes if change.sheet == RULES.sheet and change.column]
        return frozenset(cell for change in changed for cell in zip("ab", change.places, strict=True))

    def _coming(self, unit: str, kpi: str) -> Iterator[Cause]:
        """What made a KPI apply to a unit, or no longer."""
        path = {*_path(self.a.tables, kpi), *_path(self.b.tables, kpi)}
        for change in self.changes:
            of_node = change.sheet == NODES.sheet and change.key[0] in path
            of_unit = change.sheet == UNITS.sheet and change.key == (unit,)
            whom = ("", NODES.scope, NODES.no_target) if of_node else (UNITS.group, UNITS.position)
            if (of_node or of_unit) and change.column in whom:
                yield as_rule(change)
        of = [side.tables for side in (self.a, self.b) if kpi in side.tables.node]
        asked = (quotients(tables.rules_of(kpi), tables.measures) for tables in of if tables.node[kpi].leaves)
        below = dict.fromkeys(each.denominator for quotient in asked for each in quotient)
        yield from filter(None, (self.value(unit, code) for code in below))

    def value(self, unit: str, code: str) -> Cause | None:
        """A changed value with the cells it came from; ``None`` where it did not change."""
        old, new = self.a.value(unit, code), self.b.value(unit, code)
        if same(old, new):
            return None
        measure = self.b.tables.measures.get(code) or self.a.tables.measures[code]
        computed = measure.source in COMPUTATIONS
        kind = "correction" if self.b.corrected(unit, code) else "computed" if computed else "value"
        before, after = self.shown(old, new, measure)
        counted = "" if math.isnan(new) or measure.kind is Kind.PERCENT else measure.counting_unit
        places = self.a.place(unit, code), self.b.place(unit, code)
        parts = tuple(self._parts(unit, code)) if computed else ()
        return Cause(kind, measure.label, before, after, counted, places, self._note(unit, code, new), parts)

    def shown(self, old: float, new: float, measure: Measure) -> tuple[str, str]:
        """Two values of a measure in words, with as many decimals as tell them apart."""
        words = [
            show_value(value, measure.kind, self.language) or say("explain.missing", self.language)
            for value in (old, new)
        ]
        return (words[0], words[1]) if words[0] != words[1] else (show_number(old), show_number(new))

    def _parts(self, unit: str, code: str) -> Iterator[Cause]:
        """What changed of that from which a measure is computed, on either side."""
        for part in dict.fromkeys(part for side in (self.a, self.b) for part in _behind(side.tables, code)):
            computed = any(
                part in side.tables.measures and side.tables.measures[part].source in COMPUTATIONS
                for side in (self.a, self.b)
            )
            if not computed and (cause := self.value(unit, part)):
                yield cause

    def _note(self, unit: str, code: str, new: float) -> str:
        """Why a value was corrected, or is missing."""
        wanted = ("corrected",) if self.b.corrected(unit, code) else ()
        rows = self.b.findings.get((unit, code), ())
        for row in rows:
            if row["code"] in wanted or (math.isnan(new) and _blanks(row)):
                return row["message"]
        return ""


def _behind(tables: LevelTables, code: str) -> tuple[str, ...]:
    """A measure and all it is computed from; nothing where the tables don't know it."""
    return tables.with_ingredients(code) if code in tables.measures else ()


def _blanks(row: Row) -> bool:
    """Whether a finding takes a value out of the account."""
    return row["severity"] == "error" or row["code"] in _BLANKING


def _path(tables: LevelTables, kpi: str) -> Iterator[str]:
    """A node's code and those above it."""
    while kpi in tables.node:
        yield kpi
        kpi = tables.node[kpi].parent


class _AtKpi:
    """One unit at one KPI that applies to it on both sides; ``told`` are the measures whose values were
    decisive.
    """

    def __init__(self, pair: Causes, unit: str, kpi: str, before: Result, after: Result) -> None:
        self.pair, self.unit, self.kpi, self.before, self.after = pair, unit, kpi, before, after
        self.a, self.b, self.language = pair.a, pair.b, pair.language
        methods = {side.tables.node[kpi].method for side in (self.a, self.b)}
        self.by_value, self.by_others = methods != {Method.STEPS}, Method.STANDARD in methods
        off = (rule.measure for side in (self.a, self.b) for rule in side.tables.deductions_of(kpi))
        self.told: dict[str, None] = dict.fromkeys(off)

    def causes(self) -> Iterator[Cause]:
        cases, thresholds = list(self._case()), list(self._thresholds())
        yield from cases
        yield from self._values()
        yield from thresholds
        behind = {
            part for side in (self.a, self.b) for code in self.told for part in _behind(side.tables, code)
        }
        yield from self._rules(behind)
        if self.before.status is not self.after.status:
            yield from self._findings(behind)

    def _values(self) -> Iterator[Cause]:
        """The decisive values that changed, each once: not again beside the percent computed from it."""
        causes = [cause for code in self.told if (cause := self.pair.value(self.unit, code))]
        parts = {part for cause in causes for part in cause.parts}
        yield from (cause for cause in causes if cause not in parts)

    def _case(self) -> Iterator[Cause]:
        """Another case, by the unit's value or by the tables."""
        old, new = self.a.case(self.unit, self.kpi), self.b.case(self.unit, self.kpi)
        if old == new:
            return
        self.told |= dict.fromkeys(case.measure for case in (old, new) if case)
        before, after = (
            _case_words(self.a.tables, old, self.language),
            _case_words(self.b.tables, new, self.language),
        )
        changed = [
            change
            for change in self.pair.changes
            if change.sheet == RULES.sheet
            and change.key[0] == self.kpi
            and change.column in (RULES.case_of, RULES.case)
        ]
        places = changed[0].places if changed else (NOWHERE, NOWHERE)
        yield Cause("case", say("sheet.case", self.language), before, after, places=places)

    def _thresholds(self) -> Iterator[Cause]:
        """Changed thresholds that were decisive; the measures whose values may have been are noted."""
        reached = sorted((self.before.level or 0, self.after.level or 0))
        for old, new in _paired(self.a.active(self.unit, self.kpi), self.b.active(self.unit, self.kpi)):
            flipped = [
                level
                for level in range(*reached)
                if self._holds(self.a, old, level) != self._holds(self.b, new, level)
                and self._one_holds(self.a, old, level) != self._one_holds(self.b, new, level)
            ]
            if flipped or self.by_value:
                self.told |= dict.fromkeys(code for rule in (old, new) if rule for code in rule.codes)
            most = max(len(rule.edges) for rule in (old, new) if rule)
            for level in range(most) if self.by_value else flipped:
                yield from self._threshold(old, new, level)

    def _holds(self, side: Side, rule: Rule | None, level: int) -> bool:
        """Whether a row's level (from 0) is met; a row or cell that is not there asks nothing."""
        edge, skips = _cell(rule, level)
        if rule is None or edge is None:
            return not skips
        return rule.holds(level, {code: side.value(self.unit, code) for code in rule.codes})

    def _one_holds(self, side: Side, rule: Rule | None, level: int) -> bool:
        """The same of a row or one that may be fulfilled instead."""
        together = alternatives(side.active(self.unit, self.kpi))
        rows = next((rows for rows in together if rule in rows), (rule,))
        asking = [each for each in rows if _cell(each, level)[0]] or [rule]
        return any(self._holds(side, each, level) for each in asking)

    def _threshold(self, old: Rule | None, new: Rule | None, level: int) -> Iterator[Cause]:
        places = _place(old, level), _place(new, level)
        both = old is not None and new is not None
        typed = not both or bool(self.pair.thresholds & {("a", places[0]), ("b", places[1])})
        if _cell(old, level) == _cell(new, level) or not typed:
            return
        before, after = self._asked(self.a, old, level), self._asked(self.b, new, level)
        yield Cause(
            "threshold", say("sheet.level-n", self.language, level=level + 1), before, after, places=places
        )

    def _asked(self, side: Side, rule: Rule | None, level: int) -> str:
        edge, skips = _cell(rule, level)
        if rule and edge:
            return asked(side.tables, rule.measure, edge, self.language)
        return say("words.not-given" if skips else "diff.not-asked", self.language)

    def _rules(self, behind: set[str]) -> Iterator[Cause]:
        """What changed in how values are made, the method and what a level is worth, and the other units."""
        levels, sides = {self.before.level, self.after.level}, (self.a.tables, self.b.tables)
        worth = any(len({_worth(tables, self.kpi, level) for tables in sides}) > 1 for level in levels)
        made = [tables.measures[code] for tables in sides for code in behind & {*tables.measures}]
        sources = {measure.source for measure in made}
        for change in self.pair.changes:
            if (
                (change.sheet in (MEASURES.sheet, EXPORTS.sheet) and change.key[0] in behind)
                or (change.sheet == NODES.sheet and change.key == (self.kpi,) and change.column in _WORTH)
                or (change.column == RULES.deducts and change.key[0] == self.kpi)
                or (change.sheet == ROUND.sheet and change.key[0] in (Item.SCORES, Item.BELOW_ONE) and worth)
                or (change.sheet == CALENDAR.sheet and sources & {Source.ON_TIME, Source.LATE_DAYS})
                or (change.sheet == HOLIDAYS.sheet and Source.WORKDAYS in sources)
            ):
                yield as_rule(change)
        if self.by_others:
            yield Cause("finding", say("diff.by-others", self.language))

    def _findings(self, behind: set[str]) -> Iterator[Cause]:
        """Missing or refused data that is there on one side only, of measures whose value says nothing
        yet.
        """
        for kind, side, other in (("finding", self.b, self.a), ("mended", self.a, self.b)):
            for measure in side.tables.measures_of(self.kpi):
                key = self.unit, measure.code
                codes = {row["code"] for row in other.findings.get(key, ())}
                rows = [
                    row for row in side.findings.get(key, ()) if _blanks(row) and row["code"] not in codes
                ]
                if rows and measure.code not in behind:
                    place = Place(rows[0]["file"], rows[0]["sheet"], rows[0]["cell"])
                    yield Cause(
                        kind,
                        rows[0]["message"],
                        places=(NOWHERE, place) if kind == "finding" else (place, NOWHERE),
                    )


def _case_words(tables: LevelTables, case: Case | None, language: str) -> str:
    return case_in_words(tables, case, language) if case else say("diff.no-case", language)


def _paired(old: Sequence[Rule], new: Sequence[Rule]) -> list[tuple[Rule | None, Rule | None]]:
    """The rows of both sides that ask of the same measure."""
    pairs: list[tuple[Rule | None, Rule | None]] = []
    for measure in dict.fromkeys(rule.measure for rule in (*old, *new)):
        pairs += zip_longest(
            (rule for rule in old if rule.measure == measure),
            (rule for rule in new if rule.measure == measure),
        )
    return pairs


def _cell(rule: Rule | None, level: int) -> tuple[Condition | None, bool]:
    """What a row asks at a level (from 0), and whether it says that there is no such level."""
    there = rule and level < len(rule.edges)
    return (rule.edges[level], rule.skips(level)) if rule and there else (None, False)


def _place(rule: Rule | None, level: int) -> Place:
    return rule.places[level] if rule and level < len(rule.places) else NOWHERE


def _worth(tables: LevelTables, kpi: str, level: int | None) -> float:
    """What a level gives by the tables."""
    scores = (tables.round.below_one, *tables.scores_of(kpi))
    return scores[min(level or 0, len(scores) - 1)]
