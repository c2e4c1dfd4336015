"""A sheet of the level-table workbook as a table: rows by column name, each value at its address.

Faults are collected, never raised, so that one pass reports them all.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from kpibatch.base.addresses import address
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.kinds import Kind
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import arabic, squash
from kpibatch.books.guard.limits import UNCALCULATED
from kpibatch.books.read import CellError, Grid, Value, as_text
from kpibatch.books.values import Reading, read_value

Choice = TypeVar("Choice", bound=StrEnum)
HEADER_WITHIN = 10


@dataclass(frozen=True)
class Row:
    """One line of a table; a blank, missing or faulty cell reads as ``None`` or empty."""

    file: str
    sheet: str
    number: int
    columns: dict[str, int]
    cells: list[Value]
    findings: list[Finding]

    def place(self, column: str) -> Place:
        return Place(
            self.file,
            self.sheet,
            address(self.number, self.columns[column]) if column in self.columns else "",
        )

    def value(self, column: str) -> Value:
        """The cell as it is; an error or a formula without a result is reported and reads as blank."""
        index = self.columns.get(column, -1)
        value = self.cells[index] if 0 <= index < len(self.cells) else None
        if isinstance(value, CellError):
            self.report(
                "table-no-result" if value.text == UNCALCULATED else "table-cell-error", column, value
            )
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

    def number_in(self, column: str) -> float | None:
        return self._read(column, Kind.NUMBER)

    def date_in(self, column: str) -> date | None:
        ordinal = self._read(column, Kind.DATE)
        return None if ordinal is None else date.fromordinal(int(ordinal))

    def _read(self, column: str, kind: Kind) -> float | None:
        reading: Reading = read_value(self.value(column), kind)
        if reading.refused:
            self.report("table-value", column, self.text(column), expected=kind.value)
        return None if math.isnan(reading.value) else reading.value

    def choice(self, column: str, kind: type[Choice], default: Choice) -> Choice:
        """One of a column's fixed words; blank is the default."""
        text = self.text(column)
        if not text:
            return default
        try:
            return kind(text)
        except ValueError:
            self.report(
                "table-value",
                column,
                text,
                expected=" / ".join(member.value for member in kind if member.value),
            )
            return default

    def codes(self, column: str) -> tuple[str, ...]:
        """A list of codes or names, separated by commas or semicolons."""
        text = self.code(column).replace(";", ",").replace("และ", ",")
        return tuple(part for part in map(squash, text.split(",")) if part)

    def report(self, code: str, column: str, found: object, **facts: str) -> None:
        self.findings.append(finding(code, self.place(column), found=found, column=column, **facts))


@dataclass(frozen=True)
class Table:
    """A sheet whose header row (``head``) was found; ``columns`` are all its headings from left to right."""

    head: Row
    rows: list[Row] = field(default_factory=list)
    columns: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether the sheet and all its columns are there."""
        return bool(self.columns)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def read_table(
    file: str,
    grids: dict[str, Grid],
    sheet: str,
    required: Sequence[str],
    findings: list[Finding],
    others: Sequence[str] | None = (),
) -> Table:
    """The table of a sheet whose header holds the required columns; rows that are blank all over are dropped.

    ``others`` are the further columns it may have; ``None`` for any.
    """
    grid = grids.get(sheet)
    if grid is None:
        nearest = nearest_of(sheet, list(grids))
        findings.append(
            finding(
                "table-sheet-missing",
                Place(file, sheet),
                found=", ".join(grids),
                sheet=sheet,
                nearest=nearest,
            )
        )
        return Table(Row(file, sheet, 0, {}, [], findings))
    headings = [[as_text(value) for value in row] for row in grid.rows[:HEADER_WITHIN]]
    top = max(range(len(headings)), key=lambda index: len(set(required) & set(headings[index])), default=0)
    header = headings[top] if headings else []
    if others is None:
        header = [arabic(name) for name in header]
    findings.extend(_about_header(file, sheet, top, header, required, others))
    findings.extend(_merged(file, grid, top))
    head = Row(
        file,
        sheet,
        top,
        {name: index for index, name in reversed(list(enumerate(header))) if name},
        [],
        findings,
    )
    if any(column not in header for column in required):
        return Table(head)
    rows = [
        Row(file, sheet, number, head.columns, cells, findings)
        for number, cells in enumerate(grid.rows[top + 1 :], top + 1)
        if any(value is not None for value in cells)
    ]
    return Table(head, rows, tuple(filter(None, header)))


def _about_header(
    file: str, sheet: str, top: int, header: list[str], required: Sequence[str], others: Sequence[str] | None
) -> Iterator[Finding]:
    for column in required:
        if column not in header:
            found = ", ".join(filter(None, header))
            yield finding(
                "table-column-missing", Place(file, sheet, address(top, 0)), found=found, column=column
            )
    for index, name in enumerate(header):
        place = Place(file, sheet, address(top, index))
        if name and name in header[:index]:
            yield finding("table-column-twice", place, found=name)
        elif name and others is not None and name not in required and name not in others:
            nearest = nearest_of(
                name, [column for column in (*required, *others) if column not in header] or list(required)
            )
            yield finding("table-unknown-column", place, found=name, nearest=nearest)


def _merged(file: str, grid: Grid, top: int) -> Iterator[Finding]:
    """Merged cells hide values: only the first cell of the range holds one."""
    for (first_row, first_column), (last_row, last_column) in grid.merges:
        if last_row >= top:
            found = f"{address(first_row, first_column)}:{address(last_row, last_column)}"
            yield finding(
                "table-merged", Place(file, grid.name, address(first_row, first_column)), found=found
            )
