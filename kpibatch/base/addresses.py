"""A1 addresses ↔ zero-based rows and columns, and the edges of a sheet."""

import re
from datetime import date
from functools import lru_cache

ROWS, COLUMNS = 1_048_576, 16_384
_A1 = re.compile(r"([A-Z]{1,3})(\d+)")


def address(row: int, column: int) -> str:
    """The A1 address of zero-based coordinates.

    >>> address(1, 27)
    'AB2'
    """
    return f"{letters_of(column)}{row + 1}"


@lru_cache(COLUMNS)
def letters_of(column: int) -> str:
    """The letters of a zero-based column.

    >>> letters_of(27)
    'AB'
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@lru_cache(4096)
def coordinates(cell: str) -> tuple[int, int]:
    """The zero-based row and column of an A1 address."""
    matched = _A1.fullmatch(cell)
    if not matched:
        raise ValueError(cell)
    column = 0
    for letter in matched[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(matched[2]) - 1, column - 1


def excel_day(ordinal: float) -> float:
    """The serial number Excel stores for a day's ordinal."""
    return ordinal - date(1899, 12, 30).toordinal()


def ref(row: int, column: int, fixed: str = "") -> str:
    """The A1 reference of zero-based coordinates; ``fixed`` holds ``r`` and ``c`` where they stay."""
    across, down = "$" if "c" in fixed else "", "$" if "r" in fixed else ""
    return f"{across}{letters_of(column)}{down}{row + 1}"


def span(first: tuple[int, int], last: tuple[int, int], fixed: str = "") -> str:
    """The A1 reference of a range.

    >>> span((4, 1), (20, 1), "rc")
    '$B$5:$B$21'
    """
    return f"{ref(*first, fixed)}:{ref(*last, fixed)}"


def quoted(sheet: str) -> str:
    """A sheet's name as a formula wants it."""
    return "'" + sheet.replace("'", "''") + "'"
