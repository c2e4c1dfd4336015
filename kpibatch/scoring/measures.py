"""Monthly values → one value per unit and measure: rolled up over the round's months, then computed.

In: the long frame of values. Out: ``Measured``: numbers as floats, days as ordinals, yes/no as 1/0, missing
as NaN.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpibatch.base.findings import NOWHERE, Finding, Place, finding
from kpibatch.base.kinds import Kind, show_value
from kpibatch.intake.frame import EMPTY, OK, PLACE, columns_of, lists_of
from kpibatch.rules.conditions import DECIMALS, Booleans, Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Rollup, Source
from kpibatch.rules.sources import rounded
from kpibatch.scoring.rollups import Months, came_from, roll_up

Integers: TypeAlias = npt.NDArray[np.intp]
_LARGEST = np.finfo(np.float64).max / 10.0**DECIMALS


@dataclass(frozen=True)
class Measured:
    """``values`` and ``incomplete`` are units × measures; ``origin`` says which cells a value came from.

    Incomplete: there is a value, but a month that should count is not in it.
    """

    values: pd.DataFrame
    incomplete: pd.DataFrame
    origin: Mapping[tuple[str, str], Place]

    def value(self, unit: str, measure: str) -> float:
        """One unit's value of one measure; NaN where it is missing."""
        return float(self._columns[measure][self._rows[unit]])

    def row(self, row: int) -> Mapping[str, float]:
        """Every measure of the unit in that row; NaN where missing."""
        if row not in self._asked:
            self._asked.clear()  # one after the other is asked about, each many times
            self._asked[row] = {code: float(column[row]) for code, column in self._columns.items()}
        return self._asked[row]

    @cached_property
    def _asked(self) -> dict[int, Mapping[str, float]]:
        return {}

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return {str(unit): row for row, unit in enumerate(self.values.index)}

    @cached_property
    def _columns(self) -> Mapping[str, Floats]:
        return columns_of(self.values, float)


def measure_all(
    values: pd.DataFrame,
    tables: LevelTables,
    in_time: Mapping[str, float],
    late_days: Mapping[str, Sequence[float]] | None = None,
    month: str = "",
) -> Measured:
    """Roll up, add the baselines and compute. What the batch knows by itself: ``in_time``, each unit's
    percent of timely submissions, ``late_days``, by how many days each month's came late, the report
    ``month``.

    Source: design, section 1 (รายการข้อมูล).
    """
    units = list(tables.unit)
    columns: dict[str, Floats] = {}
    incomplete: dict[str, Booleans] = {}
    origin: dict[tuple[str, str], Place] = {}
    months_of, rows_in = _months(values, units)
    places = _Places(lists_of(values, PLACE))
    for code, measure in tables.measures.items():
        if measure.monthly:
            columns[code] = np.full(len(units), np.nan)
            if code in months_of:
                months = months_of[code]
                columns[code], incomplete[code] = roll_up(months, measure.rollup, measure.kind is Kind.DATE)
                cells = came_from(months, measure.rollup, columns[code])
                origin |= {(units[at], code): place for at, place in places.of(cells, rows_in[code])}
        elif measure.source is Source.BASE:
            fixed = [tables.baselines.get((unit, code)) for unit in units]
            columns[code] = np.array([base.value if base else np.nan for base in fixed])
            origin |= {(unit, code): base.place for unit, base in zip(units, fixed, strict=True) if base}
        elif measure.source is Source.ON_TIME:
            columns[code] = np.array([in_time.get(unit, np.nan) for unit in units])
        elif measure.source is Source.LATE_DAYS:
            columns[code], incomplete[code] = _late(late_days or {}, units, measure.rollup)
        elif measure.source is Source.WHO:
            columns[code] = np.array([float(unit in measure.members) for unit in units])
        elif measure.source is Source.MONTH_NUMBER:
            columns[code] = np.full(len(units), tables.round.number_of(month))
        elif measure.source in (Source.PARTS, Source.UNIT_SCORE):  # known when other units are
            columns[code] = np.full(len(units), np.nan)
    everything, partial = compute_all(columns, incomplete, tables)
    return Measured(pd.DataFrame(everything, index=units), pd.DataFrame(partial, index=units), origin)


def _late(
    days: Mapping[str, Sequence[float]], units: Sequence[str], rollup: Rollup
) -> tuple[Floats, Booleans]:
    """วันที่ช้า: every month's days as one value a unit; missing where no month has a due day."""
    months = max(map(len, days.values()), default=0)
    late = np.array([days.get(unit, [np.nan] * months) for unit in units], dtype=float)
    if not late.size:
        return np.full(len(units), np.nan), np.zeros(len(units), dtype=bool)
    return roll_up(Months(late, np.isnan(late)), rollup)


