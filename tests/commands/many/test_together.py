"""Many workspaces in one call: each told as it ends, a failing one fails alone, the gravest exit code."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_workspace import EARLIER, MONTH, UNITS, published_workspace, small_workspace
from workspace import configure, submission, tree

from kpibatch.commands.cli import commands
from kpibatch.commands.many import together
from kpibatch.commands.many.named import Named
from kpibatch.commands.many.task import Ended, Lost, Task
from kpibatch.commands.many.together import run_together
from kpibatch.commands.many.work import run_task

ROOT = Path(__file__).parents[3]


# --- the order of things, with tasks that do nothing --------------------------------------------------------


class RightHere(Executor):
    """Each call is done as it is handed in."""

    def submit(self, fn: Callable[..., object], /, *args: object, **kwargs: object) -> "Future[object]":
        future: Future[object] = Future()
        try:
            future.set_result(fn(*args))
        except Exception as error:
            future.set_exception(error)
        return future


def lines_of(
    monkeypatch: pytest.MonkeyPatch, work: Callable[[Task], Ended], *names: str
) -> tuple[int, list[str], list[str]]:
    """Exit code and lines of a call over workspaces of which ``work`` makes what it wants."""
    out: list[str] = []
    failed: list[str] = []

    monkeypatch.setattr(together, "_executor", lambda tasks, *_: nullcontext((RightHere(), work, tasks)))
    named = [Named(Path("/w") / name, name) for name in names]

    def echo(text: str, *, err: bool = False) -> None:
        (failed if err else out).append(text)

    ended = run_together(named, None, "en", echo)
    assert [each for each, _ in ended] == named
    return max(each.code for _, each in ended), out, failed


def ended(task: Task, code: int, line: str = "line") -> Ended:
    return Ended(task.workspace, code, line)


@pytest.mark.parametrize(("codes", "worst"), [((0, 0), 0), ((0, 1), 1), ((2, 1), 2), ((1, 70, 2), 70)])
def test_the_gravest_exit_code_counts_and_machines_have_their_rows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, codes: tuple[int, ...], worst: int
) -> None:
    names = [str(tmp_path / f"w{number}") for number in range(len(codes))]
    for name in names:
        Path(name).mkdir()
    by_name = dict(zip(names, codes, strict=True))

    def work(task: Task) -> Ended:
        return Ended(task.workspace, by_name[task.name], "line", (), "2565-06", (1, 2, 3, 4, 5))

    monkeypatch.setattr(together, "_executor", lambda tasks, *_: nullcontext((RightHere(), work, tasks)))
    result = CliRunner().invoke(commands, ["run", *names, "--format", "json"])
    assert result.exit_code == worst
    rows = json.loads(result.stdout)
    assert [(row["workspace"], row["exit"], row["line"]) for row in rows] == [
        (name, code, "line") for name, code in by_name.items()
    ]
    assert {(row["month"], row["submitted"], row["units"], row["note"]) for row in rows} == {
        ("2565-06", 1, 2, 5)
    }


def test_jobs_here_and_a_scheduler_elsewhere_are_refused(tmp_path: Path) -> None:
    words = ["run", str(tmp_path), "--jobs", "2", "--scheduler", "tcp://127.0.0.1:1"]
    result = CliRunner().invoke(commands, words)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "--nthreads" in result.stderr


def test_each_line_as_it_ends_and_the_failed_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"a": (0, "clean"), "b": (2, "broken"), "c": (1, "asked")}
    _, out, err = lines_of(monkeypatch, lambda task: ended(task, *said[task.name]), "a", "b", "c")
    assert sorted(line.partition("] ")[2] for line in out[:-1]) == ["! c: asked", "✓ a: clean", "✗ b: broken"]
    assert [line.partition("]")[0] for line in out[:-1]] == ["[1/3", "[2/3", "[3/3"]
    assert out[-1] == "3 of 3 workspaces done, 1 failed"
    assert err == ["✗ b: broken"]


def test_what_killed_its_process_is_done_once_more_with_care(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, bool]] = []

    def work(task: Task) -> Ended:
        asked.append((task.name, task.careful))
        if task.name == "deadly" or (task.name == "odd" and not task.careful):
            raise Lost("SIGKILL")
        return ended(task, 0)

    code, _, err = lines_of(monkeypatch, work, "deadly", "odd", "well")
    assert sorted(asked) == [
        ("deadly", False), ("deadly", True), ("odd", False), ("odd", True), ("well", False),
    ]  # fmt: skip
    assert code == 2
    assert [line.partition(":")[0] for line in err] == ["✗ deadly"]
    assert "SIGKILL" in err[0]


def test_an_executor_that_fails_fails_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(task: Task) -> Ended:
        if task.name == "bad":
            raise RuntimeError("the scheduler's own")
        return ended(task, 0)

    code, out, err = lines_of(monkeypatch, work, "bad", "well")
    assert (code, len(out), len(err)) == (2, 3, 1)
    assert "RuntimeError: the scheduler's own" in err[0]


def test_what_another_computer_wrote_has_to_be_seen_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(together, "_SHARE_LAGS", 0.0)
    record = tmp_path / "run.json"
    record.write_bytes(b"{}")
    digest = together.digest_of(record)
    there = Task("w", "w", topic="t")
    for task, said, code in [(there, digest, 0), (there, "other", 2), (Task("w", "w"), "other", 0)]:
        wrote = Ended("w", 0, "", record=str(record), digest=said)
        assert together._seen_here(wrote, task, "en").code == code


# --- a task -------------------------------------------------------------------------------------------------


def test_a_task_that_cannot_be_done_is_a_line(tmp_path: Path) -> None:
    for task, words in [
        (Task(str(tmp_path / "gone"), "gone"), "config.toml"),
        (Task(str(tmp_path), "x", settings="0" * 64), "config.toml"),
        (Task(str(tmp_path), "x", program="0" * 64), "kpibatch"),
    ]:
        result = run_task(task, lambda text: None)
        assert result.code == 2
        assert words in result.line
        assert "\n" not in result.line


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return small_workspace(tmp_path)


def test_a_bug_is_a_line_and_a_traceback_in_the_workspaces_log(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("kpibatch.commands.many.work.run_month", bug)
    result = run_task(Task(str(small), "small"), lambda text: None)
    assert result.code == 70
    assert "ZeroDivisionError: a bug" in result.line
    assert "Traceback" in (small / "output/kpibatch.log").read_text(encoding="utf-8")


def test_a_workspace_that_vanishes_in_the_middle(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def vanish(*_: object) -> None:
        shutil.rmtree(small)
        (small / "submissions").iterdir().__next__()

    monkeypatch.setattr("kpibatch.commands.many.work.run_month", vanish)
    result = run_task(Task(str(small), "small"), lambda text: None)
    assert result.code == 2
    assert "config.toml" in result.line
    assert not small.exists()


# --- real runs ----------------------------------------------------------------------------------------------


def broken(folder: Path, number: int) -> Path:
    """A workspace that can't be run, in one of several ways."""
    folder.mkdir()
    if number % 3:
        (folder / "config.toml").write_text(
            "[workspace]\n" if number % 3 == 1 else "no = [", encoding="utf-8"
        )
    return folder


