"""The commands about what is kept: ``corrections``, ``province``, ``history``, ``close``, ``verify``,
``diff`` and ``rollup``.
"""

import os
import sys
from pathlib import Path

import click

from kpibatch.base.catalogue import say
from kpibatch.base.config import Config, read_config
from kpibatch.base.errors import NotAMonth, NoWorkspace
from kpibatch.base.thai import arabic
from kpibatch.commands.group import CLEAN, FINDINGS, commands, language_here, spoken
from kpibatch.commands.usage.kinds import (
    Month,
    format_option,
    kpis_offered,
    month_argument,
    month_or_file,
    units_offered,
)


@commands.command(works=True)
@format_option
@click.pass_obj
def corrections(workspace: Path, form: str) -> None:
    """The province's corrections, and what units now say otherwise."""
    from kpibatch.commands.console import print_aside, showing
    from kpibatch.commands.run import propose_corrections
    from kpibatch.commands.screens.keeping import show_corrections, usable_corrections
    from kpibatch.commands.screens.records import print_corrections
    from kpibatch.intake.corrections import read_corrections
    from kpibatch.scoring.examples.sound import sound_levels

    config, language = read_config(workspace), language_here()
    tables, new = sound_levels(config), not os.path.lexists(config.corrections)
    with showing(language, click.echo) as display:
        added, refused = propose_corrections(config, tables, display)
    if new:
        print_aside(say("corrections.written", language, file=config.corrections))
    read = read_corrections(config.corrections, tables, config.intake)
    if form == "table":
        show_corrections(spoken(config), tables, read, refused)
    else:
        print_corrections(usable_corrections(read, refused), tables, language)
    if added:
        print_aside(say("corrections.added", language, file=config.corrections, count=added))
    sys.exit(FINDINGS if any(each.grave for each in (*read.findings, *refused)) else CLEAN)


@commands.command(works=True)
@month_argument
@click.pass_obj
def province(workspace: Path, month: str | None) -> None:
    """The workbook in which the province fills in its own numbers."""
    from kpibatch.commands.run import write_province_file
    from kpibatch.commands.screens.keeping import show_province
    from kpibatch.scoring.examples.sound import sound_levels

    config = read_config(workspace)
    tables = sound_levels(config)
    show_province(spoken(config), tables, *write_province_file(config, tables, month))


@commands.group()
def history() -> None:
    """What earlier months said."""


@history.command(works=True)
@click.pass_obj
def rebuild(workspace: Path) -> None:
    """Made anew from the months' folders."""
    from kpibatch.commands.console import showing
    from kpibatch.commands.run import rebuild_history
    from kpibatch.commands.screens.history import show_rebuilt

    config, language = read_config(workspace), language_here()
    with showing(language, click.echo) as display:
        rebuilt = rebuild_history(config, display)
    show_rebuilt(rebuilt, language)
    sys.exit(FINDINGS if rebuilt.skipped else CLEAN)


@history.command()
@click.argument("unit", shell_complete=units_offered)
@click.argument("kpi", shell_complete=kpis_offered)
@format_option
@click.pass_obj
def show(workspace: Path, unit: str, kpi: str, form: str) -> None:
    """A unit's line at one KPI, month by month."""
    from kpibatch.commands.screens.history import show_history
    from kpibatch.months.history import history_of
    from kpibatch.scoring.examples.sound import sound_levels

    config = read_config(workspace)
    tables = sound_levels(config)
    with history_of(config.output) as months:
        show_history(months, tables, arabic(unit), kpi, language_here(), form)


@commands.command(works=True)
@month_argument
@click.option("--reopen", is_flag=True)
@click.pass_obj
def close(workspace: Path, month: str | None, reopen: bool) -> None:
    """A month sealed with everything it came from."""
    from kpibatch.commands.closing import close_month, reopen_month
    from kpibatch.commands.console import showing
    from kpibatch.commands.screens.keeping import show_reopened, show_sealed

    config = read_config(workspace)
    if reopen and month is None:
        raise NotAMonth(found="")
    with showing(language_here(), click.echo) as display:
        if month and reopen:
            show_reopened(spoken(config), month, reopen_month(config, month, display))
        else:
            show_sealed(spoken(config), close_month(config, month, display))


