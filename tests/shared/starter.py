"""Many commands of one interpreter that was started with some streams and has loaded everything: each ends in
a process of its own, forked before its first line, with the exit code it would have had alone.

``starter.py CODES gone|asis|beside COMMANDS``: as JSON, the commands, each a list of words; written to
``CODES``, their exit codes. With ``gone`` each writes to a pipe whose reader goes away after one byte; with
``beside`` none waits for the one before it.
"""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

ROOT = Path(__file__).parents[2]


def exit_codes(
    folder: Path, commands: Sequence[Sequence[str]], tail: str = "", *, how: str = "asis", **more: str
) -> tuple[list[int], bytes, bytes]:
    """The exit code of each command, and what all said on stdout and on stderr; ``tail`` is what a shell does
    to the streams, ``more`` is added to the environment.
    """
    codes = folder / "codes.json"
    words = [sys.executable, __file__, str(codes), how, json.dumps(commands)]
    done = subprocess.run(
        ["bash", "-c", f'"$@" {tail}', "bash", *words],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | more,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(codes.read_bytes())), done.stdout, done.stderr


def _load() -> None:
    """All that a command might load."""
    import kpibatch

    for module in walk_packages(kpibatch.__path__, "kpibatch."):
        if not module.name.endswith("__main__"):
            import_module(module.name)


def _begun(gone: bool) -> int:
    """The number of a child, which has lost its reader where it is to; in the child itself 0."""
    reader, writer = os.pipe() if gone else (-1, -1)
    child = os.fork()
    if not child:
        if gone:
            os.dup2(writer, 1)
            os.close(writer)
            os.close(reader)
        return 0
    if gone:
        os.close(writer)
        os.read(reader, 1)
        os.close(reader)
    return child


def _ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) % 256


def _start(path: str, how: str, commands: str) -> None:
    _load()
    gc.freeze()  # what is loaded is looked through by no child
    codes, children = [], []
    for words in json.loads(commands):
        children.append(_begun(how == "gone"))
        if not children[-1]:
            from kpibatch.__main__ import main

            sys.argv[1:] = words
            return main()
        if how != "beside":
            codes.append(_ended(children.pop()))
    codes += map(_ended, children)
    Path(path).write_text(json.dumps(codes), encoding="ascii")


if __name__ == "__main__":
    _start(*sys.argv[1:])
