"""The outgoing mail server reached: greeted, encrypted, logged in; and every way it can't be.

The door to smtplib and ssl. In: the server's settings. Out: a ``Client`` that a message may be begun on.
"""

import binascii
import ipaddress
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import TypeAlias

from kpibatch.base.config import MailServer
from kpibatch.base.errors import ServerAway, ServerBusy, ServerFault
from kpibatch.mail.password import betrays, password_of
from kpibatch.mail.tokens import betrays_token, greeting_of_token, token_of

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_WHOLE_NAME = re.compile(rf"(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*")
_LITERAL = re.compile(r"\[[0-9A-Za-z.:]+\]")
_NO_NAMES = (".localdomain", ".local", ".lan", ".home", ".internal", ".arpa")  # nobody outside knows them
_AT_ONCE = 360  # letters that fit into a command's line of 512 once they are Base64
_LOGINS = {"PLAIN", "LOGIN", "CRAM-MD5"}
_CERTIFICATES = {  # OpenSSL's numbers of what is wrong with one
    10: "smtp-certificate-expired",
    **dict.fromkeys((18, 19, 20, 21), "smtp-certificate-foreign"),
    **dict.fromkeys((62, 64), "smtp-certificate-name"),
}


Client: TypeAlias = smtplib.SMTP
Trust: TypeAlias = ssl.SSLContext


class _Refused(Exception):
    """The server does not take the token; another one may do."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer


def connect(mail: MailServer, trust: Trust | None = None) -> Client:
    """The server greeted, the line encrypted, its certificate and name checked, and logged in where there is
    a user name. A token that is refused may have expired: it is asked for once more.

    ``trust`` is for servers whose certificate the system does not know; ``SSL_CERT_FILE`` does the same
    from outside. Raises ``ServerFault``: not to be used as it is set up; ``ServerAway`` or ``ServerBusy``:
    perhaps later.
    """
    if not mail.host or not mail.sender:
        raise ServerFault("smtp-not-set", key="host" if not mail.host else "from")
    if mail.username and mail.security == "none" and not _is_this_machine(mail.host):
        raise ServerFault("smtp-unencrypted", host=mail.host)
    if mail.auth != "xoauth2":
        return _logged_in(mail, trust, password_of(mail.username) if mail.username else "")
    refused, tried = "", set[str]()
    while len(tried) < 2 and (token := token_of(mail)) not in tried:
        try:
            return _logged_in(mail, trust, token)
        except _Refused as by:
            refused = by.answer
        tried.add(token)
    raise ServerFault("smtp-token-refused", username=mail.username, answer=refused)


def _logged_in(mail: MailServer, trust: Trust | None, secret: str) -> Client:
    with _explained(mail):
        secure = mail.security == "tls"
        kind = partial(smtplib.SMTP_SSL, context=_trusted(trust)) if secure else smtplib.SMTP
        client = kind(mail.host, mail.port, "[127.0.0.1]", timeout=mail.timeout_seconds)
        try:
            client.local_hostname = _own_name(mail, client)
            client.ehlo_or_helo_if_needed()
            if mail.security == "starttls":
                _encrypt(client, mail, _trusted(trust))
            if mail.auth == "xoauth2":
                _log_in_by_token(client, mail, secret)
            elif mail.username:
                _log_in(client, mail, secret)
        except BaseException:
            client.close()
            raise
    return client


def _own_name(mail: MailServer, client: Client) -> str:
    """What EHLO says: the name that is set, else this computer's whole name, else the address it speaks from.

    Source: RFC 5321, sections 2.3.5 and 4.1.3.
    """
    if mail.helo:
        if not _WHOLE_NAME.fullmatch(mail.helo) and not _LITERAL.fullmatch(mail.helo):
            raise ServerFault("smtp-helo", found=mail.helo)
        return mail.helo
    name = _whole_name()
    if name or client.sock is None:
        return name or "[127.0.0.1]"
    address = str(client.sock.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


@cache
def _whole_name() -> str:
    """This computer's name as others know it; blank where it has none but its own. The network is asked, so
    once is enough.
    """
    name = socket.getfqdn()
    return name if _WHOLE_NAME.fullmatch(name) and not name.lower().endswith(_NO_NAMES) else ""


def _trusted(trust: Trust | None) -> Trust:
    """What the system trusts, where nothing else is said; read only where the line is encrypted."""
    return trust or ssl.create_default_context()


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _encrypt(client: smtplib.SMTP, mail: MailServer, trust: Trust) -> None:
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
        answer = in_words(refused.smtp_code, refused.smtp_error)
        answer = str(refused.smtp_code) if betrays(answer, mail.username, password) else answer
        kind = ServerBusy if refused.smtp_code // 100 == 4 else ServerFault
        raise kind("smtp-login-refused", username=mail.username, answer=answer) from None
    finally:
        client.password = ""


def _log_in_by_token(client: smtplib.SMTP, mail: MailServer, token: str) -> None:
    """Raises ``ServerFault``. What is too long for a command's line is said when the server asks for it. A
    server that refuses says why in a challenge first, which is answered by nothing.

    Source: https://developers.google.com/workspace/gmail/imap/xoauth2-protocol; RFC 4954, section 4.
    """
    if "XOAUTH2" not in client.esmtp_features.get("auth", "").upper().split():
        raise ServerFault("smtp-no-xoauth2", host=mail.host)
    greeting = greeting_of_token(mail.username, token)
    at_once = len(greeting) < _AT_ONCE
    try:
        client.auth(
            "XOAUTH2", lambda challenge=None: "" if challenge else greeting, initial_response_ok=at_once
        )
    except UnicodeEncodeError:
        raise ServerFault("smtp-password-letters") from None
    except binascii.Error:
        raise _Refused("334") from None
    except smtplib.SMTPAuthenticationError as refused:
        answer = in_words(refused.smtp_code, refused.smtp_error)
        answer = str(refused.smtp_code) if betrays_token(answer, mail.username, token) else answer
        if refused.smtp_code // 100 == 4:
            facts = {"username": mail.username, "answer": answer}
            raise ServerBusy("smtp-token-refused", **facts) from None
        raise _Refused(answer) from None


@contextmanager
def _explained(mail: MailServer) -> Iterator[None]:
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
    except smtplib.SMTPResponseException as refused:
        kind = ServerBusy if refused.smtp_code // 100 == 4 else ServerFault
        raise kind("smtp-answer", **where, answer=in_words(refused.smtp_code, refused.smtp_error)) from None
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


def in_words(code: int, words: bytes | str) -> str:
    """What the server said, on one line, without what a terminal would obey."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(f"{code} {printable}".split())[:200]
