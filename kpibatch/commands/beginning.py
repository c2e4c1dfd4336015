"""The command that begins a workspace: ``init``."""

from pathlib import Path

import click

from kpibatch.commands.group import commands, language_of


@commands.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "letter",
    type=click.Path(path_type=Path),
    help="ร่างตารางระดับจากหนังสือของกติกา (.txt .docx .pdf ที่มีตัวอักษร) ทำเครื่องหมายทุกแห่งที่อ่านไม่แน่ใจ",
)
@click.pass_obj
def init(workspace: Path, folder: Path, letter: Path | None) -> None:
    """พื้นที่งานใหม่ในโฟลเดอร์ที่ยังไม่มีหรือว่าง: config.toml, level_tables.xlsx พร้อมคู่มือ และโฟลเดอร์"""
    from kpibatch.commands.begin import begin, begin_from
    from kpibatch.commands.screens.beginning import show_begun

    language = language_of(workspace)
    if letter:
        show_begun(folder, begin_from(folder, letter, language), language)
    else:
        begin(folder)
        show_begun(folder, None, language)
