"""What is in a month's folder: its workbooks, those in zip files and folders below it, and all that is none.

In: the folder. Out: private copies of the files to read, each with the name it goes by
(``reports.zip/3101.xlsx``), and what is not read, so that nobody is passed over. A zip file is a stranger's:
names in it are made harmless, and what is locked, swollen or a zip itself is refused.
"""

import os
import shutil
import tempfile
import time
import weakref
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path, PurePosixPath

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import CannotWrite, FileHeld
from kpibatch.base.files import by_name, harmless, written
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.thai import fold
from kpibatch.books.guard.formats import SUFFIXES
from kpibatch.books.guard.inspect import take
from kpibatch.books.guard.limits import Refused
from kpibatch.books.guard.package import Zipped
from kpibatch.forms.names import unit_of_name
from kpibatch.intake.arrivals import RECEIVED
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reading.evidence import proof_asked

KEPT, LEFT_OUT = ".kept", ".left-out.json"  # of bundles: a folder without files, what was not sealed
_OWN = (RECEIVED, KEPT, LEFT_OUT)  # the program's, not a unit's
_SYSTEM = ("thumbs.db", "desktop.ini", "__macosx")
_EVIDENCE = ("evidence", "หลักฐาน")
_REPORTS = {".csv", ".tsv", ".gsheet", ".numbers", ".lnk", ".url", ".webloc", ".rar", ".7z", ".zip"}
_UTF8 = 0x800
_HOME, _FORGOTTEN = "kpibatch-read-", 7 * 86_400.0  # seconds
_LONGEST, _LONGEST_SUFFIX = 255, 16  # bytes of a name on most disks; letters of what tells its kind


class Copies:
    """Private copies of what is read, by name, as long as this is kept: what was read is what goes back."""

    def __init__(self) -> None:
        self._paths: dict[str, Path] = {}

    def get(self, name: str) -> Path | None:
        """The copy of that name; none of a file that was refused before it was copied."""
        return self._paths.get(name)

    def __len__(self) -> int:
        return len(self._paths)

    @cached_property
    def _home(self) -> Path:
        _clear_away(Path(tempfile.gettempdir()))
        home = Path(tempfile.mkdtemp(prefix=_HOME))
        weakref.finalize(self, _removed, home, os.getpid())  # at the latest when the program ends
        return home

    @property
    def names(self) -> dict[Path, str]:
        """What each copy is called."""
        return {path: name for name, path in self._paths.items()}

    def add(self, name: str, raw: bytes, original: Path | None = None) -> None:
        """Keep what a file holds. Where the disk refuses, the original must do, for who only looks needs no
        disk; raises ``CannotWrite`` where there is none.
        """
        try:
            path = self._home / f"{len(self):05}"
            path.write_bytes(raw)
        except OSError as reason:
            if original is None:
                place = reason.filename or tempfile.gettempdir()
                raise CannotWrite(file=place, reason=reason) from None
            path = original
        self._paths[name] = path


@cache
def _clear_away(temporary: Path) -> None:
    """The copies that killed runs left behind, once nobody can need them; looked for once in a process."""
    for home in temporary.glob(f"{_HOME}*"):
        with suppress(OSError):
            if time.time() - home.stat().st_mtime > _FORGOTTEN:
                shutil.rmtree(home)


def _removed(home: Path, owner: int) -> None:
    if os.getpid() == owner:  # not in a forked child that ends
        shutil.rmtree(home, ignore_errors=True)


@dataclass
class Folder:
    """``copies`` are read; ``refused`` are files that are not, and why; ``others`` what is no workbook, as
    name and what it is.
    """

    copies: Copies = field(default_factory=Copies)
    refused: dict[str, Refused] = field(default_factory=dict)
    others: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def files(self) -> list[str]:
        """The names of all workbooks."""
        return sorted({*self.copies.names.values(), *self.refused})


