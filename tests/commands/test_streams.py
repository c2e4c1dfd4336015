"""No console, another code page, a pipe that nobody reads: the command works and keeps its exit code."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from small_workspace import MONTH, UNITS, small_workspace
from starter import exit_codes
from workspace import read_rows, tree

import kpibatch.__main__
from kpibatch.base.errors import Interrupted

KPIBATCH = [sys.executable, "-m", "kpibatch"]
ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="bash sets the streams up")
KPI, NAME = "D2.1", "สำนักงานจังหวัด"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = small_workspace(tmp_path_factory.mktemp("streams"))
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
    "mail": 0,  # before the check, which makes returned files that are not those of the run
    f"check {MONTH}": 1,
    "status": 0,
    "status --format csv": 0,
    "forms": 0,
    "levels check": 0,
    "levels show": 0,
    f"explain {UNITS[0]} {KPI}": 0,
    f"history show {UNITS[0]} {KPI}": 0,
    "corrections": 0,
}


GONE = {words: COMMANDS[words] for words in (f"run {MONTH}", "mail", "status", "levels show")} | {
    f"history show {UNITS[0]} {KPI}": 0,
    f"diff {MONTH} {MONTH}": 0,
    f"diff {MONTH} {MONTH} --format csv": 0,
}


def all_of(
    workspace: Path, commands: Iterable[str], tail: str = "", *, how: str = "asis"
) -> tuple[dict[str, int], bytes]:
    """Each command with its exit code, and what all said on stderr."""
    lines = [["-C", str(workspace), *words.split()] for words in commands]
    codes, _, said = exit_codes(workspace.parent, lines, tail, how=how)
    return dict(zip(commands, codes, strict=True)), said


@pytest.mark.slow
def test_without_a_console_the_work_is_done(small: Path) -> None:
    assert all_of(small, COMMANDS, "<&- >&- 2>&-") == (COMMANDS, b"")


@pytest.mark.slow
@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_without_one_of_them_too(small: Path, closed: str) -> None:
    done = through_a_shell(small, f"run {MONTH}", closed)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr + done.stdout


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
def test_a_reader_that_goes_away_changes_no_exit_code(small: Path) -> None:
    assert all_of(small, GONE, how="gone") == (GONE, b"")
    done = through_a_shell(small, f"run {MONTH}", "| head -c 1 >/dev/null; exit ${PIPESTATUS[0]}")
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp874", "utf-16"])
def test_redirected_text_is_utf_8_whatever_the_code_page_and_csv_as_the_files_are(
    small: Path, encoding: str
) -> None:
    commands = [["-C", str(small), *words.split()] for words in ("levels show", "status --format csv")]
    codes, said, _ = exit_codes(small.parent, commands, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert codes == [0, 0]
    begin = "\ufeffmonth,unit,name"
    shown, found, content = said.decode("utf-8").partition(begin)
    assert "≥" in shown
    assert "ตัวชี้วัด" in shown or "ร้อยละ" in shown
    assert "?" not in shown.replace("⟦?⟧", "")
    assert found
    assert content.count("\r\n") == content.count("\n") == 3
    assert NAME in content


@pytest.mark.slow
def test_workspaces_side_by_side_on_a_foreign_code_page(small: Path) -> None:
    done = through_a_shell(small, f"run {MONTH} {shlex.quote(str(small))}", PYTHONIOENCODING="cp874")
    assert done.returncode == 1
    assert f"! {small}: ก.ย. 54  ส่งแล้ว 2 จาก 2 ส่วนราชการ  ผิด 1" in done.stdout.decode("utf-8")


@pytest.mark.slow
def test_ctrl_c_in_the_middle_is_one_line(small: Path) -> None:
    command = [*KPIBATCH, "-C", str(small), "run", MONTH]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(PYTHONUNBUFFERED="1")
    )
    assert process.stdout is not None
    process.stdout.readline()  # the first step has begun
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 2
    assert said.decode().count("\n") == 1


@pytest.mark.slow
def test_ctrl_c_at_any_moment_is_one_line_or_comes_too_late(small: Path) -> None:
    """While all is still being loaded, while readers start, while workbooks are written, at the very end."""
    program = "print('begun', flush=True); from kpibatch.__main__ import main; main()"
    command = [sys.executable, "-c", program, "-C", str(small), "run", MONTH]
    takes, ends = 0.0, []
    for part in (2.0, 0.05, 0.2, 0.4, 0.6, 0.8):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        begun = time.perf_counter()
        if takes:
            time.sleep(max(0.05, takes * part))
            process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=120)
        takes = takes or time.perf_counter() - begun
        ends.append((process.returncode, said.count(b"\n"), b"Traceback" in said))
    assert set(ends) <= {(2, 1, False), (1, 0, False)}, ends
    assert ends.count((2, 1, False)) >= 3, ends
    assert tree(small / "output")[f"{MONTH}/run.json"]


def test_ctrl_c_while_the_program_is_loaded_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kpibatch.commands.cli.main", interrupted)
    before = signal.getsignal(signal.SIGINT)
    try:
        with pytest.raises(SystemExit) as stopped:
            kpibatch.__main__.main()
    finally:
        signal.signal(signal.SIGINT, before)  # what the program sets for its whole life
    assert stopped.value.code == 2
    assert capsys.readouterr().err == f"kpibatch: {Interrupted()}\n"
