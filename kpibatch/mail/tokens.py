"""An access token in the place of a password, for Microsoft 365 and Google (XOAUTH2): what the operator's own
command prints.

How a token is got hangs on the office's account and its administrator: a script, a tool of the provider's, a
small program that renews it. The command is run without a shell, with a limit of time; what it says on stderr
(a link to open, a code to type) goes to the terminal as it comes, and nowhere else.
"""

import base64
import re
import subprocess

from kpibatch.base.config import MailServer
from kpibatch.base.errors import ServerFault

# RFC 6750, section 2.1; some answer with more than a line, of which the token is none
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


def token_of(mail: MailServer) -> str:
    """The token that the command prints. Raises ``ServerFault`` where it prints none."""
    if not mail.username or not mail.token_command:
        raise ServerFault("smtp-not-set", key="token_command" if mail.username else "username")
    program = mail.token_command[0]
    try:
        done = subprocess.run(
            mail.token_command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=mail.timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ServerFault("smtp-token-late", program=program, seconds=f"{mail.timeout_seconds:g}") from None
    except (OSError, ValueError) as reason:
        why = getattr(reason, "strerror", None) or reason
        raise ServerFault("smtp-token-program", program=program, reason=why) from None
    token = done.stdout.decode("ascii", "replace").strip()
    if done.returncode or not _TOKEN.fullmatch(token):
        raise ServerFault("smtp-token-none", program=program, code=done.returncode)
    return token


def greeting_of_token(username: str, token: str) -> str:
    """What is said first, before it is put into Base64."""
    return f"user={username}\x01auth=Bearer {token}\x01\x01"


def betrays_token(text: str, username: str, token: str) -> bool:
    """Whether a server's words hold the token, as it is or as it goes over the line."""
    over_the_line = base64.b64encode(greeting_of_token(username, token).encode()).decode()
    return token in text or over_the_line[:60] in text
