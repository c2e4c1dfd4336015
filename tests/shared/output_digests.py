"""What many workspaces' outputs are, as digests: of every byte but what hangs on the clock."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
_ON_THE_CLOCK = ("seconds", "sha256")


def outputs_of(workspace: Path) -> dict[str, str]:
    """Each file of each month with its SHA-256; of ``run.json`` all but the seconds of its steps."""
    months = (path.parent for path in workspace.glob("output/*/run.json"))
    files = (path for month in months for path in month.rglob("*") if path.is_file())
    return {path.relative_to(workspace).as_posix(): _digest(path) for path in sorted(files)}


def _digest(path: Path) -> str:
    content = path.read_bytes()
    if path.name == "run.json":
        facts = {name: fact for name, fact in json.loads(content).items() if name not in _ON_THE_CLOCK}
        content = json.dumps(facts, sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


def digest_of_all(workspaces: Iterable[Path]) -> tuple[int, str]:
    """How many files they are, and the digest of them all."""
    every = [(each.name, name, digest) for each in workspaces for name, digest in outputs_of(each).items()]
    return len(every), hashlib.sha256(repr(every).encode()).hexdigest()


def run_many(
    workspaces: Sequence[Path],
    *words: str,
    after: int = 0,
    strike: Callable[[], None] = lambda: None,
) -> "subprocess.CompletedProcess[str]":
    """Run them anew, nothing left from before; ``strike`` is called once ``after`` of them are done."""
    for workspace in workspaces:
        shutil.rmtree(workspace / "output", ignore_errors=True)
    command = [sys.executable, "-u", "-m", "kpibatch", "run", *words, *map(str, workspaces)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=environment,
    ) as process:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if after and line.startswith(f"[{after}/"):
                strike()
    return subprocess.CompletedProcess(command, process.returncode, "".join(lines), "")
