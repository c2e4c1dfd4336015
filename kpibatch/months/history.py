"""What earlier months said: ``output/history.sqlite``, kept in step with the months' folders and made anew
from them.

The folders are the truth, the database is their index: a month's rows are read from its folder, after a run
and in a rebuild by the same way. So a run that was killed between the two is caught up with by the next
command. Values, which are many and seldom asked for, stay in the folders.
"""

import hashlib
import marshal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from kpibatch.base.errors import CannotWrite, HistoryRefused, KpibatchError, PublishedDamaged
from kpibatch.base.files import by_name
from kpibatch.base.month_files import CHECKED, FINDINGS, HISTORY, LISTED, MEASURES, RECORD, SCORES, VALUES
from kpibatch.intake.past import PAST_COLUMNS, PastMonth
from kpibatch.months.database import BadRow, Connection, discard, opened, take_place, transaction
from kpibatch.months.folder import (
    Published,
    as_number,
    published_months,
    read_published,
)
from kpibatch.months.journal import restore
from kpibatch.months.record import read_record
from kpibatch.months.sealed import Months, as_sealed
from kpibatch.rules.records import TOTAL

Line: TypeAlias = tuple[str, int | None, float | None, str, int | None]
_MEMORY = Path(":memory:")
_AT_ONCE = 1000  # rows
_LISTINGS = {"scores": SCORES, "findings": FINDINGS}
_BELOW_RUNS = ("submissions", *_LISTINGS)


@dataclass(frozen=True)
class History:
    """An open history. ``months`` are the folders that it was read from, ``published`` what was read of each,
    ``skipped`` the months that can't be read, with why.
    """

    connection: Connection
    months: Months
    published: dict[str, Published] = field(default_factory=dict)
    skipped: dict[str, KpibatchError] = field(default_factory=dict)

    def sights(self) -> dict[str, datetime]:
        """SHA-256 → when the batch first saw those bytes."""
        rows = self.connection.execute("SELECT sha256, first_seen FROM sights")
        return {digest: datetime.fromisoformat(moment) for digest, moment in rows}

    def rounds(self) -> dict[str, str]:
        """The months that were published, with their rounds."""
        return dict(self.connection.execute("SELECT month, round FROM runs ORDER BY month"))

    def month(self, month: str) -> PastMonth:
        """What was published of a month, as the months after it look back on it."""
        totals = self.connection.execute(
            "SELECT unit, rank, 100 * score / top_score FROM scores JOIN runs USING (month)"
            " WHERE month = ? AND node = ?",
            (month, TOTAL),
        ).fetchall()
        kpis = self.connection.execute(
            "SELECT unit, node, level, value FROM scores WHERE month = ? AND level IS NOT NULL", (month,)
        ).fetchall()
        prompt = self.connection.execute(
            "SELECT unit FROM submissions WHERE month = ? AND counts AND NOT late", (month,)
        )
        import pandas as pd  # whoever only looks a line up need not wait for it

        sent = pd.DataFrame(self.published[month].lines(VALUES, PAST_COLUMNS), columns=list(PAST_COLUMNS))
        return PastMonth(
            month,
            {unit: rank for unit, rank, _ in totals if rank},
            {unit: percent for unit, _, percent in totals if percent is not None},
            frozenset(unit for (unit,) in prompt),
            sent.assign(value=sent["value"].map(as_number).astype(float)),
            levels={(unit, kpi): level for unit, kpi, level, _ in kpis},
            values={
                (unit, kpi): float(value) for unit, kpi, _, value in kpis if isinstance(value, int | float)
            },
        )

    def sent(self, month: str) -> dict[str, tuple[datetime | None, bool]]:
        """Unit → when its submission that counted came, where known, and whether that was late then."""
        rows = self.connection.execute(
            "SELECT unit, received, late FROM submissions WHERE month = ? AND counts", (month,)
        )
        return {
            unit: (datetime.fromisoformat(moment) if moment else None, bool(late))
            for unit, moment, late in rows
        }

    def line(self, unit: str, node: str) -> list[Line]:
        """Month by month: level, score and status of a unit's node, and the unit's rank."""
        return self.connection.execute(
            "SELECT s.month, s.level, s.score, s.status, t.rank FROM scores s"
            " JOIN scores t ON t.month = s.month AND t.unit = s.unit AND t.node = ?"
            " WHERE s.unit = ? AND s.node = ? ORDER BY s.month",
            (TOTAL, unit, node),
        ).fetchall()

    def values(self, unit: str, month: str) -> dict[str, tuple[float, str, str, str]]:
        """Measure → its value that month (NaN where missing), and the file, sheet and cell it came from."""
        wanted = ("unit", "measure", "value", "file", "sheet", "cell")
        return {
            measure: (as_number(value), file, sheet, cell)
            for of, measure, value, file, sheet, cell in self.published[month].lines(MEASURES, wanted)
            if of == unit
        }


