"""One command at a time in an output folder: who waits is told for whom, and nothing a dead holder leaves
stands in the way.
"""

import json
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from errno import ENOLCK, ENOSYS
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from small_workspace import MONTH, UNITS, small_workspace, written_workspace
from workspace import BESIDE, ROOT, configure, kpibatch, tree

from kpibatch.base.errors import CannotWrite, KpibatchError, OutputBusy
from kpibatch.base.lock import alone_in

PATIENCE = 120  # seconds; where nothing forks, a process takes its time to begin
FORK = multiprocessing.get_context("fork" if sys.platform != "win32" else "spawn")


@contextmanager
def held(output: Path, hold: "Callable[[Path, Connection], None] | None" = None) -> Iterator[Any]:
    """Another process is at work in the folder during the block, which gets that process."""
    here, there = FORK.Pipe()
    process = FORK.Process(target=hold or hold_on, args=(output, there))
    process.start()
    assert here.poll(PATIENCE)
    try:
        yield process
    finally:
        with suppress(BrokenPipeError):
            here.send("over")
        process.join(PATIENCE)


def hold_on(output: Path, there: Connection) -> None:
    with alone_in(output, "close", 0):
        there.send("begun")
        there.poll(PATIENCE)


def hold_with_a_child(output: Path, there: Connection) -> None:
    """As a run does while it reads: its readers are children that know everything it has open."""
    with alone_in(output, "run", 0):
        if sys.platform == "win32":
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(5)"], close_fds=False)
        elif not os.fork():
            time.sleep(5)
            os._exit(0)
        there.send("begun")
        there.poll(PATIENCE)


def left(output: Path) -> list[str]:
    return sorted({path.name for path in output.iterdir()} - BESIDE)


# --- waiting ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_who_waits_is_told_for_whom_and_then_gets_his_turn(tmp_path: Path) -> None:
    told: list[str] = []
    with held(tmp_path) as other:
        threading.Timer(0.5, other.kill).start()
        began = time.monotonic()
        with alone_in(tmp_path, "run", 20, told.append):
            assert 0.3 < time.monotonic() - began < 10
            assert json.loads((tmp_path / ".kpibatch.holder").read_bytes())["pid"] == os.getpid()
    assert len(told) == 1
    assert told[0].startswith("close, ")
    assert told[0].endswith(f", pid {other.pid}")
    assert left(tmp_path) == []


def test_who_waited_too_long_is_told_who_holds_it(tmp_path: Path) -> None:
    with held(tmp_path) as other:
        began = time.monotonic()
        with pytest.raises(KpibatchError) as error, alone_in(tmp_path, "run", 0.3):
            pytest.fail("two at once")
        assert 0.3 <= time.monotonic() - began < 10
        assert error.type is OutputBusy
        assert f"pid {other.pid}" in error.value.message("en")
        assert left(tmp_path) == [".kpibatch.holder", ".kpibatch.lock"]
    assert left(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [("run",), ("check",), ("close",), ("forms",), ("history", "rebuild"), ("close", MONTH, "--reopen")],
)
def test_a_second_command_ends_with_2_and_changes_nothing(words: tuple[str, ...], tmp_path: Path) -> None:
    workspace = written_workspace(tmp_path)
    configure(workspace, wait_seconds="0.2")
    before = tree(workspace / "output")
    with held(workspace / "output") as other:
        result = kpibatch(workspace, *words)
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1
        assert all(word in result.stderr for word in ("close", f"pid {other.pid}", "0.2"))
        assert f"pid {other.pid}" in result.stdout, "told at once for whom it waits"
    assert tree(workspace / "output") == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [("status",), ("explain", UNITS[0], "D2.1"), ("history", "show", UNITS[0], "D2.1"), ("levels", "check")],
)
def test_commands_that_only_read_do_not_wait(words: tuple[str, ...], tmp_path: Path) -> None:
    workspace = written_workspace(tmp_path)
    usual = kpibatch(workspace, *words).output
    with held(workspace / "output"):
        result = kpibatch(workspace, *words)
    assert (result.output, "pid" in result.output) == (usual, False)


