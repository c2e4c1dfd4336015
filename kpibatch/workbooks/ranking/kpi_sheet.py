"""One KPI's sheet in the ranking workbook: its level table on top, then every unit, live.

Values feed formulas: measure → met or not per level → level → score. Thresholds are the cells of the level
table on the same sheet, so whoever changes one watches the ranking move. Results are written beside the
formulas.
"""

import math
from functools import cached_property

from kpibatch.base.addresses import excel_day, quoted, ref
from kpibatch.base.catalogue import Words
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import month_end
from kpibatch.books.look import THAI_DATE, lines_of
from kpibatch.books.write import Content, Formula, Sheet
from kpibatch.rules.conditions import Condition
from kpibatch.rules.records import Measure, Rule, Unit
from kpibatch.scoring.outcome import Outcome
from kpibatch.workbooks.ranking.formulas import RULES_TOP, TEXTS, KpiFormulas, KpiPlan

_NEXT_WIDTH, _TEXT_WIDTH, _LABEL_WIDTH, _CELL_WIDTH = 48.0, 30.0, 34.0, 17.0
_DATE_WIDTH = 21.0


class KpiWriter:
    """Writes one KPI's sheet; ``sent`` refers, per unit's row, to the cell that says whether the unit has
    sent.
    """

    def __init__(
        self,
        outcome: Outcome,
        sheet: Sheet,
        plan: KpiPlan,
        plans: dict[str, KpiPlan],
        sent: tuple[str, int, int],
    ) -> None:
        self.outcome, self.sheet, self.plan, self.plans = outcome, sheet, plan, plans
        self.tables, self.language = outcome.tables, outcome.language
        self.say = Words("sheet", outcome.language)
        self.scores = outcome.scores.kpis[plan.leaf.code]
        self.cases = self.tables.cases_of(plan.leaf.code)
        self.formulas = KpiFormulas(
            plan, outcome.tables, month_end(outcome.month).toordinal(), self.say("provisional")
        )
        self._sent = sent

    @cached_property
    def widths(self) -> list[float]:
        """The widths of the columns: those that also hold the level table are wide enough for a threshold."""
        plan = self.plan
        dated = any(edge and edge.family == "date" for rule in plan.rules for edge in rule.edges)
        cell = _DATE_WIDTH if dated else _CELL_WIDTH
        values = [_CELL_WIDTH] * len(plan.measures) + ([12.0] if self.cases else [])
        widths = [
            10.0,
            _LABEL_WIDTH,
            *values,
            *[9.0] * plan.levels,
            9.0,
            10.0,
            11.0,
            13.0,
            _NEXT_WIDTH,
            *[_TEXT_WIDTH] * TEXTS,
        ]
        return [
            max(width, cell) if 2 <= column < 3 + plan.levels else width
            for column, width in enumerate(widths)
        ]

    def write(self) -> None:
        plan = self.plan
        self._heading()
        self._level_table()
        self._cases()
        self._unit_headings()
        for row, unit in enumerate(self.tables.units):
            self._unit(row, unit)
        self._marks()
        self.sheet.raw.freeze_panes(plan.first, 2)
        self.sheet.page(top=plan.first - 1, last=(plan.first + len(self.tables.units) - 1, plan.last))
        self.sheet.pages_across(self.widths, 2)
        self.sheet.lock()

    def _heading(self) -> None:
        leaf = self.plan.leaf
        self.sheet.widths(*self.widths)
        self.sheet.put(0, 0, f"{leaf.code}  {leaf.name}", "title")
        self.sheet.height(0, 2)
        facts = self.say(
            "kpi-facts",
            weight=f"{leaf.weight:g}",
            responsible=leaf.responsible or "–",
            reference=leaf.reference or "–",
        )
        self.sheet.put(1, 0, facts, "subtitle")
        self.sheet.put(2, 0, self.say("kpi-guide"), "quiet")

    def _level_table(self) -> None:
        plan, top = self.plan, RULES_TOP - 2
        levels = [self.say("level-n", level=level) for level in range(1, plan.levels + 1)]
        self.sheet.put_row(
            top, 0, [self.say("case"), self.say("item"), self.say("below-one"), *levels], "head"
        )
        self.sheet.merge(top, 3 + plan.levels, 5 + plan.levels, self.say("remark"), "head")
        self.sheet.put(top + 1, 0, "", "section")
        self.sheet.put(top + 1, 1, self.say("level-score"), "section")
        self.sheet.put_row(
            top + 1, 2, [self.tables.round.below_one, *self.tables.scores], "cell", "input", "centre", "bold"
        )
        self.sheet.merge(top + 1, 3 + plan.levels, 5 + plan.levels, "", "section")
        for number, rule in enumerate(plan.rules):
            self._rule(RULES_TOP + number, rule)

    def _rule(self, row: int, rule: Rule) -> None:
        plan, measure = self.plan, self.tables.measures[rule.measure]
        label = f"{measure.label} ({measure.counting_unit})" if measure.counting_unit else measure.label
        self.sheet.put(row, 0, self.cases.index(rule.case) + 1 if rule.case else None, "cell", "centre")
        self.sheet.put(row, 1, label, "cell", "wrap", valign="vcenter")
        self.sheet.put(row, 2, None, "cell")
        for level, edge in enumerate(rule.edges):
            self._threshold(row, 3 + level, edge, rule.typed[level])
        self.sheet.merge(row, 3 + plan.levels, 5 + plan.levels, rule.remark, "cell", "quiet", "wrap")
        width = sum(self.widths[3 + plan.levels : 6 + plan.levels])
        self.sheet.height(row, max(lines_of(label, _LABEL_WIDTH), lines_of(rule.remark, width)))

    def _threshold(self, row: int, column: int, edge: Condition | None, typed: str) -> None:
        if edge is None:
            self.sheet.put(row, column, None, "cell")
        elif edge.any_value:
            self.sheet.put(row, column, typed, "cell", "centre")
        else:
            content, number_format = self._limit(edge)
            self.sheet.put(
                row, column, content, "cell", "input", "centre", num_format=number_format, shrink=True
            )

    def _limit(self, edge: Condition, *, high: bool = False) -> tuple[Content, str]:
        """A threshold as a cell that can be changed: the number (or word), shown with its comparison."""
        if edge.family == "yes_no":
            return self.say("yes") if edge.low == 1 else self.say("no"), "@"
        if edge.family == "date":
            word = self.say("before" if edge.high_open else "by")
            return excel_day(edge.high), f'"{word} "{THAI_DATE if self.language == "th" else "d mmm yyyy"}'
        if high:
            return edge.high, f'"{"<" if edge.high_open else "≤"} "General'
        sign = {">=": "≥", "<=": "≤"}.get(edge.sign, edge.sign)
        return edge.threshold, f'"{sign} "General'

    def _cases(self) -> None:
        if not self.cases:
            return
        top = self.plan.cases_top
        self.sheet.put_row(
            top,
            0,
            [self.say("case"), self.say("case-of"), self.say("case-from"), self.say("case-to")],
            "head",
        )
        for number, case in enumerate(self.cases, 1):
            measure, condition = self.tables.measures[case.measure], case.condition
            self.sheet.put(top + number, 0, number, "cell", "centre")
            self.sheet.put(top + number, 1, measure.label, "cell")
            lower = None if condition.downward else self._limit(condition)
            upper = (
                self._limit(condition, high=True)
                if not math.isinf(condition.high) and condition.low != condition.high
                else None
            )
            for column, limit in ((2, lower), (3, upper)):
                self.sheet.put(
                    top + number,
                    column,
                    limit[0] if limit else None,
                    "cell",
                    "centre",
                    "input",
                    num_format=limit[1] if limit else "@",
                )

    def _unit_headings(self) -> None:
        plan, row = self.plan, self.plan.first - 1
        heads = [
            self.say("unit-code"),
            self.tables.round.unit_noun,
            *(measure.label for measure in plan.measures),
        ]
        heads += [self.say("case")] if self.cases else []
        heads += [self.say("met-n", level=level) for level in range(1, plan.levels + 1)]
        heads += [
            self.say(name)
            for name in (
                "level",
                "score",
                "months-short",
                "status",
                "to-next",
                "evidence",
                "problem",
                "remark",
            )
        ]
        self.sheet.put_row(row - 1, 2, [measure.code for measure in plan.measures], "quiet", "centre")
        self.sheet.put_row(row, 0, heads, "head")
        lines = max(lines_of(measure.label, _CELL_WIDTH) for measure in plan.measures) if plan.measures else 1
        self.sheet.height(row, min(max(2, lines + 1), 6))

    def _unit(self, row: int, unit: Unit) -> None:
        at, plan = self.plan.first + row, self.plan
        self.sheet.put(at, 0, unit.code, "cell", "code")
        self.sheet.put(at, 1, unit.name, "cell")
        for measure in plan.measures:
            self._value(at, row, measure, unit)
        if not self.scores.applies[row]:
            none = (
                [""] * (plan.met - plan.case if self.cases else 0)
                + [""] * plan.levels
                + ["–", "–", "", self.say("not-applicable")]
            )
            self.sheet.put_row(at, plan.case if self.cases else plan.met, none, "cell", "centre", "quiet")
            self.sheet.put_row(at, plan.next, [""] * (1 + TEXTS), "cell", "quiet")
            return
        if self.cases:
            self.sheet.put(
                at, plan.case, Formula(self.formulas.case(at), int(self.scores.case[row])), "cell", "centre"
            )
        for level in range(plan.levels):
            met = int(self.scores.met[row, level])
            self.sheet.put(at, plan.met + level, Formula(self.formulas.met(at, level), met), "cell", "met")
        self._result(at, row, unit)
        self._words(at, unit)

    def _value(self, at: int, row: int, measure: Measure, unit: Unit) -> None:
        value = self.outcome.measured.value(unit.code, measure.code)
        column, owner = self.plan.column(measure.code), self.tables.kpi_of[measure.code]
        result = self._shown(value, measure)
        counted = "whole" if math.isnan(value) or value == int(value) else "number"
        style = {Kind.AMOUNT: "money", Kind.PERCENT: "percent", Kind.DATE: "date", Kind.YES_NO: "centre"}.get(
            measure.kind, counted
        )
        if owner != self.plan.leaf.code:
            there = self.plans[owner].outside(row, self.plans[owner].column(measure.code))
            self.sheet.put(
                at,
                column,
                Formula(f'IF({there}="","",{there})', "" if result is None else result),
                "cell",
                style,
            )
        elif measure.ingredients:
            self.sheet.put(
                at,
                column,
                Formula(self.formulas.computed(at, measure), "" if result is None else result),
                "cell",
                style,
                italic=True,
            )
        else:
            corrected = self.outcome.corrected.get((unit.code, measure.code), [])
            self.sheet.put(
                at, column, result, "cell", style, "input", *(["corrected"] if corrected else []), shrink=True
            )
            if corrected:
                self.sheet.note(at, column, "\n".join(one.message(self.language) for one in corrected))

    def _shown(self, value: float, measure: Measure) -> str | float | None:
        if math.isnan(value):
            return None
        if measure.kind is Kind.DATE:
            return excel_day(value)
        if measure.kind is Kind.YES_NO:
            return self.say("yes") if value == 1 else self.say("no")
        return value

    def _result(self, at: int, row: int, unit: Unit) -> None:
        plan, sent = self.plan, unit.code in self.outcome.sent
        sheet, first, column = self._sent
        has_sent = f'{quoted(sheet)}!{ref(first + row, column, "c")}<>"{self.say("not-sent")}"'
        level = int(self.scores.level[row]) if sent else ""
        score = float(self.scores.score[row]) if sent else ""
        status = self.say("provisional") if sent and self.scores.missing[row] else ""
        self.sheet.put(at, plan.level, Formula(self.formulas.level(at, has_sent), level), "cell", "level")
        self.sheet.put(at, plan.score, Formula(self.formulas.score(at), score), "cell", "points")
        self.sheet.put(at, plan.incomplete, self._months_short(unit), "cell", "centre", "input")
        self.sheet.put(at, plan.status, Formula(self.formulas.status(at), status), "cell", "centre")

    def _months_short(self, unit: Unit) -> int:
        """How many of the measures that count here lack a month (an input: it can't be seen from the
        values).
        """
        row = self.tables.position[unit.code]
        case = int(self.scores.case[row])
        asked = {rule.measure for rule in self.tables.rules_in_case(self.plan.leaf.code, case)}
        asked |= {one.measure for one in self.cases}
        return sum(bool(self.outcome.measured.incomplete[measure].to_numpy()[row]) for measure in asked)

    def _words(self, at: int, unit: Unit) -> None:
        steps = self.outcome.steps(self.plan.leaf.code, unit.code)
        todo = "\n".join(step.text(self.language) for step in steps) if unit.code in self.outcome.sent else ""
        self.sheet.put(at, self.plan.next, todo, "cell", "wrap", font_size=14)
        texts = [
            self.outcome.intake.texts.get((unit.code, measure.code), ("", "", ""))
            for measure in self.plan.measures
        ]
        joined = ["\n".join(filter(None, (text[kind] for text in texts))) for kind in range(TEXTS)]
        self.sheet.put_row(at, self.plan.next + 1, joined, "cell", "wrap", font_size=14)
        lines = [lines_of(todo, _NEXT_WIDTH), *(lines_of(text, _TEXT_WIDTH) for text in joined)]
        self.sheet.height(at, min(max(lines), 12))

    def _marks(self) -> None:
        plan, last = self.plan, self.plan.first + len(self.tables.units) - 1
        book = self.sheet.book
        run = f"{ref(plan.first, plan.level, 'c')}"
        for level in range(1, plan.levels + 1):
            column = plan.met + level - 1
            here = ref(plan.first, column)
            area = ((plan.first, column), (last, column))
            counted, skipped = (
                f"=AND({here}=1,{run}>={level},ISNUMBER({run}))",
                f"=AND({here}=1,ISNUMBER({run}),{run}<{level})",
            )
            self.sheet.colour(
                *area, {"type": "formula", "criteria": counted, "format": book.style("cell", "met", "good")}
            )
            self.sheet.colour(
                *area, {"type": "formula", "criteria": skipped, "format": book.style("cell", "met", "fair")}
            )
        waiting = {
            "type": "cell",
            "criteria": "==",
            "value": f'"{self.say("provisional")}"',
            "format": book.style("cell", "fair", "centre"),
        }
        self.sheet.colour((plan.first, plan.status), (last, plan.status), waiting)
