"""The chart of the leading units' percents, where there is no map: below a short list, else in the panel."""

from collections.abc import Sequence

from kpibatch.base.catalogue import Words
from kpibatch.books.paper import pixels, rows_on_a_page
from kpibatch.books.write import Sheet
from kpibatch.scoring.outcome import Outcome
from kpibatch.workbooks.ranking.charts import BARS, CATEGORIES, LETTERS, titled_chart, values_up_to
from kpibatch.workbooks.ranking.front.plan import FIRST, LEAST_SCALE, LINE, FrontPlan

_CHARTED = 15
_IN_PANEL, _BELOW = (8, 12), (7, 14)  # lines of the list, at least and at most


def write_leaders(outcome: Outcome, sheet: Sheet, plan: FrontPlan, widths: Sequence[float]) -> int:
    """The chart on a sheet of columns so wide; gives back its last row. Of few units as columns across the
    page, of more as bars.
    """
    say, wide = Words("sheet", outcome.language), plan.units <= _CHARTED
    top, first = (max(plan.last + 1, plan.below), 0) if wide else (plan.below, plan.panel)
    last = top + _lines(sheet, top, _BELOW if wide else _IN_PANEL) - 1
    if not wide and plan.units <= 2 * _CHARTED:
        last = max(plan.last, last)
    chart = titled_chart(sheet.book, "column" if wide else "bar", say("chart-title"))
    shown = FIRST + min(plan.units, _CHARTED) - 1
    cells = {
        "categories": [sheet.name, FIRST, 2, shown, 2],
        "values": [sheet.name, FIRST, 4, shown, 4],
        "data_labels": {"value": True, "num_format": "0.00##", "font": LETTERS},
    }
    chart.add_series(cells | {"name": say("percent"), "fill": BARS, "gap": 40})
    if wide:
        chart.set_x_axis(CATEGORIES)
        chart.set_y_axis(values_up_to(100))
    else:
        chart.set_y_axis(CATEGORIES | {"reverse": True})
        chart.set_x_axis(values_up_to(100) | {"label_position": "low"})
    tall = sum(sheet.heights.get(row, LINE) for row in range(top, last + 1))
    across = pixels(widths[first : plan.right + 1])
    chart.set_size({"width": int(across) - 4, "height": int(tall * 4 / 3) - 4})
    options = {"description": say("chart-alt"), "object_position": 1, "x_offset": 2, "y_offset": 2}
    sheet.raw.insert_chart(top, first, chart, options)
    return last


def _lines(sheet: Sheet, top: int, bounds: tuple[int, int]) -> int:
    """How many lines the chart takes that begins in row ``top``: the page's, within bounds."""
    above = sum(sheet.heights.get(row, LINE) for row in range(top)) + 2 * LINE  # the notes stand below
    least, most = bounds
    return max(least, min(most, int((rows_on_a_page(LEAST_SCALE) - above) / LINE)))
