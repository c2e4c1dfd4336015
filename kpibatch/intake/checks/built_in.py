"""The built-in checks of กฎตรวจ as rules of columns: each says which values of a measure it asks about.

They ask, for any of these may be true. Source: design, section 1 (กฎตรวจ: built-in ones by name).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from kpibatch.intake.checks.columns import Columns
from kpibatch.intake.checks.subjects import bases, counted, kept_promises, running_totals, size_of
from kpibatch.rules.checks import BuiltIn
from kpibatch.rules.conditions import DECIMALS, Booleans, Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure

FEWEST_PEERS = 5
"""Of fewer units nothing can be said of what is usual."""
_AS_SIGMA = 1.4826  # the median of deviations from the median × this is a standard deviation, were it normal
_ABOUT = 0.8  # a debt that fell by a tenth, and then a digit too many, is nine times what it was
_NARROWEST = 0.1  # of what is usual: units that agree closely make nobody an outlier who is a little off
Broken: TypeAlias = "Callable[[Floats], Booleans]"


@dataclass(frozen=True)
class BuiltInRules:
    """The checks in use over the columns of a frame; ``limits`` holds theirs."""

    columns: Columns
    tables: LevelTables
    limits: Mapping[BuiltIn, float]

    def __iter__(self) -> Iterator[tuple[str, BuiltIn, Broken]]:
        """Measure, check, and what the check asks about."""
        looks: Mapping[BuiltIn, tuple[list[Measure], Callable[[Measure], Broken]]] = {
            BuiltIn.TENFOLD: (counted(self.tables), self._many_times),
            BuiltIn.FALLS: (running_totals(self.tables), lambda each: self._less(each, BuiltIn.FALLS)),
            BuiltIn.BASE_FALLS: (bases(self.tables), lambda each: self._less(each, BuiltIn.BASE_FALLS)),
            BuiltIn.NO_LONGER: (kept_promises(self.tables), self._taken_back),
            BuiltIn.PEERS: (counted(self.tables), self._far),
        }
        for check, (measures, broken) in looks.items():
            for measure in measures if check in self.limits else ():
                left_to_office = check in (BuiltIn.FALLS, BuiltIn.BASE_FALLS)
                if not (left_to_office and self.tables.checks.never_falls(measure.code)):
                    yield measure.code, check, broken(measure)

    @cached_property
    def _slips(self) -> dict[str, Booleans]:
        return {}

    def _many_times(self, measure: Measure) -> Broken:
        """About so many times the highest of the months before, or the lowest about so many times it: a digit
        too many, a wrong counting unit. Small counts may well do that: the larger one has a digit more than
        the limit.
        """
        stated, column = self.limits[BuiltIn.TENFOLD], self.columns.of(measure.code)
        limit, enough = _ABOUT * stated, 10 * stated
        high, low = self.columns.highest_before(column), self.columns.lowest_before(column)

        def broken(values: Floats) -> Booleans:
            more = (high > 0) & (values >= (limit * high).round(DECIMALS)) & (values >= enough)
            less = (values > 0) & ((limit * values).round(DECIMALS) <= low) & (low >= enough)
            return more | less

        self._slips[measure.code] = broken(column)
        return broken

    def sound(self, code: str) -> Floats:
        """A measure's values without those that seem slips: what the next month is held against."""
        values = self.columns.of(code)
        return np.where(self._slips[code], np.nan, values) if code in self._slips else values

    def _less(self, measure: Measure, check: BuiltIn) -> Broken:
        """Less than in the month before, by more than the percent allowed."""
        before, allowed = self.columns.before(self.sound(measure.code)), self.limits[check]
        least = (before * (100 - allowed) / 100).round(DECIMALS)
        return lambda values: values < least

    def _taken_back(self, measure: Measure) -> Broken:
        """No, after a yes in the month before."""
        before = self.columns.before(self.columns.of(measure.code))
        return lambda values: (values == 0) & (before == 1)

    def _far(self, measure: Measure) -> Broken:
        """So many robust standard deviations from what is usual among the units in the month."""
        limit = self.limits[BuiltIn.PEERS]
        usual, spread = self.usual(measure)
        return lambda values: (np.abs(values - usual) / spread).round(DECIMALS) >= limit

    def usual(self, measure: Measure) -> tuple[Floats, Floats]:
        """What a unit of that size usually has in the month, and how far units usually are from it.

        By the median of value ÷ size, which no single unit can move. A count of n is never surer than √n.
        """
        size = self._size(measure)
        ratio = self.columns.by_unit(self.columns.of(measure.code) / size)
        enough = (~np.isnan(ratio)).sum(axis=0) >= FEWEST_PEERS
        typical, deviation = np.full((2, ratio.shape[1]), np.nan)
        typical[enough] = np.nanmedian(ratio[:, enough], axis=0)
        deviation[enough] = np.nanmedian(np.abs(ratio - typical)[:, enough], axis=0)
        usual, off = ((self.columns.by_unit(size) * each).ravel() for each in (typical, deviation))
        by_chance = np.sqrt(np.maximum(np.abs(usual), 1))
        return usual, np.maximum.reduce([_AS_SIGMA * off, _NARROWEST * np.abs(usual), by_chance])

    def _size(self, measure: Measure) -> Floats:
        code = size_of(self.tables, measure)
        size = self.columns.of(code) if code else np.ones_like(self.columns.of(measure.code))
        return np.where(size > 0, size, np.nan)
