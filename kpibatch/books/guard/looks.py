"""What a cell's number format makes of a number: a percent, a day, a time.

In: a format as a workbook states it, by its built-in number or its code. Out: a ``Look``; ``None`` where the
number is shown as a number. Source: ECMA-376 part 1, 18.8.30 and 18.8.31.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache


class Look(StrEnum):
    """What is seen instead of the number; ``MIXED``: a percent of some numbers, others as they are."""

    PERCENT = "percent"
    DAY = "day"
    TIME = "time"
    SPAN = "span"
    MIXED = "mixed"


# The built-in formats that are no plain numbers, those of Thai Excel (59 – 81) among them: its t0% is 67.
_BUILT_IN: dict[int, Look] = {
    **dict.fromkeys((9, 10, 67, 68), Look.PERCENT),
    **dict.fromkeys((*range(14, 18), 22, *range(27, 37), *range(50, 59), *range(71, 75), 77, 81), Look.DAY),
    **dict.fromkeys((*range(18, 22), 45, 47, 75, 76, 78, 80), Look.TIME),
    **dict.fromkeys((46, 79), Look.SPAN),
}
_LITERAL = re.compile(r'"[^"]*"?|[\\_*].', re.DOTALL)
_GENERAL = re.compile("general", re.IGNORECASE)
_SPAN = re.compile(r"\[(?:h+|m+|s+|ช+|น+|ท+)\]", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]?")
_CONDITION = re.compile(r"\[\s*[<>=]")
_SECONDS = re.compile(r"(?<=[sทS])\.0+")  # the fraction of a second is no digit of a number
_DIGITS = re.compile(r"[0#?]")
_LATIN = re.compile(r"am/pm|a/p|[dmyhsbge]", re.IGNORECASE)
_THAI = re.compile(r"[ก-๙]")
_DAY_LETTERS, _TIME_LETTERS = frozenset("dybgeวดป"), frozenset("hsชนท")
_SECTIONS = 3  # for numbers above, below and at zero; the fourth is for text


@cache
def look_of(code: str) -> Look | None:
    """What a format's code makes of numbers.

    >>> [look_of(code) for code in ("0.00%", '0.00"%"', "[$-D07041E]d/m/bbbb", "ว/ด/ปปปป", "[h]:mm")]
    [<Look.PERCENT: 'percent'>, None, <Look.DAY: 'day'>, <Look.DAY: 'day'>, <Look.SPAN: 'span'>]
    """
    bare = _GENERAL.sub("0", _LITERAL.sub("", code))
    sections = [_section(text) for text in bare.split(";")[:_SECTIONS]]
    if not _CONDITION.search(bare):
        sections = sections[:2]  # zero is zero, as a percent and without
    looks = {look for look, says_number in sections if says_number}
    if Look.PERCENT in looks:
        return Look.PERCENT if len(looks) == 1 else Look.MIXED
    return next((look for look in (Look.SPAN, Look.DAY, Look.TIME) if look in looks), None)


def _section(text: str) -> tuple[Look | None, bool]:
    """What one section shows, and whether it shows the number at all (``;;`` hides it)."""
    spans = _SPAN.search(text) is not None
    bare = _SECONDS.sub("", _BRACKETS.sub("", text))
    if "%" in bare:
        return Look.PERCENT, True
    if _DIGITS.search(bare):
        return None, True
    thai = "".join(_THAI.findall(bare))
    letters = {letter.lower()[0] for letter in _LATIN.findall(bare)}
    if set(thai) <= _DAY_LETTERS | _TIME_LETTERS:
        letters |= set(thai)
    if spans:
        return Look.SPAN, True
    if letters & _DAY_LETTERS or letters == {"m"}:
        return Look.DAY, True
    return (Look.TIME if letters & (_TIME_LETTERS | {"m", "a"}) else None), bool(letters)


def looks_of(used: Iterable[int], codes: Mapping[int, str]) -> dict[int, Look]:
    """Of a workbook's styles, in their order and each with the number of its format, those that show
    something else than the number; ``codes`` are the formats that the workbook states itself.
    """
    looks = ((style, _look(number, codes)) for style, number in enumerate(used))
    return {style: look for style, look in looks if look}


def _look(number: int, codes: Mapping[int, str]) -> Look | None:
    return look_of(codes[number]) if number in codes else _BUILT_IN.get(number)
