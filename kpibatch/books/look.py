"""How every workbook looks: the font, the colours, the styles by name, how much room a text takes, where a
page ends.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from kpibatch.base.kinds import PRECISE

FONT = "TH Sarabun New"
SIZE, ROW = 16, 24.0  # points: of letters where no style says more, and of a line of them
_LETTERS, _BOLD, _HALF_A_WORD, _FURTHER, _LETTER = 0.6, 0.95, 2.0, 1.75, 1.25
"""Letters that a unit of a column's width holds, how many of them in bold, what a line loses between words,
how much of its letters' size every line after the first takes; how wide a letter of our own font is.
"""
WHOSE, PROVINCE = "kpibatch_unit", "province"
NAVY, TEAL, MIST, INPUT, LINE, GREY, INK = (
    "#1F3A5F",
    "#2A7F86",
    "#E8EEF4",
    "#FFF8DC",
    "#B8C4D0",
    "#6B7280",
    "#1B2430",
)
GOOD, FAIR, POOR = "#CFE8D5", "#FDF0C8", "#F6CFC4"


def date_format(language: str, word: str = "", *, short: bool = False) -> str:
    """A day as a number format, after a word where there is one; its year in two digits, where it is to be
    short. The locale stands first: LibreOffice reads it nowhere else.
    """
    locale, before = "[$-107041E]" if language == "th" else "", f'"{word} "' if word else ""
    return f"{locale}{before}d mmm {'yy' if short else 'yyyy'}"


STYLES: dict[str, dict[str, Any]] = {
    "base": {"font_name": FONT, "font_size": SIZE, "valign": "vcenter", "font_color": INK},
    "title": {"bold": True, "font_size": 22, "font_color": NAVY},
    "subtitle": {"font_size": SIZE, "font_color": GREY},
    "head": {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": NAVY,
        "align": "center",
        "text_wrap": True,
        "border": 1,
        "border_color": LINE,
    },
    "section": {"bold": True, "bg_color": MIST, "font_color": NAVY, "border": 1, "border_color": LINE},
    "cell": {"border": 1, "border_color": LINE},
    "input": {"bg_color": INPUT, "locked": False},
    "corrected": {"bold": True, "font_color": TEAL, "bottom": 5, "bottom_color": TEAL},
    "wrap": {"text_wrap": True, "valign": "top"},
    "centre": {"align": "center"},
    "right": {"align": "right"},
    "bold": {"bold": True},
    "big": {"font_size": 26, "bold": True, "font_color": NAVY},
    "quiet": {"font_color": GREY, "font_size": 14},
    "code": {"font_color": GREY, "num_format": "@"},
    "number": {"num_format": "General", "align": "right"},
    "whole": {"num_format": "#,##0", "align": "right"},
    "money": {"num_format": "#,##0.00", "align": "right"},
    "percent": {"num_format": "0.00##", "align": "right"},
    "score": {"num_format": "0.0000", "align": "right"},
    "points": {"num_format": "0.00", "align": "center"},
    "level": {"num_format": "0", "align": "center", "bold": True},
    "met": {"num_format": '"✓";;"–"', "align": "center"},
    "text": {"num_format": "@"},
    "link": {"font_color": "#1155AA", "underline": 1},
    "head-link": {"underline": 1},
    "stale": {"bold": True, "font_color": "#B3261E"},
    "told": {"bg_color": "#F2F7FA"},
    "good": {"bg_color": GOOD},
    "fair": {"bg_color": FAIR},
    "poor": {"bg_color": POOR},
}
DEEPER: dict[str, tuple[tuple[int, str], ...]] = {
    "percent": ((4, "0.00#######"),),
    "points": ((6, "0.00#######"), (4, "0.00####"), (2, "0.00##")),
    "money": ((2, "#,##0.00#######"),),
    "whole": ((4, "#,##0.00#######"), (0, "#,##0.00##")),
}
"""By style, the first ones first: the format of numbers of which so many decimals would make rounder ones."""


def exact_format(style: str, number: float) -> dict[str, Any]:
    """The format of a number that stays as it is, where its style's would make a rounder number of it.

    >>> exact_format("percent", 84.99996), exact_format("percent", 84.9996), exact_format("points", 85.0)
    ({'num_format': '0.00#######'}, {}, {})
    """
    exact = round(number, PRECISE)
    for digits, form in DEEPER.get(style, ()):
        shown = round(number, digits)
        if shown != exact and (not digits or shown == round(number, digits - 1)):
            return {"num_format": form}
    return {}


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_ESCAPE = re.compile(r"_x(?=[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def clean(text: str) -> str:
    """The text without characters that a workbook can't hold, and no longer than a cell may be."""
    if len(text) <= 32000 and text.isprintable():
        return text
    return _CONTROL.sub("�", text)[:32000]


def escaped(text: str) -> str:
    """The text as a part of a workbook holds it, so that Excel reads nothing in it as ``_x0041_``.

    >>> escaped("_x0041_"), unescaped("_x005F_x0041_"), escaped("_xl_ _x41_")
    ('_x005F_x0041_', '_x0041_', '_xl_ _x41_')
    """
    return _ESCAPE.sub("_x005F_x", text) if "_x" in text else text


def unescaped(text: str) -> str:
    """What Excel reads in a part of a workbook."""
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)


def sheet_name(text: str, taken: Iterable[str]) -> str:
    """A valid sheet name near the text: at most 31 characters, none forbidden, not taken (case aside).

    Nor may it be read as an escape, which some programs undo in a sheet's name and others do not.
    """
    used = {name.casefold() for name in taken}
    bare = re.sub(r"[\[\]:*?/\\]", "-", _ESCAPE.sub("-x", clean(text))).strip(" '")[:31] or "-"
    name, number = bare, 2
    while name.casefold() in used or name.casefold() == "history":
        name = f"{bare[: 31 - len(str(number)) - 1]}~{number}"
        number += 1
    return name


@lru_cache(maxsize=10_000)
def width_of(text: str) -> int:
    """How many columns of the screen a text takes: Thai vowels and tone marks above or below take none."""
    return sum(unicodedata.category(character) != "Mn" for character in text)


@lru_cache(maxsize=10_000)
def lines_of(text: str, width: float, size: float = SIZE, *, bold: bool = False) -> int:
    """About how many lines a text needs in a column of that width, in letters so many points large.

    It holds as well where a font that is wider than ours stands in for it. Thai breaks between words alone:
    no line but the last is full.
    """
    last = width * _LETTERS * SIZE / size * (_BOLD if bold else 1.0)
    full = max(1.0, last - _HALF_A_WORD)
    return sum(1 + max(0, math.ceil((width_of(part) - last) / full)) for part in text.split("\n"))


def fitting(text: str, size: float = SIZE) -> float:
    """The width of a column that holds a text on one line without shrinking it; a wider font shrinks, and
    comes out as large as ours.
    """
    return width_of(text) * _LETTER * size / SIZE


def tall_of(lines: int, size: float = SIZE) -> float:
    """The height of a row of so many lines; also in a font that is taller than ours."""
    return size * (ROW / SIZE + _FURTHER * (lines - 1))
