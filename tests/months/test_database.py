"""A history that is damaged, foreign or gone, and months' folders that are: what is said, what is used, and
that a rebuild mends it.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from small_workspace import EARLIER, MONTH, UNITS, written_workspace
from workspace import BESIDE, digest, findings, kpibatch, run, tree

from kpibatch.base.errors import DatabaseBusy, HistoryRefused
from kpibatch.months.database import opened, transaction
from kpibatch.months.history import history_of
from kpibatch.months.record import record_bytes

SHOW = ("history", "show", UNITS[0], "D2.1")


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return written_workspace(tmp_path)


@pytest.fixture(scope="module")
def agreed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run once more, so that the folders and the history say the same; read only."""
    workspace = written_workspace(tmp_path_factory.mktemp("agreed"))
    run(workspace)
    return workspace


def rows(workspace: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything the history holds."""
    with closing(sqlite3.connect(workspace / "output" / "history.sqlite")) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in sorted(tables)
        }


# --- a history that is no history ---------------------------------------------------------------------------


def overwrite(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def cut(path: Path, part: float) -> None:
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])


def scribble(path: Path) -> None:
    """Pages overwritten in the middle; the header is whole."""
    raw = bytearray(path.read_bytes())
    raw[4096:] = b"\xa5" * (len(raw) - 4096)
    path.write_bytes(raw)


def of_another_application(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE letters (body TEXT); INSERT INTO letters VALUES ('สำคัญ')")


def of_another_application_still_empty(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 252006674")


def scheme(path: Path, change: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(change)


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: Mapping[str, tuple[Callable[[Path], None], str]] = {
    "garbage": (lambda path: overwrite(path, "ไม่ใช่ฐานข้อมูล".encode() * 1000), "history rebuild"),
    "a few bytes": (lambda path: overwrite(path, b"SQLite"), "history rebuild"),
    "zeros": (lambda path: overwrite(path, bytes(8192)), "history rebuild"),
    "cut in the header": (lambda path: cut(path, 0.0008), "history rebuild"),
    "cut in half": (lambda path: cut(path, 0.5), "history rebuild"),
    "cut at the end": (lambda path: cut(path, 0.9), "history rebuild"),
    "scribbled": (scribble, "history rebuild"),
    "a table too few": (lambda path: scheme(path, "DROP TABLE findings"), "findings"),
    "another column": (lambda path: scheme(path, "ALTER TABLE scores RENAME level TO step"), "scores"),
    "a trigger": (
        lambda path: scheme(path, "CREATE TRIGGER odd AFTER INSERT ON sights BEGIN DELETE FROM sights; END"),
        "odd",
    ),
    "newer": (newer, "99"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_history_is_told_in_one_line_and_mended_by_a_rebuild(
    name: str, agreed: Path, tmp_path: Path
) -> None:
    damage, told = DAMAGES[name]
    written = Path(shutil.copytree(agreed, tmp_path / "damaged"))
    whole, month = rows(written), tree(written / "output" / MONTH)
    damage(written / "output" / "history.sqlite")
    damaged = digest(written / "output" / "history.sqlite")
    for words in (("run",), ("status",), SHOW, ("close",)):
        result = kpibatch(written, *words)
        assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1), result.output
        assert told in result.stderr
        assert "history.sqlite" in result.stderr
    assert digest(written / "output" / "history.sqlite") == damaged
    assert tree(written / "output" / MONTH) == month
    assert kpibatch(written, "history", "rebuild").exit_code == 0
    assert rows(written) == whole
    assert kpibatch(written, "run").exit_code == 1
    left = {path.name for path in (written / "output").iterdir()} - BESIDE
    assert left == {EARLIER, MONTH, "history.sqlite"}


@pytest.mark.slow
@pytest.mark.parametrize("other", [of_another_application, of_another_application_still_empty])
def test_another_applications_database_is_not_touched(other: Callable[[Path], None], written: Path) -> None:
    run(written)
    whole, path = rows(written), written / "output" / "history.sqlite"
    other(path)
    before = digest(path)
    for words in (("run",), ("status",), SHOW, ("history", "rebuild")):
        result = kpibatch(written, *words)
        assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1), result.output
        assert "history.sqlite" in result.stderr
    assert digest(path) == before
    path.rename(written / "theirs.sqlite")
    assert kpibatch(written, "history", "rebuild").exit_code == 0
    assert rows(written) == whole


@pytest.mark.slow
def test_a_history_that_is_a_folder(written: Path) -> None:
    folder(written / "output" / "history.sqlite")
    result = kpibatch(written, "run")  # the folder is the truth: the month is published all the same
    assert result.exit_code == 1
    assert "history.sqlite" in result.output
    result = kpibatch(written, "history", "rebuild")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1), result.output
    assert "history.sqlite" in result.stderr
    assert kpibatch(written, *SHOW).exit_code == 0  # what looks back can do without
    (written / "output" / "history.sqlite").rmdir()
    assert kpibatch(written, "run").exit_code == 1


@pytest.mark.slow
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: overwrite(path, b"")])
def test_a_history_that_is_gone_or_empty_is_made_anew_at_once(
    damage: Callable[[Path], None], written: Path
) -> None:
    run(written)
    whole = rows(written)
    damage(written / "output" / "history.sqlite")
    assert kpibatch(written, *SHOW).exit_code == 0
    assert rows(written) == whole


# --- what SQLite keeps beside it ----------------------------------------------------------------------------


def killed_at_work(workspace: Path) -> Path:
    """A process that wrote the history was killed before what it wrote came out of the write-ahead log."""
    path = workspace / "output" / "history.sqlite"
    program = f"""
import os, sqlite3
connection = sqlite3.connect({str(path)!r}, isolation_level=None)
connection.execute("PRAGMA wal_autocheckpoint = 0")
connection.execute("INSERT INTO sights VALUES ('of the log', '2022-07-04T09:38:00')")
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 9
    log = path.with_name("history.sqlite-wal")
    assert log.stat().st_size > 0
    return log


def test_a_log_left_behind_is_taken_in(written: Path) -> None:
    log = killed_at_work(written)
    assert kpibatch(written, *SHOW).exit_code == 0
    assert not log.exists()
    assert ("of the log", "2022-07-04T09:38:00") in rows(written)["sights"]


def test_a_rebuild_never_takes_the_old_log_for_the_new_ones(written: Path) -> None:
    expected = rows(written)
    killed_at_work(written)
    assert kpibatch(written, "history", "rebuild").exit_code == 0
    assert rows(written) == expected


def test_the_log_of_another_database_does_no_harm_to_a_rebuild(written: Path) -> None:
    expected, path = rows(written), written / "output" / "history.sqlite"
    path.with_name("history.sqlite-wal").write_bytes(b"\x37\x7f\x06\x82" + bytes(5000))
    overwrite(path, b"garbage" * 1000)
    assert kpibatch(written, "history", "rebuild").exit_code == 0
    assert rows(written) == expected


def test_a_rebuild_while_another_program_has_it_open_says_so(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpibatch.months.database._SECONDS", 0.1)
    expected = rows(written)
    with closing(sqlite3.connect(written / "output" / "history.sqlite", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM runs").fetchall()
        result = kpibatch(written, "history", "rebuild")
        assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
        assert "locked" in result.stderr
    assert kpibatch(written, "history", "rebuild").exit_code == 0
    assert rows(written) == expected


def test_a_busy_database_is_known_by_sqlites_code_and_not_by_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpibatch.months.database._SECONDS", 0.1)
    path = tmp_path / "history.sqlite"
    with pytest.raises(HistoryRefused, match="locked") as caught, opened(path) as connection:
        connection.execute("SELECT * FROM locked")
    assert caught.type is HistoryRefused
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(HistoryRefused) as caught, opened(path) as connection:
            connection.execute("BEGIN IMMEDIATE")
    assert caught.type is DatabaseBusy


# --- months' folders that are damaged -----------------------------------------------------------------------


def garble(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00garbled")


def edit_record(path: Path, **facts: object) -> None:
    path.write_bytes(record_bytes(json.loads(path.read_bytes()) | facts))


def saved_by_a_spreadsheet(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))


SPOILT: Mapping[str, tuple[str, Callable[[Path], object]]] = {
    "no record": ("run.json", Path.unlink),
    "garbled record": ("run.json", garble),
    "empty record": ("run.json", lambda path: path.write_bytes(b"")),
    "record of another kind": ("run.json", lambda path: path.write_text("[]")),
    "record of another month": ("run.json", lambda path: edit_record(path, month="2554-03")),
    "record without counts": ("run.json", lambda path: edit_record(path, counts={})),
    "record with odd arrivals": ("run.json", lambda path: edit_record(path, arrivals=["yesterday"])),
    "no scores": ("scores.csv", Path.unlink),
    "garbled scores": ("scores.csv", garble),
    "scores cut short": ("scores.csv", lambda path: cut(path, 0.7)),
    "empty scores": ("scores.csv", lambda path: path.write_bytes(b"")),
    "no values": ("values.csv", Path.unlink),
    "values of a spreadsheet": ("values.csv", saved_by_a_spreadsheet),
    "garbled findings": ("findings.csv", garble),
    "measures that are a folder": ("measures.csv", folder),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "rebuilt"), [(name, False) for name in SPOILT] + [(name, True) for name in list(SPOILT)[::4]]
)
def test_a_damaged_month_is_passed_over_and_told(name: str, rebuilt: bool, written: Path) -> None:
    """Whether the history knew the month from before or is made anew: the outcome is the same."""
    file, spoil = SPOILT[name]
    spoil(written / "output" / EARLIER / file)
    if rebuilt:
        result = kpibatch(written, "history", "rebuild")
        assert (result.exit_code, EARLIER in result.output) == (1, True), result.output
    output = run(written, expect=1)
    (told,) = [row for row in findings(output) if row["code"] == "history-skipped"]
    assert (told["severity"], told["file"]) == ("warning", EARLIER)
    assert file in told["found"] or "run.json" in told["found"] or EARLIER in told["found"]
    assert [month for month, *_ in rows(written)["runs"]] == [MONTH]
    if rebuilt:
        assert kpibatch(written, "run", EARLIER).exit_code in (0, 1)  # run again it is sound again
        assert [month for month, *_ in rows(written)["runs"]] == [EARLIER, MONTH]


@pytest.mark.slow
def test_listings_with_other_columns_are_passed_over_even_where_the_digests_agree(written: Path) -> None:
    month = written / "output" / EARLIER
    (month / "scores.csv").write_text(
        'month,unit,node,"level); DROP TABLE runs; --"\r\n2554-06,21P01,total,1\r\n', encoding="utf-8-sig"
    )
    listings = {path.name: digest(path) for path in month.glob("*.csv")}
    edit_record(month / "run.json", listings=listings)
    assert "history-skipped" in [row["code"] for row in findings(run(written, expect=1))]
    assert [month for month, *_ in rows(written)["runs"]] == [MONTH]


@pytest.mark.slow
def test_a_month_that_is_taken_away_is_forgotten(written: Path) -> None:
    shutil.rmtree(written / "output" / EARLIER)
    output = run(written, expect=1)
    assert not [row for row in findings(output) if row["code"].startswith("history-")]
    kept = rows(written)
    assert [month for month, *_ in kept["runs"]] == [MONTH]
    assert all(row[0] != EARLIER for table in ("scores", "submissions", "findings") for row in kept[table])
    assert kpibatch(written, "history", "rebuild").exit_code == 0
    assert {**rows(written), "sights": []} == {**kept, "sights": []}


@pytest.mark.slow
def test_a_check_alone_is_no_month_of_a_run(written: Path) -> None:
    shutil.rmtree(written / "output" / EARLIER)
    assert kpibatch(written, "check", EARLIER).exit_code in (0, 1)
    assert not [row for row in findings(run(written, expect=1)) if row["code"].startswith("history-")]


@pytest.mark.slow
def test_a_month_of_another_round_is_told_and_not_used(written: Path) -> None:
    edit_record(written / "output" / EARLIER / "run.json", round="2553/1")
    (told,) = [row for row in findings(run(written, expect=1)) if row["code"] == "history-other-round"]
    assert (told["severity"], told["found"]) == ("warning", "2553/1")


@pytest.mark.slow
def test_the_history_of_a_full_disk_still_knows_what_check_saw(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A passing history in memory is the one a rebuild would make: when files came is not lost with the
    database.
    """
    assert kpibatch(written, "check").exit_code == 1
    with history_of(written / "output") as history:
        seen, rounds = history.sights(), history.rounds()
    true = sqlite3.connect

    def refuse(path: object, *words: object, **more: object) -> object:
        if str(path) != ":memory:":
            raise sqlite3.OperationalError("disk I/O error")
        return true(path, *words, **more)  # type: ignore[call-overload]

    monkeypatch.setattr("kpibatch.months.database.sqlite3.connect", refuse)
    with history_of(written / "output") as history:
        assert (history.sights(), history.rounds()) == (seen, rounds)


# --- a share without shared memory --------------------------------------------------------------------------


def without_shared_memory(*words: object, **options: object) -> sqlite3.Connection:
    """As on a share that maps no memory: SQLite's own way of working by files alone."""
    path, *more = words
    return CONNECT(f"{Path(str(path)).absolute().as_uri()}?vfs=unix-dotfile", *more, uri=True, **options)  # type: ignore[arg-type,call-overload,no-any-return]


CONNECT = sqlite3.connect


@pytest.mark.skipif(sys.platform == "win32", reason="Windows' SQLite has no such way")
def test_where_no_memory_is_shared_the_journal_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "history.sqlite"
    with opened(path) as connection:
        connection.execute("INSERT INTO sights VALUES ('a', '2022-07-01')")
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    monkeypatch.setattr("kpibatch.months.database.sqlite3.connect", without_shared_memory)
    for _ in range(2):
        with opened(path) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
            assert connection.execute("SELECT * FROM sights").fetchall() == [("a", "2022-07-01")]
            with transaction(connection):
                connection.execute("UPDATE sights SET first_seen = '2022-07-01'")
    with opened(tmp_path / "new.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (0,)


@pytest.mark.parametrize(("away", "journal"), [(False, "wal"), (True, "delete")])
def test_on_another_computer_s_disk_the_journal_is_a_file(
    away: bool, journal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WAL seems to work on a share of Windows, and is lost where two computers write."""
    monkeypatch.setattr("kpibatch.months.database.on_a_share", lambda path: away)
    with opened(tmp_path / "history.sqlite") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == (journal,)


def refuses(*words: object, **options: object) -> sqlite3.Connection:
    """As on a share where not even a file can be locked."""
    if words[0] == Path(":memory:"):
        return CONNECT(*words, **options)  # type: ignore[arg-type,call-overload,no-any-return]
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    raise error


@pytest.mark.slow
def test_where_the_share_refuses_the_history_the_month_is_published_all_the_same(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(written)
    shutil.rmtree(written / "output" / MONTH)
    with monkeypatch.context() as patch:
        patch.setattr("kpibatch.months.database.sqlite3.connect", refuses)
        result = kpibatch(written, "run", MONTH)
        assert result.exit_code == 1
        assert "disk I/O error" in result.output
        assert "kpibatch history rebuild" in result.output
        assert (written / "output" / MONTH / "ranking.xlsx").is_file()
        assert kpibatch(written, "check", MONTH).exit_code in (0, 1)
        assert kpibatch(written, "mail", MONTH, "--send").exit_code == 2
    assert kpibatch(written, "history", "show", "3101", "T1").exit_code in (0, 2)
    assert rows(written)["scores"] == before["scores"]


VERSION_2 = """
CREATE TABLE sent_values (
    month TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, of_month TEXT NOT NULL, unit TEXT NOT NULL
);
CREATE TABLE measures (month TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, unit TEXT NOT NULL);
INSERT INTO measures SELECT month, '21P12' FROM runs;
PRAGMA user_version = 2;
"""


@pytest.mark.slow
def test_a_history_of_the_version_before_is_brought_up_to_this_one(agreed: Path, tmp_path: Path) -> None:
    written = Path(shutil.copytree(agreed, tmp_path / "version-2"))
    whole, said = rows(written), kpibatch(written, *SHOW).output
    scheme(written / "output" / "history.sqlite", VERSION_2)
    result = kpibatch(written, *SHOW)
    assert (result.exit_code, result.output) == (0, said)
    assert rows(written) == whole
