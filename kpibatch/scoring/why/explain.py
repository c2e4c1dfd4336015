"""``explain UNIT KPI``: why this level.

Every value with the cell it came from, the case, each level's conditions, the next step.
"""

import math
from collections.abc import Iterator, Sequence

from kpibatch.base.catalogue import Words, say
from kpibatch.base.findings import NOWHERE
from kpibatch.base.kinds import show_value
from kpibatch.base.thai import read_number, show_month, show_number
from kpibatch.intake.month import late_days
from kpibatch.rules.computations import COMPUTATIONS
from kpibatch.rules.levels import applies
from kpibatch.rules.lookup import find_unit
from kpibatch.rules.paper.made import made_in_words
from kpibatch.rules.paper.words import (
    asked,
    case_in_words,
    remark_in_words,
    since_in_words,
    source_in_words,
    template_in_words,
)
from kpibatch.rules.records import Measure, Method, Rule, Source, Unit
from kpibatch.rules.sources import computed_words, undefined_at_zero
from kpibatch.rules.written import alternatives
from kpibatch.scoring.kpi import quotients_in_case
from kpibatch.scoring.next_level import Step, not_done
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.why.explain_sum import called, explain_sum
from kpibatch.scoring.why.others import explain_others, explain_taken
from kpibatch.scoring.why.worth import explain_points, hangs_on_others

_KNOWN = {Source.ON_TIME: "arrivals", Source.MONTH_NUMBER: "of-the-round", Source.WHO: "of-the-unit"}


def explain(outcome: Outcome, unit_text: str, kpi: str) -> list[str]:
    """The explanation, line by line. Raises ``KpibatchError`` where the unit or the KPI does not exist."""
    unit, code = find_unit(outcome.tables, unit_text), called(outcome.tables, kpi)
    if givers := outcome.tables.givers(code, unit.code, outcome.months):
        lines = list(explain_taken(outcome, unit, givers, code))
        for giver in givers:
            lines += ["", *(f"  {line}" if line else "" for line in explain(outcome, giver, code))]
        return lines
    if code in outcome.scores.kpis:
        return list(_Explanation(outcome, unit, code).lines())
    return list(explain_sum(outcome, unit, code))


