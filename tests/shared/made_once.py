"""What takes long to make is made once for all workers of a test run, which only read it."""

import atexit
import hashlib
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

T = TypeVar("T")
WORKERS_HOME = "KPIBATCH_TESTS_HOME"  # what the test run tells its workers, who inherit it


@cache
def home() -> Path:
    """The folder that all workers share; outside a test run, a folder of this process."""
    if WORKERS_HOME in os.environ:
        return Path(os.environ[WORKERS_HOME])
    folder = Path(tempfile.mkdtemp(prefix="kpibatch-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder that ``make`` fills; whoever asks first makes it, the others wait for it."""
    folder = home() / hashlib.sha256(name.encode()).hexdigest()[:16]
    ready = folder.with_suffix(".ready")
    with FileLock(folder.with_suffix(".lock")):
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a maker that failed
            folder.mkdir()
            make(folder)
            ready.touch()
    return folder


def worked_out_once(name: str, make: Callable[[], T]) -> T:
    """What ``make`` returns, whoever of the workers asks first; each has a copy of its own."""
    folder = made_once(name, lambda home: (home / "it").write_bytes(pickle.dumps(make())))
    found: T = pickle.loads((folder / "it").read_bytes())
    return found
