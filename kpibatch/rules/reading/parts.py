"""ตัวตั้ง of what a measure is of other units: a measure of the parts, a KPI and a level that they reach, or
a node of the unit above.
"""

import re
from typing import Any

from kpibatch.base.thai import fold
from kpibatch.books.table import Row
from kpibatch.rules.records import TOTAL, Rollup, Source
from kpibatch.rules.schema import MEASURES

OF_OTHERS = (Source.PARTS, Source.UNIT_SCORE)
HOW = (Rollup.SUM, Rollup.MEAN, Rollup.MIN, Rollup.MAX)
_REACH = re.compile(r"(\S.*?)\s*ระดับ(?:ที่)?\s*(\d+)(?:\s*ขึ้นไป)?")
_TOTALS = ("", TOTAL, "คะแนนรวม", "รวม")


def of_others(row: Row, source: Source) -> dict[str, Any]:
    """The fields of a measure that say so; what can't be is reported.

    Source: design, section 1 (Wider rules: รวมจากหน่วยย่อย, คะแนนของหน่วย).
    """
    listed, column = row.codes(MEASURES.numerator), MEASURES.numerator
    if len(listed) > 1:
        row.report("table-parts-idle", column, ", ".join(listed[1:]), source=source.value)
    if not row.blank(MEASURES.denominator):
        found = row.code(MEASURES.denominator)
        row.report("table-parts-idle", MEASURES.denominator, found, source=source.value)
    of = listed[0] if listed else ""
    if source is Source.UNIT_SCORE:
        return {"other": TOTAL if fold(of) in map(fold, _TOTALS) else of}
    if not of:
        row.report("table-parts-missing", column, row.code(MEASURES.code), source=source.value)
    if reached := _REACH.fullmatch(of):
        return {"other": reached[1], "reach": int(reached[2])}
    how = row.choice(MEASURES.rollup, Rollup, Rollup.LAST)
    if of and how not in HOW:
        expected = " / ".join(HOW)
        row.report("table-tree-how", MEASURES.rollup, row.text(MEASURES.rollup), expected=expected)
    return {"other": of}
