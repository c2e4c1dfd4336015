"""The second sheet of a unit's summary: every measure, and what the unit says of it."""

import math
from dataclasses import dataclass

from kpibatch.base.addresses import excel_day
from kpibatch.base.kinds import Kind, show_rounded, show_value
from kpibatch.books.look import exact_format, fitting, lines_of
from kpibatch.books.paper import break_before, scale_of
from kpibatch.books.write import Content, Format, Sheet
from kpibatch.intake.frame import BAD
from kpibatch.rules.records import Measure, Source
from kpibatch.scoring.lacking import Lack
from kpibatch.workbooks.unit.alike import Item
from kpibatch.workbooks.unit.figures import Line, View
from kpibatch.workbooks.unit.proofs import evidence_of
from kpibatch.workbooks.unit.room import PADDED, tall

_ITEM, _COUNTED, _ORIGIN = 44.0, 15.0, 38.0
_TEXTS = {"evidence": 32.0, "problem": 32.0, "remark": 28.0}
_PADDING = 5.0  # beside a number in bold or a code: an indent, the edges, letters wider than most
_NOTHING, _SAID = (math.nan, "", ""), ("",) * len(_TEXTS)
_NUMBERS = {Kind.YES_NO: "centre", Kind.DATE: "date", Kind.PERCENT: "percent", Kind.AMOUNT: "money"}
_WIDTHS = tuple(width - 2 for width in (_ITEM, _ORIGIN, *_TEXTS.values()))  # of a line's texts, padded
_VALUE = 3  # the column


def write_details(sheet: Sheet, view: View) -> dict[str, int]:
    """Every measure of the unit's KPIs; the row of each."""
    wide, months = _width_of_numbers(view), view.alike.month_names
    items = {code: view.items_of(code) for code in view.lines}
    coded = _PADDING + max((item.wide for own in items.values() for item in own), default=7.0)
    widths = [coded, _ITEM, _COUNTED, wide, *[wide] * len(months), _ORIGIN, *_TEXTS.values()]
    sheet.widths(*widths)
    sheet.put(0, 0, view.say("detail-title"), "title")
    tall(sheet, 0, 2)
    sheet.put(1, 0, view.say(_source_of(view), file=view.own.file, came=view.came), "bold")
    heads = [view.say(f"head-{name}") for name in ("code", "item", "counted", "value")]
    heads += [*months, *(view.say(f"head-{name}") for name in ("origin", *_TEXTS))]
    sheet.put_row(2, 0, heads, "head")
    tall(sheet, 2, 2)
    row, rows, blocks = 3, dict[str, int](), list[int]()
    lines = _Lines(sheet, view, wide)
    for code, line in view.lines.items():
        blocks.append(row)
        sheet.merge(row, 0, len(widths) - 1, _kpi_in_words(view, line), "section", indent=1)
        for number, item in enumerate(items[code], 1):
            lines.write(item, row + number)
            rows.setdefault(item.measure.code, row + number)
        row += len(items[code]) + 1
    sheet.raw.freeze_panes(3, 2)
    sheet.page(top=2, last=(row - 1, len(widths) - 1))
    if blocks:
        break_before(sheet, blocks, range(2, 3), row - 1, scale_of(widths))
    return rows


def _width_of_numbers(view: View) -> float:
    """A column in which the longest number, or a day, shows whole."""
    numbers = [value for value, _, _ in view.own.cells.values()] + list(view.values.values())
    largest = max((abs(number) for number in numbers if not math.isnan(number)), default=0.0)
    return max(16.0, fitting(f"{largest:,.2f}") + _PADDING)


def _source_of(view: View) -> str:
    """The name of the text that says where the values come from."""
    if view.own.file:
        return "detail-received" if view.came else "detail-file"
    return "detail-nothing" if view.unit.code in view.tables.senders else "detail-of-parts"


def findings_guide(view: View) -> str:
    """What stands above the findings, or that there are none: of a unit without a form of its own no report
    could be read.
    """
    if view.findings:
        return view.say("findings-guide")
    return view.say("no-findings-of-parts" if _source_of(view) == "detail-of-parts" else "no-findings")


def _kpi_in_words(view: View, line: Line) -> str:
    facts = {"code": line.node.code, "kpi": line.node.name_for(view.unit.code), "share": f"{line.share:.2f}"}
    key = "detail-kpi" if view.sent else "detail-unscored"
    told = view.say(key, **facts, level=line.level, score=show_rounded(line.score))
    claimed = view.say("claimed", level=line.claimed) if line.claimed is not None else ""
    return " · ".join(filter(None, (told, claimed)))


