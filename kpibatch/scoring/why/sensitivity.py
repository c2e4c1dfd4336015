"""Which ranks hang on little: one household more or less, a rounding, a tie, or data that is still
missing.

What a unit would then have is asked of the scorer, its rank of the tie policy; all others stay as they are.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kpibatch.base.catalogue import say
from kpibatch.base.kinds import Kind, show_value
from kpibatch.scoring.kpi import KpiScores
from kpibatch.scoring.next_level import Step
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Key, Standing, keys_of, rank_among, rungs
from kpibatch.scoring.what_if import in_batches, what_if
from kpibatch.scoring.why.trials import Guess, Trial, trials_of, waiting, waiting_to_be_off
from kpibatch.scoring.why.worth import exact, hangs_on_others

CLOSE = 0.0001


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
    trials = [trial for standing in ranked for trial in trials_of(outcome, standing)]
    return list(_Judge(outcome, trials).hangs(ranked)) if ranked else []


@dataclass
class _Judge:
    """The trials' keys and levels, and what a rank would be by them."""

    outcome: Outcome
    trials: list[Trial]
    keys: dict[str, Key] = field(default_factory=dict)
    best: dict[str, Key] = field(default_factory=dict)
    worst: dict[str, Key] = field(default_factory=dict)
    lowest: dict[tuple[str, str, Guess], tuple[float, Key, Trial]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        outcome, rules = self.outcome, self.outcome.config.ranking
        units = map(str, outcome.scores.scores.index)
        self.keys = dict(zip(units, keys_of(outcome.scores.scores, rules), strict=True))
        ranked = [self.keys[standing.unit] for standing in outcome.standings if standing.rank]
        self.rising, self.sharing = rungs(ranked, rules), Counter(ranked)
        for some in in_batches(self.trials):
            self._score(some)

    def _score(self, trials: Sequence[Trial]) -> None:
        outcome = self.outcome
        variants, peers = [trial.variant for trial in trials], outcome.scores.peers
        scores = what_if(variants, outcome.measured, outcome.tables, outcome.month, peers).scores
        keys = keys_of(scores.scores, outcome.config.ranking)
        for at, (trial, key) in enumerate(zip(trials, keys, strict=True)):
            if trial.guess is Guess.BEST:
                self.best[trial.unit] = max(key, self.best.get(trial.unit, key))
            elif trial.guess is Guess.WORST:
                self.worst[trial.unit] = min(key, self.worst.get(trial.unit, key))
            else:
                self._note(trial, key, scores.kpis[trial.kpi], at)

    def _note(self, trial: Trial, key: Key, kpi: KpiScores, at: int) -> None:
        """Keep the lowest level, or the most points off."""
        off = trial.guess is Guess.MORE_OFF
        left = -float(kpi.points.deducted[at]) if off else float(kpi.level[at])
        place = trial.unit, trial.kpi, trial.guess
        if place not in self.lowest or left < self.lowest[place][0]:
            self.lowest[place] = left, key, trial

    def rank(self, unit: str, key: Key) -> int:
        """The rank the unit would have with another key: its own rung is left, which may then be empty."""
        own = self.keys[unit]
        emptied = len(self.rising) == self.sharing.total() or self.sharing[own] == 1
        return rank_among(key, self.rising) - (own > key and emptied)

    def hangs(self, ranked: list[Standing]) -> Iterator[Hang]:
        alike: dict[int, list[Standing]] = {}
        for standing in ranked:
            alike.setdefault(standing.rank, []).append(standing)
        below = {rank: alike[following] for rank, following in pairwise(sorted(alike))}
        for standing in ranked:
            yield from _tie(self.outcome, standing, alike[standing.rank])
            yield from _rounding(self.outcome, standing, below.get(standing.rank, ()))
            yield from self._provisional(standing)
            for kpi in self.outcome.scores.kpis:
                yield from self._one_more(standing, kpi)
                yield from self._one_less(standing, kpi)
                yield from self._more_off(standing, kpi)

    def _hang(self, standing: Standing, kind: str, key: Key, **facts: object) -> Iterator[Hang]:
        rank = self.rank(standing.unit, key)
        if rank != standing.rank:
            text = say(f"sensitivity.{kind}", self.outcome.language, **facts)
            if hangs_on_others(self.outcome.tables, str(facts.get("kpi", ""))):
                text += say("explain.of-peers", self.outcome.language)
            yield Hang(standing.unit, kind, text, key[0], rank)

    def _provisional(self, standing: Standing) -> Iterator[Hang]:
        unit = standing.unit
        if unit in self.best:
            kpis = ", ".join(waiting(self.outcome, unit))
            yield from self._hang(standing, "provisional", self.best[unit], kpis=kpis)
        if unit in self.worst:
            kpis = ", ".join(waiting_to_be_off(self.outcome, unit))
            yield from self._hang(standing, "provisional-off", self.worst[unit], kpis=kpis)

    def _one_more(self, standing: Standing, kpi: str) -> Iterator[Hang]:
        """What a single step of one household (or the like) would bring: a level, or points back."""
        place, language = (kpi, standing.unit), self.outcome.language
        for promise in (self.outcome.promises.get(place), self.outcome.points_back.get(place)):
            step = promise.steps[0] if promise and len(promise.steps) == 1 else None
            if promise and step and step.reachable and step.how in ("more", "fewer") and _is_one(step):
                back = promise is self.outcome.points_back.get(place)
                text = step.text(language)
                words = say("step.points-back", language, step=text) if back else text
                yield from self._hang(standing, "one-more", promise.key, kpi=kpi, step=words)

    def _one_less(self, standing: Standing, kpi: str) -> Iterator[Hang]:
        """The lowest level a KPI would fall to if one household (or the like) fewer had been counted."""
        row = self.outcome.tables.position[standing.unit]
        noted = self.lowest.get((standing.unit, kpi, Guess.ONE_LESS))
        if noted and noted[0] < self.outcome.scores.kpis[kpi].level[row]:
            level, key, trial = noted
            yield from self._hang(standing, "one-less", key, kpi=kpi, level=int(level), **_have(trial))

    def _more_off(self, standing: Standing, kpi: str) -> Iterator[Hang]:
        """The most that would be taken off if one day (or the like) more had been counted."""
        row = self.outcome.tables.position[standing.unit]
        noted = self.lowest.get((standing.unit, kpi, Guess.MORE_OFF))
        if noted and -noted[0] > self.outcome.scores.kpis[kpi].points.deducted[row]:
            left, key, trial = noted
            yield from self._hang(standing, "more-off", key, kpi=kpi, points=exact(-left), **_have(trial))


def _is_one(step: Step) -> bool:
    return step.measure.kind is Kind.NUMBER and abs(step.more) <= 1


def _have(trial: Trial) -> dict[str, str]:
    """What is filled in of a measure, and one more or less."""
    assert trial.filled
    return {
        "label": trial.filled.label,
        "have": show_value(trial.have, trial.filled.kind),
        "then": show_value(trial.then, trial.filled.kind),
        "counted": trial.filled.counting_unit,
    }


def _tie(outcome: Outcome, standing: Standing, alike: Sequence[Standing]) -> Iterator[Hang]:
    same = [other.unit for other in alike if other.unit != standing.unit]
    if same:
        names = ", ".join(outcome.tables.unit[unit].name for unit in same)
        text = say("sensitivity.tie", outcome.language, names=names)
        yield Hang(standing.unit, "tie", text, standing.total, standing.rank)


def _rounding(outcome: Outcome, standing: Standing, below: Sequence[Standing]) -> Iterator[Hang]:
    """A neighbour below no further off than the last decimal that is kept."""
    for other in below:
        apart = abs(other.total - standing.total)
        if 0 < apart <= CLOSE + 1e-9:
            name = outcome.tables.unit[other.unit].name
            text = say("sensitivity.rounding", outcome.language, name=name, apart=f"{apart:.4f}")
            yield Hang(standing.unit, "rounding", text, standing.total, standing.rank)
