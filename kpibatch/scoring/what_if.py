"""What would follow if values were others: units with changed values, measured and scored anew by the scorer.

Many variants are asked about in one batch: each stands as a unit of its own in the same arrays.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd

from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.measures import Measured, compute_all
from kpibatch.scoring.points import Peers
from kpibatch.scoring.score import Scores, score_all

AT_ONCE = 2_000  # variants; scoring takes some ten kilobytes for each

Asked = TypeVar("Asked")


@dataclass(frozen=True)
class Variant:
    """The unit in that row of the measured values, with other values for some measures (by code).

    What is computed from them follows, unless it is named itself.
    """

    row: int
    changes: Mapping[str, float]


@dataclass(frozen=True)
class Rescored:
    """One row a variant, in their order."""

    measured: Measured
    scores: Scores


def what_if(
    variants: Sequence[Variant], measured: Measured, tables: LevelTables, month: str, peers: Peers
) -> Rescored:
    """Measure and score the variants, all KPIs and cases that hang on what is changed included; each is
    compared with the ``peers`` as they are.

    Source: design, section 1 (Score), asked of the scorer itself.
    """
    rows = np.array([variant.row for variant in variants], dtype=np.intp)
    instead: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    for at, variant in enumerate(variants):
        for code, value in variant.changes.items():
            instead.setdefault(code, np.full(len(rows), np.nan))[at] = value
    given = [code for code, measure in tables.measures.items() if not measure.ingredients]
    values, incomplete = compute_all(
        {code: measured.values[code].to_numpy(float)[rows] for code in given},
        {code: measured.incomplete[code].to_numpy(bool)[rows] for code in given},
        tables,
        instead,
    )
    units = measured.values.index[rows]
    anew = Measured(pd.DataFrame(values, index=units), pd.DataFrame(incomplete, index=units), {})
    return Rescored(anew, score_all(anew, tables, month, peers=peers))


def in_batches(asked: Sequence[Asked]) -> Iterator[Sequence[Asked]]:
    """What is asked about in turn, so that the memory it takes does not grow with the units."""
    return (asked[at : at + AT_ONCE] for at in range(0, len(asked), AT_ONCE))
