"""Several workspaces in one call: each runs in a process of its own, and one that fails stops no other."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor


def run_side_by_side(month: str | None, workspaces: Sequence[str], echo: Callable[..., None]) -> int:
    """Run a month of each workspace, print what each said, in order, and give back the gravest exit code."""

    def one(workspace: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "kpibatch", "-C", workspace, "run", *([month] if month else [])]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)

    with ThreadPoolExecutor() as pool:
        finished = list(pool.map(one, workspaces))
    for workspace, process in zip(workspaces, finished, strict=True):
        echo(f"── {workspace}")
        echo(process.stdout, nl=False)
        echo(process.stderr, nl=False, err=True)
    return max(process.returncode for process in finished)
