"""A figure in an item → the condition it states, in the letter's own words.

In: a text. Out: ``Stated`` for each figure that bounds something, in the order of the text, and the figures
that seem to bound nothing. What the words mean is decided by the one grammar of conditions.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kpibatch.base.kinds import Kind
from kpibatch.base.thai import arabic, show_number, squash
from kpibatch.rules.draft.doubts import Doubt, around
from kpibatch.rules.letter.figures import Figure, Role, figures_in
from kpibatch.rules.letter.figures import Kind as Said
from kpibatch.rules.phrases import ConditionFault, parse

# a line may end within a phrase: ไม่ and น้อยกว่า apart still say not less than
_MORE_OR_LESS = r"(?:มาก|สูง|น้อย|ต่ำ)\s*กว่า"
_BOUND = (
    rf"(?:(?:ไม่\s*)?{_MORE_OR_LESS}\s*หรือ\s*เท่ากับ|เท่ากับ\s*หรือ\s*{_MORE_OR_LESS}|ไม่\s*{_MORE_OR_LESS}|ไม่\s*เกิน"
    rf"|ไม่\s*ถึง|อย่าง\s*น้อย|อย่าง|ตั้งแต่|เกิน\s*กว่า|เกิน|{_MORE_OR_LESS}|เท่ากับ|[≥≤<>=]\s*=?)"
)
_CUT = re.compile(r"(?:กว่า|น้อย|มาก|ต่ำ|สูง|ไม่|เกิน|ถึง)[\s“”\"'.,]*$")  # half a bound, the rest elsewhere
_APART = re.compile(r"(?<=[ก-๙])\s+(?=[ก-๎])")
_LEAD = re.compile(
    rf"(?P<bound>{_BOUND})?\s*(?P<of>(?:จำนวน|เดือนละ|สัปดาห์ละ|ครบ|คิดเป็น|ได้)\s*)?"
    r"(?P<percent>ร้อยละ\s*(?:ที่\s*)?)?$"
)
_TAIL = re.compile(r"\s*(?:%|เปอร์เซ็นต์)?\s*(?P<way>ขึ้นไป|ลงมา|หรือมากกว่า|หรือน้อยกว่า)?")
_TO = re.compile(r"\s*(?:-|–|—|−|ถึง)\s*(?:ร้อยละ\s*)?")
_DAY = re.compile(r"(?P<word>ภายใน|ก่อน|ไม่เกิน|ใน|ณ|ตั้งแต่|ลง)?\s*(?:วัน)?(?:ที่)?\s*$")
_IN_TIME = re.compile(r"ตามกำหนด|แล้วเสร็จ|ส่ง|ทัน")
_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"")
_PARENS = re.compile(r"\([^()]*\)")
_WHETHER = re.compile(r"\s*[ก-๙]*?หรือไม่")
_TIME = ("วัน", "วันทำการ", "สัปดาห์", "เดือน", "ปี")
_DUE = re.compile(r"ภายใน\s*(?:ระยะเวลา\s*)?$")


@dataclass(frozen=True)
class Stated:
    """A condition as the letter words it (``typed``), what it bounds and where in the text it stands."""

    kind: Kind
    typed: str
    start: int
    end: int
    unit: str = ""
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True)
class Figures:
    """The conditions of a text, and its other figures that may have been meant as one."""

    stated: tuple[Stated, ...]
    left_out: tuple[Figure, ...]


def stated_in(text: str, line: int) -> Figures:
    """Every condition that a text states.

    >>> [(s.kind.value, s.typed, s.unit) for s in stated_in("เกินร้อยละ ๔๕ (ไม่น้อยกว่า ๑๔ ครัวเรือน)", 1).stated]
    [('ร้อยละ', 'เกินร้อยละ ๔๕', 'ร้อยละ'), ('จำนวน', 'ไม่น้อยกว่า ๑๔', 'ครัวเรือน')]
    >>> [s.typed for s in stated_in("ส่งภายในวันที่ ๑๐ กันยายน ๒๕๖๕ จากหนี้ ณ วันที่ ๑ ตุลาคม ๒๕๖๔", 1).stated]
    ['ภายใน ๑๐ กันยายน ๒๕๖๕']
    """
    figures = figures_in(text)
    stated: list[Stated] = []
    left_out: list[Figure] = []
    at = 0
    while at < len(figures):
        figure = figures[at]
        until = _range_end(text, figures, at)
        if figure.kind is Said.DATE and until > at:  # a period that something is reckoned over
            left_out.append(replace(figure, text=text[figure.start : figures[until].end]))
        elif each := _stated(text, line, figure, figures[until], stated):
            stated.append(each)
        elif _may_bound(figure, stated):
            left_out.append(figure)
        at = until + 1
    return Figures(tuple(stated), tuple(left_out))


def _range_end(text: str, figures: Sequence[Figure], at: int) -> int:
    """The place of the figure that a range ends with, or ``at`` where none begins there."""
    if at + 1 < len(figures) and _TO.fullmatch(text[figures[at].end : figures[at + 1].start]):
        same = figures[at].kind is figures[at + 1].kind
        return at + 1 if same and figures[at].kind in (Said.PERCENT, Said.DATE, Said.NUMBER) else at
    return at


def _may_bound(figure: Figure, stated: Sequence[Stated]) -> bool:
    """Whether a figure that states nothing should still be looked at: years, items and references need not,
    nor what says a condition once more.
    """
    again = figure.noun and any(each.unit == figure.noun for each in stated)
    return figure.role in (Role.RULE, Role.DOUBTFUL) and figure.kind is not Said.YEAR and not again


def _stated(text: str, line: int, figure: Figure, last: Figure, before: Sequence[Stated]) -> Stated | None:
    if any(figure.start in range(*quote.span()) for quote in _QUOTED.finditer(text)):
        return None
    if figure.kind in (Said.DATE, Said.DAY):
        return _deadline(text, line, figure)
    if figure.role is Role.DOUBTFUL:
        return _garbled(text, line, figure)
    if figure.role is not Role.RULE:
        return None
    if figure.kind is Said.PERCENT:
        return _percent(text, line, figure, last)
    return _count(text, line, figure, last, before) if figure.kind is Said.NUMBER else None


def _lead(text: str, start: int) -> re.Match[str]:
    match = _LEAD.search(arabic(text[:start]))
    if match is None:
        raise AssertionError(text)  # every part of the expression may be empty
    return match


def _percent(text: str, line: int, figure: Figure, last: Figure) -> Stated:
    """A percent always bounds; what stands before it says how.

    >>> stated_in("เบิกจ่ายมากกว่าร้อยละ ๗๕", 1).stated[0].typed, stated_in("ร้อยละ ๘๑ - ๘๕", 1).stated[0].typed
    ('มากกว่าร้อยละ ๗๕', 'ร้อยละ ๘๑ - ๘๕')
    >>> stated_in("ตั้งแต่ ๑๐๐.๐๑% ของเป้าหมาย", 1).stated[0].typed
    'ตั้งแต่ ๑๐๐.๐๑%'
    """
    lead = _lead(text, figure.start)
    start, end = lead.start(), _tail_end(text, last.end)
    typed, doubts = _checked(text, line, (start, end), "ร้อยละ")
    return Stated(Kind.PERCENT, typed, start, end, "ร้อยละ", doubts)


def _tail_end(text: str, end: int) -> int:
    tail = _TAIL.match(text, end)
    return tail.end() if tail and tail[0].strip() else end


def _checked(text: str, line: int, span: tuple[int, int], unit: str) -> tuple[str, tuple[Doubt, ...]]:
    """The words as they will stand in the cell, with a doubt where the grammar can't read them."""
    whole = squash(text[slice(*span)])
    cut = _CUT.search(text[: span[0]]) and not re.match(_BOUND, whole)
    typed = re.sub(r"^อย่าง(?!\s*น้อย)", "อย่างน้อย", whole)
    doubts: tuple[Doubt, ...] = ()
    if typed != whole:
        doubts = (Doubt("word-cut", line, around(text, *span), typed),)
    if cut:
        doubts = (Doubt("word-cut", line, around(text, *span), typed),)
    bound = re.match(_BOUND, typed)
    if bound:
        typed = _APART.sub("", bound[0]) + typed[bound.end() :]
    try:
        parse(typed, unit)
    except ConditionFault:
        return "", (Doubt("unread", line, around(text, *span)),)
    return typed, doubts


