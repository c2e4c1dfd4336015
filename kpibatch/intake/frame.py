"""The long frame: one row per unit, measure and month of what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

OK, EMPTY, BAD = "ok", "blank", "bad"
COLUMNS = ("unit", "measure", "month", "value", "state", "found", "file", "sheet", "cell")
Line: TypeAlias = tuple[str, str, str, float, str, str, str, str, str]
VALUE_COLUMNS = ("unit", "measure", "value", "state", "found", "file", "sheet", "cell")


@dataclass(frozen=True)
class PastMonth:
    """``rank`` and ``percent`` (of the total) hold the units that have one; ``prompt`` those whose submission
    came in time.

    ``values`` is what the submissions that counted said of this very month, as sent: columns
    ``VALUE_COLUMNS``.
    """

    month: str
    rank: Mapping[str, int]
    percent: Mapping[str, float]
    prompt: frozenset[str]
    values: pd.DataFrame
