"""``levels show --xlsx``: the level tables as the annex of a letter, in the offices' layout, ready to print
and sign.

KPI with its levels in words, weight, responsible group; sections and weight totals; a block for two
signatures.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from kpibatch.base.catalogue import say
from kpibatch.base.thai import show_date, show_month, show_number
from kpibatch.books.look import lines_of
from kpibatch.books.write import Book, Sheet
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.words import (
    applies_in_words,
    changes_in_round,
    check_in_words,
    leaves_in_words,
    since_in_words,
    template_in_words,
    weight_in_words,
    weights_under,
)
from kpibatch.rules.paper.worth import lines_below, total_cap_in_words, worth_in_words
from kpibatch.rules.records import TOTAL, Node

_WIDTHS = (8.0, 96.0, 12.0, 26.0)


def write_annex(tables: LevelTables, path: Path, language: str, day: date, month: str = "") -> None:
    """Write the annex: of one month's rules, or of the round's as it begins, and below them what changes from
    which month on.
    """
    with Book(path, title=say("annex.title", language), language=language, day=day) as book:
        sheet = book.sheet(say("annex.sheet", language))
        sheet.widths(*_WIDTHS)
        at = _heading(sheet, tables, language, month)
        shown = tables.for_month(month) if month else tables
        at = _nodes(sheet, shown, shown.in_tree_order(), at, language)
        for after, changed, ended in () if month else changes_in_round(tables):
            words = say("words.changed-from", language, month=show_month(after.since, language))
            sheet.merge(at + 2, 0, 3, words, "bold")
            at = _nodes(sheet, after, ((node, 0) for node in changed), at + 3, language, ended)
        if words := total_cap_in_words(tables, language):
            sheet.merge(at + 1, 0, 3, words, "cell")
            at += 1
        at = _checks(sheet, tables, at + 2, language) if tables.checks.deciding else at
        _signatures(sheet, tables, at + 2, language)
        sheet.page(top=5, portrait=True, last=(at + 6, 3))


def _nodes(
    sheet: Sheet,
    tables: LevelTables,
    nodes: Iterable[tuple[Node, int]],
    at: int,
    language: str,
    ended: Iterable[Node] = (),
) -> int:
    """Nodes with their depths, those there are no longer, and what all weights sum to; the row of the sum."""
    leaves = {leaf.code for leaf in tables.leaves}
    for node, depth in nodes:
        at = (
            _kpi(sheet, tables, node, at, language)
            if node.code in leaves
            else _section(sheet, tables, node, depth, at, language)
        )
    for node in ended:
        sheet.merge(at, 0, 3, say("words.ended", language, code=node.code, name=node.name), "cell")
        at += 1
    sheet.merge(at, 0, 1, say("annex.total", language), "section", align="right")
    total = weights_under(tables, TOTAL)
    shown = total if total == total else say("annex.by-unit", language)
    sheet.put(at, 2, shown, "section", "centre", "number", align="center")
    sheet.put(at, 3, "", "section")
    return at


def _heading(sheet: Sheet, tables: LevelTables, language: str, month: str) -> int:
    this = tables.round
    days = {"start": show_date(this.start, language), "end": show_date(this.end, language)}
    of_month = say("words.of-month", language, month=show_month(month, language)) if month else ""
    lines = [
        say("annex.title", language) + (f"  {of_month}" if of_month else ""),
        say("annex.round", language, round=this.number, year=this.year(language), **days),
        this.owner,
        say("annex.reference", language, reference=this.reference or "–"),
    ]
    for at, line in enumerate(lines):
        sheet.merge(at, 0, 3, line, "title" if at == 0 else "bold" if at < 3 else "quiet", "centre")
    sheet.height(0, 2)
    heads = [say(f"annex.{name}", language) for name in ("number", "kpi", "weight", "responsible")]
    sheet.put_row(5, 0, heads, "head")
    sheet.height(5, 2)
    return 6


def _section(sheet: Sheet, tables: LevelTables, node: Node, depth: int, at: int, language: str) -> int:
    words = applies_in_words(tables, node, language)
    sheet.merge(
        at, 0, 1, f"{node.code}  {node.name}" + (f"  ({words})" if words else ""), "section", indent=depth
    )
    total, weight = weights_under(tables, node.code), weight_in_words(tables, node, language)
    parts = say("annex.by-unit", language) if total != total else show_number(total)
    shown = say("annex.weights", language, weight=weight, children=parts)
    alike = node.weighs_alike and total == node.weight
    sheet.put(at, 2, node.weight if alike else shown, "section", "wrap", "centre")
    sheet.put(at, 3, node.responsible, "section", "wrap")
    title, sides = f"{node.code}  {node.name}  {words}", [lines_of(node.responsible, _WIDTHS[3])]
    sides += [] if alike else [lines_of(shown, _WIDTHS[2])]
    sheet.height(at, max(lines_of(title, sum(_WIDTHS[:2])), *sides))
    for line in (*worth_in_words(tables, node, language), *template_in_words(node, language)):
        at += 1
        sheet.merge(at, 0, 3, line, "cell", "wrap", indent=depth)
        sheet.height(at, lines_of(line, sum(_WIDTHS)))
    return at + 1


def _kpi(sheet: Sheet, tables: LevelTables, node: Node, at: int, language: str) -> int:
    words, weight = applies_in_words(tables, node, language), weight_in_words(tables, node, language)
    begun = {node.since, *(rule.since for rule in tables.rows_of(node.code))}
    facts = [words, since_in_words(max(begun), language), leaves_in_words(node, language)]
    name = "  ".join([node.name, *(f"({fact})" for fact in facts if fact)])
    of_whom = [] if node.weighs_alike else [say("annex.weight-of", language, weight=weight)]
    lines = [(name, True), *((line, False) for line in (*of_whom, *lines_below(tables, node, language)))]
    weight = weight if node.weighs_alike else say("annex.by-unit", language)
    for number, (line, first) in enumerate(lines):
        row = at + number
        edge = {
            "bottom": 1 if number == len(lines) - 1 else 0,
            "top": 1 if first else 0,
            "border_color": "#B8C4D0",
            "left": 1,
            "right": 1,
        }
        sheet.put(row, 0, node.code if first else "", "bold", "centre", valign="top", **edge)
        sheet.put(row, 1, line, "wrap", *(("bold",) if first else ()), **edge)
        shown = (node.weight if node.weighs_alike else weight) if first else None
        sheet.put(row, 2, shown, "number", "wrap", align="center", valign="top", **edge)
        sheet.put(row, 3, node.responsible if first else "", "wrap", "centre", **edge)
        own = lines_of(line, _WIDTHS[1])
        sides = lines_of(node.responsible, _WIDTHS[3]), lines_of(weight, _WIDTHS[2])
        sheet.height(row, max(own, *sides) if first else own)
    return at + len(lines)


def _checks(sheet: Sheet, tables: LevelTables, at: int, language: str) -> int:
    """The rows of กฎตรวจ by which a value may be lost: those decide on a score as well."""
    sheet.merge(at, 0, 3, say("words.checks-deciding", language), "section")
    for number, check in enumerate(tables.checks.deciding, at + 1):
        line = check_in_words(tables, check, language)
        sheet.merge(number, 0, 3, line, "wrap")
        sheet.height(number, lines_of(line, sum(_WIDTHS)))
    return at + len(tables.checks.deciding) + 1


def _signatures(sheet: Sheet, tables: LevelTables, at: int, language: str) -> None:
    for offset, name in enumerate(("sign", "name", "date")):
        line = say(f"annex.{name}", language)
        sheet.put(at + offset, 1, line, "centre", align="left")
        sheet.merge(at + offset, 2, 3, line, "centre", align="left")
    sheet.put(at + 3, 1, say("annex.assessor", language), "quiet")
    sheet.merge(at + 3, 2, 3, say("annex.assessed", language), "quiet")
