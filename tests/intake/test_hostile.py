"""A folder with one of every file that ever killed a reader: the others' scores stay as they were, and
nothing is left running.
"""

import contextlib
import json
import math
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from attempts import KINDS, attempt, subjects
from hostile_books import (
    part,
    with_parts,
)
from hypothesis import given
from hypothesis import strategies as st
from killers import CORNER, GREEDY, KILLERS
from workspace import BURIRAM, SAMPLES, copy_sample, findings, keep_units, read_rows
from workspace import listings as run
from workspace import run as run_whole

from kpibatch.base.catalogue import texts
from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import KpibatchError, NoReaders
from kpibatch.books.guard import capped
from kpibatch.books.guard.inspect import inspect
from kpibatch.books.guard.limits import REFUSALS, Inspected, Sheet
from kpibatch.intake import executor
from kpibatch.intake import submission as submissions
from kpibatch.intake.executor import Orders
from kpibatch.intake.frame import BAD, EMPTY, OK
from kpibatch.intake.submission import Contents, read_submission
from kpibatch.rules.levels import LevelTables
from kpibatch.workbooks import outputs

pytestmark = pytest.mark.children
MONTH = "2565-06"
LIMITS = IntakeLimits()
GOOD = sorted((SAMPLES / BURIRAM / "submissions" / MONTH).glob("*.xlsx"))
UNITS = [path.name.split(" ")[0] for path in GOOD]  # districts and persons


def children() -> set[int]:
    """The processes this one has started and not yet buried; Python's own bookkeeper of semaphores stays on
    after a spawn.
    """
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            ours = int(path.read_text().rpartition(")")[2].split()[1]) == os.getpid()
            if ours and b"resource_tracker" not in path.with_name("cmdline").read_bytes():
                found.add(int(path.parent.name))
    return found


@pytest.fixture(autouse=True)
def _nothing_hangs_and_nothing_is_left_running() -> object:
    """A read that waits for ever, on a pipe say, fails the test instead of stopping all tests."""

    def give_up(*_: object) -> None:
        raise TimeoutError("waited for ever")

    before = children()
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, give_up)
        signal.alarm(300)
    yield
    if hasattr(signal, "SIGALRM"):
        signal.alarm(0)
    capped._end_kept()
    assert multiprocessing.active_children() == []
    assert children() <= before


