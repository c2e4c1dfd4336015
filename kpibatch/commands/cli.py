"""The commands: options, one call, printing, the exit code. Heavy modules are imported inside the commands,
so that ``--help`` answers at once.
"""

import sys
import traceback
from errno import EACCES, EIO, ENOSPC, ENOTCONN, EROFS, ESTALE, ETIMEDOUT
from pathlib import Path
from typing import Any

import click

from kpibatch import __version__
from kpibatch.base.catalogue import say
from kpibatch.base.config import read_config
from kpibatch.base.errors import KpibatchError
from kpibatch.base.thai import arabic, is_month

CLEAN, FINDINGS, STOPPED, CRASHED = 0, 1, 2, 70
_OF_THE_DISK = {
    EACCES,
    EIO,
    ENOSPC,
    ENOTCONN,
    EROFS,
    ESTALE,
    ETIMEDOUT,
}  # a share that has gone away; never a bug


def main() -> None:
    """The entry point: an operator's mistake is one line and exit code 2; a bug keeps its traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        commands(standalone_mode=True)
    except Exception:
        traceback.print_exc()
        sys.exit(CRASHED)


class _OneLine(click.Group):
    """Turns ``KpibatchError``, a disk that refuses and Ctrl-C into one line on stderr and exit code 2."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KpibatchError as error:
            failure = error
        except KeyboardInterrupt:
            failure = KpibatchError("interrupted")
        except OSError as error:
            if error.errno not in _OF_THE_DISK:
                raise
            failure = KpibatchError("disk-refuses", file=error.filename or "", reason=error.strerror)
        click.echo("kpibatch: " + failure.message(_language_of(ctx.params["workspace"])), err=True)
        ctx.exit(STOPPED)


def _language_of(workspace: Path) -> str:
    try:
        return read_config(workspace).language
    except KpibatchError:
        return "th"


@click.group(cls=_OneLine, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, package_name="kpibatch")
@click.option(
    "-C",
    "workspace",
    type=click.Path(path_type=Path),
    default=Path(),
    help="พื้นที่งาน: โฟลเดอร์ที่มี config.toml (workspace)",
)
@click.pass_context
def commands(ctx: click.Context, workspace: Path) -> None:
    """kpibatch: รวมรายงานของหน่วย ตรวจ ให้คะแนน และจัดอันดับ ในคำสั่งเดียว"""
    ctx.obj = workspace


@commands.command()
@click.argument("month_or_workspaces", metavar="[MONTH] [WORKSPACE…]", nargs=-1)
@click.pass_obj
def run(workspace: Path, month_or_workspaces: tuple[str, ...]) -> None:
    """ประมวลผลประจำเดือน (เช่น run 2565-06) ไม่ระบุเดือน = เดือนล่าสุดที่มีไฟล์"""
    month, others = _month_first(month_or_workspaces)
    if others:
        from kpibatch.commands.run import run_side_by_side

        sys.exit(run_side_by_side(month, others, click.echo))
    from kpibatch.commands.console import showing
    from kpibatch.commands.run import run_month
    from kpibatch.commands.screens import closing

    config = read_config(workspace)
    with showing(config.language, click.echo) as display:
        outcome = run_month(config, month, display)
    closing(outcome)
    sys.exit(FINDINGS if any(one.severity != "note" for one in outcome.findings) else CLEAN)


def _month_first(words: tuple[str, ...]) -> tuple[str | None, list[str]]:
    if words and is_month(arabic(words[0])):
        return arabic(words[0]), list(words[1:])
    if words and not Path(words[0]).is_dir():
        raise KpibatchError("not-a-month", found=words[0])
    return None, list(words)


@commands.command()
@click.argument("month", required=False)
@click.pass_obj
def check(workspace: Path, month: str | None) -> None:
    """ตรวจแบบรายงานอย่างเดียว ไม่จัดอันดับ และเขียนไฟล์ส่งกลับที่ทำเครื่องหมายไว้ ใน output/MONTH/returned"""
    from kpibatch.commands.console import showing
    from kpibatch.commands.run import check_month
    from kpibatch.commands.screens import listed

    config = read_config(workspace)
    with showing(config.language, click.echo) as display:
        outcome, written = check_month(config, _month(month), display)
    listed(outcome, written)
    sys.exit(FINDINGS if any(one.severity != "note" for one in outcome.findings) else CLEAN)


