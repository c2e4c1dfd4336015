"""What is said of a round that begins → its days, its months, and when each month is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kpibatch.base.errors import BeginFault
from kpibatch.base.thai import BUDDHIST, arabic, fold, month_end, months_between, squash
from kpibatch.rules.round import Item

WHOLE_YEAR = "ทั้งปี"
_DUE_DAY = 5
_USUAL_NOUN = "อำเภอ"
_WHOLE = (WHOLE_YEAR, "ปี", "year", "12 เดือน")
_YEARS = range(2500, 2600)


@dataclass(frozen=True)
class Said:
    """What an operator says of a round; what is blank was not said. ``month`` is a month's key."""

    owner: str = ""
    noun: str = ""
    year: str = ""
    number: str = ""
    month: str = ""


@dataclass(frozen=True)
class NewRound:
    """A round from its first day to its last. ``reports`` are the numbers of the months that are reported on,
    where not every month is.
    """

    owner: str
    noun: str
    year: int
    number: str
    start: date
    end: date
    reports: tuple[int, ...] = ()

    @property
    def months(self) -> list[str]:
        """The months that are reported on."""
        months = months_between(self.start, self.end)
        return [month for month in months if not self.reports or int(month[5:]) in self.reports]

    @property
    def items(self) -> dict[Item, str]:
        """What is known of รอบประเมิน, but for its days."""
        return {
            Item.OWNER: self.owner,
            Item.YEAR: str(self.year),
            Item.NUMBER: self.number,
            Item.MONTHS: ", ".join(map(str, self.reports)),
            Item.UNIT_NOUN: self.noun,
        }

    def due(self) -> Iterator[tuple[str, date]]:
        """Each month with the day by which it is due, as is usual: early in the next."""
        for month in self.months:
            yield month, month_end(month) + timedelta(days=_DUE_DAY)


def round_said(said: Said, today: date) -> NewRound:
    """The round that is meant; what was not said follows from the month, else from today. Units report from
    the month on that was said.

    Raises ``BeginFault`` where the year or the round is none, or the month lies outside it.
    """
    year, number = _year(said.year), _number(said.number)
    anchor = _first_day(said.month) if said.month else today
    year = year or anchor.year + BUDDHIST + (anchor.month >= 10)
    if not number:
        number = "2" if 4 <= anchor.month <= 9 else "1"
    start, end = _days(year, number)
    months = months_between(start, end)
    if said.month and said.month not in months:
        facts = {"found": said.month, "round": f"{number}/{year}", "first": months[0], "last": months[-1]}
        raise BeginFault("round-month-outside", **facts)
    noun, late = squash(said.noun) or _USUAL_NOUN, said.month > months[0]
    reports = tuple(int(month[5:]) for month in months if month >= said.month) if late else ()
    return NewRound(squash(said.owner), noun, year, number, start, end, reports)


def _first_day(month: str) -> date:
    return month_end(month).replace(day=1)


def _year(text: str) -> int:
    """A fiscal year of the Buddhist era; 0 where none is said. Another era's is asked back, not turned.

    >>> _year("๒๕๖๗"), _year("")
    (2567, 0)
    """
    bare = arabic(squash(text))
    if not bare:
        return 0
    year = int(bare) if bare.isdecimal() and len(bare) <= 4 else -1
    if year in _YEARS:
        return year
    meant = {2: year + 2500, 4: year + BUDDHIST}.get(len(bare), 0)
    raise BeginFault(
        "round-year-meant" if meant in _YEARS and year >= 0 else "round-year", found=text, meant=meant
    )


def _number(text: str) -> str:
    """Which part of the year the round is; empty where it is not said.

    >>> [_number(text) for text in ("๒", "รอบที่ 1", "ทั้งปี", "")]
    ['2', '1', 'ทั้งปี', '']
    """
    bare = fold(text).removeprefix(Item.NUMBER).removeprefix("ที่").strip()
    if bare in _WHOLE:
        return WHOLE_YEAR
    if bare not in ("", "1", "2"):
        raise BeginFault("round-number", found=text, whole=WHOLE_YEAR)
    return bare


def _days(year: int, number: str) -> tuple[date, date]:
    """The fiscal year begins in October of the year before; its second half in April."""
    western = year - BUDDHIST
    start = date(western, 4, 1) if number == "2" else date(western - 1, 10, 1)
    return start, date(western, 3, 31) if number == "1" else date(western, 9, 30)
