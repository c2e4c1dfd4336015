"""The index of findings as the first sheet of a package, and the workbook around it set right.

Whatever in a workbook counts sheets from the left (names that belong to a sheet, the sheet in view, the
titles in the properties) is moved on by one. The sheet is known again by a hidden name, so that an index of
an earlier round is written over instead of joined by a second.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kpibatch.base.addresses import address, quoted
from kpibatch.base.catalogue import say
from kpibatch.books.look import FONT, INK, LINE, NAVY, ROW, lines_of, sheet_name
from kpibatch.books.package import (
    RELATIONS,
    Element,
    Package,
    Unpatchable,
    elements,
    held,
    make,
    parse,
    place,
    tag,
)
from kpibatch.workbooks.returned.marks import MARKS, Styles, solid

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_OURS, _TITLES = "_kpibatch_findings", "_xlnm.Print_Titles"
_AFTER_NAMES = frozenset(
    (
        *(
            "calcPr",
            "oleSize",
            "customWorkbookViews",
            "pivotCaches",
            "smartTagPr",
            "smartTagTypes",
            "webPublishing",
        ),
        *("fileRecoveryPr", "webPublishObjects", "extLst", "AlternateContent"),
    )
)
_VARIANTS = "{http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes}"
_PROPERTIES = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}"
WIDTHS = (8.0, 17.0, 20.0, 10.0, 34.0, 84.0)
_HEAD = 5
_TALLEST = 405.0


@dataclass(frozen=True)
class Entry:
    """One finding as the index lists it; ``target`` is where its link leads (``'sheet'!A1``), if anywhere."""

    severity: str
    sheet: str
    cell: str
    found: str
    message: str
    target: str = ""


@dataclass(frozen=True)
class Index:
    """What the index says."""

    name: str
    title: str
    lines: tuple[str, ...]
    entries: tuple[Entry, ...]
    language: str

    @property
    def heads(self) -> tuple[str, ...]:
        keys = (
            "sheet.place",
            "unit.head-severity",
            "sheet.finding-sheet",
            "sheet.finding-cell",
            "unit.head-found",
            "unit.head-message",
        )
        return tuple(say(key, self.language) for key in keys)

    def texts(self, number: int) -> tuple[str, ...]:
        """A line of the list, without its number."""
        one = self.entries[number]
        kind = say(f"unit.severity-{one.severity}", self.language)
        return (kind, one.sheet, one.cell, f"“{one.found}”" if one.found else "", one.message)


def height_of(texts: Sequence[str]) -> float:
    """How tall a line of the list must be."""
    lines = max(lines_of(text, width - 2) for text, width in zip(texts, WIDTHS[1:], strict=True))
    return min(_TALLEST, (ROW + 1) * lines + 4)


@dataclass(frozen=True)
class Workbook:
    """A package's workbook: its part, and its sheets in order as (name, part, hidden)."""

    package: Package
    part: str
    sheets: tuple[tuple[str, str, bool], ...]

    def related(self, kind: str) -> str:
        """The part of that kind the workbook points to."""
        return next(one.target for one in self.package.relations(self.part) if one.kind == kind)

    @property
    def worksheets(self) -> dict[str, str]:
        """The part of each sheet of cells, by the sheet's name."""
        parts = {one.target for one in self.package.relations(self.part) if one.kind == "worksheet"}
        return {name: part for name, part, _ in self.sheets if part in parts}


def open_workbook(package: Package) -> Workbook:
    """The workbook of a package. Raises ``Unpatchable`` where it is of another kind (.ods, .docx, Strict)."""
    part = next((one.target for one in package.relations("") if one.kind == "officeDocument"), "")
    if part not in package.parts or package.read(part).tag != tag("workbook"):
        raise Unpatchable("no workbook")
    targets = {one.id: one.target for one in package.relations(part)}
    listed = elements(package.read(part).find(tag("sheets")))
    sheets = (
        (one.get("name"), targets[one.get(f"{{{RELATIONS}}}id")], one.get("state", "visible") != "visible")
        for one in listed
    )
    return Workbook(package, part, tuple(sheets))


def earlier_index(book: Workbook) -> str | None:
    """The name of the sheet in which an earlier round's index stands."""
    names = book.package.read(book.part).find(tag("definedNames"))
    ours = next(
        (one.text or "" for one in ([] if names is None else elements(names)) if one.get("name") == _OURS), ""
    )
    return next((name for name in book.worksheets if ours.startswith((f"{quoted(name)}!", f"{name}!"))), None)