@contextmanager
def history_of(output: Path, *, to_keep: bool = False) -> Iterator[History]:
    """The history of an output folder, in step with it; a passing one where nothing was published yet.

    Where the disk refuses, it is a passing one too, so that what only looks back still can; unless it is
    ``to_keep``. Raises ``KpibatchError`` where ``history.sqlite`` is damaged, foreign or of a newer version.
    """
    path = output / HISTORY
    with as_sealed(output) as months:
        try:
            history, closing = _begun(
                path if path.exists() or any(published_months(output)) else _MEMORY, output, months
            )
        except HistoryRefused:
            if to_keep:
                raise
            history, closing = _begun(_MEMORY, output, months)
        with closing:
            yield history


def _begun(path: Path, output: Path, months: Months) -> tuple[History, ExitStack]:
    with ExitStack() as stack:
        connection = stack.enter_context(opened(path))
        return _in_step(connection, output, months), stack.pop_all()


def _in_step(connection: Connection, output: Path, months: Months) -> History:
    """Take in what was published since, and again what the database no longer holds as it was taken in; where
    it is new, what was mailed and what was only checked as well.

    What the database says of a month that is gone or can't be read is forgotten: a rebuild would not know it
    either.
    """
    history = History(connection, months)
    known = dict(connection.execute("SELECT month, record_sha256 FROM runs"))
    if not known:
        for month in months.folders:
            with suppress(
                KpibatchError
            ):  # a damaged journal is told, and stops, when that month's mails are sent
                restore(connection, [output / month])
        _recall_sights(connection, output)
    for month, folder in months.folders.items():
        try:
            published = read_published(folder)
            for name in LISTED:
                published.trusted(name)
            if known.get(published.month) != _digests(connection, published):
                load(connection, published)
            history.published[month] = published
        except KpibatchError as error:
            history.skipped[month] = error
    for month in sorted({*known} - {*months.folders} | {*known} & {*history.skipped}):
        with transaction(connection):
            connection.execute("DELETE FROM runs WHERE month = ?", (month,))
    return history


def remember(output: Path, arrivals: Mapping[str, datetime]) -> None:
    """Keep when files (by SHA-256) came that were never seen before."""
    with opened(output / HISTORY) as connection, transaction(connection):
        _add_sights(
            connection, {digest: moment.isoformat(timespec="seconds") for digest, moment in arrivals.items()}
        )


def rebuild(output: Path) -> History:
    """The database made anew from the months' folders; the old one stands until the new one is whole.

    The history that is given back is closed; it tells the months that were skipped.
    """
    path, part = output / HISTORY, output / f".{HISTORY}.part"
    discard(part)
    try:
        with as_sealed(output) as months, opened(part) as connection:
            history = _in_step(connection, output, months)
        take_place(part, path)
    except OSError as reason:
        raise CannotWrite(file=path, reason=reason) from None
    finally:
        discard(part)
    return history


