"""A condition as typed → its meaning, by one grammar (the door to lark)."""

import difflib
import re
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, UnexpectedToken, VisitError

from kpibatch.base.thai import arabic, read_date
from kpibatch.rules.conditions import DECIMALS, Condition

_PHRASES = (
    "ไม่น้อยกว่า", "อย่างน้อย", "ไม่ต่ำกว่า", "ตั้งแต่", "มากกว่า", "เกิน", "ไม่เกิน",
    "คงเหลือไม่เกิน", "น้อยกว่าหรือเท่ากับ", "น้อยกว่า", "ต่ำกว่า", "ได้ร้อยละ", "เพิ่มขึ้นร้อยละ",
    "ลดลงร้อยละ", "ร้อยละ", "ภายใน", "ก่อน", "ใช่", "ไม่ใช่", "≥", "≤", ">", "<", "=",
)  # fmt: skip


class ConditionFault(Exception):
    """Text that can't be read as a condition: where it goes wrong, and the nearest reading (or nothing)."""

    def __init__(self, text: str, position: int, proposal: str = "") -> None:
        super().__init__(text)
        self.text, self.position, self.proposal = text, position, proposal

    @property
    def pointer(self) -> str:
        """The text with a mark before the character that can't be read."""
        return f"{self.text[: self.position]}⟦?⟧{self.text[self.position :]}"


class _Meaning(Transformer[Token, Condition]):
    def comparison(self, parts: list[object]) -> Condition:
        sign, number = str(parts[0]), float(str(parts[1]))
        if sign == "eq":
            return Condition("number", number, number)
        is_open = sign in ("gt", "lt")
        if sign in ("ge", "gt"):
            return Condition("number", low=number, low_open=is_open)
        return Condition("number", high=number, high_open=is_open)

    def signed(self, parts: list[object]) -> float:
        return _number(parts[-1]) * (-1 if len(parts) == 2 else 1)

    def at_least(self, parts: list[object]) -> Condition:
        return Condition("number", low=_number(parts[0]))

    def band(self, parts: list[object]) -> Condition:
        return Condition("number", _number(parts[0]), _number(parts[1]))

    def inside(self, parts: list[object]) -> Condition:
        low, first, second, high = parts
        return Condition("number", _number(low), _number(high), first == "open", second == "open")

    def deadline(self, parts: list[object]) -> Condition:
        limit, *words = parts
        day = read_date(" ".join(str(word) for word in words))
        if day is None:
            raise ValueError(words)
        return Condition("date", high=float(day.toordinal()), high_open=limit == "before")

    def month(self, parts: list[object]) -> str:
        return str(parts[0])

    def yes(self, _: list[object]) -> Condition:
        return Condition("yes_no", 1.0, 1.0)

    def no(self, _: list[object]) -> Condition:
        return Condition("yes_no", 0.0, 0.0)

    def yes_no(self, parts: list[Condition]) -> Condition:
        return parts[0]

    def __default__(self, data: str, children: list[object], meta: object) -> object:
        return str(data) if not children or isinstance(children[0], Token) else children


def _number(token: object) -> float:
    return round(float(str(token).replace(",", "")), DECIMALS)


@cache
def _grammar() -> Lark:
    return Lark(
        files("kpibatch.rules").joinpath("conditions.lark").read_text(encoding="utf-8"), parser="lalr"
    )


@cache
def parse(text: str) -> Condition:
    """The meaning of a condition as typed. Raises ``ConditionFault`` where there is none, or more than one.

    Source: design, section 1 (one grammar for levels and cases).

    >>> parse("ไม่น้อยกว่าร้อยละ ๘๐").text(), parse("81 - 85").text(), parse("ลดลงร้อยละ ๑๐").text()
    ('≥ 80', '81 - 85', '≥ 10')
    >>> parse("ก่อน 31 ธ.ค. 2564").text(), parse("ไม่ใช่").text()
    ('ก่อน 31 ธ.ค. 2564', 'ไม่ใช่')
    >>> parse("ประมาณ 80")
    Traceback (most recent call last):
    ...
    kpibatch.rules.phrases.ConditionFault: ประมาณ 80
    """
    plain = arabic(text.replace("\xa0", " "))
    try:
        return _read(plain)
    except _Unread as unread:
        raise ConditionFault(text, unread.position, _nearest(plain)) from None


class _Unread(Exception):
    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def _read(plain: str) -> Condition:
    try:
        condition = _Meaning().transform(_grammar().parse(plain))
    except UnexpectedInput as fault:
        at_end = isinstance(fault, UnexpectedToken) and fault.token.type == "$END"
        raise _Unread(len(plain) if at_end else fault.pos_in_stream or 0) from None
    except VisitError:
        raise _Unread(len(plain)) from None
    if condition.low > condition.high or (
        condition.low == condition.high and (condition.low_open or condition.high_open)
    ):
        raise _Unread(len(plain))
    return condition


def _nearest(plain: str) -> str:
    """The text with its words replaced by the most alike official phrase, or its one number alone; never
    another number.
    """
    words, rest = _split(plain)
    numbers = _LONE_NUMBER.findall(rest)
    for phrase in difflib.get_close_matches(words, _PHRASES, 3, 0.5):
        for tail in (rest, *numbers[:1]) if len(numbers) == 1 else (rest,):
            proposal = f"{phrase} {tail}".strip()
            if _can_be_read(proposal):
                return proposal
    sign = words.strip() if words.strip() in ("≥", ">", "≤", "<", "=") else "≥" if not words.strip() else ""
    proposal = f"{sign} {numbers[0]}" if sign and len(numbers) == 1 else ""
    return proposal if proposal and _can_be_read(proposal) else ""


_LONE_NUMBER = re.compile(r"(?<![0-9.,_eE])((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)(?![0-9.,_eE])")


def _split(plain: str) -> tuple[str, str]:
    """The words before the first digit, and the rest."""
    matched = re.match(r"\s*([^0-9.]*?)\s*([0-9.].*)?$", plain, re.DOTALL)
    return (matched[1], matched[2] or "") if matched else (plain, "")


def _can_be_read(text: str) -> bool:
    try:
        _read(text)
    except _Unread:
        return False
    return True
