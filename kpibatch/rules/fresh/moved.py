"""A condition, a date or a month of the last round → the same in the next: so many months later."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from kpibatch.base.thai import BUDDHIST, month_end, months_between, read_date, read_month, show_date
from kpibatch.rules.fresh.begins import NewRound
from kpibatch.rules.phrases import ConditionFault, parse
from kpibatch.rules.round import Round

_MONTHS_APART = ";"


def next_of(last: Round) -> NewRound:
    """The round after: it begins the day after the last one ends, and is as long.

    >>> old = Round("จังหวัด", "2565", "2", date(2022, 4, 1), date(2022, 9, 30), "อำเภอ", "", (6, 9))
    >>> new = next_of(old)
    >>> new.year, new.number, str(new.start), str(new.end), new.reports
    (2566, '1', '2022-10-01', '2023-03-31', (12, 3))
    """
    start = last.end + timedelta(days=1)
    end = later(start, len(months_between(last.start, last.end))) - timedelta(days=1)
    year = int(last.fiscal_year) + _fiscal(end) - _fiscal(last.end)
    number = last.number
    if number.isdecimal():
        number = str(int(number) + 1) if year == int(last.fiscal_year) else "1"
    return following(last, NewRound(last.owner, last.unit_noun, year, number, start, end))


def following(last: Round, new: NewRound) -> NewRound:
    """The new round with what it takes from the last: owner, noun, and which months report."""
    reports = new.reports
    if not reports and len(months_between(last.start, last.end)) == len(months_between(new.start, new.end)):
        by = shift_of(last, new)
        reports = tuple((number + by - 1) % 12 + 1 for number in last.report_months)
    return replace(new, owner=new.owner or last.owner, noun=new.noun or last.unit_noun, reports=reports)


def shift_of(last: Round, new: NewRound) -> int:
    """How many months later the new round begins."""
    return (new.start.year - last.start.year) * 12 + new.start.month - last.start.month


def _fiscal(day: date) -> int:
    return day.year + BUDDHIST + (day.month >= 10)


def later(day: date, months: int) -> date:
    """The same day so many months later; the last of a month stays the last.

    >>> [str(later(date(2022, month, day), 6)) for month, day in ((9, 30), (8, 31), (9, 10))]
    ['2023-03-31', '2023-02-28', '2023-03-10']
    """
    then = day.year * 12 + day.month - 1 + months
    last = month_end(f"{then // 12 + BUDDHIST}-{then % 12 + 1:02d}")
    is_last = (day + timedelta(days=1)).day == 1
    return last if is_last else last.replace(day=min(day.day, last.day))


def month_later(text: str, months: int) -> str:
    """A month so many months later; a text that is none stays.

    >>> month_later("มิ.ย. 2565", 6), month_later("–", 6)
    ('2565-12', '–')
    """
    month = read_month(text)
    if month is None:
        return text
    day = later(month_end(month), months)
    return f"{day.year + BUDDHIST}-{day.month:02d}"


def date_later(text: str, months: int) -> str:
    """Days, several of them apart by ``;``, so many months later; a text that is none stays.

    >>> date_later("10 ก.ย. 2565; 30 ก.ย. 2565", 6)
    '10 มี.ค. 2566; 31 มี.ค. 2566'
    """
    days = [read_date(part) for part in text.split(_MONTHS_APART)]
    moved = [show_date(later(day, months)) for day in days if day]
    return f"{_MONTHS_APART} ".join(moved) if len(moved) == len(days) else text


def condition_later(text: str, months: int) -> str:
    """A deadline so many months later; any other condition stays as it is typed.

    >>> condition_later("ก่อน 31 ธ.ค. 2564", 12), condition_later("≥ 80", 12)
    ('ก่อน 31 ธ.ค. 2565', '≥ 80')
    """
    try:
        condition = parse(text)
    except ConditionFault:
        return text
    if condition.family != "date":
        return text
    day = later(date.fromordinal(int(condition.high)), months)
    return replace(condition, high=float(day.toordinal())).text()


def due_days(last: dict[str, date], new: NewRound, months: int) -> Iterator[tuple[str, date]]:
    """Each month of the new round with its due day: that of the last round's month, moved."""
    moved = {month_later(month, months): later(day, months) for month, day in last.items()}
    for month, usual in new.due():
        yield month, moved.get(month, usual)
