"""What a unit would win by all that it lacks for the next level of a KPI, or by all that would give it back
the points that are taken off, done together and nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kpibatch.base.config import RankingRules
from kpibatch.rules.conditions import DECIMALS
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.kpi import KpiScores
from kpibatch.scoring.measures import Measured
from kpibatch.scoring.next_level import Step, steps_to
from kpibatch.scoring.points_back import steps_back
from kpibatch.scoring.rank import Key, keys_of
from kpibatch.scoring.score import Scores
from kpibatch.scoring.what_if import Variant, in_batches, what_if

_ROUNDS = 3


@dataclass(frozen=True)
class Promise:
    """The steps to the next level (or to all points back), and what they bring: the level then reached, what
    the total gains (in score, out of the top score) and the key by which the unit would be ranked.
    """

    steps: tuple[Step, ...]
    level: int
    gain: float
    key: Key


@dataclass(frozen=True)
class _Try:
    """Steps of the unit in that row to a level of the KPI (from 1), or, where that is 0, to its points."""

    kpi: str
    row: int
    wanted: int
    steps: tuple[Step, ...]

    @property
    def variant(self) -> Variant:
        return Variant(self.row, together(self.steps))

    def came_true(self, kpi: KpiScores, at: int) -> bool:
        """Whether the KPI is, in that row of the rescored, as was wanted."""
        return bool(kpi.level[at] >= self.wanted if self.wanted else kpi.points.deducted[at] == 0)


def together(steps: Iterable[Step]) -> dict[str, float]:
    """The values that all steps ask for; where two ask for one measure, the one that asks more."""
    changes: dict[str, float] = {}
    for step in steps:
        if step.change:
            code, value = step.change
            choose = min if step.how == "fewer" else max
            changes[code] = choose(value, changes.get(code, value))
    return changes


@dataclass(frozen=True)
class _Month:
    """What promises are made of: a month as it was measured and scored."""

    measured: Measured
    scores: Scores
    tables: LevelTables
    month: str

    def steps(self, kpi: str, wanted: int, case: int, values: Mapping[str, float]) -> tuple[Step, ...]:
        """What lacks of a level of the KPI, or of all its points where that is 0."""
        if wanted:
            return tuple(steps_to(wanted, kpi, case, values, self.tables, self.month))
        return tuple(steps_back(kpi, case, values, self.tables, self.month))

    def a_try(self, kpi: str, row: int, wanted: int) -> _Try:
        case = int(self.scores.kpis[kpi].case[row])
        return _Try(kpi, row, wanted, self.steps(kpi, wanted, case, self.measured.row(row)))


Promises = dict[tuple[str, str], Promise]


def promises(
    measured: Measured, scores: Scores, tables: LevelTables, month: str, ranking: RankingRules
) -> Promises:
    """(KPI, unit) → what its next level would bring, where the KPI applies and is below the top level.

    Source: design, section 4 (what it needs for the next level).
    """
    this = _Month(measured, scores, tables, month)
    own = _kept([this.a_try(*each) for each in _levels_ahead(scores, tables)], this, ranking)
    return own | _of_units_above(scores, tables, ranking)


def _of_units_above(scores: Scores, tables: LevelTables, ranking: RankingRules) -> Promises:
    """Where a unit takes the result of the one above, that is whose to improve it is.

    Source: design, section 1 (Wider rules: ทีม).
    """
    result: Promises = {}
    taken = {code: np.flatnonzero(kpi.of_others & kpi.applies) for code, kpi in scores.kpis.items()}
    keys = keys_of(scores.scores, ranking) if any(len(rows) for rows in taken.values()) else []
    for code, rows in taken.items():
        kpi, measure = scores.kpis[code], tables.measures_of(code)[-1]
        for row in rows.tolist():
            if tables.next_level(code, int(kpi.case[row]), int(kpi.level[row])):
                unit = tables.units[row].code
                name = tables.tree.unit[tables.giver(code, unit)].name
                step = Step("of-unit", measure, items=(name,))
                result[code, unit] = Promise((step,), int(kpi.level[row]), 0.0, keys[row])
    return result


def points_back(
    measured: Measured, scores: Scores, tables: LevelTables, month: str, ranking: RankingRules
) -> Promises:
    """(KPI, unit) → what it would bring if nothing were taken off, where something is.

    Source: design, section 1 (Wider rules: หักคะแนน); section 4.
    """
    this = _Month(measured, scores, tables, month)
    off = {
        kpi: np.flatnonzero(each.applies & ~each.of_others & (each.points.deducted > 0))
        for kpi, each in scores.kpis.items()
    }
    return _kept(
        [this.a_try(kpi, row, 0) for kpi, rows in off.items() for row in rows.tolist()], this, ranking
    )


def _kept(tries: Sequence[_Try], this: _Month, ranking: RankingRules) -> Promises:
    """The tries with what they bring."""
    result: Promises = {}
    for some in in_batches(tries):
        result |= _kept_of_some(some, this, ranking)
    return result


def _kept_of_some(tries: Sequence[_Try], this: _Month, ranking: RankingRules) -> Promises:
    """The same of as many as are scored at once.

    A step may undo what another rule asked (it is a part of another percent, or decides the case): what is
    then lacking is added.
    """
    totals = this.scores.scores[TOTAL].to_numpy(float)
    result: Promises = {}
    for last in (number == _ROUNDS for number in range(1, _ROUNDS + 1)):
        if not tries:
            break
        variants = [each.variant for each in tries]
        rescored = what_if(variants, this.measured, this.tables, this.month, this.scores.peers)
        gains = rescored.scores.scores[TOTAL].to_numpy(float) - totals[[each.row for each in tries]]
        keys, again = keys_of(rescored.scores.scores, ranking), []
        for at, each in enumerate(tries):
            kpi = rescored.scores.kpis[each.kpi]
            more: Sequence[Step] = ()
            if not each.came_true(kpi, at) and not last and each.variant.changes:
                values = rescored.measured.row(at)
                more = this.steps(each.kpi, each.wanted, int(kpi.case[at]), values)
            longer = replace(each, steps=_joined(each.steps, more))
            if longer.variant.changes != each.variant.changes:
                again.append(longer)
            unit = str(this.measured.values.index[each.row])
            gain = round(float(gains[at]), DECIMALS)
            result[each.kpi, unit] = Promise(each.steps, int(kpi.level[at]), gain, keys[at])
        tries = again
    return result


def _levels_ahead(scores: Scores, tables: LevelTables) -> Iterator[tuple[str, int, int]]:
    """Each KPI, the row of a unit and its next level there, where there is one."""
    for kpi, result in scores.kpis.items():
        below_top = result.applies & ~result.of_others & (result.level < tables.level_count)
        for row in np.flatnonzero(below_top).tolist():
            if level := tables.next_level(kpi, int(result.case[row]), int(result.level[row])):
                yield kpi, row, level


def _joined(steps: Sequence[Step], more: Sequence[Step]) -> tuple[Step, ...]:
    """Steps and those found later; what is asked of one measure twice is told once, as asked last."""
    later = {(step.how, step.measure.code): step for step in more}
    first = [later.pop((step.how, step.measure.code), step) for step in steps]
    return (*first, *later.values())
