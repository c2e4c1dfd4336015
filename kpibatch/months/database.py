"""``output/history.sqlite``: its tables, opening it, and what is wrong when it can't be opened (the door to
sqlite3).

The database holds nothing that does not stand in the months' folders as well, so it can be lost.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path

from kpibatch.base.errors import (
    CannotWrite,
    DatabaseBusy,
    HistoryDamaged,
    HistoryForeign,
    HistoryRefused,
    HistoryVersion,
    KpibatchError,
)
from kpibatch.base.files import moved, on_a_share

Connection = sqlite3.Connection
BadRow = (sqlite3.IntegrityError, sqlite3.ProgrammingError)
_APPLICATION = int.from_bytes(b"kpib", "big")
_VERSION = 3
_FROM_2 = "DROP TABLE IF EXISTS sent_values; DROP TABLE IF EXISTS measures;"  # their folders are asked
_SECONDS = 30.0
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_NO_SHARED_MEMORY = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL)
_PRIMARY = 0xFF  # an extended code (BUSY_SNAPSHOT …) ends with the code it extends
_TAILS = ("-wal", "-shm", "-journal")
_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    month TEXT PRIMARY KEY, round TEXT NOT NULL, record_sha256 TEXT NOT NULL,
    level_tables_sha256 TEXT, level_tables_digest TEXT, top_score REAL, kpibatch TEXT,
    units INTEGER, submitted INTEGER, late INTEGER, ranked INTEGER,
    errors INTEGER, warnings INTEGER, notes INTEGER
);
CREATE TABLE IF NOT EXISTS submissions (
    month TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, file TEXT NOT NULL, sha256 TEXT NOT NULL,
    unit TEXT, received TEXT, late INTEGER, counts INTEGER NOT NULL, PRIMARY KEY (month, file)
);
CREATE INDEX IF NOT EXISTS submissions_by_sha256 ON submissions (sha256);
CREATE TABLE IF NOT EXISTS scores (
    month TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, unit TEXT NOT NULL, node TEXT NOT NULL,
    level INTEGER, score REAL, value NUMERIC, weight REAL, effective_weight REAL,
    status TEXT NOT NULL, rank INTEGER,
    PRIMARY KEY (month, unit, node)
);
CREATE TABLE IF NOT EXISTS findings (
    month TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
    severity TEXT NOT NULL, code TEXT NOT NULL, unit TEXT,
    file TEXT, sheet TEXT, cell TEXT, measure TEXT, found TEXT, message TEXT
);
CREATE INDEX IF NOT EXISTS findings_by_unit ON findings (month, unit);
CREATE TABLE IF NOT EXISTS sights (sha256 TEXT PRIMARY KEY, first_seen TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS mails (
    month TEXT NOT NULL, unit TEXT NOT NULL, kind TEXT NOT NULL, recipient TEXT NOT NULL,
    content_sha256 TEXT NOT NULL,
    revision INTEGER NOT NULL, subject TEXT NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL, at TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (month, unit, kind, recipient, content_sha256)
);
"""


@contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """The database, made where there is none; closed after the block.

    Raises ``KpibatchError``: damaged, not a history, of a newer version, or the disk refuses. What goes wrong
    in the database inside the block is told the same way.
    """
    try:
        with closing(_connected(path)) as connection:
            yield connection
    except sqlite3.OperationalError as reason:
        busy = getattr(reason, "sqlite_errorcode", 0) & _PRIMARY in _BUSY
        raise (DatabaseBusy if busy else HistoryRefused)(file=path, reason=reason) from None
    except sqlite3.DatabaseError as reason:
        raise HistoryDamaged(file=path, reason=reason) from None


def _connected(path: Path) -> Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise CannotWrite(file=path.parent, reason=reason) from None
    try:
        return _begun(path, "DELETE" if on_a_share(path) else "WAL")  # whose memory one computer alone shares
    except sqlite3.OperationalError as reason:
        if getattr(reason, "sqlite_errorcode", 0) & _PRIMARY not in _NO_SHARED_MEMORY:
            raise
        return _begun(path, "DELETE")


def _begun(path: Path, journal: str) -> Connection:
    """With journal ``DELETE`` the database does without shared memory, which some shares don't have; one that
    was left in WAL is brought out of it by holding it alone for that moment.
    """
    connection = sqlite3.connect(path, timeout=_SECONDS, isolation_level=None)
    try:
        if journal == "DELETE":
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        new = _is_new(connection, path)  # asked first: what is not ours stays as it is, to the byte
        _look_through(connection)  # before anything is done by it, not half way through a run
        connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.execute("PRAGMA locking_mode = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        if new:
            connection.executescript(
                f"BEGIN IMMEDIATE; {_TABLES} PRAGMA application_id = {_APPLICATION};"
                f" PRAGMA user_version = {_VERSION}; COMMIT;"
            )
    except BaseException:
        connection.close()
        raise
    return connection


def _look_through(connection: Connection) -> None:
    """Raises ``sqlite3.DatabaseError`` where a page is not as it should be."""
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict.splitlines()[-1])


def _is_new(connection: Connection, path: Path) -> bool:
    """Whether the tables are still to be made; those of the version before are brought up to this one.

    Raises ``KpibatchError`` where the database is none of this program's.
    """
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not (tables or application or version):
        return True
    if application != _APPLICATION:
        raise HistoryForeign(file=path)
    if version == 2:
        connection.executescript(f"BEGIN IMMEDIATE; {_FROM_2} PRAGMA user_version = {_VERSION}; COMMIT;")
    elif version != _VERSION:
        raise HistoryVersion(file=path, found=version, expected=_VERSION)
    if (found := _columns(connection)) != (expected := _expected()):
        odd = sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))
        raise sqlite3.DatabaseError(", ".join(odd))
    return False


def _columns(connection: Connection) -> dict[str, list[str]]:
    """The columns of each table; a view or trigger, of which there are none, has a line of its own."""
    rows = connection.execute("SELECT name, type FROM sqlite_master WHERE type <> 'index'").fetchall()
    pragma = "SELECT name FROM pragma_table_info(?)"
    return {
        name: [column for (column,) in connection.execute(pragma, (name,))] if kind == "table" else [kind]
        for name, kind in rows
    }


@cache
def _expected() -> dict[str, list[str]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_TABLES)
        return _columns(connection)


def discard(path: Path) -> None:
    """Take a database away, with what SQLite keeps beside it."""
    for tail in ("", *_TAILS):
        with suppress(OSError):
            path.with_name(path.name + tail).unlink(missing_ok=True)


def take_place(new: Path, path: Path) -> None:
    """Put a database, closed, in the place of another.

    Killed at any moment, one of the two is there and whole. Raises ``KpibatchError`` where the other is
    another application's or in use; ``OSError`` where the disk refuses.
    """
    try:
        with opened(path) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")  # what stands beside the file goes into it
    except (HistoryForeign, DatabaseBusy):
        raise
    except KpibatchError:
        for tail in _TAILS:  # a damaged database's; they must not be taken for the new one's
            path.with_name(path.name + tail).unlink(missing_ok=True)
    moved(new, path)


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All or nothing: what the block writes is there after it, or none of it is."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
