"""The agreements that were signed, held against the rules of today.

In: the folder in which the office keeps them, the level tables as they were read. Out: ``Signed``: the files
and what is told of them. They are a stranger's files: each is inspected and read in a child process.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from kpibatch.base.config import Config, IntakeLimits
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.books.guard.capped import Child
from kpibatch.books.guard.inspect import take
from kpibatch.books.guard.limits import Refused
from kpibatch.books.guard.package import Zipped
from kpibatch.books.read import UnreadableBook, read_bytes
from kpibatch.forms.properties import custom_properties
from kpibatch.intake.folder import is_system, named
from kpibatch.rules.agreement.agreed import NOTHING, agreed, differences
from kpibatch.rules.agreement.mark import Marked, marked, text_digest
from kpibatch.rules.agreement.sheet import lines_on
from kpibatch.rules.levels import LevelTables

FOLDER = "agreements"
DOCUMENT, WORKBOOK = ".docx", ".xlsx"
_BODY = "word/document.xml"


@dataclass(frozen=True)
class Signed:
    """``files`` are the names and SHA-256 of all that was read; ``findings`` what is told of them."""

    files: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class _Copy:
    """One file: what it says was agreed, if it is an agreement, and whether its lists are as written."""

    name: str
    sha256: str
    marked: Marked | None
    as_written: bool


def signed_agreements(config: Config, tables: LevelTables) -> Signed:
    """What the kept agreements say against the rules as they stand; nothing where none are kept.

    Of several copies of a unit's it is enough that one says what holds.
    Source: design, section 2 (``levels agreement``).
    """
    copies, found = list[_Copy](), list[Finding]()
    if os.path.lexists(config.agreements) and not config.agreements.is_dir():
        found.append(finding("agreement-unreadable", Place(FOLDER), found=config.agreements))
    with Child(config.intake, _read) as read:
        for path, own in named(config.agreements).items():
            name = f"{FOLDER}/{own}"
            if is_system(path.name):
                continue
            if path.suffix.lower() not in (DOCUMENT, WORKBOOK):
                found.append(finding("agreement-other-file", Place(name), found=path.name))
                continue
            try:
                copies.append(read(path, name, config.intake))
            except (Refused, UnreadableBook, OSError) as reason:
                why = (
                    reason.found if isinstance(reason, Refused) else getattr(reason, "strerror", "") or reason
                )
                found.append(finding("agreement-unreadable", Place(name), found=why))
    found += _told(copies, tables)
    return Signed(tuple((copy.name, copy.sha256) for copy in copies), tuple(found))


def _read(path: Path, name: str, limits: IntakeLimits) -> _Copy:
    """In the child. Raises ``Refused`` or ``UnreadableBook`` of a file that is damaged or no such file."""
    raw = take(path, limits)
    is_document = PurePosixPath(name).suffix.lower() == DOCUMENT
    grids = {} if is_document else read_bytes(raw, limits)
    lines = _lines_of_document(raw, limits) if is_document else []
    said = marked(custom_properties(raw))
    if said and said.rows and grids:
        lines = lines_on(next(iter(grids.values())), said.rows)
    as_written = bool(said and said.sound and said.text == text_digest(lines))
    return _Copy(name, sha256(raw).hexdigest(), said, as_written)


def _lines_of_document(raw: bytes, limits: IntakeLimits) -> list[str]:
    # needs lxml: where there is no document it is not loaded
    from kpibatch.rules.agreement.word import lines_in

    package = Zipped(raw, limits)
    if _BODY not in package:
        raise Refused("file-malformed", _BODY)
    package.xml(_BODY)
    package.refuse_doctypes()
    try:
        return lines_in(raw)
    except Exception:  # what a stranger's document may hold can't be foreseen
        raise Refused("unreadable-file", "DOCX") from None


def _told(copies: Iterable[_Copy], tables: LevelTables) -> Iterator[Finding]:
    of_unit: dict[str, list[tuple[_Copy, Marked]]] = {}
    for copy in copies:
        said, place = copy.marked, Place(copy.name)
        if said is None:
            yield finding("agreement-foreign", place, found=copy.name)
        elif said.agreed.round != tables.round.key:
            facts = {"round": tables.round.key}
            yield finding("agreement-other-round", place, found=said.agreed.round, **facts)
        elif said.agreed.unit not in tables.unit:
            yield finding("agreement-unknown-unit", place, found=said.agreed.unit)
        else:
            of_unit.setdefault(said.agreed.unit, []).append((copy, said))
            if not copy.as_written:
                name = tables.unit[said.agreed.unit].name
                yield finding("agreement-edited", place, unit=said.agreed.unit, found=copy.name, name=name)
    for unit in tables.units:
        yield from _differing(of_unit.get(unit.code, []), tables, unit.code)
    lacking = [unit.name for unit in tables.units if unit.code not in of_unit]
    if of_unit and lacking:
        yield finding("agreement-missing", Place(FOLDER), found=len(lacking), names=", ".join(lacking))


def _differing(signed: list[tuple[_Copy, Marked]], tables: LevelTables, code: str) -> Iterator[Finding]:
    """Where none of a unit's copies says what holds: each thing that was signed, once."""
    sound = [(copy, said) for copy, said in signed if said.sound]
    if not sound:
        return
    now = agreed(tables, tables.unit[code])
    if any(said.agreed.digest == now.digest for _, said in sound):
        return
    once = {said.agreed.digest: (copy, said) for copy, said in reversed(sound)}
    for copy, said in sorted(once.values(), key=lambda pair: pair[0].name):
        moved = differences(said.agreed, now)
        facts = {
            "name": tables.unit[code].name,
            "weights": ", ".join(moved.weights) or NOTHING,
            "rules": ", ".join(moved.rules) or NOTHING,
            "values": ", ".join(moved.values) or NOTHING,
        }
        yield finding("agreement-differs", Place(copy.name), unit=code, found=said.agreed.digest, **facts)
