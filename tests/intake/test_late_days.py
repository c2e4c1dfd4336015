"""By how many days submissions came late: counted from the day after the due day, and never better for not
sending.
"""

from dataclasses import replace
from datetime import date, datetime
from math import isnan

import pandas as pd
import pytest
from made_up_month import outcome_of
from reckoning import reckoning
from tablebook import levels

from kpibatch.intake.month import Intake, Submission, late_days
from kpibatch.intake.past import PAST_COLUMNS, PastMonth
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Rollup

APRIL, MAY, JUNE = "2565-04", "2565-05", "2565-06"  # due on the 5th of the month after
UNIT, OTHER = "3101", "3102"
Came = dict[str, datetime | None]


def past(month: str, came: Came) -> PastMonth:
    return PastMonth(month, {}, {}, frozenset(), pd.DataFrame(columns=list(PAST_COLUMNS)), came=came)


def late(month: str, came: Came, *before: PastMonth, tables: LevelTables | None = None) -> tuple[float, ...]:
    sent = tuple(Submission(unit, month, "f.xlsx", "", moment) for unit, moment in came.items())
    intake = Intake(month, sent, None, {}, (), ())  # type: ignore[arg-type]
    return late_days(tables or levels(), intake, before)[UNIT]


@pytest.mark.parametrize(
    ("came", "days"),
    [
        (datetime(2022, 5, 4, 23, 59), 0),
        (datetime(2022, 5, 5, 23, 59), 0),
        (datetime(2022, 5, 6, 0, 0), 1),
        (datetime(2022, 6, 5), 31),
        (None, 0),  # nothing says when it came
    ],
)
def test_days_after_the_due_day(came: datetime | None, days: int) -> None:
    assert late(APRIL, {UNIT: came}) == (days,)


def test_a_unit_that_has_not_sent_the_report_month_has_no_days_of_it() -> None:
    (days,) = late(APRIL, {OTHER: datetime(2022, 5, 5)})
    assert isnan(days)


@pytest.mark.parametrize(
    ("april", "days"),
    [
        ({UNIT: datetime(2022, 5, 5)}, 0),
        ({UNIT: datetime(2022, 5, 8)}, 3),
        ({UNIT: datetime(2022, 5, 31)}, 26),
        ({UNIT: datetime(2022, 6, 20)}, 26),  # not there by the end of May either
        ({OTHER: datetime(2022, 5, 5)}, 26),  # never sent: 5 May to 31 May
    ],
)
def test_an_earlier_month_counts_until_the_report_month_ends(april: Came, days: int) -> None:
    assert late(MAY, {UNIT: datetime(2022, 6, 6)}, past(APRIL, april)) == (days, 1)


def test_a_month_of_which_nobody_sent_anything_counts_for_everybody() -> None:
    assert late(MAY, {UNIT: datetime(2022, 6, 5)}) == (26, 0)


def test_a_month_without_a_due_day_is_left_out() -> None:
    calendar = {APRIL: date(2022, 5, 5), JUNE: date(2022, 7, 5)}
    tables = replace(levels(), calendar=calendar)
    assert late(JUNE, {UNIT: datetime(2022, 7, 6)}, tables=tables) == (56, 1)
    assert late(MAY, {UNIT: datetime(2022, 7, 6)}, tables=tables) == (26,)
    assert late(JUNE, {UNIT: datetime(2022, 7, 6)}, tables=replace(tables, calendar={})) == ()


@pytest.mark.parametrize(
    ("rollup", "days"),
    [(Rollup.LAST, 1), (Rollup.SUM, 29), (Rollup.MAX, 25), (Rollup.MIN, 1), (Rollup.MEAN, 29 / 3)],
)
def test_the_months_become_one_value(rollup: Rollup, days: float) -> None:
    """April came 3 days late, May never (5 June to 30 June), June a day late."""
    tables = reckoning()
    measures = {**tables.measures, "late": replace(tables.measures["late"], rollup=rollup)}
    found = outcome_of(
        replace(tables, measures=measures),
        {UNIT: {}, OTHER: {}},
        JUNE,
        came={UNIT: datetime(2022, 7, 6), OTHER: datetime(2022, 7, 5)},
        past=[past(APRIL, {UNIT: datetime(2022, 5, 8), OTHER: datetime(2022, 5, 5)}), past(MAY, {})],
    )
    assert found.measured.value(UNIT, "late") == pytest.approx(days)
    assert not found.measured.incomplete.loc[[UNIT, OTHER], "late"].any()
    if rollup is Rollup.SUM:
        assert found.scores.kpis["K8"].level.tolist()[:2] == [0, 0]
        assert found.measured.value(OTHER, "late") == 25


def test_where_no_month_is_due_nobody_is_late_and_nobody_in_time() -> None:
    found = outcome_of(replace(reckoning(), calendar={}), {UNIT: {}}, JUNE)
    assert isnan(found.measured.value(UNIT, "late"))
    assert found.scores.kpis["K8"].missing[0]
