"""The form's second sheet: what each level of a KPI asks of this unit, a link away from the KPI's heading."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kpibatch.base.addresses import address, quoted
from kpibatch.base.catalogue import say
from kpibatch.books.look import lines_of
from kpibatch.books.write import Book
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.words import (
    levels_in_words,
    since_in_words,
    sources_in_words,
    template_in_words,
)
from kpibatch.rules.paper.worth import worth_in_words
from kpibatch.rules.records import Node

_WIDTHS = (2.0, 14.0, 96.0, 20.0)
_FIRST = 2


@dataclass(frozen=True)
class Criteria:
    """A KPI's: what it is called, the row of its heading, its lines (a level or nothing, then words)."""

    node: Node
    title: str
    row: int
    lines: tuple[tuple[str, str], ...]


def criteria_of(periods: Sequence[LevelTables], kpis: Sequence[Node], language: str) -> dict[str, Criteria]:
    """What each KPI asks by these rules of one unit alone, of each stretch of months without a change, one
    below the other.
    """
    found, row, unit = dict[str, Criteria](), _FIRST, periods[0].units[0].code
    for node in kpis:
        lines = tuple(_lines(periods, node.code, language))
        found[node.code] = Criteria(node, f"{node.code}  {node.name_for(unit)}", row, lines)
        row += len(lines) + 2
    return found


def _lines(periods: Sequence[LevelTables], kpi: str, language: str) -> Iterator[tuple[str, str]]:
    before: list[tuple[str, str]] = []
    for period in (period for period in periods if kpi in period.node):
        now = [*_levels(period, kpi, language)]
        if now != before:
            if since := since_in_words(period.since, language) if before else "":
                yield since, ""
            yield from now
        before = now


def _levels(own: LevelTables, kpi: str, language: str) -> Iterator[tuple[str, str]]:
    node = own.node[kpi]
    for level, items in levels_in_words(own, kpi, language):
        listed = [f"{number}. {item}" for number, item in enumerate(items, 1)] if len(items) > 1 else items
        if listed:
            yield say("annex.level", language, level=level), "\n".join(listed)
    beside = sources_in_words(own, kpi, language), template_in_words(node, language)
    for line in (*worth_in_words(own, node, language), *beside[0], *beside[1]):
        yield "", line


def criteria_sheet(language: str) -> str:
    """What the sheet is called."""
    return say("form.criteria-sheet", language)


def write_criteria(
    book: Book, criteria: Mapping[str, Criteria], form: str, rows: Mapping[str, int], language: str
) -> None:
    """The sheet; ``form`` is the form's own, in which each KPI's heading has its row."""
    sheet = book.sheet(criteria_sheet(language))
    sheet.widths(*_WIDTHS)
    sheet.put(0, 1, say("form.criteria-title", language), "title")
    sheet.raw.set_row(0, 30)
    for kpi in criteria.values():
        sheet.merge(kpi.row, 1, 2, kpi.title, "section", "wrap", valign="vcenter")
        back = f"{quoted(form)}!{address(rows[kpi.node.code], 1)}"
        sheet.link(kpi.row, 3, back, say("form.back", language), "section", "link", "right")
        sheet.height(kpi.row, lines_of(kpi.title, _WIDTHS[1] + _WIDTHS[2], bold=True))
        for row, (level, words) in enumerate(kpi.lines, kpi.row + 1):
            sheet.put(row, 1, level, "cell", "bold", valign="top")
            sheet.merge(row, 2, 3, words, "cell", "wrap")
            sheet.height(row, lines_of(words, _WIDTHS[2] + _WIDTHS[3]))
    sheet.raw.freeze_panes(1, 0)
    last = max((kpi.row + len(kpi.lines) for kpi in criteria.values()), default=0)
    sheet.page(top=0, portrait=True, last=(last, 3))
    sheet.lock()