# --- the whole batch ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_one_of_each_killer_changes_nothing_for_the_others(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    workspace = keep_units(copy_sample(tmp_path), "3101", "3102", "3104", "3112", "3117")
    folder = workspace / "submissions" / MONTH
    good = len([*folder.glob("*.xlsx")])
    assert good >= 4
    scores = (run(workspace, MONTH) / "scores.csv").read_bytes()
    for name, (raw, _) in KILLERS.items():
        (folder / name).write_bytes(raw)
    for name in ("~$3101.xlsx", ".~lock.3101.xlsx#", "._3101.xlsx", "Thumbs.db"):
        (folder / name).write_bytes(b"lock")
    os.mkfifo(folder / "pipe.xlsx")
    (folder / "link.xlsx").symlink_to(GOOD[0])
    (folder / os.fsdecode(b"\xff\xfe\n.xlsx")).write_bytes(b"odd name")
    capfd.readouterr()

    output = run_whole(workspace, MONTH)
    assert (output / "scores.csv").read_bytes() == scores
    found = {
        row["file"].removeprefix("'"): row["code"]
        for row in findings(output, severity="error")
        if not row["unit"]
    }
    expected = {name: code for name, (_, code) in KILLERS.items()}
    assert set(expected.values()) <= REFUSALS | {"not-a-form"}
    assert found == expected | {
        "pipe.xlsx": "not-a-file",
        "link.xlsx": "not-a-file",
        "%FF%FE%0A.xlsx": "file-text",
    }
    assert len(json.loads((output / "run.json").read_text(encoding="utf-8"))["inputs"]) == good + len(found)
    assert any(row["file"] == "'=cmd().xlsx" for row in read_rows(output / "findings.csv")), (
        "no formula in a CSV"
    )
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.slow
def test_what_was_read_is_returned_whatever_becomes_of_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every submission is replaced, or gone, once the month is read; the copies are those of what was
    read.
    """

    def meanwhile(*facts: object) -> object:
        first, *others = sorted((workspace / "submissions" / MONTH).glob("*.xlsx"))
        first.unlink()
        for path in others:
            path.write_bytes(b"other")
        return really(*facts)

    really, workspace = outputs.returned_files, keep_units(copy_sample(tmp_path), "3101", "3112", "3117")
    expected = run_whole(workspace, MONTH) / "returned"
    before = {path.name: path.read_bytes() for path in expected.iterdir()}
    assert before
    scores = (expected.parent / "scores.csv").read_bytes()
    monkeypatch.setattr(outputs, "returned_files", meanwhile)
    after = run_whole(workspace, MONTH) / "returned"
    assert {path.name: path.read_bytes() for path in after.iterdir()} == before
    assert (after.parent / "scores.csv").read_bytes() == scores


def read_all(
    paths: Sequence[Path],
    tables: LevelTables,
    limits: IntakeLimits = LIMITS,
    tick: Callable[[int, int], None] = lambda done, of: None,
) -> list[Contents]:
    """All files read in child processes."""
    return executor.read_all(paths, Orders(tables, MONTH, limits), executor.readers, tick)


def breakdown(*_: object) -> Contents:
    raise BrokenExecutor


# --- behind the guards: what they let through costs one file ------------------------------------------------


def fall_over(path: Path, *_: object) -> Contents:
    """A reader that does what a file's name says."""
    deeds: dict[str, Callable[[], object]] = {
        "abort": os.abort,
        "exit": lambda: os._exit(3),
        "leave": lambda: sys.exit(4),
        "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "sleep": lambda: time.sleep(60),
        "spin": lambda: re.fullmatch("(a+)+b", "a" * 60),
        "memory": lambda: bytes(3_000_000_000),
        "bug": lambda: {}["key"],
        "talk": lambda: os.write(2, b"thread panicked at ..."),
    }
    deeds.get(path.stem, int)()
    return Contents(path.name, unit="read")


ENDS = {
    "abort": ("file-killed-reader", "SIGABRT"),
    "exit": ("file-killed-reader", "exit 3"),
    "leave": ("file-killed-reader", "SystemExit: 4"),
    "kill": ("file-killed-reader", "SIGKILL"),
    "sleep": ("file-too-slow", "> 1 s"),
    "spin": ("file-too-slow", "> 1 s"),
    "memory": ("file-killed-reader", "> 1,000 MB"),
    "bug": ("file-killed-reader", "KeyError: 'key'"),
}
forks = pytest.mark.skipif(capped.START != "fork", reason="only a forked child inherits the stand-in")


