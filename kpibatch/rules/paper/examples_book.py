"""``levels examples``: proposed cases as the sheet ตัวอย่าง, ready to be copied into the level tables."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from kpibatch.base.catalogue import say
from kpibatch.base.kinds import Kind, show_value
from kpibatch.base.thai import show_number
from kpibatch.books.look import lines_of
from kpibatch.books.write import Book, Content, Sheet
from kpibatch.rules.checks import Example
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.optional.examples import MONTHS_APART
from kpibatch.rules.records import TOTAL, Measure, Source
from kpibatch.rules.schema import EXAMPLES, NOT_TAKEN

_HEADS = (EXAMPLES.kpi, EXAMPLES.number, EXAMPLES.level, EXAMPLES.score, EXAMPLES.why)
_TOP = 2
_PAGE = (9.0, 8.0, 84.0, 13.0, 44.0, 9.0)


def write_examples(
    tables: LevelTables, examples: Sequence[Example], path: Path, language: str, day: date
) -> None:
    """First a page to read and to tick, the values in words; then the sheet to copy: a row a case, a column a
    measure, its name above its code, level, score and reason before the values.
    """
    codes = [code for code in (*tables.measures, TOTAL) if any(code in each.values for each in examples)]
    with Book(path, title=say("examples.title", language), language=language, day=day) as book:
        _write_page(book.sheet(say("examples.page", language)), tables, examples, language)
        sheet = book.sheet(EXAMPLES.sheet)
        width = EXAMPLES.any_column.width if EXAMPLES.any_column else 14
        sheet.widths(*(head.width for head in _HEADS), *[width] * len(codes))
        sheet.merge(0, 0, len(_HEADS) - 1, say("examples.guide", language), "wrap", "quiet")
        sheet.height(0, lines_of(say("examples.guide", language), sum(head.width for head in _HEADS)))
        names = [_measure(tables, code, language).label for code in codes]
        sheet.put_row(_TOP - 1, len(_HEADS), names, "quiet", "wrap", "centre")
        sheet.height(_TOP - 1, max((lines_of(name, width) for name in names), default=1))
        sheet.put_row(_TOP, 0, [*_HEADS, *codes], "head")
        for row, each in enumerate(examples, _TOP + 1):
            sheet.put(row, 0, each.kpi, "cell", "text")
            sheet.put(row, 1, each.number, "cell", "text", "centre")
            sheet.put(row, 2, _expected(each), "cell", "input", "centre")
            sheet.put(row, 3, each.score, "cell", "number", "centre")
            sheet.put(row, 4, each.why, "cell", "wrap")
            sheet.height(row, lines_of(each.why, EXAMPLES.why.width))
            for column, code in enumerate(codes, len(_HEADS)):
                content, style = _cell(each.values.get(code, ()), _measure(tables, code, language))
                sheet.put(row, column, content, "cell", *style)
        sheet.raw.freeze_panes(_TOP + 1, len(_HEADS))
        sheet.page(top=_TOP)


def _write_page(sheet: Sheet, tables: LevelTables, examples: Sequence[Example], language: str) -> None:
    """Each case as a person reads it, with room for a tick."""
    sheet.widths(*_PAGE)
    sheet.put(0, 0, say("examples.title", language), "title")
    sheet.height(0, 2)
    heads = [EXAMPLES.kpi, EXAMPLES.number, say("examples.has", language), EXAMPLES.level, EXAMPLES.why]
    sheet.put_row(_TOP - 1, 0, [*heads, say("examples.tick", language)], "head")
    sheet.height(_TOP - 1, 2)
    for row, each in enumerate(examples, _TOP):
        words = "   ".join(
            f"{measure.label} = {_in_words(months, measure, language)}"
            for code, months in each.values.items()
            for measure in (_measure(tables, code, language),)
        )
        sheet.put_row(row, 0, [each.kpi, each.number], "cell", "text", "centre", valign="top")
        sheet.put(row, 2, words, "cell", "wrap", valign="top")
        expected = str(_expected(each))
        if each.score is not None:
            expected += " " + say("examples.score", language, score=show_number(each.score))
        sheet.put(row, 3, expected, "cell", "wrap", "centre", "bold", valign="top")
        sheet.put(row, 4, each.why, "cell", "wrap", valign="top")
        sheet.put(row, 5, None, "cell")
        sheet.height(row, max(lines_of(words, _PAGE[2]), lines_of(each.why, _PAGE[4])))
    sheet.raw.freeze_panes(_TOP, 0)
    sheet.page(top=_TOP - 1)


def _expected(example: Example) -> int | str:
    """What the case should come out as: its level, what no form takes, or the word of a total."""
    return example.word or (NOT_TAKEN if example.refused else example.level)


def _measure(tables: LevelTables, code: str, language: str) -> Measure:
    """What stands under a code: a measure, or the total's percent as one."""
    if code in tables.measures:
        return tables.measures[code]
    return Measure(TOTAL, say("examples.total", language), Kind.PERCENT, Source.FORM)


def _in_words(months: tuple[float, ...], measure: Measure, language: str) -> str:
    shown = f"{MONTHS_APART} ".join(show_value(month, measure.kind, language) for month in months)
    return f"{shown} {measure.counting_unit}".rstrip()


def _cell(months: tuple[float, ...], measure: Measure) -> tuple[Content, tuple[str, ...]]:
    """A value as a person types it; several months in one cell."""
    if not months:
        return None, ()
    if len(months) > 1 or measure.kind is Kind.YES_NO:
        return f"{MONTHS_APART} ".join(_typed(month, measure) for month in months), ("text", "centre")
    if measure.kind is Kind.DATE:
        return date.fromordinal(int(months[0])), ("date",)
    return months[0], ("number",)


def _typed(value: float, measure: Measure) -> str:
    return show_number(value) if measure.kind.family == "number" else show_value(value, measure.kind)