def _recall_sights(connection: Connection, output: Path) -> None:
    """What ``check`` wrote down of when files came."""
    for path in sorted(output.glob(f"*/{CHECKED}"), key=by_name):
        with suppress(OSError, ValueError), transaction(connection):
            _add_sights(connection, read_record(path.read_bytes())["arrivals"])


# --- one month's folder → rows ------------------------------------------------------------------------------


def load(connection: Connection, published: Published) -> None:
    """Put a month's folder in the place of what the database held of that month, all or nothing."""
    try:
        with transaction(connection):
            for table in (*_BELOW_RUNS, "runs"):
                connection.execute(f"DELETE FROM {table} WHERE month = ?", (published.month,))
            for table, records in (("runs", [_run(published)]), ("submissions", _submissions(published))):
                columns = _columns(connection, table)
                _insert(connection, table, ([each[name] for name in columns] for each in records))
            for table, listing in _LISTINGS.items():
                _insert(connection, table, _listed(published, listing, _columns(connection, table)))
            _add_sights(connection, published.record["arrivals"])
            connection.execute(
                "UPDATE runs SET record_sha256 = ? WHERE month = ?",
                (_digests(connection, published), published.month),
            )
    except (KeyError, TypeError, ValueError, AttributeError, *BadRow) as reason:
        raise PublishedDamaged(folder=published.folder, file=RECORD, reason=repr(reason)) from None


def _run(published: Published) -> dict[str, Any]:
    record, counts = published.record, published.record["counts"]
    return {
        "month": published.month,
        "round": published.round,
        "record_sha256": published.digest,
        "level_tables_sha256": record["level_tables"]["sha256"],
        "level_tables_digest": record["level_tables"]["digest"],
        "top_score": record["top_score"],
        "kpibatch": record["versions"]["kpibatch"],
        **{name: counts[name] for name in ("units", "submitted", "late", "ranked")},
        **{f"{severity}s": counts["findings"][severity] for severity in ("error", "warning", "note")},
    }


def _submissions(published: Published) -> Iterator[dict[str, Any]]:
    """Every file of the month; those that count say whose they are."""
    sent = {submission["file"]: submission for submission in published.record["submissions"]}
    arrivals = published.record["arrivals"]
    for file in published.record["inputs"]:
        counts = sent.get(file["file"])
        yield {
            "month": published.month,
            "file": file["file"],
            "sha256": file["sha256"],
            "unit": counts and counts["unit"],
            "received": arrivals.get(file["sha256"]),
            "late": counts and int(counts["late"]),
            "counts": int(counts is not None),
        }


def _listed(published: Published, listing: str, columns: Sequence[str]) -> Iterator[Sequence[str]]:
    """A listing's rows as the database holds them: the month first, which is of the whole listing."""
    _, *rest = columns
    return ((published.month, *cells) for cells in published.lines(listing, rest))


def _digests(connection: Connection, published: Published) -> str:
    """Which record a month's rows were read from, and that they are as they were then."""
    rows = hashlib.sha256()
    for table in ("runs", *_BELOW_RUNS):
        columns = [name for name in _columns(connection, table) if name != "record_sha256"]
        chosen = f"SELECT {', '.join(columns)} FROM {table} WHERE month = ? ORDER BY rowid"
        found = connection.execute(chosen, (published.month,))
        while several := found.fetchmany(_AT_ONCE):
            rows.update(marshal.dumps(several, 2))  # without references: the same rows, the same bytes
    return f"{published.digest} {rows.hexdigest()}"


def _insert(connection: Connection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    mark = "?" if table not in _LISTINGS or table == "findings" else "NULLIF(?, '')"  # a blank is nothing
    marks = ", ".join(mark for _ in _columns(connection, table))
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _columns(connection: Connection, table: str) -> list[str]:
    return [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]


def _add_sights(connection: Connection, arrivals: Mapping[str, str]) -> None:
    connection.executemany("INSERT OR IGNORE INTO sights VALUES (?, ?)", sorted(arrivals.items()))
