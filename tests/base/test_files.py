"""Files that appear whole or not at all: after a power cut at any moment, and where another program holds
them.
"""

import os
import time
from collections.abc import Callable
from errno import EINVAL, EIO
from pathlib import Path
from typing import Any

import pytest
from power import NAMES_STAY, WORST, Tree, power, restore_to

from kpibatch.base import files
from kpibatch.base.errors import CannotWrite, FileInUse, ForeignFolder
from kpibatch.base.files import file_name, on_disk, replaceable, replaced, restored, saved

OLD: Tree = {"month/run.json": b"old", "month/units/a.xlsx": b"old a", "month/mail/journal.csv": b"sent"}
NEW: Tree = {"month/run.json": b"new", "month/units/a.xlsx": b"new a", "month/mail/journal.csv": b"sent"}


def ours(folder: Path) -> bool:
    return (folder / "run.json").is_file()


def lay(folder: Path, tree: Tree) -> Path:
    restore_to(folder, tree)
    return folder


def shown(folder: Path) -> Tree:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def run(output: Path) -> None:
    with replaced(output / "month", ours, keep=("mail/journal.csv",)) as folder:
        (folder / "units").mkdir()
        (folder / "units" / "a.xlsx").write_bytes(b"new a")
        saved(folder / "run.json", lambda part: part.write_bytes(b"new"))


