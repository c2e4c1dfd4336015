"""The page a unit's chief reads, one sheet of A4: where it stands, what would raise the total most, every KPI
with its level and what is missing.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from operator import itemgetter
from typing import Any

from kpibatch.base.addresses import quoted, span
from kpibatch.books.look import FAIR, MIST, POOR, STYLES, TEAL, exact_format, lines_of, tall_of
from kpibatch.books.paper import on_one_page, scale_on_one_page
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
    next_rating,
    status_word,
    trend_in_words,
)
from kpibatch.workbooks.unit.lacking import items_not_due, missing_items
from kpibatch.workbooks.unit.proofs import evidence_to_come
from kpibatch.workbooks.unit.room import PADDED, Paper, tall
from kpibatch.workbooks.unit.ways import best_ways, goal_text, steps_text, way_text

_CODE, _FIXED = 9.0, (10.0, 9.0, 10.0, 11.0, 18.0)
_DONE, _NEXT = 6, 7
_NAMES, _WAYS, _STEPS = (46.0, 60.0, 76.0), (60.0, 80.0, 104.0), (3, 2, 1)
_CARDS = ((0, 1), (2, 3), (4, 5), (6, 6), (7, 7))
_REASONS, _TITLE = 4, 26
_ABOVE, _READ = 480.0, 0.5  # points that the rest of the page takes, nearly; how small it may become
_BAR = "#A9C9CC"


def _whose(view: View, facts: Mapping[str, str]) -> str:
    """Whose summary it is, and who assesses it where that is stated."""
    assessor = view.unit.assessor and view.say("assessor", name=view.unit.assessor)
    position = view.unit.position if view.unit.kind else ""
    return "   ".join(filter(None, (view.say("subtitle", **facts), position, assessor)))


def write_page(sheet: Sheet, view: View) -> None:
    """Source: design, section 4."""
    this = view.tables.round
    widths, steps = _best_widths(view)
    paper = Paper(sheet, widths)
    sheet.widths(*widths)
    title = view.say("title")
    lines = lines_of(title, sum(widths), _TITLE, bold=True)
    paper.spread(0, 0, paper.last, title, "title", font_size=_TITLE, text_wrap=True)
    tall(sheet, 0, lines, _TITLE)
    facts = {"round": this.number, "year": this.year(view.say.language), "code": view.unit.code}
    tall(sheet, 1, paper.spread(1, 0, paper.last, _whose(view, facts), "bold", text_wrap=True))
    reference = view.say("reference", reference=this.reference) if this.reference else ""
    tall(sheet, 2, paper.spread(2, 0, paper.last, reference, "quiet", text_wrap=True), 14)
    paper.gap(3)
    if view.sent:
        _cards(paper, view, 4)
        paper.gap(7)
        head = _best(paper, view, _reasons(paper, view, 8))
        last = _scorecard(paper, view, head, steps) + 1
        paper.paragraph(last, view.say("note"), "quiet", font_size=14)
    else:
        last = _nothing_sent(paper, view, 4)
    sheet.page(top=0, last=(last, paper.last))
    on_one_page(sheet, widths, last)


def _best_widths(view: View) -> tuple[tuple[float, ...], int]:
    """The widths with which the page comes out largest, and how many steps of each KPI stand on it: three, or
    fewer where all else would be too small.
    """
    lines = view.lines.values()
    names, done = (
        [line.node.name_for(view.unit.code) for line in lines],
        [_done(view, line) for line in lines],
    )
    tall = [lines_of(text, _FIXED[-1] - 2) for text in done]
    beside = {width: [*map(max, (lines_of(name, width - 2) for name in names), tall)] for width in _NAMES}
    for steps in _STEPS:
        texts = [steps_text(view, line, steps) for line in lines]
        ways = {width: [lines_of(text, width - 2) for text in texts] for width in _WAYS}
        every = (
            ((_CODE, name, *_FIXED, way), [*map(max, beside[name], ways[way])])
            for name, way in product(_NAMES, _WAYS)
        )
        scale, widths = max(((_scale_of(*each), each[0]) for each in every), key=itemgetter(0))
        if scale >= _READ:
            break
    return widths, steps


def _scale_of(widths: Sequence[float], lines: Collection[int]) -> float:
    """How large the page comes out with columns so wide and KPIs of so many lines."""
    further = tall_of(2) - tall_of(1)
    return scale_on_one_page(widths, _ABOVE + tall_of(1) * len(lines) + further * (sum(lines) - len(lines)))


def _texts_of_kpi(view: View, line: Line, steps: int) -> dict[int, str]:
    """What stands in words in a KPI's line, by column."""
    return {
        1: line.node.name_for(view.unit.code),
        _DONE: _done(view, line),
        _NEXT: steps_text(view, line, steps),
    }