def holds_workbooks(folder: Path) -> bool:
    """Whether a month's folder has anything to read, zip files and folders below it included."""
    return any(
        path.suffix.lower() in SUFFIXES | {".zip"} and not path.is_dir()
        for path in walk(folder)
        if not is_system(path.name)
    )


def opened(folder: Path, tables: LevelTables, limits: IntakeLimits) -> Folder:
    """What a month's folder holds, zip files unpacked. Raises ``FileHeld`` where a file is kept from us."""
    return _Opening(tables, limits, named(folder)).seen


def named(folder: Path) -> dict[Path, str]:
    """Every file of a month's folder and the name it goes by: no other's, and such as any disk takes, so that
    a file sealed under it is called the same.
    """
    return names_below(folder, _walked(folder))


def names_below(folder: Path, paths: Iterable[Path]) -> dict[Path, str]:
    """The same of some of the files."""
    inner = {path: path.relative_to(folder) for path in paths}
    names, free = {path: written(own) for path, own in inner.items()}, _Free()
    ordered = sorted(names, key=lambda path: (names[path] != inner[path].as_posix(), by_name(path)))
    return {path: free.name(names[path]) for path in ordered}


class _Free:
    """Names made harmless and no longer than a disk takes, each numbered where another looks the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, raw: str) -> str:
        *folders, last = harmless(raw).split("/")
        above = "".join(f"{_fitting(part)}/" for part in folders)
        own, number = above + _fitting(last), 2
        while own.casefold() in self._taken:
            own = above + _fitting(last, f" ({number})")
            number += 1
        self._taken.add(own.casefold())
        return own


def _fitting(part: str, mark: str = "") -> str:
    name = part or "-"
    suffix = PurePosixPath(name).suffix
    suffix = suffix if len(suffix) <= _LONGEST_SUFFIX else ""  # a full stop within a long name ends no name
    room = _LONGEST - len(f"{mark}{suffix}".encode())
    return name.removesuffix(suffix).encode()[:room].decode(errors="ignore") + mark + suffix


def _walked(folder: Path) -> list[Path]:
    return sorted(walk(folder), key=by_name) if folder.is_dir() else []


def walk(folder: Path) -> Iterator[Path]:
    """All files below a folder, evidence left alone, links not followed; a folder without any file itself."""
    with suppress(FileNotFoundError):  # gone since it was seen
        for path in folder.iterdir():
            if path.is_symlink() or not path.is_dir():
                yield path
            elif not (is_evidence(path.name) or is_system(path.name)):
                inside = list(walk(path))
                yield from inside if any(each.name != KEPT for each in inside) else [path]


def is_evidence(name: str) -> bool:
    """Whether a folder of that name is one for evidence, which is listed and never opened."""
    return fold(name).startswith(_EVIDENCE)


def is_system(name: str) -> bool:
    """What editors and operating systems leave behind."""
    return harmless(name).startswith(("~$", ".")) or fold(name) in _SYSTEM


def _is_workbook(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in SUFFIXES


class _Opening:
    """A month's folder while it is looked through; what was seen is in ``seen``."""

    def __init__(self, tables: LevelTables, limits: IntakeLimits, names: Mapping[Path, str]) -> None:
        self.seen, self._tables, self._limits = Folder(), tables, limits
        for path, name in sorted(names.items(), key=lambda item: item[1]):
            last = PurePosixPath(name)
            if last.suffix.lower() == ".zip" and not path.is_dir() and not is_system(last.name):
                self._add_zip(path, name)
            elif last.name not in _OWN:
                self._add(path, name)

    def _add(self, path: Path, name: str) -> None:
        last = PurePosixPath(name)
        if is_system(last.name):
            self.seen.findings.append(finding("passed-over", Place(name), found=last.name))
        elif _is_workbook(name) and (path.is_symlink() or not path.is_dir()):
            self._keep(name, lambda: take(path, self._limits), path)
        else:
            self.seen.others.append((name, f"{last.name}/" if path.is_dir() else last.suffix or last.name))

    def _keep(self, name: str, taken: Callable[[], bytes], original: Path | None = None) -> None:
        """A private copy of a workbook, of no more than the limit allows."""
        if len(self.seen.copies) + len(self.seen.refused) >= self._limits.max_files:
            self._refuse(name, "too-many-files", self._limits.max_files)
            return
        try:
            self.seen.copies.add(name, taken(), original)
        except Refused as reason:
            self.seen.refused[name] = reason
        except PermissionError as reason:
            raise FileHeld(file=name) from reason
        except OSError as reason:
            self.seen.refused[name] = Refused("file-gone", reason.strerror or reason)

    def _refuse(self, name: str, code: str, found: object) -> None:
        unit = unit_of_name(name, self._tables)
        self.seen.findings.append(finding(code, Place(name), unit=unit, found=found))

    def _add_zip(self, path: Path, name: str) -> None:
        """The workbooks of a zip file; a workbook that is called .zip is one all the same."""
        try:
            raw = take(path, replace(self._limits, max_file_mb=self._limits.max_zip_mb))
            archive = _Archive(raw, self._limits)
            contents = {inner: archive.read(inner) for inner in archive.names if _is_workbook(inner)}
        except PermissionError as reason:
            raise FileHeld(file=name) from reason
        except (Refused, OSError) as reason:
            code = getattr(reason, "code", "")
            locked = "zip-encrypted" if code == "file-encrypted" else "zip-refused"
            self._refuse(name, locked, getattr(reason, "found", "") or reason)
            return
        if {"[Content_Types].xml", "mimetype"} & {*archive.names}:
            self._keep(name, lambda: take(path, self._limits), path)
            return
        if proof_asked(self._tables.measures.values()) and any(
            map(is_evidence, "/".join(archive.names).split("/"))
        ):
            unit = unit_of_name(name, self._tables)
            self.seen.findings.append(finding("evidence-elsewhere", Place(name), unit=unit))
        inside = [inner for inner in archive.names if not _is_passed_over(inner)]
        if not inside:
            self.seen.others.append((name, ".zip"))
        for inner in inside:
            self._add_member(f"{name}/{inner}", contents.get(inner))

    def _add_member(self, name: str, content: bytes | None) -> None:
        last = PurePosixPath(name)
        if last.suffix.lower() == ".zip":
            self._refuse(name, "zip-nested", last.name)
        elif content is None:
            self.seen.others.append((name, last.suffix or last.name))
        else:
            self._keep(name, lambda: content)


