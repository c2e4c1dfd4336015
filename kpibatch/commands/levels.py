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
from kpibatch.commands.group import CLEAN, FINDINGS, STOPPED, commands, exit_code, month_typed


@commands.group()
def levels() -> None:
    """ตารางระดับ: ตรวจ และแสดงตามที่อ่านได้"""


@levels.command()
@click.option("--xlsx", is_flag=True, help="สำเนาที่ทำเครื่องหมายทุกช่องที่ผิด (output/level_tables_findings.xlsx)")
@click.option(
    "--letter",
    type=click.Path(path_type=Path),
    help="หนังสือของกติกา (.txt .docx .pdf ที่มีตัวอักษร): เทียบตัวเลขทุกตัวกับตารางระดับ",
)
@click.pass_obj
def check(workspace: Path, xlsx: bool, letter: Path | None) -> None:
    """ตรวจตารางระดับทั้งเล่ม บอกทุกข้อผิดพร้อมชีต ช่อง และวิธีแก้"""
    from kpibatch.commands.run import write_marked_levels
    from kpibatch.commands.screens.levels import show_faults, show_ledger
    from kpibatch.intake.agreements import signed_agreements
    from kpibatch.months.assess import checked_levels

    config = read_config(workspace)
    tables, findings = checked_levels(config)
    faulty = any(each.severity == "error" for each in findings)
    told = findings if faulty else [*findings, *signed_agreements(config, tables).findings]
    show_faults(config, told)
    if letter:
        from kpibatch.rules.letter.check import ledger_of

        ledger = ledger_of(letter, config.level_tables, tables, config.intake)
        told = [*told, *show_ledger(config.language, ledger)]
    if xlsx:
        copy, index = write_marked_levels(config, findings)
        if index:
            click.echo(say("console.levels-unmarked", config.language, file=copy, index=index))
        elif findings:
            click.echo(say("console.levels-marked", config.language, file=copy))
    sys.exit(STOPPED if faulty else exit_code(told))


@levels.command()
@click.argument("month", type=month_typed, required=False)
@click.option("--xlsx", is_flag=True, help="เขียนเป็นเอกสารแนบท้ายหนังสือ (output/level_tables_annex.xlsx)")
@click.pass_obj
def show(workspace: Path, month: str | None, xlsx: bool) -> None:
    """แสดงตัวชี้วัด น้ำหนัก และเกณฑ์ทุกระดับตามที่อ่านได้ (ระบุเดือน = เฉพาะที่ใช้ในเดือนนั้น)"""
    from kpibatch.commands.run import write_annex_file
    from kpibatch.commands.screens.levels import show_levels
    from kpibatch.months.assess import sound_levels

    config = read_config(workspace)
    tables = sound_levels(config)
    if month and month not in tables.round.months:
        raise MonthNotInRound(month=month, months=", ".join(tables.round.months))
    if xlsx:
        click.echo(say("console.annex", config.language, file=write_annex_file(config, tables, month or "")))
    else:
        show_levels(tables, config.language, month or "")


@levels.command()
@click.pass_obj
def examples(workspace: Path) -> None:
    """เสนอตัวอย่างที่ขอบของทุกเกณฑ์ให้คนตรวจกับหนังสือ และบอกว่าเกณฑ์ใดยังไม่มีตัวอย่างยืนยัน"""
    from kpibatch.commands.run import write_examples_file
    from kpibatch.commands.screens.levels import show_loose
    from kpibatch.months.assess import sound_levels
    from kpibatch.scoring.examples.held import loose_thresholds
    from kpibatch.scoring.examples.propose import propose

    config = read_config(workspace)
    tables = sound_levels(config)
    loose, proposals = loose_thresholds(tables), propose(tables, config.language)
    show_loose(tables, loose, config.language)
    if proposals:
        file = write_examples_file(config, tables, proposals)
        click.echo(say("examples.proposed", config.language, count=len(proposals), file=file))
    else:
        click.echo(say("examples.none", config.language))
    sys.exit(FINDINGS if loose else CLEAN)


@levels.command()
@click.option("--unit", "unit", help="เฉพาะหน่วยนี้ (รหัสหรือชื่อ)")
@click.pass_obj
def agreement(workspace: Path, unit: str | None) -> None:
    """บันทึกข้อตกลงของแต่ละหน่วย เป็นเอกสารและสมุดงาน ให้ลงนาม (output/agreements)"""
    from kpibatch.commands.console import showing
    from kpibatch.commands.papers import write_agreements
    from kpibatch.months.assess import sound_levels
    from kpibatch.rules.lookup import find_unit

    config = read_config(workspace)
    tables = sound_levels(config)
    one = find_unit(tables, arabic(unit)) if unit else None
    with showing(config.language, click.echo) as progress:
        folder, without = write_agreements(config, tables, one, progress)
    count = (1 if one else len(tables.units)) - len(without)
    click.echo(say("console.agreements", config.language, count=count, folder=folder))
    if without:
        names = ", ".join(each.name for each in without)
        click.echo(say("console.agreements-none", config.language, units=names))
