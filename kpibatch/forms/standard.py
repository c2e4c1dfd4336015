"""Level tables → the standard form of each unit.

People see each KPI with its weight and the way to its levels; below it the items, how each is filled in, what
it is held against, the months with their due days and three columns of text. A day that is done once has one
cell. The reader sees column A (measure codes, hidden), one hidden row (month keys) and a hidden sheet; it
finds them by what they hold, so inserted rows or columns, or a renamed sheet, do not shift data.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from kpibatch.base.catalogue import Words, say
from kpibatch.base.files import file_name
from kpibatch.base.kinds import Kind
from kpibatch.books.write import Book
from kpibatch.forms.asked import asked_over, baseline_of
from kpibatch.forms.layout import IDENTITY_SHEET, Identity, identity_for, sheet_name
from kpibatch.forms.page.columns import Column, Columns, Page, Row, width_for
from kpibatch.forms.page.criteria import criteria_of, write_criteria
from kpibatch.forms.page.entry import Entries
from kpibatch.forms.page.printing import print_of
from kpibatch.forms.page.writer import Writer
from kpibatch.forms.scored.rows import ScoreRows
from kpibatch.rules.agreement.agreed import own_tables
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Node, Unit


def write_form(
    tables: LevelTables,
    unit: Unit,
    path: Path,
    entries: Entries | None = None,
    ahead: Sequence[str] = (),
    *,
    language: str = "th",
    locked: bool = False,
    scored_from: date | None = None,
) -> None:
    """The standard form of one unit for the whole round, with what is asked in any of the months ``ahead``
    (without them, of the round); a month in which an item is not asked can't be filled in.

    ``entries`` fills cells in, as an officer would: (measure, month or text column) → content; ``locked``
    says that months filled in stay as they are. The form scores itself where ``scored_from`` is given, the
    first day that it can speak of.
    """
    title = say("form.title", language, round=tables.round.number, year=tables.round.year(language))
    filled, months = entries or {}, ahead or tables.round.months
    asked = asked_over(tables, unit, months)
    periods = [*{period.since: period for period in map(tables.for_month, months)}.values()]
    kpis, since = _by_kpi(periods, unit, asked), {period.since for period in periods}
    own = [own for own in own_tables(tables, unit) if own.since in since]
    criteria = criteria_of(own, [node for node, _ in kpis], language)
    with Book(path, title=f"{title} {unit.name}", language=language, day=tables.round.start) as book:
        sheet = book.sheet(sheet_name(language))
        page = Page(_columns(tables, unit, [measure for measure, _ in asked], filled))
        words = Words("form", language)
        form = Writer(sheet, tables, unit, filled, page, periods, criteria, locked, words)
        sheet.widths(*page.columns.widths)
        sheet.raw.set_column(Column.CODE, Column.CODE, page.columns.widths[0], None, {"hidden": True})
        form.head(title)
        for kpi, measures in kpis:
            form.kpi(kpi, measures, scored=bool(scored_from))
        if scored_from:
            scores = page.scores, scored_from, filled, language
            ScoreRows(book, sheet, tables, unit, page, *scores).write()
        sheet.raw.freeze_panes(Row.HEAD + 1, Column.ITEM + 1)
        _print(form)
        sheet.lock()
        write_criteria(book, criteria, sheet.name, page.headings, language)
        _write_identity(book, identity_for(tables, unit), page)


def _columns(tables: LevelTables, unit: Unit, asked: Sequence[Measure], entries: Entries) -> Columns:
    """The columns, as wide as the numbers of this form: what was fixed, and what is or will be filled in."""
    bases = {(unit.code, base.code) for measure in asked if (base := baseline_of(tables, measure))}
    shown = [f"{tables.baselines[key].value:,.2f}" for key in bases if key in tables.baselines]
    amounts = ["99,999,999.00" for measure in asked if measure.kind is Kind.AMOUNT]
    sent = [f"{value:,.2f}" for value in entries.values() if isinstance(value, float)]
    return Columns(tables.round.months, width_for(shown), width_for([*shown, *amounts, *sent]))


def _by_kpi(
    periods: Sequence[LevelTables], unit: Unit, asked: Sequence[tuple[Measure, Node]]
) -> list[tuple[Node, list[Measure]]]:
    """The KPIs that apply to a unit in any of these periods, in their order, each with its items."""
    items: dict[str, list[Measure]] = {}
    nodes = {node.code: node for _, node in asked}
    for period in periods:
        for leaf in period.leaves:
            if leaf.code in nodes or period.scored_itself(leaf.code, unit):
                nodes.setdefault(leaf.code, leaf)
                items.setdefault(leaf.code, [])
    for measure, node in asked:
        items.setdefault(node.code, []).append(measure)
    return [(nodes[code], measures) for code, measures in items.items()]


def _print(form: Writer) -> None:
    page, sheet = form.page, form.sheet
    rows = sorted(page.headings.values())
    blocks = list(zip(rows, [*(row - 1 for row in rows[1:]), page.last], strict=True)) if rows else []
    head = (Row.DUE, Row.HEAD)
    plan = print_of(page.columns.widths[1:], Column.ITEM, sheet.heights, head, blocks)
    sheet.page(top=head[0], bottom=head[-1], last=(page.last, page.columns.last + plan.blank))
    sheet.raw.fit_to_pages(plan.across, 0)
    sheet.raw.set_h_pagebreaks(list(plan.down))
    if plan.across > 1:
        sheet.raw.repeat_columns(Column.NUMBER, Column.ITEM)


def _write_identity(book: Book, identity: Identity, page: Page) -> None:
    sheet = book.sheet(IDENTITY_SHEET)
    pairs = [
        ("unit", identity.unit),
        ("round", identity.round),
        ("digest", identity.digest),
        ("form", identity.form),
        *(("once", code) for code in page.items if code in page.once),
    ]
    for row, pair in enumerate(pairs):
        sheet.put_row(row, 0, pair, "text")
    sheet.raw.hide()


def form_folder(tables: LevelTables, unit: Unit) -> str:
    """The name of the folder in which a unit's form lies with those of the units directly below it; empty
    where it has neither such units nor one above with a form of its own.
    """
    below = {part.code for part in tables.tree.parts.get(unit.code, ())}
    whose = unit.code if below & tables.senders_ever else unit.parent
    return form_name(tables.unit[whose]).removesuffix(".xlsx") if whose in tables.senders_ever else ""


def form_name(unit: Unit) -> str:
    """The file name of a unit's form."""
    return file_name(f"{unit.code} {unit.name}")
