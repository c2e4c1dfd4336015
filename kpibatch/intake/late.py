"""Late changes: a submission says something else of an earlier month than was sent for that month then."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.thai import is_month
from kpibatch.intake.frame import EMPTY, KEY, OK, PLACE
from kpibatch.intake.month import Intake
from kpibatch.intake.past import PastMonth
from kpibatch.rules.levels import LevelTables

CHANGED, GIVEN = "late-change", "late-given"


def late_changes(
    intake: Intake,
    past: Iterable[PastMonth],
    tables: LevelTables,
    corrected: Mapping[tuple[str, str, str], float],
) -> list[Finding]:
    """Each value of an earlier month that is another now, with both values and both files.

    A number that was changed or taken away is a warning; one that was not there, or not readable, and has
    come since, is a note. Nothing where the unit sent nothing then, the form has no cell for it, or the value
    now is the one that an approved correction (``corrected``: unit, measure, month → value) set.
    """
    return [change for month in past for change in _in(month, intake.reported, tables, corrected)]


def _in(
    month: PastMonth,
    frame: pd.DataFrame,
    tables: LevelTables,
    corrected: Mapping[tuple[str, str, str], float],
) -> Iterator[Finding]:
    now = frame[(frame["month"] == month.month) & (frame["cell"] != "")]
    both = now.merge(month.reported, on=list(KEY[:2]), suffixes=("", "_then"))
    had, has = both["state_then"] == OK, both["state"] == OK
    other = (both["value"].round(9) != both["value_then"].round(9)) & had & has
    gone = had & (both["state"] == EMPTY)
    both["code"] = np.select([other | gone, ~had & has], [CHANGED, GIVEN], "")
    for row in both[both["code"] != ""].to_dict("records"):
        if corrected.get((row["unit"], row["measure"], month.month)) != row["value"]:
            yield _finding({str(name): cell for name, cell in row.items()}, month.month, tables)


def _finding(row: Mapping[str, str], month: str, tables: LevelTables) -> Finding:
    file_then = row["file_then"]  # named with its month's folder where that is another one
    file_then = file_then if is_month(file_then.partition("/")[0]) else f"{month}/{file_then}"
    return finding(
        row["code"],
        Place(*(row[column] for column in PLACE)),
        unit=row["unit"],
        measure=row["measure"],
        found=row["found"],
        label=tables.measures[row["measure"]].label,
        month=month,
        now=row["found"] or "–",
        then=row["found_then"] or "–",
        then_at=str(Place(file_then, row["sheet_then"], row["cell_then"])),
    )
