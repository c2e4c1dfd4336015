"""What may still be sent: the states of the mails, and the decision that no content goes to the same person
twice.

In: what is on record of one unit's mail of one kind in one month, and whom it should reach now. Out:
``Decision``. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

DRAFT, CORRECTION, SUPERSEDED = "draft", "correction", "superseded"
Key: TypeAlias = tuple[str, str, str, str, str]


class State(StrEnum):
    """How far a mail is.

    SENDING is on record before the server is spoken to; found later, it means what UNKNOWN means: nobody
    knows whether it went. REFUSED: for good. DEFERRED: not this time, it may be sent again. SENT is final.
    """

    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"


_MAY_HAVE_GONE = {State.SENT, State.SENDING, State.UNKNOWN}


@dataclass(frozen=True)
class Entry:
    """One mail to one person; ``content`` is the SHA-256 of what it says."""

    month: str
    unit: str
    kind: str
    recipient: str
    content: str
    subject: str

    @property
    def key(self) -> Key:
        return self.month, self.unit, self.kind, self.recipient, self.content


@dataclass(frozen=True)
class Row:
    """An entry's last state; ``attempts`` counts every time the server was spoken to about it."""

    entry: Entry
    revision: int
    state: State
    attempts: int
    at: datetime
    detail: str

    @property
    def may_have_gone(self) -> bool:
        return self.state in _MAY_HAVE_GONE

    @property
    def afterwards(self) -> "Row":
        """As it reads when nobody is sending: what was left SENDING is UNKNOWN."""
        return replace(self, state=State.UNKNOWN) if self.state is State.SENDING else self


@dataclass(frozen=True)
class Decision:
    """What to send now, as which revision (0: the first); ``settled`` are the others as they are on
    record.
    """

    send: tuple[Entry, ...]
    settled: tuple[Row, ...]
    revision: int


def decide(history: Iterable[Row], wanted: Sequence[Entry], *, again: bool = False) -> Decision:
    """Which of the wanted entries, all of one content, are sent now.

    ``history`` holds every row of the same month, unit and kind. What was refused for good, and what may have
    gone, is sent only ``again``; what was sent never is.
    Source: design, section 2 (``mail`` sends only when told).
    """
    rows = tuple(history)
    known = {row.entry.key: row for row in rows}
    send = tuple(entry for entry in wanted if _open(known.get(entry.key), again))
    settled = tuple(known[entry.key] for entry in wanted if entry not in send)
    return Decision(send, settled, _revision(rows, wanted[0].content) if wanted else 0)


def prospects(history: Iterable[Row], wanted: Sequence[Entry]) -> dict[str, str]:
    """What sending would do now, by recipient: ``draft`` and ``correction`` would go, ``deferred`` once more;
    whoever has it, may have it or refused it keeps that state, or has read something newer since
    (``superseded``).
    """
    rows = tuple(history)
    decision, known = decide(rows, wanted), {row.entry.key: row for row in rows}
    new = CORRECTION if decision.revision else DRAFT
    coming = {
        entry.recipient: str(known[entry.key].state) if entry.key in known else new for entry in decision.send
    }
    stand = {
        row.entry.recipient: SUPERSEDED
        if row.state is State.SENT and is_superseded(row, rows)
        else str(row.afterwards.state)
        for row in decision.settled
    }
    return coming | stand


def _open(row: Row | None, again: bool) -> bool:
    return row is None or row.state is State.DEFERRED or (again and row.state is not State.SENT)


def _revision(rows: Sequence[Row], content: str) -> int:
    """The number this content went by, else one more than any other that may have gone."""
    gone = [row for row in rows if row.may_have_gone]
    own = [row.revision for row in gone if row.entry.content == content]
    return own[0] if own else max((row.revision + 1 for row in gone), default=0)


def state_after(before: Row | None, state: State) -> State:
    """The state after another attempt: that this one failed does not tell whether an earlier one had gone."""
    failed = state in (State.REFUSED, State.DEFERRED)
    return State.UNKNOWN if failed and before is not None and before.may_have_gone else state


def is_superseded(row: Row, history: Iterable[Row]) -> bool:
    """Whether its recipient was sent a later revision since: then this content, wanted anew, is not what they
    read last.
    """
    return any(
        other.entry.recipient == row.entry.recipient and other.may_have_gone and other.revision > row.revision
        for other in history
    )
