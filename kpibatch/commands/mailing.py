"""The command ``mail``."""

import sys
from pathlib import Path
from typing import Any

import click

from kpibatch.base.catalogue import say
from kpibatch.base.config import read_config
from kpibatch.commands.group import CLEAN, FINDINGS, commands, month_typed


@commands.command()
@click.argument("month", type=month_typed, required=False)
@click.option("--send", is_flag=True, help="ส่งจริง (ไม่ระบุ = เขียนร่างไว้ใน output/MONTH/mail)")
@click.option("--only", default="", metavar="UNIT", help="เฉพาะหน่วยนี้: รหัสหรือชื่อ")
@click.option("--remind", is_flag=True, help="ขอให้หน่วยที่ยังไม่ส่งรายงานส่ง")
@click.option("--province", is_flag=True, help="เฉพาะจดหมายถึงจังหวัดพร้อมสมุดอันดับ")
@click.option("--limit", type=click.IntRange(0), default=0, metavar="N", help="ไม่เกิน N ฉบับ")
@click.option("--to-me", default="", metavar="ADDRESS", help="ซ้อมส่ง: ทุกฉบับไปที่อยู่นี้แทน")
@click.option(
    "--again", multiple=True, metavar="UNIT", help="ส่งซ้ำฉบับที่ไม่ทราบผลหรือถูกปฏิเสธของหน่วยนี้ (all = ทุกหน่วย)"
)
@click.option("--status", is_flag=True, help="ฉบับใดส่งแล้ว ถูกปฏิเสธ หรือไม่ทราบผล")
@click.option("--templates", is_flag=True, help="คัดลอกแม่แบบจดหมายมาไว้ในพื้นที่งานเพื่อแก้ไข")
@click.pass_obj
def mail(
    workspace: Path,
    /,
    month: str | None,
    send: bool,
    again: tuple[str, ...],
    status: bool,
    templates: bool,
    **chosen: Any,
) -> None:
    """จดหมายถึงหน่วยและจังหวัด: เขียนเป็นร่าง .eml ก่อนเสมอ ส่งจริงเมื่อสั่ง --send เท่านั้น"""
    from kpibatch.commands.console import showing
    from kpibatch.commands.screens.mailing import show_drafts, show_mails, show_sent
    from kpibatch.mail.month import draft_mails, mails_sent, send_mails, write_templates
    from kpibatch.mail.plan import Selection

    config, selection = read_config(workspace), Selection(**chosen)
    if templates:
        written = write_templates(config)
        click.echo(say("mail.templates", config.language, count=len(written), folder=config.mail_templates))
        return
    if status:
        show_mails(*mails_sent(config, month), config.language)
    elif send:
        with showing(config.language, click.echo) as display:
            sent = send_mails(config, month, selection, again, display)
        show_sent(sent, config.language)
        sys.exit(CLEAN if sent.complete else FINDINGS)
    else:
        with showing(config.language, click.echo) as display:
            drafted = draft_mails(config, month, selection, display)
        show_drafts(drafted, config.language)
        sys.exit(FINDINGS if drafted.wanting else CLEAN)