def _cards(paper: Paper, view: View, row: int) -> None:
    standing, top_score = view.standing, view.tables.top_score
    word, colour = status_word(view)
    ranked = view.say("of-units", ranked=view.own.ranked) if standing.rank else view.say("unranked")
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
        paper.spread(row, first, last, view.say(f"card-{name}"), "bold", "centre", **own)
        paper.spread(row + 1, first, last, content, "big", "centre", shrink=True, **(own | extra))
        wrapped = {"text_wrap": True, "font_size": 14}
        most = max(most, paper.spread(row + 2, first, last, caption, "centre", **own, **wrapped))
    tall(paper.sheet, row + 1, 1, 32)
    tall(paper.sheet, row + 2, most, 14)


def _reasons(paper: Paper, view: View, row: int) -> int:
    """The trend, and why the score is not final, came late or has no rank; the row below."""
    if words := trend_in_words(view):
        _trend(paper, view, row, words)
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
    if view.own.late:
        texts.append((view.say("why-late", came=view.came, due=view.due), {"bg_color": FAIR}))
    if items := evidence_to_come(view):
        texts.append((view.say("why-evidence", items=items), {"bg_color": FAIR}))
    if view.corrected:
        texts.append((view.say("has-corrections", count=view.corrected), {}))
    if view.findings:
        texts.append((view.say("has-findings", counts=findings_in_words(view)), {}))
    for number, (text, colour) in enumerate(texts):
        paper.paragraph(row + number, text, **colour)
    return row + len(texts)


def _trend(paper: Paper, view: View, row: int, words: str) -> None:
    """The months in words, and beside them the unit's own line, drawn over hidden cells at the right."""
    sheet, right = paper.sheet, paper.last
    lines = paper.spread(row, 0, right - 1, words, **PADDED)
    percents = [month.percent for month in view.own.past]
    first, last = right + 2, right + 1 + len(percents)
    sheet.put_row(row, first, percents, "percent")
    sheet.raw.set_column(first, last, 8, None, {"hidden": True})
    shape = {
        "range": f"{quoted(sheet.name)}!{span((row, first), (row, last))}",
        "markers": True,
        "show_hidden": True,
    }
    sheet.raw.add_sparkline(row, right, shape | {"series_color": TEAL, "min": 0, "max": 100})
    tall(sheet, row, lines)


def _best(paper: Paper, view: View, row: int) -> int:
    """What would raise the total most; the row below."""
    sheet, last = paper.sheet, paper.last
    paper.heading(row, view.say("best-heading"))
    best = best_ways(view.lines.values())
    if not best:
        at_top = view.lines and not any(line.next or line.back for line in view.lines.values())
        paper.paragraph(row + 1, view.say("best-all-top" if at_top else "best-none"), "cell")
    points = f'"+"0.0000 "{view.say("points")}"'
    for number, way in enumerate(best, 1):
        node = way.line.node
        at, name = row + number, f"{node.code}  {node.name_for(view.unit.code)}"
        sheet.put(at, 0, float(number), "cell", "level")
        sheet.put(at, 1, name, "cell", **PADDED)
        paper.spread(at, 2, 3, way.gain, "cell", "bold", "centre", num_format=points, shrink=True)
        paper.spread(at, 4, 5, goal_text(view, way), "cell", "centre", shrink=True)
        lines = paper.spread(at, 6, last, way_text(view, way), "cell", **PADDED)
        tall(sheet, at, max(lines, paper.lines(name, 1, 1)))
    below = row + max(len(best), 1) + 1
    paper.gap(below)
    return below + 1


