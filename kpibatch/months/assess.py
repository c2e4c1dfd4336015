"""One month read, set against the months before it, and scored. Writes nothing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TypeAlias

from kpibatch.base.config import Config
from kpibatch.base.errors import EmptyMonth
from kpibatch.base.findings import LOSSES, Finding, Place, finding
from kpibatch.base.kept.entries import Kept, key_of
from kpibatch.base.kept.program import program
from kpibatch.base.month_files import HISTORY
from kpibatch.base.progress import Clock, Progress, Quiet
from kpibatch.forms.office import OfficeForm
from kpibatch.forms.office_read import office_form_of
from kpibatch.intake.arrivals import is_late
from kpibatch.intake.central.together import Central, read_central, with_central
from kpibatch.intake.corrections import Corrections, read_corrections
from kpibatch.intake.earlier import read_months
from kpibatch.intake.frame import lists_of
from kpibatch.intake.month import Intake, newest_month, with_evidence
from kpibatch.intake.past import PastMonth, packed, unpacked
from kpibatch.months.history import History, history_of
from kpibatch.months.record import evidence_in
from kpibatch.rules.fingerprint import fingerprint
from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.examples.sound import sound_levels
from kpibatch.scoring.outcome import Outcome, assess
from kpibatch.scoring.trend import month_of

Past: TypeAlias = tuple[PastMonth, ...]
MOST = 50_000_000
"""Bytes: what the months of some rounds came to."""


def assess_month(
    config: Config, month: str | None = None, tables: LevelTables | None = None, clock: Clock | None = None
) -> Outcome:
    """The month's outcome; without a month, of the newest that has submissions.

    ``tables`` are sound level tables in the place of the workspace's own. Raises ``KpibatchError``: no such
    month, faulty level tables, form of the office's own or corrections, a damaged history.
    """
    tables = tables or sound_levels(config)
    month, clock = month or newest_month(config, tables), clock or Clock(Quiet())
    corrections = read_corrections(config.corrections, tables, config.intake)
    central = read_central(config, tables, month)
    rules = _Rules(config, tables, office_form_of(config, tables), corrections, central)
    with clock.step("trend"), history_of(config.output) as history:
        sights = history.sights()
        past, about = _months_before(rules, month, history, sights)
    with clock.step("read"):
        return _assessed(rules, month, sights, past, about, clock.progress)


@dataclass(frozen=True)
class _Rules:
    """What every month of a round is read and scored by; of the level tables each takes its own month's."""

    config: Config
    tables: LevelTables
    office_form: OfficeForm | None
    corrections: Corrections
    central: Central


def _assessed(
    rules: _Rules,
    month: str,
    sights: dict[str, datetime],
    past: Past,
    about: tuple[Finding, ...],
    progress: Progress,
) -> Outcome:
    tables = rules.tables.for_month(month)
    intake = _read(rules, tables, month, sights, progress)
    return assess(
        replace(intake, findings=(*intake.findings, *about)),
        tables,
        rules.config,
        past,
        rules.corrections,
    )


def _read(
    rules: _Rules, tables: LevelTables, month: str, sights: dict[str, datetime], progress: Progress
) -> Intake:
    intake = read_months(rules.config, tables, month, sights, rules.office_form, progress.tick)
    return with_evidence(with_central(intake, rules.central), rules.config, tables)


def _months_before(
    rules: _Rules, month: str, history: History, sights: dict[str, datetime]
) -> tuple[Past, tuple[Finding, ...]]:
    """The round's earlier months: as they were published, or else, where something was sent, scored from it.

    Never a month after this one: what a later month says or corrects does not reach back. Source: design,
    section 1 (สรุปรายเดือน: the round's months up to the report month).
    """
    round_key, rounds = rules.tables.round.key, history.rounds()
    before = [key for key in rules.tables.round.months if key < month]
    past: Past = ()
    about: tuple[Finding, ...] = ()
    for key in before:
        if rounds.get(key) == round_key:
            judged, said = _by_todays_calendar(rules, history, key)
            past, about = (*past, judged), (*about, *said)
        elif (rules.config.submissions / key).is_dir():
            past += tuple(_from_submissions(rules, key, sights, past))
    return past, (*about, *_about(history, before, round_key, rules.config.language))


