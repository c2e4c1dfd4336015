"""The workbook for the committee: each person's raise, live from the rates and the ceiling."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from kpibatch.base.addresses import quoted, ref, span
from kpibatch.base.catalogue import Words
from kpibatch.base.thai import show_month
from kpibatch.books.columns import Column, put_heads, put_line, set_widths
from kpibatch.books.look import PROVINCE, lines_of
from kpibatch.books.write import Book, Formula, Sheet
from kpibatch.months.increments.shares import DECIMALS, Raise, Raises
from kpibatch.months.increments.terms import Rate

_CEILING, _FULL, _LEAST, _FACTOR, _GIVEN, _LEFT = range(3, 9)
_TOP, _FIRST = 10, 11
_CODE, _RATING, _BASE, _RATE, _LOW, _WHOLE, _FLOOR, _ROOM, _RAISE, _NOTE = 0, 3, 4, 5, 6, 7, 8, 9, 10, 12
Content: TypeAlias = float | str


@dataclass(frozen=True)
class Line:
    """A person in the list; ``share`` is ``None`` where there is no raise, and ``note`` says why, or what is
    to be looked at. Money in satang.
    """

    code: str
    name: str
    percent: float
    rating: str
    base: int | None
    rate: Rate | None
    share: Raise | None
    note: str = ""


@dataclass(frozen=True)
class Committee:
    """What the workbook holds."""

    owner: str
    month: str
    round: str
    lines: tuple[Line, ...]
    raises: Raises
    rates: tuple[tuple[str, Rate], ...]


def write_increments(committee: Committee, path: Path, language: str) -> None:
    """Write it. Source: the formula of ``shares.py``, stated on the sheet."""
    say = Words("increments", language)
    with Book(path, title=say("title"), language=language, whose=PROVINCE) as book:
        sheet, rates = book.sheet(say("sheet")), book.sheet(say("sheet-rates"))
        _write_rates(committee, rates, say)
        last = _FIRST + len(committee.lines) - 1
        columns = _columns(rates.name, len(committee.rates), say)
        set_widths(sheet, columns)
        _head(committee, sheet, last, say)
        put_heads(sheet, _TOP, columns)
        sheet.height(_TOP, 3)
        for at, line in enumerate(committee.lines, _FIRST):
            put_line(sheet, at, columns, line)
            sheet.height(at, lines_of(line.note, columns[_NOTE].width))
        _signatures(sheet, last + 2, say)
        sheet.raw.freeze_panes(_FIRST, 2)
        sheet.page(top=_TOP, last=(last + 5, _NOTE))
        sheet.lock()


def _write_rates(committee: Committee, sheet: Sheet, say: Words) -> None:
    sheet.widths(26, 14, 16)
    sheet.put_row(0, 0, [say("rating"), say("rate"), say("least-rate")], "head")
    sheet.height(0, 2)
    for at, (rating, rate) in enumerate(committee.rates, 1):
        sheet.put(at, 0, rating, "cell")
        sheet.put_row(at, 1, [float(rate.full), float(rate.least)], "cell", "input", "percent")
    sheet.page(top=0)
    sheet.lock()


def _head(committee: Committee, sheet: Sheet, last: int, say: Words) -> None:
    """Title, the sums, and the formula in words."""
    month = show_month(committee.month, say.language)
    sheet.put(0, 0, say("title"), "title")
    sheet.height(0, 2)
    about = say("about", owner=committee.owner, month=month, round=committee.round)
    sheet.put(1, 0, about, "subtitle")
    raises, sums = committee.raises, _sums(committee.raises, last)
    for row, (name, content, style) in enumerate(sums, _CEILING):
        sheet.merge(row, 0, 3, say(name), "cell", "bold")
        looks = ("cell", "input", "money") if row == _CEILING else ("cell", style)
        extra = {"num_format": "0.00000000"} if row == _FACTOR else {}
        sheet.put(row, _BASE, content, *looks, **extra)
    sheet.block(_CEILING, _LEFT, _RATE, _NOTE, say("formula"), "cell", "wrap", "quiet")
    assert raises.left >= 0


def _sums(raises: Raises, last: int) -> tuple[tuple[str, float | Formula, str], ...]:
    def total(column: int) -> str:
        return f"SUM({span((_FIRST, column), (last, column))})"

    full, least = (sum(getattr(one, name) for one in raises.each) for name in ("full", "least"))
    ceiling, most, low, given = (ref(row, _BASE) for row in (_CEILING, _FULL, _LEAST, _GIVEN))
    factor = f"IF({most}-{low}=0,1,MIN(1,({ceiling}-{low})/({most}-{low})))"
    return (
        ("ceiling", raises.ceiling / 100, "money"),
        ("sum-full", Formula(total(_WHOLE), float(full) / 100), "money"),
        ("sum-least", Formula(total(_FLOOR), float(least) / 100), "money"),
        ("factor", Formula(factor, float(raises.factor)), "number"),
        ("sum-given", Formula(f"ROUND({total(_RAISE)},2)", raises.given / 100), "money"),
        ("left", Formula(f"ROUND({ceiling}-{given},2)", raises.left / 100), "money"),
    )


def _columns(rates: str, count: int, say: Words) -> tuple[Column[Line], ...]:
    ratings = f"{quoted(rates)}!{span((1, 0), (max(count, 1), 0), 'rc')}"

    def rate(column: int) -> Callable[[int], str]:
        cells = f"{quoted(rates)}!{span((1, column), (max(count, 1), column), 'rc')}"
        return lambda at: f'IFERROR(INDEX({cells},MATCH({ref(at, _RATING)},{ratings},0)),"")'

    def part(column: int) -> Callable[[int], str]:
        def formula(at: int) -> str:
            rate, base, room = (ref(at, each) for each in (column, _BASE, _ROOM))
            return f'IF(AND(ISNUMBER({rate}),ISNUMBER({base})),MIN({room},{base}*{rate}/100),"")'

        return formula

    def given(at: int) -> str:
        low, most = ref(at, _FLOOR), ref(at, _WHOLE)
        whole = f"INT(ROUND(({low}+({most}-{low})*{ref(_FACTOR, _BASE, 'rc')})*100,{DECIMALS}))/100"
        return f'IF(ISNUMBER({most}),{whole},"")'

    def of_base(at: int) -> str:
        raised, base = ref(at, _RAISE), ref(at, _BASE)
        return f'IF(AND(ISNUMBER({raised}),N({base})>0),100*{raised}/{base},"")'

    money, percent, centre = ("cell", "money"), ("cell", "percent"), ("cell", "centre")
    return (
        Column(say("code"), 12, lambda line: line.code, ("cell", "code")),
        Column(say("name"), 30, lambda line: line.name, ("cell", "bold"), extra={"shrink": True}),
        Column(say("percent"), 12, lambda line: line.percent, percent),
        Column(say("rating"), 16, lambda line: line.rating if line.rate else "", centre),
        Column(say("base"), 16, lambda line: _baht(line.base), money),
        Column(say("rate"), 10, lambda line: _number(line.rate and line.rate.full), percent, rate(1)),
        Column(say("least-rate"), 10, lambda line: _number(line.rate and line.rate.least), percent, rate(2)),
        Column(say("full"), 15, lambda line: _baht(line.share and line.share.full), money, part(_RATE)),
        Column(say("least"), 15, lambda line: _baht(line.share and line.share.least), money, part(_LOW)),
        Column(say("room"), 15, lambda line: _baht(line.share and line.share.person.room), money),
        Column(say("raise"), 16, lambda line: _baht(line.share and line.share.given), money, given),
        Column(say("of-base"), 11, _of_base, percent, of_base),
        Column(say("note"), 44, lambda line: line.note, ("cell", "wrap")),
    )


def _of_base(line: Line) -> Content:
    share = line.share
    return 100 * share.given / share.person.base if share and share.person.base else ""


def _baht(satang: object) -> Content:
    return "" if satang is None else float(satang) / 100  # type: ignore[arg-type]


def _number(value: object) -> Content:
    return "" if value is None else float(value)  # type: ignore[arg-type]


def _signatures(sheet: Sheet, at: int, say: Words) -> None:
    for offset, name in enumerate(("sign", "name-line", "date-line")):
        sheet.merge(at + offset, 0, _BASE, say(name), "centre")
        sheet.merge(at + offset, _WHOLE, _NOTE, say(name), "centre")
    sheet.merge(at + 3, 0, _BASE, say("chair"), "quiet", "centre")
    sheet.merge(at + 3, _WHOLE, _NOTE, say("secretary"), "quiet", "centre")
