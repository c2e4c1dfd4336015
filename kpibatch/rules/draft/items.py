"""A level's text → the items it lists.

In: ``Parts``. Out: for each level of a KPI its ``Item``s. A level's words stand in one sentence, or in a list
numbered ๑. ๒. ๓. or marked by dashes, in paragraphs or in one line; a page's end may cut through an item.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kpibatch.base.thai import arabic, squash
from kpibatch.rules.draft.doubts import Doubt
from kpibatch.rules.letter.figures import NOUNS
from kpibatch.rules.letter.parts import Parts, Stretch, What

_COUNTED = "|".join(sorted(NOUNS, key=len, reverse=True))
_NUMBERED = re.compile(rf"\(?(?P<number>[0-9]{{1,2}})(?:[.)]\s*|\s+(?!(?:{_COUNTED})))(?=[ก-๙A-Za-z“\"(])")
_INLINE = re.compile(r"(?:(?<=\s)|^)\(?(?P<number>[0-9]{1,2})[.)]\s*(?=[ก-๙A-Za-z“\"])")
_DASHED = re.compile(r"[-–•·]\s*(?=[ก-๙A-Za-z“\"])")
_INLINE_DASH = re.compile(r"(?<=\s)[-–•·]\s?(?=[ก-๙A-Za-z“\"])")
_LEADS = re.compile(r"(?:ดังนี้|ดังต่อไปนี้|ประกอบด้วย|ได้แก่)\s*[:.]?$")
_SIGN = re.compile(r"^\s*[=:]\s*")
DASH = "-"


@dataclass(frozen=True)
class Item:
    """One thing that a level lists; ``number`` is as printed, ``-`` where a dash marks it. One that ``leads``
    only introduces the items behind it.
    """

    text: str
    line: int
    number: str = ""
    leads: bool = False
    doubts: tuple[Doubt, ...] = ()


def items_of(parts: Parts, kpi: int) -> dict[int, list[Item]]:
    """The items of each level of a KPI, by the level."""
    texts = parts.of(kpi, What.TEXT)
    levels = sorted({each.level for each in texts} - {0})
    listed = {
        level: _introduced(_listed([each for each in texts if each.level == level])) for level in levels
    }
    for level in levels:
        _move_strays(listed, level)
    return listed


def _listed(stretches: Sequence[Stretch]) -> list[Item]:
    """The items of one level; the sign between its heading and its words is none of them.

    >>> _listed([Stretch(0, 1, What.TEXT, "= ร้อยละ ๖๐", 4)])[0].text
    'ร้อยละ ๖๐'
    """
    items: list[Item] = []
    if stretches:
        first = replace(stretches[0], text=_SIGN.sub("", stretches[0].text))
        stretches = [first, *stretches[1:]]
    for block in _blocks(stretches):
        items += _split(block, items)
    return [replace(each, text=squash(each.text)) for each in items if each.text.strip()]


def _blocks(stretches: Iterable[Stretch]) -> list[Item]:
    """Paragraphs, joined where a page's or a line's end cuts through one: what begins a new line without a
    number or a dash goes on from before.

    >>> def said(line, text): return Stretch(0, 1, What.TEXT, text, line)
    >>> [b.text for b in _blocks([said(1, "มีแผน"), said(2, "ของอำเภอ"), said(3, "๒. มีรายงาน")])]
    ['มีแผน ของอำเภอ', '๒. มีรายงาน']
    """
    blocks: list[Item] = []
    line = -1
    for each in stretches:
        last = blocks[-1] if blocks else None
        goes_on = last and each.line != line and not _begins(each.text) and not _LEADS.search(last.text)
        if last and goes_on:
            blocks[-1] = replace(last, text=f"{last.text} {each.text.strip()}")
        elif each.text.strip():
            blocks.append(Item(each.text.strip(), each.line))
        line = each.line
    return blocks


def _begins(text: str) -> bool:
    """Whether a paragraph begins with an item's number or a dash; a number that counts something is none.

    >>> [_begins(text) for text in ("๒. มีรายงาน", "๒ จำแนก", "- มีแผน", "๓๐ วันทำการ", "มีแผน")]
    [True, True, True, False, False]
    """
    plain = arabic(text).strip()
    return bool(_NUMBERED.match(plain) or _DASHED.match(plain))


def _split(block: Item, before: Sequence[Item]) -> Iterator[Item]:
    """A paragraph as the items that stand in it one behind the other.

    >>> [(i.number, i.text) for i in _split(Item("ดังนี้ ๑. มีแผน ๒. มีผล ร้อยละ ๓. ๕", 1), [])]
    [('', 'ดังนี้ '), ('1', 'มีแผน '), ('2', 'มีผล ร้อยละ ๓. ๕')]
    >>> [(i.number, i.text) for i in _split(Item("- มีแผน - มีรายงาน ไตรมาส ๑ - ๒", 1), [])]
    [('-', 'มีแผน '), ('-', 'มีรายงาน ไตรมาส ๑ - ๒')]
    """
    text, plain = block.text, arabic(block.text)
    if dash := _DASHED.match(plain):
        cuts = [dash, *_INLINE_DASH.finditer(plain, dash.end())]
        numbers = [DASH] * len(cuts)
    else:
        cuts = list(_in_sequence(plain, before))
        numbers = [cut["number"] for cut in cuts]
    ends = [*(cut.start() for cut in cuts), len(text)]
    if ends[0]:
        yield replace(block, text=text[: ends[0]])
    for cut, number, end in zip(cuts, numbers, ends[1:], strict=True):
        yield replace(block, text=text[cut.end() : end], number=number)


def _in_sequence(plain: str, before: Sequence[Item]) -> Iterator[re.Match[str]]:
    """The numbers that head items: the first of a paragraph may be any, a later one follows the last."""
    first = _NUMBERED.match(plain)
    if first:
        yield first
    last = int(first["number"]) if first else _last_number(before)
    for match in _INLINE.finditer(plain, first.end() if first else 0):
        if int(match["number"]) == last + 1:
            last += 1
            yield match


def _last_number(items: Sequence[Item]) -> int:
    numbered = [int(each.number) for each in items if each.number.isdigit()]
    return numbered[-1] if numbered else 0


def _introduced(items: Sequence[Item]) -> list[Item]:
    """Which items only introduce those behind them: …ดังนี้, …ประกอบด้วย, and then a list."""
    last = len(items) - 1
    return [
        replace(each, leads=at < last and _LEADS.search(each.text) is not None)
        for at, each in enumerate(items)
    ]


def _move_strays(listed: dict[int, list[Item]], level: int) -> None:
    """An item that stands first under a level, though not as its first, and whose number comes again there,
    was carried over from the level before.
    """
    items, before = listed[level], listed.get(level - 1)
    numbers = [each.number for each in items]
    if not before or not numbers or not numbers[0].isdigit() or int(numbers[0]) < 2:
        return
    if numbers.count(numbers[0]) < 2:
        return
    stray = items.pop(0)
    doubt = Doubt("moved-up", stray.line, stray.text[:90])
    before.append(replace(stray, doubts=(*stray.doubts, doubt)))
