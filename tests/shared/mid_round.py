"""A small workspace whose rules change in the third month of the round: three units, standard forms, made in
the test.

T1 gets harder and T lighter; I1's second measure goes, and I2 begins with a measure that nobody was asked
before.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from made_once import made_once
from tablebook import SHEETS, rows_of, write
from workspace import ROOT, run

from kpibatch.base.kinds import Kind
from kpibatch.books.write import Content
from kpibatch.forms.asked import months_asked
from kpibatch.forms.standard import form_name, write_form
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels
from kpibatch.rules.schema import SINCE

APRIL, MAY, JUNE, JULY = MONTHS = ("2565-04", "2565-05", "2565-06", "2565-07")
UNITS = ("3101", "3102", "3103")
# % of its budget that a unit has spent by the end of each month
SPENT = {"3101": (50, 82, 82, 85), "3102": (62, 84.99, 84.99, 91), "3103": (65, 85, 85, 95)}
BUDGET = {"3101": 1000.0, "3102": 2000.0, "3103": 3000.0}


def with_rows(sheet: str, *later: str) -> str:
    """A sheet of the tiny workbook with the column and further rows; the last cell of each is its month."""
    head, *rows = (" | ".join(row) for row in rows_of(SHEETS[sheet]))
    return "\n".join([f"{head} | {SINCE}", *rows, *later])


CHANGED: Mapping[str, str] = {
    "รอบประเมิน": SHEETS["รอบประเมิน"].replace("4, 5, 6", "4, 5, 6, 7"),
    "ปฏิทิน": SHEETS["ปฏิทิน"].rstrip() + "\n2565-07 | 5 ส.ค. 2565",
    "รายการข้อมูล": SHEETS["รายการข้อมูล"].rstrip() + "\nI2.visits | เยี่ยมบ้าน | ครั้ง | จำนวน | กรอก | ต่ำสุด",
    "ตัวชี้วัด": with_rows(
        "ตัวชี้วัด",
        f"T | | | 50 | | | | | | {JUNE}",
        f"I | | | 50 | | | | | | {JUNE}",
        f"T1 | | | 50 | | | | | | {JUNE}",
        f"I1 | | | 20 | | | | | | {JUNE}",
        f"I2 | I | เยี่ยมบ้าน | 30 | | | | | ข้อ 2.2 | {JUNE}",
    ),
    "ระดับ": with_rows(
        "ระดับ",
        f"T1 | | | T1.pct | ≥ 65 | ≥ 75 | ≥ 85 | ≥ 95 | ≥ 100 | | {JUNE}",
        f"T1 | | | T1.docs | ใช่ | ใช่ | ใช่ | ใช่ | ใช่ | | {JUNE}",
        f"I1 | staff | ≤ 2 | I1.news | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5 | ตามหนังสือ 9 มิ.ย. 2565 | {JUNE}",
        f"I1 | staff | > 2 | I1.news | ≥ 2 | ≥ 4 | ≥ 6 | ≥ 8 | ≥ 10 | | {JUNE}",
        "I2 | | | I2.visits | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5 | |",
    ),
}


def changed_tables(workspace: Path) -> LevelTables:
    return read_levels(workspace / "level_tables.xlsx")[0]


def answers(tables: LevelTables, unit: str, until: str) -> dict[tuple[str, str], Content]:
    """What a unit's form holds by the end of a month."""
    cells: dict[tuple[str, str], Content] = {}
    for measure in tables.form_measures:
        for at, month in enumerate(MONTHS):
            if month <= until and month in months_asked(tables, tables.unit[unit], measure.code):
                cells[measure.code, month] = {
                    "T1.spent": BUDGET[unit] * SPENT[unit][at] / 100,
                    "I1.news": float(4 + at),
                    "I2.visits": float(1 + at),
                }.get(measure.code, "ใช่" if measure.kind is Kind.YES_NO else date(2022, 4 + at, 9))
    return cells | {
        ("T1.spent", "หลักฐาน"): "ทะเบียนคุม",
        ("T1.spent", "ปัญหาอุปสรรค"): "งบมาช้า",
        ("T1.docs", "หมายเหตุ"): "= ครบ",
    }


def send(
    workspace: Path, unit: str, month: str, cells: Mapping[tuple[str, str], Content] | None = None
) -> Path:
    """The unit's form of a month, filled in."""
    tables = changed_tables(workspace)
    path = workspace / "submissions" / month / form_name(tables.unit[unit])
    path.parent.mkdir(parents=True, exist_ok=True)
    write_form(tables, tables.unit[unit], path, answers(tables, unit, month) if cells is None else cells)
    return path


def changing_workspace(folder: Path, months: tuple[str, ...] = MONTHS) -> Path:
    """The workspace, all of these months sent, none run."""
    workspace = folder / "workspace"
    workspace.mkdir()
    config = (ROOT / "config.toml").read_text(encoding="utf-8").replace("input_samples/buriram-2565-2/", "")
    (workspace / "config.toml").write_text(config, encoding="utf-8")
    write(workspace / "level_tables.xlsx", CHANGED, {})
    for month in months:
        for unit in UNITS:
            send(workspace, unit, month)
    return workspace


def changed_workspace() -> Path:
    """The same, its months run; only to be read."""
    return made_once("rules that change in mid-round", _run_all) / "workspace"


def _run_all(home: Path) -> None:
    workspace = changing_workspace(home)
    for month in MONTHS:
        run(workspace, month)
