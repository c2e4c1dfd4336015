"""Work done in a process that may be lost: under the child's cap and clock, and begun again elsewhere where
it comes to no end of its own.
"""

import os
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import EmptyMonth
from kpibatch.books.guard.capped import capped
from kpibatch.books.guard.job import Elsewhere, done_here, is_right_here, right_here
from kpibatch.books.guard.limits import Refused
from kpibatch.commands.many.hands import Hand
from kpibatch.commands.many.task import Lost

LIMITS = IntakeLimits(memory_mb=100, seconds=20.0)


def raise_it(error: BaseException) -> None:
    raise error


def inner() -> int:
    return capped(LIMITS, os.getpid)


def room(mb: int) -> int:
    return len(bytearray(mb * 1_000_000))


@pytest.mark.children
def test_within_the_block_alone_it_is_done_in_this_process() -> None:
    with right_here():
        assert is_right_here()
        assert capped(LIMITS, os.getpid) == capped(LIMITS, inner) == os.getpid()
    assert not is_right_here()
    assert capped(LIMITS, os.getpid) != os.getpid()


@pytest.mark.parametrize("error", [Refused("file-too-slow", "x"), EmptyMonth(folder="x")])
def test_what_the_work_says_is_said(error: Exception) -> None:
    with right_here(), pytest.raises(type(error)):
        done_here(LIMITS, raise_it, error)


@pytest.mark.parametrize("error", [ValueError("x"), MemoryError(), SystemExit(3), BaseException("panic")])
def test_any_other_end_is_begun_again_elsewhere(error: BaseException) -> None:
    with right_here():
        with pytest.raises(Elsewhere):
            done_here(LIMITS, raise_it, error)
        assert done_here(LIMITS, os.getpid) == os.getpid()  # the next call is as good


@pytest.mark.skipif(sys.platform != "linux", reason="the cap is the system's")
def test_the_cap_holds_for_each_call() -> None:
    with right_here():
        for _ in range(3):
            assert done_here(LIMITS, room, 60) == 60_000_000
            with pytest.raises(Elsewhere, match="MemoryError"):
                done_here(LIMITS, room, 200)
    assert room(200) == 200_000_000


def too_slow(seconds: float, tell: Callable[[str], None]) -> Any:
    with right_here():
        return done_here(IntakeLimits(seconds=0.5), time.sleep, seconds)


def test_the_clock_ends_the_process() -> None:
    hand = Hand()
    try:
        assert hand.call(too_slow, 0.01, print) is None
        with pytest.raises(Lost, match="exit 1"):
            hand.call(too_slow, 60.0, print)
    finally:
        hand.end()
