"""The second sheet of a unit's summary: every measure, and what the unit says of it."""

import math

from kpibatch.base.addresses import excel_day
from kpibatch.base.kinds import Kind, show_rounded, show_value
from kpibatch.base.thai import show_month
from kpibatch.books.look import exact_format, fitting, lines_of
from kpibatch.books.paper import break_before, scale_of
from kpibatch.books.write import Format, Sheet
from kpibatch.intake.frame import BAD
from kpibatch.rules.paper.made import made_in_words
from kpibatch.rules.paper.words import source_in_words
from kpibatch.rules.records import Measure, Source
from kpibatch.scoring.lacking import Lack
from kpibatch.workbooks.unit.figures import Line, View
from kpibatch.workbooks.unit.proofs import evidence_of
from kpibatch.workbooks.unit.room import PADDED, tall

_TEXTS = ("evidence", "problem", "remark")
_PADDING = 5.0  # beside a number in bold or a code: an indent, the edges, letters wider than most
_PLAIN: tuple[str, ...] = ()
_BOLD: tuple[str, ...] = ("bold",)
_NOTHING = math.nan, "", ""
_NUMBERS = {Kind.YES_NO: "centre", Kind.DATE: "date", Kind.PERCENT: "percent", Kind.AMOUNT: "money"}


def write_details(sheet: Sheet, view: View) -> dict[str, int]:
    """Every measure of the unit's KPIs; the row of each."""
    months = [show_month(month, view.outcome.language, short=True) for month in view.months]
    wide = _width_of_numbers(view)
    codes = [fitting(measure.code) for code in view.lines for measure in view.measures_of(code)]
    coded = _PADDING + max(codes, default=7.0)
    widths = [coded, 44.0, 15.0, wide, *[wide] * len(months), 38.0, 32.0, 32.0, 28.0]
    sheet.widths(*widths)
    sheet.put(0, 0, view.say("detail-title"), "title")
    tall(sheet, 0, 2)
    file = view.submission.file if view.submission else ""
    sheet.put(1, 0, view.say(_source_of(view), file=file, came=view.came), "bold")
    heads = [view.say(f"head-{name}") for name in ("code", "item", "counted", "value")]
    sheet.put_row(
        2, 0, [*heads, *months, *(view.say(f"head-{name}") for name in ("origin", *_TEXTS))], "head"
    )
    tall(sheet, 2, 2)
    row, rows, blocks = 3, dict[str, int](), list[int]()
    lines = _Lines(sheet, view, widths)
    for code, line in view.lines.items():
        blocks.append(row)
        sheet.merge(row, 0, len(widths) - 1, _kpi_in_words(view, line), "section", indent=1)
        measures = view.measures_of(code)
        for number, measure in enumerate(measures, 1):
            lines.write(measure, row + number)
            rows.setdefault(measure.code, row + number)
        row += len(measures) + 1
    sheet.raw.freeze_panes(3, 2)
    sheet.page(top=2, last=(row - 1, len(widths) - 1))
    if blocks:
        break_before(sheet, blocks, range(2, 3), row - 1, scale_of(widths))
    return rows


def _width_of_numbers(view: View) -> float:
    """A column in which the longest number, or a day, shows whole."""
    numbers = [value for value, _, _ in view.cells.values()] + list(view.values.values())
    largest = max((abs(number) for number in numbers if not math.isnan(number)), default=0.0)
    return max(16.0, fitting(f"{largest:,.2f}") + _PADDING)


def _source_of(view: View) -> str:
    """The name of the text that says where the values come from."""
    if view.submission:
        return "detail-received" if view.came else "detail-file"
    return "detail-nothing" if view.unit.code in view.tables.senders else "detail-of-parts"


def _kpi_in_words(view: View, line: Line) -> str:
    facts = {"code": line.node.code, "kpi": line.node.name_for(view.unit.code), "share": f"{line.share:.2f}"}
    key = "detail-kpi" if view.sent else "detail-unscored"
    told = view.say(key, **facts, level=line.level, score=show_rounded(line.score))
    claimed = view.say("claimed", level=line.claimed) if line.claimed is not None else ""
    return " · ".join(filter(None, (told, claimed)))


