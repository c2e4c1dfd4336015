"""The commands ``mail`` and ``calendar``."""

import sys
from pathlib import Path
from typing import Any

import click

from kpibatch.base.catalogue import say
from kpibatch.base.config import read_config
from kpibatch.commands.group import CLEAN, FINDINGS, commands, language_here
from kpibatch.commands.usage.kinds import format_option, month_argument, units_offered


@commands.command(works=True)
@month_argument
@format_option
@click.option("--send", is_flag=True)
@click.option("--only", default="", metavar="UNIT", shell_complete=units_offered)
@click.option("--remind", is_flag=True)
@click.option("--province", is_flag=True)
@click.option("--limit", type=click.IntRange(0), default=0, metavar="N")
@click.option("--to-me", default="", metavar="ADDRESS")
@click.option("--again", multiple=True, metavar="UNIT", shell_complete=units_offered)
@click.option("--status", is_flag=True)
@click.option("--templates", is_flag=True)
@click.pass_obj
def mail(
    workspace: Path,
    /,
    month: str | None,
    form: str,
    send: bool,
    again: tuple[str, ...],
    status: bool,
    templates: bool,
    **chosen: Any,
) -> None:
    """Drafts by default; sends only when told."""
    from kpibatch.commands.console import print_aside, showing
    from kpibatch.commands.screens import mailing as screens
    from kpibatch.commands.screens.records import print_drafts, print_mails
    from kpibatch.mail.month import draft_mails, mails_sent, send_mails, write_templates
    from kpibatch.mail.plan import Selection

    config, selection, language = read_config(workspace), Selection(**chosen), language_here()
    if templates:
        written = write_templates(config)
        print_aside(say("mail.templates", language, count=len(written), folder=config.mail_templates))
        return
    if status:
        month, rows = mails_sent(config, month)
        screens.show_mails(month, rows, language) if form == "table" else print_mails(rows)
    elif send:
        with showing(language, click.echo) as display:
            sent = send_mails(config, month, selection, again, display)
        if form == "table":
            screens.show_sent(sent, language)
        else:
            screens.show_problems(sent.drafted, language)
            print_mails(each.row for each in sent.results)
        sys.exit(CLEAN if sent.complete else FINDINGS)
    else:
        with showing(language, click.echo) as display:
            drafted = draft_mails(config, month, selection, display)
        if form == "table":
            screens.show_drafts(drafted, language)
        else:
            screens.show_problems(drafted, language)
            print_drafts(drafted.rows)
        sys.exit(FINDINGS if drafted.wanting else CLEAN)


@commands.command(works=True)
@format_option
@click.option("--remind", is_flag=True)
@click.option("--send", is_flag=True)
@click.pass_obj
def calendar(workspace: Path, form: str, remind: bool, send: bool) -> None:
    """What is done by when and by whom; reminders before a day."""
    from kpibatch.base.config import today_in
    from kpibatch.commands.console import showing
    from kpibatch.commands.screens import mailing as screens
    from kpibatch.commands.screens.records import print_drafts, print_mails, print_process
    from kpibatch.mail.process import draft_reminders, send_reminders
    from kpibatch.scoring.examples.sound import sound_levels

    config, language = read_config(workspace), language_here()
    today = today_in(config)
    if not (remind or send):
        tables = sound_levels(config)
        if form == "table":
            screens.show_process(tables, today, language)
        else:
            print_process(tables, today, language)
        return
    with showing(language, click.echo) as display:
        sent = send_reminders(config, today, display) if send else None
        drafted = sent.drafted if sent else draft_reminders(config, today, display)
    if form != "table":
        print_mails(each.row for each in sent.results) if sent else print_drafts(drafted.rows)
    elif sent:
        screens.show_sent(sent, language)
    else:
        screens.show_drafts(drafted, language)
    sys.exit(FINDINGS if drafted.wanting or (sent and not sent.complete) else CLEAN)
