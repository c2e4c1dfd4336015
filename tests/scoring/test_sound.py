"""Level tables that were checked are not checked again while they are the very same bytes."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from small_workspace import small_config
from workspace import edit_table

import kpibatch
from kpibatch.base.config import Config
from kpibatch.base.errors import NoLevelTables
from kpibatch.base.kept.entries import CACHE
from kpibatch.base.kept.program import program
from kpibatch.scoring.examples import sound
from kpibatch.scoring.examples.sound import checked_levels, keep_checked


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return small_config(tmp_path)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[Config]:
    """The checks that were really made."""
    made, check = list[Config](), sound._checked
    monkeypatch.setattr(sound, "_checked", lambda config: (made.append(config), check(config))[1])
    return made


def test_what_was_checked_is_told_the_same(config: Config, checks: list[Config]) -> None:
    edit_table(config.root, "ผลประเมิน", {"ตั้งแต่ร้อยละ": 90}, "ผล", "")
    (tables, found), (again, told) = checked_levels(config), checked_levels(config)
    assert len(checks) == 1
    assert found
    assert (again, told, again.whole_digest) == (tables, found, tables.whole_digest)


def test_only_the_very_bytes_name_limits_language_and_program(
    config: Config, checks: list[Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    checked_levels(config)
    workspace = replace(config.workspace, level_tables="other.xlsx")
    shutil.copy(config.level_tables, config.root / "other.xlsx")
    others = (
        replace(config, workspace=workspace),
        replace(config, intake=replace(config.intake, max_cells=400_000)),
        replace(config, workspace=replace(config.workspace, language="en")),
    )
    for number, each in enumerate(others, 2):
        checked_levels(each)
        assert len(checks) == number
    for each in (config, *others):
        checked_levels(each)
    assert len(checks) == 4
    edit_table(config.root, "ผลประเมิน", {"ตั้งแต่ร้อยละ": 90}, "ผล", "เยี่ยม")
    tables, _ = checked_levels(config)
    assert len(checks) == 5
    assert tables.rating[0] == (90.0, "เยี่ยม")
    program.cache_clear()
    monkeypatch.setattr(kpibatch, "__version__", "0.0.9")
    checked_levels(config)
    program.cache_clear()
    assert len(checks) == 6


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(path.read_bytes()[:-1]), Path.unlink])
def test_a_damaged_or_deleted_entry_is_none(config: Config, checks: list[Config], damage) -> None:
    tables, _ = checked_levels(config)
    (entry,) = (config.output / CACHE / "level_tables").iterdir()
    damage(entry)
    assert checked_levels(config)[0] == tables
    assert len(checks) == 2


def test_tables_that_changed_while_they_were_read_are_not_kept(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = sound._checked

    def slow(config: Config) -> sound.Checked:
        checked = check(config)
        edit_table(config.root, "ผลประเมิน", {"ตั้งแต่ร้อยละ": 90}, "ผล", "เยี่ยม")
        return checked

    monkeypatch.setattr(sound, "_checked", slow)
    checked_levels(config)
    assert not (config.output / CACHE).exists()


def test_what_was_checked_before_there_was_an_output_folder_is_kept_then(
    config: Config, checks: list[Config]
) -> None:
    config.output.rmdir()
    checked_levels(config)
    keep_checked(config)
    assert not config.output.exists()
    config.output.mkdir()
    keep_checked(config)
    checked_levels(config)
    assert len(checks) == 1


def test_tables_that_are_gone_are_not_told_from_before(config: Config) -> None:
    checked_levels(config)
    config.level_tables.unlink()
    with pytest.raises(NoLevelTables):
        checked_levels(config)
