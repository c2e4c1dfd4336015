"""Monthly values → one value per unit and measure: rolled up over the round's months, then computed.

In: the long frame of values. Out: ``Measured``: numbers as floats, days as ordinals, yes/no as 1/0, missing
as NaN.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpibatch.base.findings import NOWHERE, Place
from kpibatch.base.kinds import Kind
from kpibatch.intake.frame import EMPTY, OK
from kpibatch.rules.conditions import Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Rollup, Source
from kpibatch.rules.sources import ratio

Indices = npt.NDArray[np.intp]


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

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return {str(unit): row for row, unit in enumerate(self.values.index)}

    @cached_property
    def _columns(self) -> Mapping[str, Floats]:
        return {str(code): self.values[code].to_numpy(float) for code in self.values.columns}


@dataclass(frozen=True)
class _Cube:
    """A measure's months, shape (units, months): values and whether a cell was blank or good."""

    values: Floats
    blank: npt.NDArray[np.bool_]
    good: npt.NDArray[np.bool_]
    cells: npt.NDArray[np.object_]


def measure_all(values: pd.DataFrame, tables: LevelTables, in_time: Mapping[str, float]) -> Measured:
    """Roll up, add the baselines and compute; ``in_time`` is each unit's percent of timely submissions."""
    units = list(tables.unit)
    columns: dict[str, Floats] = {}
    incomplete: dict[str, npt.NDArray[np.bool_]] = {}
    origin: dict[tuple[str, str], Place] = {}
    cubes = _cubes(values, units)
    for code, measure in tables.measures.items():
        incomplete[code] = np.zeros(len(units), dtype=bool)
        if measure.source is Source.FORM:
            columns[code] = np.full(len(units), np.nan)
            if code in cubes:
                columns[code], incomplete[code], cells = roll_up(cubes[code], measure)
                origin |= {
                    (unit, code): cell for unit, cell in zip(units, cells, strict=True) if cell != NOWHERE
                }
        elif measure.source is Source.BASE:
            fixed = [tables.baselines.get((unit, code)) for unit in units]
            columns[code] = np.array([base.value if base else np.nan for base in fixed])
            origin |= {(unit, code): base.place for unit, base in zip(units, fixed, strict=True) if base}
        elif measure.source is Source.ON_TIME:
            columns[code] = np.array([in_time.get(unit, np.nan) for unit in units])
    for code in tables.measures:
        _compute(code, tables, columns, incomplete)
    order = list(tables.measures)
    return Measured(
        pd.DataFrame(columns, index=units)[order], pd.DataFrame(incomplete, index=units)[order], origin
    )


def _cubes(values: pd.DataFrame, units: list[str]) -> dict[str, _Cube]:
    """One cube a measure, its months in order; a cell the frame has no row for is blank."""
    measures, months = (sorted(values[column].unique()) for column in ("measure", "month"))
    index = tuple(
        pd.Index(names).get_indexer(pd.Index(values[column]))
        for column, names in (("measure", measures), ("unit", units), ("month", months))
    )
    shape = (len(measures), len(units), len(months))
    numbers = np.full(shape, np.nan)
    numbers[index] = values["value"]
    states, cells = np.full(shape, EMPTY, dtype=object), np.full(shape, NOWHERE, dtype=object)
    states[index] = values["state"]
    places = np.empty(len(values), dtype=object)
    places[:] = [
        Place(*place) for place in values[["file", "sheet", "cell"]].itertuples(index=False, name=None)
    ]
    cells[index] = places
    blank, good = np.asarray(states == EMPTY, dtype=np.bool_), np.asarray(states == OK, dtype=np.bool_)
    return {code: _Cube(numbers[one], blank[one], good[one], cells[one]) for one, code in enumerate(measures)}


def roll_up(cube: _Cube, measure: Measure) -> tuple[Floats, npt.NDArray[np.bool_], list[Place]]:
    """สรุปรายเดือน over the months so far: the value, whether it is incomplete, and the cell or cells it came
    from.

    The latest value is that of the last cell that is not blank; if that one can't be read, it is missing. The
    lowest needs every month. A sum, mean or highest of the months that are there is incomplete while others
    are missing.
    """
    values = np.where(cube.good, cube.values, np.nan)
    if measure.rollup is Rollup.LAST:
        return _latest(cube, values, measure)
    counted = cube.good.sum(axis=1)
    whole = cube.good.all(axis=1)
    some = counted > 0
    filled = {
        Rollup.MIN: lambda: np.where(whole, np.min(np.where(cube.good, values, np.inf), axis=1), np.nan),
        Rollup.MAX: lambda: np.where(some, np.max(np.where(cube.good, values, -np.inf), axis=1), np.nan),
        Rollup.SUM: lambda: np.where(some, np.nansum(values, axis=1), np.nan),
        Rollup.MEAN: lambda: np.where(some, np.nansum(values, axis=1) / np.maximum(counted, 1), np.nan),
    }[measure.rollup]()
    if measure.rollup in (Rollup.MIN, Rollup.MAX):
        best = values == filled[:, None]
        places = [_place(cube.cells[row][np.flatnonzero(best[row])[:1]]) for row in range(len(values))]
    else:
        places = [_place(cube.cells[row][cube.good[row]]) for row in range(len(values))]
    return filled, some & ~whole & ~np.isnan(filled), places


def _latest(
    cube: _Cube, values: Floats, measure: Measure
) -> tuple[Floats, npt.NDArray[np.bool_], list[Place]]:
    last_column = values.shape[1] - 1
    index: Indices = last_column - np.argmax(~cube.blank[:, ::-1], axis=1)
    rows = np.arange(len(values))
    latest = np.where(cube.blank.all(axis=1), np.nan, values[rows, index])
    carried = (index < last_column) & ~np.isnan(latest) & (measure.kind is not Kind.DATE)
    places = [_place(cube.cells[row][[index[row]]]) if not np.isnan(latest[row]) else NOWHERE for row in rows]
    return latest, carried, places


def _place(cells: npt.NDArray[np.object_]) -> Place:
    places = [cell for cell in cells if isinstance(cell, Place)]
    if not places:
        return NOWHERE
    first, last = places[0], places[-1]
    if len({(place.file, place.sheet) for place in places}) > 1:
        return Place(
            ", ".join(dict.fromkeys(place.file for place in places)),
            first.sheet,
            ", ".join(place.cell for place in places),
        )
    return first if first == last else Place(first.file, first.sheet, f"{first.cell}:{last.cell}")


def _compute(
    code: str, tables: LevelTables, columns: dict[str, Floats], incomplete: dict[str, npt.NDArray[np.bool_]]
) -> None:
    measure = tables.measures[code]
    if code in columns:
        return
    for ingredient in measure.ingredients:
        _compute(ingredient, tables, columns, incomplete)
    parts = [columns[part] for part in measure.numerator]
    total = np.sum(parts, axis=0) if parts else np.full(len(tables.units), np.nan)
    columns[code] = (
        total
        if measure.source is Source.SUM
        else ratio(total, columns[measure.denominator], measure, tables.lower_is_better(code))
    )
    incomplete[code] = np.any([incomplete[part] for part in measure.ingredients], axis=0)
