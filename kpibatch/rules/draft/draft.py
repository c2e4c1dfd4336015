"""A letter → the draft of its level tables, sheet by sheet.

In: ``Letter``. Out: ``Draft``. What the letter does not say is blank; a reading that may be wrong has a doubt
at its cell.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from kpibatch.base.errors import LetterFault
from kpibatch.base.kinds import Kind
from kpibatch.rules.draft.asks import BY_NAME
from kpibatch.rules.draft.doubts import Doubt
from kpibatch.rules.draft.heads import Head, due_days, head_of
from kpibatch.rules.draft.items import Item as Listed
from kpibatch.rules.draft.items import items_of
from kpibatch.rules.draft.nodes import Drafted, nodes_of
from kpibatch.rules.draft.rows import Row, Table, rows_of
from kpibatch.rules.letter.parts import OUTSIDE, Parts, parts_of
from kpibatch.rules.letter.text import Letter
from kpibatch.rules.paper.blank import ROUND_ITEMS, USUAL_LEVELS, headings
from kpibatch.rules.round import Flag
from kpibatch.rules.schema import CALENDAR, MEASURES, MOST_LEVELS, NODES, ROUND, RULES, Sheet

_LONGEST = 200  # letters of a measure's name


@dataclass
class Page:
    """A sheet being drafted: its rows by column, and its doubts with row (from 1) and column."""

    schema: Sheet
    rows: list[dict[str, str]] = field(default_factory=list)
    doubts: list[tuple[int, str, Doubt]] = field(default_factory=list)

    def add(self, row: dict[str, str]) -> int:
        """A further row; its number, from 1."""
        self.rows.append(row)
        return len(self.rows)

    def doubt(self, row: int, column: str, doubts: Iterable[Doubt]) -> None:
        self.doubts += [(row, column, each) for each in doubts]


@dataclass
class Draft:
    """What a letter says, as the sheets of a workbook; ``levels`` is how many it has."""

    letter: str
    head: Head
    levels: int
    round: Page = field(default_factory=lambda: Page(ROUND))
    calendar: Page = field(default_factory=lambda: Page(CALENDAR))
    nodes: Page = field(default_factory=lambda: Page(NODES))
    measures: Page = field(default_factory=lambda: Page(MEASURES))
    rules: Page = field(default_factory=lambda: Page(RULES))
    kpis: int = 0
    weights: int = 0
    thresholds: int = 0

    @property
    def pages(self) -> tuple[Page, ...]:
        return self.round, self.calendar, self.nodes, self.measures, self.rules

    @property
    def doubts(self) -> int:
        return sum(len(page.doubts) for page in self.pages)


def draft_of(letter: Letter) -> Draft:
    """The draft of a letter. Raises ``LetterFault`` where it heads no KPI, or is still being changed."""
    if letter.inserted or letter.deleted:
        raise LetterFault("letter-still-tracked", file=letter.file)
    parts = parts_of(letter)
    if not parts.headings:
        raise LetterFault("letter-without-kpi", file=letter.file)
    tables = {kpi: rows_of(items_of(parts, kpi), each.name) for kpi, each in enumerate(parts.headings)}
    asked = [level for table in tables.values() for row in table.rows for level in row.typed]
    draft = Draft(letter.file, head_of(letter, parts), min(max(asked, default=USUAL_LEVELS), MOST_LEVELS))
    _add_round(draft, parts)
    for node in nodes_of(parts):
        at = _add_node(draft, node)
        if node.kpi != OUTSIDE:
            _add_kpi(draft, parts, node, at, tables[node.kpi])
    return draft


def _add_round(draft: Draft, parts: Parts) -> None:
    for item in ROUND_ITEMS:
        value = draft.head.values.get(item, "")
        at = draft.round.add({ROUND.item: str(item), ROUND.value: value})
        if doubt := draft.head.doubts.get(item):
            draft.round.doubt(at, ROUND.value, [doubt])
    rows = {month: draft.calendar.add({CALENDAR.month: month}) for month in draft.head.months}
    for month, doubt in due_days(parts):
        if month in rows:
            draft.calendar.doubt(rows[month], CALENDAR.due, [doubt])


def _add_node(draft: Draft, node: Drafted) -> int:
    at = draft.nodes.add(
        {
            NODES.code: node.code,
            NODES.parent: node.parent,
            NODES.name: node.name,
            NODES.weight: node.weight,
            NODES.scope: node.scope,
            NODES.responsible: node.group,
            NODES.reference: node.reference,
        }
    )
    for column, doubt in node.doubts.items():
        draft.nodes.doubt(at, column, [doubt])
    draft.kpis += node.kpi != OUTSIDE
    draft.weights += bool(node.weight) and node.kpi != OUTSIDE
    return at


def _add_kpi(draft: Draft, parts: Parts, node: Drafted, at: int, table: Table) -> None:
    """The rows of a KPI, its measures, and what is doubtful about them."""
    cases: dict[str, str] = {}
    places: list[tuple[Row, int]] = []
    for row in table.rows:
        case_of = _case_measure(draft, node, row, cases)
        measure = _add_measure(draft, node, row, len(cases) + len(places) + 1)
        places.append((row, _add_rule(draft, node, row, case_of, measure)))
    for item, doubt in table.left_out:
        _leave_out(draft, places, item, doubt, at)
    if places:
        asked = {level for row in table.rows for level in row.typed}
        heading = parts.headings[node.kpi]
        for level in {*range(1, draft.levels + 1)} - asked:
            doubt = Doubt("level-empty", heading.line, heading.name[:90])
            draft.rules.doubt(places[0][1], RULES.levels[level - 1], [doubt])


def _case_measure(draft: Draft, node: Drafted, row: Row, cases: dict[str, str]) -> str:
    """The measure that a row's case goes by; a KPI has one for each kind of case."""
    if row.case is None:
        return ""
    kind = str(row.case.kind)
    if kind not in cases:
        count = sum(each[MEASURES.code].startswith(f"{node.code}.m") for each in draft.measures.rows)
        cases[kind] = f"{node.code}.m{count + 1}"
        unit = row.case.unit
        cell: dict[str, str] = {
            MEASURES.label: _shortened(row.case.subject),
            MEASURES.counting_unit: unit,
            MEASURES.kind: kind,
        }
        draft.measures.add({MEASURES.code: cases[kind], **cell})
    return cases[kind]


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rsplit(' ', 1)[0]}…"


