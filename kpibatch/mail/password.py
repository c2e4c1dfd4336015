"""The mail account's password: where it comes from, and that nobody repeats it (the door to keyring)."""

import base64
import os
from contextlib import suppress

import keyring

from kpibatch.base.errors import SmtpNoPassword

VARIABLE = "KPIBATCH_SMTP_PASSWORD"
SERVICE = "kpibatch"


def password_of(username: str) -> str:
    """The password from the environment, else from the system's keyring.

    Raises ``KpibatchError``: there is none.
    """
    password = os.environ.get(VARIABLE)
    if not password:
        with suppress(
            Exception
        ):  # each system's keyring fails in its own way: there is none, it is locked, nobody may be asked
            password = keyring.get_password(SERVICE, username)
    if not password:
        raise SmtpNoPassword(username=username)
    return password


def betrays(text: str, username: str, password: str) -> bool:
    """Whether a server's words hold the password, as it is or as it goes over the line."""
    plain = (password, f"\0{username}\0{password}")
    return any(
        secret in text for secret in (*plain, *(base64.b64encode(clear.encode()).decode() for clear in plain))
    )
