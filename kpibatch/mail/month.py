"""``mail``: a month's mails as drafts, sent, or looked up.

What may be sent is decided in the plan and the outbox. Everything attached is opened and checked while the
plan is made, so nothing is written or sent before all of it is sound.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from kpibatch.base.config import Config
from kpibatch.base.files import saved
from kpibatch.base.findings import Finding
from kpibatch.base.lock import alone
from kpibatch.base.month_files import MAIL
from kpibatch.base.progress import Progress
from kpibatch.base.thai import arabic
from kpibatch.mail.drafts import DraftRow, write_drafts
from kpibatch.mail.message import Message, as_eml
from kpibatch.mail.plan import Plan, Selection, moment_of, plan_mail
from kpibatch.mail.send import Result, send_all
from kpibatch.mail.text import packaged_templates
from kpibatch.months.database import Connection
from kpibatch.months.folder import Published, published_month
from kpibatch.months.history import history_of
from kpibatch.months.journal import Outbox, mail_status, mails_of
from kpibatch.months.outbox import Entry, Row, State, decide, prospects
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lookup import find_unit
from kpibatch.scoring.examples.sound import sound_levels

EVERYBODY = "all"


@dataclass(frozen=True)
class Drafted:
    """The drafts of a month, a row each, the folder they lie in, and what keeps other mails from being among
    them.
    """

    rows: tuple[DraftRow, ...]
    problems: tuple[Finding, ...]
    folder: Path

    @property
    def wanting(self) -> bool:
        """Whether a mail that should be among the drafts is not, or is doubtful."""
        return any(problem.grave for problem in self.problems)


@dataclass(frozen=True)
class Sent:
    """Where each mail to each person stands after sending, and the drafts as they are now."""

    results: tuple[Result, ...]
    drafted: Drafted

    @property
    def complete(self) -> bool:
        """Whether everything wanted has gone, and nothing else stood in the way."""
        return not self.drafted.wanting and all(
            result.row.state is State.SENT and not result.superseded for result in self.results
        )


@dataclass(frozen=True)
class _Month:
    """What the mails of a month are made of; ``connection`` is the history's."""

    config: Config
    tables: LevelTables
    published: Published
    connection: Connection

    def plan(self, selection: Selection) -> Plan:
        plan = plan_mail(self.config, self.tables, self.published, selection)
        for message in plan.messages:
            self._carry_over(message)
        return plan

    def _carry_over(self, message: Message) -> None:
        """Put what is on record of a mail by the digest of packed bytes on record by that of its contents."""
        rows = [row for row in self.history(message) if row.entry.content == message.packed_content]
        known = {row.entry.key for row in self.history(message)}
        anew = [replace(row, entry=replace(row.entry, content=message.content)) for row in rows]
        if lacking := [row for row in anew if row.entry.key not in known]:
            Outbox(self.connection, self.published.folder).record(lacking)

    def history(self, message: Message) -> tuple[Row, ...]:
        return mails_of(self.connection, message.month, message.unit, message.kind)

    def draft(self, plan: Plan) -> Drafted:
        states = states_of(plan, self.history)
        rows = write_drafts(
            self.config, self.tables, self.published.folder, moment_of(self.published), plan, states
        )
        return Drafted(rows, plan.problems, self.published.folder / MAIL)

    def status(self) -> tuple[Row, ...]:
        return mail_status(self.connection, self.published.month)


@contextmanager
def _month(config: Config, month: str | None, progress: Progress) -> Iterator[_Month]:
    """A published month, held alone; without a month, the newest.

    Raises ``KpibatchError`` where there is none.
    """
    with alone(config, "mail", progress), history_of(config.output, to_keep=True) as history:
        published = published_month(config.output, month)
        Outbox(history.connection, published.folder).reconcile()
        yield _Month(config, sound_levels(config), published, history.connection)


def draft_mails(config: Config, month: str | None, selection: Selection, progress: Progress) -> Drafted:
    """Write the mails of a month as drafts.

    Raises ``KpibatchError``: nothing published, an unknown unit, a faulty template or address, a file of
    another unit.
    """
    progress.step("mail")
    with _month(config, month, progress) as of:
        return of.draft(of.plan(selection))


def send_mails(
    config: Config, month: str | None, selection: Selection, again: Collection[str], progress: Progress
) -> Sent:
    """Send what has not gone yet, at most ``selection.limit`` mails of it; the drafts tell afterwards what
    has.

    ``again`` names the units (or ``all``) to which also goes what was refused or may have gone. Raises
    ``KpibatchError`` as ``draft_mails`` does, and where the server can't be used or the sending was broken
    off.
    """
    progress.step("mail")
    with _month(config, month, progress) as of:
        whole = of.plan(replace(selection, limit=0))
        units = _units(of, again)
        due = whole.messages
        if selection.limit:  # what has gone already does not count against it
            due = tuple(message for message in due if _is_due(of, message, units))[: selection.limit]
        letters = [partial(itself, message) for message in due]
        write = partial(as_eml, language=config.language)
        try:
            results = send_all(
                letters, write, config, of.connection, of.published.folder, progress, again=units
            )
        finally:
            drafted = of.draft(whole)
        return Sent(results, drafted)


def states_of(plan: Plan, history: Callable[[Message], tuple[Row, ...]]) -> dict[tuple[str, str, str], str]:
    """What sending would do now, by unit, kind and recipient; ``history`` is what is on record of a mail."""
    return {
        (message.unit, message.kind, recipient): state
        for message in plan.messages
        for recipient, state in prospects(history(message), wanted(message)).items()
    }


def itself(message: Message) -> Message:
    """A letter that is made already."""
    return message


def _is_due(of: _Month, message: Message, again: Collection[str]) -> bool:
    """Whether anybody is still to get this mail."""
    return bool(decide(of.history(message), wanted(message), again=message.unit in again).send)


def wanted(message: Message) -> list[Entry]:
    """What a mail is on record as, an entry for each who gets it."""
    return [
        Entry(message.month, message.unit, message.kind, to, message.content, message.subject)
        for to in message.recipients
    ]


def _units(of: _Month, again: Iterable[str]) -> frozenset[str]:
    """The codes of units named by code or name; ``all`` stands for whoever was refused a mail or may have got
    it.
    """
    named = [arabic(text) for text in again]
    if EVERYBODY in named:
        return frozenset(row.entry.unit for row in of.status())
    units = {row.entry.unit for row in of.status()} - set(of.tables.unit)
    return frozenset(text if text in units else find_unit(of.tables, text).code for text in named)


def mails_sent(config: Config, month: str | None) -> tuple[str, tuple[Row, ...]]:
    """The month, and the newest mail to each unit, kind and recipient as it stands; also while others are
    being sent.
    """
    with history_of(config.output) as history:
        published = published_month(config.output, month)
        return published.month, mail_status(history.connection, published.month)


def write_templates(config: Config) -> list[Path]:
    """Copy the program's templates into the workspace, to be edited; those that are there stay as they
    are.
    """
    written = []
    for name, text in packaged_templates(config.language).items():
        path = config.mail_templates / name
        if not path.exists():
            saved(path, partial(_write, text))
            written.append(path)
    return written


def _write(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
