"""A month's outcome → one unit's own summary: the page its chief reads, every measure, the findings.

Nothing of any other unit stands in it but how many have a rank. The second sheet, with the unit's own texts,
serves as its self-assessment report. Figures are plain numbers; the workbook that recalculates is the ranking's.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kpibatch.catalogue import say
from kpibatch.findings import Finding, count
from kpibatch.forms import applies, asked_of
from kpibatch.gap import Step, gain, steps_to_next
from kpibatch.intake import BAD, Submission
from kpibatch.levels import TOTAL, LevelTables, Measure, Node, Rule, Source, Unit
from kpibatch.outcome import Outcome
from kpibatch.rank import Standing, Status
from kpibatch.sheets import FAIR, GOOD, MIST, NAVY, POOR, ROW, Book, Sheet, excel_day, lines_of
from kpibatch.thai import month_end, show_date, show_month
from kpibatch.values import Kind, show_value

_WIDTHS = (9.0, 46.0, 11.0, 12.0, 10.0, 11.0, 14.0, 28.0, 64.0)
_LAST = len(_WIDTHS) - 1
_CARDS = ((0, 1), (2, 4), (5, 6), (7, 7), (8, 8))
_BEST, _STEPS, _NAMED = 3, 3, 4
_TALLEST = 409.0  # points; Excel's rows go no further
_PADDED: dict[str, Any] = {"text_wrap": True, "indent": 1}
_BAR = "#A9C9CC"
_TEXTS = ("evidence", "problem", "remark")
_SEVERITY_STYLE = {"error": "poor", "warning": "fair", "note": "centre"}


@dataclass(frozen=True)
class Line:
    """One KPI of the unit; ``done`` are levels met above a gap, ``gain`` is what the next level adds to the total."""

    node: Node
    share: float
    level: int
    score: float
    values: str
    steps: tuple[Step, ...]
    done: tuple[int, ...]
    missing: bool
    gain: float

    @property
    def reachable(self) -> bool:
        return all(step.reachable for step in self.steps)


@dataclass(frozen=True)
class View:
    """The outcome as far as it is the unit's own."""

    outcome: Outcome
    unit: Unit

    def say(self, key: str, /, **facts: Any) -> str:
        """A text of ``[unit.…]``; who and when are facts of all of them."""
        names = {"noun": self.tables.round.unit_noun, "name": self.unit.name, "owner": self.tables.round.owner}
        usual = {**names, "month": self.month, "top": self.tables.level_count}
        return say(f"unit.{key}", self.outcome.language, **(usual | facts))

    @property
    def tables(self) -> LevelTables:
        return self.outcome.tables

    @property
    def month(self) -> str:
        return show_month(self.outcome.month, self.outcome.language)

    @property
    def standing(self) -> Standing:
        return self.outcome.standing[self.unit.code]

    @property
    def sent(self) -> bool:
        return self.standing.status is not Status.NOT_SUBMITTED

    @cached_property
    def row(self) -> int:
        return list(self.tables.unit).index(self.unit.code)

    @cached_property
    def submission(self) -> Submission | None:
        return next((one for one in self.outcome.intake.submissions if one.unit == self.unit.code), None)

    @property
    def came(self) -> str:
        """The day the report came; empty where unknown."""
        received = self.submission.received if self.submission else None
        return show_date(received.date(), self.outcome.language) if received else ""

    @property
    def due(self) -> str:
        due = self.tables.calendar.get(self.outcome.month)
        return show_date(due, self.outcome.language) if due else ""

    @cached_property
    def findings(self) -> list[Finding]:
        return self.outcome.findings_of(self.unit.code)

    @cached_property
    def months(self) -> tuple[str, ...]:
        """The months that were to be reported so far."""
        return tuple(month for month in self.tables.round.months if month <= self.outcome.month)

    @cached_property
    def cells(self) -> dict[tuple[str, str], tuple[float, str, str]]:
        """(measure, month) → value, state and what was typed."""
        frame = self.outcome.values
        own = frame.loc[(frame["unit"] == self.unit.code).to_numpy(), ["measure", "month", "value", "state", "found"]]
        return {(measure, month): tuple(rest) for measure, month, *rest in own.itertuples(index=False, name=None)}

    @cached_property
    def values(self) -> dict[str, float]:
        """Every measure after its roll-up; NaN where missing."""
        return _own(self.outcome.measured.values, self.row)

    @cached_property
    def lacking(self) -> frozenset[str]:
        """The measures that the scoring asked for and that are not there, or not for every month."""
        scores = self.outcome.scores
        needed, not_yet, part = (_own(frame, self.row) for frame in (scores.needed, scores.not_yet, self.outcome.measured.incomplete))
        return frozenset(
            code for code, asked in needed.items() if asked and not not_yet[code] and (part[code] or math.isnan(self.values[code]))
        )

    @cached_property
    def shares(self) -> dict[str, float]:
        return _own(self.outcome.scores.shares, self.row)

    @cached_property
    def scores(self) -> dict[str, float]:
        return _own(self.outcome.scores.scores, self.row)

    @cached_property
    def lines(self) -> dict[str, Line]:
        return {leaf.code: _line(self, leaf) for leaf in self.tables.leaves if applies(self.tables, leaf.code, self.unit)}

    def nodes(self, parent: str = TOTAL, depth: int = 0) -> Iterator[tuple[Node, int]]:
        """The nodes that apply, parents first, each with its depth."""
        for node in self.tables.children(parent):
            below = list(self.nodes(node.code, depth + 1))
            if below or node.code in self.lines:
                yield node, depth
                yield from below


