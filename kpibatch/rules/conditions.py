"""A condition of the level tables: text → meaning → does it hold, what does it look like in a formula.

Every condition is an interval of numbers, of days (as ordinals) or of yes/no (1/0). A row of the level
tables is read by edges: a unit is in a level once it has reached the level's own edge, so the upper end
of a band is the next level's business (the lower end where lower is better).
"""

import difflib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, UnexpectedToken, VisitError

from kpibatch.base.thai import arabic, read_date, show_date, show_number

Family: TypeAlias = Literal["number", "date", "yes_no"]
Floats: TypeAlias = npt.NDArray[np.float64]
Booleans: TypeAlias = npt.NDArray[np.bool_]
DECIMALS = 9
_PHRASES = (
    *"ไม่น้อยกว่า อย่างน้อย ไม่ต่ำกว่า ตั้งแต่ มากกว่า เกิน ไม่เกิน คงเหลือไม่เกิน น้อยกว่าหรือเท่ากับ น้อยกว่า ต่ำกว่า".split(),  # noqa: SIM905
    *"ได้ร้อยละ เพิ่มขึ้นร้อยละ ลดลงร้อยละ ร้อยละ ภายใน ก่อน ใช่ ไม่ใช่ ≥ ≤ > < =".split(),  # noqa: SIM905
)


class ConditionFault(Exception):
    """Text that can't be read as a condition: where it goes wrong, and the nearest reading (or nothing)."""

    def __init__(self, text: str, position: int, proposal: str = "") -> None:
        super().__init__(text)
        self.text, self.position, self.proposal = text, position, proposal

    @property
    def pointer(self) -> str:
        """The text with a mark before the character that can't be read."""
        return f"{self.text[: self.position]}⟦?⟧{self.text[self.position :]}"


class MixedRow(Exception):
    """A row whose conditions pull in both directions; ``level`` is the first (from 1) that does not fit."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.level = level


@dataclass(frozen=True)
class Condition:
    """An interval; days are ordinals, yes is [1, 1], no is [0, 0]."""

    family: Family
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    @property
    def any_value(self) -> bool:
        return math.isinf(self.low) and math.isinf(self.high)

    @property
    def exact(self) -> bool:
        return self.low == self.high

    @property
    def downward(self) -> bool:
        """Bounded above only, as where lower is better."""
        return math.isinf(self.low) and not math.isinf(self.high)

    @property
    def upward(self) -> bool:
        """Bounded below only, as where higher is better."""
        return math.isinf(self.high) and not math.isinf(self.low)

    @property
    def threshold(self) -> float:
        """The one number an edge compares with (the lower end of a band)."""
        return self.high if math.isinf(self.low) else self.low

    @property
    def last_day(self) -> float:
        """The last day, as an ordinal, that a deadline allows: ``ก่อน`` does not count its own day."""
        return self.high - self.high_open

    def holds(self, values: Floats) -> Booleans:
        """Which of the values (shape ``(units,)``) are inside; a missing one (NaN) is not."""
        rounded = np.round(values, DECIMALS)
        above = rounded > self.low if self.low_open else rounded >= self.low
        below = rounded < self.high if self.high_open else rounded <= self.high
        return np.asarray(above & below, dtype=np.bool_)

    @property
    def sign(self) -> str:
        """The comparison an edge makes, as in a formula."""
        if self.exact:
            return "="
        if math.isinf(self.low):
            return "<" if self.high_open else "<="
        return ">" if self.low_open else ">="

    def text(self, language: str = "th") -> str:
        """The canonical condition, which reads back to the same meaning."""
        if self.family == "yes_no":
            return "ใช่" if self.low == 1 else "ไม่ใช่"
        if self.family == "date":
            return f"{'ก่อน' if self.high_open else 'ภายใน'} {show_date(date.fromordinal(int(self.high)))}"
        if math.isinf(self.low) or math.isinf(self.high) or self.exact:
            return f"{ {'>=': '≥', '<=': '≤'}.get(self.sign, self.sign) } {show_number(self.threshold)}"
        if not self.low_open and not self.high_open:
            return f"{show_number(self.low)} - {show_number(self.high)}"
        signs = ["<" if is_open else "≤" for is_open in (self.low_open, self.high_open)]
        return f"{show_number(self.low)} {signs[0]} x {signs[1]} {show_number(self.high)}"


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
    """The meaning of a condition as typed.

    Raises ``ConditionFault`` where there is none, or more than one.
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


def edges(row: Sequence[Condition | None]) -> list[Condition | None]:
    """A level-table row read by edges, one per level (design: bands are lower edges).

    A first cell that only bounds the other side (``≤ 80`` before ``81 - 85``) asks for any result.
    Raises ``MixedRow`` where the cells pull in both directions.
    """
    filled = [(level, condition) for level, condition in enumerate(row, 1) if condition]
    if not any(condition.family == "number" for _, condition in filled):
        return list(row)
    downward = _runs_downward(filled)
    result: list[Condition | None] = [None] * len(row)
    for position, (level, condition) in enumerate(filled):
        wrong_way = condition.upward if downward else condition.downward
        if wrong_way and (position > 0 or len(filled) == 1):
            raise MixedRow(level)
        result[level - 1] = _edge(condition, downward)
    return result


def upward_reading(row: Sequence[Condition | None]) -> list[str]:
    """A proposal for a mixed row: each level from where the one before it ended, the first from nothing."""
    proposal, reached = [], 0.0
    for condition in row:
        if condition is None:
            proposal.append("")
            continue
        lower = (
            replace(condition, high=math.inf, high_open=False)
            if not math.isinf(condition.low)
            else Condition("number", low=reached)
        )
        proposal.append(lower.text())
        reached = condition.high if not math.isinf(condition.high) else condition.low
    return proposal


def _runs_downward(filled: Sequence[tuple[int, Condition]]) -> bool:
    rest = [condition for _, condition in filled[1:]] or [filled[0][1]]
    if any(condition.downward for condition in rest):
        return True
    if any(condition.upward for condition in rest):
        return False
    return rest[-1].low < filled[0][1].threshold


def _edge(condition: Condition, downward: bool) -> Condition:
    if condition.exact or condition.family != "number":
        return condition
    if downward:
        return replace(condition, low=-math.inf, low_open=False)
    return replace(condition, high=math.inf, high_open=False)
