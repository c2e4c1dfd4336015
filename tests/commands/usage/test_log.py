"""A log of each working command, and how loud a command is."""

import errno
import io
import json
import re
import sys
from pathlib import Path

import pytest
from small_workspace import MONTH, UNITS, small_workspace
from workspace import kpibatch

from kpibatch.base.errors import Interrupted, NoUnit
from kpibatch.base.month_files import LOGS
from kpibatch.commands.usage.log import KEPT, kept, note


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text("[workspace]\n", encoding="utf-8")
    (tmp_path / "output").mkdir()
    return tmp_path


def logs(workspace: Path) -> list[str]:
    paths = sorted((workspace / "output" / LOGS).glob("*.log"), key=lambda path: path.stat().st_mtime_ns)
    return [path.read_text(encoding="utf-8") for path in paths]


def bare(log: str) -> list[str]:
    """The lines without their times, which every one of them has."""
    lines = log.splitlines()
    assert all(re.match(r"\d\d:\d\d:\d\d ", line) for line in lines)
    return [line[9:] for line in lines]


def test_what_was_asked_shown_and_came_of_it_is_on_record_without_addresses(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> None:
        with kept(home, "mail", ("mail", "--to-me", "me@here.example"), "en", seen=True):
            print("one", end=" ")
            print("line to <kpi@office.example>")
            note("a step")
            sys.exit(1)

    with pytest.raises(SystemExit):
        work()
    assert capsys.readouterr().out == "one line to <kpi@office.example>\n"
    [log] = logs(home)
    first, second, *rest = bare(log)
    assert first.startswith("kpibatch ")
    assert second.endswith("kpibatch mail --to-me …@here.example")
    assert rest[:2] == ["one line to <…@office.example>", "a step"]
    assert re.fullmatch(r"exit 1, \d+\.\d s", rest[2])


class Full:
    """A file on a disk without room, which is told when what was held is written."""

    def writelines(self, lines: list[str]) -> None: ...

    def flush(self) -> None:
        raise OSError(errno.EFBIG, "File too large")

    close = flush


def test_a_log_that_has_no_room_changes_nothing_of_how_a_command_ends(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpibatch.commands.usage.log._new_file", lambda folder, command: Full())
    with pytest.raises(NoUnit), kept(home, "run", (), "en", seen=True):
        raise NoUnit(found="9", nearest="1")


def test_an_error_is_on_record_in_words_and_a_bug_with_its_traceback(home: Path) -> None:
    with pytest.raises(NoUnit), kept(home, "run", (), "en", seen=True):
        raise NoUnit(found="9", nearest="1")
    with pytest.raises(ZeroDivisionError), kept(home, "run", (), "en", seen=True):
        raise ZeroDivisionError("nobody foresaw it")
    with pytest.raises(KeyboardInterrupt), kept(home, "run", (), "en", seen=True):
        raise KeyboardInterrupt
    mistake, bug, interrupted = logs(home)
    assert Interrupted().message("en") in interrupted
    assert "Traceback" not in interrupted
    assert NoUnit(found="9", nearest="1").message("en") in mistake
    assert "exit 2" in mistake
    assert "Traceback" in bug
    assert "nobody foresaw it" in bug


def test_nothing_is_seen_where_nothing_is_to_be_seen_but_all_is_on_record(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with kept(home, "run", (), "en", seen=False):
        print("hidden \x1b[1mbold\x1b[0m")
    assert capsys.readouterr().out == ""
    assert "hidden bold" in bare(logs(home)[0])


def test_a_command_that_is_refused_before_there_is_an_output_leaves_nothing(tmp_path: Path) -> None:
    with kept(tmp_path, "run", (), "en", seen=True):
        print("no workspace at all")
    (tmp_path / "config.toml").write_text("[workspace]\n", encoding="utf-8")
    with kept(tmp_path, "run", (), "en", seen=True):
        print("no output yet")
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_a_log_begins_once_there_is_an_output_and_lacks_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[workspace]\n", encoding="utf-8")
    with kept(tmp_path, "run", (), "en", seen=True):
        print("before")
        (tmp_path / "output").mkdir()
        print("after")
    assert bare(logs(tmp_path)[0])[2:4] == ["before", "after"]


def test_a_log_that_cannot_be_written_stops_nothing(home: Path) -> None:
    (home / "output" / LOGS).write_text("a file where the folder belongs", encoding="utf-8")
    with kept(home, "run", (), "en", seen=True):
        print("goes on")


def test_the_newest_are_kept(home: Path) -> None:
    folder = home / "output" / LOGS
    folder.mkdir()
    for number in range(KEPT + 5):
        (folder / f"2020-01-01-{number:06d}-run.log").touch()
    (folder / "notes.log").touch()
    with kept(home, "run", (), "en", seen=True):
        print("one more")
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == KEPT + 1
    assert names[0] == "2020-01-01-000006-run.log"
    assert "notes.log" in names


def test_the_stream_is_still_the_stream(home: Path) -> None:
    with kept(home, "run", (), "en", seen=True):
        assert sys.stdout.isatty() is False
        assert isinstance(sys.stdout.encoding, str)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = small_workspace(tmp_path_factory.mktemp("loud"))
    (workspace / "output").mkdir()
    return workspace


@pytest.mark.slow
def test_quiet_verbose_and_the_formats(small: Path) -> None:
    """One workspace, for each of these commands reads all forms."""
    quiet = kpibatch(small, "check", MONTH, "--quiet")
    assert (quiet.exit_code, quiet.output) == (1, "")
    assert "check" in bare(logs(small)[-1])[1]

    counted = kpibatch(small, "check", MONTH, "--format", "json", "--lang", "en", "-v")
    findings = json.loads(counted.stdout)
    assert findings[0]["severity"] == "error"
    assert findings[0]["cell"]
    assert "is no number" in findings[0]["message"]
    assert re.search(r": \d+\.\d s", counted.stderr), "how long a step took"

    silent = kpibatch(small, "check", MONTH, "--format", "csv", "-q")
    assert silent.stdout.startswith("\ufeffseverity,code,unit")
    assert silent.stderr == ""

    rows = json.loads(kpibatch(small, "status", "6/2554", "--format", "json").stdout)
    assert [row["unit"] for row in rows] == [*UNITS]
    assert isinstance(rows[0]["error"], int)
    assert rows[0]["month"] == "2554-06"

    table = kpibatch(small, "status", "มิ.ย.", "54", "--lang", "en").stdout
    assert "Submissions, Jun 2011" in table
    assert "\x1b" not in table


def test_the_workspace_may_be_named_behind_the_command(small: Path, tmp_path: Path) -> None:
    here = kpibatch(tmp_path, "levels", "check", "-C", str(small))
    assert here.exit_code == 0
    rules = kpibatch(tmp_path, "levels", "show", "-C", str(small), "--format", "json").stdout
    assert {row["level"] for row in json.loads(rules) if row["measure"]} == {1, 2, 3, 4, 5}
    assert kpibatch(tmp_path, "levels", "check").exit_code == 2


def test_a_bar_needs_a_terminal_that_redraws_and_no_color_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from kpibatch.commands import console
    from kpibatch.commands.usage.voice import Voice

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def kind() -> str:
        display = console._display(Voice(), "en", print)
        display.close()
        return type(display).__name__

    assert kind() == "Lines"
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "dumb")
    assert kind() == "Lines"
    monkeypatch.setenv("TERM", "xterm-256color")
    assert kind() == "Bar"
    assert type(console._display(Voice(quiet=True), "en", print)) is console.Display
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert console._console().color_system is None
    monkeypatch.delenv("NO_COLOR")
    assert console._console().color_system is not None
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert console._console().color_system is None
