"""What the entry point makes of how a command ends."""

import sys

import pytest
import workspace

from kpibatch import __main__, __version__
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


def test_a_library_that_lacks_is_one_line_and_a_module_of_ours_a_bug(monkeypatch, tmp_path):
    def lacking(name):
        def lacks(*_):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

        return lacks

    monkeypatch.setattr("kpibatch.commands.door.doctor.examined", lacking("lxml.etree"))
    done = workspace.kpibatch(tmp_path, "doctor")
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert "lxml" in done.output
    assert "kpibatch doctor" in done.output
    monkeypatch.setattr("kpibatch.commands.door.doctor.examined", lacking("kpibatch.nowhere"))
    assert isinstance(workspace.kpibatch(tmp_path, "doctor").exception, ModuleNotFoundError)


def test_a_python_too_old_is_told_so(monkeypatch, capsys):
    monkeypatch.setattr(__main__.sys, "version_info", (3, 10))
    with pytest.raises(SystemExit) as end:
        __main__.main()
    assert (end.value.code, "3.11" in capsys.readouterr().err) == (2, True)


def test_ctrl_c_before_a_command_begins_is_one_line(monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("click.Group.make_context", interrupted)
    monkeypatch.setattr(sys, "argv", ["kpibatch", "status"])
    with pytest.raises(KeyboardInterrupt):  # the door says the line
        cli.main()
    assert capsys.readouterr().err == ""  # click itself would say an empty one
