"""An executor that reads each file in a child process with a cap on its memory and a clock on the wall: a
file that kills costs itself alone.

In: paths. Out: futures of their ``Contents``, a refusal where the child died, hung or fell over. What a child
does with a file is ``Orders.read`` and nothing else.
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
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from kpibatch.books.guard.inspect import take
from kpibatch.books.guard.limits import Refused
from kpibatch.books.guard.package import MB
from kpibatch.intake.executor import Orders
from kpibatch.intake.submission import Contents, refused

WORKERS = 2
START = "fork" if sys.platform == "linux" else "spawn"  # a fork costs 3 ms, a fresh interpreter 300
_PR_SET_PDEATHSIG = 1
_orders: list[Orders] = []  # a child's own, filled in by _begin


class Readers(Executor):
    """Child processes for one kind of work, ``orders.read``, which a child is handed once: only paths travel.

    A future fails with ``BrokenExecutor`` where the pool itself broke down, which is no fault of the file's.
    """

    def __init__(self, orders: Orders, files: int) -> None:
        self._orders = orders
        context = multiprocessing.get_context(START)
        workers = min(WORKERS, files)
        self._pool = ProcessPool(workers, initializer=_begin, initargs=(orders,), context=context)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Read a file. Raises ``ValueError`` for work that the children were not started for."""
        if fn != self._orders.read or len(args) != 1 or kwargs:
            raise ValueError(f"readers of {self._orders.month} were not started for this: {fn}")
        outcome: Future[Contents] = Future()
        reading = self._pool.schedule(_read, args=args, timeout=self._orders.limits.seconds)
        reading.add_done_callback(lambda future: _settle(outcome, args[0], future, self._orders))
        return outcome

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the children, whatever they are at: nobody waits any more for what is not read by now."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def _settle(outcome: "Future[Contents]", path: Path, reading: "Future[Contents]", orders: Orders) -> None:
    if reading.cancelled():
        outcome.cancel()
        return
    try:
        outcome.set_result(_outcome(path, reading, orders))
    except BrokenExecutor as error:
        outcome.set_exception(error)


def _outcome(path: Path, reading: "Future[Contents]", orders: Orders) -> Contents:
    """What became of a file that is done with. Raises ``BrokenExecutor`` where the pool broke down."""
    try:
        return reading.result()
    except BrokenExecutor:
        raise
    except TimeoutError:
        return _lost(path, orders, "file-too-slow", f"> {orders.limits.seconds:g} s")
    except ProcessExpired as end:
        return _lost(path, orders, "file-killed-reader", _ending(end.exitcode))
    except MemoryError:
        return _lost(path, orders, "file-killed-reader", f"> {orders.limits.memory_mb:,} MB")
    # whatever the file made of its reader, it must not stop the batch
    except (Exception, SystemExit) as error:
        return _lost(path, orders, "file-killed-reader", f"{type(error).__name__}: {error}")


def _ending(code: int | None) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(-(code or 0)).name
    return f"exit {code}"


def _lost(path: Path, orders: Orders, code: str, found: str) -> Contents:
    digest = ""
    with contextlib.suppress(OSError, Refused):
        digest = hashlib.sha256(take(path, orders.limits)).hexdigest()
    return refused(orders.name_of(path), orders.tables, Refused(code, found), digest)


# --- in the child -------------------------------------------------------------------------------------------


def _begin(orders: Orders) -> None:
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
    return orders.read(path)


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
