"""A KPI's sheet on paper: one page, up to what lacks; the units' own texts, at its right, are not printed."""

from collections.abc import Sequence

from kpibatch.books.look import lines_of, tall_of
from kpibatch.books.paper import on_pages, pages_across, scale_of
from kpibatch.books.write import Sheet
from kpibatch.rules.formulas.plan import KpiPlan

TEXT_WIDTH, SIZES = 44.0, (13, 11, 11, 11)
_NEXT_WIDTHS, _LEAST_SCALE, _WIDEST = (46.0, 60.0, 80.0, 110.0), 0.27, 0.25
_LINE, _HEAD_LINE, _MOST_LINES = 30.0, 28.0, 12


def line_height(missing: str, width: float) -> float:
    """The height of a unit's line: what lacks is whole, of its own texts two lines are seen."""
    return max(_LINE, tall_of(min(lines_of(missing, width, SIZES[0]), _MOST_LINES), SIZES[0]))


def next_width(texts: Sequence[str], plan: KpiPlan, before: Sequence[float]) -> float:
    """How wide what lacks stands, for the sheet to come out largest on its page; ``before`` are the widths of
    the columns before it.
    """

    def scale(width: float) -> float:
        tall = plan.first * _HEAD_LINE + sum(line_height(text, width) for text in texts)
        return scale_of([*before, width], tall)

    return max(_NEXT_WIDTHS, key=scale)


def put_on_paper(sheet: Sheet, plan: KpiPlan, widths: Sequence[float], units: int) -> None:
    """So many measures that nobody could read them take several pages across."""
    last, seen = plan.first + units - 1, widths[: plan.next + 1]
    sheet.page(top=plan.first - 1, last=(last, plan.next))
    if scale_of(seen) < _WIDEST:
        pages_across(sheet, seen, 2)
    else:
        on_pages(sheet, seen, last, _LEAST_SCALE)