def compute_all(
    given: Mapping[str, Floats],
    incomplete: Mapping[str, Booleans],
    tables: LevelTables,
    instead: Mapping[str, Floats] | None = None,
) -> tuple[dict[str, Floats], dict[str, Booleans]]:
    """Every measure in the tables' order, those not given computed from those that are, however deep.

    Arrays of shape (units,); a computed measure is incomplete where one of its parts is. A number in
    ``instead`` stands for what was given or would be computed, and is complete. All are rounded as their
    measure says. What is too large to be reckoned with is missing (``lacking.too_large`` tells it), so that
    whatever follows is finite.
    """
    columns: dict[str, Floats] = {}
    partial: dict[str, Booleans] = {}
    length = len(next(iter(given.values()), ()))
    for code in dict.fromkeys(code for last in tables.measures for code in tables.with_ingredients(last)):
        measure = tables.measures[code]
        if code in given:
            columns[code] = given[code]
            partial[code] = incomplete.get(code, np.zeros(length, dtype=bool))
        else:
            above = np.array([columns[part] for part in measure.numerator])
            with np.errstate(all="ignore"):
                columns[code] = tables.compute(measure, above, columns.get(measure.denominator, above[0]))
            partial[code] = np.any([partial[part] for part in measure.ingredients], axis=0)
        if instead and code in instead:
            named = ~np.isnan(instead[code])
            columns[code] = np.where(named, instead[code], columns[code])
            partial[code] = partial[code] & ~named
        columns[code] = rounded(measure, _finite(columns[code]))
    return {code: columns[code] for code in tables.measures}, {
        code: partial[code] for code in tables.measures
    }


def backwards(measured: Measured, sent: Collection[str], tables: LevelTables) -> list[Finding]:
    """Working days that are counted to a day before the one they are counted from, of units that have sent.

    Source: design, section 1 (Wider rules: วันทำการ).
    """
    found = []
    for measure in tables.measures.values():
        for unit in sent if measure.source is Source.WORKDAYS else ():
            ends = measure.denominator, measure.numerator[0]
            start, end = (measured.value(unit, each) for each in ends)
            if end < start:
                place = measured.origin.get((unit, ends[1]), measure.place)
                facts = {
                    "label": measure.label,
                    "from_label": tables.measures[ends[0]].label,
                    "start": show_value(start, Kind.DATE),
                    "found": show_value(end, Kind.DATE),
                }
                found.append(finding("workdays-backwards", place, unit=unit, measure=ends[1], **facts))
    return found


def _finite(values: Floats) -> Floats:
    """The values, missing where one is not finite, or would not be after it is rounded to 9 decimals."""
    return np.where(np.abs(values) <= _LARGEST, values, np.nan)


def _months(values: pd.DataFrame, units: list[str]) -> tuple[dict[str, Months], dict[str, Integers]]:
    """Each measure's months in order, and in which row of the frame each cell stands; one that has no row is
    blank, and was not asked.
    """
    measures, months = (sorted(values[column].unique()) for column in ("measure", "month"))
    index = tuple(
        pd.Index(names).get_indexer(pd.Index(values[column]))
        for column, names in (("measure", measures), ("unit", units), ("month", months))
    )
    shape = (len(measures), len(units), len(months))
    numbers = np.full(shape, np.nan)
    numbers[index] = np.where(values["state"] == OK, values["value"], np.nan)
    blank, rows = np.full(shape, True), np.full(shape, -1)
    blank[index] = values["state"] == EMPTY
    rows[index] = np.arange(len(values))
    months_of = {code: Months(numbers[at], blank[at], rows[at] < 0) for at, code in enumerate(measures)}
    return months_of, dict(zip(measures, rows, strict=True))


class _Places:
    """The places of the long frame's rows, made only of those that are asked for."""

    def __init__(self, columns: Mapping[str, Sequence[str]]) -> None:
        self._columns = tuple(columns[name] for name in PLACE)

    def of(self, cells: Booleans, rows: Integers) -> Iterator[tuple[int, Place]]:
        """Each unit's number, and the place of its cells, of arrays of shape (units, months)."""
        units = np.nonzero(cells)[0].tolist()
        for unit, found in groupby(zip(units, rows[cells].tolist(), strict=True), itemgetter(0)):
            if (place := self._together([self._place(row) for _, row in found])) != NOWHERE:
                yield unit, place

    def _place(self, row: int) -> Place:
        files, sheets, cells = self._columns
        return Place(files[row], sheets[row], cells[row])

    def _together(self, places: Sequence[Place]) -> Place:
        first, last = places[0], places[-1]
        if len({(place.file, place.sheet) for place in places}) > 1:
            files = dict.fromkeys(place.file for place in places)
            return Place(", ".join(files), first.sheet, ", ".join(place.cell for place in places))
        return first if first == last else Place(first.file, first.sheet, f"{first.cell}:{last.cell}")
