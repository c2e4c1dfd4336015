"""The scripts that run a month by a double click or on a schedule: for cmd with CR LF, for sh with LF.

They start the program that has written them where it is still there: a ``.venv`` in the workspace comes
before it, whatever the PATH finds comes after.
"""

import os
import shlex
import sys
from importlib.resources import files
from pathlib import Path

_ON_WINDOWS = os.name == "nt"
CMD, SH = "run-monthly.bat", "run-monthly.sh"


def write_scripts(folder: Path) -> None:
    """Both scripts into a folder that is there."""
    program = str(Path(sys.executable).absolute()) if sys.executable else ""
    words = "" if getattr(sys, "frozen", False) else "-m kpibatch"
    cmd = _template(CMD).format(program=as_cmd_reads(program) if _ON_WINDOWS else "", words=words)
    # cmd reads on in the code page that it was told to, so a path with Thai letters is UTF-8, without a mark
    (folder / CMD).write_bytes(cmd.replace("\r\n", "\n").replace("\n", "\r\n").encode())
    sh = (
        _template(SH)
        .replace("{program}", shlex.quote("" if _ON_WINDOWS else program))
        .replace("{words}", words)
    )
    (folder / SH).write_bytes(sh.replace("\r\n", "\n").encode())
    (folder / SH).chmod(0o755)


def as_cmd_reads(path: str) -> str:
    """A path as it stands between quotes in a batch file.

    >>> as_cmd_reads(r"C:\\100% งาน\\python.exe")
    'C:\\\\100%% งาน\\\\python.exe'
    """
    return path.replace("%", "%%")


def _template(name: str) -> str:
    return files("kpibatch.commands.door").joinpath(name).read_text(encoding="utf-8")
