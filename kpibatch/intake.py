"""A month's folder of workbooks → submissions, their values cell by cell, and findings.

Each file is read on its own: what is wrong with one never touches another. Which of a unit's several
submissions counts is decided here, in ``_counting``, and nowhere else.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from kpibatch.arrivals import RECEIVED, read_first_sights, read_received
from kpibatch.cells import UnreadableBook, read_book
from kpibatch.config import Config, IntakeLimits
from kpibatch.errors import KpibatchError
from kpibatch.findings import Finding, Place, finding
from kpibatch.forms import Identity
from kpibatch.guard import take
from kpibatch.levels import LevelTables
from kpibatch.refusal import Refused
from kpibatch.submission import COLUMNS, Contents
from kpibatch.template_form import Template
from kpibatch.template_return import identity_in
from kpibatch.thai import is_month, month_end, show_date
from kpibatch.workers import read_all

BOOKS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
_PASSED_OVER = ("~$", ".", "Thumbs.db", "desktop.ini", RECEIVED)


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
    ``texts`` maps (unit, measure) to the three columns of text. ``files`` are all files with their SHA-256,
    ``arrivals`` when those bytes came, ``earlier_files`` the files of earlier months that a familiar form needs.
    """

    month: str
    submissions: tuple[Submission, ...]
    values: pd.DataFrame
    texts: Mapping[tuple[str, str], tuple[str, str, str]]
    findings: tuple[Finding, ...]
    files: tuple[tuple[str, str], ...]
    arrivals: Mapping[str, datetime]
    earlier_files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Arrivals:
    """What tells when a file came: the month's list, else when its bytes were first seen, else now."""

    listed: Mapping[str, datetime]
    seen: Mapping[str, datetime]
    now: datetime

    def of(self, contents: Contents) -> datetime:
        return self.listed.get(contents.file) or self.seen.get(contents.sha256, self.now)


def newest_month(config: Config) -> str:
    """The newest month that has submissions. Raises ``KpibatchError`` where there is none."""
    folder = config.submissions
    if not folder.is_dir():
        raise KpibatchError("no-submissions-folder", folder=folder)
    months = [path.name for path in folder.iterdir() if path.is_dir() and is_month(path.name) and any(_workbooks(path))]
    if not months:
        raise KpibatchError("no-submissions", folder=folder)
    return max(months)


def read_month(
    config: Config,
    tables: LevelTables,
    month: str,
    tick: Callable[[int, int], None] = lambda done, of: None,
    template: Template | None = None,
) -> Intake:
    """Read a month's submissions; ``tick`` is told how many files are done, of how many; ``template`` is the familiar form, if any.

    Raises ``KpibatchError`` where the month is not in the round or its folder holds no workbook.
    """
    if month not in tables.round.months:
        raise KpibatchError("month-not-in-round", month=month, months=", ".join(tables.round.months))
    folder = config.submissions / month
    paths = sorted(_workbooks(folder)) if folder.is_dir() else []
    if not paths:
        raise KpibatchError("empty-month", folder=folder)
    contents = read_all(paths, tables, month, config.intake, tick, template)
    return _together(
        tables, month, contents, _Arrivals(read_received(folder), read_first_sights(config.output), datetime.now()), list(_ignored(folder))
    )


def _workbooks(folder: Path) -> Iterator[Path]:
    named = (path for path in folder.iterdir() if path.suffix.lower() in BOOKS and not path.name.startswith(_PASSED_OVER))
    return (path for path in named if not path.is_dir())  # a pipe or a link is refused, not passed over


def _ignored(folder: Path) -> Iterator[Finding]:
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in BOOKS and not path.name.startswith(_PASSED_OVER):
            yield finding("ignored-file", Place(path.name), found=path.suffix or path.name)


