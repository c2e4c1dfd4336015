"""A month's folder of workbooks → submissions, their values cell by cell, and findings.

Each file is read on its own: what is wrong with one never touches another. Which of a unit's several
submissions counts is decided here, in ``_counting``, and nowhere else.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from kpibatch.base.config import Config, today_in
from kpibatch.base.errors import EmptyMonth, MonthNotInRound, NoSubmissions, NoSubmissionsFolder
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.thai import is_month, month_end
from kpibatch.forms.office import OfficeForm
from kpibatch.intake.arrivals import Arrivals, Sense, days_late, is_late, near_round, read_arrivals
from kpibatch.intake.evidence.listing import NO_EVIDENCE, Evidence, read_evidence
from kpibatch.intake.executor import Orders, read_all, readers
from kpibatch.intake.folder import Copies, holds_workbooks, not_read, opened
from kpibatch.intake.frame import COLUMNS, DTYPES, OwnLevel
from kpibatch.intake.past import PastMonth
from kpibatch.intake.remembered import Remembered, remembered
from kpibatch.intake.submission import Contents, refused
from kpibatch.rules.levels import LevelTables

NOTHING_COUNTS = (NOT_SENT, UNREAD) = ("not-submitted", "sent-unread")


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

    ``reported`` has a row per unit, measure and month up to the report month, with the columns ``COLUMNS``;
    ``texts`` maps (unit, measure) to the three columns of text. ``files`` are all files with their SHA-256,
    ``arrivals`` when those bytes came, ``earlier_files`` the files of earlier months that an office form
    needs, ``unread`` the units of which a file came, but none that can be read or counted, ``originals`` the
    month's files as they were read; ``central_files`` are those that are no unit's: the province's numbers
    and central systems' exports; ``evidence`` is what was handed in beside
    the workbooks. ``own_levels`` are by unit and KPI the levels that units claim.
    """

    month: str
    submissions: tuple[Submission, ...]
    reported: pd.DataFrame
    texts: Mapping[tuple[str, str], tuple[str, str, str]]
    findings: tuple[Finding, ...]
    files: tuple[tuple[str, str], ...]
    arrivals: Mapping[str, datetime] = field(default_factory=dict)
    earlier_files: tuple[tuple[str, str], ...] = ()
    unread: frozenset[str] = frozenset()
    central_files: tuple[tuple[str, str], ...] = ()
    originals: Copies = field(default_factory=Copies, compare=False)
    evidence: Evidence = NO_EVIDENCE
    own_levels: Mapping[tuple[str, str], OwnLevel] = field(default_factory=dict)


def newest_month(config: Config, tables: LevelTables) -> str:
    """The newest month that has submissions, is the round's and has begun; ``passed_over`` are those after
    it. Raises ``KpibatchError`` where there is none.
    """
    folder = config.submissions
    if not folder.is_dir():
        raise NoSubmissionsFolder(folder=folder)
    months = _with_workbooks(folder)
    if not months:
        raise NoSubmissions(folder=folder)
    of_the_round = [month for month in months if month in tables.round.months]
    today = today_in(config)
    begun = [month for month in of_the_round if month_end(month).replace(day=1) <= today]
    return max(begun or of_the_round or months)


def passed_over(config: Config, month: str) -> list[str]:
    """The months after this one that have a folder with workbooks, of whatever round."""
    return sorted(other for other in _with_workbooks(config.submissions) if other > month)


def _with_workbooks(folder: Path) -> list[str]:
    return [
        path.name
        for path in folder.iterdir()
        if path.is_dir() and is_month(path.name) and holds_workbooks(path)
    ]