def put_index(book: Workbook, index: Index, styles: Styles) -> None:
    """Write the index as the first sheet (or over that of an earlier round), and show it when the file is
    opened.
    """
    sheet, earlier = _sheet(index, styles), earlier_index(book)
    if earlier is None:
        name = sheet_name(index.name, (name for name, _, _ in book.sheets))
        position = 0
        _insert(book, name, sheet)
    else:
        name = earlier
        position = [name for name, _, _ in book.sheets].index(earlier)
        book.package.replace(book.worksheets[earlier], sheet)
        _unhide(book, earlier)
    _name_ranges(book, name, position)
    _show_first(book, position, sheet)


def _insert(book: Workbook, name: str, sheet: Element) -> None:
    package, root = book.package, book.package.edit(book.part)
    relation = package.relate(
        book.part, "worksheet", package.add("xl/worksheets/sheet{}.xml", sheet, _SHEET_TYPE)
    )
    listed = root.find(tag("sheets"))
    number = max(int(one.get("sheetId")) for one in elements(listed)) + 1
    entry = make("sheet", {"name": name, "sheetId": number, f"{{{RELATIONS}}}id": relation})
    next(elements(listed)).addprevious(entry)
    for one in root.iter(tag("definedName")):
        if one.get("localSheetId"):
            one.set("localSheetId", str(int(one.get("localSheetId")) + 1))
    _count_titles(book, name)


def _unhide(book: Workbook, name: str) -> None:
    for one in elements(book.package.edit(book.part).find(tag("sheets"))):
        if one.get("name") == name:
            one.attrib.pop("state", None)


def _name_ranges(book: Workbook, name: str, position: int) -> None:
    """The hidden name that tells the index from other sheets, and the rows printed on each of its pages."""
    root = book.package.edit(book.part)
    names = root.find(tag("definedNames"))
    if names is None:
        names = make("definedNames")
        place(root, names, _AFTER_NAMES)
    for one in list(elements(names)):
        if one.get("name") == _OURS or (
            one.get("name") == _TITLES and one.get("localSheetId") == str(position)
        ):
            names.remove(one)
    ours = make("definedName", {"name": _OURS, "hidden": 1})
    ours.text = f"{quoted(name)}!$A$1"
    titles = make("definedName", {"name": _TITLES, "localSheetId": position})
    titles.text = f"{quoted(name)}!${_HEAD}:${_HEAD}"
    names.extend((titles, ours))


def _show_first(book: Workbook, position: int, index: Element) -> None:
    """Open the file at the index.

    A sheet left selected beside it would be changed with it, so it is let go.
    """
    for view in book.package.edit(book.part).iter(tag("workbookView")):
        view.set("activeTab", str(position))
        view.attrib.pop("firstSheet", None)
    for _, part, _ in book.sheets:
        if b"tabSelected" in book.package.parts.get(part, b"") and book.package.read(part) is not index:
            for view in book.package.edit(part).iter(tag("sheetView")):
                view.attrib.pop("tabSelected", None)


def _count_titles(book: Workbook, name: str) -> None:
    """Add the sheet to the titles in the properties, where these are as Excel writes them."""
    part = next((one.target for one in book.package.relations("") if one.kind == "extended-properties"), "")
    if part not in book.package.parts:
        return
    root = book.package.read(part)
    pairs, titles = (
        root.find(f"{_PROPERTIES}{kind}/{_VARIANTS}vector") for kind in ("HeadingPairs", "TitlesOfParts")
    )
    count = None if pairs is None else next(pairs.iter(f"{_VARIANTS}i4"), None)
    if titles is None or count is None or count.text != str(len(book.worksheets)):
        return
    book.package.edit(part)
    count.text = str(int(count.text) + 1)
    title = parse(f'<vt:lpstr xmlns:vt="{_VARIANTS[1:-1]}"/>'.encode())
    title.text = name
    titles.insert(0, title)
    titles.set("size", str(int(titles.get("size")) + 1))


# --- the sheet itself -----------------------------------------------------------------------------------


