"""``python -m kpibatch.install COMMAND …``: in a clone, from nothing to a command that runs.

Makes ``.venv`` where there is none, installs the clone into it, and runs the command there: ``kpibatch``
needs its packages, whatever else is run (``pytest``, ``ruff``, ``mypy``) those of the tests too. One line for
bash, cmd and PowerShell, with nothing to activate. What was installed is not installed again until
``pyproject.toml`` changes. Stands alone and uses the standard library only: nothing is installed yet.

In: the command, with its arguments. Out: its exit code; 2 where it can't be run.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from kpibatch.__main__ import is_too_old

ROOT = Path(__file__).resolve().parents[1]
ON_WINDOWS = os.name == "nt"
_PROJECT, _STAMP = "pyproject.toml", "kpibatch-installed.txt"


def main(words: list[str], root: Path = ROOT) -> int:
    """Install, and run the words as a command; its exit code."""
    if is_too_old():
        return 2
    if not words or not (root / _PROJECT).is_file():
        return _told("python -m kpibatch.install kpibatch run: ใช้ในโฟลเดอร์ที่โคลนมา / to be used in a clone")
    programs = root / ".venv" / ("Scripts" if ON_WINDOWS else "bin")
    code = _install(root, programs, "" if words[0] == "kpibatch" else "test")
    if code:
        return code
    here = {"VIRTUAL_ENV": str(root / ".venv"), "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"}
    return _run([str(programs / words[0]), *words[1:]], os.environ | here)


def _install(root: Path, programs: Path, extra: str) -> int:
    """Whatever is not installed as it should be; pip's exit code."""
    python, stamp = programs / f"python{'.exe' * ON_WINDOWS}", root / ".venv" / _STAMP
    project = hashlib.sha256(str(root).encode() + (root / _PROJECT).read_bytes()).hexdigest()
    done = stamp.read_text(encoding="utf-8").split("\n") if stamp.is_file() and python.exists() else []
    if project in done and extra in done:
        return 0
    code = 0 if done else _make(root / ".venv", python)
    if code:
        return code
    what = f"{root}[{extra}]" if extra else str(root)
    code = _run([str(python), "-m", "pip", "install", "-q", "-e", what])
    if code:
        return code
    had = done[1:] if project in done else []
    stamp.write_bytes("\n".join([project, *had, extra]).encode("utf-8"))
    return 0


def _make(folder: Path, python: Path) -> int:
    """A virtual environment with pip, unless there is one."""
    if python.exists() and not subprocess.run([python, "-m", "pip", "-V"], capture_output=True).returncode:
        return 0
    if importlib.util.find_spec("ensurepip") is None:
        return _told("ต้องติดตั้ง python3-venv ก่อน / python3-venv is to be installed first")
    return _run([sys.executable, "-m", "venv", str(folder)])


def _run(command: list[str], environment: dict[str, str] | None = None) -> int:
    """The command's exit code. Ctrl-C is the command's own affair."""
    try:
        process = subprocess.Popen(command, env=environment)
    except OSError as reason:
        return _told(f"{command[0]}: {reason.strerror or reason}")
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def _told(words: str) -> int:
    print("kpibatch:", words, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
