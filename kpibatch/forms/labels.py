"""The texts around a cell of a form, and the cell found again by them.

In: a grid and which of its texts are labels. Out: the cells that stand to the same labels as a wanted cell
once did. What names a cell is decided here, in ``Labels.around``: all labels to its left; the block of
headings nearest above it; and a caption across the whole table (a title, a section) only where nothing else
tells two cells apart.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kpibatch.base.thai import fold
from kpibatch.books.read import Grid, Value

Cell = tuple[int, int]


@dataclass(frozen=True)
class Label:
    """A text and the cells it stands for: its own, or all those of its merge (zero-based, the last ones
    included).
    """

    text: str
    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Anchors:
    """What a cell is found by: labels to its left (outermost first), headings and captions above (nearest
    first).

    ``position`` is where the cell stands to the labels that govern its row and column; ``taken`` are the
    positions of other cells to which the same labels lead, where the office form holds something of its own
    (a formula, say). ``beside`` are labels that begin in the cell's own column where no heading governs it
    (in its own row where no label is to the left): they move with it when something is put in between.
    """

    row: tuple[Label, ...]
    headings: tuple[Label, ...]
    captions: tuple[Label, ...]
    position: Cell = (0, 0)
    taken: frozenset[Cell] = frozenset()
    beside: tuple[Label, ...] = ()

    @property
    def labels(self) -> tuple[Label, ...]:
        return (*self.row, *self.headings, *self.captions)

    @cached_property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The labels as they are compared."""
        return tuple(
            tuple(label.text for label in labels) for labels in (self.row, self.headings, self.captions)
        )

    def begin_as(self, wanted: "Anchors") -> bool:
        """Whether the row's labels are the wanted ones, and the nearest headings and captions are.

        No wanted heading means that there was none at all; no wanted caption, that none was needed.
        """
        (row, headings, captions), (wanted_row, wanted_headings, wanted_captions) = self.texts, wanted.texts
        near = headings[: len(wanted_headings)] if wanted_headings else headings
        return (
            row == wanted_row
            and near == wanted_headings
            and captions[: len(wanted_captions)] == wanted_captions
        )


_TO_FILL_IN = re.compile(r"[.…_]{4,}|…{2,}")
NO_ANCHORS = Anchors((), (), ())


def label_text(value: Value) -> str:
    """A text as labels are compared: one kind of space and digit, no case.

    Empty where there is no letter in it, or dots to be written over: such a text is meant to change.
    """
    text = fold(value) if isinstance(value, str) else ""
    return text if any(character.isalpha() for character in text) and not _TO_FILL_IN.search(text) else ""


