"""A KPI's sheet on paper: one page, up to what lacks; the units' own texts, at its right, are not printed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from kpibatch.books.look import ROW, lines_of, tall_of
from kpibatch.books.paper import on_pages, pages_across, scale_of
from kpibatch.books.write import Sheet
from kpibatch.rules.formulas.plan import TEXTS, KpiPlan

RULE_SIZE, _TEXT_WIDTH, _TEXT_SIZE = 13, 44.0, 11
_NAMES, _NEXT_WIDTHS, _OFF_PAPER = (30.0, 40.0, 52.0), (46.0, 60.0, 80.0, 110.0), 160.0
_LEAST_SCALE, _WIDEST, _READ = 0.3, 0.25, 0.35
_MONEY_WIDEST, _DIGIT = 18.0, 1.2
_LINE, _ABOVE, _MOST_LINES, _MOST_UNITS = 30.0, 11 * ROW, 12, 32


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
        """The height of a unit's line: what lacks is whole where it is printed, of its own texts two lines
        are seen.
        """
        if not self.printed:
            return _LINE
        return max(_LINE, tall_of(min(lines_of(missing, self.next, self.size), _MOST_LINES), self.size))


def rule_height(label: str, width: float, remark: str, beside: float) -> float:
    """The height of a line of the level table: its item and its remark are whole."""
    lines = max(lines_of(label, width, RULE_SIZE), lines_of(remark, beside, RULE_SIZE))
    return max(ROW, tall_of(lines, RULE_SIZE))


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
