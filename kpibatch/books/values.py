"""One cell → one value of a measure's kind, or a reason why not.

Every value is a float inside: a day is its ordinal, yes is 1 and no is 0. What had to be interpreted
(Thai digits, words, a Buddhist year in a date cell) is said in a note; what can be read two ways is refused.
"""

import math
from dataclasses import dataclass
from datetime import date

from kpibatch.base.kinds import Kind
from kpibatch.base.thai import BUDDHIST, read_date, read_number, read_yes_no, show_number
from kpibatch.books.read import CellError, Value, as_text


@dataclass(frozen=True)
class Reading:
    """A cell as read: its value (NaN when blank or refused), the code of the refusal, and what was
    interpreted.
    """

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
    return (
        Reading(refused="not-a-date")
        if day is None
        else Reading(float(day.toordinal()), read_as=day.isoformat())
    )


def _yes_no(cell: Value) -> Reading:
    text = as_text(cell)
    if text in ("ใช่", "ไม่ใช่"):
        return Reading(float(text == "ใช่"))
    answer = read_yes_no(text)
    return (
        Reading(refused="not-yes-no")
        if answer is None
        else Reading(float(answer), read_as="ใช่" if answer else "ไม่ใช่")
    )