def _add_measure(draft: Draft, node: Drafted, row: Row, number: int) -> str:
    """The measure of a row: what it is called and of what kind, and what the letter says of how it counts."""
    asks = [row.asks[level] for level in sorted(row.asks)]
    source = next((ask.source for ask in asks if ask.source), "")
    doubts = [ask.rollup_doubt for ask in asks if ask.rollup_doubt]
    code = f"{node.code}.m{number}"
    at = draft.measures.add(
        {
            MEASURES.code: code,
            MEASURES.label: _shortened(row.subject if row.subject not in ("", row.unit) else node.name),
            MEASURES.counting_unit: row.unit,
            MEASURES.kind: str(row.kind),
            MEASURES.source: source,
            MEASURES.rollup: next((ask.rollup for ask in asks if ask.rollup), ""),
            MEASURES.needs_evidence: str(Flag.YES) if any(ask.evidence for ask in asks) else "",
        }
    )
    draft.measures.doubt(at, MEASURES.rollup, doubts[:1])
    draft.measures.doubt(at, MEASURES.kind, _of_the_kind(row)[:1])
    return code


def _of_the_kind(row: Row) -> list[Doubt]:
    """The doubts of a row's cells that are one doubt about what it measures."""
    return [each for level in sorted(row.doubts) for each in row.doubts[level] if each.why == BY_NAME]


def _add_rule(draft: Draft, node: Drafted, row: Row, case_of: str, measure: str) -> int:
    """A row of ระดับ."""
    case = row.case.condition if row.case else ""
    cells: dict[str, str] = {RULES.levels[level - 1]: typed for level, typed in row.typed.items()}
    cells |= {RULES.kpi: node.code, RULES.case_of: case_of, RULES.case: case, RULES.measure: measure}
    at = draft.rules.add(cells)
    if row.case:
        draft.rules.doubt(at, RULES.case, row.case.doubts)
    for level in sorted(row.typed):
        column = RULES.levels[level - 1]
        draft.rules.doubt(at, column, (each for each in row.doubts[level] if each.why != BY_NAME))
        draft.rules.doubt(at, column, _outside(draft, row, level))
        draft.thresholds += bool(row.typed[level]) and row.kind is not Kind.YES_NO
    return at


def _outside(draft: Draft, row: Row, level: int) -> list[Doubt]:
    """A doubt about a day that is not in the round."""
    condition, this = row.condition(level), draft.head.round
    if row.kind is not Kind.DATE or condition is None or not this.start or not this.end:
        return []
    if this.start.toordinal() <= condition.threshold <= this.end.toordinal():
        return []
    ask = row.asks[level]
    return [Doubt("outside-round", ask.item.line, ask.item.text[:90], row.typed[level])]


def _leave_out(
    draft: Draft, places: Iterable[tuple[Row, int]], item: Listed, doubt: Doubt, node: int
) -> None:
    """A figure that is in no cell is told at the row that asks what stands beside it."""
    for row, at in places:
        if any(ask.item.text == item.text or ask.item.text in item.text for ask in row.asks.values()):
            draft.rules.doubt(at, RULES.remark, [doubt])
            return
    draft.nodes.doubt(node, NODES.reference, [doubt])


def cells_of(page: Page, levels: int) -> list[list[str]]:
    """A page as rows of text, the heading first."""
    columns = headings(page.schema, levels)
    return [list(map(str, columns)), *([row.get(column, "") for column in columns] for row in page.rows)]
