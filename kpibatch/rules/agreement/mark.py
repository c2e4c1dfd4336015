"""What was agreed, as the custom properties of a file, and back: documents and workbooks keep them when they
are saved again.

In: ``Agreed`` and the lines that people read. Out: names and values. A digest of those lines goes with it, so
that a list typed over is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpibatch.base.thai import squash
from kpibatch.books.look import WHOSE
from kpibatch.rules.agreement.agreed import NOTHING, Agreed, Part
from kpibatch.rules.fingerprint import fingerprint

AGREEMENT, FORMAT = "kpibatch_agreement", "1"
_ROUND, _DIGEST, _TEXT, _ROWS, _PART = (
    f"kpibatch_agreed_{name}" for name in ("round", "digest", "text", "rows", "part_")
)
_BETWEEN, _PIECES = " | ", 4


@dataclass(frozen=True)
class Marked:
    """What a file says was agreed; ``text`` is the digest of its lists as they were written, ``rows`` where
    they stand on a sheet (from 0, the last included; in a document ``None``).

    ``sound`` says whether it is as the program has marked it.
    """

    agreed: Agreed
    text: str
    rows: tuple[int, int] | None
    sound: bool


def text_digest(lines: Iterable[str]) -> str:
    """A fingerprint of what people read, whatever its spaces."""
    return fingerprint([squash(line) for line in lines if squash(line)])[:16]


def marks_of(agreed: Agreed, lines: Iterable[str], rows: tuple[int, int] | None = None) -> dict[str, str]:
    """The custom properties of an agreement whose lists hold these lines."""
    first = {
        WHOSE: agreed.unit,
        AGREEMENT: FORMAT,
        _ROUND: agreed.round,
        _DIGEST: agreed.digest,
        _TEXT: text_digest(lines),
        **({_ROWS: f"{rows[0]}-{rows[1]}"} if rows else {}),
    }
    parts = (
        _BETWEEN.join((part.kind, part.of, part.since or NOTHING, part.content)) for part in agreed.parts
    )
    return first | {f"{_PART}{number:04}": said for number, said in enumerate(parts, 1)}


def marked(properties: Iterable[tuple[str, str]]) -> Marked | None:
    """What custom properties say was agreed; ``None`` where they are not those of an agreement."""
    said = {name.casefold(): value for name, value in properties}
    if AGREEMENT not in said:
        return None
    parts = tuple(_part(said[name]) for name in sorted(said) if name.startswith(_PART))
    known = tuple(part for part in parts if part)
    agreed = Agreed(squash(said.get(WHOSE, "")), said.get(_ROUND, ""), known)
    sound = said[AGREEMENT] == FORMAT and len(known) == len(parts) and agreed.digest == said.get(_DIGEST)
    return Marked(agreed, said.get(_TEXT, ""), _rows(said), sound)


def _part(said: str) -> Part | None:
    pieces = said.split(_BETWEEN)
    if len(pieces) < _PIECES:
        return None
    kind, *of, since, content = pieces
    return Part(kind, _BETWEEN.join(of), "" if since == NOTHING else since, content)


def _rows(said: Mapping[str, str]) -> tuple[int, int] | None:
    first, dash, last = said.get(_ROWS, "").partition("-")
    return (int(first), int(last)) if dash and first.isdecimal() and last.isdecimal() else None
