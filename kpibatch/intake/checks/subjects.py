"""Which measures a built-in check of กฎตรวจ looks at, read off the level tables.

Source: design, section 1 (กฎตรวจ); a row of the office's own speaks for any other measure.
"""

from kpibatch.base.kinds import Kind
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Rollup, Source
from kpibatch.rules.sources import COMPUTED

_COUNTED = (Kind.NUMBER, Kind.AMOUNT)
_RUNNING = "สะสม"  # an office's word for a running total


def counted(tables: LevelTables) -> list[Measure]:
    """What units fill in as a number of something or as money."""
    return [measure for measure in tables.form_measures if measure.kind in _COUNTED]


def running_totals(tables: LevelTables) -> list[Measure]:
    """The measures that grow from month to month: called สะสม, or what is done so far of a whole that is
    fixed for the round, of which more is better.

    Only where the newest month counts; a part of what the units count themselves may be a month's own.
    """
    latest = [measure for measure in counted(tables) if measure.rollup is Rollup.LAST]
    return [measure for measure in latest if _RUNNING in measure.label or _done_of_a_whole(tables, measure)]


def _done_of_a_whole(tables: LevelTables, measure: Measure) -> bool:
    percents = [
        each
        for each in tables.measures.values()
        if each.source is Source.PERCENT and measure.code in each.numerator
    ]
    fixed = (tables.measures[each.denominator].source is Source.BASE for each in percents)
    falling = any(tables.lower_is_better(each.code) for each in percents)
    return any(fixed) and not falling


def bases(tables: LevelTables) -> list[Measure]:
    """What units fill in and others are divided by, or may not exceed, where the newest month counts."""
    below = {measure.denominator for measure in tables.measures.values() if measure.source in COMPUTED}
    below |= {measure.limit for measure in tables.measures.values()}
    return [each for each in counted(tables) if each.code in below and each.rollup is Rollup.LAST]


def kept_promises(tables: LevelTables) -> list[Measure]:
    """The questions to which the level tables want ใช่, of which the newest answer counts."""
    wanted = {
        rule.measure
        for rule in tables.rules
        for edge in rule.edges
        if edge and edge.family == "yes_no" and edge.low == 1
    }
    answers = (each for each in tables.form_measures if each.kind is Kind.YES_NO)
    return [each for each in answers if each.code in wanted and each.rollup is Rollup.LAST]


def size_of(tables: LevelTables, measure: Measure) -> str:
    """What a value is large or small by: what it is divided by, may not exceed, or what its KPI's cases go by
    (staff); empty where the tables name nothing.
    """
    ratios = (each for each in tables.measures.values() if each.source in COMPUTED)
    divided = (each.denominator for each in ratios if measure.code in each.numerator)
    cases = (case.measure for kpi in tables.kpis_of(measure.code) for case in tables.cases_of(kpi))
    fixed = (code for code in cases if _is_fixed_count(tables.measures[code]))
    return next(filter(None, (*divided, measure.limit, *fixed)), "")


def _is_fixed_count(measure: Measure) -> bool:
    return measure.source is Source.BASE and measure.kind in _COUNTED