def read_month(
    config: Config,
    tables: LevelTables,
    month: str,
    sights: Mapping[str, datetime],
    office_form: OfficeForm | None = None,
    tick: Callable[[int, int], None] = lambda done, of: None,
) -> Intake:
    """Read a month's submissions; ``office_form`` is the workspace's own form, if it has one.

    ``sights`` tells when a file's bytes (by SHA-256) were first seen; ``tick`` is told how many files are
    done, of how many.

    Raises ``KpibatchError`` where the month is not in the round or its folder holds no workbook.
    """
    if month not in tables.round.months:
        raise MonthNotInRound(month=month, months=", ".join(tables.round.months))
    folder = config.submissions / month
    seen = opened(folder, tables, config.intake)
    if not (seen.files or any(found.severity == "error" for found in seen.findings)):
        others = _with_workbooks(folder.parent) if folder.parent.is_dir() else ()
        raise EmptyMonth(folder=folder, months=", ".join(sorted(others)) or "–")
    names = seen.copies.names
    orders = Orders(tables, month, config.intake, office_form, names)
    contents = _read(orders, remembered(config.output, orders), tick)
    contents += [refused(name, tables, reason) for name, reason in seen.refused.items()]
    contents.sort(key=lambda one: one.file)
    counted = frozenset(one.unit for one in contents)
    passed = [*seen.findings, *not_read(seen.others, counted, tables)]
    arrivals = read_arrivals(
        folder,
        Sense(*near_round(config, tables), ZoneInfo(config.workspace.time_zone)),
        sights,
        seen.files,
    )
    intake = _together(tables, month, contents, arrivals, [*passed, *arrivals.findings])
    return replace(intake, originals=seen.copies)


def _read(orders: Orders, before: Remembered, tick: Callable[[int, int], None]) -> list[Contents]:
    """What the files hold: of those whose bytes are known what was read before, the others by readers."""
    names = orders.names
    known = {path: found for path, name in names.items() if (found := before.find(path, name))}
    rest = sorted(names.keys() - known.keys(), key=names.__getitem__)
    read = read_all(rest, orders, readers, lambda done, _: tick(len(known) + done, len(names)))
    for one in read:
        before.keep(one)
    if read:
        before.tidy()
    return [*known.values(), *read]


def with_evidence(intake: Intake, config: Config, tables: LevelTables) -> Intake:
    """The intake with the evidence that its month's folder holds."""
    evidence = read_evidence(config.submissions / intake.month, tables, config.intake)
    return replace(intake, evidence=evidence, findings=(*intake.findings, *evidence.findings))


def _together(
    tables: LevelTables,
    month: str,
    contents: Iterable[Contents],
    arrivals: Arrivals,
    findings: list[Finding],
) -> Intake:
    files, lines, texts, own_levels, chosen, came = [], [], {}, {}, [], {}
    by_unit: dict[str, list[Contents]] = {}
    unread = {found.unit for found in findings if found.severity == "error"}
    for one in contents:
        files.append((one.file, one.sha256))
        if one.sha256:
            came[one.sha256] = arrivals.of(one.file, one.sha256)
        if one.unit:
            by_unit.setdefault(one.unit, []).append(one)
        else:
            findings.extend(one.findings)
            unread.update(found.unit for found in one.findings if found.severity == "error")
    for unit in tables.units:
        several = by_unit.get(unit.code, [])
        if not several:
            code = UNREAD if unit.code in unread else NOT_SENT
            if unit.code in tables.senders | unread:
                findings.append(finding(code, Place(month), unit=unit.code, name=unit.name, month=month))
            continue
        sent = [_submission(one, tables, month, arrivals.of(one.file, one.sha256)) for one in several]
        counts = _counting(sent)
        chosen.append(counts)
        counted = several[sent.index(counts)]
        lines.extend(counted.lines)
        texts.update(counted.texts)
        own_levels.update(counted.own_levels)
        about = (*_about_arrival(tables, counts, sent), *_rivals(counts, sent, arrivals))
        findings.extend((*counted.findings, *about))
    frame = pd.DataFrame(lines, columns=list(COLUMNS)).astype(DTYPES)
    silent = frozenset(unit.code for unit in tables.units if unit.code not in by_unit)
    whole = month, tuple(chosen), frame, texts, tuple(findings), tuple(files), came
    return Intake(*whole, unread=silent & unread, own_levels=own_levels)


