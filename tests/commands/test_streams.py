"""No console, another code page, a pipe that nobody reads: the command works and keeps its exit code."""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from workspace import copy_sample, keep_units, read_rows

KPIBATCH = [sys.executable, "-m", "kpibatch"]
ROOT = Path(__file__).parents[2]
MONTH = "2565-06"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = keep_units(copy_sample(tmp_path_factory.mktemp("streams")), "3102", "3117")
    assert through_a_shell(workspace, f"run {MONTH}").returncode == 1
    return workspace


def environment(**more: str) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)} | more


def through_a_shell(
    workspace: Path, words: str, tail: str = "", **more: str
) -> "subprocess.CompletedProcess[bytes]":
    """``kpibatch -C WORKSPACE words`` with what a shell does to its streams behind it."""
    line = f"{shlex.join([*KPIBATCH, '-C', str(workspace)])} {words} {tail}"
    return subprocess.run(["bash", "-c", line], capture_output=True, env=environment(**more), check=False)


COMMANDS = {
    f"run {MONTH}": 1,
    f"check {MONTH}": 1,
    "status": 0,
    "status --format csv": 0,
    "forms": 0,
    "levels check": 0,
    "levels show": 0,
    "explain 3102 T1": 0,
    "history show 3102 T1": 0,
    "mail": 0,
    "corrections": 0,
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "closed"),
    [(words, "<&- >&- 2>&-") for words in COMMANDS] + [(f"run {MONTH}", ">&-"), (f"run {MONTH}", "2>&-")],
)
def test_without_a_console_the_work_is_done(small: Path, words: str, closed: str) -> None:
    done = through_a_shell(small, words, closed)
    assert done.returncode == COMMANDS[words]
    assert b"Traceback" not in done.stderr


@pytest.mark.slow
def test_without_a_console_a_month_is_published_and_no_line_strays_into_a_file(small: Path) -> None:
    before = {path: path.read_bytes() for path in (small / "output" / MONTH).rglob("*.xlsx")}
    assert through_a_shell(small, f"run {MONTH}", "<&- >&- 2>&-").returncode == 1
    assert {path: path.read_bytes() for path in before} == before
    assert len(read_rows(small / "output" / MONTH / "scores.csv")) > 0


@pytest.mark.slow
def test_streams_that_are_none_are_as_good(small: Path) -> None:
    program = (
        "import sys; sys.stdin = sys.stdout = sys.stderr = None;from kpibatch.__main__ import main; main()"
    )
    command = [sys.executable, "-c", program, "-C", str(small), "levels", "check"]
    done = subprocess.run(command, capture_output=True, env=environment(), check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.slow
@pytest.mark.parametrize("words", [f"run {MONTH}", "status", "levels show"])
def test_a_reader_that_goes_away_changes_no_exit_code(small: Path, words: str) -> None:
    done = through_a_shell(small, words, "| head -c 1 >/dev/null; exit ${PIPESTATUS[0]}")
    assert (done.returncode, done.stderr) == (COMMANDS[words], b"")


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp874", "utf-16"])
def test_redirected_text_is_utf_8_whatever_the_code_page(small: Path, encoding: str) -> None:
    done = through_a_shell(small, "levels show", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    shown = done.stdout.decode("utf-8")
    assert "≥" in shown
    assert "ตัวชี้วัด" in shown or "ร้อยละ" in shown
    assert "?" not in shown.replace("⟦?⟧", "")


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp874"])
def test_redirected_csv_is_as_the_files_are(small: Path, encoding: str) -> None:
    content = through_a_shell(small, "status --format csv", PYTHONIOENCODING=encoding).stdout
    assert content.startswith("\ufeffmonth,unit,name".encode())
    assert content.count(b"\r\n") == content.count(b"\n") == 3
    assert "คูเมือง" in content.decode("utf-8-sig")


@pytest.mark.slow
def test_workspaces_side_by_side_on_a_foreign_code_page(small: Path) -> None:
    done = through_a_shell(small, f"run {MONTH} {shlex.quote(str(small))}", PYTHONIOENCODING="cp874")
    assert done.returncode == 1
    assert "คูเมือง" in done.stdout.decode("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.02, 0.1, 0.3, 0.8])
def test_ctrl_c_at_any_moment_is_one_line(small: Path, after: float) -> None:
    command = [*KPIBATCH, "-C", str(small), "run", MONTH]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment())
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    if b"site" not in said and process.returncode != -signal.SIGINT:  # the interpreter itself was not up yet
        assert process.returncode == 2
        assert said.decode().count("\n") == 1