@dataclass
class Labels:
    """The labels of one sheet, by row, by column and by text."""

    grid: Grid
    rows: dict[int, list[Label]] = field(default_factory=dict)
    columns: dict[int, list[Label]] = field(default_factory=dict)
    by_text: dict[str, list[Label]] = field(default_factory=dict)
    _around: dict[Cell, Anchors] = field(default_factory=dict)

    def around(self, row: int, column: int) -> Anchors:
        """All labels that a cell stands to, however far off."""
        if (row, column) not in self._around:
            self._around[row, column] = self._seek(row, column)
        return self._around[row, column]

    def _seek(self, row: int, column: int) -> Anchors:
        left = tuple(label for label in self.rows.get(row, ()) if label.right < column)
        above = [label for label in reversed(self.columns.get(column, [])) if label.bottom < row]
        captions = tuple(
            label
            for label in above
            if any(label.left <= name.right and label.right >= name.left for name in left)
        )
        headings = tuple(label for label in above if label not in captions)
        return Anchors(left, headings, captions, _position(row, column, left, headings))

    def find(self, wanted: Anchors) -> list[Cell]:
        """The cells that stand as ``wanted`` does: one where there is no doubt, none, or several."""
        cells = self.candidates(wanted)
        if len(cells) <= 1:
            return cells
        at = [cell for cell in cells if self.around(*cell).position == wanted.position]
        if len(at) != 1:
            return at or cells
        # Something typed into a cell of the same labels: a column was put in between, or nothing tells which
        # one is meant.
        return at + [cell for cell in cells if cell not in at and self.strange(cell, wanted)]

    def strange(self, cell: Cell, wanted: Anchors) -> bool:
        """Whether a cell holds something where the office form has nothing."""
        return self.grid.at(*cell) is not None and self.around(*cell).position not in wanted.taken

    def candidates(self, wanted: Anchors) -> list[Cell]:
        """All cells with the wanted labels, the first cell standing for a merge."""
        found = (cell for cell in self._near(wanted) if self.around(*cell).begin_as(wanted))
        return list(dict.fromkeys(self.first_of_merge(cell) for cell in found))

    def _near(self, wanted: Anchors) -> Iterator[Cell]:
        """The cells between the innermost label and the next one, to the right or, where no label is to the
        left, below.
        """
        if wanted.row:
            for label in self.by_text.get(wanted.row[-1].text, ()):
                width = max(self.width, label.right + wanted.position[1] + 1)
                for row in range(label.top, label.bottom + 1):
                    stop = min(
                        (other.left for other in self.rows.get(row, ()) if other.left > label.right),
                        default=width,
                    )
                    yield from ((row, column) for column in range(label.right + 1, stop))
        elif wanted.headings:
            for label in self.by_text.get(wanted.headings[0].text, ()):
                height = max(len(self.grid.rows), label.bottom + wanted.position[0] + 1)
                for column in range(label.left, label.right + 1):
                    stop = min(
                        (other.top for other in self.columns.get(column, ()) if other.top > label.bottom),
                        default=height,
                    )
                    yield from ((row, column) for row in range(label.bottom + 1, stop))

    def beside(self, row: int, column: int) -> tuple[Label, ...]:
        """The labels, each there once, that begin in a cell's column, or in its row where no label is to its
        left; none where both its row and its column are governed.
        """
        around = self.around(row, column)
        if around.row and around.headings:
            return ()
        line = self.columns.get(column, []) if around.row else self.rows.get(row, [])
        begins = (label for label in line if (label.left == column if around.row else label.top == row))
        return tuple(label for label in begins if len(self.by_text[label.text]) == 1)

    def strays(self, cell: Cell, wanted: Anchors) -> bool:
        """Whether something was put between a cell and its labels, so that it may be another cell.

        A label that once stood in line with it, and is there once, stands elsewhere, or the label of
        whose cells it was not the first has grown.
        """
        for label in wanted.beside:
            there = self.by_text.get(label.text, [])
            if len(there) == 1 and (there[0].left, there[0].top)[not wanted.row] != cell[bool(wanted.row)]:
                return True
        now, (down, across) = self.around(*cell), wanted.position
        wider = zip(now.headings[:1], wanted.headings if across else (), strict=False)
        taller = zip(now.row[-1:], wanted.row[-1:] if down else (), strict=False)
        return any(new.right - new.left > old.right - old.left for new, old in wider) or any(
            new.bottom - new.top > old.bottom - old.top for new, old in taller
        )

    @cached_property
    def width(self) -> int:
        return max((len(row) for row in self.grid.rows), default=0)

    def first_of_merge(self, cell: Cell) -> Cell:
        """Where the value of a cell stands: the first cell of its merge, or itself."""
        row, column = cell
        for (top, left), (bottom, right) in self.grid.merges:
            if top <= row <= bottom and left <= column <= right:
                return top, left
        return cell

    def in_place(self, wanted: Anchors) -> bool:
        """Whether every wanted label stands where it stood."""
        return all(label_text(self.grid.at(label.top, label.left)) == label.text for label in wanted.labels)


def labels_of(
    grid: Grid, is_label: Callable[[int, int, str], bool], spans: Mapping[str, Cell] | None = None
) -> Labels:
    """A sheet's labels; ``is_label`` is asked for every text with its row and column.

    ``spans`` says how many more rows and columns a text once took: for files of a kind whose merges can't be
    read (.ods, .xlsb).
    """
    merges = dict(grid.merges)
    known = {} if merges or spans is None else spans
    labels = Labels(grid)
    for row, values in enumerate(grid.rows):
        for column, value in enumerate(values):
            text = label_text(value)
            if text and is_label(row, column, text):
                down, right = known.get(text, (0, 0))
                _add(
                    labels, Label(text, row, column, *merges.get((row, column), (row + down, column + right)))
                )
    for line in labels.rows.values():
        line.sort(key=lambda label: label.left)
    for line in labels.columns.values():
        line.sort(key=lambda label: label.top)
    return labels


def _add(labels: Labels, label: Label) -> None:
    labels.by_text.setdefault(label.text, []).append(label)
    # A merge may reach to the sheet's corner; what lies beyond the filled area is nobody's cell.
    for row in range(label.top, min(label.bottom, len(labels.grid.rows)) + 1):
        labels.rows.setdefault(row, []).append(label)
    for column in range(label.left, min(label.right, labels.width) + 1):
        labels.columns.setdefault(column, []).append(label)


def _position(row: int, column: int, left: tuple[Label, ...], headings: tuple[Label, ...]) -> Cell:
    """The row within the innermost label to the left, else below the heading; the column within the heading,
    else right of the label.
    """
    down = row - left[-1].top if left else row - headings[0].bottom if headings else row
    across = column - headings[0].left if headings else column - left[-1].right if left else column
    return down, across


def nearest(anchors: Anchors, headings: int, captions: int) -> Anchors:
    """The same anchors with only so many headings and captions."""
    return Anchors(
        anchors.row, anchors.headings[:headings], anchors.captions[:captions], anchors.position, anchors.taken
    )


def heading_block(anchors: Anchors) -> int:
    """How many headings stand directly above one another, from the nearest up; those of a table further up
    are not this one's.
    """
    depth = 1 if anchors.headings else 0
    while (
        depth < len(anchors.headings)
        and anchors.headings[depth].bottom + 1 == anchors.headings[depth - 1].top
    ):
        depth += 1
    return depth
