"""Where things stand on the standard form's page: its columns from left to right, its rows from the top, and
what was put where.

The heading row of a KPI is free from the first month on: whoever writes there asks ``Page.beside``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

WIDTHS = (14.0, 5.0, 44.0, 11.0, 20.0, 22.0)  # of the columns before the fixed value's
TEXT_WIDTHS = (22.0, 22.0, 17.0)
_OF_DIGIT, _OF_MARK, _ROOM = 1.65, 0.8, 0.8
_NARROWEST, _WIDEST = 15.0, 27.0

Cell = tuple[int, int]


class Column(IntEnum):
    """The columns before the months."""

    CODE, NUMBER, ITEM, COUNT, HOW, BASE_NAME, BASE, FIRST_MONTH = range(8)


class Row(IntEnum):
    """The rows above the first KPI."""

    TITLE, UNIT, GUIDE, MONTHS, DUE, HEAD = range(6)


@dataclass(frozen=True)
class Columns:
    """The columns after the fixed ones: the months, then the three texts."""

    months: tuple[str, ...]
    base_width: float = _NARROWEST
    month_width: float = _NARROWEST

    @property
    def texts(self) -> int:
        """The first column of text."""
        return Column.FIRST_MONTH + len(self.months)

    @property
    def last(self) -> int:
        return self.texts + len(TEXT_WIDTHS) - 1

    @property
    def widths(self) -> tuple[float, ...]:
        """Of every column, the hidden one included."""
        return (*WIDTHS, self.base_width, *[self.month_width] * len(self.months), *TEXT_WIDTHS)

    def month(self, key: str) -> int:
        """The column of a month."""
        return Column.FIRST_MONTH + self.months.index(key)


@dataclass
class Page:
    """What was put where, zero-based: the heading row of each KPI, the row of each item, and the items that
    have one cell for the whole round. ``scores`` are the rows kept for what each KPI has reached.
    """

    columns: Columns
    headings: dict[str, int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    once: set[str] = field(default_factory=set)
    last: int = Row.HEAD
    scores: dict[str, int] = field(default_factory=dict)

    def beside(self, kpi: str) -> tuple[int, int, int]:
        """What is free in a KPI's heading row: the row, its first column and its last."""
        return self.headings[kpi], Column.FIRST_MONTH, self.columns.last

    @property
    def on_top(self) -> tuple[int, int, int]:
        """What is free beside the title, in the same way."""
        return Row.TITLE, Column.FIRST_MONTH, self.columns.last

    def cell(self, measure: str, month: str) -> Cell:
        """The cell in which an item is filled in for a month."""
        column = Column.FIRST_MONTH if measure in self.once else self.columns.month(month)
        return self.items[measure], column

    def base(self, measure: str) -> Cell:
        """The cell that shows what the province fixed for an item."""
        return self.items[measure], Column.BASE


def width_for(shown: Sequence[str]) -> float:
    """How wide a column is to be for numbers as they are shown: never so narrow that one shows ``###``; the
    longest of them shrink.
    """
    needed = max((_width(text) for text in shown), default=0.0)
    return min(max(_NARROWEST, needed + _ROOM), _WIDEST)


def _width(text: str) -> float:
    return sum(_OF_MARK if mark in ",." else _OF_DIGIT for mark in text)


def last_month(entries: Mapping[tuple[str, str], object], measure: str, months: Sequence[str]) -> str:
    """The last month of which something is filled in; empty where nothing is."""
    return next((month for month in reversed(months) if entries.get((measure, month)) is not None), "")
