"""Level tables → the standard form of each unit, and where each measure stands in a form that came back.

People see the KPI, the item, its counting unit, its baseline, the months and three columns of text.
The reader sees column A (measure codes, hidden) and one hidden row (month keys); it finds both by what
they hold, so inserted rows or columns, or a renamed sheet, do not shift data.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from kpibatch.catalogue import say
from kpibatch.cells import Grid, as_text
from kpibatch.levels import LevelTables, Measure, Source, Unit
from kpibatch.sheets import Book, Content, Sheet, file_name, lines_of
from kpibatch.thai import arabic, is_month, show_month
from kpibatch.values import Kind, show_value

SHEET = "แบบรายงาน"
IDENTITY_SHEET = "_kpibatch"
TEXT_COLUMNS = ("หลักฐาน", "ปัญหาอุปสรรค", "หมายเหตุ")
_MONTH_ROW, _HEAD_ROW = 3, 4
_LABEL_WIDTH, _TEXT_WIDTH = 46.0, 28.0


@dataclass(frozen=True)
class Identity:
    """What a form says of itself on its hidden sheet; empty where the sheet says nothing."""

    unit: str = ""
    round: str = ""
    digest: str = ""
    form: str = ""


@dataclass(frozen=True)
class Spot:
    """A cell of a form, zero-based."""

    sheet: str
    row: int
    column: int


@dataclass(frozen=True)
class Layout:
    """Where things stand in a form that came back: the cell of a (measure, month), and of a measure's three texts."""

    cells: Mapping[tuple[str, str], Spot]
    texts: Mapping[tuple[str, str], Spot]

    @cached_property
    def measures(self) -> frozenset[str]:
        """The measures that have a place."""
        return frozenset(measure for measure, _ in self.cells)


def identity_for(tables: LevelTables, unit: Unit) -> Identity:
    """The identity of the form that is made for a unit."""
    digest = tables.form_digest
    name = hashlib.sha256(f"{unit.code}|{tables.round.key}|{digest}".encode()).hexdigest()[:12]
    return Identity(unit.code, tables.round.key, digest, name)


def read_identity(grids: Mapping[str, Grid]) -> Identity:
    """The identity of a form that came back."""
    grid = grids.get(IDENTITY_SHEET)
    if grid is None:
        return Identity()
    pairs = {as_text(grid.at(row, 0)): arabic(as_text(grid.at(row, 1))) for row in range(len(grid.rows))}
    return Identity(pairs.get("unit", ""), pairs.get("round", ""), pairs.get("digest", ""), pairs.get("form", ""))


def locate(grids: Mapping[str, Grid], tables: LevelTables) -> Layout | None:
    """Where the measures and months stand, or ``None`` where no sheet looks like the standard form."""
    known = {measure.code for measure in tables.form_measures}
    ordered = sorted(grids.values(), key=lambda grid: grid.name != SHEET)
    for grid in ordered:
        months_row = next((row for row in range(min(20, len(grid.rows))) if any(is_month(as_text(v)) for v in grid.rows[row])), None)
        codes = _code_column(grid, known)
        if months_row is None or not codes:
            continue
        months = {as_text(value): column for column, value in reversed(list(enumerate(grid.rows[months_row]))) if is_month(as_text(value))}
        headings = {as_text(v): c for row in grid.rows[: months_row + 3] for c, v in enumerate(row) if as_text(v) in TEXT_COLUMNS}
        return Layout(_spots(grid.name, codes, months), _spots(grid.name, codes, headings))
    return None


def _spots(sheet: str, rows: Mapping[str, int], columns: Mapping[str, int]) -> dict[tuple[str, str], Spot]:
    return {(code, name): Spot(sheet, row, column) for code, row in rows.items() for name, column in columns.items()}


def _code_column(grid: Grid, known: set[str]) -> dict[str, int]:
    best: dict[str, int] = {}
    width = max((len(row) for row in grid.rows), default=0)
    for column in range(min(width, 10)):
        found = {as_text(grid.at(row, column)): row for row in reversed(range(len(grid.rows))) if as_text(grid.at(row, column)) in known}
        best = max(best, found, key=len)
    return best


def asked_of(tables: LevelTables, unit: Unit) -> list[Measure]:
    """The measures a unit fills in: those of the KPIs that apply to it."""
    return [measure for measure in tables.form_measures if any(applies(tables, kpi, unit) for kpi in tables.kpis_of(measure.code))]


def applies(tables: LevelTables, code: str, unit: Unit) -> bool:
    """Whether a node and all above it apply to a unit."""
    node = tables.node[code]
    return node.applies_to(unit) and (not node.parent or applies(tables, node.parent, unit))


def baseline_of(tables: LevelTables, measure: Measure) -> Measure | None:
    """The fixed measure a filled-in one is held against: what it is divided by, or may not exceed."""
    divided = (m.denominator for m in tables.measures.values() if measure.code in m.numerator and m.denominator)
    for code in (*divided, measure.limit):
        if code in tables.measures and tables.measures[code].source is Source.BASE:
            return tables.measures[code]
    return None


def write_form(tables: LevelTables, unit: Unit, path: Path, entries: Mapping[tuple[str, str], Content] | None = None) -> None:
    """The standard form of one unit for the whole round.

    ``entries`` fills cells in, as an officer would: (measure, month or text column) → content.
    """
    title = say("form.title", "th", round=tables.round.number, year=tables.round.fiscal_year)
    with Book(path, title=f"{title} {unit.name}", day=tables.round.start) as book:
        sheet = book.sheet(SHEET)
        texts = 5 + len(tables.round.months)
        sheet.widths(14, 8, _LABEL_WIDTH, 14, 17, *[14] * len(tables.round.months), *[_TEXT_WIDTH] * len(TEXT_COLUMNS))
        sheet.raw.set_column(0, 0, 14, None, {"hidden": True})
        _heading(sheet, tables, unit, title, texts)
        last = _items(sheet, tables, unit, entries or {})
        sheet.raw.freeze_panes(_HEAD_ROW + 1, 3)
        sheet.page(top=_HEAD_ROW, last=(last, texts + 2))
        sheet.lock()
        _write_identity(book, identity_for(tables, unit))


