"""Many summaries by several processes: each is written once, and one that another process can't write is left
to this one.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from kpibatch.base.progress import Quiet
from kpibatch.books.guard.capped import START
from kpibatch.workbooks.unit import beside
from kpibatch.workbooks.unit.beside import MANY, all_written, helpers

FORKED = pytest.mark.skipif(START != "fork", reason="elsewhere all is done in one process")


class Ticks(Quiet):
    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []

    def tick(self, done: int, of: int) -> None:
        self.told.append((done, of))


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "processors", lambda: 3)


def written(folder: Path, count: int, trouble: Callable[[int], object] = lambda number: None) -> list[int]:
    """Write numbers as files, with trouble elsewhere than here; which of them were written here."""
    own, here = list[int](), os.getpid()

    def write(number: int) -> None:
        if os.getpid() != here:
            trouble(number)
        (folder / str(number)).write_text(str(number))

    def write_here(number: int) -> None:
        own.append(number)
        write(number)

    ticks = Ticks()
    all_written(count, write, write_here, ticks, 500)
    assert sorted(int(path.name) for path in folder.iterdir()) == [*range(count)]
    assert len({*own}) == len(own)
    assert ticks.told[-1] == (count, count)
    assert all(done <= count for done, _ in ticks.told)
    return own


@FORKED
@pytest.mark.usefixtures("three")
def test_as_many_as_processors_from_so_many_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [helpers(count) for count in (0, MANY - 1, MANY, MANY + 1)] == [0, 0, 2, 2]
    monkeypatch.setattr(beside, "processors", lambda: 1)
    assert helpers(MANY) == 0
    monkeypatch.setattr(beside, "processors", lambda: 3)
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: object())
    assert helpers(MANY) == 0


def test_few_are_written_here_in_order(tmp_path: Path) -> None:
    assert written(tmp_path, 7) == [*range(7)]


@FORKED
@pytest.mark.children
@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    "count", [pytest.param(n, marks=pytest.mark.slow) for n in (MANY, MANY + 1)] + [MANY + 3]
)
def test_every_one_is_written_once(count: int, tmp_path: Path) -> None:
    written(tmp_path, count)


def fails(number: int) -> None:
    if number < 10:
        raise RuntimeError


def has_no_memory(number: int) -> None:
    if number < 10:
        bytearray(1_000_000_000)


def dies(number: int) -> None:
    if number == 9:
        os.kill(os.getpid(), signal.SIGKILL)


@FORKED
@pytest.mark.children
@pytest.mark.usefixtures("three")
@pytest.mark.slow
@pytest.mark.parametrize("trouble", [fails, has_no_memory, dies])
def test_what_fails_there_is_done_here(trouble: Callable[[int], object], tmp_path: Path) -> None:
    assert {8, 9} <= {*written(tmp_path, MANY, trouble)}


@FORKED
@pytest.mark.children
@pytest.mark.slow
@pytest.mark.usefixtures("three")
def test_ctrl_c_ends_all(tmp_path: Path) -> None:
    def here(number: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        all_written(MANY, lambda number: (tmp_path / str(number)).touch(), here, Quiet(), 500)
    assert not multiprocessing.active_children()
