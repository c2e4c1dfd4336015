"""Scores → the ranking: total, percent, rating and rank of each unit, and who is provisional or has not
sent.

The tie policy stands here alone: as a function, and as the formulas that the ranking workbook asks it by.
"""

import math
from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import pandas as pd

from kpibatch.base.config import LEFT_OUT, RankingRules
from kpibatch.base.errors import ConfigFault
from kpibatch.base.thai import fold
from kpibatch.rules.conditions import Floats
from kpibatch.rules.formulas.tree import TOTAL_DECIMALS
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL
from kpibatch.rules.tree.units import Kind
from kpibatch.scoring.score import Scores

DECIMALS = TOTAL_DECIMALS
LEAST = -1.0
Key: TypeAlias = tuple[float, ...]
"""What a unit is ranked by: its rounded total, then its rounded score at each tie-breaker."""


class Status(StrEnum):
    """How far a unit's score can be relied on."""

    OK = "ok"
    PROVISIONAL = "provisional"
    NOT_APPLICABLE = "not_applicable"
    NOT_SUBMITTED = "not_submitted"


@dataclass(frozen=True)
class Standing:
    """One unit's place: ``rank`` is 0 where it is not ranked; ``total`` is rounded, NaN where nothing was
    sent. ``in_group`` is the rank among the ``of_group`` ranked units of its กลุ่ม, both 0 where that is not
    asked for or it has none.
    """

    unit: str
    total: float
    percent: float
    rating: str
    rank: int
    status: Status
    in_group: int = 0
    of_group: int = 0


def round_half_up(values: Floats, decimals: int = DECIMALS) -> Floats:
    """Half-up after 9 decimals, as ``rounded_formula`` does in Excel.

    A product such as 3.00005 × 10,000 comes out a little below the half that it is: the 1e-6 lifts it.
    Source: design, section 1 (half-up to 4 decimals once, at the end).

    >>> round_half_up(np.array([3.00005, 3.000049999, 2.99995, np.nan])).tolist()
    [3.0001, 3.0, 3.0, nan]
    """
    scale = 10.0**decimals
    return np.asarray(np.floor(np.round(values, 9) * scale + 0.5 + 1e-6) / scale, dtype=np.float64)


def keys_of(scores: pd.DataFrame, rules: RankingRules) -> list[Key]:
    """The key of each row of node scores (units × nodes); what does not apply counts less than any score."""
    columns = [round_half_up(scores[code].to_numpy(float)) for code in (TOTAL, *rules.tie_breakers)]
    return [tuple(key) for key in np.nan_to_num(np.column_stack(columns), nan=LEAST).tolist()]


def rank_among(key: Key, ranked: Sequence[Key]) -> int:
    """The tie policy: one more than how many of the ranked keys, which stand in rising order, are better.

    So equal keys share a rank and the next is left out: 1, 2, 2, 4; where ``rungs`` has made the keys one
    each, it is not: 1, 2, 2, 3.
    Source: design, section 1 (Ranks; tie-breakers only those named).

    >>> keys = [(3.0,), (4.0,), (4.0,), (5.0,)]
    >>> [rank_among((total,), rungs(keys, RankingRules())) for total in (5.0, 4.0, 3.5, 3.0)]
    [1, 2, 4, 4]
    >>> [rank_among((total,), rungs(keys, RankingRules(ties="1223"))) for total in (5.0, 4.0, 3.5, 3.0)]
    [1, 2, 3, 3]
    """
    return 1 + len(ranked) - bisect_right(ranked, key)


def rungs(keys: Iterable[Key], rules: RankingRules) -> list[Key]:
    """The keys that are ranked, in rising order; those that are equal are one where no rank is left out."""
    return sorted(keys if rules.ties == LEFT_OUT else set(keys))


def ranks_within(keyed: Sequence[tuple[Hashable, Key | None]]) -> list[int]:
    """The rank of each key among those that belong together, by the usual tie policy; 0 where there is none.

    >>> ranks_within([("a", (4.0,)), ("b", (3.0,)), ("a", (5.0,)), ("a", None), ("a", (4.0,))])
    [2, 1, 1, 0, 2]
    """
    among: dict[Hashable, list[Key]] = {}
    for whose, key in keyed:
        among.setdefault(whose, []).extend([] if key is None else [key])
    rising = {whose: rungs(keys, RankingRules()) for whose, keys in among.items()}
    return [0 if key is None else rank_among(key, rising[whose]) for whose, key in keyed]


