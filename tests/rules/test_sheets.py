"""The operator's own workbooks, level tables, corrections and the office's form: one that kills whatever
opens it is one line and exit code 2, and the command lives on to say it.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from workspace import BURIRAM, CHACHOENGSAO, SAMPLES, TEMPLATE, copy_sample, kpibatch

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import (
    CorrectionsFault,
    KpibatchError,
    UnreadableFormTemplate,
    UnreadableLevelTables,
)
from kpibatch.books.guard import capped
from kpibatch.forms.office_read import read_office_form
from kpibatch.intake.corrections import read_corrections
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.check import check_levels
from kpibatch.rules.paper.changes import table_changes
from kpibatch.rules.reader import read_levels
from kpibatch.rules.sheets import in_a_child

BOOK = SAMPLES / BURIRAM / "level_tables.xlsx"
LIMITS = IntakeLimits(seconds=0.5)
READERS: dict[str, tuple[Callable[[LevelTables], object], type[KpibatchError]]] = {
    "read": (lambda tables: read_levels(BOOK, LIMITS), UnreadableLevelTables),
    "check": (lambda tables: check_levels(BOOK, LIMITS), UnreadableLevelTables),
    "diff": (lambda tables: table_changes(tables, BOOK, tables, BOOK, LIMITS), UnreadableLevelTables),
    "corrections": (lambda tables: read_corrections(BOOK, tables, LIMITS), CorrectionsFault),
    "form": (
        lambda tables: read_office_form(SAMPLES / CHACHOENGSAO / TEMPLATE, tables, "th", LIMITS),
        UnreadableFormTemplate,
    ),
}
ENDS: dict[str, tuple[Callable[..., object], str]] = {
    "SIGABRT": (lambda *_: os.abort(), "SIGABRT"),
    "slow": (lambda *_: time.sleep(60), "> 0.5 s"),
    "greedy": (lambda *_: bytes(3_000_000_000), "> 1,000 MB"),
}
pytestmark = [
    pytest.mark.children,
    pytest.mark.skipif(capped.START != "fork", reason="only a forked child inherits the stand-in"),
]


@pytest.mark.slow
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("reader", READERS)
def test_what_kills_its_reader_is_the_operator_s_error(
    reader: str, end: str, buriram: LevelTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    (look, error), (deed, found) = READERS[reader], ENDS[end]
    monkeypatch.setattr("kpibatch.books.read.inspect", deed)
    with pytest.raises(error) as stopped:
        look(buriram)
    assert (stopped.value.name, stopped.value.facts["found"]) == ("too-much-to-read", found)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("levels", "check"),
        ("levels", "check", "--xlsx"),
        ("levels", "show"),
        ("run",),
        ("check",),
        ("forms",),
    ],
    ids=" ".join,
)
def test_every_command_lives_on_to_say_so(
    words: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = copy_sample(tmp_path)
    monkeypatch.setattr("kpibatch.books.read.inspect", ENDS["SIGABRT"][0])
    said = kpibatch(workspace, *words)
    assert said.exit_code == 2
    assert len(said.stderr.splitlines()) == 1
    assert "level_tables.xlsx" in said.stderr
    assert "SIGABRT" in said.stderr


def test_the_workspace_s_own_limits_hold(buriram: LevelTables) -> None:
    look = in_a_child(replace(LIMITS, memory_mb=100), _room, BOOK)
    assert look == 50
    with pytest.raises(UnreadableLevelTables, match="> 100 MB"):
        in_a_child(replace(LIMITS, memory_mb=100), _more_room, BOOK)


def _room(path: Path) -> int:
    return len(bytes(50 << 20)) >> 20


def _more_room(path: Path) -> int:
    return len(bytes(200 << 20)) >> 20  # whatever of the parent's the child can let go of
