"""What a letter says of one KPI at one level, held against the cells of that level.

In: ``Stretch``, ``Said``. Out: ``Passage``; which cell is left without a figure, what accounts for a figure
that no cell is left for, whether a day or year that there is stands in the place of another.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kpibatch.base.thai import show_number
from kpibatch.rules.letter.figures import PEOPLE, Figure, Kind, Role, figures_in
from kpibatch.rules.letter.parts import Stretch
from kpibatch.rules.letter.said import Cell, Said, cut_around, is_ours, noted_in
from kpibatch.rules.letter.slips import one_slip

_BEFORE, _SENTENCE = 24, 80  # letters
_SAME = 0.6  # of what a name says


@dataclass(frozen=True)
class Seen:
    """A figure where it stands in the letter."""

    figure: Figure
    stretch: Stretch

    @property
    def context(self) -> str:
        """The words around it, for whoever looks for it."""
        return cut_around(self.stretch.text, self.figure)

    @property
    def before(self) -> str:
        """The words before it, by which another of the same sentence is known."""
        return re.sub(r"[\s.0-9๐-๙]", "", self.stretch.text[: self.figure.start])[-_BEFORE:]


def seen_in(stretches: Iterable[Stretch]) -> Iterator[Seen]:
    """Every figure of some stretches."""
    for stretch in stretches:
        for figure in figures_in(stretch.text):
            yield Seen(figure, stretch)


@dataclass(frozen=True)
class Passage:
    """What the letter says of one KPI at one level, and what the tables say of it."""

    said: Said
    level: int
    seen: tuple[Seen, ...]

    @property
    def figures(self) -> list[Figure]:
        return [each.figure for each in self.seen]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return self.said.levels.get(self.level, ())


def match(passage: Passage) -> tuple[list[Cell], list[tuple[Seen, Cell]]]:
    """The cells that the letter says less often than the tables, at this level, and the others, each with its
    figure: each value as often as it is printed, less what is printed of the cases.

    Source: design, section 1 (every number of the tables stands in the letter's passage).
    """
    free = [seen for seen in passage.seen if seen.figure.role in (Role.RULE, Role.DOUBTFUL)]
    excess, cases = _match_cases(passage, free)
    pairs, figures = list[tuple[Seen, Cell]](), [seen.figure for seen in free]
    for cell in sorted(passage.cells, key=lambda cell: excused(cell, passage.said, figures, passage.level)):
        found = next((seen for seen in free if cell.counts(seen.figure)), None)
        found = found or next((seen for seen in free if cell.fits(seen.figure)), None)
        if found is None:
            excess.append(cell)
        else:
            free.remove(found)
            pairs.append((found, cell))
    _swap_twins(passage, excess, pairs, free)
    # a doubtful one is told, whatever it may be meant to say
    return excess, [*cases, *(pair for pair in pairs if pair[0].figure.role is Role.RULE)]


def _match_cases(passage: Passage, free: list[Seen]) -> tuple[list[Cell], list[tuple[Seen, Cell]]]:
    """The cases' cells that the letter should say and does not, and the others, where it names as many cases
    at this level as there are, once a row; else it names them elsewhere.
    """
    cases = passage.said.cases_at.get(passage.level, ())
    nouns = {case.unit for case in cases}
    naming = [seen for seen in free if any(_of_a_case(case, seen.figure) for case in cases)]
    need, have = Counter(case.figure.value for case in cases), Counter(seen.figure.value for seen in naming)
    lacking = need - have
    if not nouns or len(naming) < len(cases) or lacking.total() > 1:
        return [], []
    excess, pairs = list[Cell](), list[tuple[Seen, Cell]]()
    for case in cases:
        named = next((seen for seen in naming if case.counts(seen.figure) and seen in free), None)
        if named is None:
            excess.append(case)
        else:
            pairs.append((named, case))
            free.remove(named)
    return excess, pairs


def _of_a_case(case: Cell, figure: Figure) -> bool:
    """Whether a figure counts what a case does, whatever its number."""
    nouns = {figure.noun, case.unit}
    return bool(figure.noun) and (len(nouns) == 1 or nouns <= PEOPLE)


def _swap_twins(
    passage: Passage, excess: list[Cell], pairs: list[tuple[Seen, Cell]], free: Sequence[Seen]
) -> None:
    """Which of two cells with the same number the letter does not say: rows and letter go in the same
    order. And which figure is none of a cell's: another that nothing says is more like it, but for a digit.
    """
    rows = {id(cell): at for at, cell in enumerate(passage.cells)}
    order = {id(seen): at for at, seen in enumerate(passage.seen)}
    for at, (seen, cell) in enumerate(pairs):
        for other, left in enumerate(excess):
            near = nearest(left, free)
            twins = left.figure.same(cell.figure) and left.unit == cell.unit and cell.fits(seen.figure)
            twins = twins and id(left) in rows
            if twins and near and (rows[id(left)] < rows[id(cell)]) != (order[id(near)] < order[id(seen)]):
                pairs[at], excess[other] = (seen, left), cell
                cell = left
    for seen, cell in list(pairs):
        near = nearest(cell, free)
        if near and _likeness(cell, near.figure) > _likeness(cell, seen.figure):
            pairs.remove((seen, cell))
            excess.append(cell)


def nearest(cell: Cell, among: Iterable[Seen]) -> Seen | None:
    """The figure that a cell may be a slip of: the first of those that are most like it."""
    near = [seen for seen in among if one_slip(cell.figure, seen.figure)]
    return max(near, key=lambda seen: _likeness(cell, seen.figure), default=None)


def nearest_cell(figure: Figure, cells: Iterable[Cell]) -> Cell | None:
    """The cell that a figure may be a slip of: the first of those that are most like it."""
    near = [cell for cell in cells if one_slip(cell.figure, figure)]
    return max(near, key=lambda cell: _likeness(cell, figure), default=None)


def _likeness(cell: Cell, figure: Figure) -> tuple[bool, bool]:
    """How much a figure says of being what the cell says, whatever its number."""
    nouns = {figure.noun, cell.unit if cell.figure.kind is Kind.NUMBER else ""}
    as_long = len(show_number(figure.value)) == len(show_number(cell.figure.value))
    return figure.kind is cell.figure.kind and (len(nouns) == 1 or nouns <= PEOPLE), as_long


def excused(cell: Cell, said: Said, figures: Sequence[Figure], level: int = 0) -> bool:
    """Whether the cell's row names its number, at this level, or a note calls it ours where the letter is
    silent.
    """
    notes = noted_in([(cell.remark, cell.place)])
    notes = (note for note in notes if not note.levels or level in note.levels)
    if any(cell.figure.same(note.figure) and not note.says_less(cell.figure) for note in notes):
        return True
    silent = not any(each.role is Role.RULE and each.kind is cell.figure.kind for each in figures)
    return silent and (is_ours(cell.remark) or said.ours)


def again(figure: Figure, passage: Passage) -> Cell | None:
    """The cell that accounts for a figure which no cell of the level is left for: one that the letter says
    several times, a case's, a name's.
    """
    said = passage.said
    cells = [cell for cell in (*passage.cells, *said.cases) if cell.counts(figure)]
    cells += [cell for cell in said.names if cell.fits(figure)]
    return next(iter(cells), None)


def odd(seen: Seen, passage: Passage, everything: Sequence[Seen]) -> bool:
    """Whether a day or year that is the round's own stands where a note has another for this level, or where
    the same words go with another elsewhere in the KPI, more often, or in the name of a measure: a slip, for
    all that there is such a day.
    """
    figure = seen.figure
    if figure.kind not in (Kind.DATE, Kind.MONTH, Kind.YEAR):
        return False
    for note in passage.said.notes:
        printed = any(note.figure.same(other) for other in passage.figures)
        if passage.level in note.levels and not printed and one_slip(note.figure, figure):
            return True
    if figure.kind is Kind.YEAR and any(_like(name, seen) for name in passage.said.names):
        return True
    beside = Counter(each.figure.value for each in everything if each.before == seen.before)
    usual, often = beside.most_common(1)[0]
    return often > beside[figure.value] and one_slip(replace(figure, value=usual), figure)


def _like(name: Cell, seen: Seen) -> bool:
    """Whether a name says another year in the words that stand before the figure."""
    if name.figure.kind is not Kind.YEAR or not one_slip(name.figure, seen.figure):
        return False
    words = _threes(name.shown)
    before = _threes(seen.stretch.text[: seen.figure.start][-_SENTENCE:])
    return len(words & before) >= _SAME * len(words)


def _threes(text: str) -> set[str]:
    letters = re.sub(r"[^ก-๎]", "", text)
    return {letters[at : at + 3] for at in range(len(letters) - 2)}
