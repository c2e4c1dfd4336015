"""What a stranger's file touches is done in a child process with a cap on its memory and a clock on the wall:
a file that kills costs itself alone (the door to pebble).

In: a function and what it is given. Out: what it gives back, or ``Refused`` (``file-too-slow``,
``file-killed-reader``) where the child took too long, took too much memory or died. ``capped`` is for one
call, ``Child`` for one after another, ``Pool`` for many at once. A child dies with its parent, leaves Ctrl-C
to it, and prints nothing.
"""

import atexit
import contextlib
import multiprocessing
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from copy import copy
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.process import BaseProcess
from typing import Any, Generic, ParamSpec, TypeVar

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import NoReaders
from kpibatch.books.guard.job import (
    bind,
    deaf_to_ctrl_c,
    done_here,
    is_right_here,
    settle_in,
)
from kpibatch.books.guard.limits import Refused
from kpibatch.books.guard.package import MB

START = "fork" if sys.platform == "linux" else "spawn"  # a fork costs 3 ms, a fresh interpreter 300
WORKERS = 2
USUAL = IntakeLimits()  # what holds where no workspace says otherwise
_GRACE = 60.0  # seconds for a child to start; a healthy one needs less than one
_INTERPRETER_MB = 100  # what a child takes on Windows before it does anything; on Linux it is looked up
_kept: dict[IntakeLimits, Any] = {}  # pools of fresh interpreters, which the next month read takes over
_work: list[Callable[..., Any]] = []  # a pool's child's own, filled in by _begin
_given: list[tuple[bytes, Callable[..., Any]]] = []  # the last work that travelled, packed and not

Given = ParamSpec("Given")
Gives = TypeVar("Gives")


def capped(
    limits: IntakeLimits, work: Callable[Given, Gives], /, *args: Given.args, **kwargs: Given.kwargs
) -> Gives:
    """``work(*args, **kwargs)`` in a child that may take ``limits.memory_mb`` and ``limits.seconds``.

    ``work`` is a function of a module, and what it is given, gives back or raises can be pickled (elsewhere
    than on Linux the child starts afresh). Raises ``Refused`` where the child did not come to its end, else
    what ``work`` raises, the child's traceback among its notes. In a child it is done right there.
    """
    with Child(limits, work) as child:
        return child(*args, **kwargs)


class Child(Generic[Given, Gives]):
    """One kind of work, one call after another, each with a clock of its own; the process is started by the
    first call, and anew after one that did not come to an end.
    """

    def __init__(self, limits: IntakeLimits, work: Callable[Given, Gives]) -> None:
        self._limits, self._do = limits, work
        self._process: BaseProcess | None = None
        self._pipe: Connection[Any, Any] | None = None

    def __enter__(self) -> "Child[Given, Gives]":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> Gives:
        if isinstance(multiprocessing.current_process(), _Capped):
            return self._do(*args, **kwargs)
        if is_right_here():
            return done_here(self._limits, self._do, *args, **kwargs)
        try:
            gave: Gives
            gave, error = pickle.loads(self._answer((args, kwargs)))
        except BaseException:
            self.close()
            raise
        if error is not None:
            raise error
        return gave

    def _answer(self, given: object) -> bytes:
        pipe = self._pipe or self._started()
        try:
            pipe.send(given)
            if not (pipe.poll(_GRACE) and pipe.recv() and pipe.poll(self._limits.seconds)):
                raise Refused("file-too-slow", f"> {self._limits.seconds:g} s")
            return pipe.recv_bytes()
        except (EOFError, ConnectionError):
            assert self._process
            self._process.join(_GRACE)
            raise Refused("file-killed-reader", _ending(self._process.exitcode)) from None

    def _started(self) -> "Connection[Any, Any]":
        """The pipe to the process, which has begun. Raises ``NoReaders`` where none can be started."""
        context = _context(self._limits)
        try:
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs, self._do, self._limits), daemon=True)
            self._process.start()
            theirs.close()
            if self._pipe.poll(_GRACE):
                self._pipe.recv()
                return self._pipe
        except (EOFError, OSError):
            pass
        raise NoReaders

    def close(self) -> None:
        """End the process, whatever it is at."""
        if self._process and self._process.pid:
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._pipe:
            self._pipe.close()
        self._process = self._pipe = None


