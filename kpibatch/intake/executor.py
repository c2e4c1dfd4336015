"""Reading many files, wherever they are read: ``concurrent.futures.Executor`` is the one interface for it.

In: paths, what to read them by, and how an executor is started (``readers``: each file in a child process).
Out: their ``Contents`` in the same order, a refusal where a file killed its reader.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import NoReaders
from kpibatch.base.files import harmless
from kpibatch.books.guard.capped import Pool
from kpibatch.books.guard.inspect import take
from kpibatch.books.guard.job import done_here, is_right_here
from kpibatch.books.guard.limits import Refused
from kpibatch.forms.office import OfficeForm
from kpibatch.intake.submission import Contents, read_submission, refused
from kpibatch.rules.levels import LevelTables

_GRACE = 60.0  # seconds for a reader to start; a healthy one needs less than one


@dataclass(frozen=True)
class Orders:
    """What every file of a month is read by; ``names`` are those of files that are called otherwise."""

    tables: LevelTables
    month: str
    limits: IntakeLimits
    office_form: OfficeForm | None = None
    names: Mapping[Path, str] = field(default_factory=dict)

    def read(self, path: Path) -> Contents:
        return read_submission(
            path, self.tables, self.month, self.limits, self.office_form, self.name_of(path)
        )

    def name_of(self, path: Path) -> str:
        """What a file is called in findings: its own name, or where in the month's folder it lies."""
        return self.names.get(path) or harmless(path.name)

    def lost(self, path: Path, reason: Refused) -> Contents:
        """A file that did not let its reader come to an end."""
        digest = ""
        with suppress(OSError, Refused):
            digest = hashlib.sha256(take(path, self.limits)).hexdigest()
        return refused(self.name_of(path), self.tables, reason, digest)


Start: TypeAlias = Callable[[Orders, int], Executor]  # for so many files


def readers(orders: Orders, files: int) -> Executor:
    """Child processes that read by these orders; in a process that may be lost, the process itself."""
    return RightHere(orders.limits) if is_right_here() else Pool(orders.limits, orders.read, files)


class RightHere(Executor):
    """Each call is done as it is handed in. Raises ``Elsewhere`` where that comes to no end of its own."""

    def __init__(self, limits: IntakeLimits) -> None:
        self._limits = limits

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        try:
            done.set_result(done_here(self._limits, fn, *args, **kwargs))
        except Refused as reason:
            done.set_exception(reason)
        return done


def read_all(
    paths: Sequence[Path],
    orders: Orders,
    start: Start,
    tick: Callable[[int, int], None] = lambda done, of: None,
) -> list[Contents]:
    """Read every file; ``tick`` is told how many are done, of how many.

    An executor that breaks down is replaced; files are begun in order, so each ends soon after the one before
    it. Raises ``NoReaders`` where two in a row read nothing.
    """
    done: dict[Path, Contents] = {}
    stalled = 0
    while len(done) < len(paths) and stalled < 2:
        before, rest = len(done), [path for path in paths if path not in done]
        with start(orders, len(rest)) as executor, suppress(BrokenExecutor, TimeoutError):
            futures = [executor.submit(orders.read, path) for path in rest]
            for path, future in zip(rest, futures, strict=True):
                try:
                    done[path] = future.result(orders.limits.seconds + _GRACE)
                except Refused as reason:
                    done[path] = orders.lost(path, reason)
                tick(len(done), len(paths))
        stalled = 0 if len(done) > before else stalled + 1
    if stalled:
        raise NoReaders
    return [done[path] for path in paths]
