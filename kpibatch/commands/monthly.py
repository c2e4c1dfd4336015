"""The commands of every month: ``run``, ``check``, ``status``, ``forms``, ``report``, ``open``, ``explain``.

Heavy modules are imported inside the commands, so that ``--help`` answers at once.
"""

import sys
from pathlib import Path
from typing import Any

import click

from kpibatch.base.catalogue import say
from kpibatch.base.config import read_config
from kpibatch.base.errors import NotAMonth
from kpibatch.base.month_files import FORMS
from kpibatch.base.thai import arabic, is_month
from kpibatch.commands.group import CLEAN, FINDINGS, commands, exit_code, language_of, month_typed


@commands.command()
@click.argument("month_or_workspaces", metavar="[MONTH] [WORKSPACE…]", nargs=-1)
@click.option("--workspaces", "list_file", metavar="FILE", help="ไฟล์รายชื่อพื้นที่งาน บรรทัดละโฟลเดอร์ (- = stdin)")
@click.option("--jobs", type=click.IntRange(1), help="ทำพร้อมกันกี่พื้นที่งาน (ปกติตามจำนวนซีพียูและหน่วยความจำ)")
@click.option("--scheduler", default="", metavar="tcp://HOST:PORT", help="ให้เครื่องอื่นช่วยทำผ่าน Dask scheduler")
@click.pass_obj
def run(
    workspace: Path,
    month_or_workspaces: tuple[str, ...],
    list_file: str | None,
    jobs: int | None,
    scheduler: str,
) -> None:
    """ประมวลผลประจำเดือน (เช่น run 2565-06) ไม่ระบุเดือน = เดือนล่าสุดที่มีไฟล์"""
    month, others = _month_first(month_or_workspaces)
    if list_file or others or scheduler:
        sys.exit(_run_many(workspace, month, others, list_file, jobs=jobs, scheduler=scheduler))
    from kpibatch.commands.console import showing
    from kpibatch.commands.run import run_month
    from kpibatch.commands.screens.monthly import show_ranking

    config = read_config(workspace)
    with showing(config.language, click.echo) as display:
        outcome = run_month(config, month, display)
    show_ranking(outcome)
    sys.exit(exit_code(outcome.findings))


def _run_many(
    workspace: Path, month: str | None, others: list[str], list_file: str | None, **how: Any
) -> int:
    from kpibatch.commands.many.named import listed, named_once
    from kpibatch.commands.many.together import run_together

    names = [*others, *(listed(list_file) if list_file else ())] or [str(workspace)]
    return run_together(named_once(names), month, language_of(workspace), click.echo, **how)


def _month_first(words: tuple[str, ...]) -> tuple[str | None, list[str]]:
    if words and is_month(arabic(words[0])):
        return arabic(words[0]), list(words[1:])
    if words and not Path(words[0]).is_dir() and Path(words[0]).name == words[0]:
        raise NotAMonth(found=words[0])
    return None, list(words)


@commands.command()
@click.argument("month", type=month_typed, required=False)
@click.pass_obj
def check(workspace: Path, month: str | None) -> None:
    """ตรวจแบบรายงานอย่างเดียว ไม่จัดอันดับ และเขียนไฟล์ส่งกลับที่ทำเครื่องหมายไว้ ใน output/MONTH/returned"""
    from kpibatch.commands.console import showing
    from kpibatch.commands.run import check_month
    from kpibatch.commands.screens.monthly import show_findings

    config = read_config(workspace)
    with showing(config.language, click.echo) as display:
        outcome, written = check_month(config, month, display)
    show_findings(outcome, written)
    sys.exit(exit_code(outcome.findings))


@commands.command()
@click.argument("month", type=month_typed, required=False)
@click.option("--format", "form", type=click.Choice(["table", "csv"]), default="table", help="ตาราง หรือ CSV")
@click.pass_obj
def status(workspace: Path, month: str | None, form: str) -> None:
    """ใครส่งแล้ว ส่งช้า ยังไม่ส่ง มีข้อค้นพบ หรือคะแนนยังชั่วคราว"""
    from kpibatch.commands.console import print_csv
    from kpibatch.commands.screens.monthly import show_status
    from kpibatch.months.assess import assess_month
    from kpibatch.months.listings import STATUS_COLUMNS, status_rows

    outcome = assess_month(read_config(workspace), month)
    if form == "csv":
        print_csv(STATUS_COLUMNS, status_rows(outcome))
    else:
        show_status(outcome)


@commands.command()
@click.option("--again", is_flag=True, hidden=True)  # what it asked for once is done anyhow
@click.pass_obj
def forms(workspace: Path, again: bool) -> None:
    """สร้างแบบรายงานให้ทุกหน่วย ใน output/forms กรอกค่าและข้อความที่ส่งมาแล้วให้ ไม่ต้องพิมพ์ใหม่"""
    from kpibatch.commands.console import showing
    from kpibatch.commands.run import write_forms
    from kpibatch.commands.screens.monthly import show_filled_in, show_losses

    config = read_config(workspace)
    with showing(config.language, click.echo) as display:
        written = write_forms(config, display)
    show_losses(written.lost, config.language)
    if any(sent.month or sent.refused or sent.values for sent in written.sent.values()):
        show_filled_in(written, config.language)
    click.echo(say("console.forms", config.language, count=written.count, folder=config.output / FORMS))
    sys.exit(exit_code(written.lost))


@commands.command()
@click.argument("month", type=month_typed, required=False)
@click.pass_obj
def report(workspace: Path, month: str | None) -> None:
    """สำหรับที่ประชุมและโทรศัพท์: สองแผ่นแรกของสมุดอันดับเป็น report.pdf และบัตรรายหน่วยใน cards (.html .png)"""
    from kpibatch.commands.console import showing
    from kpibatch.commands.meeting import write_report
    from kpibatch.commands.screens.monthly import show_report

    config = read_config(workspace)
    with showing(config.language, click.echo) as display:
        written = write_report(config, month, display)
    show_report(written, config.language)
    sys.exit(CLEAN if written.whole else FINDINGS)


@commands.command("open")
@click.argument("month", type=month_typed, required=False)
@click.pass_obj
def open_(workspace: Path, month: str | None) -> None:
    """เปิดสมุดอันดับของเดือน ไม่ระบุเดือน = เดือนล่าสุดที่ประมวลผลแล้ว"""
    from kpibatch.commands.meeting import open_ranking

    config = read_config(workspace)
    path, opened = open_ranking(config, month)
    click.echo(say("report.opened" if opened else "report.there", config.language, file=path))


@commands.command()
@click.argument("unit")
@click.argument("kpi")
@click.argument("month", type=month_typed, required=False)
@click.pass_obj
def explain(workspace: Path, unit: str, kpi: str, month: str | None) -> None:
    """บอกว่าทำไมได้ระดับนี้: ทุกค่ามาจากช่องใด ผ่านอะไรบ้าง และขาดอะไรถึงระดับถัดไป"""
    from kpibatch.months.assess import assess_month
    from kpibatch.scoring.why.explain import explain as explained

    outcome = assess_month(read_config(workspace), month)
    for line in explained(outcome, arabic(unit), kpi):
        click.echo(line)
