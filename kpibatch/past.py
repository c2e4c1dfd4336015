"""A month of the round as the months after it look back on it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

VALUE_COLUMNS = ("unit", "measure", "value", "state", "found", "file", "sheet", "cell")


@dataclass(frozen=True)
class PastMonth:
    """``rank`` and ``percent`` (of the total) hold the units that have one; ``prompt`` those whose submission came in time.

    ``values`` is what the submissions that counted said of this very month, as sent: columns ``VALUE_COLUMNS``.
    """

    month: str
    rank: Mapping[str, int]
    percent: Mapping[str, float]
    prompt: frozenset[str]
    values: pd.DataFrame