def _own(frame: pd.DataFrame, row: int) -> dict[str, float]:
    return dict(zip(map(str, frame.columns), frame.iloc[row].tolist(), strict=True))


def _line(view: View, leaf: Node) -> Line:
    outcome, row = view.outcome, view.row
    result = outcome.scores.kpis[leaf.code]
    level = int(result.level[row])
    return Line(
        leaf,
        share=view.shares[leaf.code],
        level=level,
        score=float(result.score[row]),
        values=_values_in_short(view, leaf.code),
        steps=tuple(steps_to_next(leaf.code, view.unit.code, outcome.scores, outcome.measured, view.tables, outcome.month)),
        done=tuple(number for number, met in enumerate(result.met[row], 1) if met and number > level),
        missing=bool(result.missing[row]),
        gain=gain(leaf.code, view.unit.code, outcome.scores, view.tables),
    )


def best_lines(lines: Iterable[Line]) -> list[Line]:
    """The KPIs whose next level would raise the total most, best first; what this round can't bring any more is left out."""
    able = [line for line in lines if line.gain > 1e-9 and line.steps and line.reachable]
    return sorted(able, key=lambda line: (-round(line.gain, 9), len(line.steps)))[:_BEST]


def _values_in_short(view: View, kpi: str) -> str:
    """The one figure that a KPI turns on; where it has several rows, how many of them have reached their last level."""
    cases = view.tables.cases_of(kpi)
    taken = int(view.outcome.scores.kpis[kpi].case[view.row])
    rules = [rule for rule in view.tables.rules_of(kpi) if rule.case is None or cases.index(rule.case) + 1 == taken]
    figures = {rule.measure for rule in rules if view.tables.measures[rule.measure].kind.family == "number"}
    parts = [_in_words(view, view.tables.measures[code]) for code in figures] if len(figures) == 1 else []
    if len(rules) > 1:
        parts.append(view.say("fulfilled", done=sum(_fulfilled(view, rule) for rule in rules), of=len(rules)))
    return "\n".join(parts)


def _fulfilled(view: View, rule: Rule) -> bool:
    last = [edge for edge in rule.edges if edge][-1:]
    return all(bool(edge.holds(np.array([view.values[rule.measure]]))[0]) for edge in last)


def _in_words(view: View, measure: Measure) -> str:
    shown = show_value(view.values[measure.code], measure.kind, view.outcome.language)
    if not shown:
        return view.say("no-value")
    return view.say(
        "value-percent" if measure.kind is Kind.PERCENT else "value-counted", value=shown, counted=measure.counting_unit
    ).strip()


def unit_file(unit: Unit) -> str:
    """The name of a unit's summary, such as any file system takes."""
    stem = re.sub(r'[/\\:*?"<>|\x00-\x1f]', "-", f"{unit.code} {unit.name}").lstrip(". ")
    return f"{stem[:76].rstrip('. ') or '-'}.xlsx"


def write_unit_book(outcome: Outcome, unit: Unit, path: Path) -> None:
    """Write the summary of one unit for the outcome's month."""
    view = View(outcome, unit)
    with Book(path, title=f"{view.say('title')} {view.month}", language=outcome.language, day=month_end(outcome.month)) as book:
        _summary(book.sheet(view.say("sheet-summary")), view)
        _details(book.sheet(view.say("sheet-detail")), view)
        _findings(book.sheet(view.say("sheet-findings")), view)