def _sheet(index: Index, styles: Styles) -> Element:
    look, last = _Look(styles), len(WIDTHS) - 1
    rows = [_row(0, [index.title], [look.title], 34.0)]
    rows += [_row(number, [text], [look.line], 28.0) for number, text in enumerate(index.lines, 1)]
    rows.append(_row(_HEAD - 1, index.heads, [look.head] * (last + 1), 30.0))
    for number, one in enumerate(index.entries):
        texts = index.texts(number)
        link = look.link if one.target else look.centre
        shown = [look.centre, look.severity[one.severity], look.text, link, look.text, look.text]
        rows.append(_row(_HEAD + number, (number + 1, *texts), shown, height_of(texts)))
    columns = [
        make("col", {"min": at + 1, "max": at + 1, "width": width, "customWidth": 1})
        for at, width in enumerate(WIDTHS)
    ]
    pane = {"ySplit": _HEAD, "topLeftCell": f"A{_HEAD + 1}", "activePane": "bottomLeft", "state": "frozen"}
    view = make("sheetView", {"showGridLines": 0, "tabSelected": 1, "workbookViewId": 0}, make("pane", pane))
    parts = [
        make(
            "sheetPr", None, make("tabColor", {"rgb": MARKS["error"]}), make("pageSetUpPr", {"fitToPage": 1})
        ),
        make("dimension", {"ref": f"A1:{address(_HEAD - 1 + len(index.entries), last)}"}),
        make("sheetViews", None, view),
        make("sheetFormatPr", {"defaultRowHeight": ROW, "customHeight": 1}),
        make("cols", None, *columns),
        make("sheetData", None, *rows),
        *_links(index),
        make(
            "pageMargins",
            {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6, "header": 0.3, "footer": 0.3},
        ),
        make("pageSetup", {"paperSize": 9, "orientation": "landscape", "fitToHeight": 0}),
        make("headerFooter", None, _footer(index.language)),
        make(
            "ignoredErrors",
            None,
            make("ignoredError", {"sqref": f"C1:F{_HEAD + len(index.entries)}", "numberStoredAsText": 1}),
        ),
    ]
    return make("worksheet", None, *parts)


def _row(number: int, texts: Sequence[str | int], styles: Sequence[int], height: float) -> Element:
    cells = [
        _cell(address(number, column), text, style)
        for column, (text, style) in enumerate(zip(texts, styles, strict=True))
    ]
    return make("row", {"r": number + 1, "ht": height, "customHeight": 1}, *cells)


def _cell(at: str, text: str | int, style: int) -> Element:
    if not text:
        return make("c", {"r": at, "s": style})
    if isinstance(text, int):
        return make("c", {"r": at, "s": style}, make("v", text=str(text)))
    return make("c", {"r": at, "s": style, "t": "inlineStr"}, make("is", None, make("t", text=held(text))))


def _links(index: Index) -> Iterator[Element]:
    targets = [(address(_HEAD + number, 3), one) for number, one in enumerate(index.entries) if one.target]
    if targets:
        yield make(
            "hyperlinks",
            None,
            *(
                make("hyperlink", {"ref": at, "location": one.target, "display": one.cell})
                for at, one in targets
            ),
        )


def _footer(language: str) -> Element:
    footer = make("oddFooter")
    footer.text = f'&L&"{FONT}"&12&A&R&"{FONT}"&12{say("word.page-of", language)}'
    return footer


class _Look:
    """The index's formats, as numbers of the workbook's styles."""

    def __init__(self, styles: Styles) -> None:
        border, self._styles = _border(), styles
        middle = {"vertical": "center", "wrapText": 1}
        self.title = self._format({"vertical": "center"}, size=22, bold=True, colour=NAVY)
        self.line = self._format({"vertical": "center"})
        self.head = self._format(
            middle | {"horizontal": "center"}, bold=True, colour="#FFFFFF", fill=NAVY, border=border
        )
        self.text = self._format(middle | {"horizontal": "left", "indent": 1}, border=border)
        self.centre = self._format(middle | {"horizontal": "center"}, border=border)
        self.link = self._format(
            middle | {"horizontal": "center"}, colour="#1155AA", underlined=True, border=border
        )
        self.severity = {
            name: self._format(middle | {"horizontal": "center"}, fill=f"#{colour[2:]}", border=border)
            for name, colour in MARKS.items()
        }

    def _format(
        self, alignment: dict[str, Any], *, fill: str = "", border: Element | None = None, **font: Any
    ) -> int:
        painted = solid({"rgb": f"FF{fill[1:]}"}) if fill else None
        return self._styles.format(font=_font(**font), fill=painted, border=border, alignment=alignment)


def _font(*, size: int = 16, bold: bool = False, underlined: bool = False, colour: str = INK) -> Element:
    look = ([make("b")] if bold else []) + ([make("u")] if underlined else [])
    rest = (
        make("sz", {"val": size}),
        make("color", {"rgb": f"FF{colour[1:]}"}),
        make("name", {"val": FONT}),
        make("family", {"val": 2}),
    )
    return make("font", None, *look, *rest)


def _border() -> Element:
    sides = [
        make(side, {"style": "thin"}, make("color", {"rgb": f"FF{LINE[1:]}"}))
        for side in ("left", "right", "top", "bottom")
    ]
    return make("border", None, *sides, make("diagonal"))
