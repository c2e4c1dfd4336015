"""Where each measure and month stands in a standard form, and whose form it is (its hidden sheet).

Forms of the layout before, with a cell a month for every day and no row of due days, are read as well.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple

from kpibatch.base.catalogue import LANGUAGES, say
from kpibatch.base.thai import arabic, fold, is_month
from kpibatch.books.read import Grid, as_text
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Unit

SHEET = "แบบรายงาน"
IDENTITY_SHEET = "_kpibatch"
NUMBER, ITEM, UNIT_OF_COUNT, BASELINE = "ที่", "รายการข้อมูล", "หน่วยนับ", "ค่าตั้งต้น"
TEXT_COLUMNS = ("หลักฐาน", "ปัญหาอุปสรรค", "หมายเหตุ")
_TEXTS = {
    NUMBER: "number",
    ITEM: "item",
    UNIT_OF_COUNT: "count-unit",
    BASELINE: "base",
    TEXT_COLUMNS[0]: "evidence",
    TEXT_COLUMNS[1]: "problem",
    TEXT_COLUMNS[2]: "remark",
}
CLAIM = "SAR"  # what a unit claims of a KPI, among what a form is filled in with
KPI_MARK = "kpi:"  # before a KPI's code in the column of codes


@dataclass(frozen=True)
class Identity:
    """What a form says of itself on its hidden sheet; empty where the sheet says nothing.

    ``once`` are the measures that have one cell for the whole round.
    """

    unit: str = ""
    round: str = ""
    digest: str = ""
    form: str = ""
    once: frozenset[str] = frozenset()


class Spot(NamedTuple):
    """A cell of a form, zero-based."""

    sheet: str
    row: int
    column: int


@dataclass(frozen=True)
class Table:
    """The table of a standard form on one sheet: which row has which code, which column which month key and
    which heading; a code or month that stands there twice is there twice. ``kpis`` are the rows of the KPIs'
    headings and scores, ``claims`` the cells of the levels that the unit claims; ``once`` are the codes whose
    cell is that of the first month, for the whole round.
    """

    sheet: str
    months_row: int
    head_row: int
    code_column: int
    codes: tuple[tuple[int, str], ...]
    months: tuple[tuple[int, str], ...]
    headings: Mapping[str, int]
    kpis: tuple[tuple[int, str], ...] = ()
    once: frozenset[str] = frozenset()
    claims: Mapping[str, Spot] = field(default_factory=dict)

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
    """Where things stand in a form that came back: the cell of a (measure, month), of a measure's three
    texts, and of the level of a KPI that the unit claims; of a standard form the table they stand in.
    """

    cells: Mapping[tuple[str, str], Spot]
    texts: Mapping[tuple[str, str], Spot]
    table: Table | None = None
    claims: Mapping[str, Spot] = field(default_factory=dict)

    @cached_property
    def measures(self) -> frozenset[str]:
        """The measures that have a place."""
        return frozenset(measure for measure, _ in self.cells)


def heading(name: str, language: str) -> str:
    """A heading of the form, or its text column, in a language."""
    return say(f"form.{_TEXTS[name]}", language)


def sheet_name(language: str) -> str:
    """What the form's sheet is called."""
    return say("form.sheet", language)


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
    rows = [(as_text(grid.at(row, 0)), arabic(as_text(grid.at(row, 1)))) for row in range(len(grid.rows))]
    pairs = dict(rows)
    once = frozenset(code for name, code in rows if name == "once")
    unit, term, digest, form = (pairs.get(name, "") for name in ("unit", "round", "digest", "form"))
    return Identity(unit, term, digest, form, once)


def identity_sheets(grids: Mapping[str, Grid]) -> Iterator[Grid]:
    """The hidden sheet first, then what was made of it: Numbers writes ``_kpibatch - Table 1``, Excel copies
    to ``_kpibatch (2)``.
    """
    named = (name for name in grids if name.startswith(IDENTITY_SHEET))
    return (grids[name] for name in sorted(named, key=lambda name: name != IDENTITY_SHEET))


