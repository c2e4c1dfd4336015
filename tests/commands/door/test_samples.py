"""The samples: folders in the repository, zip files in a wheel; both give the same workspace."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest
from workspace import BURIRAM, NEWEST, RAYONG, SAMPLES, tree

from kpibatch.base.errors import WorkspaceError
from kpibatch.commands.door import samples as door
from kpibatch.commands.door.samples import sample_of, samples, unpack


def test_in_the_repository_they_are_its_folders() -> None:
    assert set(samples()) == set(NEWEST)
    assert sample_of(BURIRAM) == SAMPLES / BURIRAM


def test_a_name_that_is_none_is_answered_with_all_and_the_nearest() -> None:
    with pytest.raises(WorkspaceError) as told:
        sample_of("buriram")
    assert told.value.facts["nearest"] == BURIRAM
    assert all(name in told.value.facts["known"] for name in NEWEST)


def packer(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SAMPLES))
    pytest.importorskip("setuptools")
    return importlib.import_module("pack_samples")


def test_what_the_build_packs_is_the_same_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack, package = packer(monkeypatch), tmp_path / "kpibatch"
    (package / "samples").mkdir(parents=True)
    for name in (RAYONG, BURIRAM):
        pack.pack(SAMPLES / name, package / "samples" / f"{name}.zip")
    monkeypatch.setattr(door, "_PACKAGE", package)
    assert list(samples()) == [BURIRAM, RAYONG]
    unpack(sample_of(RAYONG), tmp_path / "packed")
    unpack(SAMPLES / RAYONG, tmp_path / "copied")
    assert tree(tmp_path / "packed") == tree(tmp_path / "copied") != {}


def test_nothing_that_a_run_leaves_travels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "config.toml",
        "output/2565-06/run.json",
        "~$level_tables.xlsx",
        ".hidden",
        "submissions/a.xlsx",
    ):
        (tmp_path / "w" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "w" / name).write_bytes(b"")
    unpack(tmp_path / "w", tmp_path / "copied")
    files = [
        path.relative_to(tmp_path / "w").as_posix() for path in packer(monkeypatch).files_of(tmp_path / "w")
    ]
    assert files == sorted(tree(tmp_path / "copied")) == ["config.toml", "submissions/a.xlsx"]


def test_the_same_files_give_the_same_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = packer(monkeypatch)
    for name in ("a.zip", "b.zip"):
        pack.pack(SAMPLES / RAYONG, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_the_build_is_told_of_them() -> None:
    import tomllib

    project = tomllib.loads((SAMPLES.parent / "pyproject.toml").read_text("utf-8"))
    assert (
        project["tool"]["setuptools"]["cmdclass"]["build_py"] == "input_samples.pack_samples.BuildWithSamples"
    )
