"""What the tables say in figures of one KPI, by level, and which figures its notes name.

In: ``LevelTables``. Out: ``Said`` for each node. Notes are หมายเหตุ of ระดับ and อ้างอิง of ตัวชี้วัด.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from kpibatch.base.findings import Place
from kpibatch.base.kinds import Kind as MeasureKind
from kpibatch.base.thai import arabic, show_date, show_number
from kpibatch.rules.letter.figures import PEOPLE, Figure, Kind, Role, figures_in
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Node, Rule

_LEVELS = re.compile(r"ระดับ\s*(?P<first>[1-9])(?:\s*(?:ถึง|และ|-|–)\s*(?P<last>[1-9]))?(?![0-9])")
_LISTED, _ON_DAY = re.compile(r"\s*(?:,|และ|หรือ|ถึง|-|–)\s*"), re.compile(r"วันที่\s*$")
_AROUND = 32  # letters of context on each side
# words by which a note says that a number is the office's own and stands in no letter
_OURS = re.compile(r"ตัวอย่าง|กำหนดเอง|ไม่มีในหนังสือ|(?:หนังสือ|รายการ|ข่าว|กรอบ|ประกาศ|บันทึก|คำสั่ง)ไม่")


@dataclass(frozen=True)
class Cell:
    """A figure of the tables: how its cell shows it, where it stands, what its row notes, what it counts; of
    a note, the levels that it is about, if it says so.
    """

    figure: Figure
    place: Place
    shown: str
    remark: str = ""
    unit: str = ""
    levels: frozenset[int] = frozenset()

    def fits(self, figure: Figure) -> bool:
        """Whether a figure of the letter says the same of the same kind of thing; doubtful ones may."""
        if figure.role is Role.DOUBTFUL:
            return figure.value == self.figure.value
        return self._of_a_kind(figure) and figure.same(self.figure)

    def counts(self, figure: Figure) -> bool:
        """Whether a figure's noun, where it has one, is what the cell's measure counts."""
        return self.fits(figure) and _agree(figure.noun, self.unit)

    def may_count(self, figure: Figure) -> bool:
        """Whether a figure, whatever its number, may be of what the cell counts, or a note names."""
        nouns = self.unit or self.figure.noun
        return self._of_a_kind(figure) and (self.figure.kind is Kind.PERCENT or _agree(figure.noun, nouns))

    def _of_a_kind(self, figure: Figure) -> bool:
        """A number of things is no percent, a percent no number of things."""
        if figure.kind is Kind.NUMBER and self.figure.kind is Kind.PERCENT:
            return not figure.noun
        return not (figure.kind is Kind.PERCENT and self.figure.kind is Kind.NUMBER and bool(self.unit))

    def says_less(self, figure: Figure) -> bool:
        """Whether a note names a day without the year that the figure has."""
        return self.figure.kind is Kind.DAY and figure.kind is Kind.DATE

    def names(self, figure: Figure) -> bool:
        """Whether a note names a figure: the same number, of the same things where both say of which."""
        of_things = any((figure.noun, self.figure.noun)) and (
            {figure.kind, self.figure.kind} == {Kind.NUMBER, Kind.PERCENT}
        )
        if of_things or self.says_less(figure):
            return False
        return self.figure.same(figure) and _agree(figure.noun, self.figure.noun)


def _agree(one: str, other: str) -> bool:
    """Whether two nouns, where there are both, mean the same."""
    return not (one and other) or one == other or {one, other} <= PEOPLE


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
    notes: tuple[Cell, ...]
    ours: bool

    def noted(self, figure: Figure, level: int) -> Cell | None:
        """The note that names the figure at that level."""
        return next((note for note in self.notes_at(level) if note.names(figure)), None)

    def notes_at(self, level: int) -> Iterator[Cell]:
        """What the notes name for a level: those about no level in particular, and about this one."""
        return (note for note in self.notes if not note.levels or level in note.levels)


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
    notes = [(rule.remark, rule.places[0]) for rule in rules]
    notes += [(each.reference, each.place) for each in (node, *_above(tables, node))]
    weight = Figure(Kind.PERCENT, node.weight, show_number(node.weight), 0)
    return Said(
        node=node,
        weight=Cell(weight, node.place, show_number(node.weight)),
        levels={level: tuple(each) for level, each in levels.items()},
        cases=tuple(cases.values()),
        cases_at={level: tuple(each) for level, each in cases_at.items()},
        names=tuple(_names(tables, node)),
        notes=tuple(noted_in(notes)),
        ours=any(is_ours(note) for note, _ in notes),
    )


def noted_in(notes: Iterable[tuple[str, Place]]) -> Iterator[Cell]:
    """The figures that notes name, but for items and levels; a note comes with its place."""
    for note, place in notes:
        noun, begins = "", 0
        for figure in reversed(figures_in(note)):
            listed = _LISTED.fullmatch(note[figure.end : begins])
            noun, begins = figure.noun or (noun if listed else ""), figure.start
            of_a_month = figure.kind is Kind.NUMBER and _ON_DAY.search(note[: figure.start])
            if figure.role is not Role.ORDER and not of_a_month:
                named = replace(figure, role=Role.RULE, noun=noun)
                yield Cell(named, place, cut_around(note, figure), levels=_levels_before(note, figure))


def _levels_before(note: str, figure: Figure) -> frozenset[int]:
    """The levels that a note names last before a figure, in the same clause: ระดับ 2 ถึง 5 พิมพ์ปี 2565."""
    clause = re.split("[;(]", arabic(note[: figure.start]))[-1]
    named = list(_LEVELS.finditer(clause))
    if not named:
        return frozenset()
    first, last = int(named[-1]["first"]), int(named[-1]["last"] or named[-1]["first"])
    return frozenset(range(first, last + 1))


def cut_around(text: str, figure: Figure) -> str:
    """The words around a figure, for whoever looks for it."""
    begin, end = max(0, figure.start - _AROUND), figure.end + _AROUND
    cut = " ".join(text[begin:end].split())
    return f"{'…' * (begin > 0)}{cut}{'…' * (end < len(text))}"


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
    """The figures in a node's name and in its measures' labels."""
    labels = [(measure.label, measure.place) for measure in tables.measures_of(node.code)]
    yield from noted_in([(node.name, node.place), *labels])


def shown(figure: Figure) -> str:
    """A figure of the tables as its reader would write it."""
    if figure.kind is Kind.DATE:
        return show_date(date.fromordinal(int(figure.value)))
    return show_number(figure.value)
