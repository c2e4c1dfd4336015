"""The formulas from a KPI's level or value to its score; beside ``scoring.points``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kpibatch.base.addresses import ref, span
from kpibatch.rules.conditions import DECIMALS, Condition
from kpibatch.rules.formulas.kpi import KpiFormulas
from kpibatch.rules.formulas.plan import KpiPlan
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Method, Rule


@dataclass(frozen=True)
class PointFormulas:
    """The formulas of one KPI for the unit in row ``at``."""

    formulas: KpiFormulas

    @property
    def plan(self) -> KpiPlan:
        return self.formulas.plan

    @property
    def tables(self) -> LevelTables:
        return self.formulas.tables

    def score(self, at: int) -> str:
        """By the KPI's วิธีให้คะแนน, at most its cap, less what is taken off.

        Source: design, section 1 (วิธีให้คะแนน; Wider rules: เพดานคะแนน, หักคะแนน).
        """
        plan, level = self.plan, ref(at, self.plan.level, "c")
        ways: dict[Method, Callable[[int], str]] = {
            Method.LINEAR: self._line,
            Method.PROPORTIONAL: self._proportion,
            Method.STANDARD: self._standard,
        }
        points = ways.get(plan.leaf.method, self._steps)(at)
        points = points if plan.leaf.cap is None else f"MIN({plan.cap},{points})"
        if plan.deductions:
            points = f"MAX(0,{points}-{ref(at, plan.deducted, 'c')})"
        return f'IF({level}="","",{points})'

    @property
    def _full(self) -> str:
        """The score of the top level."""
        return ref(self.plan.scores_row, 2 + len(self.tables.scores_of(self.plan.leaf.code)), "rc")

    @property
    def _most(self) -> str:
        """What a score may be without a cap of its own."""
        return self._full if self.plan.leaf.cap is None else self.plan.cap

    def _steps(self, at: int) -> str:
        scores = span((self.plan.scores_row, 2), (self.plan.scores_row, 2 + self.plan.levels), "rc")
        return f"INDEX({scores},{ref(at, self.plan.level, 'c')}+1)"

    def _by_case(self, at: int, none: str, way: Callable[[int, Rule, str], str]) -> str:
        """What a row of the level table makes of its measure's cell: of the unit's case, where there are
        cases.
        """
        formula = none
        for number, rule in enumerate(self.plan.rules):
            points = way(number, rule, self.formulas.cell(at, rule.measure))
            formula = (
                f"IF({ref(at, self.plan.case, 'c')}={rule.case_number},{points},{formula})"
                if rule.case_number
                else points
            )
        return formula

    def _line(self, at: int) -> str:
        """ค่าต่อเนื่อง: from the highest edge down, the segment of the line that the value stands on."""
        below = ref(self.plan.scores_row, 2, "rc")

        def line(number: int, rule: Rule, value: str) -> str:
            asked = [(level, edge) for level, edge in enumerate(rule.edges) if edge and not edge.any_value]
            knots = [
                (edge, self.formulas.threshold(at, number, level), ref(self.plan.scores_row, 3 + level, "rc"))
                for level, edge in asked
            ]
            reached = _known(self.formulas, at, rule, self.formulas.holds(at, number, asked[0][0]))
            segments = _segments(value, knots, beyond=self.plan.leaf.cap is not None)
            return f"IF({reached},{segments},{below})"

        return self._by_case(at, below, line)

    def _proportion(self, at: int) -> str:
        """ตามสัดส่วน: the full score × value ÷ the top level's edge."""

        def part(number: int, rule: Rule, value: str) -> str:
            level = max(level for level, edge in enumerate(rule.edges) if edge)
            edge = self.formulas.threshold(at, number, level)
            there = _known(self.formulas, at, rule, f"ISNUMBER({value})")
            points = f"MAX(0,MIN({self._most},{self._full}*{value}/{edge}))"
            return f"IF({there},IF({edge}>0,{points},0),0)"

        return self._by_case(at, "0", part)

    def _standard(self, at: int) -> str:
        """คะแนนที as a part of the full score."""
        mean, deviation = (ref(self.plan.mean + row, 2, "rc") for row in (0, 1))
        return standard(ref(at, self.plan.compared, "c"), mean, deviation, self._full, self._most)

    def compared(self, at: int) -> str:
        """What the unit is compared by: more is better, and nothing where it is not scored."""
        rule = self.plan.rules[0]
        value, sign = self.formulas.cell(at, rule.measure), "-" if rule.falls else ""
        return f'IF({ref(at, self.plan.level, "c")}="","",IF(ISNUMBER({value}),{sign}{value},""))'

    @property
    def among(self) -> tuple[str, str]:
        """The mean and the deviation of all units."""
        last = self.plan.first + len(self.tables.units) - 1
        return mean_and_deviation(
            span((self.plan.first, self.plan.compared), (last, self.plan.compared), "rc")
        )

    def deducted(self, at: int) -> str:
        """The points that the rows of หักคะแนน take off together."""
        off = "+".join(self._deduction(at, number, rule) for number, rule in enumerate(self.plan.deductions))
        return f'IF({ref(at, self.plan.level, "c")}="","",{off})'

    def _deduction(self, at: int, number: int, rule: Rule) -> str:
        """What one row takes off; rows count on from those that ask."""
        number, value = number + len(self.plan.rules), self.formulas.cell(at, rule.measure)
        points = "0"
        for level in (level for level, edge in enumerate(rule.edges) if edge):
            held, each = self.formulas.holds(at, number, level), self.plan.threshold(number, level, "points")
            points = f"IF({held},{each},{points})"
        if not any(rule.edges):
            each = self.plan.threshold(number, 0, "points")
            points = f"IF(ISNUMBER({value}),MAX(0,{each}*{value}),0)"
        return (
            f"IF({ref(at, self.plan.case, 'c')}={rule.case_number},{points},0)"
            if rule.case_number
            else points
        )