@pytest.mark.slow
@forks
def test_whatever_becomes_of_a_reader_the_other_files_are_read(
    tmp_path: Path, buriram: LevelTables, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(executor, "read_submission", fall_over)
    names = [name for end in ENDS for name in (f"good before {end}", end)] + ["talk", "good at last"]
    paths = [tmp_path / f"{name}.xlsx" for name in names]
    for path in paths:
        path.write_bytes(b"x")
    ticks: list[tuple[int, int]] = []
    contents = read_all(paths, buriram, IntakeLimits(seconds=1.0), lambda done, of: ticks.append((done, of)))
    assert [one.file for one in contents] == [path.name for path in paths]
    assert ticks == [(number, len(paths)) for number in range(1, len(paths) + 1)]
    ends = {
        Path(one.file).stem: (one.findings[0].code, one.findings[0].found) for one in contents if not one.unit
    }
    assert ends == ENDS
    assert all(one.sha256 for one in contents if not one.unit), "they are among the inputs all the same"
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
@forks
@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (CORNER, "file-killed-reader"),
        (GREEDY, "file-killed-reader"),
        (KILLERS["panic.xlsx"][0], "unreadable-file"),
    ],
    ids=["550 GB", "2,400 TB", "panic"],
)
def test_without_the_guards_a_killer_costs_itself_alone(
    raw: bytes,
    code: str,
    tmp_path: Path,
    buriram: LevelTables,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    blind = Inspected("xlsx", raw, (Sheet("S1"),))
    monkeypatch.setattr(
        submissions, "inspect", lambda content, limits: blind if content == raw else inspect(content, limits)
    )
    (tmp_path / "x.xlsx").write_bytes(raw)
    first, killer, last = read_all([GOOD[0], tmp_path / "x.xlsx", GOOD[1]], buriram)
    assert (first.unit, killer.unit, last.unit) == (UNITS[0], "", UNITS[1])
    assert [finding.code for finding in killer.findings] == [code]
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_a_fresh_interpreter_does_as_well_as_a_fork(
    buriram: LevelTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capped, "START", "spawn")
    here = [read_submission(path, buriram, MONTH, LIMITS) for path in GOOD[:2]]
    assert repr(read_all(GOOD[:2], buriram)) == repr(here)


def test_any_executor_reads_the_same(buriram: LevelTables) -> None:
    def threads(_: Orders, files: int) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(files)

    here = executor.read_all(GOOD[:3], Orders(buriram, MONTH, LIMITS), threads)
    assert repr(here) == repr(read_all(GOOD[:3], buriram))


def test_readers_take_no_other_work(buriram: LevelTables) -> None:
    with (
        executor.readers(Orders(buriram, MONTH, LIMITS), 1) as readers,
        pytest.raises(ValueError, match=MONTH),
    ):
        readers.submit(Orders(buriram, MONTH, LIMITS).read, GOOD[0])


def test_the_children_need_no_pandas() -> None:
    heavy = {"pandas", "pandera", "openpyxl"}
    code = f"import sys, kpibatch.intake.submission; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_interrupted_batch_stops_at_once(buriram: LevelTables) -> None:
    at: list[float] = []

    def interrupt(done: int, of: int) -> None:
        at.append(time.perf_counter())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_all(GOOD, buriram, LIMITS, interrupt)
    assert time.perf_counter() - at[0] < 10


@pytest.mark.slow
def test_a_pool_that_breaks_down_is_replaced(buriram: LevelTables, monkeypatch: pytest.MonkeyPatch) -> None:
    real, breaking = capped._outcome, {GOOD[1].name, GOOD[3].name}  # each once; they end in any order

    def outcome(*order: Any) -> object:
        contents = real(*order)
        if contents.file in breaking:
            breaking.remove(contents.file)
            breakdown()
        return contents

    monkeypatch.setattr(capped, "_outcome", outcome)
    assert [one.unit for one in read_all(GOOD[:4], buriram)] == UNITS[:4]


def test_where_no_child_can_be_started_one_line_says_so(
    buriram: LevelTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capped, "_outcome", breakdown)
    with pytest.raises(KpibatchError) as stopped:
        read_all(GOOD[:2], buriram)
    assert stopped.type is NoReaders


# --- mutants ------------------------------------------------------------------------------------------------

SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
SNIPPETS = [
    b"",
    b"\0",
    b"<",
    b">",
    b"&",
    b'"',
    b"<!--",
    b"<c r=",
    b"</c>",
    b"<v>NaN</v>",
    b' t="e"',
    b"999999999",
    b"-1",
    b"\xff",
    b"&#x41;",
    b"<f>",
]


def mutant(number: int) -> bytes:
    """A good form with a few bytes of the file, or of one of its parts, replaced."""
    chance = random.Random(number)
    raw = GOOD[number % len(GOOD)].read_bytes()
    name = chance.choice(
        ["", SHEET, SHEET, SHEET, STRINGS, BOOK, "xl/styles.xml", "xl/_rels/workbook.xml.rels"]
    )
    data = bytearray(part(raw, name) if name else raw)
    for _ in range(chance.choice([1, 1, 2, 10])):
        at = chance.randrange(len(data))
        data[at : at + chance.choice([0, 1, 1, 4, 100])] = chance.choice(SNIPPETS)
    return with_parts(raw, {name: bytes(data)}) if name else bytes(data)


@pytest.mark.slow
def test_a_mutant_is_read_or_refused_with_a_code_and_nothing_else(
    tmp_path: Path, buriram: LevelTables
) -> None:
    paths = [tmp_path / f"{number:03}.xlsx" for number in range(120)]
    for number, path in enumerate(paths):
        path.write_bytes(mutant(number))
    contents = read_all(paths, buriram)
    codes = set(texts("finding"))
    for one in contents:
        assert one.unit or any(finding.severity == "error" for finding in one.findings), one.file
        assert {finding.code for finding in one.findings} <= codes
        assert not any(finding.code == "file-killed-reader" for finding in one.findings), one
        assert all(math.isfinite(line[3]) for line in one.lines if line[4] == OK), one.file
    assert 20 < sum(bool(one.unit) for one in contents) < 100, "both outcomes occur"


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_damaged_workbook_is_refused_or_read_as_it_was_sent(kind: str, tmp_path: Path) -> None:
    """Of submissions on both kinds of form, level tables, the office's own form and corrections. What
    somebody changed inside, with sound checksums, is another workbook and may say something else.
    """
    for subject in subjects():
        totals, bad = attempt(subject, kind, 3, tmp_path)
        assert bad == []
        assert sum(totals.values()) == 3


@cache
def filled_in() -> tuple[bytes, list[tuple[str, str]]]:
    """A good form's sheet, and its cells of the month: measure and address."""
    from kpibatch.rules.reader import read_levels

    tables, _ = read_levels(SAMPLES / BURIRAM / "level_tables.xlsx")
    contents = read_submission(GOOD[0], tables, MONTH, LIMITS)
    return part(GOOD[0].read_bytes(), SHEET), [
        (line[1], line[8]) for line in contents.lines if line[2] == MONTH and line[4] == OK
    ]


NO_VALUES = [
    '<c r="{0}" t="e"><v>#DIV/0!</v></c>',
    '<c r="{0}" t="e"><v>#SPILL!</v></c>',
    '<c r="{0}" t="e"/>',
    '<c r="{0}" t="e"><f>1/0</f><v>#REF!</v></c>',
    "<c t='e' r='{0}'><v>#N/A</v></c>",
    '<x:c r="{0}" t="e"><x:v>#N/A</x:v></x:c>',
    '<c r="{0}"><f>A1</f></c>',
    '<c r="{0}"><f>A1</f><v/></c>',
    '<c r="{0}"><f>A1</f><v></v></c>',
    '<c r="{0}"><v>NaN</v></c>',
    '<c r="{0}"><v>-INF</v></c>',
    '<c r="{0}"><v>1e999</v></c>',
    '<c r="{0}"><v>1<!-- -->0</v></c>',
    '<c r="{0}"><v>0&#49;</v></c>',
    '<c r="{0}"><v>0</v><v>1</v></c>',
    '<c r="{0}"><v>1_000</v></c>',
    '<c r="{0}" t="b"><v>0</v></c>',
    '<c r="{0}" t="str"><v>-</v></c>',
]


@pytest.mark.slow
@given(st.data())
def test_a_cell_whose_value_does_not_exist_is_never_blank_and_never_zero(
    tmp_path_factory: pytest.TempPathFactory, buriram: LevelTables, data: st.DataObject
) -> None:
    xml, places = filled_in()
    measure, address = data.draw(st.sampled_from(places))
    odd = data.draw(st.sampled_from(NO_VALUES)).format(address)
    changed = re.sub(
        rb'<c r="' + address.encode() + rb'"[^>]*>(?:<v>[^<]*</v></c>)?', odd.encode(), xml, count=1
    )
    assert changed != xml
    path = tmp_path_factory.mktemp("odd") / "3101.xlsx"
    path.write_bytes(with_parts(GOOD[0].read_bytes(), {SHEET: changed}))
    contents = read_submission(path, buriram, MONTH, LIMITS)
    if not contents.unit:
        assert contents.findings[0].code == "file-malformed"
        return
    line = next(line for line in contents.lines if line[1:3] == (measure, MONTH))
    if 't="b"' in odd and buriram.measures[measure].kind.family == "yes_no":
        return
    assert line[4] == BAD != EMPTY
    assert math.isnan(line[3])
    assert any(
        finding.measure == measure and finding.place.cell == address and finding.severity == "error"
        for finding in contents.findings
    )