class Pool(Executor):
    """Child processes for one kind of work, which they are handed once: only a call's argument travels. Where
    a child is no fork they stay for the next pool, and the work travels with each call.

    A future fails with ``Refused`` where a call did not come to its end, whatever the reason, and with
    ``BrokenExecutor`` where the pool itself broke down, which is no fault of the file's.
    """

    def __init__(self, limits: IntakeLimits, work: Callable[[Any], Any], calls: int) -> None:
        self._limits, self._do = limits, work
        self._packed = b"" if START == "fork" else pickle.dumps(work)
        if START == "fork":
            self._pool = _children(limits, work, min(WORKERS, calls))
        else:
            if not (limits in _kept and _kept[limits].active):
                _kept[limits] = _children(limits, _do_given, WORKERS)
            self._pool = _kept[limits]
        self._calls: list[Future[Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Do the work once. Raises ``ValueError`` for work that the children were not started for."""
        if fn != self._do or len(args) != 1 or kwargs:
            raise ValueError(f"these children were not started for this: {fn}")
        outcome: Future[Any] = Future()
        given = ((self._packed, *args),) if self._packed else args
        done = self._pool.schedule(_work_on, args=given, timeout=self._limits.seconds)
        self._calls.append(done)
        done.add_done_callback(lambda future: _settle(outcome, future, self._limits))
        return outcome

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the children, whatever they are at: nobody waits any more for what is not done by now."""
        if self._packed and self._pool.active and all(call.done() for call in self._calls):
            return
        if self._packed:
            _kept.pop(self._limits, None)
        _end(self._pool)


def _children(limits: IntakeLimits, work: Callable[[Any], Any], workers: int) -> Any:
    from pebble import ProcessPool  # brings asyncio along, which other commands need not wait for

    return ProcessPool(workers, initializer=_begin, initargs=(work,), context=_context(limits))


def _end(pool: Any) -> None:
    pool.stop()
    pool.join()


@atexit.register
def _end_kept() -> None:
    while _kept:
        _end(_kept.popitem()[1])


def _settle(outcome: "Future[Any]", done: "Future[Any]", limits: IntakeLimits) -> None:
    if done.cancelled():
        outcome.cancel()
        return
    try:
        outcome.set_result(_outcome(done, limits))
    except (BrokenExecutor, Refused) as error:
        outcome.set_exception(error)


def _outcome(done: "Future[Any]", limits: IntakeLimits) -> object:
    """What became of a call that is done with. Raises ``BrokenExecutor`` where the pool broke down."""
    from pebble import ProcessExpired

    try:
        return done.result()
    except (BrokenExecutor, Refused):
        raise
    except TimeoutError:
        raise Refused("file-too-slow", f"> {limits.seconds:g} s") from None
    except MemoryError:
        raise _out_of_memory(limits) from None
    except ProcessExpired as end:
        raise Refused("file-killed-reader", _ending(end.exitcode)) from None
    # whatever the file made of its reader, it must not stop the batch
    except (Exception, SystemExit) as error:
        raise Refused("file-killed-reader", _named(error)) from None


def _out_of_memory(limits: IntakeLimits) -> Refused:
    return Refused("file-killed-reader", f"> {limits.memory_mb:,} MB")


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _ending(code: int | None) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(-(code or 0)).name
    return f"exit {code}"


# --- how a child is started ---------------------------------------------------------------------------------


class _Capped(BaseProcess):
    """A process that has its caps before it does anything."""

    limits: IntakeLimits

    def start(self) -> None:
        with deaf_to_ctrl_c():
            super().start()
        bind(self.sentinel, (_INTERPRETER_MB + self.limits.memory_mb) * MB)

    def run(self) -> None:
        settle_in(self.limits.memory_mb)
        super().run()


class _Spawned(_Capped, SpawnProcess): ...


if sys.platform != "win32":
    from multiprocessing.context import ForkProcess

    class _Forked(_Capped, ForkProcess): ...


def _context(limits: IntakeLimits) -> Any:
    """Python's own way to start processes, but for what they are capped by."""
    kind = _Spawned if START == "spawn" else _Forked

    def process(**facts: Any) -> _Capped:
        made = kind(**facts)
        made.limits = limits
        return made

    context: Any = copy(multiprocessing.get_context(START))
    context.Process = process
    return context


# --- in the child -------------------------------------------------------------------------------------------


def _begin(work: Callable[..., Any]) -> None:
    """A pool's child is handed its work."""
    _work[:] = [work]
    with contextlib.suppress(OSError, ValueError):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a child in an endless loop runs no handler


def _work_on(given: object) -> object:
    (work,) = _work
    return work(given)


def _do_given(given: tuple[bytes, object]) -> object:
    packed, argument = given
    if not _given or _given[0][0] != packed:
        _given[:] = [(packed, pickle.loads(packed))]
    return _given[0][1](argument)


def _serve(pipe: "Connection[Any, Any]", work: Callable[..., Any], limits: IntakeLimits) -> None:
    """Do the work as often as the parent asks for it."""
    pipe.send(None)
    with contextlib.suppress(EOFError):
        while True:
            args, kwargs = pipe.recv()
            pipe.send(True)  # the clock begins: where a child is no fork it has loaded what its work is about
            pipe.send_bytes(_packed(work, args, kwargs, limits))


def _packed(work: Callable[..., Any], args: Any, kwargs: Any, limits: IntakeLimits) -> bytes:
    """What the work gives back or raises, ready to travel."""
    try:
        return pickle.dumps((work(*args, **kwargs), None))
    except MemoryError:
        return pickle.dumps((None, _out_of_memory(limits)))
    except BaseException as error:
        error.add_note(traceback.format_exc())
        # Where distributed is at work (tblib), what an error came of travels too, and may not pickle.
        error.__context__ = error.__cause__ = error.__traceback__ = None
        try:
            packed = pickle.dumps((None, error))
            pickle.loads(packed)
        except Exception:  # of a reader's own making
            return pickle.dumps((None, Refused("file-killed-reader", _named(error))))
        return packed
