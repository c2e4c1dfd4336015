"""Conditions: every form and phrase that letters use, where they begin to hold, and rows read by edges."""

from datetime import date
from itertools import takewhile
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibatch.rules.conditions import Condition, MixedRow, edges
from kpibatch.rules.phrases import parse


def holds(text: str, *values: float | date) -> list[bool]:
    return (
        parse(text)
        .holds(np.array([value.toordinal() if isinstance(value, date) else value for value in values], float))
        .tolist()
    )


def row(text: str) -> list[Condition | None]:
    """A row of level cells between bars, read by edges."""
    return edges([parse(cell) if cell.strip() else None for cell in text.split("|")])


def level(text: str, value: float) -> int:
    """How many levels of a row a value reaches, counted from the first."""
    met = (edge is None or edge.any_value or bool(edge.holds(np.array([value]))[0]) for edge in row(text))
    return len(list(takewhile(bool, met)))


@pytest.mark.parametrize(
    ("typed", "canonical"),
    {
        "≥ 80": "≥ 80",
        ">= 80": "≥ 80",
        "=> 80": "≥ 80",
        ">=80%": "≥ 80",
        "≥ -5": "≥ -5",
        "> 95": "> 95",
        "≤ 35": "≤ 35",
        "<= 35": "≤ 35",
        "< 50": "< 50",
        "= 100": "= 100",
        "81 - 85": "81 - 85",
        "81-85": "81 - 85",
        "๘๑–๘๕": "81 - 85",
        "81% - 85%": "81 - 85",
        "ร้อยละ ๘๑ ถึงร้อยละ ๘๕": "81 - 85",
        "50 ≤ x < 60": "50 ≤ x < 60",
        "50<=x<60": "50 ≤ x < 60",
        "50 < x ≤ 60": "50 < x ≤ 60",
        "50 < x < 60": "50 < x < 60",
        "50 ≤ x ≤ 60": "50 - 60",
        "ใช่": "ใช่",
        "ไม่ใช่": "ไม่ใช่",
        "ภายใน 10 ก.ย. 2565": "ภายใน 10 ก.ย. 2565",
        "ภายในวันที่ ๑๐ กันยายน พ.ศ. ๒๕๖๕": "ภายใน 10 ก.ย. 2565",
        "ก่อน 31 ธ.ค. 2564": "ก่อน 31 ธ.ค. 2564",
        "80": "≥ 80",
        "๘๐%": "≥ 80",
        "1,234.50": "≥ 1234.5",
        "ไม่น้อยกว่าร้อยละ ๘๐": "≥ 80",
        "ไม่น้อยกว่า\xa0ร้อยละ80": "≥ 80",
        "ไม่ต่ำกว่าร้อยละ 80": "≥ 80",
        "อย่างน้อย 2": "≥ 2",
        "ตั้งแต่ร้อยละ ๑๐๐.๐๑ ขึ้นไป": "≥ 100.01",
        "มากกว่าร้อยละ ๙๕": "> 95",
        "เกิน 95": "> 95",
        "ไม่เกินร้อยละ ๓๕": "≤ 35",
        "คงเหลือไม่เกินร้อยละ ๑๕": "≤ 15",
        "น้อยกว่าหรือเท่ากับร้อยละ ๘๐": "≤ 80",
        "น้อยกว่า 80": "< 80",
        "ต่ำกว่าร้อยละ ๘๐": "< 80",
        "ร้อยละ ๘๑ - ๘๕": "81 - 85",
        "ได้ร้อยละ ๑๐๐": "≥ 100",
        "ร้อยละ ๖๐": "≥ 60",
        "เพิ่มขึ้นร้อยละ ๔": "≥ 4",
        "ลดลงร้อยละ ๑๐": "≥ 10",
        "เพิ่มขึ้นไม่น้อยกว่าร้อยละ ๔": "≥ 4",
    }.items(),
)
def test_what_letters_write(typed, canonical):
    assert parse(typed).text() == canonical
    assert parse(f"  {typed} ") == parse(typed)


HUNDREDTHS = st.integers(0, 10**7).map(lambda number: number / 100)
BOUNDED = st.tuples(HUNDREDTHS, HUNDREDTHS).filter(lambda pair: pair[0] < pair[1])
CONDITIONS = st.one_of(
    st.builds(
        lambda low, is_open: Condition("number", low=low, low_open=is_open),
        HUNDREDTHS | HUNDREDTHS.map(float.__neg__),
        st.booleans(),
    ),
    st.builds(
        lambda high, is_open: Condition("number", high=high, high_open=is_open), HUNDREDTHS, st.booleans()
    ),
    st.builds(lambda number: Condition("number", number, number), HUNDREDTHS),
    st.builds(
        lambda ends, low, high: Condition("number", *ends, low, high), BOUNDED, st.booleans(), st.booleans()
    ),
    st.builds(
        lambda day, is_open: Condition("date", high=float(day.toordinal()), high_open=is_open),
        st.dates(date(1857, 1, 1), date(2056, 12, 31)),
        st.booleans(),
    ),
    st.sampled_from([Condition("yes_no", 1, 1), Condition("yes_no", 0, 0)]),
)


@given(CONDITIONS)
def test_the_canonical_text_reads_back_to_the_same(condition):
    assert parse(condition.text()) == condition


