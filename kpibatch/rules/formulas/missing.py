"""The formulas that say what a unit lacks for a level, in the measure's own terms; beside
``scoring.next_level``.

Their words are those of the steps there. What they reckon is what the unit has to report, where one reported
number decides the measure; else the measure itself.
"""

import math
from dataclasses import dataclass, replace

from kpibatch.base.addresses import excel_day
from kpibatch.base.catalogue import say
from kpibatch.base.kinds import Kind, show_value
from kpibatch.rules.computations import COMPUTATIONS
from kpibatch.rules.conditions import Condition
from kpibatch.rules.formulas.kpi import KpiFormulas
from kpibatch.rules.records import Measure, Rollup, Source
from kpibatch.rules.sources import needed_for, of_other_units
from kpibatch.rules.written import alternatives

_LONGEST = 200  # of a text in a formula: Excel takes 255 characters
_INVERSE = {
    Source.PERCENT: "{value}*{below}/100",
    Source.GROWTH: "{below}*(1+{value}/100)",
    Source.REDUCTION: "{below}*(1-{value}/100)",
    Source.RATIO: "{value}*{below}",
    Source.DIFFERENCE: "{value}+{below}",
    Source.SUM: "{value}",
}


def literal(text: str) -> str:
    """A text in a formula.

    >>> literal('5" x')
    '"5"" x"'
    """
    parts = [text[at : at + _LONGEST] for at in range(0, len(text), _LONGEST)] or [""]
    return "&".join('"' + part.replace('"', '""') + '"' for part in parts)


def spoken(key: str, language: str, facts: dict[str, str], live: dict[str, str]) -> str:
    """A text of the catalogue as a formula: ``facts`` are known, ``live`` are formulas."""
    marks = {name: chr(1 + number) for number, name in enumerate(live)}
    text, parts = " ".join(say(key, language, **facts, **marks).split()), []
    while text:
        at = min((text.index(mark) for mark in marks.values() if mark in text), default=len(text))
        parts += [literal(text[:at])] if at else []
        parts += [live[name] for name, mark in marks.items() if text[at : at + 1] == mark]
        text = text[at + 1 :]
    return "&".join(parts) or '""'


def shown(value: str, kind: Kind) -> str:
    """A number as a text: whole where it is."""
    if kind is Kind.NUMBER:
        return f'TEXT({value},"#,##0")'
    return f'IF({value}=INT({value}),TEXT({value},"#,##0"),TEXT({value},"#,##0.00"))'


