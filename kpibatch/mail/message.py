"""A mail as a record, and as the bytes of an ``.eml`` file (RFC 5322, CRLF): the same record gives the same
bytes.

Thai names of attachments are written twice, as Thunderbird does: ``filename*=UTF-8''…`` (RFC 2231), which
today's programs read, and ``name="=?utf-8?b?…?="`` (RFC 2047), which is all that old Outlook reads. A plain
``filename=`` beside them would win over both in some programs, so there is none.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.encoders import encode_base64
from email.header import Header
from email.message import Message as Part
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import encode_rfc2231, format_datetime, formataddr, quote
from functools import cached_property
from pathlib import PurePath

from kpibatch.base.catalogue import say
from kpibatch.base.config import MailServer
from kpibatch.base.errors import MailAddressFault
from kpibatch.base.mailboxes import read_mailbox
from kpibatch.books.guard.formats import MIME_TYPES
from kpibatch.books.packing import contents_digest

RESULT, REMINDER, REHEARSAL, EVIDENCE, STEP = "result", "reminder", "rehearsal", "evidence", "step"
BANGKOK = timezone(timedelta(hours=7))
# Unlike the newer policies this one never cuts a file's name into numbered pieces. Lines of up to 98 letters
# hold Excel's long type.
_POLICY = compat32.clone(linesep="\r\n", max_line_length=98)
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNSEEN = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPECIAL = re.compile(r'["<>@,;:\\()\[\]]|=\?')
_NOWHERE = "kpibatch.invalid"
_PLAIN, _LINE, _FOLD = 60, 76, "\r\n "  # letters of a text that stands plain, of a line; where one goes on


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail; ``unit`` is the code embedded in it, empty for the province's ranking."""

    name: str
    content: bytes
    unit: str


@dataclass(frozen=True)
class Message:
    """One mail. ``unit`` is a code, or ``province`` for the mail with the ranking; ``kind`` is result,
    reminder, evidence,

    province, or rehearsal for any of them that goes to oneself. ``name`` is who stands beside the addresses
    in To; it is no part of what is said.
    """

    month: str
    unit: str
    kind: str
    to: tuple[str, ...]
    copies: tuple[str, ...]
    subject: str
    plain: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    name: str = ""

    @property
    def recipients(self) -> tuple[str, ...]:
        return (*self.to, *self.copies)

    @cached_property
    def content(self) -> str:
        """A digest of what is said and attached, whoever gets it, whenever, and however it is packed."""
        return self._digest(lambda raw: contents_digest(raw).encode())

    @property
    def packed_content(self) -> str:
        """The digest by which mails went on record before packing made no difference."""
        return self._digest(bytes)

    def _digest(self, held: Callable[[bytes], bytes]) -> str:
        digest = hashlib.sha256()
        files = [
            part
            for attachment in self.attachments
            for part in (_encoded(attachment.name), held(attachment.content))
        ]
        for part in (_encoded(self.subject), _encoded(self.plain), _encoded(self.html), *files):
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()


def one_line(text: str) -> str:
    """The text as a header can hold it: no line ends, no control characters, nothing that hides or turns
    letters.
    """
    return " ".join(_UNSEEN.sub("", _BREAKS.sub(" ", _encoded(text).decode())).split())


def _encoded(text: str) -> bytes:
    """UTF-8; half characters, as undecodable file names have them, become question marks."""
    return text.encode("utf-8", "replace")


def is_address(text: str) -> bool:
    """Whether it is one bare address, in the plain letters every server takes."""
    return read_mailbox(text) == ("", text)


def sender_of(mail: MailServer) -> tuple[str, str]:
    """The sender's name and address. Raises ``KpibatchError`` where ``from`` is missing or no address."""
    mailbox = read_mailbox(mail.sender)
    if not mailbox:
        raise MailAddressFault("mail-sender", key="from", found=mail.sender)
    return mailbox


def as_eml(
    message: Message,
    mail: MailServer,
    moment: datetime,
    revision: int = 0,
    *,
    draft: bool = False,
    language: str = "th",
) -> bytes:
    """The mail as bytes, dated ``moment``; from revision 1 on its subject says so.

    A draft opens in Outlook ready to be sent, and needs no sender. Raises ``KpibatchError`` where an address
    is none.
    """
    whole = _body(message)
    for name, value in _headers(message, mail, moment, revision, draft, language):
        whole[name] = value
    return whole.as_bytes(policy=_POLICY)


