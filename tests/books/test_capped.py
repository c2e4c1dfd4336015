"""Work in a child process: what comes back, and what becomes of a child that does not come to an end."""

import _thread
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lacking import WINE

from kpibatch.base.config import IntakeLimits, read_config
from kpibatch.base.errors import EmptyMonth, NoWorkspace
from kpibatch.books.guard import capped as door
from kpibatch.books.guard import job
from kpibatch.books.guard.capped import Child, capped
from kpibatch.books.guard.job import Limits, bind, deaf_to_ctrl_c
from kpibatch.books.guard.limits import Refused
from kpibatch.books.package import parse
from kpibatch.books.packing import Unpatchable

LIMITS = IntakeLimits(seconds=1.0)
pytestmark = pytest.mark.children
ABORTED = "SIGABRT" if sys.platform != "win32" else "exit 3"
capping = pytest.mark.skipif(WINE, reason="Wine holds no process to a cap of memory")
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def raise_it(error: BaseException) -> None:
    raise error


class Unsendable(Exception):
    """Pickles, and can't be made again, as those of several libraries."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)


def _raise_unsendable() -> None:
    raise Unsendable("a", "b")


def _parse_beside_distributed(xml: bytes) -> None:
    from tblib import pickling_support  # distributed brings it along

    pickling_support.install()
    parse(xml)


def ended(limits: IntakeLimits, work: Callable[..., object], *args: object) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        capped(limits, work, *args)
    return refusal.value.code, refusal.value.found


def test_what_the_work_gives_back_comes_back() -> None:
    assert capped(LIMITS, divmod, 7, 2) == (3, 1)
    assert capped(LIMITS, sorted, [1, 3, 2], reverse=True) == [3, 2, 1]
    assert capped(LIMITS, os.getpid) != os.getpid()


def test_what_the_work_raises_is_raised_with_the_child_s_traceback() -> None:
    with pytest.raises(EmptyMonth) as stopped:
        capped(LIMITS, raise_it, EmptyMonth(folder="2565-06", months="–"))
    assert stopped.value.facts == {"folder": "2565-06", "months": "–"}
    assert "in raise_it" in stopped.value.__notes__[0]


def test_an_error_stays_what_it_is_where_errors_travel_with_what_they_came_of() -> None:
    with pytest.raises(Unpatchable, match="workbook"):
        capped(LIMITS, _parse_beside_distributed, b"<workbook")


@pytest.mark.parametrize(
    ("work", "given", "end"),
    [
        (os.abort, (), ("file-killed-reader", ABORTED)),
        (os._exit, (3,), ("file-killed-reader", "exit 3")),
        pytest.param(
            bytes, (3_000_000_000,), ("file-killed-reader", "> 1,000 MB"), marks=capping, id="memory"
        ),
        (_raise_unsendable, (), ("file-killed-reader", "Unsendable: ab")),
    ],
    ids=["abort", "exit", None, "unsendable"],
)
def test_a_child_that_does_not_come_to_its_end_is_a_refusal(
    work: Callable[..., object], given: tuple[object, ...], end: tuple[str, str]
) -> None:
    assert ended(LIMITS, work, *given) == end


@pytest.mark.slow
def test_the_clock_is_for_one_call_and_the_next_has_a_fresh_child() -> None:
    with Child(replace(LIMITS, seconds=0.5), time.sleep) as child:
        child(0.3)
        child(0.3)
        with pytest.raises(Refused, match=r"0\.5 s") as refusal:
            child(60)
        child(0.3)
    assert refusal.value.code == "file-too-slow"


class Heavy:
    """Takes its time to arrive, as what brings a library along does where a child is no fork."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[float]]:
        return time.sleep, (0.5,)


def test_the_clock_begins_when_what_is_given_has_arrived() -> None:
    with Child(replace(LIMITS, seconds=0.3), repr) as child:
        assert child(Heavy()) == "None"


