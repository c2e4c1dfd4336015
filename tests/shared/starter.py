"""Many commands of one interpreter that was started with some streams and has loaded everything: each ends in
a process of its own, forked before its first line, with the exit code it would have had alone.

``starter.py CODES gone|asis COMMANDS``: as JSON, the commands, each a list of words; written to ``CODES``,
their exit codes. With ``gone`` each writes to a pipe whose reader goes away after one byte.
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
    folder: Path, commands: Sequence[Sequence[str]], tail: str = "", *, gone: bool = False
) -> tuple[list[int], bytes]:
    """The exit code of each command, and what all said on stderr; ``tail`` is what a shell does to the
    streams.
    """
    codes = folder / "codes.json"
    words = [sys.executable, __file__, str(codes), "gone" if gone else "asis", json.dumps(commands)]
    done = subprocess.run(
        ["bash", "-c", f'"$@" {tail}', "bash", *words],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(codes.read_bytes())), done.stderr


def _load() -> None:
    """All that a command might load."""
    import kpibatch

    for module in walk_packages(kpibatch.__path__, "kpibatch."):
        if not module.name.endswith("__main__"):
            import_module(module.name)


def _begun(gone: bool) -> int:
    """The exit code of a child; in the child itself -1."""
    reader, writer = os.pipe() if gone else (-1, -1)
    child = os.fork()
    if not child:
        if gone:
            os.dup2(writer, 1)
            os.close(writer)
            os.close(reader)
        return -1
    if gone:
        os.close(writer)
        os.read(reader, 1)
        os.close(reader)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) % 256


def _start(path: str, how: str, commands: str) -> None:
    _load()
    gc.freeze()  # what is loaded is looked through by no child
    codes = []
    for words in json.loads(commands):
        codes.append(_begun(how == "gone"))
        if codes[-1] < 0:
            from kpibatch.__main__ import main

            sys.argv[1:] = words
            return main()
    Path(path).write_text(json.dumps(codes), encoding="ascii")


if __name__ == "__main__":
    _start(*sys.argv[1:])