@commands.command()
@click.argument("month", required=False)
@click.option("--format", "form", type=click.Choice(["table", "csv"]), default="table", help="ตาราง หรือ CSV")
@click.pass_obj
def status(workspace: Path, month: str | None, form: str) -> None:
    """ใครส่งแล้ว ส่งช้า ยังไม่ส่ง มีข้อค้นพบ หรือคะแนนยังชั่วคราว"""
    from kpibatch.commands.screens import show_status
    from kpibatch.months.assess import assess_month
    from kpibatch.months.listings import STATUS_COLUMNS, as_csv, status_rows

    outcome = assess_month(read_config(workspace), _month(month))
    if form == "csv":
        click.echo(
            as_csv(STATUS_COLUMNS, status_rows(outcome)).decode("utf-8-sig").replace("\r\n", "\n"), nl=False
        )
    else:
        show_status(outcome)


def _month(text: str | None) -> str | None:
    """A month as typed, Thai digits allowed. Raises ``KpibatchError`` where it is none."""
    if text is not None and not is_month(arabic(text)):
        raise KpibatchError("not-a-month", found=text)
    return arabic(text) if text else None


@commands.command()
@click.pass_obj
def forms(workspace: Path) -> None:
    """สร้างแบบรายงานให้ทุกหน่วย ใน output/forms"""
    from kpibatch.commands.console import showing
    from kpibatch.commands.run import write_forms

    config = read_config(workspace)
    with showing(config.language, click.echo) as display:
        written = write_forms(config, display)
    click.echo(say("console.forms", config.language, count=len(written), folder=config.output / "forms"))


@commands.group()
def levels() -> None:
    """ตารางระดับ: ตรวจ และแสดงตามที่อ่านได้"""


@levels.command("check")
@click.pass_obj
def levels_check(workspace: Path) -> None:
    """ตรวจตารางระดับทั้งเล่ม บอกทุกข้อผิดพร้อมชีต ช่อง และวิธีแก้"""
    from kpibatch.commands.screens import checked
    from kpibatch.rules.lint import check_levels

    config = read_config(workspace)
    _, found = check_levels(config.level_tables)
    checked(config, found)
    severities = {one.severity for one in found}
    sys.exit(STOPPED if "error" in severities else FINDINGS if "warning" in severities else CLEAN)


@levels.command("show")
@click.option("--xlsx", is_flag=True, help="เขียนเป็นเอกสารแนบท้ายหนังสือ (output/level_tables_annex.xlsx)")
@click.pass_obj
def levels_show(workspace: Path, xlsx: bool) -> None:
    """แสดงตัวชี้วัด น้ำหนัก และเกณฑ์ทุกระดับตามที่อ่านได้"""
    from kpibatch.commands.run import write_annex_file
    from kpibatch.commands.screens import show_levels
    from kpibatch.months.assess import sound_levels

    config = read_config(workspace)
    tables = sound_levels(config)
    if xlsx:
        click.echo(say("console.annex", config.language, file=write_annex_file(config, tables)))
    else:
        show_levels(tables, config.language, click.echo)


@commands.command()
@click.argument("unit")
@click.argument("kpi")
@click.argument("month", required=False)
@click.pass_obj
def explain(workspace: Path, unit: str, kpi: str, month: str | None) -> None:
    """บอกว่าทำไมได้ระดับนี้: ทุกค่ามาจากช่องใด ผ่านอะไรบ้าง และขาดอะไรถึงระดับถัดไป"""
    from kpibatch.months.assess import assess_month
    from kpibatch.scoring.explain import explain as explained

    config = read_config(workspace)
    outcome = assess_month(config, _month(month))
    for line in explained(outcome, arabic(unit), kpi):
        click.echo(line)


@commands.command()
@click.pass_obj
def corrections(workspace: Path) -> None:
    """รายการแก้ไขค่าที่อนุมัติแล้ว: แสดงตามที่อ่านได้ หรือเขียน corrections.xlsx เปล่าถ้ายังไม่มี"""
    from kpibatch.commands.screens import show_corrections
    from kpibatch.intake.corrections import read_corrections
    from kpibatch.intake.corrections_book import write_corrections
    from kpibatch.months.assess import sound_levels

    config = read_config(workspace)
    tables = sound_levels(config)
    if not config.corrections.exists():
        write_corrections(config.corrections, tables, (), config.language)
        click.echo(say("corrections.written", config.language, file=config.corrections))
        return
    read = read_corrections(config.corrections, tables)
    show_corrections(config, tables, read)
    sys.exit(FINDINGS if read.findings else CLEAN)


@commands.group()
def history() -> None:
    """ประวัติ: เดือนก่อน ๆ ว่าอย่างไร และสร้างฐานข้อมูลใหม่จากโฟลเดอร์เดือน"""


