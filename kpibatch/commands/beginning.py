"""The commands of the way in: ``init``, ``doctor`` and ``docs``."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpibatch.base.catalogue import say
from kpibatch.base.errors import BeginFault, KpibatchError
from kpibatch.commands.group import CLEAN, FINDINGS, STOPPED, commands, language_here
from kpibatch.commands.usage.kinds import format_option, topics_offered
from kpibatch.commands.usage.months import month_meant
from kpibatch.commands.usage.voice import VOICE

if TYPE_CHECKING:
    from kpibatch.commands.door.begin import Begun
    from kpibatch.rules.fresh.begins import NewRound, Said


@commands.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--province", "owner", metavar="NAME", default="")
@click.option("--unit", "noun", metavar="NOUN", default="")
@click.option("--year", metavar="YEAR", default="")
@click.option("--round", "number", metavar="ROUND", default="")
@click.option("--month", metavar="MONTH", default="")
@click.option("--from", "letter", metavar="LETTER", type=click.Path(path_type=Path))
@click.option("--like", "last", metavar="WORKSPACE", type=click.Path(path_type=Path))
@click.option("--sample", metavar="NAME", default="")
@click.pass_obj
def init(
    workspace: Path,
    folder: Path,
    letter: Path | None,
    last: Path | None,
    sample: str,
    owner: str,
    noun: str,
    year: str,
    number: str,
    month: str,
) -> None:
    """A new workspace."""
    from kpibatch.commands.screens.beginning import show_begun
    from kpibatch.rules.fresh.begins import Said

    said, language = Said(owner, noun, year, number, month and month_meant(month, workspace)), language_here()
    sources = {"--from": letter, "--like": last, "--sample": sample}
    given = [name for name, value in sources.items() if value]
    if sample and said != Said():
        given.append("--province / --unit / --year / --round / --month")
    if len(given) > 1:
        raise BeginFault("not-together", one=given[0], other=given[1])
    begun = _begun(folder, letter, last, sample, said, language)
    if not VOICE.get().quiet:
        show_begun(folder, begun, language)


@commands.command()
@format_option
@click.pass_obj
def doctor(workspace: Path, form: str) -> None:
    """How it is with the installation, the workspace and the mail server."""
    from kpibatch.commands.door.doctor import examined, worst
    from kpibatch.commands.screens.doctor import show_points

    language = language_here()
    points = examined(workspace, language)
    show_points(points, language)
    sys.exit({"error": STOPPED, "warning": FINDINGS}.get(worst(points), CLEAN))


@commands.command()
@click.argument("topic", metavar="[TOPIC]", default="", shell_complete=topics_offered)
@format_option
def docs(topic: str, form: str) -> None:
    """A manual, or which there are."""
    from kpibatch.commands.screens.manuals import show_manual, show_manuals
    from kpibatch.commands.usage.manuals import manual_of, manuals

    language = language_here()
    if topic:
        show_manual(manual_of(topic, language))
    else:
        show_manuals(manuals(language), language)


def _begun(
    folder: Path, letter: Path | None, last: Path | None, sample: str, said: "Said", language: str
) -> "Begun":
    from kpibatch.commands.door.begin import begin, begin_from, begin_like, begin_sample, needs_room
    from kpibatch.rules.fresh.begins import round_said

    needs_room(folder)  # before anything is asked
    if sample:
        return begin_sample(folder, sample)
    if last:
        return begin_like(folder, last, said)
    if letter:
        return begin_from(folder, letter, said, language)
    if sys.stdin.isatty() and sys.stdout.isatty():
        return begin(folder, _asked(said, language))
    return begin(folder, round_said(said, date.today()))


def _asked(said: "Said", language: str) -> "NewRound":
    """What was not said is asked for, one after another; an answer that can't be is asked for again."""
    from kpibatch.rules.fresh.begins import WHOLE_YEAR, round_said

    for name in ("owner", "noun", "year", "number", "month"):
        if getattr(said, name):
            continue
        usual = round_said(said, date.today())
        value = usual.months[0] if name == "month" else str(getattr(usual, name))
        answer = click.prompt(
            say(f"console.ask-{name}", language, whole=WHOLE_YEAR),
            default=value,
            show_default=bool(value),
            value_proc=_checked(said, name, language),
        )
        said = replace(said, **{name: answer})
    return round_said(said, date.today())


def _checked(said: "Said", name: str, language: str) -> Callable[[str], str]:
    from kpibatch.rules.fresh.begins import round_said

    def check(text: str) -> str:
        try:
            value = month_meant(text, Path()) if name == "month" and text else text
            round_said(replace(said, **{name: value}), date.today())
            return value
        except KpibatchError as error:
            raise click.UsageError(error.message(language)) from None

    return check
