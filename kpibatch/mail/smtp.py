"""A conversation with the outgoing mail server in which the outcome of every step is known (the door to
smtplib and ssl).

In: the server's settings; a message and its recipients. Out: for each recipient an ``Answer``. ``smtplib``
can send a whole message in one call, but then a lost line does not tell whether the message had gone; so the
steps are taken one by one here. What smtplib raises is an ``OSError``, like whatever else goes wrong on a
line.
"""

import ipaddress
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from functools import partial

from kpibatch.base.catalogue import say
from kpibatch.base.config import MailServer
from kpibatch.base.errors import ServerAway, ServerBusy, ServerFault
from kpibatch.mail.password import betrays, password_of
from kpibatch.months.outbox import State

_HELLO = "[127.0.0.1]"  # the machine's own name may be Thai, and tells strangers about the office
_ADDRESS = re.compile(r'[^\s<>@,;:()"\\]+@[^\s<>@,;:()"\\]+')
_LOGINS = {"PLAIN", "LOGIN", "CRAM-MD5"}
_PATIENCE = (
    10  # a server may scan a message before it answers; RFC 5321 grants it ten minutes, ten times our default
)
_PIECE = 65536
_GOODBYE_SECONDS = 5.0
_CERTIFICATES = {  # OpenSSL's numbers of what is wrong with one
    10: "smtp-certificate-expired",
    **dict.fromkeys((18, 19, 20, 21), "smtp-certificate-foreign"),
    **dict.fromkeys((62, 64), "smtp-certificate-name"),
}


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


def connect(mail: MailServer, context: ssl.SSLContext | None = None) -> "Session":
    """The server greeted, the line encrypted, its certificate and name checked, and logged in where there is
    a user name.

    ``context`` is for servers whose certificate the system does not know; ``SSL_CERT_FILE`` does the same
    from outside. Raises ``ServerFault``: not to be used as it is set up; ``ServerAway`` or ``ServerBusy``:
    perhaps later.
    """
    if not mail.host or not mail.sender:
        raise ServerFault("smtp-not-set", key="host" if not mail.host else "from")
    if mail.username and mail.security == "none" and not _is_this_machine(mail.host):
        raise ServerFault("smtp-unencrypted", host=mail.host)
    password = password_of(mail.username) if mail.username else ""
    trust = context or ssl.create_default_context()
    with _told(mail):
        kind = partial(smtplib.SMTP_SSL, context=trust) if mail.security == "tls" else smtplib.SMTP
        client = kind(mail.host, mail.port, _HELLO, timeout=mail.timeout_seconds)
        try:
            client.ehlo_or_helo_if_needed()
            if mail.security == "starttls":
                _encrypt(client, mail, trust)
            if mail.username:
                _log_in(client, mail, password)
        except BaseException:
            client.close()
            raise
    return Session(client, mail)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _encrypt(client: smtplib.SMTP, mail: MailServer, trust: ssl.SSLContext) -> None:
    if not client.has_extn("starttls"):
        raise ServerFault("smtp-no-starttls", host=mail.host, port=mail.port)
    client.starttls(context=trust)
    client.ehlo_or_helo_if_needed()


def _log_in(client: smtplib.SMTP, mail: MailServer, password: str) -> None:
    """Raises ``ServerFault``. The server's words are repeated only where the password is not among them."""
    if not _LOGINS & set(client.esmtp_features.get("auth", "").upper().split()):
        raise ServerFault("smtp-no-login", host=mail.host)
    try:
        client.login(mail.username, password)
    except UnicodeEncodeError:
        raise ServerFault("smtp-password-letters") from None
    except smtplib.SMTPAuthenticationError as refused:
        answer = _words(refused.smtp_code, refused.smtp_error)
        answer = str(refused.smtp_code) if betrays(answer, mail.username, password) else answer
        kind = ServerBusy if refused.smtp_code // 100 == 4 else ServerFault
        raise kind("smtp-login-refused", username=mail.username, answer=answer) from None
    finally:
        client.password = ""


