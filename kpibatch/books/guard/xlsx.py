"""Inspecting .xlsx and .xlsm: which sheets there are, what is in them, and which cells hold an error or no
result.

Most sheets are plain enough for one regular expression to prove it (``plain_cells``); ``guard_cells`` walks
the others.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from kpibatch.base.addresses import COLUMNS, ROWS, coordinates
from kpibatch.books.guard.cells import walked_cells
from kpibatch.books.guard.limits import (
    NAMELESS_ERROR,
    UNCALCULATED,
    Hidden,
    Inspected,
    Looking,
    Merge,
    Position,
    Refused,
    Sheet,
    Tally,
)
from kpibatch.books.guard.linked import Copy, Linked
from kpibatch.books.guard.looks import Look, looks_of
from kpibatch.books.guard.package import Zipped, elements, parse, xml_parser

_READABLE_ERRORS = {
    "#DIV/0!",
    "#N/A",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#REF!",
    "#VALUE!",
    NAMELESS_ERROR,
    UNCALCULATED,
}
_SMALLEST_STRING = len("<si/>")
# A plain cell: its address first, then nothing, a number, text, or a formula with its result. Any other cell
# gives an empty match.
_FORMULA = r"<f(?=[\s>/])[^<>]*+>(?:[^<]*+</f>)?+"
_NUMBER = rf'(?: t="[nsb]")?+(?:/>|>(?:{_FORMULA}<v>[^<&]++</v>|<v>[^<&]*+</v>)?+</c>)'
_STRING = rf' t="str">(?:{_FORMULA})?+<v>[^<]*+</v></c>'
_TEXT = (
    r' t="inlineStr"><is><t(?: xml:space="preserve")?+>[^<]*+</t></is></c>| t="(?:str|inlineStr)"(?:/>|></c>)'
)
_NEAR, _ANYWHERE = (
    re.compile(
        rf'<c(?: r="({address})"(?: s="(?:0|[1-9]\d*+)")?+(?:{_NUMBER}|{_STRING}|{_TEXT})|[\s/>])'.encode()
    )
    for address in (r"[A-Z]{1,2}+[1-9]\d{0,2}+", r"[A-Z]{1,3}+[1-9]\d{0,6}+")
)
_CELL = b'<c r="'
_COMPUTED = re.compile(
    rf'<c r="([A-Z]{{1,3}}+[1-9]\d{{0,6}}+)"[^<>]*+>{_FORMULA}<v>[^<]'.encode()
)  # of plain cells alone
_NEAR_BOX = 999 * 702  # up to ZZ999
_FEW = 10_000
_CACHED = 1 << 20  # the forms of an office share their styles, which take some kilobytes
_LETTERS, _DIGITS = bytes(range(65, 91)), b"0123456789"
_PREFIXED = re.compile(rb"<[^\s<>/]*:")
_FIRST_STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")
_MERGE = re.compile(rb"""mergeCell\s[^>]*?\bref\s*=\s*["']([^"']*)["']""")
_HIDDEN = re.compile(rb"""<(?:\w+:)?(row|col)(?=\s)([^>]*\shidden\s*=\s*["'](?:1|true)["'][^>]*)>""")
_LONGEST_TAG = 1000
_PLACES = re.compile(rb"""\s(r|min|max)\s*=\s*["'](\d{1,7})["']""")
_UNIQUE = re.compile(rb"""<(?:\w+:)?sst\b[^>]*?\buniqueCount\s*=\s*["']\s*(\d+)""")


def inspect_xlsx(zipped: Zipped, workbook: str, tally: Tally) -> Inspected:
    """Inspect every sheet of a workbook whose main part is ``workbook``."""
    linked = Linked(zipped, workbook)
    styles = linked.other("styles")
    looks = styled_looks(zipped.xml(styles)) if styles else {}
    copy = Copy(zipped, "xml")
    copy.add("xl/workbook.xml", workbook)
    sheets = []
    for name, link, unseen in _listed(zipped.xml(workbook)):
        tally.begin(name)
        kind, part = linked.sheet(name, link)
        xml = zipped.xml(part)
        sheet = _inspected(name, xml, tally, looks) if kind == "worksheets" else Sheet(name)
        strange = {text for _, _, text in sheet.flaws} - _READABLE_ERRORS
        copy.add_sheet(link, kind, part, _readable(xml, strange) if strange else None)
        sheets.append(replace(sheet, hidden=_hidden(xml, unseen)) if unseen or b"hidden" in xml else sheet)
    strings = linked.other("sharedStrings")
    if strings:
        _refuse_unsound(strings, zipped.xml(strings))
    for kind in ("sharedStrings", "styles"):
        copy.add_linked(kind, linked.other(kind))
    zipped.refuse_doctypes()
    from_1904 = _from_1904(zipped.xml(workbook))
    return Inspected("xlsx", copy.packed(), tuple(sheets), from_1904, linked.carries)


def styled_looks(xml: bytes) -> Mapping[int, Look]:
    """The styles of cells, by their numbers, that show something else than the number."""
    return _known_styles(xml) if len(xml) <= _CACHED else _read_styles(xml)


@lru_cache(8)
def _known_styles(xml: bytes) -> Mapping[int, Look]:
    return _read_styles(xml)


def _read_styles(xml: bytes) -> Mapping[int, Look]:
    codes: dict[int, str] = {}
    used: list[int] = []
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if inside[-1:] == ["numFmts"] and tag == "numFmt":
            codes[_format_number(attributes)] = attributes.get("formatCode", "")
        elif inside[-1:] == ["cellXfs"] and tag == "xf":
            used.append(_format_number(attributes))
        inside.append(tag)

    parser = xml_parser()
    parser.StartElementHandler, parser.EndElementHandler = start, lambda _: inside.pop()
    parse(parser, xml)
    return looks_of(used, codes)


def _format_number(attributes: Mapping[str, str]) -> int:
    stated = attributes.get("numFmtId", "0").strip()
    return int(stated) if re.fullmatch(r"\d{1,9}", stated, re.ASCII) else 0


def _from_1904(workbook: bytes) -> bool:
    properties = elements(workbook, "workbookPr") if b"date1904" in workbook else []
    return any(each.get("date1904") in ("1", "true") for each in properties)


def _listed(workbook: bytes) -> Iterator[tuple[str, str, bool]]:
    """The name of each sheet, its link, and whether it is hidden."""
    for sheet in elements(workbook, "sheet"):
        link = next((value for key, value in sheet.items() if key.rpartition(":")[2] == "id"), "")
        yield sheet.get("name", ""), link, sheet.get("state", "visible") != "visible"


def _hidden(xml: bytes, all_of_it: bool) -> Hidden:
    rows, columns = [], []
    for tag, attributes in _hidden_tags(xml):
        stated = {key: int(number) - 1 for key, number in _PLACES.findall(attributes)}
        if tag == b"row" and b"r" in stated:
            rows.append((stated[b"r"], stated[b"r"]))
        elif tag == b"col" and b"min" in stated:
            columns.append((stated[b"min"], stated.get(b"max", stated[b"min"])))
    return Hidden(tuple(rows), tuple(columns), all_of_it)


def _hidden_tags(xml: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Rows and columns by the word: most tags of a sheet are cells."""
    at = xml.find(b"hidden")
    while at >= 0:
        if tag := _HIDDEN.match(xml, xml.rfind(b"<", max(0, at - _LONGEST_TAG), at)):
            yield tag[1], tag[2]
        at = xml.find(b"hidden", at + 1)


def _refuse_unsound(part: str, xml: bytes) -> None:
    """Shared strings must not promise more strings than there is room for: readers set memory aside for
    them.
    """
    unique = _UNIQUE.search(xml)
    if unique and int(unique[1]) * _SMALLEST_STRING > len(xml):
        raise Refused("file-malformed", f"uniqueCount={unique[1].decode()}")
    first = _FIRST_STRING.search(xml)
    if first and (xml.find(b"<!", first.start()) >= 0 or xml.find(b"<?", first.start()) >= 0):
        raise Refused(
            "file-malformed", f"{part}: <!"
        )  # a comment inside a text cuts it short in some readers


def _readable(xml: bytes, strange: set[str]) -> bytes:
    """The sheet with newer errors such as #SPILL! under an older name: the reader gives up a whole sheet for
    one of them.
    """
    words = b"|".join(re.escape(text.encode()) for text in sorted(strange))
    return re.sub(rb"(<(?:\w+:)?v(?:\s[^>]*)?>)(?:" + words + rb")(?=</)", rb"\1#N/A", xml)


def _inspected(name: str, xml: bytes, tally: Tally, looks: Mapping[int, Look]) -> Sheet:
    merges = tally.merge(_merges(name, xml)) if b"mergeCell" in xml else ()
    # a cell without a style has the first
    count = None if 0 in looks else plain_cells(xml, tally.limits.max_box)
    if count is None:
        flaws, seen, computed = walked_cells(name, xml, tally, looks)
        return Sheet(name, tuple(flaws), merges, tuple(seen), formulas=tuple(computed))
    # blank cells may be many; they are told from filled ones where it matters
    tally.count(count if count < _FEW else xml.count(b"</v>") + xml.count(b"</is>"))
    plain = tuple(_plain_looks(xml, looks)) if looks else ()
    return Sheet(name, (), merges, plain, formulas=tuple(plain_formulas(xml)))


def plain_formulas(xml: bytes) -> Iterator[Position]:
    """Where formulas with a result stand in a sheet of plain cells."""
    first, last = xml.find(b"<sheetData"), xml.find(b"</sheetData>")
    if xml.find(b"<f", first, last) >= 0:
        yield from (coordinates(found[1].decode()) for found in _COMPUTED.finditer(xml, first, last))


def _plain_looks(xml: bytes, looks: Mapping[int, Look]) -> Iterator[Looking]:
    """The numbers of a sheet of plain cells that their styles show as something else; looked for by the end
    of a cell's tag, for most styles are of blank cells only.
    """
    first, last = xml.find(b"<sheetData"), xml.find(b"</sheetData>")
    for style, look in looks.items():
        for end in (b' s="%d">' % style, b' s="%d" t="n">' % style):
            at = xml.find(end, first, last)
            while at >= 0:
                start, after = xml.rfind(b"<", 0, at), at + len(end)
                if xml.startswith(_CELL, start) and not xml.startswith(b"</c>", after):
                    yield (*coordinates(xml[start + len(_CELL) : at - 1].decode()), look)
                at = xml.find(end, after, last)


def plain_cells(xml: bytes, max_box: int) -> int | None:
    """How many cells there are, where each is plain, not too far away and there once; else nothing is
    known.
    """
    start = xml.find(b"<sheetData")
    end = xml.find(b"</sheetData>", start)
    if start < 0 or end < 0 or xml.find(b"sheetData") != start + 1 or xml.find(b"sheetData", end + 12) >= 0:
        return None
    if any(
        xml.find(sign, start, end) >= 0 and xml.find(b"<" + sign, start, end) >= 0 for sign in (b"!", b"?")
    ):
        return None
    if _PREFIXED.search(xml, start, end):
        return None
    cells = _NEAR.findall(xml, start, end)
    once = set(cells)
    if b"" in once or max_box < _NEAR_BOX:
        cells = _ANYWHERE.findall(xml, start, end)
        once = set(cells)
        if b"" in once or not _within(once, max_box):
            return None
    return len(cells) if len(once) == len(cells) else None


def _within(addresses: set[bytes], max_box: int) -> bool:
    """Whether the farthest row and column are inside the grid and the area from A1 up to them is not too
    large.
    """
    joined = b" ".join(addresses)
    letters = max(
        joined.translate(None, _DIGITS).split(), key=lambda column: (len(column), column), default=b"A"
    )
    columns = coordinates(f"{letters.decode()}1")[1] + 1
    rows = max(map(int, joined.translate(None, _LETTERS).split()), default=1)
    return rows <= ROWS and columns <= COLUMNS and rows * columns <= max_box


def _merges(name: str, xml: bytes) -> Iterator[Merge]:
    for found in _MERGE.findall(xml, xml.find(b"mergeCell"), xml.find(b">", xml.rfind(b"mergeCell")) + 1):
        first, several, last = found.decode("ascii", "replace").partition(":")
        try:
            (top, left), (bottom, right) = coordinates(first), coordinates(last if several else first)
        except ValueError:
            raise Refused("file-malformed", f"mergeCell {first}", name) from None
        if top > bottom or left > right:
            raise Refused("file-malformed", f"mergeCell {first}:{last}", name)
        yield (top, left), (bottom, right)
