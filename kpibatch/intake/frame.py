"""The long frame, one row per unit, measure and month of what was sent: its columns, their types, its states.

Imports nothing heavy, for a reading child makes the lines.
"""

from typing import NamedTuple

from kpibatch.base.findings import Place

OK, EMPTY, BAD = "ok", "blank", "bad"


class Line(NamedTuple):
    """One row: ``value`` is NaN unless ``state`` is ``OK``; ``found`` is what stands in the cell."""

    unit: str
    measure: str
    month: str
    value: float
    state: str
    found: str
    file: str
    sheet: str
    cell: str


class OwnLevel(NamedTuple):
    """The level of a KPI that a unit claims, and the cell in which it does."""

    level: int
    place: Place


COLUMNS = Line._fields
KEY = COLUMNS[:3]  # each combination once
PLACE = COLUMNS[-3:]
DTYPES = {column: "float64" if kind is float else "str" for column, kind in Line.__annotations__.items()}
