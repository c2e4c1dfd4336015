"""A KPI's sheet on paper: one page, up to what lacks; the units' own texts, at its right, are not printed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from kpibatch.base.kinds import Kind
from kpibatch.books.look import ROW, lines_of, tall_of
from kpibatch.books.paper import on_pages, pages_across, scale_of
from kpibatch.books.write import Sheet
from kpibatch.rules.formulas.plan import TEXTS, KpiPlan
from kpibatch.rules.records import Measure

RULE_SIZE, _CODE_SIZES, _TEXT_WIDTH, _TEXT_SIZE = 13, (12, 10), 44.0, 11
_MANY, _CELL, _DATED = 12, 13.0, 18.0
_NARROW, _NARROW_DATE, _NARROW_DATED = 9.5, 11.5, 14.5  # where many stand beside each other
_NAMES, _NEXT_WIDTHS, _OFF_PAPER = (24.0, 30.0, 40.0, 52.0), (46.0, 60.0, 80.0, 110.0), 160.0
_LEAST_SCALE, _WIDEST, _READ = 0.3, 0.25, 0.35
_MONEY_WIDEST, _DIGIT = 18.0, 1.2
_RULE_LINE, _LINE, _ABOVE, _MOST_LINES, _MOST_UNITS = 21.0, 30.0, 11 * ROW, 12, 32


@dataclass(frozen=True)
class Widths:
    """How wide the column of names stands, and what lacks; whether that is printed."""

    name: float
    next: float
    printed: bool = True

    @property
    def size(self) -> int:
        """How large the letters of what lacks are."""
        return RULE_SIZE if self.printed else _TEXT_SIZE

    @property
    def texts(self) -> Sequence[tuple[float, int]]:
        """Width and letters' size of what lacks, and of the unit's own texts."""
        return (self.next, self.size), *[(_TEXT_WIDTH, _TEXT_SIZE)] * TEXTS

    @property
    def between(self) -> str:
        """What stands between two things that lack."""
        return "\n" if self.printed else "   ·   "

    def line_height(self, missing: str) -> float:
        """The height of a unit's line: what lacks is whole where it is printed; of its own texts two lines
        are seen then.
        """
        if not self.printed:
            return ROW
        return max(_LINE, tall_of(min(lines_of(missing, self.next, self.size), _MOST_LINES), self.size))


def crowded(plan: KpiPlan) -> bool:
    """Whether so many measures stand beside each other that each has but little room."""
    return len(plan.measures) > _MANY


def cell_width(plan: KpiPlan, measure: Measure) -> float:
    """How wide the column of a measure is."""
    if not crowded(plan):
        return _CELL
    return _NARROW_DATE if measure.kind is Kind.DATE else _NARROW


def threshold_width(plan: KpiPlan) -> float:
    """How wide a column is at least that also holds the level table's thresholds."""
    if not any(edge and edge.family == "date" for rule in plan.rows for edge in rule.edges):
        return _CELL
    return _NARROW_DATED if crowded(plan) else _DATED


def put_codes(sheet: Sheet, row: int, plan: KpiPlan, widths: Sequence[float]) -> None:
    """Write the measures' codes above their headings, each whole in its column: a program breaks them."""
    size, codes = _CODE_SIZES[crowded(plan)], [measure.code for measure in plan.measures]
    lines = (lines_of(code, width, size) for code, width in zip(codes, widths, strict=False))
    sheet.put_row(row, 2, codes, "quiet", "centre", "wrap", valign="bottom", font_size=size)
    sheet.tall(row, max(ROW, tall_of(max(lines, default=1), size)))


def rule_height(label: str, width: float, remark: str, beside: float) -> float:
    """The height of a line of the level table: its item and its remark are whole."""
    lines = max(lines_of(label, width, RULE_SIZE), lines_of(remark, beside, RULE_SIZE))
    return max(_RULE_LINE, tall_of(lines, RULE_SIZE))


def best_widths(
    plan: KpiPlan, rules: Sequence[tuple[str, str]], missing: Sequence[str], between: Sequence[float]
) -> Widths:
    """The widths with which the sheet comes out largest on its page; what lacks is printed unless it makes
    all else too small. ``rules`` are the items and remarks of the level table, ``between`` the widths of the
    columns between names and what lacks.
    """

    def scale(widths: Widths) -> float:
        beside = sum(between[1 + plan.levels :]) + widths.next * widths.printed
        above = sum(rule_height(label, widths.name, remark, beside) for label, remark in rules)
        units = sum(map(widths.line_height, missing)) * min(1.0, _MOST_UNITS / max(len(missing), 1))
        return scale_of([10.0, widths.name, *between, widths.next * widths.printed], _ABOVE + above + units)

    whole = max((Widths(*each) for each in product(_NAMES, _NEXT_WIDTHS)), key=scale)
    if scale(whole) >= _READ:
        return whole
    return max((Widths(name, _OFF_PAPER, printed=False) for name in _NAMES), key=scale)


def money_width(values: Iterable[float], least: float) -> float:
    """How wide a column of amounts must be for each to be seen whole, within bounds."""
    letters = max((len(f"{value:,.2f}") for value in values if value == value), default=0)
    return max(least, min(_MONEY_WIDEST, _DIGIT * letters))


def put_on_paper(sheet: Sheet, plan: KpiPlan, widths: Sequence[float], units: int, told: str) -> None:
    """So many measures that nobody could read them take several pages across. Where what lacks is not printed
    the foot of the page says so: ``told``.
    """
    last, right = plan.first + units - 1, plan.status if told else plan.next
    seen = widths[: right + 1]
    sheet.page(top=plan.first - 1, last=(last, right), left=told)
    if scale_of(seen) < _WIDEST:
        pages_across(sheet, seen, 2)
    else:
        on_pages(sheet, seen, last, _LEAST_SCALE)
