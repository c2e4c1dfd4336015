"""``corrections.xlsx``: ready to fill in (a row a correction, codes to choose from, and beside it the list of
codes), and rows that wait for approval written into one that is there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from kpibatch.base.addresses import address, coordinates, quoted, span
from kpibatch.base.catalogue import say
from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import CorrectionsFault
from kpibatch.base.files import saved
from kpibatch.base.kinds import Kind, show_value
from kpibatch.base.thai import show_month
from kpibatch.books.guard.capped import capped
from kpibatch.books.guard.limits import Refused
from kpibatch.books.look import lines_of, tall_of
from kpibatch.books.package import Element, make, open_package, tag
from kpibatch.books.packing import Unpatchable
from kpibatch.books.write import Book, Content, Sheet
from kpibatch.forms.office_package import Cell, Contents, fill, worksheets
from kpibatch.intake.corrections import (
    APPROVER,
    CLAIM,
    DAY,
    DOCUMENT,
    HEADS,
    MEASURE,
    MONTH,
    REASON,
    UNIT,
    VALUE,
    Claim,
    Corrections,
)
from kpibatch.rules.levels import LevelTables

_WIDTHS = {
    UNIT: 12,
    MEASURE: 24,
    MONTH: 14,
    VALUE: 18,
    REASON: 52,
    DOCUMENT: 26,
    APPROVER: 30,
    DAY: 18,
    CLAIM: 70,
}
_COLUMNS = (*HEADS, CLAIM)
_TEXTS = {
    UNIT: "head-unit",
    MEASURE: "head-measure",
    MONTH: "head-month",
    VALUE: "head-value",
    REASON: "head-reason",
    DOCUMENT: "head-document",
    APPROVER: "head-approver",
    DAY: "head-day",
    CLAIM: "head-claim",
}
_HEAD, _SPARE_ROWS, _PRINTED = 2, 200, 15


def write_corrections(
    path: Path, tables: LevelTables, rows: Sequence[Sequence[Content]] = (), language: str = "th"
) -> None:
    """Write the workbook; ``rows`` are corrections in the order of ``HEADS``.

    Raises ``KpibatchError`` where the disk refuses.
    """
    with Book(
        path, title=say("corrections.title", language), language=language, day=tables.round.start
    ) as book:
        sheet, codes = (
            book.sheet(say("corrections.name", language)),
            book.sheet(say("corrections.codes", language)),
        )
        lists = _codes(codes, tables, language)
        sheet.put(0, 0, say("corrections.title", language), "title")
        sheet.height(0, 2)
        sheet.put(1, 0, say("corrections.guide", language), "subtitle")
        sheet.widths(*(_WIDTHS[name] for name in _COLUMNS))
        sheet.put_row(_HEAD, 0, [_head(name, language) for name in _COLUMNS], "head")
        sheet.height(_HEAD, 2)
        for number in range(_SPARE_ROWS):
            _row(sheet, _HEAD + 1 + number, rows[number] if number < len(rows) else [None] * len(HEADS))
            sheet.put(_HEAD + 1 + number, len(HEADS), None, "cell", "wrap", valign="vcenter")
        first, last = _HEAD + 1, _HEAD + _SPARE_ROWS
        for column, name in enumerate(HEADS):
            if name in lists:
                choice = {"validate": "list", "source": "=" + lists[name], "error_type": "warning"}
                sheet.validate((first, column), (last, column), choice)
        sheet.raw.freeze_panes(first, 0)
        sheet.page(top=_HEAD, last=(_HEAD + max(len(rows), _PRINTED), len(HEADS)))


def _head(column: str, language: str) -> str:
    """The heading of a column, as it may be read in either language."""
    return say(f"corrections.{_TEXTS[column]}", language)


def _month(month: str, language: str) -> str:
    """A month as it may be typed, in the era of a language's documents."""
    return month if language == "th" else show_month(month, language)


def proposed_rows(
    claims: Iterable[Claim], tables: LevelTables, language: str = "th"
) -> list[Mapping[str, str | float]]:
    """Each claim as a row: column → content."""
    rows: list[Mapping[str, str | float]] = []
    for claim in claims:
        kind, told = tables.measures[claim.measure].kind, claim.told
        rows.append(
            {
                UNIT: claim.unit,
                MEASURE: claim.measure,
                MONTH: _month(claim.month, language),
                VALUE: show_value(claim.value, kind, language)
                if kind in (Kind.DATE, Kind.YES_NO)
                else claim.value,
                CLAIM: say(
                    "corrections.claim",
                    language,
                    name=tables.unit[claim.unit].name,
                    now_at=told.place,
                    **told.shown(language),
                ),
            }
        )
    return rows


