"""Walking the cells of one XML sheet, whatever way it is written: where they stand, which hold an error or no
result, which numbers are shown as something else, which are computed.
"""

import re
from collections.abc import Mapping

from kpibatch.base.addresses import COLUMNS, ROWS, coordinates
from kpibatch.books.guard.limits import NAMELESS_ERROR, UNCALCULATED, Flaw, Looking, Position, Refused, Tally
from kpibatch.books.guard.looks import Look
from kpibatch.books.guard.package import parse, xml_parser

_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")
_ROW, _STYLE = re.compile(r"[1-9]\d{0,6}"), re.compile(r"\d{1,9}", re.ASCII)
_TEXT_TYPES = ("str", "inlineStr", "d")
_NUMBER_TYPES = ("", "n")


def walked_cells(
    name: str, xml: bytes, tally: Tally, looks: Mapping[int, Look]
) -> tuple[list[Flaw], list[Looking], list[Position]]:
    """Walk a sheet; its cells are counted in the tally, its flaws returned, the numbers whose style shows
    something else, and where formulas with a result stand.
    """
    walk = _Walk(name, xml, tally, looks)
    parse(walk.parser, xml)
    return walk.flaws, walk.seen, walk.computed


class _Walk:
    """The state of one walk. Cells without an address follow one another, as readers have it."""

    def __init__(self, name: str, xml: bytes, tally: Tally, looks: Mapping[int, Look]) -> None:
        self.name, self.xml, self.tally, self.looks = name, xml, tally, looks
        self.flaws: list[Flaw] = []
        self.seen: list[Looking] = []
        self.computed: list[Position] = []
        self._look: Look | None = None
        self._tags: dict[str, str] = {}  # a sheet has few kinds of them, and of styles, and very many of each
        self._styles: dict[str, Look | None] = {}
        self._row, self._column, self._place, self._inside = -1, -1, (0, 0), False
        self._type, self._formula, self._values, self._value = "", False, 0, ""
        self._taking, self._begun, self._sheets = False, 0, 0
        self.parser = parser = xml_parser()
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = (
            self._start,
            self._end,
            self._text,
        )
        parser.CommentHandler = parser.ProcessingInstructionHandler = parser.StartCdataSectionHandler = (
            self._markup
        )

    def _refuse(self, found: str) -> None:
        raise Refused("file-malformed", found, self.name)

    def _markup(self, *_: object) -> None:
        if self._inside:
            self._refuse("<!")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = self._tags.get(name) or self._tags.setdefault(name, name.rpartition(":")[2])
        if tag == "c":
            self._cell(attributes)
        elif tag in ("v", "t"):
            self._taking, self._begun = True, self.parser.CurrentByteIndex
            self._values += tag == "v"
        elif tag == "is":
            self._values += 1
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            self._begin_row(attributes.get("r"))
        elif tag == "sheetData":
            self._sheets += 1
            self._inside = True
            if self._sheets > 1:
                self._refuse("sheetData ×2")

    def _begin_row(self, number: str | None) -> None:
        if number is not None and not _ROW.fullmatch(number):
            self._refuse(f'row r="{number}"')
        self._row = int(number) - 1 if number else self._row + 1
        self._column = -1

    def _cell(self, attributes: dict[str, str]) -> None:
        stated = attributes.get("r")
        row = self._row
        if stated is None:
            self._column += 1
        elif _ADDRESS.fullmatch(stated):
            row, self._column = coordinates(stated)
        else:
            self._refuse(f'c r="{stated}"')
        if not 0 <= row < ROWS or self._column >= COLUMNS:
            self._refuse(stated or "c")
        self._place = row, self._column
        self.tally.once(self._place)
        self._type, self._formula, self._values, self._value = attributes.get("t", ""), False, 0, ""
        style = attributes.get("s", "0")
        if style not in self._styles:
            self._styles[style] = self.looks.get(int(style)) if _STYLE.fullmatch(style) else None
        self._look = self._styles[style]

    def _text(self, characters: str) -> None:
        if self._taking:
            self._value += characters

    def _end(self, name: str) -> None:
        tag = self._tags[name]
        if (
            tag == "v"
            and self._type not in _TEXT_TYPES
            and b"&" in self.xml[self._begun : self.parser.CurrentByteIndex]
        ):
            self._refuse("&")  # readers take 1&#50; for 1
        if tag in ("v", "t"):
            self._taking = False
        elif tag == "c":
            self._end_cell()
        elif tag == "sheetData":
            self._inside = False

    def _end_cell(self) -> None:
        if self._values > 1:
            self._refuse("v ×2")  # readers take the last, or none
        if self._type == "e":
            self.flaws.append((*self._place, self._value or NAMELESS_ERROR))
        elif self._formula and not self._value and self._type != "str":
            self.flaws.append((*self._place, UNCALCULATED))
        elif not self._value:
            return
        else:
            if self._look and self._type in _NUMBER_TYPES:
                self.seen.append((*self._place, self._look))
            if self._formula:
                self.computed.append(self._place)
        self.tally.fill(self._place)
