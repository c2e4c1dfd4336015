"""One command at a time writes in an output folder (the door to filelock): the second waits, then says who is
at work.

The system lets go of the lock when its holder dies, however it dies.
"""

import getpass
import json
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from kpibatch.base.catalogue import say
from kpibatch.base.config import Config
from kpibatch.base.errors import CannotWrite, OutputBusy
from kpibatch.base.files import restored
from kpibatch.base.progress import Progress

_LOCK, _HOLDER = ".kpibatch.lock", ".kpibatch.holder"


@contextmanager
def alone_in(
    output: Path, command: str, wait_seconds: float, waiting: Callable[[str], None] = lambda holder: None
) -> Iterator[None]:
    """Hold the output folder for the block; what a killed command left half done is cleared away first.

    ``waiting`` is told once who holds it. Raises ``OutputBusy`` where that takes longer than
    ``wait_seconds``, ``CannotWrite`` where the folder can't be written.
    """
    made = not output.exists()
    try:
        output.mkdir(parents=True, exist_ok=True)
        lock = FileLock(output / _LOCK, fallback_to_soft=False)  # a lock that outlives its holder is none
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting(_holder(output))
            lock.acquire(timeout=wait_seconds)
    except Timeout:
        raise OutputBusy(folder=output, holder=_holder(output), seconds=f"{wait_seconds:g}") from None
    except (OSError, NotImplementedError) as reason:
        raise CannotWrite(file=output, reason=reason) from None
    try:
        _say_who(output, command)
        restored(output)
        yield
    finally:
        for name in (_HOLDER, _LOCK):
            with suppress(OSError):  # Windows takes the lock's file away only after it is let go
                (output / name).unlink(missing_ok=True)
        with suppress(OSError):  # a share that has gone away
            lock.release()
            if os.name == "nt":
                (output / _LOCK).unlink(missing_ok=True)
            if made:  # nothing came of it: refused while it is empty only
                output.rmdir()


def _say_who(output: Path, command: str) -> None:
    who = {
        "command": command,
        "pid": os.getpid(),
        "computer": platform.node(),
        "since": datetime.now().isoformat(timespec="seconds"),
    }
    with suppress(OSError, KeyError):
        who["user"] = getpass.getuser()
    with suppress(OSError):
        (output / _HOLDER).write_text(json.dumps(who, ensure_ascii=False), encoding="utf-8")


def _holder(output: Path) -> str:
    """Who holds the folder, as they wrote it down: ``run, pid 4711, office-pc, 2022-07-05T09:12:44``."""
    try:
        who = json.loads((output / _HOLDER).read_text(encoding="utf-8"))
        return (
            ", ".join(str(who[key]) for key in ("command", "user", "computer", "since") if key in who)
            + f", pid {who['pid']}"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return "kpibatch"


@contextmanager
def alone(config: Config, command: str, progress: Progress) -> Iterator[None]:
    """No other command writes in the workspace's output during the block."""

    def waiting(holder: str) -> None:
        progress.tell(say("console.waiting", config.language, holder=holder))

    with alone_in(config.output, command, config.workspace.wait_seconds, waiting):
        yield