@dataclass(frozen=True)
class _Look:
    """The formats of a measure's line, in the order in which it is written; ``no_value`` and ``no_month`` are
    those of what is not there.
    """

    line: tuple[Format, ...]
    no_value: Format
    no_month: Format


class _Lines:
    """A line a measure; each look is asked for once."""

    def __init__(self, sheet: Sheet, view: View, wide: float) -> None:
        self.sheet, self.view, self.wide = sheet, view, wide
        after = _VALUE + 1 + len(view.months)
        self.columns = (1, *range(after, after + 1 + len(_TEXTS)), 0, 2, *range(_VALUE, after))
        """Texts come first, as they always have in the workbook's list of them."""
        self.looks = {kind: self._look(kind) for kind in Kind}
        self.bad = sheet.book.style("cell", "centre", "poor", text_wrap=True)

    def _look(self, kind: Kind) -> _Look:
        style, look = self.sheet.book.style, _look_of(kind)
        own = {"indent": 1} if kind.family == "number" else {}
        none = own | (exact_format(look[1], math.nan) if own else {})
        value, month, text = style(*look, "bold", **own), style(*look, **own), style("cell", **PADDED)
        texts = [text] * len(_WIDTHS)
        first = style("cell", "code", indent=1), style("cell", "centre", text_wrap=True)
        line = (*texts, *first, value, *[month] * len(self.view.months))
        return _Look(line, style(*look, "bold", **none), style(*look, **none))

    def write(self, item: Item, row: int) -> None:
        view, measure = self.view, item.measure
        code, kind, look = measure.code, measure.kind, self.looks[measure.kind]
        said, *own = view.own.texts.get(code, _SAID)
        texts = (measure.label, _origin(view, item), evidence_of(view, measure, said), *own)
        contents: list[Content] = [*texts, code, measure.counting_unit]
        forms, value, nothing = list(look.line), view.values[code], "" if kind is Kind.YES_NO else None
        plain = kind.family == "number"  # whole numbers are shown as they are
        lines = [lines_of(text, width) for text, width in zip(texts, _WIDTHS, strict=True) if text]
        lines.append(lines_of(measure.counting_unit, _COUNTED - 2))
        if view.sent and value != value and view.lacking.get(code, Lack.NOT_DUE) is not Lack.NOT_DUE:
            forms[len(contents)] = self.sheet.book.style("cell", "centre", "bold", "poor")
            contents.append(view.say("no-value"))
        elif value == value:
            contents.append(self._shown(value, kind, forms, len(contents), "bold"))
        else:
            forms[len(contents)] = look.no_value
            contents.append(nothing)
        for column, month in enumerate(view.months, len(contents)):
            number, state, typed = view.own.cells.get((code, month), _NOTHING)
            if state == BAD:
                contents.append(typed)
                forms[column] = self.bad
                lines.append(lines_of(typed, self.wide - 2))
            elif plain and number.is_integer():
                contents.append(number)
            elif number == number:
                contents.append(self._shown(number, kind, forms, column))
            else:
                contents.append(nothing)
                forms[column] = look.no_month
        self.sheet.line(row, self.columns, contents, forms)
        tall(self.sheet, row, max(lines))

    def _shown(self, value: float, kind: Kind, forms: list[Format], column: int, *bold: str) -> Content:
        """What stands in the cell of a value; in its format, where it needs one of its own."""
        if kind is Kind.YES_NO:
            return show_value(value, kind, self.view.language)
        if kind is Kind.DATE:
            return excel_day(value)
        if exact := exact_format(_look_of(kind)[1], value):
            forms[column] = self.sheet.book.style(*_look_of(kind), *bold, **exact, indent=1)
        return value


def _look_of(kind: Kind) -> tuple[str, str]:
    return "cell", _NUMBERS.get(kind, "whole")


def _origin(view: View, item: Item) -> str:
    """The cell a value came from (with its file where that is not the unit's own), or what it is computed
    from; below it why it is missing or not of every month.
    """
    code = item.measure.code
    why = view.own.why.get(code, "")
    if item.measure.other and code in view.own.incomplete:
        why = view.say("others-waiting" if item.measure.source is Source.PARTS else "above-waiting")
    return "\n".join(filter(None, (_place(view, item.measure), item.origin, why)))


def _place(view: View, measure: Measure) -> str:
    place = view.own.places.get(measure.code)
    if place:
        own = place.file == view.own.file != ""
        return f"{place.sheet}!{place.cell}" if own else str(place)
    if measure.source in (Source.ON_TIME, Source.LATE_DAYS):
        return view.say("from-arrivals")
    if measure.source is Source.WHO:
        return view.say("of-the-unit")
    if measure.source is Source.MONTH_NUMBER:
        return view.say("of-the-round")
    return view.say("computed", items=",\n".join(measure.ingredients)) if measure.ingredients else ""
