"""A wheel and a source archive, built from the repository and used in an empty folder outside of it."""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from house import PACKAGE, ROOT

pytestmark = pytest.mark.slow
PROGRAMS, EXE = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
SOURCES = ("kpibatch", "input_samples", "pyproject.toml", "README.md", "LICENSE")
NEEDS = "setuptools>=77"  # as pyproject.toml says
BUILD = """
import sys
from setuptools import build_meta
out, *kinds = sys.argv[1:]
for kind in kinds:
    getattr(build_meta, f"build_{kind}")(out)
"""


def run(*words: object, at: Path, code: int = 0) -> str:
    """What a program prints that ends with the code, of nothing but the folder it is run in."""
    own = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "COVERAGE_PROCESS_START"}
    around = {name: value for name, value in os.environ.items() if name not in own}
    done = subprocess.run(
        list(map(str, words)), cwd=at, capture_output=True, env=around | {"PYTHONUTF8": "1"}, check=False
    )
    told = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert done.returncode == code, told
    return told


def environment(folder: Path, *, pip: bool) -> Path:
    """A fresh one; its Python."""
    venv.create(folder, with_pip=pip)
    return python_of(folder)


def python_of(folder: Path) -> Path:
    return folder / PROGRAMS / f"python{EXE}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, a source archive, and in ``again`` the wheel that is built from the latter."""
    room = tmp_path_factory.mktemp("built")
    python, source, out = environment(room / "builder", pip=True), room / "source", room / "out"
    told = subprocess.run(
        [python, "-m", "pip", "install", "-q", NEEDS], capture_output=True, text=True, check=False
    )
    if told.returncode and not os.environ.get("CI"):
        pytest.skip(f"{NEEDS} can't be had: {told.stderr}")
    assert not told.returncode, told.stderr
    source.mkdir()
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        leave = {"ignore": shutil.ignore_patterns("__pycache__", "output")} if copy is shutil.copytree else {}
        copy(ROOT / name, source / name, **leave)  # type: ignore[operator]
    run(python, "-c", BUILD, out, "sdist", "wheel", at=source)
    (archive,) = out.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(room / "unpacked", filter="data")
    (unpacked,) = (room / "unpacked").iterdir()
    run(python, "-c", BUILD, room / "again", "wheel", at=unpacked)
    return room


def names(folder: Path) -> set[str]:
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        return set(packed.namelist())


def carried() -> Iterator[str]:
    """Every file of the package."""
    for path in PACKAGE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
            yield path.relative_to(ROOT).as_posix()


def test_the_wheel_carries_its_data_and_the_source_archive_gives_the_same(built: Path) -> None:
    wheel = names(built / "out")
    samples = {
        f"kpibatch/samples/{path.parent.name}.zip" for path in (ROOT / "input_samples").glob("*/config.toml")
    }
    assert {*carried(), *samples} - wheel == set()
    assert samples
    assert names(built / "again") == wheel


def test_in_an_empty_folder_it_begins_and_runs_a_month(built: Path, tmp_path: Path) -> None:
    """As ``pipx install`` and ``uv tool install`` do: an environment with the wheel alone. The libraries are
    those of this Python, for what is tried is what the wheel brings.
    """
    python, empty = environment(tmp_path / "tool", pip=False), tmp_path / "ที่ ว่าง"
    pip = python_of(built / "builder"), "-m", "pip", "--python", python
    empty.mkdir()
    (wheel,) = (built / "out").glob("*.whl")
    run(*pip, "install", "-q", "--no-deps", "--no-index", wheel, at=empty)
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", at=empty).strip()
    libraries = {str(Path(path)) for path in sys.path if path.endswith("site-packages")}
    (Path(site) / "libraries.pth").write_text("\n".join(sorted(libraries)), encoding="utf-8")
    assert site in run(python, "-c", "import kpibatch; print(kpibatch.__file__)", at=empty)
    program = python.with_name(f"kpibatch{EXE}")
    assert run(program, "docs", "afternoon", "--lang", "en", at=empty).startswith("# From nothing")
    assert "glossary" in run(program, "docs", at=empty)
    run(program, "init", "--sample", "rayong-2554", "w", at=empty)
    run(python, "-m", "kpibatch", "-C", "w", "levels", "check", at=empty)
    run(program, "-C", "w", "run", at=empty, code=1)
    assert list((empty / "w" / "output").glob("*/ranking.xlsx"))
    run(
        program,
        "init",
        "--province",
        "น่าน",
        "--unit",
        "อำเภอ",
        "--year",
        "2570",
        "--round",
        "1",
        "--month",
        "2570-01",
        "n",
        at=empty,
    )
    assert (empty / "n" / "run-monthly.bat").is_file()
