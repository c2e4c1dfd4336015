"""Colouring cells of a package in place: a cell keeps its style but for the fill.

A mark is a solid fill in a colour of our own; what the cell's fill was before stands in the pattern colour,
which a solid fill does not show, so that the marks of an earlier round are taken away again in the styles
alone.
"""

from bisect import bisect
from collections.abc import Iterable, Mapping
from copy import deepcopy

from kpibatch.base.addresses import COLUMNS, ROWS, address, coordinates
from kpibatch.books.package import Element, Package, canonical, elements, make, tag
from kpibatch.books.packing import Unpatchable

MARKS = {"error": "FFF28B81", "warning": "FFFCD98B", "note": "FFDDECF8"}
_UNKNOWN = {"indexed": "64"}
_MAX_STYLES = 64_000


def place_of(cell: str) -> tuple[int, int] | None:
    """The zero-based place that a finding's cell names, if a sheet has it."""
    try:
        row, column = coordinates(cell)
    except ValueError:
        return None
    return (row, column) if 0 <= row < ROWS and column < COLUMNS else None


class Styles:
    """The styles part: fonts, fills, borders and formats, each kept once."""

    def __init__(self, package: Package, part: str) -> None:
        self.root = package.edit(part)
        self.forgets = b"LibreOffice" in package.parts.get("docProps/app.xml", b"")
        self._known: dict[str, dict[bytes, int]] = {}
        self._marked: dict[tuple[int, str], int] = {}

    def all(self, kind: str) -> list[Element]:
        """The entries of ``fonts``, ``fills``, ``borders`` or ``cellXfs``."""
        return list(elements(self._container(kind)))

    def _container(self, kind: str) -> Element:
        container = self.root.find(tag(kind))
        if container is None:
            raise Unpatchable(kind)
        return container

    def keep(self, kind: str, element: Element) -> int:
        """The number of an entry, added at the end where there is none like it."""
        if kind not in self._known:
            self._known[kind] = {
                canonical(element): number for number, element in reversed(list(enumerate(self.all(kind))))
            }
        known, key = self._known[kind], canonical(element)
        if key not in known:
            container = self._container(kind)
            number = len(self.all(kind))
            if number >= _MAX_STYLES:
                raise Unpatchable(kind)
            container.append(element)
            container.set("count", str(number + 1))
            known[key] = number
        return known[key]

    def format(
        self, *, font: Element, fill: Element | None, border: Element | None, alignment: Mapping[str, object]
    ) -> int:
        """The number of a format made from its parts."""
        facts: dict[str, object] = {
            "numFmtId": 0,
            "fontId": self.keep("fonts", font),
            "fillId": 0,
            "borderId": 0,
        }
        if fill is not None:
            facts["fillId"] = self.keep("fills", fill)
        if border is not None:
            facts["borderId"] = self.keep("borders", border)
        if self.root.find(tag("cellStyleXfs")) is not None:
            facts["xfId"] = 0
        applied = dict.fromkeys(("applyFont", "applyFill", "applyBorder", "applyAlignment"), 1)
        return self.keep("cellXfs", make("xf", facts | applied, make("alignment", alignment)))

    def marked(self, style: int, severity: str) -> int:
        """The number of a copy of a cell format that differs in its fill only."""
        if (style, severity) not in self._marked:
            copy = deepcopy(self.all("cellXfs")[style])
            before = self.all("fills")[int(copy.get("fillId", "0"))]
            copy.set("fillId", str(self.keep("fills", _mark(severity, before))))
            copy.set("applyFill", "1")
            self._marked[style, severity] = self.keep("cellXfs", copy)
        return self._marked[style, severity]

    def clear(self) -> None:
        """Give every format that carries a mark of an earlier round its fill of before."""
        fills = self.all("fills")
        marks = {str(number): fill for number, fill in enumerate(fills) if _is_mark(fill)}
        for kind in ("cellXfs", "cellStyleXfs"):
            container = self.root.find(tag(kind))
            for element in [] if container is None else elements(container):
                if element.get("fillId") in marks:
                    element.set("fillId", str(self.keep("fills", self._before(marks[element.get("fillId")]))))
        self._known.clear()

    def _before(self, mark: Element) -> Element:
        """The fill that a mark covers.

        LibreOffice writes a pattern colour of its own, which tells nothing.
        """
        colour = mark[0].find(tag("bgColor"))
        known = {} if colour is None or self.forgets else dict(colour.attrib)
        return (
            make("fill", None, make("patternFill", {"patternType": "none"}))
            if known in ({}, _UNKNOWN)
            else solid(known)
        )


