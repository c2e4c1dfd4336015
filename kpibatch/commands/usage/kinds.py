"""Months, units, KPIs and forms of tables as click's kinds of arguments, with what completes them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from kpibatch.base.config import read_config
from kpibatch.base.errors import KpibatchError
from kpibatch.base.month_files import SCORES, UNITS
from kpibatch.base.thai import arabic, is_month, show_month
from kpibatch.commands.usage.language import language_of, workspace_of
from kpibatch.commands.usage.manuals import manuals
from kpibatch.commands.usage.months import month_meant, months_known, typed_month
from kpibatch.commands.usage.voice import FORMS, VOICE, Form

AnyCommand = TypeVar("AnyCommand", bound=Callable[..., Any])


def months_offered(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The months of the workspace that go on as was begun, the newest first, each in words beside it."""
    language = language_of(ctx)
    known = months_known(workspace_of(ctx))
    return [
        CompletionItem(key, help=show_month(key, language)) for key in known if key.startswith(incomplete)
    ]


class Month(click.ParamType[str]):
    """A month as people write it, in one word or in quotes."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Raises ``NotAMonth``."""
        return month_meant(str(value), workspace_of(ctx) if ctx else Path())

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return months_offered(ctx, param, incomplete)


def _one_month(ctx: click.Context, param: click.Parameter, words: tuple[str, ...]) -> str | None:
    """``มิ.ย. 65`` without quotes is two words."""
    return month_meant(" ".join(words), workspace_of(ctx)) if words and not ctx.resilient_parsing else None


def month_argument(command: AnyCommand) -> AnyCommand:
    """``[MONTH]``, the last of a command's arguments: ``month``, none where it was not named."""
    asked = click.argument(
        "month",
        metavar="[MONTH]",
        nargs=-1,
        type=str,
        callback=_one_month,
        shell_complete=months_offered,
    )
    return asked(command)


def month_first(words: tuple[str, ...], workspace: Path) -> tuple[str | None, tuple[str, ...]]:
    """The month that words begin with, and the words behind it; a path or a folder is none."""
    if not words or (not is_month(arabic(words[0])) and Path(words[0]).is_dir()):
        return None, words
    for count in (2, 1):
        typed = typed_month(" ".join(words[:count])) if len(words) >= count else None
        if typed and typed.month:
            return typed.month, words[count:]
    if Path(words[0]).name != words[0] and not typed_month(words[0]).months:
        return None, words
    return month_meant(words[0], workspace, or_folder=True), words[1:]


def month_or_file(text: str, workspace: Path) -> str:
    """A month as people write it, else the text: the path of a workbook."""
    typed = typed_month(text)
    unclear = typed.months and not typed.month and not Path(text).exists()
    return month_meant(text, workspace) if unclear else typed.month or text


def units_offered(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The units of the newest month of results, by code."""
    names = {path.stem for folder in _published(ctx) for path in (folder / UNITS).glob("*.xlsx")}
    codes = (name.partition(" ")[::2] for name in sorted(names))
    return [CompletionItem(code, help=name) for code, name in codes if code.startswith(incomplete)]


def kpis_offered(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The codes of the scorecard, by the newest month of results."""
    codes: dict[str, None] = {}
    for folder in _published(ctx):
        with (folder / SCORES).open(encoding="utf-8-sig") as lines:
            next(lines, None)
            codes = dict.fromkeys(line.rstrip().split(",")[2] for line in lines)
    return [CompletionItem(code) for code in codes if code.startswith(incomplete)]


def topics_offered(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The manuals, each with its title."""
    found = (each for each in manuals(language_of(ctx)) if each.topic.startswith(incomplete))
    return [CompletionItem(each.topic, help=each.title) for each in found]


def _published(ctx: click.Context) -> Iterable[Path]:
    """The newest month's folder of results, where there is one."""
    try:
        output = read_config(workspace_of(ctx)).output
    except KpibatchError:
        return ()
    folders = (output / month for month in months_known(workspace_of(ctx)))
    return [folder for folder in folders if (folder / SCORES).is_file()][:1]


class _Form(click.Choice[Form]):
    """``text``, as ``diff`` once called it, is a table too."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Form:
        form: Form = super().convert("table" if value == "text" else value, param, ctx)
        return form


def _printed_as(ctx: click.Context, param: click.Parameter, form: Form) -> Form:
    VOICE.set(replace(VOICE.get(), form=form))
    return form


def format_option(command: AnyCommand) -> AnyCommand:
    """``--format table|csv|json``: ``form``. What is not the table itself then goes to stderr."""
    return click.option("--format", "form", type=_Form(FORMS), default="table", callback=_printed_as)(command)