@pytest.mark.parametrize(
    ("text", "below", "at", "above"),
    [
        ("≥ 80", False, True, True),
        ("> 80", False, False, True),
        ("≤ 80", True, True, False),
        ("< 80", True, False, False),
        ("= 80", False, True, False),
        ("80 - 85", False, True, True),
        ("75 - 80", True, True, False),
        ("80 < x ≤ 85", False, False, True),
        ("75 ≤ x < 80", True, False, False),
    ],
)
def test_numbers_just_below_at_and_above(text, below, at, above):
    assert holds(text, 79.99, 80, 80.01) == [below, at, above]
    assert holds(text, 79.999999999, 80, 80.000000001) == [below, at, above], "nine decimals count"
    assert holds(text, 79.9999999996, 80, 80.0000000004) == [at, at, at], "the tenth does not"


def test_days_before_on_and_after():
    days = [date(2022, 9, 9), date(2022, 9, 10), date(2022, 9, 11)]
    assert holds("ภายใน 10 ก.ย. 2565", *days) == [True, True, False]
    assert holds("ก่อน 10 ก.ย. 2565", *days) == [True, False, False]


def test_yes_and_no():
    assert holds("ใช่", 0, 1) == [False, True]
    assert holds("ไม่ใช่", 0, 1) == [True, False]


@given(CONDITIONS)
def test_a_missing_value_fulfils_nothing(condition):
    assert not condition.holds(np.array([nan]))[0]


def test_floats_do_not_decide():
    assert 0.29 * 100 < 29
    assert holds("≥ 29", 0.29 * 100) == [True]
    assert holds("= 0.3", 0.1 + 0.2) == [True]


@pytest.mark.parametrize("whole", [3, 7, 100, 300, 1000])
def test_exactly_n_percent_is_n_percent(whole):
    parts = [part for part in range(whole + 1) if part * 100 % whole == 0]
    assert [holds(f"≥ {part * 100 // whole}", 100 * part / whole) for part in parts] == [[True]] * len(parts)


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        (
            "≤ 80 | 81-85 | 86-90 | 91-95 | > 95",
            {0: 1, 80: 1, 80.5: 1, 80.99: 1, 81: 2, 85.4: 2, 86: 3, 95.0: 4, 95.01: 5, 95.3: 5},
        ),
        ("81-85 | 86-90 | 91-95", {80.99: 0, 81: 1, 85.99: 1, 86: 2, 90.5: 2, 91: 3, 99: 3}),
        (
            "< 50 | 50 ≤ x < 60 | 60 ≤ x < 70 | ≥ 70",
            {0: 1, 49.99: 1, 50: 2, 59.99: 2, 60: 3, 69.99: 3, 70: 4},
        ),
        ("50 < x ≤ 60 | 60 < x ≤ 70 | > 70", {50: 0, 50.01: 1, 60: 1, 60.01: 2, 70: 2, 70.01: 3}),
        (
            "> 50 | 41-50 | 31-40 | 21-30 | ≤ 20",
            {99: 1, 50.01: 1, 50: 2, 40.5: 2, 40: 3, 30.5: 3, 30: 4, 20.5: 4, 20: 5, 0: 5},
        ),
        ("41-50 | 31-40 | 21-30", {50.01: 0, 50: 1, 40.01: 1, 40: 2, 30: 3, 20: 3, 0: 3}),
        ("≤ 35 | ≤ 30 | ≤ 25", {35.01: 0, 35: 1, 30.01: 1, 30: 2, 25.01: 2, 25: 3, 0: 3}),
        ("≥ 80 | | ≥ 90", {79.99: 0, 80: 2, 89.99: 2, 90: 3}),
        ("≥ 80 | ≥ 90 | = 100", {89.99: 1, 90: 2, 99.99: 2, 100: 3, 100.01: 2}),
        ("≥ 80 | ≥ 85 | ≥ 85", {80: 1, 84.99: 1, 85: 3}),
    ],
)
def test_rows_are_read_by_edges(text, levels):
    assert {value: level(text, value) for value in levels} == levels


def test_a_first_cell_on_the_other_side_asks_for_any_result():
    assert row("≤ 80 | 81-85")[0].any_value
    assert row("> 50 | 41-50 | ≤ 40")[0].any_value
    assert not any(edge.any_value for edge in row("≥ 80 | ≥ 85"))


def test_rows_of_days_and_answers_stay_as_they_are():
    for text in ("ใช่ | | ใช่", "| ภายใน 31 ส.ค. 2565 | ก่อน 10 ก.ย. 2565", " | | "):
        assert row(text) == [parse(cell) if cell.strip() else None for cell in text.split("|")]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("< 50 | < 60 | 60 | 70 | > 70", 3),  # Chachoengsao's I7 as printed: it overlaps itself
        ("≥ 80 | ≥ 85 | ≤ 90", 2),
        ("≤ 20 | ≤ 15 | ≥ 10", 3),
    ],
)
def test_rows_that_pull_both_ways_are_refused(text, at):
    with pytest.raises(MixedRow) as mixed:
        row(text)
    assert mixed.value.level == at


@pytest.mark.parametrize(
    ("text", "sign", "threshold"),
    [
        ("≥ 80", ">=", 80),
        ("> 80", ">", 80),
        ("≤ 80", "<=", 80),
        ("< 80", "<", 80),
        ("= 80", "=", 80),
        ("81 - 85", ">=", 81),
    ],
)
def test_what_a_formula_compares_with(text, sign, threshold):
    assert (parse(text).sign, parse(text).threshold) == (sign, threshold)


def test_an_open_end_is_infinite():
    assert (parse("≥ 80").high, parse("≤ 80").low) == (inf, -inf)
    assert (parse("≥ 80").upward, parse("≥ 80").downward) == (True, False)
    assert (parse("≤ 80").upward, parse("≤ 80").downward) == (False, True)
    assert (parse("81 - 85").upward, parse("81 - 85").downward) == (False, False)
