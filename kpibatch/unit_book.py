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

from kpibatch.catalogue import say
from kpibatch.findings import Finding, count
from kpibatch.forms import applies, asked_of
from kpibatch.gap import Step, gain, steps_to_next
from kpibatch.intake import Submission
from kpibatch.levels import TOTAL, LevelTables, Measure, Node, Rule, Unit
from kpibatch.outcome import Outcome
from kpibatch.rank import Standing, Status
from kpibatch.sheets import FAIR, GOOD, GREY, MIST, NAVY, POOR, Book, Sheet, lines_of
from kpibatch.thai import month_end, show_date, show_month
from kpibatch.values import Kind, show_value

_WIDTHS = (8.0, 44.0, 11.0, 12.0, 10.0, 12.0, 16.0, 29.0, 58.0)
_LAST = len(_WIDTHS) - 1
_CARDS = ((0, 1), (2, 4), (5, 6), (7, 7), (8, 8))
_BEST, _STEPS, _NAMED = 3, 3, 4
_TALLEST = 17  # Excel's rows end at 409 points
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
        return {(measure, month): tuple(rest) for measure, month, *rest in own.itertuples(index=False, name=None)}  # type: ignore[misc]

    def value(self, measure: str) -> float:
        return float(self.outcome.measured.values[measure].to_numpy(float)[self.row])

    def lacks(self, measure: Measure) -> bool:
        """Whether the scoring asked for a filled-in or fixed value that is not there, or not for every month."""
        scores, code = self.outcome.scores, measure.code
        absent = math.isnan(self.value(code)) or bool(self.outcome.measured.incomplete[code].to_numpy()[self.row])
        return absent and bool((scores.needed[code] & ~scores.not_yet[code]).to_numpy()[self.row])

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


