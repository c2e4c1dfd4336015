"""Which workspaces are meant: those that were typed and those of a list, each once, whatever path leads
there.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kpibatch.base.errors import TogetherFault

STDIN = "-"


@dataclass(frozen=True)
class Named:
    """A workspace's folder, links resolved, as it was typed first and then again."""

    folder: Path
    name: str
    again: tuple[str, ...] = ()


def named_once(names: Iterable[str]) -> tuple[Named, ...]:
    """The workspaces in the order in which they were named first. One that is not there is kept: it fails
    alone.
    """
    found: dict[object, Named] = {}
    for name in names:
        folder = Path(os.path.realpath(name))
        key = _identity(folder)
        before = found.get(key)
        found[key] = (
            Named(before.folder, before.name, (*before.again, name)) if before else Named(folder, name)
        )
    return tuple(found.values())


def _identity(folder: Path) -> object:
    """The same for two paths to one folder, which a share may show under two names."""
    try:
        about = folder.stat()
    except OSError:
        return str(folder)
    return (about.st_dev, about.st_ino) if about.st_ino else str(folder)


def listed(file: str) -> tuple[str, ...]:
    """The workspaces of a list: a folder a line, from the list's own folder on; blank lines and those that
    begin with ``#`` say nothing. ``-`` reads standard input, whose lines count from here.

    Raises ``TogetherFault`` where the list can't be read or names nothing.
    """
    try:
        raw = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as reason:
        raise TogetherFault("list-unreadable", file=file, reason=reason) from None
    except UnicodeDecodeError:
        raise TogetherFault("list-not-utf-8", file=file) from None
    names = tuple(_folders(text, Path() if file == STDIN else Path(file).parent))
    if not names:
        raise TogetherFault("list-empty", file=file)
    return names


def _folders(text: str, home: Path) -> Iterator[str]:
    for line in text.splitlines():
        name = line.strip()
        if name and not name.startswith("#"):
            yield str(home / name)
