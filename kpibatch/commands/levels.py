"""The commands about the level tables: ``levels check``, ``levels show``, ``levels examples`` and ``levels
agreement``.
"""

import sys
from pathlib import Path

import click

from kpibatch.base.catalogue import say
from kpibatch.base.config import read_config
from kpibatch.base.errors import MonthNotInRound
from kpibatch.base.thai import arabic
from kpibatch.commands.group import CLEAN, FINDINGS, STOPPED, commands, exit_code, language_here, spoken
from kpibatch.commands.usage.kinds import format_option, month_argument, units_offered


@commands.group()
def levels() -> None:
    """The level tables."""


@levels.command()
@click.option("--xlsx", is_flag=True)
@click.option("--letter", metavar="LETTER", type=click.Path(path_type=Path))
@format_option
@click.pass_obj
def check(workspace: Path, xlsx: bool, letter: Path | None, form: str) -> None:
    """Every fault at once."""
    from kpibatch.commands.console import print_aside
    from kpibatch.commands.run import write_marked_levels
    from kpibatch.commands.screens.levels import show_faults, show_ledger
    from kpibatch.commands.screens.records import print_findings
    from kpibatch.intake.agreements import signed_agreements
    from kpibatch.scoring.examples.sound import checked_levels

    config = spoken(read_config(workspace))
    tables, findings = checked_levels(config)
    faulty = any(each.severity == "error" for each in findings)
    told = findings if faulty else [*findings, *signed_agreements(config, tables).findings]
    if form == "table":
        show_faults(config, told)
    if letter:
        from kpibatch.rules.letter.check import ledger_of

        ledger = ledger_of(letter, config.level_tables, tables, config.intake)
        told = [*told, *(show_ledger(config.language, ledger) if form == "table" else ledger.findings)]
    if form != "table":
        print_findings(told, config.language)
    if xlsx:
        copy, index = write_marked_levels(read_config(workspace), findings)
        if index:
            print_aside(say("console.levels-unmarked", config.language, file=copy, index=index))
        elif findings:
            print_aside(say("console.levels-marked", config.language, file=copy))
    sys.exit(STOPPED if faulty else exit_code(told))


@levels.command()
@month_argument
@click.option("--xlsx", is_flag=True)
@format_option
@click.pass_obj
def show(workspace: Path, month: str | None, xlsx: bool, form: str) -> None:
    """Each condition as it was read."""
    from kpibatch.commands.run import write_annex_file
    from kpibatch.commands.screens.levels import show_levels
    from kpibatch.commands.screens.records import print_rules
    from kpibatch.scoring.examples.sound import sound_levels

    config = read_config(workspace)
    tables = sound_levels(config)
    if month and month not in tables.round.months:
        raise MonthNotInRound(month=month, months=", ".join(tables.round.months))
    if xlsx:
        file = write_annex_file(config, tables, month or "")
        click.echo(say("console.annex", language_here(), file=file))
    elif form == "table":
        show_levels(tables, language_here(), month or "")
    else:
        print_rules(tables.for_month(month) if month else tables, language_here())


@levels.command(works=True)
@format_option
@click.pass_obj
def examples(workspace: Path, form: str) -> None:
    """Cases at each threshold, for a person to confirm."""
    from kpibatch.commands.console import print_aside
    from kpibatch.commands.run import write_examples_file
    from kpibatch.commands.screens.levels import show_loose
    from kpibatch.commands.screens.records import print_loose
    from kpibatch.scoring.examples.held import loose_thresholds
    from kpibatch.scoring.examples.propose import propose
    from kpibatch.scoring.examples.sound import sound_levels

    config = read_config(workspace)
    tables = sound_levels(config)
    loose, proposals = loose_thresholds(tables), propose(tables, config.language)
    language = language_here()
    if form == "table":
        show_loose(tables, loose, language)
    else:
        print_loose(loose)
    if proposals:
        file = write_examples_file(config, tables, proposals)
        print_aside(say("examples.proposed", language, count=len(proposals), file=file))
    else:
        print_aside(say("examples.none", language))
    sys.exit(FINDINGS if loose else CLEAN)


@levels.command(works=True)
@click.option("--unit", metavar="UNIT", shell_complete=units_offered)
@click.pass_obj
def agreement(workspace: Path, unit: str | None) -> None:
    """An agreement a unit, to be signed."""
    from kpibatch.commands.console import showing
    from kpibatch.commands.papers import write_agreements
    from kpibatch.rules.lookup import find_unit
    from kpibatch.scoring.examples.sound import sound_levels

    config = read_config(workspace)
    tables = sound_levels(config)
    one = find_unit(tables, arabic(unit)) if unit else None
    language = language_here()
    with showing(language, click.echo) as progress:
        folder, without = write_agreements(config, tables, one, progress)
    count = (1 if one else len(tables.units)) - len(without)
    click.echo(say("console.agreements", language, count=count, folder=folder))
    if without:
        names = ", ".join(each.name for each in without)
        click.echo(say("console.agreements-none", language, units=names))
