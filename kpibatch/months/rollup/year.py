"""The year of those who are assessed in two rounds: the mean of a unit's percents in the rounds of one fiscal
year, each round counting the same.

Rounds are put together only when it is asked for; a unit that lacks one of them has no mean.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import fmean

from kpibatch.months.rollup.province import Assessed, Province
from kpibatch.scoring.rank import ranks_within


@dataclass(frozen=True)
class Course:
    """A unit's year: by round its result, ``mean`` NaN where one lacks, ``rank`` 0 where there is no mean.

    ``among`` tells those apart who are ranked among each other: owner, year and kind.
    """

    unit: Assessed
    among: tuple[str, str, str]
    results: Mapping[str, Assessed]
    mean: float
    rank: int = 0


@dataclass(frozen=True)
class Year:
    """Fiscal years as their rounds were published."""

    provinces: tuple[Province, ...]

    @cached_property
    def rounds(self) -> tuple[str, ...]:
        """Every round, in order."""
        return tuple(sorted({province.round for province in self.provinces}))

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        """Every unit of a year that has more than one round, best first; those without a mean last.

        Source: design, section 1 (Score: ranks 1, 2, 2, 4).
        """
        found: dict[tuple[tuple[str, str, str], str], dict[str, Assessed]] = {}
        rounds: dict[tuple[str, str], set[str]] = {}
        for province in self.provinces:
            owned = province.name, _year(province.round)
            rounds.setdefault(owned, set()).add(province.round)
            for unit in province.units:
                found.setdefault(((*owned, unit.basis.kind), unit.code), {})[province.round] = unit
        several = {key: among for key, among in rounds.items() if len(among) > 1}
        courses = [
            _course(among, results, several[among[:2]])
            for (among, _), results in found.items()
            if among[:2] in several
        ]
        return tuple(sorted(_ranked(courses), key=lambda each: (each.among, not each.rank, each.rank)))


def _year(round_key: str) -> str:
    """The fiscal year of a round: 2565 of 2565/2."""
    return round_key.partition("/")[0]


def _course(among: tuple[str, str, str], results: Mapping[str, Assessed], rounds: set[str]) -> Course:
    ranked = [unit.percent for unit in results.values() if unit.rank]
    whole = len(ranked) == len(rounds)
    mean = round(fmean(ranked), 9) if whole else math.nan
    return Course(results[max(results)], among, results, mean)


def _ranked(courses: Sequence[Course]) -> list[Course]:
    ranks = ranks_within([(each.among, None if math.isnan(each.mean) else (each.mean,)) for each in courses])
    return [replace(each, rank=rank) for each, rank in zip(courses, ranks, strict=True)]
