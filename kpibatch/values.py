"""One cell → one value of a measure's kind, or a reason why not.

Every value is a float inside: a day is its ordinal, yes is 1 and no is 0. What had to be interpreted
(Thai digits, words, a Buddhist year in a date cell) is said in a note; what can be read two ways is refused.
"""

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kpibatch.cells import CellError, Value, as_text
from kpibatch.thai import BUDDHIST, read_date, read_number, read_yes_no, show_date, show_number


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


@dataclass(frozen=True)
class Reading:
    """A cell as read: its value (NaN when blank or refused), the code of the refusal, and what was interpreted."""

    value: float = math.nan
    refused: str = ""
    read_as: str = ""


BLANK = Reading()


def read_value(cell: Value, kind: Kind, counting_unit: str = "") -> Reading:
    """Read a cell of a form or a baseline; a blank cell is ``BLANK``, never zero."""
    if cell is None:
        return BLANK
    if isinstance(cell, CellError):
        return Reading(refused="cell-error")
    if kind.family == "date":
        return _date(cell)
    if kind.family == "yes_no":
        return _yes_no(cell)
    return _number(cell, counting_unit)


def show_value(value: float, kind: Kind, language: str = "th") -> str:
    """A value as a person writes it: ``12,500``, ``57.14``, ``10 ก.ย. 2565``, ``ใช่``; empty when missing."""
    if math.isnan(value):
        return ""
    if kind is Kind.DATE:
        return show_date(date.fromordinal(int(value)), language)
    if kind is Kind.YES_NO:
        yes, no = ("ใช่", "ไม่ใช่") if language == "th" else ("yes", "no")
        return yes if value == 1 else no
    digits = 4 if kind is Kind.PERCENT else 2
    whole, _, decimals = f"{round(value, digits):,.{digits}f}".partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole


def _number(cell: Value, counting_unit: str) -> Reading:
    if isinstance(cell, float) and not isinstance(cell, bool):
        return Reading(cell) if math.isfinite(cell) else Reading(refused="not-a-number")
    if not isinstance(cell, str):
        return Reading(refused="not-a-number")
    number = read_number(cell, counting_unit)
    return Reading(refused="not-a-number") if number is None else Reading(number, read_as=show_number(number))


def _date(cell: Value) -> Reading:
    if isinstance(cell, date):
        if cell.year < 2400:
            return Reading(float(cell.toordinal()))
        try:
            day: date | None = cell.replace(year=cell.year - BUDDHIST)
        except ValueError:
            day = None
    else:
        day = read_date(as_text(cell)) if isinstance(cell, str) else None
    return Reading(refused="not-a-date") if day is None else Reading(float(day.toordinal()), read_as=day.isoformat())


def _yes_no(cell: Value) -> Reading:
    text = as_text(cell)
    if text in ("ใช่", "ไม่ใช่"):
        return Reading(float(text == "ใช่"))
    answer = read_yes_no(text)
    return Reading(refused="not-yes-no") if answer is None else Reading(float(answer), read_as="ใช่" if answer else "ไม่ใช่")
