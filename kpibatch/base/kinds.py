"""What a measure's value is (ชนิด), and a value as a person writes it.

Every value is a float inside: a day is its ordinal, yes is 1, no is 0.
"""

import math
from datetime import date
from enum import StrEnum

from kpibatch.base.thai import show_date, show_number


class Kind(StrEnum):
    """ชนิด: what a measure's value is, in the workbook's own words."""

    NUMBER = "จำนวน"
    AMOUNT = "จำนวนเงิน"
    PERCENT = "ร้อยละ"
    DATE = "วันที่"
    YES_NO = "ใช่/ไม่ใช่"

    @property
    def family(self) -> str:
        return {Kind.DATE: "date", Kind.YES_NO: "yes_no"}.get(self, "number")

    @property
    def step(self) -> float:
        """The least by which two values differ as people write them: one household, one day, one satang, a
        hundredth of a percent.
        """
        return 0.01 if self in (Kind.AMOUNT, Kind.PERCENT) else 1.0


LEAST, MOST = 1e-9, 1e15
"""How small and how large a number may be: what follows from such numbers is finite, to 9 decimals."""
PRECISE = 9
"""The decimals to which numbers are compared. Source: design, section 1."""
SIZES = f"0, {show_number(LEAST)} – {MOST:,.0f} (±)"


def in_reach(number: float) -> bool:
    """Whether a number is neither too large nor too small to be reckoned with.

    >>> [in_reach(number) for number in (0.0, -1e-9, 9.9e-10, 1e15, 1.000001e15, math.inf, math.nan)]
    [True, True, False, True, False, False, False]
    """
    return number == 0 or LEAST <= abs(number) <= MOST


_PERCENTS = frozenset(("%", "ร้อยละ", "จุดร้อยละ", "เปอร์เซ็นต์"))
# หน่วยนับ of what is measured and not counted: half of it is nothing odd
_MEASURED = _PERCENTS | frozenset(
    (
        *("คะแนน", "ระดับ", "เท่า", "บาท", "พันบาท", "หมื่นบาท", "แสนบาท", "ล้านบาท"),
        *("กิโลเมตร", "กม.", "เมตร", "ม.", "เซนติเมตร", "ซม.", "ตารางเมตร", "ตร.ม.", "ตารางกิโลเมตร", "ตร.กม."),
        *("ไร่", "งาน", "ตารางวา", "ตร.ว.", "เฮกตาร์", "ลูกบาศก์เมตร", "ลบ.ม.", "ลิตร"),
        *("ตัน", "กิโลกรัม", "กก.", "ขีด", "กรัม", "เมกะวัตต์", "กิโลวัตต์", "องศา"),
        *("ปี", "เดือน", "สัปดาห์", "วัน", "วันทำการ", "ชั่วโมง", "ชม.", "นาที", "วินาที"),
    )
)


def takes_percent(kind: Kind, counting_unit: str) -> bool:
    """Whether a value may be typed as a percent: a ร้อยละ, or a number counted in percents."""
    return kind is Kind.PERCENT or counting_unit in _PERCENTS


def is_counted(kind: Kind, counting_unit: str) -> bool:
    """Whether half of one would be odd: a จำนวน whose หน่วยนับ is neither measured nor a rate.

    >>> [is_counted(Kind.NUMBER, unit) for unit in ("ครัวเรือน", "ไร่", "คนต่อแสนประชากร")]
    [True, False, False]
    """
    return kind is Kind.NUMBER and counting_unit not in _MEASURED and "ต่อ" not in counting_unit


def show_rounded(value: float, digits: int = 2, grouped: str = "") -> str:
    """A number with so many decimals, and with more where it would pass for a rounder one: what is shown
    never stands on the other side of a threshold of fewer decimals.

    >>> [show_rounded(value) for value in (85.0, 84.996, 33.3333333, 79.99999999, 79.9999999999)]
    ['85.00', '84.996', '33.33', '79.99999999', '80.00']
    """
    exact = round(value, PRECISE)
    for more in range(digits, PRECISE + 1):
        shown = round(value, more)
        if shown == exact or shown != round(value, more - 1):
            return f"{shown:{grouped}.{more}f}"
    return f"{exact:{grouped}.{PRECISE}f}"


def show_value(value: float, kind: Kind, language: str = "th") -> str:
    """A value as a person writes it; empty when missing.

    >>> show_value(12500.0, Kind.NUMBER), show_value(57.14, Kind.PERCENT), show_value(1.0, Kind.YES_NO)
    ('12,500', '57.14', 'ใช่')
    >>> show_value(738408.0, Kind.DATE), show_value(math.nan, Kind.NUMBER)
    ('10 ก.ย. 2565', '')
    """
    if math.isnan(value):
        return ""
    if kind is Kind.DATE:
        return show_date(date.fromordinal(int(value)), language)
    if kind is Kind.YES_NO:
        yes, no = ("ใช่", "ไม่ใช่") if language == "th" else ("yes", "no")
        return yes if value == 1 else no
    whole, _, decimals = show_rounded(value, 4 if kind is Kind.PERCENT else 2, ",").partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole
