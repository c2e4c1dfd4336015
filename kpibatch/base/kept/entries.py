"""Entries by their keys, a file each: what is missing, cut off or otherwise than it was written is no entry,
and the work is done again.

The folder may be deleted at any time; nothing in it is ever run, and several runs may use it at once. It is
kept within ``most`` bytes.
"""

import hashlib
import json
import os
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

CACHE = ".cache"
_SUM = hashlib.sha256().digest_size
_UTF8 = ("utf-8", "surrogatepass")  # names may hold lone halves of letters
_STALE = 86_400.0  # seconds after which the use of an entry is noted once more

Content = TypeVar("Content")


def key_of(*parts: str) -> str:
    """The key of what hangs on these parts and on nothing else."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Kept:
    """The entries of one kind, of a workspace; none where there is no output folder yet."""

    def __init__(self, output: Path, kind: str, most: int) -> None:
        self._folder = output / CACHE / kind if output.is_dir() else None
        self.most = most

    def find(self, key: str, unpack: Callable[[Any], Content]) -> Content | None:
        """What was kept under a key, unpacked; nothing where there is no such entry."""
        if self._folder is None:
            return None
        path = self._folder / key
        try:
            raw = path.read_bytes()
            if _sum(key, raw[_SUM:]) != raw[:_SUM]:
                return None
            content = unpack(json.loads(zlib.decompress(raw[_SUM:]).decode(*_UTF8)))
            if time.time() - path.stat().st_mtime > _STALE:
                os.utime(path)
        except (OSError, ValueError, TypeError, KeyError, zlib.error):
            return None
        return content

    def keep(self, key: str, packed: object) -> None:
        """Keep what JSON can say."""
        if self._folder is None:
            return
        text = json.dumps(packed, ensure_ascii=False, separators=(",", ":"))
        content = zlib.compress(text.encode(*_UTF8), 1)
        path = self._folder / key
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with suppress(OSError):  # a disk that is full or read-only costs the next run a moment
                path.parent.mkdir(parents=True, exist_ok=True)
                part.write_bytes(_sum(key, content) + content)
                part.replace(path)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def told(
        self, key: str, contents: Iterable[tuple[str, bytes]], work: Callable[[bytes], str]
    ) -> dict[str, str]:
        """What a function makes of each content, by its name: it is asked only about bytes that it was not
        asked about the last time.
        """
        known: dict[str, str] = self.find(key, dict) or {}
        made, seen = {}, {}
        for name, content in contents:
            digest = hashlib.sha256(content).hexdigest()
            made[name] = seen[digest] = known.get(digest) or work(content)
        if seen != known:
            self.keep(key, seen)
        return made

    def tidy(self) -> None:
        """Take away what was not used for longest, where there is too much."""
        if self._folder is None:
            return
        with suppress(OSError):
            entries = sorted(_entries(self._folder), reverse=True)
            kept = 0
            for _, size, path in entries:
                kept += size
                if kept > self.most:
                    path.unlink(missing_ok=True)


def _sum(key: str, content: bytes) -> bytes:
    """An entry under another's name is none either."""
    return hashlib.sha256(key.encode() + content).digest()


def _entries(folder: Path) -> Iterator[tuple[float, int, Path]]:
    with os.scandir(folder) as found:
        for entry in found:
            stat = entry.stat()
            yield stat.st_mtime, stat.st_size, Path(entry.path)
