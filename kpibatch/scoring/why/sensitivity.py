"""Which ranks hang on little: one household more or less, a rounding, a tie, or data that is still
missing.

What a unit would then have is asked of the scorer, its rank of the tie policy; all others stay as they are.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from itertools import islice, product

from kpibatch.base.catalogue import say
from kpibatch.base.kinds import Kind, show_value
from kpibatch.rules.conditions import Condition
from kpibatch.rules.records import Measure
from kpibatch.rules.written import last_asked
from kpibatch.scoring.next_level import lever_of, meeting
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Key, Standing, Status, keys_of, rank_among, rungs
from kpibatch.scoring.what_if import Variant, what_if
from kpibatch.scoring.why.worth import hangs_on_others

CLOSE = 0.0001
_MOST_CASES = 32


@dataclass(frozen=True)
class Hang:
    """One thing a unit's rank hangs on; ``total`` and ``rank`` are what it would then have."""

    unit: str
    kind: str
    text: str
    total: float
    rank: int


def sensitivity(outcome: Outcome) -> list[Hang]:
    """Everything that would change a rank, in the order of the ranking.

    Source: design, section 4 (ความอ่อนไหว).
    """
    ranked = [standing for standing in outcome.standings if standing.rank]
    trials = [
        trial for standing in ranked for trial in (*_best(outcome, standing), *_one_less(outcome, standing))
    ]
    return list(_Judge(outcome, trials).hangs(ranked)) if ranked else []


@dataclass(frozen=True)
class _Trial:
    """A variant of a unit. Of the trials with the same unit and KPI the one that moves most is told: the best
    for missing data (no KPI), the lowest level for one less of what is ``filled`` in.
    """

    unit: str
    variant: Variant
    kpi: str = ""
    filled: Measure | None = None
    have: float = 0.0


