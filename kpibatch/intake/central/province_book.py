"""``province.xlsx`` written: a sheet a month, a row a unit, a column for each of the province's own numbers.

What the workbook lacks is added and everything that is typed in it kept, also what the program does not know:
the file as it was stays beside it under a name of its own.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from kpibatch.base.catalogue import say
from kpibatch.base.config import IntakeLimits
from kpibatch.base.files import saved
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import show_month
from kpibatch.books.look import PROVINCE, lines_of
from kpibatch.books.read import Grid, Value, as_text
from kpibatch.books.shown import Percent
from kpibatch.books.table import Table, read_table
from kpibatch.books.write import Book, Content, Sheet
from kpibatch.forms.names import other_beside, units_named
from kpibatch.forms.page.entry import number_style, validation_of
from kpibatch.intake.central.province import NAME, UNIT, in_a_child, month_of, month_sheets, province_grids
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Unit

_HEAD = 3  # above it: title, guide, what the codes mean
_FIRST_YEAR = 1900  # of a day that a workbook can hold
_NARROW = 120.0  # what is not wider is printed upright
_UNIT_WIDTHS, _WIDTH = (14.0, 30.0), 24.0


@dataclass(frozen=True)
class Typed:
    """A month's sheet as it is: what stands at a unit and a heading, further headings, rows of no unit."""

    cells: Mapping[tuple[str, str], Value] = field(default_factory=dict)
    headings: tuple[str, ...] = ()
    others: tuple[tuple[Value, ...], ...] = ()
    units: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Written:
    """What was done: ``before`` is where the workbook as it was is kept; ``blank`` how many numbers of the
    month are still to be filled in.
    """

    added: tuple[str, ...]
    blank: int
    before: Path | None = None


def write_province(
    path: Path, tables: LevelTables, month: str, limits: IntakeLimits, language: str = "th"
) -> Written:
    """Make the workbook up to a month, or add what it lacks.

    Raises ``KpibatchError`` where it is there and can't be read, or the disk refuses.
    """
    if not tables.province_measures:
        return Written((), 0)
    digest, grids = _opened(path, limits)
    sheets, _ = month_sheets(path.name, grids, tables)
    typed = {key: _typed(grid, tables) for key, grid in sheets.items()}
    named = {month_of(name) for name in grids}
    wanted = [key for key in tables.round.months if key <= month and (key in sheets or key not in named)]
    lacking = tuple(key for key in wanted if key not in typed or _lacks(typed[key], tables))
    before = None
    if lacking:
        before = _kept(path, digest) if grids else None
        months = [key for key in tables.round.months if key in wanted or key in sheets]
        others = [grid for grid in grids.values() if not any(grid is sheet for sheet in sheets.values())]
        write_numbers(path, tables, {key: typed.get(key, Typed()) for key in months}, others, language)
    return Written(lacking, _blank(typed.get(month, Typed()), tables.for_month(month)), before)


def _opened(path: Path, limits: IntakeLimits) -> tuple[str, dict[str, Grid]]:
    if not os.path.lexists(path):
        return "", {}
    return in_a_child(limits, province_grids, path, limits)


def _kept(path: Path, digest: str) -> Path:
    """The workbook as it is, beside itself under a name that no other content has."""
    before = path.with_name(f"{path.stem}.{digest[:8]}{path.suffix}")
    if not before.exists():
        saved(before, lambda part: shutil.copyfile(path, part))
    return before


def _typed(grid: Grid, tables: LevelTables) -> Typed:
    codes = [measure.code for measure in tables.province_measures]
    table = read_table("", {grid.name: grid}, grid.name, (UNIT, *codes), None)
    cells, others, units = dict[tuple[str, str], Value](), list[tuple[Value, ...]](), set[str]()
    headings = tuple(name for name in dict.fromkeys(table.columns) if name not in (UNIT, NAME))
    for row in table:
        text = as_text(grid.at(row.number, table.head.columns.get(UNIT, 0)))
        codes = [unit.code for unit in units_named(text, tables)] if text else []
        name = row.text(NAME) if NAME in table.head.columns else ""
        if len(codes) != 1 or codes[0] in units or other_beside(codes[0], name, tables):
            others.append(tuple(row.cells))
            continue
        units.update(codes)
        for name in headings:
            cells[codes[0], name] = grid.at(row.number, table.head.columns[name])
    return Typed(cells, _known(table, headings), tuple(others), frozenset(units))


def _known(table: Table, headings: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in headings if name in table.head.columns)


