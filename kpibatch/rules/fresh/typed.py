"""A level-table workbook's cells as they would be typed: what ``write_level_book`` takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kpibatch.base.config import IntakeLimits
from kpibatch.base.thai import read_number, show_date, show_number
from kpibatch.books.read import Value, as_text, read_book
from kpibatch.rules.fresh.examples import Sheets
from kpibatch.rules.schema import GUIDE, SHEETS, Column, Sheet
from kpibatch.rules.sheets import in_a_child, read_sheets


@dataclass(frozen=True)
class TypedBook:
    """The sheets that a workbook has, each with its heading first; ``strange`` are sheets and columns that
    the program does not know.
    """

    sheets: Sheets
    strange: tuple[str, ...] = ()


def typed_book(path: Path, limits: IntakeLimits) -> TypedBook:
    """The workbook at ``path``. Raises ``KpibatchError`` where it can't be read."""
    return in_a_child(limits, _typed, path)


def _typed(path: Path) -> TypedBook:
    grids = read_book(path)
    tables = read_sheets(path.name, grids)
    sheets: Sheets = {}
    strange = [name for name in grids if name not in tables and name != GUIDE]
    for schema in SHEETS:
        table = tables[schema.sheet]
        columns = [name for name in table.columns if schema.any_column is not None or _known(schema, name)]
        strange += [f"{schema.sheet}: {name}" for name in table.columns if name not in columns]
        if columns:
            rows = [[typed(row.value(name), schema.column(name)) for name in columns] for row in table]
            sheets[schema.sheet] = [columns, *rows]
    return TypedBook(sheets, tuple(strange))


def _known(schema: Sheet, name: str) -> bool:
    return any(column == name for column in schema.columns)


def typed(value: Value, column: Column) -> str:
    """A cell's content as text that means the same in that column."""
    if isinstance(value, date):
        return show_date(value)
    if isinstance(value, bool):
        return "ใช่" if value else "ไม่ใช่"
    text = as_text(value)
    number = read_number(text) if column.content.startswith("number") else None
    return text if number is None else show_number(number)


def column_of(rows: Sequence[Sequence[str]], name: str) -> int:
    """Where a column stands in a sheet's rows; -1 where it has none of that name."""
    return list(rows[0]).index(name) if rows and name in rows[0] else -1


def by(rows: Sequence[Sequence[str]], key: str, value: str) -> Mapping[str, str]:
    """What one column of a sheet's rows says of another."""
    at, of = column_of(rows, key), column_of(rows, value)
    return {row[at]: row[of] for row in rows[1:]} if min(at, of) >= 0 else {}
