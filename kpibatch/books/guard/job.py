"""What binds a child process: its memory capped, its end with its parent's, Ctrl-C left to the parent, its
talk to nobody. On Windows a job object does what Linux's own caps do elsewhere.

In: a process just started, or the child itself. Out: nothing.
"""

import ctypes
import faulthandler
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ctypes import c_int64, c_size_t, c_uint32, c_uint64
from pathlib import Path
from typing import ParamSpec, TypeVar

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import KpibatchError
from kpibatch.books.guard.limits import Refused
from kpibatch.books.guard.package import MB

_EXTENDED_LIMITS = 9  # JobObjectExtendedLimitInformation
_PROCESS_MEMORY, _KILL_ON_CLOSE = 0x100, 0x2000
_PR_SET_PDEATHSIG = 1
CGROUP = Path("/sys/fs/cgroup")
_here: list[bool] = []  # not empty: this process may be lost; whether it is at such work

Given = ParamSpec("Given")
Gives = TypeVar("Gives")


class Limits(ctypes.Structure):
    """``JOBOBJECT_EXTENDED_LIMIT_INFORMATION`` with its two inner structures laid out in one row."""

    _fields_ = (
        ("PerProcessUserTimeLimit", c_int64),
        ("PerJobUserTimeLimit", c_int64),
        ("LimitFlags", c_uint32),
        ("MinimumWorkingSetSize", c_size_t),
        ("MaximumWorkingSetSize", c_size_t),
        ("ActiveProcessLimit", c_uint32),
        ("Affinity", c_size_t),
        ("PriorityClass", c_uint32),
        ("SchedulingClass", c_uint32),
        ("IoInfo", c_uint64 * 6),
        ("ProcessMemoryLimit", c_size_t),
        ("JobMemoryLimit", c_size_t),
        ("PeakProcessMemoryUsed", c_size_t),
        ("PeakJobMemoryUsed", c_size_t),
    )


def bind(process: int, most: int) -> None:
    """Let a process (its handle) take at most so many bytes, and end with this one: the job closes with its
    last handle, which is never given away and so lasts as long as this process does.

    Where Windows refuses, the process goes on without; its clock stays.
    """
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        kernel.CreateJobObjectW.restype = ctypes.c_void_p
        job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
        limits = Limits(LimitFlags=_PROCESS_MEMORY | _KILL_ON_CLOSE, ProcessMemoryLimit=most)
        size = ctypes.sizeof(limits)
        kernel.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), size)
        kernel.AssignProcessToJobObject(job, ctypes.c_void_p(process))


def processors() -> int:
    """The processors that this process may use, by its affinity and its container's share."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        share, period = (CGROUP / "cpu.max").read_text(encoding="ascii").split()
        there = min(there, max(1, int(share) // int(period)))
    return there


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """A process started in the block hears no Ctrl-C from its first moment on; ours waits until the end of
    the block, on Windows it is lost.
    """
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        kernel.SetConsoleCtrlHandler(None, True)
        try:
            yield
        finally:
            kernel.SetConsoleCtrlHandler(None, False)
    else:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with _answered_after():
                yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _answered_after() -> Iterator[None]:
    """Another thread may hear Ctrl-C in the block: answered at once it would be raised within what Python
    does around a fork, told there and forgotten.
    """
    heard: list[object] = []
    try:
        with ctrl_c_answered(heard.append):
            yield
    finally:
        if heard:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def ctrl_c_answered(answer: Callable[[object], object]) -> Iterator[None]:
    """In the block ``answer`` is called where Ctrl-C is heard; in another thread than the main one, which
    hears none, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda number, _: answer(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.default_int_handler)


# --- in the child itself ------------------------------------------------------------------------------------


def settle_in(more_mb: int | None) -> None:
    """Prepare the child, which may take so much more memory, where that is capped at all; must not fail, for
    a pool would start another in its place for ever.
    """
    with suppress(OSError, ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError, AttributeError):
        end_with_the_parent()
    with suppress(OSError, ValueError):
        hush()
    if more_mb is not None:
        with suppress(ImportError, OSError, ValueError):
            cap_memory(more_mb)
    gc.freeze()  # what the parent left in memory is not to be searched for rubbish, nor copied


def end_with_the_parent() -> None:
    """A child in an endless loop must not go on for ever where the batch was killed, for nobody looks at its
    clock any more.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def hush() -> None:
    """A child that dies must not print its last words over the operator's screen."""
    faulthandler.disable()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    sys.stdout = sys.stderr = os.fdopen(nowhere, "w")


def cap_memory(more_mb: int) -> None:
    """Allow so much more address space than there is now, where the platform can, and no core dumps."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = _taken() + more_mb * MB
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _taken() -> int:
    """The address space there is now, in bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def bounded(seconds: float, more_mb: int) -> Iterator[None]:
    """The block may take so much more memory, where the platform can tell; after so many seconds the whole
    process ends, whatever it is at.
    """
    faulthandler.dump_traceback_later(seconds, exit=True)
    try:
        with _room(more_mb):
            yield
    finally:
        faulthandler.cancel_dump_traceback_later()


@contextmanager
def _room(more_mb: int) -> Iterator[None]:
    if sys.platform != "linux":
        yield
        return
    import resource

    before, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = _taken() + more_mb * MB
    limits = [each for each in (most, before, hard) if each != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, hard))


# --- in a process that may be lost --------------------------------------------------------------------------


class Elsewhere(BaseException):
    """What was tried right here belongs into a child, which may come to any end."""


@contextmanager
def right_here() -> Iterator[None]:
    """In the block what is done in children is done right here, which spares the children: for a process
    that somebody replaces when it is lost.

    A call that takes too long ends the process; one that comes to any other end but its own raises
    ``Elsewhere``: then the work is begun again, with children.
    """
    _here.append(False)
    try:
        yield
    finally:
        _here.clear()


def is_right_here() -> bool:
    return bool(_here)


def done_here(
    limits: IntakeLimits, work: Callable[Given, Gives], /, *args: Given.args, **kwargs: Given.kwargs
) -> Gives:
    """``work(*args, **kwargs)`` in this process, under the child's cap and clock. Raises ``Elsewhere``."""
    if _here[0]:  # work within work
        return work(*args, **kwargs)
    _here[0] = True
    try:
        with bounded(limits.seconds, limits.memory_mb):
            return work(*args, **kwargs)
    except (KpibatchError, Refused):
        raise
    except BaseException as reason:
        raise Elsewhere(f"{type(reason).__name__}: {reason}") from None
    finally:
        _here[0] = False
