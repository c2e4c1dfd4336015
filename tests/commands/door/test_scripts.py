"""The scripts that run a month: for cmd with CR LF, in letters that every code page reads; for sh with LF."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kpibatch.commands.door import scripts
from kpibatch.commands.door.scripts import CMD, SH, write_scripts


def test_each_is_as_its_shell_wants_it(tmp_path: Path) -> None:
    write_scripts(tmp_path)
    cmd, sh = (tmp_path / CMD).read_bytes(), (tmp_path / SH).read_bytes()
    assert cmd.count(b"\r\n") == cmd.count(b"\n") > 10
    assert b"\r" not in sh
    assert cmd.isascii()  # whatever the code page, before chcp has been said
    assert b"goto" not in cmd  # which cmd loses its way to behind letters of several bytes
    assert sh.startswith(b"#!/bin/sh\n")
    assert os.name == "nt" or os.access(tmp_path / SH, os.X_OK)


def test_on_windows_the_program_that_wrote_it_stands_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its path may hold Thai letters, spaces, brackets and percent signs; it is read after chcp 65001."""
    python = tmp_path / "งาน 100% (ใหม่)" / "python.exe"
    monkeypatch.setattr(scripts.sys, "executable", str(python))
    monkeypatch.setattr(scripts, "_ON_WINDOWS", True)
    write_scripts(tmp_path)
    lines = (tmp_path / CMD).read_bytes().decode("utf-8").split("\r\n")
    told = next(line for line in lines if line.startswith('set "PROGRAM='))
    assert told == f'set "PROGRAM={str(python).replace("%", "%%")}"'
    assert lines.index("chcp 65001 >nul") < lines.index(told)


def test_a_single_file_program_is_started_as_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripts.sys, "frozen", True, raising=False)
    write_scripts(tmp_path)
    assert "-m kpibatch run" not in (tmp_path / SH).read_text("utf-8").split("program=")[1]


@pytest.mark.skipif(os.name == "nt", reason="a script for sh")
def test_sh_runs_in_its_own_folder_with_what_was_said(tmp_path: Path) -> None:
    """Called from elsewhere, in a folder whose name holds spaces and Thai letters, with another's program."""
    folder = tmp_path / "ที่ทำงาน ใหม่"
    folder.mkdir()
    write_scripts(folder)
    said = 'import os, sys; print(os.getcwd(), *sys.argv[1:], sep="|"); sys.exit(1)'
    (tmp_path / "program").write_text(f"#!{sys.executable}\n{said}\n", encoding="utf-8")
    (tmp_path / "program").chmod(0o755)
    script = folder / SH
    script.write_text(script.read_text("utf-8").replace(sys.executable, str(tmp_path / "program")), "utf-8")
    done = subprocess.run([script, "2565-06"], cwd="/", capture_output=True, text=True, check=False)
    assert done.stdout == f"{folder}|-m|kpibatch|run|2565-06\n", done.stderr
    assert done.returncode == 1


@pytest.mark.skipif(os.name == "nt", reason="a script for sh")
def test_sh_says_what_to_do_where_there_is_no_program(tmp_path: Path) -> None:
    """Nor does it take the program of the folder that it is called from, though its PATH holds no dirname."""
    folder, elsewhere = tmp_path / "workspace", tmp_path / "elsewhere"
    folder.mkdir()
    write_scripts(folder)
    script = folder / SH
    script.write_text(script.read_text("utf-8").replace(sys.executable, "/nowhere/python"), "utf-8")
    (elsewhere / ".venv/bin").mkdir(parents=True)
    (elsewhere / ".venv/bin/python").write_text("#!/bin/sh\necho wrong\n", encoding="utf-8")
    (elsewhere / ".venv/bin/python").chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", script],
        cwd=elsewhere,
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "kpibatch was not found" in done.stderr


ASKED = "import os, sys; print(os.getcwd().encode(), sys.argv[1:]); sys.exit(1)"


def called(script: Path, *words: str, found_in: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """The script, by cmd, as Task Scheduler calls it from another folder."""
    more = {"PATH": os.environ["PATH"] + (f";{found_in}" if found_in else "")}
    return subprocess.run(
        [script, *words],
        cwd=script.anchor,
        env={**os.environ, **more},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )


@pytest.mark.skipif(os.name != "nt", reason="a script for cmd")
def test_cmd_runs_in_its_own_folder_with_what_was_said(tmp_path: Path) -> None:
    folder = tmp_path / "ที่ทำงาน (ใหม่) !x"
    folder.mkdir()
    write_scripts(folder)
    (folder / "asked.py").write_text(ASKED, encoding="utf-8")
    script = folder / CMD
    script.write_bytes(script.read_bytes().replace(b'"WORDS=-m kpibatch"', b'"WORDS=asked.py"', 1))
    done = called(script, "2565-06")
    assert (done.returncode, done.stdout) == (1, f"{str(folder).encode()} ['run', '2565-06']\n"), done.stderr


@pytest.mark.skipif(os.name != "nt", reason="a script for cmd")
def test_cmd_takes_what_the_path_finds_or_says_what_to_do(tmp_path: Path) -> None:
    write_scripts(tmp_path)
    script = tmp_path / CMD
    script.write_text(
        script.read_text("utf-8").replace(sys.executable, "Z:\\nowhere.exe"), "utf-8", newline=""
    )
    done = called(script)
    assert (done.returncode, "kpibatch was not found" in done.stdout) == (2, True), done
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / "kpibatch.cmd").write_text("@echo found %*\n@exit /b 1\n", encoding="ascii")
    done = called(script, "2565-06", found_in=tmp_path / "found")
    assert (done.returncode, done.stdout) == (1, "found run 2565-06\n")