def solid(colour: Mapping[str, object], pattern_colour: Mapping[str, object] | None = None) -> Element:
    """A fill of one colour; ``pattern_colour`` is stored but not seen."""
    foreground, background = make("fgColor", colour), make("bgColor", pattern_colour or _UNKNOWN)
    return make("fill", None, make("patternFill", {"patternType": "solid"}, foreground, background))


def _mark(severity: str, before: Element) -> Element:
    pattern = before.find(tag("patternFill"))
    colour = (
        None if pattern is None or pattern.get("patternType") != "solid" else pattern.find(tag("fgColor"))
    )
    return solid({"rgb": MARKS[severity]}, _UNKNOWN if colour is None else dict(colour.attrib))


def _is_mark(fill: Element) -> bool:
    pattern = fill.find(tag("patternFill"))
    colour = (
        None if pattern is None or pattern.get("patternType") != "solid" else pattern.find(tag("fgColor"))
    )
    return colour is not None and colour.get("rgb") in MARKS.values()


def colour_cells(sheet: Element, marks: Mapping[tuple[int, int], str], styles: Styles) -> None:
    """Colour cells of a sheet (zero-based places) by severity; a cell that is not there yet is made."""
    rows = _rows(sheet, {row for row, _ in marks})
    for (row, column), severity in sorted(marks.items()):
        cell = _cell(sheet, rows[row], row, column)
        cell.set("s", str(styles.marked(int(cell.get("s", "0")), severity)))


def _rows(sheet: Element, wanted: Iterable[int]) -> dict[int, Element]:
    """The row elements of these numbers, made where missing.

    A row need not say its number: then it is the next.
    """
    table = sheet.find(tag("sheetData"))
    if table is None:
        raise Unpatchable("sheetData")
    rows: dict[int, Element] = {}
    number = -1
    for element in elements(table, "row"):
        number = int(element.get("r", number + 2)) - 1
        rows[number] = element
    numbers, made = (
        sorted(rows),
        {row: make("row", {"r": row + 1}) for row in sorted(set(wanted) - set(rows))},
    )
    for row, element in made.items():
        following = bisect(numbers, row)
        table.append(element) if following == len(numbers) else rows[numbers[following]].addprevious(element)
    return rows | made


def _cell(sheet: Element, row: Element, number: int, column: int) -> Element:
    following, at = None, -1
    for element in elements(row, "c"):
        at = coordinates(element.get("r"))[1] if element.get("r") else at + 1
        if at == column:
            return element
        if at > column:
            following = element
            break
    cell = make("c", {"r": address(number, column), "s": _style_of_blank(sheet, row, column)})
    if following is None:
        row.append(cell)
    else:
        if not following.get("r"):
            raise Unpatchable("cells without addresses")
        following.addprevious(cell)
    _widen(row, column)
    return cell


def _style_of_blank(sheet: Element, row: Element, column: int) -> str:
    """The style that a cell shows while it is not there: its row's, else its column's."""
    if row.get("customFormat") in ("1", "true"):
        return str(row.get("s", "0"))
    columns = sheet.find(tag("cols"))
    for element in [] if columns is None else elements(columns, "col"):
        if int(element.get("min")) <= column + 1 <= int(element.get("max")):
            return str(element.get("style", "0"))
    return "0"


def _widen(row: Element, column: int) -> None:
    if row.get("spans"):
        first, last = (int(number) for number in row.get("spans").split()[0].split(":"))
        row.set("spans", f"{min(first, column + 1)}:{max(last, column + 1)}")
