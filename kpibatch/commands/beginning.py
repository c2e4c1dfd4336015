"""The command that begins a workspace: ``init``."""

from pathlib import Path

import click

from kpibatch.commands.group import commands, language_here


@commands.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--from", "letter", metavar="LETTER", type=click.Path(path_type=Path))
@click.pass_obj
def init(workspace: Path, folder: Path, letter: Path | None) -> None:
    """A new workspace."""
    from kpibatch.commands.begin import begin, begin_from
    from kpibatch.commands.screens.beginning import show_begun

    language = language_here()
    if letter:
        show_begun(folder, begin_from(folder, letter, language), language)
    else:
        begin(folder)
        show_begun(folder, None, language)