def locate(
    grids: Mapping[str, Grid], tables: LevelTables, month: str, once: Collection[str] = ()
) -> Layout | None:
    """Where the measures and months stand, or ``None`` where no sheet looks like the standard form.

    Of several such sheets the one of the form's own name, else one that begins with it (Numbers writes
    ``แบบรายงาน - Table 1``), else the first. The one cell of a measure that has ``once`` one for the whole
    round is that of ``month``, which is reported on.
    """
    known, names = frozenset(measure.code for measure in tables.form_measures), (*map(sheet_name, LANGUAGES),)
    ordered = sorted(
        grids.values(), key=lambda grid: (grid.name not in names, not grid.name.startswith(names))
    )
    found = (table for grid in ordered if (table := table_in(grid, known, once)))
    table = next(found, None)
    if table is None:
        return None
    cells = table.spots(table.months)
    single = table.once & {code for _, code in table.codes}
    if single:
        first = {(code, month): cells[code, table.months[0][1]] for code in single}
        cells = {key: spot for key, spot in cells.items() if key[0] not in single} | first
    return Layout(cells, table.spots(table.texts), table, table.claims)


def table_in(grid: Grid, known: Collection[str], once: Collection[str] = ()) -> Table | None:
    """The form's table on a sheet; ``None`` where it has no row of month keys or no column of codes."""
    months_row = next(
        (row for row in range(min(20, len(grid.rows))) if any(is_month(as_text(v)) for v in grid.rows[row])),
        None,
    )
    code_column, codes = _code_column(grid, known)
    if months_row is None or not codes:
        return None
    months = [(c, text) for c, v in enumerate(grid.rows[months_row]) if is_month(text := as_text(v))]
    headings = {heading(name, language): name for name in _TEXTS for language in LANGUAGES}
    headed = {
        headings[text]: (row, column)
        for row in reversed(range(min(months_row + 3, len(grid.rows))))
        for column, value in reversed(list(enumerate(grid.rows[row])))
        if (text := as_text(value)) in headings
    }
    head_row = headed[ITEM][0] if ITEM in headed else months_row + 1
    columns = {name: column for name, (_, column) in headed.items()}
    beside = ((row, as_text(grid.at(row, code_column))) for row in range(head_row + 1, len(grid.rows)))
    kpis = [(row, text.removeprefix(KPI_MARK)) for row, text in beside if text.startswith(KPI_MARK)]
    return Table(
        grid.name,
        months_row,
        head_row,
        code_column,
        tuple(codes),
        tuple(months),
        columns,
        tuple(kpis),
        frozenset(once),
        {kpi: spot for row, kpi in reversed(kpis) if (spot := _claim(grid, row))},
    )


def _claim(grid: Grid, row: int) -> Spot | None:
    """The cell behind the words that ask for the level that a unit claims, if they are there."""
    asks, cells = _asks_for_a_level(), grid.rows[row]
    found = (
        column for column, value in enumerate(cells) if value is not None and fold(as_text(value)) in asks
    )
    column = next(found, None)
    return None if column is None else Spot(grid.name, row, column + 1)


@cache
def _asks_for_a_level() -> frozenset[str]:
    return frozenset(fold(say("score.claim", language)) for language in LANGUAGES)


def _code_column(grid: Grid, known: Collection[str]) -> tuple[int, list[tuple[int, str]]]:
    """The column with the most of the known codes, and its rows with their codes."""
    columns: dict[int, list[tuple[int, str]]] = {column: [] for column in range(10)}
    for row, cells in enumerate(grid.rows):
        for column, value in enumerate(cells[:10]):
            if value is not None and (text := as_text(value)) in known:
                columns[column].append((row, text))
    return max(columns.items(), key=_different)


def _different(column: tuple[int, list[tuple[int, str]]]) -> int:
    return len({code for _, code in column[1]})
