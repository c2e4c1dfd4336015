"""What was read before is told again only of the very bytes, by the very rules and program; and tells the
same.
"""

import os
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from small_workspace import MONTH, UNITS, small_workspace
from workspace import BURIRAM, SAMPLES, change, submission, tree

import kpibatch
from kpibatch.base.config import read_config
from kpibatch.base.kept.entries import CACHE
from kpibatch.base.kept.program import program
from kpibatch.base.progress import Quiet
from kpibatch.commands.run import run_month
from kpibatch.intake import month as month_reader
from kpibatch.intake import remembered as kept
from kpibatch.intake.executor import Orders, read_all, readers
from kpibatch.intake.month import Intake, read_month
from kpibatch.intake.remembered import remembered
from kpibatch.intake.submission import Contents
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels

JUNE = "2565-06"


@pytest.fixture(scope="module")
def tables() -> LevelTables:
    return read_levels(SAMPLES / BURIRAM / "level_tables.xlsx")[0]


@pytest.fixture(scope="module")
def orders(tables: LevelTables) -> Orders:
    return Orders(tables, JUNE, read_config(SAMPLES / BURIRAM).intake)


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """Forms of which some are read with findings, in places."""
    found = sorted((SAMPLES / BURIRAM / "submissions" / JUNE).glob("*.xlsx"))
    return [path for path in found if path.name[:5] in ("3101 ", "3107 ", "3117 ")]


@pytest.fixture(scope="module")
def read(files: list[Path], orders: Orders) -> list[Contents]:
    return read_all(files, orders, readers)


def test_what_was_read_is_told_the_same(
    tmp_path: Path, files: list[Path], orders: Orders, read: list[Contents]
) -> None:
    for contents in read:
        remembered(tmp_path, orders).keep(contents)
    told = [remembered(tmp_path, orders).find(file, file.name) for file in files]
    assert repr(told) == repr(read)  # NaN is not itself, and a 1 is not a 1.0
    assert sum(bool(found.place.cell) for one in read for found in one.findings) > 2


