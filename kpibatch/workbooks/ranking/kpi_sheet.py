"""One KPI's sheet in the ranking workbook: its level table on top, then every unit, live.

Values feed formulas: measure → met or not per level → level → score. Results are written beside the formulas.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, TypeAlias

from kpibatch.base.addresses import excel_day, quoted, ref
from kpibatch.base.catalogue import Words, say
from kpibatch.base.findings import Finding
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import month_end
from kpibatch.books.columns import Column, Style, put_heads, put_line, set_widths, show_exact, widths_of
from kpibatch.books.look import SIZE, date_format
from kpibatch.books.paper import head_height
from kpibatch.books.write import Content, Formula, Sheet
from kpibatch.rules.formulas.kpi import KpiFormulas
from kpibatch.rules.formulas.plan import TEXTS, KpiPlan
from kpibatch.rules.formulas.points import PointFormulas
from kpibatch.rules.paper.words import weight_in_words
from kpibatch.rules.records import Measure, Unit
from kpibatch.scoring.outcome import Outcome
from kpibatch.workbooks.ranking.apart.elsewhere import Elsewhere
from kpibatch.workbooks.ranking.apart.parts import Parts, made_of_parts
from kpibatch.workbooks.ranking.criteria_sheet import plan_holidays
from kpibatch.workbooks.ranking.kpi_marks import mark_levels
from kpibatch.workbooks.ranking.kpi_paper import (
    RULE_SIZE,
    best_widths,
    cell_width,
    crowded,
    money_width,
    put_codes,
    put_on_paper,
    threshold_width,
)
from kpibatch.workbooks.ranking.kpi_results import Line, Results
from kpibatch.workbooks.ranking.level_block import LevelBlock, rules_in_words
from kpibatch.workbooks.ranking.score_formulas import FIRST, SENT, unsent_names

Live: TypeAlias = Callable[[int], str]  # the formula of a row
_STYLES = {Kind.AMOUNT: "money", Kind.PERCENT: "percent", Kind.DATE: "date", Kind.YES_NO: "centre"}


class KpiWriter:
    """Writes one KPI's sheet for the units of one kind; ``elsewhere`` is where all else stands, ``whole`` the
    outcome of all kinds.

    Source: design, section 4.
    """

    def __init__(
        self, outcome: Outcome, sheet: Sheet, plan: KpiPlan, elsewhere: Elsewhere, whole: Outcome
    ) -> None:
        self.outcome, self.sheet, self.plan, self.elsewhere = outcome, sheet, plan, elsewhere
        here = elsewhere.of[outcome.tables.units[0].code]
        self.plans, scores = here.kpis, here.scores
        self.tables, self.say = outcome.tables, Words("sheet", outcome.language)
        self.scores = outcome.scores.kpis[plan.leaf.code]
        self.results = Results(self.scores, self.say)
        self.cases = self.tables.cases_of(plan.leaf.code)
        own = outcome.intake.own_levels.items()
        self.claims = {unit: each.level for (unit, kpi), each in own if kpi == plan.leaf.code}
        self.formulas = KpiFormulas(
            plan,
            outcome.tables,
            month_end(outcome.month).toordinal(),
            self.say("provisional"),
            plan_holidays(self.say("criteria-name"), whole.tables),
            self.say("yes"),
        )
        self.points = PointFormulas(self.formulas)
        self._sent = scores
        units, below = tuple(self.tables.unit), plan.first + len(self.tables.units) + 1
        self.parts = Parts(whole, elsewhere, units, tuple(made_of_parts(plan.measures)), below, self.say)
        self.lines = [self._line(row, unit) for row, unit in enumerate(self.tables.units)]
        self.between = self._between()
        rules = rules_in_words(self.tables, plan.rows, self.say)
        missing = [line.texts[0] for line in self.lines]
        self.widths = best_widths(plan, rules, missing, widths_of(self.between))
        self.columns = tuple(self._columns())

    def write(self) -> None:
        plan, widths, whole = self.plan, widths_of(self.columns), self.widths.printed
        self._heading()
        held = self.scores.points.held
        LevelBlock(self.tables, self.sheet, plan, self.say, widths, self.points, held, whole).write()
        self._unit_headings()
        for at, line in enumerate(self.lines, plan.first):
            self._unit(at, line)
        self.parts.write(self.sheet)
        self._marks()
        self.sheet.raw.freeze_panes(plan.first, 2)
        told = "" if whole else self.say("kpi-off-paper", kpi=plan.leaf.code)
        put_on_paper(self.sheet, plan, widths, self.parts.printed(plan.first, len(self.tables.units)), told)
        self.sheet.lock()

    def _heading(self) -> None:
        leaf = self.plan.leaf
        set_widths(self.sheet, self.columns)
        self.sheet.put(0, 0, f"{leaf.code}  {leaf.name}", "title")
        self.sheet.height(0, 2)
        facts = {"responsible": leaf.responsible or "–", "reference": leaf.reference or "–"}
        weight = weight_in_words(self.tables, leaf, self.say.language)
        self.sheet.put(1, 0, self.say("kpi-facts", weight=weight, **facts), "subtitle")
        self.sheet.put(2, 0, self.say("kpi-guide"), "quiet")

    def _unit_headings(self) -> None:
        plan, row = self.plan, self.plan.first - 1
        put_codes(self.sheet, row - 1, plan, widths_of(self.between))
        size = RULE_SIZE if crowded(plan) else SIZE
        put_heads(self.sheet, row, self.columns, size)
        stale = Formula(self._sent.stale(self.say("stale")), "")
        self.sheet.put(row - 1, plan.next, stale, "quiet", "stale")
        self.sheet.tall(row, head_height(((column.head, column.width) for column in self.columns), size))

    def _line(self, row: int, unit: Unit) -> Line:
        sent = unit.code in self.outcome.sent
        steps = self._steps(unit) if sent else ()
        asked = [(unit.code, measure.code) for measure in self.plan.measures]
        typed = [self.outcome.intake.texts.get(key, ("", "", "")) for key in asked]
        own = ("\n".join(filter(None, (texts[kind] for texts in typed))) for kind in range(TEXTS))
        return Line(row, unit, sent, ("\n".join(steps), *own))

    def _steps(self, unit: Unit) -> Iterator[str]:
        """What lacks for the next level, and for nothing to be taken off."""
        kpi, language = self.plan.leaf.code, self.say.language
        yield from (step.text(language) for step in self.outcome.steps(kpi, unit.code))
        back = self.outcome.points_back.get((kpi, unit.code))
        for step in back.steps if back else ():
            yield say("step.points-back", language, step=step.text(language))

    def _unit(self, at: int, line: Line) -> None:
        plan, code = self.plan, self.plan.leaf.code
        meant = self.tables.scored_itself(code, line.unit)
        put_line(self.sheet, at, self.columns if meant else self.columns[: 2 + len(plan.measures)], line)
        self._note(at, line)
        if meant:
            self.sheet.tall(at, self.widths.line_height(line.texts[0]))
            return
        first = 2 + len(plan.measures)
        blank = [""] * (plan.level - first)
        between = [""] * (plan.score - plan.level - 1)
        words: list[Content] = [*blank, "–", *between, "–", "", self.say("not-applicable")]
        if givers := self.tables.givers(code, line.unit.code, self.outcome.months):
            level, score, status = self.elsewhere.row_taken(givers, code, self._has_sent(at))
            words = [*blank, Formula(level, self.results.level(line)), *between]
            words += [Formula(score, self.results.score(line)), 0]
            words.append(Formula(status, self.results.waits(line)))
        self.sheet.put_row(at, first, words, "cell", "centre", "quiet")
        self.sheet.put_row(at, plan.next, [""] * (1 + TEXTS), "cell", "quiet")

    def _note(self, at: int, line: Line) -> None:
        """A comment on each value that the province has set right."""
        for measure in self.plan.measures:
            corrected = self._corrected(line, measure)
            if corrected:
                text = "\n".join(finding.message(self.say.language) for finding in corrected)
                self.sheet.note(at, self.plan.column(measure.code), text)

    # --- the columns ------------------------------------------------------------------------------------

    def _columns(self) -> Iterator[Column[Line]]:
        """All columns in the order of the plan."""
        yield Column(self.say("unit-code"), 10.0, lambda line: line.unit.code, ("cell", "code"))
        yield Column(self.tables.round.unit_noun, self.widths.name, lambda line: line.unit.name)
        yield from self.between
        yield from self._words()

    def _between(self) -> tuple[Column[Line], ...]:
        """Values and results; those that also hold the level table are wide enough for a threshold."""
        threshold = threshold_width(self.plan)
        return tuple(
            replace(column, width=max(column.width, threshold)) if number <= self.plan.levels else column
            for number, column in enumerate((*map(self._value, self.plan.measures), *self._results()))
        )

    def _value(self, measure: Measure) -> Column[Line]:
        """A measure: by reference where another KPI holds it, computed, or an input."""
        owner, fitting = self.tables.kpi_of[measure.code], dict[str, Any](shrink=True)
        width = cell_width(self.plan, measure)
        if measure.kind is Kind.DATE and crowded(self.plan):
            fitting["num_format"] = date_format(self.say.language, short=True)
        if measure.kind is Kind.AMOUNT:
            width = money_width(self.outcome.measured.values[measure.code], width)
        result, look = partial(self._shown, measure), partial(self._look, measure)
        if owner != self.plan.leaf.code:
            formula = partial(self._in_another, owner, measure.code)
            return Column(measure.label, width, result, look, formula, fitting)
        if measure.other:
            made = partial(self.parts.of_others, measure, self.plan.first)
            return Column(measure.label, width, result, look, made, fitting, own=True)
        if measure.ingredients:
            formula = partial(self.formulas.computed, measure=measure)
            return Column(measure.label, width, result, look, formula, fitting | {"italic": True})

        def style(line: Line) -> Style:
            return (*look(line), "input", *(["corrected"] if self._corrected(line, measure) else []))

        return Column(measure.label, width, result, style, extra=fitting)

    def _in_another(self, owner: str, measure: str, at: int) -> str:
        other = self.plans[owner]
        cell = other.outside(at - self.plan.first, other.column(measure))
        return f'IF({cell}="","",{cell})'

    def _amount(self, line: Line, measure: Measure) -> float:
        return self.outcome.measured.value(line.unit.code, measure.code)

    def _look(self, measure: Measure, line: Line) -> Style:
        value = self._amount(line, measure)
        counted = "whole" if math.isnan(value) or value == int(value) else "number"
        return ("cell", _STYLES.get(measure.kind, counted))

    def _shown(self, measure: Measure, line: Line) -> str | float | None:
        value = self._amount(line, measure)
        if math.isnan(value):
            return None
        if measure.kind is Kind.DATE:
            return excel_day(value)
        return self.say("yes" if value == 1 else "no") if measure.kind is Kind.YES_NO else value

    def _corrected(self, line: Line, measure: Measure) -> Sequence[Finding]:
        """What the province has set right of a measure that stands here."""
        found = self.outcome.overruled.get((line.unit.code, measure.code))
        if not found or measure.ingredients or measure.other:
            return []
        return found if self.tables.kpi_of[measure.code] == self.plan.leaf.code else []

    def _results(self) -> Iterator[Column[Line]]:
        """Case, the levels met, level, score, months that lack, status."""
        formulas, results, say, centre = self.formulas, self.results, self.say, ("cell", "centre")
        if self.cases:
            yield Column(say("case"), 12.0, results.case, centre, formulas.case)
        for level in range(self.plan.levels):
            met = partial(formulas.met, level=level)
            yield Column(
                say("met-n", level=level + 1), 9.0, partial(results.met, level), ("cell", "met"), met
            )
        live = self._unless_left_out(self._level_formula)
        yield Column(say("level"), 9.0, results.level, ("cell", "level"), live)
        if self.plan.deductions:
            off = self._beside_level(self.points.deducted, "")
            yield Column(say("deducted"), 10.0, results.deducted, ("cell", "points"), off)
        if self.plan.compares:
            by = self._beside_level(self.points.compared, "")
            yield Column(say("compared"), 12.0, results.compared, ("cell", "number"), by)
        score = self._beside_level(self.points.score, "–")
        yield Column(say("score"), 10.0, results.score, ("cell", "points"), score)
        waits = self._waits if self.parts.measures else None
        short = (*centre, "input") if waits is None else centre
        yield Column(say("months-short"), 11.0, self._months_short, short, waits, own=True)
        status = self._beside_level(formulas.status, say("no-target"))
        width = max(13.0, 1.3 * len(say("no-target"))) if self.plan.leaf.leaves else 13.0
        yield Column(say("status"), width, results.status, centre, status)

    def _unless_left_out(self, formula: Live) -> Live:
        return lambda at: self.formulas.unless_left_out(at, formula(at))

    def _beside_level(self, formula: Live, word: str) -> Live:
        return lambda at: self.formulas.beside_level(at, formula(at), word)

    def _level_formula(self, at: int) -> str:
        return self.formulas.level(at, self._has_sent(at))

    def _has_sent(self, at: int) -> str:
        cell = ref(FIRST + at - self.plan.first, SENT, "c")
        words = [self.say(name) for name in unsent_names(self.outcome)]
        differs = [f'{quoted(self._sent.sheet)}!{cell}<>"{word}"' for word in words]
        return differs[0] if len(differs) == 1 else f"AND({','.join(differs)})"

    def _months_short(self, line: Line) -> int:
        """How many of the measures that count here lack a month (an input: it can't be seen from the
        values).
        """
        return sum(lacks[line.row] for lacks in self._incomplete)

    @cached_property
    def _incomplete(self) -> list[list[bool]]:
        """Of each measure that the KPI asks about, for which units it counts and lacks a month."""
        frame, needed = self.outcome.measured.incomplete, self.scores.needed.items()
        return [(asked & frame[measure].to_numpy(bool)).tolist() for measure, asked in needed]

    def _waits(self, at: int) -> str:
        """The same, where some are made of parts, which are seen to lack something."""
        row = at - self.plan.first
        needed = (code for code, units in self.scores.needed.items() if units[row])
        return self.parts.lacking(self.tables.units[row].code, needed, partial(self.formulas.cell, at))

    def _words(self) -> Iterator[Column[Line]]:
        """What the unit should do next, and its own texts."""
        for number, name in enumerate(("to-next", "evidence", "problem", "remark")):
            width, size = self.widths.texts[number]
            result = partial(_text, number, self.widths.between)
            extra = {"font_size": size, "valign": "vcenter"}
            yield Column(self.say(name), width, result, ("cell", "wrap"), extra=extra)
        if self.claims:
            claim = say("score.claim", self.say.language)
            yield Column(claim, 12.0, lambda line: self.claims.get(line.unit.code, ""), ("cell", "level"))

    # --- colours ----------------------------------------------------------------------------------------

    def _marks(self) -> None:
        """Levels met and counted, those met but not counted, what is provisional; no number shown as a
        rounder one.
        """
        plan, last = self.plan, self.plan.first + len(self.tables.units) - 1
        for column, measure in enumerate(plan.measures, 2):
            style = _STYLES.get(measure.kind, "whole")
            self.sheet.show_exact((plan.first, column), (last, column), style)
        show_exact(self.sheet, self.columns, plan.first, last)
        mark_levels(self.sheet, plan, last, self.say("provisional"))


def _text(number: int, between: str, line: Line) -> str:
    return line.texts[number].replace("\n", "\n" if number else between)
