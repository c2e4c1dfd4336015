"""What all levels of a KPI ask → rows, one a measure.

In: the items of each level. Out: ``Row``s in the order in which the letter first asks for them. What two
levels ask is one measure where kind, unit and case are the same and the words alike.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kpibatch.base.kinds import Kind
from kpibatch.base.thai import fold, show_number
from kpibatch.rules.conditions import Condition
from kpibatch.rules.draft.asks import Ask, asks_of, left_out
from kpibatch.rules.draft.cases import Case, cased, lone_case
from kpibatch.rules.draft.doubts import Doubt, read_as
from kpibatch.rules.draft.items import Item
from kpibatch.rules.phrases import ConditionFault, parse
from kpibatch.rules.records import Source

_ALIKE, _SAME_THING, _SAME_DEED = 0.6, 0.8, 0.9  # of words: alike, of one measure, of one thing done
_SAME_PLACE = 0.1  # what the same number in the list counts for
_ALL = re.compile(r"ครบ\s*(?:ถ้วน)?\s*(?:ทุก|ตามเป้าหมาย)|ได้ตามเป้าหมาย|ครบร้อย")
_UNCHANGED = re.compile(r"เท่าเดิม")
_WHOLE = {"all": "≥ 100", "unchanged": "≥ 0"}
_CHANGES = (Source.GROWTH, Source.REDUCTION)
_LETTERS = re.compile(r"[^0-9a-zก-๎]")


@dataclass
class Row:
    """What the levels ask of one measure; ``typed`` is each level's cell."""

    kind: Kind
    unit: str
    subject: str
    case: Case | None
    asks: dict[int, Ask] = field(default_factory=dict)
    typed: dict[int, str] = field(default_factory=dict)
    doubts: dict[int, list[Doubt]] = field(default_factory=dict)

    def put(self, level: int, ask: Ask, doubts: Iterable[Doubt] = ()) -> None:
        """Let a level ask; doubts go with its cell."""
        self.asks[level], self.typed[level] = ask, ask.typed
        self.doubts[level] = list(read_as((*ask.doubts, *doubts), ask.typed))

    def retype(self, level: int, typed: str, why: str) -> None:
        """Read a cell otherwise than it is printed, and say so."""
        ask = self.asks[level]
        self.typed[level] = typed
        self.doubts[level].append(Doubt(why, ask.item.line, ask.typed or ask.subject[:90], typed))

    def drop(self, level: int) -> None:
        """Let a level ask nothing here."""
        del self.asks[level], self.typed[level], self.doubts[level]

    def condition(self, level: int) -> Condition | None:
        """What a level's cell means; nothing where it asks nothing, or can't be read."""
        try:
            return parse(self.typed[level], self.unit) if self.typed.get(level) else None
        except ConditionFault:
            return None


@dataclass
class Table:
    """The rows of a KPI, and the figures that are in none, by the level they stand at."""

    rows: list[Row] = field(default_factory=list)
    left_out: list[tuple[Item, Doubt]] = field(default_factory=list)


def rows_of(listed: Mapping[int, Sequence[Item]], kpi: str = "") -> Table:
    """The rows that the items of the levels of a KPI of that name make."""
    table = Table()
    for level, items in listed.items():
        for each in cased(items):
            lone = lone_case(each.item) if each.case is None else None
            for ask in asks_of(each.item, kpi):
                _take(table, level, ask, each.case, [lone] if lone else [])
            _leave_out(table, each.item)
    _whole_of_percents(table)
    for row in table.rows:
        _mend_dropped_word(row)
        _fill_bands(row)
    return table


def _whole_of_percents(table: Table) -> None:
    """Where the level beside asks for a percent of the same, all of it is 100, and as before is 0."""
    done = [(row, level) for row in table.rows if row.kind is Kind.YES_NO for level in sorted(row.asks)]
    for row, level in done:
        ask = row.asks[level]
        why = "all" if _ALL.search(ask.item.text) else "unchanged" if _UNCHANGED.search(ask.item.text) else ""
        near = [each for each in table.rows if why and _may_take(each, row, level, why)]
        best = max(near, key=lambda each: _alike_to(each, ask), default=None)
        if best and _alike_to(best, ask) >= _ALIKE:
            typed = _WHOLE[why]
            doubt = Doubt(why, ask.item.line, ask.item.text[-90:], typed)
            best.put(level, replace(ask, typed=typed), [*row.doubts[level], doubt])
            row.drop(level)
    table.rows = [row for row in table.rows if row.typed]


def _may_take(row: Row, other: Row, level: int, why: str) -> bool:
    """Whether a row of percents may hold what another row asks at a level."""
    if row.kind is not Kind.PERCENT or level in row.typed or _which(row.case) != _which(other.case):
        return False
    if not {level - 1, level + 1} & set(row.typed):
        return False
    return why == "all" or any(ask.source in _CHANGES for ask in row.asks.values())


