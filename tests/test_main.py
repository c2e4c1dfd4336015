"""``python -m kpibatch``, and a program frozen into one file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kpibatch.__main__ as door


@pytest.mark.parametrize(("frozen", "first"), [(True, "children"), (False, "command")])
def test_children_of_a_frozen_program_are_children(
    frozen: bool, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It starts its readers by calling itself: without this each reader would be a whole run."""
    reached: list[str] = []
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    monkeypatch.setattr("multiprocessing.freeze_support", lambda: reached.append("children"))
    monkeypatch.setattr("kpibatch.commands.cli.main", lambda: reached.append("command"))
    door.main()
    assert reached[0] == first
    assert reached[-1] == "command"


@pytest.mark.parametrize("own", ["", "4"])
def test_numpy_starts_no_threads_that_only_wait_but_where_it_is_told_to(
    own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", own)
    if not own:
        monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    told: list[str] = []
    monkeypatch.setattr("kpibatch.commands.cli.main", lambda: told.append(os.environ["OPENBLAS_NUM_THREADS"]))
    door.main()
    assert told == [own or "1"]


def test_it_is_a_module_that_can_be_run() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kpibatch", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("kpibatch, version")  # as what is typed elsewhere


def test_ctrl_c_within_an_import_is_heard_after_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Within it Python says "Exception ignored" and goes on, or makes an error of another kind of it."""
    (tmp_path / "half_made.py").write_text(
        "import sys, kpibatch.__main__ as door\ndoor._interrupt(2, sys._getframe())\nwhole = True\n",
        encoding="utf-8",
    )
    heard: list[str] = []
    monkeypatch.setattr(door._thread, "start_new_thread", lambda work, _: heard.append(work.__name__))
    monkeypatch.syspath_prepend(tmp_path)
    assert __import__("half_made").whole
    assert heard == ["_interrupt_soon"]
    with pytest.raises(door.CtrlC):
        door._interrupt(2, sys._getframe())
