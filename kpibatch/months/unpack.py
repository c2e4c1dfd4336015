"""A bundle unpacked, in a child process, without trusting a word of it: names, sizes and hashes are checked
first, and no limit is raised by what it says of itself.
"""

import hashlib
import json
import stat
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from kpibatch.base.config import FILE as CONFIG
from kpibatch.base.config import Config, IntakeLimits, Workspace, read_config
from kpibatch.base.errors import BundleUnreadable, NoBundle
from kpibatch.base.files import by_name, harmless, sha256_of
from kpibatch.base.month_files import CLOSED, MAIL, RECORD
from kpibatch.base.thai import is_month
from kpibatch.books.guard.capped import USUAL, capped
from kpibatch.books.guard.limits import Refused
from kpibatch.books.guard.package import MB
from kpibatch.books.packing import BAD_ZIP, contents_digest
from kpibatch.intake.folder import is_evidence
from kpibatch.months.bundle import ARRIVALS, CONSTRAINTS, FORMAT, MANIFEST, SIGNATURE
from kpibatch.months.keys import Signature, signature_from

_MOST_MEMBERS, _MOST_BYTES, _MOST_IN_ONE = 50_000, 4_000 * MB, 1_000 * MB
_RATIO, _SMALL = 50, 100 * MB  # reports are packed already, listings shrink to a twentieth
_SECONDS = 600.0
_PIECE = 1 << 20
_ALONE = (CONFIG, MANIFEST, ARRIVALS, CONSTRAINTS, SIGNATURE)
_ONE_FILE = ("level_tables", "form_template", "corrections", "province")
_MONTHS = ("submissions", "sources", "output")
_KEPT = "agreements"


@dataclass(frozen=True)
class Bundle:
    """An unpacked bundle. ``flaws`` are the files that are not as the manifest says; empty where nothing was
    tampered with. ``contents`` are the digests of what the workbooks of the output hold, however packed;
    ``signature`` is of ``manifest``.
    """

    month: str
    sha256: str
    hashes: Mapping[str, str]
    flaws: tuple[str, ...]
    contents: Mapping[str, str]
    manifest: bytes
    signature: Signature | None


def unpack(path: Path, folder: Path) -> Bundle:
    """Unpack a bundle into an empty folder and hold every file against the manifest.

    Raises ``KpibatchError`` where it is no bundle, or not fit to be unpacked.
    """
    with _told(path):
        return capped(replace(USUAL, seconds=_SECONDS), _unpacked, path, folder)


def seal_of(path: Path) -> bytes:
    """The manifest of a bundle; raises as ``unpack`` does."""
    with _told(path):
        return capped(USUAL, _seal_of, path)