def _take(table: Table, level: int, ask: Ask, case: Case | None, doubts: Sequence[Doubt]) -> None:
    """Put what a level asks into the row it belongs to, or into a new one."""
    fitting = [row for row in table.rows if _fits(row, level, ask, case)]
    enough = _SAME_DEED if ask.kind is Kind.YES_NO else _SAME_THING
    best = max(fitting, key=lambda row: _alike_to(row, ask) + _in_place(row, ask), default=None)
    if best is None or _alike_to(best, ask) < enough:
        best = Row(ask.kind, ask.unit, ask.subject, case)
        table.rows.append(best)
    best.put(level, ask, doubts)


def _leave_out(table: Table, item: Item) -> None:
    """Remember the figures that no cell holds, each once a KPI."""
    told = {doubt.read for _, doubt in table.left_out}
    table.left_out += [(item, each) for each in left_out(item) if each.read not in told]


def _fits(row: Row, level: int, ask: Ask, case: Case | None) -> bool:
    if level in row.typed or (row.kind, row.unit) != (ask.kind, ask.unit):
        return False
    return _which(row.case) == _which(case)


def _which(case: Case | None) -> str:
    """Which case: those of one KPI are told apart by their condition."""
    return fold(case.condition) if case else ""


def _alike_to(row: Row, ask: Ask) -> float:
    """How alike the words of an ask are to those of a row, its first or its latest."""
    return max(alike(row.subject, ask.subject), alike(row.asks[max(row.asks)].subject, ask.subject))


def _in_place(row: Row, ask: Ask) -> float:
    """What the same number in the list counts for, where two rows are alike."""
    number = row.asks[max(row.asks)].item.number
    return _SAME_PLACE * (number.isdigit() and number == ask.item.number)


def alike(one: str, other: str) -> float:
    """How alike the words of two asks are, 0 to 1; figures, spaces and punctuation aside.

    >>> alike("ร้อยละของครัวเรือน (ที่พัฒนาได้)", "ร้อยละของครัวเรือนที่พัฒนาได้")
    1.0
    """
    a, b = (_LETTERS.sub("", re.sub(r"[0-9]", "", fold(each))) for each in (one, other))
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    if not a and not b:
        return 1.0
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0


def _mend_dropped_word(row: Row) -> None:
    """Less than 4 % where all other levels say not less than: the word ไม่ was dropped, as it seems.

    >>> def typed(*cells):
    ...     row = Row(Kind.PERCENT, "ร้อยละ", "", None)
    ...     for level, cell in enumerate(cells, 1):
    ...         row.put(level, Ask(Kind.PERCENT, cell, "", Item("", 1)))
    ...     _mend_dropped_word(row)
    ...     return list(row.typed.values())
    >>> typed("น้อยกว่าร้อยละ 4", "ไม่น้อยกว่าร้อยละ 5", "ไม่น้อยกว่าร้อยละ 6")
    ['ไม่น้อยกว่าร้อยละ 4', 'ไม่น้อยกว่าร้อยละ 5', 'ไม่น้อยกว่าร้อยละ 6']
    >>> typed("น้อยกว่าร้อยละ 4", "ร้อยละ 5", "มากกว่าร้อยละ 6")[0]
    'น้อยกว่าร้อยละ 4'
    """
    less = [level for level, typed in row.typed.items() if typed.startswith(("น้อยกว่า", "ต่ำกว่า"))]
    others = [typed for level, typed in row.typed.items() if level not in less]
    if len(less) == 1 and len(others) >= 2 and all(typed.startswith("ไม่") for typed in others):
        row.retype(less[0], f"ไม่{row.typed[less[0]]}", "dropped")


def _fill_bands(row: Row) -> None:
    """Below 50, below 60, then 60 and above: the second begins where the first ends.

    >>> row = Row(Kind.PERCENT, "ร้อยละ", "", None)
    >>> for level, cell in enumerate(("น้อยกว่าร้อยละ 50", "น้อยกว่าร้อยละ 60", "ร้อยละ 60"), 1):
    ...     row.put(level, Ask(Kind.PERCENT, cell, "", Item("", 1)))
    >>> _fill_bands(row)
    >>> list(row.typed.values())
    ['น้อยกว่าร้อยละ 50', '50 ≤ x < 60', 'ร้อยละ 60']
    """
    conditions = {level: row.condition(level) for level in sorted(row.typed)}
    if row.kind is not Kind.PERCENT or not any(each and each.upward for each in conditions.values()):
        return
    for level, this in conditions.items():
        before = conditions.get(level - 1)
        if not (this and before and this.downward and before.downward and before.high < this.high):
            continue
        low, high = ("<" if before.high_open is False else "≤"), ("<" if this.high_open else "≤")
        typed = f"{show_number(before.high)} {low} x {high} {show_number(this.high)}"
        row.retype(level, typed, "band")
