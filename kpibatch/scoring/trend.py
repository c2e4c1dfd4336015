"""The months of the round side by side: movement and trend."""

from dataclasses import dataclass

from kpibatch.intake.past import PastMonth
from kpibatch.scoring.outcome import Outcome


@dataclass(frozen=True)
class Trend:
    """The months so far, the report month last."""

    months: tuple[PastMonth, ...]

    @property
    def before(self) -> PastMonth | None:
        """The month the movement is counted from, if any."""
        return self.months[-2] if len(self.months) > 1 else None

    def movement(self, unit: str) -> int | None:
        """How many ranks a unit has gained since the month before; ``None`` where one of the two is
        missing.

        Source: design, section 4 (movement since last month).
        """
        if self.before is None or unit not in self.before.rank or unit not in self.months[-1].rank:
            return None
        return self.before.rank[unit] - self.months[-1].rank[unit]


NO_TREND = Trend(())


def trend_of(outcome: Outcome) -> Trend:
    """The outcome's month after those before it."""
    return Trend((*outcome.past, month_of(outcome)))


def month_of(outcome: Outcome) -> PastMonth:
    """An outcome as the months after it look back on it."""
    return PastMonth(
        outcome.month,
        {standing.unit: standing.rank for standing in outcome.standings if standing.rank},
        {
            standing.unit: standing.percent
            for standing in outcome.standings
            if standing.total == standing.total
        },
        frozenset(outcome.sent - outcome.late),
        outcome.said,
        came={submission.unit: submission.received for submission in outcome.intake.submissions},
        evidence=outcome.intake.evidence.given,
    )
