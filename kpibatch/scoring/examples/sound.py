"""A workspace's level tables, checked, and its worked cases tried: by no others may anything be scored.

In: the configuration. Out: ``LevelTables`` and the faults in them; of bytes that were checked before, as kept
below ``output/.cache``. Loads nothing heavy where no case is to be tried.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from kpibatch.base import findings, kinds
from kpibatch.base.config import Config
from kpibatch.base.errors import FaultyLevelTables
from kpibatch.base.files import sha256_of
from kpibatch.base.findings import Finding
from kpibatch.base.kept.entries import Kept, key_of
from kpibatch.base.kept.program import program
from kpibatch.base.kept.records import Records
from kpibatch.rules import checks, conditions, levels, records, round, written
from kpibatch.rules.fingerprint import fingerprint
from kpibatch.rules.levels import LevelTables

Checked: TypeAlias = tuple[LevelTables, list[Finding]]
MOST = 10_000_000
"""Bytes: hundreds of level tables, checked."""
_not_yet_kept: dict[Path, tuple[str, Checked]] = {}  # by output folder, which the first run makes


def sound_levels(config: Config) -> LevelTables:
    """The workspace's level tables, with what the check warns of.

    Raises ``KpibatchError`` where they hold an error: nothing may be scored by them.
    Source: design, section 2 (``levels check``: 2, can't go on).
    """
    tables, findings = checked_levels(config)
    faults = [each for each in findings if each.severity == "error"]
    if faults:
        first = f"{faults[0].place}: {faults[0].message(config.language)}"
        raise FaultyLevelTables(file=config.level_tables, count=len(faults), first=first)
    return replace(tables, warnings=tuple(each for each in findings if each.severity == "warning"))


def checked_levels(config: Config) -> Checked:
    """The workspace's level tables and every fault in them, their worked cases tried where they can be read.

    Source: design, section 1 (ตัวอย่าง: worked cases that ``levels check`` runs).
    """
    path = config.level_tables
    sha256 = _sha256_of(path)
    by = fingerprint((path.name, config.intake, config.language), whole=True)
    key = key_of(program("python_calamine", "lark", "numpy", "pandas"), by, sha256)
    known = _kept(config).find(key, _unpacked) if sha256 else None
    if known:
        return known
    checked = _checked(config)
    if sha256 and _sha256_of(path) == sha256:  # else nobody knows which bytes were read
        _not_yet_kept[config.output] = key, checked
        keep_checked(config)
    return checked


def keep_checked(config: Config) -> None:
    """Keep what was checked of a workspace, once it has an output folder."""
    if config.output in _not_yet_kept and config.output.is_dir():
        key, checked = _not_yet_kept.pop(config.output)
        _kept(config).keep(key, _kinds().packed(checked))
        _kept(config).tidy()


def _kept(config: Config) -> Kept:
    return Kept(config.output, "level_tables", MOST)


def _checked(config: Config) -> Checked:
    from kpibatch.rules.lint.check import check_levels  # what was checked before need not wait for it

    tables, found = check_levels(config.level_tables, config.intake)
    if tables.examples and not any(each.severity == "error" for each in found):
        from kpibatch.scoring.examples.tried import (
            try_examples,  # brings pandas along, which most need not wait for
        )

        found += try_examples(tables, config.language)
    return tables, found


def _sha256_of(path: Path) -> str:
    """Empty where the file can't be read: whoever reads it then says why."""
    try:
        return sha256_of(path)
    except OSError:
        return ""


@cache
def _kinds() -> Records:
    return Records((findings, kinds, checks, conditions, levels, records, round, written))


def _unpacked(packed: Any) -> Checked:
    tables, found = _kinds().unpacked(packed)
    if not isinstance(tables, LevelTables):
        raise TypeError(type(tables))
    return tables, found
