"""Inspecting .ods: one walk over ``content.xml``, where a cell or a row may stand for a million of its
kind.
"""

import re

from kpibatch.books.guard.limits import (
    NAMELESS_ERROR,
    UNCALCULATED,
    Flaw,
    Hidden,
    Inspected,
    Looking,
    Merge,
    Position,
    Refused,
    Sheet,
    Span,
    Tally,
)
from kpibatch.books.guard.linked import packed
from kpibatch.books.guard.looks import Look
from kpibatch.books.guard.package import Zipped, parse, xml_parser

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
# readers look for these prefixes and take a file with others for empty
_PREFIXES = {
    name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "table", "text")
}
_ERROR = re.compile(r"#[A-Z0-9/_]+[!?]?|Err:\d+")
_LOOKS = {"percentage": Look.PERCENT, "time": Look.SPAN}  # the reader knows a day itself
_CELLS = ("table:table-cell", "table:covered-table-cell")


def inspect_ods(zipped: Zipped, mimetype: str, tally: Tally) -> Inspected:
    """Inspect every sheet of an OpenDocument workbook."""
    if b"encryption-data" in zipped.xml(_MANIFEST):
        raise Refused("file-encrypted")
    content = zipped.xml(_CONTENT)
    walk = _Walk(tally)
    parse(walk.parser, content)
    parts = {name: (zipped.part(name), zipped.crc(name)) for name in (mimetype, _CONTENT, _MANIFEST)}
    return Inspected("ods", packed(parts), tuple(walk.sheets))


class _Walk:
    """The state of the walk: the sheet, row and cell at hand."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.sheets: list[Sheet] = []
        self._flaws: list[Flaw] = []
        self._merges: list[Merge] = []
        self._row = self._column = self._rows = 0
        self._row_flaws: list[tuple[int, str]] = []
        self._looks: list[Looking] = []
        self._columns, self._style, self._is_unseen = 0, "", False
        self._unseen: set[str] = set()
        self._computed: list[Position] = []
        self._hidden_rows: list[Span] = []
        self._hidden_columns: list[Span] = []
        self._cell: dict[str, str] | None = None
        self._text, self._paragraphs, self._note, self._inside = "", 0, 0, False
        self.parser = parser = xml_parser()
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = (
            self._start,
            self._end,
            self._characters,
        )
        parser.CommentHandler = parser.ProcessingInstructionHandler = parser.StartCdataSectionHandler = (
            self._markup
        )

    def _markup(self, *_: object) -> None:
        if self._inside:
            raise Refused("file-malformed", "<!", self.tally.names[-1])

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _CELLS:
            self._cell, self._text, self._paragraphs = attributes, "", 0
        elif name == "table:table-row":
            self._rows = _repeat(attributes, "rows")
            self._column, self._row_flaws = 0, []
            if _is_unseen(attributes):
                self._hidden_rows.append((self._row, self._row + self._rows - 1))
        elif name == "table:table-column":
            self._columns += (times := _repeat(attributes, "columns"))
            if _is_unseen(attributes):
                self._hidden_columns.append((self._columns - times, self._columns - 1))
        elif name == "style:style":
            self._style = attributes.get("style:name", "")
        elif name == "style:table-properties" and attributes.get("table:display") == "false":
            self._unseen.add(self._style)
        elif name == "table:table":
            self._begin(attributes)
        elif name == "office:annotation":
            self._note += 1
        elif name == "text:p" and not self._note:
            self._paragraphs += 1
        elif name.endswith(":document-content") and any(
            attributes.get(f"xmlns:{key}") != urn for key, urn in _PREFIXES.items()
        ):
            raise Refused("file-malformed", "xmlns")

    def _begin(self, attributes: dict[str, str]) -> None:
        name = attributes.get("table:name", "")
        if self._inside or not name:
            raise Refused("file-malformed", "table:table", name)
        self.tally.begin(name)
        self._inside, self._row, self._flaws, self._merges = True, 0, [], []
        self._looks, self._columns, self._hidden_rows, self._hidden_columns = [], 0, [], []
        self._computed = []
        self._is_unseen = attributes.get("table:style-name") in self._unseen

    def _characters(self, characters: str) -> None:
        if self._cell is not None and not self._note:
            self._text += characters

    def _end(self, name: str) -> None:
        if name in _CELLS:
            self._end_cell()
        elif name == "table:table-row":
            self._end_row()
        elif name == "table:table":
            self._inside = False
            self.sheets.append(
                Sheet(
                    self.tally.names[-1],
                    tuple(self._flaws),
                    self.tally.merge(self._merges),
                    tuple(self._looks),
                    Hidden(tuple(self._hidden_rows), tuple(self._hidden_columns), self._is_unseen),
                    tuple(self._computed),
                )
            )
        elif name == "office:annotation":
            self._note -= 1

    def _end_cell(self) -> None:
        cell, text = self._cell or {}, self._text.strip()
        self._cell = None
        times, first = _repeat(cell, "columns"), self._column
        self._column += times
        flaw = _flaw(cell, text, self._paragraphs)
        filled = bool(flaw or text or "office:value-type" in cell)
        if filled:
            self.tally.fill((self._row + self._rows - 1, self._column - 1), times * self._rows)
        look = _LOOKS.get(cell.get("office:value-type", ""))
        computed = filled and not flaw and "table:formula" in cell
        if look or computed:
            columns, rows = range(first, self._column), range(self._row, self._row + self._rows)
            self._looks += [(row, column, look) for row in rows for column in columns if look]
            self._computed += [(row, column) for row in rows for column in columns if computed]
        if flaw:
            self._row_flaws += [(column, flaw) for column in range(first, self._column)]
        down, right = (_number(cell, f"table:number-{way}-spanned") for way in ("rows", "columns"))
        if down > 1 or right > 1:
            self._merges.append(((self._row, first), (self._row + down - 1, first + right - 1)))

    def _end_row(self) -> None:
        if self._row_flaws:
            self._flaws += [
                (row, *flaw) for row in range(self._row, self._row + self._rows) for flaw in self._row_flaws
            ]
        self._row += self._rows


def _flaw(cell: dict[str, str], text: str, paragraphs: int) -> str:
    """What stands in a cell whose value does not exist; some programs give an error the value 0."""
    kind, formula = cell.get("office:value-type"), "table:formula" in cell
    if cell.get("calcext:value-type") == "error":
        return text or NAMELESS_ERROR
    if (formula or kind not in (None, "string")) and _ERROR.fullmatch(text):
        return text
    return UNCALCULATED if formula and kind is None and not paragraphs else ""


def _is_unseen(attributes: dict[str, str]) -> bool:
    return attributes.get("table:visibility", "visible") != "visible"


def _repeat(attributes: dict[str, str], what: str) -> int:
    return _number(attributes, f"table:number-{what}-repeated")


def _number(attributes: dict[str, str], name: str) -> int:
    stated = attributes.get(name, "1")
    if not re.fullmatch(r"[1-9]\d{0,9}", stated, re.ASCII):
        raise Refused("file-malformed", f'{name}="{stated}"')
    return int(stated)