def _submission(contents: Contents, tables: LevelTables, month: str, received: datetime | None) -> Submission:
    late = is_late(received, tables.calendar.get(month))
    return Submission(contents.unit, month, contents.file, contents.sha256, received, late)


def _counting(several: Sequence[Submission]) -> Submission:
    """Of a unit's submissions the last that came in time, else the first late one; by name where arrivals are
    unknown.

    Source: design, section 1 (ส่งทันกำหนด: by its due day); what came later can't replace what came in time.
    """
    ordered = sorted(several, key=lambda sent: (_arrival(sent), sent.file))
    in_time = [sent for sent in ordered if not sent.late]
    return in_time[-1] if in_time else ordered[0]


def _arrival(submission: Submission) -> datetime:
    return submission.received.replace(tzinfo=None) if submission.received else datetime.min


def _about_arrival(
    tables: LevelTables, submission: Submission, several: Sequence[Submission]
) -> Iterator[Finding]:
    if len(several) > 1:
        names = ", ".join(one.file for one in several)
        yield finding(
            "two-submissions",
            Place(submission.file),
            unit=submission.unit,
            found=names,
            counts=submission.file,
        )
    due = tables.calendar.get(submission.month)
    if submission.late and submission.received and due:
        came = submission.received.date().isoformat()
        yield finding(
            "late",
            Place(submission.file),
            unit=submission.unit,
            found="",
            came=came,
            due=due.isoformat(),
        )


def _rivals(counts: Submission, several: Sequence[Submission], arrivals: Arrivals) -> Iterator[Finding]:
    """Files between which and the one that counts nothing decides: they came at once, or unseen."""
    for other in several:
        same = other.received == counts.received
        unknown = not all(arrivals.known(each.file, each.sha256) for each in (other, counts))
        if other.sha256 != counts.sha256 and (same or unknown):
            yield finding(
                "arrival-order",
                Place(counts.file),
                unit=counts.unit,
                found=other.file,
                counts=counts.file,
            )


def in_time(tables: LevelTables, intake: Intake, past: Iterable[PastMonth]) -> dict[str, float]:
    """Percent of the due months, up to the report month, whose submission came by its due day; per unit.

    Source: design, section 1 (ส่งทันกำหนด).
    """
    months = sum(key <= intake.month for key in tables.round.months)
    prompt = [
        frozenset(one.unit for one in intake.submissions if not one.late),
        *(month.prompt for month in past),
    ]
    return {unit: 100 * sum(unit in units for units in prompt) / months for unit in tables.unit}


def late_days(tables: LevelTables, intake: Intake, past: Iterable[PastMonth]) -> dict[str, tuple[float, ...]]:
    """By how many days each month's submission came late, up to the report month; per unit, the months that
    have a due day in order.

    An earlier month of which nothing came counts until the report month's own end, and what came after that
    end was not there by then either: to send is never worse than not to. Of the report month it is missing.
    Source: design, section 1 (Wider rules: วันที่ช้า).
    """
    came = {month.month: month.came for month in past}
    came[intake.month] = {one.unit: one.received for one in intake.submissions}
    until, days = month_end(intake.month), {unit: list[float]() for unit in tables.unit}
    for month in tables.round.months:
        due = tables.calendar.get(month)
        if due is None or month > intake.month:
            continue
        longest = math.inf if month == intake.month else max(0, (until - due).days)
        absent = math.nan if month == intake.month else longest
        arrivals = came.get(month, {})
        for unit in tables.unit:
            late = min(days_late(arrivals[unit], due), longest) if unit in arrivals else absent
            days[unit].append(float(late))
    return {unit: tuple(months) for unit, months in days.items()}
