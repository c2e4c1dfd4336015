"""What ``doctor`` says of a machine: each thing well, lacking or odd, with what to do."""

import os
import sys
from collections import namedtuple
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from kpibatch.commands.door import machine
from kpibatch.commands.door.point import Point, Points, State

Version = namedtuple("Version", "major minor")


def told(look: Callable[..., None], *more: object) -> list[Point]:
    points = Points("en")
    look(points, *more)
    return points.all


@pytest.mark.parametrize(
    ("version", "state"),
    [((3, 10), State.ERROR), ((3, 11), State.OK), ((3, 14), State.OK), ((3, 15), State.NOTE)],
)
def test_a_python_too_old_can_go_on_no_further_and_a_new_one_is_noted(
    version: tuple[int, int], state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.sys, "version_info", version)
    assert [point.state for point in told(machine._python)] == [state]


def test_a_python_of_32_bits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.sys, "maxsize", 2**31 - 1)
    assert told(machine._python)[0].state is State.ERROR


def needing(monkeypatch: pytest.MonkeyPatch, *needs: str, **versions: str) -> list[Point]:
    """The points about packages where these are needed and those are there."""

    def version(name: str) -> str:
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(machine.importlib.metadata, "requires", lambda _: list(needs))
    monkeypatch.setattr(machine.importlib.metadata, "version", version)
    return told(machine._packages)


def test_packages_that_are_there_are_well(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = ("click>=8.1", "json", "pytest>=99; extra == 'test'")
    points = needing(monkeypatch, *needs, click="8.1.0", json="1")
    assert [(point.part, point.state) for point in points] == [("packages", State.OK)]


@pytest.mark.parametrize(
    ("need", "versions", "says"),
    [
        ("click>=8.10", {"click": "8.9.1"}, "click 8.9.1 < 8.10"),
        ("no-such>=1", {}, "no-such –"),
        ("no_such", {"no_such": "1"}, "ModuleNotFoundError"),
    ],
)
def test_one_that_lacks_is_old_or_does_not_load_stops(
    need: str, versions: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = needing(monkeypatch, need, **versions)[0]
    assert (point.part, point.state) == ("packages", State.ERROR)
    assert says in point.found
    assert "pip install" in point.advice


def test_what_only_some_commands_use_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = ("pypdfium2>=5; extra == 'letter'", "pypdfium2>=5; extra == 'report'")
    points = needing(monkeypatch, *needs)
    assert [(point.part, point.state) for point in points] == [
        ("packages", State.OK),
        ("optional", State.NOTE),
    ]
    assert "kpibatch[letter,report]" in points[1].advice


def test_a_program_that_pip_does_not_know_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: str) -> None:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(machine.importlib.metadata, "requires", unknown)
    assert told(machine._packages)[0].state is State.NOTE


def test_the_real_needs_are_met_here() -> None:
    assert {point.state for point in told(machine._packages)} <= {State.OK, State.NOTE}


def test_the_font_is_looked_for_where_fonts_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_font_folders", lambda: iter([tmp_path, tmp_path / "nowhere"]))
    monkeypatch.setattr("kpibatch.books.printed.office.thai_is_missing", lambda: True)
    monkeypatch.setattr(machine.sys, "platform", "linux")
    assert told(machine._fonts)[0].state is State.WARNING
    monkeypatch.setattr("kpibatch.books.printed.office.thai_is_missing", lambda: False)
    assert told(machine._fonts)[0].state is State.NOTE  # another Thai font stands in
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / "THSarabunNew.ttf").write_bytes(b"")
    assert [(point.state, point.found) for point in told(machine._fonts)] == [(State.OK, "THSarabunNew.ttf")]


def test_without_libreoffice_only_report_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kpibatch.books.printed.office.office", lambda: None)
    assert told(machine._office)[0].state is State.NOTE
    monkeypatch.setattr("kpibatch.books.printed.office.office", lambda: "/opt/soffice")
    assert told(machine._office)[0] == Point("office", State.OK, "/opt/soffice")


class Clock(datetime):
    shown = datetime.now(UTC)

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return cls.shown.astimezone(tz)


def test_a_clock_behind_the_programs_own_files_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A submission's arrival comes from it: a clock that was reset would make late ones timely."""
    monkeypatch.setattr(machine, "datetime", Clock)
    monkeypatch.setattr(Clock, "shown", datetime(2020, 1, 1, tzinfo=UTC))
    assert told(machine._clock, "UTC")[0].state is State.WARNING


def test_a_machine_in_another_zone_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    here = "Asia/Bangkok" if datetime.now().astimezone().utcoffset() else "UTC"
    elsewhere = "UTC" if here == "Asia/Bangkok" else "Asia/Bangkok"
    assert {told(machine._clock, zone)[0].state for zone in (here,)} <= {State.OK, State.NOTE}
    assert told(machine._clock, elsewhere)[0].state is State.NOTE


class Screen:
    def __init__(self, encoding: str, tty: bool = True) -> None:
        self.encoding, self._tty = encoding, tty

    def isatty(self) -> bool:
        return self._tty


@pytest.mark.parametrize(
    ("page", "encoding", "tty", "state"),
    [
        (65001, "utf-8", True, State.OK),
        (874, "cp874", True, State.OK),
        (437, "cp437", True, State.WARNING),
        (1252, "cp1252", True, State.WARNING),
        (437, "utf-8", False, State.OK),  # redirected: always UTF-8
        (None, "UTF-8", True, State.OK),
        (None, "ANSI_X3.4-1968", True, State.WARNING),
    ],
)
def test_a_console_that_has_no_thai_is_told(
    page: int | None, encoding: str, tty: bool, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_code_page", lambda: page)
    monkeypatch.setattr(machine.sys, "stdout", Screen(encoding, tty))
    assert told(machine._console)[0].state is state


def test_a_temporary_folder_that_is_shut_or_full_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.tempfile, "gettempdir", lambda: str(tmp_path))
    usage = namedtuple("usage", "total used free")
    for free, state in ((99_999_999, State.WARNING), (100_000_000, State.OK)):
        monkeypatch.setattr(machine.shutil, "disk_usage", lambda _, free=free: usage(0, 0, free))
        assert told(machine._temporary)[0].state is state
    monkeypatch.setattr(machine.tempfile, "gettempdir", lambda: str(tmp_path / "nowhere"))
    assert told(machine._temporary)[0].state is State.WARNING


def test_a_reader_that_does_not_start_stops_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(12, os.strerror(12))

    assert told(machine._readers)[0].state is State.OK
    monkeypatch.setattr("kpibatch.books.guard.capped.capped", refuse)
    assert told(machine._readers)[0].state is State.ERROR


def test_nothing_that_may_lack_is_imported_with_it() -> None:
    """``doctor`` is for machines on which something lacks."""
    import subprocess

    program = "import kpibatch.commands.door.doctor, sys; print(*{n.split('.')[0] for n in sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    third = {"pandas", "numpy", "lxml", "xlsxwriter", "python_calamine", "rich", "keyring", "lark", "pebble"}
    assert set(done.stdout.split()) & third == set()
