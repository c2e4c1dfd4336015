"""A condition as typed → its meaning, by one grammar (the door to lark); else what may have been meant.

A proposal can be read, and keeps all numbers and the way they bound. There is none where a letter hides in a
number, or where a word might turn the meaning.
"""

import difflib
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TypeAlias

from lark import Discard, Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, UnexpectedToken, VisitError

from kpibatch.base.kinds import in_reach
from kpibatch.base.thai import arabic, read_date, squash
from kpibatch.rules.conditions import DECIMALS, Condition

FORMS = {
    "number": "≥ 80 / ≤ 35 / 81 - 85",
    "date": "ภายใน 10 ก.ย. 2565 / ก่อน 10 ก.ย. 2565",
    "yes_no": "ใช่ / ไม่ใช่",
}  # how conditions of each family may be written, for who typed one that can't be read
_PEOPLE = ("คน", "ราย", "อัตรา", "ท่าน")
_OWN = "\ue000"  # the measure's own counting unit, as the grammar knows it


class ConditionFault(Exception):
    """Text that can't be read as a condition: where it goes wrong, and the nearest reading (or nothing)."""

    def __init__(self, text: str, position: int, proposal: str = "") -> None:
        super().__init__(text)
        self.text, self.position, self.proposal = text, position, proposal

    @property
    def pointer(self) -> str:
        """The text with a mark before the character that can't be read."""
        return f"{self.text[: self.position]}⟦?⟧{self.text[self.position :]}"


class SizeFault(ConditionFault):
    """A condition with a number that is too large or too small."""


class _Meaning(Transformer[Token, Condition]):
    def __init__(self, counting_unit: str) -> None:
        super().__init__()
        self._counting_unit = counting_unit

    def comparison(self, parts: list[object]) -> Condition:
        sign, number = str(parts[0]), float(str(parts[1]))
        if sign == "eq":
            return Condition("number", number, number)
        is_open = sign in ("gt", "lt")
        if sign in ("ge", "gt"):
            return Condition("number", low=number, low_open=is_open)
        return Condition("number", high=number, high_open=is_open)

    def counted(self, parts: list[Token]) -> object:
        """A noun of the measure's own; another's would give the number another meaning."""
        if self._counting_unit and parts[0] != _OWN:
            raise _Unread(parts[0].start_pos or 0)
        return Discard

    def of(self, _: list[Token]) -> object:
        return Discard

    def signed(self, parts: list[object]) -> float:
        return _number(parts[-1]) * (-1 if len(parts) == 2 else 1)

    def at_least(self, parts: list[object]) -> Condition:
        return Condition("number", low=_number(parts[0]))

    def at_most(self, parts: list[object]) -> Condition:
        return Condition("number", high=_number(parts[0]))

    within = at_most

    def band(self, parts: list[object]) -> Condition:
        return Condition("number", _number(parts[0]), _number(parts[1]))

    def inside(self, parts: list[object]) -> Condition:
        low, first, second, high = parts
        return Condition("number", _number(low), _number(high), first == "open", second == "open")

    def only(self, parts: list[Condition]) -> Condition:
        return replace(parts[0], only=True)

    def deadline(self, parts: list[object]) -> Condition:
        day = read_date(str(parts[-1]))
        if day is None:
            raise ValueError(parts)
        return Condition("date", high=float(day.toordinal()), high_open=parts[0] == "before")

    def yes(self, _: list[object]) -> Condition:
        return Condition("yes_no", 1.0, 1.0)

    def no(self, _: list[object]) -> Condition:
        return Condition("yes_no", 0.0, 0.0)

    def __default__(self, data: str, children: list[object], meta: object) -> object:
        return str(data) if not children or isinstance(children[0], Token) else children


def _number(token: object) -> float:
    number = float(str(token).replace(",", ""))
    if not in_reach(number):
        raise _OutOfReach(getattr(token, "start_pos", None) or 0)
    return round(number, DECIMALS)


