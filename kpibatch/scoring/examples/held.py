"""Which thresholds no case holds: moved by a step, no case comes out otherwise."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kpibatch.base.findings import Place
from kpibatch.rules.checks import Example
from kpibatch.rules.conditions import Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Rule
from kpibatch.scoring.examples.tried import by_period, levels_of, measured_in


@dataclass(frozen=True)
class Loose:
    """A threshold that could be off by a step and no case would tell."""

    kpi: str
    measure: str
    level: int
    typed: str
    place: Place


def loose_thresholds(tables: LevelTables) -> list[Loose]:
    """In the order of ระดับ; all thresholds of a KPI without a case."""
    tried: dict[tuple[str, str], list[Example]] = {}
    for period, given in by_period(tables):
        for each in given:
            tried.setdefault((period.since, each.kpi), []).append(each)
    return [
        loose
        for period in tables.periods
        for leaf in period.leaves
        for loose in _loose(period, leaf.code, tried.get((period.since, leaf.code), []))
    ]


def count_thresholds(tables: LevelTables) -> int:
    """How many there are that a case could hold, of all months."""
    rules = (rule for each in tables.periods for leaf in each.leaves for rule in each.rules_of(leaf.code))
    return sum(1 for rule in rules for _ in _thresholds(rule))


def _thresholds(rule: Rule) -> Iterator[tuple[int, Condition]]:
    """What a row asks, by level (from 0)."""
    return ((at, edge) for at, edge in enumerate(rule.edges) if edge and not edge.any_value)


def _loose(tables: LevelTables, kpi: str, examples: Sequence[Example]) -> Iterator[Loose]:
    measured = measured_in(tables, examples) if examples else None
    before = levels_of(tables, kpi, measured).level.tolist() if measured else []
    for rule in tables.rules_of(kpi):
        for at, edge in _thresholds(rule):
            held = measured is not None and all(
                levels_of(_with(tables, rule, at, moved), kpi, measured).level.tolist() != before
                for moved in _moved(edge, tables.measures[rule.measure])
            )
            if not held:
                yield Loose(kpi, rule.measure, at + 1, rule.typed[at], rule.places[at])


def _moved(edge: Condition, measure: Measure) -> Iterator[Condition]:
    """The condition a step stricter and a step milder; of yes or no, the other."""
    if edge.family == "yes_no":
        yield replace(edge, low=1 - edge.low, high=1 - edge.high)
        return
    for step in (measure.kind.step, -measure.kind.step):
        low, high = (end + step if math.isfinite(end) else end for end in (edge.low, edge.high))
        yield replace(edge, low=low, high=high)


def _with(tables: LevelTables, rule: Rule, at: int, edge: Condition) -> LevelTables:
    """The tables of that KPI with another condition at one level of a row."""
    edges = (*rule.edges[:at], edge, *rule.edges[at + 1 :])
    own = tables.rules_of(rule.kpi)
    return replace(tables, rules=tuple(replace(each, edges=edges) if each is rule else each for each in own))