@dataclass
class _Judge:
    """The trials' keys and levels, scored in one batch, and what a rank would be by them."""

    outcome: Outcome
    trials: list[_Trial]
    keys: dict[str, Key] = field(default_factory=dict)
    best: dict[str, Key] = field(default_factory=dict)
    lowest: dict[tuple[str, str], tuple[int, Key, _Trial]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        outcome, rules = self.outcome, self.outcome.config.ranking
        units = map(str, outcome.scores.scores.index)
        self.keys = dict(zip(units, keys_of(outcome.scores.scores, rules), strict=True))
        ranked = [self.keys[standing.unit] for standing in outcome.standings if standing.rank]
        self.rising, self.sharing = rungs(ranked, rules), Counter(ranked)
        if not self.trials:
            return
        variants = [trial.variant for trial in self.trials]
        peers = outcome.scores.peers
        scores = what_if(variants, outcome.measured, outcome.tables, outcome.month, peers).scores
        for at, (trial, key) in enumerate(zip(self.trials, keys_of(scores.scores, rules), strict=True)):
            if not trial.kpi:
                self.best[trial.unit] = max(key, self.best.get(trial.unit, key))
                continue
            level, place = int(scores.kpis[trial.kpi].level[at]), (trial.unit, trial.kpi)
            if place not in self.lowest or level < self.lowest[place][0]:
                self.lowest[place] = level, key, trial

    def rank(self, unit: str, key: Key) -> int:
        """The rank the unit would have with another key: its own rung is left, which may then be empty."""
        own = self.keys[unit]
        emptied = len(self.rising) == self.sharing.total() or self.sharing[own] == 1
        return rank_among(key, self.rising) - (own > key and emptied)

    def hangs(self, ranked: list[Standing]) -> Iterator[Hang]:
        for standing in ranked:
            yield from _tie(self.outcome, standing)
            yield from _rounding(self.outcome, standing)
            if standing.unit in self.best:
                yield from self._provisional(standing)
            for kpi in self.outcome.scores.kpis:
                yield from self._one_more(standing, kpi)
                yield from self._one_less(standing, kpi)

    def _hang(self, standing: Standing, kind: str, key: Key, **facts: object) -> Iterator[Hang]:
        rank = self.rank(standing.unit, key)
        if rank != standing.rank:
            text = say(f"sensitivity.{kind}", self.outcome.language, **facts)
            if hangs_on_others(self.outcome.tables, str(facts.get("kpi", ""))):
                text += say("explain.of-peers", self.outcome.language)
            yield Hang(standing.unit, kind, text, key[0], rank)

    def _provisional(self, standing: Standing) -> Iterator[Hang]:
        kpis = ", ".join(_waiting(self.outcome, standing.unit))
        yield from self._hang(standing, "provisional", self.best[standing.unit], kpis=kpis)

    def _one_more(self, standing: Standing, kpi: str) -> Iterator[Hang]:
        """What a single step of one household (or the like) would bring."""
        steps = self.outcome.steps(kpi, standing.unit)
        if len(steps) != 1 or not steps[0].reachable or steps[0].how not in ("more", "fewer"):
            return
        if steps[0].measure.kind is Kind.NUMBER and abs(steps[0].more) <= 1:
            promise = self.outcome.promises[kpi, standing.unit]
            text = steps[0].text(self.outcome.language)
            yield from self._hang(standing, "one-more", promise.key, kpi=kpi, step=text)

    def _one_less(self, standing: Standing, kpi: str) -> Iterator[Hang]:
        """The lowest level a KPI would fall to if one household (or the like) fewer had been counted."""
        row = self.outcome.tables.position[standing.unit]
        level, key, trial = self.lowest.get((standing.unit, kpi), (self.outcome.tables.level_count, (), None))
        if trial and trial.filled and level < self.outcome.scores.kpis[kpi].level[row]:
            facts = {
                "label": trial.filled.label,
                "have": show_value(trial.have, trial.filled.kind),
                "counted": trial.filled.counting_unit,
            }
            yield from self._hang(standing, "one-less", key, kpi=kpi, level=level, **facts)


def _tie(outcome: Outcome, standing: Standing) -> Iterator[Hang]:
    same = [
        other.unit
        for other in outcome.standings
        if other.rank == standing.rank and other.unit != standing.unit
    ]
    if same:
        names = ", ".join(outcome.tables.unit[unit].name for unit in same)
        text = say("sensitivity.tie", outcome.language, names=names)
        yield Hang(standing.unit, "tie", text, standing.total, standing.rank)


def _rounding(outcome: Outcome, standing: Standing) -> Iterator[Hang]:
    """A neighbour below no further off than the last decimal that is kept."""
    below = min((other.rank for other in outcome.standings if other.rank > standing.rank), default=0)
    for other in outcome.standings:
        apart = abs(other.total - standing.total)
        if below and other.rank == below and 0 < apart <= CLOSE + 1e-9:
            name = outcome.tables.unit[other.unit].name
            text = say("sensitivity.rounding", outcome.language, name=name, apart=f"{apart:.4f}")
            yield Hang(standing.unit, "rounding", text, standing.total, standing.rank)


def _waiting(outcome: Outcome, unit: str) -> list[str]:
    """The KPIs that wait for data of a unit."""
    row = outcome.tables.position[unit]
    return [code for code, result in outcome.scores.kpis.items() if result.missing[row]]


def _best(outcome: Outcome, standing: Standing) -> Iterator[_Trial]:
    """The best that the missing data could still bring: what is missing reaches the highest level it is asked
    for, in whichever case a missing measure may put the unit.
    """
    if standing.status is not Status.PROVISIONAL:
        return
    tables, unit = outcome.tables, standing.unit
    row = tables.position[unit]
    values, kpis = outcome.measured.row(row), _waiting(outcome, unit)
    partial, not_yet = (frame.iloc[row] for frame in (outcome.measured.incomplete, outcome.scores.not_yet))
    absent = {
        code for code in values if (values[code] != values[code] or partial[code]) and not not_yet[code]
    }
    wanted: dict[str, float] = {}
    cases: dict[str, list[float]] = {}
    for rule in (rule for kpi in kpis for rule in tables.rules_of(kpi)):
        if edge := rule.edges[last_asked([rule])]:
            _want(rule.measure, edge, outcome, values, absent, wanted)
        if rule.case and rule.case.measure in absent:
            value = meeting(rule.case.condition, tables.measures[rule.case.measure])
            cases.setdefault(rule.case.measure, []).append(value)
    for chosen in islice(product(*(dict.fromkeys(numbers) for numbers in cases.values())), _MOST_CASES):
        changes = wanted | dict(zip(cases, chosen, strict=True))
        yield _Trial(unit, Variant(row, changes))


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


def _one_less(outcome: Outcome, standing: Standing) -> Iterator[_Trial]:
    """One fewer (one more where lower is better) of each number that a level so far rests on."""
    tables, unit = outcome.tables, standing.unit
    row = tables.position[unit]
    values = outcome.measured.row(row)
    for kpi, result in outcome.scores.kpis.items():
        tried: set[tuple[str, float]] = set()
        if not result.applies[row]:
            continue
        for rule in tables.rules_in_case(kpi, int(result.case[row])):
            asked = (rule.edge_for(at, values) for at in range(int(result.level[row])))
            for edge in (side for whole in asked if whole for side in whole.sides):
                lever = lever_of(tables.measures[rule.measure], values, tables)
                if edge.any_value or lever is None or lever.filled.kind is not Kind.NUMBER:
                    continue
                other = lever.have + (1 if lever.fewer(edge) else -1)
                if other >= 0 and (lever.filled.code, other) not in tried:
                    tried.add((lever.filled.code, other))
                    variant = Variant(row, {lever.filled.code: other})
                    yield _Trial(unit, variant, kpi, lever.filled, lever.have)
