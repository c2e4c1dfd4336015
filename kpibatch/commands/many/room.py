"""How many workspaces may be done at once: as many as there are processors, and as fit into free memory."""

import ctypes
import sys
from contextlib import suppress
from pathlib import Path

from kpibatch.books.guard.job import CGROUP, processors

NEEDS_MB = 250  # what a month of some hundred units takes in a warm process
_MB = 1_000_000


def at_once(workspaces: int, jobs: int | None = None) -> int:
    """How many processes for so many workspaces; ``jobs`` is how many were asked for."""
    if jobs:
        return max(1, min(jobs, workspaces))
    free = free_mb()
    fit = workspaces if free is None else int(free // NEEDS_MB)
    return max(1, min(processors(), workspaces, fit))


def free_mb() -> float | None:
    """The memory that can be had without swapping; unknown where the system does not tell."""
    known = [each for each in (_system_mb(), _container_mb()) if each is not None]
    return min(known, default=None)


def _system_mb() -> float | None:
    if sys.platform == "win32":
        return _windows_mb()
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024 / _MB
    return None


def _container_mb() -> float | None:
    with suppress(OSError, ValueError):
        most = int((CGROUP / "memory.max").read_text(encoding="ascii"))
        return (most - int((CGROUP / "memory.current").read_text(encoding="ascii"))) / _MB
    return None


class _Memory(ctypes.Structure):
    """``MEMORYSTATUSEX``."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        *((name, ctypes.c_uint64) for name in ("total", "free", "total_page", "free_page", "total_virtual")),
        ("free_virtual", ctypes.c_uint64),
        ("free_extended", ctypes.c_uint64),
    )


def _windows_mb() -> float | None:
    if sys.platform == "win32":
        about = _Memory(length=ctypes.sizeof(_Memory))
        if ctypes.WinDLL("kernel32").GlobalMemoryStatusEx(ctypes.byref(about)):
            return float(about.free) / _MB
    return None
