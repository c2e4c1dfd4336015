"""Closed months as they were sealed, whatever has become of their folders since.

In: the output folder. Out: for each month the folder to read it from: its own where it still is as it was
sealed, else what the bundle holds of it.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kpibatch.base.errors import BundleUnreadable, KpibatchError
from kpibatch.base.month_files import CLOSED, RECORD
from kpibatch.base.thai import is_month
from kpibatch.months.bundle import bundle_path, seal_path
from kpibatch.months.folder import month_folders
from kpibatch.months.unpack import seal_of, sealed_files, unpack


@dataclass(frozen=True)
class Months:
    """``folders`` by month, oldest first; ``seals`` are the manifests of the closed months, ``restored``
    those of them that are read from their bundle, ``broken`` those whose bundle can't be read, with why.
    """

    folders: Mapping[str, Path]
    seals: Mapping[str, bytes] = field(default_factory=dict)
    restored: frozenset[str] = frozenset()
    broken: Mapping[str, KpibatchError] = field(default_factory=dict)


@contextmanager
def as_sealed(output: Path) -> Iterator[Months]:
    """The months of an output folder; what was taken out of bundles is gone after the block."""
    folders = {folder.name: folder for folder in month_folders(output)}
    closed = sorted({path.stem for path in (output / CLOSED).glob("*") if is_month(path.stem)})
    if not closed:
        yield Months(folders)
        return
    seals, restored, broken = {}, set(), {}
    with tempfile.TemporaryDirectory(prefix="kpibatch-", ignore_cleanup_errors=True) as room:
        for month in closed:
            try:
                seals[month] = seal = _seal(output, month)
                if not _as_it_was(output, month, seal):
                    folders[month] = _taken_out(output, month, Path(room) / month)
                    restored.add(month)
            except KpibatchError as error:
                broken[month] = error
        yield Months(dict(sorted(folders.items())), seals, frozenset(restored), broken)


def _seal(output: Path, month: str) -> bytes:
    """The manifest of a closed month, from its bundle; by itself where the output is an unpacked bundle's."""
    alone = seal_path(output, month)
    return alone.read_bytes() if alone.is_file() else seal_of(bundle_path(output, month))


def _as_it_was(output: Path, month: str, seal: bytes) -> bool:
    """Whether a month's record is the sealed one; it vouches for the other files."""
    sealed = sealed_files(bundle_path(output, month), seal)
    try:
        record = (output / month / RECORD).read_bytes()
    except OSError:
        return False
    return sealed.get(f"output/{month}/{RECORD}") == hashlib.sha256(record).hexdigest()


def _taken_out(output: Path, month: str, room: Path) -> Path:
    room.mkdir()
    path = bundle_path(output, month)
    if flaws := unpack(path, room).flaws:
        raise BundleUnreadable(file=path, reason=flaws[0])
    return room / "output" / month
