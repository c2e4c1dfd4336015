"""Where the level table, the values and the results of a KPI stand on a sheet, so that formulas can refer to
them.

In the ranking every KPI has a sheet of its own with a row a unit; in a unit's form all stand below each other
on one, each with the unit's row alone.
"""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from kpibatch.base.addresses import excel_day, quoted, ref
from kpibatch.rules.conditions import NOT_GIVEN, Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Method, Node, Rule

TEXTS = 3
RULES_TOP = 6
RuleLine: TypeAlias = Literal["threshold", "upper", "times", "plus", "points"]
Table: TypeAlias = dict[tuple[int, int], "float | str"]  # what stands at a row and column


def lines_for(rule: Rule) -> tuple[RuleLine, ...]:
    """The lines of a rule in the level table: its thresholds, and below them, where it has such, the upper
    ends of bands, by what a unit's own threshold follows from the measure that the first line names, and the
    points that it takes off.
    """
    edges = [edge for edge in rule.edges if edge]
    upper: tuple[RuleLine, ...] = ("upper",) if any(edge.two_sided for edge in edges) else ()
    own: tuple[RuleLine, ...] = ("times", "plus") if rule.references else ()
    points: tuple[RuleLine, ...] = ("points",) if rule.deducts else ()
    return ("threshold", *upper, *own, *points)


@dataclass(frozen=True)
class KpiPlan:
    """Where everything of a KPI stands on its sheet, zero-based. ``case`` is −1 where the KPI has no cases;
    ``top`` is the row from which on everything stands.

    Level thresholds stand in columns 3 …, one a level (column 2 is "below level 1"); units in the tables'
    order from ``first`` on, their measures from column 2 on. Below the ``rules`` stand the ``deductions``,
    then the mean and the deviation where units are compared; rules are counted through both.
    """

    leaf: Node
    sheet: str
    measures: tuple[Measure, ...]
    rules: tuple[Rule, ...]
    deductions: tuple[Rule, ...]
    cases_top: int
    first: int
    case: int
    met: int
    levels: int
    top: int = 0

    @property
    def rules_top(self) -> int:
        """The row of the first threshold."""
        return self.top + RULES_TOP

    @property
    def scores_row(self) -> int:
        """The row of the levels' scores, above the thresholds."""
        return self.rules_top - 1

    @property
    def level(self) -> int:
        return self.met + self.levels

    @property
    def deducted(self) -> int:
        """The points taken off; where there are rows that do."""
        return self.level + 1

    @property
    def compared(self) -> int:
        """What units are compared by; where they are."""
        return self.level + 1 + bool(self.deductions)

    @property
    def compares(self) -> bool:
        return self.leaf.method is Method.STANDARD

    @property
    def score(self) -> int:
        return self.level + 1 + bool(self.deductions) + self.compares

    @property
    def incomplete(self) -> int:
        return self.score + 1

    @property
    def status(self) -> int:
        return self.score + 2

    @property
    def next(self) -> int:
        return self.score + 3

    @property
    def last(self) -> int:
        return self.next + TEXTS

    def column(self, measure: str) -> int:
        return 2 + [own.code for own in self.measures].index(measure)

    @property
    def rows(self) -> tuple[Rule, ...]:
        return self.rules + self.deductions

    def row_of(self, rule: int) -> int:
        """Where a rule's first line stands; rules count from 0."""
        return self.rules_top + sum(len(lines_for(each)) for each in self.rows[:rule])

    @property
    def mean(self) -> int:
        """The row of the units' mean; that of their deviation is the next."""
        return self.row_of(len(self.rows))

    @property
    def cap(self) -> str:
        """The reference of the cap."""
        return ref(self.scores_row, 4 + self.levels, "rc")

    def threshold(self, rule: int, level: int, line: RuleLine = "threshold") -> str:
        """The reference of a rule's threshold, or of what stands below it; both count from 0."""
        return ref(self.row_of(rule) + lines_for(self.rows[rule]).index(line), 3 + level, "rc")

    def outside(self, row: int, column: int) -> str:
        """A reference from another sheet to the cell of a unit's row."""
        return f"{quoted(self.sheet)}!{ref(self.first + row, column)}"


def limit_of(edge: Condition, words: tuple[str, str], *, high: bool = False) -> float | str:
    """What the cell of a threshold holds: a number, a day's serial, or one of the ``words`` for yes and no;
    the upper end of a band where that is asked for.
    """
    if edge.family == "yes_no":
        return words[0] if edge.low == 1 else words[1]
    if edge.family == "date":
        return excel_day(edge.high)
    return edge.high if high else edge.threshold


def limits_of(case: Condition, words: tuple[str, str]) -> tuple[float | str | None, float | str | None]:
    """What the two cells of a case's condition hold: from where and to where."""
    bounded = not math.isinf(case.high) and case.low != case.high
    upper = limit_of(case, words, high=True) if bounded else None
    return None if case.downward else limit_of(case, words), upper


def level_table(plan: KpiPlan, tables: LevelTables, words: tuple[str, str]) -> Table:
    """The level table's cells that formulas refer to, and what they hold; ``words`` are those for yes and
    no.
    """
    code, cells = plan.leaf.code, dict[tuple[int, int], float | str]()
    scores = [tables.round.below_one, *tables.scores_of(code)]
    for level in range(plan.levels + 1):
        cells[plan.scores_row, 2 + level] = scores[level] if level < len(scores) else NOT_GIVEN
    if plan.leaf.cap is not None:
        cells[plan.scores_row, 4 + plan.levels] = plan.leaf.cap
    for number, rule in enumerate(plan.rows):
        for below, line in enumerate(lines_for(rule)):
            for level, content in enumerate(line_of(rule, line, words)):
                if content is not None:
                    cells[plan.row_of(number) + below, 3 + level] = content
    for number, case in enumerate(tables.cases_of(code), 1):
        for column, limit in enumerate(limits_of(case.condition, words), 2):
            if limit is not None:
                cells[plan.cases_top + number, column] = limit
    return cells


def line_of(rule: Rule, line: RuleLine, words: tuple[str, str]) -> list[float | str | None]:
    """What a line of the level table holds, level by level."""
    if line == "points":
        points = iter(rule.deducts)
        alone = not any(rule.edges)
        return [next(points) if edge or (alone and not at) else None for at, edge in enumerate(rule.edges)]
    contents: list[float | str | None] = []
    for edge in rule.edges:
        if edge is None or edge.any_value or (edge.of and line == "threshold"):
            contents.append(None)
        elif line == "upper":
            contents.append(limit_of(edge, words, high=True) if edge.two_sided else None)
        elif line in ("times", "plus"):
            contents.append((edge.times if line == "times" else edge.threshold) if edge.of else None)
        else:
            contents.append(limit_of(edge, words))
    return contents


def plan_kpi(leaf: Node, sheet: str, tables: LevelTables, top: int = 0) -> KpiPlan:
    """Lay a KPI out on its sheet, from a row on."""
    rules, deductions = tables.rules_of(leaf.code), tables.deductions_of(leaf.code)
    cases, measures = tables.cases_of(leaf.code), tables.measures_of(leaf.code)
    comparing = 2 if leaf.method is Method.STANDARD else 0
    cases_top = top + RULES_TOP + sum(len(lines_for(rule)) for rule in rules + deductions) + comparing + 1
    first = cases_top + (len(cases) + 2 if cases else 0) + 2
    case = 2 + len(measures) if cases else -1
    met = 2 + len(measures) + (1 if cases else 0)
    return KpiPlan(
        leaf, sheet, measures, rules, deductions, cases_top, first, case, met, tables.level_count, top
    )