def _count(text: str, line: int, figure: Figure, last: Figure, before: Sequence[Stated]) -> Stated | None:
    """A number bounds where a word says so, or as a band; a bare one with a noun, or that is all there is, is
    read as at least, and doubted.

    >>> [s.typed for s in stated_in("อย่างน้อย ๒ ช่องทาง โดยทั้ง ๒ ช่องทาง ภายใน ๓๐ วันทำการ", 1).stated]
    ['อย่างน้อย ๒']
    >>> [(s.typed, s.doubts[0].why) for s in stated_in("เตรียมกลุ่มเป้าหมาย ๒ กลุ่ม", 1).stated]
    [('๒', 'bare')]
    """
    lead = _lead(text, figure.start)
    behind = _TAIL.match(text, last.end + len(_noun_behind(text, last)))
    way = behind["way"] if behind else None
    if _WHETHER.match(text[figure.end :]) or _due(text, figure):
        return None
    if not (lead["bound"] or way or lead["of"] or last is not figure):
        return _bare(text, line, figure, before)
    span = (lead.start(), last.end)
    typed, doubts = _checked(text, line, span, last.noun)
    if way and typed:
        typed = f"{typed} {way}"
    if not lead["bound"] and not way and last is figure:
        if _in_parens(text, figure):
            return None
        doubts = (*doubts, Doubt("bare", line, around(text, figure.start, figure.end), typed))
    return Stated(Kind.NUMBER, typed, *span, last.noun, doubts)


