"""What the tests share: the default workspace's level tables, and scoring one unit by hand-given values."""

import atexit
import gc
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Generator
from dataclasses import replace
from multiprocessing.util import _exit_function
from pathlib import Path

import pytest
from _pytest.doctest import DoctestItem, DoctestModule
from hypothesis import settings
from hypothesis.internal.conjecture import engine
from lacking import adapt
from made_once import WORKERS_HOME
from merged import open_quickly
from right_here import right_here
from scoring_by_hand import measured_from

from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels
from kpibatch.scoring.kpi import score_kpi

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "input_samples"

open_quickly()
adapt()

collect_ignore_glob = ["shared/*", "bench/*"]  # no tests, and no examples

settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.register_profile("quick", settings.get_profile("patient"), max_examples=25, derandomize=True)
settings.load_profile("patient")
engine.MAX_SHRINKING_SECONDS = 10  # what fails is told soon, if not at its shortest

SLOW_EXAMPLES = {"kpibatch"}  # by the names of their modules
ROOM = 4 * 2**30  # bytes; the whole of the tests needs less than one gigabyte at a time


class Examples:
    """No file is searched for examples, and loaded for that alone, that has none."""

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(self, file_path: Path) -> Generator[None, list[object], list[object]]:
        collected = yield
        if file_path.suffix != ".py" or b">>> " in file_path.read_bytes():
            return collected
        return [each for each in collected if not isinstance(each, DoctestModule)]


def writing_place() -> str:
    """Where the tests write: in memory, where there is room, for a disk may take milliseconds to delete a
    file.
    """
    memory = Path("/dev/shm")
    if sys.platform != "linux" or not memory.is_dir() or os.statvfs(memory).f_flag & os.ST_NOEXEC:
        return tempfile.gettempdir()
    fit = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return str(memory) if fit else tempfile.gettempdir()


def leave(worker: int) -> None:
    """A worker ends at once when it is done: taking apart what it has in memory takes it seconds."""
    if os.getpid() == worker:
        _exit_function()  # what multiprocessing would do
        os._exit(0)


def pytest_configure(config: pytest.Config) -> None:
    """Before the workers start: the folder in which one makes what all of them read."""
    config.pluginmanager.register(Examples())
    if config.option.markexpr == "not slow":  # the whole of the tests tries as many as Hypothesis does
        settings.load_profile("quick")
    gc.set_threshold(100_000, 20, 50)  # workbooks by the thousand: they go by themselves
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # begun in a shell's background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):
        os.environ.setdefault("TMPDIR", writing_place())
        tempfile.tempdir = None
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())  # its own stay there
        os.environ[WORKERS_HOME] = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="kpibatch-")
        tempfile.tempdir = None  # what is killed leaves nothing behind the tests
    else:
        atexit.register(leave, os.getpid())


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(WORKERS_HOME), ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that no worker is left with one of them at the end."""
    for item in items:
        if isinstance(item, DoctestItem) and item.name in SLOW_EXAMPLES:
            item.add_marker("slow")
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # thousands of tests: not searched for rubbish again and again, nor copied by each fork


def pytest_sessionfinish() -> None:
    gc.freeze()  # nor looked through once more at the end


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """What the program does in children is done right here, but for the tests of the children."""
    if item.get_closest_marker("children"):
        return (yield)
    patches = "monkeypatch" in getattr(item, "fixturenames", ())
    with right_here(remember=not patches and not item.get_closest_marker("afresh")):
        return (yield)


@pytest.fixture(scope="session")
def buriram() -> LevelTables:
    tables, findings = read_levels(SAMPLES / "buriram-2565-2" / "level_tables.xlsx")
    assert not [finding for finding in findings if finding.severity == "error"]
    return tables


@pytest.fixture(scope="session")
def level_of(buriram: LevelTables) -> Callable[[str, dict[str, object]], int]:
    """The level one unit gets at one KPI of the default workspace from its rolled-up values."""
    one = replace(buriram, units=buriram.units[:1], baselines={})
    alone = {
        leaf.code: replace(one, measures={m.code: m for m in one.measures_of(leaf.code)})
        for leaf in one.leaves
    }

    def level(kpi: str, values: dict[str, object]) -> int:
        tables = alone[kpi]
        measured = measured_from(tables, {tables.units[0].code: values})
        return int(score_kpi(tables.node[kpi], measured.values, measured.values.isna(), tables).level[0])

    return level
