"""``run.json`` as bytes and back: sealed by a digest of its own, and held against what it must say."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from kpibatch.rules.reading.evidence import Spans

SEAL = "sha256"
_ON_THE_CLOCK = ("seconds", SEAL)


class RecordFault(ValueError):
    """The bytes are no record, or one that was changed after it was written."""

    def __init__(self, reason: object, *, changed: bool = False) -> None:
        super().__init__(str(reason))
        self.changed = changed


def record_bytes(facts: Mapping[str, Any]) -> bytes:
    """A record as it stands on the disk, the digest of its facts last."""
    return (json.dumps({**facts, SEAL: _seal(facts)}, ensure_ascii=False, indent=2) + "\n").encode()


def _seal(facts: Mapping[str, Any]) -> str:
    """Of every fact but how long the steps took, which no two runs have in common."""
    steady = {name: fact for name, fact in facts.items() if name not in _ON_THE_CLOCK}
    return hashlib.sha256(json.dumps(steady, sort_keys=True).encode()).hexdigest()


def read_record(raw: bytes) -> dict[str, Any]:
    """The facts of a record; what stands in it may be relied on by name and kind.

    One without a digest was written before records had one. Raises ``RecordFault``.
    """
    try:
        record = json.loads(raw)
        if SEAL in record and record[SEAL] != _seal(record):
            raise RecordFault(SEAL, changed=True)
        _refuse_misshapen(record, _SHAPE, "")
    except RecordFault:
        raise
    except (ValueError, TypeError, RecursionError) as reason:
        raise RecordFault(reason) from None
    return record  # type: ignore[no-any-return]


def evidence_in(record: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...], Spans], ...]:
    """What was handed in and counted as evidence, by a record: the unit, the measures and the levels."""
    return tuple(
        (entry["unit"], tuple(entry["measures"]), tuple((low, high) for low, high in entry["levels"]))
        for entry in record.get("evidence", ())
        if entry["counts"]
    )


# --- what a record says, by name and kind -------------------------------------------------------------------


def _moment(fact: object) -> bool:
    try:
        datetime.fromisoformat(str(fact))
    except ValueError:
        return False
    return True


def _spans(fact: object) -> bool:
    """Levels from and to."""
    return isinstance(fact, list) and all(
        isinstance(span, list) and len(span) == 2 and all(isinstance(level, int) for level in span)
        for span in fact
    )


def _band(fact: object) -> bool:
    """From which percent on, and the word."""
    return isinstance(fact, list) and [isinstance(fact[0], int | float), *map(type, fact[1:])] == [True, str]


def _maybe(kind: Any) -> Callable[[object], bool]:
    return lambda fact: fact is None or (kind(fact) if not isinstance(kind, type) else isinstance(fact, kind))


# A kind, a test, a list of one shape, a mapping of names to shapes, or with "" of any name to one shape.
_SHAPE: Mapping[str, Any] = {
    "month": str,
    "round": str,
    "level_tables": {"file": str, "sha256": str, "digest": str},
    "top_score": (int, float),
    "inputs": [{"file": str, "sha256": str}],
    "submissions": [{"unit": str, "file": str, "received": _maybe(_moment), "late": bool}],
    "arrivals": {"": _moment},
    "counts": {
        **dict.fromkeys(("units", "submitted", "late", "ranked"), int),
        "findings": dict.fromkeys(("error", "warning", "note"), int),
    },
    "versions": {"": str},
}
_WHERE_STATED: Mapping[str, Any] = {
    "due": _maybe(_moment),
    "listings": {"": str},
    "books": {"": str},
    "central": [{"file": str, "sha256": str}],
    "evidence": [
        {"unit": str, "file": str, "measures": [str], "levels": _spans, "sha256": str, "counts": bool}
    ],
    "claims": [{"unit": str, "kpi": str, "level": int}],
    "corrected": [{"unit": str, "measure": str, "month": str, "value": (int, float)}],
    "owner": str,
    "rules": str,
    "rating": [_band],
    "units": [{"unit": str, "name": str, "group": str}],
}


def _refuse_misshapen(fact: Any, shape: Any, name: str) -> None:
    if isinstance(shape, Mapping):
        if not isinstance(fact, dict) or not all(key in fact for key in shape if key):
            raise RecordFault(name or "{}")
        shapes = {**shape, **(_WHERE_STATED if shape is _SHAPE else {})}
        for key, inner in fact.items():
            if key in shapes or "" in shapes:
                _refuse_misshapen(inner, shapes.get(key, shapes.get("")), f"{name}.{key}".lstrip("."))
    elif isinstance(shape, list):
        if not isinstance(fact, list):
            raise RecordFault(name)
        for number, inner in enumerate(fact):
            _refuse_misshapen(inner, shape[0], f"{name}[{number}]")
    elif not (isinstance(fact, shape) if isinstance(shape, type | tuple) else shape(fact)):
        raise RecordFault(name)