def _line(view: View, leaf: Node) -> Line:
    outcome, row = view.outcome, view.row
    result = outcome.scores.kpis[leaf.code]
    level = int(result.level[row])
    return Line(
        leaf,
        share=float(outcome.scores.shares[leaf.code].to_numpy(float)[row]),
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
    return sorted(able, key=lambda line: -line.gain)[:_BEST]


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
    value = view.outcome.measured.values[rule.measure].to_numpy(float)[view.row : view.row + 1]
    return all(bool(edge.holds(value)[0]) for edge in last)


def _in_words(view: View, measure: Measure) -> str:
    shown = show_value(view.value(measure.code), measure.kind, view.outcome.language)
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
    sheet.height(0, 2)
    sheet.put(1, 0, view.say("subtitle", round=this.number, year=this.fiscal_year, code=view.unit.code), "bold")
    sheet.put(2, 0, view.say("reference", reference=this.reference) if this.reference else "", "quiet")
    _gap(sheet, 3)
    if view.standing.status is Status.NOT_SUBMITTED:
        _nothing_sent(sheet, view, 4)
        sheet.page(top=0, columns=len(_WIDTHS))
        return
    _cards(sheet, view, 4)
    row = _reasons(sheet, view, 7)
    row = _best(sheet, view, row)
    last = _scorecard(sheet, view, row)
    _spread(sheet, last + 1, 0, _LAST, view.say("note"), "quiet", "wrap")
    sheet.page(top=row, columns=len(_WIDTHS))


def _gap(sheet: Sheet, row: int) -> None:
    sheet.raw.set_row(row, 9)


def _spread(sheet: Sheet, row: int, first: int, last: int, content: str | float, *styles: str, **extra: Any) -> int:
    """A text or number over several columns; the lines that a text takes there."""
    sheet.merge(row, first, last, content if isinstance(content, str) else "", *styles, **extra)
    if not isinstance(content, str):
        sheet.put(row, first, content, *styles, **extra)
        return 1
    lines = min(_TALLEST, lines_of(content, sum(_WIDTHS[first : last + 1])))
    if first == 0 and last == _LAST:
        sheet.height(row, lines)
    return lines


def _cards(sheet: Sheet, view: View, row: int) -> None:
    standing, tables = view.standing, view.tables
    word, colour = _status_word(view)
    better = [band for band in reversed(tables.rating) if band[0] > round(standing.percent, 9)]
    next_rating = view.say("next-rating", threshold=f"{better[0][0]:g}", rating=better[0][1]) if better else view.say("top-rating")
    ranked = view.say("of-units", ranked=view.outcome.ranked) if standing.rank else view.say("unranked")
    lines = view.lines.values()
    tops = sum(line.level == tables.level_count for line in lines)
    counts = view.say("counts", kpis=len(lines), tops=tops, missing=sum(line.missing for line in lines))
    cards: list[tuple[str, str | float, str, dict[str, Any]]] = [
        ("total", standing.total, view.say("out-of", top=f"{tables.top_score:g}"), {"num_format": "0.0000"}),
        ("percent", standing.percent, view.say("of-hundred"), {"num_format": "0.00"}),
        ("rating", standing.rating, next_rating, {}),
        ("rank", float(standing.rank) if standing.rank else "–", ranked, {"num_format": "0"}),
        ("status", word, counts, {"bg_color": colour}),
    ]
    for (first, last), (name, content, caption, extra) in zip(_CARDS, cards, strict=True):
        frame = {"bg_color": MIST, "left": 5, "right": 5, "left_color": "#FFFFFF", "right_color": "#FFFFFF"}
        _spread(sheet, row, first, last, view.say(f"card-{name}"), "bold", "centre", **frame, font_color=GREY)
        _spread(sheet, row + 1, first, last, content, "big", "centre", **(frame | extra))
        _spread(sheet, row + 2, first, last, caption, "quiet", "centre", **frame)
    sheet.height(row + 1, 2)


def _status_word(view: View) -> tuple[str, str]:
    late = view.unit.code in view.outcome.late
    provisional = view.standing.status is Status.PROVISIONAL
    words = [view.say(f"status-{name}") for name, holds in (("provisional", provisional), ("late", late)) if holds]
    return " · ".join(words) or view.say("status-complete"), FAIR if words else GOOD


def _reasons(sheet: Sheet, view: View, row: int) -> int:
    """Why the score is not final, came late or has no rank; the row below."""
    texts = []
    if view.standing.status is Status.PROVISIONAL:
        texts.append((view.say("why-provisional", items=_missing_items(view)), FAIR))
    if view.standing.rank == 0:
        texts.append((view.say("why-unranked"), FAIR))
    if view.unit.code in view.outcome.late:
        texts.append((view.say("why-late", came=view.came, due=view.due), FAIR))
    if view.findings:
        texts.append((view.say("has-findings", **count(view.findings)), "#FFFFFF"))
    for number, (text, colour) in enumerate(texts):
        _spread(sheet, row + number, 0, _LAST, text, "wrap", bg_color=colour)
    _gap(sheet, row + len(texts))
    return row + len(texts) + 1


def _missing_items(view: View) -> str:
    named: dict[str, None] = {}
    for code, line in view.lines.items():
        if line.missing:
            lacking = [measure.label for measure in view.tables.measures_of(code) if view.lacks(measure)]
            named.update(dict.fromkeys(f"{label} ({code})" for label in lacking or [line.node.name]))
    items = ", ".join(list(named)[:_NAMED])
    return view.say("and-more", items=items, count=len(named) - _NAMED) if len(named) > _NAMED else items


def _best(sheet: Sheet, view: View, row: int) -> int:
    """What would raise the total most; the row below."""
    sheet.put(row, 0, view.say("best-heading"), "bold", font_size=18, font_color=NAVY)
    best = best_lines(view.lines.values())
    if not best:
        at_top = all(line.level == view.tables.level_count for line in view.lines.values())
        _spread(sheet, row + 1, 0, _LAST, view.say("best-all-top" if at_top else "best-none"), "cell", "wrap")
    points = f'"+"0.0000" {view.say("points")}"'
    for number, line in enumerate(best, 1):
        at = row + number
        sheet.put(at, 0, float(number), "cell", "level")
        sheet.put(at, 1, f"{line.node.code}  {line.node.name}", "cell", "wrap", valign="vcenter")
        _spread(sheet, at, 2, 3, line.gain, "cell", "bold", num_format=points, align="center")
        sheet.put(at, 4, view.say("to-level", level=line.level + 1), "cell", "centre")
        steps = _steps_text(view, line)
        lines = _spread(sheet, at, 5, _LAST, steps, "cell", "wrap", valign="vcenter")
        sheet.height(at, max(lines, lines_of(f"{line.node.code}  {line.node.name}", _WIDTHS[1])))
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
    sheet.height(head, 2)
    row = head
    for row, (node, depth) in enumerate(view.nodes(), head + 1):
        if node.code in view.lines:
            _kpi(sheet, view, view.lines[node.code], row, indent=max(0, depth - 1))
        else:
            _section(sheet, view, node, row, indent=depth)
    bar = {"type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_color": _BAR, "bar_border_color": _BAR}
    ends = {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": view.tables.level_count}
    sheet.colour((head + 1, 3), (row, 3), bar | ends)
    return row


def _section(sheet: Sheet, view: View, node: Node, row: int, indent: int) -> None:
    sheet.put_row(row, 0, [""] * len(_WIDTHS), "section")
    sheet.put(row, 0, node.code, "section")
    sheet.put(row, 1, node.name, "section", "wrap", valign="vcenter", indent=indent)
    scores = view.outcome.scores
    sheet.put(row, 2, float(scores.shares[node.code].to_numpy(float)[view.row]), "section", "points")
    sheet.put(row, 4, float(scores.scores[node.code].to_numpy(float)[view.row]), "section", "points")
    sheet.height(row, lines_of(node.name, _WIDTHS[1] - 2 * indent))


def _kpi(sheet: Sheet, view: View, line: Line, row: int, indent: int) -> None:
    steps = _steps_text(view, line)
    done = view.say("levels", levels=", ".join(map(str, line.done))) if line.done else ""
    wrapped: dict[str, Any] = {"valign": "vcenter"}
    sheet.put(row, 0, line.node.code, "cell", "code")
    sheet.put(row, 1, line.node.name, "cell", "wrap", **wrapped, indent=indent)
    sheet.put(row, 2, line.share, "cell", "points")
    sheet.put(row, 3, float(line.level), "cell", "level")
    sheet.put(row, 4, line.score, "cell", "points")
    status = ("data-missing", "fair", "bold") if line.missing else ("data-complete", "cell")
    sheet.put(row, 5, view.say(status[0]), "cell", "centre", *status[1:])
    sheet.put(row, 6, done, "cell", "wrap", **wrapped, align="center")
    sheet.put(row, 7, line.values, "cell", "wrap", **wrapped)
    sheet.put(row, 8, steps, "cell", "wrap", **wrapped)
    texts = ((line.node.name, _WIDTHS[1] - 2 * indent), (done, _WIDTHS[6]), (line.values, _WIDTHS[7]), (steps, _WIDTHS[8]))
    sheet.height(row, max(lines_of(text, width) for text, width in texts))


def _nothing_sent(sheet: Sheet, view: View, row: int) -> None:
    """The page of a unit without a usable report: that there is none, why, and what to do."""
    _spread(sheet, row, 0, _LAST, view.say("status-missing"), "big", "centre", bg_color=POOR)
    sheet.height(row, 2)
    refused = [one.message(view.outcome.language) for one in view.findings if one.code != "not-submitted" and one.severity != "note"]
    texts = [view.say("missing-why")]
    texts += [view.say("missing-due", due=view.due)] if view.due else []
    texts += [view.say("missing-refused", reason=reason) for reason in refused[:_NAMED]]
    for row, text in enumerate(texts, row + 1):
        _spread(sheet, row, 0, _LAST, text, "wrap")
    _gap(sheet, row + 1)
    sheet.put(row + 2, 0, view.say("missing-heading"), "bold", font_size=18, font_color=NAVY)
    items = len(asked_of(view.tables, view.unit))
    todo = [view.say("missing-fill", items=items), view.say("missing-send"), view.say("missing-ask")]
    for number, text in enumerate(todo, 1):
        sheet.put(row + 2 + number, 0, float(number), "cell", "level")
        lines = _spread(sheet, row + 2 + number, 1, _LAST, text, "cell", "wrap", valign="vcenter")
        sheet.height(row + 2 + number, lines)


# --- every measure, and what the unit says of it ------------------------------------------------------


def _details(sheet: Sheet, view: View) -> None:
    months = [show_month(month, view.outcome.language, short=True) for month in view.months]
    numbers = [
        width_of(_shown(view, measure, value))
        for code in view.lines
        for measure in view.tables.measures_of(code)
        for value in _all_values(view, measure)
    ]
    wide = max(13.0, 1.2 * max(numbers, default=0) + 1.5)
