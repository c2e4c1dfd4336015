"""The commands of every month: ``run``, ``check``, ``status``, ``forms``, ``report``, ``open``, ``explain``.

Heavy modules are imported inside the commands, so that ``--help`` answers at once.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from kpibatch.base.catalogue import say
from kpibatch.base.config import read_config
from kpibatch.base.month_files import FORMS
from kpibatch.base.thai import arabic
from kpibatch.commands.group import CLEAN, FINDINGS, commands, exit_code, language_here, spoken
from kpibatch.commands.usage.kinds import (
    format_option,
    kpis_offered,
    month_argument,
    month_first,
    months_offered,
    units_offered,
)


@commands.command(works=True)
@click.argument(
    "month_or_workspaces", metavar="[MONTH] [WORKSPACE…]", nargs=-1, shell_complete=months_offered
)
@click.option("--workspaces", "list_file", metavar="FILE")
@click.option("--jobs", type=click.IntRange(1), metavar="N")
@click.option("--scheduler", default="", metavar="tcp://HOST:PORT")
@format_option
@click.pass_obj
def run(
    workspace: Path,
    month_or_workspaces: tuple[str, ...],
    list_file: str | None,
    jobs: int | None,
    scheduler: str,
    form: str,
) -> None:
    """The month's batch."""
    month, others = month_first(month_or_workspaces, workspace)
    if list_file or others or scheduler:
        sys.exit(_run_many(workspace, month, others, list_file, form, jobs=jobs, scheduler=scheduler))
    from kpibatch.commands.console import showing
    from kpibatch.commands.run import run_month
    from kpibatch.commands.screens.monthly import show_ranking
    from kpibatch.commands.screens.records import print_ranking

    config = read_config(workspace)
    with showing(language_here(), click.echo) as display:
        outcome = run_month(config, month, display)
    if form == "table":
        show_ranking(outcome, language_here())
    else:
        print_ranking(outcome)
    sys.exit(exit_code(outcome.findings))


def _run_many(
    workspace: Path, month: str | None, others: Sequence[str], list_file: str | None, form: str, **how: Any
) -> int:
    from kpibatch.commands.many.named import listed, named_once
    from kpibatch.commands.many.together import run_together
    from kpibatch.commands.screens.records import print_workspaces

    names = [*others, *(listed(list_file) if list_file else ())] or [str(workspace)]
    ended = run_together(named_once(names), month, language_here(), click.echo, **how)
    if form != "table":
        print_workspaces((named.name, each.month, each.code, each.line, each.counts) for named, each in ended)
    return max(each.code for _, each in ended)


@commands.command(works=True)
@month_argument
@format_option
@click.pass_obj
def check(workspace: Path, month: str | None, form: str) -> None:
    """Intake and validation only."""
    from kpibatch.commands.console import showing
    from kpibatch.commands.run import check_month
    from kpibatch.commands.screens.monthly import show_findings
    from kpibatch.commands.screens.records import print_findings

    config, language = read_config(workspace), language_here()
    with showing(language, click.echo) as display:
        outcome, written = check_month(config, month, display)
    if form == "table":
        show_findings(outcome, written, language)
    else:
        print_findings(outcome.findings, language)
    sys.exit(exit_code(outcome.findings))


@commands.command()
@month_argument
@format_option
@click.pass_obj
def status(workspace: Path, month: str | None, form: str) -> None:
    """Who has sent, who is late, missing, or has findings."""
    from kpibatch.base.config import today_in
    from kpibatch.commands.screens.mailing import next_step
    from kpibatch.commands.screens.monthly import show_status
    from kpibatch.commands.screens.records import print_status
    from kpibatch.months.assess import assess_month

    outcome = assess_month(spoken(read_config(workspace)), month)
    if form == "table":
        show_status(outcome)
        if line := next_step(outcome.tables, today_in(outcome.config), outcome.language):
            click.echo(line)
    else:
        print_status(outcome)


@commands.command(works=True)
@click.option("--folders", is_flag=True)
@click.option("--again", is_flag=True, hidden=True)  # what it asked for once is done anyhow
@click.pass_obj
def forms(workspace: Path, folders: bool, again: bool) -> None:
    """One workbook per unit to fill in."""
    from kpibatch.commands.console import showing
    from kpibatch.commands.run import write_forms
    from kpibatch.commands.screens.monthly import show_filled_in, show_losses

    config, language = read_config(workspace), language_here()
    with showing(language, click.echo) as display:
        written = write_forms(config, display, folders=folders)
    show_losses(written.lost, language)
    if any(sent.month or sent.refused or sent.values for sent in written.sent.values()):
        show_filled_in(written, language)
    click.echo(say("console.forms", language, count=written.count, folder=config.output / FORMS))
    sys.exit(exit_code(written.lost))


@commands.command(works=True)
@month_argument
@click.pass_obj
def report(workspace: Path, month: str | None) -> None:
    """The ranking as two pages, and a card a unit."""
    from kpibatch.commands.console import showing
    from kpibatch.commands.meeting import write_report
    from kpibatch.commands.screens.monthly import show_report

    config, language = read_config(workspace), language_here()
    with showing(language, click.echo) as display:
        written = write_report(config, month, display)
    show_report(written, language)
    sys.exit(CLEAN if written.whole else FINDINGS)


@commands.command("open")
@month_argument
@click.pass_obj
def open_(workspace: Path, month: str | None) -> None:
    """Open the ranking as a double click does."""
    from kpibatch.commands.meeting import open_ranking

    config = read_config(workspace)
    path, opened = open_ranking(config, month)
    click.echo(say("report.opened" if opened else "report.there", language_here(), file=path))


@commands.command()
@click.argument("unit", shell_complete=units_offered)
@click.argument("kpi", shell_complete=kpis_offered)
@month_argument
@format_option
@click.pass_obj
def explain(workspace: Path, unit: str, kpi: str, month: str | None, form: str) -> None:
    """Why this level."""
    from kpibatch.commands.screens.records import print_explained
    from kpibatch.months.assess import assess_month
    from kpibatch.scoring.why.explain import explain as explained

    outcome = assess_month(spoken(read_config(workspace)), month)
    if form != "table":
        print_explained(outcome, arabic(unit), kpi)
        return
    for line in explained(outcome, arabic(unit), kpi):
        click.echo(line)