def _noun_behind(text: str, figure: Figure) -> str:
    gap = re.match(rf"\s*{re.escape(figure.noun)}", text[figure.end :]) if figure.noun else None
    return gap[0] if gap else ""


def _due(text: str, figure: Figure) -> bool:
    """Within so many days: how quickly something else is done, which is no measure of its own."""
    return figure.noun in _TIME and _DUE.search(text[: figure.start]) is not None


def _in_parens(text: str, figure: Figure) -> bool:
    return any(figure.start in range(*each.span()) for each in _PARENS.finditer(text))


def _bare(text: str, line: int, figure: Figure, before: Sequence[Stated]) -> Stated | None:
    """A number with a noun and no word that bounds; not where it says once more what bounds already, or
    stands beside a condition.
    """
    alone = text.strip() == figure.text
    if not alone and (not figure.noun or _in_parens(text, figure) or figure.noun in _TIME):
        return None
    whole = re.search(r"ทั้ง\s*$", text[: figure.start])
    if any(each.unit == figure.noun for each in before) or (before and not whole):
        return None
    if not whole and any(_bounded(text, each) for each in figures_in(text)):
        return None
    span = (figure.start, figure.end)
    doubt = Doubt("bare", line, around(text, *span), figure.text)
    return Stated(Kind.NUMBER, figure.text, *span, figure.noun, (doubt,))


def _bounded(text: str, figure: Figure) -> bool:
    rule = figure.role is Role.RULE and figure.kind in (Said.NUMBER, Said.PERCENT)
    return rule and bool(figure.kind is Said.PERCENT or _lead(text, figure.start)["bound"])


def _garbled(text: str, line: int, figure: Figure) -> Stated | None:
    """Digits that a scan mixed with letters: read where they stand behind a word that bounds.

    >>> [(s.typed, s.doubts[0].why) for s in stated_in("ไม่น้อยกว่าร้อยละ 8O", 1).stated]
    [('ไม่น้อยกว่าร้อยละ 80', 'garbled')]
    """
    lead = _lead(text, figure.start)
    if figure.value != figure.value or not (lead["bound"] or lead["percent"]):
        return None
    typed = f"{_APART.sub('', squash(lead[0]))} {show_number(figure.value)}"
    doubt = Doubt("garbled", line, around(text, lead.start(), figure.end), typed)
    kind, unit = (Kind.PERCENT, "ร้อยละ") if lead["percent"] else (Kind.NUMBER, figure.noun)
    return Stated(kind, typed, lead.start(), figure.end, unit, (doubt,))


def _deadline(text: str, line: int, figure: Figure) -> Stated | None:
    """A day by which something is done; not one from which something is reckoned.

    >>> [(s.typed, [d.why for d in s.doubts]) for s in stated_in("ส่งในวันที่ ๑๐ กันยายน ๒๕๖๕", 1).stated]
    [('ภายใน ๑๐ กันยายน ๒๕๖๕', ['day-word'])]
    """
    word = _DAY.search(text[: figure.start])
    said = (word["word"] if word else "") or ""
    start = word.start() if word else figure.start
    if said in ("ณ", "ตั้งแต่", "ลง") or figure.role is Role.REFERENCE:
        return None
    plainly = said in ("ภายใน", "ก่อน", "ไม่เกิน")
    if not plainly and not _IN_TIME.search(text):
        return None
    typed = f"{'ก่อน' if said == 'ก่อน' else 'ภายใน'} {figure.text}"
    where = around(text, start, figure.end)
    if figure.role is Role.DOUBTFUL or figure.kind is Said.DAY:
        why = "garbled" if figure.role is Role.DOUBTFUL else "day-without-year"
        return Stated(Kind.DATE, "", start, figure.end, doubts=(Doubt(why, line, where),))
    doubts = () if plainly else (Doubt("day-word", line, where, typed),)
    return Stated(Kind.DATE, typed, start, figure.end, doubts=doubts)


def others(figures: Figures) -> Iterator[Figure]:
    """The figures left out, each printed figure once."""
    seen: set[str] = set()
    for each in figures.left_out:
        if each.text not in seen:
            seen.add(each.text)
            yield each