def _together(tables: LevelTables, month: str, contents: Iterable[Contents], arrivals: _Arrivals, findings: list[Finding]) -> Intake:
    files, lines, texts, chosen, came = [], [], {}, [], {}
    by_unit: dict[str, list[Contents]] = {}
    for one in contents:
        files.append((one.file, one.sha256))
        if one.sha256:
            came[one.sha256] = arrivals.of(one)
        if one.unit:
            by_unit.setdefault(one.unit, []).append(one)
        else:
            findings.extend(one.findings)
    for unit in tables.units:
        several = by_unit.get(unit.code, [])
        if not several:
            findings.append(finding("not-submitted", Place(month), unit=unit.code, name=unit.name, month=month))
            continue
        sent = [_submission(one, tables, month, arrivals.of(one)) for one in several]
        counts = _counting(sent)
        chosen.append(counts)
        counted = several[sent.index(counts)]
        lines.extend(counted.lines)
        texts.update(counted.texts)
        findings.extend(counted.findings)
        findings.extend(_about_arrival(tables, counts, sent))
    frame = pd.DataFrame(lines, columns=list(COLUMNS)).astype({"value": float})
    return Intake(month, tuple(chosen), frame, texts, tuple(findings), tuple(files), came)


def _submission(contents: Contents, tables: LevelTables, month: str, received: datetime | None) -> Submission:
    due = tables.calendar.get(month)
    late = bool(received and due and received.date() > due)
    return Submission(contents.unit, month, contents.file, contents.sha256, received, late)


def _counting(several: Sequence[Submission]) -> Submission:
    """Of a unit's submissions the last that came in time, else the first late one; by name where arrivals are unknown."""
    ordered = sorted(several, key=lambda one: (_arrival(one), one.file))
    in_time = [one for one in ordered if not one.late]
    return in_time[-1] if in_time else ordered[0]


def _arrival(submission: Submission) -> datetime:
    return submission.received.replace(tzinfo=None) if submission.received else datetime.min


def _about_arrival(tables: LevelTables, submission: Submission, several: Sequence[Submission]) -> Iterator[Finding]:
    if len(several) > 1:
        names = ", ".join(one.file for one in several)
        yield finding("two-submissions", Place(submission.file), unit=submission.unit, found=names, counts=submission.file)
    due = tables.calendar.get(submission.month)
    if submission.late and submission.received and due:
        came = submission.received.date().isoformat()
        yield finding(
            "late",
            Place(submission.file),
            unit=submission.unit,
            found=show_date(submission.received.date()),
            came=came,
            due=due.isoformat(),
        )


def in_time(config: Config, tables: LevelTables, intake: Intake, template: Template | None = None) -> dict[str, float]:
    """Percent of the due months, up to the report month, whose submission came by its due day; per unit."""
    months = [key for key in tables.round.months if key <= intake.month]
    came: dict[str, int] = dict.fromkeys(tables.unit, 0)
    for month in months:
        for unit in _units_in_time(config, tables, intake, month, template):
            came[unit] = came.get(unit, 0) + 1
    return {unit: 100 * came[unit] / len(months) for unit in tables.unit}


def _units_in_time(config: Config, tables: LevelTables, intake: Intake, month: str, template: Template | None) -> set[str]:
    if month == intake.month:
        return {submission.unit for submission in intake.submissions if not submission.late}
    folder = config.submissions / month
    if not folder.is_dir():
        return set()
    listed, seen = read_received(folder), read_first_sights(config.output)
    due = tables.calendar.get(month, month_end(month))
    prompt = [path for path in _workbooks(folder) if (came := _came(path, listed, seen, config.intake)) is None or came.date() <= due]
    identities = (_identity(path, tables, template) for path in prompt)
    return {identity.unit for identity in identities if identity and identity.round == tables.round.key}


def _identity(path: Path, tables: LevelTables, template: Template | None) -> Identity | None:
    try:
        return identity_in(path, read_book(path), template, tables)
    except UnreadableBook:
        return None


def _came(path: Path, listed: Mapping[str, datetime], seen: Mapping[str, datetime], limits: IntakeLimits) -> datetime | None:
    """When an earlier month's file arrived; ``None`` where nothing tells."""
    if path.name in listed or not seen:
        return listed.get(path.name)
    try:
        return seen.get(hashlib.sha256(take(path, limits)).hexdigest())
    except (Refused, OSError):
        return None
