"""An item → what it asks: each condition it states as one ask, or else the thing done as a whole.

In: ``Item``. Out: ``Ask``s, and the figures of the item that no ask holds.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kpibatch.base.kinds import Kind
from kpibatch.base.thai import squash
from kpibatch.rules.draft.doubts import Doubt, around
from kpibatch.rules.draft.items import Item
from kpibatch.rules.draft.stated import Stated, others, stated_in
from kpibatch.rules.records import Rollup, Source

YES = "ใช่"
BY_NAME = "percent-by-name"
_NEXT = re.compile(r"และ(?=มี|ให้|ได้|ส|ต้อง|อย่าง)|พร้อม|โดย|สัปดาห์|เดือนละ|แต่|[(,;]")
_BESIDE = re.compile(r"พร้อม(?:ทั้ง|กับ)?\s*(?=[ก-๙])(?P<more>.{6,})", re.DOTALL)
_SIDE_ENDS = re.compile(r"^\s*(?:และ|โดย|แต่|พร้อม)\s*|\s*(?:และ|โดย|แต่|พร้อม|ทั้ง|ได้)?\s*$")
_MONTHLY = re.compile(r"ทุก\s?เดือน|เดือนละ|ประจำเดือน|รายเดือน")
_A_MONTH = re.compile(rf"{_MONTHLY.pattern}|ต่อ\s?เดือน|/\s?เดือน")
_EVIDENCE = re.compile(r"หลักฐาน")
_CHANGES = (
    (re.compile(r"เพิ่มขึ้น(?:ได้)?\s*(?:จาก.*)?$"), Source.GROWTH),
    (re.compile(r"ลดลง(?:ได้)?\s*(?:จาก.*)?$"), Source.REDUCTION),
)
_SHORT = 16  # letters; a clause as short as this says nothing of what it bounds
_BEHIND = 24  # letters behind a number in which it may say: a month
_PUNCTUATION = ' “”",.:;-–'


@dataclass(frozen=True)
class Ask:
    """What must hold at a level: ``typed`` as the cell will say it, of what (``subject``, in the letter's
    words), counted in ``unit``.
    """

    kind: Kind
    typed: str
    subject: str
    item: Item
    unit: str = ""
    source: str = ""
    rollup: str = ""
    rollup_doubt: Doubt | None = None
    evidence: bool = False
    doubts: tuple[Doubt, ...] = ()


def asks_of(item: Item, kpi: str = "") -> list[Ask]:
    """What an item of a KPI of that name asks; one that only introduces others asks nothing but what it
    states in figures.

    >>> def asked(text): return [(a.typed, a.subject) for a in asks_of(Item(text, 1))]
    >>> asked("เบิกจ่ายไม่น้อยกว่าร้อยละ ๘๐พร้อมส่งหลักฐานครบถ้วน")
    [('ไม่น้อยกว่าร้อยละ ๘๐', 'เบิกจ่าย'), ('ใช่', 'ส่งหลักฐานครบถ้วน')]
    >>> asked("มีแผนปฏิบัติการ")
    [('ใช่', 'มีแผนปฏิบัติการ')]
    """
    stated = tuple(_by_name(each, item, kpi) for each in stated_in(item.text, item.line).stated)
    subjects, beside = _subjects(item.text, stated)
    asks = [
        _condition(item, each, subject, head)
        for each, subject, head in zip(stated, subjects, _heads(item.text, stated), strict=True)
    ]
    if beside or not (asks or item.leads):
        asks.append(_done(item, beside or item.text))
    return asks


def _by_name(stated: Stated, item: Item, kpi: str) -> Stated:
    """A number of nothing, of a KPI that is called a percent, is one; doubted.

    >>> [(a.kind.value, a.typed) for a in asks_of(Item("80", 1), "ร้อยละการเบิกจ่าย")]
    [('ร้อยละ', '80')]
    >>> [(a.kind.value, a.typed) for a in asks_of(Item("≥ 3", 1), "จำนวนแผน")]
    [('จำนวน', '≥ 3')]
    """
    percent = str(Kind.PERCENT)
    if stated.kind is not Kind.NUMBER or stated.unit or not kpi.startswith(percent):
        return stated
    doubt = Doubt(BY_NAME, item.line, around(item.text, stated.start, stated.end), stated.typed)
    kept = tuple(each for each in stated.doubts if each.why != "bare")
    return replace(stated, kind=Kind.PERCENT, unit=percent, doubts=(*kept, doubt))


def left_out(item: Item) -> Iterator[Doubt]:
    """The figures of an item that are in no cell, for a person to look at."""
    for figure in others(stated_in(item.text, item.line)):
        yield Doubt("left-out", item.line, around(item.text, figure.start, figure.end), figure.text)


def _condition(item: Item, stated: Stated, subject: str, head: str) -> Ask:
    source = next((str(source) for said, source in _CHANGES if said.search(head)), "")
    if stated.kind is not Kind.PERCENT:
        source = ""
    rollup, doubt = _monthly(item, stated.kind, item.text[stated.start : stated.end + _BEHIND])
    return Ask(
        kind=stated.kind,
        typed=stated.typed,
        subject=subject,
        item=item,
        unit=stated.unit,
        source=source,
        rollup=rollup,
        rollup_doubt=doubt,
        evidence=bool(_EVIDENCE.search(subject)),
        doubts=(*item.doubts, *stated.doubts),
    )


def _done(item: Item, text: str) -> Ask:
    """A thing that is done or is not."""
    rollup, doubt = _monthly(item, Kind.YES_NO, text)
    return Ask(
        kind=Kind.YES_NO,
        typed=YES,
        subject=_bare(text),
        item=item,
        rollup=rollup,
        rollup_doubt=doubt,
        evidence=bool(_EVIDENCE.search(text)),
        doubts=item.doubts,
    )


def _monthly(item: Item, kind: Kind, text: str) -> tuple[str, Doubt | None]:
    """What is asked of every month holds in each of them: the lowest month counts, if that was meant.

    >>> _monthly(Item("", 1), Kind.NUMBER, "ไม่น้อยกว่า ๑ ข่าวต่อเดือน")[0]
    'ต่ำสุด'
    """
    said = (_MONTHLY if kind is Kind.YES_NO else _A_MONTH).search(text)
    if not said or kind is Kind.DATE:
        return "", None
    return str(Rollup.MIN), Doubt("monthly", item.line, around(text, *said.span()), str(Rollup.MIN))


def _heads(text: str, stated: Sequence[Stated]) -> Iterator[str]:
    """The words before each condition, back to the one before."""
    ends = [0, *(each.end for each in stated)]
    for each, end in zip(stated, ends, strict=False):
        yield text[end : each.start]


def _subjects(text: str, stated: Sequence[Stated]) -> tuple[list[str], str]:
    """The words that belong to each condition, and what is asked beside the last.

    >>> text = "มีข่าวอย่างน้อย ๓ ช่องทาง สัปดาห์ละอย่างน้อย ๒ วัน"
    >>> _subjects(text, stated_in(text, 1).stated)
    (['มีข่าว ช่องทาง', 'มีข่าว สัปดาห์ละ วัน'], '')
    """
    starts, subjects, beside = [0], list[str](), ""
    for each, behind in pairwise(stated):
        starts.append(each.end + _cut(text[each.end : behind.start]))
    for at, each in enumerate(stated):
        tail = text[each.end : starts[at + 1] if at + 1 < len(starts) else len(text)]
        if at + 1 == len(stated) and (more := _BESIDE.search(tail)):
            tail, beside = tail[: more.start()], more["more"]
        words = _words(text[starts[at] : each.start], tail)
        if subjects and len(words) < _SHORT + len(each.unit):
            words = _words(_first_words(text, stated[0]), words)
        subjects.append(words)
    return subjects, beside


def _first_words(text: str, first: Stated) -> str:
    return text[: first.start]


def _cut(gap: str) -> int:
    """Where the words between two conditions change from the one to the other."""
    match = _NEXT.search(gap)
    return match.start() if match else 0


def _words(before: str, behind: str) -> str:
    parts = (_bare(_SIDE_ENDS.sub("", before)), _bare(behind))
    return squash(" ".join(filter(None, parts)))


def _bare(text: str) -> str:
    """Without punctuation around it, and without half a pair of brackets.

    >>> _bare("(จปฐ.) ครบ -"), _bare("มีผล (")
    ('(จปฐ.) ครบ', 'มีผล')
    """
    bare = squash(text).strip(_PUNCTUATION)
    return bare if bare.count("(") == bare.count(")") else bare.strip("() ")
