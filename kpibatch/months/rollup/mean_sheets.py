"""``national.xlsx``: provinces and groups with their means and spread, reckoned live from the list; what
units were assessed by; who has published nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from kpibatch.base.addresses import ref, span
from kpibatch.base.catalogue import Words
from kpibatch.base.files import way_to
from kpibatch.base.findings import SEVERITIES
from kpibatch.base.thai import show_month
from kpibatch.books.columns import Column, percent_bars, put_heads, put_line, set_widths
from kpibatch.books.look import lines_of
from kpibatch.books.write import Sheet
from kpibatch.months.rollup.national import Absent, National, Spread, spread
from kpibatch.months.rollup.province import Assessed, Basis, Province
from kpibatch.months.rollup.unit_sheets import (
    BASIS,
    COUNTS,
    GROUP,
    OWNER,
    PERCENT,
    ListPlan,
    warning_of,
)
from kpibatch.scoring.rank import rank_formula, ranks_within

_TOP, _FIRST = 3, 4
_DECIMALS, _BEYOND = 4, 1000  # no percent is as high
_BASIS, _KEY, _AMONG, _COUNT, _MEAN = 2, 3, 4, 5, 6
Fact: TypeAlias = Callable[[Spread], float]
Formula: TypeAlias = Callable[[int], str]


@dataclass(frozen=True)
class Mean:
    """A line of units: ``number`` tells in the list whose they are, ``basis`` what they were assessed by,
    ``rank`` is the place of their mean among those that may be compared.
    """

    name: str
    number: int
    basis: int
    among: int
    lie: Spread
    units: int
    rank: int = 0
    province: Province | None = None


def province_means(national: National) -> tuple[Mean, ...]:
    """A line for each province and basis, best mean first."""
    means = []
    for number, province in enumerate(national.provinces, 1):
        for basis, units in _by_basis(national, province.units):
            means.append(_mean(national, province.name, number, basis, units, province))
    return _ranked(means)


def group_means(national: National) -> tuple[Mean, ...]:
    """A line for each กลุ่ม and basis, best mean first."""
    members: dict[int, list[Assessed]] = {}
    for line in national.lines:
        members.setdefault(national.group_of(line.unit), []).append(line.unit)
    return _ranked(
        _mean(national, name, number, basis, units)
        for number, (_, name) in enumerate(national.groups, 1)
        for basis, units in _by_basis(national, members[number])
    )


def _by_basis(national: National, units: Iterable[Assessed]) -> list[tuple[int, list[Assessed]]]:
    by_basis: dict[int, list[Assessed]] = {}
    for unit in units:
        by_basis.setdefault(national.basis_of(unit), []).append(unit)
    return sorted(by_basis.items())


def _mean(
    national: National,
    name: str,
    number: int,
    basis: int,
    units: Sequence[Assessed],
    province: Province | None = None,
) -> Mean:
    among = 0 if national.together else basis
    return Mean(name, number, basis, among, spread(units), len(units), province=province)


def _ranked(means: Iterable[Mean]) -> tuple[Mean, ...]:
    """By what may be compared, then by mean; those without a ranked unit last."""
    lines = list(means)
    ranks = ranks_within([(line.among, (_rounded(line),) if line.lie.count else None) for line in lines])
    ranked = [replace(line, rank=rank) for line, rank in zip(lines, ranks, strict=True)]
    return tuple(sorted(ranked, key=lambda line: (line.among, not line.rank, line.rank)))


def _rounded(line: Mean) -> float:
    return round(line.lie.mean, _DECIMALS)


def write_means(national: National, sheet: Sheet, plan: ListPlan, means: Sequence[Mean], say: Words) -> None:
    """The lines, of provinces with what came of the month and a link to its ranking."""
    provinces, last = bool(means[0].province), _TOP + len(means)
    listed = plan.range(OWNER if provinces else GROUP)
    columns = _columns(plan, listed, last, "province" if provinces else "group", say)
    columns += tuple(_of_province(say)) if provinces else ()
    set_widths(sheet, columns)
    sheet.put(0, 0, say("provinces-title" if provinces else "groups-title"), "title")
    sheet.height(0, 2)
    sheet.put(
        1, 0, warning_of(national, say) or say("means-guide"), "quiet" if not national.mixed else "stale"
    )
    put_heads(sheet, _TOP, columns)
    sheet.height(_TOP, 2)
    for at, mean in enumerate(means, _FIRST):
        put_line(sheet, at, columns, mean)
        if mean.province:
            way = way_to(mean.province.ranking, sheet.book.path.parent)
            sheet.link_file(at, 1, way, mean.name, "cell", "link", "wrap")
        sheet.height(at, lines_of(mean.name, 34))
    percent_bars(sheet, _MEAN, _FIRST, last)
    sheet.raw.freeze_panes(_FIRST, 2)
    sheet.page(top=_TOP, last=(last, len(columns) - 1))
    sheet.lock()


@dataclass(frozen=True)
class _Formulas:
    """What a line of means reckons, from the list of units: ``listed`` is the range that ``number`` is in."""

    plan: ListPlan
    listed: str

    @property
    def _percent(self) -> str:
        return self.plan.range(PERCENT)

    def _counted(self, at: int) -> str:
        """1 for each unit of the line that is ranked, as an array over the list."""
        own, basis = ref(at, _KEY, "c"), ref(at, _BASIS, "c")
        return f"({self.listed}={own})*({self.plan.range(BASIS)}={basis})*({self.plan.range(COUNTS)}=1)"

    def count(self, at: int) -> str:
        return f"SUMPRODUCT({self._counted(at)})"

    def mean(self, at: int) -> str:
        return f"SUMPRODUCT({self._counted(at)}*{self._percent})/{ref(at, _COUNT, 'c')}"

    def deviation(self, at: int) -> str:
        away = f"({self._percent}-{self.mean(at)})^2"
        return f"SQRT(SUMPRODUCT({self._counted(at)}*{away})/{ref(at, _COUNT, 'c')})"

    def lowest(self, at: int) -> str:
        return f"SUMPRODUCT(MIN({_BEYOND}-{self._counted(at)}*({_BEYOND}-{self._percent})))"

    def highest(self, at: int) -> str:
        return f"SUMPRODUCT(MAX({self._counted(at)}*({_BEYOND}+{self._percent})-{_BEYOND}))"


def _columns(plan: ListPlan, listed: str, last: int, whose: str, say: Words) -> tuple[Column[Mean], ...]:
    formulas = _Formulas(plan, listed)

    def of_lie(name: str, width: float, value: Fact, formula: Formula) -> Column[Mean]:
        def rounded(at: int) -> str:
            return f'IF({ref(at, _COUNT, "c")}=0,"",ROUND({formula(at)},{_DECIMALS}))'

        return Column(say(name), width, lambda line: _known(value(line.lie)), ("cell", "percent"), rounded)

    level, among = ("cell", "level"), span((_FIRST, _AMONG), (last, _AMONG), "rc")
    means = span((_FIRST, _MEAN), (last, _MEAN), "rc")

    def rank(at: int) -> str:
        return rank_formula(ref(at, _MEAN, "c"), means, (), [(ref(at, _AMONG, "c"), among)])

    return (
        Column(say("rank"), 8, lambda line: line.rank or "", level, rank),
        Column(say(whose), 40, lambda line: line.name, ("cell",), extra={"text_wrap": True}),
        Column(say("basis"), 10, lambda line: line.basis, ("cell", "centre")),
        Column("", 8, lambda line: line.number, ("quiet",), hidden=True),
        Column("", 8, lambda line: line.among, ("quiet",), hidden=True),
        Column(say("ranked"), 10, lambda line: line.lie.count, level, formulas.count),
        of_lie("mean", 12, lambda lie: lie.mean, formulas.mean),
        of_lie("deviation", 19, lambda lie: lie.deviation, formulas.deviation),
        of_lie("lowest", 11, lambda lie: lie.lowest, formulas.lowest),
        of_lie("highest", 11, lambda lie: lie.highest, formulas.highest),
        Column(say("units"), 9, lambda line: line.units, level),
    )


def _known(value: float) -> float | str:
    return "" if value != value else round(value, _DECIMALS)


def _of_province(say: Words) -> Iterator[Column[Mean]]:
    def of(name: str, width: float, fact: Callable[[Province], int | str]) -> Column[Mean]:
        return Column(
            say(name), width, lambda line: fact(line.province) if line.province else "", ("cell", "level")
        )

    yield of("sent", 8, lambda each: each.sent)
    yield of("late", 8, lambda each: each.late)
    for severity in SEVERITIES:
        yield of(severity, 10, partial(_found, severity))
    yield of("month", 12, lambda each: show_month(each.month, say.language, short=True))


def _found(severity: str, province: Province) -> int:
    return province.findings[severity]


def write_bases(national: National, sheet: Sheet, say: Words) -> None:
    """What units were assessed by, each with how many there are and their mean."""
    names = ("basis", "round", "month", "kind", "rules", "provinces", "units", "ranked", "mean")
    sheet.widths(10, 14, 20, 18, 22, 14, 12, 12, 14)
    sheet.put(0, 0, say("bases-title"), "title")
    sheet.height(0, 2)
    sheet.put(1, 0, say("bases-guide"), "quiet")
    sheet.put_row(_TOP, 0, [say(name) for name in names], "head")
    sheet.height(_TOP, 2)
    for at, basis in enumerate(national.bases, _FIRST):
        units = [line.unit for line in national.lines if line.unit.basis == basis]
        lie = spread(units)
        provinces = len({line.province.workspace for line in national.lines if line.unit.basis == basis})
        sheet.put_row(at, 0, [at - _TOP, *_words(basis, say)], "cell", "centre")
        sheet.put_row(at, 5, [provinces, len(units), lie.count], "cell", "level")
        sheet.put(at, 8, _known(lie.mean), "cell", "percent")
    sheet.page(top=_TOP, last=(_TOP + len(national.bases), len(names) - 1))
    sheet.lock()


def _words(basis: Basis, say: Words) -> list[str]:
    month = show_month(basis.month, say.language)
    return [basis.round, month, basis.kind or say("any-kind"), basis.rules[:12]]


def write_absent(absent: Sequence[Absent], sheet: Sheet, say: Words) -> None:
    """The workspaces of which nothing is in the ranking, and why."""
    sheet.widths(50, 110)
    sheet.put(0, 0, say("absent-title"), "title")
    sheet.height(0, 2)
    sheet.put_row(_TOP, 0, [say("workspace"), say("reason")], "head")
    for at, each in enumerate(absent, _FIRST):
        sheet.put(at, 0, str(each.workspace), "cell", "wrap")
        sheet.put(at, 1, each.reason, "cell", "wrap")
        sheet.height(at, max(lines_of(str(each.workspace), 50), lines_of(each.reason, 110)))
    sheet.page(top=_TOP, last=(_TOP + len(absent), 1))
    sheet.lock()
