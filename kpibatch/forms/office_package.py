"""The package of an office form: which cells hold formulas, cells filled in, and the properties that say
whose it is.

Only the parts named here change: sheets with placeholders (and there only those cells), the order to
calculate on opening, and the custom properties with their two entries in the package's lists.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from html import escape

from kpibatch.base.addresses import address, coordinates
from kpibatch.books.guard.linked import attribute
from kpibatch.books.guard.looks import Look
from kpibatch.books.guard.xlsx import styled_looks
from kpibatch.books.package import RELATIONS, Element, Package, elements, held, make, parse, tag
from kpibatch.books.packing import Unpatchable
from kpibatch.books.write import Content, Formula

Cell = tuple[int, int]
Contents = Mapping[Cell, str | float | Formula | None]
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_CUSTOM, _KIND = "docProps/custom.xml", "custom-properties"
_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_NAMESPACES = f'xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes"'
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"
_SHOWN = ("comments", "drawing", "chart")
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


class Strict(Unpatchable):
    """A workbook saved as Strict Open XML, whose parts have names of their own."""


def worksheets(package: Package) -> dict[str, str]:
    """The part of each sheet by the sheet's name. Raises ``Unpatchable`` where the package is no workbook."""
    book = _workbook(package)
    parts = {one.id: one.target for one in package.relations(book) if one.kind == "worksheet"}
    listed = list(package.read(book).iter(tag("sheet")))
    return {
        one.get("name"): parts[one.get(f"{{{RELATIONS}}}id")]
        for one in listed
        if one.get(f"{{{RELATIONS}}}id") in parts
    }


def _workbook(package: Package) -> str:
    kinds = {one.kind: one.target for one in package.relations("")}
    part = kinds.get("officeDocument", "")
    if _STRICT in kinds:
        raise Strict("Strict Open XML")
    if part not in package.parts or package.read(part).tag != tag("workbook"):
        raise Unpatchable("no workbook")
    return part


def formula_cells(package: Package) -> dict[str, set[Cell]]:
    """By sheet, the cells that hold formulas."""
    sheets = {name: package.read(part).iter(tag("c")) for name, part in worksheets(package).items()}
    return {
        name: {coordinates(cell.get("r")) for cell in cells if cell.find(tag("f")) is not None}
        for name, cells in sheets.items()
    }


def texts_elsewhere(package: Package) -> Iterator[tuple[str, str, str]]:
    """Every text that is shown but stands in no plain cell: the sheet's name, the cell of a formula (else
    empty), the text.

    Names of sheets, formulas, headers and footers, messages of validations, comments, drawings, charts.
    """
    for sheet, part in worksheets(package).items():
        yield sheet, "", sheet
        for element in package.read(part).iter("*"):
            yield from ((sheet, "", value) for value in element.attrib.values())
            if element.tag == tag("f"):
                yield sheet, element.getparent().get("r", ""), element.text or ""
            elif element.tag not in (tag("v"), tag("t")):
                yield sheet, "", element.text or ""
        for about in _around(package, part):
            with suppress(Unpatchable, SyntaxError):  # a drawing that is no sound XML is copied as it is
                yield sheet, "", "".join(package.read(about).itertext())


def _around(package: Package, part: str) -> Iterator[str]:
    """The XML parts with texts that a sheet shows besides its cells: comments, drawings, their charts."""
    for one in package.relations(part):
        if one.kind in _SHOWN and one.target in package.parts:
            yield one.target
            yield from _around(package, one.target)


def looks(package: Package, part: str) -> dict[Cell, Look]:
    """The cells of a sheet that show a number as something else."""
    book = _workbook(package)
    styles = next((one.target for one in package.relations(book) if one.kind == "styles"), "")
    by_style = styled_looks(package.parts[styles]) if styles in package.parts else {}
    cells = ((coordinates(cell.get("r")), cell.get("s")) for cell in package.read(part).iter(tag("c")))
    return {at: by_style[int(style)] for at, style in cells if style and int(style) in by_style}


def fill(package: Package, part: str, contents: Contents) -> None:
    """Replace what cells of a sheet hold, keeping their styles; ``None`` leaves them blank."""
    for cell in package.edit(part).iter(tag("c")):
        at = coordinates(cell.get("r"))
        if at in contents:
            _fill(cell, contents[at])


def add_hidden_sheet(package: Package, name: str, cells: Iterable[tuple[int, int, Content]]) -> None:
    """A new sheet at the end, hidden, with these cells in the order of their rows."""
    root, data, rows = make("worksheet"), make("sheetData"), dict[int, Element]()
    root.append(data)
    for row, column, content in cells:
        if row not in rows:
            rows[row] = make("row", {"r": row + 1})
            data.append(rows[row])
        cell = make("c", {"r": address(row, column)})
        assert not isinstance(content, date)
        _fill(cell, content)
        rows[row].append(cell)
    book = _workbook(package)
    part = package.add("xl/worksheets/sheet{}.xml", root, _SHEET_TYPE)
    sheets = next(package.edit(book).iter(tag("sheets")))
    number = max((int(each.get("sheetId", 0)) for each in elements(sheets)), default=0) + 1
    relation = package.relate(book, "worksheet", part)
    facts = {"name": name, "sheetId": number, "state": "hidden", f"{{{RELATIONS}}}id": relation}
    sheets.append(make("sheet", facts))


def _fill(cell: Element, content: str | float | Formula | None) -> None:
    for child in list(elements(cell)):
        cell.remove(child)
    for name in ("t", "cm", "vm"):
        cell.attrib.pop(name, None)
    if isinstance(content, Formula):
        result = content.result
        if isinstance(result, str | bool):
            cell.set("t", "str" if isinstance(result, str) else "b")
        cell.append(make("f", text=held(content.text)))
        cell.append(make("v", text=held(result) if isinstance(result, str) else repr(result)))
    elif isinstance(content, str):
        cell.set("t", "inlineStr")
        cell.append(make("is", None, make("t", text=held(content))))
    elif content is not None:
        cell.append(make("v", text=repr(content)))


def calculate_on_opening(package: Package) -> None:
    """Let the spreadsheet program work all formulas out anew: their stored results were those of the
    placeholders.
    """
    book = _workbook(package)
    for one in package.read(book).iter(tag("calcPr")):
        if one.get("fullCalcOnLoad") not in ("1", "true"):
            package.edit(book)
            one.set("fullCalcOnLoad", "1")


def set_properties(package: Package, properties: Mapping[str, str]) -> None:
    """Set custom properties; others that the workbook has stay."""
    part = next((one.target for one in package.relations("") if one.kind == _KIND), "")
    if part not in package.parts:
        root = parse(f"<Properties {_NAMESPACES}/>".encode())
        part = package.add(
            _CUSTOM if package.name_of(_CUSTOM) is None else "docProps/custom{}.xml", root, _CUSTOM_TYPE
        )
        package.relate("", _KIND, part)
    root = package.edit(part)
    for one in [one for one in elements(root) if one.get("name") in properties]:
        root.remove(one)
    number = max((int(one.get("pid", 1)) for one in elements(root)), default=1)
    for step, (name, value) in enumerate(properties.items(), 1):
        facts = f'fmtid="{_FORMAT_ID}" pid="{number + step}" name="{attribute(name)}"'
        text = escape(held(value), quote=False)
        root.append(
            parse(f"<property {_NAMESPACES} {facts}><vt:lpwstr>{text}</vt:lpwstr></property>".encode())
        )
