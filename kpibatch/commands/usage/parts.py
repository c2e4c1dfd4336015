"""Commands and groups whose help is in the catalogue, and the options that every one of them takes.

A command's texts are ``help.NAME``, whose first line the list of commands shows, ``help.NAME--OPTION`` (or
``help.any--OPTION``, where it means the same everywhere) and ``help.NAME-example``.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from kpibatch.base.catalogue import LANGUAGES, say, texts
from kpibatch.commands.usage.language import LANGUAGE, WORKSPACE, language_now, language_of, workspace_of
from kpibatch.commands.usage.voice import VOICE

WORDS = "kpibatch.words"  # the command line, for the log


def _heard(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """An option that all commands take, wherever it stands."""
    if not value:
        return
    if param.name == "workspace":
        ctx.meta[WORKSPACE] = ctx.obj = value
    elif param.name == "lang":
        ctx.meta[LANGUAGE] = value
    else:
        voice = VOICE.get()
        loud = replace(voice, quiet=True) if param.name == "quiet" else replace(voice, verbose=True)
        VOICE.set(loud)


def _common(hidden: bool) -> list[click.Parameter]:
    usual: dict[str, Any] = {"expose_value": False, "is_eager": True, "callback": _heard, "hidden": hidden}
    return [
        click.Option(["-C", "workspace"], type=click.Path(path_type=Path), metavar="WORKSPACE", **usual),
        click.Option(["--lang"], type=click.Choice(LANGUAGES), **usual),
        click.Option(["-q", "--quiet"], is_flag=True, **usual),
        click.Option(["-v", "--verbose"], is_flag=True, **usual),
    ]


class Told(click.Command):
    """A command that speaks the language it is asked in. Of one that ``works`` a log is kept."""

    shows_common = False

    def __init__(self, *args: Any, works: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.works, self.key = works, str(self.name)
        self.params += _common(hidden=not self.shows_common)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """``--help`` is heard last: it speaks the language of ``--lang``, or of the workspace, behind it."""
        helps = [] if "--" in args else [word for word in args if word in ctx.help_option_names]
        return super().parse_args(ctx, [*(word for word in args if not helps or word not in helps), *helps])

    def text(self, name: str, language: str) -> str:
        """``help.KEY`` and what belongs to it; blank where there is no such text."""
        key = f"{self.key or 'kpibatch'}{name}"
        return say(f"help.{key}", language) if key in texts("help") else ""

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first line, whole: Thai can't be cut at a width."""
        return self.text("", language_now()).partition("\n")[0] or super().get_short_help_str(limit)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        language = language_of(ctx)
        self.help = self.text("", language).replace("\n", "\n\n") or self.help
        for param in self.get_params(ctx):
            name = f"any--{param.name}"
            name = "any--help" if param is self.get_help_option(ctx) else name
            usual = say(f"help.{name}", language) if name in texts("help") else None
            param.help = self.text(f"--{param.name}", language) or usual or param.help
        super().format_help(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        language = language_of(ctx)
        if example := self.text("-example", language):
            with formatter.section(say("help.example", language)):
                formatter.write(f"{'':>{formatter.current_indent}}{example}\n")
        if ctx.parent:
            formatter.write_paragraph()
            formatter.write_text(say("help.common", language))

    def invoke(self, ctx: click.Context) -> Any:
        if not self.works:
            return super().invoke(ctx)
        from kpibatch.commands.usage.log import kept

        voice, workspace = VOICE.get(), workspace_of(ctx)
        seen = not voice.quiet or voice.for_machines
        with kept(workspace, self.key, ctx.meta.get(WORDS, ()), language_of(ctx), seen=seen):
            return super().invoke(ctx)


class ToldGroup(Told, click.Group):
    """A group of such commands."""

    command_class = Told

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Texts of a command within a group begin with the group's name."""
        if isinstance(cmd, Told):
            cmd.key = f"{self.key}-{cmd.name}" if self.key else str(name or cmd.name)
        super().add_command(cmd, name)


ToldGroup.group_class = ToldGroup