def _heading(sheet: Sheet, tables: LevelTables, unit: Unit, title: str, texts: int) -> None:
    sheet.put(0, 1, title, "title")
    sheet.put(1, 1, f"{tables.round.unit_noun}{unit.name}  ({unit.code})   {tables.round.owner}", "bold")
    sheet.put(2, 1, say("form.guide", "th"), "subtitle")
    sheet.height(0, 2)
    sheet.height(_MONTH_ROW, 1, hidden=True)
    for column, month in enumerate(tables.round.months, 5):
        sheet.put(_MONTH_ROW, column, month, "text")
    months = [show_month(month, short=True) for month in tables.round.months]
    sheet.put(_HEAD_ROW, 0, "รหัส", "head")
    sheet.put_row(_HEAD_ROW, 1, ["ที่", "รายการข้อมูล", "หน่วยนับ", "ค่าตั้งต้น", *months, *TEXT_COLUMNS], "head")
    sheet.height(_HEAD_ROW, 2)
    for month, column in zip(tables.round.months, range(5, texts), strict=True):
        due = tables.calendar.get(month)
        if due:
            sheet.raw.write_comment(_HEAD_ROW, column, say("form.due", "th", day=show_value(float(due.toordinal()), Kind.DATE)))


def _items(sheet: Sheet, tables: LevelTables, unit: Unit, entries: Mapping[tuple[str, str], Content]) -> int:
    texts = 5 + len(tables.round.months)
    row, kpi, number = _HEAD_ROW + 1, "", 0
    for measure in asked_of(tables, unit):
        if tables.kpi_of[measure.code] != kpi:
            kpi, number = tables.kpi_of[measure.code], 0
            sheet.merge(row, 1, texts + 2, f"{kpi}  {tables.node[kpi].name}", "section")
            row += 1
        number += 1
        sheet.put(row, 1, float(number), "cell", "whole", align="center")
        _item(sheet, tables, unit, measure, row)
        _answers(sheet, tables, measure, row, entries)
        lines = [lines_of(str(entries.get((measure.code, name)) or ""), _TEXT_WIDTH) for name in TEXT_COLUMNS]
        sheet.height(row, max(lines_of(measure.label, _LABEL_WIDTH), *lines))
        row += 1
    return row - 1


def _item(sheet: Sheet, tables: LevelTables, unit: Unit, measure: Measure, row: int) -> None:
    sheet.put(row, 0, measure.code, "code")
    sheet.put(row, 2, measure.label, "cell", "wrap", valign="vcenter")
    sheet.put(row, 3, measure.counting_unit, "cell", "centre")
    base = baseline_of(tables, measure)
    known = tables.baselines.get((unit.code, base.code)) if base else None
    sheet.put(row, 4, known.value if known else None, "cell", _number_style(base.kind if base else Kind.NUMBER), bg_color="#F1F3F5")


def _answers(sheet: Sheet, tables: LevelTables, measure: Measure, row: int, entries: Mapping[tuple[str, str], Content]) -> None:
    months = tables.round.months
    style = _number_style(measure.kind)
    sheet.put_row(row, 5, [entries.get((measure.code, month)) for month in months], "cell", style, "input")
    sheet.put_row(row, 5 + len(months), [entries.get((measure.code, name)) for name in TEXT_COLUMNS], "cell", "wrap", "input")
    sheet.validate((row, 5), (row, 4 + len(months)), _validation(tables, measure))


def _number_style(kind: Kind) -> str:
    return {Kind.AMOUNT: "money", Kind.PERCENT: "percent", Kind.DATE: "date", Kind.YES_NO: "centre", Kind.NUMBER: "whole"}[kind]


def _validation(tables: LevelTables, measure: Measure) -> dict[str, Any]:
    text = {
        "input_title": measure.label[:32],
        "input_message": say(f"form.ask-{measure.kind.name.lower().replace('_', '-')}", "th", unit=measure.counting_unit),
        "error_title": say("form.refused", "th"),
        "error_message": say(f"form.ask-{measure.kind.name.lower().replace('_', '-')}", "th", unit=measure.counting_unit),
    }
    if measure.kind is Kind.YES_NO:
        return {"validate": "list", "source": ["ใช่", "ไม่ใช่"], **text}
    if measure.kind is Kind.DATE:
        first = date(tables.round.start.year - 2, 1, 1)
        return {"validate": "date", "criteria": "between", "minimum": first, "maximum": date(tables.round.end.year + 1, 12, 31), **text}
    low = 0.0 if measure.minimum is None else measure.minimum
    if measure.maximum is None:
        return {"validate": "decimal", "criteria": ">=", "value": low, **text}
    return {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": measure.maximum, **text}


def _write_identity(book: Book, identity: Identity) -> None:
    sheet = book.sheet(IDENTITY_SHEET)
    pairs: Iterator[tuple[str, Content]] = iter(
        (("unit", identity.unit), ("round", identity.round), ("digest", identity.digest), ("form", identity.form))
    )
    for row, pair in enumerate(pairs):
        sheet.put_row(row, 0, pair, "text")
    sheet.raw.hide()


def form_name(unit: Unit) -> str:
    """The file name of a unit's form."""
    return file_name(f"{unit.code} {unit.name}")
