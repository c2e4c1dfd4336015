"""An agreement as a document, and the lists of one that came back: the one door to python-docx.

In: ``Agreement``; the bytes of a document that was inspected. Out: a .docx of A4 pages, the same bytes for
the same agreement; the lines of its lists. Thai is a complex script to Word, which has a font, a size and a
boldness of its own for it: each is said twice.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from kpibatch.base.files import saved
from kpibatch.books.look import FONT, MIST, clean, escaped
from kpibatch.books.packing import normalised
from kpibatch.rules.agreement.mark import marks_of
from kpibatch.rules.agreement.text import Agreement, Item, Listing

_WIDTHS = (1.6, 10.8, 2.0, 2.6)  # centimetres, of the 17 between the margins
_MARGIN = 2.0
_INDENT = "   "
_SCRIPTS = ("ascii", "hAnsi", "eastAsia", "cs")
_SIZE, _SMALL, _TITLE = 16, 14, 20
_CENTRE = WD_ALIGN_PARAGRAPH.CENTER
_CUSTOM = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_SPACE = "http://schemas.openxmlformats.org/officeDocument/2006"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


def write_word(agreement: Agreement, path: Path, day: date) -> None:
    """Write the document; it appears whole or not at all."""
    document = docx.Document()
    _settle(document, agreement, day)
    _line(document.add_paragraph(), agreement.title, size=_TITLE, bold=True, centre=True, keep=True)
    for line in agreement.subtitle:
        _line(document.add_paragraph(), line, bold=True, centre=True, keep=True)
    for line in agreement.opening:
        _line(document.add_paragraph(), line, before=6)
    for listing in agreement.listings:
        _line(document.add_paragraph(), listing.heading, bold=True, keep=True)
        _list(document, agreement, listing)
    for number, line in enumerate(agreement.closing):
        last = number == len(agreement.closing) - 1
        _line(document.add_paragraph(), line, before=8 if number == 0 or last else 0, keep=last)
    _signatures(document, agreement)
    _foot(document, agreement)
    _mark(document, marks_of(agreement.agreed, _lines_of(document)))
    content = BytesIO()
    document.save(content)
    saved(path, lambda part: part.write_bytes(normalised(content.getvalue())))


def lines_in(raw: bytes) -> list[str]:
    """The lines of the lists of a document: of all its tables but the last, which is signed."""
    return list(_lines_of(docx.Document(BytesIO(raw))))


def _lines_of(document: Any) -> Iterator[str]:
    for table in document.tables[:-1]:
        for paragraph in table._tbl.iter(qn("w:p")):
            yield "".join(text.text or "" for text in paragraph.iter(qn("w:t")))


# --- the page -----------------------------------------------------------------------------------------------


def _settle(document: Any, agreement: Agreement, day: date) -> None:
    """A4, the font for both scripts, whose it is; without what the library's own template has beside."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(_MARGIN)
    section.top_margin, section.bottom_margin = Cm(2), Cm(2)
    normal = document.styles["Normal"]
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(0), 1.0
    _dress(normal.element.get_or_add_rPr(), _SIZE, bold=False)
    about = document.core_properties
    about.title, about.author, about.last_modified_by = clean(agreement.title), "kpibatch", "kpibatch"
    about.created = about.modified = datetime.combine(day, time())
    about.comments, about.revision = "", 1
    package = document.part.package
    for name, link in list(package.rels.items()):
        if link.reltype.endswith("/thumbnail"):
            del package.rels[name]


def _dress(properties: Any, size: int, *, bold: bool) -> None:
    fonts = _element("rFonts", **dict.fromkeys(_SCRIPTS, FONT))
    for old in list(properties):
        properties.remove(old)
    properties.append(fonts)
    if bold:
        properties.append(_element("b"))
        properties.append(_element("bCs"))
    properties.append(_element("sz", val=str(2 * size)))
    properties.append(_element("szCs", val=str(2 * size)))
    properties.append(_element("lang", val="en-US", bidi="th-TH"))