def _by_todays_calendar(rules: _Rules, history: History, month: str) -> tuple[PastMonth, tuple[Finding, ...]]:
    """A published month with who was in time by the due day of today, and what is told where that is another
    one than it was published under. The month's own ranking stays as it is.

    Source: design, section 1 (ส่งทันกำหนด: by its due day).
    """
    due, record = rules.tables.calendar.get(month), history.published[month].record
    now, then = due.isoformat() if due else "–", record.get("due") or "–"
    sent = history.sent(month)
    late = {unit: is_late(came, due) if came else was for unit, (came, was) in sent.items()}
    moved = [unit for unit, (_, was) in sorted(sent.items()) if late[unit] != was]
    judged = replace(
        history.month(month),
        prompt=frozenset(unit for unit in late if not late[unit]),
        came={unit: came for unit, (came, _) in sent.items()},
        evidence=evidence_in(record),
        claims={(row["unit"], row["kpi"]): row["level"] for row in record.get("claims", ())},
        sealed=month in history.months.seals,
        corrected={
            (row["unit"], row["measure"], row["month"]): row["value"] for row in record.get("corrected", ())
        },
    )
    if "due" in record and then != now:
        code = "due-changed"
    elif moved:
        code = "due-unrecorded"
    else:
        return judged, ()
    facts = {"month": month, "now": now, "then": then, "units": ", ".join(moved) or "–"}
    return judged, (finding(code, Place(month), found=then, **facts),)


def _from_submissions(
    rules: _Rules, month: str, sights: dict[str, datetime], past: Past
) -> Iterator[PastMonth]:
    """What the month comes to; where it has come before of the very same, as it was kept then."""
    tables = rules.tables.for_month(month)
    try:
        intake = _read(rules, tables, month, sights, Quiet())
    except EmptyMonth:
        return
    kept, key = Kept(rules.config.output, "months", MOST), _key(intake, tables, rules, past)
    known = kept.find(key, unpacked)
    if known is None:
        outcome = assess(intake, tables, rules.config, past, rules.corrections)
        known = month_of(outcome)
        if not any(found.code in LOSSES for found in outcome.findings):  # a bug may be mended, or pass
            kept.keep(key, packed(known))
            kept.tidy()
    yield known


def _key(intake: Intake, tables: LevelTables, rules: _Rules, past: Past) -> str:
    """All that ``assess`` is given, whole: what was read, the rules, the months before; and what reckons it.

    Where the copies lie that were read decides nothing.
    """
    frame, others = json.dumps(lists_of(intake.reported)), {field.name for field in fields(Intake)}
    read = [getattr(intake, name) for name in sorted(others - {"reported", "originals"})]
    given = fingerprint((read, rules.config, rules.corrections), whole=True)
    by = program("numpy", "pandas", "pandera")
    return key_of(by, tables.whole_digest, frame, given, *(each.digest for each in past))


def _about(history: History, months: list[str], round_key: str, language: str) -> Iterator[Finding]:
    """The closed months that count as they were sealed, and those whose published results can't be looked
    back on.
    """
    for month, other in history.rounds().items():
        if month in months and other != round_key:
            yield finding("history-other-round", Place(HISTORY), found=other, month=month, expected=round_key)
    for month in sorted(history.months.seals.keys() & {*months} - history.months.restored):
        if month not in history.months.broken:
            yield finding("seal-used", Place(month), found=month, month=month)
    for month in sorted(history.months.restored & {*months}):
        yield finding("seal-differs", Place(month), found=month, month=month)
    for month in sorted({*history.months.broken} & {*months}):
        reason = history.months.broken[month].message(language)
        yield finding("seal-broken", Place(month), found=reason, month=month)
    for month in months:
        if month in history.skipped:
            yield finding(
                "history-skipped", Place(month), found=history.skipped[month].message(language), month=month
            )
