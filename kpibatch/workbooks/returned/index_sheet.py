"""The index as a sheet of a package, in XML, or as a workbook of its own."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from kpibatch.base.addresses import address
from kpibatch.base.catalogue import say
from kpibatch.books.columns import Column, put_heads, set_widths
from kpibatch.books.look import FONT, INK, LINE, NAVY, ROW, clean
from kpibatch.books.package import Element, held, make
from kpibatch.books.write import Book, Content
from kpibatch.rules.records import Unit
from kpibatch.workbooks.returned.index import HEAD, Entry, Index, columns_of, height_of
from kpibatch.workbooks.returned.marks import MARKS, Styles, solid

_BESIDE: Mapping[str, dict[str, Any]] = {
    "centre": {"align": "center"},
    "link": {"align": "center"},
    "text": {"indent": 1},
    **{name: {"align": "center", "bg_color": f"#{colour[2:]}"} for name, colour in MARKS.items()},
}


def write_index(path: Path, index: Index, unit: Unit | None) -> None:
    """The index as a workbook of its own."""
    columns, whose = columns_of(index.language), unit.code if unit else ""
    title = clean(index.title)
    with Book(path, title=title, language=index.language, day=date(2020, 1, 1), whose=whose) as book:
        sheet = book.sheet(index.name)
        set_widths(sheet, columns)
        for row, text in enumerate((index.title, *index.lines)):
            sheet.put(row, 0, text, *(() if row else ("title",)))
            sheet.height(row, 1 if row else 2)
        head = len(index.lines) + 1
        put_heads(sheet, head, columns)
        sheet.raw.set_row(head, 30)
        for row, entry in enumerate(index.entries, head + 1):
            for number, column in enumerate(columns):
                look = _BESIDE[column.styles(entry)[0]]
                sheet.put(row, number, column.content(row, entry), "cell", text_wrap=True, **look)
            sheet.raw.set_row(row, height_of(columns, entry))
        sheet.raw.freeze_panes(head + 1, 0)
        sheet.page(top=head)


# --- in a package -----------------------------------------------------------------------------------------


def index_sheet(index: Index, styles: Styles) -> Element:
    """The index as the root of a worksheet; its formats are added to the workbook's."""
    columns, last_row = columns_of(index.language), HEAD + len(index.entries)
    pane = {"ySplit": HEAD, "topLeftCell": f"A{HEAD + 1}", "activePane": "bottomLeft", "state": "frozen"}
    view = make("sheetView", {"showGridLines": 0, "tabSelected": 1, "workbookViewId": 0}, make("pane", pane))
    tab, fit = make("tabColor", {"rgb": MARKS["error"]}), make("pageSetUpPr", {"fitToPage": 1})
    margins = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6, "header": 0.3, "footer": 0.3}
    texts = make("ignoredError", {"sqref": f"C1:F{last_row}", "numberStoredAsText": 1})
    parts = [
        make("sheetPr", None, tab, fit),
        make("dimension", {"ref": f"A1:{address(last_row - 1, len(columns) - 1)}"}),
        make("sheetViews", None, view),
        make("sheetFormatPr", {"defaultRowHeight": ROW, "customHeight": 1}),
        make("cols", None, *_widths(columns)),
        make("sheetData", None, *_rows(index, columns, _Look(styles))),
        *_links(index),
        make("pageMargins", margins),
        make("pageSetup", {"paperSize": 9, "orientation": "landscape", "fitToHeight": 0}),
        make("headerFooter", None, _footer(index.language)),
        make("ignoredErrors", None, texts),
    ]
    return make("worksheet", None, *parts)


def _widths(columns: Sequence[Column[Entry]]) -> Iterator[Element]:
    for at, column in enumerate(columns, 1):
        yield make("col", {"min": at, "max": at, "width": column.width, "customWidth": 1})


def _rows(index: Index, columns: Sequence[Column[Entry]], look: "_Look") -> Iterator[Element]:
    yield _row(0, [index.title], [look.title], 34.0)
    for number, text in enumerate(index.lines, 1):
        yield _row(number, [text], [look.line], 28.0)
    yield _row(HEAD - 1, [column.head for column in columns], [look.head] * len(columns), 30.0)
    for number, entry in enumerate(index.entries, HEAD):
        texts = [column.result(entry) for column in columns]
        formats = [look.named[column.styles(entry)[0]] for column in columns]
        yield _row(number, texts, formats, height_of(columns, entry))


def _row(number: int, texts: Sequence[Content], styles: Sequence[int], height: float) -> Element:
    cells = [
        _cell(address(number, column), text, style)
        for column, (text, style) in enumerate(zip(texts, styles, strict=True))
    ]
    return make("row", {"r": number + 1, "ht": height, "customHeight": 1}, *cells)


def _cell(at: str, text: Content, style: int) -> Element:
    if not text:
        return make("c", {"r": at, "s": style})
    if isinstance(text, int):
        return make("c", {"r": at, "s": style}, make("v", text=str(text)))
    return make(
        "c", {"r": at, "s": style, "t": "inlineStr"}, make("is", None, make("t", text=held(str(text))))
    )


def _links(index: Index) -> Iterator[Element]:
    links = [
        make("hyperlink", {"ref": address(at, 3), "location": entry.target, "display": entry.cell})
        for at, entry in enumerate(index.entries, HEAD)
        if entry.target
    ]
    if links:
        yield make("hyperlinks", None, *links)


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
        beside = middle | {"horizontal": "center"}
        self.named = {
            "text": self._format(middle | {"horizontal": "left", "indent": 1}, border=border),
            "centre": self._format(beside, border=border),
            "link": self._format(beside, colour="#1155AA", underlined=True, border=border),
        }
        for name, colour in MARKS.items():
            self.named[name] = self._format(beside, fill=f"#{colour[2:]}", border=border)

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
