"""What Windows has in the place of Linux's caps: a job object ends its processes with the one that made it
and caps their memory, and Ctrl-C is left to the parent.

In: a child process just started. Out: nothing; elsewhere than on Windows nothing is done.
"""

import ctypes
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_int64, c_size_t, c_uint32, c_uint64

_EXTENDED_LIMITS = 9  # JobObjectExtendedLimitInformation
_PROCESS_MEMORY, _KILL_ON_CLOSE = 0x100, 0x2000


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
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
