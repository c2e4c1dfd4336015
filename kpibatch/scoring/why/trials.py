"""What a unit might have instead: missing data at its best or worst, one of a number less, or one more where
that takes points off.
"""

import math
from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import islice, product

from kpibatch.base.kinds import Kind
from kpibatch.rules.conditions import Condition
from kpibatch.rules.records import Measure, Rollup, Rule
from kpibatch.rules.written import last_asked
from kpibatch.scoring.next_level import lever_of, meeting
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.points_back import deductions_in_case, spares
from kpibatch.scoring.rank import Standing, Status
from kpibatch.scoring.what_if import Variant

_MOST_CASES = 32


class Guess(Enum):
    """What a trial supposes: missing data at its best, or at its worst where it takes points off; one fewer
    of what a level rests on, or one more of what takes points off.
    """

    BEST = auto()
    WORST = auto()
    ONE_LESS = auto()
    MORE_OFF = auto()


@dataclass(frozen=True)
class Trial:
    """A variant of a unit. Of the trials with the same unit, KPI and guess the one that moves most is told.

    Where it is one less or more of a number, that is ``filled``: ``have`` now, ``then`` in the trial.
    """

    unit: str
    variant: Variant
    guess: Guess
    kpi: str = ""
    filled: Measure | None = None
    have: float = 0.0
    then: float = 0.0


def trials_of(outcome: Outcome, standing: Standing) -> Iterator[Trial]:
    """All that a ranked unit's rank may hang on."""
    if standing.status is Status.PROVISIONAL:
        yield from _best(outcome, standing.unit)
        yield from _worst(outcome, standing.unit)
    for kpi, result in outcome.scores.kpis.items():
        if result.applies[outcome.tables.position[standing.unit]]:
            yield from _one_less(outcome, standing.unit, kpi)
            yield from _more_off(outcome, standing.unit, kpi)


def waiting(outcome: Outcome, unit: str) -> list[str]:
    """The KPIs that wait for data of a unit."""
    row = outcome.tables.position[unit]
    return [code for code, result in outcome.scores.kpis.items() if result.missing[row]]


def waiting_to_be_off(outcome: Outcome, unit: str) -> list[str]:
    """Those of them that wait for what points may be taken off by."""
    return list(dict.fromkeys(rule.kpi for rule in _missing_rows(outcome, unit)))


def _missing_rows(outcome: Outcome, unit: str) -> Iterator[Rule]:
    """The rows of หักคะแนน whose measure is missing or incomplete."""
    absent, row = _absent(outcome, unit), outcome.tables.position[unit]
    for kpi in waiting(outcome, unit):
        case = int(outcome.scores.kpis[kpi].case[row])
        yield from (r for r in deductions_in_case(outcome.tables, kpi, case) if r.measure in absent)


def _absent(outcome: Outcome, unit: str) -> set[str]:
    """The measures that are missing or incomplete, and not only since their day lies ahead."""
    row = outcome.tables.position[unit]
    values = outcome.measured.row(row)
    frames = outcome.measured.incomplete, outcome.scores.not_yet
    partial, not_yet = (dict(zip(frame.columns, frame.iloc[row].tolist(), strict=True)) for frame in frames)
    return {code for code in values if (math.isnan(values[code]) or partial[code]) and not not_yet[code]}


def _best(outcome: Outcome, unit: str) -> Iterator[Trial]:
    """The best that the missing data could still bring: what is missing reaches the highest level it is asked
    for, in whichever case a missing measure may put the unit, and takes nothing off.
    """
    tables, row = outcome.tables, outcome.tables.position[unit]
    values, absent = outcome.measured.row(row), _absent(outcome, unit)
    wanted: dict[str, float] = {}
    cases: dict[str, list[float]] = {}
    for rule in (rule for kpi in waiting(outcome, unit) for rule in tables.rules_of(kpi)):
        if edge := rule.edges[last_asked([rule])]:
            _want(rule.measure, edge, outcome, values, absent, wanted)
        if rule.case and rule.case.measure in absent:
            value = meeting(rule.case.condition, tables.measures[rule.case.measure])
            cases.setdefault(rule.case.measure, []).append(value)
    for rule in _missing_rows(outcome, unit):
        free, measure = spares(rule, values), tables.measures[rule.measure]
        if free and rule.measure not in wanted and not _only_rises(measure, free):
            wanted[rule.measure] = meeting(free, measure)
    for chosen in islice(product(*(dict.fromkeys(numbers) for numbers in cases.values())), _MOST_CASES):
        changes = wanted | dict(zip(cases, chosen, strict=True))
        yield Trial(unit, Variant(row, changes), Guess.BEST)


