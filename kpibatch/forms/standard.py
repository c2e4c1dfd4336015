"""Level tables → the standard form of each unit.

People see each KPI with its weight and the way to its levels; below it the items, how each is filled in, what
it is held against, the months with their due days and three columns of text. A day that is done once has one
cell. The reader sees column A (measure codes, hidden), one hidden row (month keys) and a hidden sheet; it
finds them by what they hold, so inserted rows or columns, or a renamed sheet, do not shift data.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kpibatch.base.addresses import excel_day
from kpibatch.base.catalogue import Words, say
from kpibatch.base.files import file_name
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import show_date, show_month
from kpibatch.books.look import lines_of
from kpibatch.books.write import Book, Content, Sheet
from kpibatch.forms.asked import asked_over, baseline_of, months_asked
from kpibatch.forms.layout import (
    BASELINE,
    IDENTITY_SHEET,
    ITEM,
    KPI_MARK,
    NUMBER,
    TEXT_COLUMNS,
    UNIT_OF_COUNT,
    Identity,
    heading,
    identity_for,
    sheet_name,
)
from kpibatch.forms.names import heading_of
from kpibatch.forms.page.columns import TEXT_WIDTHS, WIDTHS, Column, Columns, Page, Row, last_month, width_for
from kpibatch.forms.page.entry import as_typed, input_style, is_milestone, number_style, validation_of
from kpibatch.forms.page.words import held_against, how_in_words, points_off_in_words, weights_in_words
from kpibatch.forms.scored.rows import ScoreRows
from kpibatch.rules.levels import LevelTables, applies
from kpibatch.rules.paper.words import template_in_words
from kpibatch.rules.records import Measure, Node, Unit

_LOCKED = "#F1F3F5"
_SMALL = 14
Entries = Mapping[tuple[str, str], Content]


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
    title = say("form.title", language, round=tables.round.number, year=tables.round.fiscal_year)
    with Book(path, title=f"{title} {unit.name}", language=language, day=tables.round.start) as book:
        sheet = book.sheet(sheet_name(language))
        months = ahead or tables.round.months
        asked = asked_over(tables, unit, months)
        periods = [*{period.since: period for period in map(tables.for_month, months)}.values()]
        columns = _columns(tables, unit, [measure for measure, _ in asked], entries or {})
        say_ = Words("form", language)
        page = Page(columns)
        form = _Form(sheet, tables, unit, entries or {}, language, locked, page, periods, say_)
        sheet.widths(*columns.widths)
        sheet.raw.set_column(Column.CODE, Column.CODE, columns.widths[0], None, {"hidden": True})
        form.head(title)
        for kpi, measures in _by_kpi(periods, unit, asked):
            form.kpi(kpi, measures, scored=bool(scored_from))
        if scored_from:
            scores = page.scores, scored_from, entries or {}, language
            ScoreRows(book, sheet, tables, unit, page, *scores).write()
        sheet.raw.freeze_panes(Row.HEAD + 1, Column.ITEM + 1)
        sheet.page(top=Row.HEAD, last=(form.page.last, columns.last))
        sheet.lock()
        _write_identity(book, identity_for(tables, unit), form.page)


def _columns(tables: LevelTables, unit: Unit, asked: Sequence[Measure], entries: Entries) -> Columns:
    """The columns, as wide as the numbers of this form: what was fixed, and what is or will be filled in."""
    fixed = [_base(tables, unit, measure)[0] for measure in asked]
    shown = [f"{value:,.2f}" for value in fixed if isinstance(value, float)]
    amounts = ["99,999,999.00" for measure in asked if measure.kind is Kind.AMOUNT]
    sent = [f"{value:,.2f}" for value in entries.values() if isinstance(value, float)]
    return Columns(tables.round.months, width_for(shown), width_for([*shown, *amounts, *sent]))


def _by_kpi(
    periods: Sequence[LevelTables], unit: Unit, asked: Sequence[tuple[Measure, Node]]
) -> Iterator[tuple[Node, list[Measure]]]:
    """The KPIs that apply to a unit in any of these periods, in their order, each with its items."""
    items: dict[str, list[Measure]] = {}
    nodes = {node.code: node for _, node in asked}
    for period in periods:
        for leaf in period.leaves:
            if leaf.code in nodes or applies(period, leaf.code, unit):
                nodes.setdefault(leaf.code, leaf)
                items.setdefault(leaf.code, [])
    for measure, node in asked:
        items.setdefault(node.code, []).append(measure)
    return ((nodes[code], measures) for code, measures in items.items())


def _base(tables: LevelTables, unit: Unit, measure: Measure) -> tuple[float | None, Kind]:
    """What the province fixed of what an item is held against, and of which kind it is."""
    base = baseline_of(tables, measure)
    known = tables.baselines.get((unit.code, base.code)) if base else None
    return known.value if known else None, base.kind if base else Kind.NUMBER


@dataclass
class _Form:
    """A form being written, from the top; ``page`` is what was put where."""

    sheet: Sheet
    tables: LevelTables
    unit: Unit
    entries: Entries
    language: str
    locked: bool
    page: Page
    periods: Sequence[LevelTables]
    say: Words

    def head(self, title: str) -> None:
        sheet, columns = self.sheet, self.page.columns
        sheet.put(Row.TITLE, Column.NUMBER, title, "title")
        sheet.put(Row.UNIT, Column.NUMBER, heading_of(self.tables, self.unit), "bold")
        sheet.put(Row.GUIDE, Column.NUMBER, self.say("guide"), "subtitle")
        sheet.raw.set_row(Row.TITLE, 30)
        self._legend()
        self._due()
        texts = [heading(name, self.language) for name in TEXT_COLUMNS]
        months = [show_month(month, self.language, short=True) for month in columns.months]
        first = [heading(name, self.language) for name in (NUMBER, ITEM, UNIT_OF_COUNT)]
        fixed = [self.say("how"), self.say("base-name"), heading(BASELINE, self.language)]
        sheet.put(Row.HEAD, Column.CODE, self.say("code"), "head")
        sheet.put_row(Row.HEAD, Column.NUMBER, [*first, *fixed, *months, *texts], "head")
        sheet.height(Row.HEAD, 1)
        sheet.height(Row.MONTHS, 1, hidden=True)
        sheet.put_row(Row.MONTHS, Column.FIRST_MONTH, columns.months, "text")

    def _legend(self) -> None:
        first, row = self.page.columns.texts, Row.UNIT
        self.sheet.put(row, first, self.say("legend-fill"), "cell", "input", "centre", locked=True)
        if self.locked:
            self.sheet.put(row, first + 1, self.say("legend-sent"), "cell", "centre")
        self.sheet.put(
            row, first + 1 + self.locked, self.say("legend-not-asked"), "cell", "centre", bg_color=_LOCKED
        )

    def _due(self) -> None:
        """Who reports, and by when each month."""
        sheet, row = self.sheet, Row.DUE
        sheet.merge(row, Column.NUMBER, Column.ITEM, self.say("reporter"), "right", valign="vcenter")
        sheet.merge(row, Column.COUNT, Column.BASE_NAME, "", "cell", "input", "text", "wrap")
        sheet.put(row, Column.BASE, self.say("due-row"), "right")
        for column, month in enumerate(self.page.columns.months, Column.FIRST_MONTH):
            due = self.tables.calendar.get(month)
            words = self.say("due-by", day=show_date(due, self.language)) if due else ""
            sheet.put(row, column, words, "wrap", "centre", font_size=_SMALL, valign="vcenter")
        sheet.raw.set_row(row, 42)

    def kpi(self, node: Node, measures: Sequence[Measure], *, scored: bool = False) -> None:
        """A KPI's heading and its items, below what is there."""
        sheet, row = self.sheet, self.page.last + 1
        self.page.headings[node.code] = row
        name = f"{node.code}  {node.name}"
        sheet.put(row, Column.CODE, KPI_MARK + node.code, "code")
        sheet.merge(row, Column.NUMBER, Column.HOW, name, "section", "wrap", valign="vcenter")
        off = points_off_in_words(self.periods, node.code, self.language)
        if words := [*template_in_words(node, self.language), *off]:
            sheet.note(row, Column.NUMBER, "\n".join(words))
        weight = weights_in_words(self.periods, node.code, self.unit, self.language)
        free = self.page.columns.last - Column.BASE
        sheet.put_row(
            row, Column.BASE_NAME, [weight, None, *[None] * free], "section", "wrap", valign="vcenter"
        )
        lines = lines_of(name, sum(WIDTHS[Column.NUMBER : Column.BASE_NAME]))
        sheet.height(row, max(lines, lines_of(weight, WIDTHS[Column.BASE_NAME]), self._off(row, off)))
        self.page.last = row
        if scored:
            self.page.last = self.page.scores[node.code] = row + 1
        for number, measure in enumerate(measures, 1):
            self.item(number, measure)
        if not measures:
            self._nothing_asked()

    def _off(self, row: int, words: Collection[str]) -> int:
        """By what points are taken off, beside a KPI's weight; how many lines that takes."""
        columns, text = self.page.columns, "\n".join(words)
        if not words:
            return 1
        extra = {"font_size": _SMALL, "bold": False, "valign": "vcenter"}
        self.sheet.merge(row, Column.BASE, columns.last, text, "section", "wrap", **extra)
        return lines_of(text, sum(columns.widths[Column.BASE : columns.last + 1]))

    def _nothing_asked(self) -> None:
        row, last = self.page.last + 1, self.page.columns.last
        self.sheet.merge(row, Column.NUMBER, last, self.say("nothing-asked"), "cell", "quiet")
        self.page.last = row

    def item(self, number: int, measure: Measure) -> None:
        """An item, its cells filled in, below what is there."""
        sheet, row = self.sheet, self.page.last + 1
        self.page.items[measure.code], self.page.last = row, row
        how = how_in_words(measure, self.language)
        against = held_against(self.tables, measure, self.language)
        sheet.put(row, Column.CODE, measure.code, "code")
        sheet.put(row, Column.NUMBER, float(number), "cell", "whole", align="center")
        sheet.put(row, Column.ITEM, measure.label, "cell", "wrap", valign="vcenter")
        sheet.put(row, Column.COUNT, measure.counting_unit, "cell", "centre", "wrap", valign="vcenter")
        small = {"font_size": _SMALL, "valign": "vcenter"}
        sheet.put_row(row, Column.HOW, [how, against], "cell", "wrap", "quiet", **small)
        value, kind = _base(self.tables, self.unit, measure)
        if value is not None and kind is Kind.DATE:
            value = excel_day(value)
        sheet.put(
            row, Column.BASE, value, "cell", number_style(kind), bg_color=_LOCKED, shrink=value is not None
        )
        self._months(measure, row)
        texts = [self.entries.get((measure.code, name)) for name in TEXT_COLUMNS]
        sheet.put_row(row, self.page.columns.texts, texts, "cell", "wrap", "input")
        written = [(measure.label, WIDTHS[Column.ITEM]), (measure.counting_unit, WIDTHS[Column.COUNT])]
        written += [(how, WIDTHS[Column.HOW] * 1.15), (against, WIDTHS[Column.BASE_NAME] * 1.15)]
        written += [(str(text or ""), width) for text, width in zip(texts, TEXT_WIDTHS, strict=True)]
        sheet.height(row, max(lines_of(text, width) for text, width in written))

    def _months(self, measure: Measure, row: int) -> None:
        months = self.page.columns.months
        asked = months_asked(self.tables, self.unit, measure.code)
        first, last = Column.FIRST_MONTH, self.page.columns.texts - 1
        if is_milestone(measure):
            self.page.once.add(measure.code)
            held = last_month(self.entries, measure.code, months)
            styles = self._styles(measure, filled=bool(held))
            self.sheet.merge(row, first, last, "", *styles)
            self._fill(row, first, measure, self.entries.get((measure.code, held)), styles)
        else:
            for column, month in enumerate(months, first):
                content = self.entries.get((measure.code, month))
                if month in asked:
                    styles = self._styles(measure, filled=content is not None)
                    self._fill(row, column, measure, content, styles)
                else:
                    self.sheet.put(row, column, None, "cell", bg_color=_LOCKED)
        rule = validation_of(self.tables, measure, (row, first), self.language)
        self.sheet.validate((row, first), (row, last), rule)

    def _fill(self, row: int, column: int, measure: Measure, content: Content, styles: Sequence[str]) -> None:
        shrinks = measure.kind.family == "number"
        self.sheet.put(row, column, as_typed(content, self.language), *styles, shrink=shrinks)

    def _styles(self, measure: Measure, *, filled: bool) -> tuple[str, ...]:
        open_ = () if self.locked and filled else ("input",)
        return ("cell", *input_style(measure.kind), *open_)


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


def form_name(unit: Unit) -> str:
    """The file name of a unit's form."""
    return file_name(f"{unit.code} {unit.name}")
