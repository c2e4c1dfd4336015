"""Scores → the ranking: total, percent, rating and rank of each unit, and who is provisional or has not
sent.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kpibatch.base.config import RankingRules
from kpibatch.base.errors import ConfigFault
from kpibatch.rules.conditions import Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.score import Scores

DECIMALS = 4
LEAST = -1.0


class Status(StrEnum):
    """How far a unit's score can be relied on."""

    OK = "ok"
    PROVISIONAL = "provisional"
    NOT_APPLICABLE = "not_applicable"
    NOT_SUBMITTED = "not_submitted"


@dataclass(frozen=True)
class Standing:
    """One unit's place: ``rank`` is 0 where it is not ranked; ``total`` is rounded, NaN where nothing was
    sent.
    """

    unit: str
    total: float
    percent: float
    rating: str
    rank: int
    status: Status


def round_half_up(values: Floats, decimals: int = DECIMALS) -> Floats:
    """Half-up after 9 decimals, as ``ROUND(ROUND(x, 9), 4)`` does in Excel."""
    scale = 10.0**decimals
    return np.asarray(np.floor(np.round(values, 9) * scale + 0.5 + 1e-6) / scale, dtype=np.float64)


def rank_units(scores: Scores, sent: set[str], tables: LevelTables, rules: RankingRules) -> list[Standing]:
    """Every unit's standing, best first, then those not ranked in the tables' order.

    Ranks are 1, 2, 2, 4; ties are broken only by the node scores named in ``tie_breakers``.
    Raises ``KpibatchError`` where a tie-breaker is no node of the scorecard.
    """
    for code in rules.tie_breakers:
        if code not in tables.node:
            raise ConfigFault("tie-breaker", code=code, known=", ".join(tables.node))
    rounded = [round_half_up(scores.scores[code].to_numpy(float)) for code in (TOTAL, *rules.tie_breakers)]
    keys_of = {
        str(unit): tuple(_or_least(column[row]) for column in rounded)
        for row, unit in enumerate(scores.scores.index)
    }
    applies = {str(unit): not math.isnan(rounded[0][row]) for row, unit in enumerate(scores.scores.index)}
    provisional = scores.provisional[TOTAL]
    ranked = [
        unit
        for unit in tables.unit
        if unit in sent and applies[unit] and (rules.incomplete == "mark" or not provisional[unit])
    ]
    keys = {unit: keys_of[unit] for unit in ranked}
    standings = []
    for unit in tables.unit:
        total = keys_of[unit][0] if unit in sent and applies[unit] else float("nan")
        rank = 1 + sum(other > keys[unit] for other in keys.values()) if unit in keys else 0
        status = _status(unit in sent, applies[unit], bool(provisional[unit]))
        standings.append(
            Standing(unit, total, percent_of(total, tables), rating_of(total, tables), rank, status)
        )
    return sorted(
        standings,
        key=lambda standing: (standing.rank == 0, standing.rank, standing.status is Status.NOT_SUBMITTED),
    )


def _or_least(score: float) -> float:
    """A tie-breaker that does not apply to a unit counts less than any score."""
    return LEAST if math.isnan(score) else float(score)


def _status(sent: bool, applies: bool, provisional: bool) -> Status:
    if not sent:
        return Status.NOT_SUBMITTED
    if not applies:
        return Status.NOT_APPLICABLE
    return Status.PROVISIONAL if provisional else Status.OK


def percent_of(total: float, tables: LevelTables) -> float:
    """The rounded total as percent of the top level's score."""
    return 100 * total / tables.top_score


def rating_of(total: float, tables: LevelTables) -> str:
    """The rating band the total's percent has reached; empty where there is no total."""
    percent = round(percent_of(total, tables), 9)
    return next((word for threshold, word in tables.rating if percent >= threshold), "")
