"""What the entry point makes of how a command ends."""

import sys

import pytest

from kpibatch import __version__
from kpibatch.commands import cli
from kpibatch.commands.group import CRASHED


@pytest.fixture(autouse=True)
def _own_streams(monkeypatch):
    monkeypatch.setattr(cli, "steady_streams", lambda: None)  # pytest's stay as they are


def test_the_version_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["kpibatch", "--version"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith(f"version {__version__}")


def test_a_bug_keeps_its_traceback(monkeypatch, capsys):
    def failing(**_):
        raise ZeroDivisionError("what nobody foresaw")

    monkeypatch.setattr(cli, "commands", failing)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == CRASHED
    assert "in failing" in capsys.readouterr().err
