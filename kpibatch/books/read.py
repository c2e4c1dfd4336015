"""Reading any workbook: the one door to calamine.

In: a path, or what a guard has inspected. Out: grids of plain values, each value at its true address. An
error cell or a formula without a result is a ``CellError``, never a blank: calamine returns both as empty
text, so the guard finds their addresses. It also finds the numbers that their format shows as something else.
"""

import math
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

from python_calamine import CalamineError, CalamineWorkbook

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import FileHeld
from kpibatch.base.kinds import LEAST
from kpibatch.base.thai import is_blank, squash
from kpibatch.books.guard.inspect import inspect, take
from kpibatch.books.guard.limits import SEEN, Hidden, Inspected, Merge, Position, Refused
from kpibatch.books.shown import Percent, Unclear, as_shown, clock

_LIMITS = IntakeLimits()
# a day as strict workbooks write it; calamine hands it out as text where a zone follows
_ISO_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:\d{2})", re.ASCII
)


@dataclass(frozen=True)
class CellError:
    """A cell whose value does not exist: an error such as ``#REF!``, or a formula never calculated."""

    text: str

    def __str__(self) -> str:
        return self.text


Value: TypeAlias = str | float | bool | date | CellError | Unclear | None  # a ``Percent`` is a float


class UnreadableBook(Exception):
    """The file is no workbook we can read; the text says why, in the reader's words."""


@dataclass(frozen=True)
class Grid:
    """One sheet: rows of values from A1 on, the ranges that are merged (zero-based corners), what is hidden,
    and where formulas stand that have a result.
    """

    name: str
    rows: list[list[Value]]
    merges: list[Merge] = field(default_factory=list)
    hidden: Hidden = SEEN
    formulas: tuple[Position, ...] = ()

    def at(self, row: int, column: int) -> Value:
        """The value at zero-based coordinates; blank outside the filled area."""
        try:
            return self.rows[row][column]
        except IndexError:
            return None


def as_text(value: Value) -> str:
    """What a person sees in the cell: ``85`` for 85.0, ``85%`` for a percent, empty for a blank."""
    if value is None:
        return ""
    if isinstance(value, str):
        return squash(value)
    if isinstance(value, Percent):
        return str(value)
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float) and LEAST <= abs(value) < 1e-4:  # no exponent, as in the cell
        return format(Decimal(repr(value)), "f")
    return squash(str(value))


def read_book(path: Path, limits: IntakeLimits = _LIMITS) -> dict[str, Grid]:
    """Every sheet of a workbook by its name, in order.

    Raises ``UnreadableBook`` where the file can't be opened as a workbook, or is not fit to be read,
    ``FileHeld`` where it is kept from us.
    """
    try:
        return read_bytes(take(path, limits), limits)
    except PermissionError as reason:
        raise FileHeld(file=path) from reason
    except (Refused, OSError) as reason:
        raise UnreadableBook(squash(str(reason)) or type(reason).__name__) from reason


def read_bytes(raw: bytes, limits: IntakeLimits) -> dict[str, Grid]:
    """Every sheet of a workbook by its name, in order.

    Raises ``Refused`` where it is no workbook or not fit to be read, ``UnreadableBook`` where the reader
    fails all the same.
    """
    return read_inspected(inspect(raw, limits))


def read_inspected(seen: Inspected) -> dict[str, Grid]:
    """The sheets of a workbook that a guard has inspected."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(seen.copy))
        if len(book.sheet_names) != len(seen.sheets):
            raise UnreadableBook(f"{len(book.sheet_names)} ≠ {len(seen.sheets)}")
        grids = {}
        for index, (name, sheet) in enumerate(zip(book.sheet_names, seen.sheets, strict=True)):
            handed = book.get_sheet_by_index(index).to_python(skip_empty_area=False)
            rows: list[list[Value]] = [
                [None if cell == "" else _plain(cell) for cell in row]
                for row in handed  # most are blank
            ]
            for row, column, look in sheet.looks:
                if row < len(handed) and column < len(handed[row]):  # else an empty result
                    rows[row][column] = _plain(as_shown(handed[row][column], look, seen.from_1904))
            for row, column, text in sheet.flaws:
                _mark(rows, row, column, CellError(text))
            grids[name] = Grid(name, rows, list(sheet.merges), sheet.hidden, sheet.formulas)
        return grids
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise UnreadableBook(squash(str(error)) or type(error).__name__) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of the reader's own making, and not an Exception
            raise
        raise UnreadableBook(squash(str(error))) from None


def _plain(value: object) -> Value:
    if isinstance(value, str):
        return None if is_blank(value) else _text(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        if not math.isfinite(value):
            return CellError(str(value))
        return value if isinstance(value, Percent) else float(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date | Unclear):
        return value
    return clock(value) if isinstance(value, time | timedelta) else CellError(str(value))


def _text(text: str) -> Value:
    stated = _ISO_TIME.fullmatch(text) if text[-1:] in "Z0123456789" else None
    try:
        return date.fromisoformat(stated[1]) if stated else text
    except ValueError:
        return text


def _mark(rows: list[list[Value]], row: int, column: int, value: Value) -> None:
    while len(rows) <= row:
        rows.append([])
    rows[row].extend([None] * (column + 1 - len(rows[row])))
    rows[row][column] = value
