"""A sheet as a table: rows by column name, each value at its address.

Faults are never raised, so that one pass reports them all: each row remembers what was wrong in it, and the
table gathers what its rows say.
"""

import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from kpibatch.base.addresses import address
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.kinds import Kind
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import BUDDHIST, arabic, fold, is_month, read_month, squash
from kpibatch.books.guard.limits import UNCALCULATED
from kpibatch.books.read import CellError, Grid, Value, as_text
from kpibatch.books.shown import AS_DAY, AS_TIME, MIXED
from kpibatch.books.values import SIZE, Reading, read_value

Choice = TypeVar("Choice", bound=StrEnum)
# what is said of a cell of a table that is refused as one of a form would be
_REFUSALS = {
    "percent-as-count": "table-percent",
    AS_DAY: "table-number-format",
    AS_TIME: "table-number-format",
    MIXED: "table-number-format",
    SIZE: "table-number-size",
}
HEADER_WITHIN = 10
_YEARS = "พ.ศ. 2400 – 2599"  # whose months have keys
_ALIKE = 0.7  # of difflib: ระดับที่ 5 is like ระดับ 5


@dataclass(frozen=True)
class Row:
    """One line of a table; a blank, missing or faulty cell reads as ``None`` or empty.

    ``number`` counts from 0. ``findings`` are the faults met in it so far. ``lost`` are the columns it should
    have and that are not there: their heading is reported, and nothing that follows from it.
    """

    file: str
    sheet: str
    number: int
    columns: Mapping[str, int]
    cells: Sequence[Value] = ()
    findings: list[Finding] = field(default_factory=list)
    lost: frozenset[str] = frozenset()

    def place(self, column: str) -> Place:
        """Where the column's cell stands; the sheet alone where there is no such column."""
        cell = address(self.number, self.columns[column]) if column in self.columns else ""
        return Place(self.file, self.sheet, cell)

    def value(self, column: str) -> Value:
        """The cell as it is; an error or a formula without a result is reported and reads as blank."""
        index = self.columns.get(column, -1)
        value = self.cells[index] if 0 <= index < len(self.cells) else None
        if isinstance(value, CellError):
            code = "table-no-result" if value.text == UNCALCULATED else "table-cell-error"
            self.report(code, column, value)
            return None
        return value

    def blank(self, column: str) -> bool:
        """Whether nothing at all stands in the cell, not even an error."""
        index = self.columns.get(column, -1)
        return not 0 <= index < len(self.cells) or self.cells[index] is None

    def text(self, column: str) -> str:
        return as_text(self.value(column))

    def code(self, column: str) -> str:
        """A code; Thai digits in it are the same as Arabic ones."""
        return arabic(self.text(column))

    def number_in(self, column: str, kind: Kind = Kind.NUMBER) -> float | None:
        return self.read(column, kind)

    def date_in(self, column: str) -> date | None:
        ordinal = self.read(column, Kind.DATE)
        return None if ordinal is None else date.fromordinal(int(ordinal))

    def month_in(self, column: str) -> str | None:
        """A month's key, written as one, in words or as a day of it; ``None`` where the cell holds none."""
        cell = self.value(column)
        if isinstance(cell, date):
            return read_month(f"{cell.year + (BUDDHIST if cell.year < 2400 else 0)}-{cell.month:02d}")
        return read_month(as_text(cell))

    def read(self, column: str, kind: Kind, counting_unit: str = "") -> float | None:
        """The cell as a value of a measure's kind; what can't be read so is reported."""
        cell = self.value(column)
        reading: Reading = read_value(cell, kind, counting_unit)
        if reading.refused:
            code, found = _REFUSALS.get(reading.refused, "table-value"), reading.seen or as_text(cell)
            self.report(code, column, found, expected=reading.expected or kind.value)
        elif kind is Kind.DATE and not math.isnan(reading.value) and not _has_month(reading.value):
            self.report("table-value", column, as_text(cell), expected=f"{kind.value} {_YEARS}")
            return None
        return None if math.isnan(reading.value) else reading.value

    def choice(self, column: str, kind: type[Choice], default: Choice) -> Choice:
        """One of a column's fixed words; blank is the default."""
        text = self.text(column)
        if not text:
            return default
        members = {fold(member.value): member for member in kind if member.value}
        if fold(text) not in members:
            self.report("table-value", column, text, expected=" / ".join(m.value for m in members.values()))
        return members.get(fold(text), default)

    def codes(self, column: str) -> tuple[str, ...]:
        """A list of codes or names, separated by commas or semicolons."""
        text = self.code(column).replace(";", ",").replace("และ", ",")
        return tuple(part for part in map(squash, text.split(",")) if part)

    def report(self, code: str, column: str, found: object, **facts: str) -> None:
        """Remember a fault of one cell: once, however often the cell is asked for."""
        fault = finding(code, self.place(column), found=found, column=column, **facts)
        if fault not in self.findings and column not in self.lost:
            self.findings.append(fault)


def _has_month(ordinal: float) -> bool:
    """Whether a day lies in the years whose months have keys."""
    day = date.fromordinal(int(ordinal))
    return is_month(f"{day.year + BUDDHIST}-{day.month:02d}")


