"""Warm processes: each call is done in one that is there already; one that dies costs its call alone."""

import os
import time
from collections.abc import Callable
from concurrent.futures import wait
from pathlib import Path

import pytest
from lacking import KILL, KILLED

from kpibatch.base.files import sha256_of
from kpibatch.commands.many import hands
from kpibatch.commands.many.calls import probed
from kpibatch.commands.many.crew import Crew
from kpibatch.commands.many.hands import ApartHand, Hand
from kpibatch.commands.many.task import Lost
from kpibatch.commands.many.work import facts

KINDS = [Hand, pytest.param(ApartHand, marks=pytest.mark.slow)]
Tell = Callable[[str], None]


def whose(given: object, tell: Tell) -> int:
    tell(f"step {given}")
    return os.getpid()


def print_and_add(given: int, tell: Tell) -> int:
    print("talk", flush=True)
    os.write(1, b"more talk")
    return given + 1


def kill_itself(given: object, tell: Tell) -> None:
    os.kill(os.getpid(), KILL)


def leave(given: int, tell: Tell) -> None:
    os._exit(given)


def doze(given: float, tell: Tell) -> None:
    tell("dozing")
    time.sleep(given)


def fail(given: str, tell: Tell) -> None:
    raise ValueError(given)


def begets(given: object, tell: Tell) -> bool:
    """Whether it may have children, as what reads a stranger's file needs."""
    from kpibatch.base.config import IntakeLimits
    from kpibatch.books.guard.capped import capped

    return capped(IntakeLimits(), os.getpid) != os.getpid()


@pytest.mark.parametrize("kind", KINDS)
def test_a_hand_stays_warm_and_tells(kind: type[Hand]) -> None:
    told: list[str] = []
    hand = kind()
    try:
        first, second = (hand.call(whose, number, told.append) for number in (1, 2))
        assert first == second != os.getpid()
        assert told == ["step 1", "step 2"]
        assert hand.call(print_and_add, 41, told.append) == 42
    finally:
        hand.end()


@pytest.mark.children
@pytest.mark.parametrize("kind", KINDS)
def test_a_hand_may_have_children(kind: type[Hand]) -> None:
    hand = kind()
    try:
        assert hand.call(begets, None, print) is True
    finally:
        hand.end()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("work", "given", "reason"),
    [(kill_itself, None, KILLED), (leave, 3, "exit 3"), (fail, "no", "ValueError: no")],
)
def test_how_a_call_ended_is_told(
    kind: type[Hand], work: Callable[..., None], given: object, reason: str
) -> None:
    hand = kind()
    try:
        with pytest.raises(Lost, match=reason):
            hand.call(work, given, print)
    finally:
        hand.end()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Hand, ApartHand])
def test_a_hand_started_afresh_is_as_good(
    kind: type[Hand], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As on Windows, where nothing is inherited."""
    monkeypatch.setattr(hands, "START", "spawn")
    file = tmp_path / "file"
    file.write_bytes(b"content")
    hand = kind()
    try:
        assert hand.call(probed, (str(file), "nowhere"), print) == (facts(), (sha256_of(file), ""))
    finally:
        hand.end()


def test_a_call_that_kills_its_process_costs_itself_alone() -> None:
    told: list[tuple[object, str]] = []
    with Crew(2, lambda given, text: told.append((given, text))) as crew:
        calls = [crew.submit(kill_itself if number in (1, 4) else whose, number) for number in range(8)]
        wait(calls, timeout=60)
        lost = [number for number, call in enumerate(calls) if isinstance(call.exception(), Lost)]
        assert lost == [1, 4]
        assert len({call.result() for number, call in enumerate(calls) if number not in lost}) <= 4
    assert (7, "step 7") in told


def test_the_end_of_a_crew_ends_what_is_at_work() -> None:
    told: list[str] = []
    with Crew(2, lambda given, text: told.append(text)) as crew:
        pids = [crew.submit(whose, None).result(60) for _ in range(4)]
        for _ in range(5):
            crew.submit(doze, 600.0)
        while told.count("dozing") < 2:
            time.sleep(0.01)
        begun = time.monotonic()
    assert time.monotonic() - begun < 60
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
