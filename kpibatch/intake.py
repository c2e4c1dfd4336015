"""A month's folder of workbooks → submissions, their values cell by cell, and findings.

Each file is read on its own: what is wrong with one never touches another. Which of a unit's several
submissions counts is decided here, in ``_counting``, and nowhere else.
"""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from kpibatch.cells import Grid, UnreadableBook, Value, address, as_text, read_book
from kpibatch.config import Config
from kpibatch.errors import KpibatchError
from kpibatch.findings import Finding, Place, finding
from kpibatch.forms import TEXT_COLUMNS, Identity, Layout, asked_of, locate, read_identity
from kpibatch.levels import LevelTables, Measure
from kpibatch.thai import is_month, month_end, read_date, show_date, show_month
from kpibatch.values import read_value

BOOKS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
RECEIVED = "received.csv"
_PASSED_OVER = ("~$", ".", "Thumbs.db", "desktop.ini", RECEIVED)
COLUMNS = ("unit", "measure", "month", "value", "state", "found", "file", "sheet", "cell")
OK, EMPTY, BAD = "ok", "blank", "bad"


@dataclass(frozen=True)
class Submission:
    """One workbook of one unit for one month; ``received`` is unknown where nothing tells."""

    unit: str
    month: str
    file: str
    sha256: str
    received: datetime | None = None
    late: bool = False


@dataclass(frozen=True)
class Intake:
    """What a month's folder gave: the submissions that count, their values and texts, and findings.

    ``values`` has a row per unit, measure and month up to the report month, with the columns ``COLUMNS``;
    ``texts`` maps (unit, measure) to the three columns of text. ``files`` are all files with their SHA-256.
    """

    month: str
    submissions: tuple[Submission, ...]
    values: pd.DataFrame
    texts: Mapping[tuple[str, str], tuple[str, str, str]]
    findings: tuple[Finding, ...]
    files: tuple[tuple[str, str], ...]


