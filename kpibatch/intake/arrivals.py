"""When a submission arrived: as ``received.csv`` in the month's folder states it, however Excel saved it.

Times are the workspace's, without a zone inside. What is wrong with the list is a finding with its line,
never a stop: a file whose line can't be used came when its bytes were first seen, as one that no line names.
"""

import csv
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from kpibatch.base.config import Config
from kpibatch.base.errors import FileHeld
from kpibatch.base.files import written
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import fold, read_moment, squash
from kpibatch.books.text import decoded
from kpibatch.rules.levels import LevelTables

RECEIVED = "received.csv"
_MOST_BYTES, _LONGEST = 5_000_000, 80  # a list of the largest round takes some kilobytes
_MOST_NEAREST = 30  # where more names are strange than this, it is no slip of the pen; looking is slow
_FILE = ("file", "filename", "file name", "ไฟล์", "ชื่อไฟล์")
_WHEN = ("received", "วันที่รับ", "วันรับ", "วันที่ได้รับ", "ได้รับเมื่อ", "รับเมื่อ")
_DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Arrivals:
    """What tells when a file came: the month's list, else when its bytes were first seen, else now.

    ``listed`` are the files' names, folded, → moment; ``seen`` SHA-256 → moment; ``findings`` what is wrong
    with the list.
    """

    listed: Mapping[str, datetime]
    seen: Mapping[str, datetime]
    now: datetime
    findings: tuple[Finding, ...] = ()

    def of(self, file: str, sha256: str) -> datetime:
        return self._listed(file) or self.seen.get(sha256, self.now)

    def known(self, file: str, sha256: str) -> bool:
        """Whether anything tells when it came, but that it is here now."""
        return self._listed(file) is not None or sha256 in self.seen

    def _listed(self, file: str) -> datetime | None:
        """What lies in a zip file or a folder came with it."""
        path = PurePosixPath(file)
        names = (fold(str(each)) for each in (path, path.name, *path.parents))
        return next((self.listed[name] for name in names if name in self.listed), None)


def is_late(received: datetime | None, due: date | None) -> bool:
    """From the day after the month's กำหนดส่ง on; never where there is none, or no arrival is known.

    Source: design, section 1 (ปฏิทิน).
    """
    return days_late(received, due) > 0


def days_late(received: datetime | None, due: date | None) -> int:
    """By how many days a submission came after the month's กำหนดส่ง; 0 where it is not late.

    Source: design, section 1 (ปฏิทิน; Wider rules: วันที่ช้า).
    """
    return max(0, (received.date() - due).days) if received and due else 0


@dataclass(frozen=True)
class Sense:
    """The days on which a submission can have come, both ends allowed, and the workspace's time zone."""

    first: date
    last: date
    zone: ZoneInfo


def near_round(config: Config, tables: LevelTables) -> tuple[date, date]:
    """The first and the last day that a submission can speak of, or come on."""
    start, end, limits = tables.round.start, tables.round.end, config.intake
    first = date(start.year - limits.date_years_before, start.month, 1)
    return first, date(end.year + limits.date_years_after, end.month, 28)


def read_arrivals(
    folder: Path, sense: Sense, seen: Mapping[str, datetime], below: Iterable[str] = ()
) -> Arrivals:
    """When the files of a month's folder came; ``below`` are what lies in its zip files and folders, which
    the list may name with or without these.

    Raises ``FileHeld`` where another program holds the list.

    Source: design, section 1 (ส่งทันกำหนด: by its due day).
    """
    now = datetime.now(sense.zone).replace(microsecond=0, tzinfo=None)
    path = folder / RECEIVED
    if not os.path.lexists(path):  # a link that leads nowhere is no absence
        return Arrivals({}, seen, now)
    try:
        lines = _decoded(path).splitlines()
    except PermissionError:
        raise FileHeld(file=path) from None
    except (OSError, ValueError) as reason:
        fault = finding("received-unreadable", Place(RECEIVED), found=reason)
        return Arrivals({}, seen, now, (fault,))
    names = [written(Path(each.name)) for each in folder.iterdir() if each.name != RECEIVED]
    inner = [part for file in below if "/" in file for part in (file, PurePosixPath(file).name)]
    rows = _Rows(sense, {fold(name): name for name in (*names, *inner)})
    findings = tuple(rows.read(lines))
    return Arrivals(rows.listed, seen, now, findings)


def _decoded(path: Path) -> str:
    """The list as text. Raises ``ValueError`` where it is none or too large, ``OSError`` where the disk
    refuses.
    """
    if not path.is_file():
        raise ValueError("no file")
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(f"> {_MOST_BYTES:,} bytes")
    return decoded(path.read_bytes())


@dataclass
class _Rows:
    """The list, line by line; a cell never runs over several lines, so that a stray quote hides no other."""

    sense: Sense
    names: Mapping[str, str]
    listed: dict[str, datetime] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    strays: int = 0

    def read(self, lines: Sequence[str]) -> Iterator[Finding]:
        """Fill ``listed``; yields what is wrong."""
        numbered = [(number, line) for number, line in enumerate(lines, 1) if squash(line)]
        if numbered and numbered[0][1].lower().startswith("sep="):  # Excel's own word on the delimiter
            numbered = numbered[1:]
        head = numbered[0][1] if numbered else ""
        delimiter = max(_DELIMITERS, key=lambda each: (_columns(head, each) is not None, head.count(each)))
        columns = _columns(head, delimiter)
        if columns is None:
            names = ", ".join(map(_short, _cells(head, delimiter))) or "–"
            yield finding("received-columns", Place(RECEIVED), found=names)
            return
        for number, line in numbered[1:]:
            cells = [*_cells(line, delimiter), *[""] * (max(columns) + 1)]
            file, moment = (squash(cells[column]) for column in columns)
            if file or moment:
                yield from self._row(number, file, moment, "\0" not in line)

    def _row(self, number: int, file: str, text: str, whole: bool) -> Iterator[Finding]:
        name, moment = fold(file), read_moment(text, self.sense.zone) if whole else None
        place = Place(RECEIVED)
        if name not in self.names:
            self.strays += 1
            near = list(self.names.values()) if self.strays <= _MOST_NEAREST else []
            nearest = nearest_of(_short(file), near)
            yield finding("received-no-file", place, found=_short(file), line=number, nearest=nearest)
            return
        if name in self.lines:
            self.listed.pop(name, None)  # which of the two is right nothing tells
            yield finding("received-twice", place, found=file, line=number, first=self.lines[name])
            return
        self.lines[name] = number
        if moment is None:
            yield finding("received-line", place, found=_short(text) or "–", line=number, file=file)
        elif not self.sense.first <= moment.date() <= self.sense.last:
            facts = {"first": self.sense.first.isoformat(), "last": self.sense.last.isoformat()}
            yield finding("received-far", place, found=_short(text), line=number, file=file, **facts)
        else:
            self.listed[name] = moment


def _columns(head: str, delimiter: str) -> tuple[int, int] | None:
    """Where the file and the moment stand; nothing unless each has one column."""
    names = [fold(name) for name in _cells(head, delimiter)]
    files, moments = ([at for at, name in enumerate(names) if name in known] for known in (_FILE, _WHEN))
    return (files[0], moments[0]) if len(files) == len(moments) == 1 else None


def _cells(line: str, delimiter: str) -> list[str]:
    """A line's cells; the line as it is where it can't be taken apart."""
    try:
        return [squash(cell) for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return [line]


def _short(text: str) -> str:
    shown = text.replace("\0", "�")
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
