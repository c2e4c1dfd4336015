"""A finding: anything wrong or noteworthy in what a unit sent or in the level tables, with its place.

Findings are collected, never raised. The code decides severity and wording (see the catalogue).
"""

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kpibatch.base.catalogue import say, severity_of
from kpibatch.base.errors import KpibatchError
from kpibatch.base.month_files import LOG
from kpibatch.base.thai import BUDDHIST, is_month, show_date, show_month, spelled_out, squash

SEVERITIES = ("error", "warning", "note")
GRAVE = SEVERITIES[:2]
"""What counts for the exit code and is sent back: a note alone is clean. Source: design, section 2."""
LOSSES = (LOST, KPI_LOST) = ("piece-lost", "kpi-lost")
"""Codes of what a bug has cost."""
COLUMNS = ("severity", "code", "unit", "file", "sheet", "cell", "measure", "found", "message")
_LOG = logging.getLogger("kpibatch")
_THOUSANDS = re.compile(r"^-?[1-9][0-9]{3,}(?=(?:\.[0-9]+)?$)")
_VALUES = ("found", "value", "then", "now", "used", "sent", "other")  # facts that are what a cell says
_SINCE = "from_month"
_LONGEST_ANSWER = 200
_BUDDHIST_YEARS = 2400  # a date cell of such a year was typed in Buddhist years


@dataclass(frozen=True)
class Place:
    """Where something stands: a file's name, a sheet's name and an A1 address; each may be empty."""

    file: str = ""
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        sheet_cell = "!".join(part for part in (self.sheet, self.cell) if part)
        return " ".join(part for part in (self.file, sheet_cell) if part)


NOWHERE = Place()


@dataclass(frozen=True)
class Finding:
    """One finding; ``facts`` fill the placeholders of its message.

    ``stated`` is the severity where an office says another one than its code has. Of what is asked, the fact
    ``words`` are the office's own, and ``answer`` is the unit's, empty while there is none.
    """

    code: str
    place: Place = NOWHERE
    unit: str = ""
    measure: str = ""
    found: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    stated: str = ""

    @property
    def severity(self) -> str:
        return self.stated or severity_of(self.code)

    @property
    def grave(self) -> bool:
        return self.severity in GRAVE

    @property
    def asks(self) -> bool:
        """Whether it asks the unit something that it may answer."""
        return "answer" in dict(self.facts)

    def message(self, language: str) -> str:
        """What was found, what was expected and how to mend it."""
        facts = self.shown(language)
        text = say(f"finding.{self.code}", language, measure=self.measure, unit=self.unit, **facts)
        text += say("word.from-month", language, **facts) if _SINCE in facts else ""
        return (" " if language == "th" else "; ").join(filter(None, (text, *self._asked(language))))

    def shown(self, language: str) -> dict[str, str]:
        """Its facts, and what was found, as a reader of the language writes them."""
        facts = {name: _in_language(value, language) for name, value in self.facts}
        facts["found"] = spelled_out(_day(self.found, language))
        if self.measure and self.code != "not-a-date":  # where 2565 is a year
            facts |= {name: _grouped(facts[name]) for name in _VALUES if name in facts}
        return facts

    def _asked(self, language: str) -> Iterator[str]:
        """What follows the message of a finding that asks: the office's words, what is lost, the answer."""
        facts = dict(self.facts)
        yield facts.get("words", "")
        if self.asks:
            if self.stated == "error":
                yield say("word.not-counted", language)
            if answer := spelled_out(squash(facts["answer"])):
                cut = answer if len(answer) <= _LONGEST_ANSWER else answer[:_LONGEST_ANSWER] + "…"
                yield say("word.answered", language, answer=cut)
            else:
                yield say("word.please-answer", language)

    def holding_from(self, month: str) -> "Finding":
        """The same finding, said to hold only from a month on."""
        return replace(self, facts=(*self.facts, (_SINCE, month)))

    def row(self, language: str) -> tuple[str, ...]:
        """The finding as a line of ``findings.csv``, in the order of ``COLUMNS``."""
        place = self.place
        return (
            self.severity,
            self.code,
            self.unit,
            place.file,
            place.sheet,
            place.cell,
            self.measure,
            self.found,
            self.message(language),
        )


def _in_language(fact: str, language: str) -> str:
    """A month key or an ISO day as a reader of the language writes it; any other fact as it is."""
    return show_month(fact, language) if is_month(fact) else _day(fact, language)


def _day(fact: str, language: str) -> str:
    """An ISO day as a reader of the language writes it; its year may be a Buddhist one, as in a date cell."""
    try:
        day = date.fromisoformat(fact) if len(fact) == 10 else None
        past = day.replace(year=day.year - BUDDHIST) if day and day.year >= _BUDDHIST_YEARS else day
        return show_date(past, language) if past else fact
    except ValueError:
        return fact


def _grouped(text: str) -> str:
    """A plain number of a measure with commas, as the form shows it; any other text as it is."""
    return _THOUSANDS.sub(lambda whole: f"{int(whole[0]):,}", text)


def finding(
    code: str,
    place: Place = NOWHERE,
    *,
    unit: str = "",
    measure: str = "",
    found: Any = "",
    severity: str = "",
    **facts: Any,
) -> Finding:
    """A ``Finding`` with its facts as text."""
    return Finding(
        code,
        place,
        unit,
        measure,
        str(found),
        tuple(sorted((key, str(value)) for key, value in facts.items())),
        "" if severity == severity_of(code) else severity,
    )


@contextmanager
def piece(found: list[Finding], code: str, place: Place = NOWHERE, **facts: Any) -> Iterator[None]:
    """A part of the work that stands alone: a bug in it costs this part. It is told as a finding of that
    code, and its traceback goes into the log.

    The operator's mistakes, a disk that refuses, a lack of memory and Ctrl-C are no bugs.
    """
    try:
        yield
    except (KpibatchError, OSError, MemoryError):
        raise
    except Exception as bug:
        lost = finding(code, place, found=type(bug).__name__, log=LOG, **facts)
        _LOG.exception("%s: %s", place, lost.message("en"))
        found.append(lost)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Gravest first, then by unit, file, sheet and cell: the same whatever the order they were found in."""
    return sorted(
        set(findings),
        key=lambda f: (
            SEVERITIES.index(f.severity),
            f.row("en")[2:5],
            natural(f.place.cell),
            f.code,
            f.facts,
        ),
    )


def natural(cell: str) -> tuple[int, str]:
    """Sort key that puts B9 before B10.

    >>> sorted(["B10", "B9"], key=natural)
    ['B9', 'B10']
    """
    digits = "".join(character for character in cell if character.isdigit())
    return (int(digits) if digits else 0, cell)


def count(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings there are of each severity."""
    totals = dict.fromkeys(SEVERITIES, 0)
    for item in findings:
        totals[item.severity] += 1
    return totals
