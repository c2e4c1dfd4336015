"""``diff --xlsx``: one sheet, ready to print: each unit's rank and total, the KPIs that moved it and why,
then the rules.
"""

import math
from pathlib import Path

from kpibatch.base.catalogue import say
from kpibatch.books.look import ROW, lines_of, tall_of
from kpibatch.books.paper import break_before, head_height, scale_of
from kpibatch.books.write import Book, Content, Sheet
from kpibatch.months.compare.moves import Diff, KpiMove, Move
from kpibatch.months.compare.nodes import NodeMove
from kpibatch.months.compare.words import (
    arrow,
    cause_text,
    cells_text,
    heading,
    kpi_name,
    kpi_words,
    node_name,
    rest_of,
    rule_text,
    scored_by,
    standing_words,
    unit_name,
)
from kpibatch.scoring.rank import DECIMALS

_WIDTHS = (10.0, 10.0, 10.0, 52.0, 11.0, 11.0, 13.0, 100.0, 52.0)
_KPI, _BEFORE, _AFTER, _POINTS, _BECAUSE, _WHERE = range(3, 9)
_SIGNED = "+0.0000;−0.0000;0.0000"
_TOP, _SMALL = 4, 14


def write_diff(diff: Diff, path: Path, language: str) -> None:
    """Write the comparison."""
    with Book(path, title=heading(diff, language), language=language) as book:
        sheet = book.sheet(say("diff.sheet", language))
        sheet.widths(*_WIDTHS)
        sheet.put(0, 0, heading(diff, language), "title")
        sheet.height(0, 2)
        sheet.put(1, 0, scored_by(diff, language) or say("diff.guide", language), "subtitle")
        if diff.month:
            sheet.put(2, 0, say("diff.guide", language), "subtitle")
        blocks = list[int]()
        at = _units(diff, sheet, language, blocks) if diff.moves else _TOP - 1
        at = _rules(diff, sheet, at, language, blocks)
        if not diff.anything:
            sheet.put(at, 0, say("diff.none", language), "quiet")
        elif diff.values and not diff.moves:
            sheet.put(at, 0, say("diff.values", language, count=diff.values), "quiet")
        sheet.page(top=_TOP - 1, last=(at, _WHERE))
        if blocks:
            break_before(sheet, blocks, range(_TOP - 1, _TOP), at, scale_of(_WIDTHS))


def _units(diff: Diff, sheet: Sheet, language: str, blocks: list[int]) -> int:
    """The units with their KPIs, a row for each cause; returns the first free row. A page may end before each
    of the ``blocks``: a unit with its first KPI, and every other KPI.
    """
    noun = diff.sides[1].tables.round.unit_noun if diff.sides else ""
    names = (
        "rank-before",
        "rank-after",
        "moved",
        "unit-kpi",
        "before",
        "after",
        "points",
        "because",
        "where",
    )
    heads = [say(f"diff.{name}", language, unit=noun) for name in names]
    sheet.put_row(_TOP - 1, 0, heads, "head")
    sheet.tall(_TOP - 1, head_height(zip(heads, _WIDTHS, strict=True)))
    sheet.raw.freeze_panes(_TOP, _KPI + 1)
    at = _TOP
    for move in diff.moves:
        _unit(diff, move, sheet, at, language)
        blocks.append(at)
        at += 1
        first = at
        for kpi in move.kpis:
            blocks += [at] if at > first else []
            at = _kpi(diff, kpi, sheet, at, language)
        for node in move.nodes:
            blocks += [at] if at > first else []
            at = _node(diff, node, sheet, at, language)
        for text, points in rest_of(move, language):
            _line(sheet, at, "", (None, None), points, (text, ""))
            at += 1
    return at + 1


def _unit(diff: Diff, move: Move, sheet: Sheet, at: int, language: str) -> None:
    before, after = move.before, move.after
    sheet.put_row(
        at,
        0,
        [standing.rank if standing and standing.rank else "–" for standing in (before, after)],
        "section",
        "level",
    )
    moved = "good" if arrow(move).startswith("▲") else "poor" if arrow(move).startswith("▼") else "section"
    sheet.put(at, 2, arrow(move), "section", "centre", moved)
    sheet.put(at, _KPI, unit_name(diff, move.unit), "section")
    totals: list[Content] = [
        standing.total if standing and not math.isnan(standing.total) else "–" for standing in (before, after)
    ]
    sheet.put_row(at, _BEFORE, totals, "section", "score", "centre")
    sheet.put(
        at, _POINTS, None if math.isnan(move.gained) else move.gained, "section", "centre", num_format=_SIGNED
    )
    words = "   ".join(standing_words(move, diff, language))
    sheet.merge(at, _BECAUSE, _WHERE, words, "section", "wrap", valign="vcenter", indent=1)
    sheet.height(at, lines_of(words, _WIDTHS[_BECAUSE] + _WIDTHS[_WHERE]))


