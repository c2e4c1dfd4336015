"""One cell, one value: what is read plainly, what is read and said so, what is refused and why."""

from dataclasses import astuple
from datetime import date
from math import inf, isnan, nan

import pytest

from kpibatch.base.kinds import SIZES, Kind, show_value
from kpibatch.books.guard.limits import UNCALCULATED
from kpibatch.books.read import CellError
from kpibatch.books.shown import AS_DAY, AS_TIME, MIXED, Percent, Unclear
from kpibatch.books.values import BLANK, Reading, read_value

NUMBERS = [Kind.NUMBER, Kind.AMOUNT, Kind.PERCENT]


def same(one: Reading, other: Reading) -> bool:
    """A NaN that is the same one is equal in tuples; since Python 3.13 in records it is not."""
    return astuple(one) == astuple(other)


APRIL = float(date(2022, 4, 15).toordinal())


@pytest.mark.parametrize("kind", Kind)
def test_a_blank_stays_blank(kind):
    reading = read_value(None, kind)
    assert reading is BLANK
    assert isnan(reading.value)
    assert (reading.refused, reading.read_as) == ("", "")


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("text", ["#REF!", "#DIV/0!", UNCALCULATED])
def test_an_error_cell_is_no_value_of_any_kind(kind, text):
    assert read_value(CellError(text), kind).refused == "cell-error"


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("number", [0.0, -3.0, 85.0, 0.85, 1e5, 1234567.89])
def test_a_number_is_read_as_it_is_and_nothing_is_said(kind, number):
    assert same(read_value(number, kind), Reading(number))


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize(
    ("cell", "value", "read_as"),
    [
        ("85", 85, "85"),
        ("๘๕.๕", 85.5, "85.5"),
        ("1,234.50", 1234.5, "1234.5"),
        ("\xa085 ", 85, "85"),
        ("85 คน", 85, "85"),
    ],
)
def test_a_number_in_text_is_read_and_said_so(kind, cell, value, read_as):
    assert same(read_value(cell, kind, "คน"), Reading(value, read_as=read_as))


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("cell", [Percent(85), "85%", "ร้อยละ 85", "ร้อยละ ๘๕.๐", "８５％"])
def test_a_percent_is_a_percent_and_nothing_else(kind, cell):
    percent = Reading(85.0, read_as="85")
    expected = percent if kind is Kind.PERCENT else Reading(refused="percent-as-count")
    assert same(read_value(cell, kind, "คน"), expected)
    assert same(read_value(cell, kind, "ร้อยละ"), percent)


@pytest.mark.parametrize("kind", NUMBERS)
def test_a_number_in_a_cell_of_days_or_times_is_refused_with_what_is_seen(kind):
    assert same(read_value(date(1900, 3, 25), kind), Reading(refused=AS_DAY, seen="25/3/1900 (25/3/2443)"))
    assert same(read_value(date(2565, 4, 15), kind), Reading(refused=AS_DAY, seen="15/4/2565"))
    assert same(read_value(Unclear("0:30", AS_TIME), kind), Reading(refused=AS_TIME))
    assert same(read_value(Unclear("1.05", MIXED), kind), Reading(refused=MIXED))


@pytest.mark.parametrize("cell", [Percent(100), Unclear("0:30", AS_TIME)])
def test_neither_a_percent_nor_a_time_is_a_day_or_an_answer(cell):
    assert read_value(cell, Kind.DATE).refused == "not-a-date"
    assert read_value(cell, Kind.YES_NO).refused == "not-yes-no"


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize(
    "cell",
    [
        *(True, False, inf, -inf, nan),
        *("-", "85-90", "ประมาณ 85", "8.5.2565", "1.234,50", "1_000", "nan", "inf", "1e5", "٨٥", "ใช่"),
        *("1" * 400, "1e400", "1E๔๐๐", "๑e๕", "1" * 32_767),
    ],
)
def test_what_is_no_number_is_refused(kind, cell):
    reading = read_value(cell, kind, "คน")
    assert reading.refused == "not-a-number"
    assert isnan(reading.value)


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("cell", [1e15, -1e15, 1e-9, -1e-9, 0.0, "1,000,000,000,000,000", "0.000000001"])
def test_numbers_reach_from_a_billionth_to_a_thousand_million_million(kind, cell):
    assert read_value(cell, kind).value == float(str(cell).replace(",", ""))


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize(
    "cell",
    [
        *(1e15 + 1, -1e15 - 1, 9.999e-10, -9.999e-10, 1e308, -1e308, 5e-324),
        *("1000000000000001", "0.0000000009", "๙" * 300),
    ],
)
def test_a_number_beyond_is_refused_with_what_is_expected(kind, cell):
    assert same(read_value(cell, kind), Reading(refused="number-size", expected=SIZES))


