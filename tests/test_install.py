"""From a clone to a command that runs, in one line that bash, cmd and PowerShell take."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from house import ROOT

import kpibatch.__main__ as door
from kpibatch import install

Called = list[tuple[list[str], "dict[str, str] | None"]]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with a project, a space and Thai letters in its name."""
    folder = tmp_path / "ที่ โคลน"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("[project]", encoding="utf-8")
    return folder


@pytest.fixture
def called(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Called:
    """Which programs were run; none is."""
    calls: Called = []

    def run(command: list[str], environment: "dict[str, str] | None" = None) -> int:
        calls.append((command, environment))
        if command[1:3] == ["-m", "venv"]:
            python = Path(command[3]) / PROGRAMS / f"python{EXE}"
            python.parent.mkdir(parents=True)
            python.write_bytes(b"")
        return 0

    monkeypatch.setattr(install, "_run", run)
    return calls


PROGRAMS, EXE = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")


def words(called: Called) -> list[list[str]]:
    return [command for command, _ in called]


def test_it_makes_installs_and_runs(clone: Path, called: Called) -> None:
    assert install.main(["kpibatch", "run", "2565-06"], clone) == 0
    python, program = (str(clone / ".venv" / PROGRAMS / name) for name in (f"python{EXE}", "kpibatch"))
    assert words(called) == [
        [sys.executable, "-m", "venv", str(clone / ".venv")],
        [python, "-m", "pip", "install", "-q", "-e", str(clone)],
        [program, "run", "2565-06"],
    ]
    environment = called[-1][1]
    assert environment
    assert environment["PATH"].split(os.pathsep)[0] == str(clone / ".venv" / PROGRAMS)
    assert environment["VIRTUAL_ENV"] == str(clone / ".venv")


@pytest.mark.parametrize(
    ("on_windows", "programs", "python"), [(True, "Scripts", "python.exe"), (False, "bin", "python")]
)
def test_each_system_has_its_own_folder_of_programs(
    on_windows: bool, programs: str, python: str, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[list[str]] = []
    (clone / ".venv").mkdir()
    monkeypatch.setattr(install, "ON_WINDOWS", on_windows)
    monkeypatch.setattr(install, "_run", lambda command, _=None: calls.append(command) or 0)
    assert install.main(["kpibatch"], clone) == 0
    assert calls[1][0] == str(clone / ".venv" / programs / python)
    assert calls[2][0] == str(clone / ".venv" / programs / "kpibatch")


def test_what_is_installed_is_not_installed_again_until_the_project_changes(
    clone: Path, called: Called
) -> None:
    def installs(command: str) -> list[str]:
        called.clear()
        assert install.main([command], clone) == 0
        return [line[-1].removeprefix(str(clone)) for line in words(called) if "pip" in line]

    assert [installs(each) for each in ("kpibatch", "kpibatch", "pytest", "ruff", "kpibatch")] == [
        [""],
        [],
        ["[test]"],
        [],
        [],
    ]
    (clone / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    assert [installs(each) for each in ("pytest", "kpibatch", "kpibatch")] == [["[test]"], [""], []]
    moved = clone.rename(clone.with_name("moved"))
    called.clear()
    assert install.main(["pytest"], moved) == 0
    assert any("pip" in line for line in words(called))


def test_what_can_t_be_installed_is_not_run(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr(
        install, "_run", lambda command, _=None: calls.append(command) or ("pip" in command) * 7
    )
    for _ in range(2):
        assert install.main(["kpibatch"], clone) == 7
    assert [line[1:3] for line in calls] == [["-m", "venv"], ["-m", "pip"]] * 2


def test_a_python_without_what_makes_environments_is_told(
    clone: Path, called: Called, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Debian has it in a package of its own."""
    monkeypatch.setattr(install.importlib.util, "find_spec", lambda _: None)
    assert install.main(["kpibatch"], clone) == 2
    assert "python3-venv" in capsys.readouterr().err
    assert called == []


@pytest.mark.parametrize("given", [[], ["kpibatch", "run"]])
def test_outside_a_clone_or_without_a_command_it_says_how(
    given: list[str], tmp_path: Path, called: Called, capsys: pytest.CaptureFixture[str]
) -> None:
    assert install.main(given, tmp_path) == 2
    assert "python -m kpibatch.install kpibatch run" in capsys.readouterr().err
    assert called == []


def test_a_python_that_is_too_old_is_told(
    clone: Path, called: Called, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(door, "OLDEST", (4, 0))
    assert install.main(["kpibatch"], clone) == 2
    assert "Python 3.11" in capsys.readouterr().err
    assert called == []


@pytest.mark.parametrize("file", [install, door])
def test_one_that_is_much_older_reads_far_enough_to_say_so(file: ModuleType) -> None:
    ast.parse(Path(str(file.__file__)).read_text(encoding="utf-8"), feature_version=(3, 7))


def test_the_command_s_exit_code_is_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert install._run([sys.executable, "-c", "raise SystemExit(5)"]) == 5
    assert install._run(["no such program"]) == 2
    assert "no such program" in capsys.readouterr().err


def test_it_needs_nothing_that_is_not_there_yet() -> None:
    """``-I -S``: neither what is installed nor what stands around."""
    program = (
        f"import sys; sys.path.append({str(ROOT)!r}); from kpibatch import install; print(install.main([]))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "2\n"


# --- the documents ------------------------------------------------------------------------------------------

RAN, TESTED = "python -m kpibatch.install kpibatch run", "python -m kpibatch.install pytest"


@pytest.mark.parametrize("name", ["README.md", "README.th.md"])
def test_the_readme_s_two_commands_are_a_line_each_that_every_shell_takes(name: str) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / name).read_text(encoding="utf-8"), re.M | re.S)
    assert [block for block in blocks if "kpibatch.install" in block] == [f"{RAN}\n", f"{TESTED}\n"]
    assert not set("&;|<>$%`'\"\\^()") & set(RAN + TESTED), "PowerShell 5 knows no &&, cmd no ;"


def test_ci_runs_the_tests_as_the_readme_says() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "installed=(python3.11 -m kpibatch.install)" in script
    assert '"${installed[@]}" pytest "${part[@]}"' in script