class _Lines:
    """A line a measure; each look is asked for once."""

    def __init__(self, sheet: Sheet, view: View, widths: list[float]) -> None:
        self.sheet, self.view, self.widths = sheet, view, widths
        self.texts_at = (1, *range(len(widths) - 4, len(widths)))
        style = sheet.book.style
        self.text = style("cell", **PADDED)
        self.code = style("cell", "code", indent=1)
        self.counted = style("cell", "centre", text_wrap=True)
        self.bad = style("cell", "centre", "poor", text_wrap=True)
        self.numbers = {
            (kind, bold): style(*_look_of(kind), *bold, **({"indent": 1} if kind.family == "number" else {}))
            for kind in Kind
            for bold in (_PLAIN, _BOLD)
        }

    def write(self, measure: Measure, row: int) -> None:
        view, code = self.view, measure.code
        text, *own_texts = view.outcome.intake.texts.get((view.unit.code, code), ("", "", ""))
        texts = (measure.label, _origin(view, measure), evidence_of(view, measure, text), *own_texts)
        lines = [self._text(row, at, each, self.text) for at, each in zip(self.texts_at, texts, strict=True)]
        self.sheet.cell(row, 0, code, self.code)
        lines.append(self._text(row, 2, measure.counting_unit, self.counted))
        value = view.values[code]
        if view.sent and value != value and view.lacking.get(code, Lack.NOT_DUE) is not Lack.NOT_DUE:
            self.sheet.put(row, 3, view.say("no-value"), "cell", "centre", "bold", "poor")
        else:
            self._value(row, 3, value, measure.kind, "bold")
        for column, month in enumerate(view.months, 4):
            value, state, typed = view.cells.get((code, month), _NOTHING)
            if state == BAD:
                lines.append(self._text(row, column, typed, self.bad))
            else:
                self._value(row, column, value, measure.kind)
        tall(self.sheet, row, max(lines))

    def _text(self, row: int, column: int, text: str, form: Format) -> int:
        """Write a text; gives back how many lines it takes."""
        self.sheet.cell(row, column, text, form)
        return lines_of(text, self.widths[column] - 2)

    def _value(self, row: int, column: int, value: float, kind: Kind, *bold: str) -> None:
        form = self.numbers[kind, bold]
        if kind is Kind.YES_NO:
            self.sheet.cell(row, column, show_value(value, kind, self.view.outcome.language), form)
        elif kind is Kind.DATE:
            self.sheet.cell(row, column, excel_day(value), form)
        elif exact := exact_format(_look_of(kind)[1], value):
            self.sheet.put(row, column, value, *_look_of(kind), *bold, **exact, indent=1)
        else:
            self.sheet.cell(row, column, value, form)


def _look_of(kind: Kind) -> tuple[str, str]:
    return "cell", _NUMBERS.get(kind, "whole")


def _origin(view: View, measure: Measure) -> str:
    """The cell a value came from (with its file where that is not the unit's own), or what it is computed
    from; below it why it is missing or not of every month.
    """
    asked = measure.code in view.lacking or (view.unit.code, measure.code) in view.outcome.carried
    why = view.outcome.lack_in_words(view.unit.code, measure.code) if asked else ""
    who = source_in_words(view.tables, measure, view.outcome.language)
    made = made_in_words(view.tables, measure, view.outcome.language)
    return "\n".join(filter(None, (_place(view, measure), who, made, why)))


def _place(view: View, measure: Measure) -> str:
    place = view.outcome.measured.origin.get((view.unit.code, measure.code))
    if place:
        own = view.submission is not None and place.file == view.submission.file
        return f"{place.sheet}!{place.cell}" if own else str(place)
    if measure.source in (Source.ON_TIME, Source.LATE_DAYS):
        return view.say("from-arrivals")
    if measure.source is Source.WHO:
        return view.say("of-the-unit")
    if measure.source is Source.MONTH_NUMBER:
        return view.say("of-the-round")
    return view.say("computed", items=",\n".join(measure.ingredients)) if measure.ingredients else ""
