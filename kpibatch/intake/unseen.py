"""What a form holds that nobody sees: values under merged cells, in hidden rows, columns and sheets; links
and macros beside the sheets.

A value that is not seen where it would count does not count; the rest is told once per file and kind.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from kpibatch.base.addresses import COLUMNS, ROWS, address
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.books.guard.limits import Inspected, Span
from kpibatch.books.read import CellError, Grid, Value, as_text
from kpibatch.books.shown import Unclear
from kpibatch.books.values import Reading
from kpibatch.forms.layout import IDENTITY_SHEET, Layout, Spot
from kpibatch.forms.scored.marks import SHEET as SCORES

_MOST = 5  # named in one finding
_EVERYWHERE: Span = (0, max(ROWS, COLUMNS))


def unseen_inputs(spots: Iterable[Spot], grids: Mapping[str, Grid]) -> dict[Spot, Reading]:
    """The cells to fill in whose value belongs to none of several, for they are merged into one that holds
    something; and those that lie under a merged cell which begins elsewhere. Each is refused with its range.

    Source: design, section 3 (what can't be read is an error, never guessed).
    """
    found: dict[Spot, Reading] = {}
    by_row: dict[str, dict[int, list[Spot]]] = {}
    for spot in spots:
        by_row.setdefault(spot.sheet, {}).setdefault(spot.row, []).append(spot)
    for sheet, own in by_row.items():
        grid = grids[sheet]
        for (top, left), (bottom, right) in grid.merges:
            rows = range(top, bottom + 1) if bottom - top < len(own) else own  # whichever are fewer
            inside = [
                spot
                for row in rows
                for spot in own.get(row, ())
                if top <= row <= bottom and left <= spot.column <= right
            ]
            seen = f"{address(top, left)}:{address(bottom, right)}"
            if len(inside) > 1 and grid.at(top, left) is not None:
                found |= dict.fromkeys(inside, Reading(refused="merged-cells", seen=seen))
                continue
            for spot in inside:
                value = grid.at(spot.row, spot.column)
                if (spot.row, spot.column) != (top, left) and value is not None:
                    found[spot] = Reading(refused="under-merge", seen=f"{as_text(value)} ({seen})")
    return found


def about_unseen(
    file: str, unit: str, seen: Inspected, grids: Mapping[str, Grid], layout: Layout
) -> Iterator[Finding]:
    """What a file holds that nobody sees: a number under a merged cell to fill in; once each what is hidden
    and holds a number, a day, an answer or a cell to fill in, links and macros.
    """
    spots = {*layout.cells.values()}
    forms = [grids[name] for name in sorted({spot.sheet for spot in spots})]
    for grid in forms:
        for place, value in _under_merges(grid, spots):
            yield finding("merge-hides", Place(file, grid.name, place), unit=unit, found=as_text(value))
    if sheets := [grid.name for grid in grids.values() if _is_hidden(grid)]:
        yield finding("hidden-sheets", Place(file, sheets[0]), unit=unit, found=_some(sheets))
    hidden = [(grid.name, place) for grid in forms for place in _hidden_cells(grid, spots)]
    if hidden:
        (sheet, _), places = hidden[0], [place for name, place in hidden if name == hidden[0][0]]
        yield finding("hidden-cells", Place(file, sheet), unit=unit, found=_some(places))
    for kind in seen.carries:
        yield finding(kind, Place(file), unit=unit)


def _under_merges(grid: Grid, spots: Collection[Spot]) -> Iterator[tuple[str, Value]]:
    """The numbers under merged ranges that begin with a cell to fill in."""
    for (top, left), (bottom, right) in grid.merges:
        if Spot(grid.name, top, left) in spots:
            for row, column, value in _cells(grid, (top, bottom), (left, right)):
                if _counts(value) and (row, column) != (top, left):
                    yield address(row, column), value


def _is_hidden(grid: Grid) -> bool:
    own = grid.name.startswith((IDENTITY_SHEET, SCORES))
    return grid.hidden.sheet and not own and any(_counts(value) for row in grid.rows for value in row)


def _hidden_cells(grid: Grid, spots: Collection[Spot]) -> Iterator[str]:
    """The hidden rows and columns that hold something, as Excel names them."""
    for first, last in grid.hidden.rows:
        if _holds(grid, (first, last), _EVERYWHERE, spots):
            yield f"{first + 1}:{last + 1}"
    for first, last in grid.hidden.columns:
        if _holds(grid, _EVERYWHERE, (first, last), spots):
            yield ":".join(address(0, column).rstrip("1") for column in (first, last))


def _holds(grid: Grid, rows: Span, columns: Span, spots: Collection[Spot]) -> bool:
    return any(
        _counts(value) or (value is not None and Spot(grid.name, row, column) in spots)
        for row, column, value in _cells(grid, rows, columns)
    )


def _cells(grid: Grid, rows: Span, columns: Span) -> Iterator[tuple[int, int, Value]]:
    for row, values in enumerate(grid.rows[rows[0] : rows[1] + 1], rows[0]):
        for column, value in enumerate(values[columns[0] : columns[1] + 1], columns[0]):
            yield row, column, value


def _counts(value: Value) -> bool:
    return isinstance(value, float | bool | date | Unclear | CellError)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST]) + (f" … ({len(names)})" if len(names) > _MOST else "")
