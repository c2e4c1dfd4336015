"""What the tables say of the round as a whole: its days and months, how many levels and KPIs there are, the
rating bands, and the figures that the notes of its sheets name.

In: ``LevelTables``, the workbook they come from. Out: ``Common``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kpibatch.base.config import IntakeLimits
from kpibatch.base.findings import Place
from kpibatch.base.thai import show_date, show_month, show_number
from kpibatch.books.read import as_text, read_book
from kpibatch.rules.letter.figures import Figure, Kind, Role
from kpibatch.rules.letter.said import Cell, is_ours, noted_in
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL
from kpibatch.rules.schema import CALENDAR, NODES, RATING, ROUND
from kpibatch.rules.sheets import in_a_child, read_sheets

DIMENSIONS = "มิติ"
_COUNTED = ("ตัวชี้วัด", DIMENSIONS)
_RANGE = re.compile(r"[0-9๐-๙]\s*[-–]\s*$")
_PARTS = ("ทีม", "บุคคล")
LEVELS, SCORES = "ระดับ", "คะแนน"


@dataclass(frozen=True)
class Common:
    """Cells by what they say: ``days`` of the round and the calendar, its ``months`` and ``year``, the
    rating's ``bands``, how many ``levels`` there are and their ``scores``, how many KPIs (``counts``, each
    with the name of what they are under), what the weights sum to (``total``), those of what KPIs are under
    (``sections``). ``remarks`` are those of a sheet, by its name; ``notes`` name figures.
    """

    days: tuple[Cell, ...]
    months: tuple[Cell, ...]
    year: Cell
    bands: tuple[Cell, ...]
    levels: Cell
    scores: tuple[Cell, ...]
    counts: tuple[tuple[str, Cell], ...]
    total: Cell
    sections: tuple[Cell, ...]
    notes: tuple[Cell, ...]
    remarks: Mapping[str, tuple[str, ...]]

    def ours(self, sheet: str) -> bool:
        """Whether a note of the sheet says that its numbers are in no letter."""
        return any(is_ours(remark) for remark in self.remarks.get(sheet, ()))

    def in_a_kpi(self, figure: Figure) -> Cell | None:
        """The cell that accounts for a figure wherever it stands, if one does."""
        return _first(self._anywhere(figure), figure)

    def outside(self, figure: Figure, text: str) -> Cell | None:
        """The cell that accounts for a figure which stands in no KPI, in such a text."""
        cells = (*self._anywhere(figure), *self._outside(figure, text))
        if figure.noun == SCORES and _RANGE.search(text[: figure.start]):
            cells = cells[-1:]  # 1-5 คะแนน
        return _first(cells, figure)

    def like(self, figure: Figure, text: str = "") -> tuple[Cell, ...]:
        """What a figure may be a slip of: the cells of its kind, then what notes name."""
        year = (self.year,) if figure.kind is Kind.NUMBER and not figure.noun else ()
        outside = self._outside(figure, text) if text else ()
        return (*self._anywhere(figure), *year, *outside, *self.notes)

    def _anywhere(self, figure: Figure) -> tuple[Cell, ...]:
        if figure.kind in (Kind.DATE, Kind.DAY):
            return self.days
        if figure.kind is Kind.MONTH:
            return self.months
        if figure.kind is Kind.YEAR:
            return (self.year,)
        if figure.noun == LEVELS:
            return (self.levels,)
        return self.scores if figure.noun == SCORES else ()

    def _outside(self, figure: Figure, text: str) -> tuple[Cell, ...]:
        if figure.kind is Kind.PERCENT:
            return (self.total, *self.sections, *self.bands)
        if text.strip() == figure.text:  # a weight in a cell of its own
            return (*self.sections, self.total)
        if figure.noun not in _COUNTED:
            return ()
        named = [cell for name, cell in self.counts if any(word in text and word in name for word in _PARTS)]
        if figure.noun == DIMENSIONS or not named:
            named = [cell for _, cell in self.counts]
        return tuple(named[:1] if figure.noun == DIMENSIONS else named)


def _first(cells: tuple[Cell, ...], figure: Figure) -> Cell | None:
    return next((cell for cell in cells if figure.same(cell.figure)), None)


def common_of(tables: LevelTables, remarks: Mapping[str, tuple[str, ...]]) -> Common:
    """The round's own figures, those of what the letter is called, and those that notes name."""
    this, sheet = tables.round, Place(tables.file, ROUND.sheet)
    sections = [node for node in tables.nodes if not node.parent]
    calendar = Place(tables.file, CALENDAR.sheet)
    days = [(day, sheet) for day in (this.start, this.end)]
    days += [(day, calendar) for day in tables.calendar.values()]
    year = float(this.fiscal_year) if this.fiscal_year.isdigit() else float("nan")
    return Common(
        days=tuple(_cell(Kind.DATE, float(day.toordinal()), show_date(day), at) for day, at in days),
        months=tuple(
            _cell(Kind.MONTH, float(month.replace("-", "")), show_month(month), sheet)
            for month in this.months
        ),
        year=_cell(Kind.YEAR, year, this.fiscal_year, sheet),
        bands=tuple(
            _number(Kind.PERCENT, band, Place(tables.file, RATING.sheet))
            for band, _ in tables.rating_typed
            if band
        ),
        levels=_number(Kind.NUMBER, tables.level_count, sheet),
        scores=tuple(_number(Kind.NUMBER, each, sheet) for each in tables.scores),
        counts=tuple(_counts(tables)),
        total=_number(Kind.PERCENT, sum(node.weight for node in tables.children(TOTAL)), sections[0].place),
        sections=tuple(
            _number(Kind.PERCENT, node.weight, node.place)
            for node in tables.children(TOTAL)
            if tables.children(node.code)
        ),
        notes=(
            *noted_in(((this.reference, sheet),)),
            *noted_in((text, node.place) for node in sections for text in (node.reference, node.name)),
            *noted_in((text, Place(tables.file, at)) for at, texts in remarks.items() for text in texts),
        ),
        remarks=remarks,
    )


def _counts(tables: LevelTables) -> Iterator[tuple[str, Cell]]:
    """How many KPIs are under each that has some, by its name; under none, and all that are scored."""
    place = Place(tables.file, NODES.sheet)
    for code in sorted({node.parent for node in tables.nodes}):
        name = tables.node[code].name if code else ""
        yield name, _number(Kind.NUMBER, len(tables.children(code or TOTAL)), place)
    yield "", _number(Kind.NUMBER, len(tables.leaves), place)


def _number(kind: Kind, value: float, place: Place) -> Cell:
    return _cell(kind, float(value), show_number(value), place)


def _cell(kind: Kind, value: float, shown: str, place: Place) -> Cell:
    return Cell(Figure(kind, value, shown, 0, Role.RULE), place, shown)


def remarks_in(path: Path, limits: IntakeLimits) -> dict[str, tuple[str, ...]]:
    """หมายเหตุ of the sheets whose records keep none, by the sheet's name."""
    return in_a_child(limits, _remarks, path)


def _remarks(path: Path) -> dict[str, tuple[str, ...]]:
    sheets = read_sheets(path.name, read_book(path))
    columns = {ROUND.sheet: ROUND.remark, RATING.sheet: RATING.remark, CALENDAR.sheet: CALENDAR.remark}
    return {
        name: tuple(as_text(row.value(column)) for row in sheets[name].rows if not row.blank(column))
        for name, column in columns.items()
    }
