"""The small sheets of the level tables: รอบประเมิน, ผลประเมิน and ปฏิทิน → their records.

What is wrong is remembered by the rows.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from kpibatch.base.kinds import Kind
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import arabic, fold
from kpibatch.books.table import Row, Table
from kpibatch.rules.reading.cells import Typed, cap_in, numbers_listed, report_shares
from kpibatch.rules.round import Item, Round, Stage, Step
from kpibatch.rules.schema import CALENDAR, RATING, ROUND

_NEEDED = (Item.YEAR, Item.NUMBER, Item.START, Item.END, Item.UNIT_NOUN)
_UNREAD = date(1, 1, 1)
_MOST_AHEAD = 90  # days


def read_round(table: Table) -> Round:
    """รอบประเมิน: one item a row; items that are missing, unknown or there twice are faults.

    Source: design, section 1 (รอบประเมิน).
    """
    rows = _items(table)
    days = {item: rows[item].date_in(ROUND.value) for item in (Item.START, Item.END) if item in rows}
    if table.found:
        _report_missing(table, rows, days)
    return Round(
        owner=_text(rows, Item.OWNER),
        fiscal_year=arabic(_text(rows, Item.YEAR)),
        number=arabic(_text(rows, Item.NUMBER)),
        start=days.get(Item.START) or _UNREAD,
        end=days.get(Item.END) or _UNREAD,
        unit_noun=_text(rows, Item.UNIT_NOUN),
        reference=_text(rows, Item.REFERENCE),
        contact=_text(rows, Item.CONTACT),
        report_months=tuple(_months(rows)),
        level_scores=_numbers(rows, Item.SCORES),
        below_one=_below_one(rows),
        cap=cap_in(rows[Item.CAP], ROUND.value) if Item.CAP in rows else None,
        **_child_sum(rows),
    )


def _child_sum(rows: dict[str, Row]) -> dict[str, Any]:
    """ผลรวมน้ำหนัก: what the weights of the nodes under nothing sum to, and where it stands.

    Source: design, section 1 (ตัวชี้วัด: any other sum is an error until it is stated).
    """
    row = rows.get(Item.WEIGHTS)
    return {"child_sum": row.number_in(ROUND.value), "child_sum_place": row.place(ROUND.value)} if row else {}


def _items(table: Table) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for row in table:
        text = row.text(ROUND.item)
        item = next((item for item in Item if fold(item) == fold(text)), text)
        if item in rows:
            row.report("table-duplicate", ROUND.item, item)
        elif item not in set(Item):
            row.report("table-unknown-item", ROUND.item, item, nearest=nearest_of(item, list(Item)))
        else:
            rows[item] = row
    return rows


def _report_missing(table: Table, rows: dict[str, Row], days: dict[Item, date | None]) -> None:
    """Items that are needed and not there, or blank, or no day where a day is asked."""
    for item in _NEEDED:
        if item not in rows:
            table.head.report("table-item-missing", ROUND.item, "", item=item)
        elif days[item] is None if item in days else not _text(rows, item):
            rows[item].report("table-item-missing", ROUND.value, _text(rows, item), item=item)


def _text(rows: dict[str, Row], item: Item) -> str:
    return rows[item].text(ROUND.value) if item in rows else ""


def _months(rows: dict[str, Row]) -> Iterator[int]:
    for month in _numbers(rows, Item.MONTHS):
        if month not in range(1, 13):
            rows[Item.MONTHS].report("table-value", ROUND.value, _text(rows, Item.MONTHS), expected="3, 6, 9")
        yield int(month)


def _below_one(rows: dict[str, Row]) -> float:
    numbers = _numbers(rows, Item.BELOW_ONE)
    if len(numbers) > 1:
        rows[Item.BELOW_ONE].report("table-value", ROUND.value, _text(rows, Item.BELOW_ONE), expected="0 / 1")
    return numbers[0] if numbers else 0.0


def _numbers(rows: dict[str, Row], item: Item) -> tuple[float, ...]:
    """An item that lists numbers; none of them where one can't be read."""
    return numbers_listed(rows[item], ROUND.value, "50, 75, 100") if item in rows else ()


def read_rating(table: Table) -> tuple[tuple[float, str], ...]:
    """ผลประเมิน: from which percent on, which word; both are needed.

    Source: design, section 1 (ผลประเมิน).
    """
    bands, typed = [], []
    for row in table:
        percent, word = row.number_in(RATING.percent, Kind.PERCENT), row.text(RATING.word)
        if row.blank(RATING.percent):
            row.report("table-value", RATING.percent, "", expected="90")
        if row.blank(RATING.word):
            row.report("table-value", RATING.word, "", expected="ดีเด่น")
        if percent is not None:
            bands.append((percent, word))
            typed.append(Typed(row, RATING.percent, (percent,)))
    report_shares(typed)
    return tuple(bands)


def read_calendar(table: Table) -> dict[str, date]:
    """ปฏิทิน: the day each month's submission is due.

    Source: design, section 1 (ปฏิทิน).
    """
    calendar: dict[str, date] = {}
    for row in table:
        month, due = row.month_in(CALENDAR.month), row.date_in(CALENDAR.due)
        if row.blank(CALENDAR.month) and row.text(CALENDAR.task):
            continue  # a step of the process
        if month is None:
            row.report("table-value", CALENDAR.month, row.text(CALENDAR.month), expected="2565-04")
        elif month in calendar:
            row.report("table-duplicate", CALENDAR.month, month)
        elif due is not None:
            calendar[month] = due
    return calendar


def read_steps(table: Table) -> tuple[Step, ...]:
    """ปฏิทิน: the days of the process, those of the months' reports among them, in order.

    Source: design, section 1 (ปฏิทิน).
    """
    steps = []
    for row in table:
        due, task = row.date_in(CALENDAR.due), row.text(CALENDAR.task)
        month = row.month_in(CALENDAR.month) or ""
        ahead, owner = _ahead(row), row.text(CALENDAR.owner)
        if task and due is None and row.blank(CALENDAR.due):
            row.report("table-value", CALENDAR.due, "", expected=Kind.DATE.value)
        if due is not None and (task or month):
            steps.append(Step(task or Stage.REPORT, due, owner, ahead, month, row.place(CALENDAR.due)))
    return tuple(sorted(steps, key=lambda step: step.day))


def _ahead(row: Row) -> int | None:
    """So many whole days before."""
    days = row.number_in(CALENDAR.ahead)
    if days is None:
        return None
    if days != int(days) or not 0 <= days <= _MOST_AHEAD:
        row.report("table-value", CALENDAR.ahead, row.text(CALENDAR.ahead), expected=f"0 – {_MOST_AHEAD}")
        return None
    return int(days)