@pytest.mark.parametrize(
    ("cell", "read_as"),
    [
        (date(2022, 4, 15), ""),
        (date(2565, 4, 15), "2022-04-15"),
        ("15/04/2565", "2022-04-15"),
        ("๑๕ เม.ย. ๖๕", "2022-04-15"),
        ("15/4/65", "2022-04-15"),
        ("๑๕.๔.๒๕๖๕", "2022-04-15"),
        ("１５-０４-２５６５", "2022-04-15"),
        ("2565-04-15", "2022-04-15"),
        ("2022-04-15", "2022-04-15"),
        ("15เม.ย.65", "2022-04-15"),
    ],
)
def test_days(cell, read_as):
    assert same(read_value(cell, Kind.DATE), Reading(APRIL, read_as=read_as))


@pytest.mark.parametrize(
    "cell",
    ["15/04/2022", "15/04/22", "31/04/65", "เม.ย. 2565", "-", "ใช่", 44666.0, 15.0, True, date(2564, 2, 29)],
    ids=str,
)
def test_what_is_no_day_is_refused(cell):
    """The last one is no slip: a date cell of the year 2564 can hold 29 February, but 2564 is 2021, which
    can't.
    """
    assert read_value(cell, Kind.DATE).refused == "not-a-date"


@pytest.mark.parametrize(
    ("cell", "value", "read_as"),
    [
        ("ใช่", 1, ""),
        ("ไม่ใช่", 0, ""),
        (" ใช่ ", 1, ""),
        ("มี", 1, "ใช่"),
        ("ไม่มี", 0, "ไม่ใช่"),
        ("✓", 1, "ใช่"),
        (True, 1, "ใช่"),
        (False, 0, "ไม่ใช่"),
    ],
)
def test_yes_and_no(cell, value, read_as):
    assert same(read_value(cell, Kind.YES_NO), Reading(value, read_as=read_as))


@pytest.mark.parametrize("cell", ["-", "บางส่วน", 1.0, 0.0, date(2022, 4, 15)], ids=str)
def test_what_is_no_answer_is_refused(cell):
    assert read_value(cell, Kind.YES_NO).refused == "not-yes-no"


@pytest.mark.parametrize(
    ("value", "kind", "thai", "english"),
    [
        (12500.0, Kind.NUMBER, "12,500", "12,500"),
        (0.0, Kind.NUMBER, "0", "0"),
        (1234.5, Kind.AMOUNT, "1,234.5", "1,234.5"),
        (57.142857, Kind.PERCENT, "57.1429", "57.1429"),
        (100.0, Kind.PERCENT, "100", "100"),
        (APRIL, Kind.DATE, "15 เม.ย. 2565", "15 Apr 2022"),
        (1.0, Kind.YES_NO, "ใช่", "yes"),
        (0.0, Kind.YES_NO, "ไม่ใช่", "no"),
        (nan, Kind.NUMBER, "", ""),
        (nan, Kind.DATE, "", ""),
        (nan, Kind.YES_NO, "", ""),
    ],
)
def test_values_as_shown(value, kind, thai, english):
    assert (show_value(value, kind), show_value(value, kind, "en")) == (thai, english)


@pytest.mark.parametrize(
    ("kind", "family"),
    [(kind, "number") for kind in NUMBERS] + [(Kind.DATE, "date"), (Kind.YES_NO, "yes_no")],
)
def test_families(kind, family):
    assert kind.family == family
