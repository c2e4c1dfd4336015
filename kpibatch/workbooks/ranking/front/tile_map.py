"""The tile map: each unit where it lies, with its percent, coloured by its rating; live."""

from kpibatch.base.addresses import quoted, ref
from kpibatch.base.catalogue import Words
from kpibatch.books.look import FAIR, GOOD, POOR, fitting
from kpibatch.books.write import Formula, Sheet
from kpibatch.scoring.outcome import Outcome
from kpibatch.workbooks.ranking.front.plan import FrontPlan, map_size
from kpibatch.workbooks.ranking.score_formulas import FIRST as SCORES_FIRST
from kpibatch.workbooks.ranking.score_formulas import PERCENT, ScorePlan

_BLANK = "#EEF0F2"
_LEADING = "เแโใไ"
_DEEP = "#8CC9A1"
_WRAPPED = {"text_wrap": True, "shrink": False}


def band_colours(bands: int) -> list[str]:
    """A colour for each rating band, the lowest first."""
    ramp = (POOR, FAIR, GOOD, _DEEP)
    places = [at * (len(ramp) - 1) / max(1, bands - 1) if bands > 1 else 2 for at in range(bands)]
    return [_between(ramp, place) for place in places]


def _between(ramp: tuple[str, ...], place: float) -> str:
    low = min(int(place), len(ramp) - 2)
    ends = [[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in ramp[low : low + 2]]
    mixed = (round(a + (b - a) * (place - low)) for a, b in zip(*ends, strict=True))
    return "#" + "".join(f"{part:02X}" for part in mixed)


def band_of(percent: str, scores: ScorePlan) -> str:
    """The formula of the band of a percent, from 1 at the lowest; 0 below all of them."""
    return f'IF(ISNUMBER({percent}),IFERROR(MATCH(ROUND({percent},9),{scores.rating[0]},1),0),"")'


def band_result(outcome: Outcome, percent: float) -> int | str:
    """What comes out of it."""
    if percent != percent:
        return ""
    return sum(threshold <= round(percent, 9) for threshold, _ in outcome.tables.rating)


def colour_bands(
    outcome: Outcome, sheet: Sheet, first: tuple[int, int], last: tuple[int, int], band: str
) -> None:
    """Colour cells by the band that stands in the cell ``band`` for the first of them."""
    for number, colour in enumerate(band_colours(len(outcome.tables.rating)), 1):
        form = sheet.book.style(bg_color=colour)
        sheet.colour(first, last, {"type": "formula", "criteria": f"={band}={number}", "format": form})


def halved(name: str) -> str:
    """A name on two lines, near its middle: after a space, or else before a vowel that a Thai syllable begins
    with; where it has neither, a program breaks it.

    >>> halved("เฉลิมพระเกียรติ"), halved("Muang Chachoengsao"), halved("สตึก")
    ('เฉลิมพระ\\nเกียรติ', 'Muang \\nChachoengsao', 'สตึก')
    """
    places = [at for at in range(2, len(name) - 1) if name[at - 1] == " " or name[at] in _LEADING]
    if not places:
        return name
    at = min(places, key=lambda at: (name[at - 1] != " ", abs(2 * at - len(name))))
    return f"{name[:at]}\n{name[at:]}"


def write_map(outcome: Outcome, sheet: Sheet, plan: FrontPlan, scores: ScorePlan, width: float) -> int:
    """The map of columns so wide under its heading; gives back its last row. Only where units have places on
    it. A name too long for its tile takes the line of its percent, which stands in the list.
    """
    units = outcome.tables.units
    (rows, columns), top = map_size(units), plan.below
    places = [unit.tile for unit in units if unit.tile]
    highest, leftmost = (min(place[axis] for place in places) for axis in (0, 1))
    shift = (plan.across - columns) // 2
    title, whole = Words("sheet", outcome.language)("map-title"), {"text_wrap": False, "shrink": True}
    sheet.merge(top, plan.panel, plan.right, title, "head", **whole)
    edge = {"border": 1, "border_color": "#FFFFFF", "bg_color": _BLANK, "align": "center", "shrink": True}
    for number, unit in enumerate(units):
        if unit.tile is None:
            continue
        row = top + 1 + 2 * (unit.tile[0] - highest)
        across = unit.tile[1] - leftmost + shift
        percent = f"{quoted(scores.sheet)}!{ref(SCORES_FIRST + number, PERCENT)}"
        own = outcome.standing[unit.code].percent
        column = plan.panel + across
        if fitting(unit.name) > width:
            sheet.block(row, row + 1, column, column, halved(unit.name), "bold", **edge | _WRAPPED)
        else:
            sheet.put(row, column, unit.name, "bold", **edge | {"bottom": 0})
            shown = Formula(f'IF(ISNUMBER({percent}),{percent},"–")', own if own == own else "–")
            sheet.put(row + 1, column, shown, "percent", **edge | {"top": 0})
        for at in (row, row + 1):
            sheet.put(
                at, plan.grid + across, Formula(band_of(percent, scores), band_result(outcome, own)), "quiet"
            )
    last = top + 2 * rows
    area = (top + 1, plan.panel), (last, plan.panel + plan.across - 1)
    colour_bands(outcome, sheet, *area, ref(top + 1, plan.grid))
    sheet.show_exact(*area, "percent")
    return last
