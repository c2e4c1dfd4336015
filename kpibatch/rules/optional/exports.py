"""แหล่งข้อมูล: which column of a central system's export gives a measure, and which of two values counts.

In: the sheet. Out: a record a row; what is wrong is remembered by the rows.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from kpibatch.base.thai import fold
from kpibatch.books.table import Row, Table
from kpibatch.rules.records import Counts, Export, Measure
from kpibatch.rules.schema import EXPORTS, MEASURES, Column

MONTH = "{month}"
_EXAMPLES: Mapping[Column, str] = {
    EXPORTS.code: "GFMIS",
    EXPORTS.file: f"gfmis_{MONTH}*.xlsx",
    EXPORTS.unit: "รหัสหน่วยเบิกจ่าย",
    EXPORTS.heading: "เบิกจ่ายสะสม",
}


def read_exports(table: Table, measures: Mapping[str, Measure]) -> tuple[Export, ...]:
    """A row a measure; file, sheet and the units' column may be left out where a row above of the same code
    states them.

    Source: design, section 1 (แหล่งข้อมูล).
    """
    above: dict[tuple[str, Column], str] = {}
    exports: dict[str, Export] = {}
    for row in table:
        measure = row.code(EXPORTS.measure)
        stated = {column: row.text(column) for column in (*_EXAMPLES, EXPORTS.tab)}
        for column in (EXPORTS.file, EXPORTS.unit, EXPORTS.tab):
            key = (stated[EXPORTS.code], column)
            stated[column] = above[key] = stated[column] or above.get(key, "")
        for column, example in _EXAMPLES.items():
            if not stated[column] or (column == EXPORTS.file and not _below(stated[column])):
                row.report("table-value", column, stated[column], expected=example)
        counts = row.choice(EXPORTS.counts, Counts, Counts.UNSTATED)
        if measure not in measures:
            row.report("table-unknown", EXPORTS.measure, measure, where=MEASURES.sheet)
        elif measure in exports:
            row.report("table-duplicate", EXPORTS.measure, measure)
        else:
            exports[measure] = _export(row, stated, measure, counts)
    return tuple(exports.values())


def report_origins(table: Table, exports: Iterable[Export]) -> None:
    """แหล่ง, where a measure's row states it, is the code of the export that gives the measure.

    Source: design, section 1 (รายการข้อมูล: แหล่ง).
    """
    given = {(export.measure, fold(export.code)) for export in exports}
    for row in table:
        origin = row.text(MEASURES.origin)
        if origin and (row.code(MEASURES.code), fold(origin)) not in given:
            row.report("table-unknown", MEASURES.origin, origin, where=EXPORTS.sheet)


def _export(row: Row, stated: Mapping[Column, str], measure: str, counts: Counts) -> Export:
    return Export(
        code=stated[EXPORTS.code],
        file=stated[EXPORTS.file],
        sheet=stated[EXPORTS.tab],
        unit_column=stated[EXPORTS.unit],
        measure=measure,
        column=stated[EXPORTS.heading],
        counts=counts,
        place=row.place(EXPORTS.measure),
    )


def _below(pattern: str) -> bool:
    """Whether a pattern stays below the month's folder and holds no blank but that of the month."""
    parts = PurePosixPath(pattern.replace("\\", "/")).parts
    return not (
        pattern.startswith(("/", "\\"))
        or ".." in parts
        or re.search(r"[:{}]|\*\*", pattern.replace(MONTH, ""))
    )
