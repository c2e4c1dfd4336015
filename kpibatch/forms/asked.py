"""What a unit is asked, and in which months: rules may change in mid-round.

In: the level tables as they were read. Out: its measures, each with the KPI that shows it.
"""

from collections.abc import Iterable

from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Node, Source, Unit


def asked_of(tables: LevelTables, unit: Unit) -> list[Measure]:
    """The measures a unit fills in: those of the KPIs that it is scored at itself, and what a unit above is
    scored by.

    Source: design, section 3.
    """
    return [measure for measure in tables.form_measures if unit.code in tables.links.asked[measure.code]]


def asked_over(tables: LevelTables, unit: Unit, months: Iterable[str]) -> list[tuple[Measure, Node]]:
    """What a unit fills in in any of these months, each with the first KPI that shows it then.

    Source: design, section 3; section 1 (Wider rules: ใช้ตั้งแต่เดือน).
    """
    asked: dict[str, Node] = {}
    periods = {period.since: period for period in map(tables.for_month, months)}
    for period in periods.values():
        for measure in asked_of(period, unit):
            asked.setdefault(measure.code, period.node[period.kpi_of[measure.code]])
    return [(measure, asked[measure.code]) for measure in tables.form_measures if measure.code in asked]


def months_asked(tables: LevelTables, unit: Unit | None, measure: str) -> tuple[str, ...]:
    """The round's months in which a measure is asked of a unit, or, without one, shown by some KPI."""
    asked = {
        period.since
        for period in tables.periods
        if (period.kpi_of.get(measure) if unit is None else unit.code in period.links.asked[measure])
    }
    if len(asked) == len(tables.periods):
        return tables.round.months
    return tuple(month for month in tables.round.months if tables.for_month(month).since in asked)


def baseline_of(tables: LevelTables, measure: Measure) -> Measure | None:
    """The fixed measure a filled-in one is held against: what it is divided by, or may not exceed."""
    divided = (
        m.denominator for m in tables.measures.values() if measure.code in m.numerator and m.denominator
    )
    for code in (*divided, measure.limit):
        if code in tables.measures and tables.measures[code].source is Source.BASE:
            return tables.measures[code]
    return None
