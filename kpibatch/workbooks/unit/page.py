"""The page a unit's chief reads: where it stands, what would raise the total most, every KPI in a line."""

from typing import Any

from kpibatch.base.addresses import quoted, span
from kpibatch.books.look import (
    FAIR,
    MIST,
    NAVY,
    POOR,
    SIZE,
    STYLES,
    TEAL,
    exact_format,
    lines_of,
    tall_of,
)
from kpibatch.books.paper import on_pages
from kpibatch.books.write import Sheet
from kpibatch.forms.asked import asked_of
from kpibatch.intake.month import NOTHING_COUNTS
from kpibatch.rules.records import Node
from kpibatch.scoring.rank import Status
from kpibatch.workbooks.unit.figures import (
    Line,
    View,
    counts_in_words,
    findings_in_words,
    items_not_due,
    missing_items,
    next_rating,
    status_word,
    trend_in_words,
)
from kpibatch.workbooks.unit.months import months_in_words
from kpibatch.workbooks.unit.proofs import evidence_to_come
from kpibatch.workbooks.unit.ways import best_ways, goal_text, steps_text, way_text

_WIDTHS = (9.0, 46.0, 11.0, 12.0, 10.0, 11.0, 14.0, 34.0, 64.0)
_LAST = len(_WIDTHS) - 1
_CARDS = ((0, 1), (2, 4), (5, 6), (7, 7), (8, 8))
_REASONS, _TITLE = 4, 26
_LEAST = 0.62  # of its size: smaller, a page is not read, and the KPIs go on over a second one
_TALLEST = 409.0  # points; Excel's rows go no further
_BAR = "#A9C9CC"
PADDED: dict[str, Any] = {"text_wrap": True, "indent": 1}


def write_page(sheet: Sheet, view: View) -> None:
    this = view.tables.round
    sheet.widths(*_WIDTHS)
    lines = lines_of(view.say("title"), sum(_WIDTHS), _TITLE, bold=True)
    _spread(sheet, 0, 0, _LAST, view.say("title"), "title", font_size=_TITLE, text_wrap=True)
    tall(sheet, 0, 2 * lines)
    sheet.put(
        1,
        0,
        view.say("subtitle", round=this.number, year=this.year(view.say.language), code=view.unit.code),
        "bold",
    )
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
    on_pages(sheet, _WIDTHS, last + 1, _LEAST)


def _gap(sheet: Sheet, row: int) -> None:
    sheet.tall(row, 10)


def _spread(
    sheet: Sheet, row: int, first: int, last: int, content: str | float, *styles: str, **extra: Any
) -> int:
    """A text or number over several columns; how many lines a text takes there."""
    if isinstance(content, str):
        sheet.merge(row, first, last, content, *styles, **extra)
        return lines_of(content, sum(_WIDTHS[first : last + 1]) - 2)
    sheet.merge(row, first, last, "", *styles, **extra)
    sheet.put(row, first, content, *styles, **extra)
    return 1


def _paragraph(sheet: Sheet, row: int, text: str, *styles: str, **extra: Any) -> None:
    tall(sheet, row, _spread(sheet, row, 0, _LAST, text, *styles, **PADDED, **extra))


def _heading(sheet: Sheet, row: int, text: str) -> None:
    sheet.put(row, 0, text, "bold", font_size=18, font_color=NAVY)
    tall(sheet, row, 1)


def _cards(sheet: Sheet, view: View, row: int) -> None:
    standing, top_score = view.standing, view.tables.top_score
    word, colour = status_word(view)
    ranked = view.say("of-units", ranked=view.outcome.ranked) if standing.rank else view.say("unranked")
    if standing.in_group:
        facts = {"rank": standing.in_group, "ranked": standing.of_group, "group": view.unit.group}
        ranked = f"{ranked}\n{view.say('in-group', **facts)}"
    percent = {"num_format": STYLES["percent"]["num_format"]} | exact_format("percent", standing.percent)
    cards: list[tuple[str, str | float, str, dict[str, Any]]] = [
        (
            "total",
            standing.total,
            view.say("out-of", score=f"{top_score:g}"),
            {"num_format": "0.0000", "font_size": 32},
        ),
        ("percent", standing.percent, view.say("of-hundred"), percent),
        ("rating", standing.rating, next_rating(view), {}),
        (
            "rank",
            float(standing.rank) if standing.rank else "–",
            ranked,
            {"num_format": "0", "font_size": 32},
        ),
        ("status", word, counts_in_words(view), {"bg_color": colour}),
    ]
    frame = {"bg_color": MIST, "left": 5, "right": 5, "left_color": "#FFFFFF", "right_color": "#FFFFFF"}
    most = 1
    for (first, last), (name, content, caption, extra) in zip(_CARDS, cards, strict=True):
        own = frame | {"bg_color": extra.get("bg_color", MIST)}
        _spread(sheet, row, first, last, view.say(f"card-{name}"), "bold", "centre", **own)
        _spread(sheet, row + 1, first, last, content, "big", "centre", shrink=True, **(own | extra))
        lines = lines_of(caption, sum(_WIDTHS[first : last + 1]))
        fit = {"text_wrap": True} if lines > 1 else {"shrink": True}
        _spread(sheet, row + 2, first, last, caption, "centre", **own, font_size=14, **fit)
        most = max(most, lines)
    tall(sheet, row + 1, 2)
    tall(sheet, row + 2, most)


