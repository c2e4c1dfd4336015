"""A closed month as one zip file: everything it came from and everything that came out, with the SHA-256 of
each file, signed where the workspace has a key. Packing the same month twice gives the same bytes.
"""

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath

from kpibatch import __version__
from kpibatch.base.config import FILE as CONFIG
from kpibatch.base.config import Config
from kpibatch.base.errors import MonthClosed
from kpibatch.base.files import by_name, saved, sha256_of
from kpibatch.base.month_files import CHECKED, CLOSED, LISTED, MADE_AFTER, MAIL, RECORD
from kpibatch.intake.evidence.listing import FOLDER, Evidence, read_evidence
from kpibatch.intake.folder import KEPT, LEFT_OUT, named
from kpibatch.months.folder import Published
from kpibatch.months.keys import signed
from kpibatch.rules.levels import LevelTables

MANIFEST, ARRIVALS, SIGNATURE = "manifest.json", "arrivals.json", "signature.json"
CONSTRAINTS = "constraints.txt"
FORMAT = 1
_PIECE = 1 << 20
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


def seal_path(output: Path, month: str) -> Path:
    """Where, in an unpacked bundle, the manifest of an earlier closed month lies."""
    return output / CLOSED / f"{month}.json"


def pack(
    config: Config,
    tables: LevelTables,
    published: Published,
    folders: Mapping[str, Path],
    seals: Mapping[str, bytes],
    sights: Mapping[str, datetime],
    target: Path,
) -> None:
    """Write the bundle of a published month; ``folders`` are those of the round's months up to it, ``seals``
    the manifests of those that are closed, ``sights`` when files' bytes were first seen.

    Raises ``KpibatchError`` where something can't be read or the disk refuses.
    """
    members = {name: _bytes(content) for name, content in _members(config, published, folders)}
    members |= {f"output/{CLOSED}/{month}.json": seal for month, seal in seals.items()}
    evidence = dict[str, Path]()
    for month, held in _evidence(config, tables, published, folders):
        evidence |= {f"submissions/{month}/{proof.name}": proof.path for proof in held.files}
        members |= _beside_evidence(held, f"submissions/{month}")
    hashes = _hashes(members) | {name: sha256_of(path) for name, path in evidence.items()}
    arrivals = {digest: sights[digest].isoformat() for digest in sorted({*hashes.values()} & {*sights})}
    members[ARRIVALS] = _as_json(arrivals)
    hashes |= _hashes({ARRIVALS: members[ARRIVALS]})
    files = dict(sorted(hashes.items()))
    facts = {
        "format": FORMAT,
        "month": published.month,
        "round": published.round,
        "kpibatch": __version__,
        "files": files,
    }
    members[MANIFEST] = _as_json(facts)
    if config.seal.key:
        members[SIGNATURE] = _as_json(signed(config.seal.key, members[MANIFEST]).facts)

    everything: dict[str, bytes | Path] = {**members, **evidence}

    def write(part: Path) -> None:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in sorted(everything.items()):
                _put(archive, name, content)

    saved(target, write)


def _put(archive: zipfile.ZipFile, name: str, content: bytes | Path) -> None:
    """A member; what stays on the disk goes in piece by piece and as it is, however large."""
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr, entry.create_system = 0o644 << 16, 3
    if isinstance(content, bytes):
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, content)
        return
    entry.file_size = content.stat().st_size  # tells whether it needs the wide fields
    with content.open("rb") as file, archive.open(entry, "w") as member:
        shutil.copyfileobj(file, member, _PIECE)


def _beside_evidence(held: Evidence, folder: str) -> dict[str, bytes]:
    """That there is a folder for evidence though nothing in it is sealed, and what can't be."""
    kept = {f"{folder}/{FOLDER}/{KEPT}": b""} if held.there and not held.files else {}
    return kept | ({f"{folder}/{LEFT_OUT}": _as_json(held.refused)} if held.refused else {})


def _evidence(
    config: Config, tables: LevelTables, published: Published, folders: Mapping[str, Path]
) -> Iterator[tuple[str, Evidence]]:
    """The month's evidence, and that of months before it of which no record tells what was handed in."""
    for month, folder in folders.items():
        if month == published.month or not (folder / RECORD).is_file():
            yield month, read_evidence(config.submissions / month, tables, config.intake)


def _members(
    config: Config, published: Published, folders: Mapping[str, Path]
) -> Iterator[tuple[str, Path | bytes]]:
    yield CONFIG, config.root / CONFIG
    yield CONSTRAINTS, _constraints()
    for kind in ("level_tables", "form_template", "corrections", "province"):
        path = getattr(config, kind)
        if path and path.is_file():
            yield f"{kind}/{path.name}", path
    yield from _sent(config.agreements, "agreements")
    for month, folder in folders.items():
        yield from _sent(config.submissions / month, f"submissions/{month}")
        yield from _sent(config.sources / month, f"sources/{month}")
        if month != published.month:
            for name in (RECORD, *LISTED):
                if (path := folder / name).is_file():
                    yield f"output/{month}/{name}", path
    for name, path in _files(published.folder, f"output/{published.month}", below=True):
        if PurePosixPath(name).parts[2] not in (MAIL, CHECKED, *MADE_AFTER):  # a run makes none
            yield name, path


def _constraints() -> bytes:
    """What the program ran with, as pip takes it: each library it needs, and what these need."""
    from importlib.metadata import PackageNotFoundError, distribution  # brings the reading of mails along

    found: dict[str, str] = {}
    wanted = ["kpibatch"]
    while wanted:
        name = re.sub(r"[-_.]+", "-", wanted.pop()).lower()
        with suppress(PackageNotFoundError):
            if name not in found:
                library = distribution(name)
                found[name] = library.version
                needed = (line for line in library.requires or () if "extra ==" not in line)
                wanted += [match[0] for line in needed if (match := re.match(r"[\w.-]+", line))]
    return "".join(f"{name}=={version}\n" for name, version in sorted(found.items())).encode()


def _sent(folder: Path, name: str) -> Iterator[tuple[str, Path | bytes]]:
    """What a month's folder holds; of a folder without a file that it is there, for it is told, and must be
    again.
    """
    for path, own in named(folder).items():
        if path.is_dir():
            yield f"{name}/{own}/{KEPT}", b""
        elif path.is_file():
            yield f"{name}/{own}", path


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
