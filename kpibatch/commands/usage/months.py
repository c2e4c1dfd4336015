"""A month as people write it at the command line → the month, or what may be meant.

``6/2565``, ``2565-6``, ``มิ.ย. 65``, ``มิถุนายน 2565``, ``Jun 2022``, ``2022-06``, in Thai digits too. What
may be several months, or names none but nearly, is never read: it is answered by "did you mean".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kpibatch.base.config import read_config
from kpibatch.base.errors import KpibatchError, NotAMonth
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import (
    BUDDHIST,
    ENGLISH_MONTH_NAMES,
    MONTH_NAMES,
    arabic,
    is_month,
    month_named,
    squash,
    year_of,
)

_MOST_NAMED = 4
_NEAR = 0.7  # how like a month's name a word must be to be taken for a slip of the pen
_ERA = re.compile(r"\s*(?:พ\.?\s?ศ\.?|ค\.?\s?ศ\.?|B\.?E\.?|A\.?D\.?)\s*", re.IGNORECASE)
_TOGETHER = re.compile(r"([0-9]{4})([0-9]{2})")
_APART = re.compile(r"([0-9]{1,4})\s*[-/. ]\s*([0-9]{1,4})")
_NAMED = re.compile(r"([ก-๙A-Za-z][ก-๙A-Za-z. ]*?)[ ,]*(?:([0-9]{4}|[0-9]{2}))?")
_NUMBER = re.compile(r"0?([1-9])|(1[0-2])")


@dataclass(frozen=True)
class Typed:
    """The months that a text may mean; ``sure`` where nothing of it had to be guessed."""

    months: tuple[str, ...]
    sure: bool = True

    @property
    def month(self) -> str | None:
        """The one month it means, if it is one."""
        return self.months[0] if self.sure and len(self.months) == 1 else None


def typed_month(text: str, known: Iterable[str] = ()) -> Typed:
    """What a text means; ``known`` are the months that are there, for what lacks a year.

    >>> [typed_month(text).month for text in ("2565-06", "6/2565", "๖/๒๕๖๕", "มิ.ย. 65", "2022-06", "256506")]
    ['2565-06', '2565-06', '2565-06', '2565-06', '2565-06', '2565-06']
    >>> typed_month("6/22").months, typed_month("มิถุนา 65").sure
    (('2522-06', '2565-06'), False)
    """
    bare = arabic(squash(text)).removeprefix("เดือน").strip()
    bare = bare if is_month(bare) else _ERA.sub(" ", bare).strip()
    if together := _TOGETHER.fullmatch(bare):
        return Typed(_keys((together[1], together[2])))
    if apart := _APART.fullmatch(bare):
        first, second = apart.groups()
        return Typed(_keys((first, second), (second, first)))
    if number := _NUMBER.fullmatch(bare):
        return Typed(_of_number(int(number[1] or number[2]), known), sure=False)
    if named := _NAMED.fullmatch(bare):
        return _by_name(named[1], named[2], known)
    return Typed((), sure=False)


def _by_name(name: str, year: str | None, known: Iterable[str]) -> Typed:
    number = month_named(name)
    likely = number or month_named(nearest_of(name, (*MONTH_NAMES, *ENGLISH_MONTH_NAMES), _NEAR))
    if not likely:
        return Typed((), sure=False)
    if year is None:
        return Typed(_of_number(likely, known), sure=False)
    return Typed(_keys((year, str(likely))), sure=bool(number))


def _of_number(number: int, known: Iterable[str]) -> tuple[str, ...]:
    return tuple(month for month in sorted(known, reverse=True) if int(month[5:]) == number)


def _keys(*pairs: tuple[str, str]) -> tuple[str, ...]:
    """The months of pairs of a year and a month, as far as each can be one; a year has two digits or four."""
    found = {
        f"{year_be}-{int(month):02d}": None
        for year, month in pairs
        if len(month) <= 2 and len(year) in (2, 4)
        for year_be in _years(year)
    }
    return tuple(sorted(key for key in found if is_month(key)))


def _years(typed: str) -> tuple[int, ...]:
    """The Buddhist years that a year may mean: two digits that could be of either era are both."""
    if year := year_of(typed, western=True):
        return (year,)
    return (2500 + int(typed), 2000 + int(typed) + BUDDHIST) if len(typed) == 2 else ()


def month_meant(text: str, workspace: Path, *, or_folder: bool = False) -> str:
    """The month that was typed, in the place of which a workspace's folder might stand.

    Raises ``NotAMonth``, with what may be meant, where it is none or may be several.
    """
    typed = typed_month(text)
    if typed.month:
        return typed.month
    known = months_known(workspace)
    meant = typed_month(text, known).months or _alike(text, known)
    if not meant:
        raise NotAMonth("not-a-month-nor-folder" if or_folder else None, found=text)
    there = [month for month in meant if month in known]
    named = (*there, *(month for month in meant if month not in there))[:_MOST_NAMED]
    raise NotAMonth("month-meant", found=text, months=" / ".join(named))


def _alike(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    nearest = nearest_of(text, known, _NEAR)
    return (nearest,) if nearest in known else ()


def months_known(workspace: Path) -> tuple[str, ...]:
    """The months that have a folder of submissions or of results, the newest first; none where the workspace
    can't be read.
    """
    try:
        config = read_config(workspace)
        folders = [folder for folder in (config.submissions, config.output) if folder.is_dir()]
        names = {path.name for folder in folders for path in folder.iterdir()}
    except (KpibatchError, OSError):
        return ()
    return tuple(sorted(filter(is_month, names), reverse=True))
