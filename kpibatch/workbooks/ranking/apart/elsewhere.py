"""Where any unit's results stand in the ranking, whatever its kind: what is taken of the unit above, and what
sums are made of, are formulas over those cells.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kpibatch.base.addresses import quoted, ref
from kpibatch.rules.formulas.plan import KpiPlan
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.outcome import Outcome
from kpibatch.workbooks.ranking.score_formulas import FIRST, TOTAL_SCORE, ScorePlan


@dataclass(frozen=True)
class Layout:
    """One kind's sheets: its outcome, a sheet a KPI at which its units are scored themselves, its scores."""

    outcome: Outcome
    kpis: Mapping[str, KpiPlan]
    scores: ScorePlan

    def row(self, unit: str) -> int:
        return self.outcome.tables.position[unit]


@dataclass(frozen=True)
class Elsewhere:
    """The sheets of all kinds; ``provisional`` is the word for it in a cell, ``below_one`` the score below
    level 1.
    """

    layouts: Sequence[Layout]
    provisional: str = ""
    below_one: float = 0.0

    @cached_property
    def of(self) -> Mapping[str, Layout]:
        """Each unit's kind's."""
        return {unit: layout for layout in self.layouts for unit in layout.outcome.tables.unit}

    def total(self, unit: str) -> str:
        """The cell of a unit's total: empty where it has sent nothing."""
        layout = self.of[unit]
        return f"{quoted(layout.scores.sheet)}!{ref(FIRST + layout.row(unit), TOTAL_SCORE, 'rc')}"

    def score(self, unit: str, node: str) -> str:
        """The cell of a unit's score at a node; its total where no node is named."""
        if node == TOTAL:
            return self.total(unit)
        layout = self.of[unit]
        cell = ref(FIRST + layout.row(unit), layout.scores.column(node), "rc")
        return f"{quoted(layout.scores.sheet)}!{cell}"

    def taken(self, unit: str, node: str) -> str:
        """The score that is taken of a unit above: below level 1 where that has sent nothing.

        Source: design, section 1 (Wider rules: ทีม); the other side of ``kpi.given_to``.
        """
        total, cell = self.total(unit), self.score(unit, node)
        return f'IF({total}="",{self.below_one:g},IF({cell}="","",{cell}))'

    def taken_over(self, givers: Mapping[str, int], node: str) -> str:
        """The same of several, one after the other, each for so many months."""
        parts = [(self.taken(giver, node), months) for giver, months in givers.items()]
        if len(parts) == 1:
            return parts[0][0]
        return f"({'+'.join(f'{months}*{part}' for part, months in parts)})/{sum(givers.values())}"

    def row_taken(self, givers: Mapping[str, int], kpi: str, sent: str) -> tuple[str, str, str]:
        """Level, score and status of a KPI that are taken of units above (see ``taken_over``), where the one
        that takes them has ``sent``.
        """
        level = self.level(next(iter(givers)), kpi)
        waits = ",".join(each for giver in givers for each in self.waiting(giver, kpi))
        return (
            f'IF({sent},IF({level}="",0,{level}),"")',
            f'IF({sent},{self.taken_over(givers, kpi)},"")',
            f'IF(AND({sent},OR({waits})),"{self.provisional}","")',
        )

    def level(self, unit: str, kpi: str) -> str:
        """The cell of a unit's level at a KPI at which it is scored itself."""
        layout = self.of[unit]
        plan = layout.kpis[kpi]
        return plan.outside(layout.row(unit), plan.level)

    def status(self, unit: str, kpi: str) -> str:
        """The cell that says whether a unit is provisional there."""
        layout = self.of[unit]
        plan = layout.kpis[kpi]
        return plan.outside(layout.row(unit), plan.status)

    def waiting(self, unit: str, node: str) -> Iterator[str]:
        """The conditions under which what is taken of a unit is provisional: it has sent nothing, or is so at
        a KPI of that node.
        """
        yield f'{self.total(unit)}=""'
        layout, tables = self.of[unit], self.of[unit].outcome.tables
        for leaf in tables.leaves:
            below = leaf.code == node or node in tables.over(leaf.code)
            if below and leaf.code in layout.kpis and unit in tables.meant[leaf.code]:
                yield f'{self.status(unit, leaf.code)}="{self.provisional}"'

    def value(self, unit: str, measure: str) -> str:
        """The cell of a unit's value of a measure; empty where it stands on no sheet of its kind."""
        layout = self.of[unit]
        plan = layout.kpis.get(layout.outcome.tables.kpi_of.get(measure, ""))
        return plan.outside(layout.row(unit), plan.column(measure)) if plan else ""


def alone(outcome: Outcome, kpis: Mapping[str, KpiPlan], scores: ScorePlan) -> Elsewhere:
    """Where all units are of one kind."""
    return Elsewhere((Layout(outcome, kpis, scores),))
