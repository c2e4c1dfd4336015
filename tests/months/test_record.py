"""What is read back of a published month is trusted only by its digest, by whoever reads it."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from small_workspace import EARLIER, MONTH, UNITS, written_workspace
from workspace import configure, findings, kpibatch, read_rows, tree

from kpibatch.months.record import RecordFault, evidence_in, read_record, record_bytes

READ_BACK = ("scores.csv", "measures.csv", "values.csv", "findings.csv", "run.json", "level_tables.xlsx")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    workspace = written_workspace(tmp_path)
    configure(workspace, host='"mail.example"', **{"from": '"kpi@province.example"'})
    return workspace


def one_digit(path: Path) -> None:
    """One digit of the file becomes another; where it has none, a letter."""
    raw = path.read_bytes()
    digits = [match.start() for match in re.finditer(rb"(?<=[ ,.])[1-8]", raw)] or [len(raw) - 3]
    at = {".xlsx": len(raw) // 2, ".json": digits[0]}.get(path.suffix, digits[-1])
    path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])


def test_a_record_comes_back_as_it_was_written_but_for_the_seconds() -> None:
    for raw in (b"[]", b"null", b"{}", b"{" * 100_000, b"\xff"):
        with pytest.raises(RecordFault):
            read_record(raw)
    facts = {"month": "2565-06", "seconds": {"read": 1.0}}
    later = facts | {"seconds": {"read": 2.0}}
    first, second = (re.search(rb'"sha256": "(.*)"', record_bytes(each)) for each in (facts, later))
    assert first
    assert second
    assert first[1] == second[1]


@pytest.mark.parametrize("levels", [3, [3], [[3]], [[1, 2, 3]], [["1", 2]]])
def test_levels_of_evidence_that_are_no_spans_are_a_fault(levels: object, workspace: Path) -> None:
    path = workspace / "output" / MONTH / "run.json"
    proof = {"unit": UNITS[0], "file": "a", "measures": ["D1.1.done"], "sha256": "", "counts": True}
    facts = {name: fact for name, fact in read_record(path.read_bytes()).items() if name != "sha256"}
    sound = read_record(record_bytes(facts | {"evidence": [proof | {"levels": [[1, 2], [4, 0]]}]}))
    assert evidence_in(sound) == ((UNITS[0], ("D1.1.done",), ((1, 2), (4, 0))),)
    with pytest.raises(RecordFault):
        read_record(record_bytes(facts | {"evidence": [proof | {"levels": levels}]}))


@pytest.mark.slow
@pytest.mark.parametrize("name", READ_BACK)
def test_diff_refuses_a_month_with_one_digit_changed(name: str, workspace: Path) -> None:
    one_digit(workspace / "output" / EARLIER / name)
    result = kpibatch(workspace, "diff", EARLIER, MONTH)
    if name == "values.csv":  # diff reads none of it
        assert result.exit_code in (0, 1)
    else:
        assert result.exit_code == 2
        assert name in result.stderr
        assert len(result.stderr.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["scores.csv", "findings.csv", "run.json", "level_tables.xlsx"])
@pytest.mark.parametrize("words", [("mail",), ("mail", "--send")], ids="-".join)
def test_mail_refuses_a_month_with_one_digit_changed(
    name: str, words: tuple[str, ...], workspace: Path
) -> None:
    one_digit(workspace / "output" / MONTH / name)
    before = tree(workspace / "output" / MONTH)
    result = kpibatch(workspace, *words)
    assert result.exit_code == 2
    assert name in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert tree(workspace / "output" / MONTH) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in READ_BACK if name != "level_tables.xlsx"])
def test_the_trend_is_worked_out_anew_where_one_digit_was_changed(name: str, workspace: Path) -> None:
    """And so is what the next run leaves: the month counts as it was sent, and the file is named."""
    assert kpibatch(workspace, "run", MONTH).exit_code == 1
    output = workspace / "output" / MONTH
    before = {unit: read_rows(output / "scores.csv") for unit in UNITS}
    explained = kpibatch(workspace, "explain", UNITS[0], "D2.1", MONTH).output
    one_digit(workspace / "output" / EARLIER / name)
    shown = kpibatch(workspace, "history", "show", UNITS[0], "D2.1")
    assert name in shown.output
    assert kpibatch(workspace, "explain", UNITS[0], "D2.1", MONTH).output == explained
    assert kpibatch(workspace, "status", MONTH).exit_code in (0, 1)
    assert kpibatch(workspace, "run", MONTH).exit_code == 1
    assert {unit: read_rows(output / "scores.csv") for unit in UNITS} == before
    (told,) = [row["found"] for row in findings(output) if row["code"] == "history-skipped"]
    assert name in told


SPOILT: dict[str, Callable[[sqlite3.Connection], object]] = {
    "a score": lambda to: to.execute("UPDATE scores SET score = 4.2, level = 4"),
    "a value": lambda to: to.execute("UPDATE scores SET value = 1 WHERE value NOT NULL"),
    "a rank": lambda to: to.execute("UPDATE scores SET rank = 7 WHERE node = 'total'"),
    "who was late": lambda to: to.execute("UPDATE submissions SET late = 1 - late"),
    "the top score": lambda to: to.execute("UPDATE runs SET top_score = 50"),
    "a row too few": lambda to: to.execute("DELETE FROM scores WHERE rowid % 2"),
    "a row too many": lambda to: to.execute(
        "INSERT INTO findings SELECT * FROM findings WHERE severity = 'warning'"
    ),
    "the months": lambda to: to.execute("DELETE FROM runs"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SPOILT)
def test_a_database_that_says_otherwise_than_the_folders_is_mended(name: str, workspace: Path) -> None:
    said = kpibatch(workspace, "history", "show", UNITS[0], "D2.1").output
    path = workspace / "output" / "history.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        before = [*connection.iterdump()]
        SPOILT[name](connection)
        connection.commit()
    assert kpibatch(workspace, "history", "show", UNITS[0], "D2.1").output == said
    with closing(sqlite3.connect(path)) as connection:
        assert sorted(connection.iterdump()) == sorted(before)
