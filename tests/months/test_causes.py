"""Why a KPI moved, where it hangs on what the batch reckons with besides the units' values."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from made_up_month import outcome_of
from reckoning import BOOK, HOLIDAYS
from tablebook import SHEETS, write
from weighing import LEAVING

from kpibatch.intake.past import PAST_COLUMNS, PastMonth
from kpibatch.months.compare.moves import compare
from kpibatch.months.compare.side import side_of_outcome
from kpibatch.months.compare.words import cause_text
from kpibatch.rules.paper.changes import table_changes
from kpibatch.rules.reader import read_levels

MAY, JUNE = "2565-05", "2565-06"
GIVEN = {"3101": {"got": date(2022, 4, 29), "closed": date(2022, 5, 9), "now": 82.46}}
IN_TIME = [
    PastMonth(month, {}, {}, frozenset(), pd.DataFrame(columns=list(PAST_COLUMNS)), came={"3101": moment})
    for month, moment in (("2565-04", datetime(2022, 5, 5)), ("2565-05", datetime(2022, 6, 5)))
]


def causes(folder: Path, kpi: str, sheets: Mapping[str, str]) -> list[str]:
    """What is said of a KPI of 3101, by the tables and by those with other ``sheets``."""
    paths = [
        write(folder / f"{name}.xlsx", {**BOOK, **other}, {}) for name, other in (("a", {}), ("b", sheets))
    ]
    tables = [read_levels(path)[0] for path in paths]
    came = {"3101": datetime(2022, 7, 8)}
    sides = [
        side_of_outcome(outcome_of(each, GIVEN, JUNE, came=came, past=IN_TIME), path.stem, path)
        for each, path in zip(tables, paths, strict=True)
    ]
    changes = table_changes(tables[0], paths[0], tables[1], paths[1])
    moved = {move.unit: move for move in compare(sides[0], sides[1], changes, "th").moves}
    (of_kpi,) = [each for each in moved["3101"].kpis if each.kpi == kpi]
    return [cause_text(cause, "th") for cause in of_kpi.causes]


@pytest.mark.parametrize(
    ("kpi", "sheets", "said"),
    [
        ("K7", {"วันหยุด": HOLIDAYS.replace("4 พ.ค. 2565   |", "4 มี.ค. 2565   |")}, "วันฉัตรมงคล"),
        ("K8", {"ปฏิทิน": SHEETS["ปฏิทิน"].replace("5 ก.ค. 2565", "1 ก.ค. 2565")}, "กำหนดส่ง"),
        (
            "K2",
            {"รายการข้อมูล": BOOK["รายการข้อมูล"].replace("base | | | | | | 1", "base")},
            "ปัดทศนิยม",
        ),
    ],
)
def test_a_change_of_what_is_reckoned_with_is_the_cause(
    kpi: str, sheets: Mapping[str, str], said: str, tmp_path: Path
) -> None:
    found = causes(tmp_path, kpi, sheets)
    assert any(said in text for text in found), found


FULL = {"R.got": 10, "R.done": 8, "R.plan": 1, "S.staff": 2, "S.now": 900, "N.x": 4}


def test_a_kpi_that_leaves_names_the_target_group_that_is_gone(tmp_path: Path) -> None:
    path = write(tmp_path / "tables.xlsx", LEAVING, {})
    tables = read_levels(path)[0]
    given = (FULL, FULL | {"R.got": 0, "R.done": 0})
    months = [
        outcome_of(tables, {"3101": each}, month) for each, month in zip(given, (MAY, JUNE), strict=True)
    ]
    sides = [side_of_outcome(month, month.month, path) for month in months]
    (move,) = [each for each in compare(sides[0], sides[1], (), "th").moves if each.unit == "3101"]
    (left,) = [each for each in move.kpis if each.kpi == "R"]
    assert [cause_text(cause, "th").split("   ")[0] for cause in left.causes] == ["เรื่องที่รับ 10 → 0 เรื่อง"]
