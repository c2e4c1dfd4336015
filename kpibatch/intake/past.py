"""An earlier month as a later one needs it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kpibatch.intake.frame import COLUMNS

PAST_COLUMNS = tuple(column for column in COLUMNS if column != "month")


@dataclass(frozen=True)
class PastMonth:
    """``rank`` and ``percent`` (of the total) hold the units that have one; ``prompt`` those whose submission
    came in time.

    ``reported`` is what the submissions that counted said of this very month, as sent: columns
    ``PAST_COLUMNS``.
    """

    month: str
    rank: Mapping[str, int]
    percent: Mapping[str, float]
    prompt: frozenset[str]
    reported: pd.DataFrame
