"""Which mails a month has: to whom, what they say, what goes with them. Nothing is written or sent here.

The figures are those published; the addresses those of the level tables as they are now. What concerns one
unit (no address, too large) is a problem in the plan and leaves the others be; a file or name of another unit
stops everything.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from kpibatch.base.catalogue import say
from kpibatch.base.config import Config, MailServer
from kpibatch.base.errors import MailAddressFault, MailNamesOther
from kpibatch.base.findings import Finding, finding, in_order, piece
from kpibatch.base.mailboxes import Addresses, read_addresses, read_mailbox
from kpibatch.base.thai import arabic, month_end
from kpibatch.books.guard.package import MB
from kpibatch.books.look import PROVINCE
from kpibatch.mail.facts import Facts
from kpibatch.mail.files import Files, Strangers
from kpibatch.mail.message import BANGKOK, EVIDENCE, REHEARSAL, REMINDER, RESULT, Attachment, Message, as_eml
from kpibatch.mail.text import Templates
from kpibatch.months.folder import Published
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lookup import find_unit
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import Unit


@dataclass(frozen=True)
class Selection:
    """Which mails: by default results and the province's. ``only`` is a unit's code or name, ``limit`` 0 for
    all.

    ``to_me`` is the address that gets all of them in a rehearsal.
    """

    only: str = ""
    remind: bool = False
    province: bool = False
    limit: int = 0
    to_me: str = ""


ALL = Selection()


@dataclass(frozen=True)
class Plan:
    """The mails in the units' order, the province's last, and what keeps others from being among them."""

    messages: tuple[Message, ...]
    problems: tuple[Finding, ...] = ()


def plan_mail(
    config: Config,
    tables: LevelTables,
    published: Published,
    selection: Selection = ALL,
    today: date | None = None,
) -> Plan:
    """The mails of a published month; ``tables`` are the workspace's level tables, for the addresses;
    ``today`` dates reminders.

    Raises ``KpibatchError``: an unknown unit, a faulty template or address, a file that is missing, a file or
    name of another unit.
    """
    if selection.to_me and not read_mailbox(selection.to_me):
        raise MailAddressFault("mail-address", found=selection.to_me)
    scored_by = read_levels(published.level_tables)[0].for_month(published.month)
    facts = Facts(published, scored_by, config.language)
    planner = _Planner(
        config, tables, facts, Files(config, scored_by, published), today or datetime.now(BANGKOK).date()
    )
    with planner.templates, planner.files:
        messages = list(planner.messages(selection))[: selection.limit or None]
    if selection.to_me:
        messages = [_rehearsed(message, selection.to_me, config.language) for message in messages]
    return Plan(tuple(messages), tuple(in_order(planner.problems)))


def _rehearsed(message: Message, address: str, language: str) -> Message:
    mailbox = read_mailbox(address)
    assert mailbox
    subject = say("mail.rehearsal", language, subject=message.subject)
    return replace(message, kind=REHEARSAL, to=(mailbox[1],), copies=(), subject=subject, name=mailbox[0])


def moment_of(published: Published) -> datetime:
    """The moment a month's drafts are dated: when its last report came, else the month's last noon."""
    received = (
        datetime.fromisoformat(submission["received"])
        for submission in published.record["submissions"]
        if submission["received"]
    )
    aware = [moment if moment.tzinfo else moment.replace(tzinfo=BANGKOK) for moment in received]
    return max(aware, default=datetime.combine(month_end(published.month), time(12), BANGKOK))


def of_the_province(mail: MailServer) -> Addresses:
    """Where mails to the province go: to its own addresses, else to whom answers go, else to the sender."""
    return read_addresses(*(mail.province or (mail.reply_to or mail.sender,)))


@dataclass
class _Planner:
    config: Config
    tables: LevelTables
    facts: Facts
    files: Files
    today: date
    problems: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.templates = Templates(self.config.mail_templates, self.config.language, self.config.intake)
        scored_by = self.facts.tables
        shared = (str(value) for value in self.facts.common.values())
        words = [
            text
            for node in scored_by.nodes
            for text in (node.name, node.responsible, *astuple(node.template))
        ]
        self.strangers = Strangers(scored_by, [*shared, *words, *(word for _, word in scored_by.rating)])

    def messages(self, selection: Selection) -> Iterator[Message]:
        wanted = find_unit(self.facts.tables, arabic(selection.only)) if selection.only else None
        results = not (selection.remind or selection.province)
        for unit in [wanted] if wanted else self.facts.tables.units:
            sent = unit.code in self.facts.submissions
            if sent and results:
                yield from self._spared(unit.name, unit.code, self._to(unit, RESULT, self._result))
            elif selection.remind and not sent and unit.code in self.facts.tables.senders:
                yield from self._spared(unit.name, unit.code, self._to(unit, REMINDER, self._reminder))
            elif selection.remind and self.facts.of_evidence(unit, self.today)["evidence"]:
                yield from self._spared(unit.name, unit.code, self._to(unit, EVIDENCE, self._evidence))
            elif wanted and not selection.province:
                self.problems.append(finding("mail-nothing", unit.place, unit=unit.code, name=unit.name))
        if selection.province or not (selection.remind or wanted):
            name = say("mail.province", self.config.language)
            yield from self._spared(name, "", self._to_province())

    def _spared(self, name: str, unit: str, messages: Iterator[Message]) -> Iterator[Message]:
        """The mails to one recipient, unless a bug costs them, or has cost the run what goes with them."""
        lost = self.files.lost(unit)
        if lost:
            self.problems.append(finding("mail-piece-lost", unit=unit, found=lost, name=name))
            return
        with piece(self.problems, "mail-lost", unit=unit, name=name):
            yield from messages

    # --- one unit -------------------------------------------------------------------------------------------

    def _to(self, unit: Unit, kind: str, compose: "_Compose") -> Iterator[Message]:
        now = self.tables.unit.get(unit.code)
        if now is None or now.name != unit.name:
            found = now.name if now else ""
            self.problems.append(
                finding("mail-unit-changed", unit.place, unit=unit.code, found=found, was=unit.name)
            )
            return
        to, copies = read_addresses(now.email), read_addresses(now.cc)
        bad = (*to.bad, *copies.bad)
        self.problems += [finding("mail-bad-address", now.place, unit=unit.code, found=one) for one in bad]
        self.problems += self._shared(now, to.valid)
        facts, attachments = compose(unit)
        if not to.valid:
            self.problems.append(finding("mail-no-address", now.place, unit=unit.code, name=unit.name))
            return
        others = tuple(
            copy
            for copy in copies.valid
            if copy.casefold() not in {address.casefold() for address in to.valid}
        )
        message = self._written(unit.code, kind, facts, (to.valid, others), attachments)
        message = replace(message, name=unit.name)
        self._refuse_strangers(message, unit, facts)
        yield from self._small_enough(message, unit.name)

    def _shared(self, unit: Unit, addresses: tuple[str, ...]) -> Iterator[Finding]:
        """Addresses that are other units', too: a slip in copying down a column would send one unit's figures
        to another.
        """
        for address in addresses:
            others = [other for other in self._owners[address.casefold()] if other.code != unit.code]
            if others:
                named = ", ".join(f"{other.code} {other.name}" for other in others)
                yield finding("mail-same-address", unit.place, unit=unit.code, found=address, others=named)

    @cached_property
    def _owners(self) -> Mapping[str, list[Unit]]:
        owners: dict[str, list[Unit]] = {}
        for unit in self.tables.units:
            for address in read_addresses(unit.email).valid:
                owners.setdefault(address.casefold(), []).append(unit)
        return owners

    def _result(self, unit: Unit) -> tuple[dict[str, Any], tuple[Attachment, ...]]:
        returned, left_out = self.files.returned(unit, str(self.facts.submissions[unit.code]["file"]))
        self.problems += left_out
        facts = self._own(self.facts.of_result(unit, len(returned)), "findings", unit)
        return facts, (self.files.summary(unit), *returned)

    def _reminder(self, unit: Unit) -> tuple[dict[str, Any], tuple[Attachment, ...]]:
        return self._own(self.facts.of_reminder(unit, self.today), "refused", unit), ()

    def _evidence(self, unit: Unit) -> tuple[dict[str, Any], tuple[Attachment, ...]]:
        return self._own(self.facts.of_evidence(unit, self.today), "evidence", unit), ()

    def _own(self, facts: dict[str, Any], name: str, unit: Unit) -> dict[str, Any]:
        """The facts without the findings that quote another unit's name, as typed into a form."""
        return facts | {
            name: tuple(
                problem for problem in facts[name] if not self.strangers.named_in(problem.message, unit.code)
            )
        }

    def _refuse_strangers(self, message: Message, unit: Unit, facts: Mapping[str, Any]) -> None:
        text = "\n".join((message.subject, message.plain, message.html))
        own = [str(value) for value in facts.values()]
        other = self.strangers.named_in(text, unit.code) or self.strangers.coded_in(text, unit.code, own)
        if other:
            named = f"{other} {self.facts.tables.unit[other].name}"
            raise MailNamesOther(
                unit=f"{unit.code} {unit.name}",
                other=named,
                folder=self.config.mail_templates,
            )

    # --- the province ---------------------------------------------------------------------------------------

    def _to_province(self) -> Iterator[Message]:
        to = of_the_province(self.config.mail)
        if to.bad:
            raise MailAddressFault("mail-address", found=to.bad[0])
        if not to.valid:
            self.problems.append(finding("mail-no-province"))
        else:
            message = self._written(
                PROVINCE, PROVINCE, self.facts.of_province, (to.valid, ()), (self.files.ranking(),)
            )
            yield from self._small_enough(message, say("mail.province", self.config.language))

    # --- any ------------------------------------------------------------------------------------------------

    def _written(
        self,
        unit: str,
        kind: str,
        facts: Mapping[str, Any],
        addresses: tuple[tuple[str, ...], tuple[str, ...]],
        attachments: tuple[Attachment, ...],
    ) -> Message:
        texts = self.templates.write(kind, facts)
        return Message(
            self.facts.published.month,
            unit,
            kind,
            *addresses,
            texts.subject,
            texts.plain,
            texts.html,
            attachments,
        )

    def _small_enough(self, message: Message, name: str) -> Iterator[Message]:
        limit = self.config.mail.max_message_mb
        size = len(as_eml(message, self.config.mail, moment_of(self.facts.published), draft=True)) / MB
        if size <= limit:
            yield message
        else:
            shown = f"{size:.1f} MB"
            self.problems.append(
                finding("mail-too-large", unit=message.unit, found=shown, name=name, limit=f"{limit:g}")
            )


_Compose = Callable[[Unit], tuple[dict[str, Any], tuple[Attachment, ...]]]
