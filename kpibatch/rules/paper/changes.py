"""What differs between two level-table workbooks: every cell whose content changed, rows that came or went,
cases in another order.

Both must have been read without an error. What is only written otherwise (๘๐ for 80, a row moved) is no
change; a condition that is worded otherwise is one, and says whether it still reads the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from kpibatch.base.config import IntakeLimits
from kpibatch.base.findings import NOWHERE, Place
from kpibatch.base.thai import arabic
from kpibatch.books.guard.capped import USUAL
from kpibatch.books.read import read_book
from kpibatch.books.table import Row, Table
from kpibatch.rules.conditions import NOT_GIVEN
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.phrases import ConditionFault, parse
from kpibatch.rules.records import Rule
from kpibatch.rules.schema import NODES, RULES, SHEETS, SINCE, Column, Sheet
from kpibatch.rules.sheets import in_a_child, read_sheets

ANY = "*"


@dataclass(frozen=True)
class Change:
    """One change: ``key`` says which row (``("T1", "T1.pct")``), ``column`` which cell, none where the whole
    row came or went.

    ``before`` and ``after`` are as typed; ``read_before`` and ``read_after`` as read, where it is a
    condition (``ANY`` where any result will do).
    """

    sheet: str
    key: tuple[str, ...]
    column: str
    before: str
    after: str
    places: tuple[Place, Place] = (NOWHERE, NOWHERE)
    read_before: str = ""
    read_after: str = ""

    @property
    def same_meaning(self) -> bool:
        """Whether a condition is only worded otherwise."""
        return bool(self.read_before) and self.read_before == self.read_after


def table_changes(
    a: LevelTables, path_a: Path, b: LevelTables, path_b: Path, limits: IntakeLimits = USUAL
) -> tuple[Change, ...]:
    """Every change from the tables at ``path_a`` to those at ``path_b``, sheet by sheet, in the order of the
    second.

    Of tables of one month only the rows that count then are compared, whenever they began to.
    """
    old, new = (
        _counting(tables, in_a_child(limits, _sheets, path)) for tables, path in ((a, path_a), (b, path_b))
    )
    readings = _readings(a), _readings(b)
    in_sheets = (_in_table(each, old[each.sheet], new[each.sheet], readings) for each in SHEETS)
    return (*chain.from_iterable(in_sheets), *_case_orders(a, b))


def _sheets(path: Path) -> dict[str, Table]:
    return read_sheets(path.name, read_book(path))


def _counting(tables: LevelTables, sheets: Mapping[str, Table]) -> Mapping[str, Table]:
    """The sheets; where the tables are those of one month, without the rows that do not count then and the
    column that says so.
    """
    if not tables.since:
        return sheets
    counting = {row.place for node in tables.nodes for row in node.rows} | {
        rule.places[0] for rule in tables.rules
    }
    fewer = {}
    for sheet, column in ((NODES, NODES.code), (RULES, RULES.levels[0])):
        table = sheets[sheet.sheet]
        rows = tuple(row for row in table.rows if row.place(column) in counting)
        columns = tuple(name for name in table.columns if name != SINCE)
        fewer[sheet.sheet] = replace(table, rows=rows, columns=columns)
    return {**sheets, **fewer}


def _readings(tables: LevelTables) -> Mapping[Place, str]:
    """Each cell of ระดับ with its condition as read."""
    rules = tables.rules if tables.since else tables.written.rules or tables.rules
    return {place: _reading(rule, at) for rule in rules for at, place in enumerate(rule.places)}


def _reading(rule: Rule, at: int) -> str:
    edge = rule.edges[at]
    if edge is None:
        return NOT_GIVEN if rule.skips(at) else ""
    return ANY if edge.any_value else edge.text()


def _in_table(
    sheet: Sheet, old: Table, new: Table, readings: tuple[Mapping[Place, str], Mapping[Place, str]]
) -> Iterator[Change]:
    columns = tuple(dict.fromkeys((*old.columns, *new.columns)))
    name = sheet.keys[-1]
    for before, after in _pairs(old.rows, new.rows, sheet.keys):
        row = after or before
        assert row is not None
        key = tuple(filter(None, (row.code(column) for column in name)))
        if before and after:
            yield from _in_row(sheet.sheet, key, before, after, columns, readings)
        else:
            old_row, new_row = (_content(side, columns) if side else "" for side in (before, after))
            old_place, new_place = (side.place(name[0]) if side else NOWHERE for side in (before, after))
            yield Change(sheet.sheet, key, "", old_row, new_row, (old_place, new_place))


def _content(row: Row, columns: Iterable[str]) -> str:
    return " | ".join(filter(None, map(row.text, columns)))


def _pairs(
    old: Sequence[Row], new: Sequence[Row], keys: tuple[tuple[Column, ...], ...]
) -> list[tuple[Row | None, Row | None]]:
    """Old rows with the new ones of the same key, the strictest key first; then those that are left, each
    alone.
    """
    partner: dict[int, Row] = {}
    taken: set[int] = set()
    for columns in keys:
        free: dict[tuple[str, ...], list[Row]] = {}
        for row in old:
            if row.number not in taken:
                free.setdefault(tuple(map(row.code, columns)), []).append(row)
        for row in new:
            candidates = free.get(tuple(map(row.code, columns)))
            if row.number not in partner and candidates:
                partner[row.number] = candidates.pop(0)
                taken.add(partner[row.number].number)
    gone: list[tuple[Row | None, Row | None]] = [(row, None) for row in old if row.number not in taken]
    return [*((partner.get(row.number), row) for row in new), *gone]


def _in_row(
    sheet: str,
    key: tuple[str, ...],
    before: Row,
    after: Row,
    columns: tuple[str, ...],
    readings: tuple[Mapping[Place, str], Mapping[Place, str]],
) -> Iterator[Change]:
    case = after.text(RULES.case) if sheet == RULES.sheet else ""
    scope = after.text(NODES.scope) if sheet == NODES.sheet and not after.text(NODES.name) else ""
    key = (*key, *((scope,) if scope else ()))
    key = (*key, *((since,) if SINCE in columns and (since := after.text(SINCE)) else ()))
    for column in columns:
        if sheet == NODES.sheet and column in NODES.kept and _kept(before, after, column):
            continue
        old, new = before.text(column), after.text(column)
        places = before.place(column), after.place(column)
        read = [
            _read(sheet, column, text, readings[side].get(places[side], ""))
            for side, text in enumerate((old, new))
        ]
        if arabic(old) != arabic(new) or read[0] != read[1]:
            shown = key if not case or column == RULES.case else (*key, case)
            yield Change(sheet, shown, column, old, new, places, *read)


def _kept(before: Row, after: Row, column: str) -> bool:
    """Whether one of a node's rows leaves blank what the other, of another month, says for both."""
    months = before.text(SINCE), after.text(SINCE)
    blank = (month and not row.text(column) for month, row in zip(months, (before, after), strict=True))
    return months[0] != months[1] and any(blank)


def _read(sheet: str, column: str, text: str, edge: str) -> str:
    """A condition as read; empty where the cell holds none."""
    if sheet == RULES.sheet and column == RULES.case and text:
        try:
            return parse(text).text()
        except ConditionFault:
            return ""
    return edge


def _case_orders(a: LevelTables, b: LevelTables) -> Iterator[Change]:
    """KPIs whose cases stand in another order: a unit takes the first that holds."""
    for leaf in b.leaves:
        old, new = a.cases_of(leaf.code), b.cases_of(leaf.code)
        if old != new and Counter(old) == Counter(new):
            before, after = (", ".join(case.text for case in cases) for cases in (old, new))
            places = Place(a.file, RULES.sheet), Place(b.file, RULES.sheet)
            yield Change(RULES.sheet, (leaf.code,), RULES.case_of, before, after, places)
