"""A workbook of plain cells, written straight: no widths, no dropdowns, no colours, which no reader of values
asks for. It takes a tenth of the time of a writer that knows them all.
"""

import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Any, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from kpibatch.base.addresses import address, excel_day

Cells: TypeAlias = Mapping[tuple[int, int], tuple[Any, str]]
"""Row and column, from 0 → content, and how it is shown."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_CUSTOM = 164  # the first number of a format that is none of the built-in ones


def is_plain(content: object) -> bool:
    """Whether a cell's content can be written here: formulas, errors and times of day can't."""
    if isinstance(content, str):
        return not content.startswith(("=", "#"))
    return content is None or isinstance(content, bool | int | float | date)


def plain_book(sheets: Mapping[str, Cells]) -> bytes:
    """The workbook, its sheets in this order."""
    formats = ["General", *dict.fromkeys(form for cells in sheets.values() for _, form in cells.values())]
    names = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": _types(names),
        "_rels/.rels": _links({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": _book(sheets),
        "xl/_rels/workbook.xml.rels": _links(
            {f"rId{number}": ("worksheet", f"worksheets/sheet{number}.xml") for number in names}
            | {"rIdStyles": ("styles", "styles.xml")}
        ),
        "xl/styles.xml": _styles(formats),
        **{
            f"xl/worksheets/sheet{number}.xml": _sheet(cells, formats)
            for number, cells in zip(names, sheets.values(), strict=True)
        },
    }
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, part in parts.items():
            package.writestr(name, _HEAD + part)
    return target.getvalue()


def _types(names: range) -> str:
    kinds = {"workbook.xml": "sheet.main", "styles.xml": "styles"}
    kinds |= {f"worksheets/sheet{number}.xml": "worksheet" for number in names}
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(
            f'<Override PartName="/xl/{part}" ContentType="{_TYPE}{kind}+xml"/>'
            for part, kind in kinds.items()
        )
        + "</Types>"
    )


def _links(links: Mapping[str, tuple[str, str]]) -> str:
    lines = (
        f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{part}"/>'
        for key, (kind, part) in links.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(lines)}</Relationships>'


def _book(sheets: Mapping[str, Cells]) -> str:
    lines = (
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(sheets, 1)
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{"".join(lines)}</sheets></workbook>'


def _styles(formats: list[str]) -> str:
    own = "".join(
        f'<numFmt numFmtId="{number}" formatCode={quoteattr(form)}/>'
        for number, form in enumerate(formats, _CUSTOM)
    )
    looks = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for number, _ in enumerate(formats, _CUSTOM)
    )
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(formats)}">{own}</numFmts>'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(formats)}">{looks}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _sheet(cells: Cells, formats: list[str]) -> str:
    rows: dict[int, list[str]] = {}
    for (row, column), (content, form) in sorted(cells.items()):
        if content is not None:
            place = f'r="{address(row, column)}" s="{formats.index(form)}"'
            rows.setdefault(row, []).append(_cell(place, content))
    lines = (f'<row r="{row + 1}">{"".join(several)}</row>' for row, several in rows.items())
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _cell(place: str, content: object) -> str:
    if isinstance(content, str):
        text = escape(content).replace("\r", "&#13;")
        return f'<c {place} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    if isinstance(content, bool):
        return f'<c {place} t="b"><v>{int(content)}</v></c>'
    if isinstance(content, datetime):
        seconds = content.hour * 3600 + content.minute * 60 + content.second
        content = excel_day(content.toordinal()) + seconds / 86_400
    elif isinstance(content, date):
        content = excel_day(content.toordinal())
    return f"<c {place}><v>{content!r}</v></c>"
