"""What is in a month's folder: its workbooks, those in zip files and folders below it, and all that is none.

In: the folder. Out: the files to read, each with the name it goes by (``reports.zip/3101.xlsx``), and what is
not read, so that nobody is passed over. A zip file is a stranger's: names in it are made harmless, and what
is locked, swollen or a zip itself is refused.
"""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path, PurePosixPath

from kpibatch.base.config import IntakeLimits
from kpibatch.base.files import by_name
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.thai import fold
from kpibatch.books.guard.formats import SUFFIXES
from kpibatch.books.guard.inspect import take
from kpibatch.books.guard.limits import Refused, shown
from kpibatch.books.guard.package import Zipped
from kpibatch.books.read import UnreadableBook
from kpibatch.forms.names import unit_of_name
from kpibatch.intake.arrivals import RECEIVED
from kpibatch.rules.levels import LevelTables

KEPT = ".kept"
_OWN = (RECEIVED, KEPT)  # the program's, not a unit's
_SYSTEM = ("thumbs.db", "desktop.ini", "__macosx")
_EVIDENCE = ("evidence", "หลักฐาน")
_REPORTS = {".csv", ".tsv", ".gsheet", ".numbers", ".lnk", ".url", ".webloc", ".rar", ".7z", ".zip"}
_UTF8 = 0x800


@dataclass
class Folder:
    """``names``: the files to read and how each is called; ``others``: what is not read, as name and what it
    is.
    """

    names: dict[Path, str] = field(default_factory=dict)
    others: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def holds_workbooks(folder: Path) -> bool:
    """Whether a month's folder has anything to read, zip files and folders below it included."""
    return any(
        path.suffix.lower() in SUFFIXES | {".zip"} and not path.is_dir()
        for path in walk(folder)
        if not _is_system(path.name)
    )


@contextmanager
def opened(folder: Path, tables: LevelTables, limits: IntakeLimits) -> Iterator[Folder]:
    """A month's folder with its zip files unpacked, as long as it is read."""
    seen, paths = Folder(), sorted(walk(folder), key=by_name) if folder.is_dir() else []
    archives = {path for path in paths if _is_archive(path)}
    with _unpacking() if archives else nullcontext(Path()) as unpacked:  # most months need no disk for it
        for path in paths:
            name = shown(path.relative_to(folder).as_posix())
            if path in archives:
                _add_zip(seen, path, name, unpacked, tables, limits)
            else:
                _add(seen, path, name)
        if len(seen.names) > limits.max_files:
            for path in list(seen.names)[limits.max_files :]:
                seen.findings.append(
                    _refused(seen.names.pop(path), "too-many-files", limits.max_files, tables)
                )
        yield seen


@contextmanager
def _unpacking() -> Iterator[Path]:
    """A folder of its own, gone after the block."""
    with tempfile.TemporaryDirectory(prefix="kpibatch-", ignore_cleanup_errors=True) as unpacked:
        yield Path(unpacked)


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() == ".zip" and not path.is_dir() and not _is_system(path.name)


@contextmanager
def original(folder: Path, name: str, limits: IntakeLimits) -> Iterator[Path]:
    """A file of a month's folder by the name it goes by; one in a zip file for as long as it is looked at."""
    archive, inner = _in_zip(folder, name)
    if archive is None:
        yield folder / name
        return
    with _unpacking() as unpacked:
        path = unpacked / PurePosixPath(inner).name
        path.write_bytes(_archive(archive, limits, archive.stat().st_mtime_ns).read(inner))
        yield path


def _in_zip(folder: Path, name: str) -> tuple[Path | None, str]:
    parts = PurePosixPath(name).parts
    for end in range(1, len(parts)):
        archive = folder.joinpath(*parts[:end])
        if archive.suffix.lower() == ".zip" and archive.is_file():
            return archive, "/".join(parts[end:])
    return None, ""


