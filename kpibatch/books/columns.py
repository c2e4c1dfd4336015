"""A list on a sheet as data: its columns, from which widths, headings, cells and print area follow.

To add a column is to add a ``Column`` to one tuple.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeAlias, TypeVar

from kpibatch.books.look import SIZE
from kpibatch.books.write import Content, Formula, Sheet

Row = TypeVar("Row")
Style: TypeAlias = tuple[str, ...]
_NUMBERS = re.compile(r"(\d+)")
_ROWS = (1000, 1001, 20_077)


@dataclass(frozen=True)
class Downwards:
    """A formula that goes down a column: from one row to the next nothing changes but the numbers of rows,
    so that it is put together once; ``text`` has a place for each, ``rows`` says how far below they stand.
    """

    text: str
    rows: tuple[int, ...]

    def __call__(self, at: int) -> str:
        return self.text % tuple([at + below for below in self.rows])


def downwards(formula: Callable[[int], str]) -> Callable[[int], str]:
    """The same formulas with less work, as three rows show them; itself, where more than rows changes.

    >>> downwards(lambda at: f'IF(A{at + 1}>B$5,{100},"%")')
    Downwards(text='IF(A%d>B$5,100,"%%")', rows=(1,))
    """
    here, below = (_NUMBERS.split(formula(row).replace("%", "%%")) for row in _ROWS[:2])
    moving = {number for number, pair in enumerate(zip(here, below, strict=False)) if pair[0] != pair[1]}
    if all(number % 2 for number in moving):
        text = "".join("%d" if number in moving else part for number, part in enumerate(here))
        shared = Downwards(text, tuple(int(here[number]) - _ROWS[0] for number in sorted(moving)))
        if all(shared(row) == formula(row) for row in _ROWS):
            return shared
    return formula


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a list: what stands above it, how wide it is, what each row has in it and how it looks.

    ``result`` is a row's content; where there is a ``formula`` (of a row of the sheet, zero-based), it is
    what Excel will compute from that; where it is ``own``, each row has another. ``style`` names the styles
    of every cell, or of each row's; ``extra`` are formats beside them.
    """

    head: str
    width: float
    result: Callable[[Row], Content]
    style: Style | Callable[[Row], Style] = ("cell",)
    formula: Callable[[int], str] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    hidden: bool = False
    own: bool = False

    def content(self, at: int, row: Row) -> Content:
        """What the cell in row ``at`` of the sheet holds."""
        result = self.result(row)
        if self.formula is None:
            return result
        assert result is None or isinstance(result, str | int | float)
        return Formula(self._down(at), "" if result is None else result)

    @cached_property
    def _down(self) -> Callable[[int], str]:
        assert self.formula is not None
        return self.formula if self.own else downwards(self.formula)

    def styles(self, row: Row) -> Style:
        """The styles of the row's cell."""
        return self.style(row) if callable(self.style) else self.style


def widths_of(columns: Sequence[Column[Any]]) -> list[float]:
    return [column.width for column in columns]


def set_widths(sheet: Sheet, columns: Sequence[Column[Any]]) -> None:
    """Give the sheet's columns their widths, from the first on; hidden ones are hidden."""
    sheet.widths(*widths_of(columns))
    for number, column in enumerate(columns):
        if column.hidden:
            sheet.raw.set_column(number, number, column.width, None, {"hidden": True})


def put_heads(sheet: Sheet, at: int, columns: Sequence[Column[Any]], size: float = SIZE) -> None:
    """Write the headings into a row of the sheet; a column without one is passed over."""
    for number, column in enumerate(columns):
        if column.head:
            sheet.put(at, number, column.head, "head", font_size=size)


def put_line(sheet: Sheet, at: int, columns: Sequence[Column[Row]], row: Row, first: int = 0) -> None:
    """Write what the columns have of a row into row ``at`` of the sheet, from column ``first`` on."""
    contents = [column.content(at, row) for column in columns]
    forms = [sheet.book.style(*column.styles(row), **column.extra) for column in columns]
    sheet.line(at, range(first, first + len(columns)), contents, forms)


def percent_bars(sheet: Sheet, column: int, first: int, last: int) -> None:
    """A bar behind each percent of a column, from 0 to 100."""
    bar = {"type": "data_bar", "bar_color": "#8CC0B6", "bar_solid": True}
    ends = {"min_type": "num", "max_type": "num", "min_value": 0, "max_value": 100}
    sheet.colour((first, column), (last, column), bar | ends)


def show_exact(sheet: Sheet, columns: Sequence[Column[Any]], first: int, last: int) -> None:
    """In the columns of one look: no number is shown as a rounder one that it is not."""
    for number, column in enumerate(columns):
        if not callable(column.style):
            sheet.show_exact((first, number), (last, number), column.style[-1])
