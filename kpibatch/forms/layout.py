"""Where each measure and month stands in a standard form, and whose form it is (its hidden sheet)."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kpibatch.base.thai import arabic, is_month
from kpibatch.books.read import Grid, as_text
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Unit

SHEET = "แบบรายงาน"
IDENTITY_SHEET = "_kpibatch"
NUMBER, ITEM, UNIT_OF_COUNT, BASELINE = "ที่", "รายการข้อมูล", "หน่วยนับ", "ค่าตั้งต้น"
TEXT_COLUMNS = ("หลักฐาน", "ปัญหาอุปสรรค", "หมายเหตุ")
_HEADINGS = (NUMBER, ITEM, UNIT_OF_COUNT, BASELINE, *TEXT_COLUMNS)
MONTH_ROW, HEAD_ROW = 3, 4


@dataclass(frozen=True)
class Identity:
    """What a form says of itself on its hidden sheet; empty where the sheet says nothing."""

    unit: str = ""
    round: str = ""
    digest: str = ""
    form: str = ""


@dataclass(frozen=True)
class Spot:
    """A cell of a form, zero-based."""

    sheet: str
    row: int
    column: int


@dataclass(frozen=True)
class Table:
    """The table of a standard form on one sheet: which row has which code, which column which month key and
    which heading; a code or month that stands there twice is there twice.
    """

    sheet: str
    months_row: int
    head_row: int
    code_column: int
    codes: tuple[tuple[int, str], ...]
    months: tuple[tuple[int, str], ...]
    headings: Mapping[str, int]

    @property
    def texts(self) -> tuple[tuple[int, str], ...]:
        return tuple((column, name) for name, column in self.headings.items() if name in TEXT_COLUMNS)

    def spots(self, columns: Sequence[tuple[int, str]]) -> dict[tuple[str, str], Spot]:
        """The cell of each code and column; of what is there twice the first."""
        return {
            (code, name): Spot(self.sheet, row, column)
            for row, code in reversed(self.codes)
            for column, name in reversed(columns)
        }


@dataclass(frozen=True)
class Layout:
    """Where things stand in a form that came back: the cell of a (measure, month), and of a measure's three
    texts; of a standard form the table they stand in.
    """

    cells: Mapping[tuple[str, str], Spot]
    texts: Mapping[tuple[str, str], Spot]
    table: Table | None = None

    @cached_property
    def measures(self) -> frozenset[str]:
        """The measures that have a place."""
        return frozenset(measure for measure, _ in self.cells)


def identity_for(tables: LevelTables, unit: Unit) -> Identity:
    """The identity of the form that is made for a unit."""
    digest = tables.form_digest
    name = hashlib.sha256(f"{unit.code}|{tables.round.key}|{digest}".encode()).hexdigest()[:12]
    return Identity(unit.code, tables.round.key, digest, name)


def read_identity(grids: Mapping[str, Grid]) -> Identity:
    """The identity of a form that came back."""
    grid = next(identity_sheets(grids), None)
    if grid is None:
        return Identity()
    pairs = {as_text(grid.at(row, 0)): arabic(as_text(grid.at(row, 1))) for row in range(len(grid.rows))}
    return Identity(
        pairs.get("unit", ""), pairs.get("round", ""), pairs.get("digest", ""), pairs.get("form", "")
    )


def identity_sheets(grids: Mapping[str, Grid]) -> Iterator[Grid]:
    """The hidden sheet first, then what was made of it: Numbers writes ``_kpibatch - Table 1``, Excel copies
    to ``_kpibatch (2)``.
    """
    named = (name for name in grids if name.startswith(IDENTITY_SHEET))
    return (grids[name] for name in sorted(named, key=lambda name: name != IDENTITY_SHEET))


def locate(grids: Mapping[str, Grid], tables: LevelTables) -> Layout | None:
    """Where the measures and months stand, or ``None`` where no sheet looks like the standard form.

    Of several such sheets the one of the form's own name, else one that begins with it (Numbers writes
    ``แบบรายงาน - Table 1``), else the first.
    """
    known = frozenset(measure.code for measure in tables.form_measures)
    ordered = sorted(grids.values(), key=lambda grid: (grid.name != SHEET, not grid.name.startswith(SHEET)))
    found = (table for grid in ordered if (table := table_in(grid, known)))
    table = next(found, None)
    return Layout(table.spots(table.months), table.spots(table.texts), table) if table else None


def table_in(grid: Grid, known: Collection[str]) -> Table | None:
    """The form's table on a sheet; ``None`` where it has no row of month keys or no column of codes."""
    months_row = next(
        (row for row in range(min(20, len(grid.rows))) if any(is_month(as_text(v)) for v in grid.rows[row])),
        None,
    )
    code_column, codes = _code_column(grid, known)
    if months_row is None or not codes:
        return None
    months = [(c, text) for c, v in enumerate(grid.rows[months_row]) if is_month(text := as_text(v))]
    headed = {
        text: (row, column)
        for row in reversed(range(min(months_row + 3, len(grid.rows))))
        for column, value in reversed(list(enumerate(grid.rows[row])))
        if (text := as_text(value)) in _HEADINGS
    }
    head_row = headed[ITEM][0] if ITEM in headed else months_row + 1
    headings = {text: column for text, (_, column) in headed.items()}
    return Table(grid.name, months_row, head_row, code_column, tuple(codes), tuple(months), headings)


def _code_column(grid: Grid, known: Collection[str]) -> tuple[int, list[tuple[int, str]]]:
    """The column with the most of the known codes, and its rows with their codes."""
    best: tuple[int, list[tuple[int, str]]] = (0, [])
    width = max((len(row) for row in grid.rows), default=0)
    for column in range(min(width, 10)):
        texts = ((row, as_text(grid.at(row, column))) for row in range(len(grid.rows)))
        best = max(best, (column, [(row, text) for row, text in texts if text in known]), key=_different)
    return best


def _different(column: tuple[int, list[tuple[int, str]]]) -> int:
    return len({code for _, code in column[1]})
