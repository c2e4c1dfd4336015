"""``national.xlsx``: the list of all units, and where its columns stand for whoever reckons with them."""

from collections.abc import Iterator
from dataclasses import dataclass

from kpibatch.base.addresses import quoted, ref, span
from kpibatch.base.catalogue import Words
from kpibatch.books.columns import Column, percent_bars, put_heads, put_line, set_widths, show_exact
from kpibatch.books.write import Sheet
from kpibatch.months.rollup.national import Line, National
from kpibatch.scoring.rank import Status, rank_formula

TOP = 4
FIRST = TOP + 1
PERCENT, BASIS, OWNER, COUNTS, _AMONG, GROUP = 5, 10, 11, 12, 13, 14
STATUS = {
    Status.OK: "ok",
    Status.PROVISIONAL: "provisional",
    Status.NOT_APPLICABLE: "not-applicable",
    Status.NOT_SUBMITTED: "not-sent",
}


@dataclass(frozen=True)
class ListPlan:
    """Where the list stands: ``OWNER`` numbers the provinces, ``GROUP`` the groups (0 where a unit has none),
    ``COUNTS`` is 1 where a unit is ranked.
    """

    sheet: str
    last: int

    def range(self, column: int) -> str:
        return f"{quoted(self.sheet)}!{span((FIRST, column), (self.last, column), 'rc')}"


def write_list(national: National, sheet: Sheet, plan: ListPlan, say: Words) -> None:
    """Every unit with its ranks, which follow the percents."""
    columns = _columns(national, plan, say)
    set_widths(sheet, columns)
    sheet.put(0, 0, say("title"), "title")
    sheet.height(0, 2)
    sheet.put(1, 0, about(national, say), "subtitle")
    sheet.put(2, 0, say("guide"), "quiet")
    sheet.put(3, 0, warning_of(national, say), "stale")
    put_heads(sheet, TOP, columns)
    sheet.height(TOP, 2)
    for at, line in enumerate(national.lines, FIRST):
        put_line(sheet, at, columns, line)
    show_exact(sheet, columns, FIRST, plan.last)
    for word, style in ((say("provisional"), "fair"), (say("not-sent"), "poor")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": sheet.book.style(style)}
        sheet.colour((FIRST, 9), (plan.last, 9), rule)
    percent_bars(sheet, PERCENT, FIRST, plan.last)
    sheet.raw.autofilter(TOP, 0, plan.last, BASIS)
    sheet.raw.freeze_panes(FIRST, 4)
    sheet.page(top=TOP, last=(plan.last, BASIS), portrait=True)
    sheet.lock()


def about(national: National, say: Words) -> str:
    """How many provinces and units there are, and how many have published nothing."""
    units, ranked = len(national.lines), sum(line.rank > 0 for line in national.lines)
    facts = {"provinces": len(national.provinces), "absent": len(national.absent)}
    return say("about", units=units, ranked=ranked, **facts)


def warning_of(national: National, say: Words) -> str:
    """What a reader of ranks and means must know where not all units were assessed by the same."""
    if not national.mixed:
        return ""
    return say("mixed-together" if national.together else "mixed", count=len(national.bases))


def _columns(national: National, plan: ListPlan, say: Words) -> tuple[Column[Line], ...]:
    def ranked(at: int, *same: int) -> str:
        pairs = [(ref(at, column, "c"), plan.range(column)) for column in (COUNTS, *same)]
        rank = rank_formula(ref(at, PERCENT, "c"), plan.range(PERCENT), (), pairs)
        return f'IF({ref(at, COUNTS, "c")}=1,{rank},"")'

    def in_group(at: int) -> str:
        return f'IF({ref(at, GROUP, "c")}=0,"",{ranked(at, GROUP)})'

    centre, level = ("cell", "centre"), ("cell", "level")
    fitting = {"shrink": True}
    return (
        Column(say("rank"), 8, lambda line: line.rank or "", level, lambda at: ranked(at, _AMONG)),
        Column(say("province"), 34, lambda line: line.province.name, ("cell",), extra=fitting),
        Column(say("unit-code"), 10, lambda line: line.unit.code, ("cell", "code")),
        Column(say("unit"), 24, lambda line: line.unit.name, ("cell", "bold"), extra=fitting),
        Column(say("group"), 24, lambda line: line.unit.group, ("cell",), extra=fitting),
        Column(say("percent"), 13, lambda line: line.unit.percent, ("cell", "percent")),
        Column(say("rating"), 14, lambda line: line.unit.rating, centre),
        Column(say("in-province"), 11, lambda line: line.unit.rank or "", level),
        Column(say("in-group"), 11, lambda line: line.in_group or "", level, in_group),
        Column(say("status"), 13, lambda line: say(STATUS[line.unit.status]), centre),
        Column(say("basis"), 10, lambda line: line.basis, centre),
        *_unseen(national),
    )


def _unseen(national: National) -> Iterator[Column[Line]]:
    """What the formulas go by, in hidden columns."""
    owners = {id(province): number for number, province in enumerate(national.provinces, 1)}
    yield Column("", 8, lambda line: owners[id(line.province)], ("quiet",), hidden=True)
    yield Column("", 8, lambda line: int(line.rank > 0), ("quiet",), hidden=True)
    yield Column("", 8, lambda line: national.among(line.unit), ("quiet",), hidden=True)
    yield Column("", 8, lambda line: national.group_of(line.unit), ("quiet",), hidden=True)
