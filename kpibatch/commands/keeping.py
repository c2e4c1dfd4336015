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
from kpibatch.commands.group import CLEAN, FINDINGS, commands, language_of, month_typed


@commands.command()
@click.pass_obj
def corrections(workspace: Path) -> None:
    """รายการแก้ไขค่า: แสดงตามที่อ่านได้ และเพิ่มแถวที่หน่วยแจ้งค่าย้อนหลังต่างจากเดิม ให้จังหวัดพิจารณา"""
    from kpibatch.commands.console import showing
    from kpibatch.commands.run import propose_corrections
    from kpibatch.commands.screens.keeping import show_corrections
    from kpibatch.intake.corrections import read_corrections
    from kpibatch.months.assess import sound_levels

    config = read_config(workspace)
    tables, new = sound_levels(config), not os.path.lexists(config.corrections)
    with showing(config.language, click.echo) as display:
        added, refused = propose_corrections(config, tables, display)
    if new:
        click.echo(say("corrections.written", config.language, file=config.corrections))
    read = read_corrections(config.corrections, tables, config.intake)
    show_corrections(config, tables, read, refused)
    if added:
        click.echo(say("corrections.added", config.language, file=config.corrections, count=added))
    sys.exit(FINDINGS if any(each.grave for each in (*read.findings, *refused)) else CLEAN)


@commands.command()
@click.argument("month", type=month_typed, required=False)
@click.pass_obj
def province(workspace: Path, month: str | None) -> None:
    """สมุดให้จังหวัดกรอกตัวเลขของตนเอง (province.xlsx): สร้าง หรือเพิ่มเดือน หน่วย รายการที่ขาด ไม่ลบสิ่งที่กรอกแล้ว"""
    from kpibatch.commands.run import write_province_file
    from kpibatch.commands.screens.keeping import show_province
    from kpibatch.months.assess import sound_levels

    config = read_config(workspace)
    tables = sound_levels(config)
    show_province(config, tables, *write_province_file(config, tables, month))


@commands.group()
def history() -> None:
    """ประวัติ: เดือนก่อน ๆ ว่าอย่างไร และสร้างฐานข้อมูลใหม่จากโฟลเดอร์เดือน"""


@history.command()
@click.pass_obj
def rebuild(workspace: Path) -> None:
    """สร้าง output/history.sqlite ใหม่จากโฟลเดอร์เดือนทั้งหมด"""
    from kpibatch.commands.console import showing
    from kpibatch.commands.run import rebuild_history
    from kpibatch.commands.screens.keeping import show_rebuilt

    config = read_config(workspace)
    with showing(config.language, click.echo) as display:
        rebuilt = rebuild_history(config, display)
    show_rebuilt(rebuilt, config.language)
    sys.exit(FINDINGS if rebuilt.skipped else CLEAN)


@history.command()
@click.argument("unit")
@click.argument("kpi")
@click.pass_obj
def show(workspace: Path, unit: str, kpi: str) -> None:
    """ระดับ คะแนน และค่าของหน่วยหนึ่งในตัวชี้วัดหนึ่ง ทุกเดือนที่ประมวลผลแล้ว"""
    from kpibatch.commands.screens.keeping import show_history
    from kpibatch.months.assess import sound_levels
    from kpibatch.months.history import history_of

    config = read_config(workspace)
    tables = sound_levels(config)
    with history_of(config.output) as months:
        show_history(months, tables, arabic(unit), kpi, config.language)


@commands.command()
@click.argument("month", type=month_typed, required=False)
@click.option("--reopen", is_flag=True, help="เปิดเดือนที่ปิดแล้วอีกครั้ง ชุดที่ปิดไว้ยังเก็บอยู่")
@click.pass_obj
def close(workspace: Path, month: str | None, reopen: bool) -> None:
    """ปิดเดือน: รวมแบบรายงาน ตารางระดับ การตั้งค่า และผล ไว้ในไฟล์ .zip เดียวพร้อมค่า SHA-256"""
    from kpibatch.commands.closing import close_month, reopen_month
    from kpibatch.commands.console import showing
    from kpibatch.commands.screens.keeping import show_reopened, show_sealed

    config = read_config(workspace)
    if reopen and month is None:
        raise NotAMonth(found="")
    with showing(config.language, click.echo) as display:
        if month and reopen:
            show_reopened(config, month, reopen_month(config, month, display))
        else:
            show_sealed(config, close_month(config, month, display))