def _known(formulas: KpiFormulas, at: int, rule: Rule, test: str) -> str:
    """A test that fails as well where a measure is missing that the row's thresholds name."""
    others = [f"ISNUMBER({formulas.cell(at, code)})" for code in rule.references]
    return f"AND({','.join([*others, test])})" if others else test


def standard(compared: str, mean: str, deviation: str, full: str, most: str) -> str:
    """A T-score as a part of the full score, from cells.

    Source: design, section 1 (Wider rules: คะแนนที).
    """
    points = f"{full}*IF({deviation}=0,50,50+10*({compared}-{mean})/{deviation})/100"
    return f"IF(ISNUMBER({compared}),MAX(0,MIN({most},{points})),0)"


def mean_and_deviation(cells: str) -> tuple[str, str]:
    """The mean of the numbers in a range, and their standard deviation as a whole population; 0 where nine
    decimals do not tell them apart.
    """
    spread = f"ROUND(MAX({cells})-MIN({cells}),{DECIMALS})"
    return (
        f'IF(COUNT({cells})=0,"",AVERAGE({cells}))',
        f'IF(COUNT({cells})=0,"",IF({spread}=0,0,STDEVP({cells})))',
    )


def _segments(value: str, knots: Sequence[tuple[Condition, str, str]], *, beyond: bool) -> str:
    """The score on the line through the knots, for a value that has reached the first; after the last one its
    score, or ``beyond`` it further along.
    """
    better = "<=" if knots[0][0].downward else ">="
    formula = knots[0][2]
    for (_, low, low_score), (_, high, high_score) in pairwise(knots):
        slope = f"{low_score}+(ROUND({value},{DECIMALS})-{low})*({high_score}-{low_score})/({high}-{low})"
        formula = f"IF(ROUND({value},{DECIMALS}){better}{low},{slope},{formula})"
    if beyond:
        return formula
    return f"IF(ROUND({value},{DECIMALS}){better}{knots[-1][1]},{knots[-1][2]},{formula})"