def _is_passed_over(inner: str) -> bool:
    return any(is_evidence(part) or is_system(part) for part in PurePosixPath(inner).parts)


class _Archive:
    """A zip file's members under harmless names. Raises ``Refused`` where one is not fit to be unpacked."""

    def __init__(self, raw: bytes, limits: IntakeLimits) -> None:
        self._zipped, free = Zipped(raw, limits), _Free()
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
        self._names = {free.name(_spelled(each)): each.orig_filename for each in members}

    @property
    def names(self) -> list[str]:
        return list(self._names)

    def read(self, name: str) -> bytes:
        return self._zipped.part(self._names[name])


def _spelled(member: zipfile.ZipInfo) -> str:
    """A member's name below its zip file, in Thai where the zip program did not say how it wrote it."""
    name = member.orig_filename
    if not member.flag_bits & _UTF8:
        raw = name.encode("cp437", "replace")
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            name = raw.decode("cp874", "replace")
    parts = name.replace("\\", "/").split("/")
    return "/".join(part.replace(":", "-") for part in parts if part not in ("", ".", "..")) or "-"


def not_read(
    others: list[tuple[str, str]], counted: frozenset[str], tables: LevelTables
) -> Iterator[Finding]:
    """What was sent as something else than a workbook: an error where it is all that came of its unit."""
    for name, kind in others:
        unit = unit_of_name(name, tables)
        if unit and unit not in counted:
            code = "unread-report"
        else:
            code = "ignored-report" if kind.lower() in _REPORTS else "ignored-file"
        yield finding(code, Place(name), unit=unit, found=kind)
