"""Why a file is not read, and what is seen of one that is: the words the guards share.

``Refused`` carries the code of a finding. ``Tally`` counts what the sheets hold and refuses what would swamp
a reader.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from kpibatch.base.addresses import COLUMNS, ROWS, address
from kpibatch.base.config import IntakeLimits
from kpibatch.base.files import harmless
from kpibatch.books.guard.looks import Look

_WHAT = {
    "not-a-file",
    "file-empty",
    "file-too-big",
    "file-encrypted",
    "file-web-page",
    "file-text",
    "file-not-workbook",
}
_INSIDE = {
    "unreadable-file",
    "file-damaged",
    "file-malformed",
    "file-swollen",
    "sheet-too-large",
    "too-many-sheets",
}
REFUSALS = frozenset(
    _WHAT | _INSIDE | {"file-too-slow", "file-killed-reader", "file-gone"}
)  # nothing else may open such a file either
UNCALCULATED = "= ?"
NAMELESS_ERROR = "#ERROR"
Flaw: TypeAlias = tuple[int, int, str]
Position: TypeAlias = tuple[int, int]
Merge: TypeAlias = tuple[Position, Position]
Looking: TypeAlias = tuple[int, int, Look]
Span: TypeAlias = tuple[int, int]
LINKS, MACROS = "outside-links", "macros"
_MOST_SHOWN = 200


class Refused(Exception):
    """The file is not read: ``code`` names the finding, ``found`` what was found, where a sheet and a cell
    can be told.
    """

    def __init__(self, code: str, found: object = "", sheet: str = "", cell: str = "") -> None:
        super().__init__(code, found, sheet, cell)
        self.code, self.found, self.sheet, self.cell = (
            code,
            harmless(str(found))[:_MOST_SHOWN],
            harmless(sheet)[:_MOST_SHOWN],
            cell,
        )

    def __str__(self) -> str:
        return (
            " ".join(part for part in ("!".join(filter(None, (self.sheet, self.cell))), self.found) if part)
            or self.code
        )


@dataclass(frozen=True)
class Hidden:
    """What nobody sees of a sheet: rows and columns, each from and to, or all of it."""

    rows: tuple[Span, ...] = ()
    columns: tuple[Span, ...] = ()
    sheet: bool = False


SEEN = Hidden()


@dataclass(frozen=True)
class Sheet:
    """What a guard saw of a sheet: the cells whose value does not exist (row, column, what stands there),
    merged ranges, the numbers whose format shows something else (row, column, what), what is hidden, and
    where a formula with a result stands.
    """

    name: str
    flaws: tuple[Flaw, ...] = ()
    merges: tuple[Merge, ...] = ()
    looks: tuple[Looking, ...] = ()
    hidden: Hidden = SEEN
    formulas: tuple[Position, ...] = ()


@dataclass(frozen=True)
class Inspected:
    """A workbook that may be read: ``copy`` is what the reader gets, ``sheets`` are in the workbook's
    order; ``from_1904``: its days count from 1904, not from 1900; ``carries`` is what is beside the sheets:
    ``LINKS``, ``MACROS``.
    """

    kind: str
    copy: bytes
    sheets: tuple[Sheet, ...]
    from_1904: bool = False
    carries: tuple[str, ...] = ()


@dataclass
class Tally:
    """What a workbook's sheets hold so far; refuses more sheets, filled cells, area or merges than the limits
    allow.
    """

    limits: IntakeLimits
    names: list[str] = field(default_factory=list)
    cells: int = 0
    _rows: int = 0
    _columns: int = 0
    _places: set[Position] = field(default_factory=set)

    def begin(self, sheet: str) -> None:
        """A new sheet, whose name must be the only one of its kind."""
        self.names.append(sheet)
        self._rows = self._columns = 0
        self._places.clear()
        if len(self.names) > self.limits.max_sheets:
            raise Refused("too-many-sheets", f"> {self.limits.max_sheets:,}")
        if len(set(map(str.casefold, self.names))) < len(self.names):
            raise Refused("file-malformed", f"{sheet} ×2", sheet)

    def once(self, place: Position) -> None:
        """A cell of the sheet begun last, which must not be there a second time."""
        if place in self._places:
            raise Refused("file-malformed", f"{address(*place)} ×2", self.names[-1], address(*place))
        self._places.add(place)

    def count(self, cells: int) -> None:
        """So many more filled cells in the sheet begun last."""
        self.cells += cells
        if self.cells > self.limits.max_cells:
            raise Refused("sheet-too-large", f"> {self.limits.max_cells:,}", self.names[-1])

    def fill(self, place: Position, cells: int = 1) -> None:
        """A filled cell, or the last of several: the area from A1 to the farthest row and column must not be
        too large.
        """
        self.count(cells)
        row, column = place
        if row < self._rows and column < self._columns:
            return
        self._rows, self._columns = max(self._rows, row + 1), max(self._columns, column + 1)
        if row >= ROWS or column >= COLUMNS:
            raise Refused("file-malformed", address(row, column), self.names[-1])
        if self._rows * self._columns > self.limits.max_box:
            area = f"A1:{address(self._rows - 1, self._columns - 1)}"
            raise Refused("sheet-too-large", area, self.names[-1], address(row, column))

    def merge(self, merges: Iterable[Merge]) -> tuple[Merge, ...]:
        """The merged ranges of the sheet begun last, where they are neither too many nor too large."""
        kept, covered = tuple(merges), 0
        if len(kept) > self.limits.max_merges:
            raise Refused(
                "sheet-too-large", f"{len(kept):,} × merge > {self.limits.max_merges:,}", self.names[-1]
            )
        for (top, left), (bottom, right) in kept:
            covered += (bottom - top + 1) * (right - left + 1)
            if covered > self.limits.max_merged:
                area = f"{address(top, left)}:{address(bottom, right)}"
                raise Refused("sheet-too-large", area, self.names[-1], address(top, left))
        return kept