@commands.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.pass_obj
def verify(workspace: Path, bundle: Path) -> None:
    """ตรวจชุดที่ปิดเดือนไว้: ไม่ถูกแก้ไข และสร้างผลซ้ำได้ตรงทุกไบต์"""
    from kpibatch.commands.closing import verify as verified
    from kpibatch.commands.console import showing
    from kpibatch.commands.screens.keeping import show_verdict

    try:
        config = read_config(workspace)
    except NoWorkspace:  # a bundle is verified anywhere
        config = Config(workspace)
    with showing(config.language, click.echo) as display:
        verdict = verified(bundle, display, config.intake, config.seal.trusted, config.language)
    show_verdict(verdict, config.language)
    sys.exit(CLEAN if verdict.sound else FINDINGS)


@commands.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "--month",
    type=month_typed,
    metavar="MONTH",
    help="เดือนที่ใช้คิดคะแนนเมื่อเทียบตารางระดับ (ไม่ระบุ = เดือนล่าสุดที่มีไฟล์)",
)
@click.option("--unit", help="เฉพาะหน่วยนี้: รหัสหรือชื่อ")
@click.option("--format", "form", type=click.Choice(["text", "csv"]), default="text", help="ข้อความ หรือ CSV")
@click.option("--xlsx", is_flag=True, help="เขียนเป็นสมุดงานพร้อมพิมพ์ (output/diff A B.xlsx)")
@click.pass_obj
def diff(workspace: Path, a: str, b: str, month: str | None, unit: str | None, form: str, xlsx: bool) -> None:
    """เทียบสองเดือน (diff 2565-05 2565-06) หรือตารางระดับสองฉบับ (diff เดิม.xlsx ใหม่.xlsx): อะไรทำให้ระดับ
    คะแนน และอันดับเปลี่ยน
    """
    from kpibatch.commands.console import print_csv
    from kpibatch.months.compare.compare import diff as compared
    from kpibatch.months.compare.compare import write_diff_file
    from kpibatch.months.compare.rows import COLUMNS, diff_rows
    from kpibatch.months.compare.words import diff_lines

    config = read_config(workspace)
    difference = compared(config, a, b, month, unit)
    if form == "csv":
        print_csv(COLUMNS, diff_rows(difference, config.language))
    else:
        click.echo("\n".join(diff_lines(difference, config.language)))
    if xlsx:
        file = write_diff_file(config, difference)
        click.echo(say("diff.written", config.language, file=file), err=form == "csv")
    sys.exit(FINDINGS if difference.anything else CLEAN)


@commands.command()
@click.argument("workspaces", metavar="WORKSPACE…", nargs=-1)
@click.option("--workspaces", "listing", metavar="FILE", help="ไฟล์รายชื่อพื้นที่งาน บรรทัดละแห่ง")
@click.option("--month", type=month_typed, metavar="MONTH", help="เดือน (ไม่ระบุ = เดือนล่าสุดของแต่ละแห่ง)")
@click.option("--out", type=click.Path(path_type=Path), default=Path(), help="โฟลเดอร์ที่เขียนผล")
@click.option("--together", is_flag=True, help="จัดอันดับรวมแม้ใช้ตารางระดับต่างกัน")
@click.pass_obj
def rollup(
    workspace: Path, workspaces: tuple[str, ...], listing: str, month: str | None, out: Path, together: bool
) -> None:
    """รวมผลที่ประกาศแล้วของหลายพื้นที่งานเป็นอันดับเดียว (national.xlsx, national.csv) ไม่ให้คะแนนใหม่"""
    from kpibatch.commands.many.named import listed, named_once
    from kpibatch.commands.screens.keeping import show_rolled_up
    from kpibatch.months.rollup.rollup import roll_up_workspaces

    named = named_once((*workspaces, *(listed(listing) if listing else ())))
    language = language_of(workspace)
    folders = [Path(each.name) for each in named]
    rolled = roll_up_workspaces(folders, month, out, language, together)
    show_rolled_up(rolled, [each.name for each in named if each.again], language)
    sys.exit(FINDINGS if rolled.national.absent or rolled.national.mixed else CLEAN)
