"""The head of a KPI's sheet: its level table and its cases, as cells that can be changed.

The thresholds are those that the formulas below refer to, so whoever changes one watches the ranking move.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from kpibatch.base.catalogue import Words
from kpibatch.books.look import date_format, lines_of
from kpibatch.books.write import Formula, Sheet
from kpibatch.rules.conditions import NOT_GIVEN, Condition, Floats, is_dash
from kpibatch.rules.formulas.plan import KpiPlan, RuleLine, limit_of, limits_of, line_of, lines_for
from kpibatch.rules.formulas.points import PointFormulas
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.words import group_in_words, remark_in_words
from kpibatch.rules.records import Rule
from kpibatch.scoring.points import deviation_of, mean_of
from kpibatch.workbooks.ranking.kpi_paper import RULE_SIZE, crowded, rule_height


def label_of(tables: LevelTables, rule: Rule, say: Words) -> str:
    """What a line of the level table is about."""
    measure = tables.measures[rule.measure]
    label = f"{measure.label} ({measure.counting_unit})" if measure.counting_unit else measure.label
    label = say("deducts-by", label=label) if rule.deducts else label
    return "   ".join(filter(None, (label, group_in_words(rule, say.language))))


def rules_in_words(tables: LevelTables, rules: Sequence[Rule], say: Words) -> list[tuple[str, str]]:
    """What the lines of the level table are about, and their remarks."""
    return [(label_of(tables, rule, say), remark_in_words(rule, say.language)) for rule in rules]


@dataclass(frozen=True)
class LevelBlock:
    """Writes the level table and the cases of a KPI; ``widths`` are those of the sheet's columns, ``held`` is
    what the units are compared by; ``whole`` is whether what lacks is printed.
    """

    tables: LevelTables
    sheet: Sheet
    plan: KpiPlan
    say: Words
    widths: Sequence[float]
    points: PointFormulas
    held: Floats
    whole: bool

    def write(self) -> None:
        """Source: design, section 4."""
        self._levels()
        for number, rule in enumerate(self.plan.rows):
            self._rule(self.plan.row_of(number), rule)
        if self.plan.compares:
            self._among()
        if self.tables.cases_of(self.plan.leaf.code):
            self._cases()

    @property
    def _remark(self) -> tuple[int, int]:
        """The first and the last column of the remarks."""
        return 3 + self.plan.levels, self.plan.next if self.whole else self.plan.status

    def _levels(self) -> None:
        plan, top = self.plan, self.plan.scores_row - 1
        levels = [self.say("level-n", level=level) for level in range(1, plan.levels + 1)]
        self.sheet.put_row(
            top, 0, [self.say("case"), self.say("item"), self.say("below-one"), *levels], "head"
        )
        self.sheet.merge(top, *self._remark, self.say("remark"), "head")
        self.sheet.height(top, lines_of(self.say("below-one"), self.widths[2], bold=True))
        self.sheet.put(top + 1, 0, "", "section")
        self.sheet.put(top + 1, 1, self.say("level-score"), "section")
        scores = [self.tables.round.below_one, *self.tables.scores_of(plan.leaf.code)]
        self.sheet.put_row(top + 1, 2, scores, "cell", "input", "centre", "bold")
        not_given = [NOT_GIVEN] * (1 + plan.levels - len(scores))
        self.sheet.put_row(top + 1, 2 + len(scores), not_given, "cell", "centre")
        if plan.leaf.cap is None:
            self.sheet.merge(top + 1, *self._remark, "", "section")
            return
        first, last = self._remark
        self.sheet.put(top + 1, first, self.say("score-cap"), "section", shrink=True)
        self.sheet.put(top + 1, first + 1, plan.leaf.cap, "cell", "input", "centre", "bold")
        self.sheet.merge(top + 1, first + 2, last, "", "section")

    def _among(self) -> None:
        """The mean and the deviation of what units are compared by."""
        held = self.held[self.held == self.held]
        for number, name in enumerate(("units-mean", "units-deviation")):
            result = float((mean_of, deviation_of)[number](held)) if len(held) else ""
            self.sheet.put(self.plan.mean + number, 1, self.say(name), "cell", "quiet")
            content = Formula(self.points.among[number], result)
            self.sheet.put(self.plan.mean + number, 2, content, "cell", "number")

    def _rule(self, row: int, rule: Rule) -> None:
        plan, label, small = self.plan, label_of(self.tables, rule, self.say), {"font_size": RULE_SIZE}
        case = self.tables.cases_of(plan.leaf.code).index(rule.case) + 1 if rule.case else None
        self.sheet.put(row, 0, case, "cell", "centre")
        self.sheet.put(row, 1, label, "cell", "wrap", valign="vcenter", **small)
        self.sheet.put(row, 2, None, "cell")
        for level, edge in enumerate(rule.edges):
            self._threshold(row, 3 + level, edge, rule.typed[level])
        first, last = self._remark
        remark = remark_in_words(rule, self.say.language)
        self.sheet.merge(row, first, last, remark, "cell", "quiet", "wrap", valign="vcenter", **small)
        width = sum(self.widths[first : last + 1])
        self.sheet.tall(row, rule_height(label, self.widths[1], remark, width))
        for below, line in enumerate(lines_for(rule)[1:], row + 1):
            self._below(below, line, rule)

    def _below(self, row: int, line: RuleLine, rule: Rule) -> None:
        """What belongs to the thresholds above it: the upper ends of bands, by what a unit's own threshold
        follows from the measure, or the points taken off.
        """
        name = "points-each" if line == "points" and not any(rule.edges) else line
        self.sheet.put_row(row, 0, [None, self.say(f"line-{name}"), None], "cell", "quiet")
        for column, content in enumerate(line_of(rule, line, self._words), 3):
            if content is None:
                self.sheet.put(row, column, None, "cell")
                continue
            edge = rule.edges[column - 3]
            form = self._form(edge, high=True) if edge and line == "upper" else "General"
            self.sheet.put(row, column, content, "cell", "input", "centre", num_format=form, shrink=True)
        first, last = self._remark
        self.sheet.merge(row, first, last, "", "cell")

    def _threshold(self, row: int, column: int, edge: Condition | None, typed: str) -> None:
        if edge and edge.of:
            self.sheet.put(row, column, f"{edge.mark} {edge.of}", "cell", "centre", shrink=True)
        elif edge is None:
            dash = is_dash(typed)
            self.sheet.put(row, column, NOT_GIVEN if dash else None, "cell", *(["centre"] if dash else []))
        elif edge.any_value:
            self.sheet.put(row, column, typed, "cell", "centre")
        else:
            content, form = limit_of(edge, self._words), self._form(edge)
            self.sheet.put(row, column, content, "cell", "input", "centre", num_format=form, shrink=True)

    def _cases(self) -> None:
        """Which case a unit is in: the measure it hangs on, from where and to where."""
        top = self.plan.cases_top
        heads = [self.say(name) for name in ("case", "case-of", "case-from", "case-to")]
        self.sheet.put_row(top, 0, heads, "head")
        self.sheet.height(top, max(map(partial(lines_of, bold=True), heads, self.widths)))
        for number, case in enumerate(self.tables.cases_of(self.plan.leaf.code), 1):
            condition = case.condition
            self.sheet.put(top + number, 0, number, "cell", "centre")
            self.sheet.put(top + number, 1, self.tables.measures[case.measure].label, "cell")
            for column, content in enumerate(limits_of(condition, self._words), 2):
                form = "@" if content is None else self._form(condition, high=column == 3)
                self.sheet.put(top + number, column, content, "cell", "centre", "input", num_format=form)

    @property
    def _words(self) -> tuple[str, str]:
        return self.say("yes"), self.say("no")

    def _form(self, edge: Condition, *, high: bool = False) -> str:
        """How a threshold that can be changed is shown: the number with its comparison."""
        if edge.family == "yes_no":
            return "@"
        if edge.family == "date":
            word = self.say("before" if edge.high_open else "by")
            return date_format(self.say.language, word, short=crowded(self.plan))
        if high:
            return f'"{"<" if edge.high_open else "≤"} "General'
        return f'"{edge.mark} "General'
