"""The formulas from a KPI's values to its level, over the cells of its plan.

Every formula refers to the values in the unit's own row and to the thresholds in the level table above, so an
officer can follow it; none holds a threshold itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from kpibatch.base.addresses import excel_day, ref, span
from kpibatch.rules.computations import Cells
from kpibatch.rules.conditions import DECIMALS, NOT_GIVEN
from kpibatch.rules.formulas.plan import KpiPlan
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Case, Measure
from kpibatch.rules.sources import are_days, computed_formula, quotients
from kpibatch.rules.written import alternatives, first_deadline, levels_asked


@dataclass(frozen=True)
class KpiFormulas:
    """The formulas of one KPI for the unit in row ``at``; ``today`` is the report month's last day, as an
    ordinal, or the cell that holds it; ``holidays`` are where วันหยุด stand, ``yes`` is how a cell says so.
    """

    plan: KpiPlan
    tables: LevelTables
    today: int | str
    provisional: str
    holidays: str
    yes: str

    @property
    def cases(self) -> tuple[Case, ...]:
        return self.tables.cases_of(self.plan.leaf.code)

    def level(self, at: int, has_sent: str) -> str:
        """One less than the first level not met, or, where levels are not given, the last one met before it;
        nothing for a unit that sent nothing.

        Source: design, section 1 (Level); the other side of ``kpi.score_kpi``.
        """
        met = span((at, self.plan.met), (at, self.plan.level - 1), "c")
        if not any(self._skipping(level) for level in range(self.plan.levels)):
            return f'IF({has_sent},IFERROR(MATCH(0,{met},0)-1,{self.plan.levels}),"")'
        number = f"(COLUMN({met})-{self.plan.met})"
        below = f"({number}<IFERROR(MATCH(0,{met},0),{self.plan.levels + 1}))"
        return f'IF({has_sent},SUMPRODUCT(MAX(({met}=1)*{below}*{number})),"")'

    def _skipping(self, level: int) -> list[int]:
        """The cases in which a level (from 0) is not given; 0 where there are no cases."""
        numbers = range(1, len(self.cases) + 1) if self.cases else (0,)
        return [number for number in numbers if not self.tables.given(self.plan.leaf.code, number)[level]]

    def cell(self, at: int, measure: str) -> str:
        return ref(at, self.plan.column(measure), "c")

    def case_cell(self, at: int) -> str:
        """Where the unit's case stands, of a KPI that has cases."""
        return ref(at, self.plan.case, "c")

    def computed(self, at: int, measure: Measure) -> str:
        """A computed measure from the cells of its ingredients; empty while one of them is."""
        cells = Cells(
            [self.cell(at, code) for code in measure.numerator],
            self.cell(at, measure.denominator) if measure.denominator else "",
            are_days(measure, self.tables.measures),
            measure.count,
            self.holidays,
            self.yes,
        )
        return computed_formula(measure, cells, self.tables.lower_is_better(measure.code))

    def case(self, at: int) -> str:
        """The first case from the top that holds; 0 where none does or its measure is missing.

        Source: design, section 1 (Case); the other side of ``kpi.take_case``.
        """
        formula = "0"
        for number in range(len(self.cases), 0, -1):
            case, row = self.cases[number - 1], self.plan.cases_top + number
            value = self.cell(at, case.measure)
            test = case.condition.comparison(value, ref(row, 2, "rc"), ref(row, 3, "rc"))
            formula = f'IF({value}="",0,IF({test},{number},{formula}))'
        return formula

    def met(self, at: int, level: int) -> str:
        """Every row without a group holds that asks something at a level (from 0), and one of each group.

        Source: design, section 1 (ระดับ); the other side of ``kpi.score_kpi``.
        """
        tests = [f"{self.case_cell(at)}>0"] if self.cases else []
        for rows in self._alternatives:
            asking = [number for number in rows if self.plan.rules[number].edges[level]]
            if asking:
                case_number = self.plan.rules[rows[0]].case_number
                test = self._one_holds(at, asking, level)
                tests.append(f"OR({self.case_cell(at)}<>{case_number},{test})" if case_number else test)
        met = f"IF(AND({','.join(tests) or 'TRUE'}),1,0)"
        skipping = self._skipping(level)
        if not skipping:
            return met
        if not self.cases:
            return f'"{NOT_GIVEN}"'
        case = self.case_cell(at)
        return f'IF(OR({",".join(f"{case}={number}" for number in skipping)}),"{NOT_GIVEN}",{met})'

    def unless_left_out(self, at: int, formula: str) -> str:
        """A level's formula; of a KPI that may leave a unit, “–” as long as it does."""
        return f'IF({self.without_target(at)},"–",{formula})' if self.plan.leaf.leaves else formula

    def beside_level(self, at: int, formula: str, word: str) -> str:
        """The same of what hangs on the level."""
        if not self.plan.leaf.leaves:
            return formula
        return f'IF({ref(at, self.plan.level, "c")}="–","{word}",{formula})'

    def without_target(self, at: int) -> str:
        """Whether the KPI leaves the unit: all that it divides by in the unit's case is zero, and no month
        lacks.

        Source: design, section 1 (Wider rules: เมื่อไม่มีกลุ่มเป้าหมาย); the other side of
        ``kpi.without_target``.
        """
        complete, ways = f"{ref(at, self.plan.incomplete, 'c')}=0", []
        for number in range(1, len(self.cases) + 1) if self.cases else (0,):
            rules = self.tables.rules_in_case(self.plan.leaf.code, number)
            asked = quotients(rules, self.tables.measures)
            cells = dict.fromkeys(self.cell(at, measure.denominator) for measure in asked)
            case = [f"{self.case_cell(at)}={number}"] if number else []
            zero = [f"ISNUMBER({cell}),{cell}=0" for cell in cells]
            ways += [f"AND({','.join([*case, *zero, complete])})"] if zero else []
        return f"OR({','.join(ways)})" if ways else "FALSE"

    @cached_property
    def _alternatives(self) -> list[list[int]]:
        """The rules' numbers, those of one group together."""
        return [[self.plan.rules.index(rule) for rule in rows] for rows in alternatives(self.plan.rules)]

    def _one_holds(self, at: int, rules: list[int], level: int) -> str:
        """Whether one of some rules holds at a level at which all of them ask."""
        tests = [self.holds(at, number, level) for number in rules]
        return tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"

    def holds(self, at: int, number: int, level: int) -> str:
        """Whether a rule, counted through all rows, holds at a level (from 0) at which it asks."""
        rule, plan = self.plan.rows[number], self.plan
        edge = rule.edges[level]
        assert edge is not None
        upper = plan.threshold(number, level, "upper") if edge.two_sided else ""
        of = self.cell(at, edge.of) if edge.of else ""
        return edge.formula(self.cell(at, rule.measure), self.threshold(at, number, level), upper, of)

    def threshold(self, at: int, number: int, level: int) -> str:
        """A rule's threshold at a level: a cell of the level table, or reckoned from the unit's own."""
        edge, cell = self.plan.rows[number].edges[level], partial(self.plan.threshold, number, level)
        if not edge or not edge.of:
            return cell()
        return f"ROUND({self.cell(at, edge.of)}*{cell('times')}+{cell('plus')},{DECIMALS})"

    def status(self, at: int) -> str:
        """Provisional where a value is not there that the unit's level hangs on, or a month of one."""
        lacking = self.hanging_on(at, lambda code: self._blank(at, code))
        waiting = "+".join(filter(None, (lacking, ref(at, self.plan.incomplete, "c"))))
        return f'IF({ref(at, self.plan.level, "c")}="","",IF({waiting}>0,"{self.provisional}",""))'

    def hanging_on(self, at: int, each: Callable[[str], str]) -> str:
        """The sum of what ``each`` gives, by code, over the measures that the unit's level hangs on; empty
        where it gives nothing.

        The other side of ``kpi.score_kpi``.
        """
        return "+".join(dict.fromkeys(self._terms(at, each)))

    def _terms(self, at: int, each: Callable[[str], str]) -> Iterator[str]:
        yield from filter(None, (each(case.measure) for case in self.cases))
        for rows in self._alternatives:
            asking = (rule for rule in (self.plan.rules[number] for number in rows) if any(rule.edges))
            terms = list(filter(None, (each(code) for rule in asking for code in rule.codes)))
            case_number = self.plan.rules[rows[0]].case_number
            factors = [f"({self.case_cell(at)}={case_number})"] if case_number else []
            if len(rows) > 1 and terms:
                factors.append(f"(1-AND({','.join(self._each_level(at, rows))}))")
            yield from ("*".join([*factors, term]) for term in terms)
        for rule in self.plan.deductions:
            factors = [f"({self.case_cell(at)}={rule.case_number})"] if rule.case_number else []
            terms = list(filter(None, map(each, rule.codes)))
            yield from ("*".join([*factors, term]) for term in terms)

    def _each_level(self, at: int, rows: list[int]) -> Iterator[str]:
        """Whether one of some rows holds, at each level at which any of them asks."""
        for level in levels_asked(self.plan.rules[number] for number in rows):
            asking = [number for number in rows if self.plan.rules[number].edges[level]]
            yield self._one_holds(at, asking, level)

    def _blank(self, at: int, code: str) -> str:
        """1 where a value is not there and is missed; nothing where it never is, in that month."""
        blank, measure = f'({self.cell(at, code)}="")', self.tables.measures[code]
        due = first_deadline(measure, self.tables.rules)
        if due is None:
            return blank
        if isinstance(self.today, int):
            return blank if due <= self.today else ""
        return f"{blank}*({self.today}>={excel_day(due):.0f})"
