"""``corrections.xlsx``: values that the province has set right, each with a reason, a paper and a name behind
it.

In: the workbook. Out: the corrections, and a finding for every row that can't be used; such a row changes
nothing. A correction stands in for the submission's own value on every run and is then checked like any
other; no submission is written to.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import CorrectionsFault
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.kinds import show_value
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import fold
from kpibatch.books.guard.capped import USUAL, capped
from kpibatch.books.guard.limits import Refused
from kpibatch.books.read import Grid, UnreadableBook, as_text, read_book
from kpibatch.books.table import HEADER_WITHIN, Row, read_table
from kpibatch.intake.frame import KEY, OK, PLACE, Line, rows_of
from kpibatch.rules.levels import LevelTables

UNIT, MEASURE, MONTH, VALUE = "หน่วย", "รายการข้อมูล", "เดือน", "ค่า"
REASON, DOCUMENT, APPROVER, DAY = "เหตุผล", "เลขที่หนังสือ", "ผู้อนุมัติ", "วันที่"
HEADS = (UNIT, MEASURE, MONTH, VALUE, REASON, DOCUMENT, APPROVER, DAY)
CLAIM = "ที่แจ้งต่างกัน"
"""A column that need not be there: what a row that waits for approval is about, in words. It is not read."""
_SYNONYMS = {
    UNIT: ("unit", "รหัสหน่วย", "unit code"),
    MEASURE: ("measure", "รหัสรายการ", "รหัสรายการข้อมูล", "measure code"),
    MONTH: ("month",),
    VALUE: ("value", "ค่าที่ถูกต้อง", "ค่าใหม่"),
    REASON: ("reason",),
    DOCUMENT: ("document number", "document", "document no", "document no.", "เลขที่เอกสาร", "เลขหนังสือ"),
    APPROVER: ("approved by", "approver", "อนุมัติโดย"),
    DAY: ("date", "ลงวันที่", "วันที่อนุมัติ"),
    CLAIM: ("what differs",),
}
_ALSO = {fold(name): column for column, synonyms in _SYNONYMS.items() for name in (column, *synonyms)}
CORRECTED = "corrected"
# how the reason begins of a claim that the province has turned down
_TURNED_DOWN = ("ไม่อนุมัติ", "ไม่อนุญาต", "not approved")


@dataclass(frozen=True)
class Correction:
    """One value set right; ``place`` is its cell in the workbook, ``found`` what stands there."""

    unit: str
    measure: str
    month: str
    value: float
    found: str
    reason: str
    document: str
    approver: str
    day: date
    place: Place

    @property
    def key(self) -> tuple[str, str, str]:
        return self.unit, self.measure, self.month

    @property
    def line(self) -> Line:
        """The row of the long frame that it puts in the place of the submission's own."""
        place = self.place
        return Line(*self.key, self.value, OK, self.found, place.file, place.sheet, place.cell)


class Claim(NamedTuple):
    """What a submission says otherwise of an earlier month than counts; ``told`` is the finding about it."""

    unit: str
    measure: str
    month: str
    value: float
    told: Finding

    @property
    def key(self) -> tuple[str, str, str]:
        return self.unit, self.measure, self.month


@dataclass(frozen=True)
class Corrections:
    """All that can be used, each cell at most once, and what is wrong with the others.

    ``named`` are all that a row names, used or not, so that nothing is proposed twice. The table stands on
    ``sheet``, in these ``columns`` (name → number); ``rows`` is the number of the first row below it.
    """

    usable: tuple[Correction, ...] = ()
    findings: tuple[Finding, ...] = ()
    named: frozenset[tuple[str, str, str]] = frozenset()
    sheet: str = ""
    columns: Mapping[str, int] = field(default_factory=dict)
    rows: int = 0

    @property
    def by_key(self) -> Mapping[tuple[str, str, str], float]:
        """(unit, measure, month) → the value set."""
        return {correction.key: correction.value for correction in self.usable}


NO_CORRECTIONS = Corrections()


def read_corrections(path: Path, tables: LevelTables, limits: IntakeLimits = USUAL) -> Corrections:
    """The workspace's corrections; none where the workbook is not there.

    Raises ``KpibatchError`` where it can't be read as a workbook with such a table, or takes more time or
    memory than the limits allow: a ranking without corrections that were approved would be wrong.
    """
    if not os.path.lexists(path):  # a link that leads nowhere is no absence
        return NO_CORRECTIONS
    try:
        return capped(limits, _read, path, tables)
    except Refused as reason:
        raise CorrectionsFault("too-much-to-read", file=path, found=reason.found) from None


def _read(path: Path, tables: LevelTables) -> Corrections:
    try:
        grids = read_book(path)
    except UnreadableBook as reason:
        raise CorrectionsFault("unreadable-corrections", file=path, reason=reason) from None
    grid = _with_known_heads(max(grids.values(), key=_heads_in))
    table = read_table(path.name, {grid.name: grid}, grid.name, HEADS, None)
    if not table.found:
        raise CorrectionsFault("corrections-columns", file=path, columns=", ".join(HEADS))
    rows: dict[tuple[str, str, str], Correction] = {}
    named = set()
    for row in table:
        unit, measure, month = _unit(row, tables), _measure(row, tables), _month(row, tables)
        named.add((unit, measure, month))
        one = _correction(row, unit, measure, month, tables)
        if one and one.key in rows:
            row.report("correction-twice", VALUE, one.found, first=rows[one.key].place.cell)
        elif one:
            rows[one.key] = one
    below = 1 + max((row.number for row in table), default=table.head.number)
    return Corrections(
        tuple(rows.values()),
        tuple(table.findings),
        frozenset(named),
        grid.name,
        table.head.columns,
        below,
    )


