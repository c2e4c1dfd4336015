"""A letter's text, whatever kind of file it came in: .txt, .docx or .pdf.

In: a path. Out: ``Letter``, its lines with their numbers. A stranger's file is read in a child process with
caps, as submissions are.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import LetterFault
from kpibatch.base.thai import squash
from kpibatch.books.guard.capped import USUAL, capped
from kpibatch.books.guard.inspect import take
from kpibatch.books.guard.limits import Refused
from kpibatch.books.text import decoded
from kpibatch.rules.letter.pdf import read_pdf
from kpibatch.rules.letter.word import read_word

LONGEST = 1_000_000  # letters; a letter of twenty pages with its annex has 50,000
_BLOCK = re.compile(r"</?(?:p|ul|ol|li|br|div|tr|table)\b[^<>]*>", re.IGNORECASE)
_OTHER = re.compile(r"</?[a-z][a-z0-9]*\b[^<>]*>", re.IGNORECASE)
_PDF, _ZIP = b"%PDF", b"PK\3\4"


@dataclass(frozen=True)
class Line:
    """A line, a paragraph or a table's row: cells apart by tabs, a cell's paragraphs by line breaks.

    ``number`` counts from 1, blank lines too, so that a person finds it.
    """

    number: int
    text: str


@dataclass(frozen=True)
class Letter:
    """What a letter says; ``inserted`` and ``deleted`` are how many letters its tracked changes have,
    ``blank`` the pages without any text, which may be pictures of it.
    """

    file: str
    lines: tuple[Line, ...]
    inserted: int = 0
    deleted: int = 0
    blank: tuple[int, ...] = ()


def read_letter(path: Path, limits: IntakeLimits = USUAL) -> Letter:
    """The letter at ``path``. Raises ``LetterFault`` where there is none, or none with text in it."""
    if not path.is_file():
        raise LetterFault("letter-missing", file=path)
    try:
        letter = capped(limits, _read, path, limits)
    except Refused as reason:
        raise LetterFault("letter-unreadable", file=path, reason=reason) from None
    if not letter.lines:
        raise LetterFault("letter-no-text", file=path)
    if sum(len(line.text) for line in letter.lines) > LONGEST:
        raise LetterFault("letter-too-long", file=path, most=f"{LONGEST:,}")
    return letter


def _read(path: Path, limits: IntakeLimits) -> Letter:
    raw = take(path, limits)
    inserted = deleted = 0
    if raw.startswith(_PDF):
        lines, blank = read_pdf(raw)
        return replace(letter_of(path.name, lines), blank=blank)
    elif raw.startswith(_ZIP):
        lines, inserted, deleted = read_word(raw, limits)
    else:
        lines = _plain(raw)
    return letter_of(path.name, lines, inserted, deleted)


def _plain(raw: bytes) -> list[str]:
    try:
        text = decoded(raw)
    except ValueError as reason:
        raise Refused("file-malformed", reason) from None
    if "\0" in text:
        raise Refused("file-malformed", raw[:4].hex(" "))
    return text.splitlines()


def letter_of(file: str, lines: list[str], inserted: int = 0, deleted: int = 0) -> Letter:
    """Lines as they stand in a file → a letter: one kind of space, no marks of a web page, no blank lines."""
    cleaned = ((number, _clean(line)) for number, line in enumerate(lines, 1))
    return Letter(file, tuple(Line(number, text) for number, text in cleaned if text), inserted, deleted)


def _clean(line: str) -> str:
    bare = _OTHER.sub("", _BLOCK.sub("\n", line))
    cells = ("\n".join(filter(None, map(squash, cell.split("\n")))) for cell in bare.split("\t"))
    text = "\t".join(cells)
    return text if text.strip() else ""
