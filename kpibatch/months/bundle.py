"""A closed month as one zip file: everything it came from and everything that came out, with the SHA-256 of
each file.

Packing the same month twice gives the same bytes. Unpacking trusts nothing: names, sizes and hashes are
checked first.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from kpibatch import __version__
from kpibatch.base.config import FILE as CONFIG
from kpibatch.base.config import Config, Workspace, read_config
from kpibatch.base.errors import BundleUnreadable, MonthClosed, NoBundle
from kpibatch.base.files import by_name, saved, sha256_of
from kpibatch.base.month_files import CLOSED, LISTED, MAIL, RECORD
from kpibatch.intake.folder import KEPT, walk
from kpibatch.months.folder import Published

MANIFEST, ARRIVALS = "manifest.json", "arrivals.json"
_FORMAT = 1
_MAX_BYTES = 4_000_000_000
_EPOCH = (1980, 1, 1, 0, 0, 0)


def bundle_path(output: Path, month: str) -> Path:
    """Where the bundle of a closed month lies."""
    return output / CLOSED / f"{month}.zip"


def refuse_closed(config: Config, month: str) -> None:
    """Raises ``KpibatchError`` where the month is closed: its output must stay as it was sealed.

    Source: design, section 2 (``close``).
    """
    if bundle_path(config.output, month).exists():
        raise MonthClosed(month=month, file=bundle_path(config.output, month))


def pack(
    config: Config, published: Published, months: Iterable[str], sights: Mapping[str, datetime], target: Path
) -> None:
    """Write the bundle of a published month; ``months`` are the round's months up to it, ``sights`` when
    files' bytes were first seen.

    Raises ``KpibatchError`` where something can't be read or the disk refuses.
    """
    members = {name: _bytes(content) for name, content in _members(config, published, list(months))}
    hashes = _hashes(members)
    arrivals = {digest: sights[digest].isoformat() for digest in sorted({*hashes.values()} & {*sights})}
    members[ARRIVALS] = _as_json(arrivals)
    hashes |= _hashes({ARRIVALS: members[ARRIVALS]})
    files = dict(sorted(hashes.items()))
    facts = {
        "format": _FORMAT,
        "month": published.month,
        "round": published.round,
        "kpibatch": __version__,
        "files": files,
    }
    members[MANIFEST] = _as_json(facts)

    def write(part: Path) -> None:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in sorted(members.items()):
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.compress_type, entry.external_attr, entry.create_system = (
                    zipfile.ZIP_DEFLATED,
                    0o644 << 16,
                    3,
                )
                archive.writestr(entry, content)

    saved(target, write)


def _members(config: Config, published: Published, months: list[str]) -> Iterator[tuple[str, Path | bytes]]:
    yield CONFIG, config.root / CONFIG
    for kind in ("level_tables", "form_template", "corrections"):
        path = getattr(config, kind)
        if path and path.is_file():
            yield f"{kind}/{path.name}", path
    for month in months:
        yield from _sent(config.submissions / month, f"submissions/{month}")
        if month != published.month:
            for name in (RECORD, *LISTED):
                if (path := config.output / month / name).is_file():
                    yield f"output/{month}/{name}", path
    for name, path in _files(published.folder, f"output/{published.month}", below=True):
        if PurePosixPath(name).parts[2] != MAIL:
            yield name, path


def _sent(folder: Path, name: str) -> Iterator[tuple[str, Path | bytes]]:
    """What a month's folder holds; of a folder without a file that it is there, for it is told, and must be
    again.
    """
    if folder.is_dir():
        for path in sorted(walk(folder), key=by_name):
            member = f"{name}/{path.relative_to(folder).as_posix()}"
            if path.is_dir():
                yield f"{member}/{KEPT}", b""
            elif path.is_file():
                yield member, path


def _files(folder: Path, name: str, *, below: bool) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*") if below else folder.glob("*"), key=by_name):
        if path.is_file():
            yield f"{name}/{path.relative_to(folder).as_posix()}", path


def _hashes(members: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}


def _bytes(content: Path | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def _as_json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


# --- the way back -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bundle:
    """An unpacked bundle. ``flaws`` are the files that are not as the manifest says; empty where nothing was
    tampered with.
    """

    month: str
    sha256: str
    hashes: Mapping[str, str]
    flaws: tuple[str, ...]


def unpack(path: Path, folder: Path) -> Bundle:
    """Unpack a bundle into an empty folder and hold every file against the manifest.

    Raises ``KpibatchError`` where it is no bundle, or not fit to be unpacked.
    """
    try:
        digest = sha256_of(path)
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _refuse_unfit(path, entries)
            contents = {entry.filename: archive.read(entry) for entry in entries}
        manifest = json.loads(contents.pop(MANIFEST))
        month, hashes = (
            str(manifest["month"]),
            {str(name): str(digest) for name, digest in manifest["files"].items()},
        )
        json.loads(contents[ARRIVALS])
    except FileNotFoundError:
        raise NoBundle(file=path) from None
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        zipfile.error,
    ) as reason:
        raise BundleUnreadable(file=path, reason=reason) from None
    present = _hashes(contents)
    flaws = sorted(name for name in {*present, *hashes} if present.get(name) != hashes.get(name))
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return Bundle(month, digest, hashes, tuple(flaws))


def _refuse_unfit(path: Path, entries: Iterable[zipfile.ZipInfo]) -> None:
    entries = list(entries)
    names = [entry.filename for entry in entries]
    outside = [
        name
        for name in names
        if PurePosixPath(name).is_absolute() or {"..", ""} & set(name.split("/")) or set(":\\") & set(name)
    ]
    if outside or len({name.casefold() for name in names}) < len(names):
        raise BundleUnreadable(file=path, reason=(outside or names)[0])
    if sum(entry.file_size for entry in entries) > _MAX_BYTES:
        raise BundleUnreadable(file=path, reason=f"> {_MAX_BYTES:,} bytes")


def workspace_in(folder: Path) -> Config:
    """The workspace that an unpacked bundle is: its own configuration, with the paths of the bundle."""

    def member(kind: str) -> str:
        return next((f"{kind}/{path.name}" for path in sorted((folder / kind).glob("*"), key=by_name)), "")

    config = read_config(folder)
    paths: dict[str, Any] = {kind: member(kind) for kind in ("level_tables", "form_template")}
    corrections = member("corrections") or Workspace.corrections
    return replace(
        config,
        workspace=replace(
            config.workspace, **paths, corrections=corrections, submissions="submissions", output="output"
        ),
    )
