"""What people see of a standard form's scores: on top the total, below each KPI's heading its level so far,
its part of the total, the level that the unit claims and what is missing to the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kpibatch.base.addresses import address
from kpibatch.base.kinds import Kind
from kpibatch.books.look import lines_of, tall_of, width_of
from kpibatch.books.reckon import Reckoner, Where
from kpibatch.books.write import Book, Content, Formula, Sheet
from kpibatch.forms.asked import months_asked
from kpibatch.forms.layout import CLAIM, KPI_MARK
from kpibatch.forms.page.columns import Column, Page, Row
from kpibatch.forms.page.entry import as_typed
from kpibatch.forms.scored.marks import SHEET, Ground
from kpibatch.forms.scored.sheet import ScoreSheet, score_sheet
from kpibatch.rules.formulas.tree import TOTAL_DECIMALS
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Unit

Entries = Mapping[tuple[str, str], Content]
_STEP = 30  # letters of a step besides its measure's name
_MOST_LINES = 4
_LONGEST_TOTAL = 100  # letters of a total with its rating, and that it is provisional
CLAIM_LABEL, CLAIM_COLUMN = Column.HOW, Column.BASE_NAME


@dataclass(frozen=True)
class ScoreRows:
    """The scores of a form that is being written; ``rows`` are those kept for each KPI, ``first_day`` is the
    first day that the form can speak of.
    """

    book: Book
    sheet: Sheet
    tables: LevelTables
    unit: Unit
    page: Page
    rows: Mapping[str, int]
    first_day: date
    entries: Entries
    language: str

    def write(self) -> None:
        """The rows, and the hidden sheet that they show."""
        scores = score_sheet(self._ground())
        reckoner = scores.reckoner(self._filled())
        self._top(scores, reckoner)
        for kpi, row in self.rows.items():
            self._row(kpi, row, scores, reckoner)
        for measure in map(self.tables.measures.__getitem__, self.page.items):
            self._red(measure)
        hidden = self.book.sheet(SHEET)
        hidden.put_all(scores.contents(reckoner), num_format=_PLAIN)
        hidden.raw.hide()
        hidden.raw.protect("")

    def _ground(self) -> Ground:
        months, page = self.page.columns.months, self.page
        spots = {}
        for code in page.items:
            asked = months_asked(self.tables, self.unit, code)
            for month in asked if code not in page.once else ("",):
                row, column = page.cell(code, month or months[0])
                spots[code, month] = (self.sheet.name, row, column)
        pick = (self.sheet.name, Row.UNIT.value, page.columns.texts - 1) if len(months) > 1 else None
        first = self.first_day.toordinal()
        return Ground(self.tables, self.unit, months, spots, first, self.language, pick)

    def _filled(self) -> dict[Where, float | str]:
        """What stands in the form's cells."""
        filled: dict[Where, float | str] = {}
        for (code, month), content in sorted(self.entries.items()):
            if code in self.page.items and month in self.page.columns.months and content is not None:
                typed = as_typed(content, self.language)
                assert isinstance(typed, float | int | str)
                filled[self.sheet.name, *self.page.cell(code, month)] = typed
        return filled

    def _top(self, scores: ScoreSheet, reckoner: Reckoner) -> None:
        """The total beside the title, and below it the month up to which it is reckoned."""
        (row, first, last), say = self.page.on_top, scores.ground.say
        total = f'IF(ISNUMBER({scores.total}),": "&{_four(scores.total)}&" ","")'
        formula = f"{scores.month}&{total}&{scores.remarks}"
        content = Formula(formula, _text(reckoner, formula))
        self.sheet.merge_formula(row, first, last, content, "section", "bold", "wrap", valign="vcenter")
        across = sum(self.page.columns.widths[first : last + 1])
        lines = lines_of("ก" * _LONGEST_TOTAL, across, bold=True)
        self.sheet.tall(row, max(self.sheet.heights.get(row, 0.0), tall_of(lines)))
        self.sheet.note(row, first, say("self"))
        if scores.ground.pick:
            _, at, column = scores.ground.pick
            if column > first:
                self.sheet.merge(at, first, column - 1, say("pick"), "right", "quiet", shrink=True)
            self.sheet.put(at, column, None, "cell", "input", "centre", "text")
            names = [scores.month_name(month) for month in scores.ground.months]
            words = {"input_title": say("pick-title"), "input_message": say("pick-ask")}
            self.sheet.validate((at, column), (at, column), {"validate": "list", "source": names, **words})

    def _row(self, kpi: str, row: int, scores: ScoreSheet, reckoner: Reckoner) -> None:
        sheet, say, last = self.sheet, scores.ground.say, self.page.columns.last
        top = len(self.tables.scores_of(kpi)) if kpi in self.tables.node else self.tables.level_count
        said, missing, weighted = (each(kpi) for each in (scores.said, scores.missing, scores.weighted))
        sheet.put(row, Column.CODE, KPI_MARK + kpi, "code")
        level = Formula(said, _text(reckoner, said))
        sheet.merge_formula(row, Column.NUMBER, Column.ITEM, level, *_LOOK, "bold", valign="vcenter")
        part = Formula(weighted, reckoner.result(weighted, SHEET))  # type: ignore[arg-type]
        sheet.put(row, Column.COUNT, part, *_LOOK, "centre", num_format=f'"{say("part")} "0.00')
        sheet.put(row, CLAIM_LABEL, say("claim"), *_LOOK, "right", "quiet", valign="vcenter", shrink=True)
        claimed = self.entries.get((kpi, CLAIM))
        sheet.put(row, CLAIM_COLUMN, claimed, "cell", "input", "centre", "level")
        levels = [str(level) for level in range(top + 1)]
        words = {"input_title": say("claim"), "input_message": say("claim-ask", top=top)}
        sheet.validate(
            (row, CLAIM_COLUMN), (row, CLAIM_COLUMN), {"validate": "list", "source": levels, **words}
        )
        lacks = Formula(missing, _text(reckoner, missing))
        sheet.merge_formula(row, Column.BASE, last, lacks, *_LOOK, "wrap", valign="vcenter")
        sheet.height(row, self._lines(kpi))
        here = (row, Column.NUMBER.value)
        full = say("level", level=str(top), top=str(top))
        for rule in (
            {"type": "text", "criteria": "containing", "value": say("provisional"), "format": "fair"},
            {"type": "cell", "criteria": "==", "value": f'"{full}"', "format": "good"},
        ):
            form = self.book.style(*_LOOK, "bold", rule["format"])
            sheet.colour(here, (row, Column.ITEM), rule | {"format": form})

    def _lines(self, kpi: str) -> int:
        """How many lines the steps of a KPI may take."""
        rules = self.tables.rules_of(kpi)
        letters = sum(width_of(self.tables.measures[rule.measure].label) + _STEP for rule in rules)
        room = sum(self.page.columns.widths[Column.BASE : self.page.columns.last + 1])
        return max(1, min(round(letters / room + 0.3), _MOST_LINES))

    def _red(self, measure: Measure) -> None:
        """Cells whose content a formula can't read, or that can't be so."""
        row, columns = self.page.items[measure.code], self.page.columns
        here = address(row, Column.FIRST_MONTH)
        tests = {Kind.YES_NO: f'AND({here}<>"ใช่",{here}<>"ไม่ใช่",{here}<>"yes",{here}<>"no")'}
        least = 0.0 if measure.minimum is None else measure.minimum
        wrong = [f"NOT(ISNUMBER({here}))", f"{here}<{least:.15g}"]
        wrong += [] if measure.maximum is None else [f"{here}>{measure.maximum:.15g}"]
        test = tests.get(measure.kind, f"OR({','.join(wrong)})")
        if measure.kind is not Kind.DATE:
            look = {"type": "formula", "criteria": f"=AND(NOT(ISBLANK({here})),{test})"}
            form = self.book.style("cell", "poor")
            last = (row, columns.texts - 1)
            self.sheet.colour((row, Column.FIRST_MONTH), last, look | {"format": form})


_PLAIN = "0.#########"  # else a program shows what it takes for a day as one
_LOOK = ("cell", "told")


def _four(total: str) -> str:
    """A total as the ranking shows it."""
    return f'TEXT({total},"0.{"0" * TOTAL_DECIMALS}")'


def _text(reckoner: Reckoner, formula: str) -> str:
    result = reckoner.result(formula, SHEET)
    return result if isinstance(result, str) else ""
