"""The sheet ความอ่อนไหว: which ranks hang on little, and what the rank would then be."""

from kpibatch.catalogue import say
from kpibatch.outcome import Outcome
from kpibatch.sensitivity import sensitivity
from kpibatch.sheets import Content, Sheet, lines_of

_WIDTHS = (10.0, 12.0, 30.0, 26.0, 96.0, 14.0, 12.0)


def write_sensitivity(outcome: Outcome, sheet: Sheet) -> None:
    """One line per thing that would change a rank, in the order of the ranking."""
    language, tables = outcome.language, outcome.tables
    names = ("rank", "unit-code", "unit", "hangs-on", "why", "then-total", "then-rank")
    sheet.widths(*_WIDTHS)
    sheet.put(0, 0, say("sheet.sensitivity-title", language), "title")
    sheet.height(0, 2)
    sheet.put(1, 0, say("sheet.sensitivity-guide", language), "subtitle")
    heads = [tables.round.unit_noun if name == "unit" else say(f"sheet.{name}", language) for name in names]
    sheet.put_row(3, 0, heads, "head")
    sheet.height(3, 2)
    hangs = sensitivity(outcome)
    for at, hang in enumerate(hangs, 4):
        now = outcome.standing[hang.unit].rank
        line: list[Content] = [now, hang.unit, tables.unit[hang.unit].name, say(f"sheet.hang-{hang.kind}", language), hang.text]
        sheet.put(at, 0, line[0], "cell", "level")
        sheet.put(at, 1, line[1], "cell", "code")
        sheet.put_row(at, 2, line[2:], "cell", "wrap", valign="vcenter")
        sheet.put(at, 5, hang.total, "cell", "score")
        better = "good" if hang.rank < now else "poor" if hang.rank > now else "cell"
        sheet.put(at, 6, hang.rank, "cell", "level", better)
        sheet.height(at, lines_of(hang.text, _WIDTHS[4]))
    if not hangs:
        sheet.put(4, 0, say("sheet.sensitivity-none", language), "quiet")
    else:
        sheet.raw.autofilter(3, 0, 3 + len(hangs), len(names) - 1)
    sheet.raw.freeze_panes(4, 3)
    sheet.page(top=3)
    sheet.lock()