@dataclass
class _Read:
    """One file as read; refused where ``submission`` is ``None``."""

    file: str
    sha256: str
    submission: Submission | None = None
    values: list[tuple[Any, ...]] = field(default_factory=list)
    texts: dict[tuple[str, str], tuple[str, str, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def newest_month(config: Config) -> str:
    """The newest month that has submissions. Raises ``KpibatchError`` where there is none."""
    folder = config.submissions
    if not folder.is_dir():
        raise KpibatchError("no-submissions-folder", folder=folder)
    months = [path.name for path in folder.iterdir() if path.is_dir() and is_month(path.name) and any(_workbooks(path))]
    if not months:
        raise KpibatchError("no-submissions", folder=folder)
    return max(months)


def read_month(config: Config, tables: LevelTables, month: str, tick: Callable[[int, int], None] = lambda done, of: None) -> Intake:
    """Read a month's submissions; ``tick`` is told how many files are done, of how many.

    Raises ``KpibatchError`` where the month is not in the round or its folder holds no workbook.
    """
    if month not in tables.round.months:
        raise KpibatchError("month-not-in-round", month=month, months=", ".join(tables.round.months))
    folder = config.submissions / month
    paths = sorted(_workbooks(folder)) if folder.is_dir() else []
    if not paths:
        raise KpibatchError("empty-month", folder=folder)
    arrivals = read_arrivals(folder)
    read = []
    for done, path in enumerate(paths, 1):
        read.append(_read_file(path, config, tables, month, arrivals.get(path.name)))
        tick(done, len(paths))
    return _together(tables, month, read, list(_ignored(folder)))


def _workbooks(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.suffix.lower() in BOOKS and not path.name.startswith(_PASSED_OVER) and path.is_file())


def _ignored(folder: Path) -> Iterator[Finding]:
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in BOOKS and not path.name.startswith(_PASSED_OVER):
            yield finding("ignored-file", Place(path.name), found=path.suffix or path.name)


def read_arrivals(folder: Path) -> dict[str, datetime]:
    """When each file arrived, from ``received.csv`` (columns file, received; ISO or Thai dates), if it is there."""
    path = folder / RECEIVED
    if not path.is_file():
        return {}
    arrivals: dict[str, datetime] = {}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            text = (row.get("received") or "").strip()
            try:
                arrivals[(row.get("file") or "").strip()] = datetime.fromisoformat(text)
            except ValueError:
                day = read_date(text)
                if day is None:
                    raise KpibatchError("arrival-unreadable", file=path, found=text) from None
                arrivals[(row.get("file") or "").strip()] = datetime(day.year, day.month, day.day)
    return arrivals


def _read_file(path: Path, config: Config, tables: LevelTables, month: str, received: datetime | None) -> _Read:
    read = _Read(path.name, "")
    try:
        content = path.read_bytes()
        read.sha256 = hashlib.sha256(content).hexdigest()
        if len(content) > config.intake.max_file_mb * 1e6:
            raise UnreadableBook(f"{len(content) / 1e6:.1f} MB > {config.intake.max_file_mb:g} MB")
        grids = read_book(path)
    except (UnreadableBook, OSError) as reason:
        read.findings.append(finding("unreadable-file", Place(path.name), unit=_unit_in_name(tables, path.name), found=reason))
        return read
    identity = read_identity(grids)
    layout = locate(grids, tables)
    refusals = _refusals(path.name, tables, identity, layout)
    read.findings.extend(refusals)
    if any(refusal.severity == "error" for refusal in refusals) or layout is None:
        return read
    due = tables.calendar.get(month)
    late = bool(received and due and received.date() > due)
    read.submission = Submission(identity.unit, month, path.name, read.sha256, received, late)
    _read_cells(read, grids[layout.sheet], layout, tables, month)
    if not any(row[4] != EMPTY and row[2] == month for row in read.values):
        read.findings.append(finding("month-empty", Place(path.name, layout.sheet), unit=identity.unit, month=show_month(month)))
        read.submission = None
    return read


def _unit_in_name(tables: LevelTables, name: str) -> str:
    return next((code for code in tables.unit if name.startswith(code)), "")


def _refusals(file: str, tables: LevelTables, identity: Identity, layout: Layout | None) -> list[Finding]:
    place = Place(file, "_kpibatch")
    if not identity.unit or layout is None:
        return [finding("not-a-form", Place(file), unit=_unit_in_name(tables, file))]
    if identity.unit not in tables.unit:
        return [finding("unknown-unit", place, found=identity.unit)]
    if identity.round != tables.round.key:
        return [finding("wrong-round", place, unit=identity.unit, found=identity.round, expected=tables.round.key)]
    if identity.digest != tables.form_digest:
        return [finding("other-tables", place, unit=identity.unit, found=identity.digest)]
    return []


def _read_cells(read: _Read, grid: Grid, layout: Layout, tables: LevelTables, month: str) -> None:
    assert read.submission is not None
    unit = tables.unit[read.submission.unit]
    months = [key for key in tables.round.months if key <= month]
    for measure in asked_of(tables, unit):
        row = layout.rows.get(measure.code)
        if row is None:
            read.findings.append(
                finding("row-missing", Place(read.file, grid.name), unit=unit.code, measure=measure.code, label=measure.label)
            )
        for key in months:
            column = layout.months.get(key)
            place = Place(read.file, grid.name, address(row, column) if row is not None and column is not None else "")
            cell = grid.at(row, column) if row is not None and column is not None else None
            _take(read, unit.code, measure, key, cell, place)
        if row is not None:
            read.texts[unit.code, measure.code] = _texts(grid, row, layout)
            _look_ahead(read, grid, layout, measure, row, month)


def _take(read: _Read, unit: str, measure: Measure, month: str, cell: Value, place: Place) -> None:
    reading = read_value(cell, measure.kind, measure.counting_unit)
    found = as_text(cell)
    state = BAD if reading.refused else EMPTY if cell is None else OK
    if reading.refused:
        read.findings.append(finding(reading.refused, place, unit=unit, measure=measure.code, found=found, label=measure.label))
    if reading.read_as:
        read.findings.append(finding("read-as", place, unit=unit, measure=measure.code, found=found, value=reading.read_as))
    read.values.append((unit, measure.code, month, reading.value, state, found, place.file, place.sheet, place.cell))


def _texts(grid: Grid, row: int, layout: Layout) -> tuple[str, str, str]:
    found = [as_text(grid.at(row, layout.texts[name])) if name in layout.texts else "" for name in TEXT_COLUMNS]
    return (found[0], found[1], found[2])


def _look_ahead(read: _Read, grid: Grid, layout: Layout, measure: Measure, row: int, month: str) -> None:
    for later, column in sorted(layout.months.items()):
        value = grid.at(row, column)
        if later > month and value is not None and read.submission:
            place = Place(read.file, grid.name, address(row, column))
            facts = {"month": show_month(later), "now": show_month(month)}
            read.findings.append(
                finding("later-month", place, unit=read.submission.unit, measure=measure.code, found=as_text(value), **facts)
            )


def _together(tables: LevelTables, month: str, read: Iterable[_Read], findings: list[Finding]) -> Intake:
    files, values, texts, chosen = [], [], {}, []
    by_unit: dict[str, list[_Read]] = {}
    for one in read:
        files.append((one.file, one.sha256))
        if one.submission:
            by_unit.setdefault(one.submission.unit, []).append(one)
        else:
            findings.extend(one.findings)
    for unit in tables.units:
        several = by_unit.get(unit.code, [])
        if not several:
            findings.append(finding("not-submitted", Place(month), unit=unit.code, name=unit.name, month=show_month(month)))
            continue
        counts = _counting(several)
        assert counts.submission is not None
        chosen.append(counts.submission)
        values.extend(counts.values)
        texts.update(counts.texts)
        findings.extend(counts.findings)
        findings.extend(_about_arrival(tables, counts.submission, several))
    frame = pd.DataFrame(values, columns=list(COLUMNS)).astype({"value": float})
    return Intake(month, tuple(chosen), frame, texts, tuple(findings), tuple(files))


def _counting(several: list[_Read]) -> _Read:
    """Of a unit's submissions the last that came in time, else the first late one; by name where arrivals are unknown."""
    ordered = sorted(several, key=lambda one: (_arrival(one), one.file))
    in_time = [one for one in ordered if one.submission and not one.submission.late]
    return in_time[-1] if in_time else ordered[0]


def _arrival(read: _Read) -> datetime:
    received = read.submission.received if read.submission else None
    return received.replace(tzinfo=None) if received else datetime.min


def _about_arrival(tables: LevelTables, submission: Submission, several: list[_Read]) -> Iterator[Finding]:
    if len(several) > 1:
        names = ", ".join(one.file for one in several)
        yield finding("two-submissions", Place(submission.file), unit=submission.unit, found=names, counts=submission.file)
    due = tables.calendar.get(submission.month)
    if submission.late and submission.received and due:
        came = show_date(submission.received.date())
        yield finding("late", Place(submission.file), unit=submission.unit, found=came, due=show_date(due))


def in_time(config: Config, tables: LevelTables, intake: Intake) -> dict[str, float]:
    """Percent of the due months, up to the report month, whose submission came by its due day; per unit."""
    months = [key for key in tables.round.months if key <= intake.month]
    came: dict[str, int] = dict.fromkeys(tables.unit, 0)
    for month in months:
        for unit in _units_in_time(config, tables, intake, month):
            came[unit] = came.get(unit, 0) + 1
    return {unit: 100 * came[unit] / len(months) for unit in tables.unit}


def _units_in_time(config: Config, tables: LevelTables, intake: Intake, month: str) -> set[str]:
    if month == intake.month:
        return {submission.unit for submission in intake.submissions if not submission.late}
    folder = config.submissions / month
    if not folder.is_dir():
        return set()
    arrivals = read_arrivals(folder)
    due = tables.calendar.get(month, month_end(month))
    prompt = (path for path in _workbooks(folder) if path.name not in arrivals or arrivals[path.name].date() <= due)
    return {identity.unit for path in prompt if (identity := _identity(path)) and identity.round == tables.round.key}


def _identity(path: Path) -> Identity | None:
    try:
        return read_identity(read_book(path))
    except UnreadableBook:
        return None
