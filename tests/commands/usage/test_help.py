"""Help and click's own lines: in the language of whoever asks, with an example that is understood."""

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from kpibatch.base.catalogue import texts
from kpibatch.commands.cli import commands
from kpibatch.commands.usage import language
from kpibatch.commands.usage.parts import Told

THAI = re.compile("[ก-๙]")
COMMON = {"workspace", "lang", "quiet", "verbose"}


def every(
    group: click.Group = commands, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Told]]:
    for name, command in group.commands.items():
        assert isinstance(command, Told), name
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from every(command, (*path, name))


EVERY = {" ".join(path): command for path, command in every()}


@pytest.fixture
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is no workspace, and a system that says nothing of its language."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(*words: str) -> Result:
    return CliRunner().invoke(commands, words, prog_name="kpibatch")


@pytest.mark.parametrize("name", EVERY)
def test_every_command_has_its_texts_and_an_example_that_is_understood(name: str) -> None:
    command = EVERY[name]
    help_of = texts("help")
    assert command.key == name.replace(" ", "-")
    assert {command.key, f"{command.key}-example"} <= set(help_of)
    shown = [param for param in command.params if not getattr(param, "hidden", False)]
    keys = [{f"{command.key}--{param.name}", f"any--{param.name}"} for param in shown]
    assert [key for key in keys if not key & set(help_of)] == []
    example = shlex.split(help_of[f"{command.key}-example"]["th"])
    assert example[: 1 + len(name.split())] == ["kpibatch", *name.split()] or name in ("levels", "history")
    words = example[1:]
    if ">" in words:
        words = words[: words.index(">")]
    ctx = commands.make_context("kpibatch", words)
    while isinstance(ctx.command, click.Group):
        found, under, rest = ctx.command.resolve_command(ctx, [*ctx._protected_args, *ctx.args])
        assert under
        ctx = under.make_context(found, rest, parent=ctx)


def test_no_text_of_help_is_left_over() -> None:
    keys = {command.key for command in EVERY.values()} | {"any", "kpibatch"}
    params = {f"{command.key}--{param.name}" for command in EVERY.values() for param in command.params}
    params |= {f"any--{param.name}" for command in (*EVERY.values(), commands) for param in command.params}
    known = keys | params | {f"{key}-example" for key in keys} | {"any--help", "common", "example"}
    assert set(texts("help")) - known == set()


@pytest.mark.parametrize("name", ["", *EVERY])
def test_english_help_is_english_and_thai_help_says_nothing_of_clicks_in_english(
    name: str, somewhere: Path
) -> None:
    english, thai = (told("--lang", asked, *name.split(), "--help").output for asked in ("en", "th"))
    assert english.startswith("Usage: ")
    assert {*THAI.findall(english.replace("มิ.ย.", ""))} == set()
    assert thai.startswith("วิธีใช้: ")
    assert not re.search(r"Usage|Options|Show this|Commands|Positional|Example", thai)


