"""What nobody sees in the cells of the level tables: that a value is computed, that its row is hidden."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from kpibatch.base.addresses import address
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.books.guard.limits import Position, Span
from kpibatch.books.read import Grid, as_text
from kpibatch.books.table import Table, grid_called
from kpibatch.rules.schema import SHEETS

_MOST = 5  # named in one note


def about_unseen(file: str, tables: Mapping[str, Table], grids: Mapping[str, Grid]) -> Iterator[Finding]:
    """A note a column whose cells are computed (``=100`` says 100, not exactly 100), and a note a sheet of
    hidden rows, of hidden columns and of its being hidden; all of it counts as if it were seen.

    Source: design, section 1 (nothing is read silently).
    """
    for name in (each.sheet for each in SHEETS):
        grid, table = grid_called(name, grids), tables[name]
        if grid is None or not table.columns:
            continue
        heads = dict(sorted((index, column) for column, index in table.head.columns.items()))
        yield from _computed(Place(file, grid.name), grid, table.head.number, heads)
        yield from _hidden(Place(file, grid.name), grid, table.head.number, heads)


def _computed(sheet: Place, grid: Grid, top: int, heads: Mapping[int, str]) -> Iterator[Finding]:
    below = [place for place in grid.formulas if place[0] > top and place[1] in heads]
    for column, heading in heads.items():
        places = [place for place in below if place[1] == column]
        if places:
            cells = _some([address(*place) for place in places])
            facts = {"found": as_text(grid.at(*places[0])), "column": heading, "cells": cells}
            yield finding("table-formula", _at(sheet, places[0]), **facts)


def _hidden(sheet: Place, grid: Grid, top: int, heads: Collection[int]) -> Iterator[Finding]:
    if grid.hidden.sheet:
        yield finding("table-hidden-sheet", sheet, found=grid.name)
    rows = [row for row in _within(grid.hidden.rows, len(grid.rows)) if row > top and _names(grid, row)]
    if rows:
        found = _some([_names(grid, row) for row in rows])
        facts = {"found": found, "rows": _some([str(row + 1) for row in rows])}
        yield finding("table-hidden-rows", _at(sheet, (rows[0], 0)), **facts)
    columns = [column for column in _within(grid.hidden.columns, max(heads) + 1) if column in heads]
    filled = [
        column for column in columns if any(grid.at(row, column) for row in range(top + 1, len(grid.rows)))
    ]
    if filled:
        found = _some([as_text(grid.at(top, column)) for column in filled])
        yield finding("table-hidden-columns", _at(sheet, (top, filled[0])), found=found)


def _at(sheet: Place, place: Position) -> Place:
    return Place(sheet.file, sheet.sheet, address(*place))


def _names(grid: Grid, row: int) -> str:
    """What stands first in a row; empty where it is blank."""
    return next(filter(None, map(as_text, grid.rows[row])), "")


def _within(spans: Sequence[Span], end: int) -> Iterator[int]:
    for first, last in spans:
        yield from range(first, min(last + 1, end))


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST]) + (f" … ({len(names)})" if len(names) > _MOST else "")
