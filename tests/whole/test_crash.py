"""Whatever strikes a run, and whenever: the month's folder holds the old output or the new one, whole, and
the next run mends the rest.
"""

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from errno import ESTALE
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from faults import (
    BROKEN,
    CUT_OFF,
    DENIED,
    FULL,
    GONE,
    INTERRUPTED,
    KILLED,
    READ_ONLY,
    REMOVING,
    Disk,
    Fault,
    failing,
)
from small_workspace import MONTH, UNITS, written_workspace
from workspace import ROOT, kpibatch, tree

from kpibatch.base.files import replaced, restored
from kpibatch.base.kept.entries import CACHE

pytestmark = [pytest.mark.slow, pytest.mark.afresh]

TABLES = ("runs", "submissions", "scores", "findings", "sights", "mails")


# --- what a whole month is ----------------------------------------------------------------------------------


def state(workspace: Path) -> dict[str, str]:
    """The month's folder: every file with its digest, the record without its seconds."""
    month = workspace / "output" / MONTH
    record = json.loads((month / "run.json").read_bytes()) | {"seconds": 0}
    return tree(month) | {"run.json": json.dumps(record)}


def hidden(workspace: Path) -> list[str]:
    """Left-overs anywhere in the output, and in what was read and is kept beside it."""
    output = workspace / "output"
    return sorted(
        path.relative_to(workspace).as_posix() for path in output.rglob(".*") if path != output / CACHE
    )