def _reasons(sheet: Sheet, view: View, row: int) -> int:
    """The trend, and why the score is not final, came late or has no rank; the row below."""
    if words := trend_in_words(view):
        _trend(sheet, view, row, words)
        row += 1
    texts: list[tuple[str, dict[str, Any]]] = []
    if view.standing.status is Status.PROVISIONAL:
        texts.append((view.say("why-provisional", items=missing_items(view)), {"bg_color": FAIR}))
    if items := items_not_due(view):
        texts.append((view.say("why-not-due", items=items), {}))
    if view.left_out:
        texts.append((view.say("why-no-target", items=view.left_out), {}))
    if view.standing.rank == 0:
        why = "no-score" if view.standing.status is Status.NOT_APPLICABLE else "unranked"
        texts.append((view.say(f"why-{why}"), {"bg_color": FAIR}))
    if view.unit.code in view.outcome.late:
        texts.append((view.say("why-late", came=view.came, due=view.due), {"bg_color": FAIR}))
    if items := evidence_to_come(view):
        texts.append((view.say("why-evidence", items=items), {"bg_color": FAIR}))
    if view.corrected:
        texts.append((view.say("has-corrections", count=view.corrected), {}))
    if view.findings:
        texts.append((view.say("has-findings", counts=findings_in_words(view)), {}))
    for number, (text, colour) in enumerate(texts):
        _paragraph(sheet, row + number, text, **colour)
    return row + len(texts)


def _trend(sheet: Sheet, view: View, row: int, words: str) -> None:
    """The months in words, and beside them the unit's own line, drawn over hidden cells at the right."""
    _spread(sheet, row, 0, _LAST - 1, words, **PADDED)
    percents = [month.percent.get(view.unit.code) for month in view.trend.months]
    first, last = _LAST + 2, _LAST + 1 + len(percents)
    sheet.put_row(row, first, percents, "percent")
    sheet.raw.set_column(first, last, 8, None, {"hidden": True})
    shape = {
        "range": f"{quoted(sheet.name)}!{span((row, first), (row, last))}",
        "markers": True,
        "show_hidden": True,
    }
    sheet.raw.add_sparkline(row, _LAST, shape | {"series_color": TEAL, "min": 0, "max": 100})
    tall(sheet, row, 1)


def _best(sheet: Sheet, view: View, row: int) -> int:
    """What would raise the total most; the row below."""
    _heading(sheet, row, view.say("best-heading"))
    best = best_ways(view.lines.values())
    if not best:
        at_top = view.lines and not any(line.next or line.back for line in view.lines.values())
        _paragraph(sheet, row + 1, view.say("best-all-top" if at_top else "best-none"), "cell")
    points = f'"+"0.0000 "{view.say("points")}"'
    for number, way in enumerate(best, 1):
        at, name = row + number, f"{way.line.node.code}  {way.line.node.name}"
        sheet.put(at, 0, float(number), "cell", "level")
        sheet.put(at, 1, name, "cell", **PADDED)
        _spread(sheet, at, 2, 3, way.gain, "cell", "bold", "centre", num_format=points)
        _spread(sheet, at, 4, 5, goal_text(view, way), "cell", "centre", shrink=True)
        lines = _spread(sheet, at, 6, _LAST, way_text(view, way), "cell", **PADDED)
        tall(sheet, at, max(lines, lines_of(name, 0.9 * _WIDTHS[1] - 2)))
    below = row + max(len(best), 1) + 1
    _gap(sheet, below)
    return below + 1


