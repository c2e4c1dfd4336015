"""Earlier months of the round, scored anew from what was sent then: what movement and trend are drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass

from kpibatch.outcome import Outcome


@dataclass(frozen=True)
class Month:
    """A month's result per unit: rank (only those ranked) and total in percent (only those with a total)."""

    month: str
    rank: Mapping[str, int]
    percent: Mapping[str, float]


def month_of(outcome: Outcome) -> Month:
    """An outcome as far as the trend needs it."""
    ranks = {one.unit: one.rank for one in outcome.standings if one.rank}
    return Month(outcome.month, ranks, {one.unit: one.percent for one in outcome.standings if one.total == one.total})


@dataclass(frozen=True)
class Trend:
    """The months so far, the report month last."""

    months: tuple[Month, ...]

    @property
    def before(self) -> Month | None:
        """The month the movement is counted from, if any."""
        return self.months[-2] if len(self.months) > 1 else None

    def movement(self, unit: str) -> int | None:
        """How many ranks a unit has gained since the month before; ``None`` where one of the two is missing."""
        if self.before is None or unit not in self.before.rank or unit not in self.months[-1].rank:
            return None
        return self.before.rank[unit] - self.months[-1].rank[unit]


NO_TREND = Trend(())
