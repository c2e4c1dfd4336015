"""A number as its cell shows it: a percent, a day, or something that no measure is.

In: what the reader hands out for a cell, and what the guard saw of the cell's format. Out: the value that the
person who typed it sees.
"""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from kpibatch.base.thai import BUDDHIST, show_number
from kpibatch.books.guard.looks import Look

_FIRST_DAY, _FIRST_1904 = date(1899, 12, 30), date(1904, 1, 1)
_NO_LEAP_DAY = 60  # Excel counts a 29 February 1900
_DAY_SECONDS = 86_400
_SPAN = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S", re.ASCII)  # as .ods writes it


class Percent(float):
    """The number that stands before the % in the cell: 105 where 1.05 is stored."""

    @classmethod
    def stored(cls, share: float) -> "Percent":
        """The percent shown for a stored share; the decimal point moves, nothing is multiplied.

        >>> [Percent.stored(share) for share in (1.05, 0.57, 0.07)]
        [105%, 57%, 7%]
        """
        return cls(Decimal(repr(float(share))).scaleb(2))

    def __str__(self) -> str:
        return f"{show_number(self)}%"

    __repr__ = __str__


@dataclass(frozen=True)
class Unclear:
    """A number that its format shows as what no measure is: ``text`` is seen; ``refusal`` names the
    finding.
    """

    text: str
    refusal: str

    def __str__(self) -> str:
        return self.text


AS_DAY, AS_TIME, MIXED = "number-as-day", "number-as-time", "percent-mixed"


def as_shown(value: object, look: Look, from_1904: bool = False) -> object:
    """The value seen where ``value`` is what the reader hands out for a number of that look."""
    if look in (Look.TIME, Look.SPAN):
        return clock(value, look)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return value  # the reader knows most formats of days itself
    if look is Look.PERCENT:
        return Percent.stored(value)
    if look is Look.MIXED:
        return Unclear(show_number(value), MIXED)
    return _day(value, from_1904)


def _day(serial: float, from_1904: bool) -> date | Unclear:
    """The day of a serial number; its fraction is the time of that day."""
    first, whole = (_FIRST_1904, int(serial)) if from_1904 else (_FIRST_DAY, int(serial))
    try:
        if serial < (0 if from_1904 else 1):
            raise OverflowError
        early = not from_1904 and whole < _NO_LEAP_DAY
        return first + timedelta(days=whole + early)
    except (OverflowError, ValueError):
        return Unclear(show_number(serial), AS_DAY)


def clock(value: object, look: Look = Look.TIME) -> Unclear:
    """What is seen of a time of the day or a length of time, however the reader hands it out."""
    if isinstance(value, timedelta):
        seconds, look = round(value.total_seconds()), Look.SPAN
    elif isinstance(value, time | datetime):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
    elif isinstance(value, date):
        seconds = 0
    elif isinstance(value, int | float):
        seconds = round(value * _DAY_SECONDS)
    elif stated := _SPAN.fullmatch(str(value)):
        seconds = sum(int(part) * weight for part, weight in zip(stated.groups(), (3600, 60, 1), strict=True))
    else:
        return Unclear(str(value), AS_TIME)
    minutes, second = divmod(seconds if look is Look.SPAN else seconds % _DAY_SECONDS, 60)
    hours, minute = divmod(minutes, 60)
    return Unclear(f"{hours}:{minute:02d}" + (f":{second:02d}" if second else ""), AS_TIME)


def seen_day(day: date) -> str:
    """A day as a cell shows it: ``25/3/1900``, with the Buddhist year where that may be shown instead.

    >>> seen_day(date(1900, 3, 25))
    '25/3/1900 (25/3/2443)'
    """
    start = f"{day.day}/{day.month}/"
    return f"{start}{day.year}" + (f" ({start}{day.year + BUDDHIST})" if day.year < 2400 else "")
