"""A file's name → the measures it is evidence of, and the levels where it names some.

``T1.loan_docs ระดับ 3.pdf`` is evidence of T1.loan_docs at level 3, ``T1.loan_docs.pdf`` at every level. A
code counts as a whole only, so that ``T1.loan_docs2.pdf`` is none of T1.loan_docs.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import PurePosixPath

from kpibatch.base.thai import arabic, fold
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reading.evidence import Spans, levels_named

_LEVEL = re.compile(
    r"(?:ระดับ(?:ที่)?|level)\s*"
    r"([0-9]{1,2}(?![0-9])(?:\s*(?:-|–|—|ถึง|to)\s*[0-9]{1,2}(?![0-9])|\s*(?:ขึ้นไป|and above|\+))?)"
)


def measures_named(parts: Sequence[str], tables: LevelTables) -> tuple[str, ...]:
    """The measures that a file's name says, else that of a folder it lies in; none where none does."""
    pattern = _codes(tuple(tables.measures))
    for text in reversed(_texts(parts)):
        if found := dict.fromkeys(match[0] for match in pattern.finditer(fold(text))):
            codes = {fold(arabic(code)): code for code in tables.measures}
            return tuple(codes[code] for code in found)
    return ()


def levels_in_name(parts: Sequence[str], tables: LevelTables) -> Spans | None:
    """The levels that a file's name says, else that of a folder it lies in; empty where none does, ``None``
    where there are no such levels.
    """
    for text in reversed(_texts(parts)):
        if said := _LEVEL.findall(text.casefold()):
            named = [span for each in said for span in levels_named(each) or ((tables.level_count + 1, 0),)]
            there = all(max(span) <= tables.level_count for span in named)
            return tuple(named) if there else None
    return ()


def _texts(parts: Sequence[str]) -> list[str]:
    """The folders' names and the file's; last without its suffix, which a name without one seems to have."""
    *folders, last = parts
    return [arabic(text) for text in (*folders, last, PurePosixPath(last).stem)]


@lru_cache(maxsize=8)
def _codes(codes: Iterable[str]) -> re.Pattern[str]:
    """Any of the codes, as a whole: the longest first, not within a longer code or number."""
    words = sorted((re.escape(fold(arabic(code))) for code in codes), key=len, reverse=True)
    return re.compile(rf"(?<![a-z0-9._])(?:{'|'.join(words) or '(?!)'})(?![a-z0-9.]|_[a-z])")
