"""What is wrong with a workbook as a package: what makes Excel offer to repair it, or drop a part in silence.

Reads the parts themselves (Open Packaging Conventions, ECMA-376) and knows nothing of the program.
"""

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from urllib.parse import unquote

from lxml import etree
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

TYPES = "[Content_Types].xml"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_USED = etree.XPath(f"//@*[namespace-uri() = '{_RELATIONS[1:-1]}']")
# A text, a reference to a sheet ('its name'! or name!), or an opening or closing parenthesis: what a formula
# must be cut at.
_TOKEN = re.compile(r"""("(?:[^"]|"")*")|'((?:[^']|'')+)'!|(\#REF!)|([^\s'"!(),+\-*/&=<>;:^%{}#]+)!|([()])""")
_FORMULAS = {"f", "formula", "formula1", "formula2", "definedName"}


class Package:
    """A workbook's parts, those in XML as trees; ``broken`` are the ones that are not well formed."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as package:
            self.names = [name for name in package.namelist() if not name.endswith("/")]
            self.raw = {name: package.read(name) for name in self.names}
        self.xml: dict[str, etree._Element] = {}
        self.broken: list[str] = []
        for name, raw in self.raw.items():
            if name.endswith((".xml", ".rels", ".vml")):
                try:
                    self.xml[name] = etree.fromstring(raw)
                except etree.XMLSyntaxError as error:
                    self.broken.append(f"{name}: not well formed: {error}")

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """A part's internal relationships: id → (last word of the type, the target as a part's name)."""
        folder, name = posixpath.split(part)
        tree = self.xml.get(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for one in () if tree is None else tree:
            if one.get("TargetMode") != "External":
                target = posixpath.normpath(
                    posixpath.join("/", folder, unquote(one.get("Target", "")).split("#")[0])
                ).lstrip("/")
                found[one.get("Id", "")] = (one.get("Type", "").rsplit("/", 1)[-1], target)
        return found

    def of_type(self, part: str, kind: str) -> list[str]:
        return [target for type_, target in self.relations(part).values() if type_ == kind]

    def trees(self, part: str, kind: str) -> list[etree._Element]:
        return [self.xml[target] for target in self.of_type(part, kind) if target in self.xml]


def faults(path: Path, *, titled: bool = False) -> list[str]:
    """Everything wrong with the workbook; ``titled`` ones must have a title and charts with alternative
    texts.
    """
    package = Package(path)
    if package.broken or TYPES not in package.xml:
        return package.broken or [f"no {TYPES}"]
    found = [*_content_types(package), *_relationships(package)]
    books = package.of_type("", "officeDocument")
    if len(books) != 1 or books[0] not in package.xml:
        return [*found, "no workbook part"]
    found += [*_book(package, books[0])]
    return [*found, *_described(package)] if titled else found


def _all(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    return element.iter(*(f"{{*}}{name}" for name in names))


def _content_types(package: Package) -> Iterator[str]:
    tree = package.xml[TYPES]
    named = [one.get("PartName", "").lstrip("/") for one in _all(tree, "Override")]
    usual = {one.get("Extension", "").lower() for one in _all(tree, "Default")}
    yield from (f"{TYPES} names {name}, which is missing" for name in named if name not in package.raw)
    yield from (
        f"{name} has no content type"
        for name in package.names
        if name not in (*named, TYPES) and _extension(name) not in usual
    )
    yield from (f"{TYPES} names {name} twice" for name, times in Counter(named).items() if times > 1)
    yield from (
        f"{name} is in the package twice"
        for name, times in Counter(map(str.lower, package.names)).items()
        if times > 1
    )


def _extension(name: str) -> str:
    return name.rsplit(".", 1)[-1].lower()


def _relationships(package: Package) -> Iterator[str]:
    reached, waiting = {TYPES}, [""]
    while waiting:
        part = waiting.pop()
        folder, name = posixpath.split(part)
        reached |= {part, posixpath.join(folder, "_rels", f"{name}.rels")}
        targets = [target for _, target in package.relations(part).values()]
        yield from (
            f"{part or 'the package'} points to {target}, which is missing"
            for target in targets
            if target not in package.raw
        )
        waiting += [target for target in targets if target in package.raw and target not in reached]
    yield from (f"{name} is an orphan" for name in package.names if name not in reached)
    for name, tree in package.xml.items():
        known = {one.get("Id") for one in package.xml.get(posixpath.join(*_rels_of(name)), ())}
        used = set(map(str, _USED(tree)))
        yield from (
            f"{name} uses relationship {one}, which is missing" for one in sorted(used - known - {""})
        )


def _rels_of(part: str) -> tuple[str, str, str]:
    folder, name = posixpath.split(part)
    return folder, "_rels", f"{name}.rels"


def _book(package: Package, book: str) -> Iterator[str]:
    tree, relations = package.xml[book], package.relations(book)
    sheets = list(_all(tree, "sheet"))
    names = [one.get("name", "") for one in sheets]
    yield from (f"sheet name {name!r}: {why}" for name in names for why in _wrong_name(name))
    yield from (
        f"sheet name {name!r} is used twice"
        for name, times in Counter(map(str.casefold, names)).items()
        if times > 1
    )
    yield from (
        f"sheet id {name} is used twice"
        for name, times in Counter(one.get("sheetId") for one in sheets).items()
        if times > 1
    )
    known = {name.casefold() for name in names}
    for name, part in package.xml.items():
        if not name.endswith((".rels", ".vml")) and not name.startswith(("docProps/", "customXml/")):
            yield from (f"{name}: {why}" for why in _formulas(part, known))
    scopes = [one.get("localSheetId") for one in _all(tree, "definedName")]
    yield from (
        f"a defined name is local to sheet {scope}" for scope in scopes if scope and int(scope) >= len(sheets)
    )
    shared, styles = package.trees(book, "sharedStrings"), package.trees(book, "styles")
    texts = len(list(_all(shared[0], "si"))) if shared else 0
    formats = {kind: len(next(_all(styles[0], kind), ())) if styles else 0 for kind in ("cellXfs", "dxfs")}
    used = 0
    for name, sheet in zip(names, sheets, strict=True):
        kind, target = relations.get(sheet.get(f"{_RELATIONS}id", ""), ("", ""))
        if kind == "worksheet" and target in package.xml:
            used += sum(cell.get("t") == "s" for cell in _all(package.xml[target], "c"))
            yield from (f"{name}: {why}" for why in _sheet(package.xml[target], texts, formats))
    # XlsxWriter counts a cell that is written twice twice, so ``count`` may be too high; no reader relies on
    # it.
    if shared and not used <= int(shared[0].get("count", used)):
        yield f"sharedStrings: count is {shared[0].get('count')}, there are {used}"
    if shared and int(shared[0].get("uniqueCount", texts)) != texts:
        yield f"sharedStrings: uniqueCount is {shared[0].get('uniqueCount')}, there are {texts}"


def _wrong_name(name: str) -> Iterator[str]:
    if not 0 < len(name) <= 31:
        yield f"{len(name)} characters"
    if (
        set(name) & set("[]:*?/\\")
        or name.startswith("'")
        or name.endswith("'")
        or name.casefold() == "history"
    ):
        yield "not allowed"


def _formulas(part: etree._Element, known: set[str]) -> Iterator[str]:
    for one in _all(part, *_FORMULAS):
        text = "".join(one.itertext())
        yield from (f"{why} in {text[:200]}" for why in _wrong_formula(text, known))
    for link in _all(part, "hyperlink"):
        yield from _wrong_formula(link.get("location") or "", known)


def _wrong_formula(text: str, known: set[str]) -> Iterator[str]:
    depth = deepest = 0
    for literal, quoted, lost, bare, bracket in _TOKEN.findall(text):
        name = quoted.replace("''", "'") or bare
        if len(literal) > 257:
            yield f"a text of {len(literal) - 2} characters"
        if literal.startswith('"#'):
            yield from _wrong_formula(literal[2:-1].replace('""', '"'), known)
        elif lost:
            yield "#REF!"
        elif name and not re.match(r".*\[\d+\]", name) and name.casefold() not in known:
            yield f"no sheet {name!r}"
        elif bracket:
            depth += 1 if bracket == "(" else -1
            deepest = max(deepest, depth)
    if len(text) > 8191 or deepest > 64 or depth:
        yield f"{len(text)} characters, {deepest} levels deep, {depth} left open"


def _sheet(sheet: etree._Element, texts: int, formats: dict[str, int]) -> Iterator[str]:
    places = []
    for row in _all(sheet, "row"):
        for cell in _all(row, "c"):
            place = coordinate_to_tuple(cell.get("r", "A1"))
            places.append(place)
            value = cell.findtext("{*}v") or None
            if place[0] != int(row.get("r", place[0])):
                yield f"{cell.get('r')} stands in row {row.get('r')}"
            if cell.get("t") == "s" and int(value or 0) >= texts:
                yield f"{cell.get('r')}: shared string {value} of {texts}"
            if int(cell.get("s", 0)) >= max(1, formats["cellXfs"]):
                yield f"{cell.get('r')}: format {cell.get('s')} of {formats['cellXfs']}"
            if cell.get("t", "n") == "n" and value is not None and not _finite(value):
                yield f"{cell.get('r')}: {value!r} is no number"
    yield from (f"cells out of order after {first}" for first, second in pairwise(places) if second <= first)
    yield from (
        f"conditional format {one.get('dxfId')}"
        for one in _all(sheet, "cfRule")
        if int(one.get("dxfId", -1)) >= formats["dxfs"]
    )
    areas = [range_boundaries(one.get("ref", "A1")) for one in _all(sheet, "mergeCell")]
    yield from (f"merged cells {a} and {b} overlap" for a, b in combinations(areas, 2) if _meet(a, b))
    for table in ("mergeCells", "dataValidations"):
        for one in _all(sheet, table):
            if one.get("count") and int(one.get("count", 0)) != len(one):
                yield f"{table}: count is {one.get('count')}, there are {len(one)}"
    for one in _all(sheet, "dataValidation"):
        yield from (f"{key} is too long" for key, most in _LONGEST.items() if len(one.get(key, "")) > most)
        yield from (
            f"list of {len(text)}"
            for list_ in one
            if (text := list_.text or "").startswith('"') and len(text) > 257
        )


_LONGEST = {"promptTitle": 32, "errorTitle": 32, "prompt": 255, "error": 255}


def _finite(value: str) -> bool:
    try:
        return abs(float(value)) < 1e308
    except ValueError:
        return False


def _meet(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _described(package: Package) -> Iterator[str]:
    core = package.trees("", "core-properties")
    if not core or not "".join(text for one in _all(core[0], "title") for text in one.itertext()).strip():
        yield "docProps: no title"
    for name, tree in package.xml.items():
        for frame in (
            _all(tree, "graphicFrame", "pic")
            if "drawings/drawing" in name and not name.endswith(".rels")
            else ()
        ):
            if not any(one.get("descr", "").strip() for one in _all(frame, "cNvPr")):
                yield f"{name}: a chart or picture without alternative text"