def run_of(*words: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "kpibatch", "run", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, env=environment(), check=False, timeout=250
    )


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def outputs(workspace: Path) -> dict[str, bytes]:
    files = {path: content for path, content in tree(workspace / "output").items() if MONTH in str(path)}
    return {str(path): content for path, content in files.items() if "run.json" not in str(path)}


@pytest.mark.slow
@pytest.mark.children
def test_of_two_hundred_of_which_most_are_broken_the_rest_are_done(tmp_path: Path) -> None:
    """The same bytes as one at a time; a month that one of them does not have; one twice."""
    alone = published_workspace(tmp_path / "alone")
    good = [small_workspace(tmp_path / f"good{number}") for number in range(4)]
    shutil.rmtree(good[3] / "submissions" / MONTH)
    bad = [broken(tmp_path / f"bad{number:03}", number) for number in range(146)]
    (tmp_path / "list.txt").write_text("\n".join(map(str, [*bad, *good])), encoding="utf-8")
    done = run_of(MONTH, "--workspaces", tmp_path / "list.txt", "--jobs", 3, good[0])
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    assert sum(" ✗ " in line for line in lines) == 147 == len(done.stderr.splitlines())
    assert lines[-1] == "เสร็จ 150 จาก 150 พื้นที่งาน ทำไม่ได้ 147"
    assert lines[0].startswith(str(good[0]))
    assert [outputs(each) == outputs(alone) for each in good] == [True, True, True, False]