def _lacks(typed: Typed, tables: LevelTables) -> bool:
    codes = {measure.code for measure in tables.province_measures}
    return not (codes <= {*typed.headings} and {*tables.unit} <= typed.units)


def _asked(tables: LevelTables, measure: Measure, unit: Unit) -> bool:
    return unit.code in tables.links.asked[measure.code]


def _blank(typed: Typed, tables: LevelTables) -> int:
    return sum(
        typed.cells.get((unit.code, measure.code)) is None
        for unit in tables.units
        for measure in tables.province_measures
        if _asked(tables, measure, unit)
    )


# --- the workbook -------------------------------------------------------------------------------------------


def write_numbers(
    path: Path,
    tables: LevelTables,
    months: Mapping[str, Typed],
    others: Sequence[Grid] = (),
    language: str = "th",
) -> None:
    """The workbook with what is typed in each month, and any other sheets as they are.

    Raises ``KpibatchError`` where the disk refuses.
    """
    title = say("province.title", language, round=tables.round.number, year=tables.round.year(language))
    with Book(path, title=title, language=language, day=tables.round.start, whose=PROVINCE) as book:
        for month, typed in months.items():
            _month(book.sheet(month), tables, month, typed, title)
        list(book.sheets.values())[-1].raw.activate()
        for grid in others:
            sheet = book.sheet(grid.name)
            for row, cells in enumerate(grid.rows):
                sheet.put_row(row, 0, [_content(cell) for cell in cells])


def _month(sheet: Sheet, tables: LevelTables, month: str, typed: Typed, title: str) -> None:
    language, measures = sheet.book.language, tables.province_measures
    own = [name for name in typed.headings if name not in {measure.code for measure in measures}]
    sheet.put(0, 0, f"{title}   {show_month(month, language)}", "title")
    sheet.height(0, 2)
    widths = (*_UNIT_WIDTHS, *[_WIDTH] * (len(measures) + len(own)))
    sheet.widths(*widths)
    guide = say("province.guide", language)
    sheet.merge(1, 0, len(widths) - 1, guide, "subtitle", "wrap")
    sheet.height(1, lines_of(guide, sum(widths)))
    labels = [f"{m.label} ({m.counting_unit})" if m.counting_unit else m.label for m in measures]
    sheet.put_row(_HEAD - 1, 0, ["", "", *labels], "quiet", "wrap", "centre", valign="vcenter")
    sheet.height(_HEAD - 1, max(lines_of(label, _WIDTH) for label in labels))
    sheet.put_row(_HEAD, 0, [UNIT, NAME, *(measure.code for measure in measures), *own], "head")
    sheet.height(_HEAD, 2)
    for row, unit in enumerate(tables.units, _HEAD + 1):
        _unit(sheet, tables.for_month(month), row, unit, typed, own)
    last = _HEAD + len(tables.units)
    for row, cells in enumerate(typed.others, last + 1):
        sheet.put_row(row, 0, [_content(cell) for cell in cells], "cell", "input")
    for column, measure in enumerate(measures, 2):
        first = _HEAD + 1, column
        sheet.validate(first, (last, column), validation_of(tables, measure, first, language))
    sheet.raw.freeze_panes(_HEAD + 1, 2)
    ends = last + len(typed.others), len(widths) - 1
    sheet.page(top=_HEAD, portrait=sum(widths) <= _NARROW, last=ends)
    sheet.lock()


def _unit(sheet: Sheet, tables: LevelTables, row: int, unit: Unit, typed: Typed, own: Sequence[str]) -> None:
    sheet.put(row, 0, unit.code, "cell", "text", "centre")
    sheet.put(row, 1, unit.name, "cell", indent=1)
    for column, measure in enumerate(tables.province_measures, 2):
        cell = _content(typed.cells.get((unit.code, measure.code)))
        asked = _asked(tables, measure, unit) or cell is not None
        look = ("text",) if isinstance(cell, str) and measure.kind is not Kind.YES_NO else ()
        filled_in = ("input", number_style(measure.kind), *look) if asked else ("section",)
        sheet.put(row, column, cell, "cell", *filled_in, indent=1)
    rest = [_content(typed.cells.get((unit.code, name))) for name in own]
    sheet.put_row(row, 2 + len(tables.province_measures), rest, "cell", "input")


def _content(value: Value) -> Content:
    """A cell's value as it can be written again; an error or what its format hid as the text it showed."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, date):
        return value if value.year >= _FIRST_YEAR else value.isoformat()
    return value if isinstance(value, float) and not isinstance(value, Percent) else as_text(value)
