"""ต้องมีหลักฐาน: whether evidence must be named, and at which levels it must be handed in as a file.

In: a cell, or what follows the code in a file's name. Out: spans of levels, from and to; 0 as to: and above.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

from kpibatch.base.thai import arabic, fold
from kpibatch.books.table import Row
from kpibatch.rules.records import Measure
from kpibatch.rules.round import Flag
from kpibatch.rules.schema import MEASURES

Spans: TypeAlias = tuple[tuple[int, int], ...]
EVERY_LEVEL: Spans = ((1, 0),)
_ALL = ("ทุกระดับ", "every level", "all levels")
_WORD = re.compile(r"ระดับ(?:ที่)?|levels?", re.IGNORECASE)
_SPAN = re.compile(r"([1-9][0-9]?)\s*(?:(?:-|–|—|ถึง|to)\s*([1-9][0-9]?)|(ขึ้นไป|and above|\+))?")
_EXPECTED = f"{Flag.YES.value} / ระดับ 3 / ระดับ 3 - 5 / ระดับ 3 ขึ้นไป / {_ALL[0]}"


def evidence_in(row: Row) -> tuple[bool, Spans]:
    """Whether the cell says ใช่, and the levels that it names; neither, and reported, where it can't be read.

    ``3-5`` that Excel took for a day is no level. Source: design, section 1 (ต้องมีหลักฐาน).
    """
    column = MEASURES.needs_evidence
    text = row.text(column)
    if not text or fold(text) == fold(Flag.YES.value):
        return bool(text), ()
    named = () if isinstance(row.value(column), date) else levels_named(text)
    if not named:
        row.report("table-value", column, text, expected=_EXPECTED)
    return False, named


def proof_asked(measures: Iterable[Measure]) -> bool:
    """Whether evidence is asked of any of them."""
    return any(measure.needs_evidence or measure.evidence for measure in measures)


def levels_named(text: str) -> Spans:
    """The levels that a text lists; none where it is anything else.

    >>> levels_named("ระดับ ๑, 3 - 5"), levels_named("ระดับ 3 ขึ้นไป"), levels_named("5 - 3")
    (((1, 1), (3, 5)), ((3, 0),), ())
    """
    bare = " ".join(arabic(text).split())
    if fold(bare) in map(fold, _ALL):
        return EVERY_LEVEL
    parts = _WORD.sub("", bare).replace("และ", ",").replace(";", ",").split(",")
    matches = [_SPAN.fullmatch(part.strip()) for part in parts]
    listed = tuple(_span(match) for match in matches if match)
    sound = len(listed) == len(parts) and all(not to or start <= to for start, to in listed)
    return listed if sound else ()


def spans(levels: Spans, level: int) -> bool:
    """Whether a level is among them."""
    return any(start <= level and (not to or level <= to) for start, to in levels)


def _span(match: re.Match[str]) -> tuple[int, int]:
    start = int(match[1])
    return start, 0 if match[3] else int(match[2] or start)