@pytest.mark.slow
def test_two_runs_at_once_come_out_as_one_after_the_other(tmp_path: Path) -> None:
    workspace = small_workspace(tmp_path)
    command = [sys.executable, "-m", "kpibatch", "-C", str(workspace), "run"]
    both = [
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
        )
        for _ in range(2)
    ]
    said = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [1, 1], said
    assert left(workspace / "output") == [MONTH, "history.sqlite"]
    assert not any("Traceback" in text for text in said)


# --- never two ----------------------------------------------------------------------------------------------


def count_up(output: Path, times: int) -> None:
    """Add one to a number in a file, slowly, so that two at once would lose a step."""
    for _ in range(times):
        with alone_in(output, "count", 60):
            number = int((output / "number").read_text())
            time.sleep(0.002)
            (output / "number").write_text(str(number + 1))


@pytest.mark.slow
def test_six_at_once_lose_no_step(tmp_path: Path) -> None:
    """Each takes the lock's file away when it is done, while the others wait for it."""
    (tmp_path / "number").write_text("0")
    many = [FORK.Process(target=count_up, args=(tmp_path, 15)) for _ in range(6)]
    for process in many:
        process.start()
    for process in many:
        process.join()
    assert [process.exitcode for process in many] == [0] * 6
    assert (tmp_path / "number").read_text() == "90"
    assert left(tmp_path) == ["number"]


def test_threads_exclude_each_other_too(tmp_path: Path) -> None:
    (tmp_path / "number").write_text("0")
    many = [threading.Thread(target=partial(count_up, tmp_path, 8)) for _ in range(4)]
    for thread in many:
        thread.start()
    for thread in many:
        thread.join()
    assert (tmp_path / "number").read_text() == "32"


# --- holders that are gone ----------------------------------------------------------------------------------


@pytest.mark.parametrize("hold", [hold_on, hold_with_a_child])
def test_the_lock_of_a_killed_holder_is_free_at_once(
    hold: Callable[[Path, Connection], None], tmp_path: Path
) -> None:
    told: list[str] = []
    with held(tmp_path, hold) as other:
        other.kill()
        other.join()
        assert left(tmp_path) == [".kpibatch.holder", ".kpibatch.lock"]
        with alone_in(tmp_path, "run", 0, told.append):
            pass
    assert (told, left(tmp_path)) == ([], [])


def test_a_garbled_note_of_the_holder_is_no_hindrance(tmp_path: Path) -> None:
    with held(tmp_path):
        for content in (b"", b"\xff\xfe", b"[]", b"7", b'"run"', b'{"command": "run"}', b"{"):
            (tmp_path / ".kpibatch.holder").write_bytes(content)
            with pytest.raises(KpibatchError, match="kpibatch"), alone_in(tmp_path, "run", 0):
                pytest.fail("two at once")


def test_the_lock_is_let_go_whatever_ends_the_block(tmp_path: Path) -> None:
    for reason in (RuntimeError, KeyboardInterrupt, SystemExit, MemoryError):
        with pytest.raises(reason), alone_in(tmp_path, "run", 0):
            raise reason
        assert left(tmp_path) == []


# --- where it can't be held ---------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("number", [ENOLCK, ENOSYS])
def test_a_share_without_locks_says_so_in_one_line(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")
    workspace = written_workspace(tmp_path)
    before = tree(workspace / "output")

    def refuse(*words: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    result = kpibatch(workspace, "run")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert os.strerror(number) in result.stderr
    assert before.items() <= tree(workspace / "output").items()


def test_a_share_that_goes_away_while_it_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")
    true = fcntl.flock

    def refuse(descriptor: int, operation: int) -> Any:
        if operation == fcntl.LOCK_UN:
            raise OSError(5, "Input/output error")
        return true(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(RuntimeError, match="the block's own"), alone_in(tmp_path, "run", 0):
        raise RuntimeError("the block's own")
    monkeypatch.undo()


def test_an_output_that_is_a_file_or_below_one(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for output in (tmp_path / "file", tmp_path / "file" / "output"):
        with pytest.raises(KpibatchError) as error, alone_in(output, "run", 0):
            pytest.fail("held")
        assert error.type is CannotWrite
