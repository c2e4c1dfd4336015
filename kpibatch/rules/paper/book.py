"""Writes a level-table workbook that a person would like to fill in: headings, dropdowns, widths, คู่มือ.

In: one text table per sheet (cells between bars, the header first). Out: the workbook of the design.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

from kpibatch.base.thai import read_date, read_number
from kpibatch.books.look import lines_of
from kpibatch.books.write import Book, Content, Sheet
from kpibatch.rules.conditions import is_dash
from kpibatch.rules.schema import BASELINES, GUIDE, MEASURES, NODES, ROUND, SHEETS, UNITS, Column
from kpibatch.rules.schema import Sheet as Schema

SPARE_ROWS = 200
UNDATED = date(2020, 1, 1)  # of a workbook whose round has no days yet
_GUIDE_WIDTHS = (30, 62, 58)


Marks: TypeAlias = Mapping[tuple[str, int, int], str]
"""What is said of cells, by sheet, row below the heading (from 1) and column (from 0)."""


def rows_of(text: str) -> list[list[str]]:
    """The cells of a text table, header first; short lines are filled up with blanks."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()]
    return [line + [""] * (len(lines[0]) - len(line)) for line in lines]


def write_level_book(
    path: Path, sheets: Mapping[str, Sequence[Sequence[str]]], day: date, marks: Marks | None = None
) -> None:
    """Write the workbook; ``sheets`` holds each sheet's rows of text, the header first; a cell of ``marks``
    is coloured and has that comment.
    """
    with Book(path, title="ตารางระดับ", day=day) as book:
        _write_guide(book, sheets)
        labels = {row[0]: row[1] for row in sheets.get(MEASURES.sheet, [])[1:]}
        for schema in (each for each in SHEETS if each.sheet in sheets or not each.optional):
            told = {place[1:]: text for place, text in (marks or {}).items() if place[0] == schema.sheet}
            _write_sheet(book.sheet(schema.sheet), schema, sheets[schema.sheet], labels, told)
        book.sheets[NODES.sheet].raw.activate()


def top_of(schema: Schema) -> int:
    """The row, from 0, in which a sheet's headings stand."""
    return 1 if schema is BASELINES else 0


def _write_sheet(
    sheet: Sheet,
    schema: Schema,
    rows: Sequence[Sequence[str]],
    labels: Mapping[str, str],
    told: Mapping[tuple[int, int], str],
) -> None:
    columns = [schema.column(heading) for heading in rows[0]]
    top = top_of(schema)
    sheet.widths(*(column.width for column in columns))
    if schema is BASELINES:  # the codes alone say little: the measures' names stand above them
        names = ["", *(labels.get(code, "") for code in rows[0][1:])]
        sheet.put_row(0, 0, names, "quiet", "wrap", "centre")
        sheet.height(0, 4)
    sheet.put_row(top, 0, list(rows[0]), "head")
    sheet.height(top, 2)
    for number, row in enumerate(rows[1:], top + 1):
        marked = {column: text for (at, column), text in told.items() if at + top == number}
        _write_row(sheet, number, columns, row, marked)
    _add_dropdowns(sheet, columns, top + 1, top + len(rows) + SPARE_ROWS)
    sheet.raw.freeze_panes(top + 1, schema.frozen)
    if len(rows) > 1 and schema is not ROUND:
        sheet.raw.autofilter(top, 0, top + len(rows) - 1, len(columns) - 1)
    sheet.page(top=top)


def _write_row(
    sheet: Sheet, number: int, columns: Sequence[Column], row: Sequence[str], marked: Mapping[int, str]
) -> None:
    for index, (column, text) in enumerate(zip(columns, row, strict=True)):
        content, styles = _cell(column, text)
        if index in marked:
            styles = (*styles, "fair")
            sheet.note(number, index, marked[index])
        sheet.put(number, index, content, "cell", *styles, valign="vcenter")
    wrapped = [
        lines_of(text, column.width) for column, text in zip(columns, row, strict=True) if column.wraps
    ]
    sheet.height(number, max(wrapped, default=1))


def _cell(column: Column, text: str) -> tuple[Content, tuple[str, ...]]:
    """What stands in a cell, and in which styles."""
    day = read_date(text) if column.content in ("day", "day or text") else None
    if day:
        return day, ("date",)
    may_be_text = column.content == "number or text" and read_number(text) is None
    if text and column.content.startswith("number") and not is_dash(text) and not may_be_text:
        return float(text), ("number",)
    styles = ("wrap", "text") if column.wraps else ("text",)
    return text or None, (*styles, "centre") if column.content == "condition" else styles


def _add_dropdowns(sheet: Sheet, columns: Sequence[Column], first: int, last: int) -> None:
    for index, column in enumerate(columns):
        if column.choices:
            source = column.choices if isinstance(column.choices, str) else list(column.choices)
            rule = {"validate": "list", "source": source, "error_type": "warning"}
            sheet.validate((first, index), (last, index), rule | {"show_error": not column.open})


@cache
def _guide() -> dict[str, Any]:
    return tomllib.loads(files("kpibatch.rules").joinpath("guide.toml").read_text(encoding="utf-8"))


def _write_guide(book: Book, sheets: Mapping[str, Sequence[Sequence[str]]]) -> None:
    """คู่มือ; what it says of a sheet or column that may be left out stands there only with it."""
    guide, sheet = _guide(), book.sheet(GUIDE)
    sheet.widths(*_GUIDE_WIDTHS)
    sheet.put(0, 0, guide["title"], "title")
    sheet.height(0, 2)
    sheet.put(1, 0, guide["subtitle"], "subtitle")
    row, there = 3, {*sheets, *(heading for rows in sheets.values() for heading in rows[0])}
    for part in (each for each in guide["part"] if there.intersection(each.get("only_with", [UNITS.sheet]))):
        sheet.merge(row, 0, 2, part["title"], "section")
        for line in part["lines"]:
            row += 1
            sheet.put_row(row, 0, line, "cell", "wrap")
            sheet.height(row, max(map(lines_of, line, _GUIDE_WIDTHS)))
        row += 2
    sheet.page(top=0)
