"""``levels show --xlsx``: the level tables as the annex of a letter, in the offices' layout, ready to print
and sign.

KPI with its levels in words, weight, responsible group; sections and weight totals; a block for two
signatures.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import takewhile
from pathlib import Path

from kpibatch.base.catalogue import say
from kpibatch.base.thai import show_date, show_month, show_number
from kpibatch.books.look import LINE, ROW, lines_of, tall_of
from kpibatch.books.paper import page_breaks
from kpibatch.books.write import Book, Sheet
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.process import has_process, process_lines
from kpibatch.rules.paper.words import (
    applies_in_words,
    changes_in_round,
    check_in_words,
    leaves_in_words,
    notes_in_words,
    since_in_words,
    template_in_words,
    weight_in_words,
    weights_under,
)
from kpibatch.rules.paper.worth import lines_below, total_cap_in_words, worth_in_words
from kpibatch.rules.records import TOTAL, Node

_WIDTHS = (8.0, 96.0, 12.0, 26.0)
_TOP = 5  # the row of the heads, which stands on every page
_TALL = (11.69 - 1.1) * 72 / ((8.27 - 0.8) * 96 * 0.96 / sum(width * 7 + 5 for width in _WIDTHS))
"""How many points of rows an A4 page holds that is as wide as these columns, a little kept back."""


def write_annex(tables: LevelTables, path: Path, language: str, day: date, month: str = "") -> None:
    """Write the annex: of one month's rules, or of the round's as it begins, and below them what changes from
    which month on.
    """
    with Book(path, title=say("annex.title", language), language=language, day=day) as book:
        sheet = book.sheet(say("annex.sheet", language))
        sheet.widths(*_WIDTHS)
        _heading(sheet, tables, language, month)
        blocks = [_TOP + 1]
        shown = tables.for_month(month) if month else tables
        at = _nodes(sheet, shown, shown.in_tree_order(), _TOP + 1, language, blocks)
        for after, changed, ended in () if month else changes_in_round(tables):
            words = say("words.changed-from", language, month=show_month(after.since, language))
            blocks.append(at + 2)
            sheet.merge(at + 2, 0, 3, words, "bold")
            at = _nodes(sheet, after, ((node, 0) for node in changed), at + 3, language, blocks, ended)
        blocks.append(at)
        if words := total_cap_in_words(tables, language):
            sheet.merge(at + 1, 0, 3, words, "cell")
            at += 1
        if tables.checks.deciding:
            at = _checks(sheet, tables, at + 2, language)
            blocks.append(at + 1)
        if has_process(tables):
            blocks.append(at + 1)
            at = _process(sheet, tables, at + 2, language)
            blocks.append(at + 1)
        _signatures(sheet, tables, at + 2, language)
        _print(sheet, blocks, at + 5)


def _print(sheet: Sheet, blocks: Sequence[int], last: int) -> None:
    """One page wide; a page ends with a block: a KPI, a section's heading with its first, the signatures."""
    sheet.page(top=_TOP, portrait=True, last=(last, 3))
    begun = sorted(set(blocks))
    spans = list(zip(begun, (*(row - 1 for row in begun[1:]), last), strict=True))
    sheet.raw.set_h_pagebreaks(page_breaks(sheet.heights, (_TOP,), spans, _TALL))