def _element(name: str, **attributes: str) -> Any:
    element = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _line(
    paragraph: Any,
    text: str,
    *,
    size: int = _SIZE,
    bold: bool = False,
    centre: bool = False,
    before: int = 0,
    keep: bool = False,
) -> None:
    """A line of text; what it is indented by with spaces becomes an indent, and hangs where it wraps."""
    bare = text.lstrip(" ") if text.startswith(_INDENT) else text
    _dress(paragraph.add_run(clean(bare))._r.get_or_add_rPr(), size, bold=bold)
    look = paragraph.paragraph_format
    if centre:
        paragraph.alignment = _CENTRE
    if before:
        look.space_before = Pt(before)
    if len(bare) < len(text):
        look.left_indent, look.first_line_indent = Cm(0.9), Cm(-0.5)
    if keep:
        look.keep_with_next = True


# --- its parts ----------------------------------------------------------------------------------------------


def _list(document: Any, agreement: Agreement, listing: Listing) -> None:
    table = document.add_table(rows=0, cols=len(_WIDTHS))
    table.style, table.autofit = "Table Grid", False
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = Cm(width)
    heads = [[(text, True) for text in head.split("\n")] for head in agreement.heads]
    head = _row(table, heads, heading=True, centred=True)
    for kind in ("cantSplit", "tblHeader"):
        head._tr.get_or_add_trPr().append(_element(kind))
    for item in listing.items:
        _row(table, _cells(item), heading=item.is_section)
    if listing.weight:
        texts = ("", agreement.total, listing.weight, listing.share)
        _row(table, [[(text, True)] for text in texts], heading=True)


def _cells(item: Item) -> list[list[tuple[str, bool]]]:
    bold = item.is_section
    lines = [(item.name, True), *((line, False) for line in item.lines)]
    return [[(item.code, True)], lines, [(item.weight, bold)], [(item.share, bold)]]


def _row(
    table: Any, cells: Sequence[Sequence[tuple[str, bool]]], *, heading: bool, centred: bool = False
) -> Any:
    """A row; a section's and a heading's stay with what follows, and so does a KPI's name."""
    row = table.add_row()
    for column, (cell, lines) in enumerate(zip(row.cells, cells, strict=True)):
        cell.width = Cm(_WIDTHS[column])
        if heading:
            cell._tc.get_or_add_tcPr().append(_element("shd", val="clear", fill=MIST.lstrip("#")))
        for number, (text, bold) in enumerate(lines):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            _line(
                paragraph,
                text,
                size=_SMALL if centred else _SIZE,
                bold=bold,
                centre=centred or column != 1,
                keep=heading or (number == 0 and len(lines) > 1),
            )
    return row


def _signatures(document: Any, agreement: Agreement) -> None:
    """Side by side and on one page, room to sign above them."""
    table = document.add_table(rows=0, cols=2)
    table.autofit = False
    for column in table.columns:
        column.width = Cm(sum(_WIDTHS) / 2)
    row = table.add_row()
    row._tr.get_or_add_trPr().append(_element("cantSplit"))
    for cell, lines in zip(row.cells, agreement.signatures, strict=True):
        cell.width = Cm(sum(_WIDTHS) / 2)
        for number, line in enumerate(lines):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            last = number == len(lines) - 1
            _line(paragraph, line, bold=last, centre=True, before=30 if number == 0 else 4, keep=not last)


def _foot(document: Any, agreement: Agreement) -> None:
    """Each page says whose it is, what was agreed and which page of how many."""
    paragraph = document.sections[0].footer.paragraphs[0]
    before, between, after = agreement.page
    _line(paragraph, agreement.foot + "   " + before, size=_SMALL, centre=True)
    for field, text in (("PAGE", between), ("NUMPAGES", after)):
        simple = _element("fldSimple", instr=field)
        run = OxmlElement("w:r")
        _dress(run.get_or_add_rPr(), _SMALL, bold=False)
        shown = OxmlElement("w:t")
        shown.text = "1"
        run.append(shown)
        simple.append(run)
        paragraph._p.append(simple)
        _line(paragraph, text, size=_SMALL)


def _mark(document: Any, marks: dict[str, str]) -> None:
    """The custom properties, which the library does not know."""
    said = "".join(
        f'<property fmtid="{_FORMAT_ID}" pid="{number}" name="{escape(name)}">'
        f"<vt:lpwstr>{escape(escaped(clean(value)))}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(marks.items(), 2)
    )
    spaces = f'xmlns="{_SPACE}/custom-properties" xmlns:vt="{_SPACE}/docPropsVTypes"'
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    whole = f"{head}<Properties {spaces}>{said}</Properties>"
    package = document.part.package
    part = Part(PackURI("/docProps/custom.xml"), _CUSTOM, whole.encode(), package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)
