"""Level tables → the standard form of each unit, and where each measure stands in a form that came back.

People see the KPI, the item, its counting unit, its baseline, the months and three columns of text.
The reader sees column A (measure codes, hidden) and one hidden row (month keys); it finds both by what
they hold, so inserted rows or columns, or a renamed sheet, do not shift data.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from kpibatch.base.addresses import excel_day
from kpibatch.base.catalogue import say
from kpibatch.base.files import file_name
from kpibatch.base.kinds import Kind, show_value
from kpibatch.base.thai import show_month
from kpibatch.books.look import lines_of
from kpibatch.books.write import Book, Content, Sheet
from kpibatch.forms.asked import asked_over, baseline_of, months_asked
from kpibatch.forms.layout import (
    BASELINE,
    HEAD_ROW,
    IDENTITY_SHEET,
    ITEM,
    MONTH_ROW,
    NUMBER,
    SHEET,
    TEXT_COLUMNS,
    UNIT_OF_COUNT,
    Identity,
    identity_for,
)
from kpibatch.forms.names import heading_of
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.words import template_in_words
from kpibatch.rules.paper.worth import deduction_in_words
from kpibatch.rules.records import Measure, Node, Unit

_LABEL_WIDTH, _TEXT_WIDTH = 46.0, 28.0
_LOCKED = "#F1F3F5"


def write_form(
    tables: LevelTables,
    unit: Unit,
    path: Path,
    entries: Mapping[tuple[str, str], Content] | None = None,
    ahead: Sequence[str] = (),
) -> None:
    """The standard form of one unit for the whole round, with what is asked in any of the months ``ahead``
    (without them, of the round); a month in which an item is not asked can't be filled in.

    ``entries`` fills cells in, as an officer would: (measure, month or text column) → content.
    """
    title = say("form.title", "th", round=tables.round.number, year=tables.round.fiscal_year)
    with Book(path, title=f"{title} {unit.name}", day=tables.round.start) as book:
        sheet = book.sheet(SHEET)
        texts = 5 + len(tables.round.months)
        sheet.widths(
            14, 8, _LABEL_WIDTH, 14, 17, *[14] * len(tables.round.months), *[_TEXT_WIDTH] * len(TEXT_COLUMNS)
        )
        sheet.raw.set_column(0, 0, 14, None, {"hidden": True})
        _heading(sheet, tables, unit, title, texts)
        last = _items(sheet, tables, unit, entries or {}, ahead or tables.round.months)
        sheet.raw.freeze_panes(HEAD_ROW + 1, 3)
        sheet.page(top=HEAD_ROW, last=(last, texts + 2))
        sheet.lock()
        _write_identity(book, identity_for(tables, unit))


def _heading(sheet: Sheet, tables: LevelTables, unit: Unit, title: str, texts: int) -> None:
    sheet.put(0, 1, title, "title")
    sheet.put(1, 1, heading_of(tables, unit), "bold")
    sheet.put(2, 1, say("form.guide", "th"), "subtitle")
    sheet.height(0, 2)
    sheet.height(MONTH_ROW, 1, hidden=True)
    for column, month in enumerate(tables.round.months, 5):
        sheet.put(MONTH_ROW, column, month, "text")
    months = [show_month(month, short=True) for month in tables.round.months]
    sheet.put(HEAD_ROW, 0, "รหัส", "head")
    sheet.put_row(HEAD_ROW, 1, [NUMBER, ITEM, UNIT_OF_COUNT, BASELINE, *months, *TEXT_COLUMNS], "head")
    sheet.height(HEAD_ROW, 2)
    for month, column in zip(tables.round.months, range(5, texts), strict=True):
        due = tables.calendar.get(month)
        if due:
            sheet.raw.write_comment(
                HEAD_ROW, column, say("form.due", "th", day=show_value(float(due.toordinal()), Kind.DATE))
            )


def _items(
    sheet: Sheet,
    tables: LevelTables,
    unit: Unit,
    entries: Mapping[tuple[str, str], Content],
    ahead: Sequence[str],
) -> int:
    texts = 5 + len(tables.round.months)
    row, kpi, number = HEAD_ROW + 1, "", 0
    for measure, node in asked_over(tables, unit, ahead):
        if node.code != kpi:
            kpi, number = node.code, 0
            sheet.merge(row, 1, texts + 2, f"{kpi}  {node.name}", "section")
            if words := [*template_in_words(node, "th"), *_taken_off(tables, node, ahead)]:
                sheet.note(row, 1, "\n".join(words))
            row += 1
        number += 1
        sheet.put(row, 1, float(number), "cell", "whole", align="center")
        _item(sheet, tables, unit, measure, row)
        _answers(sheet, tables, measure, row, entries, months_asked(tables, unit, measure.code))
        lines = [lines_of(str(entries.get((measure.code, name)) or ""), _TEXT_WIDTH) for name in TEXT_COLUMNS]
        sheet.height(row, max(lines_of(measure.label, _LABEL_WIDTH), *lines))
        row += 1
    return row - 1


def _taken_off(tables: LevelTables, node: Node, months: Sequence[str]) -> dict[str, None]:
    """By what points are taken off a KPI in any of the months, in words.

    Source: design, section 1 (Wider rules: หักคะแนน).
    """
    of = {period.since: period for period in map(tables.for_month, months)}
    rows = ((period, rule) for period in of.values() for rule in period.deductions_of(node.code))
    return dict.fromkeys(deduction_in_words(period, rule, "th") for period, rule in rows)


def _item(sheet: Sheet, tables: LevelTables, unit: Unit, measure: Measure, row: int) -> None:
    sheet.put(row, 0, measure.code, "code")
    sheet.put(row, 2, measure.label, "cell", "wrap", valign="vcenter")
    sheet.put(row, 3, measure.counting_unit, "cell", "centre")
    base = baseline_of(tables, measure)
    kind, known = Kind.NUMBER, None
    if base:
        kind, known = base.kind, tables.baselines.get((unit.code, base.code))
    value = known.value if known else None
    if value is not None and kind is Kind.DATE:
        value = excel_day(value)
    sheet.put(row, 4, value, "cell", number_style(kind), bg_color=_LOCKED)


def _answers(
    sheet: Sheet,
    tables: LevelTables,
    measure: Measure,
    row: int,
    entries: Mapping[tuple[str, str], Content],
    asked: Collection[str],
) -> None:
    months = tables.round.months
    style = number_style(measure.kind)
    for column, month in enumerate(months, 5):
        if month in asked:
            sheet.put(row, column, entries.get((measure.code, month)), "cell", style, "input")
        else:
            sheet.put(row, column, None, "cell", bg_color=_LOCKED)
    sheet.put_row(
        row,
        5 + len(months),
        [entries.get((measure.code, name)) for name in TEXT_COLUMNS],
        "cell",
        "wrap",
        "input",
    )
    sheet.validate((row, 5), (row, 4 + len(months)), validation_of(tables, measure))


def number_style(kind: Kind) -> str:
    """How a cell to fill in shows a value of a kind."""
    return {
        Kind.AMOUNT: "money",
        Kind.PERCENT: "percent",
        Kind.DATE: "date",
        Kind.YES_NO: "centre",
        Kind.NUMBER: "whole",
    }[kind]


def validation_of(tables: LevelTables, measure: Measure) -> dict[str, Any]:
    """What Excel lets into a cell of a measure, and what it says about it."""
    text = {
        "input_title": measure.label[:32],
        "input_message": say(
            f"form.ask-{measure.kind.name.lower().replace('_', '-')}", "th", unit=measure.counting_unit
        ),
        "error_title": say("form.refused", "th"),
        "error_message": say(
            f"form.ask-{measure.kind.name.lower().replace('_', '-')}", "th", unit=measure.counting_unit
        ),
    }
    if measure.kind is Kind.YES_NO:
        return {"validate": "list", "source": ["ใช่", "ไม่ใช่"], **text}
    if measure.kind is Kind.DATE:
        first = date(tables.round.start.year - 2, 1, 1)
        return {
            "validate": "date",
            "criteria": "between",
            "minimum": first,
            "maximum": date(tables.round.end.year + 1, 12, 31),
            **text,
        }
    low = 0.0 if measure.minimum is None else measure.minimum
    if measure.maximum is None:
        return {"validate": "decimal", "criteria": ">=", "value": low, **text}
    return {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": measure.maximum, **text}


def _write_identity(book: Book, identity: Identity) -> None:
    sheet = book.sheet(IDENTITY_SHEET)
    pairs: Iterator[tuple[str, Content]] = iter(
        (
            ("unit", identity.unit),
            ("round", identity.round),
            ("digest", identity.digest),
            ("form", identity.form),
        )
    )
    for row, pair in enumerate(pairs):
        sheet.put_row(row, 0, pair, "text")
    sheet.raw.hide()


def form_name(unit: Unit) -> str:
    """The file name of a unit's form."""
    return file_name(f"{unit.code} {unit.name}")