def _seal_of(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        if archive.getinfo(MANIFEST).file_size > _SMALL:
            raise _Unfit(MANIFEST)
        return archive.read(MANIFEST)


def sealed_files(path: Path, seal: bytes) -> Mapping[str, str]:
    """Each file of a bundle and its SHA-256, as its manifest says; raises as ``unpack`` does."""
    with _told(path):
        return _manifest(seal)[1]


class _Unfit(Exception): ...


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NoBundle(file=path) from None
    except (*BAD_ZIP, _Unfit, Refused, KeyError, TypeError, AttributeError, RecursionError) as reason:
        shown = harmless(str(reason) or type(reason).__name__)[:200]
        raise BundleUnreadable(file=path, reason=shown) from None


def _unpacked(path: Path, folder: Path) -> Bundle:
    """In the child."""
    digest = sha256_of(path)
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        _refuse_unfit(entries, path.stat().st_size)
        present = {entry.filename: _taken_out(archive, entry, folder) for entry in entries}
    manifest = (folder / MANIFEST).read_bytes()
    month, hashes = _manifest(manifest)
    _refuse_odd_arrivals(json.loads((folder / ARRIVALS).read_bytes()))
    signature = None
    if present.pop(SIGNATURE, None):
        signature = signature_from(json.loads((folder / SIGNATURE).read_bytes()))
    del present[MANIFEST]
    flaws = sorted(name for name in {*present, *hashes} if present.get(name) != hashes.get(name))
    if not flaws:
        for name in (CONFIG, f"output/{month}/{RECORD}"):
            if name not in present:
                raise _Unfit(f"{name}: –")
    books = (name for name in present if name.startswith(f"output/{month}/") and name.endswith(".xlsx"))
    contents = {name: contents_digest((folder / name).read_bytes()) for name in books}
    return Bundle(month, digest, hashes, tuple(flaws), contents, manifest, signature)


def _refuse_unfit(entries: Sequence[zipfile.ZipInfo], size: int) -> None:
    """What can be told before anything is unpacked. Raises ``_Unfit``."""
    as_it_is = [entry for entry in entries if _is_evidence(entry)]
    unpacked = sum(entry.file_size for entry in entries) - sum(entry.file_size for entry in as_it_is)
    if len(entries) > _MOST_MEMBERS:
        raise _Unfit(f"{len(entries):,} > {_MOST_MEMBERS:,}")
    if sum(entry.file_size for entry in as_it_is) > size:
        raise _Unfit("evidence")
    if unpacked > min(_MOST_BYTES, max(_SMALL, _RATIO * size)):
        raise _Unfit(f"{size:,} → {unpacked:,} bytes")
    for entry in entries:
        mode = entry.external_attr >> 16
        odd = stat.S_IFMT(mode) not in (0, stat.S_IFREG) or entry.flag_bits & 1
        packed = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        large = entry.file_size > _MOST_IN_ONE and not _is_evidence(entry)
        if odd or not packed or large or not _has_its_place(entry):
            raise _Unfit(entry.orig_filename)
    if len({entry.filename.casefold() for entry in entries}) < len(entries):
        raise _Unfit("duplicate names")


def _is_evidence(entry: zipfile.ZipInfo) -> bool:
    """Whether a member is evidence, as large as it is: it is not packed, so that it can't swell."""
    top, *below = entry.filename.split("/")
    own = top == _MONTHS[0] and len(below) > 2 and is_evidence(below[1])
    return own and entry.compress_type == zipfile.ZIP_STORED and entry.file_size == entry.compress_size


def _has_its_place(entry: zipfile.ZipInfo) -> bool:
    """Whether a bundle has such a file, and its name leads nowhere else."""
    name = entry.filename
    top, *below = name.split("/")
    if name != entry.orig_filename or {"", ".", ".."} & {top, *below} or set(":\\") & set(name):
        return False
    if not below:
        return name in _ALONE
    if top in _ONE_FILE:
        return len(below) == 1
    if top == _KEPT:
        return True
    if top == "output" and below[0] == CLOSED:
        return len(below) == 2 and is_month(below[1].removesuffix(".json"))
    mailed = top == "output" and below[1:2] == [MAIL]
    return top in _MONTHS and len(below) > 1 and is_month(below[0]) and not mailed


def _taken_out(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> str:
    """Write a member to its place, piece by piece; its SHA-256."""
    path, digest = folder / PurePosixPath(entry.filename), hashlib.sha256()
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as packed, path.open("xb") as file:
        while piece := packed.read(_PIECE):
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def _manifest(raw: bytes) -> tuple[str, dict[str, str]]:
    """The month and the hashes. Raises as ``unpack`` catches."""
    manifest = json.loads(raw)
    month, hashes = manifest["month"], manifest["files"]
    if manifest["format"] != FORMAT or not (isinstance(month, str) and is_month(month)):
        raise _Unfit(f"{MANIFEST}: {manifest['format']!r:.20} {month!r:.20}")
    if not all(isinstance(digest, str) for digest in hashes.values()):
        raise _Unfit(f"{MANIFEST}: files")
    return month, hashes


def _refuse_odd_arrivals(arrivals: Mapping[str, str]) -> None:
    """Each digest has a moment of the workspace's own clock."""
    if any(datetime.fromisoformat(moment).tzinfo for moment in arrivals.values()):
        raise _Unfit(ARRIVALS)


# --- the workspace that it is -------------------------------------------------------------------------------


def workspace_in(folder: Path, limits: IntakeLimits) -> Config:
    """The workspace that an unpacked bundle is: its own configuration, with the paths of the bundle and no
    limit above ``limits``.

    Raises ``KpibatchError`` where that can't be read.
    """

    def member(kind: str) -> str:
        return next((f"{kind}/{path.name}" for path in sorted((folder / kind).glob("*"), key=by_name)), "")

    config = read_config(folder)
    paths: dict[str, Any] = {kind: member(kind) for kind in ("level_tables", "form_template")}
    paths["level_tables"] = paths["level_tables"] or Workspace.level_tables
    for kind in ("corrections", "province"):
        paths[kind] = member(kind) or getattr(Workspace, kind)
    return replace(
        config,
        workspace=replace(
            config.workspace,
            **paths,
            submissions="submissions",
            sources="sources",
            agreements=_KEPT,
            output="output",
        ),
        intake=replace(config.intake, **{name: most for name, (_, most) in lowered(config, limits).items()}),
    )


def lowered(config: Config, limits: IntakeLimits) -> dict[str, tuple[Any, Any]]:
    """The limits that a configuration sets higher than ``limits``: what it says, and what holds."""
    theirs, ours = asdict(config.intake), asdict(limits)
    names = (spec.name for spec in fields(IntakeLimits) if not spec.name.startswith(("date_", "late_")))
    return {name: (theirs[name], ours[name]) for name in names if theirs[name] > ours[name]}
