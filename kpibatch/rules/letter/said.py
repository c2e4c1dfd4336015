"""What the tables say in figures, by KPI and level, and which figures their notes name.

In: ``LevelTables``, the workbook they come from. Out: ``Said`` for each node, ``Common`` for the round. Notes
are หมายเหตุ of ระดับ, รอบประเมิน, ผลประเมิน and ปฏิทิน, and อ้างอิง of ตัวชี้วัด.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from kpibatch.base.config import IntakeLimits
from kpibatch.base.findings import Place
from kpibatch.base.kinds import Kind as MeasureKind
from kpibatch.base.thai import show_date, show_number
from kpibatch.books.read import as_text, read_book
from kpibatch.rules.letter.figures import PEOPLE, Figure, Kind, Role, figures_in
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Node, Rule
from kpibatch.rules.schema import CALENDAR, RATING, ROUND
from kpibatch.rules.sheets import in_a_child, read_sheets

# words by which a note says that a number is the office's own and stands in no letter
_OURS = re.compile(r"ตัวอย่าง|กำหนดเอง|ไม่มีในหนังสือ|(?:หนังสือ|รายการ|ข่าว|กรอบ|ประกาศ|บันทึก|คำสั่ง)ไม่")


@dataclass(frozen=True)
class Cell:
    """A figure of the tables: how its cell shows it, where it stands, what its row notes, what it counts."""

    figure: Figure
    place: Place
    shown: str
    remark: str = ""
    unit: str = ""

    def fits(self, figure: Figure) -> bool:
        """Whether a figure of the letter says the same of the same kind of thing; doubtful ones may."""
        if figure.role is Role.DOUBTFUL:
            return figure.value == self.figure.value
        if figure.kind is Kind.NUMBER and figure.noun and self.figure.kind is Kind.PERCENT:
            return False
        return figure.same(self.figure) and not (
            figure.kind is Kind.PERCENT and self.figure.kind is Kind.NUMBER and bool(self.unit)
        )

    def counts(self, figure: Figure) -> bool:
        """Whether a figure's noun, where it has one, is what the cell's measure counts."""
        nouns = {figure.noun, self.unit}
        return self.fits(figure) and (not all(nouns) or len(nouns) == 1 or nouns <= PEOPLE)


@dataclass(frozen=True)
class Said:
    """What the tables say of one node. ``levels``: the cells of each level; ``rows``: how often each case's
    cell is asked at a level; ``names``: figures in its name and its measures' labels.
    """

    node: Node
    weight: Cell
    levels: Mapping[int, tuple[Cell, ...]]
    cases: tuple[Cell, ...]
    cases_at: Mapping[int, tuple[Cell, ...]]
    names: tuple[Cell, ...]
    notes: tuple[Figure, ...]
    ours: bool

    def noted(self, figure: Figure) -> bool:
        return any(figure.same(note) for note in self.notes)


@dataclass(frozen=True)
class Common:
    """What the tables say of the round as a whole; ``remarks`` are those of a sheet, by its name."""

    dates: frozenset[float]
    year: float
    months: frozenset[float]
    notes: tuple[Figure, ...]
    remarks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def ours(self, sheet: str) -> bool:
        return any(is_ours(remark) for remark in self.remarks.get(sheet, ()))


def is_ours(note: str) -> bool:
    """Whether a note says that a number is an example, or the office's own, or in no letter."""
    return _OURS.search(note) is not None


