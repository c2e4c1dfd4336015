"""A sheet of the level-table workbook as a table: rows by column name, each value at its address.

Faults are collected, never raised, so that one pass reports them all.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from kpibatch.cells import UNCALCULATED, CellError, Grid, Value, address, as_text
from kpibatch.findings import Finding, Place, finding
from kpibatch.thai import squash
from kpibatch.values import Kind, Reading, read_value

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
        return Place(self.file, self.sheet, address(self.number, self.columns[column]) if column in self.columns else "")

    def value(self, column: str) -> Value:
        """The cell as it is; an error or a formula without a result is reported and reads as blank."""
        index = self.columns.get(column, -1)
        value = self.cells[index] if 0 <= index < len(self.cells) else None
        if isinstance(value, CellError):
            self.report("table-no-result" if value.text == UNCALCULATED else "table-cell-error", column, value)
            return None
        return value

    def text(self, column: str) -> str:
        return as_text(self.value(column))

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
            self.report("table-value", column, text, expected=" / ".join(member.value for member in kind if member.value))
            return default

    def codes(self, column: str) -> tuple[str, ...]:
        """A list of codes or names, separated by commas or semicolons."""
        text = self.text(column).replace(";", ",").replace("และ", ",")
        return tuple(part for part in map(squash, text.split(",")) if part)

    def report(self, code: str, column: str, found: object, **facts: str) -> None:
        self.findings.append(finding(code, self.place(column), found=found, column=column, **facts))


@dataclass(frozen=True)
class Table:
    """A sheet whose header row was found; ``columns`` are all its headings from left to right."""

    rows: list[Row] = field(default_factory=list)
    columns: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def read_table(file: str, grids: dict[str, Grid], sheet: str, required: Sequence[str], findings: list[Finding]) -> Table:
    """The table of a sheet whose header holds the required columns; rows that are blank all over are dropped."""
    grid = grids.get(sheet)
    if grid is None:
        findings.append(finding("table-sheet-missing", Place(file, sheet), found=", ".join(grids), sheet=sheet))
        return Table()
    headings = [[as_text(value) for value in row] for row in grid.rows[:HEADER_WITHIN]]
    top = max(range(len(headings)), key=lambda index: len(set(required) & set(headings[index])), default=0)
    header = headings[top] if headings else []
    missing = [column for column in required if column not in header]
    if missing:
        for column in missing:
            findings.append(
                finding("table-column-missing", Place(file, sheet, address(top, 0)), found=", ".join(filter(None, header)), column=column)
            )
        return Table()
    columns = {name: index for index, name in reversed(list(enumerate(header))) if name}
    rows = [
        Row(file, sheet, number, columns, cells, findings)
        for number, cells in enumerate(grid.rows[top + 1 :], top + 1)
        if any(value is not None for value in cells)
    ]
    return Table(rows, tuple(filter(None, header)))
