"""A made-up month of a few units and one KPI, with places on a map and an earlier month, to be ranked."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from made_up_month import outcome_of
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from tablebook import one_kpi

from kpibatch.base.config import RankingRules
from kpibatch.intake.past import PAST_COLUMNS, PastMonth
from kpibatch.scoring.outcome import Outcome

NAMES = ("เมือง", "คูเมือง", "กระสัง", "สตึก", "ปะคำ", "ชำนิ", "นางรอง")
UNITS = tuple(f"310{at}" for at in range(1, 8))
TILES = ((1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3))
MEASURE = "T1.x | ข้อที่ทำได้ | ข้อ | จำนวน | กรอก | ล่าสุด | | | | 0"
RULE = "T1 | | | T1.x | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5"
EARLIER = {"3101": 2, "3102": 1, "3103": 6, "3104": 4, "3105": 3}


def before(ranks: Mapping[str, int]) -> PastMonth:
    frame = pd.DataFrame(columns=list(PAST_COLUMNS))
    levels = {(unit, "T1"): 2 for unit in ranks}
    values = {(unit, "T1"): 2.5 for unit in ranks}
    percent = dict.fromkeys(ranks, 50.0)
    return PastMonth("2565-04", ranks, percent, frozenset(), frame, levels=levels, values=values)


def month(
    reached: Sequence[int | None],
    *,
    unsent: Sequence[str] = (),
    mapped: bool = True,
    ties: str = "1224",
    earlier: Mapping[str, int] = EARLIER,
) -> Outcome:
    """A month in which the units reached those levels of the one KPI there is."""
    heads = "รหัส | ชื่อ | กลุ่ม | อีเมล | สำเนา | แถว | คอลัมน์"
    tiles = [f"{row} | {column}" if mapped else " | " for row, column in TILES]
    rows = [
        f"{unit} | {name} | ก | {unit}@cdd.example | | {tile}"
        for unit, name, tile in zip(UNITS[: len(reached)], NAMES, tiles, strict=False)
    ]
    tables = one_kpi(MEASURE, RULE, หน่วย="\n".join([heads, *rows]))
    given = {
        unit: {} if level is None else {"T1.x": level} for unit, level in zip(UNITS, reached, strict=False)
    }
    rules = RankingRules(ties=ties)
    past = [before(earlier)] if earlier else []
    return outcome_of(tables, given, "2565-05", rules, unsent, past=past)


def front(path: Path) -> Worksheet:
    return load_workbook(path, data_only=True).worksheets[0]
