"""Corrections as a province writes them."""

from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from kpibatch.intake.corrections import HEADS

PAPERS = ("ตรวจเอกสารแล้ว", "บร 0019/ว 1234", "พัฒนาการจังหวัด", date(2022, 7, 6))


def correct(workspace: Path, *rows: tuple[Any, ...], heads: tuple[str, ...] = HEADS, above: int = 0) -> Path:
    """Write the workspace's corrections; a row of four has the usual papers behind it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for _ in range(above):
        sheet.append(["ทะเบียนการแก้ไข"])
    sheet.append(list(heads))
    for row in rows:
        sheet.append([*row, *PAPERS] if len(row) == 4 else list(row))
    path = workspace / "corrections.xlsx"
    book.save(path)
    return path
