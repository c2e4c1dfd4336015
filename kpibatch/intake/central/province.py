"""``province.xlsx``: the numbers that the province fills in itself, a sheet a month, a row a unit.

In: the workbook. Out: its lines and findings month by month. What can't be read is missing, never guessed,
and no unit's fault.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import FileHeld, ProvinceFault
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.thai import arabic, fold, read_month
from kpibatch.books.guard.capped import capped
from kpibatch.books.guard.inspect import take
from kpibatch.books.guard.limits import Refused
from kpibatch.books.read import Grid, UnreadableBook, read_bytes
from kpibatch.books.table import read_table
from kpibatch.intake.central.rows import Said, said_in, stranger
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.schema import BASELINES, GUIDE, UNITS

UNIT, NAME = str(BASELINES.unit), str(UNITS.name)
_KEY = re.compile(r"(?<![0-9])2[45][0-9]{2}-(?:0[1-9]|1[0-2])(?![0-9])")

Gives = TypeVar("Gives")


@dataclass(frozen=True)
class Numbers:
    """The workbook as read; ``file`` is its name and its SHA-256, nothing where it is not there."""

    said: Mapping[str, Said] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    file: tuple[str, str] | None = None


def read_province(path: Path, tables: LevelTables, limits: IntakeLimits) -> Numbers:
    """The province's numbers; none where the workbook is not there, or no measure asks for it.

    Raises ``KpibatchError`` where it can't be read: a ranking without numbers that were given would be wrong.
    """
    if not (tables.province_measures and os.path.lexists(path)):  # a link that leads nowhere is no absence
        return Numbers()
    return in_a_child(limits, _read, path, tables, limits)


def in_a_child(limits: IntakeLimits, work: Callable[..., Gives], path: Path, *args: object) -> Gives:
    """``work`` on the workbook in a capped child. Raises ``KpibatchError`` where it comes to no end."""
    try:
        return capped(limits, work, path, *args)
    except Refused as reason:
        raise ProvinceFault("too-much-to-read", file=path, found=reason.found) from None


def _read(path: Path, tables: LevelTables, limits: IntakeLimits) -> Numbers:
    digest, grids = province_grids(path, limits)
    sheets, findings = month_sheets(path.name, grids, tables)
    said = {month: _said(path.name, grid, month, tables) for month, grid in sheets.items()}
    return Numbers(said, tuple(findings), (path.name, digest))


def province_grids(path: Path, limits: IntakeLimits) -> tuple[str, dict[str, Grid]]:
    """The workbook's SHA-256 and its sheets. Raises ``KpibatchError`` where it can't be read."""
    try:
        raw = take(path, limits)
        return hashlib.sha256(raw).hexdigest(), read_bytes(raw, limits)
    except PermissionError as reason:
        raise FileHeld(file=path) from reason
    except (Refused, UnreadableBook, OSError) as reason:
        raise ProvinceFault("province-unreadable", file=path, reason=reason) from None


def month_sheets(
    file: str, grids: Mapping[str, Grid], tables: LevelTables
) -> tuple[dict[str, Grid], list[Finding]]:
    """The sheets by the month of the round that they are named after, and what is said of the others.

    Of two sheets of one month none counts.
    """
    named: dict[str, list[Grid]] = {}
    for name, grid in grids.items():
        named.setdefault(month_of(name), []).append(grid)
    findings = list(_others(file, named, tables))
    single = {month: several[0] for month, several in named.items() if len(several) == 1}
    return {month: single[month] for month in tables.round.months if month in single}, findings


def month_of(name: str) -> str:
    """The month a sheet is named after: its key, also among other words, or the month in words."""
    key = _KEY.search(arabic(name))
    return key[0] if key else read_month(name) or ""


def _others(file: str, named: Mapping[str, list[Grid]], tables: LevelTables) -> Iterator[Finding]:
    months = tables.round.months
    span = {"months": f"{months[0]} – {months[-1]}"} if months else {"months": "–"}
    for month, several in named.items():
        if not month:
            for grid in several:
                if fold(grid.name) != fold(GUIDE) and any(map(any, grid.rows)):
                    facts = {"example": months[0] if months else "–"}
                    yield finding("province-sheet", Place(file, grid.name), found=grid.name, **facts)
        elif month not in months:
            for grid in several:
                yield finding("province-month", Place(file, grid.name), found=grid.name, **span)
        elif len(several) > 1:
            first, second = several[0].name, several[1].name
            at = str(Place(file, first))  # a bare month would be put into words
            yield finding("province-month-twice", Place(file, second), found=second, first=at, month=month)


def _said(file: str, grid: Grid, month: str, tables: LevelTables) -> Said:
    codes = {measure.code: measure.code for measure in tables.province_measures}
    table = read_table(file, {grid.name: grid}, grid.name, (UNIT, *codes), (NAME,))
    said = said_in(table, UNIT, codes, month, tables, NAME)
    unknown = (stranger(row, UNIT, tables) for row in said.strangers)
    return Said(said.lines, (*said.findings, *unknown))
