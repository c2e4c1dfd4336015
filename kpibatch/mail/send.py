"""Sending a month's mails: one after the other, each content to each person at most once, whatever breaks in
between.

The intent is on record before the server is spoken to, the outcome right after; what a crash leaves in
between is UNKNOWN and is sent again only when told. What is refused for now waits for the next round over the
mails, so that one hesitating server holds up nobody.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from kpibatch.base.catalogue import say
from kpibatch.base.config import Config, MailServer
from kpibatch.base.errors import MailInterrupted, MailStopped, ServerAway, ServerBusy, ServerFault
from kpibatch.base.progress import Progress
from kpibatch.books.guard.job import ctrl_c_answered
from kpibatch.mail.session import Session, open_session
from kpibatch.months.database import Connection
from kpibatch.months.journal import Outbox
from kpibatch.months.outbox import Decision, Entry, Key, Row, State, decide, is_superseded, state_after

_FIRST_WAIT = 5.0  # seconds before the second attempt; then twice as long each time
# so many lines lost one after the other are the server's doing: each may cost a mail nobody knows about
_LOST_IN_A_ROW = 5


class Letter(Protocol):
    """A mail to one unit, ready but for its number as a revision."""

    @property
    def month(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def content(self) -> str: ...
    @property
    def recipients(self) -> Sequence[str]: ...


AnyLetter = TypeVar("AnyLetter", bound=Letter)


@dataclass(frozen=True)
class Result:
    """Where one mail to one person stands; ``fresh`` where it was tried just now.

    ``superseded``: this content was sent, then a revision of it, and now the content is the old one again.
    """

    row: Row
    fresh: bool
    superseded: bool = False


def local_time() -> datetime:
    return datetime.now().astimezone()


def send_all(
    letters: Sequence[Callable[[], AnyLetter]],
    as_eml: Callable[[AnyLetter, MailServer, datetime, int], bytes],
    config: Config,
    connection: Connection,
    folder: Path,
    progress: Progress,
    *,
    again: Collection[str] = frozenset(),
    server: Callable[[MailServer], Session] = open_session,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], datetime] = local_time,
) -> tuple[Result, ...]:
    """Send what was not sent yet; one ``Result`` for each letter and recipient.

    A letter is made when its turn comes and let go after it. ``folder`` is the month's; to the units in
    ``again`` goes also what was refused for good or may have gone. Raises ``KpibatchError``: the server can't
    be used, the records can't be written, or Ctrl-C; all that was done until then is on record.
    """
    sender = _Sender(as_eml, config, Outbox(connection, folder), server, sleep, clock)
    results: dict[int, tuple[Result, ...]] = {}
    try:
        sender.outbox.reconcile()
        _rounds(letters, sender, results, progress, again)
    except KeyboardInterrupt:
        raise MailInterrupted(**_counts(results, len(letters))) from None
    except ServerFault as fault:
        if not sender.tried:
            raise
        raise MailStopped(**_counts(results, len(letters)), reason=fault.message(config.language)) from None
    finally:
        sender.close()
    return tuple(result for at in sorted(results) for result in results[at])


def _rounds(
    letters: Sequence[Callable[[], AnyLetter]],
    sender: "_Sender[AnyLetter]",
    results: dict[int, tuple[Result, ...]],
    progress: Progress,
    again: Collection[str],
) -> None:
    """All letters, then those refused for now, as often as the settings say, with longer and longer waits
    between.
    """
    waiting: Sequence[int] = range(len(letters))
    for attempt in range(max(1, sender.mail.attempts)):
        if attempt:
            sender.sleep(_wait(attempt))
        progress.step("sending-again" if attempt else "sending")
        for done, at in enumerate(waiting, 1):
            results[at] = sender.send(letters[at](), again if not attempt else ())
            progress.tick(done, len(waiting))
            if sender.interrupted.is_set():
                raise KeyboardInterrupt
        waiting = [at for at in waiting if _is_waiting(results[at])]
        if not waiting:
            return


def _is_waiting(results: Sequence[Result]) -> bool:
    return any(result.row.state is State.DEFERRED for result in results)


def _counts(results: Mapping[int, Sequence[Result]], letters: int) -> dict[str, int]:
    """How many letters went just now, and how many are left to be sent."""
    sent = sum(any(each.fresh and each.row.state is State.SENT for each in of) for of in results.values())
    return {"sent": sent, "left": letters - sum(not _is_waiting(of) for of in results.values())}


def _wait(attempt: int) -> float:
    return float(_FIRST_WAIT * 2 ** (attempt - 1))


@dataclass
class _Sender(Generic[AnyLetter]):
    """Sends one letter at a time over one connection, which it makes when it is needed and again when it is
    lost.
    """

    as_eml: Callable[[AnyLetter, MailServer, datetime, int], bytes]
    config: Config
    outbox: Outbox
    server: Callable[[MailServer], Session]
    sleep: Callable[[float], None]
    clock: Callable[[], datetime]
    tried: set[Key] = field(default_factory=set)
    interrupted: threading.Event = field(default_factory=threading.Event)
    _session: Session | None = None
    _met: bool = False
    _lost: int = 0
    _next: datetime | None = None

    @property
    def mail(self) -> MailServer:
        return self.config.mail

    def send(self, letter: AnyLetter, again: Collection[str]) -> tuple[Result, ...]:
        """Whoever of the letter's recipients may have it and has it not; where all of them stand then."""
        month, unit, kind = letter.month, letter.unit, letter.kind
        wanted = [
            Entry(month, unit, kind, to, letter.content, _one_line(letter.subject))
            for to in dict.fromkeys(letter.recipients)
        ]
        history = self.outbox.history(month, unit, kind)
        decision = decide(history, wanted, again=unit in again)
        if decision.send:
            eml = self.as_eml(letter, self.mail, self.clock(), decision.revision)
            self._keep_pace()
            session = self._connected()
            with _uninterrupted(self.interrupted):
                self._speak(session, eml, history, decision)
            history = self.outbox.history(month, unit, kind)
        rows = {row.entry.key: row for row in history}
        return tuple(self._result(rows[entry.key], history) for entry in wanted)

    def _result(self, row: Row, history: Sequence[Row]) -> Result:
        return Result(
            row.afterwards,
            row.entry.key in self.tried,
            row.state is State.SENT and is_superseded(row, history),
        )

    def _speak(self, session: Session, eml: bytes, history: Sequence[Row], decision: Decision) -> None:
        """Intent, conversation, outcome."""
        language, now = self.config.language, self.clock()
        before = {row.entry.key: row for row in history}
        tries = {key: row.attempts for key, row in before.items()}
        underway = say("sending.underway", language)
        rows = [
            Row(entry, decision.revision, State.SENDING, tries.get(entry.key, 0) + 1, now, underway)
            for entry in decision.send
        ]
        self.outbox.claim(history, rows)
        self.tried.update(row.entry.key for row in rows)
        fault: ServerFault | None = None
        try:
            answers = session.send(eml, [row.entry.recipient for row in rows])
            became = {to: (answer.state, answer.text(language)) for to, answer in answers.items()}
        except ServerFault as reason:
            fault, deferred = reason, (State.DEFERRED, reason.message(language))
            became = {row.entry.recipient: deferred for row in rows}
        now = self.clock()
        self.outbox.record(
            [
                _after(row, before.get(row.entry.key), *became[row.entry.recipient], now, language)
                for row in rows
            ]
        )
        if fault:
            raise fault
        self._lost = 0 if session.open else self._lost + 1
        if self._lost >= _LOST_IN_A_ROW:
            raise ServerAway("smtp-keeps-hanging-up", host=self.mail.host, count=self._lost)

    def _connected(self) -> Session:
        """A connection that is alive.

        A server met before is tried again with patience; one never met, only if it asks for that.
        """
        if self._session and self._session.alive():
            return self._session
        self.close()
        attempts = max(1, self.mail.attempts)
        for attempt in range(1, attempts + 1):
            try:
                self._session = self.server(self.mail)
                self._met = True
                break
            except (ServerAway, ServerBusy) as fault:
                if attempt == attempts or (isinstance(fault, ServerAway) and not self._met):
                    raise
                self.sleep(_wait(attempt))
        assert self._session
        return self._session

    def _keep_pace(self) -> None:
        """No more than ``per_minute`` letters in a minute; 0 sets no pace."""
        if self.mail.per_minute <= 0:
            return
        pause = timedelta(minutes=1) / self.mail.per_minute
        if self._next:
            left = min(self._next - self.clock(), pause)  # the clock may have been set back
            if left > timedelta():
                self.sleep(left.total_seconds())
        self._next = self.clock() + pause

    def close(self) -> None:
        if self._session:
            self._session.quit()
        self._session = None


def _after(row: Row, before: Row | None, answered: State, detail: str, now: datetime, language: str) -> Row:
    """The row with its outcome."""
    state = state_after(before, answered)
    if state is not answered:
        detail = say("sending.still-unknown", language, detail=detail)
    return replace(row, state=state, at=now, detail=_one_line(detail))


def _one_line(text: str) -> str:
    """As it goes on record: what Excel would take for a formula does not begin like one."""
    return " ".join(text.split()).lstrip("=+-@ ")


@contextmanager
def _uninterrupted(interrupted: threading.Event) -> Iterator[None]:
    """Ctrl-C waits until the letter at hand is through; a second one breaks in."""

    def hold(*_: object) -> None:
        if interrupted.is_set():
            raise KeyboardInterrupt
        interrupted.set()

    with ctrl_c_answered(hold):
        yield