def add_proposals(
    path: Path, corrections: Corrections, rows: Sequence[Mapping[str, str | float]], limits: IntakeLimits
) -> None:
    """Write rows below the last one of a workbook that is there; all else in it stays as it is, and what it
    has no column for is left out.

    Raises ``KpibatchError`` where it is no .xlsx, can't be changed without risk, or the disk refuses.
    """
    contents: dict[Cell, str | float | None] = {
        (corrections.rows + number, corrections.columns[name]): content
        for number, row in enumerate(rows)
        for name, content in row.items()
        if name in corrections.columns
    }
    try:
        longer = capped(limits, _with_rows, path.read_bytes(), corrections.sheet, contents)
    except (Unpatchable, Refused, KeyError) as reason:
        raise CorrectionsFault("corrections-unwritable", file=path, reason=reason) from None
    saved(path, lambda new: new.write_bytes(longer))


def _with_rows(raw: bytes, sheet: str, contents: Contents) -> bytes:
    package = open_package(raw)
    part = worksheets(package)[sheet]
    _make_room(package.edit(part), contents)
    fill(package, part, contents)
    return package.packed()


def _make_room(root: Element, contents: Contents) -> None:
    """Make the rows and cells that are not there yet, in their order."""
    data = root.find(tag("sheetData"))
    for (row, column), content in contents.items():
        line = _placed(data, "row", row, str(row + 1), lambda one: int(one.get("r")) - 1)
        if (lines := lines_of(str(content), _WIDTHS[CLAIM])) > 1:  # only what is told in words is so long
            line.set("ht", f"{tall_of(lines):g}")
            line.set("customHeight", "1")
        _placed(line, "c", column, address(row, column), lambda one: coordinates(one.get("r"))[1])
    for size in root.iter(tag("dimension")):
        root.remove(size)  # it may be left out, and would be too small now


def _placed(parent: Element, name: str, at: int, called: str, place: Callable[[Element], int]) -> Element:
    """The child at a place, made where there is none."""
    for number, child in enumerate(parent):
        if place(child) == at:
            return child
        if place(child) > at:
            parent.insert(number, new := make(name, {"r": called}))
            return new
    parent.append(new := make(name, {"r": called}))
    return new


def _row(sheet: Sheet, row: int, contents: Sequence[Content]) -> None:
    for column, (name, content) in enumerate(zip(HEADS, contents, strict=True)):
        style = {DAY: "date", VALUE: "date" if isinstance(content, date) else "number"}.get(name, "text")
        sheet.put(
            row, column, content, "cell", style, *(["wrap"] if name == REASON else []), valign="vcenter"
        )


def _codes(sheet: Sheet, tables: LevelTables, language: str) -> dict[str, str]:
    """Units, measures that are filled in, and months, side by side; gives back the range of each list of
    codes.
    """
    asked = tables.monthly_measures
    kpi_of = {code: kpi for period in tables.periods for code, kpi in period.kpi_of.items()}
    columns: dict[str, list[tuple[str, str]]] = {
        UNIT: [(unit.code, unit.name) for unit in tables.units],
        MEASURE: [(measure.code, f"{measure.label} ({kpi_of[measure.code]})") for measure in asked],
        MONTH: [(_month(month, language), show_month(month, language)) for month in tables.round.months],
    }
    sheet.widths(12, 34, 24, 80, 14, 24)
    ranges = {}
    sheet.height(0, 2)
    for number, (name, lines) in enumerate(columns.items()):
        sheet.put_row(0, 2 * number, [_head(name, language), ""], "head")
        for row, (code, words) in enumerate(lines, 1):
            sheet.put(row, 2 * number, code, "cell", "text")
            sheet.put(row, 2 * number + 1, words, "cell")
        ranges[name] = f"{quoted(sheet.name)}!{span((1, 2 * number), (len(lines), 2 * number), 'rc')}"
    sheet.raw.freeze_panes(1, 0)
    sheet.page(top=0)
    return ranges
