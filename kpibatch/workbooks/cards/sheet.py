"""Cards as sheets of a flat OpenDocument workbook, a page each, as wide as a phone and as long as need be.

XlsxWriter knows no such paper, nor rows that grow with their text; LibreOffice grows them where a cell is not
merged. So each text that lies over several columns stands a second time, unmerged, in a column of that width
beside the printed ones.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from kpibatch.books.look import FAIR, FONT, GOOD, GREY, INK, MIST, NAVY, POOR, TEAL, clean
from kpibatch.workbooks.cards.card import Bar, Card, Group, Todo

_WIDE, _LONG, _MARGIN = 90.0, 2000.0, 3.0  # millimetres
_END = _WIDE - 2 * _MARGIN
_THIRDS = (_END / 3, 2 * _END / 3, _END)
_NAME = _END - 11.0  # where a KPI's name ends and its level begins
_BAR = 2.6
_TONES = {"good": GOOD, "fair": FAIR, "poor": POOR}
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_PREFIXES = {
    **{f"xmlns:{name}": f"{_ODF}:{name}:1.0" for name in ("office", "style", "text", "table")},
    "xmlns:fo": f"{_ODF}:xsl-fo-compatible:1.0",
    "xmlns:svg": f"{_ODF}:svg-compatible:1.0",
}
Look = Mapping[str, str | float]


def card_sheets(cards: Sequence[Card]) -> bytes:
    """The workbook: a sheet and a page a card, in order."""
    root = Element(
        "office:document",
        {
            **_PREFIXES,
            "office:version": "1.2",
            "office:mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        },
    )
    fonts = SubElement(root, "office:font-face-decls")
    SubElement(fonts, "style:font-face", {"style:name": FONT, "svg:font-family": f"'{FONT}'"})
    styles = _Styles(SubElement(root, "office:automatic-styles"))
    _paper(styles.root, root)
    book = SubElement(SubElement(root, "office:body"), "office:spreadsheet")
    for number, card in enumerate(cards, 1):
        _Sheet(book, styles, str(number), max(1, card.level_count)).write(card)
    sheets: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return sheets


def _paper(styles: Element, root: Element) -> None:
    """One page a sheet, however long it is."""
    layout = SubElement(styles, "style:page-layout", {"style:name": "paper"})
    SubElement(
        layout,
        "style:page-layout-properties",
        {
            "fo:page-width": f"{_WIDE}mm",
            "fo:page-height": f"{_LONG}mm",
            "style:print-orientation": "portrait",
            "fo:margin": f"{_MARGIN}mm",
            "style:scale-to-pages": "1",
        },
    )
    SubElement(
        styles,
        "style:style",
        {"style:name": "sheet", "style:family": "table", "style:master-page-name": "page"},
    )
    masters = SubElement(root, "office:master-styles")
    page = SubElement(masters, "style:master-page", {"style:name": "page", "style:page-layout-name": "paper"})
    for part in ("header", "footer"):
        SubElement(page, f"style:{part}", {"style:display": "false"})


@dataclass
class _Styles:
    """The styles, each made once."""

    root: Element
    names: dict[tuple[object, ...], str] = field(default_factory=dict)

    def column(self, width: float) -> str:
        return self._named(("column", width), "table-column", {"style:column-width": f"{width:.2f}mm"})

    def row(self, height: float) -> str:
        """A row as high as its text, or so many millimetres."""
        fixed = {"style:row-height": f"{height:.2f}mm"} if height else {}
        grows = {"style:use-optimal-row-height": "false" if height else "true"}
        return self._named(("row", height), "table-row", {**fixed, **grows})

    def cell(self, look: Look) -> str:
        known = self.names.get(key := ("cell", *sorted(look.items())))
        if known:
            return known
        name = self._new(key, "table-cell")
        style = self.root[-1]
        size, weight = f"{look.get('size', 13)}pt", "bold" if look.get("bold") else "normal"
        border = {f"fo:{name}": str(value) for name, value in look.items() if name.startswith("border")}
        ground = {"fo:background-color": str(look["ground"])} if "ground" in look else {}
        SubElement(
            style,
            "style:table-cell-properties",
            {
                "fo:wrap-option": "wrap",
                "style:vertical-align": "middle",
                "fo:padding": f"{look.get('padding', 0.5)}mm",
                **border,
                **ground,
            },
        )
        SubElement(style, "style:paragraph-properties", {"fo:text-align": str(look.get("align", "start"))})
        faces = {f"style:font-name{script}": FONT for script in ("", "-complex")}
        sizes = {f"{kind}:font-size{script}": size for kind, script in (("fo", ""), ("style", "-complex"))}
        weights = {
            f"{kind}:font-weight{script}": weight for kind, script in (("fo", ""), ("style", "-complex"))
        }
        thai = {"style:language-complex": "th", "style:country-complex": "TH"}
        colour = {"fo:color": str(look.get("colour", INK))}
        SubElement(style, "style:text-properties", {**faces, **sizes, **weights, **thai, **colour})
        return name

    def _named(self, key: tuple[object, ...], family: str, properties: Mapping[str, str]) -> str:
        if key not in self.names:
            self._new(key, family)
            SubElement(self.root[-1], f"style:{family}-properties", dict(properties))
        return self.names[key]

    def _new(self, key: tuple[object, ...], family: str) -> str:
        name = self.names[key] = f"{family}{len(self.names)}"
        SubElement(self.root, "style:style", {"style:name": name, "style:family": family})
        return name


@dataclass(frozen=True)
class _Text:
    """A text that ends so many millimetres from the left, and how it looks."""

    text: str
    end: float
    look: Look


class _Sheet:
    """One card's sheet: the printed columns, then those in which each width is measured."""

    def __init__(self, book: Element, styles: _Styles, name: str, levels: int) -> None:
        self.styles, self.rows = styles, 0
        self.steps = [_END * level / levels for level in range(1, levels + 1)]
        self.ends = sorted({round(end, 2) for end in (*_THIRDS, _NAME, *self.steps)})
        self.beside = [_END, _NAME, _THIRDS[1], *[_THIRDS[0]] * 3]
        self.table = SubElement(book, "table:table", {"table:name": name, "table:style-name": "sheet"})
        starts = (0.0, *self.ends)
        for width in (*(end - start for start, end in zip(starts, self.ends, strict=False)), *self.beside):
            SubElement(self.table, "table:table-column", {"table:style-name": styles.column(width)})

    def write(self, card: Card) -> None:
        blue: Look = {"ground": NAVY, "colour": "#FFFFFF", "padding": 1.6}
        self.row(_Text(card.title, _END, {**blue, "size": 21, "bold": 1}))
        self.row(_Text(card.subtitle, _END, {**blue, "size": 13}))
        self._figures(card)
        self.gap(2)
        self._state(card)
        for note in card.notes:
            self.row(_Text(note, _END, {"size": 13}))
        self._ways(card)
        if card.levels:
            self.heading(card.levels_head)
        for each in card.levels:
            if isinstance(each, Group):
                self._group(each)
            else:
                self._kpi(each)
        self.gap(3)
        for text in card.foot:
            self.row(_Text(text, _END, {"size": 12, "colour": GREY}))
        address = f"'{self.table.get('table:name')}'.A1:'{self.table.get('table:name')}'."
        self.table.set("table:print-ranges", f"{address}{_letters(len(self.ends) - 1)}{self.rows}")

    def row(self, *texts: _Text, height: float = 0.0) -> None:
        """A row of texts side by side, each of which is measured beside them; or of a given height."""
        row = SubElement(self.table, "table:table-row", {"table:style-name": self.styles.row(height)})
        self.rows += 1
        measured, start, column = dict[int, _Text](), 0.0, 0
        for text in texts:
            until = self.ends.index(round(text.end, 2)) + 1
            over = {"table:number-columns-spanned": str(until - column)} if until - column > 1 else {}
            self._cell(row, text, over)
            for _ in range(until - column - 1):
                SubElement(row, "table:covered-table-cell")
            if text.text and not height:
                width = round(text.end - start, 2)
                places = [at for at, wide in enumerate(self.beside) if round(wide, 2) == width]
                if places:
                    measured[next(at for at in places if at not in measured)] = text
            start, column = text.end, until
        if measured and column < len(self.ends):
            rest = str(len(self.ends) - column)
            SubElement(row, "table:table-cell", {"table:number-columns-repeated": rest})
        for place in range(max(measured, default=-1) + 1):
            if place in measured:
                self._cell(row, measured[place], {})
            else:
                SubElement(row, "table:table-cell")

    def _cell(self, row: Element, text: _Text, over: Mapping[str, str]) -> None:
        look = {"table:style-name": self.styles.cell(text.look)}
        if not text.text:
            SubElement(row, "table:table-cell", {**look, **over})
            return
        cell = SubElement(row, "table:table-cell", {"office:value-type": "string", **look, **over})
        for line in clean(text.text).split("\n"):
            SubElement(cell, "text:p").text = " ".join(line.split())

    def gap(self, height: float) -> None:
        self.row(height=height)

    def heading(self, text: str) -> None:
        self.gap(3)
        self.row(_Text(text, _END, {"size": 15, "bold": 1, "colour": NAVY}))

    def _thirds(self, texts: Iterable[str], look: Look, height: float = 0.0) -> None:
        white = {f"border-{side}": "1.5pt solid #ffffff" for side in ("left", "right")}
        pairs = zip(texts, _THIRDS, strict=True)
        self.row(*(_Text(text, end, {**look, **white}) for text, end in pairs), height=height)

    def _figures(self, card: Card) -> None:
        if not card.figures:
            return
        self.gap(3)
        middle: Look = {"ground": MIST, "align": "center"}
        self._thirds((each.label for each in card.figures), {**middle, "size": 12, "colour": GREY})
        self._thirds(
            (each.value for each in card.figures),
            {**middle, "size": _size(card), "bold": 1, "colour": NAVY, "padding": 0.2},
            height=10,
        )
        self._thirds((each.of for each in card.figures), {**middle, "size": 12, "colour": GREY})

    def _state(self, card: Card) -> None:
        look: Look = {"ground": _TONES[card.tone], "bold": 1, "align": "center", "padding": 1.5}
        if card.rating:
            rating = _Text(card.rating, _THIRDS[1], {"size": 19, "bold": 1, "colour": NAVY})
            self.row(rating, _Text(card.state, _END, {**look, "size": 13}))
        else:
            self.row(_Text(card.state, _END, {**look, "size": 24}))

    def _ways(self, card: Card) -> None:
        self.heading(card.ways_head)
        for way in card.ways:
            self._todo(way)
        if card.no_ways:
            self.row(_Text(card.no_ways, _END, {}))

    def _todo(self, way: Todo) -> None:
        edge: Look = {"border-left": f"3pt solid {TEAL}", "padding": 1.2}
        looks: tuple[Look, ...] = ({**edge, "bold": 1}, {**edge, "bold": 1, "colour": TEAL}, edge)
        for text, look in zip((way.name, way.brings, way.what), looks, strict=True):
            if text:
                self.row(_Text(text, _END, look))
        self.gap(2)

    def _group(self, group: Group) -> None:
        self.gap(2)
        look: Look = {"ground": MIST, "colour": NAVY}
        self.row(_Text(group.name, _END, {**look, "bold": 1}))
        score = _Text(group.score, _THIRDS[0], look)
        self.row(score, _Text(group.share, _END, {**look, "align": "end"}))

    def _kpi(self, bar: Bar) -> None:
        name = f"{bar.name}\n{bar.remark}" if bar.remark else bar.name
        self.row(_Text(name, _NAME, {}), _Text(f"{bar.level}/{bar.top}", _END, {"bold": 1, "align": "end"}))
        edge = {f"border-{side}": "1pt solid #ffffff" for side in ("left", "right")}
        steps = enumerate(self.steps, 1)
        grounds = (TEAL if level <= bar.level else MIST if level <= bar.top else "" for level, _ in steps)
        looks: list[Look] = [{**edge, **({"ground": ground} if ground else {})} for ground in grounds]
        self.row(*(_Text("", end, look) for end, look in zip(self.steps, looks, strict=True)), height=_BAR)
        self.gap(0.8)


def _size(card: Card) -> int:
    """In which a third of the width holds the longest figure."""
    longest = max(len(each.value) for each in card.figures)
    return 24 if longest < 7 else max(11, 150 // longest)


def _letters(column: int) -> str:
    """A column's name.

    >>> _letters(0), _letters(25), _letters(26)
    ('A', 'Z', 'AA')
    """
    before, last = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)
