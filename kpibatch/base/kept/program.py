"""This very program and the libraries it works by, as part of a key."""

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import kpibatch

_MADE_OF = (".py", ".toml", ".lark")


@cache
def program(*libraries: str) -> str:
    """Its version, and the state of the files it is made of, for who changes them seldom changes the version;
    of each library the state of its first file; of a program file that holds it all the state of that.
    Nothing is loaded.
    """
    if getattr(sys, "frozen", False):  # it unpacks itself somewhere else each time
        whole = kpibatch.__version__, sys.executable, _state(Path(sys.executable).stat())
        return hashlib.sha256(repr(whole).encode("utf-8", "surrogatepass")).hexdigest()
    home = str(Path(kpibatch.__file__).parent)
    specs = [find_spec(name) for name in libraries]
    origins = [
        (name, spec.origin) for name, spec in zip(libraries, specs, strict=True) if spec and spec.origin
    ]
    firsts = [(name, origin, _state(Path(origin).stat())) for name, origin in origins]
    about = (kpibatch.__version__, sys.version, home, sorted(_parts(home)), firsts)
    return hashlib.sha256(repr(about).encode("utf-8", "surrogatepass")).hexdigest()


def _parts(folder: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as found:
        for entry in found:
            if entry.name.endswith(_MADE_OF):
                yield (entry.path, *_state(entry.stat()))
            elif entry.name != "__pycache__" and entry.is_dir():
                yield from _parts(entry.path)


def _state(stat: os.stat_result) -> tuple[int, int]:
    return stat.st_size, stat.st_mtime_ns
