"""A fingerprint of records: of what decides something, not of where it stands or how it is stored."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from kpibatch.base.findings import Place
from kpibatch.rules.conditions import MAY_LACK


def fingerprint(content: object) -> str:
    """The SHA-256 of what the content says, wherever it stands."""
    return hashlib.sha256(repr(_orderly(content)).encode()).hexdigest()


def _orderly(content: object) -> object:
    if isinstance(content, Mapping):
        return sorted((repr(key), _orderly(value)) for key, value in content.items())
    if isinstance(content, frozenset):
        return sorted(content)
    if isinstance(content, list | tuple):
        return [_orderly(item) for item in content]
    if isinstance(content, Place):
        return ""
    if is_dataclass(content):
        return [_orderly(getattr(content, name)) for name in said(content)]
    return repr(content)


def said(record: Any) -> list[str]:
    """The fields that decide something; of one that a workbook may do without, only where it says something,
    so that the workbooks without keep their fingerprint.
    """
    return [
        part.name
        for part in fields(record)
        if part.compare and not (part.metadata.get(MAY_LACK) and getattr(record, part.name) == part.default)
    ]
