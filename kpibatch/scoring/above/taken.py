"""A node's results as units take them from the one above: of one, or of several one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from kpibatch.rules.conditions import Booleans, Floats

Integers = npt.NDArray[np.int_]
Stint: TypeAlias = tuple[Integers, Floats]  # by unit the place of another, and in how many months


@dataclass(frozen=True)
class Taken:
    """What each unit takes of a node from the one above (arrays of shape (units,), ``given`` and ``met`` are
    (units, levels)): ``takes`` says which units do. Of an inner node there is but the score, and whether it
    is provisional (``missing``).
    """

    takes: Booleans
    score: Floats
    missing: Booleans
    case: Integers
    given: Booleans
    met: Booleans
    level: Integers
    full: Floats
    deducted: Floats

    def rows(self, own: Integers) -> "Taken":
        """The same of rows that name a unit each."""
        return Taken(*(getattr(self, each.name)[own] for each in fields(self)))


def blended(parts: Sequence[Taken], counts: Sequence[Floats]) -> Taken:
    """What units take of several, one after the other, each for so many months: the mean of the scores by
    months; level and case are those of the present one, the first.

    Source: design, section 1 (Wider rules: moved in mid-round).
    """
    first = parts[0]
    if len(parts) == 1:
        return first
    scores = np.array([part.score for part in parts])
    weights = np.where(np.isnan(scores), 0.0, np.array(counts))
    whole = weights.sum(axis=0)
    mean = np.divide(
        np.nansum(scores * weights, axis=0), whole, out=np.full(len(whole), np.nan), where=whole > 0
    )
    waits = [part.missing & (count > 0) for part, count in zip(parts, counts, strict=True)]
    several = (np.array(counts) > 0).sum(axis=0) > 1
    score = np.where(several, mean, first.score)
    full = np.where(several, mean, first.full)
    return replace(first, score=score, full=full, missing=np.any(waits, axis=0))


def node_given_to(
    score: Floats, missing: Booleans, givers: Integers, scored: Booleans, below_one: float
) -> Taken:
    """What units take of an inner node from others; of a unit that has sent nothing, as of a KPI.

    Source: design, section 1 (Wider rules: ทีม).
    """
    silent, none = ~scored[givers], np.zeros(len(givers), dtype=np.int_)
    worth = np.where(silent, below_one, score[givers])
    waits, no_levels = missing[givers] | silent, np.zeros((len(givers), 0), dtype=np.bool_)
    return Taken(givers >= 0, worth, waits, none, no_levels, no_levels, none, worth, np.zeros(len(givers)))