@history.command("rebuild")
@click.pass_obj
def history_rebuild(workspace: Path) -> None:
    """สร้าง output/history.sqlite ใหม่จากโฟลเดอร์เดือนทั้งหมด"""
    from kpibatch.commands.console import showing
    from kpibatch.commands.run import rebuild_history
    from kpibatch.commands.screens import rebuilt

    config = read_config(workspace)
    with showing(config.language, click.echo) as display:
        made = rebuild_history(config, display)
    rebuilt(made, config.language)
    sys.exit(FINDINGS if made.skipped else CLEAN)


@history.command("show")
@click.argument("unit")
@click.argument("kpi")
@click.pass_obj
def history_show(workspace: Path, unit: str, kpi: str) -> None:
    """ระดับ คะแนน และค่าของหน่วยหนึ่งในตัวชี้วัดหนึ่ง ทุกเดือนที่ประมวลผลแล้ว"""
    from kpibatch.commands.screens import show_history
    from kpibatch.months.assess import sound_levels
    from kpibatch.months.history import history_of

    config = read_config(workspace)
    tables = sound_levels(config)
    with history_of(config.output) as kept:
        show_history(kept, tables, arabic(unit), kpi, config.language)


@commands.command()
@click.argument("month", required=False)
@click.option("--reopen", is_flag=True, help="เปิดเดือนที่ปิดแล้วอีกครั้ง ชุดที่ปิดไว้ยังเก็บอยู่")
@click.pass_obj
def close(workspace: Path, month: str | None, reopen: bool) -> None:
    """ปิดเดือน: รวมแบบรายงาน ตารางระดับ การตั้งค่า และผล ไว้ในไฟล์ .zip เดียวพร้อมค่า SHA-256"""
    from kpibatch.commands.closing import close_month, reopen_month
    from kpibatch.commands.console import showing
    from kpibatch.commands.screens import opened_again, sealed

    config, month = read_config(workspace), _month(month)
    with showing(config.language, click.echo) as display:
        if reopen and month is None:
            raise KpibatchError("not-a-month", found="")
        if month and reopen:
            opened_again(config, month, reopen_month(config, month, display))
        else:
            sealed(config, close_month(config, month, display))


@commands.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.pass_obj
def verify(workspace: Path, bundle: Path) -> None:
    """ตรวจชุดที่ปิดเดือนไว้: ไม่ถูกแก้ไข และสร้างผลซ้ำได้ตรงทุกไบต์"""
    from kpibatch.commands.closing import verify as verified
    from kpibatch.commands.console import showing
    from kpibatch.commands.screens import show_verdict

    language = _language_of(workspace)
    with showing(language, click.echo) as display:
        verdict = verified(bundle, display)
    show_verdict(verdict, language)
    sys.exit(CLEAN if verdict.sound else FINDINGS)


@commands.command()
@click.argument("a")
@click.argument("b")
@click.option("--month", help="เดือนที่ใช้คิดคะแนนเมื่อเทียบตารางระดับ (ไม่ระบุ = เดือนล่าสุดที่มีไฟล์)")
@click.option("--unit", help="เฉพาะหน่วยนี้: รหัสหรือชื่อ")
@click.option("--format", "form", type=click.Choice(["text", "csv"]), default="text", help="ข้อความ หรือ CSV")
@click.option("--xlsx", is_flag=True, help="เขียนเป็นสมุดงานพร้อมพิมพ์ (output/diff A B.xlsx)")
@click.pass_obj
def diff(workspace: Path, a: str, b: str, month: str | None, unit: str | None, form: str, xlsx: bool) -> None:
    """เทียบสองเดือน (diff 2565-05 2565-06) หรือตารางระดับสองฉบับ (diff เดิม.xlsx ใหม่.xlsx): อะไรทำให้ระดับ
    คะแนน และอันดับเปลี่ยน
    """
    from kpibatch.months.compare.compare import diff as compared
    from kpibatch.months.compare.compare import write_diff_file
    from kpibatch.months.compare.words import COLUMNS, diff_lines, diff_rows
    from kpibatch.months.listings import as_csv

    config = read_config(workspace)
    found = compared(config, a, b, _month(month), unit)
    if form == "csv":
        click.echo(
            as_csv(COLUMNS, diff_rows(found, config.language)).decode("utf-8-sig").replace("\r\n", "\n"),
            nl=False,
        )
    else:
        click.echo("\n".join(diff_lines(found, config.language)))
    if xlsx:
        click.echo(
            say("diff.written", config.language, file=write_diff_file(config, found)), err=form == "csv"
        )
    sys.exit(FINDINGS if found.anything else CLEAN)


@commands.command()
@click.argument("month", required=False)
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
    from kpibatch.commands.screens import show_drafts, show_mails, show_sent
    from kpibatch.mail.month import draft_mails, mails_sent, send_mails, write_templates
    from kpibatch.mail.plan import Selection

    config, month = read_config(workspace), _month(month)
    selection = Selection(**chosen)
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