def _heads_in(grid: Grid) -> int:
    """How many of the columns a sheet has."""
    found = {as_text(cell) for row in _with_known_heads(grid).rows[:HEADER_WITHIN] for cell in row}
    return len(found & set(HEADS))


def _with_known_heads(grid: Grid) -> Grid:
    """The sheet with the headings that mean the same written as the program names them."""
    heads = [
        [_ALSO.get(fold(as_text(cell)).replace("_", " "), cell) for cell in row]
        for row in grid.rows[:HEADER_WITHIN]
    ]
    return replace(grid, rows=[*heads, *grid.rows[HEADER_WITHIN:]])


def _correction(row: Row, unit: str, measure: str, month: str, tables: LevelTables) -> Correction | None:
    """A row as a correction; ``None``, with its faults reported, where it can't be used or is not to be."""
    papers = {column: row.text(column) for column in (REASON, DOCUMENT, APPROVER)}
    if not any(papers.values()) and row.blank(DAY):
        row.findings.append(_undecided("correction-pending", row, unit, measure, month, tables))
        return None
    if fold(papers[REASON]).startswith(tuple(map(fold, _TURNED_DOWN))):
        facts = {"reason": papers[REASON]}
        row.findings.append(_undecided("correction-turned-down", row, unit, measure, month, tables, **facts))
        return None
    for column, text in papers.items():
        if not text:
            row.report("correction-blank", column, "")
    day, cell = row.date_in(DAY), row.value(VALUE)
    for column in (DAY, VALUE):
        if row.blank(column):
            row.report("correction-blank", column, "")
    asked = tables.measures.get(measure)
    value = row.read(VALUE, asked.kind, asked.counting_unit) if asked else None
    if row.findings or value is None or not (unit and measure and month and day):
        return None
    return Correction(
        unit,
        measure,
        month,
        value,
        as_text(cell),
        papers[REASON],
        papers[DOCUMENT],
        papers[APPROVER],
        day,
        row.place(VALUE),
    )


def _undecided(
    code: str, row: Row, unit: str, measure: str, month: str, tables: LevelTables, **facts: str
) -> Finding:
    """A row that is not used because the province has not approved it: what it asks for."""
    return finding(
        code,
        row.place(VALUE),
        unit=unit,
        measure=measure,
        found=row.text(VALUE),
        name=tables.unit[unit].name if unit else row.text(UNIT),
        label=tables.measures[measure].label if measure else row.text(MEASURE),
        month=month or row.text(MONTH),
        **facts,
    )


def _unit(row: Row, tables: LevelTables) -> str:
    text = row.code(UNIT)
    called = [unit.code for unit in tables.units_called(text)]
    if len(called) == 1:
        return called[0]
    if called:
        row.report("unit-several", UNIT, text, units=", ".join(called))
        return ""
    row.report("correction-unknown", UNIT, text, nearest=nearest_of(text, list(tables.unit)))
    return ""


def _measure(row: Row, tables: LevelTables) -> str:
    code = row.code(MEASURE)
    if code not in tables.measures:
        row.report("correction-unknown", MEASURE, code, nearest=nearest_of(code, list(tables.measures)))
        return ""
    if not tables.measures[code].monthly:
        row.report("correction-not-filled-in", MEASURE, code, source=tables.measures[code].source.value)
        return ""
    return code


def _month(row: Row, tables: LevelTables) -> str:
    month = row.month_in(MONTH) or ""
    if month not in tables.round.months:
        first, last = tables.round.months[0], tables.round.months[-1]
        row.report("correction-month", MONTH, row.text(MONTH), first=first, last=last)
        return ""
    return month


def with_corrections(
    values: pd.DataFrame, corrections: Iterable[Correction], tables: LevelTables, report_month: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """The long frame with the corrections in place, and a finding for each of them.

    A correction of a month after the report month waits for its own. Source: design, section 3 (Intake).
    """
    due = [correction for correction in corrections if correction.month <= report_month]
    if not due:
        return values, []
    frame = values.copy()
    keys = rows_of(frame, KEY)
    rows = {key: index for index, key in zip(frame.index, keys, strict=True)}
    findings = []
    for correction in due:
        row = rows.get(correction.key)
        if row is None:
            findings.append(_idle(correction, tables))
        else:
            findings.append(_applied(correction, values.loc[row], tables))
            for column, content in correction.line._asdict().items():
                frame.at[row, column] = content
    return frame, findings


def _idle(correction: Correction, tables: LevelTables) -> Finding:
    """A correction of what was not sent."""
    return finding(
        "correction-idle",
        correction.place,
        unit=correction.unit,
        measure=correction.measure,
        found=correction.found,
        name=tables.unit[correction.unit].name,
        month=correction.month,
    )


def _applied(correction: Correction, sent: "pd.Series[str]", tables: LevelTables) -> Finding:
    """What was corrected, at the cell of the submission that it stands in for."""
    measure = tables.measures[correction.measure]
    return finding(
        CORRECTED,
        Place(*(sent[column] for column in PLACE)),
        unit=correction.unit,
        measure=correction.measure,
        found=sent["found"],
        label=measure.label,
        month=correction.month,
        sent=sent["found"] or "–",
        value=show_value(correction.value, measure.kind),
        reason=correction.reason,
        document=correction.document,
        approver=correction.approver,
        day=correction.day.isoformat(),
        at=str(correction.place),
    )
