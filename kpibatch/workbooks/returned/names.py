"""The names that files have under ``returned/``, such as any file system takes, none twice."""

import re
from collections.abc import Iterable
from pathlib import Path

from kpibatch.base.catalogue import say
from kpibatch.base.files import is_reserved

_FORBIDDEN = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_MAX_NAME_BYTES = 200


def returned_names(files: Iterable[str], language: str) -> dict[str, tuple[str, str]]:
    """Of every file that goes back its name under ``returned/``, and that of the index where it lies
    beside.
    """
    files = sorted(files)
    names = free_names(map(safe_name, files))
    beside = free_names((index_name(name, language) for name in names), names)
    return dict(zip(files, zip(names, beside, strict=True), strict=True))


def safe_name(file: str) -> str:
    """The officer's own file name, changed only where some file system would not take it."""
    bare = _FORBIDDEN.sub("-", file).strip(" .")
    stem, dot, suffix = bare.rpartition(".")
    stem, suffix = (stem, f".{suffix[:8]}") if dot and stem else (bare, "")
    if is_reserved(stem):
        stem = f"_{stem}"
    return f"{_short(stem).rstrip(' .') or '-'}{suffix}"


def index_name(file: str, language: str) -> str:
    """The name of the index that lies beside a file."""
    return f"{_short(Path(file).stem)} {say('returned.name', language)}.xlsx"


def _short(stem: str) -> str:
    """No longer than a file system takes, with room for what is added on the way: Thai letters take three
    bytes each.
    """
    return stem.encode()[:_MAX_NAME_BYTES].decode(errors="ignore")


def free_names(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The names in their order, each numbered where a file has it already: one before it, or one of
    ``taken``.
    """
    used, free = {name.casefold() for name in taken}, []
    for name in names:
        path, number, own = Path(name), 2, name
        while own.casefold() in used:
            own = f"{path.stem} ({number}){path.suffix}"
            number += 1
        used.add(own.casefold())
        free.append(own)
    return free