def walk(folder: Path) -> Iterator[Path]:
    """All files below a folder, evidence left alone, links not followed; a folder without any file itself."""
    for path in folder.iterdir():
        if path.is_symlink() or not path.is_dir():
            yield path
        elif not (_is_evidence(path.name) or _is_system(path.name)):
            inside = list(walk(path))
            yield from inside if any(each.name != KEPT for each in inside) else [path]


def _is_evidence(name: str) -> bool:
    return fold(name).startswith(_EVIDENCE)


def _is_system(name: str) -> bool:
    """What editors and operating systems leave behind."""
    return name.startswith(("~$", ".")) or fold(name) in _SYSTEM


def _is_workbook(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in SUFFIXES


def _add(seen: Folder, path: Path, name: str) -> None:
    if path.name in _OWN:
        return
    if _is_system(path.name):
        seen.findings.append(finding("passed-over", Place(name), found=path.name))
    elif path.suffix.lower() in SUFFIXES and (path.is_symlink() or not path.is_dir()):
        seen.names[path] = name
    else:
        seen.others.append((name, f"{path.name}/" if path.is_dir() else path.suffix or path.name))


def _add_zip(
    seen: Folder, path: Path, name: str, unpacked: Path, tables: LevelTables, limits: IntakeLimits
) -> None:
    """The workbooks of a zip file; a workbook that is called .zip is one all the same."""
    try:
        archive = _Archive(path, limits)
        contents = {inner: archive.read(inner) for inner in archive.names if _is_workbook(inner)}
    except (Refused, UnreadableBook, OSError) as reason:
        code = getattr(reason, "code", "")
        locked = "zip-encrypted" if code == "file-encrypted" else "zip-refused"
        seen.findings.append(_refused(name, locked, getattr(reason, "found", "") or reason, tables))
        return
    if {"[Content_Types].xml", "mimetype"} & {*archive.names}:
        seen.names[path] = name
        return
    found = False
    for inner in archive.names:
        target, whole = unpacked / f"{len(seen.names):05}", f"{name}/{inner}"
        last = PurePosixPath(inner)
        if any(_is_evidence(part) or _is_system(part) for part in last.parts):
            continue
        found = True
        if last.suffix.lower() == ".zip":
            seen.findings.append(_refused(whole, "zip-nested", last.name, tables))
        elif _is_workbook(inner):
            target.write_bytes(contents[inner])
            seen.names[target] = whole
        else:
            seen.others.append((whole, last.suffix or last.name))
    if not found:
        seen.others.append((name, ".zip"))


class _Archive:
    """A zip file's members under harmless names. Raises ``Refused`` where one is not fit to be unpacked."""

    def __init__(self, path: Path, limits: IntakeLimits) -> None:
        raw = take(path, replace(limits, max_file_mb=limits.max_zip_mb))
        self._zipped = Zipped(raw, limits)
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            self._names = {
                _harmless(each): each.orig_filename for each in archive.infolist() if not each.is_dir()
            }

    @property
    def names(self) -> list[str]:
        return list(self._names)

    def read(self, name: str) -> bytes:
        return self._zipped.part(self._names[name])


@lru_cache(maxsize=1)
def _archive(path: Path, limits: IntakeLimits, changed: int) -> _Archive:
    """The zip file that was looked at last, for as long as it is the same."""
    return _Archive(path, limits)


def _harmless(member: zipfile.ZipInfo) -> str:
    """A member's name below its zip file, in Thai where the zip program did not say how it wrote it."""
    name = member.orig_filename
    if not member.flag_bits & _UTF8:
        raw = name.encode("cp437", "replace")
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            name = raw.decode("cp874", "replace")
    parts = name.replace("\\", "/").split("/")
    return shown("/".join(part.replace(":", "-") for part in parts if part not in ("", ".", "..")))


def _refused(name: str, code: str, found: object, tables: LevelTables) -> Finding:
    return finding(code, Place(name), unit=unit_of_name(name, tables), found=found)


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