@pytest.mark.slow
def test_memory_below_the_cap_is_there_and_far_above_is_not() -> None:
    cap = replace(LIMITS, memory_mb=300, seconds=20.0)
    assert capped(cap, _room, 250) == 250
    assert ended(cap, _room, 900) == (
        "file-killed-reader",
        "> 300 MB",
    )  # what the parent has let go of counts


def _room(size_mb: int) -> int:
    return len(bytes(size_mb << 20)) >> 20


def test_in_a_child_the_work_is_done_right_there() -> None:
    child, inner = capped(LIMITS, _inner)
    assert child == inner != os.getpid()


def _inner() -> tuple[int, int]:
    return os.getpid(), capped(LIMITS, os.getpid)


def test_a_child_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    capped(LIMITS, os.write, 2, b"thread panicked at ...")
    capped(LIMITS, print, "talk")
    assert capfd.readouterr() == ("", "")


@linux
def test_a_child_leaves_ctrl_c_to_its_parent() -> None:
    """It is deaf from its first moment on, not only once it has set itself up."""
    assert capped(LIMITS, signal.getsignal, signal.SIGINT) is signal.SIG_IGN
    assert signal.SIGINT in capped(LIMITS, signal.pthread_sigmask, signal.SIG_BLOCK, ())
    capped(LIMITS, _interrupt_itself)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def _interrupt_itself() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@linux
def test_ctrl_c_while_a_child_starts_is_the_parent_s_a_moment_later() -> None:
    reached: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        _interrupted_in_the_block(reached)
    assert reached


@linux
def test_ctrl_c_another_thread_hears_waits_too() -> None:
    """What a handler raises within the hooks of a fork is told there and forgotten."""
    reached: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        _interrupted_elsewhere(reached)
    assert reached


def _interrupted_elsewhere(reached: list[str]) -> None:
    with deaf_to_ctrl_c():
        _thread.interrupt_main()
        reached.append("the end of the block")


def _interrupted_in_the_block(reached: list[str]) -> None:
    with deaf_to_ctrl_c():
        signal.raise_signal(signal.SIGINT)  # to this very thread
        reached.append("the end of the block")


