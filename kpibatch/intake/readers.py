"""Reading many files, each in a child process with a cap on its memory and a clock on the wall: a file that
kills costs itself alone.

In: paths. Out: their ``Contents`` in the same order. What a child does with a file is
``submission.read_submission`` and nothing else.
"""

import contextlib
import ctypes
import faulthandler
import gc
import hashlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import NoReaders
from kpibatch.books.guard.inspect import take
from kpibatch.books.guard.limits import Refused
from kpibatch.books.guard.package import MB
from kpibatch.forms.office import OfficeForm
from kpibatch.intake.submission import Contents, read_submission, refused
from kpibatch.rules.levels import LevelTables

WORKERS = 2
START = "fork" if sys.platform == "linux" else "spawn"  # a fork costs 3 ms, a fresh interpreter 300
_PR_SET_PDEATHSIG = 1
_GRACE = 60.0  # seconds for a child to start; a healthy one needs less than one


@dataclass(frozen=True)
class _Orders:
    """What every file is read by; handed to a child once."""

    tables: LevelTables
    month: str
    limits: IntakeLimits
    office_form: OfficeForm | None


_orders: list[_Orders] = []  # a child's own, filled in by _begin


def read_all(
    paths: Sequence[Path],
    tables: LevelTables,
    month: str,
    limits: IntakeLimits,
    tick: Callable[[int, int], None] = lambda done, of: None,
    office_form: OfficeForm | None = None,
) -> list[Contents]:
    """Read every file; ``tick`` is told how many are done, of how many.

    Raises ``KpibatchError`` where no child process can be started.
    """
    orders, done, stalled = _Orders(tables, month, limits, office_form), dict[Path, Contents](), 0
    while len(done) < len(paths) and stalled < 2:
        before = len(done)
        _read_rest(paths, orders, done, tick)
        stalled = 0 if len(done) > before else stalled + 1
    if stalled:
        raise NoReaders()
    return [done[path] for path in paths]


def _read_rest(
    paths: Sequence[Path], orders: _Orders, done: dict[Path, Contents], tick: Callable[[int, int], None]
) -> None:
    """Read the files not done yet, with a new pool, until all are done or the pool breaks down."""
    rest = [path for path in paths if path not in done]
    context = multiprocessing.get_context(START)
    pool = ProcessPool(min(WORKERS, len(rest)), initializer=_begin, initargs=(orders,), context=context)
    try:
        futures = [pool.schedule(_read, args=(path,), timeout=orders.limits.seconds) for path in rest]
        for path, future in zip(rest, futures, strict=True):
            outcome = _outcome(path, future, orders)
            if outcome is None:
                return
            done[path] = outcome
            tick(len(done), len(paths))
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _outcome(path: Path, future: "Future[Contents]", orders: _Orders) -> Contents | None:
    """What became of a file; ``None`` where the pool itself broke down, which is no fault of the file's."""
    try:
        # files are begun in order, so this one ends soon after the one before it
        return future.result(orders.limits.seconds + _GRACE)
    except TimeoutError:
        return (
            _lost(path, orders, "file-too-slow", f"> {orders.limits.seconds:g} s") if future.done() else None
        )
    except BrokenProcessPool:
        return None
    except ProcessExpired as end:
        return _lost(path, orders, "file-killed-reader", _ending(end.exitcode))
    except MemoryError:
        return _lost(path, orders, "file-killed-reader", f"> {orders.limits.memory_mb:,} MB")
    except (
        Exception,
        SystemExit,
    ) as error:  # whatever the file made of its reader, it must not stop the batch
        return _lost(path, orders, "file-killed-reader", f"{type(error).__name__}: {error}")


def _ending(code: int | None) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(-(code or 0)).name
    return f"exit {code}"


def _lost(path: Path, orders: _Orders, code: str, found: str) -> Contents:
    digest = ""
    with contextlib.suppress(OSError, Refused):
        digest = hashlib.sha256(take(path, orders.limits)).hexdigest()
    return refused(path, orders.tables, Refused(code, found), digest)


# --- in the child -------------------------------------------------------------------------------------------


def _begin(orders: _Orders) -> None:
    """Prepare a child; must not fail, for the pool would start another in its place for ever."""
    _orders[:] = [orders]
    with contextlib.suppress(OSError, ValueError):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a reader in an endless loop runs no handler
    with contextlib.suppress(OSError, AttributeError):
        _end_with_the_parent()
    with contextlib.suppress(OSError, ValueError):
        _hush()
    with contextlib.suppress(ImportError, OSError, ValueError):
        _cap_memory(orders.limits.memory_mb)
    gc.freeze()  # what the parent left in memory is not to be searched for rubbish


def _read(path: Path) -> Contents:
    (orders,) = _orders
    return read_submission(path, orders.tables, orders.month, orders.limits, orders.office_form)


def _end_with_the_parent() -> None:
    """A reader in an endless loop must not go on for ever where the batch was killed, for nobody looks at its
    clock any more.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _hush() -> None:
    """A reader that dies must not print its last words over the operator's screen."""
    faulthandler.disable()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    sys.stdout = sys.stderr = os.fdopen(nowhere, "w")


def _cap_memory(more_mb: int) -> None:
    """Allow so much more address space than there is now, where the platform can, and no core dumps."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + more_mb * MB
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
