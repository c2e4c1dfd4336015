"""An earlier month as a later one needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from kpibatch.intake.frame import COLUMNS
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
