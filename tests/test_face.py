"""The names a notebook may rely on: documented, typed, fetched only when they are asked for."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest
from house import PACKAGE, ROOT
from workspace import copy_sample

import kpibatch

LISTED = re.findall(r"^``(\w+)``  ", kpibatch.__doc__ or "", re.MULTILINE)


def test_every_name_is_documented_and_each_is_there():
    assert sorted(LISTED) == sorted(kpibatch.__all__)
    assert all(getattr(kpibatch, name).__doc__ for name in kpibatch.__all__)
    assert set(kpibatch.__all__) <= set(dir(kpibatch))
    with pytest.raises(AttributeError, match="nonsense"):
        _ = kpibatch.nonsense


@pytest.mark.slow
def test_the_example_comes_out_as_it_says(tmp_path, monkeypatch):
    workspace = copy_sample(tmp_path)
    monkeypatch.chdir(workspace)
    before = sorted(workspace.rglob("*"))
    result = doctest.testmod(kpibatch)
    assert result.attempted > 4
    assert result.failed == 0
    assert sorted(workspace.rglob("*")) == before


def test_importing_it_loads_nothing():
    program = "import sys, kpibatch; print(*(name for name in sys.modules if name.startswith('kpibatch.')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


CLIENT = """from pathlib import Path
import kpibatch
best: kpibatch.Standing = kpibatch.assess_month(kpibatch.read_config(Path())).standings[0]
"""


@pytest.mark.slow
def test_a_client_is_type_checked(tmp_path: Path) -> None:
    assert (PACKAGE / "py.typed").is_file()
    (tmp_path / "client.py").write_text(CLIENT, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(CLIENT + "best.rank.upper()\nkpibatch.nonsense\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        str(tmp_path / "client.py"),
        str(tmp_path / "wrong.py"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    faults = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert [Path(line.split(":")[0]).name for line in faults] == ["wrong.py", "wrong.py"], done.stdout
