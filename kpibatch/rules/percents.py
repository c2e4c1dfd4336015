"""Percents as the level tables hold them: 90, or a cell that shows 90 %; never 0.9, which may be either.

A series is what is compared with each other: the levels of a row, the cases of a KPI, the rating bands, a
column of fixed values.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kpibatch.base.thai import says_percent
from kpibatch.books.read import as_text
from kpibatch.books.shown import Percent
from kpibatch.books.table import Row
from kpibatch.rules.conditions import Condition

_MOST_SHARE = 2  # 200 % typed as a percent; a threshold that low is rarely meant


@dataclass(frozen=True)
class Typed:
    """A cell of a series that could be read, with the numbers in it."""

    row: Row
    column: str
    numbers: tuple[float, ...]

    @property
    def text(self) -> str:
        return as_text(self.row.value(self.column))

    @property
    def is_cell(self) -> bool:
        """Whether the cell's format makes it a percent."""
        return isinstance(self.row.value(self.column), Percent)

    @property
    def is_written(self) -> bool:
        """Whether the cell says that it is a percent."""
        return says_percent(self.text)


def numbers_of(condition: Condition) -> tuple[float, ...]:
    """The numbers written in a condition."""
    return tuple(end for end in (condition.low, condition.high) if abs(end) != float("inf"))


def report_shares(series: Iterable[Typed]) -> None:
    """Report a series of percents that may as well be shares of one, or that is partly written as percents.

    Source: design, section 1 (conditions with %; nothing is read silently).
    """
    cells = [cell for cell in series if any(cell.numbers)]  # zero is zero, as a percent and without
    plain = [cell for cell in cells if not cell.is_written]
    percents = [cell for cell in cells if cell.is_cell]
    found = " | ".join(cell.text for cell in cells)
    if plain and percents:
        odd = min(percents, plain, key=len)[0]
        odd.row.report("table-percent-beside", odd.column, found)
    elif plain == cells and cells and max(max(cell.numbers) for cell in cells) <= _MOST_SHARE:
        cells[0].row.report("table-percent-share", cells[0].column, found)