def _nodes(
    sheet: Sheet,
    tables: LevelTables,
    nodes: Iterable[tuple[Node, int]],
    at: int,
    language: str,
    blocks: list[int],
    ended: Iterable[Node] = (),
) -> int:
    """Nodes with their depths, those there are no longer, and what all weights sum to; the row of the sum.
    ``blocks`` takes in the rows with which a page may begin.
    """
    leaves, headed = {leaf.code for leaf in tables.leaves}, True
    for node, depth in nodes:
        if not headed:
            blocks.append(at)
        headed = node.code not in leaves
        at = (
            _section(sheet, tables, node, depth, at, language)
            if headed
            else _kpi(sheet, tables, node, at, language, blocks)
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


def _heading(sheet: Sheet, tables: LevelTables, language: str, month: str) -> None:
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
        look = "title" if at == 0 else "bold" if at < 3 else "quiet"
        sheet.merge(at, 0, 3, line, look, "centre", text_wrap=True)
        sheet.height(at, 2 if at == 0 else lines_of(line, sum(_WIDTHS)))
    heads = [say(f"annex.{name}", language) for name in ("number", "kpi", "weight", "responsible")]
    sheet.put_row(_TOP, 0, heads, "head")
    sheet.height(_TOP, 2)


def _section(sheet: Sheet, tables: LevelTables, node: Node, depth: int, at: int, language: str) -> int:
    words = applies_in_words(tables, node, language)
    sheet.merge(
        at,
        0,
        1,
        f"{node.code}  {node.name}" + (f"  ({words})" if words else ""),
        "section",
        indent=depth,
        text_wrap=True,
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


def _kpi(sheet: Sheet, tables: LevelTables, node: Node, at: int, language: str, blocks: list[int]) -> int:
    """A KPI with all that stands below its name; one that no page holds goes on under its name."""
    words, weight = applies_in_words(tables, node, language), weight_in_words(tables, node, language)
    begun = {node.since, *(rule.since for rule in tables.rows_of(node.code))}
    facts = [words, since_in_words(max(begun), language), leaves_in_words(node, language)]
    name = "  ".join([node.name, *(f"({fact})" for fact in facts if fact)])
    of_whom = [] if node.weighs_alike else [say("annex.weight-of", language, weight=weight)]
    below = [*of_whom, *lines_below(tables, node, language), *notes_in_words(tables, node.code, language)]
    shown = node.weight if node.weighs_alike else say("annex.by-unit", language)
    above = sum(sheet.heights.get(row, ROW) for row in range(blocks[-1], at))  # its section's heading
    above += sum(sheet.heights.get(row, ROW) for row in range(_TOP)) if len(blocks) == 1 else 0.0
    for number, lines in enumerate(_parts(name, below, above)):
        if number:
            blocks.append(at)
            name = say("annex.continued", language, name=node.name)
        at = _part(sheet, (node.code, shown, node.responsible), [name, *lines], at)
    return at


def _parts(name: str, lines: Sequence[str], above: float) -> Iterator[list[str]]:
    """The lines below a KPI's name, as many together as a page holds, the first of them below so much of what
    else stands on it; a level's items stay with it, as long as a page holds them.
    """
    whole_page = _TALL - sum(_height(text) for text in (name, name)) - ROW * 2
    room = whole_page - above
    part, used = list[str](), 0.0
    for number, line in enumerate(lines):
        items = takewhile(lambda each: each.startswith(" "), lines[number + 1 :])
        whole = 0.0 if line.startswith(" ") else sum(map(_height, items))
        height = _height(line)
        if part and used + height + (whole if whole < room / 2 else 0.0) > room:
            yield part
            part, used, room = [], 0.0, whole_page
        part, used = [*part, line], used + height
    yield part


def _height(text: str) -> float:
    return tall_of(lines_of(text, _WIDTHS[1]))


def _part(sheet: Sheet, sides: tuple[str, str | float, str], lines: Sequence[str], at: int) -> int:
    """A KPI's name and lines; beside all of them its code, its weight and who is responsible."""
    last, grid = at + len(lines) - 1, {"border": 1, "border_color": LINE, "valign": "top"}
    for column, content in zip((0, 2, 3), sides, strict=True):
        styles = ("bold", "centre") if column == 0 else ("wrap", "centre")
        if last > at:
            sheet.raw.merge_range(at, column, last, column, "", sheet.book.style(*styles, **grid))
        sheet.put(at, column, content, *styles, **grid)
    for row, line in enumerate(lines, at):
        edge = {"bottom": int(row == last), "top": int(row == at), "left": 1, "right": 1}
        bold = ("bold",) if row == at else ()
        sheet.put(row, 1, line, "wrap", *bold, **edge, border_color=LINE)
        sheet.height(row, lines_of(line, _WIDTHS[1]))
    beside = (
        lines_of(str(content), _WIDTHS[column]) for column, content in zip((2, 3), sides[1:], strict=True)
    )
    missing = tall_of(max(beside)) - sum(sheet.heights[row] for row in range(at, last + 1))
    if missing > 0:
        sheet.tall(last, sheet.heights[last] + missing)
    return last + 1


def _checks(sheet: Sheet, tables: LevelTables, at: int, language: str) -> int:
    """The rows of กฎตรวจ by which a value may be lost: those decide on a score as well."""
    sheet.merge(at, 0, 3, say("words.checks-deciding", language), "section")
    for number, check in enumerate(tables.checks.deciding, at + 1):
        line = check_in_words(tables, check, language)
        sheet.merge(number, 0, 3, line, "wrap")
        sheet.height(number, lines_of(line, sum(_WIDTHS)))
    return at + len(tables.checks.deciding) + 1


def _process(sheet: Sheet, tables: LevelTables, at: int, language: str) -> int:
    """The days of the process, and who keeps them."""
    sheet.merge(at, 0, 3, say("annex.process", language), "section")
    for row, (day, task, owner) in enumerate(process_lines(tables, language), at + 1):
        line = say("annex.step", language, day=day, task=task)
        sheet.merge(row, 0, 1, line, "wrap")
        sheet.merge(row, 2, 3, owner, "wrap")
        sheet.height(row, max(lines_of(line, sum(_WIDTHS[:2])), lines_of(owner, sum(_WIDTHS[2:]))))
    return at + len(tables.steps) + 1


def _signatures(sheet: Sheet, tables: LevelTables, at: int, language: str) -> None:
    for offset, name in enumerate(("sign", "name", "date")):
        line = say(f"annex.{name}", language)
        sheet.put(at + offset, 1, line, "centre", align="left")
        sheet.merge(at + offset, 2, 3, line, "centre", align="left")
    sheet.put(at + 3, 1, say("annex.assessor", language), "quiet")
    sheet.merge(at + 3, 2, 3, say("annex.assessed", language), "quiet")
