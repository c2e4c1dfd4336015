"""Warm processes: started once, then given one call after another. One that dies is told by ``Lost``.

In: a function of a module and its argument. Out: what it gives back; what it tells meanwhile.

``Hand`` is a child of this process (forked on Linux, so that it shares what is loaded), ``ApartHand`` an
interpreter of its own, for places where Python lets nobody have children. Both end with their parent, leave
Ctrl-C to it and print nothing.
"""

import contextlib
import logging
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, BinaryIO, Protocol, TypeAlias

from kpibatch.books.guard.capped import START
from kpibatch.books.guard.job import bind, deaf_to_ctrl_c, settle_in
from kpibatch.commands.many.task import Lost

Tell: TypeAlias = Callable[[str], None]
Work: TypeAlias = Callable[[Any, Tell], Any]
_MOST = 4_000_000_000  # bytes; where the system caps a process as a whole
_PATIENCE = 10.0  # seconds until a process that was ended is gone
_one_at_a_time = threading.Lock()  # a process started meanwhile would hold the other's pipe open


class Pipe(Protocol):
    """Whatever carries messages both ways."""

    def send(self, message: object, /) -> None: ...
    def recv(self) -> Any: ...
    def close(self) -> None: ...


class Hand:
    """A child of this process."""

    def __init__(self) -> None:
        context: Any = multiprocessing.get_context(START)
        with _one_at_a_time, deaf_to_ctrl_c():
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve_child, args=(theirs,))
            self._process.start()
            theirs.close()
        bind(self._process.sentinel, _MOST)

    def call(self, work: Work, given: object, tell: Tell) -> Any:
        """``work(given, tell)`` in the process. Raises ``Lost`` where it died."""
        return _asked(self._pipe, work, given, tell, self._ending)

    def _ending(self) -> str:
        self._process.join(_PATIENCE)
        return _named(self._process.exitcode)

    def end(self) -> None:
        """End the process, whatever it is at; what it was writing does not appear."""
        self._process.kill()
        self._process.join(_PATIENCE)


class ApartHand:
    """An interpreter of its own."""

    def __init__(self) -> None:
        begin = f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import serve_apart; serve_apart()"
        command = [sys.executable, "-P", "-c", begin]  # what is found here is found there, and nothing else
        with _one_at_a_time, deaf_to_ctrl_c():
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._pipe = _Streams(self._process.stdout, self._process.stdin)

    def call(self, work: Work, given: object, tell: Tell) -> Any:
        """As ``Hand.call``."""
        return _asked(self._pipe, work, given, tell, self._ending)

    def _ending(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE)
        return _named(self._process.returncode)

    def end(self) -> None:
        """As ``Hand.end``."""
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE)


class _Streams:
    """Messages over two byte streams."""

    def __init__(self, incoming: BinaryIO | Any, outgoing: BinaryIO | Any) -> None:
        self._in, self._out = incoming, outgoing

    def send(self, message: object, /) -> None:
        pickle.dump(message, self._out)
        self._out.flush()

    def recv(self) -> Any:
        return pickle.load(self._in)

    def close(self) -> None:
        self._in.close()
        self._out.close()


def _asked(pipe: Pipe, work: Work, given: object, tell: Tell, ending: Callable[[], str]) -> Any:
    try:
        pipe.send((work, given))
        while True:
            kind, said = pipe.recv()
            if kind == "step":
                tell(said)
            elif kind == "lost":
                raise Lost(said)
            else:
                return said
    except (EOFError, OSError, pickle.UnpicklingError):
        raise Lost(ending()) from None


def _named(code: int | None) -> str:
    """How a process ended: ``SIGKILL``, ``exit 3``."""
    with contextlib.suppress(ValueError):
        return signal.Signals(-(code or 0)).name
    return f"exit {code}"


# --- in the process -----------------------------------------------------------------------------------------


def _serve_child(pipe: "Connection[Any, Any]") -> None:
    _settle_in()
    _serve(pipe)


def serve_apart() -> None:
    """The whole life of an interpreter of its own."""
    with os.fdopen(os.dup(1), "wb") as outgoing:
        _settle_in()
        _serve(_Streams(sys.stdin.buffer, outgoing))


def _settle_in() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    settle_in(None)
    logging.getLogger("kpibatch").handlers.clear()  # the parent's own


def _serve(pipe: Pipe) -> None:
    """Do one call after another, until nobody asks any more."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            work, given = pipe.recv()
            try:
                answer = ("done", work(given, lambda text: pipe.send(("step", text))))
            except BaseException as error:
                answer = ("lost", f"{type(error).__name__}: {error}")
            pipe.send(answer)