def _scorecard(sheet: Sheet, view: View, head: int) -> int:
    """The table of all KPIs by section, from its head on; its last row."""
    names = ("code", "name", "share", "level", "score", "status", "done", "values", "next")
    sheet.put_row(head, 0, [view.say(f"head-{name}") for name in names], "head")
    tall(sheet, head, 2)
    row = head
    for row, (node, depth) in enumerate(view.nodes(), head + 1):
        if node.code in view.lines:
            _kpi(sheet, view, view.lines[node.code], row, indent=max(1, depth))
        else:
            _section(sheet, view, node, row, indent=max(1, depth))
    bar = {
        "type": "data_bar",
        "data_bar_2010": True,
        "bar_solid": True,
        "bar_color": _BAR,
        "bar_border_color": _BAR,
    }
    ends = {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": view.tables.level_count}
    sheet.colour((head + 1, 3), (row, 3), bar | ends)
    return row


def _section(sheet: Sheet, view: View, node: Node, row: int, indent: int) -> None:
    sheet.put_row(row, 0, [""] * len(_WIDTHS), "section")
    sheet.put(row, 0, node.code, "section", "centre")
    sheet.put(row, 1, node.name, "section", text_wrap=True, indent=indent)
    sheet.put(row, 2, view.shares[node.code], "section", "points")
    score = view.scores[node.code]
    sheet.put(row, 4, score, "section", "points", **exact_format("points", score))
    tall(sheet, row, lines_of(node.name, _WIDTHS[1] - 2 * indent - 1))


def _kpi(sheet: Sheet, view: View, line: Line, row: int, indent: int) -> None:
    claimed = view.say("claimed", level=line.claimed) if line.claimed is not None else ""
    above = view.say("levels", levels=", ".join(map(str, line.done))) if line.done else ""
    done = "\n".join(filter(None, (above, claimed)))
    status = ("data-missing", "fair", "bold") if line.missing else ("data-complete",)
    values = "\n".join(filter(None, (line.values, months_in_words(view, line.node.code))))
    texts = {1: line.node.name, 6: done, 7: values, 8: steps_text(view, line)}
    for column, text in texts.items():
        sheet.put(row, column, text, "cell", **(PADDED | ({"indent": indent} if column == 1 else {})))
    sheet.put(row, 0, line.node.code, "cell", "code", "centre")
    sheet.put(row, 2, line.share, "cell", "points")
    sheet.put(row, 3, float(line.level), "cell", "level")
    sheet.put(row, 4, line.score, "cell", "points", **exact_format("points", line.score))
    sheet.put(row, 5, view.say(status[0]), "cell", "centre", *status[1:])
    tall(sheet, row, max(lines_of(text, _WIDTHS[column] - 2 * indent - 1) for column, text in texts.items()))


def _nothing_sent(sheet: Sheet, view: View, row: int) -> None:
    """The page of a unit without a usable report: that there is none, why, and what to do."""
    refused = [
        finding.message(view.outcome.language)
        for finding in view.findings
        if finding.code not in NOTHING_COUNTS and finding.grave
    ]
    _spread(
        sheet,
        row,
        0,
        _LAST,
        view.say("status-refused" if refused or view.unread else "status-missing"),
        "big",
        "centre",
        bg_color=POOR,
    )
    tall(sheet, row, 2)
    texts = [view.say("missing-refused", reason=reason) for reason in refused[:_REASONS]]
    texts += [view.say("missing-why"), *([view.say("missing-due", due=view.due)] if view.due else [])]
    for number, text in enumerate(texts, 1):
        _paragraph(sheet, row + number, text, font_size=18)
    below = row + len(texts) + 1
    _gap(sheet, below)
    _heading(sheet, below + 1, view.say("missing-heading"))
    items = len(asked_of(view.tables, view.unit))
    todo = [view.say("missing-fill", items=items), view.say("missing-send"), view.say("missing-ask")]
    for number, text in enumerate(todo, 1):
        sheet.put(below + 1 + number, 0, float(number), "cell", "level")
        tall(
            sheet,
            below + 1 + number,
            _spread(sheet, below + 1 + number, 1, _LAST, text, "cell", **PADDED, font_size=18),
        )


def tall(sheet: Sheet, row: int, lines: int, size: float = SIZE) -> None:
    sheet.tall(row, min(_TALLEST, tall_of(lines, size)))
