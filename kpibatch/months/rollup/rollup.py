"""``rollup``: the published months of several workspaces → ``national.xlsx`` and ``national.csv``."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kpibatch.base.config import read_config
from kpibatch.base.errors import KpibatchError, NothingPublished
from kpibatch.base.files import saved
from kpibatch.base.month_files import NATIONAL, NATIONAL_LIST
from kpibatch.months.folder import published_month
from kpibatch.months.rollup.book import write_national
from kpibatch.months.rollup.listing import national_csv
from kpibatch.months.rollup.national import Absent, National
from kpibatch.months.rollup.province import Province, province_of
from kpibatch.months.rollup.year import Year


@dataclass(frozen=True)
class RolledUp:
    """What was written, and where."""

    national: National
    book: Path
    listing: Path
    year: Year | None = None


def roll_up_workspaces(
    workspaces: Iterable[Path],
    month: str | None,
    out: Path,
    language: str,
    *,
    together: bool = False,
    yearly: bool = False,
) -> RolledUp:
    """Rank the units of every workspace's published month, without a month its newest, in one workbook; each
    workspace is named once.

    ``yearly`` also puts the rounds of one owner in a fiscal year side by side.
    A workspace that has published nothing that can be relied on is told in it and keeps no other out. Raises
    ``NothingPublished`` where that is all of them, ``KpibatchError`` where the disk refuses.
    Source: design, section 2 (``rollup``).
    """
    provinces, absent = list[Province](), list[Absent]()
    for workspace in workspaces:
        try:
            published = published_month(read_config(workspace).output, month)
            provinces.append(province_of(workspace, published))
        except KpibatchError as error:
            absent.append(Absent(workspace, error.message(language)))
    if not provinces:
        raise NothingPublished(
            "nothing-to-roll-up", count=len(absent), first=absent[0].reason if absent else "–"
        )
    national = National(tuple(provinces), tuple(absent), together)
    book, listing = out / NATIONAL, out / NATIONAL_LIST
    year = Year(national.provinces) if yearly else None
    saved(book, lambda part: write_national(national, part, language, year))
    saved(listing, lambda part: part.write_bytes(national_csv(national)))
    return RolledUp(national, book, listing, year)
