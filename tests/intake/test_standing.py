"""What was reported stays, on frames: which value counts, what is told of it, what the next month looks back
on.
"""

import math
from datetime import datetime

import pandas as pd
import pytest
from tablebook import levels

from kpibatch.intake.frame import BAD, COLUMNS, DTYPES, EMPTY, OK, Line
from kpibatch.intake.late import first_sent, said_first, with_first_sent
from kpibatch.intake.month import Intake
from kpibatch.intake.past import PAST_COLUMNS, PastMonth
from kpibatch.rules.levels import LevelTables

APRIL, MAY, JUNE = "2565-04", "2565-05", "2565-06"
UNIT, MEASURE = "3101", "T1.spent"
STATES = {"": EMPTY, "abc": BAD}


def said(month: str, typed: str, cell: str = "F7") -> Line:
    state = STATES.get(typed, OK)
    value = float(typed) if state == OK else math.nan
    return Line(UNIT, MEASURE, month, value, state, typed, f"{UNIT}.xlsx", "แบบรายงาน", cell)


def frame(*lines: Line) -> pd.DataFrame:
    return pd.DataFrame(lines, columns=list(COLUMNS)).astype(DTYPES)


def intake(month: str, *lines: Line) -> Intake:
    return Intake(month, (), frame(*lines), {}, (), (), {"": datetime(2022, 7, 1)})


def past(month: str, *lines: Line) -> PastMonth:
    return PastMonth(month, {}, {}, frozenset(), frame(*lines)[list(PAST_COLUMNS)])


@pytest.fixture(scope="module")
def tables() -> LevelTables:
    return levels()


@pytest.mark.parametrize(
    ("first", "now", "counts", "told"),
    [
        ("12", "12", 12.0, []),
        ("12", "12.0000000001", 12.0000000001, []),  # the same to nine decimals
        ("12", "12.00000001", 12.0, ["late-change"]),
        ("12", "9", 12.0, ["late-change"]),
        ("12", "", 12.0, ["late-change"]),
        ("12", "abc", 12.0, ["late-change"]),
        ("", "9", 9.0, ["late-given"]),
        ("abc", "9", 9.0, ["late-mended"]),
        ("", "", math.nan, []),
        ("abc", "", math.nan, []),
        ("0", "9", 0.0, ["late-change"]),
    ],
)
def test_what_counts_of_an_earlier_month(
    first: str, now: str, counts: float, told: list[str], tables: LevelTables
) -> None:
    sent = intake(JUNE, said(APRIL, now), said(JUNE, "30"))
    counted, findings = with_first_sent(sent, [past(APRIL, said(APRIL, first))], tables, {})
    assert counted["value"].tolist() == pytest.approx([counts, 30.0], abs=0, nan_ok=True)
    assert [each.code for each in findings] == told
    if told == ["late-change"]:
        assert counted["file"][0] == f"{APRIL}/{UNIT}.xlsx"
        assert dict(findings[0].facts)["used"] == first


def test_the_report_month_is_what_its_own_form_says(tables: LevelTables) -> None:
    """Published once already and run again: the month's own value is not an earlier one."""
    sent = intake(JUNE, said(JUNE, "30"))
    counted, findings = with_first_sent(sent, [past(JUNE, said(JUNE, "20"))], tables, {})
    assert (counted["value"][0], findings) == (30.0, [])


def test_a_row_that_is_gone_from_the_form_takes_nothing_away(tables: LevelTables) -> None:
    sent = intake(JUNE, said(APRIL, "", cell=""))
    counted, findings = with_first_sent(sent, [past(APRIL, said(APRIL, "12"))], tables, {})
    assert (counted["value"][0], findings) == (12.0, [])


def test_the_new_value_counts_where_the_workspace_says_so(tables: LevelTables) -> None:
    sent = intake(JUNE, said(APRIL, "9"))
    counted, findings = with_first_sent(sent, [past(APRIL, said(APRIL, "12"))], tables, {}, "accept")
    assert (counted["value"][0], [each.code for each in findings]) == (9.0, ["late-accepted"])


@pytest.mark.parametrize(("corrected", "told"), [(9.0, []), (8.0, ["late-change"])])
def test_what_a_correction_has_set_is_not_told_again(
    corrected: float, told: list[str], tables: LevelTables
) -> None:
    sent, key = intake(JUNE, said(APRIL, "9")), (UNIT, MEASURE, APRIL)
    _, findings = with_first_sent(sent, [past(APRIL, said(APRIL, "12"))], tables, {key: corrected})
    assert [each.code for each in findings] == told
    assert all(dict(each.facts)["used"] == "8" for each in findings)


def test_of_what_was_sent_the_first_usable_value_stands() -> None:
    months = [
        past(APRIL, said(APRIL, "")),
        past(MAY, said(MAY, "20"), said(APRIL, "12")),
        past(JUNE, said(JUNE, "30")),
    ]
    standing = first_sent(months).set_index("month")
    assert standing["value"].to_dict() == {APRIL: 12.0, MAY: 20.0, JUNE: 30.0}
    assert standing["file"][APRIL] == f"{MAY}/{UNIT}.xlsx"
    assert first_sent([]).empty


def test_the_next_month_looks_back_on_what_was_said_first(tables: LevelTables) -> None:
    """Its own month whole, of April what was not there before, of May nothing again."""
    before = [past(APRIL, said(APRIL, "")), past(MAY, said(MAY, "20"))]
    sent = intake(JUNE, said(APRIL, "12"), said(MAY, "25"), said(JUNE, "-5"))
    counted, _ = with_first_sent(sent, before, tables, {})
    refused = counted.assign(state=counted["state"].where(counted["month"] != JUNE, BAD))
    looked_back = said_first(sent, refused, before)
    assert list(looked_back[["month", "state", "found"]].itertuples(index=False, name=None)) == [
        (APRIL, OK, "12"),
        (JUNE, BAD, "-5"),
    ]


def test_a_corrected_value_was_said_all_the_same() -> None:
    """A correction that is refused says nothing against what the unit sent."""
    sent = intake(JUNE, said(JUNE, "5"))
    corrected = sent.reported.assign(file="corrections.xlsx", state=BAD)
    assert said_first(sent, corrected, [])["state"].tolist() == [OK]


def test_the_first_month_looks_back_on_nothing(tables: LevelTables) -> None:
    counted, findings = with_first_sent(intake(APRIL, said(APRIL, "5")), [], tables, {})
    assert (counted["value"].tolist(), findings) == ([5.0], [])


def test_a_month_of_which_nothing_was_sent_is_one_note(tables: LevelTables) -> None:
    """Of April nothing had come, of May something; both are given now."""
    before = [past(APRIL), past(MAY, said(MAY, "20"))]
    sent = intake(JUNE, said(APRIL, "12"), said(MAY, "20"), said(JUNE, "30"))
    counted, findings = with_first_sent(sent, before, tables, {})
    assert counted["value"].tolist() == [12.0, 20.0, 30.0]
    assert [(each.code, each.found, dict(each.facts)["count"]) for each in findings] == [
        ("late-month", APRIL, "1")
    ]
