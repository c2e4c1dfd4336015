"""แนวโน้ม of a unit: each KPI's result and what it lacks, whole, and its level and value month by month."""

from kpibatch.books.look import SIZE, exact_format, lines_of
from kpibatch.books.paper import break_before, head_height, scale_of
from kpibatch.books.write import Sheet
from kpibatch.workbooks.unit.figures import Line, View
from kpibatch.workbooks.unit.months import months_in_words
from kpibatch.workbooks.unit.room import PADDED, tall
from kpibatch.workbooks.unit.ways import steps_text

_WIDTHS = (9.0, 46.0, 9.0, 10.0, 36.0, 44.0, 72.0)
_HEAD = 2


def write_course(sheet: Sheet, view: View) -> None:
    """A line a KPI, below the sections they stand in; a page ends with a KPI."""
    sheet.widths(*_WIDTHS)
    sheet.put(0, 0, view.say("course-title"), "title")
    tall(sheet, 0, 1, 22)
    sheet.put(1, 0, view.say("course-guide"), "quiet")
    names = ("code", "name", "level", "score", "values", "months", "next")
    heads = [view.say(f"head-{name}") for name in names]
    sheet.put_row(_HEAD, 0, heads, "head")
    sheet.tall(_HEAD, head_height(zip(heads, _WIDTHS, strict=True)))
    blocks, row, headed = list[int](), _HEAD, False
    for row, (node, depth) in enumerate(view.nodes, _HEAD + 1):
        if not headed:
            blocks.append(row)
        headed = node.code not in view.lines
        if headed:
            name = f"{node.code}  {node.name_for(view.unit.code)}"
            sheet.merge(row, 0, len(_WIDTHS) - 1, name, "section", "wrap", indent=depth)
            tall(sheet, row, lines_of(name, sum(_WIDTHS), bold=True))
        else:
            _kpi(sheet, view, view.lines[node.code], row)
    sheet.raw.freeze_panes(_HEAD + 1, 2)
    sheet.page(top=_HEAD, last=(row, len(_WIDTHS) - 1))
    if blocks:
        break_before(sheet, blocks, range(_HEAD, _HEAD + 1), row, scale_of(_WIDTHS))


def _kpi(sheet: Sheet, view: View, line: Line, row: int) -> None:
    months = months_in_words(view, line.node.code)
    texts = {1: line.node.name_for(view.unit.code), 4: line.values, 5: months, 6: steps_text(view, line)}
    for column, text in texts.items():
        sheet.put(row, column, text, "cell", **PADDED)
    sheet.put(row, 0, line.node.code, "cell", "code", "centre", shrink=True)
    sheet.put(row, 2, float(line.level), "cell", "level")
    sheet.put(row, 3, line.score, "cell", "points", shrink=True, **exact_format("points", line.score))
    tall(sheet, row, max(lines_of(text, _WIDTHS[column] - 2, SIZE) for column, text in texts.items()))