@contextmanager
def _told(mail: MailServer) -> Iterator[None]:
    """What goes wrong before the first message, as a line that says how to mend it."""
    where = {"host": mail.host, "port": mail.port, "security": mail.security}
    try:
        yield
    except ssl.SSLCertVerificationError as reason:
        name = _CERTIFICATES.get(reason.verify_code, "smtp-certificate")
        raise ServerFault(name, **where, reason=reason.verify_message) from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise ServerAway("smtp-hung-up", **where) from None
    except ssl.SSLError as reason:
        raise ServerFault("smtp-not-tls", **where, reason=reason.reason or reason) from None
    except (socket.gaierror, UnicodeError):
        raise ServerAway("smtp-unknown-host", **where) from None
    except smtplib.SMTPResponseException as said:
        kind = ServerBusy if said.smtp_code // 100 == 4 else ServerFault
        raise kind("smtp-answer", **where, answer=_words(said.smtp_code, said.smtp_error)) from None
    except smtplib.SMTPServerDisconnected as reason:
        silent = isinstance(reason.__context__, TimeoutError)
        raise ServerAway(
            "smtp-silent" if silent else "smtp-hung-up", **where, seconds=mail.timeout_seconds
        ) from None
    except TimeoutError:
        raise ServerAway("smtp-silent", **where, seconds=mail.timeout_seconds) from None
    except (OSError, OverflowError) as reason:
        raise ServerAway(
            "smtp-unreachable", **where, reason=getattr(reason, "strerror", None) or reason
        ) from None


class Session:
    """A server that takes messages. After a lost line or a 421 it is no longer ``open``."""

    def __init__(self, client: smtplib.SMTP, mail: MailServer) -> None:
        self._client, self._mail = client, mail
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

    def send(self, eml: bytes, sender: str, recipients: Sequence[str]) -> dict[str, Answer]:
        """One message to several recipients; each of them has its answer.

        Raises ``ServerFault`` where the sender is refused.
        """
        told: dict[str, Answer] = {}
        for one in recipients:
            if not _ADDRESS.fullmatch(one):
                told[one] = Answer(State.REFUSED, "not-an-address", {"address": one})
            elif not one.isascii() and not self._client.has_extn("smtputf8"):
                told[one] = Answer(State.REFUSED, "no-smtputf8", {"address": one})
        body = _body(eml)
        limit = self._client.esmtp_features.get("size", "")
        if limit.isdecimal() and 0 < int(limit) < len(body):
            large = Answer(
                State.REFUSED,
                "too-large",
                {"size": f"{len(body) / 1e6:.1f}", "limit": f"{int(limit) / 1e6:.1f}"},
            )
            return dict.fromkeys(recipients, large) | told
        going = [one for one in dict.fromkeys(recipients) if one not in told]
        try:
            return told | (self._deliver(body, parseaddr(sender)[1], going) if going else {})
        except BaseException:
            self.close()
            raise

    def _deliver(self, body: bytes, sender: str, going: Sequence[str]) -> dict[str, Answer]:
        """The steps of one message.

        Until its last line is sent, the server may not keep it, and a lost line does no harm.
        """
        answers: dict[str, Answer] = {}

        def for_the_rest(answer: Answer) -> dict[str, Answer]:
            return dict.fromkeys(going, answer) | answers

        try:
            begun = self._begin(body, sender, going)
            if begun.state is not State.SENT:
                return for_the_rest(begun)
            for one in going:
                answer = self._judged(self._client.rcpt(one))
                if answer.state is not State.SENT:
                    answers[one] = answer
            if len(answers) == len(going):
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

    def _begin(self, body: bytes, sender: str, going: Sequence[str]) -> Answer:
        """MAIL FROM, with what the server must know of the message.

        Raises ``ServerFault`` where the sender is refused.
        """
        options = [f"SIZE={len(body)}"] if self._client.has_extn("size") else []
        if not body.isascii() and self._client.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        if not "".join((sender, *going)).isascii():
            if not self._client.has_extn("smtputf8"):
                raise ServerFault("smtp-sender-refused", sender=sender, answer="SMTPUTF8")
            options.append("SMTPUTF8")
        code, words = self._client.mail(sender, options)
        if code // 100 == 5 and code != 552:
            raise ServerFault("smtp-sender-refused", sender=sender, answer=_words(code, words))
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
        """The line that ends a message. From here on only the server's answer tells what became of it."""
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

        Raises ``_Lost`` where it is no reply to this step.
        """
        code, words = reply
        if code == 421:
            self.close()
        facts = {"answer": _words(code, words)}
        if code // 100 in accepted:
            return Answer(State.SENT, "accepted", facts)
        if code // 100 in (4, 5):
            return (
                Answer(State.DEFERRED, "deferred", facts)
                if code // 100 == 4
                else Answer(State.REFUSED, "refused", facts)
            )
        raise _Lost(_words(code, words))

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


def _words(code: int, words: bytes | str) -> str:
    """What the server said, on one line, without what a terminal would obey."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(f"{code} {shown}".split())[:200]


def _body(eml: bytes) -> bytes:
    """A message as it goes over the line: lines end with CR LF, and a dot that begins one is doubled."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", eml)
    stuffed = re.sub(rb"(?m)^\.", b"..", lines)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"