@pytest.mark.slow
@pytest.mark.children
def test_each_has_its_own_newest_month(tmp_path: Path) -> None:
    first, second = (small_workspace(tmp_path / name) for name in "ab")
    shutil.rmtree(second / "submissions" / MONTH)
    assert run_of(first, second).returncode == 1
    assert (first / "output" / MONTH / "run.json").exists()
    assert (second / "output" / EARLIER / "run.json").exists()


@pytest.mark.slow
@pytest.mark.children
def test_a_form_that_kills_its_reader_costs_itself_alone(tmp_path: Path) -> None:
    """It is read in the worker first, which dies of it, and then in a child that alone dies."""
    alone, other = (small_workspace(tmp_path / name) for name in "ab")
    program = (
        "import os, sys; from kpibatch.intake import executor; real = executor.read_submission\n"
        "def read(path, *rest):\n"
        f"    if rest[-1].startswith('{UNITS[0]}'): os.abort()\n"
        "    return real(path, *rest)\n"
        "executor.read_submission = read\n"
        f"sys.argv[1:] = {['run', MONTH, str(alone), str(other)]!r}\n"
        "from kpibatch.__main__ import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment(), timeout=250
    )
    assert done.returncode == 1, done.stderr
    for workspace in (alone, other):
        said = (workspace / "output" / MONTH / "findings.csv").read_text(encoding="utf-8-sig")
        assert "file-killed-reader" in said
        assert submission(workspace, UNITS[0], MONTH).name in said


@pytest.mark.slow
@pytest.mark.children
def test_who_is_busy_is_told_and_the_others_are_done(tmp_path: Path) -> None:
    from kpibatch.base.lock import alone_in

    busy, free = (small_workspace(tmp_path / name) for name in "ab")
    configure(busy, wait_seconds="0.0")
    with alone_in(busy / "output", "run", 0):
        done = run_of(MONTH, busy, free)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"✗ {busy}: ")
    assert (free / "output" / MONTH / "run.json").exists()


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()[1:]]
    below = [child for child, parent in pairs if parent == pid]
    return [*below, *(one for child in below for one in children_of(child))]


def still_there(pids: list[int]) -> list[int]:
    """Those that are no zombies either."""
    states = {pid: Path(f"/proc/{pid}/stat") for pid in pids}
    return [pid for pid, path in states.items() if path.exists() and " Z " not in path.read_text()]


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[str]", list[Path]]]:
    workspaces = [small_workspace(tmp_path / f"w{number}") for number in range(6)]
    command = [sys.executable, "-u", "-m", "kpibatch", "run", MONTH, *map(str, workspaces), "--jobs", "2"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        yield process, workspaces
        process.kill()


@pytest.mark.slow
@pytest.mark.children
@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes as Linux shows them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_end_in_the_middle_leaves_no_process_and_no_half_month(
    at_work: tuple["subprocess.Popen[str]", list[Path]], number: signal.Signals
) -> None:
    process, workspaces = at_work
    assert process.stdout
    while "] !" not in process.stdout.readline():
        pass
    below = children_of(process.pid)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert len(below) == 2
    until = time.monotonic() + 30
    while still_there(below) and time.monotonic() < until:
        time.sleep(0.05)
    assert still_there(below) == []
    if number == signal.SIGINT:
        assert process.returncode == 2
        assert err.count("\n") == 1
        assert "เสร็จ" in out.splitlines()[-1]
    done = [each for each in workspaces if (each / "output" / MONTH).exists()]
    assert 1 <= len(done) < 6
    assert all((each / "output" / MONTH / "run.json").exists() for each in done)
    rest = sorted(set(workspaces) - set(done), key=lambda each: not (each / "output").exists())
    assert run_of(MONTH, *rest[:2]).returncode == 1  # what was left half done is cleared away


@pytest.mark.slow
@pytest.mark.children
def test_a_worker_that_is_killed_costs_no_workspace(
    at_work: tuple["subprocess.Popen[str]", list[Path]],
) -> None:
    process, workspaces = at_work
    assert process.stdout
    process.stdout.readline()
    os.kill(children_of(process.pid)[0], signal.SIGKILL)
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (1, "")
    assert all((each / "output" / MONTH / "run.json").exists() for each in workspaces)