def test_the_language_is_the_options_then_the_workspaces_then_the_systems(
    somewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told("--help").output.startswith("วิธีใช้")
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert told("--help").output.startswith("Usage")
    monkeypatch.setenv("LC_ALL", "th_TH.UTF-8")
    assert told("--help").output.startswith("วิธีใช้")
    (somewhere / "config.toml").write_text('[workspace]\nlanguage = "en"\n', encoding="utf-8")
    assert told("--help").output.startswith("Usage")
    assert told("--lang", "th", "status", "--help").output.startswith("วิธีใช้")
    assert told("status", "--lang", "th", "--help").output.startswith("วิธีใช้")
    assert told("status", "--help", "--lang", "th").output.startswith("วิธีใช้")
    assert told("--help", "--lang", "th").output.startswith("วิธีใช้")


@pytest.mark.parametrize("system", ["C", "C.UTF-8", "POSIX", "de_DE.UTF-8", ""])
def test_a_system_of_no_language_of_ours_is_answered_in_thai(
    system: str, somewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", system)
    assert told("--help").output.startswith("วิธีใช้")


@pytest.mark.parametrize(
    ("words", "thai", "english"),
    [
        (
            "stauts",
            "ไม่มีคำสั่ง 'stauts' หมายถึง 'status' หรือไม่",
            "No such command 'stauts'. Did you mean 'status'?",
        ),
        ("levels chek", "หมายถึง 'check' หรือไม่", "Did you mean 'check'?"),
        (
            "status --fromat csv",
            "หมายถึง '--format' หรือไม่",
            "No such option '--fromat'. Did you mean '--format'?",
        ),
        ("explain", "ยังไม่ได้ระบุ 'UNIT'", "Missing argument 'UNIT'."),
        ("status --format x", "เลือกจาก", "'x' is not one of 'table', 'csv', 'json'."),
        ("mail --limit -1", "ไม่อยู่ในช่วง x>=0", "-1 is not in the range x>=0."),
        ("forms 2565-06", "มีคำเกินมา (2565-06)", "Got unexpected extra argument (2565-06)"),
        ("status 6/22", "2565-06", "did you mean"),
        ("status ทุกเดือน", "ไม่ใช่เดือน", "is no month"),
        ("-C", "ต้องมีค่าตามหลัง", "requires an argument"),
    ],
)
def test_a_slip_is_answered_in_the_language_with_what_is_nearest(
    words: str, thai: str, english: str, somewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for system, text in (("th_TH", thai), ("en_GB", english)):
        monkeypatch.setenv("LANG", system)
        result = told(*words.split())
        assert (result.exit_code, result.stdout) == (2, "")
        assert text in result.stderr


def test_clicks_lines_are_clicks() -> None:
    """A key that click does not say any more would leave its line in English."""
    ours = tomllib.loads(Path(language.__file__).with_name("click.toml").read_text(encoding="utf-8"))
    said = {"required"}
    for module in (
        click.core,
        click.decorators,
        click.exceptions,
        click.formatting,
        click.parser,
        click.types,
    ):
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext"):
                said |= {each.value for each in node.args if isinstance(each, ast.Constant)}
    of_the_prompt = {"Error: invalid input", "Aborted!"}
    assert set(ours) - said - of_the_prompt == set()
    blanks = {key: [{*re.findall(r"\{\w+", text)} for text in (key, thai)] for key, thai in ours.items()}
    assert [key for key, (english, thai) in blanks.items() if not thai <= english] == []


def test_months_units_and_options_are_completed(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[workspace]\n", encoding="utf-8")
    for month in ("2565-05", "2565-06"):
        (tmp_path / "submissions" / month).mkdir(parents=True)
    units = tmp_path / "output" / "2565-06" / "units"
    units.mkdir(parents=True)
    for name in ("3101 เมือง.xlsx", "3102 คูเมือง.xlsx", "4101 อื่น.xlsx"):
        (units / name).touch()
    scores = "month,unit,node\n2565-06,3101,total\n2565-06,3101,T1\n2565-06,3101,T2\n"
    (units.parent / "scores.csv").write_text(scores, encoding="utf-8")
    complete = ShellComplete(commands, {}, "kpibatch", "_KPIBATCH_COMPLETE")

    def offered(*words: str, so_far: str = "") -> list[str]:
        return [each.value for each in complete.get_completions(["-C", str(tmp_path), *words], so_far)]

    assert offered("status") == ["2565-06", "2565-05"]
    assert offered("run", so_far="2565-05") == ["2565-05"]
    assert offered("explain", so_far="31") == ["3101", "3102"]
    assert offered("explain", "3101", so_far="T") == ["T1", "T2"]
    assert offered("diff", "--unit", so_far="4") == ["4101"]
    assert offered("status", "--format") == ["table", "csv", "json"]
    assert "--reopen" in offered("close", so_far="--r")
    assert offered(so_far="sta") == ["status"]
    assert COMMON - {param.name for param in commands.params} == set()
