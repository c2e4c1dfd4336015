"""What tests ask of a POSIX system and Windows has not, or gives to administrators alone: there the test that
asks is left out, with that reason. What Windows has under another name is given this one.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

import pytest

WINE = sys.platform == "win32" and hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
KILLED = "SIGKILL" if sys.platform != "win32" else f"exit {signal.SIGTERM:d}"  # how its end is told


def left_out(reason: str) -> NoReturn:
    pytest.skip(reason)


if sys.platform == "win32":
    _real_kill = os.kill

    def _kill(process: int, number: int) -> None:
        """Where 0 asks whether a process is there, which Windows takes for Ctrl-C."""
        if number:
            _real_kill(process, number)
            return
        system = ctypes.WinDLL("kernel32")
        handle = system.OpenProcess(0x100000, False, process)  # SYNCHRONIZE
        over = not handle or system.WaitForSingleObject(handle, 0) == 0
        if handle:
            system.CloseHandle(handle)
        if over:
            raise ProcessLookupError(process)


def adapt() -> None:
    """On Windows; elsewhere nothing."""
    if sys.platform == "win32":
        signal.SIGKILL = KILL  # both end a process at once there
        os.kill = _kill
        os.fork = lambda: left_out("Windows has no fork")
        os.mkfifo = lambda *_: left_out("Windows has no pipes with names in folders")
        link = Path.symlink_to

        def symlink_to(path: Path, target: Path | str, target_is_directory: bool = False) -> None:
            try:
                link(path, target, target_is_directory)
            except OSError as reason:
                if path.name.endswith("current"):  # pytest's own, which it does without
                    raise
                left_out(f"no right to make links: {reason}")
            if not path.is_symlink() and not path.name.endswith("current"):  # Wine says nothing
                left_out("links can't be made here")

        Path.symlink_to = symlink_to  # type: ignore[method-assign]
