"""What was read of a file, kept below ``output/.cache`` by everything that decides it: the file's bytes, its
name, the orders it was read by, and the program that read it.

In: ``Contents`` to keep, or what to look for. Out: the same ``Contents``, or none: an entry that is missing,
cut off or otherwise than it was written is no entry, and the file is read again. The folder may be deleted at
any time; nothing in it is ever run, and several runs may use it at once. It is kept within ``MOST`` bytes.
"""

import hashlib
import json
import os
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple
from functools import cache
from pathlib import Path
from typing import Any

import kpibatch
from kpibatch.base.files import by_name, sha256_of
from kpibatch.base.findings import Finding, Place
from kpibatch.books.guard.limits import REFUSALS
from kpibatch.books.read import READER
from kpibatch.intake.executor import Orders
from kpibatch.intake.frame import Line, OwnLevel
from kpibatch.intake.submission import Contents
from kpibatch.rules.fingerprint import fingerprint

CACHE = ".cache"
MOST = 100_000_000
"""Bytes: some twenty months of a country's forms."""
_SUM = hashlib.sha256().digest_size
_UTF8 = ("utf-8", "surrogatepass")  # names may hold lone halves of letters
_STALE = 86_400.0  # seconds after which the use of an entry is noted once more


class Remembered:
    """The entries of files read by the same orders."""

    def __init__(self, folder: Path | None, orders: str = "") -> None:
        self._folder, self._orders = folder, orders

    def find(self, file: Path, name: str) -> Contents | None:
        """What was read of a file's bytes under that name by these orders, if it is known."""
        if self._folder is None:
            return None
        try:
            sha256 = sha256_of(file)
            path = self._path(name, sha256)
            raw = path.read_bytes()
            if hashlib.sha256(raw[_SUM:]).digest() != raw[:_SUM]:
                return None
            contents = _unpacked(json.loads(zlib.decompress(raw[_SUM:]).decode(*_UTF8)))
            if time.time() - path.stat().st_mtime > _STALE:
                os.utime(path)
        except (OSError, ValueError, TypeError, KeyError, zlib.error):
            return None
        return contents if (contents.file, contents.sha256) == (name, sha256) else None

    def keep(self, contents: Contents) -> None:
        """Keep what was read, unless something kept the file from being read: that may not last."""
        if self._folder is None or not contents.sha256:
            return
        if any(found.code in REFUSALS for found in contents.findings):
            return
        path = self._path(contents.file, contents.sha256)
        text = json.dumps(_packed(contents), ensure_ascii=False, separators=(",", ":"))
        packed = zlib.compress(text.encode(*_UTF8), 1)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with suppress(OSError):  # a disk that is full or read-only costs the next run a moment
                path.parent.mkdir(parents=True, exist_ok=True)
                part.write_bytes(hashlib.sha256(packed).digest() + packed)
                part.replace(path)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Take away what was not used for longest, where there is too much."""
        if self._folder is None:
            return
        with suppress(OSError):
            entries = sorted(_entries(self._folder), reverse=True)
            kept = 0
            for _, size, path in entries:
                kept += size
                if kept > MOST:
                    path.unlink(missing_ok=True)

    def _path(self, name: str, sha256: str) -> Path:
        assert self._folder
        key = hashlib.sha256("\n".join((self._orders, sha256, name)).encode(*_UTF8))
        return self._folder / key.hexdigest()


NOTHING_REMEMBERED = Remembered(None)


def remembered(output: Path, orders: Orders) -> Remembered:
    """What was read in a workspace by these orders; nothing is kept where there is no output folder yet."""
    if not output.is_dir():
        return NOTHING_REMEMBERED
    said = fingerprint((orders.tables, orders.month, orders.limits, orders.office_form), whole=True)
    return Remembered(output / CACHE / "forms", f"{_program()}\n{said}")


@cache
def _program() -> str:
    """This very program: its version, and the state of the files it is made of, for who changes them seldom
    changes the version.
    """
    home = Path(kpibatch.__file__).parent
    parts = sorted((path for kind in ("py", "toml", "lark") for path in home.rglob(f"*.{kind}")), key=by_name)
    stats = [(path.relative_to(home).as_posix(), path.stat()) for path in parts]
    calamine = Path(READER).stat()
    made_of = [(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats]
    about = (kpibatch.__version__, sys.version, calamine.st_mtime_ns, calamine.st_size, made_of)
    return hashlib.sha256(repr(about).encode()).hexdigest()


def _entries(folder: Path) -> Iterator[tuple[float, int, Path]]:
    with os.scandir(folder) as found:
        for entry in found:
            stat = entry.stat()
            yield stat.st_mtime, stat.st_size, Path(entry.path)


# --- as JSON, which can hold nothing that runs --------------------------------------------------------------


def _packed(contents: Contents) -> dict[str, Any]:
    return {
        "file": contents.file,
        "sha256": contents.sha256,
        "unit": contents.unit,
        "lines": contents.lines,
        "texts": [[*key, *texts] for key, texts in contents.texts.items()],
        "findings": [astuple(found) for found in contents.findings],
        "own": [[*key, own.level, *astuple(own.place)] for key, own in contents.own_levels.items()],
    }


def _unpacked(packed: dict[str, Any]) -> Contents:
    return Contents(
        packed["file"],
        packed["sha256"],
        packed["unit"],
        [Line(*line) for line in packed["lines"]],
        {(unit, measure): (a, b, c) for unit, measure, a, b, c in packed["texts"]},
        [_finding(*found) for found in packed["findings"]],
        {(unit, kpi): OwnLevel(level, Place(*place)) for unit, kpi, level, *place in packed["own"]},
    )


def _finding(
    code: str, place: list[str], unit: str, measure: str, found: str, facts: list[list[str]], stated: str
) -> Finding:
    pairs = tuple((name, fact) for name, fact in facts)
    return Finding(code, Place(*place), unit, measure, found, pairs, stated)
