"""One cell → one value of a measure's kind, or a reason why not.

Every value is a float inside: a day is its ordinal, yes is 1 and no is 0. What had to be interpreted
(Thai digits, words, a Buddhist year in a date cell) is said in a note; what can be read two ways is refused.
"""

import math
from dataclasses import dataclass
from datetime import date

from kpibatch.base.kinds import SIZES, Kind, in_reach, takes_percent
from kpibatch.base.thai import (
    BUDDHIST,
    read_date,
    read_number,
    read_yes_no,
    says_percent,
    show_date,
    show_number,
)
from kpibatch.books.read import CellError, Value, as_text
from kpibatch.books.shown import AS_DAY, Percent, Unclear, seen_day


@dataclass(frozen=True)
class Reading:
    """A cell as read: its value (NaN when blank or refused), the code of the refusal, what was interpreted,
    and what is seen in the cell where that is not its text; ``expected`` is said of a size that is refused.
    """

    value: float = math.nan
    refused: str = ""
    read_as: str = ""
    seen: str = ""
    expected: str = ""


BLANK = Reading()
SIZE = "number-size"
_PLAIN = {"ใช่": 1.0, "ไม่ใช่": 0.0, "yes": 1.0, "no": 0.0}  # as the forms offer them


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
    return _number(cell, counting_unit, takes_percent(kind, counting_unit))


def _number(cell: Value, counting_unit: str, percent: bool) -> Reading:
    """A number; what is shown or typed as a percent is one of a percent only.

    Source: design, section 3 (what can't be read is an error, never guessed).
    """
    if isinstance(cell, Unclear):
        return Reading(refused=cell.refusal)
    if isinstance(cell, date):
        return Reading(refused=AS_DAY, seen=seen_day(cell))
    if isinstance(cell, bool) or not isinstance(cell, float | str):
        return Reading(refused="not-a-number")
    number = read_number(cell, counting_unit) if isinstance(cell, str) else float(cell)
    if number is None or not math.isfinite(number):
        return Reading(refused="not-a-number")
    plain = isinstance(cell, float) and not isinstance(cell, Percent)
    if not percent and not plain and says_percent(str(cell)):
        return Reading(refused="percent-as-count")
    if not in_reach(number):
        return Reading(refused=SIZE, expected=SIZES)
    return Reading(number, read_as="" if plain else show_number(number))


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
    if day is None:
        return Reading(refused="not-a-date")
    plain = as_text(cell) in (show_date(day), show_date(day, "en"))  # as the forms ask for it
    return Reading(float(day.toordinal()), read_as="" if plain else day.isoformat())


def _yes_no(cell: Value) -> Reading:
    text = as_text(cell)
    if text in _PLAIN:
        return Reading(_PLAIN[text])
    answer = read_yes_no(text)
    return (
        Reading(refused="not-yes-no")
        if answer is None
        else Reading(float(answer), read_as="ใช่" if answer else "ไม่ใช่")
    )
