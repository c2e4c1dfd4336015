"""The items of a level that are for some units only: กรณีมี… against กรณีไม่มี…, or by a number of people.

In: the items of one level. Out: each with its case, if it has one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpibatch.base.kinds import Kind
from kpibatch.base.thai import squash
from kpibatch.rules.draft.doubts import Doubt
from kpibatch.rules.draft.items import Item
from kpibatch.rules.draft.stated import Stated, stated_in

_CASE = re.compile(
    r"(?:ใน)?กรณี(?:ที่)?\s*(?P<what>.+?)(?=\s(?:อำเภอ|จังหวัด|หน่วยงาน|ส่วนราชการ|ให้|ต้อง)|$)", re.DOTALL
)
_WITHOUT = re.compile(r"(?:ใน)?กรณี(?:ที่)?\s*(?:ไม่|การ|ปกติ|อื่น|นอก)|ตามปกติ")
YES, NO = "ใช่", "ไม่ใช่"
_LONGEST = 160


@dataclass(frozen=True)
class Case:
    """For which units: the measure it goes by, in the letter's words, and what must hold of it."""

    subject: str
    condition: str
    kind: Kind
    unit: str = ""
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True)
class Cased:
    """An item, and the case it is for."""

    item: Item
    case: Case | None = None


def cased(items: Sequence[Item]) -> list[Cased]:
    """The items of a level with their cases."""
    return _by_number(items) or _by_yes_no(items) or [Cased(item) for item in items]


def _by_number(items: Sequence[Item]) -> list[Cased]:
    """Listed items that begin with the same words and another bound of one number, before the condition.

    >>> texts = ("บุคลากรไม่เกิน ๒ คน มีข่าวไม่น้อยกว่า ๑ ข่าว", "บุคลากรมากกว่า ๒ คน มีข่าวไม่น้อยกว่า ๓ ข่าว")
    >>> for each in _by_number([Item(text, 1, str(n)) for n, text in enumerate(texts, 1)]):
    ...     print(each.case.subject, each.case.condition, "|", each.item.text)
    บุคลากร ไม่เกิน ๒ | มีข่าวไม่น้อยกว่า ๑ ข่าว
    บุคลากร มากกว่า ๒ | มีข่าวไม่น้อยกว่า ๓ ข่าว
    """
    listed = [item for item in items if not item.leads]
    firsts = [_first_of_two(item) for item in listed]
    if len(listed) < 2 or not all(firsts):
        return []
    heads = [squash(item.text[: first.start]) for item, first in zip(listed, firsts, strict=True) if first]
    bounds = [first.typed for first in firsts if first]
    if len({*heads}) > 1 or not heads[0] or len({*bounds}) < len(bounds):
        return []
    found = [Cased(item) for item in items if item.leads]
    for item, first in zip(listed, firsts, strict=True):
        if first:
            rest = re.sub(rf"^\s*{re.escape(first.unit)}\s*", "", item.text[first.end :])
            case = Case(heads[0], first.typed, first.kind, first.unit)
            found.append(Cased(replace(item, text=rest), case))
    return found


def _first_of_two(item: Item) -> Stated | None:
    """The first of at least two conditions of an item, where it is a number that can be read."""
    stated = stated_in(item.text, item.line).stated
    first = stated[0] if len(stated) > 1 else None
    return first if first and first.kind is Kind.NUMBER and first.typed else None


def _by_yes_no(items: Sequence[Item]) -> list[Cased]:
    """Two items that begin กรณี…, one for who has something, one for who has not; always doubted.

    >>> items = [Item("กรณีที่มีหนี้ อำเภอติดตาม", 1, "-"), Item("กรณีไม่มีหนี้ อำเภอสนับสนุน", 1, "-")]
    >>> [(each.case.subject, each.case.condition) for each in _by_yes_no(items)]
    [('กรณีที่มีหนี้', 'ใช่'), ('กรณีที่มีหนี้', 'ไม่ใช่')]
    """
    cases = [item for item in items if _CASE.match(item.text)]
    if len(cases) != 2:
        return []
    without = [bool(_WITHOUT.match(item.text) or _WITHOUT.search(_subject(item))) for item in cases]
    if without[0] == without[1]:
        without = [False, True]
    subject = _subject(cases[without.index(False)])
    found = []
    for item in items:
        if item not in cases:
            found.append(Cased(item))
            continue
        condition = NO if without[cases.index(item)] else YES
        doubt = Doubt("case", item.line, _subject(item), condition)
        found.append(Cased(item, Case(subject, condition, Kind.YES_NO, doubts=(doubt,))))
    return found


def _subject(item: Item) -> str:
    match = _CASE.match(item.text)
    return squash(match[0] if match else item.text)[:_LONGEST]


def lone_case(item: Item) -> Doubt | None:
    """A doubt where an item is for one case alone, and the letter says nothing of the other.

    >>> lone_case(Item("ในกรณีมีข้อร้องเรียน อำเภอแก้ไขได้ร้อยละ ๘๐", 7)).printed
    'ในกรณีมีข้อร้องเรียน'
    """
    return Doubt("lone-case", item.line, _subject(item)) if _CASE.match(item.text) else None
