"""What a unit would win by all that it lacks for the next level of a KPI, done together and nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kpibatch.base.config import RankingRules
from kpibatch.rules.conditions import DECIMALS
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.measures import Measured
from kpibatch.scoring.next_level import Step, steps_to
from kpibatch.scoring.rank import Key, keys_of
from kpibatch.scoring.score import Scores
from kpibatch.scoring.what_if import Variant, what_if

_ROUNDS = 3


@dataclass(frozen=True)
class Promise:
    """The steps to the next level, and what they bring: the level then reached, what the total gains (in
    score, out of the top score) and the key by which the unit would be ranked.
    """

    steps: tuple[Step, ...]
    level: int
    gain: float
    key: Key


@dataclass(frozen=True)
class _Try:
    kpi: str
    row: int
    steps: tuple[Step, ...]

    @property
    def variant(self) -> Variant:
        return Variant(self.row, together(self.steps))


def together(steps: Iterable[Step]) -> dict[str, float]:
    """The values that all steps ask for; where two ask for one measure, the one that asks more."""
    changes: dict[str, float] = {}
    for step in steps:
        if step.change:
            code, value = step.change
            choose = min if step.how == "fewer" else max
            changes[code] = choose(value, changes.get(code, value))
    return changes


def promises(
    measured: Measured, scores: Scores, tables: LevelTables, month: str, ranking: RankingRules
) -> dict[tuple[str, str], Promise]:
    """(KPI, unit) → its promise, where the KPI applies and is below the top level.

    A step may undo what another rule asked (it is a part of another percent, or decides the case): what is
    then lacking is added.
    Source: design, section 4 (what it needs for the next level).
    """
    totals = scores.scores[TOTAL].to_numpy(float)
    result: dict[tuple[str, str], Promise] = {}
    tries = list(_first(measured, scores, tables, month))
    for last in (number == _ROUNDS for number in range(1, _ROUNDS + 1)):
        if not tries:
            break
        rescored = what_if([each.variant for each in tries], measured, tables, month, scores.peers)
        gains = rescored.scores.scores[TOTAL].to_numpy(float) - totals[[each.row for each in tries]]
        keys, again = keys_of(rescored.scores.scores, ranking), []
        for at, each in enumerate(tries):
            kpi = rescored.scores.kpis[each.kpi]
            level, wanted = int(kpi.level[at]), _wanted(each.kpi, scores, each.row, tables)
            more: Sequence[Step] = ()
            if level < wanted and not last and each.variant.changes:
                values = rescored.measured.row(at)
                more = steps_to(wanted, each.kpi, int(kpi.case[at]), values, tables, month)
            longer = _Try(each.kpi, each.row, _joined(each.steps, more))
            if longer.variant.changes != each.variant.changes:
                again.append(longer)
            unit = str(measured.values.index[each.row])
            result[each.kpi, unit] = Promise(each.steps, level, round(float(gains[at]), DECIMALS), keys[at])
        tries = again
    return result


def _first(measured: Measured, scores: Scores, tables: LevelTables, month: str) -> Iterable[_Try]:
    for kpi, result in scores.kpis.items():
        for row in np.flatnonzero(result.applies & (result.level < tables.level_count)).tolist():
            level, case = _wanted(kpi, scores, row, tables), int(result.case[row])
            if level:
                steps = steps_to(level, kpi, case, measured.row(row), tables, month)
                yield _Try(kpi, row, tuple(steps))


def _wanted(kpi: str, scores: Scores, row: int, tables: LevelTables) -> int:
    """The next level of the unit in that row; 0 at the top."""
    result = scores.kpis[kpi]
    return tables.next_level(kpi, int(result.case[row]), int(result.level[row]))


def _joined(steps: Sequence[Step], more: Sequence[Step]) -> tuple[Step, ...]:
    """Steps and those found later; what is asked of one measure twice is told once, as asked last."""
    later = {(step.how, step.measure.code): step for step in more}
    first = [later.pop((step.how, step.measure.code), step) for step in steps]
    return (*first, *later.values())