@cache
def _grammar() -> Lark:
    return Lark(
        files("kpibatch.rules").joinpath("conditions.lark").read_text(encoding="utf-8"), parser="lalr"
    )


@cache
def parse(text: str, counting_unit: str = "") -> Condition:
    """The meaning of a condition as typed. Raises ``ConditionFault`` where there is none, or more than one.

    ``counting_unit`` is the measure's own, which may follow the number; where it is known, no other may.

    Source: design, section 1 (one grammar for levels and cases).

    >>> parse("ไม่น้อยกว่าร้อยละ ๘๐").text(), parse("81 - 85").text(), parse("ลดลงได้ร้อยละ ๑๐").text()
    ('≥ 80', '81 - 85', '≥ 10')
    >>> parse("ก่อน 31 ธ.ค. 2564").text(), parse("ไม่ใช่").text(), parse("อย่างน้อย ๒ ข่าว", "ข่าว").text()
    ('ก่อน 31 ธ.ค. 2564', 'ไม่ใช่', '≥ 2')
    >>> parse("อย่างน้อย 2 ใน 3")
    Traceback (most recent call last):
    ...
    kpibatch.rules.phrases.ConditionFault: อย่างน้อย 2 ใน 3
    """
    seen = squash(text)
    try:
        return _read(arabic(seen), arabic(squash(counting_unit)))
    except _OutOfReach as unread:
        raise SizeFault(seen, unread.position) from None
    except _Unread as unread:
        raise ConditionFault(seen, unread.position, _proposal(arabic(seen), counting_unit)) from None


class _Unread(Exception):
    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class _OutOfReach(_Unread):
    pass


def _read(plain: str, counting_unit: str = "") -> Condition:
    known = _with_own(plain, counting_unit)
    try:
        condition = _Meaning(counting_unit).transform(_grammar().parse(known))
    except UnexpectedInput as fault:
        at_end = isinstance(fault, UnexpectedToken) and fault.token.type == "$END"
        raise _Unread(len(plain) if at_end else fault.pos_in_stream or 0) from None
    except VisitError as fault:
        raise fault.orig_exc if isinstance(fault.orig_exc, _Unread) else _Unread(len(plain)) from None
    if "ของ" in plain and "ร้อยละ" not in plain and "%" not in plain:  # part of what, if it is no percent?
        raise _Unread(plain.index("ของ"))
    if condition.low > condition.high or (
        condition.low == condition.high and (condition.low_open or condition.high_open)
    ):
        raise _Unread(len(plain))
    return condition


def _with_own(plain: str, counting_unit: str) -> str:
    """The text with the measure's own counting unit, behind a number, as the grammar knows it; as long."""
    words = {counting_unit, counting_unit.removesuffix("ต่อเดือน"), *counting_unit.split("/")} - {""}
    if words & set(_PEOPLE):
        words |= set(_PEOPLE)
    if not words:
        return plain
    own = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    behind = rf"(?<=[0-9])(\s*)({own})(?=\s|$|/เดือน|(?:ต่อ|ทุก)เดือน|ขึ้นไป|ลงมา|หรือ)"
    return re.sub(behind, lambda match: match[1] + _OWN + " " * (len(match[2]) - 1), plain)


# --- what may have been meant ------------------------------------------------------------------------------

