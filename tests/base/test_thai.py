"""What Thai offices type, and what is refused because it reads two ways."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibatch.base.thai import (
    arabic,
    is_month,
    month_end,
    months_between,
    read_date,
    read_number,
    read_yes_no,
    show_date,
    show_month,
    show_number,
    squash,
)

THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
DAYS = st.dates(date(1857, 1, 1), date(2056, 12, 31))  # 2400 to 2599
NUMBERS = st.builds(
    lambda digits, decimals: digits / 10**decimals, st.integers(-(10**11), 10**11), st.integers(0, 6)
)
NUMERALS_OF_OTHERS = ("٨٥", "८५")


@pytest.mark.parametrize(
    ("typed", "number"),
    {
        "85": 85,
        "0": 0,
        "๘๕.๕": 85.5,
        "85%": 85,
        "๘๕ %": 85,
        "ร้อยละ 85": 85,
        "ร้อยละ๘๕": 85,
        "1,234.50": 1234.5,
        "๑,๒๓๔,๕๖๗": 1234567,
        "1234567": 1234567,
        "-5": -5,
        "\xa085\xa0": 85,
        "ร้อยละ\xa085": 85,
        "  85\u200b ": 85,
        "85 คน": 85,
        "จำนวน 85 คน": 85,
        "85คน": 85,
        "８５": 85,
    }.items(),
)
def test_numbers_as_typed(typed, number):
    assert read_number(typed, "คน") == number


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "-",
            "%",
            "ร้อยละ",
            "คน",
            "85 ครัวเรือน",
            "ประมาณ 85",
            "85-90",
            "85 ถึง 90",
            "85/90",
            "(85)",
            "๘ ๕",
            "85%%",
        ),
        *(
            "8.5.2565",
            "1.234,50",
            "0,5",
            "1,23",
            "12,34",
            "1234,567",
            "1,234,56",
            ".5",
            "5.",
            "1 234",
            "1\xa0234",
        ),
        *("1_000", "nan", "inf", "-inf", "1e5", "1E5", "0x10", "½", "²", *NUMERALS_OF_OTHERS),
    ],
)
def test_numbers_that_are_refused(typed):
    assert read_number(typed, "คน") is None


@given(NUMBERS)
def test_a_number_shown_reads_back(number):
    shown = show_number(number)
    assert read_number(shown) == number
    assert re.fullmatch(r"-?\d+(\.\d*[1-9])?", shown), "no exponent, no commas, no zeros at the end"


@given(NUMBERS)
def test_commas_and_thai_digits_change_nothing(number):
    assert read_number(f"{number:,.6f}".translate(THAI)) == read_number(f"{number:.6f}")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (100.0, "100"),
        (100.01, "100.01"),
        (0.1 + 0.2, "0.3"),
        (1e15, "1000000000000000"),
        (-0.0, "0"),
        (-1e-10, "0"),
    ],
)
def test_numbers_as_shown(number, shown):
    assert show_number(number) == shown


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "15/04/2565",
            "15/4/2565",
            "15-04-2565",
            "๑๕/๐๔/๒๕๖๕",
            "๑๕ เม.ย. ๖๕",
            "15 เม.ย. 2565",
            "15เม.ย.65",
            "15 เมย 2565",
        ),
        *(
            "15 เม.ย 2565",
            "15 เมษายน 2565",
            "15 เมษายน พ.ศ. 2565",
            "๑๕ เมษายน พ.ศ. ๒๕๖๕",
            "วันที่ 15 เมษายน 2565",
            " 15\xa0เม.ย.  2565 ",
            "15/4/65",
            "15.4.2565",
            "15.4.65",
            "15-4-2565",
            "15 / 4 / 2565",
            "2565-04-15",
            "2022-04-15",
            "๒๕๖๕-๐๔-๑๕",
            "１５/４/２５６５",
            "15 เมษายน 65",
            "15เม.ย.65",
            "วันศุกร์ที่ 15 เมษายน พ.ศ. 2565",
        ),
    ],
)
def test_days_as_typed(typed):
    assert read_date(typed) == date(2022, 4, 15)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "-",
            "15",
            "2565",
            "เม.ย. 2565",
            "15/04/2022",
            "15 เม.ย. 2022",
            "15/04/22",
            "15 เม.ย. 22",
            "15/04/40",
            "15 Apr 2565",
            "15/04.2565",
            "04-15-2565",
            "2565-15-04",
            "2565-04-31",
            "2601-04-15",
        ),
        *(
            "31/04/2565",
            "0/4/2565",
            "15/13/2565",
            "29/02/2565",
            "15-17 เม.ย. 2565",
            "15 เม.ย. - 17 เม.ย. 2565",
            "15/04/2565 10:00",
        ),
        *("15 มม. 2565", "115/04/2565", "15/04/2399", "15/04/2600", "١٥/04/2565"),
    ],
)
def test_days_that_are_refused(typed):
    assert read_date(typed) is None


def test_a_leap_day_is_that_of_the_gregorian_year():
    assert read_date("29 ก.พ. 2567") == date(2024, 2, 29)
    assert read_date("29 ก.พ. 2564") is None, "2564 is 2021, though 2564 divides by 4"


@given(DAYS)
def test_a_day_shown_reads_back(day):
    assert read_date(show_date(day)) == day
    assert read_date(show_date(day).translate(THAI)) == day
    assert read_date(f"{day.day}/{day.month:02d}/{day.year + 543}") == day


@given(st.dates(date(1998, 1, 1), date(2056, 12, 31)))
def test_a_year_of_two_digits_is_of_the_2500s(day):
    assert read_date(show_date(day)[:-4] + show_date(day)[-2:]) == day


def test_days_as_shown():
    assert show_date(date(2022, 9, 10)) == "10 ก.ย. 2565"
    assert show_date(date(2022, 9, 10), "en") == "10 Sep 2022"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (True, ["ใช่", " ใช่ ", "มี", "ครบ", "แล้ว", "✓", "✔", "☑", "yes", "Yes", "Y", "TRUE"]),
        (False, ["ไม่ใช่", "ไม่", "ไม่มี", "ไม่ครบ", "ยัง", "ยังไม่มี", "✗", "✘", "no", "N", "False"]),
        (None, ["", "-", "?", "☐", "0", "1", "มีบ้าง", "ไม่ทราบ", "ใช่/ไม่ใช่", "มีไม่ครบ"]),
    ],
)
def test_yes_and_no(answer, words):
    assert {word: read_yes_no(word) for word in words} == dict.fromkeys(words, answer)


def test_squash_leaves_one_kind_of_space_and_nothing_invisible():
    assert squash(" ก\xa0\xa0ข\t\nค\u200b\ufeff ") == "ก ข ค"
    assert squash("\u200b \xa0") == ""


def test_arabic_keeps_the_length_so_that_positions_stay_true():
    assert arabic("ร้อยละ ๑๒๓๔๕๖๗๘๙๐") == "ร้อยละ 1234567890"


@pytest.mark.parametrize("text", ["2565-01", "2565-06", "2565-12", "2400-01", "2599-12"])
def test_months(text):
    assert is_month(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2565-00",
        "2565-13",
        "2565-6",
        "256506",
        "2565/06",
        "2022-06",
        "2399-12",
        "2600-01",
        "2565-06 ",
        "2565-006",
    ],
)
def test_what_is_no_month(text):
    assert not is_month(text)


def test_months_between_counts_both_ends():
    assert months_between(date(2021, 10, 1), date(2022, 3, 31)) == [
        "2564-10",
        "2564-11",
        "2564-12",
        "2565-01",
        "2565-02",
        "2565-03",
    ]
    assert months_between(date(2022, 4, 30), date(2022, 4, 30)) == ["2565-04"]
    assert months_between(date(2022, 4, 30), date(2022, 5, 1)) == ["2565-04", "2565-05"]
    assert months_between(date(2022, 5, 1), date(2022, 4, 30)) == []


@given(DAYS, st.integers(0, 3000))
def test_months_between_leaves_none_out(start, days):
    end = min(start + timedelta(days), date(2056, 12, 31))
    months = months_between(start, end)
    assert all(is_month(month) for month in months)
    assert months == sorted(set(months))
    assert months[0] <= f"{start.year + 543}-{start.month:02d}"
    assert month_end(months[0]) >= start
    assert month_end(months[-1]) >= end
    assert [month_end(one) + timedelta(1) for one in months[:-1]] == [
        month_end(one).replace(day=1) for one in months[1:]
    ]


@pytest.mark.parametrize(
    ("month", "last"), {"2565-01": 31, "2565-02": 28, "2567-02": 29, "2565-04": 30, "2565-12": 31}.items()
)
def test_the_end_of_a_month(month, last):
    assert (month_end(month).day, month_end(month).year + 543) == (last, int(month[:4]))


def test_months_as_shown():
    assert show_month("2565-06") == "มิถุนายน 2565"
    assert show_month("2565-06", short=True) == "มิ.ย. 65"
    assert show_month("2565-06", "en") == "Jun 2022"
    assert show_month("2500-01", short=True) == "ม.ค. 00"