def said_of(tables: LevelTables, node: Node) -> Said:
    """The figures of one node."""
    rules = [rule for rule in tables.rules if rule.kpi == node.code]
    levels: dict[int, list[Cell]] = {}
    cases: dict[tuple[str, str], Cell] = {}
    cases_at: dict[int, list[Cell]] = {}
    for rule in rules:
        of_case = _case_cell(tables, rule)
        if of_case and rule.case:
            cases[rule.case.measure, of_case.shown] = of_case
        for level, cell in _level_cells(tables, rule):
            levels.setdefault(level, []).append(cell)
            if of_case:
                cases_at.setdefault(level, []).append(of_case)
    above = [node, *_above(tables, node)]
    notes = [rule.remark for rule in rules] + [each.reference for each in above]
    weight = Figure(Kind.PERCENT, node.weight, show_number(node.weight), 0)
    return Said(
        node=node,
        weight=Cell(weight, node.place, show_number(node.weight)),
        levels={level: tuple(each) for level, each in levels.items()},
        cases=tuple(cases.values()),
        cases_at={level: tuple(each) for level, each in cases_at.items()},
        names=tuple(_names(tables, node)),
        notes=tuple(noted_in(notes)),
        ours=any(map(is_ours, notes)),
    )


def noted_in(notes: Iterable[str]) -> Iterator[Figure]:
    """The figures that notes name, but for items and levels."""
    for note in notes:
        for figure in figures_in(note):
            if figure.role is not Role.ORDER:
                yield replace(figure, role=Role.RULE, noun="")


def _above(tables: LevelTables, node: Node) -> Iterator[Node]:
    while node := tables.node.get(node.parent):  # type: ignore[assignment]
        yield node


def _level_cells(tables: LevelTables, rule: Rule) -> Iterator[tuple[int, Cell]]:
    measure = tables.measures[rule.measure]
    for level, (typed, edge, place) in enumerate(zip(rule.typed, rule.edges, rule.places, strict=True), 1):
        if edge is None or edge.family == "yes_no":
            continue
        if edge.family == "date":
            day = Figure(Kind.DATE, edge.high, typed, 0)
            yield level, Cell(day, place, edge.text(), rule.remark)
            continue
        for figure in _numbers(typed, measure):
            yield level, Cell(figure, place, typed, rule.remark, measure.counting_unit)


def _case_cell(tables: LevelTables, rule: Rule) -> Cell | None:
    if rule.case is None or rule.case.condition.family != "number":
        return None
    measure, condition = tables.measures[rule.case.measure], rule.case.condition
    number = Figure(_kind_of(measure), condition.threshold, show_number(condition.threshold), 0)
    return Cell(number, rule.places[0], condition.text(), rule.remark, measure.counting_unit)


def _numbers(typed: str, measure: Measure) -> Iterator[Figure]:
    for figure in figures_in(typed):
        yield replace(figure, kind=_kind_of(measure), role=Role.RULE, noun="")


def _kind_of(measure: Measure) -> Kind:
    return Kind.PERCENT if measure.kind is MeasureKind.PERCENT else Kind.NUMBER


def _names(tables: LevelTables, node: Node) -> Iterator[Cell]:
    """The figures in a node's name, scope and reference, and in its measures' labels."""
    for figure in noted_in([node.name]):
        yield Cell(figure, node.place, node.name)
    for measure in tables.measures_of(node.code):
        for figure in noted_in([measure.label]):
            yield Cell(figure, measure.place, measure.label)


def common_of(tables: LevelTables, remarks: Mapping[str, tuple[str, ...]]) -> Common:
    """The round's own figures, those of what the letter is called, and those that notes name."""
    this = tables.round
    sections = [node for node in tables.nodes if not node.parent]
    texts = [this.reference, *(node.reference for node in sections), *(node.name for node in sections)]
    texts += [remark for sheet in remarks.values() for remark in sheet]
    days = (this.start, this.end, *tables.calendar.values())
    return Common(
        dates=frozenset(float(day.toordinal()) for day in days),
        year=float(this.fiscal_year) if this.fiscal_year.isdigit() else float("nan"),
        months=frozenset(float(month.replace("-", "")) for month in tables.round.months),
        notes=tuple(noted_in(texts)),
        remarks=remarks,
    )


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


def shown(figure: Figure) -> str:
    """A figure of the tables as its reader would write it."""
    if figure.kind is Kind.DATE:
        return show_date(date.fromordinal(int(figure.value)))
    return show_number(figure.value)
