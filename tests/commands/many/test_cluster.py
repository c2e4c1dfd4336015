"""Behind a scheduler's address: real workers from the command line; each is looked at before all else."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from dask_cluster import ROOT, dask_cluster
from output_digests import outputs_of, run_many
from small_workspace import MONTH, small_workspace
from starter import exit_codes

from kpibatch.base.errors import TogetherFault
from kpibatch.base.files import sha256_of
from kpibatch.commands.many import cluster
from kpibatch.commands.many.cluster import _look_at, _probes
from kpibatch.commands.many.dask import Scheduler

FACTS = {"kpibatch": "0.1.0", "zlib": "1.3"}


# --- what a worker must be ----------------------------------------------------------------------------------


def scheduler_of(**answers: object) -> SimpleNamespace:
    return SimpleNamespace(
        workers=lambda: {f"tcp://{name}": name for name in answers},
        asked=lambda ask, given, workers: {worker: answers[worker[6:]] for worker in workers},
    )


def test_workers_that_have_the_program_and_the_folder_are_taken() -> None:
    _look_at(scheduler_of(a=(FACTS, ("d",)), b=(FACTS, ("d",))), FACTS, {"/share/x": "d"})


@pytest.mark.parametrize(
    ("answer", "name", "words"),
    [
        (ModuleNotFoundError("No module named 'kpibatch'"), "worker-without", "No module named"),
        (({**FACTS, "kpibatch": "0.0.9"}, ("d",)), "worker-other", "kpibatch 0.0.9 ≠ 0.1.0"),
        (({"kpibatch": "0.1.0"}, ("d",)), "worker-other", "zlib – ≠ 1.3"),
        ((FACTS, ("e",)), "worker-apart", str(Path("/share"))),
        ((FACTS, ("",)), "worker-apart", str(Path("/share"))),
    ],
)
def test_one_that_has_not_stops_all_before_anything_is_begun(answer: object, name: str, words: str) -> None:
    with pytest.raises(TogetherFault) as fault:
        _look_at(scheduler_of(good=(FACTS, ("d",)), bad=answer), FACTS, {"/share/x": "d"})
    assert fault.value.name == name
    assert "bad" in fault.value.message("en")
    assert words in fault.value.message("en")


def test_one_probe_a_folder_of_workspaces_and_nothing_is_left(tmp_path: Path) -> None:
    workspaces = [tmp_path / name for name in ("north/a", "north/b", "south/c")]
    for each in workspaces:
        each.mkdir(parents=True)
    with _probes([*workspaces, tmp_path / "gone/d"]) as probes:
        assert sorted(Path(path).parents[1].name for path in probes) == ["north", "south"]
        assert all(sha256_of(Path(path)) == digest for path, digest in probes.items())
        assert len(set(probes.values())) == 2
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_where_no_probe_can_be_written_the_settings_are_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_bytes(b"x")

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with _probes([tmp_path]) as probes:
        assert probes == {str(tmp_path / "config.toml"): cluster.digest_of(tmp_path / "config.toml")}


@pytest.mark.parametrize(
    "address",
    ["", "nonsense", "127.0.0.1:8786", "http://x:1", "tcp://x", "tcp://x:port", "tcp:// x:1", "tcp://x:1/y"],
)
def test_what_is_no_address_is_told_at_once(address: str) -> None:
    with pytest.raises(TogetherFault, match="tcp://192") as fault:
        Scheduler(address)
    assert fault.value.name == "scheduler-address"


def test_without_dask_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(TogetherFault, match=r"kpibatch\[dask\]"):
        Scheduler("tcp://127.0.0.1:1")


# --- a real scheduler ---------------------------------------------------------------------------------------


def run_of(workspace: Path, address: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "kpibatch", "run", MONTH, str(workspace), "--scheduler", address],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
        timeout=250,
    )


def refused(workspace: Path, address: str) -> str:
    """The one line of a call that begins nothing."""
    done = run_of(workspace, address)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1, done.stderr
    assert not (workspace / "output").exists()
    return done.stderr


@pytest.mark.slow
def test_no_scheduler_and_one_without_workers_are_one_line_within_seconds(tmp_path: Path) -> None:
    workspace = small_workspace(tmp_path)
    with dask_cluster(tmp_path, workers=0) as alone:
        addresses = ("tcp://127.0.0.1:1", "tls://[::1]:1", "tcp://no-such-host.invalid:8786", alone.address)
        commands = [["run", MONTH, str(workspace), "--scheduler", address] for address in addresses]
        begun = time.monotonic()
        codes, _, said = exit_codes(tmp_path, commands, how="beside")
    assert time.monotonic() - begun < 90
    assert codes == [2, 2, 2, 2]
    assert not (workspace / "output").exists()
    lines = said.decode().splitlines()
    assert len(lines) == 4
    assert [address for address in addresses if any(address in line for line in lines)] == [*addresses]
    assert sum("dask worker" in line for line in lines) == 1


@pytest.mark.slow
def test_a_worker_of_another_version_is_one_line(tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(ROOT / "kpibatch", other / "kpibatch", ignore=shutil.ignore_patterns("__pycache__"))
    face = other / "kpibatch/__init__.py"
    face.write_text(face.read_text(encoding="utf-8").replace('"0.1.0"', '"0.0.9"'), encoding="utf-8")
    with dask_cluster(tmp_path, homes=(ROOT, other)) as cluster:
        said = refused(small_workspace(tmp_path), cluster.address)
    assert "w1" in said
    assert "kpibatch 0.0.9 ≠ 0.1.0" in said


@pytest.mark.slow
def test_a_worker_without_the_program_is_one_line(tmp_path: Path) -> None:
    other = tmp_path / "other/kpibatch"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text('__version__ = "0.0.1"\n', encoding="utf-8")
    (other / "commands.py").write_text("", encoding="utf-8")
    with dask_cluster(tmp_path, homes=(ROOT, other.parent)) as cluster:
        said = refused(small_workspace(tmp_path), cluster.address)
    assert "w1" in said
    assert "ModuleNotFoundError" in said


@pytest.mark.slow
@pytest.mark.children
def test_a_worker_killed_in_the_middle_costs_nothing_and_changes_no_byte(tmp_path: Path) -> None:
    """Its workspaces are done once more by the other worker, byte for byte as here."""
    workspaces = [small_workspace(tmp_path / f"w{number}") for number in range(6)]
    done = run_many(workspaces, MONTH, "--jobs", "1")
    assert done.returncode == 1, done.stdout
    here = [outputs_of(each) for each in workspaces]
    with dask_cluster(tmp_path) as cluster:
        words = (MONTH, "--scheduler", cluster.address)
        done = run_many(workspaces, *words, after=2, strike=lambda: cluster.kill(0))
        assert cluster.workers[0].wait(10) == -9
    assert done.returncode == 1, done.stdout
    assert "ทำไม่ได้ 0" in done.stdout
    assert [outputs_of(each) for each in workspaces] == here
    assert [len(each) > 8 for each in here] == [True] * 6
