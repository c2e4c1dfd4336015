"""The round that a letter is about: its fiscal year, its number, its days.

In: ``Parts``. Out: ``LetterRound``; a field is empty where the letter does not say, or says two things
equally often.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.thai import arabic, show_date
from kpibatch.rules.letter.figures import Kind, figures_in
from kpibatch.rules.letter.parts import OUTSIDE, Parts
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.schema import ROUND

_ERA = r"(?:พ\.?\s?ศ\.?)?\s*"
_YEAR = re.compile(rf"ปีงบประมาณ\s*{_ERA}(2[45][0-9]{{2}})")
_BARE_YEAR = re.compile(rf"ปี\s*{_ERA}(2[45][0-9]{{2}})")
_NUMBER = re.compile(r"รอบ(?:การ)?(?:ประเมิน)?(?:ที่)?\s*([1-4])(?![0-9])(?!\s*เดือน)")
_TO = re.compile(r"\s*(?:-|–|—|−|ถึง(?:วันที่)?)\s*")


@dataclass(frozen=True)
class LetterRound:
    """What the letter says of its round."""

    year: str = ""
    number: str = ""
    start: date | None = None
    end: date | None = None

    @property
    def text(self) -> str:
        """The round as people write it: 2/2565, 1 เม.ย. 2565 – 30 ก.ย. 2565."""
        key = "/".join(filter(None, (self.number, self.year)))
        days = " – ".join(show_date(day) for day in (self.start, self.end) if day)
        return ", ".join(filter(None, (key, days)))


def round_of(parts: Parts) -> LetterRound:
    """What the letter says outside its KPIs of the round; of what it says several times, the most usual."""
    texts = [arabic(each.text) for each in parts.stretches if each.kpi == OUTSIDE]
    year = _usual(match for text in texts for match in _YEAR.findall(text))
    year = year or _usual(match for text in texts for match in _BARE_YEAR.findall(text))
    start, end = _usual(days for text in texts for days in _spans(text)) or (None, None)
    return LetterRound(
        year or "", _usual(n for text in texts for n in _NUMBER.findall(text)) or "", start, end
    )


def _usual(said: Iterable[Any]) -> Any:
    """What is said most often; nothing where two things are said equally often."""
    common = Counter(said).most_common(2)
    if not common or (len(common) == 2 and common[0][1] == common[1][1]):
        return None
    return common[0][0]


def _spans(text: str) -> Iterable[tuple[date, date]]:
    """Two days with nothing but a dash between them, months apart: a round's first and last."""
    days = [
        figure for figure in figures_in(text) if figure.kind is Kind.DATE and figure.value == figure.value
    ]
    for first, last in pairwise(days):
        if _TO.fullmatch(text[first.end : last.start]) and last.value - first.value > 60:
            yield date.fromordinal(int(first.value)), date.fromordinal(int(last.value))


def other_round(parts: Parts, tables: LevelTables, file: str) -> list[Finding]:
    """A letter of another round than the tables'."""
    letter, this = round_of(parts), tables.round
    differs = (
        (letter.year and letter.year != this.fiscal_year)
        or (letter.number and this.number.isdigit() and letter.number != this.number)
        or (letter.start and (letter.start, letter.end) != (this.start, this.end))
    )
    if not differs:
        return []
    days = f"{show_date(this.start)} – {show_date(this.end)}"
    facts = {"found": letter.text, "letter": file, "tables": f"{this.number}/{this.fiscal_year}, {days}"}
    return [finding("letter-other-round", Place(tables.file, ROUND.sheet), **facts)]
