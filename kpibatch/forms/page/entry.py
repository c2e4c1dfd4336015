"""What a cell to fill in shows, takes and says of itself.

A day is typed as a text: on a PC with Thai settings Excel would take 15/4/2565 for a day of the common era,
on one with American settings 4/5/2565 for the 5th of April. As a text it stays what was typed, and is read
the same everywhere.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kpibatch.base.addresses import address, excel_day
from kpibatch.base.catalogue import say
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import BUDDHIST, show_date, show_number
from kpibatch.books.write import Content
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Rollup

Entries = Mapping[tuple[str, str], Content]
_YEARS_BEFORE, _YEARS_AFTER = 2, 1
_ERA = 198_327  # days of 543 years
_THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"


def number_style(kind: Kind) -> str:
    """How a cell shows a value of a kind."""
    return {
        Kind.AMOUNT: "money",
        Kind.PERCENT: "percent",
        Kind.DATE: "date",
        Kind.YES_NO: "centre",
        Kind.NUMBER: "whole",
    }[kind]


def input_style(kind: Kind) -> tuple[str, ...]:
    """How a cell to fill in shows what is typed."""
    return ("text", "centre") if kind is Kind.DATE else (number_style(kind),)


def is_milestone(measure: Measure) -> bool:
    """Whether an item has one cell for the whole round: a day of which the latest counts."""
    return measure.kind is Kind.DATE and measure.rollup is Rollup.LAST


def as_typed(content: Content, language: str) -> Content:
    """What is filled in, as an officer would type it."""
    return show_date(content, language) if isinstance(content, date) else content


def validation_of(
    tables: LevelTables, measure: Measure, first: tuple[int, int], language: str = "th"
) -> dict[str, Any]:
    """What Excel lets into the cells of a measure, of which ``first`` is the first, and what it says."""
    words = say(
        f"form.ask-{measure.kind.name.lower().replace('_', '-')}",
        language,
        unit=measure.counting_unit,
        day=show_date(tables.round.start.replace(day=15), language),
    )
    text = {
        "input_title": measure.label[:32],
        "input_message": words,
        "error_title": say("form.refused", language),
        "error_message": words,
    }
    if measure.kind is Kind.YES_NO:
        return {
            "validate": "list",
            "source": [say("sheet.yes", language), say("sheet.no", language)],
            **text,
        }
    if measure.kind is Kind.DATE:
        return {"validate": "custom", "value": _is_day(tables, address(*first), language), **text}
    low = 0.0 if measure.minimum is None else measure.minimum
    if measure.maximum is None:
        return {"validate": "decimal", "criteria": ">=", "value": low, **text}
    return {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": measure.maximum, **text}


def _is_day(tables: LevelTables, cell: str, language: str) -> str:
    """A formula: a day in or near the round, as a number of either era, or as a text that ends with its
    year.
    """
    before, after = tables.round.start.year - _YEARS_BEFORE, tables.round.end.year + _YEARS_AFTER
    first, last = excel_day(date(before, 1, 1).toordinal()), excel_day(date(after, 12, 31).toordinal())
    middle, half = (first + last) / 2, show_number((last - first) / 2 + 1)
    eras = (f"ABS({cell}-{show_number(day)})<={half}" for day in (middle, middle + _ERA))
    number = f"OR({','.join(eras)})"
    year, width = (before + after) / 2, (after - before) / 2
    ends = f"RIGHT(TRIM({cell}),{{}})"
    if language == "th":
        year += BUDDHIST
    four = f"ABS(IFERROR(VALUE({ends.format(4)}),0)-{year:g})<={width:g}"
    if language != "th":
        return f'=IF(ISNUMBER({cell}),{number},AND({four},ISERROR(FIND("/",{cell}))))'
    two = f"ABS(IFERROR(VALUE({ends.format(2)}),0)-{year % 100:g})<={width:g}"
    thai = f'ISNUMBER(FIND({ends.format(1)},"{_THAI_DIGITS}"))'
    return f"=IF(ISNUMBER({cell}),{number},OR({four},{two},{thai}))"
