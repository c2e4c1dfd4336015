"""A real Dask scheduler with real workers, started from the command line as the recipe says."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
DASK = [sys.executable, "-m", "dask"]


@dataclass
class Cluster:
    address: str
    scheduler: "subprocess.Popen[bytes]"
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def kill(self, number: int) -> None:
        """A worker dies with its nanny, as when a computer is switched off."""
        os.killpg(self.workers[number].pid, signal.SIGKILL)


@contextmanager
def dask_cluster(
    folder: Path, workers: int = 2, homes: Sequence[Path] = (ROOT,), ready: bool = True
) -> Iterator[Cluster]:
    """``homes`` are the folders that the workers have the package from, in turn."""
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)  # another's
    with ExitStack() as stack:
        words = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        words += ["--scheduler-file", str(file)]
        scheduler = stack.enter_context(_started(words, ROOT, folder / "scheduler.log"))
        _wait_until(lambda: file.exists() and file.stat().st_size > 0)
        time.sleep(0.2)
        cluster = Cluster(json.loads(file.read_text(encoding="utf-8"))["address"], scheduler)
        for number in range(workers):
            words = ["worker", cluster.address, "--nthreads", "1", "--name", f"w{number}", "--no-dashboard"]
            words += ["--local-directory", str(folder / f"w{number}")]
            log = folder / f"w{number}.log"
            home = homes[number % len(homes)]
            cluster.workers.append(stack.enter_context(_started(words, home, log)))
        for number in range(workers if ready else 0):
            log = folder / f"w{number}.log"
            _wait_until(lambda log=log: b"Registered to" in log.read_bytes())
        yield cluster


@contextmanager
def _started(words: list[str], home: Path, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    environment = os.environ | {"PYTHONPATH": str(home)}
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*DASK, *words], stdout=file, stderr=file, env=environment, cwd=home, start_new_session=True
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until(happened: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.05)
