"""A month as it was published: what stands in ``output/MONTH``, read back for the history, for comparing and
for the mail.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import zip_longest
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeAlias

from kpibatch.base.errors import NothingPublished, NotPublished, PublishedChanged, PublishedDamaged
from kpibatch.base.files import by_name
from kpibatch.base.month_files import (
    CHECKED,
    FINDINGS,
    LEVEL_TABLES,
    LISTED,
    MEASURES,
    OF_A_MONTH,
    RECORD,
    SCORES,
    VALUES,
)
from kpibatch.base.thai import is_month
from kpibatch.books.packing import contents_digest
from kpibatch.months.csv_cells import as_meant
from kpibatch.months.record import RecordFault, read_record

Row: TypeAlias = dict[str, str]
_SYSTEM = frozenset(("Thumbs.db", "desktop.ini"))  # left by whoever opened the folder to look


@dataclass(frozen=True)
class Published:
    """One month's folder. ``record`` is its ``run.json``; the tables are its CSV files, each row a dict of
    texts.
    """

    folder: Path
    month: str
    record: Mapping[str, Any]
    digest: str

    @property
    def round(self) -> str:
        return str(self.record["round"])

    @cached_property
    def scores(self) -> tuple[Row, ...]:
        return self._table(SCORES)

    @cached_property
    def measures(self) -> tuple[Row, ...]:
        return self._table(MEASURES)

    @cached_property
    def values(self) -> tuple[Row, ...]:
        """What the submissions said of their own month, as sent."""
        return self._table(VALUES)

    @cached_property
    def findings(self) -> tuple[Row, ...]:
        return self._table(FINDINGS)

    @property
    def level_tables(self) -> Path:
        """The level tables that the month was scored by, which are still those."""
        self.trusted(LEVEL_TABLES)
        return self.folder / LEVEL_TABLES

    def trusted(self, name: str) -> bytes:
        """A file of the month as the run wrote it; whoever reads one reads it here.

        Raises ``KpibatchError`` where it is gone or other than its digest in ``run.json``: a spreadsheet has
        saved it, a copy was cut short, a figure was changed.
        """
        try:
            raw = (self.folder / name).read_bytes()
        except OSError as reason:
            raise PublishedDamaged(folder=self.folder, file=name, reason=reason) from None
        if hashlib.sha256(raw).hexdigest() != self._digests.get(name):
            raise PublishedChanged(folder=self.folder, file=name)
        return raw

    def refuse_changed(self, name: str, raw: bytes) -> None:
        """Raises ``KpibatchError`` where a workbook holds something else than the run wrote; a record of
        before says nothing of it.
        """
        if self.record.get("books", {}).get(name, digest := contents_digest(raw)) != digest:
            raise PublishedChanged(folder=self.folder, file=name)

    @property
    def _digests(self) -> Mapping[str, str]:
        return {**self.record.get("listings", {}), LEVEL_TABLES: self.record["level_tables"]["sha256"]}

    def _table(self, name: str) -> tuple[Row, ...]:
        return tuple(self.rows(name))

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of one of its listings, one after the other: of many units not all need be held at once.

        Raises ``KpibatchError`` as ``trusted`` does, and where it is no such listing.
        """
        heads, lines = self._opened(name)
        for cells in lines:
            yield {head: cell for head, cell in zip_longest(heads, cells, fillvalue="") if head}

    def lines(self, name: str, wanted: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """The cells of each row below the headings that are wanted, two of them or more.

        Raises ``KpibatchError`` as ``rows`` does, and where it lacks such a heading or cell.
        """
        heads, lines = self._opened(name)
        try:
            chosen = itemgetter(*map(heads.index, wanted))
            yield from map(chosen, lines)
        except (ValueError, IndexError) as reason:
            raise PublishedDamaged(folder=self.folder, file=name, reason=reason) from None

    def _opened(self, name: str) -> tuple[list[str], Iterator[list[str]]]:
        lines = self._lines(name)
        return next(lines, []), filter(None, lines)

    def _lines(self, name: str) -> Iterator[list[str]]:
        raw = self.trusted(name)
        lines = read_csv(raw)
        try:
            yield from ([*map(as_meant, cells)] for cells in lines) if b"'" in raw else lines
        except (UnicodeDecodeError, csv.Error) as reason:
            raise PublishedDamaged(folder=self.folder, file=name, reason=reason) from None


def read_csv(raw: bytes) -> Iterator[list[str]]:
    """The lines of a CSV of the program's own, first its headings."""
    return csv.reader(io.TextIOWrapper(io.BytesIO(raw), "utf-8-sig", newline=""))


def read_published(folder: Path) -> Published:
    """The month that stands in a folder.

    Raises ``KpibatchError``: there is none, or its ``run.json`` can't be read or is another month's.
    """
    path = folder / RECORD
    try:
        raw = path.read_bytes()
        record = read_record(raw)
        if record["month"] != folder.name:
            raise RecordFault(record["month"])
    except FileNotFoundError:
        months = ", ".join(each.name for each in published_months(folder.parent)) or "–"
        raise NotPublished(folder=folder, month=folder.name, months=months) from None
    except RecordFault as fault:
        if fault.changed:
            raise PublishedChanged(folder=folder, file=RECORD) from None
        raise PublishedDamaged(folder=folder, file=RECORD, reason=fault) from None
    except OSError as reason:
        raise PublishedDamaged(folder=folder, file=RECORD, reason=reason) from None
    return Published(folder, folder.name, record, hashlib.sha256(raw).hexdigest())


def is_ours(folder: Path) -> bool:
    """Whether a month's folder was written by this program, so that another may take its place: it is empty,
    a record in it says so, or, where the record is damaged, nothing else lies beside it.
    """
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")} - _SYSTEM
    if not names or any(_is_record(folder / name) for name in (RECORD, CHECKED)):
        return True
    return names <= OF_A_MONTH and any((folder / name).is_file() for name in (RECORD, CHECKED, *LISTED))


def _is_record(path: Path) -> bool:
    try:
        return bool(read_record(path.read_bytes())["month"] == path.parent.name)
    except RecordFault as fault:
        return fault.changed
    except OSError:
        return False


def as_number(cell: str | float | None) -> float:
    """A value of the listings as it is reckoned with: days as ordinals, missing as NaN."""
    if cell is None or cell == "":
        return float("nan")
    try:
        return float(cell)
    except ValueError:
        return float(date.fromisoformat(str(cell)).toordinal())


def published_month(output: Path, month: str | None) -> Published:
    """A month that was published; without a month, the newest.

    Raises ``KpibatchError`` as ``read_published`` does.
    """
    newest = max((folder.name for folder in published_months(output)), default="")
    if not (month or newest):
        raise NothingPublished(folder=output)
    return read_published(output / (month or newest))


def month_folders(output: Path) -> Iterator[Path]:
    """The months' folders that hold something of a run, whole or not, oldest first; a check alone leaves none
    of it.
    """
    for folder in _folders(output):
        if any((folder / name).is_file() for name in (RECORD, *LISTED)):
            yield folder


def published_months(output: Path) -> Iterator[Path]:
    """The folders of the months that a run has written, oldest first.

    What counts as published: a folder named as a month that holds ``run.json``, the last file a run writes.
    Source: design, section 4.
    """
    return (folder for folder in _folders(output) if (folder / RECORD).is_file())


def _folders(output: Path) -> Iterator[Path]:
    if output.is_dir():
        yield from (folder for folder in sorted(output.iterdir(), key=by_name) if is_month(folder.name))
