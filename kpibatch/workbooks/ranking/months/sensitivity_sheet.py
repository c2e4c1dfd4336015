"""ความอ่อนไหว: what would change a rank."""

from collections.abc import Sequence

from kpibatch.base.catalogue import Words
from kpibatch.books.columns import Column, Style, put_heads, put_line, set_widths, widths_of
from kpibatch.books.look import lines_of, tall_of
from kpibatch.books.paper import on_pages
from kpibatch.books.write import Formula, Sheet
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.why.sensitivity import Hang, sensitivity
from kpibatch.workbooks.ranking.score_formulas import ScorePlan

_WHY_WIDTH = 160.0
_LEAST_SCALE, _SIZE, _LINE = 0.33, 16, 18.5
_WHOLE = {"text_wrap": False, "shrink": True}


def write_sensitivity(outcome: Outcome, scores: ScorePlan, sheet: Sheet) -> None:
    """One line per thing that would change a rank, in the order of the ranking."""
    say, columns = Words("sheet", outcome.language), _of_hang(outcome)
    set_widths(sheet, columns)
    sheet.put(0, 0, say("sensitivity-title"), "title")
    sheet.height(0, 2)
    sheet.put(1, 0, say("sensitivity-guide"), "subtitle")
    sheet.put(2, 0, Formula(scores.stale(say("stale")), ""), "quiet", "stale")
    put_heads(sheet, 3, columns)
    sheet.height(3, 2)
    hangs = sensitivity(outcome)
    for at, hang in enumerate(hangs, 4):
        put_line(sheet, at, columns, hang)
        lines = lines_of(hang.text, _WHY_WIDTH, _SIZE)
        sheet.tall(at, tall_of(lines, _SIZE) if lines > 1 else _LINE)
    if not hangs:
        sheet.put(4, 0, say("sensitivity-none"), "quiet")
    else:
        sheet.raw.autofilter(3, 0, 3 + len(hangs), len(columns) - 1)
    sheet.raw.freeze_panes(4, 3)
    sheet.page(top=3)
    on_pages(sheet, widths_of(columns), 4 + len(hangs), _LEAST_SCALE)
    sheet.lock()


def put_sensitivity(
    outcome: Outcome, scores: ScorePlan, sheet: Sheet, top: int, places: Sequence[tuple[int, float]]
) -> int:
    """The same below other things, from row ``top`` on, in columns of those numbers and widths: what hangs
    has two of them, why all that the others leave. Gives back the last row.
    """
    say, (rank, code, noun, kind, why, total, then) = Words("sheet", outcome.language), _of_hang(outcome)
    numbers, size = [number for number, _ in places], len(places)
    parts = [(0, 1), (1, 2), (2, 3), (3, 5), (5, size - 2), (size - 2, size - 1), (size - 1, size)]
    columns = list(zip((code, noun, rank, kind, why, total, then), parts, strict=True))
    sheet.put(top, 0, say("sensitivity-title"), "bold")
    sheet.put(top, 2, say("sensitivity-guide"), "quiet")
    sheet.put(top + 1, 0, Formula(scores.stale(say("stale")), ""), "quiet", "stale")
    sheet.tall(top + 1, _LINE)
    for column, (first, after) in columns:
        sheet.merge(top + 2, numbers[first], numbers[after - 1], column.head, "head")
    sheet.height(top + 2, 2)
    hangs, room = sensitivity(outcome), sum(width for _, width in places[5 : size - 2])
    for at, hang in enumerate(hangs, top + 3):
        for column, (first, after) in columns:
            content, look = column.result(hang), (*column.styles(hang),)
            if after - first > 1:
                sheet.merge(at, numbers[first], numbers[after - 1], str(content), *look, **column.extra)
            else:
                sheet.put(at, numbers[first], content, *look, **{**column.extra, **_WHOLE})
        lines = lines_of(hang.text, room, _SIZE)
        sheet.tall(at, tall_of(lines, _SIZE) if lines > 1 else _LINE)
    if not hangs:
        sheet.put(top + 3, 0, say("sensitivity-none"), "quiet")
    return top + 2 + max(1, len(hangs))


def _of_hang(outcome: Outcome) -> tuple[Column[Hang], ...]:
    say, tables = Words("sheet", outcome.language), outcome.tables
    wrapped, middle = ("cell", "wrap"), {"valign": "vcenter", "font_size": _SIZE}

    def rank(hang: Hang) -> int:
        return outcome.standing[hang.unit].rank

    def colour(hang: Hang) -> Style:
        return (
            "cell",
            "level",
            "good" if hang.rank < rank(hang) else "poor" if hang.rank > rank(hang) else "cell",
        )

    return (
        Column(say("rank"), 9, rank, ("cell", "level")),
        Column(say("unit-code"), 10, lambda hang: hang.unit, ("cell", "code")),
        Column(tables.round.unit_noun, 32, lambda hang: tables.unit[hang.unit].name, wrapped, extra=middle),
        Column(say("hangs-on"), 24, lambda hang: say(f"hang-{hang.kind}"), wrapped, extra=middle),
        Column(say("why"), _WHY_WIDTH, lambda hang: hang.text, wrapped, extra=middle),
        Column(say("then-total"), 12, lambda hang: hang.total, ("cell", "score")),
        Column(say("then-rank"), 10, lambda hang: hang.rank, colour),
    )
