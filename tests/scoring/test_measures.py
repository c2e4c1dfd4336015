"""Months → one value, and what is computed from it: what is missing stays missing, 57 of 100 is 57."""

from datetime import date
from math import nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tablebook import levels, one_kpi

from kpibatch.base.findings import Place
from kpibatch.base.kinds import Kind
from kpibatch.intake.frame import BAD, COLUMNS, EMPTY, OK
from kpibatch.rules.computations import COMPUTATIONS, Parts
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.phrases import parse
from kpibatch.rules.records import Measure, Source, ZeroRule
from kpibatch.rules.sources import at_zero
from kpibatch.scoring.measures import Measured, measure_all

MONTHS = ("2565-04", "2565-05", "2565-06")


def measured(tables: LevelTables, months: dict[str, str], in_time: float = nan) -> Measured:
    """One unit's months: per measure a number, ``.`` for a blank or ``!`` for what can't be read, in cells
    E1, F1, G1.
    """
    rows = [
        (
            "3101",
            measure,
            month,
            nan if word in ".!" else float(word),
            {".": EMPTY, "!": BAD}.get(word, OK),
            word,
            "f",
            "s",
            f"{cell}1",
        )
        for measure, words in months.items()
        for month, cell, word in zip(MONTHS, "EFG", words.split(), strict=True)
    ]
    return measure_all(pd.DataFrame(rows, columns=list(COLUMNS)), tables, {"3101": in_time})


def rolled(rollup: str, months: str, kind: str = "จำนวน") -> tuple[float, bool, str]:
    """A measure's value, whether it is incomplete, and where it came from."""
    of = measured(one_kpi(f"news | ข่าว | ข่าว | {kind} | กรอก | {rollup}", ""), {"news": months})
    return (
        of.value("3101", "news"),
        bool(of.incomplete["news"].iloc[0]),
        of.origin.get(("3101", "news"), Place()).cell,
    )


@pytest.mark.parametrize(
    ("rollup", "months", "value", "incomplete", "cell"),
    [
        ("ล่าสุด", "1 2 3", 3, False, "G1"),
        ("ล่าสุด", "1 2 .", 2, True, "F1"),
        ("ล่าสุด", "1 . .", 1, True, "E1"),
        ("ล่าสุด", "1 . 3", 3, False, "G1"),
        ("ล่าสุด", "! ! 3", 3, False, "G1"),
        ("ล่าสุด", "0 0 0", 0, False, "G1"),
        ("ล่าสุด", "1 2 !", nan, False, ""),
        ("ล่าสุด", "1 ! .", nan, False, ""),
        ("ล่าสุด", ". . .", nan, False, ""),
        ("ต่ำสุด", "3 1 2", 1, False, "F1"),
        ("ต่ำสุด", "2 2 3", 2, False, "E1"),
        ("ต่ำสุด", "0 1 2", 0, False, "E1"),
        ("ต่ำสุด", ". 1 2", nan, False, ""),
        ("ต่ำสุด", "1 2 !", nan, False, ""),
        ("สูงสุด", "1 3 2", 3, False, "F1"),
        ("สูงสุด", "-3 -1 -2", -1, False, "F1"),
        ("สูงสุด", "1 . 2", 2, True, "G1"),
        ("สูงสุด", ". . .", nan, False, ""),
        ("รวม", "1 2 3", 6, False, "E1:G1"),
        ("รวม", "0 0 0", 0, False, "E1:G1"),
        ("รวม", "1 . 3", 4, True, "E1:G1"),
        ("รวม", "1 2 !", 3, True, "E1:F1"),
        ("รวม", ". 2 .", 2, True, "F1"),
        ("รวม", ". ! .", nan, False, ""),
        ("เฉลี่ย", "1 2 6", 3, False, "E1:G1"),
        ("เฉลี่ย", "1 . 3", 2, True, "E1:G1"),
        ("เฉลี่ย", "! 5 !", 5, True, "F1"),
        ("เฉลี่ย", ". . .", nan, False, ""),
    ],
)
def test_months_become_one_value(rollup, months, value, incomplete, cell):
    assert rolled(rollup, months) == pytest.approx((value, incomplete, cell), nan_ok=True)


def test_a_day_once_reported_holds_for_the_months_after():
    day = float(date(2022, 4, 15).toordinal())
    assert rolled("ล่าสุด", f"{day} . .", "วันที่") == (day, False, "E1")


def test_an_answer_must_be_given_every_month_where_the_lowest_counts():
    assert [rolled("ต่ำสุด", months, "ใช่/ไม่ใช่")[0] for months in ("1 1 1", "1 0 1")] == [1, 0]
    assert np.isnan(rolled("ต่ำสุด", "1 . 1", "ใช่/ไม่ใช่")[0])


def test_a_unit_that_sent_nothing_has_nothing():
    of = measured(levels(), {"I1.news": "1 2 3"})
    assert of.value("3101", "I1.news") == 1
    assert np.isnan(of.value("3102", "I1.news"))
    assert ("3102", "I1.news") not in of.origin


def test_nobody_sent_anything():
    of = measured(levels(), {})
    assert of.values[["T1.spent", "T1.pct", "I1.news"]].isna().all(axis=None)
    assert of.value("3102", "T1.budget") == 2000, "what the province fixed is there all the same"


def test_fixed_values_come_from_the_level_tables():
    of = measured(levels(), {"T1.spent": "100 200 300"})
    assert of.origin["3102", "T1.budget"] == Place("level_tables.xlsx", "ค่าตั้งต้น", "C4")
    assert of.value("3101", "T1.pct") == 30


