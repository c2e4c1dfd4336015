"""Names of files as strangers give them: every command works, every output can hold them, none is lost."""

import os
import re
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import Result
from small_workspace import MONTH, UNITS, small_workspace
from workspace import findings, kpibatch, open_book, read_rows, scores_of, submission

from kpibatch.base.config import IntakeLimits
from kpibatch.base.files import written
from kpibatch.books import read
from kpibatch.books.guard.inspect import take
from kpibatch.intake import folder
from kpibatch.intake.folder import named

THAI = "ยะลา".encode("cp874")
ODD = [
    b"=cmd|x.xlsx",
    b"%FF.xlsx",
    b"\xff.xlsx",
    b'a:b?*<">.xlsx',
    "\u202exslx.xlsx".encode(),
    b"x" * 250 + b".xlsx",
    b"\xff" * 250 + b".xlsx",
    THAI * 60 + b".xlsx",
    b"back\\slash.xlsx",
    b"CON.xlsx",
    b" .xlsx",
    b"\r\n\x1b[31m.xlsx",
]
OTHERS = [b"\xff.pdf", b"\n\n.jpg", b"trail .xlsx .", b"~$\xfe.xlsx"]
UNFIT = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def fill(month: Path) -> None:
    """A month's folder whose two submissions and all the rest have names that nobody wants."""
    first, second = (submission(month.parent.parent, unit, MONTH) for unit in UNITS)
    first.rename(month / os.fsdecode(UNITS[0].encode() + b" " + THAI + b"\n\x07\xff.xlsx"))
    second.rename(month / f"\u200b{UNITS[1]}\u202e {'ก' * 70}.xlsx")
    (month / "received.csv").unlink(missing_ok=True)
    for name in (*ODD, *OTHERS):
        (month / os.fsdecode(name)).write_bytes(b"x" + name)
    below = month / os.fsdecode(b"d\xff\n")
    below.mkdir()
    (below / os.fsdecode(b"\xfe.xlsx")).write_bytes(b"y")
    (month / os.fsdecode(b"empty\xff")).mkdir()
    with zipfile.ZipFile(month / os.fsdecode(b"z\xff.zip"), "w") as archive:
        for name in ("\n\x01/x\u202e.xlsx", "a/./b.xlsx", "a/b.xlsx", f"{'n' * 300}.xlsx"):
            archive.writestr(name, name)


def command(workspace: Path, *words: str) -> Result:
    result = kpibatch(workspace, *words)
    assert result.exit_code in (0, 1), (words, result.stderr, result.exception)
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert not UNFIT.search(result.stdout.replace("\ufeff", "")), words
    return result


@pytest.mark.slow
def test_every_command_works_whatever_the_files_are_called(tmp_path: Path) -> None:
    plain, workspace = (small_workspace(tmp_path / name) for name in ("plain", "odd"))
    fill(workspace / "submissions" / MONTH)
    output = workspace / "output" / MONTH
    for words in (("check", MONTH), ("run", MONTH), ("status", MONTH), ("status", MONTH, "--format", "csv")):
        command(workspace, *words)
    command(workspace, "explain", UNITS[1], "D2.1", MONTH)
    command(plain, "run", MONTH)
    assert scores_of(output) == scores_of(plain / "output" / MONTH)

    refused = {row["file"].lstrip("'") for row in findings(output) if row["code"] == "file-text"}
    assert len(refused) == len(ODD) + 1 + 4, "each of the odd ones, below the folder and in the zip too"
    assert {"%FF.xlsx", "%FF (2).xlsx", "z%FF.zip/a/b (2).xlsx", "d%FF%0A/%FE.xlsx"} <= refused
    kept = {row["file"] for row in findings(output) if row["code"] in ("ignored-file", "passed-over")}
    assert kept == {"%FF.pdf", "%0A%0A.jpg", "trail .xlsx .", "~$%FE.xlsx", "empty%FF"}
    counted = {
        row["unit"]: row["file"] for row in read_rows(output / "measures.csv") if ".xlsx" in row["file"]
    }
    assert counted[UNITS[0]] == f"{UNITS[0]} ยะลา%0A%07%FF.xlsx"
    for path in output.rglob("*"):
        assert not UNFIT.search(path.name)
        if path.suffix in (".csv", ".json"):
            assert not UNFIT.search(path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")), path
    for path in (output / "ranking.xlsx", *(output / "returned").iterdir()):
        open_book(path)

    command(workspace, "close", MONTH)
    assert command(workspace, "verify", str(output.parent / "closed" / f"{MONTH}.zip")).exit_code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes no such names")
def test_a_name_given_stays_as_it_is(tmp_path: Path) -> None:
    """So a month sealed under these names is read under them again, on any system."""
    for name in (*ODD, *OTHERS):
        (tmp_path / os.fsdecode(name)).write_bytes(name)
    names = set(named(tmp_path).values())
    assert len(names) == len(ODD) + len(OTHERS)
    assert all(len(name.encode()) <= 255 and written(Path(name)) == name for name in names)
    again = tmp_path / "again"
    again.mkdir()
    for name in names:
        (again / name).write_bytes(b"")
    assert set(named(again).values()) == names


@pytest.mark.slow
@pytest.mark.parametrize("held", ["submission", "level_tables.xlsx"])
def test_a_file_that_somebody_holds_is_one_line_that_names_it(
    held: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows refuses a file that another program has locked."""

    def refused(path: Path, limits: IntakeLimits) -> bytes:
        if held in (path.name, "submission"):
            raise PermissionError(13, "held", str(path))
        return take(path, limits)

    workspace = small_workspace(tmp_path)
    monkeypatch.setattr(folder if held == "submission" else read, "take", refused)
    result = kpibatch(workspace, "run", MONTH)
    name = submission(workspace, UNITS[0], MONTH).name if held == "submission" else held
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert name in result.stderr
    assert not (workspace / "output" / MONTH).exists()
