"""Where each measure and month stands in a standard form, and whose form it is (its hidden sheet)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kpibatch.base.thai import arabic, is_month
from kpibatch.books.read import Grid, as_text
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Unit

SHEET = "แบบรายงาน"
IDENTITY_SHEET = "_kpibatch"
TEXT_COLUMNS = ("หลักฐาน", "ปัญหาอุปสรรค", "หมายเหตุ")
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
class Layout:
    """Where things stand in a form that came back: the cell of a (measure, month), and of a measure's three
    texts; of a standard form its sheet and its row of month keys.
    """

    cells: Mapping[tuple[str, str], Spot]
    texts: Mapping[tuple[str, str], Spot]
    sheet: str = ""
    months_row: int = 0

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
    grid = grids.get(IDENTITY_SHEET)
    if grid is None:
        return Identity()
    pairs = {as_text(grid.at(row, 0)): arabic(as_text(grid.at(row, 1))) for row in range(len(grid.rows))}
    return Identity(
        pairs.get("unit", ""), pairs.get("round", ""), pairs.get("digest", ""), pairs.get("form", "")
    )


def locate(grids: Mapping[str, Grid], tables: LevelTables) -> Layout | None:
    """Where the measures and months stand, or ``None`` where no sheet looks like the standard form."""
    known = {measure.code for measure in tables.form_measures}
    ordered = sorted(grids.values(), key=lambda grid: grid.name != SHEET)
    for grid in ordered:
        months_row = next(
            (
                row
                for row in range(min(20, len(grid.rows)))
                if any(is_month(as_text(v)) for v in grid.rows[row])
            ),
            None,
        )
        codes = _code_column(grid, known)
        if months_row is None or not codes:
            continue
        months = {
            as_text(value): column
            for column, value in reversed(list(enumerate(grid.rows[months_row])))
            if is_month(as_text(value))
        }
        headings = {
            as_text(v): c
            for row in grid.rows[: months_row + 3]
            for c, v in enumerate(row)
            if as_text(v) in TEXT_COLUMNS
        }
        return Layout(
            _spots(grid.name, codes, months), _spots(grid.name, codes, headings), grid.name, months_row
        )
    return None


def _spots(sheet: str, rows: Mapping[str, int], columns: Mapping[str, int]) -> dict[tuple[str, str], Spot]:
    return {
        (code, name): Spot(sheet, row, column)
        for code, row in rows.items()
        for name, column in columns.items()
    }


def _code_column(grid: Grid, known: set[str]) -> dict[str, int]:
    best: dict[str, int] = {}
    width = max((len(row) for row in grid.rows), default=0)
    for column in range(min(width, 10)):
        found = {
            as_text(grid.at(row, column)): row
            for row in reversed(range(len(grid.rows)))
            if as_text(grid.at(row, column)) in known
        }
        best = max(best, found, key=len)
    return best
