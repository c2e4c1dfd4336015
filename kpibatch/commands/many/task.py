"""What travels to whoever runs a workspace's month, and back: paths, digests and lines."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from kpibatch.base.files import sha256_of


@dataclass(frozen=True)
class Task:
    """One workspace's month; without a month, its newest.

    ``name`` is the workspace as it was typed, ``language`` that of its line. ``settings`` is the SHA-256 of
    its ``config.toml`` and ``program`` the digest of the program, as the caller has them: whoever does the
    task compares; blank where it is done on the caller's own computer. ``topic`` is what its steps are told
    under. ``careful``: every file is read in a process of its own.
    """

    workspace: str
    name: str
    month: str | None = None
    language: str = "th"
    settings: str = ""
    program: str = ""
    topic: str = ""
    careful: bool = False


@dataclass(frozen=True)
class Ended:
    """What became of a task: its exit code, its one line and what else was to be told.

    ``counts`` are the units that have sent, all units, errors, warnings and notes of the ``month``.
    ``record`` is the path of ``run.json``, ``digest`` its SHA-256; blank where nothing was written.
    """

    workspace: str
    code: int
    line: str
    told: tuple[str, ...] = ()
    month: str = ""
    counts: tuple[int, ...] = ()
    record: str = ""
    digest: str = ""


class Lost(Exception):
    """The process that did a call has died; the reason as text."""


def digest_of(path: Path) -> str:
    """A file's SHA-256; blank where it can't be read."""
    try:
        return sha256_of(path)
    except OSError:
        return ""


def digest_of_facts(facts: dict[str, str]) -> str:
    return hashlib.sha256(repr(sorted(facts.items())).encode()).hexdigest()
