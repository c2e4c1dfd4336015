"""Workbooks damaged every way that chance finds, and what the program makes of each: submissions, level
tables, forms of the office's own and corrections.
"""

import random
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from hostile_books import with_parts
from workspace import BURIRAM, CHACHOENGSAO, NAKHON_PHANOM, NEWEST, SAMPLES

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import KpibatchError
from kpibatch.forms.office_read import read_office_form
from kpibatch.intake.corrections import read_corrections
from kpibatch.intake.executor import Orders, read_all, readers
from kpibatch.intake.submission import Contents
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.check import check_levels
from kpibatch.rules.reader import read_levels

LIMITS = IntakeLimits()
_ATTRIBUTE = re.compile(rb'(\s[\w:]+=")([^"]*)(")')
_ODD_VALUES = (b"", b"-1", b"0", b"999999999999", b"NaN", b"1e999", b"A1:XFD1048576", b"&#0;", b"x" * 99)
_SNIPPETS = (b"", b"\0", b"<", b"&", b"<!--", b"</c>", b"<v>NaN</v>", b' t="e"', b"\xff", b"<f>", b"<c r=")


# --- damage -------------------------------------------------------------------------------------------------


def _bits(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    data = bytearray(raw)
    for _ in range(chance.choice((1, 1, 1, 3, 20))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _cut(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    first, last = sorted(chance.sample(range(len(raw)), 2))
    return chance.choice((raw[:first], raw[:first] + raw[last:], raw[first:]))


def _spliced(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    at, there = chance.randrange(len(raw)), chance.randrange(len(other))
    return chance.choice((raw[:at] + other[there:], raw[:at] + other[at:], raw + other, raw[:at] + other))


def _part(raw: bytes, chance: random.Random) -> tuple[str, bytes]:
    with zipfile.ZipFile(BytesIO(raw)) as package:
        name = chance.choice([name for name in package.namelist() if name.endswith((".xml", ".rels"))])
        return name, package.read(name)


def _attributes(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    name, xml = _part(raw, chance)
    found = list(_ATTRIBUTE.finditer(xml))
    for one in sorted(chance.sample(found, min(len(found), 2)), key=lambda one: -one.start()):
        xml = xml[: one.start(2)] + chance.choice(_ODD_VALUES) + xml[one.end(2) :]
    return with_parts(raw, {name: xml})


def _markup(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    name, xml = _part(raw, chance)
    data = bytearray(xml)
    for _ in range(chance.choice((1, 2, 10))):
        at = chance.randrange(len(data) + 1)
        data[at : at + chance.choice((0, 1, 4, 100))] = chance.choice(_SNIPPETS)
    return with_parts(raw, {name: bytes(data)})


def _strange_part(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    """A part of another book, or of none, in the place of one."""
    name, _ = _part(raw, chance)
    return with_parts(raw, {name: chance.choice((b"", _part(other, chance)[1], bytes(1000)))})


Damage = Callable[[bytes, bytes, random.Random], bytes]
ON_THE_WAY: dict[str, Damage] = {"bits flipped": _bits, "cut": _cut, "spliced": _spliced}
BY_HAND: dict[str, Damage] = {"attributes": _attributes, "markup": _markup, "other parts": _strange_part}
KINDS = ON_THE_WAY | BY_HAND


# --- what is made of it -------------------------------------------------------------------------------------

REFUSED, SAME, OTHERWISE = "refused", "read the same", "read otherwise"
WRONG, TRACEBACK = "wrong", "tracebacks"
OUTCOMES = (REFUSED, SAME, OTHERWISE, WRONG, TRACEBACK)
Read = Callable[[list[Path]], list[object]]  # of each file what it says; none where it is refused


@dataclass(frozen=True)
class Subject:
    """A kind of workbook: sound ones, and how they are read."""

    name: str
    books: tuple[bytes, ...]
    suffix: str
    read: Read


def _one_by_one(read: Callable[[Path], object]) -> Read:
    def read_each(path: Path) -> object:
        try:
            return read(path)
        except KpibatchError:
            return None
        except Exception as bug:
            return bug

    return lambda paths: [read_each(path) for path in paths]


def _levels(path: Path) -> object:
    tables, findings = check_levels(path)
    return None if any(one.severity == "error" for one in findings) else tables.digest


def _said(contents: Contents) -> object:
    if contents.unit:
        return [line[:6] for line in contents.lines], contents.texts
    found = "".join(one.found for one in contents.findings if one.code == "file-killed-reader")
    return RuntimeError(found) if "Error:" in found else None


def _submissions(sample: str) -> Read:
    tables, _ = read_levels(SAMPLES / sample / "level_tables.xlsx")
    template = SAMPLES / sample / "form_template.xlsx"
    form = read_office_form(template, tables) if template.is_file() else None
    orders = Orders(tables, NEWEST[sample], LIMITS, form)
    return lambda paths: [_said(one) for one in read_all(paths, orders, readers)]


def _sent(sample: str) -> tuple[bytes, ...]:
    folder = SAMPLES / sample / "submissions" / NEWEST[sample]
    return tuple(path.read_bytes() for path in sorted(folder.glob("*.xlsx"))[:6])


def subjects() -> Iterator[Subject]:
    yield Subject("submissions", _sent(BURIRAM), ".xlsx", _submissions(BURIRAM))
    yield Subject("submissions, office form", _sent(CHACHOENGSAO), ".xlsx", _submissions(CHACHOENGSAO))
    books = tuple((SAMPLES / name / "level_tables.xlsx").read_bytes() for name in (BURIRAM, NAKHON_PHANOM))
    yield Subject("level tables", books, ".xlsx", _one_by_one(_levels))
    template = (SAMPLES / CHACHOENGSAO / "form_template.xlsx").read_bytes()
    known, _ = read_levels(SAMPLES / CHACHOENGSAO / "level_tables.xlsx")
    office = _one_by_one(lambda path: read_office_form(path, known).placeholders)
    yield Subject("office forms", (template,), ".xlsx", office)
    tables, _ = read_levels(SAMPLES / NAKHON_PHANOM / "level_tables.xlsx")
    corrections = (SAMPLES / NAKHON_PHANOM / "corrections.xlsx").read_bytes()
    yield Subject("corrections", (corrections,), ".xlsx", _one_by_one(lambda path: _corrected(path, tables)))


def _corrected(path: Path, tables: LevelTables) -> object:
    read = read_corrections(path, tables)
    return None if any(one.severity == "error" for one in read.findings) else sorted(read.by_key.items())


def attempt(subject: Subject, kind: str, tries: int, folder: Path) -> tuple[dict[str, int], list[str]]:
    """How often which outcome came of damage of that kind; what was wrong or a traceback."""
    chance, damage = random.Random(f"{subject.name} {kind}"), KINDS[kind]
    paths, sources = [], []
    for number in range(tries):
        pair = chance.choice(subject.books), chance.choice(subject.books)
        path = folder / f"{subject.name} {kind} {number:04}{subject.suffix}".replace(",", "")
        path.write_bytes(damage(*pair, chance))
        paths.append(path)
        sources.append(pair)
    sound = _sound(subject, folder)
    totals, bad = dict.fromkeys(OUTCOMES, 0), []
    for path, said, pair in zip(paths, subject.read(paths), sources, strict=True):
        outcome = _outcome(said, [sound[raw] for raw in pair], kind)
        totals[outcome] += 1
        if outcome in (WRONG, TRACEBACK):
            bad.append(f"{path}: {said!r:.200}")
    return totals, bad


def _sound(subject: Subject, folder: Path) -> dict[bytes, object]:
    paths = [folder / f"sound {number}{subject.suffix}" for number, _ in enumerate(subject.books)]
    for path, raw in zip(paths, subject.books, strict=True):
        path.write_bytes(raw)
    said = dict(zip(subject.books, subject.read(paths), strict=True))
    assert None not in said.values(), subject.name
    return said


def _outcome(said: object, sound: list[object], kind: str) -> str:
    if isinstance(said, Exception):
        return TRACEBACK
    if said is None:
        return REFUSED
    if any(repr(said) == repr(one) for one in sound):
        return SAME
    return WRONG if kind in ON_THE_WAY else OTHERWISE
