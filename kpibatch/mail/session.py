"""One conversation with the mail server in which the outcome of every step is known.

In: a message and its recipients. Out: for each recipient an ``Answer``. ``smtplib`` can send a whole message
in one call, but then a lost line does not tell whether the message had gone; so the steps are taken one by
one here. What smtplib raises is an ``OSError``, like whatever else goes wrong on a line.
"""

import re
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from kpibatch.base.catalogue import say
from kpibatch.base.config import MailServer
from kpibatch.base.errors import ServerFault
from kpibatch.mail.message import is_address, sender_of
from kpibatch.mail.smtp import Client, Trust, connect, in_words
from kpibatch.months.outbox import State

# a server may scan a message before it answers; RFC 5321 grants it ten minutes, ten times our default
_PATIENCE = 10
_PIECE = 65536
_GOODBYE_SECONDS = 5.0


@dataclass(frozen=True)
class Answer:
    """What became of a message for one recipient, and why: ``name`` is the text's name under ``[sending]`` in
    the catalogue.

    UNKNOWN: the line was lost when the whole message was through but the server's answer was not.
    """

    state: State
    name: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: str) -> str:
        return say(f"sending.{self.name}", language, **self.facts)


class _Lost(OSError):
    """The line is gone, or what comes through it is no SMTP."""


def open_session(mail: MailServer, trust: Trust | None = None) -> "Session":
    """A conversation with the server of the settings. Raises ``ServerFault`` as ``connect`` does."""
    return Session(connect(mail, trust), mail)


class Session:
    """A server that takes messages. After a lost line or a 421 it is no longer ``open``."""

    def __init__(self, client: Client, mail: MailServer) -> None:
        self._client, self._mail = client, mail
        self._sender = sender_of(mail)[1]
        # a message and its end go out apart; else each end would wait for the server's receipt of the message
        if client.sock:
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def open(self) -> bool:
        return self._client.sock is not None

    def alive(self) -> bool:
        """Whether the server still listens; it may have hung up while nothing was sent."""
        try:
            return self.open and self._client.noop()[0] == 250
        except OSError:
            return False

    def send(self, eml: bytes, recipients: Sequence[str]) -> dict[str, Answer]:
        """One message to several recipients; each of them has its answer.

        Raises ``ServerFault`` where the sender is refused.
        """
        answers = {
            address: Answer(State.REFUSED, "not-an-address", {"address": address})
            for address in recipients
            if not is_address(address)
        }
        body = _body(eml)
        limit = self._client.esmtp_features.get("size", "")
        if limit.isdecimal() and 0 < int(limit) < len(body):
            sizes = {"size": f"{len(body) / 1e6:.1f}", "limit": f"{int(limit) / 1e6:.1f}"}
            return dict.fromkeys(recipients, Answer(State.REFUSED, "too-large", sizes)) | answers
        addresses = [address for address in dict.fromkeys(recipients) if address not in answers]
        try:
            return answers | (self._deliver(body, addresses) if addresses else {})
        except BaseException:
            self.close()
            raise

    def _deliver(self, body: bytes, recipients: Sequence[str]) -> dict[str, Answer]:
        """The steps of one message.

        Until its last line is sent, the server may not keep it, and a lost line does no harm.
        """
        answers: dict[str, Answer] = {}

        def for_the_rest(answer: Answer) -> dict[str, Answer]:
            return dict.fromkeys(recipients, answer) | answers

        try:
            begun = self._begin(body)
            if begun.state is not State.SENT:
                return for_the_rest(begun)
            for address in recipients:
                answer = self._judged(self._client.rcpt(address))
                if answer.state is not State.SENT:
                    answers[address] = answer
            if len(answers) == len(recipients):
                self._forget()
                return answers
            code, words = self._client.docmd("DATA")
            if code != 354:
                refused = self._judged((code, words), accepted=())
                self._forget()
                return for_the_rest(refused)
            for begin in range(0, len(body), _PIECE):  # the time allowed is for each piece
                self._client.send(body[begin : begin + _PIECE])
        except OSError as reason:
            self.close()
            return for_the_rest(Answer(State.DEFERRED, "lost-before", {"reason": reason}))
        return for_the_rest(self._end())

    def _begin(self, body: bytes) -> Answer:
        """MAIL FROM, with what the server must know of the message.

        Raises ``ServerFault`` where the sender is refused.
        """
        options = [f"SIZE={len(body)}"] if self._client.has_extn("size") else []
        if not body.isascii() and self._client.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        code, words = self._client.mail(self._sender, options)
        if code // 100 == 5 and code != 552:
            raise ServerFault("smtp-sender-refused", sender=self._sender, answer=in_words(code, words))
        answer = self._judged((code, words))
        if answer.state is not State.SENT:
            self._forget()
        return answer

    def _forget(self) -> None:
        """The message that was begun goes to nobody; the line is free for the next."""
        try:
            self._client.rset()
        except OSError:
            self.close()

    def _end(self) -> Answer:
        """The line that ends a message. From here on only the server's answer tells what became of it.

        Source: RFC 5321, section 4.1.1.4.
        """
        try:
            self._allow(self._mail.timeout_seconds * _PATIENCE)
            self._client.send(b".\r\n")
            answer = self._judged(self._client.getreply())
            self._allow(self._mail.timeout_seconds)
            return answer
        except OSError as reason:
            self.close()
            return Answer(State.UNKNOWN, "lost-after", {"reason": reason})

    def _judged(self, reply: tuple[int, bytes], accepted: Sequence[int] = (2,)) -> Answer:
        """A reply as a state; 421 says that the server hangs up.

        Raises ``_Lost`` where it is no reply to this step. Source: RFC 5321, section 4.2.1.
        """
        code, words = reply
        if code == 421:
            self.close()
        facts, kind = {"answer": in_words(code, words)}, code // 100
        if kind in accepted:
            return Answer(State.SENT, "accepted", facts)
        if kind == 4:
            return Answer(State.DEFERRED, "deferred", facts)
        if kind == 5:
            return Answer(State.REFUSED, "refused", facts)
        raise _Lost(in_words(code, words))

    def quit(self) -> None:
        """Say goodbye, and wait for no long answer."""
        if self.open:
            self._allow(_GOODBYE_SECONDS)
            with suppress(OSError):
                self._client.quit()
        self.close()

    def _allow(self, seconds: float) -> None:
        if self._client.sock:
            self._client.sock.settimeout(seconds)

    def close(self) -> None:
        """Hang up without a word; a message that was not ended is then not sent."""
        self._client.close()


def _body(eml: bytes) -> bytes:
    """A message as it goes over the line: lines end with CR LF, and a dot that begins one is doubled."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", eml)
    stuffed = re.sub(rb"(?m)^\.", b"..", lines)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"
