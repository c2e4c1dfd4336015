"""The months of the round side by side: movement and trend."""

from dataclasses import dataclass

from kpibatch.base.kinds import Kind
from kpibatch.intake.past import PastMonth
from kpibatch.rules.levels import LevelTables
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
        levels=_levels_of(outcome),
        values=_values_of(outcome),
        claims={key: own.level for key, own in outcome.intake.own_levels.items()},
    )


def sole_measure(tables: LevelTables, kpi: str) -> str:
    """The measure whose number decides alone at which level a KPI is; empty where there is none such."""
    codes = {rule.measure for rule in tables.rules_of(kpi)}
    alone = codes.pop() if len(codes) == 1 else ""
    return alone if alone and tables.measures[alone].kind not in (Kind.DATE, Kind.YES_NO) else ""


def _levels_of(outcome: Outcome) -> dict[tuple[str, str], int]:
    """By unit and KPI, of those who sent and to whom it applies."""
    return {
        (unit.code, code): int(kpi.level[row])
        for code, kpi in outcome.scores.kpis.items()
        for row, unit in enumerate(outcome.tables.units)
        if unit.code in outcome.sent and kpi.applies[row]
    }


def _values_of(outcome: Outcome) -> dict[tuple[str, str], float]:
    """The numbers that those levels hang on, where they are known."""
    alone = {code: sole_measure(outcome.tables, code) for code in outcome.scores.kpis}
    values = {
        (unit, code): outcome.measured.value(unit, alone[code])
        for unit, code in _levels_of(outcome)
        if alone[code]
    }
    return {key: value for key, value in values.items() if value == value}