def history(workspace: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the history, but for the records' digests, which hang on the clock and must be those of the
    folders.
    """
    path = workspace / "output" / "history.sqlite"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for month, digest in connection.execute("SELECT month, record_sha256 FROM runs"):
            assert (
                digest.split()[0]
                == hashlib.sha256((workspace / "output" / month / "run.json").read_bytes()).hexdigest()
            )
        rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
    rows["runs"] = [(month, key, *rest) for month, key, _, *rest in rows["runs"]]
    return {table: sorted(content, key=repr) for table, content in rows.items()}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return state(written_workspace(tmp_path_factory.mktemp("old")))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace after a run that nothing struck."""
    workspace = written_workspace(tmp_path_factory.mktemp("new"))
    assert kpibatch(workspace, "run").exit_code == 1
    return workspace


@pytest.fixture(scope="module")
def new(finished: Path, old: dict[str, str]) -> dict[str, str]:
    assert state(finished) != old
    return state(finished)


def is_mended(workspace: Path, finished: Path, new: dict[str, str]) -> None:
    """A plain run comes to its end, leaves nothing over, and all is as if nothing had struck."""
    result = kpibatch(workspace, "run")
    assert result.exit_code == 1, result.output
    assert (state(workspace), hidden(workspace)) == (new, [])
    assert history(workspace) == history(finished)


@contextmanager
def passing_copy() -> Iterator[Path]:
    """The workspace with both months run, and a rule changed since; gone after the block."""
    with tempfile.TemporaryDirectory(prefix="kpibatch-", ignore_cleanup_errors=True) as folder:
        yield written_workspace(Path(folder))


# --- a fault at every point ---------------------------------------------------------------------------------


@cache
def points(exchanged: bool) -> list[str]:
    """What a run does to the disk, in order."""
    with passing_copy() as workspace, pytest.MonkeyPatch.context() as patch, failing(Disk()) as disk:
        swap(patch, exchanged)
        assert kpibatch(workspace, "run").exit_code == 1
    return disk.points


def swap(patch: pytest.MonkeyPatch, exchanged: bool) -> None:
    """Whether folders change names in one step, as on Linux, or in two, as on Windows."""
    if not exchanged:
        patch.setattr("kpibatch.base.files._exchanged", lambda one, other: False)


def chosen(fault: Fault, exchanged: bool, every: int, offset: int = 0) -> list[int]:
    """Where a fault may strike: at the renames and commits, and at every n-th of all else.

    With two renames, only about them. Of what was read and is kept, the first rename stands for all.
    """
    kinds = [(at, point) for at, point in enumerate(points(exchanged)) if point.split()[0] in fault.kinds]
    weighty = [
        at
        for at, point in kinds
        if point.startswith(("rename", "exchange", "sql COMMIT")) and ".xlsx" not in point
    ]
    kept = [at for at in weighty if f"/{CACHE}/" in points(exchanged)[at]]
    weighty = [at for at in weighty if at not in kept[1 if exchanged else 0 :]]
    rest = (
        [at for at, _ in kinds if at not in weighty]
        if exchanged
        else [at + 1 for at in weighty if at + 1 in dict(kinds)]
    )
    return sorted({*weighty, *rest[offset % every :: every]})


def one_line(result: Result) -> bool:
    """Exit code 2 with one line that says what to do."""
    said = result.stderr.splitlines()
    return result.exit_code == 2 and len(said) == 1 and said[0].startswith("kpibatch: ")


FAULTS = {
    "full": FULL,
    "read-only": READ_ONLY,
    "gone": GONE,
    "cut off": CUT_OFF,
    "broken": BROKEN,
    "denied": DENIED,
    "Ctrl-C": INTERRUPTED,
}


@pytest.mark.parametrize("exchanged", [True, False])
@pytest.mark.parametrize("name", FAULTS)
# Ctrl-C that falls within the letting go of a copy is Python's to drop
@pytest.mark.filterwarnings("ignore:Exception ignored in. <finalize:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_fault_at_any_point_leaves_the_old_output_or_the_new_one(
    name: str,
    exchanged: bool,
    old: dict[str, str],
    new: dict[str, str],
    finished: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fault, wrong, missed = FAULTS[name], [], 0
    swap(monkeypatch, exchanged)
    strikes = chosen(fault, exchanged, 55, 3 * list(FAULTS).index(name))
    if fault is CUT_OFF:
        strikes = strikes[::3]  # another number than a share that is gone, and nothing else
    assert strikes
    for at in strikes:
        with passing_copy() as workspace:
            with failing(Disk(fault, at)) as disk:
                result = kpibatch(workspace, "run")
            if not disk.struck:  # copies of what was read are let go of now earlier, now later
                missed += 1
                continue
            if not exchanged and fault.stays and not (workspace / "output" / MONTH).exists():
                is_mended(
                    workspace, finished, new
                )  # nothing can be done between two renames on a disk that is gone
                continue
            whole, left = state(workspace), hidden(workspace)
            stuck = {*REMOVING} & {*fault.kinds} if fault.stays else disk.points[at].startswith(REMOVING)
            flaws = {
                "torn": whole not in (old, new),
                "no clear line": "Traceback" in result.output
                or not isinstance(result.exception, SystemExit | None),
                "exit code": not (
                    one_line(result) or (result.exit_code == 1 and (whole == new or fault is INTERRUPTED))
                ),
                "left over": bool(left) and not stuck,
            }
            wrong += [
                f"{flaw} at {at} {disk.points[at]}: {left} {result.output[-200:]}"
                for flaw, found in flaws.items()
                if found
            ]
            if at in strikes[::6] or at == strikes[-1]:
                is_mended(workspace, finished, new)
    assert wrong == []
    assert missed <= 2


@pytest.mark.parametrize("exchanged", [True, False])
def test_a_kill_at_any_point_leaves_the_old_output_or_the_new_one(
    exchanged: bool, old: dict[str, str], new: dict[str, str], finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap(monkeypatch, exchanged)
    missed, moments = 0, chosen(KILLED, exchanged, 55)
    for at in moments:
        with passing_copy() as workspace:
            end = ended(forked(partial(strike, workspace, at)))
            assert end in (9, 0)
            missed += end == 0  # a run has now a few points more, now fewer
            if not exchanged and not (workspace / "output" / MONTH).exists():
                assert kpibatch(workspace, "history", "rebuild").exit_code == 0
            assert state(workspace) in (old, new), points(exchanged)[at]
            if at in moments[::3] or at == moments[-1]:
                is_mended(workspace, finished, new)
    assert missed <= 2


def strike(workspace: Path, at: int) -> None:
    with failing(Disk(KILLED, at)):
        kpibatch(workspace, "run")


def forked(work: Callable[[], Any]) -> int:
    """Do it in a process of its own; its number."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    return child


def ended(child: int) -> int:
    """The exit code of a child, or the signal that killed it, as a negative number."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# --- killed whenever ----------------------------------------------------------------------------------------


KILLS = [
    ("run", True, 6),
    ("run", False, 4),
    ("history rebuild", True, 3),
    ("close", True, 2),
    ("check", True, 2),
    ("check", False, 2),
]


@pytest.mark.parametrize(("command", "exchanged", "kills"), KILLS)
def test_killed_at_random(
    command: str,
    exchanged: bool,
    kills: int,
    old: dict[str, str],
    new: dict[str, str],
    finished: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    swap(monkeypatch, exchanged)
    draw, words = random.Random(f"{command} {exchanged}"), command.split()
    before = time.perf_counter()
    with prepared(command, finished) as workspace:
        assert kpibatch(workspace, *words).exit_code in (0, 1)
    takes, killed, absent = time.perf_counter() - before, 0, 0
    for _ in range(kills):
        with prepared(command, finished) as workspace:
            record, end = (
                workspace / "output" / MONTH / "run.json",
                time.perf_counter() + draw.uniform(0, takes),
            )
            child = forked(partial(kpibatch, workspace, *words))
            while time.perf_counter() < end:
                absent += not record.exists()
            os.kill(child, signal.SIGKILL)
            killed += ended(child) == -signal.SIGKILL
            if not exchanged and not record.exists():
                assert kpibatch(workspace, "history", "rebuild").exit_code == 0
            came = state(workspace)
            assert (
                checked_out(came) in (checked_out(old), checked_out(new))
                if command == "check"
                else came in (old, new)
            )
            if command == "close" and kpibatch(workspace, "close").exit_code == 2:  # it was sealed already
                assert (
                    kpibatch(
                        workspace, "verify", str(workspace / "output" / "closed" / f"{MONTH}.zip")
                    ).exit_code
                    == 0
                )
            if command == "close":
                assert kpibatch(workspace, "close", MONTH, "--reopen").exit_code == 0
            is_mended(workspace, finished, new)
    assert killed >= kills / 2
    assert not (exchanged and absent)


@contextmanager
def prepared(command: str, finished: Path) -> Iterator[Path]:
    """A month can be closed once it was run by the rules that stand."""
    with passing_copy() as workspace:
        if command == "close":
            shutil.rmtree(workspace)
            shutil.copytree(finished, workspace)
        yield workspace


def checked_out(month: dict[str, str]) -> dict[str, str]:
    """A month's folder without what ``check`` writes into it."""
    return {
        name: digest
        for name, digest in month.items()
        if not name.startswith("returned") and name != "check.json"
    }


def test_a_real_process_killed(old: dict[str, str], new: dict[str, str], finished: Path) -> None:
    draw, killed = random.Random(2565), 0
    for _ in range(2):
        with passing_copy() as workspace:
            process = subprocess.Popen(
                command_line(workspace, "run"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            record = workspace / "output" / ".kpibatch.lock"
            while process.poll() is None and not record.exists():
                time.sleep(0.001)
            time.sleep(draw.uniform(0, 0.8))
            killed += process.poll() is None
            process.kill()
            process.communicate()
            assert state(workspace) in (old, new)
            is_mended(workspace, finished, new)
    assert killed


def command_line(workspace: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "kpibatch", "-C", str(workspace), *words]


@pytest.mark.children
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a reader ends when its file does")
def test_the_readers_of_a_killed_run_end_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kpibatch.books.guard.capped._work_on", read_for_ever)
    with passing_copy() as workspace:
        readers = workspace / "readers"
        readers.mkdir()
        monkeypatch.setenv("READERS", str(readers))
        child = forked(partial(kpibatch, workspace, "run"))
        wait_until(lambda: any(readers.iterdir()))
        os.kill(child, signal.SIGKILL)
        ended(child)
        wait_until(lambda: not any(is_alive(int(path.name)) for path in readers.iterdir()))


def read_for_ever(path: Path) -> None:
    Path(os.environ["READERS"], str(os.getpid())).touch()
    while True:
        time.sleep(0.1)


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def wait_until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not there():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_kill_before_the_old_output_is_gone_leaves_it_under_a_hidden_name(
    new: dict[str, str], finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with passing_copy() as workspace:
        exchange = next(at for at, point in enumerate(points(True)) if point.startswith("exchange"))
        assert ended(forked(lambda: strike(workspace, exchange + 2))) == 9
        assert f"output/.{MONTH}.new" in hidden(workspace)
        assert state(workspace) == new
        is_mended(workspace, finished, new)


def test_left_overs_are_cleared_wherever_they_lie(tmp_path: Path) -> None:
    month, before = "2554-09", ".2554-06.old"
    folders = (
        f".{month}.new/units",
        f"{month}/.returned.new",
        f"{month}/.returned.old",
        f"{before}/.returned.new",
        f"{month}/mail",
        "closed",
    )
    for name in folders:
        (tmp_path / name).mkdir(parents=True)
    kept = [
        f"{month}/run.json",
        ".kpibatch.lock",
        f"{month}/mail/journal.csv",
        "closed/2554-03.zip",
        ".hidden.txt",
    ]
    old = [f"{month}/.returned.old/a.xlsx", f"{before}/run.json", f"{before}/.returned.new/b.xlsx"]
    parts = [
        ".history.sqlite.part",
        ".history.sqlite.part-wal",
        f"closed/.{month}.zip.part",
        f"{month}/.check.json.part",
        f"{month}/mail/.a.part",
    ]
    for name in (*kept, *old, *parts):
        (tmp_path / name).write_text(name)
    restored(tmp_path)
    assert sorted(tree(tmp_path)) == sorted([*kept, "2554-09/returned/a.xlsx", "2554-06/run.json"])
    assert not [path for path in tmp_path.rglob(".*") if path.is_dir()]


def test_an_impatient_operator_gets_the_old_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap(monkeypatch, exchanged=False)
    (tmp_path / "month").mkdir()
    (tmp_path / "month" / "old").touch()
    replace = Path.replace

    def interrupted(path: Path, target: Path) -> Path:
        if path.name == ".month.new":
            raise KeyboardInterrupt
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt), replaced(tmp_path / "month", lambda _: True) as folder:
        (folder / "new").touch()
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["month", "month/old"]


# --- disks that really refuse -------------------------------------------------------------------------------


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system in memory, to be made full or read-only; where mounting is not permitted the test is left
    out.
    """
    (tmp_path / "disk").mkdir()
    if not mount("-t", "tmpfs", "-o", "size=10m", "tmpfs", str(tmp_path / "disk")):
        pytest.skip("mounting is not permitted; the faults above stand for it")
    yield tmp_path / "disk"
    subprocess.run(["umount", "-l", str(tmp_path / "disk")], check=True)


def mount(*words: str) -> bool:
    try:
        return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.mark.parametrize("kilobytes", [4, 24, 60])
def test_a_disk_that_is_full(
    kilobytes: int, tiny_disk: Path, old: dict[str, str], new: dict[str, str], finished: Path
) -> None:
    workspace = written_workspace(tiny_disk)
    stat = os.statvfs(tiny_disk)
    used = (stat.f_blocks - stat.f_bfree) * stat.f_frsize // 1024
    assert mount("-o", f"remount,size={used + kilobytes}k", str(tiny_disk))
    assert one_line(kpibatch(workspace, "run"))
    assert state(workspace) == old
    for words in READING:
        assert kpibatch(workspace, *words).exit_code == 0
    assert mount("-o", "remount,size=10m", str(tiny_disk))
    is_mended(workspace, finished, new)


READING = (("status",), ("explain", UNITS[0], "D2.1"), ("history", "show", UNITS[0], "D2.1"))


def test_a_disk_that_is_read_only(
    tiny_disk: Path, old: dict[str, str], new: dict[str, str], finished: Path
) -> None:
    workspace = written_workspace(tiny_disk)
    said = [kpibatch(workspace, *words).output for words in READING]
    assert mount("-o", "remount,ro", str(tiny_disk))
    for words in (("run",), ("check",), ("close",), ("history", "rebuild"), ("forms",)):
        assert one_line(kpibatch(workspace, *words)), words
    assert state(workspace) == old
    assert [kpibatch(workspace, *words).output for words in READING] == said
    assert mount("-o", "remount,rw", str(tiny_disk))
    is_mended(workspace, finished, new)


@pytest.mark.parametrize("kilobytes", [1, 12, 26])
def test_files_that_may_not_grow(
    kilobytes: int, old: dict[str, str], new: dict[str, str], finished: Path
) -> None:
    """As a quota does it; this needs no permission, so it is tried wherever there is such a limit: once in a
    process that is started, with readers of its own, else in a fork.
    """
    resource = pytest.importorskip("resource")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024))

    def run_within() -> None:
        limit()
        os._exit(3 if one_line(kpibatch(workspace, "run")) else 4)

    with passing_copy() as workspace:
        if kilobytes == 12:
            process = subprocess.run(
                command_line(workspace, "run"),
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
                preexec_fn=limit,
            )
            assert (process.returncode, len(process.stderr.splitlines())) == (2, 1), process.stderr
            assert process.stderr.startswith("kpibatch: ")
        else:
            assert ended(forked(run_within)) == 3
        assert state(workspace) == old
        is_mended(workspace, finished, new)


@pytest.mark.parametrize("name", ["full", "read-only", "gone", "denied"])
def test_commands_that_only_read_need_no_disk(name: str) -> None:
    fault = Fault(**{**vars(FAULTS[name]), "stays": True})
    with passing_copy() as workspace:
        before = tree(workspace / "output")
        said = [kpibatch(workspace, *words) for words in READING]
        with failing(Disk(fault, 0)):
            for words, usual in zip(READING, said, strict=True):
                result = kpibatch(workspace, *words)
                assert (result.exit_code, result.output) == (0, usual.output), words
        assert tree(workspace / "output") == before


@pytest.mark.parametrize("words", [("run",), ("check",), ("status",), ("close",), ("forms",)])
@pytest.mark.parametrize("gone", ["submissions", "output"])
def test_a_share_that_can_not_even_be_listed(
    gone: str, words: tuple[str, ...], old: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    true_listdir, true_scandir = os.listdir, os.scandir

    def refuse(true: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def listed(path: Any = ".") -> Any:
            if isinstance(path, str | os.PathLike) and gone in Path(path).parts:
                raise OSError(ESTALE, os.strerror(ESTALE), str(path))
            return true(path)

        return listed

    with passing_copy() as workspace:
        with monkeypatch.context() as patch:
            patch.setattr(os, "listdir", refuse(true_listdir))
            patch.setattr(os, "scandir", refuse(true_scandir))
            result = kpibatch(workspace, *words)
        assert one_line(result) or (words == ("forms",) and gone == "submissions"), (
            result.output,
            result.exception,
        )
        assert state(workspace) == old


def test_the_other_commands_that_write_say_so_in_one_line(old: dict[str, str]) -> None:
    for words in (("check",), ("close",), ("forms",), ("history", "rebuild"), ("levels", "show", "--xlsx")):
        for fault in (FULL, GONE, DENIED):
            with passing_copy() as workspace:
                before = tree(workspace / "output")
                for at in (1, 5, 12, 30):
                    with failing(Disk(fault, at)) as disk:
                        result = kpibatch(workspace, *words)
                    where = (words, at, disk.points[-1], result.output, result.exception)
                    assert one_line(result) or not disk.struck or result.exit_code in (0, 1), where
                    assert isinstance(result.exception, SystemExit | None), where
                if words != ("check",):
                    assert tree(workspace / "output" / MONTH) == {
                        name.removeprefix(f"{MONTH}/"): digest
                        for name, digest in before.items()
                        if name.startswith(MONTH)
                    }