def _headers(
    message: Message, mail: MailServer, moment: datetime, revision: int, draft: bool, language: str
) -> list[tuple[str, str]]:
    name, sender = sender_of(mail) if mail.sender or not draft else ("", "")
    subject = one_line(message.subject)
    if revision:
        if message.kind in (REMINDER, EVIDENCE, STEP):
            subject = say("mail.reminder-again", language, count=revision + 1, subject=subject)
        else:
            subject = say("mail.revision", language, count=revision, subject=subject)
    local = moment.astimezone(BANGKOK) if moment.tzinfo else moment.replace(tzinfo=BANGKOK)
    identity = f"<{message.content[:32]}.{revision}@{sender.rpartition('@')[2] or _NOWHERE}>"
    headers = [("X-Unsent", "1")] if draft else []
    if sender:
        headers.append(("From", _mailbox(name, sender)))
    if mail.reply_to:
        headers.append(("Reply-To", _reply_to(mail)))
    headers.append(("To", _listed(message.to, message.name)))
    if message.copies:
        headers.append(("Cc", _listed(message.copies, "")))
    return [
        *headers,
        ("Subject", _words(subject, "Subject")),
        ("Date", format_datetime(local)),
        ("Message-ID", identity),
    ]


def _reply_to(mail: MailServer) -> str:
    mailbox = read_mailbox(mail.reply_to)
    if not mailbox:
        raise MailAddressFault("mail-sender", key="reply_to", found=mail.reply_to)
    return _mailbox(*mailbox)


def _mailbox(name: str, address: str) -> str:
    """A name stands as it is where it is plain, else encoded, for no two programs read quotes alike; the
    address goes to the next line where it is long.
    """
    shown = one_line(name)
    if shown.isascii() and not _SPECIAL.search(shown) and len(shown) < _PLAIN:
        return formataddr((shown, address))
    words = Header(shown, "utf-8", 75, "From").encode(linesep="\r\n")
    last = len(words.rpartition("\r\n")[2]) + len(address)
    return f"{words}{' ' if last < _LINE else _FOLD}<{address}>"


def _listed(addresses: tuple[str, ...], name: str) -> str:
    for address in addresses:
        if not is_address(address):
            raise MailAddressFault("mail-address", found=address)
    return ("," + (_FOLD if name else " ")).join(_mailbox(name, address) for address in addresses)


def _words(text: str, header: str) -> str:
    """Text as it is where it is short and ASCII, else as encoded words, none of which breaks a letter
    apart.
    """
    return (
        text
        if text.isascii() and len(text) < _PLAIN and "=?" not in text
        else Header(text, "utf-8", 75, header).encode(linesep="\r\n")
    )


# --- the parts ----------------------------------------------------------------------------------------------


def _body(message: Message) -> Part:
    """Plain text and HTML as alternatives, and the attachments beside them."""
    texts = _multipart("alternative", message)
    for text, kind in ((message.plain, "plain"), (message.html, "html")):
        lines = _encoded(text).decode().splitlines()
        texts.attach(MIMEText("\r\n".join(lines) + "\r\n", kind, "utf-8", policy=_POLICY))
    if not message.attachments:
        return texts
    whole = _multipart("mixed", message)
    whole.attach(texts)
    for attachment in message.attachments:
        whole.attach(_attached(attachment))
    return whole


def _multipart(kind: str, message: Message) -> MIMEMultipart:
    # an underscore never occurs in Base64, so this boundary stands in no part
    return MIMEMultipart(kind, boundary=f"=_{kind}_{message.content[:32]}", policy=_POLICY)


def _attached(attachment: Attachment) -> Part:
    name = one_line(attachment.name)
    kind = MIME_TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")
    part = MIMEBase(*kind.split("/"), policy=_POLICY)
    part.set_payload(attachment.content)
    encode_base64(part)
    if name.isascii():
        part.replace_header("Content-Type", f'{kind}; name="{quote(name)}"')
        part["Content-Disposition"] = f'attachment; filename="{quote(name)}"'
    else:
        part.replace_header("Content-Type", f'{kind}; name="{Header(name, "utf-8", 60).encode(linesep="")}"')
        part["Content-Disposition"] = f"attachment; filename*={encode_rfc2231(name, 'UTF-8')}"
    return part
