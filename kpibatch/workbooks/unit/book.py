"""A month's outcome → one unit's own summary: the page its chief reads, every measure, the findings.

Nothing of any other unit stands in it but how many have a rank. The second sheet, with the unit's own texts,
serves as its self-assessment report. Figures are plain numbers; the workbook that recalculates is the
ranking's.
"""

import math
from pathlib import Path

from kpibatch.base.addresses import excel_day, quoted, ref
from kpibatch.base.files import file_name
from kpibatch.base.kinds import Kind, show_rounded, show_value
from kpibatch.base.thai import month_end, show_month
from kpibatch.books.look import exact_format, lines_of
from kpibatch.books.paper import break_before, scale_of
from kpibatch.books.write import Book, Sheet
from kpibatch.intake.frame import BAD
from kpibatch.rules.paper.made import made_in_words
from kpibatch.rules.paper.words import source_in_words
from kpibatch.rules.records import Measure, Source, Unit
from kpibatch.scoring.lacking import Lack
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import NO_TREND, Trend
from kpibatch.workbooks.unit.course import write_course
from kpibatch.workbooks.unit.figures import Line, View
from kpibatch.workbooks.unit.page import write_page
from kpibatch.workbooks.unit.proofs import evidence_of
from kpibatch.workbooks.unit.room import PADDED, tall

_TEXTS = ("evidence", "problem", "remark")
_SEVERITY_STYLE = {"error": "poor", "warning": "fair", "note": "centre"}


def unit_file(unit: Unit) -> str:
    """The name of a unit's summary, such as any file system takes."""
    return file_name(f"{unit.code} {unit.name}")


def write_unit_book(outcome: Outcome, unit: Unit, path: Path, trend: Trend = NO_TREND) -> None:
    """Write the summary of one unit for the outcome's month; ``trend`` are the months so far."""
    view = View(outcome, unit, trend)
    title, day = f"{view.say('title')} {view.month}", month_end(outcome.month)
    with Book(path, title=title, language=outcome.language, day=day, whose=unit.code) as book:
        write_page(book.sheet(view.say("sheet-summary")), view)
        if view.sent:
            write_course(book.sheet(view.say("sheet-course")), view)
        detail = book.sheet(view.say("sheet-detail"))
        rows = _details(detail, view)
        _findings(
            book.sheet(view.say("sheet-findings")),
            view,
            {code: f"{quoted(detail.name)}!{ref(row, 0)}" for code, row in rows.items()},
        )


# --- every measure, and what the unit says of it ------------------------------------------------------


def _details(sheet: Sheet, view: View) -> dict[str, int]:
    """Every measure of the unit's KPIs; the row of each."""
    months = [show_month(month, view.outcome.language, short=True) for month in view.months]
    wide = _width_of_numbers(view)
    codes = max(
        (len(measure.code) for code in view.lines for measure in view.tables.measures_of(code)), default=0
    )
    widths = [max(12.0, 1.1 * codes + 4), 44.0, 15.0, wide, *[wide] * len(months), 38.0, 32.0, 32.0, 28.0]
    sheet.widths(*widths)
    sheet.put(0, 0, view.say("detail-title"), "title")
    tall(sheet, 0, 2)
    file = view.submission.file if view.submission else ""
    source = "detail-received" if view.came else "detail-file" if file else "detail-nothing"
    sheet.put(1, 0, view.say(source, file=file, came=view.came), "bold")
    heads = [view.say(f"head-{name}") for name in ("code", "item", "counted", "value")]
    sheet.put_row(
        2, 0, [*heads, *months, *(view.say(f"head-{name}") for name in ("origin", *_TEXTS))], "head"
    )
    tall(sheet, 2, 2)
    row, rows, blocks = 3, dict[str, int](), list[int]()
    for code, line in view.lines.items():
        blocks.append(row)
        sheet.merge(row, 0, len(widths) - 1, _kpi_in_words(view, line), "section", indent=1)
        measures = view.tables.measures_of(code)
        for number, measure in enumerate(measures, 1):
            _measure(sheet, view, measure, row + number, widths)
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
    return max(16.0, 1.25 * len(f"-{largest:,.2f}") + 1)


