"""Central systems' exports (แหล่งข้อมูล): which file of a month's folder, which sheet, which columns.

In: ``sources/MONTH/``. Out: lines and findings. Each file is a stranger's: inspected and read in a capped
child.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path, PurePosixPath

from kpibatch.base.addresses import address
from kpibatch.base.config import Config, IntakeLimits
from kpibatch.base.files import by_name, harmless
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.thai import fold
from kpibatch.books.guard.capped import capped
from kpibatch.books.guard.inspect import take
from kpibatch.books.guard.limits import Refused
from kpibatch.books.read import Grid, UnreadableBook, as_text, read_bytes
from kpibatch.books.table import HEADER_WITHIN, grid_called, read_table
from kpibatch.books.text import read_text
from kpibatch.intake.central.rows import Said, said_in
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.optional.exports import MONTH
from kpibatch.rules.records import Export

FOLDER = "sources"
_NAMED = 5  # of many names


@dataclass(frozen=True)
class Exported:
    """A month's exports as read; ``files`` are those used, with their SHA-256."""

    said: Said = field(default_factory=Said)
    files: tuple[tuple[str, str], ...] = ()


def read_exports(config: Config, tables: LevelTables, month: str) -> Exported:
    """What central systems give of a month; a file that is not there, or not told apart, gives nothing and is
    told.
    """
    said, files = list[Said](), dict[str, str]()
    for exports in tables_of_files(tables):
        one, file = _one(config, tables, month, exports)
        said.append(one)
        files |= dict([file] if file else [])
    lines = tuple(line for one in said for line in one.lines)
    findings = tuple(fault for one in said for fault in one.findings)
    return Exported(Said(lines, findings), tuple(files.items()))


def tables_of_files(tables: LevelTables) -> list[tuple[Export, ...]]:
    """The rows of แหล่งข้อมูล that read one table: the same file, sheet and column of units."""

    def table(export: Export) -> tuple[str, str, str]:
        return export.file, export.sheet, export.unit_column

    return [tuple(rows) for _, rows in groupby(sorted(tables.exports, key=table), table)]


def _one(
    config: Config, tables: LevelTables, month: str, exports: Sequence[Export]
) -> tuple[Said, tuple[str, str] | None]:
    folder, name = config.sources / month, f"{FOLDER}/{month}"
    pattern = exports[0].file.replace(MONTH, month).replace("\\", "/")
    paths = [path for path in sorted(folder.rglob("*"), key=by_name) if _fits(path, folder, pattern)]
    facts = {"folder": name, "measures": _measures(exports), "month": month}
    if not paths:
        return Said((), (finding("source-missing", Place(name), found=pattern, **facts),)), None
    files = [f"{name}/{harmless(path.relative_to(folder).as_posix())}" for path in paths]
    if len(paths) > 1:
        facts = {"folder": name, "pattern": pattern, "count": str(len(paths))}
        return Said((), (finding("source-several", Place(name), found=_some(files), **facts),)), None
    try:
        limits = config.intake
        digest, said = capped(limits, read_export, paths[0], files[0], month, exports, tables, limits)
    except (Refused, UnreadableBook, OSError) as reason:
        why = (
            reason
            if isinstance(reason, Refused)
            else Refused("unreadable-file", getattr(reason, "strerror", None) or reason)
        )
        place = Place(files[0], why.sheet, why.cell)
        return Said((), (finding(why.code, place, found=why.found),)), None
    return said, (files[0], digest)


def _fits(path: Path, folder: Path, pattern: str) -> bool:
    """Whether a file is meant by a pattern, on every system alike: upper or lower case, each folder its own
    part.
    """
    names, parts = path.relative_to(folder).parts, PurePosixPath(pattern).parts
    return (
        len(names) == len(parts)
        and not path.name.startswith(("~$", "."))
        and all(fnmatchcase(fold(name), fold(part)) for name, part in zip(names, parts, strict=True))
        and path.is_file()
    )


def read_export(
    path: Path, name: str, month: str, exports: Sequence[Export], tables: LevelTables, limits: IntakeLimits
) -> tuple[str, Said]:
    """One file: its SHA-256 and what it says. Raises ``Refused``, ``UnreadableBook`` or ``OSError``."""
    raw = take(path, limits)
    try:
        grids = read_bytes(raw, limits)
    except Refused as reason:
        if reason.code != "file-text":
            raise
        grids = read_text(raw, limits)
    return hashlib.sha256(raw).hexdigest(), _said(name, grids, month, exports, tables)


def _said(
    name: str, grids: dict[str, Grid], month: str, exports: Sequence[Export], tables: LevelTables
) -> Said:
    unit_column, columns = exports[0].unit_column, {each.measure: each.column for each in exports}
    headings = (unit_column, *dict.fromkeys(columns.values()))
    wanted = exports[0].sheet
    likely = max(grids.values(), key=lambda each: _has(each, headings))
    grid = grid_called(wanted, grids) if wanted else likely
    if grid is None:
        facts = {"sheet": wanted, "measures": _measures(exports)}
        return Said((), (finding("source-no-sheet", Place(name), found=_some(list(grids)), **facts),))
    table = read_table(name, {grid.name: grid}, grid.name, headings, None)
    said = said_in(table, unit_column, columns, month, tables)
    about = _about_units(name, grid, said, unit_column, exports, tables) if table.found else ()
    return Said(said.lines, (*said.findings, *about))


def _has(grid: Grid, headings: Sequence[str]) -> int:
    """How many of the headings a sheet has."""
    there = {fold(as_text(cell)) for row in grid.rows[:HEADER_WITHIN] for cell in row}
    return len(there & set(map(fold, headings)))


def _about_units(
    name: str, grid: Grid, said: Said, unit_column: str, exports: Sequence[Export], tables: LevelTables
) -> Iterator[Finding]:
    """The units that have no row, and the rows that are of no unit: a central system knows other offices."""
    there = {line.unit for line in said.lines}
    absent = [unit.name for unit in tables.units if unit.code not in there]
    if absent:
        facts = {"count": str(len(absent)), "measures": _measures(exports)}
        yield finding("source-no-unit", Place(name, grid.name), found=_some(absent), **facts)
    if said.strangers:
        names = [row.text(unit_column) or address(row.number, 0) for row in said.strangers]
        facts = {"count": str(len(names))}
        yield finding("source-other-units", said.strangers[0].place(unit_column), found=_some(names), **facts)


def _measures(exports: Sequence[Export]) -> str:
    return ", ".join(export.measure for export in exports)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
