"""What is kept is told again under its very key alone, and only as it was written."""

import os
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from workspace import SAMPLES

import kpibatch
from kpibatch.base import findings, kinds
from kpibatch.base.findings import finding
from kpibatch.base.kept.entries import CACHE, Kept, key_of
from kpibatch.base.kept.program import program
from kpibatch.base.kept.records import Records
from kpibatch.rules import checks, conditions, levels, records, round, written
from kpibatch.rules.reader import read_levels
from kpibatch.rules.schema import UNITS

KEY, OTHER = key_of("a", "b"), key_of("ab")
CONTENT = {"ก": [1.5, None, "\ud800"]}


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path, "things", 1000)


def found(kept: Kept, key: str = KEY) -> Any:
    return kept.find(key, lambda content: content)


def test_what_is_kept_is_found_under_its_key_alone(kept: Kept) -> None:
    kept.keep(KEY, CONTENT)
    assert found(kept) == CONTENT
    assert found(kept, OTHER) is None


def test_a_part_of_a_key_ends_where_it_ends() -> None:
    assert len({key_of("ab", "c"), key_of("a", "bc"), key_of("abc"), key_of("abc", "")}) == 4


def test_what_is_told_of_contents_is_asked_of_new_ones_alone(tmp_path: Path, kept: Kept) -> None:
    asked: list[bytes] = []

    def told(**contents: bytes) -> dict[str, str]:
        return kept.told(KEY, contents.items(), lambda content: asked.append(content) or content.hex())

    assert told(a=b"1", b=b"2") == {"a": "31", "b": "32"}
    assert told(c=b"2", b=b"3") == {"c": "32", "b": "33"}
    assert told(a=b"1") == {"a": "31"}  # what was gone the last time is new again
    assert asked == [b"1", b"2", b"3", b"1"]
    (entry,) = (tmp_path / CACHE / "things").iterdir()
    entry.write_bytes(entry.read_bytes()[:-1])
    assert told(a=b"1") == {"a": "31"}
    assert asked[4:] == [b"1"]


@pytest.mark.parametrize("at", [0, 31, 32, -1])
def test_a_damaged_entry_is_none(tmp_path: Path, kept: Kept, at: int) -> None:
    kept.keep(KEY, CONTENT)
    entry = tmp_path / CACHE / "things" / KEY
    whole = entry.read_bytes()
    flipped = bytearray(whole)
    flipped[at] ^= 1
    for damaged in (bytes(flipped), whole[:at], b""):
        entry.write_bytes(damaged)
        assert found(kept) is None
    entry.write_bytes(whole)
    assert found(kept) == CONTENT


def test_an_entry_under_another_ones_name_is_none(tmp_path: Path, kept: Kept) -> None:
    kept.keep(KEY, CONTENT)
    (tmp_path / CACHE / "things" / KEY).rename(tmp_path / CACHE / "things" / OTHER)
    assert found(kept, OTHER) is None


@pytest.mark.parametrize("fault", [KeyError, TypeError, ValueError])
def test_an_entry_of_another_shape_is_none(kept: Kept, fault: type[Exception]) -> None:
    def misread(content: object) -> object:
        raise fault(content)

    kept.keep(KEY, CONTENT)
    assert kept.find(KEY, misread) is None


def test_nothing_is_kept_where_there_is_no_output_folder(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "output", "things", 1000)
    kept.keep(KEY, CONTENT)
    kept.tidy()
    assert found(kept) is None
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize(("less", "left"), [(0, [KEY, OTHER]), (1, [KEY])])
def test_what_was_not_used_for_longest_goes_first(tmp_path: Path, less: int, left: list[str]) -> None:
    kept, folder = Kept(tmp_path, "things", 1000), tmp_path / CACHE / "things"
    for age, key in enumerate((KEY, OTHER)):
        kept.keep(key, CONTENT)
        os.utime(folder / key, (1e9 + age, 1e9 + age))
    assert found(kept) == CONTENT  # its use is noted: it is the newest now
    Kept(tmp_path, "things", sum(each.stat().st_size for each in folder.iterdir()) - less).tidy()
    assert sorted(each.name for each in folder.iterdir()) == sorted(left)


def test_a_program_is_its_version_its_files_and_its_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {program(), program("lark"), program("numpy"), program("lark", "numpy")}
    assert len(seen) == 4
    assert program("no_such_library_at_all") == program()
    program.cache_clear()
    monkeypatch.setattr(kpibatch, "__version__", "0.0.9")
    assert program() not in seen
    program.cache_clear()


def test_another_state_of_a_file_is_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inner").mkdir()
    part = tmp_path / "inner" / "part.py"
    part.write_text("x = 1")
    monkeypatch.setattr(kpibatch, "__file__", str(tmp_path / "__init__.py"))
    program.cache_clear()
    before = program()
    os.utime(part, (1e9, 1e9))
    program.cache_clear()
    assert program() != before
    program.cache_clear()


def test_a_program_file_is_itself_wherever_it_unpacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of its modules are nowhere."""
    whole = tmp_path / "kpibatch.exe"
    whole.write_bytes(b"x")
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys.executable", str(whole))
    seen = []
    for place, at in (("one", 1e9), ("two", 1e9), ("two", 2e9)):
        monkeypatch.setattr(kpibatch, "__file__", str(tmp_path / place / "__init__.py"))
        os.utime(whole, (at, at))
        program.cache_clear()
        seen.append(program("lark"))
    program.cache_clear()
    assert (seen[0] == seen[1], seen[1] == seen[2]) == (True, False)


# --- records ------------------------------------------------------------------------------------------------

RULES = Records((findings, kinds, checks, conditions, levels, records, round, written))


@pytest.mark.parametrize("sample", sorted(path.parent.name for path in SAMPLES.glob("*/config.toml")))
def test_level_tables_come_back_as_they_were(sample: str) -> None:
    tables = read_levels(SAMPLES / sample / "level_tables.xlsx")
    told = RULES.unpacked(RULES.packed(tables))
    assert told == tables
    assert told[0].whole_digest == tables[0].whole_digest


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Thing:
    name: str
    colour: Colour | str = ""


THINGS = ModuleType(__name__)
vars(THINGS).update(Colour=Colour, Thing=Thing)


@pytest.mark.parametrize(
    "content",
    [
        ("ก", 1, 1.5, True, None, [], ["("], {}, {("a", 1): date(2022, 6, 30)}, frozenset(("a", "b"))),
        (Thing("a", Colour.RED), Thing("a", "red"), "Thing"),
    ],
)
def test_a_record_comes_back_of_its_own_kind(content: object) -> None:
    told = Records([THINGS]).unpacked(Records([THINGS]).packed(content))
    assert told == content
    assert repr(told[:5]) == repr(content[:5])  # type: ignore[index]


def test_only_kinds_that_are_named_are_kept() -> None:
    with pytest.raises(TypeError):
        Records([THINGS]).packed(finding("late"))
    with pytest.raises(TypeError):
        Records([THINGS]).packed({1, 2})


@pytest.mark.parametrize(
    "packed", [[], ["Finding", "late"], ["eval", "1"], ["Thing", "a"], ["Colour", "blue"], [1], [["("]]]
)
def test_what_is_no_record_is_refused(packed: list[Any]) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        Records([THINGS]).unpacked(packed)


def test_a_heading_comes_back_as_its_words() -> None:
    told = {UNITS.code: (UNITS.name,)}  # as worked cases hold their cells
    kinds_of = Records((kinds,))
    assert kinds_of.unpacked(kinds_of.packed(told)) == told
    assert {type(key) for key in kinds_of.unpacked(kinds_of.packed(told))} == {str}
