"""All provinces' units ranked: each among those that were assessed by the same rules in the same month."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean, pstdev

from kpibatch.base.thai import fold
from kpibatch.months.rollup.province import Assessed, Basis, Province
from kpibatch.scoring.rank import Key, ranks_within


@dataclass(frozen=True)
class Absent:
    """A workspace of which nothing is in the ranking, and why."""

    workspace: Path
    reason: str


@dataclass(frozen=True)
class Line:
    """A unit's line: its ranks among all of its basis, in its province, and among those of its กลุ่ม in all
    provinces; 0 where it has none. ``basis`` counts from 1.
    """

    province: Province
    unit: Assessed
    basis: int
    rank: int
    in_group: int


@dataclass(frozen=True)
class Spread:
    """How the percents of ranked units lie: ``deviation`` is that of all of them, not of a sample."""

    count: int
    mean: float = math.nan
    deviation: float = math.nan
    lowest: float = math.nan
    highest: float = math.nan


@dataclass(frozen=True)
class National:
    """Published months side by side. ``together``: units are ranked whatever they were assessed by, because
    somebody has asked for it.
    """

    provinces: tuple[Province, ...]
    absent: tuple[Absent, ...] = ()
    together: bool = False

    @cached_property
    def bases(self) -> tuple[Basis, ...]:
        """What the units were assessed by: what most were assessed by first."""
        counts: dict[Basis, int] = {}
        for unit in self._units:
            counts[unit.basis] = counts.get(unit.basis, 0) + 1
        return tuple(sorted(counts, key=lambda basis: (-counts[basis], basis)))

    @property
    def mixed(self) -> bool:
        """Whether not all units may be compared."""
        return len(self.bases) > 1

    @property
    def _units(self) -> Iterator[Assessed]:
        return (unit for province in self.provinces for unit in province.units)

    def basis_of(self, unit: Assessed) -> int:
        """The number, from 1, of what the unit was assessed by."""
        return self._numbers[unit.basis]

    @cached_property
    def _numbers(self) -> Mapping[Basis, int]:
        return {basis: number for number, basis in enumerate(self.bases, 1)}

    def among(self, unit: Assessed) -> int:
        """The number of those it is ranked among."""
        return 0 if self.together else self.basis_of(unit)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every unit: by what it was assessed by, then by rank; those without a rank last.

        Source: design, section 1 (Score: ranks 1, 2, 2, 4) and 2 (``rollup``).
        """
        whole = [(province, unit) for province in self.provinces for unit in province.units]
        in_all = ranks_within([(self.among(unit), _key(unit)) for _, unit in whole])
        in_group = ranks_within(
            [(self.group_of(unit), _key(unit) if unit.group else None) for _, unit in whole]
        )
        lines = [
            Line(province, unit, self.basis_of(unit), rank, within)
            for (province, unit), rank, within in zip(whole, in_all, in_group, strict=True)
        ]
        return tuple(sorted(lines, key=lambda line: (self.among(line.unit), not line.rank, line.rank)))

    @cached_property
    def groups(self) -> tuple[tuple[int, str], ...]:
        """Every กลุ่ม of those who are ranked among each other: their number, and its name as it is first
        written.
        """
        return tuple((among, name) for (among, _), name in sorted(self._named.items()))

    @cached_property
    def _named(self) -> Mapping[tuple[int, str], str]:
        named: dict[tuple[int, str], str] = {}
        for unit in self._units:
            if unit.group:
                named.setdefault((self.among(unit), fold(unit.group)), unit.group)
        return named

    def group_of(self, unit: Assessed) -> int:
        """The number of its กลุ่ม among ``groups``, from 1; 0 where it has none."""
        return self._group_numbers.get((self.among(unit), fold(unit.group)), 0)

    @cached_property
    def _group_numbers(self) -> Mapping[tuple[int, str], int]:
        return {group: number for number, group in enumerate(sorted(self._named), 1)}


def _key(unit: Assessed) -> Key | None:
    """Only who is ranked in the province's own ranking is ranked here."""
    return (unit.percent,) if unit.rank else None


def spread(units: Iterable[Assessed]) -> Spread:
    """Of the ranked ones alone.

    >>> spread([])
    Spread(count=0, mean=nan, deviation=nan, lowest=nan, highest=nan)
    """
    percents = [unit.percent for unit in units if unit.rank]
    if not percents:
        return Spread(0)
    return Spread(len(percents), fmean(percents), pstdev(percents), min(percents), max(percents))
