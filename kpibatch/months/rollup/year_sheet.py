"""``national.xlsx``: the sheet of the year, each unit's rounds side by side and their mean, live."""

from collections.abc import Callable

from kpibatch.base.addresses import ref, span
from kpibatch.base.catalogue import Words
from kpibatch.books.columns import Column, put_heads, put_line, set_widths
from kpibatch.books.write import Sheet
from kpibatch.months.rollup.year import Course, Year
from kpibatch.scoring.rank import rank_formula

_TOP, _FIRST, _NAMES = 3, 4, 5


def write_year(year: Year, sheet: Sheet, say: Words) -> None:
    """Every unit with its percents of the rounds, their mean and its rank."""
    last = _TOP + len(year.courses)
    columns = _columns(year, last, say)
    set_widths(sheet, columns)
    sheet.put(0, 0, say("year-title"), "title")
    sheet.height(0, 2)
    sheet.put(1, 0, say("year-guide"), "quiet")
    put_heads(sheet, _TOP, columns)
    sheet.height(_TOP, 2)
    for at, course in enumerate(year.courses, _FIRST):
        put_line(sheet, at, columns, course)
    sheet.raw.freeze_panes(_FIRST, 4)
    sheet.page(top=_TOP, last=(last, len(columns) - 2))
    sheet.lock()


def _columns(year: Year, last: int, say: Words) -> tuple[Column[Course], ...]:
    rounds, fitting = year.rounds, {"shrink": True}
    first, mean = _NAMES, _NAMES + len(rounds)
    among = mean + 1
    numbers = {key: number for number, key in enumerate(sorted({each.among for each in year.courses}), 1)}

    def percent(round_key: str) -> Callable[[Course], float | str]:
        def of(course: Course) -> float | str:
            result = course.results.get(round_key)
            return result.percent if result and result.rank else ""

        return of

    def all_rounds(at: int) -> str:
        cells = span((at, first), (at, mean - 1))
        wanted = f'SUMPRODUCT(--({span((_TOP, first), (_TOP, mean - 1), "r")}<>""))'
        return f'IF(COUNT({cells})<{wanted},"",ROUND(AVERAGE({cells}),9))'

    def rank(at: int) -> str:
        means = span((_FIRST, mean), (last, mean), "rc")
        column = span((_FIRST, among), (last, among), "rc")
        return rank_formula(ref(at, mean, "c"), means, (), [(ref(at, among, "c"), column)])

    of_rounds = (
        Column[Course](say("year-round", round=key), 16, percent(key), ("cell", "percent")) for key in rounds
    )
    return (
        Column(say("rank"), 8, lambda each: each.rank or "", ("cell", "level"), rank),
        Column(say("province"), 36, lambda each: each.among[0], ("cell",), extra=fitting),
        Column(say("unit-code"), 12, lambda each: each.unit.code, ("cell", "code")),
        Column(say("unit"), 30, lambda each: each.unit.name, ("cell", "bold"), extra=fitting),
        Column(say("year"), 10, lambda each: each.among[1], ("cell", "centre")),
        *of_rounds,
        Column(
            say("year-mean"),
            16,
            lambda each: each.mean if each.rank else "",
            ("cell", "percent"),
            _usable(all_rounds, year),
        ),
        Column("", 8, lambda each: numbers[each.among], ("quiet",), hidden=True),
    )


def _usable(formula: Callable[[int], str], year: Year) -> Callable[[int], str] | None:
    """Live where all years have the same rounds; a round that another year has is no gap."""
    whole = {len([key for key in year.rounds if key.startswith(each.among[1])]) for each in year.courses}
    return formula if whole == {len(year.rounds)} else None