def _scorecard(paper: Paper, view: View, head: int, steps: int) -> int:
    """The table of all KPIs by section, from its head on; its last row."""
    sheet = paper.sheet
    names = ("code", "name", "share", "level", "score", "status", "done", "next")
    heads = [view.say(f"head-{name}") for name in names]
    sheet.put_row(head, 0, heads, "head")
    tall(sheet, head, max(lines_of(*each, bold=True) for each in zip(heads, paper.widths, strict=True)))
    row = head
    for row, (node, depth) in enumerate(view.nodes, head + 1):
        if node.code in view.lines:
            _kpi(paper, view, view.lines[node.code], row, max(1, depth), steps)
        else:
            _section(paper, view, node, row, indent=max(1, depth))
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


def _section(paper: Paper, view: View, node: Node, row: int, indent: int) -> None:
    sheet, name = paper.sheet, node.name_for(view.unit.code)
    sheet.put_row(row, 0, [""] * len(paper.widths), "section")
    sheet.put(row, 0, node.code, "section", "centre")
    sheet.put(row, 1, name, "section", text_wrap=True, indent=indent)
    sheet.put(row, 2, view.shares[node.code], "section", "points")
    score = view.scores[node.code]
    sheet.put(row, 4, score, "section", "points", **exact_format("points", score))
    tall(sheet, row, lines_of(name, paper.widths[1] - 2 * indent - 1, bold=True))


def _done(view: View, line: Line) -> str:
    """Levels met above a gap, and the level that the unit claims."""
    claimed = view.say("claimed", level=line.claimed) if line.claimed is not None else ""
    above = view.say("levels", levels=", ".join(map(str, line.done))) if line.done else ""
    return "\n".join(filter(None, (above, claimed)))


def _kpi(paper: Paper, view: View, line: Line, row: int, indent: int, steps: int) -> None:
    sheet = paper.sheet
    status = ("data-missing", "fair", "bold") if line.missing else ("data-complete",)
    texts = _texts_of_kpi(view, line, steps)
    for column, text in texts.items():
        own = {"indent": indent} if column == 1 else {}
        sheet.put(row, column, text, "cell", **(PADDED | own))
    sheet.put(row, 0, line.node.code, "cell", "code", "centre", shrink=True)
    sheet.put(row, 2, line.share, "cell", "points")
    sheet.put(row, 3, float(line.level), "cell", "level")
    sheet.put(row, 4, line.score, "cell", "points", shrink=True, **exact_format("points", line.score))
    sheet.put(row, 5, view.say(status[0]), "cell", "centre", *status[1:], shrink=True)
    tall(sheet, row, max(lines_of(text, paper.widths[each] - 2 * indent) for each, text in texts.items()))


def _nothing_sent(paper: Paper, view: View, row: int) -> int:
    """The page of a unit without a usable report: that there is none, why, and what to do; its last row."""
    refused = [
        finding.message(view.language)
        for finding in view.findings
        if finding.code not in NOTHING_COUNTS and finding.grave
    ]
    word = view.say("status-refused" if refused or view.own.unread else "status-missing")
    paper.spread(row, 0, paper.last, word, "big", "centre", bg_color=POOR)
    tall(paper.sheet, row, 2)
    texts = [view.say("missing-refused", reason=reason) for reason in refused[:_REASONS]]
    texts += [view.say("missing-why"), *([view.say("missing-due", due=view.due)] if view.due else [])]
    for number, text in enumerate(texts, 1):
        paper.paragraph(row + number, text, font_size=18)
    below = row + len(texts) + 1
    paper.gap(below)
    paper.heading(below + 1, view.say("missing-heading"))
    items = len(asked_of(view.tables, view.unit))
    todo = [view.say("missing-fill", items=items), view.say("missing-send"), view.say("missing-ask")]
    for number, text in enumerate(todo, 1):
        at = below + 1 + number
        paper.sheet.put(at, 0, float(number), "cell", "level")
        lines = paper.spread(at, 1, paper.last, text, "cell", **PADDED, font_size=18)
        tall(paper.sheet, at, lines, 18)
    return below + 1 + len(todo)