# --- the page a chief reads ---------------------------------------------------------------------------


def _summary(sheet: Sheet, view: View) -> None:
    this = view.tables.round
    sheet.widths(*_WIDTHS)
    sheet.put(0, 0, view.say("title"), "title", font_size=26)
    _tall(sheet, 0, 2)
    sheet.put(1, 0, view.say("subtitle", round=this.number, year=this.fiscal_year, code=view.unit.code), "bold")
    sheet.put(2, 0, view.say("reference", reference=this.reference) if this.reference else "", "quiet")
    _gap(sheet, 3)
    if not view.sent:
        _nothing_sent(sheet, view, 4)
        sheet.page(top=0)
        return
    _cards(sheet, view, 4)
    _gap(sheet, 7)
    head = _best(sheet, view, _reasons(sheet, view, 8))
    last = _scorecard(sheet, view, head)
    _paragraph(sheet, last + 1, view.say("note"), "quiet")
    sheet.page(top=head, last=(last + 1, _LAST))


def _tall(sheet: Sheet, row: int, lines: int) -> None:
    sheet.raw.set_row(row, min(_TALLEST, (ROW + 1) * lines + 4))


def _gap(sheet: Sheet, row: int) -> None:
    sheet.raw.set_row(row, 10)


def _spread(sheet: Sheet, row: int, first: int, last: int, content: str | float, *styles: str, **extra: Any) -> int:
    """A text or number over several columns; how many lines a text takes there."""
    if isinstance(content, str):
        sheet.merge(row, first, last, content, *styles, **extra)
        return lines_of(content, sum(_WIDTHS[first : last + 1]) - 3)
    sheet.merge(row, first, last, "", *styles, **extra)
    sheet.put(row, first, content, *styles, **extra)
    return 1


def _paragraph(sheet: Sheet, row: int, text: str, *styles: str, **extra: Any) -> None:
    _tall(sheet, row, _spread(sheet, row, 0, _LAST, text, *styles, **_PADDED, **extra))


def _heading(sheet: Sheet, row: int, text: str) -> None:
    sheet.put(row, 0, text, "bold", font_size=18, font_color=NAVY)
    _tall(sheet, row, 1)


def _cards(sheet: Sheet, view: View, row: int) -> None:
    standing, top_score = view.standing, view.tables.top_score
    word, colour = _status_word(view)
    ranked = view.say("of-units", ranked=view.outcome.ranked) if standing.rank else view.say("unranked")
    cards: list[tuple[str, str | float, str, dict[str, Any]]] = [
        ("total", standing.total, view.say("out-of", score=f"{top_score:g}"), {"num_format": "0.0000", "font_size": 32}),
        ("percent", standing.percent, view.say("of-hundred"), {"num_format": "0.00"}),
        ("rating", standing.rating, _next_rating(view), {}),
        ("rank", float(standing.rank) if standing.rank else "–", ranked, {"num_format": "0", "font_size": 32}),
        ("status", word, _counts(view), {"bg_color": colour}),
    ]
    frame = {"bg_color": MIST, "left": 5, "right": 5, "left_color": "#FFFFFF", "right_color": "#FFFFFF"}
    for (first, last), (name, content, caption, extra) in zip(_CARDS, cards, strict=True):
        own = frame | {"bg_color": extra.get("bg_color", MIST)}
        _spread(sheet, row, first, last, view.say(f"card-{name}"), "bold", "centre", **own)
        _spread(sheet, row + 1, first, last, content, "big", "centre", shrink=True, **(own | extra))
        _spread(sheet, row + 2, first, last, caption, "centre", **own, font_size=14, shrink=True)
    _tall(sheet, row + 1, 2)


def _status_word(view: View) -> tuple[str, str]:
    late = view.unit.code in view.outcome.late
    provisional = view.standing.status is Status.PROVISIONAL
    words = [view.say(f"status-{name}") for name, holds in (("provisional", provisional), ("late", late)) if holds]
    return " · ".join(words) or view.say("status-complete"), FAIR if words else GOOD


def _next_rating(view: View) -> str:
    better = [band for band in view.tables.rating if band[0] > round(view.standing.percent, 9)]
    return view.say("next-rating", threshold=f"{better[-1][0]:g}", rating=better[-1][1]) if better else view.say("top-rating")


