"""เงินเดือน.xlsx: what raises are reckoned from, as the office fills it in, and its faults."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import ProvinceFault
from kpibatch.base.findings import NOWHERE, Finding, Place
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import fold
from kpibatch.books.guard.capped import capped
from kpibatch.books.guard.limits import Refused
from kpibatch.books.read import UnreadableBook, read_book
from kpibatch.books.table import Row, Table, read_table
from kpibatch.books.write import Book, Sheet

PEOPLE, RATES, CEILING = "เงินเดือน", "อัตรา", "วงเงิน"
CODE, NAME, BASE, SALARY, TOP = "รหัส", "ชื่อ", "ฐานในการคำนวณ", "เงินเดือน", "เงินเดือนสูงสุด"
RATING, FULL, LEAST = "ผล", "ร้อยละ", "ร้อยละต่ำสุด"
ITEM, AMOUNT = "รายการ", "ค่า"
PERCENT_OF_BASES, IN_BAHT = "ร้อยละของฐานรวม", "บาท"
_MOST = 100  # percent


@dataclass(frozen=True)
class Person:
    """Money in satang: what the raise is reckoned from, and by how much the salary may rise at most
    (``None``: as much as comes out). ``name`` is what stands beside the code.
    """

    code: str
    base: int
    room: int | None
    name: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True)
class Rate:
    """What a rating is worth, in percent of the base: in full, and at least."""

    full: Decimal
    least: Decimal = Decimal(0)


@dataclass(frozen=True)
class Terms:
    """``ceiling`` is what all raises together may come to at most, in satang."""

    people: tuple[Person, ...]
    rates: Mapping[str, Rate]
    ceiling: int

    def rate_of(self, rating: str) -> Rate | None:
        """What a rating is worth; none where the office has not said."""
        return self.rates.get(fold(rating))


def read_terms(path: Path, limits: IntakeLimits) -> tuple[Terms, list[Finding]]:
    """The workbook; with a fault among the findings nothing may be reckoned.

    Raises ``KpibatchError`` where it is not there or no workbook that can be read.
    """
    if not path.is_file():
        raise ProvinceFault("increments-missing", file=path)
    try:
        return capped(limits, _read, path)
    except UnreadableBook as reason:
        raise ProvinceFault("increments-unreadable", file=path, reason=reason) from None
    except Refused as reason:
        raise ProvinceFault("increments-unreadable", file=path, reason=reason.found) from None


def _read(path: Path) -> tuple[Terms, list[Finding]]:
    grids = read_book(path)
    people = read_table(path.name, grids, PEOPLE, (CODE, BASE), (SALARY, TOP, NAME, "หมายเหตุ"))
    rates = read_table(path.name, grids, RATES, (RATING, FULL), (LEAST, "หมายเหตุ"))
    limits = read_table(path.name, grids, CEILING, (ITEM, AMOUNT), ("หมายเหตุ",))
    persons = tuple(_people(people))
    by_rating = dict(_rates(rates))
    ceiling = _ceiling(limits, sum(person.base for person in persons))
    terms = Terms(persons, by_rating, ceiling)
    return terms, [*people.findings, *rates.findings, *limits.findings]


def _people(table: Table) -> Iterator[Person]:
    seen: set[str] = set()
    for row in table:
        code, base = row.code(CODE), _satang(row, BASE)
        salary, top = _satang(row, SALARY), _satang(row, TOP)
        if not code:
            row.report("table-value", CODE, "", expected=CODE)
        elif code in seen:
            row.report("table-duplicate", CODE, code)
        elif base is None and row.blank(BASE):
            row.report("table-value", BASE, "", expected=Kind.AMOUNT.value)
        if (salary is None) != (top is None) or (salary and top and salary > top):
            row.report("table-value", TOP, row.text(TOP), expected=f"≥ {SALARY}")
        if code and code not in seen and base is not None:
            room = None if top is None or salary is None else max(0, top - salary)
            name, place = (row.text(NAME), row.place(NAME)) if NAME in row.columns else ("", NOWHERE)
            yield Person(code, base, room, name, place)
        seen.add(code)


def _satang(row: Row, column: str) -> int | None:
    """An amount of money in satang; more decimals than two, or less than nothing, is a fault."""
    amount = row.read(column, Kind.AMOUNT) if column in row.columns else None
    if amount is None:
        return None
    satang = round(amount * 100)
    if amount < 0 or abs(satang - amount * 100) > 1e-6 * max(1.0, abs(amount)):
        row.report("table-value", column, row.text(column), expected="≥ 0.00")
        return None
    return satang


def _rates(table: Table) -> Iterator[tuple[str, Rate]]:
    seen: set[str] = set()
    for row in table:
        rating, full, least = fold(row.text(RATING)), _percent(row, FULL), _percent(row, LEAST)
        if not rating:
            row.report("table-value", RATING, "", expected=RATING)
        elif rating in seen:
            row.report("table-duplicate", RATING, row.text(RATING))
        elif full is None and row.blank(FULL):
            row.report("table-value", FULL, "", expected=Kind.PERCENT.value)
        elif full is not None and least is not None and least > full:
            row.report("table-value", LEAST, row.text(LEAST), expected=f"≤ {FULL}")
        elif full is not None:
            yield rating, Rate(full, least or Decimal(0))
        seen.add(rating)


def _percent(row: Row, column: str) -> Decimal | None:
    value = row.read(column, Kind.PERCENT) if column in row.columns else None
    if value is None:
        return None
    if not 0 <= value <= _MOST:
        row.report("table-value", column, row.text(column), expected=f"0 – {_MOST}")
        return None
    return Decimal(str(round(value, 6)))


def _ceiling(table: Table, bases: int) -> int:
    """Whole satang, what is less than one left out; a percent is of the sum of all bases."""
    ceilings: list[int] = []
    for row in table:
        item = row.text(ITEM)
        if fold(item) == fold(PERCENT_OF_BASES):
            percent = _percent(row, AMOUNT)
            ceilings += [] if percent is None else [int(Decimal(bases) * percent / 100)]
        elif fold(item) == fold(IN_BAHT):
            satang = _satang(row, AMOUNT)
            ceilings += [] if satang is None else [satang]
        else:
            row.report("table-value", ITEM, item, expected=f"{PERCENT_OF_BASES} / {IN_BAHT}")
    if not ceilings and table.found and not table.findings:
        table.head.report("table-value", AMOUNT, "", expected=f"{PERCENT_OF_BASES} / {IN_BAHT}")
    return min(ceilings, default=0)


def write_blank_terms(path: Path, people: list[tuple[str, str]], ratings: list[str], language: str) -> None:
    """The workbook to fill in: a row for each person and each rating."""
    with Book(path, title=PEOPLE, language=language) as book:
        sheet = book.sheet(PEOPLE)
        _table(sheet, (CODE, NAME, BASE, SALARY, TOP, "หมายเหตุ"), (14, 34, 18, 18, 18, 40))
        for at, (code, name) in enumerate(people, 1):
            sheet.put_row(at, 0, [code, name], "cell", "text")
            for column in (2, 3, 4):
                sheet.put(at, column, None, "cell", "input", "money")
            sheet.put(at, 5, None, "cell", "input")
        rates = book.sheet(RATES)
        _table(rates, (RATING, FULL, LEAST, "หมายเหตุ"), (24, 14, 16, 50))
        for at, rating in enumerate(ratings, 1):
            rates.put(at, 0, rating, "cell")
            rates.put_row(at, 1, [None, None, None], "cell", "input", "percent")
        ceiling = book.sheet(CEILING)
        _table(ceiling, (ITEM, AMOUNT, "หมายเหตุ"), (30, 20, 60))
        ceiling.put(1, 0, PERCENT_OF_BASES, "cell")
        ceiling.put(1, 1, None, "cell", "input", "percent")
        ceiling.put(1, 2, None, "cell", "input")


def _table(sheet: Sheet, heads: tuple[str, ...], widths: tuple[float, ...]) -> None:
    sheet.widths(*widths)
    sheet.put_row(0, 0, heads, "head")
    sheet.height(0, 2)
    sheet.raw.freeze_panes(1, 1)
    sheet.page(top=0)
