"""The evidence of a month: every file below ``evidence/UNIT/``, whose it is and what of.

No file is opened but to be hashed, piece by piece. A link is never followed, a pipe or socket never read:
such, and what is too large, is told and left where it is. What can't be sealed is listed in a file of the
bundle's own, so that a month made again tells it again.
"""

import json
import os
import stat
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import FileHeld
from kpibatch.base.files import by_name, sha256_of, written
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import fold
from kpibatch.books.guard.package import MB
from kpibatch.forms.names import other_in_name, unit_of_name
from kpibatch.intake.evidence.named import levels_in_name, measures_named
from kpibatch.intake.folder import LEFT_OUT, is_evidence, is_system, names_below
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reading.evidence import Spans, proof_asked

FOLDER = "evidence"
_LINK, _ODD, _LARGE, _MANY, _ELSEWHERE = _REFUSALS = (
    "evidence-link",
    "evidence-odd",
    "evidence-too-large",
    "evidence-too-many",
    "evidence-elsewhere",
)
_MOST_TOLD = MB


@dataclass(frozen=True)
class Proof:
    """A file of evidence; ``name`` is below the month's folder, ``levels`` are empty where it is of all.

    It ``counts`` where nothing is wrong with it but that it is there twice.
    """

    name: str
    unit: str
    measures: tuple[str, ...]
    levels: Spans
    size: int
    counts: bool
    path: Path = field(compare=False)

    @property
    def sha256(self) -> str:
        """Of its bytes. Raises ``FileHeld`` where the file is kept from us, or is no plain file any more."""
        return _hashed(self.path, self.name)


