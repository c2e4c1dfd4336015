"""What a Dask worker does with a task, without a Dask: its process is one that dies when told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kpibatch.commands.many import remote
from kpibatch.commands.many.calls import probed, run_task
from kpibatch.commands.many.task import Ended, Lost, Task, digest_of


class Hand:
    """A process that does its work right here, and dies on the tasks of which it is told to."""

    ends = 0
    dies: Callable[[Any], bool] = staticmethod(lambda given: False)
    asked: list[Any] = []  # noqa: RUF012

    def call(self, work: Callable[..., Any], given: Any, tell: Callable[[str], None]) -> Any:
        Hand.asked.append(given)
        if Hand.dies(given):
            raise Lost("killed")
        return work(given, tell) if work is probed else Ended(given.workspace, 0, work.__name__)

    def end(self) -> None:
        Hand.ends += 1


@pytest.fixture(autouse=True)
def _at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "ApartHand", Hand)
    monkeypatch.setattr(remote, "_hands", {})
    monkeypatch.setattr(remote, "_called_off", set())
    monkeypatch.setattr(Hand, "asked", [])
    monkeypatch.setattr(Hand, "ends", 0)


TASK = Task("/somewhere", "somewhere", topic="call 1")


def test_a_task_is_done_and_its_process_kept_for_the_next() -> None:
    assert remote.run_remotely(TASK) == Ended("/somewhere", 0, run_task.__name__)
    assert remote.run_remotely(TASK).code == 0
    assert (len(remote._hands), Hand.ends, Hand.asked) == (1, 0, [TASK, TASK])


def test_a_task_that_kills_its_process_is_done_once_more_with_care(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Hand, "dies", staticmethod(lambda task: not task.careful))
    assert remote.run_remotely(TASK).code == 0
    assert ([task.careful for task in Hand.asked], Hand.ends) == ([False, True], 1)


def test_one_that_kills_it_again_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Hand, "dies", staticmethod(lambda task: True))
    with pytest.raises(Lost):
        remote.run_remotely(TASK)
    assert (len(Hand.asked), Hand.ends, remote._hands) == (2, 2, {})


def test_nothing_is_begun_for_a_call_that_was_broken_off() -> None:
    remote.run_remotely(TASK)
    remote.put_down(TASK.topic)
    assert (Hand.ends, remote._hands) == (1, {})
    with pytest.raises(Lost):
        remote.run_remotely(TASK)
    assert len(Hand.asked) == 1
    assert remote.run_remotely(Task("/other", "other", topic="call 2")).code == 0


def test_a_worker_says_what_it_sees(tmp_path: Path) -> None:
    (tmp_path / "seen").write_text("x", encoding="utf-8")
    seen, lost = str(tmp_path / "seen"), str(tmp_path / "lost")
    facts, digests = remote.probe((seen, lost))
    assert digests == (digest_of(Path(seen)), "")
    assert len(digests[0]) == 64
    assert facts
