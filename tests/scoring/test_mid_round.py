"""A threshold that changes in mid-round: just below, at and just above it, in the months before and after;
and a measure that some months did not ask.
"""

import numpy as np
import pytest
from mid_round import CHANGED, JULY, JUNE, MAY
from scoring_by_hand import measured_from
from tablebook import levels

from kpibatch.rules.records import TOTAL, Rollup
from kpibatch.scoring.rollups import Months, roll_up
from kpibatch.scoring.score import score_all

BEFORE = {79.99: 2, 80: 3, 80.01: 3, 84.99: 3, 85: 3, 89.99: 3, 90: 4}
AFTER = {80: 2, 84.99: 2, 85: 3, 85.01: 3, 94.99: 3, 95: 4}


@pytest.mark.parametrize(
    ("month", "percent", "level"),
    [
        (month, percent, level)
        for month, levels_at in ((MAY, BEFORE), (JUNE, AFTER), (JULY, AFTER))
        for percent, level in levels_at.items()
    ],
)
def test_a_level_is_that_of_the_month_s_threshold(month: str, percent: float, level: int) -> None:
    tables = levels(**CHANGED).for_month(month)
    values = {"T1.spent": 10 * percent, "T1.budget": 1000, "T1.docs": 1}
    assert score_all(measured_from(tables, {"3101": values}), tables, month).kpis["T1"].level[0] == level


@pytest.mark.parametrize(("month", "total"), [(MAY, 60 * 5 / 100), (JUNE, 50 * 5 / 100)])
def test_a_total_is_that_of_the_month_s_weights(month: str, total: float) -> None:
    tables = levels(**CHANGED).for_month(month)
    values = {"T1.spent": 1000, "T1.budget": 1000, "T1.docs": 1, "staff": 2}
    scores = score_all(measured_from(tables, {"3101": values}), tables, month)
    assert scores.scores[TOTAL].iloc[0] == pytest.approx(total)


@pytest.mark.parametrize(
    ("rollup", "value"),
    [(Rollup.MIN, 3), (Rollup.MAX, 5), (Rollup.SUM, 8), (Rollup.MEAN, 4), (Rollup.LAST, 5)],
)
def test_a_month_that_was_not_asked_lacks_nothing(rollup: Rollup, value: float) -> None:
    values = np.array([[np.nan, 3.0, 5.0]])
    unasked = np.array([[True, False, False]])
    asked = Months(values, np.isnan(values)), Months(values, np.isnan(values), unasked)
    assert [roll_up(months, rollup)[1].tolist() for months in asked] == [
        [rollup not in (Rollup.LAST, Rollup.MIN)],
        [False],
    ]
    assert roll_up(asked[1], rollup)[0].tolist() == [value]
    assert np.isnan(roll_up(asked[0], rollup)[0][0]) == (rollup is Rollup.MIN)


def test_a_month_that_was_asked_and_is_blank_still_lacks() -> None:
    values = np.array([[np.nan, np.nan, 5.0]])
    months = Months(values, np.isnan(values), np.array([[True, False, False]]))
    assert np.isnan(roll_up(months, Rollup.MIN)[0][0])
    assert roll_up(months, Rollup.SUM)[1].tolist() == [True]
