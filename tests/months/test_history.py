"""The history: the database says what the months' folders say, and losing it loses nothing."""

import csv
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from workspace import (
    BURIRAM,
    CHACHOENGSAO,
    CHIEFS,
    NAKHON_PHANOM,
    RAYONG,
    address_of,
    change,
    configure,
    copy_sample,
    digest,
    findings,
    keep_units,
    kpibatch,
    read_rows,
    sample_output,
    submission,
    tree,
)
from workspace import listings as run

from kpibatch.months.folder import as_number
from kpibatch.months.history import history_of, rebuild, remember
from kpibatch.months.record import record_bytes

APRIL, MAY, JUNE = "2565-04", "2565-05", "2565-06"
UNITS = ("3101", "3104", "3117", "3119")  # one with an error, and one that has sent nothing
TABLES = ("runs", "submissions", "scores", "findings", "sights", "mails")


def rows_of(output: Path, query: str, *facts: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(output / "history.sqlite")) as connection:
        return connection.execute(query, facts).fetchall()


def dump(output: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {table: sorted(rows_of(output, f"SELECT * FROM {table}"), key=repr) for table in TABLES}


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of a few units whose three months were run one after the other; read only."""
    workspace = keep_units(copy_sample(tmp_path_factory.mktemp("months")), *UNITS)
    for month in (APRIL, MAY, JUNE):
        run(workspace, month)
    return workspace


@pytest.fixture
def copy(months: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(months, tmp_path / "copy"))


# --- the database against the files -------------------------------------------------------------------------


def plain(cell: Any) -> Any:
    """A cell of a CSV or of the database: numbers as numbers, blanks as nothing."""
    if isinstance(cell, str):
        try:
            return float(cell) if cell else None
        except ValueError:
            return cell
    return cell


@pytest.mark.slow
@pytest.mark.parametrize("name", [BURIRAM, CHACHOENGSAO, NAKHON_PHANOM, CHIEFS, RAYONG])
def test_the_database_holds_the_scores(name: str) -> None:
    folder = sample_output(name)
    listed = [tuple(map(plain, row.values())) for row in read_rows(folder / "scores.csv")]
    held = [tuple(map(plain, row)) for row in rows_of(folder.parent, "SELECT * FROM scores ORDER BY rowid")]
    assert len(listed) > 100
    assert [row for row, other in zip(held, listed, strict=True) if row != other] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [BURIRAM, CHACHOENGSAO, NAKHON_PHANOM, CHIEFS, RAYONG])
def test_the_values_of_a_month_are_those_of_its_listing(name: str) -> None:
    folder = sample_output(name)
    listed: dict[str, dict[str, tuple[float, str, str, str]]] = {}
    for row in read_rows(folder / "measures.csv"):
        told = (as_number(row["value"]), row["file"], row["sheet"], row["cell"])
        listed.setdefault(row["unit"], {})[row["measure"]] = told
    assert sum(map(len, listed.values())) > 100
    with history_of(folder.parent) as history:
        for unit, measures in listed.items():
            assert repr(history.values(unit, folder.name)) == repr(measures)  # NaN is no equal of its own


@pytest.mark.slow
def test_all_months_stand_side_by_side(months: Path) -> None:
    output = months / "output"
    for month in (APRIL, MAY, JUNE):
        record = json.loads((output / month / "run.json").read_text(encoding="utf-8"))
        assert rows_of(
            output, "SELECT round, units, submitted, ranked, errors FROM runs WHERE month = ?", month
        ) == [
            (
                "2565/2",
                len(UNITS),
                record["counts"]["submitted"],
                record["counts"]["ranked"],
                record["counts"]["findings"]["error"],
            )
        ]
        counted = rows_of(output, "SELECT count(*) FROM scores WHERE month = ?", month)
        assert counted == [(len(read_rows(output / month / "scores.csv")),)]
        assert rows_of(output, "SELECT count(*) FROM findings WHERE month = ?", month) == [
            (len(findings(output / month)),)
        ]
    path = submission(months, "3101", MAY)
    assert rows_of(
        output, "SELECT unit, file, counts, late FROM submissions WHERE sha256 = ?", digest(path)
    ) == [("3101", path.name, 1, 0)]
    with history_of(output) as history:
        sent = history.month(APRIL).reported
    (told,) = sent[(sent["unit"] == "3104") & (sent["measure"] == "T5.news")].itertuples()
    assert (told.value, told.cell) == (12, address_of(submission(months, "3104", APRIL), "T5.news", APRIL))


@pytest.mark.slow
def test_the_database_keeps_its_own_rules(months: Path) -> None:
    output = months / "output"
    with closing(sqlite3.connect(output / "history.sqlite")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA user_version").fetchone() == (3,)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not list(output.glob("history.sqlite-*"))


# --- losing it loses nothing --------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_rebuilt_history_is_the_same(copy: Path) -> None:
    before = dump(copy / "output")
    result = kpibatch(copy, "history", "rebuild")
    assert result.exit_code == 0
    assert "3 เดือน" in result.output
    assert dump(copy / "output") == before


@pytest.mark.slow
def test_a_lost_history_comes_back_by_itself(copy: Path) -> None:
    before, outputs = dump(copy / "output"), tree(copy / "output" / JUNE)
    (copy / "output" / "history.sqlite").unlink()
    assert kpibatch(copy, "status", MAY).exit_code == 0
    assert dump(copy / "output") == before
    run(copy, JUNE)
    assert tree(copy / "output" / JUNE) | {"run.json": ""} == outputs | {"run.json": ""}


@pytest.mark.slow
def test_running_a_month_again_replaces_its_rows(copy: Path) -> None:
    change(submission(copy, "3101", JUNE), {("T2.done", JUNE): 1})
    output = run(copy, JUNE)
    with (output / "scores.csv").open(encoding="utf-8-sig") as lines:
        assert rows_of(copy / "output", "SELECT count(*) FROM scores WHERE month = ?", JUNE) == [
            (len(list(csv.DictReader(lines))),)
        ]
    with history_of(copy / "output") as history:
        assert history.values("3101", JUNE)["T2.done"][0] == 1


@pytest.mark.slow
def test_first_sights_survive(tmp_path: Path) -> None:
    """A file that no list names came when it was first seen: by a check, in a run, with the database or
    without.
    """
    workspace = copy_sample(tmp_path, RAYONG)
    output = workspace / "output"
    for received in (workspace / "submissions").glob("*/received.csv"):
        received.unlink()
    path = next((workspace / "submissions" / "2554-09").glob("*.xlsx"))
    day = datetime(2011, 9, 30, 9, 0)
    remember(output, {digest(path): day})
    for command in ("check", "run"):
        assert kpibatch(workspace, command).exit_code in (0, 1)
        (output / "history.sqlite").unlink()
        with history_of(output) as history:
            assert history.sights()[digest(path)] == day
        rebuild(output)


@pytest.mark.slow
def test_what_a_killed_run_published_is_taken_in_by_the_next_command(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the folder was in its place and before the database knew of it."""
    change(submission(copy, "3101", JUNE), {("T2.done", JUNE): 1})
    with monkeypatch.context() as patch:
        patch.setattr("kpibatch.commands.run.history_of", _killed)
        assert isinstance(kpibatch(copy, "run").exception, SystemError)
    asked = "SELECT value FROM scores WHERE month = '2565-06' AND unit = '3101' AND node = 'T2'"
    ((before,),) = rows_of(copy / "output", asked)
    assert kpibatch(copy, "history", "show", "3101", "T2").exit_code == 0
    ((after,),) = rows_of(copy / "output", asked)
    assert after < before


def _killed(output: Path, *, to_keep: bool) -> Iterator[None]:
    raise SystemError("killed")


# --- looking back -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_history_show_tells_a_units_line(months: Path) -> None:
    told = kpibatch(months, "history", "show", "3101", "T2").output
    assert "3101 เมืองบุรีรัมย์" in told
    for month in (APRIL, MAY, JUNE):
        row = next(
            r
            for r in read_rows(months / "output" / month / "scores.csv")
            if (r["unit"], r["node"]) == ("3101", "T2")
        )
        name = {APRIL: "เม.ย. 65", MAY: "พ.ค. 65", JUNE: "มิ.ย. 65"}[month]
        line = next(line for line in told.splitlines() if name in line)
        assert [cell.strip() for cell in line.split("│")][2] == row["level"]
    assert kpibatch(months, "history", "show", "เมืองบุรีรัมย์", "T2").output == told


@pytest.mark.slow
def test_history_show_names_the_correction_a_value_came_from(tmp_path: Path) -> None:
    workspace = copy_sample(tmp_path, NAKHON_PHANOM)
    run(workspace)
    assert "[corrections.xlsx แก้ไข!D4]" in kpibatch(workspace, "history", "show", "4806", "T3.3").output


@pytest.mark.slow
@pytest.mark.parametrize(("words", "told"), [(("9999", "T2"), "3119"), (("3101", "T22"), "T2")])
def test_an_unknown_unit_or_kpi_is_one_line(words: tuple[str, str], told: str, months: Path) -> None:
    result = kpibatch(months, "history", "show", *words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_history_show_before_any_run(tmp_path: Path) -> None:
    workspace = copy_sample(tmp_path, RAYONG)
    result = kpibatch(workspace, "history", "show", "21P12", "D2.1")
    assert result.exit_code == 0
    assert "kpibatch run" in result.output
    assert not (workspace / "output" / "history.sqlite").exists()


@pytest.mark.slow
def test_reading_commands_write_nothing_where_nothing_was_published(tmp_path: Path) -> None:
    workspace = copy_sample(tmp_path, RAYONG)
    before = tree(workspace)
    for words in (("status",), ("history", "show", "21P12", "D2.1"), ("explain", "21P12", "D2.1")):
        assert kpibatch(workspace, *words).exit_code == 0
    assert tree(workspace) == before


# --- months out of order, rounds mixed up -------------------------------------------------------------------


@pytest.mark.slow
def test_a_month_run_after_later_ones_says_that_they_are_behind(copy: Path) -> None:
    change(submission(copy, "3101", APRIL), {("T2.done", APRIL): 1})
    result = kpibatch(copy, "run", APRIL)
    assert f"{MAY}, {JUNE}" in result.output
    assert "2565-0" not in kpibatch(copy, "run", JUNE).output.split("output/")[0]


@pytest.mark.slow
def test_a_month_of_another_round_is_told_and_not_looked_back_on(copy: Path) -> None:
    """Its folder was left by another round: the month is scored anew from what was sent."""
    path = copy / "output" / APRIL / "run.json"
    path.write_bytes(record_bytes(json.loads(path.read_bytes()) | {"round": "2564/1"}))
    change(submission(copy, "3101", APRIL), {("T5.news", APRIL): 1})
    output = run(copy, JUNE)
    told = [row for row in findings(output) if row["code"] == "history-other-round"]
    assert [(row["found"], row["file"]) for row in told] == [("2564/1", "history.sqlite")]
    assert [row["measure"] for row in findings(output, unit="3101") if row["code"] == "late-change"] == [
        "T5.news"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("spoil", ["run.json", "scores.csv", "values.csv"])
def test_a_damaged_month_is_skipped_and_told(spoil: str, copy: Path) -> None:
    (copy / "output" / "history.sqlite").unlink()
    path = copy / "output" / MAY / spoil
    path.write_bytes(b"{" if spoil.endswith("json") else b"\xff\xfe damaged")
    result = kpibatch(copy, "history", "rebuild")
    assert result.exit_code == 1
    assert spoil in result.output
    output = run(copy, JUNE)
    assert [row["file"] for row in findings(output) if row["code"] == "history-skipped"] == [MAY]
    ranks = {row["unit"]: row["rank"] for row in read_rows(output / "scores.csv") if row["node"] == "total"}
    assert len(ranks) == len(UNITS), "May was scored anew from what was sent"


@pytest.mark.slow
def test_why_a_month_is_skipped_is_told_in_the_workspaces_language(copy: Path) -> None:
    configure(copy, language='"en"')
    (copy / "output" / MAY / "values.csv").unlink()
    (row,) = [row for row in findings(run(copy, JUNE)) if row["code"] == "history-skipped"]
    assert "is damaged" in row["found"]
