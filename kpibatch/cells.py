"""Reading any workbook: the one door to calamine.

In: a path. Out: grids of plain values, each value at its true address. An error cell or a formula
without a result is a ``CellError``, never a blank: calamine returns both as empty text, so for the
XML formats their addresses are looked up in the package itself.
"""

import math
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TypeAlias
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from kpibatch.thai import squash


@dataclass(frozen=True)
class CellError:
    """A cell whose value does not exist: an error such as ``#REF!``, or a formula never calculated."""

    text: str

    def __str__(self) -> str:
        return self.text


Value: TypeAlias = str | float | bool | date | CellError | None
UNCALCULATED = "= ?"


class UnreadableBook(Exception):
    """The file is no workbook we can read; the text says why, in the reader's words."""


@dataclass(frozen=True)
class Grid:
    """One sheet: rows of values from A1 on, and the ranges that are merged (zero-based corners)."""

    name: str
    rows: list[list[Value]]
    merges: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)

    def at(self, row: int, column: int) -> Value:
        """The value at zero-based coordinates; blank outside the filled area."""
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else None


def address(row: int, column: int) -> str:
    """The A1 address of zero-based coordinates."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def coordinates(cell: str) -> tuple[int, int]:
    """The zero-based row and column of an A1 address."""
    matched = re.fullmatch(r"([A-Z]{1,3})(\d+)", cell)
    if not matched:
        raise ValueError(cell)
    column = 0
    for letter in matched[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(matched[2]) - 1, column - 1


def as_text(value: Value) -> str:
    """What a person sees in the cell: ``85`` for 85.0, empty for a blank."""
    if value is None:
        return ""
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return squash(str(value))


def read_book(path: Path) -> dict[str, Grid]:
    """Every sheet of a workbook by its name, in order.

    Raises ``UnreadableBook`` where the file can't be opened as a workbook.
    """
    try:
        book = CalamineWorkbook.from_path(str(path))
        grids = {name: _grid(book, name) for name in book.sheet_names}
        for name, flaws in _flaws(path):
            for row, column, text in flaws:
                _mark(grids[name].rows, row, column, CellError(text))
    except (CalamineError, OSError, zipfile.BadZipFile, expat.ExpatError, KeyError, ValueError) as error:
        raise UnreadableBook(squash(str(error)) or type(error).__name__) from error
    return grids


def _grid(book: CalamineWorkbook, name: str) -> Grid:
    sheet = book.get_sheet_by_name(name)
    rows = [[_plain(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    return Grid(name, rows, list(sheet.merged_cell_ranges or []))


def _plain(value: object) -> Value:
    if isinstance(value, str):
        return value if squash(value) else None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else CellError(str(value))
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return CellError(str(value))


def _mark(rows: list[list[Value]], row: int, column: int, value: CellError) -> None:
    while len(rows) <= row:
        rows.append([])
    rows[row].extend([None] * (column + 1 - len(rows[row])))
    rows[row][column] = value


def _flaws(path: Path) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """Per sheet of an XML workbook, the cells that hold an error or a formula without a result."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as package:
        if "xl/workbook.xml" not in package.namelist():
            return
        targets = {
            attributes["Id"]: attributes["Target"] for attributes in _elements(package, "xl/_rels/workbook.xml.rels", "Relationship")
        }
        for sheet in _elements(package, "xl/workbook.xml", "sheet"):
            target = targets[next(value for key, value in sheet.items() if key.endswith(":id"))]
            part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            yield sheet["name"], _flawed_cells(package.read(part)) if part in package.namelist() else []


def _elements(package: zipfile.ZipFile, part: str, tag: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    parser = _parser()
    parser.StartElementHandler = lambda name, attributes: found.append(attributes) if name.split(":")[-1] == tag else None
    parser.Parse(package.read(part), True)
    return found


def _parser() -> expat.XMLParserType:
    def refuse(*_: object) -> None:
        raise expat.ExpatError("DOCTYPE or ENTITY")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def _flawed_cells(xml: bytes) -> list[tuple[int, int, str]]:
    if b"<f" not in xml and b't="e"' not in xml:
        return []
    found: list[tuple[int, int, str]] = []
    cell: dict[str, str] = {}
    seen = {"formula": False, "value": ""}
    inside_value = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal cell, inside_value
        if name == "c":
            cell = attributes
            seen.update(formula=False, value="")
        elif name == "f":
            seen["formula"] = True
        inside_value = name in ("v", "t")

    def text(characters: str) -> None:
        if inside_value:
            seen["value"] = str(seen["value"]) + characters

    def end(name: str) -> None:
        nonlocal inside_value
        inside_value = False
        if name != "c" or "r" not in cell:
            return
        if cell.get("t") == "e":
            found.append((*coordinates(cell["r"]), str(seen["value"]) or "#ERROR"))
        elif seen["formula"] and not seen["value"] and cell.get("t") != "str":
            found.append((*coordinates(cell["r"]), UNCALCULATED))

    parser = _parser()
    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = start, text, end
    parser.Parse(xml, True)
    return found