def _counts(view: View) -> str:
    lines = view.lines.values()
    tops = sum(line.level == view.tables.level_count for line in lines)
    return view.say("counts", kpis=len(lines), tops=tops, missing=sum(line.missing for line in lines))


def _reasons(sheet: Sheet, view: View, row: int) -> int:
    """Why the score is not final, came late or has no rank; the row below."""
    texts = []
    if view.standing.status is Status.PROVISIONAL:
        texts.append((view.say("why-provisional", items=_missing_items(view)), {"bg_color": FAIR}))
    if view.standing.rank == 0:
        texts.append((view.say("why-unranked"), {"bg_color": FAIR}))
    if view.unit.code in view.outcome.late:
        texts.append((view.say("why-late", came=view.came, due=view.due), {"bg_color": FAIR}))
    if view.findings:
        texts.append((view.say("has-findings", counts=_counted(view)), {}))
    for number, (text, colour) in enumerate(texts):
        _paragraph(sheet, row + number, text, **colour)
    return row + len(texts)


def _counted(view: View) -> str:
    found = count(view.findings)
    return "   ".join(view.say("counted", kind=view.say(f"severity-{name}"), count=number) for name, number in found.items() if number)


def _missing_items(view: View) -> str:
    named: dict[str, None] = {}
    for code, line in view.lines.items():
        if line.missing:
            lacking = [measure.label for measure in view.tables.measures_of(code) if measure.code in view.lacking]
            named.update(dict.fromkeys(f"{label} ({code})" for label in lacking or [line.node.name]))
    items = ", ".join(list(named)[:_NAMED])
    return view.say("and-more", items=items, count=len(named) - _NAMED) if len(named) > _NAMED else items


def _best(sheet: Sheet, view: View, row: int) -> int:
    """What would raise the total most; the row below."""
    _heading(sheet, row, view.say("best-heading"))
    best = best_lines(view.lines.values())
    if not best:
        at_top = all(line.level == view.tables.level_count for line in view.lines.values())
        _paragraph(sheet, row + 1, view.say("best-all-top" if at_top else "best-none"), "cell")
    points = f'"+"0.0000 "{view.say("points")}"'
    for number, line in enumerate(best, 1):
        at, name = row + number, f"{line.node.code}  {line.node.name}"
        sheet.put(at, 0, float(number), "cell", "level")
        sheet.put(at, 1, name, "cell", **_PADDED)
        _spread(sheet, at, 2, 3, line.gain, "cell", "bold", "centre", num_format=points)
        _spread(sheet, at, 4, 5, view.say("to-level", level=line.level + 1), "cell", "centre")
        lines = _spread(sheet, at, 6, _LAST, _steps_text(view, line), "cell", **_PADDED)
        _tall(sheet, at, max(lines, lines_of(name, _WIDTHS[1] - 3)))
    below = row + max(len(best), 1) + 1
    _gap(sheet, below)
    return below + 1


def _steps_text(view: View, line: Line) -> str:
    if line.level == view.tables.level_count:
        return view.say("at-top")
    texts = {step.text(view.outcome.language): step.reachable for step in line.steps}
    shown = [text if reachable else f"{text} {view.say('too-late')}" for text, reachable in texts.items()]
    rest = [view.say("more-steps", count=len(shown) - _STEPS)] if len(shown) > _STEPS else []
    marked = [f"• {text}" for text in shown[:_STEPS]] if len(shown) > 1 else shown
    return "\n".join(marked + rest)


