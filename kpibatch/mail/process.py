"""Reminders of the process: before a day of ปฏิทิน, to whoever does the work.

They hang on no published month, so they lie in ``output/reminders`` with a journal of their own; a reminder
goes once to each person however often it is asked for.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from kpibatch.base.config import Config
from kpibatch.base.findings import Finding, finding, in_order
from kpibatch.base.lock import alone
from kpibatch.base.mailboxes import read_addresses
from kpibatch.base.month_files import MAIL, REMINDERS
from kpibatch.base.progress import Progress
from kpibatch.base.thai import BUDDHIST, show_date
from kpibatch.books.look import PROVINCE
from kpibatch.mail.drafts import write_drafts
from kpibatch.mail.message import BANGKOK, STEP, Message, as_eml
from kpibatch.mail.month import Drafted, Sent, itself, states_of
from kpibatch.mail.plan import Plan, of_the_province
from kpibatch.mail.send import send_all
from kpibatch.mail.text import Templates
from kpibatch.months.database import Connection
from kpibatch.months.history import history_of
from kpibatch.months.journal import Outbox, mails_of
from kpibatch.months.outbox import Row
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.process import addresses_of, by_units, owner_in_words, task_in_words
from kpibatch.rules.records import Unit
from kpibatch.rules.round import Step
from kpibatch.scoring.examples.sound import sound_levels


@dataclass(frozen=True)
class Reminded:
    """One who is reminded: a unit, or ``None`` for those whom a row names, and the province."""

    unit: Unit | None
    to: tuple[str, ...]
    copies: tuple[str, ...]
    steps: tuple[Step, ...]


def due_steps(tables: LevelTables, today: date) -> tuple[Step, ...]:
    """The steps of which somebody is reminded today. Source: design, section 1 (ปฏิทิน)."""
    return tuple(step for step in tables.steps if step.reminds_on(today))


def plan_reminders(config: Config, tables: LevelTables, today: date) -> Plan:
    """A mail to each who has something to do by one of the days that are near.

    Raises ``KpibatchError`` where a template is faulty.
    """
    problems = list[Finding]()
    with Templates(config.mail_templates, config.language, config.intake) as templates:
        whom = _reminded(config, tables, due_steps(tables, today), problems)
        messages = [_message(templates, tables, each, config.language) for each in whom]
    return Plan(tuple(messages), tuple(in_order(problems)))


def _reminded(
    config: Config, tables: LevelTables, steps: Sequence[Step], problems: list[Finding]
) -> Iterator[Reminded]:
    theirs = tuple(step for step in steps if by_units(tables, step))
    for unit in tables.units if theirs else ():
        to, copies = read_addresses(unit.email), read_addresses(unit.cc)
        bad = (*to.bad, *copies.bad)
        problems += [finding("mail-bad-address", unit.place, unit=unit.code, found=one) for one in bad]
        if to.valid:
            yield Reminded(unit, to.valid, copies.valid, theirs)
        else:
            problems.append(finding("mail-no-address", unit.place, unit=unit.code, name=unit.name))
    others: dict[tuple[str, ...], list[Step]] = {}
    for step in steps:
        if not by_units(tables, step):
            others.setdefault(addresses_of(step) or of_the_province(config.mail).valid, []).append(step)
    for addresses, named in others.items():
        if addresses:
            yield Reminded(None, addresses, (), tuple(named))
        else:
            problems.append(finding("mail-no-province"))


def _message(templates: Templates, tables: LevelTables, whom: Reminded, language: str) -> Message:
    facts: dict[str, Any] = {
        "owner": tables.round.owner,
        "reference": tables.round.reference,
        "round": tables.round.number,
        "year": tables.round.year(language),
        "noun": tables.round.unit_noun,
        "code": whom.unit.code if whom.unit else "",
        "name": whom.unit.name if whom.unit else "",
        "steps": tuple(
            {
                "day": show_date(step.day, language),
                "task": task_in_words(step, language),
                "owner": owner_in_words(tables, step, language),
            }
            for step in whom.steps
        ),
    }
    texts, first = templates.write(STEP, facts), whom.steps[0].day
    month = f"{first.year + BUDDHIST}-{first.month:02d}"
    unit = whom.unit.code if whom.unit else PROVINCE
    return Message(month, unit, STEP, whom.to, whom.copies, texts.subject, texts.plain, texts.html)


@dataclass(frozen=True)
class _Work:
    """Today's reminders, with the outbox held alone; ``connection`` is the history's."""

    config: Config
    tables: LevelTables
    plan: Plan
    today: date
    connection: Connection
    folder: Path

    def draft(self) -> Drafted:
        states = states_of(self.plan, self._history)
        moment = datetime.combine(self.today, time(8), BANGKOK)
        rows = write_drafts(self.config, self.tables, self.folder, moment, self.plan, states, _holds_drafts)
        return Drafted(rows, self.plan.problems, self.folder / MAIL)

    def _history(self, message: Message) -> tuple[Row, ...]:
        return mails_of(self.connection, message.month, message.unit, message.kind)


def _holds_drafts(folder: Path) -> bool:
    """Whether nothing but drafts, their index and the journal stand there."""
    return all(path.suffix in (".eml", ".csv") for path in folder.iterdir())


@contextmanager
def _at_work(config: Config, today: date, progress: Progress) -> Iterator[_Work]:
    tables, folder = sound_levels(config), config.output / REMINDERS
    progress.step("mail")
    with alone(config, "calendar", progress), history_of(config.output, to_keep=True) as history:
        Outbox(history.connection, folder).reconcile()
        plan = plan_reminders(config, tables, today)
        yield _Work(config, tables, plan, today, history.connection, folder)


def draft_reminders(config: Config, today: date, progress: Progress) -> Drafted:
    """Write the reminders of today as drafts."""
    with _at_work(config, today, progress) as work:
        return work.draft()


def send_reminders(config: Config, today: date, progress: Progress) -> Sent:
    """Send the reminders of today that have not gone yet; the drafts tell afterwards what has.

    Raises ``KpibatchError`` as ``send_all`` does.
    """
    with _at_work(config, today, progress) as work:
        letters = [partial(itself, message) for message in work.plan.messages]
        write = partial(as_eml, language=config.language)
        try:
            results = send_all(letters, write, config, work.connection, work.folder, progress)
        finally:
            drafted = work.draft()
        return Sent(results, drafted)
