"""A card as a page for a browser: one file, no script, nothing fetched; readable at 360 pixels.

Every text goes in as text: the tree is built, never pasted together.
"""

from xml.etree import ElementTree

from kpibatch.books.look import FAIR, GOOD, GREY, INK, LINE, MIST, NAVY, POOR, TEAL, clean
from kpibatch.workbooks.cards.card import Bar, Card, Figure, Group, Todo

_SHORT = 7  # letters of a figure that a third of 360 pixels holds in large type
_STYLE = f"""
*{{box-sizing:border-box;margin:0}}
body{{font:17px/1.5 "Noto Sans Thai","Leelawadee UI",Thonburi,"Sarabun",Tahoma,sans-serif;color:{INK};
background:#fff;max-width:480px;margin:0 auto;overflow-wrap:anywhere;-webkit-text-size-adjust:100%}}
header{{background:{NAVY};color:#fff;padding:16px}}
h1{{font-size:26px;line-height:1.35}}
h2{{font-size:18px;color:{NAVY};margin:20px 0 6px}}
main,footer{{padding:0 16px 16px}}
.figures{{display:flex;gap:8px;padding:12px 0}}
.figures div{{flex:1;background:{MIST};border-radius:8px;padding:8px 4px;text-align:center}}
.figures b{{display:block;font-size:25px;line-height:1.3;color:{NAVY};white-space:nowrap}}
.figures b.long{{font-size:17px;line-height:1.9}}
small{{color:{GREY};font-size:14px;white-space:pre-line}}
.rating{{font-size:22px;font-weight:bold;color:{NAVY}}}
.state{{border-radius:8px;padding:6px 12px;font-weight:bold}}
.good{{background:{GOOD}}} .fair{{background:{FAIR}}} .poor{{background:{POOR}}}
.poor.state{{font-size:22px;margin-top:16px}}
.row{{display:flex;justify-content:space-between;align-items:center;gap:12px}}
.note{{margin-top:8px;font-size:16px}}
.group{{background:{MIST};border-radius:6px;padding:6px 10px;margin-top:12px;font-weight:bold;color:{NAVY}}}
.group div+div{{font-weight:normal;font-size:15px}}
.kpi{{padding:8px 0 0;border-bottom:1px solid {LINE}}}
.kpi b{{white-space:nowrap}}
.bar{{height:8px;background:{MIST};border-radius:4px;margin:4px 0 8px;overflow:hidden}}
.bar i{{display:block;height:8px;background:{TEAL}}}
.todo{{border-left:4px solid {TEAL};padding:2px 0 2px 12px;margin-top:12px;white-space:pre-line}}
.todo em{{font-style:normal;color:{TEAL};font-weight:bold;display:block}}
footer{{border-top:1px solid {LINE};margin-top:20px;padding-top:10px;color:{GREY};font-size:15px}}
"""


def card_page(card: Card) -> bytes:
    """The page, UTF-8."""
    root = ElementTree.Element("html", lang=card.language)
    head = _in(root, "head")
    _in(head, "meta", charset="utf-8")
    _in(head, "meta", name="viewport", content="width=device-width,initial-scale=1")
    _in(head, "title", f"{card.title} {card.subtitle}")
    _in(head, "style", _STYLE)
    body = _in(root, "body")
    top = _in(body, "header")
    _in(top, "h1", card.title)
    _in(top, "p", card.subtitle)
    main = _in(body, "main")
    if card.figures:
        _figures(main, card.figures)
    line = _in(main, "div", of="row")
    if card.rating:
        _in(line, "div", card.rating, of="rating")
    _in(line, "div", card.state, of=f"state {card.tone}")
    for note in card.notes:
        _in(main, "p", note, of="note")
    _ways(main, card)
    if card.levels:
        _in(main, "h2", card.levels_head)
    for each in card.levels:
        if isinstance(each, Group):
            _group(main, each)
        else:
            _bar(main, each)
    foot = _in(body, "footer")
    for text in card.foot:
        _in(foot, "p", text)
    page: bytes = ElementTree.tostring(root, encoding="utf-8", method="html")
    return b"<!doctype html>\n" + page


def _in(
    parent: ElementTree.Element, tag: str, text: str = "", /, *, of: str = "", **attributes: str
) -> ElementTree.Element:
    """A new element; ``of`` is its class."""
    element = ElementTree.SubElement(parent, tag, {"class": of} if of else {}, **attributes)
    if text:
        element.text = clean(text)
    return element


def _figures(main: ElementTree.Element, figures: tuple[Figure, ...]) -> None:
    row = _in(main, "div", of="figures")
    for figure in figures:
        box = _in(row, "div")
        _in(box, "small", figure.label)
        _in(box, "b", figure.value, of="long" if len(figure.value) > _SHORT else "")
        _in(box, "small", figure.of)


def _group(main: ElementTree.Element, group: Group) -> None:
    box = _in(main, "div", of="group")
    _in(box, "div", group.name)
    row = _in(box, "div", of="row")
    _in(row, "span", group.score)
    _in(row, "span", group.share)


def _bar(main: ElementTree.Element, bar: Bar) -> None:
    box = _in(main, "div", of="kpi")
    row = _in(box, "div", of="row")
    _in(row, "span", bar.name)
    _in(row, "b", f"{bar.level}/{bar.top}")
    if bar.remark:
        _in(box, "small", bar.remark)
    _in(_in(box, "div", of="bar"), "i", style=f"width:{100 * bar.level / max(bar.top, 1):.0f}%")


def _ways(main: ElementTree.Element, card: Card) -> None:
    _in(main, "h2", card.ways_head)
    for way in card.ways:
        _todo(main, way)
    if card.no_ways:
        _in(main, "p", card.no_ways)


def _todo(main: ElementTree.Element, way: Todo) -> None:
    box = _in(main, "div", of="todo")
    if way.name:
        _in(box, "b", way.name)
    if way.brings:
        _in(box, "em", way.brings)
    _in(box, "div", way.what)
