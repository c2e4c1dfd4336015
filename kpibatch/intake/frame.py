"""The long frame, one row per unit, measure and month of what was sent: its columns, their types, its states.

Imports nothing heavy, for a reading child makes the lines.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from kpibatch.base.findings import Place

if TYPE_CHECKING:
    import pandas as pd

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


def rows_of(frame: "pd.DataFrame", columns: Sequence[str] = COLUMNS) -> Iterator[tuple[Any, ...]]:
    """The rows of some columns as plain tuples; pandas' own way takes a text out of its column with a call
    each, ten times as slow.
    """
    return zip(*(frame[column].to_numpy().tolist() for column in columns), strict=True)


def lists_of(frame: "pd.DataFrame", columns: Sequence[str] = COLUMNS) -> dict[str, list[Any]]:
    """Some columns as plain lists, by name."""
    return {column: frame[column].to_numpy().tolist() for column in columns}


def frame_of(lists: Mapping[str, Sequence[Any]]) -> "pd.DataFrame":
    """A frame of columns of the long frame's types, in that order. Raises ``ValueError`` or ``KeyError``."""
    import pandas as pd

    return pd.DataFrame({name: pd.Series(cells, dtype=DTYPES[name]) for name, cells in lists.items()})


def columns_of(frame: "pd.DataFrame", kind: type[float] | type[bool]) -> dict[str, Any]:
    """Each column of a frame of one kind as an array, by name: taken apart at once, for pandas makes an
    object anew of each column that it is asked for.
    """
    return dict(zip(map(str, frame.columns), frame.to_numpy(kind).T, strict=True))
