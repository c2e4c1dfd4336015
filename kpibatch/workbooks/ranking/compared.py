"""What caps, means and T-scores need on คะแนนรายตัวชี้วัด: the caps as cells, the units' means and
deviations; and what is told beside a unit's rank.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from kpibatch.base.catalogue import Words, say
from kpibatch.base.thai import fold
from kpibatch.books.columns import Column
from kpibatch.books.write import Formula, Sheet
from kpibatch.rules.records import Unit
from kpibatch.scoring import points
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Standing
from kpibatch.workbooks.ranking.score_formulas import (
    FIRST_OF_RUNG,
    GROUP,
    GROUP_NUMBER,
    GROUP_RANK,
    TOP_ROW,
    TOTAL_SCORE,
    WEIGHT_ROW,
    ScoreFormulas,
    ScorePlan,
)


def mean_of_node(outcome: Outcome, code: str, row: int) -> float | str:
    """What the unit in that row is compared by at an inner node; empty where the node does not apply."""
    mean = float(outcome.scores.means[code][row])
    return "" if mean != mean else mean


def put_among(outcome: Outcome, sheet: Sheet, formulas: ScoreFormulas) -> None:
    """The mean and the deviation of what units are compared by, above it.

    Source: design, section 1 (Wider rules: คะแนนที).
    """
    for code in formulas.plan.compared:
        held, column = outcome.scores.peers.among[code], formulas.plan.mean(code)
        known = held[held == held]
        parts = ((TOP_ROW, "x̄", points.mean_of), (WEIGHT_ROW, "σ", points.deviation_of))
        for formula, (row, sign, part) in zip(formulas.among(code), parts, strict=True):
            content = Formula(formula, float(part(known)) if len(known) else "")
            sheet.put(row, column, content, "section", "centre", num_format=f'"{sign} "0.0000')


def put_caps(outcome: Outcome, sheet: Sheet, plan: ScorePlan) -> None:
    """The most that an inner node or the total can be, below the means; nothing where none has a cap.

    Source: design, section 1 (Wider rules: เพดานคะแนน).
    """
    tables = outcome.tables
    caps = {TOTAL_SCORE: tables.round.cap}
    inner = (code for code in plan.nodes if code not in outcome.scores.kpis)
    caps |= {plan.column(code): tables.node[code].cap for code in inner}
    there = {column: cap for column, cap in caps.items() if cap is not None}
    if there:
        sheet.put_row(plan.cap_row, 0, ["", say("sheet.score-cap", outcome.language)], "section")
    for column, cap in there.items():
        sheet.put(plan.cap_row, column, cap, "section", "input", "points")


def mean_of_those_who_sent(outcome: Outcome) -> Mapping[str, float]:
    """Of every node the mean of the units that sent, NaN where none has a score."""
    sent = outcome.scores.scores.index.isin(list(outcome.sent))
    scores, nodes = outcome.scores.scores[sent], outcome.tables.breadth_first()
    return {node.code: mean_of(scores[node.code].to_numpy(float).tolist()) for node in nodes}


def mean_of(values: Sequence[float]) -> float:
    """The mean of those known as a workbook's ROUND gives it to nine decimals: half up, on the fifteen digits
    that it knows.
    """
    known = [value for value in values if value == value]
    if not known:
        return float("nan")
    return float(Decimal(f"{sum(known) / len(known):.15g}").quantize(Decimal("1e-9"), ROUND_HALF_UP))


@dataclass(frozen=True)
class Line:
    """A unit's line; ``row`` is its place in the tables."""

    row: int
    unit: Unit
    standing: Standing

    @property
    def blank(self) -> bool:
        """Whether the unit has no total."""
        return self.standing.total != self.standing.total


@dataclass(frozen=True)
class Beside:
    """The columns that tell of a unit's rank besides, or help to find it."""

    outcome: Outcome
    formulas: ScoreFormulas

    def column(self, name: str) -> Column[Line]:
        """What is told or helps besides with a unit's rank."""
        say, formulas = Words("sheet", self.outcome.language), self.formulas
        whole = ("cell", "whole")
        if name == GROUP:
            return Column(say(name), 18, lambda line: line.unit.group or "–", ("cell", "centre"))
        if name == GROUP_NUMBER:
            return Column(say(name), 8, lambda line: self._groups.get(line.unit.code), whole, hidden=True)
        if name == GROUP_RANK:
            rank = formulas.rank_in_group
            return Column(say(name), 10, lambda line: line.standing.in_group or "", ("cell", "level"), rank)
        formula = formulas.first if name == FIRST_OF_RUNG else formulas.first_in_group
        return Column(say(name), 8, self._first(name), whole, formula, hidden=True)

    def _first(self, name: str) -> Callable[[Line], int | str]:
        """Whether a unit is the first, from the top, of those that share its rank (in its group)."""
        first: dict[tuple[object, ...], str] = {}
        for unit in self.outcome.tables.units:
            standing = self.outcome.standing[unit.code]
            own = (
                (standing.rank,)
                if name == FIRST_OF_RUNG
                else (self._groups.get(unit.code), standing.in_group)
            )
            if all(own):
                first.setdefault(own, unit.code)
        ranked = {unit for unit, standing in self.outcome.standing.items() if standing.rank}
        if name != FIRST_OF_RUNG:
            ranked &= self._groups.keys()
        found = set(first.values())
        return lambda line: int(line.unit.code in found) if line.unit.code in ranked else ""

    @cached_property
    def _groups(self) -> Mapping[str, int]:
        """Each unit's group as a number, so that no name is taken for a pattern; none where it has none."""
        grouped = {unit.code: fold(unit.group) for unit in self.outcome.tables.units if unit.group}
        numbers = {group: number for number, group in enumerate(dict.fromkeys(grouped.values()), 1)}
        return {unit: numbers[group] for unit, group in grouped.items()}
