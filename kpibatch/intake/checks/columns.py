"""The long frame as columns, one a measure, computed and fixed ones too: the units in order, each with all
its months, so that a month stands right behind the one before it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpibatch.rules.conditions import Booleans, Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Source

Number = TypeVar("Number", np.intp, np.float64)
Rows: TypeAlias = "npt.NDArray[np.intp]"


@dataclass(frozen=True)
class Columns:
    """``frame`` counts its rows from 0. A column has the shape (units × months,), NaN where missing."""

    frame: pd.DataFrame
    tables: LevelTables

    @cached_property
    def units(self) -> list[str]:
        return sorted(self.frame["unit"].unique())

    @cached_property
    def months(self) -> list[str]:
        return sorted(self.frame["month"].unique())

    @cached_property
    def _places(self) -> dict[str, Rows]:
        """For each measure the row of the frame behind each row of its column; -1 where there is none."""
        at = pd.Index(self.units).get_indexer(pd.Index(self.frame["unit"])) * len(self.months)
        at += pd.Index(self.months).get_indexer(pd.Index(self.frame["month"]))
        places = {}
        for code, rows in self.frame.groupby("measure").indices.items():
            places[str(code)] = np.full(len(self.units) * len(self.months), -1)
            places[str(code)][at[rows]] = rows
        return places

    @cached_property
    def _known(self) -> dict[str, Floats]:
        return {}

    def of(self, code: str) -> Floats:
        """A measure's value in each month, as that month gives it; missing where a part of it is."""
        if code not in self._known:
            self._known[code] = self._column(code)
        return self._known[code]

    def _column(self, code: str) -> Floats:
        measure, missing = self.tables.measures[code], np.full(len(self.units) * len(self.months), np.nan)
        if measure.monthly:
            if code not in self._places:
                return missing
            rows = self._places[code]
            return np.where(rows >= 0, self.frame["value"].to_numpy(float)[rows], np.nan)
        if measure.source is Source.BASE:
            fixed = [self.tables.baselines.get((unit, code)) for unit in self.units]
            return np.repeat([base.value if base else np.nan for base in fixed], len(self.months))
        if not measure.numerator:
            return missing
        above = np.array([self.of(part) for part in measure.numerator], dtype=float)
        below = self.of(measure.denominator) if measure.denominator else above[0]
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.tables.compute(measure, above, below)

    def row(self, code: str, at: int) -> int:
        """The row of the frame in which a measure's value stands; -1 where it has none."""
        return int(self._places[code][at]) if code in self._places else -1

    # --- the months before ----------------------------------------------------------------------------------

    def by_unit(self, values: Floats) -> Floats:
        """A column with a row a unit and a column a month."""
        return values.reshape(len(self.units), len(self.months))

    def before(self, values: Floats) -> Floats:
        """The last value of an earlier month."""
        at = self._last_before(values)
        earlier = np.take_along_axis(self.by_unit(values), np.maximum(at, 0), axis=1)
        return np.where(at >= 0, earlier, np.nan).ravel()

    def month_before(self, values: Floats, at: int) -> str:
        """The month that it is of; empty where there is none."""
        last = int(self._last_before(values).ravel()[at])
        return self.months[last] if last >= 0 else ""

    def _last_before(self, values: Floats) -> Rows:
        months = np.arange(len(self.months))
        known = np.where(np.isnan(self.by_unit(values)), -1, months)
        return _behind(np.maximum.accumulate(known, axis=1), -1)

    def highest_before(self, values: Floats) -> Floats:
        return _behind(np.fmax.accumulate(self.by_unit(values), axis=1), np.nan).ravel()

    def lowest_before(self, values: Floats) -> Floats:
        return _behind(np.fmin.accumulate(self.by_unit(values), axis=1), np.nan).ravel()

    def newest(self, known: Booleans) -> Booleans:
        """The last of each unit's months that is known."""
        months = known.reshape(len(self.units), len(self.months))
        later = np.cumsum(months[:, ::-1], axis=1)[:, ::-1]
        newest: Booleans = (months & (later == 1)).ravel()
        return newest


def _behind(months: npt.NDArray[Number], first: float) -> npt.NDArray[Number]:
    """Each month's value moved to the month after it."""
    moved = np.full_like(months, first)
    moved[:, 1:] = months[:, :-1]
    return moved