@dataclass(frozen=True)
class MissingFormulas:
    """What the unit in row ``at`` lacks; ``central`` are the measures that units do not report."""

    formulas: KpiFormulas
    at: int
    language: str
    central: frozenset[str]

    def lacking(self, number: int, level: int) -> str:
        """What a row (from 0) lacks for a level (from 0); an empty text where it asks nothing there, belongs
        to another case, or one of its group holds.
        """
        plan, rule = self.formulas.plan, self.formulas.plan.rules[number]
        edge = rule.edges[level]
        if edge is None:
            return '""'
        together = next(rows for rows in alternatives(plan.rules) if rule in rows)
        asking = [plan.rules.index(other) for other in together if other.edges[level]]
        held = ",".join(self.formulas.holds(self.at, each, level) for each in asking)
        held = f"OR({held})" if len(asking) > 1 else held
        if rule.case_number:
            case = self.formulas.case_cell(self.at)
            held = f"OR({case}<>{rule.case_number},{held})"
        return f'IF({held},"",{self._step(number, level, edge)})'

    def _step(self, number: int, level: int, edge: Condition) -> str:
        measure = self.formulas.tables.measures[self.formulas.plan.rules[number].measure]
        cell, threshold = self._cell(measure.code), self.formulas.threshold(self.at, number, level)
        if edge.of:
            of = self._cell(edge.of)
            without = self._say("no-threshold", self.formulas.tables.measures[edge.of])
            return f"IF(ISNUMBER({of}),{self._known(measure, edge, cell, threshold, '')},{without})"
        upper = self.formulas.plan.threshold(number, level, "upper") if edge.two_sided else ""
        return self._known(measure, edge, cell, threshold, upper)

    def _known(self, measure: Measure, edge: Condition, cell: str, threshold: str, upper: str) -> str:
        """Where the threshold is known."""
        if measure.code in self.central:
            return self._of_others(measure)
        if measure.kind is Kind.DATE:
            return self._day(measure, edge, cell)
        if measure.kind is Kind.YES_NO:
            return self._yes_no(measure, edge, cell)
        return f'IF({cell}="",{self._nothing(measure)},{self._number(measure, edge, threshold, upper)})'

    def _of_others(self, measure: Measure) -> str:
        """What the unit does not report: the days of its submissions tell it, or somebody else does."""
        if measure.source in (Source.ON_TIME, Source.LATE_DAYS):
            return spoken("score.timely", self.language, {"label": measure.label}, {})
        return self._say("central-none" if not measure.other else of_other_units(measure, "none"), measure)

    def _day(self, measure: Measure, edge: Condition, cell: str) -> str:
        if edge.of:
            return self._say("no-threshold", measure)
        target = {"target": show_value(edge.last_day, Kind.DATE, self.language)}
        gone, ahead = (self._say(name, measure, facts=target) for name in ("day-gone", "day-ahead"))
        last = f"{excel_day(edge.last_day):.0f}"
        return f'IF({cell}="",IF({self.formulas.today}>={last},{gone},{ahead}),{gone})'

    def _yes_no(self, measure: Measure, edge: Condition, cell: str) -> str:
        step = self._say("say-yes" if edge.low == 1 else "say-no", measure)
        if measure.rollup is not Rollup.MIN or edge.low != 1:
            return step
        lost = self._say("every-month-yes", measure)
        return f'IF({cell}="",{step},{lost})'

    def _nothing(self, measure: Measure) -> str:
        """Of what a measure needs, the first that is not there."""
        measures = self.formulas.tables.measures
        formula = self._say("no-zero-rule" if measure.ingredients else "no-data", measure)
        for code in reversed(needed_for(measure.code, measures)):
            part = measures[code]
            if not part.ingredients:
                step = self._of_others(part) if code in self.central else self._say("no-data", part)
                formula = f'IF({self._cell(code)}="",{step},{formula})'
        return formula

    def _number(self, measure: Measure, edge: Condition, threshold: str, upper: str) -> str:
        if measure.source is Source.DONE and edge.upward:
            return self._items(measure, threshold)
        cell = self._cell(measure.code)
        if edge.two_sided:
            lower, higher = edge.sides
            first = self._moved(measure, lower, threshold)
            return f"IF({cell}<{threshold},{first},{self._moved(measure, higher, upper)})"
        if edge.exact:
            first = self._moved(measure, replace(edge, high=math.inf), threshold)
            last = self._moved(measure, replace(edge, low=-math.inf), threshold)
            return f"IF({cell}<{threshold},{first},{last})"
        return self._moved(measure, edge, threshold)

    def _items(self, measure: Measure, threshold: str) -> str:
        """นับข้อ: how many items are still to be done, and which there are."""
        measures, names = self.formulas.tables.measures, []
        for item in (measures[code] for code in measure.numerator):
            undone = '=""' if item.kind is Kind.DATE else f'<>"{self.formulas.yes}"'
            names.append(f'IF({self._cell(item.code)}{undone},{literal(", " + item.label)},"")')
        more = f"{threshold}-{self._cell(measure.code)}"
        live = {"more": shown(f"({more})", Kind.NUMBER), "target": shown(threshold, Kind.NUMBER)}
        live["items"] = f"MID({'&'.join(names)},3,9999)"
        return self._say("items", measure, live=live)

    def _moved(self, measure: Measure, edge: Condition, threshold: str) -> str:
        """By how much what decides a measure has to move for an edge that is open on one side: what is
        reported of it, where that is one number and it is divided by something, else the measure.
        """
        itself = self._by(measure, measure, edge, threshold, edge.downward)
        computation = COMPUTATIONS.get(measure.source)
        if not computation or not computation.line or len(measure.numerator) > 1:
            return itself
        filled = self.formulas.tables.measures[measure.numerator[0]]
        if (measure.source, filled.source) == (Source.RATIO, Source.DIFFERENCE):
            return self._from_target(measure, filled, edge, threshold) or itself
        if filled.source is not Source.FORM or filled.code in self.central:
            return itself
        below = self._cell(measure.denominator) if measure.denominator else ""
        beyond = edge.low_open or edge.high_open
        if measure.decimals is not None:  # it is rounded before it is compared, a half away from zero
            half, beyond = f"{0.5 * 10.0**-measure.decimals:g}", True
            threshold = (
                f"({threshold}{'-' if edge.downward == edge.high_open and not edge.low_open else '+'}{half})"
            )
        wanted = _INVERSE[measure.source].format(value=threshold, below=below)
        fewer = edge.downward != computation.line.falls
        lever = self._by(measure, filled, edge, wanted, fewer, beyond)
        return f"IF({below}=0,{itself},{lever})" if computation.divides else lever

    def _from_target(self, measure: Measure, off: Measure, edge: Condition, threshold: str) -> str:
        """The same where a result lies so many steps from a target: of a step below zero less is better.
        Empty where what decides it is not reported, or rounded on the way.
        """
        done = self.formulas.tables.measures[off.numerator[0]]
        if done.source is not Source.FORM or done.code in self.central or off.decimals is not None:
            return ""
        step, target = self._cell(measure.denominator), self._cell(off.denominator)
        wanted = f"({threshold})*{step}+{target}"
        up, down = (
            self._by(measure, done, edge, wanted, fewer) for fewer in (edge.downward, not edge.downward)
        )
        return f"IF({step}<0,{down},{up})" if measure.decimals is None else ""

    def _by(
        self,
        measure: Measure,
        moved: Measure,
        edge: Condition,
        wanted: str,
        fewer: bool,
        beyond: bool | None = None,
    ) -> str:
        """The step by which one number, now in a cell, becomes one that is wanted."""
        beyond = edge.low_open or edge.high_open if beyond is None else beyond
        target = _first(wanted, moved.kind, fewer, beyond=beyond)
        more = f"ROUND(ABS({target}-{self._cell(moved.code)}),2)"
        live = {"more": shown(more, Kind.AMOUNT), "target": shown(target, moved.kind)}
        return self._say(self._way(measure, moved, fewer), moved, live=live)

    def _way(self, measure: Measure, filled: Measure, fewer: bool) -> str:
        if filled.kind is Kind.PERCENT:
            return "percent-short"
        if measure.rollup is Rollup.MIN and filled.code == measure.code:
            return "every-month"
        return "fewer" if fewer else "more"

    def _cell(self, code: str) -> str:
        return self.formulas.cell(self.at, code)

    def _say(
        self,
        name: str,
        measure: Measure,
        *,
        facts: dict[str, str] | None = None,
        live: dict[str, str] | None = None,
    ) -> str:
        known = {"label": measure.label, "counted": measure.counting_unit, **(facts or {})}
        return spoken(f"step.{name}", self.language, known, live or {})


def _first(wanted: str, kind: Kind, fewer: bool, *, beyond: bool) -> str:
    """The first whole one (satang, hundredth of a percent) from a value on, or the first ``beyond`` it."""
    digits = 0 if kind.step == 1 else 2
    near = f"ROUND({wanted},6)"
    if not beyond:
        return f"{'ROUNDDOWN' if fewer else 'ROUNDUP'}({near},{digits})"
    return f"({'ROUNDUP' if fewer else 'ROUNDDOWN'}({near},{digits}){'-' if fewer else '+'}{kind.step:g})"