PARTS = """
    a  | เศษ   | คน | จำนวน | กรอก | ล่าสุด
    c  | เศษสอง | คน | จำนวน | กรอก | ล่าสุด
    b  | ส่วน   | คน | จำนวน | กรอก | ล่าสุด
"""


def computed(
    source: str, numerator: str = "a", zero_rule: str = "", rule: str = "", **months: str
) -> tuple[float, bool]:
    below = "" if source == "ผลรวม" else "b"
    line = f"x | ผล | ร้อยละ | ร้อยละ | {source} | | {numerator} | {below} | {zero_rule}"
    of = measured(one_kpi(f"{PARTS}{line}", rule and f"T1 | | | x | {rule}"), months)
    return of.value("3101", "x"), bool(of.incomplete["x"].iloc[0])


@pytest.mark.parametrize(
    ("source", "a", "b", "value"),
    [
        ("ร้อยละ", 57, 100, 57),
        ("ร้อยละ", 29, 100, 29),
        ("ร้อยละ", 0, 7, 0),
        ("ร้อยละ", 9, 8, 112.5),
        ("เพิ่มขึ้น", 110, 100, 10),
        ("เพิ่มขึ้น", 100, 100, 0),
        ("เพิ่มขึ้น", 90, 100, -10),
        ("ลดลง", 70, 100, 30),
        ("ลดลง", 100, 100, 0),
        ("ลดลง", 110, 100, -10),
        ("ลดลง", 0, 100, 100),
    ],
)
def test_computed_measures(source, a, b, value):
    assert computed(source, a=f". . {a}", b=f". . {b}") == (value, False)


def test_several_numerators_and_sums():
    assert computed("ร้อยละ", "a, c", a="1 1 20", b="1 1 80", c="1 1 30")[0] == 62.5
    assert computed("ผลรวม", "a, c", a="1 1 20", c="1 1 30")[0] == 50
    assert np.isnan(computed("ผลรวม", "a, c", a="1 1 20", c=". . .")[0]), "a part that is missing is not zero"


def test_computed_from_what_is_computed():
    of = measured(
        one_kpi(
            f"{PARTS}\ns | รวม | คน | จำนวน | ผลรวม | | a, c\nx | ผล | ร้อยละ | ร้อยละ | ร้อยละ | | s | b", ""
        ),
        dict.fromkeys("abc", "2 2 2"),
    )
    assert of.value("3101", "x") == 200


@pytest.mark.parametrize(
    ("a", "b"), [(". . .", "1 1 1"), ("1 1 1", ". . ."), ("1 1 !", "1 1 1"), (". . .", "0 0 0")]
)
@pytest.mark.parametrize("zero_rule", ["ผ่าน", "ไม่ผ่าน", ""])
def test_what_is_computed_from_nothing_is_missing(a, b, zero_rule):
    assert np.isnan(computed("ร้อยละ", zero_rule=zero_rule, a=a, b=b)[0])


def test_what_is_computed_from_incomplete_months_is_incomplete():
    assert computed("ร้อยละ", a="1 1 .", b="2 2 2") == (50, True)
    assert computed("ร้อยละ", a="1 1 1", b="2 2 .") == (50, True)
    assert computed("ร้อยละ", a="1 1 1", b="2 2 2") == (50, False)


UP, DOWN = "≥ 60 | ≥ 70 | ≥ 80 | ≥ 90 | ≥ 100", "≤ 40 | ≤ 30 | ≤ 20 | ≤ 10 | ≤ 0"


@pytest.mark.parametrize("a", ["0 0 0", "5 5 5"])
@pytest.mark.parametrize("source", ["ร้อยละ", "เพิ่มขึ้น", "ลดลง"])
@pytest.mark.parametrize(
    ("zero_rule", "rule", "value"),
    [
        ("ผ่าน", UP, 100),
        ("ผ่าน", DOWN, 0),
        ("ไม่ผ่าน", UP, 0),
        ("ไม่ผ่าน", DOWN, 100),
        ("", UP, nan),
        ("", DOWN, nan),
    ],
)
def test_a_zero_denominator_counts_as_the_table_says(source, a, zero_rule, rule, value):
    assert computed(source, zero_rule=zero_rule, rule=rule, a=a, b="0 0 0")[0] == pytest.approx(
        value, nan_ok=True
    )


@pytest.mark.parametrize(
    ("source", "passes", "fails"),
    [(Source.PERCENT, (100, 0), (0, 100)), (Source.RATIO, (nan, 0), (0, nan))],
)
def test_at_zero(source, passes, fails):
    """Where higher is better, and where lower is; no ratio stands for having passed."""
    at = {
        rule: [at_zero(Measure("x", "", Kind.NUMBER, source, zero_rule=rule), low) for low in (False, True)]
        for rule in ZeroRule
    }
    assert at[ZeroRule.PASS] == pytest.approx(passes, nan_ok=True)
    assert at[ZeroRule.FAIL] == pytest.approx(fails, nan_ok=True)
    assert np.isnan(at[ZeroRule.MISSING]).all()


@given(st.integers(1, 10**6), st.integers(0, 100))
def test_exactly_k_percent_is_k_percent(hundredth, k):
    """k of every hundred is at least k percent, never a hair below it."""
    parts = Parts(np.array([[float(hundredth * k)]]), np.array([float(hundredth * 100)]))
    share = COMPUTATIONS[Source.PERCENT].value(parts)
    assert parse(f"= {k}").holds(share)[0]


def test_timely_submissions_are_known_to_the_batch():
    tables = one_kpi("on_time | ส่งทัน | ร้อยละ | ร้อยละ | ส่งทันกำหนด", "")
    assert measured(tables, {}, in_time=50).value("3101", "on_time") == 50
    assert np.isnan(measured(tables, {}).value("3101", "on_time"))
