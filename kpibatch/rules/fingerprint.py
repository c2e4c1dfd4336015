"""A fingerprint of records: of what decides something, not of where it stands or how it is stored."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from kpibatch.base.findings import Place
from kpibatch.rules.conditions import MAY_LACK


def fingerprint(content: object, *, whole: bool = False) -> str:
    """The SHA-256 of what the content says, wherever it stands; of the ``whole`` of it, places and all that
    decides nothing included.
    """
    orderly = repr(_orderly(content, whole))
    return hashlib.sha256(orderly.encode("utf-8", "surrogatepass")).hexdigest()


def _orderly(content: object, whole: bool) -> object:
    if content is None or isinstance(content, str | int | float):  # most of it
        return repr(content)
    if isinstance(content, list | tuple):
        return [_orderly(item, whole) for item in content]
    if isinstance(content, Mapping):
        return sorted((repr(key), _orderly(value, whole)) for key, value in content.items())
    if isinstance(content, frozenset):
        return sorted(content)
    if isinstance(content, Place):
        return repr((content.file, content.sheet, content.cell)) if whole else ""
    if is_dataclass(content):
        kind: Any = type(content)
        names = _all_fields(kind) if whole else said(content)
        return [_orderly(getattr(content, name), whole) for name in names]
    return repr(content)


@cache
def _all_fields(kind: Any) -> tuple[str, ...]:
    return tuple(part.name for part in fields(kind))


def said(record: Any) -> list[str]:
    """The fields that decide something; of one that a workbook may do without, only where it says something,
    so that the workbooks without keep their fingerprint.
    """
    return [
        part.name
        for part in fields(record)
        if part.compare and not (part.metadata.get(MAY_LACK) and getattr(record, part.name) == part.default)
    ]
