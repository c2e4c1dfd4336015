"""The points about the mail server: greeted and encrypted, nobody logged in, nothing sent."""

from dataclasses import replace

from kpibatch.base.config import MailServer
from kpibatch.base.errors import KpibatchError
from kpibatch.commands.door.point import Points, State

_SECONDS = 15.0


def server(mail: MailServer, language: str) -> Points:
    """Whether the server answers as it is set up, and whether there is a password for it."""
    points = Points(language)
    if not mail.host:
        points.tell("mail", State.NOTE, "–", "mail-unset")
        return points
    try:
        from kpibatch.mail.password import password_of
        from kpibatch.mail.smtp import connect
    except ImportError:
        return points
    where = f"{mail.host}:{mail.port} {mail.security}"
    try:
        patience = min(mail.timeout_seconds, _SECONDS)
        client = connect(replace(mail, username="", timeout_seconds=patience))
        logins = client.esmtp_features.get("auth", "").strip() or "–"
        client.close()
        points.ok("mail", f"{where}, AUTH {logins}")
    except KpibatchError as reason:
        points.add("mail", State.WARNING, where, reason.message(language))
    if mail.username:
        try:
            password_of(mail.username)
            points.ok("password", mail.username)
        except KpibatchError as reason:
            points.add("password", State.WARNING, mail.username, reason.message(language))
    return points