def _only_rises(measure: Measure, free: Condition) -> bool:
    """Whether months still to come can't bring a measure to where it takes nothing off."""
    return free.downward and measure.rollup in (Rollup.SUM, Rollup.MAX)


def _worst(outcome: Outcome, unit: str) -> Iterator[Trial]:
    """The most that the missing data could still take off."""
    values = outcome.measured.row(row := outcome.tables.position[unit])
    changes = {rule.measure: _costliest(rule, outcome, values) for rule in _missing_rows(outcome, unit)}
    if changes:
        yield Trial(unit, Variant(row, changes), Guess.WORST)


def _costliest(rule: Rule, outcome: Outcome, values: Mapping[str, float]) -> float:
    """A value at which a row takes off most: the measure's greatest, or so much that nothing is left; nothing
    where a threshold of the unit's own is missing.
    """
    measure = outcome.tables.measures[rule.measure]
    asked = [at for at, edge in enumerate(rule.edges) if edge]
    if asked:
        _, at = max(zip(rule.deducts, asked, strict=True))
        edge = rule.edge_for(at, values)
        return meeting(edge, measure) if edge and not math.isnan(edge.threshold) else math.nan
    if measure.maximum is not None:
        return measure.maximum
    most = max(outcome.tables.scores_of(rule.kpi)[-1], outcome.tables.node[rule.kpi].cap or 0.0)
    return math.ceil(most / rule.deducts[0]) if rule.deducts[0] else 0.0


def _want(
    code: str,
    edge: Condition,
    outcome: Outcome,
    values: Mapping[str, float],
    absent: Collection[str],
    wanted: MutableMapping[str, float],
) -> None:
    """Note what a measure, or what its threshold is reckoned of, would be at best where it is missing."""
    better, easier = (min, max) if edge.downward else (max, min)
    if edge.of in absent and not math.isnan(values[code]):  # a threshold that the value just meets
        easiest = (values[code] - edge.threshold) / edge.times
        wanted[edge.of] = easier(easiest, wanted.get(edge.of, easiest))
    if code in absent:
        own = edge.against(wanted.get(edge.of, values.get(edge.of, math.nan)))
        value = meeting(own, outcome.tables.measures[code])
        known = [number for number in (values[code],) if number == number]
        wanted[code] = better(value, *known, wanted.get(code, value))


def _one_less(outcome: Outcome, unit: str, kpi: str) -> Iterator[Trial]:
    """One fewer (one more where lower is better) of each number that a level so far rests on."""
    tables, result = outcome.tables, outcome.scores.kpis[kpi]
    row = tables.position[unit]
    values = outcome.measured.row(row)
    tried: set[tuple[str, float]] = set()
    for rule in tables.rules_in_case(kpi, int(result.case[row])):
        asked = (rule.edge_for(at, values) for at in range(int(result.level[row])))
        edges = [side for whole in asked if whole for side in whole.sides if not side.any_value]
        for trial in _away(outcome, unit, rule, edges, Guess.ONE_LESS):
            assert trial.filled
            if (trial.filled.code, trial.then) not in tried:
                tried.add((trial.filled.code, trial.then))
                yield trial


def _more_off(outcome: Outcome, unit: str, kpi: str) -> Iterator[Trial]:
    """One more (one fewer where lower costs) of each number by which points may be taken off."""
    row = outcome.tables.position[unit]
    values = outcome.measured.row(row)
    for rule in deductions_in_case(outcome.tables, kpi, int(outcome.scores.kpis[kpi].case[row])):
        if free := spares(rule, values):
            yield from _away(outcome, unit, rule, [free], Guess.MORE_OFF)


def _away(
    outcome: Outcome, unit: str, rule: Rule, edges: Sequence[Condition], guess: Guess
) -> Iterator[Trial]:
    """One step of what is filled in for a row's measure away from each edge, if that is a number."""
    row = outcome.tables.position[unit]
    values = outcome.measured.row(row)
    lever = lever_of(outcome.tables.measures[rule.measure], values, outcome.tables) if edges else None
    if lever is None or lever.filled.kind is not Kind.NUMBER:
        return
    for then in (lever.have + (1 if lever.fewer(edge) else -1) for edge in edges):
        if then >= 0:
            variant = Variant(row, {lever.filled.code: then})
            yield Trial(unit, variant, guess, rule.kpi, lever.filled, lever.have, then)
