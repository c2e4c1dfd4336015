"""The mails' states on record twice: in the history's table ``mails`` and in
``output/MONTH/mail/journal.csv``.

The journal has a line for every change of a state and is only ever added to; the table holds the last states
and can be made anew from it. A change is in both, and on the disk, before the program goes on.
"""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from errno import ENOSPC
from pathlib import Path
from typing import Any, BinaryIO

from kpibatch.base.errors import MailElsewhere, MailJournalDamaged, MailJournalRefused
from kpibatch.base.files import on_disk
from kpibatch.base.month_files import JOURNAL
from kpibatch.months.database import Connection, transaction
from kpibatch.months.outbox import Entry, Key, Row, State

COLUMNS = (
    "month",
    "unit",
    "kind",
    "recipient",
    "content_sha256",
    "revision",
    "subject",
    "state",
    "attempts",
    "at",
    "detail",
)
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM mails"
_STORE = f"INSERT OR REPLACE INTO mails ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_BOM = b"\xef\xbb\xbf"


class Outbox:
    """The mails of one month; ``folder`` is the month's, ``output/2565-06``."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        self._connection, self._folder = connection, folder

    def reconcile(self) -> None:
        """Table and journal say the same: each is given what only the other has, or has newer.

        Raises ``KpibatchError``: the journal can't be read or written.
        """
        restore(self._connection, [self._folder])
        there = {row.entry.key: row for row in read_journal(self._folder)}
        lacking = [
            row for row in mails_of(self._connection, self._folder.name) if there.get(row.entry.key) != row
        ]
        if lacking:
            _append(self._folder, lacking)

    def history(self, month: str, unit: str, kind: str) -> tuple[Row, ...]:
        return mails_of(self._connection, month, unit, kind)

    def claim(self, seen: Sequence[Row], rows: Sequence[Row]) -> None:
        """Put the intent to send on record.

        Raises ``KpibatchError``, and nothing is changed: somebody else changed what was ``seen`` of this
        mail, or the journal can't be written.
        """
        entry = rows[0].entry
        with transaction(self._connection):
            if self.history(entry.month, entry.unit, entry.kind) != tuple(seen):
                raise MailElsewhere(unit=entry.unit)
            self._write(rows)

    def record(self, rows: Sequence[Row]) -> None:
        """Put states on record. Raises ``KpibatchError`` as ``claim`` does."""
        with transaction(self._connection):
            self._write(rows)

    def _write(self, rows: Sequence[Row]) -> None:
        _store(self._connection, rows)
        _append(self._folder, rows)


def mails_of(
    connection: Connection, month: str, unit: str | None = None, kind: str | None = None
) -> tuple[Row, ...]:
    """The last state of every mail of a month, or of one unit and kind in it."""
    wanted = {
        column: value
        for column, value in (("month", month), ("unit", unit), ("kind", kind))
        if value is not None
    }
    where = " AND ".join(f"{column} = ?" for column in wanted)
    rows = connection.execute(
        f"{_SELECT} WHERE {where} ORDER BY unit, kind, recipient, content_sha256", tuple(wanted.values())
    )
    return tuple(_row(cells) for cells in rows)


def mail_status(connection: Connection, month: str) -> tuple[Row, ...]:
    """For each unit, kind and recipient the newest mail; one that was left SENDING is UNKNOWN."""
    newest: dict[tuple[str, str, str], Row] = {}
    for row in sorted(mails_of(connection, month), key=lambda row: row.at):
        newest[row.entry.unit, row.entry.kind, row.entry.recipient] = row
    return tuple(row.afterwards for _, row in sorted(newest.items()))


def restore(connection: Connection, folders: Iterable[Path]) -> int:
    """Bring the table up to the journals of these months' folders; returns how many mails it did not know so.

    Raises ``KpibatchError`` where a journal can't be read.
    """
    rows = [row for folder in folders for row in read_journal(folder)]
    with transaction(connection):
        known = {
            row.entry.key: row
            for month in {row.entry.month for row in rows}
            for row in mails_of(connection, month)
        }
        newer = [row for row in rows if _is_newer(row, known.get(row.entry.key))]
        _store(connection, newer)
    return len(newer)


def _is_newer(row: Row, known: Row | None) -> bool:
    if known is None:
        return True
    return known.state is not State.SENT and (row.state is State.SENT or row.at > known.at)


def _store(connection: Connection, rows: Iterable[Row]) -> None:
    connection.executemany(_STORE, [_cells(row) for row in rows])


# --- the journal --------------------------------------------------------------------------------------------


def read_journal(folder: Path) -> tuple[Row, ...]:
    """The last state of every mail in a month's journal; none where there is no journal.

    A last line without its end was cut off while it was written, and nothing was done upon it. Raises
    ``KpibatchError``:
    the journal can't be read.
    """
    path = folder / JOURNAL
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as reason:
        raise MailJournalRefused(file=path, reason=reason) from None
    states: dict[Key, Row] = {}
    line = 1
    try:
        whole = raw[: raw.rfind(b"\n") + 1].decode("utf-8-sig")
        for line, cells in enumerate(csv.reader(io.StringIO(whole, newline="")), 1):
            if line > 1:
                row = _row(cells)
                if not _is_final(states.get(row.entry.key)):
                    states[row.entry.key] = row
    except (ValueError, csv.Error):
        raise MailJournalDamaged(file=path, line=line) from None
    return tuple(states.values())


def _is_final(row: Row | None) -> bool:
    return row is not None and row.state is State.SENT


def _append(folder: Path, rows: Sequence[Row]) -> None:
    """Add lines, all of them and on the disk, or none. Raises ``KpibatchError``: the disk refuses."""
    path = folder / JOURNAL
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b", buffering=0) as file:
            end = _end_of_lines(file)
            try:
                file.truncate(end)
                _write(
                    file,
                    (b"" if end else _BOM + _line(COLUMNS)) + b"".join(_line(_cells(row)) for row in rows),
                )
                if not end:  # a new file's name, and its folder's
                    on_disk(path.parent)
                    on_disk(folder)
            except OSError:
                file.truncate(end)
                raise
    except OSError as reason:
        raise MailJournalRefused(file=path, reason=reason) from None


def _write(file: BinaryIO, content: bytes) -> None:
    if file.write(content) != len(content):
        raise OSError(ENOSPC, os.strerror(ENOSPC))
    os.fsync(file.fileno())


def _end_of_lines(file: BinaryIO) -> int:
    """Where the last whole line ends: a line cut off by a crash is written over."""
    end = file.seek(0, os.SEEK_END)
    if not end:
        return 0
    file.seek(end - 1)
    if file.read(1) == b"\n":
        return end
    file.seek(0)
    return file.read().rfind(b"\n") + 1


def _line(cells: Sequence[object]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def _cells(row: Row) -> tuple[object, ...]:
    """A row as it stands in the table and the journal, in the order of ``COLUMNS``."""
    return (
        *row.entry.key,
        row.revision,
        row.entry.subject,
        row.state.value,
        row.attempts,
        row.at.isoformat(),
        row.detail,
    )


def _row(cells: Sequence[Any]) -> Row:
    """Raises ``ValueError`` where the cells are no row."""
    month, unit, kind, recipient, content, revision, subject, state, attempts, at, detail = cells
    entry = Entry(month, unit, kind, recipient, content, subject)
    return Row(
        entry, int(revision), State(state), int(attempts), datetime.fromisoformat(at).astimezone(), detail
    )
