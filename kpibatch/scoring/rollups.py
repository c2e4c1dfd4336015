"""สรุปรายเดือน: how the round's months become one value; one record a roll-up.

A new one is its word in ``Rollup`` and its record in ``ROLLUPS``, say ``Rollup.MEDIAN:
RollupRule(lambda months: np.nanmedian(months.values, axis=1), Origin.ALL)``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
import numpy.typing as npt

from kpibatch.rules.conditions import Booleans, Floats
from kpibatch.rules.records import Rollup


@dataclass(frozen=True)
class Months:
    """A measure's months, arrays of shape (units, months): values, and whether a cell was blank.

    ``values`` is NaN where a cell was blank or could not be read; ``unasked`` are the months in which the
    measure was not asked of the unit, where that is so of any.
    """

    values: Floats
    blank: Booleans
    unasked: "Booleans | bool" = False

    @property
    def good(self) -> Booleans:
        return ~np.isnan(self.values)

    @property
    def whole(self) -> Booleans:
        """The units that have a value for every month in which one was asked."""
        return np.asarray((self.good | self.unasked).all(axis=1) & self.good.any(axis=1), dtype=bool)

    @property
    def latest(self) -> npt.NDArray[np.intp]:
        """The column of the last cell that is not blank; the last of all where there is none."""
        last = self.values.shape[1] - 1
        return np.asarray(last - np.argmax(~self.blank[:, ::-1], axis=1), dtype=np.intp)


class Origin(Enum):
    """Which cells a rolled-up value came from: the latest, the first that holds it, or all."""

    LATEST = auto()
    EQUAL = auto()
    ALL = auto()


@dataclass(frozen=True)
class RollupRule:
    """``value`` is asked of the units that have any good month; one that needs ``every_month`` is missing
    without.
    """

    value: Callable[[Months], Floats]
    origin: Origin
    every_month: bool = False


ROLLUPS: Mapping[Rollup, RollupRule] = {
    Rollup.LAST: RollupRule(
        lambda months: months.values[range(len(months.values)), months.latest], Origin.LATEST
    ),
    Rollup.SUM: RollupRule(lambda months: np.nansum(months.values, axis=1), Origin.ALL),
    Rollup.MIN: RollupRule(
        lambda months: np.fmin.reduce(months.values, axis=1), Origin.EQUAL, every_month=True
    ),
    Rollup.MAX: RollupRule(lambda months: np.fmax.reduce(months.values, axis=1), Origin.EQUAL),
    Rollup.MEAN: RollupRule(
        lambda months: np.nansum(months.values, axis=1) / np.maximum(months.good.sum(axis=1), 1), Origin.ALL
    ),
}


def roll_up(months: Months, rollup: Rollup, day: bool = False) -> tuple[Floats, Booleans]:
    """The months so far as one value a unit, and where it is incomplete, without a month that counts.

    The latest is that of the last cell that is not blank; if that one can't be read, it is missing. A ``day``
    given once needs no second time.
    Source: design, section 1 (สรุปรายเดือน).

    >>> values = np.array([[3.0, np.nan, 5.0], [2.0, 4.0, np.nan]])
    >>> months = Months(values, np.isnan(values))
    >>> [roll_up(months, rollup)[0].tolist() for rollup in (Rollup.LAST, Rollup.SUM, Rollup.MIN, Rollup.MEAN)]
    [[5.0, 4.0], [8.0, 6.0], [nan, nan], [4.0, 3.0]]
    >>> roll_up(months, Rollup.LAST)[1].tolist(), roll_up(months, Rollup.MAX)[1].tolist()
    ([False, True], [True, True])
    """
    rule, good = ROLLUPS[rollup], months.good
    enough = months.whole if rule.every_month else good.any(axis=1)
    values = np.where(enough, rule.value(months), np.nan)
    if rule.origin is Origin.LATEST:
        partial = (months.latest < months.values.shape[1] - 1) & (not day)
    else:
        partial = ~months.whole
    return values, partial & ~np.isnan(values)


def came_from(months: Months, rollup: Rollup, values: Floats) -> Booleans:
    """The cells that each unit's rolled-up value came from, of shape (units, months)."""
    rule = ROLLUPS[rollup].origin
    if rule is Origin.ALL:
        return months.good
    same = months.values == values[:, None]
    at = np.argmax(same, axis=1) if rule is Origin.EQUAL else months.latest
    cells = np.zeros(months.values.shape, dtype=bool)
    cells[range(len(cells)), at] = ~np.isnan(values)
    return cells