def rank_formula(
    key: str, keys: str, breakers: Sequence[tuple[str, str]], among: Sequence[tuple[str, str]] = ()
) -> str:
    """The same as an Excel formula: one more than the units with a better total, or the same total and a
    better tie-breaker.

    ``key`` is the unit's own cell and ``keys`` the range of all; so is each of ``breakers``, and of
    ``among``, what those that are counted must be equal in: the group, or being the first of its rung.
    """
    only = "".join(f",{column},{own}" for own, column in among)
    terms = [f'COUNTIFS({keys},">"&{key}{only})' if only else f'COUNTIF({keys},">"&{key})']
    same = f"{keys},{key}"
    for own, column in breakers:
        terms.append(f'COUNTIFS({same},{column},">"&{own}{only})')
        same += f",{column},{own}"
    return f'IF({key}="","",1+{"+".join(terms)})'


def first_formula(key: str, so_far: Sequence[tuple[str, str]]) -> str:
    """1 for the first unit, from the top, of those that share a rung, 0 for the others; ``so_far`` are what
    makes the rung: the unit's own cells and those down to its line.
    """
    same = ",".join(f"{column},{own}" for own, column in so_far)
    return f'IF({key}="","",IF(COUNTIFS({same})=1,1,0))'


def rank_units(scores: Scores, sent: set[str], tables: LevelTables, rules: RankingRules) -> list[Standing]:
    """Every unit's standing, kind by kind, best first, then those not ranked in the tables' order.

    Raises ``ConfigFault`` where a tie-breaker is no node of the scorecard.
    """
    for code in rules.tie_breakers:
        if code not in tables.node:
            raise ConfigFault("tie-breaker", code=code, known=", ".join(tables.node))
    keys = dict(zip(map(str, scores.scores.index), keys_of(scores.scores, rules), strict=True))
    applies = dict(zip(keys, scores.scores[TOTAL].notna(), strict=True))
    provisional = scores.provisional[TOTAL]
    scored = [unit for unit in tables.unit if unit in sent and applies[unit]]
    ranked = {unit for unit in scored if rules.incomplete == "mark" or not provisional[unit]}
    rising, groups = _rising(tables, ranked, keys, rules), _groups(tables, ranked, keys, rules)
    kinds, standings = tables.tree.kind_of, []
    for unit in tables.unit:
        total = keys[unit][0] if unit in sent and applies[unit] else math.nan
        rank = rank_among(keys[unit], rising[kinds[unit]]) if unit in ranked else 0
        status = _status(unit in sent, bool(applies[unit]), bool(provisional[unit]))
        words = percent_of(total, tables), rating_of(total, tables)
        standings.append(Standing(unit, total, *words, rank, status, *groups.get(unit, (0, 0))))
    return sorted(
        standings,
        key=lambda standing: (
            kinds[standing.unit].first,
            standing.rank == 0,
            standing.rank,
            math.isnan(standing.total),
        ),
    )


def _rising(
    tables: LevelTables, ranked: set[str], keys: Mapping[str, Key], rules: RankingRules
) -> dict[Kind, list[Key]]:
    """By kind the keys of its units that are ranked: units of one kind are ranked with each other alone.

    Source: design, section 1 (Wider rules: ประเภท).
    """
    return {
        kind: rungs((keys[unit.code] for unit in tables.units[kind.rows] if unit.code in ranked), rules)
        for kind in tables.tree.kinds
    }


def _groups(
    tables: LevelTables, ranked: set[str], keys: Mapping[str, Key], rules: RankingRules
) -> dict[str, tuple[int, int]]:
    """Each ranked unit's rank among those of its kind within its กลุ่ม and how many are ranked there."""
    members: dict[tuple[Kind, str], list[str]] = {}
    for unit in tables.units:
        if rules.within_groups and unit.group and unit.code in ranked:
            kind = tables.tree.kind_of[unit.code]
            members.setdefault((kind, fold(unit.group)), []).append(unit.code)
    rising = {group: rungs((keys[unit] for unit in units), rules) for group, units in members.items()}
    return {
        unit: (rank_among(keys[unit], rising[group]), len(units))
        for group, units in members.items()
        for unit in units
    }


def _status(sent: bool, applies: bool, provisional: bool) -> Status:
    if not sent:
        return Status.NOT_SUBMITTED
    if not applies:
        return Status.NOT_APPLICABLE
    return Status.PROVISIONAL if provisional else Status.OK


def percent_of(total: float, tables: LevelTables) -> float:
    """The rounded total as percent of the top level's score.

    Source: design, section 1 (Score).
    """
    return 100 * total / tables.top_score


def rating_of(total: float, tables: LevelTables) -> str:
    """The rating band the total's percent has reached; empty where there is no total.

    Source: design, section 1 (ผลประเมิน).
    """
    return rating_at(percent_of(total, tables), tables.rating)


def rating_at(percent: float, bands: Iterable[tuple[float, str]]) -> str:
    """The same of the percent itself, by bands that stand best first."""
    reached = round(percent, 9)
    return next((word for threshold, word in bands if reached >= threshold), "")
