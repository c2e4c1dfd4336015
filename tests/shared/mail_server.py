"""Mail servers on this machine to send to: a real one that keeps a box and can be told to misbehave, and one
that only follows a script.

``PostOffice`` is aiosmtpd with TLS and login where asked. ``orders`` tells what it does instead of accepting,
by recipient, one order at a time: a reply such as ``451 later`` or ``550 no`` (to RCPT), ``data 452 full``
(to DATA), ``end 554 spam`` (after the message), ``drop`` (hang up at RCPT), ``drop-body`` (within the
message), ``keep-drop`` and ``lose-drop`` (after its end, kept or not).
"""

import base64
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, syntax

from kpibatch.base.config import Config
from kpibatch.base.config import MailServer as Settings

HOST, USER, PASSWORD = "127.0.0.1", "kpi", "s3cret-pass"


@dataclass(frozen=True)
class Received:
    """One message as the server took it."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)


class PostOffice:
    """What the server received, and what it was told to do. ``connections`` and ``logins`` count."""

    def __init__(self) -> None:
        self.box: list[Received] = []
        self.orders: dict[str, list[str]] = {}
        self.connections = 0
        self.port = 0
        self.on_keep: Callable[[int], None] = lambda kept: None
        self.greeted: list[str] = []

    async def handle_EHLO(
        self, server: SMTP, session: Any, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.greeted.append(hostname)
        return responses

    def received(self) -> Counter[str]:
        """How often each address got something."""
        return Counter(to for mail in self.box for to in mail.recipients)

    def order(self, envelope: Envelope, *kinds: str) -> str:
        """The order of this kind, if one stands first for a recipient of the message; then it is carried out
        and gone.
        """
        for to in envelope.rcpt_tos:
            waiting = self.orders.get(to, [])
            if waiting and waiting[0].split()[0] in kinds:
                return waiting.pop(0)
        return ""

    def keep(self, envelope: Envelope) -> None:
        self.box.append(
            Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.original_content or b"")
        )
        self.on_keep(len(self.box))

    async def handle_RCPT(
        self, server: SMTP, session: object, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        waiting = self.orders.get(address, [])
        if waiting and (waiting[0] == "drop" or waiting[0][0].isdigit()):
            order = waiting.pop(0)
            if order != "drop":
                return order
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: object, envelope: Envelope) -> str:
        order = self.order(envelope, "end", "keep-drop", "lose-drop")
        if order.startswith("end"):
            return order[4:]
        if order != "lose-drop":
            self.keep(envelope)
        if order:
            server.transport.abort()
        return "250 OK taken"


class TokenOffice(PostOffice):
    """It takes tokens (XOAUTH2), those in ``good``; what it was shown is in ``shown``. What is no good is
    answered as Google does: a challenge that says why, which wants an empty answer, then 535.
    """

    def __init__(self, *good: str) -> None:
        super().__init__()
        self.good, self.shown, self.answers = set(good), list[str](), list[object]()
        self.at_once = False

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        self.at_once = len(args) > 1
        said = base64.b64decode(args[1]) if len(args) > 1 else await server.challenge_auth("")
        user, bearer, *ends = said.decode().split("\x01")
        assert (user, ends) == (f"user={USER}", ["", ""])
        self.shown.append(bearer.removeprefix("auth=Bearer "))
        if self.shown[-1] in self.good:
            return AuthResult(success=True)
        why = '{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}'
        self.answers.append(await server.challenge_auth(why))
        return AuthResult(success=False, handled=False)


class _Talk(SMTP):
    """aiosmtpd's conversation, with orders that concern DATA itself, and lines as long as tokens."""

    line_length_limit = 12_288  # RFC 4954, section 4

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:
        office, envelope = self.event_handler, self.envelope
        if order := office.order(envelope, "data"):
            await self.push(order[5:])
        elif office.order(envelope, "drop-body"):
            await self.push("354 go on")
            await self._reader.read(100)
            self.transport.abort()
        else:
            await super().smtp_DATA(arg)


@contextmanager
def post_office(
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    login: bool = False,
    size: int = 0,
    office: PostOffice | None = None,
) -> Iterator[PostOffice]:
    """A server at ``office.port``; with ``login`` it wants ``USER`` and ``PASSWORD``, or a token."""
    office = office or PostOffice()

    class Here(Controller):
        def factory(self) -> SMTP:
            office.connections += 1
            return _Talk(office, **self.SMTP_kwargs)

    def authenticate(
        server: object, session: object, envelope: object, mechanism: str, data: object
    ) -> AuthResult:
        right = (getattr(data, "login", b""), getattr(data, "password", b"")) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=right, handled=False)

    wants = (
        {"auth_required": True, "auth_require_tls": bool(starttls), "authenticator": authenticate}
        if login
        else {}
    )
    here = Here(
        office,
        hostname=HOST,
        port=free_port(),
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=bool(starttls),
        data_size_limit=size or None,
        **wants,
    )
    here.start()
    office.connections, office.port = 0, here.port
    try:
        yield office
    finally:
        here.stop()


def free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])


@contextmanager
def scripted(replies: Mapping[str, str], greeting: str = "220 here") -> Iterator[int]:
    """A server that answers each command by its first word, ``.`` being a message's end; its port.

    An empty greeting or reply is silence, ``hang up`` ends the line; what is not in the script is answered
    ``250 OK``.
    """
    listening = socket.create_server((HOST, 0))
    threading.Thread(target=_follow, args=(listening, replies, greeting), daemon=True).start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        listening.close()


def _follow(listening: socket.socket, replies: Mapping[str, str], greeting: str) -> None:
    while True:
        try:
            line, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(line, replies, greeting), daemon=True).start()


def _answer(line: socket.socket, replies: Mapping[str, str], greeting: str) -> None:
    with line, line.makefile("rb") as commands:
        in_message, reply = False, greeting
        while reply != "hang up":
            if reply:
                line.sendall(reply.encode() + b"\r\n")
            while command := commands.readline():
                if not in_message or command == b".\r\n":
                    break
            if not command:
                return
            word = command.decode().split()[0].upper() if command.strip() else ""
            reply = replies.get(word, "354 go on" if word == "DATA" else "250 OK")
            in_message = word == "DATA" and reply.startswith("354")


# --- what is sent, and by whom ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """A mail as ``send_all`` wants it."""

    unit: str
    text: str = "คะแนน"
    recipients: tuple[str, ...] = ()
    month: str = "2565-06"
    kind: str = "summary"
    subject: str = "สรุปผล"
    content: str = field(default="", init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "content", f"sha-of-{self.text}")
        if not self.recipients:
            object.__setattr__(self, "recipients", (f"{self.unit}@amphoe.example",))

    def __call__(self) -> "Letter":
        return self


def as_eml(letter: Letter, mail: Settings, moment: datetime, revision: int) -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Date"] = mail.sender, ", ".join(letter.recipients), moment
    message["Subject"] = f"{letter.subject} แก้ไขครั้งที่ {revision}" if revision else letter.subject
    message.set_content(letter.text)
    return message.as_bytes()


def settings(port: int, **keys: object) -> Settings:
    """Settings of a server here; plain unless ``security`` says otherwise, fast and impatient."""
    plain = {
        "host": HOST,
        "port": port,
        "security": "none",
        "sender": "kpi@province.example",
        "per_minute": 0,
        "timeout_seconds": 5.0,
    }
    return Settings(**(plain | keys))  # type: ignore[arg-type]


def configured(port: int, root: Path = Path(), **keys: object) -> Config:
    return Config(root, mail=settings(port, **keys))