def _scorecard(sheet: Sheet, view: View, head: int) -> int:
    """The table of all KPIs by section, from its head on; its last row."""
    names = ("code", "name", "share", "level", "score", "status", "done", "values", "next")
    sheet.put_row(head, 0, [view.say(f"head-{name}") for name in names], "head")
    _tall(sheet, head, 2)
    row = head
    for row, (node, depth) in enumerate(view.nodes(), head + 1):
        if node.code in view.lines:
            _kpi(sheet, view, view.lines[node.code], row, indent=max(1, depth))
        else:
            _section(sheet, view, node, row, indent=max(1, depth))
    bar = {"type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_color": _BAR, "bar_border_color": _BAR}
    ends = {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": view.tables.level_count}
    sheet.colour((head + 1, 3), (row, 3), bar | ends)
    return row


def _section(sheet: Sheet, view: View, node: Node, row: int, indent: int) -> None:
    sheet.put_row(row, 0, [""] * len(_WIDTHS), "section")
    sheet.put(row, 0, node.code, "section", "centre")
    sheet.put(row, 1, node.name, "section", text_wrap=True, indent=indent)
    sheet.put(row, 2, view.shares[node.code], "section", "points")
    sheet.put(row, 4, view.scores[node.code], "section", "points")
    _tall(sheet, row, lines_of(node.name, _WIDTHS[1] - 2 * indent - 1))


def _kpi(sheet: Sheet, view: View, line: Line, row: int, indent: int) -> None:
    done = view.say("levels", levels=", ".join(map(str, line.done))) if line.done else ""
    status = ("data-missing", "fair", "bold") if line.missing else ("data-complete",)
    texts = {1: line.node.name, 6: done, 7: line.values, 8: _steps_text(view, line)}
    for column, text in texts.items():
        sheet.put(row, column, text, "cell", **(_PADDED | ({"indent": indent} if column == 1 else {})))
    sheet.put(row, 0, line.node.code, "cell", "code", "centre")
    sheet.put(row, 2, line.share, "cell", "points")
    sheet.put(row, 3, float(line.level), "cell", "level")
    sheet.put(row, 4, line.score, "cell", "points")
    sheet.put(row, 5, view.say(status[0]), "cell", "centre", *status[1:])
    _tall(sheet, row, max(lines_of(text, _WIDTHS[column] - 2 * indent - 1) for column, text in texts.items()))


def _nothing_sent(sheet: Sheet, view: View, row: int) -> None:
    """The page of a unit without a usable report: that there is none, why, and what to do."""
    _spread(sheet, row, 0, _LAST, view.say("status-missing"), "big", "centre", bg_color=POOR)
    _tall(sheet, row, 2)
    refused = [one.message(view.outcome.language) for one in view.findings if one.code != "not-submitted" and one.severity != "note"]
    texts = [view.say("missing-why"), *([view.say("missing-due", due=view.due)] if view.due else [])]
    texts += [view.say("missing-refused", reason=reason) for reason in refused[:_NAMED]]
    for number, text in enumerate(texts, 1):
        _paragraph(sheet, row + number, text, font_size=18)
    below = row + len(texts) + 1
    _gap(sheet, below)
    _heading(sheet, below + 1, view.say("missing-heading"))
    items = len(asked_of(view.tables, view.unit))
    todo = [view.say("missing-fill", items=items), view.say("missing-send"), view.say("missing-ask")]
    for number, text in enumerate(todo, 1):
        sheet.put(below + 1 + number, 0, float(number), "cell", "level")
        _tall(sheet, below + 1 + number, _spread(sheet, below + 1 + number, 1, _LAST, text, "cell", **_PADDED, font_size=18))


# --- every measure, and what the unit says of it ------------------------------------------------------


def _details(sheet: Sheet, view: View) -> None:
    months = [show_month(month, view.outcome.language, short=True) for month in view.months]
    wide = _width_of_numbers(view)
    codes = max((len(measure.code) for code in view.lines for measure in view.tables.measures_of(code)), default=0)
    widths = [max(12.0, 1.1 * codes + 4), 44.0, 15.0, wide, *[wide] * len(months), 38.0, 32.0, 32.0, 28.0]
    sheet.widths(*widths)
    sheet.put(0, 0, view.say("detail-title"), "title")
    _tall(sheet, 0, 2)
    file = view.submission.file if view.submission else ""
    source = "detail-received" if view.came else "detail-file" if file else "detail-nothing"
    sheet.put(1, 0, view.say(source, file=file, came=view.came), "bold")
    heads = [view.say(f"head-{name}") for name in ("code", "item", "counted", "value")]
    sheet.put_row(2, 0, [*heads, *months, *(view.say(f"head-{name}") for name in ("origin", *_TEXTS))], "head")
    _tall(sheet, 2, 2)
    row = 3
    for code, line in view.lines.items():
        sheet.merge(row, 0, len(widths) - 1, _kpi_in_words(view, line), "section", indent=1)
        measures = view.tables.measures_of(code)
        for number, measure in enumerate(measures, 1):
            _measure(sheet, view, measure, row + number, widths)
        row += len(measures) + 1
    sheet.raw.freeze_panes(3, 2)
    sheet.page(top=2, last=(row - 1, len(widths) - 1))


def _width_of_numbers(view: View) -> float:
    """A column in which the longest number, or a day, shows whole."""
    numbers = [value for value, _, _ in view.cells.values()] + list(view.values.values())
    largest = max((abs(number) for number in numbers if not math.isnan(number)), default=0.0)
    return max(16.0, 1.25 * len(f"-{largest:,.2f}") + 1)


def _kpi_in_words(view: View, line: Line) -> str:
    facts = {"code": line.node.code, "kpi": line.node.name, "share": f"{line.share:.2f}"}
    key = "detail-kpi" if view.sent else "detail-unscored"
    return view.say(key, **facts, level=line.level, score=f"{line.score:.2f}")


def _measure(sheet: Sheet, view: View, measure: Measure, row: int, widths: list[float]) -> None:
    own_texts = view.outcome.intake.texts.get((view.unit.code, measure.code), ("", "", ""))
    texts = dict(zip((1, *range(len(widths) - 4, len(widths))), (measure.label, _origin(view, measure), *own_texts), strict=True))
    for column, text in texts.items():
        sheet.put(row, column, text, "cell", **_PADDED)
    sheet.put(row, 0, measure.code, "cell", "code", indent=1)
    texts[2] = measure.counting_unit
    sheet.put(row, 2, texts[2], "cell", "centre", text_wrap=True)
    value = view.values[measure.code]
    if view.sent and math.isnan(value) and measure.code in view.lacking:
        sheet.put(row, 3, view.say("no-value"), "cell", "centre", "bold", "poor")
    else:
        _value(sheet, view, (row, 3), value, measure.kind, "bold")
    for column, month in enumerate(view.months, 4):
        value, state, found = view.cells.get((measure.code, month), (math.nan, "", ""))
        if state == BAD:
            texts[column] = found
            sheet.put(row, column, found, "cell", "centre", "poor", text_wrap=True)
        else:
            _value(sheet, view, (row, column), value, measure.kind)
    _tall(sheet, row, max(lines_of(text, widths[column] - 3) for column, text in texts.items()))


def _value(sheet: Sheet, view: View, at: tuple[int, int], value: float, kind: Kind, *styles: str) -> None:
    if kind is Kind.YES_NO:
        sheet.put(*at, show_value(value, kind, view.outcome.language), "cell", "centre", *styles)
    elif kind is Kind.DATE:
        sheet.put(*at, excel_day(value), "cell", "date", *styles)
    elif kind is Kind.PERCENT:
        sheet.put(*at, value, "cell", "percent", *styles, num_format="0.00##", indent=1)
    else:
        number = "whole" if value.is_integer() else "number"
        sheet.put(*at, value, "cell", "money" if kind is Kind.AMOUNT else number, *styles, indent=1)


def _origin(view: View, measure: Measure) -> str:
    """The cell a value came from (with its file where that is not the unit's own), or what it is computed from."""
    place = view.outcome.measured.origin.get((view.unit.code, measure.code))
    if place:
        own = view.submission is not None and place.file == view.submission.file
        return f"{place.sheet}!{place.cell}" if own else str(place)
    if measure.source is Source.ON_TIME:
        return view.say("from-arrivals")
    return view.say("computed", items=",\n".join(measure.ingredients)) if measure.ingredients else ""


# --- what was found -----------------------------------------------------------------------------------


def _findings(sheet: Sheet, view: View) -> None:
    widths = (16.0, 40.0, 44.0, 28.0, 80.0)
    sheet.widths(*widths)
    sheet.put(0, 0, view.say("findings-title"), "title")
    _tall(sheet, 0, 2)
    sheet.put(1, 0, view.say("findings-guide") if view.findings else view.say("no-findings"), "bold")
    if view.findings:
        sheet.put_row(2, 0, [view.say(f"head-{name}") for name in ("severity", "place", "item", "found", "message")], "head")
        _tall(sheet, 2, 1)
        sheet.raw.freeze_panes(3, 0)
    for row, one in enumerate(view.findings, 3):
        item = f"{one.measure}  {view.tables.measures[one.measure].label}" if one.measure in view.tables.measures else one.measure
        texts = (str(one.place), item, one.found, one.message(view.outcome.language))
        sheet.put(row, 0, view.say(f"severity-{one.severity}"), "cell", "centre", _SEVERITY_STYLE[one.severity])
        sheet.put_row(row, 1, texts, "cell", **_PADDED)
        _tall(sheet, row, max(lines_of(text, width - 3) for text, width in zip(texts, widths[1:], strict=True)))
    sheet.page(top=2 if view.findings else 0)