def test_only_the_very_bytes_name_month_rules_limits_and_program(
    tmp_path: Path,
    files: list[Path],
    orders: Orders,
    read: list[Contents],
    tables: LevelTables,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file, other = files[0], tmp_path / "other.xlsx"
    raw = file.read_bytes()
    other.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    remembered(tmp_path, orders).keep(read[0])
    assert remembered(tmp_path, orders).find(file, file.name)
    assert not remembered(tmp_path, orders).find(other, file.name)
    assert not remembered(tmp_path, orders).find(file, "b.xlsx")
    assert not remembered(tmp_path, orders).find(tmp_path / "gone.xlsx", file.name)
    unit = replace(tables.units[0], name="อื่น")
    others = (
        replace(orders, month="2565-05"),
        replace(orders, limits=replace(orders.limits, max_cells=1000)),
        replace(orders, tables=replace(tables, units=(unit, *tables.units[1:]))),
        replace(orders, tables=replace(tables, since="2565-05")),  # no part of the tables' own digest
    )
    for each in others:
        assert not remembered(tmp_path, each).find(file, file.name)
    program.cache_clear()
    monkeypatch.setattr(kpibatch, "__version__", "0.0.9")
    assert not remembered(tmp_path, orders).find(file, file.name)
    program.cache_clear()


@pytest.mark.parametrize("at", [0, 31, 32, 200, -1])
def test_a_damaged_entry_is_none(
    tmp_path: Path, files: list[Path], orders: Orders, read: list[Contents], at: int
) -> None:
    remembered(tmp_path, orders).keep(read[1])
    (entry,) = (tmp_path / CACHE / "forms").iterdir()
    whole = entry.read_bytes()
    flipped = bytearray(whole)
    flipped[at] ^= 1
    for damaged in (bytes(flipped), whole[:at], b""):
        entry.write_bytes(damaged)
        assert not remembered(tmp_path, orders).find(files[1], files[1].name)
    entry.write_bytes(whole)
    assert remembered(tmp_path, orders).find(files[1], files[1].name)


def test_an_entry_of_another_file_under_this_ones_name_is_none(
    tmp_path: Path, files: list[Path], orders: Orders, read: list[Contents]
) -> None:
    for contents in read[:2]:
        remembered(tmp_path, orders).keep(contents)
    a, b = (tmp_path / CACHE / "forms").iterdir()
    a.write_bytes(b.read_bytes())
    told = [remembered(tmp_path, orders).find(file, file.name) for file in files[:2]]
    assert sum(one is None for one in told) == 1


@pytest.mark.parametrize("struck", [PermissionError, KeyboardInterrupt])
def test_an_entry_that_can_not_take_its_place_leaves_nothing(
    tmp_path: Path,
    orders: Orders,
    read: list[Contents],
    struck: type[BaseException],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise struck

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(struck) if struck is KeyboardInterrupt else nullcontext():
        remembered(tmp_path, orders).keep(read[0])
    assert [*(tmp_path / CACHE / "forms").iterdir()] == []


def test_a_refusal_is_not_kept(tmp_path: Path, orders: Orders) -> None:
    (tmp_path / "3101.xlsx").write_bytes(b"PK\3\4 not quite")
    (refused,) = read_all([tmp_path / "3101.xlsx"], orders, readers)
    assert refused.sha256
    remembered(tmp_path, orders).keep(refused)
    assert not (tmp_path / CACHE).exists()


def test_nothing_is_kept_where_there_is_no_output_folder(
    tmp_path: Path, files: list[Path], orders: Orders, read: list[Contents]
) -> None:
    before = remembered(tmp_path / "output", orders)
    before.keep(read[0])
    before.tidy()
    assert before.find(files[0], files[0].name) is None
    assert not (tmp_path / "output").exists()


def test_what_was_not_used_for_longest_goes_first(
    tmp_path: Path,
    files: list[Path],
    orders: Orders,
    read: list[Contents],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = remembered(tmp_path, orders)
    for age, contents in enumerate(read):
        before.keep(contents)
        entry = tmp_path / CACHE / "forms" / before._key(contents.file, contents.sha256)
        os.utime(entry, (1e9 + age, 1e9 + age))
    sizes = [entry.stat().st_size for entry in (tmp_path / CACHE / "forms").iterdir()]
    assert before.find(files[0], files[0].name)  # its use is noted: it is the newest now
    monkeypatch.setattr(kept, "MOST", sum(sizes) - 1)
    remembered(tmp_path, orders).tidy()
    told = [remembered(tmp_path, orders).find(file, file.name) is not None for file in files]
    assert told == [True, False, True]


def _intake(workspace: Path) -> Intake:
    config = read_config(workspace)
    return read_month(config, read_levels(config.level_tables)[0], MONTH, {})


def test_only_what_has_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, asked = small_workspace(tmp_path), list[list[str]]()
    (workspace / "output").mkdir()

    def reading(paths: list[Path], orders: Orders, *rest: object) -> list[Contents]:
        asked.append([orders.name_of(path)[:5] for path in paths])
        return read_all(paths, orders, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(month_reader, "read_all", reading)
    first, second = _intake(workspace), _intake(workspace)
    change(submission(workspace, UNITS[0], MONTH), {("D2.1.satisfaction", MONTH): 81})
    third = _intake(workspace)
    assert asked == [[*UNITS], [], [UNITS[0]]]
    assert repr(first.findings) == repr(second.findings)
    assert first.reported.equals(second.reported)
    assert (first.files, first.texts, first.own_levels) == (second.files, second.texts, second.own_levels)
    assert third.files != first.files
    assert not third.reported.equals(first.reported)


@pytest.mark.slow
def test_a_month_is_byte_for_byte_the_same_with_and_without(tmp_path: Path) -> None:
    workspace = small_workspace(tmp_path)
    trees = []
    for _ in range(3):
        run_month(read_config(workspace), MONTH, Quiet())
        record = workspace / "output" / MONTH / "run.json"
        text = record.read_text(encoding="utf-8")
        record.write_text(text.partition('"seconds"')[0], encoding="utf-8")
        assert '"inputs"' in text.partition('"seconds"')[0]
        trees.append(tree(workspace / "output" / MONTH))
    assert (workspace / "output" / CACHE / "forms").is_dir()
    assert trees[0] == trees[1] == trees[2]