@dataclass(frozen=True)
class Table:
    """A sheet whose header row (``head``) was found; ``columns`` are all its headings from left to right."""

    head: Row
    rows: tuple[Row, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether the sheet and all its columns are there."""
        return bool(self.columns) and not self.head.lost

    @property
    def findings(self) -> list[Finding]:
        """What was wrong with the sheet, its headings and every cell that was read so far."""
        return [fault for row in (self.head, *self.rows) for fault in row.findings]

    def doubtful(self, columns: Sequence[str]) -> frozenset[str]:
        """The codes in those columns of the rows in which something could not be read so far."""
        faulty = (row for row in self.rows if any(fault.severity == "error" for fault in row.findings))
        return frozenset(row.code(column) for row in faulty for column in columns) - {""}

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def read_table(
    file: str,
    grids: Mapping[str, Grid],
    sheet: str,
    required: Sequence[str],
    others: Sequence[str] | None = (),
) -> Table:
    """The table of a sheet whose header holds the required columns; rows that are blank all over are dropped.

    ``others`` are the further columns it may have; ``None`` for any. Where the sheet is missing, the table
    has no rows; where a required column is, its cells read as blank. Its findings say so.
    """
    grid = grid_called(sheet, grids)
    if grid is None:
        facts = {"sheet": sheet, "nearest": nearest_of(sheet, list(grids))}
        absent = finding("table-sheet-missing", Place(file, sheet), found=", ".join(grids), **facts)
        return Table(Row(file, sheet, 0, {}, findings=[absent]))
    top, header = _header(grid, required, others)
    columns = {name: index for index, name in reversed(list(enumerate(header))) if name}
    faults = [*_about_header(file, sheet, top, header, required, others), *_merged(file, grid, top)]
    faults += _headless(file, grid, top)
    lost = frozenset(column for column in required if column not in columns)
    head = Row(file, sheet, top, columns, findings=faults, lost=lost)
    rows = (
        Row(file, sheet, number, columns, cells, lost=lost)
        for number, cells in enumerate(grid.rows[top + 1 :], top + 1)
        if any(value is not None for value in cells)
    )
    return Table(head, tuple(rows), tuple(filter(None, header)))


def absent_table(file: str, sheet: str) -> Table:
    """The table of a sheet that need not be there and is not: without rows, and without a fault."""
    return Table(Row(file, sheet, 0, {}))


def grid_called(sheet: str, grids: Mapping[str, Grid]) -> Grid | None:
    """The sheet of that name; else the one whose name looks the same."""
    return grids.get(sheet) or next((grid for name, grid in grids.items() if fold(name) == fold(sheet)), None)


def _header(grid: Grid, required: Sequence[str], others: Sequence[str] | None) -> tuple[int, list[str]]:
    """The row that holds most of the required headings, and what stands in it: a known heading by its own
    name, however it is written, any other as typed.
    """
    known = {fold(name): name for name in (*(others or ()), *required)}
    texts = [[as_text(value) for value in row] for row in grid.rows[:HEADER_WITHIN]]
    headings = [
        [known.get(fold(text), arabic(text) if others is None else text) for text in row] for row in texts
    ]
    top = max(range(len(headings)), key=lambda index: len(set(required) & set(headings[index])), default=0)
    return top, headings[top] if headings else []


def _about_header(
    file: str, sheet: str, top: int, header: list[str], required: Sequence[str], others: Sequence[str] | None
) -> Iterator[Finding]:
    known = (*required, *(others or ()))
    strangers = [] if others is None else [name for name in header if name and name not in known]
    renamed = _renamed([column for column in known if column not in header], strangers)
    for column in required:
        if column not in header and column not in renamed.values():
            place, found = Place(file, sheet, address(top, 0)), ", ".join(filter(None, header))
            yield finding("table-column-missing", place, found=found, column=column)
    for index, name in enumerate(header):
        place = Place(file, sheet, address(top, index))
        if name and name in header[:index]:
            yield finding("table-column-twice", place, found=name)
        elif name in renamed:
            yield finding("table-column-renamed", place, found=name, column=renamed[name])
        elif name in strangers:
            absent = [column for column in known if column not in header]
            nearest = nearest_of(name, absent or list(required))
            yield finding("table-unknown-column", place, found=name, nearest=nearest)


def _renamed(absent: Sequence[str], strangers: Sequence[str]) -> dict[str, str]:
    """Each unknown heading that is much like one that is not there → that one."""
    renamed: dict[str, str] = {}
    for column in absent:
        left = [each for each in strangers if each not in renamed]
        longer = [name for name in left if column in name]
        alike = longer or difflib.get_close_matches(column, left, 1, _ALIKE)
        renamed |= dict.fromkeys(alike[:1], column)
    return renamed


def _headless(file: str, grid: Grid, top: int) -> Iterator[Finding]:
    """Columns that hold something below the header row and no heading: told at the first such cell."""
    heads = [as_text(value) for value in grid.rows[top]] if grid.rows else []
    told: set[int] = set()
    for number, row in enumerate(grid.rows[top + 1 :], top + 1):
        for column, value in enumerate(row):
            blank = column >= len(heads) or not heads[column]
            if value is not None and blank and column not in told:
                told.add(column)
                place, letter = address(number, column), address(0, column).rstrip("1")
                facts = {"found": as_text(value), "column": letter}
                yield finding("table-heading-blank", Place(file, grid.name, place), **facts)


def _merged(file: str, grid: Grid, top: int) -> Iterator[Finding]:
    """Merged cells hide values: only the first cell of the range holds one."""
    for first, last in grid.merges:
        if last[0] >= top:
            place = Place(file, grid.name, address(*first))
            yield finding("table-merged", place, found=f"{address(*first)}:{address(*last)}")
