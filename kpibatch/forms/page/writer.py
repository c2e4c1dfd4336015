"""The page written from the top: what stands above, then each KPI with its items."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kpibatch.base.addresses import address, excel_day, quoted
from kpibatch.base.catalogue import Words
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import show_date, show_month
from kpibatch.books.look import ROW, lines_of
from kpibatch.books.write import Sheet
from kpibatch.forms.asked import baseline_of, months_asked
from kpibatch.forms.layout import BASELINE, ITEM, KPI_MARK, NUMBER, TEXT_COLUMNS, UNIT_OF_COUNT, heading
from kpibatch.forms.names import heading_of
from kpibatch.forms.page.columns import TEXT_WIDTHS, WIDTHS, Column, Page, Row, last_month
from kpibatch.forms.page.criteria import Criteria, criteria_sheet
from kpibatch.forms.page.entry import (
    Entries,
    as_typed,
    input_style,
    is_milestone,
    number_style,
    validation_of,
)
from kpibatch.forms.page.words import (
    about_unit,
    held_against,
    how_in_words,
    points_off_in_words,
    weights_in_words,
)
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.words import template_in_words
from kpibatch.rules.records import Measure, Node, Source, Unit

LOCKED = "#F1F3F5"
_SMALL = 14  # points
_TITLE, _DUE = 30.0, 42.0


@dataclass
class Writer:
    """A form being written; ``page`` is what was put where.

    ``periods`` are the rules of the months ahead; ``locked`` says that months filled in stay as they are.
    """

    sheet: Sheet
    tables: LevelTables
    unit: Unit
    entries: Entries
    page: Page
    periods: Sequence[LevelTables]
    criteria: Mapping[str, Criteria]
    locked: bool
    say: Words

    @property
    def language(self) -> str:
        return self.say.language

    def head(self, title: str) -> None:
        """What stands above the first KPI."""
        sheet, columns = self.sheet, self.page.columns
        sheet.put(Row.TITLE, Column.NUMBER, title, "title")
        sheet.put(Row.UNIT, Column.NUMBER, heading_of(self.tables, self.unit), "bold")
        stays = self.locked and any(value is not None for value in self.entries.values())
        guide = [self.say("guide"), *([self.say("guide-sent")] if stays else [])]
        sheet.put(Row.GUIDE, Column.NUMBER, "   ".join(guide), "base")
        for row, points in ((Row.TITLE, _TITLE), (Row.UNIT, ROW), (Row.GUIDE, ROW), (Row.DUE, _DUE)):
            sheet.tall(row, points)
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
        first, row = self.page.columns.texts, Row.GUIDE
        self.sheet.put(row, first, self.say("legend-fill"), "cell", "input", "centre", locked=True)
        if self.locked:
            self.sheet.put(row, first + 1, self.say("legend-sent"), "cell", "centre")
        unasked = self.say("legend-not-asked")
        self.sheet.put(row, first + 1 + self.locked, unasked, "cell", "centre", bg_color=LOCKED)

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
        about, texts = about_unit(self.periods, self.unit, self.language), self.page.columns.texts
        small = {"font_size": _SMALL, "valign": "vcenter"}
        sheet.merge(row, texts, self.page.columns.last, about, "wrap", **small)

    def kpi(self, node: Node, measures: Sequence[Measure], *, scored: bool = False) -> None:
        """A KPI's heading, a row kept for what it has reached where it is ``scored``, and its items, below
        what is there.
        """
        sheet, row = self.sheet, self.page.last + 1
        self.page.headings[node.code] = row
        name = f"{node.code}  {node.name_for(self.unit.code)}"
        sheet.put(row, Column.CODE, KPI_MARK + node.code, "code")
        sheet.merge(row, Column.NUMBER, Column.HOW, name, "section", "wrap", valign="vcenter")
        off = points_off_in_words(self.periods, node.code, self.language)
        if words := [*template_in_words(node, self.language), *off]:
            sheet.note(row, Column.NUMBER, "\n".join(words))
        weight = weights_in_words(self.periods, node.code, self.unit, self.language)
        sheet.put(row, Column.BASE_NAME, weight, "section", "wrap", valign="vcenter")
        sheet.put(row, Column.BASE, None, "section")
        if node.code in self.criteria:
            there = f"{quoted(criteria_sheet(self.language))}!{address(self.criteria[node.code].row, 1)}"
            sheet.link(row, Column.BASE, there, self.say("criteria"), "section", "link", "centre")
        lines = lines_of(name, sum(WIDTHS[Column.NUMBER : Column.BASE_NAME]), bold=True)
        sheet.height(
            row, max(lines, lines_of(weight, WIDTHS[Column.BASE_NAME], bold=True), self._off(row, off))
        )
        self.page.last = row
        if scored:
            self.page.last = self.page.scores[node.code] = row + 1
        for number, measure in enumerate(measures, 1):
            self._item(number, measure)
        if not measures:
            self._nothing_asked(node)

    def _off(self, row: int, words: Collection[str]) -> int:
        """By what points are taken off, beside a KPI's weight; how many lines that takes."""
        columns, text = self.page.columns, "\n".join(words)
        extra = {"font_size": _SMALL, "bold": False, "valign": "vcenter"}
        self.sheet.merge(row, Column.FIRST_MONTH, columns.last, text, "section", "wrap", **extra)
        return lines_of(text, sum(columns.widths[Column.FIRST_MONTH : columns.last + 1]), _SMALL)

    def _nothing_asked(self, node: Node) -> None:
        """Who has the figures instead: the units below or the one above, else the province."""
        sheet = self.sheet
        row, last = self.page.last + 1, self.page.columns.last
        sources = {measure.source for measure in self.tables.measures_of(node.code)}
        others = (Source.UNIT_SCORE, "nothing-above"), (Source.PARTS, "nothing-parts")
        name = next((name for source, name in others if source in sources), "nothing-asked")
        sheet.merge(row, Column.NUMBER, last, self.say(name), "cell", "quiet")
        sheet.height(row, 1)
        self.page.last = row

    def _item(self, number: int, measure: Measure) -> None:
        """An item, its cells filled in, below what is there."""
        sheet, row = self.sheet, self.page.last + 1
        self.page.items[measure.code], self.page.last = row, row
        how = how_in_words(measure, self.language)
        against = held_against(self.tables, measure, self.language)
        middle = {"valign": "vcenter"}
        sheet.put(row, Column.CODE, measure.code, "code")
        sheet.put(row, Column.NUMBER, float(number), "cell", "whole", align="center")
        sheet.put(row, Column.ITEM, measure.label, "cell", "wrap", **middle)
        sheet.put(row, Column.COUNT, measure.counting_unit, "cell", "centre", "wrap", **middle)
        sheet.put_row(row, Column.HOW, [how, against], "cell", "wrap", "quiet", **middle)
        self._base(measure, row)
        self._months(measure, row)
        texts = [self.entries.get((measure.code, name)) for name in TEXT_COLUMNS]
        sheet.put_row(row, self.page.columns.texts, texts, "cell", "wrap", "input")
        written = [(measure.label, WIDTHS[Column.ITEM]), (measure.counting_unit, WIDTHS[Column.COUNT])]
        written += [(str(text or ""), width) for text, width in zip(texts, TEXT_WIDTHS, strict=True)]
        small = [(how, WIDTHS[Column.HOW]), (against, WIDTHS[Column.BASE_NAME])]
        lines = [lines_of(text, width, _SMALL) for text, width in small]
        sheet.height(row, max([*lines, *(lines_of(text, width) for text, width in written)]))

    def _base(self, measure: Measure, row: int) -> None:
        base = baseline_of(self.tables, measure)
        fixed = self.tables.baselines.get((self.unit.code, base.code)) if base else None
        kind = base.kind if base else Kind.NUMBER
        value = excel_day(fixed.value) if fixed and kind is Kind.DATE else fixed.value if fixed else None
        look = {"bg_color": LOCKED, "shrink": kind.family == "number"}
        self.sheet.put(row, Column.BASE, value, "cell", number_style(kind), **look)

    def _months(self, measure: Measure, row: int) -> None:
        months, first = self.page.columns.months, int(Column.FIRST_MONTH)
        asked, last = months_asked(self.tables, self.unit, measure.code), self.page.columns.texts - 1
        if is_milestone(measure):
            self.page.once.add(measure.code)
            held = last_month(self.entries, measure.code, months)
            self.sheet.merge(row, first, last, "", *self._styles(measure, bool(held)))
            if held:
                self._fill(row, first, measure, held)
        else:
            for column, month in enumerate(months, first):
                if month in asked:
                    self._fill(row, column, measure, month)
                else:
                    self.sheet.put(row, column, None, "cell", bg_color=LOCKED)
        rule = validation_of(self.tables, measure, (row, first), self.language)
        self.sheet.validate((row, first), (row, last), rule)

    def _fill(self, row: int, column: int, measure: Measure, month: str) -> None:
        content = as_typed(self.entries.get((measure.code, month)), self.language)
        shrinks = {"shrink": True} if measure.kind.family == "number" else {}
        self.sheet.put(row, column, content, *self._styles(measure, content is not None), **shrinks)

    def _styles(self, measure: Measure, filled: bool) -> tuple[str, ...]:
        return ("cell", *input_style(measure.kind), *(() if self.locked and filled else ("input",)))
