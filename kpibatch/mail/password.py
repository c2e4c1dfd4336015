"""The mail account's password: where it comes from, and that nobody repeats it."""

import base64
import os

from kpibatch.base.errors import SmtpNoPassword
from kpibatch.months.keys import secret_of

VARIABLE = "KPIBATCH_SMTP_PASSWORD"


def password_of(username: str) -> str:
    """The password from the environment, else from the system's keyring.

    Raises ``KpibatchError``: there is none.
    """
    password = os.environ.get(VARIABLE) or secret_of(username)
    if not password:
        raise SmtpNoPassword(username=username)
    return password


def betrays(text: str, username: str, password: str) -> bool:
    """Whether a server's words hold the password, as it is or as it goes over the line."""
    plain = (password, f"\0{username}\0{password}")
    return any(
        secret in text for secret in (*plain, *(base64.b64encode(clear.encode()).decode() for clear in plain))
    )
