"""กรณี: each case can occur, none overlaps another by accident, and every value falls under one."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.kinds import Kind, show_value
from kpibatch.base.thai import show_number
from kpibatch.rules.conditions import Condition, Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.bounds import greatest, least


@dataclass(frozen=True)
class _Cases:
    """A KPI's cases of one measure, from the top; ``alone`` where no other measure makes cases of the KPI."""

    tables: LevelTables
    kpi: str
    measure: str
    alone: bool

    @cached_property
    def conditions(self) -> list[Condition]:
        cases = self.tables.cases_of(self.kpi)
        return [case.condition for case in cases if case.measure == self.measure]

    @cached_property
    def place(self) -> Place:
        rows = self.tables.rows_of(self.kpi)
        return next(row.places[0] for row in rows if row.case and row.case.measure == self.measure)

    @cached_property
    def probes(self) -> Floats:
        """Values that stand for all: each edge and its neighbours, the units' own baselines, both ends."""
        if self.conditions[0].family == "yes_no":
            return np.array([0.0, 1.0])
        ends = (end for condition in self.conditions for end in (condition.low, condition.high))
        edges = {end for end in ends if not math.isinf(end)}
        step = self.tables.measures[self.measure].kind.step
        low, high = least(self.tables, self.measure), greatest(self.tables, self.measure)
        values = {edge + move for edge in edges for move in (-step, 0.0, step)}
        values |= {max(edges, default=0.0) + 1000, 0.0 if math.isinf(low) else low}
        values |= {b.value for (_, code), b in self.tables.baselines.items() if code == self.measure}
        return np.array(sorted(value for value in values if low <= value <= high))

    @cached_property
    def taken(self) -> list[int]:
        """For each probe the case that a unit with this value takes, from 0; -1 for none."""
        return [
            next((n for n, condition in enumerate(self.conditions) if condition.holds_one(x)), -1)
            for x in self.probes
        ]

    @property
    def facts(self) -> dict[str, str]:
        """What a finding says of them."""
        return {"measure": self.measure, "kpi": self.kpi, "of": self.measure}


def _all_cases(tables: LevelTables) -> Iterator[_Cases]:
    for leaf in tables.leaves:
        cases = tables.cases_of(leaf.code)
        measures = dict.fromkeys(case.measure for case in cases)
        for measure in (case.measure for case in dict.fromkeys(cases) if not case.names):
            yield _Cases(tables, leaf.code, measure, alone=len(measures) == 1)


def dead_cases(tables: LevelTables) -> Iterator[Finding]:
    """Each case can occur.

    Source: design, section 1 (a case that can't occur).
    """
    for cases in _all_cases(tables):
        for number, condition in enumerate(cases.conditions):
            if number not in cases.taken:
                yield finding("lint-case-dead", cases.place, found=condition.text(), **cases.facts)


def case_gaps(tables: LevelTables) -> Iterator[Finding]:
    """Every value falls under a case, where the cases are all of one measure.

    Source: design, section 1 (no case holding is a finding and level 0).
    """
    for cases in _all_cases(tables):
        if cases.alone and -1 in cases.taken:
            value = cases.probes[cases.taken.index(-1)]
            yes_no = cases.conditions[0].family == "yes_no"
            shown = show_value(value, Kind.YES_NO) if yes_no else show_number(value)
            yield finding("lint-case-gap", cases.place, found=shown, **cases.facts)


def case_overlaps(tables: LevelTables) -> Iterator[Finding]:
    """Neighbouring cases overlap only as steps do (``≤ 2``, ``≤ 4``), where the first from the top counts.

    Source: design, section 1 (a unit takes the first case, from the top).
    """
    for cases in _all_cases(tables):
        for a, b in pairwise(cases.conditions):
            steps = (a.downward and b.downward) or (a.upward and b.upward)
            if not steps and any(a.holds(cases.probes) & b.holds(cases.probes)):
                both = f"{a.text()}, {b.text()}"
                yield finding("lint-case-overlap", cases.place, found=both, **cases.facts)


def cases_of_units(tables: LevelTables) -> Iterator[Finding]:
    """Where cases go by who the unit is, each has a unit that none above it takes, and every unit falls under
    one, where all of the KPI's cases go so.

    Source: design, section 1 (a case that can't occur; no case holding is a finding and level 0).
    """
    for leaf in tables.leaves:
        cases = tables.cases_of(leaf.code)
        left = {unit.code for unit in tables.units if tables.scored_itself(leaf.code, unit)}
        rows = {rule.case: rule.places[0] for rule in reversed(tables.rules_of(leaf.code)) if rule.case}
        for case in (case for case in cases if case.names):
            members = tables.measures[case.measure].members
            if not left & members:
                facts = {"kpi": leaf.code, "of": case.measure}
                yield finding("lint-case-nobody", rows[case], measure=case.measure, found=case.names, **facts)
            left -= members
        if cases and left and all(case.names for case in cases):
            names = ", ".join(unit.name for unit in tables.units if unit.code in left)
            yield finding("lint-case-left", rows[cases[0]], found=names, kpi=leaf.code)


def case_holes(tables: LevelTables) -> Iterator[Finding]:
    """No case lies within a later one, so that values on both sides of it fall under that.

    Source: design, section 1 (a unit takes the first case, from the top).
    """
    for cases in _all_cases(tables):
        for number in range(len(cases.conditions) - 1):
            inside = [at for at, taken in enumerate(cases.taken) if taken == number]
            around = [*cases.taken[: inside[0]][-1:], *cases.taken[inside[-1] + 1 :][:1]] if inside else []
            if len(around) == 2 and around[0] == around[1] > number:
                found, other = (cases.conditions[at].text() for at in (number, around[0]))
                facts = {"found": found, "other": other} | cases.facts
                value = show_number(float(cases.probes[inside[0] - 1]))
                yield finding("lint-case-hole", cases.place, value=value, **facts)


CHECKS = (dead_cases, case_gaps, case_overlaps, cases_of_units, case_holes)
