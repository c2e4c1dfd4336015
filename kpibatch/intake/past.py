"""An earlier month as a later one needs it; and as JSON, to be kept."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kpibatch.intake.frame import COLUMNS, frame_of, lists_of
from kpibatch.rules.reading.evidence import Spans

if TYPE_CHECKING:
    import pandas as pd

PAST_COLUMNS = ("month", *(column for column in COLUMNS if column != "month"))


@dataclass(frozen=True)
class PastMonth:
    """``rank`` and ``percent`` (of the total) hold the units that have one; ``prompt`` those whose submission
    came in time.

    ``levels`` and ``values`` hold, by unit and KPI, the level and, of a KPI that hangs on one number, that;
    ``claims`` the levels that units claimed.

    ``came`` tells of each unit whose submission counted when it came, ``None`` where nothing says so.

    ``reported`` is what the submissions that counted said, as sent, of this very month and, where nothing
    usable had been said of them before, of the round's months before it: columns ``PAST_COLUMNS``. What was
    sent and refused has the state ``BAD``.

    ``sealed`` is a closed month; ``corrected`` are the corrections that it was closed with (unit, measure,
    month → value). ``evidence`` is what was handed in: unit, measures, levels.
    """

    month: str
    rank: Mapping[str, int]
    percent: Mapping[str, float]
    prompt: frozenset[str]
    reported: "pd.DataFrame"
    sealed: bool = False
    came: Mapping[str, datetime | None] = field(default_factory=dict)
    evidence: tuple[tuple[str, tuple[str, ...], Spans], ...] = ()
    corrected: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    levels: Mapping[tuple[str, str], int] = field(default_factory=dict)
    values: Mapping[tuple[str, str], float] = field(default_factory=dict)
    claims: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """Of all that it says: two months that have the same are the same to every later one."""
        return hashlib.sha256(json.dumps(packed(self)).encode()).hexdigest()


def packed(month: PastMonth) -> dict[str, Any]:
    """A month as JSON takes it."""
    return {
        "month": month.month,
        "rank": dict(month.rank),
        "percent": dict(month.percent),
        "prompt": sorted(month.prompt),
        "reported": lists_of(month.reported, PAST_COLUMNS),
        "sealed": month.sealed,
        "came": {unit: came and came.isoformat() for unit, came in month.came.items()},
        "evidence": month.evidence,
        "corrected": [[*key, value] for key, value in month.corrected.items()],
        "levels": [[*key, level] for key, level in month.levels.items()],
        "values": [[*key, value] for key, value in month.values.items()],
        "claims": [[*key, level] for key, level in month.claims.items()],
    }


def unpacked(said: dict[str, Any]) -> PastMonth:
    """The same month again. Raises ``ValueError``, ``TypeError`` or ``KeyError`` where it is none."""
    came = {unit: moment and datetime.fromisoformat(moment) for unit, moment in said["came"].items()}
    evidence = (
        (unit, tuple(measures), tuple((low, high) for low, high in spans))
        for unit, measures, spans in said["evidence"]
    )
    return PastMonth(
        said["month"],
        said["rank"],
        said["percent"],
        frozenset(said["prompt"]),
        frame_of(said["reported"]),
        said["sealed"],
        came,
        tuple(evidence),
        {(unit, measure, month): value for unit, measure, month, value in said["corrected"]},
        {(unit, kpi): level for unit, kpi, level in said["levels"]},
        {(unit, kpi): value for unit, kpi, value in said["values"]},
        {(unit, kpi): level for unit, kpi, level in said["claims"]},
    )
