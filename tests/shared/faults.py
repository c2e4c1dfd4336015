"""A disk that fails: every write, open for writing, rename, new folder, deletion and database statement of a
command is a point,

counted; at one of them, or from it on, a fault strikes. Reading never fails.

A file is struck half written. What child processes do is not seen; they only read.
"""

import builtins
import ctypes
import io
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from errno import EACCES, EIO, ENOSPC, ENOTCONN, EROFS, ESTALE
from typing import Any

import pytest

ADDING = ("open", "write", "mkdir", "copy", "sql")
REMOVING = ("unlink", "rmdir")
ALL = (*ADDING, "rename", "exchange", *REMOVING)


@dataclass(frozen=True)
class Fault:
    """What strikes: an error of the system, of the database, or something else that is raised; ``stays`` from
    the point on.
    """

    number: int = 0
    database: str = ""
    stays: bool = False
    kinds: tuple[str, ...] = ALL
    other: Callable[[], BaseException] | None = None

    def error(self, kind: str, path: object) -> BaseException:
        if self.other:
            return self.other()
        if kind == "sql":
            return sqlite3.OperationalError(self.database)
        return OSError(self.number, os.strerror(self.number), str(path))


class Killed(BaseException):
    """Never raised: at its point the process is gone."""


FULL = Fault(ENOSPC, "database or disk is full", stays=True, kinds=ADDING)
READ_ONLY = Fault(EROFS, "attempt to write a readonly database", stays=True)
GONE = Fault(ESTALE, "disk I/O error", stays=True)
CUT_OFF = Fault(ENOTCONN, "disk I/O error", stays=True)
BROKEN = Fault(EIO, "disk I/O error")
DENIED = Fault(EACCES, "unable to open database file")
INTERRUPTED = Fault(other=KeyboardInterrupt)
KILLED = Fault(other=Killed)


@dataclass
class Disk:
    """Counts the points; strikes at number ``at`` (from 0)."""

    fault: Fault = FULL
    at: int | None = None
    points: list[str] = field(default_factory=list)
    owner: int = field(default_factory=os.getpid)

    def point(self, kind: str, path: object, half: Callable[[], object] = lambda: None) -> None:
        if os.getpid() != self.owner:
            return
        now = len(self.points)
        self.points.append(f"{kind} {path}")
        if (
            self.at is None
            or kind not in self.fault.kinds
            or not (now >= self.at if self.fault.stays else now == self.at)
        ):
            return
        half()
        if self.fault is KILLED:
            os._exit(9)
        raise self.fault.error(kind, path)

    @property
    def struck(self) -> bool:
        return self.at is not None and len(self.points) > self.at


class _File:
    """A file open for writing whose writes are points."""

    def __init__(self, disk: Disk, path: object, stream: Any) -> None:
        self._disk, self._path, self._stream = disk, path, stream

    def write(self, content: Any) -> Any:
        def half() -> None:
            self._stream.write(content[: len(content) // 2])
            self._stream.flush()

        self._disk.point("write", self._path, half)
        return self._stream.write(content)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __enter__(self) -> "_File":
        return self

    def __exit__(self, *reason: object) -> None:
        self._stream.close()

    def __iter__(self) -> Any:
        return iter(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def failing(disk: Disk) -> Iterator[Disk]:
    """The disk fails as ``disk`` says, in this process, during the block."""
    with pytest.MonkeyPatch.context() as patch:
        _watch_files(patch, disk)
        _watch_names(patch, disk)
        _watch_databases(patch, disk)
        yield disk


def _watch_files(patch: pytest.MonkeyPatch, disk: Disk) -> None:
    true_open, true_os_open, true_copyfile = io.open, os.open, shutil.copyfile

    def opened(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if isinstance(file, int) or str(file).startswith(("/dev/", "/proc/")) or not set(mode) & set("wax+"):
            return true_open(file, mode, *rest, **more)
        disk.point("open", file)
        return _File(disk, file, true_open(file, mode, *rest, **more))

    def os_opened(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR) and not str(path).startswith("/dev/"):
            disk.point("open", path)
        return true_os_open(path, flags, *rest, **more)

    def copied(source: Any, target: Any, **more: Any) -> Any:
        disk.point("copy", target)
        return true_copyfile(source, target, **more)

    patch.setattr(builtins, "open", opened)
    patch.setattr(io, "open", opened)
    patch.setattr(os, "open", os_opened)
    patch.setattr(shutil, "copyfile", copied)


def _watch_names(patch: pytest.MonkeyPatch, disk: Disk) -> None:
    def watched(name: str, kind: str) -> None:
        true = getattr(os, name)

        def call(path: Any, *rest: Any, **more: Any) -> Any:
            disk.point(kind, path)
            return true(path, *rest, **more)

        patch.setattr(os, name, call)

    for name, kind in (("rename", "rename"), ("replace", "rename"), ("link", "rename"), ("mkdir", "mkdir")):
        watched(name, kind)
    for name, kind in (("unlink", "unlink"), ("remove", "unlink"), ("rmdir", "rmdir")):
        watched(name, kind)
    true_library = ctypes.CDLL

    class Library:
        """The C library; only the exchange of two names is a point."""

        def __init__(self, *words: Any, **more: Any) -> None:
            self.true = true_library(*words, **more)

        def __getattr__(self, name: str) -> Any:
            function = getattr(self.true, name)
            if name != "renameat2":
                return function

            def exchange(*words: Any) -> Any:
                disk.point("exchange", words[1])
                return function(*words)

            return exchange

    patch.setattr("kpibatch.base.files.ctypes.CDLL", Library)


def _watch_databases(patch: pytest.MonkeyPatch, disk: Disk) -> None:
    true_connect = sqlite3.connect

    class Watched(sqlite3.Connection):
        def execute(self, sql: str, *rest: Any) -> Any:
            disk.point("sql", sql.split("(")[0][:40])
            return super().execute(sql, *rest)

        def executemany(self, sql: str, *rest: Any) -> Any:
            disk.point("sql", sql.split("(")[0][:40])
            return super().executemany(sql, *rest)

        def executescript(self, sql: str) -> Any:
            disk.point("sql", "script")
            return super().executescript(sql)

    def connect(path: Any, *rest: Any, **more: Any) -> sqlite3.Connection:
        if str(path) == ":memory:":
            return true_connect(path, *rest, **more)
        disk.point("sql", "connect")
        return true_connect(path, *rest, factory=Watched, **more)

    patch.setattr("kpibatch.months.database.sqlite3.connect", connect)