def _kpi_in_words(view: View, line: Line) -> str:
    facts = {"code": line.node.code, "kpi": line.node.name, "share": f"{line.share:.2f}"}
    key = "detail-kpi" if view.sent else "detail-unscored"
    told = view.say(key, **facts, level=line.level, score=show_rounded(line.score))
    claimed = view.say("claimed", level=line.claimed) if line.claimed is not None else ""
    return " · ".join(filter(None, (told, claimed)))


def _measure(sheet: Sheet, view: View, measure: Measure, row: int, widths: list[float]) -> None:
    text, *own_texts = view.outcome.intake.texts.get((view.unit.code, measure.code), ("", "", ""))
    texts = dict(
        zip(
            (1, *range(len(widths) - 4, len(widths))),
            (measure.label, _origin(view, measure), evidence_of(view, measure, text), *own_texts),
            strict=True,
        )
    )
    for column, text in texts.items():
        sheet.put(row, column, text, "cell", **PADDED)
    sheet.put(row, 0, measure.code, "cell", "code", indent=1)
    texts[2] = measure.counting_unit
    sheet.put(row, 2, texts[2], "cell", "centre", text_wrap=True)
    value = view.values[measure.code]
    if view.sent and math.isnan(value) and view.lacking.get(measure.code, Lack.NOT_DUE) is not Lack.NOT_DUE:
        sheet.put(row, 3, view.say("no-value"), "cell", "centre", "bold", "poor")
    else:
        _value(sheet, view, (row, 3), value, measure.kind, "bold")
    for column, month in enumerate(view.months, 4):
        value, state, typed = view.cells.get((measure.code, month), (math.nan, "", ""))
        if state == BAD:
            texts[column] = typed
            sheet.put(row, column, typed, "cell", "centre", "poor", text_wrap=True)
        else:
            _value(sheet, view, (row, column), value, measure.kind)
    tall(sheet, row, max(lines_of(text, widths[column] - 2) for column, text in texts.items()))


def _value(sheet: Sheet, view: View, at: tuple[int, int], value: float, kind: Kind, *styles: str) -> None:
    if kind is Kind.YES_NO:
        sheet.put(*at, show_value(value, kind, view.outcome.language), "cell", "centre", *styles)
    elif kind is Kind.DATE:
        sheet.put(*at, excel_day(value), "cell", "date", *styles)
    elif kind is Kind.PERCENT:
        sheet.put(*at, value, "cell", "percent", *styles, **exact_format("percent", value), indent=1)
    else:
        number = "money" if kind is Kind.AMOUNT else "whole"
        sheet.put(*at, value, "cell", number, *styles, **exact_format(number, value), indent=1)


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


# --- what was found -----------------------------------------------------------------------------------


def _findings(sheet: Sheet, view: View, places: dict[str, str]) -> None:
    """What was found in the unit's report, each with a link to the measure it is about."""
    widths = (16.0, 40.0, 44.0, 28.0, 80.0)
    sheet.widths(*widths)
    sheet.put(0, 0, view.say("findings-title"), "title")
    tall(sheet, 0, 2)
    sheet.put(1, 0, view.say("findings-guide") if view.findings else view.say("no-findings"), "bold")
    if view.findings:
        sheet.put_row(
            2,
            0,
            [view.say(f"head-{name}") for name in ("severity", "place", "item", "found", "message")],
            "head",
        )
        tall(sheet, 2, 1)
        sheet.raw.freeze_panes(3, 0)
    for row, finding in enumerate(view.findings, 3):
        item = (
            f"{finding.measure}  {view.tables.measures[finding.measure].label}"
            if finding.measure in view.tables.measures
            else finding.measure
        )
        texts = (str(finding.place), item, finding.found, finding.message(view.outcome.language))
        sheet.put(
            row,
            0,
            view.say(f"severity-{finding.severity}"),
            "cell",
            "centre",
            _SEVERITY_STYLE[finding.severity],
        )
        sheet.put_row(row, 1, texts, "cell", **PADDED)
        if finding.measure in places:
            sheet.link(row, 2, places[finding.measure], item, "cell", "wrap", "link")
        tall(
            sheet, row, max(lines_of(text, width - 2) for text, width in zip(texts, widths[1:], strict=True))
        )
    sheet.page(top=2 if view.findings else 0)
