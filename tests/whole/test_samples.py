"""The samples in ``input_samples/``: small, telling, wrong only where they mean to be, and made again to the
byte.
"""

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest
from workspace import (
    BURIRAM,
    CHACHOENGSAO,
    CHIEFS,
    NAKHON_PHANOM,
    NEWEST,
    RAYONG,
    SAMPLES,
    findings,
    read_rows,
    sample_output,
    tree,
)

from kpibatch.books.read import read_book

# What each sample has wrong on purpose in its newest month: code, unit, measure.
FLAWS = {
    BURIRAM: [
        ("out-of-range", "3117", "T6.pr_days"),
        ("check-rule", "3101", "T4.has_default"),  # no default, though the base year has one
        ("check-rule", "3102", "T4.has_default"),
        ("check-rule", "3103", "T4.has_default"),
        ("check-rule", "3104", "T4.has_default"),
        ("check-rule", "3108", "T4.has_default"),
        ("no-evidence", "3109", "T1.loan_docs"),
        ("check-rule", "3110", "T4.has_default"),
        ("check-rule", "3112", "T4.has_default"),
        ("below-base", "3112", "I6.otop_now"),
        ("check-rule", "3115", "T4.has_default"),
        ("check-rule", "3118", "T4.has_default"),
        ("not-submitted", "3119", ""),
        ("late", "3120", ""),
        ("missing", "3122", "T8.growing"),
        ("read-as", "3107", "T1.spent"),
        ("read-as", "3107", "T2.done"),
        ("read-as", "3107", "T5.news"),
        ("read-as", "3107", "T6.meeting_date"),
        ("read-as", "3107", "I7.plan"),
        ("read-as", "3114", "T6.mechanism"),
        ("read-as", "3114", "I2.restructured"),
        ("read-as", "3114", "I8.collected_hh"),
        ("read-as", "3114", "I9.pr_channels"),
    ],
    CHACHOENGSAO: [("read-as", "2405", "I6.promoted")],
    CHIEFS: [("missing", "57", "K5.trained")],
    NAKHON_PHANOM: [
        ("late-change", "4802", "T2.done"),
        ("late", "4811", ""),
        ("corrected", "4806", "T3.3.done"),
    ],
    RAYONG: [("late", "21P09", ""), ("claim-differs", "21P03-1", "")],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FLAWS)
def test_each_flaw_is_found_and_nothing_else(name: str) -> None:
    assert sample_output(name).name == NEWEST[name]
    found = [(row["code"], row["unit"], row["measure"]) for row in findings(sample_output(name))]
    assert found == FLAWS[name]


@pytest.mark.slow
def test_june_reaches_every_level() -> None:
    rows = read_rows(sample_output(BURIRAM) / "scores.csv")
    levels = [row["level"] for row in rows if row["level"]]
    assert {level: levels.count(level) >= 10 for level in "012345"} == dict.fromkeys("012345", True)
    totals = [float(row["score"]) for row in rows if row["node"] == "total" and row["score"]]
    assert min(totals) < 2.5 < 4.5 < max(totals)


def test_the_buriram_submissions_are_small_enough_to_clone() -> None:
    sizes = [path.stat().st_size for path in (SAMPLES / BURIRAM / "submissions").rglob("*") if path.is_file()]
    assert len(sizes) >= 3 * 22
    assert sum(sizes) < 4_000_000


# --- made again ---------------------------------------------------------------------------------------------


def maker(name: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A script of ``input_samples/`` as a module that writes below ``home``."""
    monkeypatch.syspath_prepend(str(SAMPLES))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    spec = importlib.util.spec_from_file_location(name, SAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "HERE", home)
    return module


def contents(path: Path) -> object:
    """What a workbook says, sheet by sheet; or the text of another file."""
    return (
        {name: grid.rows for name, grid in read_book(path).items()}
        if path.suffix == ".xlsx"
        else path.read_text(encoding="utf-8-sig")
    )


def everything(folder: Path) -> dict[str, object]:
    return {
        path.relative_to(folder).as_posix(): contents(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("name", NEWEST)
def test_level_tables_are_what_the_letter_gives(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker("make_level_tables", tmp_path, monkeypatch).make(name.replace("-", "_"))
    assert contents(tmp_path / name / "level_tables.xlsx") == contents(SAMPLES / name / "level_tables.xlsx")


@pytest.mark.slow
@pytest.mark.parametrize("name", [RAYONG, CHACHOENGSAO])
def test_submissions_are_what_the_level_tables_give(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).mkdir()
    shutil.copy(SAMPLES / name / "level_tables.xlsx", tmp_path / name)
    made = maker("make_samples", tmp_path, monkeypatch).make(name)
    again = everything(made)
    assert len(again) > 12
    assert again == everything(SAMPLES / name / "submissions")
    before = tree(tmp_path)
    maker("make_samples", tmp_path, monkeypatch).make(name)
    assert tree(tmp_path) == before