_Reader: TypeAlias = Callable[[str], Condition | None]
_PHRASES = (
    "ไม่น้อยกว่า", "อย่างน้อย", "ไม่ต่ำกว่า", "ตั้งแต่", "มากกว่า", "สูงกว่า", "เกิน", "ไม่เกิน", "ไม่มากกว่า", "คงเหลือไม่เกิน",
    "มากกว่าหรือเท่ากับ", "สูงกว่าหรือเท่ากับ", "น้อยกว่าหรือเท่ากับ", "ต่ำกว่าหรือเท่ากับ", "น้อยกว่า", "ต่ำกว่า", "เท่ากับ",
    "ได้ร้อยละ", "เพิ่มขึ้นร้อยละ", "ลดลงร้อยละ", "ร้อยละ", "ภายใน", "ก่อน", "ใช่", "ไม่ใช่",
)  # fmt: skip
_ALIKE = 0.75
_TURNS = re.compile(
    r"ไม่|มาก|น้อย|ต่ำ|สูง|เกิน|เท่า|หรือ|แต่|เว้น|ใน|ถึง|ลง|ขึ้น|กว่า|ครึ่ง|ร้อย|พัน|หมื่น|แสน|ล้าน|โหล|[<>≤≥=~–—-]"
)  # words that may give the number before them another meaning
# of what, or with what else: what may stand in it has nothing to do with the number, but for an alternative
_MORE = re.compile(r"\s*(?:ของ|พร้อม)(?!.*(?:หรือ|ลงมา|เกิน|กว่า(?!เกณฑ์)|ถึง|เว้น))")
_FIGURES = re.compile(r"[0-9A-Za-z_.,]*[0-9][0-9A-Za-z_.,]*")
_NUMBER = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_FLIPPED = {"≤": "≥", "≥": "≤", "<": ">", ">": "<"}


def _proposal(plain: str, counting_unit: str) -> str:
    """The nearest condition that can be read; empty where nothing is near enough to be safe."""

    def read(text: str) -> Condition | None:
        try:
            return _read(text, arabic(squash(counting_unit)))
        except _Unread:
            return None

    numbers = _numbers(plain)
    for proposal in () if numbers is None else _proposals(plain, read):
        if read(proposal) and _numbers(proposal) == numbers:
            return proposal
    return ""


def _proposals(plain: str, read: _Reader) -> Iterator[str]:
    yield _both(plain, read)
    if turned := re.fullmatch(r"\s*([0-9.,]+)\s*([≤≥<>])\s*x\s*", plain):  # 50 ≤ x
        yield f"{_FLIPPED[turned[2]]} {turned[1]}"
    yield re.sub(r"^\s*x\s*", "", plain)
    yield _beginning(plain)
    yield _respelled(plain)


def _numbers(plain: str) -> list[float] | None:
    """All its numbers, smallest first; ``None`` where one is not plainly a number."""
    figures = [figure.rstrip(",") for figure in _FIGURES.findall(plain)]
    if not all(map(_NUMBER.fullmatch, figures)):
        return None
    return sorted(float(figure.replace(",", "")) for figure in figures)


def _both(plain: str, read: _Reader) -> str:
    """A lower and an upper bound side by side, as the one band they are: ``≥ 60, < 70``."""
    parts = re.fullmatch(r"(.*?[0-9.]%?)\s*(?:[,;]|และ|แต่)?\s*(\D.*)", plain)
    bounds = [read(part) for part in parts.groups()] if parts else []
    low = next((one for one in bounds if one and one.upward), None)
    high = next((one for one in bounds if one and one.downward), None)
    if not low or not high or {low.family, high.family} != {"number"} or not low.low < high.high < math.inf:
        return ""
    return replace(low, high=high.high, high_open=high.high_open).text()


def _beginning(plain: str) -> str:
    """All up to the last number, where what follows it changes nothing of it."""
    parts = re.fullmatch(r"(.*[0-9]%?)([^0-9%]*)", plain)
    if not parts or (not _MORE.match(parts[2]) and _TURNS.search(parts[2])):
        return ""
    return parts[1] if re.search(r"[^0-9.,%\s]", parts[1]) else ""


def _respelled(plain: str) -> str:
    """The words before the first number spelled as the most alike phrase that keeps their direction."""
    first = re.search(r"[0-9]|$", plain)
    at = first.start() if first else 0
    words, rest = plain[:at].strip(), plain[at:]
    bare = words.removesuffix("ร้อยละ").rstrip() or words
    phrase = (difflib.get_close_matches(bare, _PHRASES, 1, _ALIKE) or [""])[0]
    same_way = all(turn in phrase for turn in _TURNS.findall(bare)) and ("ไม่" not in phrase or "ไม" in bare)
    return f"{phrase} {rest}".strip() if phrase and same_way else ""
