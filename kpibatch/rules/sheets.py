"""The level-table workbook, opened in a child process alone, and its sheets as tables: which are there, which
should not be, rows by their codes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import NoLevelTables, UnreadableLevelTables
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import fold
from kpibatch.books.guard.capped import capped
from kpibatch.books.guard.limits import Refused
from kpibatch.books.read import Grid, UnreadableBook
from kpibatch.books.table import Row, Table, absent_table, grid_called, read_table
from kpibatch.rules.schema import GUIDE, SHEETS, Column

Record = TypeVar("Record")
Seen = TypeVar("Seen")


def in_a_child(limits: IntakeLimits, look: Callable[[Path], Seen], path: Path) -> Seen:
    """What a look into the level tables gives. Raises ``KpibatchError`` where there are none, where they are
    no workbook, or where looking does not come to its end.
    """
    if not path.is_file():
        raise NoLevelTables(file=path)
    try:
        return capped(limits, look, path)
    except UnreadableBook as reason:
        raise UnreadableLevelTables(file=path, reason=reason) from None
    except Refused as reason:
        raise UnreadableLevelTables("too-much-to-read", file=path, found=reason.found) from None


def read_sheets(file: str, grids: Mapping[str, Grid]) -> dict[str, Table]:
    """Each sheet of the schema as a table, by its name; one that may lack and does has no rows."""
    return {
        each.sheet: read_table(file, grids, each.sheet, each.required, each.others)
        if not each.optional or grid_called(each.sheet, grids)
        else absent_table(file, each.sheet)
        for each in SHEETS
    }


def unknown_sheets(file: str, grids: Iterable[str]) -> Iterator[Finding]:
    known = {fold(each.sheet): each.sheet for each in SHEETS}
    there = {fold(name) for name in grids}
    absent = [sheet for name, sheet in known.items() if name not in there]
    for name in grids:
        if fold(name) not in {*known, fold(GUIDE)}:
            nearest = nearest_of(name, absent or list(known.values()))
            yield finding("table-unknown-sheet", Place(file, name), found=name, nearest=nearest)


def unique(table: Table, key: Column, read: Callable[[Row], Record]) -> dict[str, Record]:
    """A record a row, by its code; a row without one or with that of a row above is a fault."""
    records: dict[str, Record] = {}
    for row in table:
        code = row.code(key)
        if not code:
            row.report("table-value", key, "", expected=key)
        elif code in records:
            row.report("table-duplicate", key, code)
        else:
            records[code] = read(row)
    return records