class _Explanation:
    def __init__(self, outcome: Outcome, unit: Unit, kpi: str) -> None:
        self.outcome, self.unit, self.kpi = outcome, unit, kpi
        self.tables, self.language = outcome.tables, outcome.language
        self.say = Words("explain", outcome.language)
        self.node, self.result = outcome.tables.node[kpi], outcome.scores.kpis[kpi]
        self.row = outcome.tables.position[unit.code]
        self.values = outcome.measured.row(self.row)
        self.cases = outcome.tables.cases_of(kpi)
        self.case = int(self.result.case[self.row])
        self.level = int(self.result.level[self.row])

    def lines(self) -> Iterator[str]:
        month = show_month(self.outcome.month, self.language)
        yield f"{self.unit.code} {self.unit.name}   {self.kpi} {self.node.name_for(self.unit.code)}   {month}"
        yield self.say(
            "reference",
            reference=self.node.reference or "–",
            round=self.tables.round.reference or "–",
            responsible=self.node.responsible or "–",
        ) + (f"   {since}" if (since := since_in_words(self.node.since, self.language)) else "")
        for words in template_in_words(self.node, self.language):
            yield "  " + words
        if not self.result.applies[self.row]:
            yield from self._not_applicable()
            return
        if self.unit.code not in self.outcome.sent:
            yield self.say("unread" if self.unit.code in self.outcome.unread else "not-sent")
        yield from self._verdict()
        yield ""
        yield self.say("values")
        for measure in self.tables.measures_of(self.kpi):
            yield "  " + self._value(measure)
            yield from ("      " + line for line in explain_others(self.outcome, self.unit, measure))
            for overruled in self.outcome.overruled.get((self.unit.code, measure.code), []):
                yield "      ✎ " + overruled.message(self.language)
            for found in self.outcome.findings_of(self.unit.code):
                if found.asks and found.measure == measure.code:
                    yield "      ? " + found.message(self.language)
        yield from self._case()
        yield from self._levels()
        yield from self._next()
        yield from self._points_back()

    def _not_applicable(self) -> Iterator[str]:
        """The KPI is not meant for the unit, or leaves it for what it divides by is zero."""
        if not applies(self.tables, self.kpi, self.unit):
            yield self.say("not-applicable")
            return
        yield self.say("no-target")
        for quotient in quotients_in_case(self.kpi, self.case, self.tables):
            yield "  " + self._value(self.tables.measures[quotient.denominator])

    def _verdict(self) -> Iterator[str]:
        share = float(self.outcome.scores.shares[self.kpi].to_numpy(float)[self.row])
        facts = {
            "level": self.level,
            "score": show_number(float(self.result.score[self.row])),
            "share": f"{share:.2f}",
        }
        if self.unit.code in self.outcome.sent:
            yield self.say("verdict", **facts) + (
                self.say("provisional") if self.result.missing[self.row] else ""
            )
        if self.node.method is Method.LINEAR:
            yield self.say("linear")
        yield from explain_points(self.outcome, self.unit, self.kpi)

    def _value(self, measure: Measure) -> str:
        value = self.outcome.measured.value(self.unit.code, measure.code)
        written = show_value(value, measure.kind, self.language) or self.say("missing")
        place = self.outcome.measured.origin.get((self.unit.code, measure.code), NOWHERE)
        text = f"{measure.code}  {measure.label} = {written} {measure.counting_unit}".rstrip()
        if measure.decimals is not None:
            text += "   " + self.say("rounded", decimals=measure.decimals)
        if measure.source in COMPUTATIONS:
            zero = self.say("zero-denominator") if self._undefined(measure, value) else ""
            return f"{text}   {self._formula(measure)}{self._not_done(measure)}{zero}"
        if measure.source is Source.LATE_DAYS:
            return f"{text}   {self._late(measure)}"
        if measure.other:
            return f"{text}   {made_in_words(self.tables, measure, self.language)}"
        if measure.source in _KNOWN:
            return f"{text}   {self.say(_KNOWN[measure.source])}"
        parts = [text]
        if place != NOWHERE:
            parts += [f"[{place}]", measure.rollup.value if measure.monthly else ""]
        parts.append(source_in_words(self.tables, measure, self.language))
        parts.append(self.outcome.lack_in_words(self.unit.code, measure.code))
        return "   ".join(filter(None, parts))

    def _undefined(self, measure: Measure, value: float) -> bool:
        """Whether a measure is missing only because no rule says what its zero denominator means."""
        below = self.outcome.measured.value(self.unit.code, measure.denominator) if measure.denominator else 1
        return undefined_at_zero(measure) and math.isnan(value) and below == 0

    def _formula(self, measure: Measure) -> str:
        def number(code: str) -> str:
            value, kind = self.outcome.measured.value(self.unit.code, code), self.tables.measures[code].kind
            if math.isnan(value):
                return "?"
            return show_number(value) if kind.family == "number" else show_value(value, kind, self.language)

        below = number(measure.denominator) if measure.denominator else ""
        return computed_words(measure, [number(code) for code in measure.numerator], below)

    def _late(self, measure: Measure) -> str:
        """By how many days each month's submission came late, and how the months become one."""
        outcome = self.outcome
        days = late_days(self.tables, outcome.intake, outcome.past)[self.unit.code]
        due = (month for month in self.tables.round.months if month in self.tables.calendar)
        shown = (
            f"{show_month(month, self.language)} {self.say('missing') if math.isnan(late) else f'{late:g}'}"
            for month, late in zip(due, days, strict=False)  # those after the report month have none yet
        )
        return self.say("late-days", months=", ".join(shown), rollup=measure.rollup.value)

    def _not_done(self, measure: Measure) -> str:
        """Of what นับข้อ counts, the items that are not done."""
        left = not_done(measure, self.outcome.measured.row(self.row), self.tables)
        return "   " + self.say("not-done", items=", ".join(item.label for item in left)) if left else ""

    def _case(self) -> Iterator[str]:
        if not self.cases:
            return
        yield ""
        if self.case == 0:
            yield self.say("no-case", measure=self.tables.measures[self.cases[0].measure].label)
            return
        case = self.cases[self.case - 1]
        value = self.outcome.measured.value(self.unit.code, case.measure)
        measure = self.tables.measures[case.measure]
        written = show_value(value, measure.kind, self.language)
        yield self.say(
            "case", number=self.case, words=case_in_words(self.tables, case, self.language), value=written
        )

    def _levels(self) -> Iterator[str]:
        yield ""
        active = self.tables.rules_in_case(self.kpi, self.case)
        for level in range(1, self.tables.level_count + 1):
            if not self.result.given[self.row, level - 1]:
                yield f"– {say('sheet.level-n', self.language, level=level)}{self.say('not-given')}"
                continue
            met = bool(self.result.met[self.row, level - 1])
            mark = "✓" if met else "✗"
            beside = self.say("not-counted") if met and level > self.level else ""
            yield f"{mark} {say('sheet.level-n', self.language, level=level)}{beside}"
            for rows in alternatives(active):
                yield from self._items([rule for rule in rows if rule.edges[level - 1]], level)

    def _items(self, rows: Sequence[Rule], level: int) -> Iterator[str]:
        """What a level asks by these rows; of several one is enough."""
        if len(rows) > 1:
            held = any(rule.holds(level - 1, self.values) for rule in rows)
            yield f"    {'✓' if held else '✗'} {self.say('either', group=rows[0].group)}"
        for rule in rows:
            yield "    " + ("  " if len(rows) > 1 else "") + self._item(rule, level)

    def _item(self, rule: Rule, level: int) -> str:
        edge, own = rule.edges[level - 1], rule.edge_for(level - 1, self.values)
        assert edge
        assert own
        measure = self.tables.measures[rule.measure]
        value = self.values[rule.measure]
        held = own.holds_one(value)
        written = show_value(value, measure.kind, self.language) or self.say("missing")
        if not held and read_number(written) == own.threshold:
            written = show_number(value)
        noted = remark_in_words(rule, self.language)
        remark = f"   ({noted})" if noted else ""
        words = asked(self.tables, rule.measure, edge, self.language)
        if edge.of:
            number = self.say("missing") if math.isnan(own.threshold) else show_number(own.threshold)
            words += self.say("own-threshold", number=number)
        return f"{'✓' if held else '✗'} {words}: {written}   [{rule.places[level - 1]}]{remark}"

    def _next(self) -> Iterator[str]:
        steps = self.outcome.steps(self.kpi, self.unit.code)
        yield ""
        wanted = self.tables.next_level(self.kpi, self.case, self.level)
        if not wanted:
            yield self.say("top")
            return
        more = self.outcome.gain(self.kpi, self.unit.code)
        peers = self.say("of-peers") if hangs_on_others(self.tables, self.kpi) else ""
        yield self.say("next", level=wanted, gain=f"{more:.4f}") + peers
        yield from self._listed(steps)

    def _points_back(self) -> Iterator[str]:
        """What would give back the points that are taken off."""
        promise = self.outcome.points_back.get((self.kpi, self.unit.code))
        if promise is None or self.unit.code not in self.outcome.sent:
            return
        peers = self.say("of-peers") if hangs_on_others(self.tables, self.kpi) else ""
        yield self.say("points-back", gain=f"{promise.gain:.4f}") + peers
        yield from self._listed(promise.steps)

    def _listed(self, steps: Sequence[Step]) -> Iterator[str]:
        for step in steps:
            yield f"  • {step.text(self.language)}" + ("" if step.reachable else self.say("unreachable"))