@commands.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@format_option
@click.pass_obj
def verify(workspace: Path, bundle: Path, form: str) -> None:
    """A sealed month made again, byte for byte."""
    from kpibatch.commands.closing import verify as verified
    from kpibatch.commands.console import showing
    from kpibatch.commands.screens.keeping import show_verdict
    from kpibatch.commands.screens.records import print_verdict

    try:
        config = read_config(workspace)
    except NoWorkspace:  # a bundle is verified anywhere
        config = Config(workspace)
    language = language_here()
    with showing(language, click.echo) as display:
        verdict = verified(bundle, display, config.intake, config.seal.trusted, language)
    if form == "table":
        show_verdict(verdict, language)
    else:
        print_verdict(verdict)
    sys.exit(CLEAN if verdict.sound else FINDINGS)


@commands.command()
@click.argument("a")
@click.argument("b")
@click.option("--month", type=Month(), metavar="MONTH")
@click.option("--unit", metavar="UNIT", shell_complete=units_offered)
@format_option
@click.option("--xlsx", is_flag=True)
@click.pass_obj
def diff(workspace: Path, a: str, b: str, month: str | None, unit: str | None, form: str, xlsx: bool) -> None:
    """Two months or two level tables, and what moved which level, score and rank."""
    from kpibatch.commands.console import print_aside, print_records
    from kpibatch.months.compare.compare import diff as compared
    from kpibatch.months.compare.compare import write_diff_file
    from kpibatch.months.compare.rows import COLUMNS, NUMBERS, diff_rows
    from kpibatch.months.compare.words import diff_lines

    config, language = read_config(workspace), language_here()
    a, b = (month_or_file(side, workspace) for side in (a, b))
    difference = compared(config, a, b, month, unit)
    if form == "table":
        click.echo("\n".join(diff_lines(difference, language)))
    else:
        print_records(COLUMNS, diff_rows(difference, language), numbers=NUMBERS)
    if xlsx:
        print_aside(say("diff.written", language, file=write_diff_file(config, difference)))
    sys.exit(FINDINGS if difference.anything else CLEAN)


@commands.command()
@click.argument("workspaces", metavar="WORKSPACE…", nargs=-1)
@click.option("--workspaces", "listing", metavar="FILE")
@click.option("--month", type=Month(), metavar="MONTH")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", default=Path())
@click.option("--together", is_flag=True)
@click.option("--year", "yearly", is_flag=True)
def rollup(
    workspaces: tuple[str, ...], listing: str, month: str | None, out: Path, together: bool, yearly: bool
) -> None:
    """Several workspaces' published months in one ranking."""
    from kpibatch.commands.many.named import listed, named_once
    from kpibatch.commands.screens.keeping import show_rolled_up
    from kpibatch.months.rollup.rollup import roll_up_workspaces

    named = named_once((*workspaces, *(listed(listing) if listing else ())))
    language = language_here()
    folders = [Path(each.name) for each in named]
    rolled = roll_up_workspaces(folders, month, out, language, together=together, yearly=yearly)
    show_rolled_up(rolled, [each.name for each in named if each.again], language)
    sys.exit(FINDINGS if rolled.national.absent or rolled.national.mixed else CLEAN)


@commands.command(works=True)
@month_argument
@click.option("--blank", is_flag=True)
@click.pass_obj
def increments(workspace: Path, month: str | None, blank: bool) -> None:
    """Raises within a ceiling, as a workbook for the committee."""
    from kpibatch.commands.console import showing
    from kpibatch.commands.screens.keeping import show_increments
    from kpibatch.months.increments.raises import write_increments_file, write_salaries_file

    config, language = read_config(workspace), language_here()
    if blank:
        click.echo(say("increments.blank", language, file=write_salaries_file(config, month)))
        return
    with showing(language, click.echo) as display:
        written = write_increments_file(config, month, display)
    show_increments(written, language)
    sys.exit(FINDINGS if written.told else CLEAN)