@linux
def test_a_child_dies_with_its_parent() -> None:
    program = (
        "import os, time; from kpibatch.books.guard.capped import Child; from kpibatch.base.config import "
        "IntakeLimits; child = Child(IntakeLimits(), time.sleep); child(0); "
        "print(child._process.pid, flush=True); child(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = Path(f"/proc/{int(parent.stdout.readline())}/stat")
    assert child.exists()
    parent.kill()
    parent.communicate()
    until = time.monotonic() + 10
    while time.monotonic() < until and child.exists() and ") Z" not in child.read_text():
        time.sleep(0.01)
    assert not child.exists() or ") Z" in child.read_text()


def test_an_interrupted_call_leaves_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    child = Child(LIMITS, time.sleep)
    child(0)
    assert child._process
    process, pid = child._process, child._process.pid
    monkeypatch.setattr(child._pipe, "poll", lambda _: raise_it(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        child(60)
    with pytest.raises(ValueError, match="closed"):
        process.is_alive()
    with pytest.raises(ProcessLookupError):
        os.kill(pid or 0, 0)


@pytest.mark.slow
def test_a_fresh_interpreter_does_as_well_as_a_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "START", "spawn")
    assert capped(LIMITS, divmod, 7, 2) == (3, 1)
    assert ended(LIMITS, os._exit, 3) == ("file-killed-reader", "exit 3")
    assert ended(LIMITS, time.sleep, 60) == ("file-too-slow", "> 1 s")
    assert ended(LIMITS, bytes, 3_000_000_000) == ("file-killed-reader", "> 1,000 MB")
    with pytest.raises(NoWorkspace):
        capped(LIMITS, read_config, Path("nowhere"))


def where(given: int) -> tuple[int, int]:
    return os.getpid(), given


def twice(given: int) -> tuple[int, int]:
    return os.getpid(), 2 * given


def told(work: Callable[[int], object], limits: IntakeLimits = LIMITS) -> list[Any]:
    with door.Pool(limits, work, 4) as pool:
        return [call.result() for call in [pool.submit(work, given) for given in range(4)]]


@pytest.mark.slow
def test_children_that_are_no_forks_stay_for_the_next_month(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "START", "spawn")
    limits = replace(LIMITS, seconds=30.0)  # none that another test has
    first, second, third = told(where, limits), told(twice, limits), told(where, limits)
    assert [given for _, given in second] == [0, 2, 4, 6]
    assert [given for _, given in third] == [given for _, given in first] == [0, 1, 2, 3]
    children = {child for child, _ in (*first, *second, *third)}
    assert 1 <= len(children) <= door.WORKERS
    with door.Pool(limits, time.sleep, 1) as pool:
        pool.submit(time.sleep, 60)
    assert not {child for child, _ in told(where, limits)} & children, "whoever is still at work is ended"
    door._end_kept()
    assert not door._kept


@pytest.mark.slow
def test_a_file_that_kills_a_child_that_stays_costs_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "START", "spawn")
    limits = replace(LIMITS, seconds=29.0)
    with door.Pool(limits, os._exit, 1) as pool, pytest.raises(Refused, match="exit 3"):
        pool.submit(os._exit, 3).result()
    assert [given for _, given in told(where, limits)] == [0, 1, 2, 3]
    door._end_kept()


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the layout of 64-bit Windows")
def test_what_windows_is_told_has_windows_layout() -> None:
    """Source: winnt.h, ``JOBOBJECT_EXTENDED_LIMIT_INFORMATION``: 64 + 48 + 4 × 8 bytes."""
    names = ("LimitFlags", "MinimumWorkingSetSize", "Affinity", "IoInfo", "ProcessMemoryLimit")
    assert [getattr(Limits, name).offset for name in names] == [16, 24, 48, 64, 112]
    assert ctypes.sizeof(Limits) == 144


class Kernel:
    """What ``kernel32`` is asked for, with what it is told."""

    def __init__(self, name: str) -> None:
        assert name == "kernel32"
        self.calls: list[tuple[object, ...]] = []
        kernels.append(self)

    def __getattr__(self, name: str) -> Any:
        def call(*told: object) -> int:
            self.calls.append((name, *told))
            return JOB

        self.__dict__[name] = call
        return call


JOB, CHILD = 2**40 + 4, 2**40 + 8  # handles may have more than 32 bits
kernels: list[Kernel] = []


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> list[Kernel]:
    """As ``ctypes`` is there."""
    kernels.clear()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(job.ctypes, "WinDLL", Kernel, raising=False)
    return kernels


def test_a_child_of_windows_is_bound_by_a_job(windows: list[Kernel]) -> None:
    bind(CHILD, 700_000_000)
    (kernel,) = windows
    made, told, given = kernel.calls
    assert made == ("CreateJobObjectW", None, None)
    assert kernel.CreateJobObjectW.restype is ctypes.c_void_p
    name, handle, kind, limits, size = told
    assert (name, handle.value, kind, size) == ("SetInformationJobObject", JOB, 9, ctypes.sizeof(Limits))
    assert limits._obj.ProcessMemoryLimit == 700_000_000
    assert limits._obj.LimitFlags == 0x2100, "JOB_OBJECT_LIMIT_PROCESS_MEMORY and …_KILL_ON_JOB_CLOSE"
    assert (given[0], given[1].value, given[2].value) == ("AssignProcessToJobObject", JOB, CHILD)


def test_ctrl_c_is_heard_again_after_a_child_of_windows_was_started(windows: list[Kernel]) -> None:
    with pytest.raises(EmptyMonth), deaf_to_ctrl_c():
        raise_it(EmptyMonth())
    name = "SetConsoleCtrlHandler"
    assert windows[0].calls == [(name, None, True), (name, None, False)]
