"""A workbook of level tables in which nothing is filled in: the rows that every one begins with."""

from collections.abc import Sequence

from kpibatch.rules.round import Item
from kpibatch.rules.schema import RULES, SHEETS, Column, Sheet

USUAL_LEVELS = 5
ROUND_ITEMS = (
    *(Item.OWNER, Item.YEAR, Item.NUMBER, Item.START, Item.END, Item.MONTHS, Item.UNIT_NOUN),
    *(Item.SCORES, Item.BELOW_ONE, Item.REFERENCE),
)


def headings(schema: Sheet, levels: int = USUAL_LEVELS) -> list[Column]:
    """The columns a sheet is written with: those it needs, its หมายเหตุ, so many levels."""
    kept = (*schema.required, *RULES.levels[:levels], getattr(schema, "remark", ""))
    return [column for column in schema.columns if column in kept and _fits(column, levels)]


def _fits(column: Column, levels: int) -> bool:
    return column not in RULES.levels[levels:]


def blank_sheets(levels: int = USUAL_LEVELS) -> dict[str, list[list[str]]]:
    """Each sheet's heading, and the items of รอบประเมิน with nothing behind them."""
    sheets: dict[str, list[list[str]]] = {}
    for schema in SHEETS:
        if not schema.optional:
            sheets[schema.sheet] = [list(map(str, headings(schema, levels)))]
    first = next(iter(sheets.values()))
    first += [_padded(str(item), first[0]) for item in ROUND_ITEMS]
    return sheets


def _padded(text: str, heads: Sequence[str]) -> list[str]:
    return [text, *[""] * (len(heads) - 1)]
