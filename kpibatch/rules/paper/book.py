"""Writes a level-table workbook that a person would like to fill in: headings, dropdowns, widths, คู่มือ.

In: one text table per sheet (cells between bars, the header first). Out: the workbook of the design.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeAlias

from kpibatch.base.thai import read_date, read_number
from kpibatch.books.look import lines_of
from kpibatch.books.write import Book, Content, Sheet
from kpibatch.rules.conditions import is_dash
from kpibatch.rules.paper.guide import Picture, write_guide
from kpibatch.rules.schema import BASELINES, MEASURE_CODES, MEASURES, NODES, ROUND, SHEETS, Column
from kpibatch.rules.schema import Sheet as Schema

SPARE_ROWS, ROWS_TO_COME = 200, 500
UNDATED = date(2020, 1, 1)  # of a workbook whose round has no days yet
_COLUMNS_TO_COME = 40  # of ค่าตั้งต้น


Marks: TypeAlias = Mapping[tuple[str, int, int], str]
"""What is said of cells, by sheet, row below the heading (from 1) and column (from 0)."""


def rows_of(text: str) -> list[list[str]]:
    """The cells of a text table, header first; short lines are filled up with blanks."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()]
    return [line + [""] * (len(lines[0]) - len(line)) for line in lines]


def write_level_book(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[str]]],
    day: date,
    marks: Marks | None = None,
    pictures: Sequence[Picture] | None = None,
) -> None:
    """Write the workbook; ``sheets`` holds each sheet's rows of text, the header first; a cell of ``marks``
    is coloured and has that comment.

    One that is to be filled in has ``pictures`` in its คู่มือ; the rows to come in it are ready: text stays
    the text that it is typed as (``1-5`` is no day), and codes are chosen from its own.
    """
    with Book(path, title="ตารางระดับ", day=day) as book:
        write_guide(book, sheets, pictures)
        labels = {row[0]: row[1] for row in sheets.get(MEASURES.sheet, [])[1:]}
        for schema in (each for each in SHEETS if each.sheet in sheets or not each.optional):
            told = {place[1:]: text for place, text in (marks or {}).items() if place[0] == schema.sheet}
            sheet = book.sheet(schema.sheet)
            if pictures is not None:
                _make_ready(sheet, schema, sheets[schema.sheet][0])
            _write_sheet(sheet, schema, sheets[schema.sheet], labels, told, ready=pictures is not None)
        book.sheets[NODES.sheet].raw.activate()


def _make_ready(sheet: Sheet, schema: Schema, heads: Sequence[str]) -> None:
    """The rows to come, and in ค่าตั้งต้น the columns to come, look as what will be typed in them."""
    for index, heading in enumerate(heads):
        column = schema.column(heading)
        sheet.column(index, column.width, *_style_to_come(column))
    if schema is BASELINES and schema.any_column is not None:
        for index in range(len(heads), _COLUMNS_TO_COME):
            sheet.column(index, schema.any_column.width, "number")
        rule = {"validate": "list", "source": MEASURE_CODES, "error_type": "warning"}
        sheet.validate((top_of(schema), 1), (top_of(schema), _COLUMNS_TO_COME - 1), rule)


def _style_to_come(column: Column) -> tuple[str, ...]:
    if column.content == "day":
        return ("date",)
    if column.content.startswith("number"):
        return ("number",)
    return ("text", "centre") if column.content == "condition" else ("text",)


def top_of(schema: Schema) -> int:
    """The row, from 0, in which a sheet's headings stand."""
    return 1 if schema is BASELINES else 0


def _write_sheet(
    sheet: Sheet,
    schema: Schema,
    rows: Sequence[Sequence[str]],
    labels: Mapping[str, str],
    told: Mapping[tuple[int, int], str],
    *,
    ready: bool,
) -> None:
    columns = [schema.column(heading) for heading in rows[0]]
    top = top_of(schema)
    if not ready:
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
    last = max(top + ROWS_TO_COME, top + len(rows)) if ready else top + len(rows) + SPARE_ROWS
    _add_dropdowns(sheet, columns, top + 1, last)
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
    number = read_number(text) if column.content.startswith("number") and not is_dash(text) else None
    if number is not None:
        return number, ("number",)
    styles = ("wrap", "text") if column.wraps else ("text",)
    return text or None, (*styles, "centre") if column.content == "condition" else styles


def _add_dropdowns(sheet: Sheet, columns: Sequence[Column], first: int, last: int) -> None:
    for index, column in enumerate(columns):
        if column.choices:
            source = column.choices if isinstance(column.choices, str) else list(column.choices)
            rule = {"validate": "list", "source": source, "error_type": "warning"}
            sheet.validate((first, index), (last, index), rule | {"show_error": not column.open})