def _kpi(diff: Diff, move: KpiMove, sheet: Sheet, at: int, language: str) -> int:
    """A KPI's causes, its name and levels (or scores) beside the first; returns the next row."""
    levels = [result.level if result else None for result in (move.before, move.after)]
    scores = _short([result.score if result else None for result in (move.before, move.after)])
    values = levels if levels[0] != levels[1] else scores
    words = kpi_words(move, language)[1 if levels[0] != levels[1] else 0 :]
    causes = [(cause_text(cause, language), cells_text(cause)) for cause in move.causes]
    lines = [*((word, "") for word in words), *causes] or [("", "")]
    _line(sheet, at, kpi_name(diff, move.kpi), (values[0], values[1]), move.points, lines[0])
    for row, line in enumerate(lines[1:], at + 1):
        _line(sheet, row, "", (None, None), None, line)
    return at + len(lines)


def _short(scores: list[float | None]) -> list[float | None]:
    """Scores with as many decimals as totals have, unless only more tell them apart; whole they stand beside,
    in words.
    """
    short = [score if score is None else round(score, DECIMALS) for score in scores]
    return short if short[0] != short[1] else scores


def _node(diff: Diff, move: NodeMove, sheet: Sheet, at: int, language: str) -> int:
    """What a node's cap or T-score did, its name and scores above the causes; returns the next row."""
    scores = _short([lift.score if lift else None for lift in (move.before, move.after)])
    lines = [
        (say("diff.lifted", language), ""),
        *((cause_text(cause, language), cells_text(cause)) for cause in move.causes),
    ]
    _line(sheet, at, node_name(diff, move.node, language), (scores[0], scores[1]), move.points, lines[0])
    for row, line in enumerate(lines[1:], at + 1):
        _line(sheet, row, "", (None, None), None, line)
    return at + len(lines)


def _line(
    sheet: Sheet,
    at: int,
    name: str,
    values: tuple[float | None, float | None],
    points: float | None,
    because: tuple[str, str],
) -> None:
    text, cells = because
    edge = {"top": 1 if points is not None else 0, "bottom": 0, "valign": "top", "font_size": _SMALL}
    sheet.put_row(at, 0, ["", "", ""], "cell", **edge)
    sheet.put(at, _KPI, name, "cell", "wrap", align="left", indent=1, **edge)
    better = "cell" if not points or None in values else "good" if points > 0 else "poor"
    sheet.put(at, _BEFORE, values[0], "cell", "number", "centre", **edge)
    sheet.put(at, _AFTER, values[1], "cell", "number", "centre", better, **edge)
    sheet.put(at, _POINTS, points, "cell", "centre", num_format=_SIGNED, **edge)
    sheet.put(at, _BECAUSE, text, "cell", "wrap", align="left", indent=1, **edge)
    sheet.put(at, _WHERE, cells, "cell", "quiet", "wrap", align="left", indent=1, **edge)
    texts = ((_KPI, name), (_BECAUSE, text), (_WHERE, cells))
    lines = max(lines_of(content, _WIDTHS[column] - 2, _SMALL) for column, content in texts)
    sheet.tall(at, max(ROW, tall_of(lines, _SMALL)))


def _rules(diff: Diff, sheet: Sheet, at: int, language: str, blocks: list[int]) -> int:
    """The rules that changed, with their cells; returns the first free row."""
    if not diff.changes:
        return at
    sheet.merge(at, 0, _WHERE, say("diff.rules", language, count=len(diff.changes)), "head", align="left")
    blocks += [at, *range(at + 2, at + 1 + len(diff.changes))]
    for row, change in enumerate(diff.changes, at + 1):
        sheet.merge(row, 0, _BECAUSE, rule_text(change, language), "cell", "wrap", align="left", indent=1)
        sheet.put(row, _WHERE, cells_text(change), "cell", "wrap", "quiet", align="left", indent=1)
        sheet.height(
            row,
            max(
                lines_of(rule_text(change, language), sum(_WIDTHS[:_WHERE])),
                lines_of(cells_text(change), _WIDTHS[_WHERE]),
            ),
        )
    return at + len(diff.changes) + 2