@dataclass(frozen=True)
class Evidence:
    """A month's evidence. ``there`` is whether the month's folder has a folder for it; ``refused`` are the
    files that are not taken, each as name, code and what was found.
    """

    there: bool = False
    files: tuple[Proof, ...] = ()
    refused: tuple[tuple[str, str, str], ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def given(self) -> tuple[tuple[str, tuple[str, ...], Spans], ...]:
        """What counts: the unit, the measures and the levels."""
        return tuple((each.unit, each.measures, each.levels) for each in self.files if each.counts)

    @cached_property
    def handed_in(self) -> Mapping[tuple[str, str], int]:
        """(unit, measure) → how many files count."""
        return Counter((unit, code) for unit, codes, _ in self.given for code in set(codes))


NO_EVIDENCE = Evidence()


def read_evidence(folder: Path, tables: LevelTables, limits: IntakeLimits) -> Evidence:
    """The evidence in a month's folder; none where the level tables ask for none.

    Raises ``FileHeld`` where a file or folder is kept from us.
    """
    if not proof_asked(tables.measures.values()):
        return NO_EVIDENCE
    try:
        return _read(folder, tables, limits)
    except OSError as reason:
        held = Path(reason.filename or folder)
        name = held.relative_to(folder).as_posix() if held.is_relative_to(folder) else held.name
        raise FileHeld(file=name) from reason


def _read(folder: Path, tables: LevelTables, limits: IntakeLimits) -> Evidence:
    tops = _tops(folder)
    paths = [path for top in tops for path in (_walked(top) if not top.is_symlink() else [top])]
    refused = {**dict(_told_again(folder)), **dict(_elsewhere(folder))}
    kept: dict[str, tuple[Path, int]] = {}
    for path, name in sorted(names_below(folder, paths).items(), key=lambda item: item[1]):
        status = path.lstat()
        if fault := _unfit(status, limits):
            refused[name] = fault
        elif len(kept) >= limits.max_files:
            refused[FOLDER] = (_MANY, f"> {limits.max_files:,}")
        else:
            kept[name] = path, status.st_size
    findings = [
        finding(code, Place(name), unit=_whose(name, tables), found=found)
        for name, (code, found) in refused.items()
    ]
    files = [_proof(name, path, size, tables, findings) for name, (path, size) in kept.items()]
    findings += [*_twice(files), *_shared(files)]
    left_out = tuple((name, *fault) for name, fault in sorted(refused.items()))
    there = any(not top.is_symlink() for top in tops)
    return Evidence(there, tuple(files), left_out, tuple(findings))


def _tops(folder: Path) -> list[Path]:
    """The folders for evidence in a month's folder, or links that say they are."""
    inside = sorted(folder.iterdir(), key=by_name) if folder.is_dir() else []
    return [path for path in inside if is_evidence(path.name) and path.is_dir()]


def _elsewhere(folder: Path, above: str = "") -> Iterator[tuple[str, tuple[str, str]]]:
    """Folders for evidence within others, as in a unit's own: what lies there is not listed."""
    for path in sorted(folder.iterdir(), key=by_name) if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink() and not is_system(path.name):
            name = above + written(Path(path.name))
            if not is_evidence(path.name):
                yield from _elsewhere(path, f"{name}/")
            elif above:
                yield name, (_ELSEWHERE, "")


def _walked(folder: Path) -> Iterator[Path]:
    """All that lies below and is no folder, links not followed; without what systems leave behind."""
    for path in sorted(folder.iterdir(), key=by_name):
        if not is_system(path.name):
            if path.is_dir() and not path.is_symlink():
                yield from _walked(path)
            else:
                yield path


def _unfit(status: os.stat_result, limits: IntakeLimits) -> tuple[str, str] | None:
    if stat.S_ISLNK(status.st_mode):
        return _LINK, ""
    if not stat.S_ISREG(status.st_mode):
        return _ODD, ""
    if status.st_size > limits.max_evidence_mb * MB:
        return _LARGE, f"{status.st_size / MB:,.1f} MB > {limits.max_evidence_mb:g} MB"
    return None


def _told_again(folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """What a sealed month left out, as its bundle says."""
    path = folder / LEFT_OUT
    with suppress(OSError, ValueError, RecursionError, TypeError):
        if stat.S_ISREG(path.lstat().st_mode) and path.stat().st_size <= _MOST_TOLD:
            for name, code, found in json.loads(path.read_bytes()):
                if code in _REFUSALS:
                    yield str(name), (code, str(found))


def _proof(name: str, path: Path, size: int, tables: LevelTables, findings: list[Finding]) -> Proof:
    """A file with whose and what it is; what keeps it from counting is added to the findings."""
    _, *parts = PurePosixPath(name).parts
    unit = _whose(name, tables)
    own = parts[1:] or parts
    measures, levels = measures_named(own, tables), levels_in_name(own, tables)
    faults = list(_faults(parts, unit, measures, levels, tables)) if size else [("evidence-empty", unit, {})]
    for code, whose, facts in faults[:1]:
        findings.append(finding(code, Place(name), unit=whose, found=parts[-1], **facts))
    asked = [code for code in measures if _asks(tables, code)]
    if not faults and not asked:
        facts = {"label": tables.measures[measures[0]].label}
        findings.append(finding("evidence-unasked", Place(name), unit=unit, found=parts[-1], **facts))
    return Proof(name, unit, measures, levels or (), size, not faults, path)


def _whose(name: str, tables: LevelTables) -> str:
    """The unit whose folder a file lies in."""
    first, *parts = PurePosixPath(name).parts
    if not is_evidence(first):
        return unit_of_name(PurePosixPath(name).parent.as_posix(), tables)
    return unit_of_name(parts[0], tables) if len(parts) > 1 else ""


def _asks(tables: LevelTables, code: str) -> bool:
    return proof_asked([tables.measures[code]])


def _faults(
    parts: list[str], unit: str, measures: tuple[str, ...], levels: Spans | None, tables: LevelTables
) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Why a file can't count, gravest first: code, whose it is to mend, facts. What names another unit is the
    province's to sort out: a unit is told nothing of another.
    """
    if not unit:
        yield "evidence-no-unit", "", {}
    elif other_in_name(parts[-1], unit, tables):
        yield "evidence-other-unit", "", {"unit_code": unit}
    elif not measures:
        asked = [code for code in tables.measures if _asks(tables, code)]
        yield "evidence-no-item", unit, {"nearest": nearest_of(PurePosixPath(parts[-1]).stem, asked)}
    elif levels is None:
        yield "evidence-no-level", unit, {"levels": str(tables.level_count)}


def _twice(files: Iterable[Proof]) -> Iterator[Finding]:
    """Files of a unit that are called the same, in whatever folders: which one is meant?"""
    first: dict[tuple[str, str], str] = {}
    for each in files:
        key = each.unit, fold(PurePosixPath(each.name).name)
        if each.unit and key in first:
            found = PurePosixPath(each.name).name
            yield finding("evidence-twice", Place(each.name), unit=each.unit, found=found, other=first[key])
        first.setdefault(key, each.name)


def _shared(files: Iterable[Proof]) -> Iterator[Finding]:
    """The very same bytes from two units; only files of one size are looked at."""
    by_size: dict[int, list[Proof]] = defaultdict(list)
    for each in files:
        if each.counts:
            by_size[each.size].append(each)
    for several in by_size.values():
        if len({each.unit for each in several}) > 1:
            first: dict[str, Proof] = {}
            for each in several:
                other = first.setdefault(each.sha256, each)
                if other.unit != each.unit:
                    yield finding("evidence-shared", Place(each.name), found=other.name)


def _hashed(path: Path, name: str) -> str:
    try:
        status = path.lstat()
        if stat.S_ISREG(status.st_mode):
            return _digest(path, status.st_size, status.st_mtime_ns)
    except OSError as reason:
        raise FileHeld(file=name) from reason
    raise FileHeld(file=name)


@lru_cache(maxsize=20_000)
def _digest(path: Path, size: int, changed: int) -> str:
    """Once for a file as it is: 200 MB are read for half a second."""
    return sha256_of(path)