# --- power cuts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exchanged", [True, False])
@pytest.mark.parametrize("before", [OLD, {}], ids=["old", "nothing"])
def test_a_power_cut_at_any_step_leaves_the_old_month_or_the_new_one(
    before: Tree, exchanged: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exchanged:
        monkeypatch.setattr(files, "_exchanged", lambda one, other: False)
    output = lay(tmp_path / "output", before)
    output.mkdir(exist_ok=True)
    with power(output) as cuts:
        run(output)
    after = NEW if before else {name: NEW[name] for name in NEW if "mail" not in name}
    assert shown(output) == after
    assert len(cuts.steps) > 8
    for number, (step, left) in enumerate(cuts.steps):
        for worst, tree in zip(WORST, left, strict=True):
            again = lay(tmp_path / f"{number} {worst}", tree)
            again.mkdir(exist_ok=True)
            restored(again)
            assert shown(again) in (before, after), (step, worst)
    assert [
        worst for worst, tree in zip(WORST, cuts.steps[-1][1], strict=True) if visible(tree) != after
    ] == []


def visible(tree: Tree) -> Tree:
    return {name: content for name, content in tree.items() if not name.startswith(".")}


@pytest.mark.parametrize("forgotten", ["files", "folders"])
def test_the_test_itself_sees_what_was_not_synced(
    forgotten: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if NAMES_STAY and forgotten == "folders":
        pytest.skip("Windows keeps a folder's names by itself")

    def forgetful(path: Path) -> None:
        if path.is_dir() == (forgotten == "files"):
            on_disk(path)

    output = lay(tmp_path / "output", OLD)
    monkeypatch.setattr(files, "on_disk", forgetful)
    with power(output) as cuts:
        run(output)
    left = [visible(tree) for _, trees in cuts.steps for tree in trees]
    assert any(tree not in (OLD, NEW) for tree in left) or visible(cuts.steps[-1][1][0]) != NEW


def test_a_power_cut_leaves_a_small_file_as_it_was_or_new(tmp_path: Path) -> None:
    output = lay(tmp_path / "output", {"check.json": b"old"})
    with power(output) as cuts:
        saved(output / "check.json", lambda part: part.write_bytes(b"new"))
    for step, left in cuts.steps:
        for tree in left:
            assert visible(tree)["check.json"] in (b"old", b"new"), step
    assert {visible(tree)["check.json"] for tree in cuts.steps[-1][1]} == {b"new"}


def test_a_share_that_can_not_sync_is_no_hindrance_and_a_broken_disk_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(number: int) -> Callable[[int], None]:
        def fsync(descriptor: int) -> None:
            raise OSError(number, os.strerror(number))

        return fsync

    monkeypatch.setattr(os, "fsync", failing(EINVAL))
    run(tmp_path)
    assert (tmp_path / "month" / "run.json").read_bytes() == b"new"
    monkeypatch.setattr(os, "fsync", failing(EIO))
    with pytest.raises(CannotWrite):
        run(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["month"]


# --- files that another program holds -----------------------------------------------------------------------


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, float], None]:
    """A file that another program holds for some seconds can't be opened for writing there, and neither it
    nor a folder above it can be moved.
    """
    monkeypatch.setattr(files, "_OPEN_STAYS", True)
    monkeypatch.setattr(files, "_exchanged", lambda one, other: False)
    monkeypatch.setattr(files, "_PATIENCE", 0.3)
    true_open, true_replace = Path.open, Path.replace

    def hold(name: str, seconds: float) -> None:
        end = time.monotonic() + seconds

        def refuse(path: Path) -> None:
            raise PermissionError(13, "Permission denied", str(path))

        def opened(path: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
            if path.name == name and "+" in mode and time.monotonic() < end:
                refuse(path)
            return true_open(path, mode, *rest, **more)

        def replace(path: Path, target: Path) -> Path:
            below = [*path.rglob(name), *target.rglob(name)] or name in (path.name, target.name)
            if below and not path.name.startswith(".") and time.monotonic() < end:
                refuse(path)
            if path.name.endswith(".part") and target.name == name and time.monotonic() < end:
                refuse(path)
            return true_replace(path, target)

        monkeypatch.setattr(Path, "open", opened)
        monkeypatch.setattr(Path, "replace", replace)

    return hold


def test_a_file_open_elsewhere_is_named_before_the_work(
    tmp_path: Path, windows: Callable[[str, float], None]
) -> None:
    output = lay(tmp_path, OLD)
    windows("a.xlsx", 60)
    with pytest.raises(FileInUse) as caught:
        replaceable(output / "month", ours)
    assert caught.value.facts["file"] == output / "month" / "units" / "a.xlsx"


def test_a_file_opened_during_the_work_is_named_and_all_stays_as_it_was(
    tmp_path: Path, windows: Callable[[str, float], None]
) -> None:
    output = lay(tmp_path, OLD)

    def work() -> None:
        with replaced(output / "month", ours) as folder:
            (folder / "run.json").write_bytes(b"new")
            windows("a.xlsx", 60)

    with pytest.raises(FileInUse) as caught:
        work()
    assert caught.value.facts["file"] == output / "month" / "units" / "a.xlsx"
    assert shown(output) == OLD


def test_a_file_that_is_let_go_soon_is_waited_for(
    tmp_path: Path, windows: Callable[[str, float], None]
) -> None:
    output = lay(tmp_path, OLD)
    with replaced(output / "month", ours) as folder:
        (folder / "run.json").write_bytes(b"new")
        windows("a.xlsx", 0.15)
    assert shown(output) == {"month/run.json": b"new"}
    windows("check.json", 0.15)
    saved(output / "check.json", lambda part: part.write_bytes(b"new"))
    assert (output / "check.json").read_bytes() == b"new"


def test_it_is_not_waited_for_longer_than_that(tmp_path: Path, windows: Callable[[str, float], None]) -> None:
    windows("check.json", 60)
    begun = time.monotonic()
    with pytest.raises(FileInUse):
        saved(tmp_path / "check.json", lambda part: part.write_bytes(b"new"))
    assert 0.3 <= time.monotonic() - begun < 30
    assert shown(tmp_path) == {}


# --- what stands there is none of ours ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["folder", "file", "link", "link to nothing"])
def test_what_is_not_ours_is_not_replaced(kind: str, tmp_path: Path) -> None:
    target, away = tmp_path / "output" / "month", lay(tmp_path / "away", {"run.json": b"theirs"})
    target.parent.mkdir()
    if kind == "folder":
        lay(target, {"notes.docx": b"theirs"})
    elif kind == "file":
        target.write_bytes(b"theirs")
    else:
        target.symlink_to(away if kind == "link" else tmp_path / "nowhere")
    before = shown(tmp_path)
    with pytest.raises(ForeignFolder) as caught, replaced(target, ours):
        pytest.fail("the work has begun")
    assert caught.value.facts["folder"] == target
    assert shown(tmp_path) == before


# --- names that any file system takes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("3101 เมือง", "3101 เมือง.xlsx"),
        ("CON", "_CON.xlsx"),
        ("nul", "_nul.xlsx"),
        ("aux.1", "_aux.1.xlsx"),
        ("COM1", "_COM1.xlsx"),
        ("lpt9", "_lpt9.xlsx"),
        ("CONTROL", "CONTROL.xlsx"),
        ("1 CON", "1 CON.xlsx"),
        ("หน่วย...", "หน่วย.xlsx"),
        ("a. ", "a.xlsx"),
        (" .hidden", "hidden.xlsx"),
        ("...", "-.xlsx"),
        ('a/b\\c:d*e?f"g<h>i|j\x00k', "a-b-c-d-e-f-g-h-i-j-k.xlsx"),
        ("ก" * 200, "ก" * 76 + ".xlsx"),
        ("x" * 75 + ". y", "x" * 75 + ".xlsx"),
    ],
)
def test_a_file_s_name_is_such_as_any_file_system_takes(text: str, name: str) -> None:
    assert file_name(text) == name
