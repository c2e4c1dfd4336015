"""A package's workbook: its sheets, and the index put in front of them with all around it set right.

Whatever in a workbook counts sheets from the left (names that belong to a sheet, the sheet in view, the
titles in the properties) is moved on by one. The sheet is known again by a hidden name, so that an index of
an earlier round is written over instead of joined by a second.
"""

from dataclasses import dataclass

from kpibatch.base.addresses import quoted
from kpibatch.books.look import sheet_name
from kpibatch.books.package import (
    RELATIONS,
    Element,
    Package,
    elements,
    make,
    parse,
    place,
    tag,
)
from kpibatch.books.packing import Unpatchable
from kpibatch.workbooks.returned.index import HEAD

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


@dataclass(frozen=True)
class Workbook:
    """A package's workbook: its part, and its sheets in order as (name, part, hidden)."""

    package: Package
    part: str
    sheets: tuple[tuple[str, str, bool], ...]

    def related(self, kind: str) -> str:
        """The part of that kind the workbook points to."""
        relations = self.package.relations(self.part)
        target = next((relation.target for relation in relations if relation.kind == kind), "")
        if target not in self.package.parts:
            raise Unpatchable(kind)
        return target

    @property
    def worksheets(self) -> dict[str, str]:
        """The part of each sheet of cells, by the sheet's name."""
        parts = {
            relation.target for relation in self.package.relations(self.part) if relation.kind == "worksheet"
        }
        return {name: part for name, part, _ in self.sheets if part in parts}

    @property
    def visible(self) -> tuple[str, ...]:
        """The names of the sheets of cells that are not hidden."""
        cells = self.worksheets
        return tuple(name for name, _, hidden in self.sheets if not hidden and name in cells)


def open_workbook(package: Package) -> Workbook:
    """The workbook of a package. Raises ``Unpatchable`` where it is of another kind (.ods, .docx, Strict)."""
    part = next(
        (relation.target for relation in package.relations("") if relation.kind == "officeDocument"), ""
    )
    if part not in package.parts or package.read(part).tag != tag("workbook"):
        raise Unpatchable("no workbook")
    targets = {relation.id: relation.target for relation in package.relations(part)}
    listed = elements(package.read(part).find(tag("sheets")))
    sheets = (
        (
            element.get("name"),
            targets[element.get(f"{{{RELATIONS}}}id")],
            element.get("state", "visible") != "visible",
        )
        for element in listed
    )
    return Workbook(package, part, tuple(sheets))


def earlier_index(book: Workbook) -> str | None:
    """The name of the sheet in which an earlier round's index stands."""
    names = book.package.read(book.part).find(tag("definedNames"))
    ours = next(
        (
            element.text or ""
            for element in ([] if names is None else elements(names))
            if element.get("name") == _OURS
        ),
        "",
    )
    return next((name for name in book.worksheets if ours.startswith((f"{quoted(name)}!", f"{name}!"))), None)


def put_index(book: Workbook, name: str, sheet: Element) -> None:
    """Put the index in as the first sheet (or over that of an earlier round), and show it when the file is
    opened.
    """
    earlier = earlier_index(book)
    if earlier is None:
        name, position = sheet_name(name, (name for name, _, _ in book.sheets)), 0
        _insert(book, name, sheet)
    else:
        name, position = earlier, [name for name, _, _ in book.sheets].index(earlier)
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
    number = max(int(element.get("sheetId")) for element in elements(listed)) + 1
    entry = make("sheet", {"name": name, "sheetId": number, f"{{{RELATIONS}}}id": relation})
    next(elements(listed)).addprevious(entry)
    for element in root.iter(tag("definedName")):
        if element.get("localSheetId"):
            element.set("localSheetId", str(int(element.get("localSheetId")) + 1))
    _count_titles(book, name)


def _unhide(book: Workbook, name: str) -> None:
    for element in elements(book.package.edit(book.part).find(tag("sheets"))):
        if element.get("name") == name:
            element.attrib.pop("state", None)


def _name_ranges(book: Workbook, name: str, position: int) -> None:
    """The hidden name that tells the index from other sheets, and the rows printed on each of its pages."""
    root = book.package.edit(book.part)
    names = root.find(tag("definedNames"))
    if names is None:
        names = make("definedNames")
        place(root, names, _AFTER_NAMES)
    for element in list(elements(names)):
        if element.get("name") == _OURS or (
            element.get("name") == _TITLES and element.get("localSheetId") == str(position)
        ):
            names.remove(element)
    ours = make("definedName", {"name": _OURS, "hidden": 1})
    ours.text = f"{quoted(name)}!$A$1"
    titles = make("definedName", {"name": _TITLES, "localSheetId": position})
    titles.text = f"{quoted(name)}!${HEAD}:${HEAD}"
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
    part = next(
        (
            relation.target
            for relation in book.package.relations("")
            if relation.kind == "extended-properties"
        ),
        "",
    )
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
