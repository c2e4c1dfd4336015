"""What people type into อีเมล and สำเนา → the addresses a mail may be sent to, and what is none.

Several are set apart by a comma, a semicolon, a line or spaces; each may have a name before it: ``พัฒนาการ
<a@b.example>``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kpibatch.base.thai import squash

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    r"(?=.{1,254}$)(?=[^@]{1,64}@)"  # as long as a mail server takes: in all, and before the @
    rf"{_ATOM}(?:\.{_ATOM})*@((?:{_LABEL}\.)+(?:[A-Za-z]{{2,63}}|xn--{_LABEL}))"
)
_NAMED = re.compile(r'(?P<name>"(?:[^"\\]|\\.)*"|[^<>"]*)\s*<(?P<address>[^<>]*)>')
_PIECE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|<[^<>]*>|[^,;\n])+')


@dataclass(frozen=True)
class Addresses:
    """The addresses in the order typed, each once, and the pieces that are none."""

    valid: tuple[str, ...]
    bad: tuple[str, ...] = ()


def read_addresses(*cells: str) -> Addresses:
    """The addresses of one or several cells."""
    valid: dict[str, str] = {}
    bad: dict[str, None] = {}
    for piece in (piece for cell in cells for piece in _pieces(cell)):
        mailbox = read_mailbox(piece)
        if mailbox:
            valid.setdefault(mailbox[1].casefold(), mailbox[1])
        else:
            bad[piece] = None
    return Addresses(tuple(valid.values()), tuple(bad))


def _pieces(cell: str) -> Iterator[str]:
    for match in _PIECE.finditer(cell.replace("\r", "\n")):
        piece = squash(match[0])
        words = piece.split()
        yield from (
            words
            if len(words) > 1 and all("@" in word and "<" not in word for word in words)
            else filter(None, [piece])
        )


def read_mailbox(text: str) -> tuple[str, str] | None:
    """The name (often empty) and the address of one mailbox; ``None`` where it is none.

    >>> read_mailbox("สพจ. บุรีรัมย์ <kpi@office.example>")
    ('สพจ. บุรีรัมย์', 'kpi@office.example')
    >>> read_mailbox("kpi(at)office.example")
    """
    named = _NAMED.fullmatch(squash(text))
    name, address = (named["name"].strip(' "'), named["address"].strip()) if named else ("", squash(text))
    user, _, domain = address.rpartition("@")
    try:
        address = f"{user}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return None
    return (re.sub(r"\\(.)", r"\1", name), address) if _ADDRESS.fullmatch(address) else None
