"""The rows of a new workbook: an example of each kind of KPI, to be overwritten; each says that it is one."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from kpibatch.base.thai import month_end, months_between, show_date
from kpibatch.rules.fresh.begins import NewRound
from kpibatch.rules.paper.blank import blank_sheets
from kpibatch.rules.paper.book import rows_of
from kpibatch.rules.round import Item
from kpibatch.rules.schema import CALENDAR, ROUND

Sheets = dict[str, list[list[str]]]
_LEVELS = range(1, 6)


@cache
def examples() -> Mapping[str, Any]:
    """The examples as they are written down."""
    text = files("kpibatch.rules.fresh").joinpath("examples.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def example_sheets(new: NewRound) -> Sheets:
    """Every sheet of a new round's workbook, its heading first."""
    facts = _facts(new)
    written = {name: rows_of(text.format(**facts)) for name, text in examples()["sheets"].items()}
    sheets = blank_sheets() | written
    return sheets | {ROUND.sheet: round_rows(sheets[ROUND.sheet], new), CALENDAR.sheet: calendar_rows(new)}


def round_rows(rows: list[list[str]], new: NewRound, *, over: bool = True) -> list[list[str]]:
    """The rows of รอบประเมิน with what is known of the round in them; not ``over`` what stands there."""
    days = {Item.START: show_date(new.start), Item.END: show_date(new.end)}
    known = {str(item): value for item, value in (new.items | days).items()}
    said = ((row, known.get(row[0], "")) for row in rows)
    return [[row[0], value if value and (over or not row[1]) else row[1], *row[2:]] for row, value in said]


def calendar_rows(new: NewRound) -> list[list[str]]:
    """ปฏิทิน with its heading: the months that are reported on, each with the day it is due."""
    due = [[month, show_date(day), ""] for month, day in new.due()]
    return [[str(column) for column in (CALENDAR.month, CALENDAR.due, CALENDAR.remark)], *due]


def _facts(new: NewRound) -> dict[str, object]:
    """What the examples leave open. More is asked of a longer round, and its days lie within it."""
    months = months_between(new.start, new.end)
    known = {"noun": new.noun, "year": new.year, "base": new.year - 1}
    news = {f"news{level}": level * len(new.months) for level in _LEVELS}
    more = {f"more{level}": 2 * level * len(new.months) for level in _LEVELS}
    days = {f"day{level}": show_date(_milestone(months, level)) for level in _LEVELS}
    return {**known, **news, **more, **days}


def _milestone(months: list[str], level: int) -> date:
    """The last day of a month of the round: of its fifth month for level 1, of its first for level 5."""
    return month_end(months[5 - level])
