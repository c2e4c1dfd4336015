"""Level tables with the proposed examples confirmed, and single cells of theirs changed as a slip would."""

import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kpibatch.base.addresses import address
from kpibatch.base.findings import Finding
from kpibatch.base.thai import fold
from kpibatch.books.read import Grid, Value, as_text, read_book
from kpibatch.rules.lint.check import check_levels
from kpibatch.rules.paper.examples_book import write_examples
from kpibatch.rules.records import Method, Rollup, Source, ZeroRule
from kpibatch.rules.round import Item
from kpibatch.rules.schema import MEASURES, NODES, RATING, ROUND, RULES
from kpibatch.scoring.examples.propose import propose
from kpibatch.scoring.examples.tried import try_examples

Grids = Mapping[str, Grid]
_CHOICES = {
    MEASURES.source: tuple(word for word in Source if word),
    MEASURES.rollup: tuple(Rollup),
    MEASURES.zero_rule: tuple(word for word in ZeroRule if word),
    NODES.method: tuple(Method),
}
_CODES = {
    MEASURES.numerator: MEASURES,
    MEASURES.denominator: MEASURES,
    MEASURES.limit: MEASURES,
    NODES.parent: NODES,
    RULES.kpi: NODES,
    RULES.case_of: MEASURES,
    RULES.measure: MEASURES,
}
_NUMBERS = (NODES.weight, NODES.child_sum, RATING.percent, MEASURES.minimum, MEASURES.maximum)
_CONDITIONS = (RULES.case, *RULES.levels)


@dataclass(frozen=True)
class Slip:
    """One cell that says something else than before."""

    sheet: str
    row: int
    column: int
    heading: str
    before: Value
    after: Value

    def __str__(self) -> str:
        return (
            f"{self.sheet}!{address(self.row, self.column)} {self.heading}: {self.before!r} → {self.after!r}"
        )

    def of(self, grids: Grids) -> dict[str, Grid]:
        grid = grids[self.sheet]
        rows = [list(row) for row in grid.rows]
        rows[self.row][self.column] = self.after
        return {**grids, self.sheet: replace(grid, rows=rows)}


@contextmanager
def reading(grids: Grids) -> Iterator[None]:
    """What is read of a workbook is these sheets, and no child is started for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kpibatch.rules.sheets.capped", lambda limits, look, path: look(path))
        patch.setattr("kpibatch.rules.reader.read_book", lambda path: grids)
        yield


def faults(path: Path, grids: Grids) -> set[Finding]:
    """What ``levels check`` says of the sheets that counts: errors and warnings."""
    with reading(grids):
        tables, found = check_levels(path)
        if not any(each.severity == "error" for each in found):
            found += try_examples(tables, "th")
    return {each for each in found if each.grave}


def confirmed(path: Path) -> Grids:
    """A workbook's sheets with every proposed example confirmed."""
    grids = read_book(path)
    with reading(grids):
        tables, _ = check_levels(path)
    with TemporaryDirectory() as folder:
        book = Path(folder) / "examples.xlsx"
        write_examples(tables, propose(tables, "th"), book, "th", tables.round.start)
        return {**grids, **read_book(book)}


def slips(grids: Grids, chance: random.Random) -> Iterator[Slip]:
    """Random slips in the cells that say rules, endlessly."""
    cells = [*_cells(grids)]
    while True:
        sheet, row, column, heading = chance.choice(cells)
        before = grids[sheet].rows[row][column]
        after = _slipped(heading, before, grids, chance)
        if fold(as_text(after)) != fold(as_text(before)):
            yield Slip(sheet, row, column, heading, before, after)


def _cells(grids: Grids) -> Iterator[tuple[str, int, int, str]]:
    wanted = {
        RULES.sheet: (RULES.kpi, RULES.case_of, RULES.measure, *_CONDITIONS),
        MEASURES.sheet: (
            *(MEASURES.source, MEASURES.rollup, MEASURES.zero_rule, MEASURES.numerator),
            *(MEASURES.denominator, MEASURES.limit, MEASURES.minimum, MEASURES.maximum),
        ),
        NODES.sheet: (NODES.parent, NODES.weight, NODES.child_sum, NODES.method),
        RATING.sheet: (RATING.percent,),
    }
    for sheet, columns in wanted.items():
        rows = grids[sheet].rows
        head = next(number for number, row in enumerate(rows) if columns[0] in row)
        for at, heading in enumerate(rows[head]):
            if heading in columns:
                yield from (
                    (sheet, number, at, str(heading))
                    for number in range(head + 1, len(rows))
                    if at < len(rows[number]) and rows[number][at] is not None
                )
    for number, row in enumerate(grids[ROUND.sheet].rows):
        if row and row[0] in (Item.START, Item.END, Item.SCORES, Item.BELOW_ONE) and row[1] is not None:
            yield ROUND.sheet, number, 1, str(row[0])


def _slipped(heading: str, before: Value, grids: Grids, chance: random.Random) -> Value:
    if heading in _CHOICES:
        return str(chance.choice(_CHOICES[heading]))  # type: ignore[index]
    measured = heading == NODES.weight and isinstance(before, str)  # each unit's own weight is a measure's
    if heading in _CODES or measured:
        sheet = MEASURES if measured else _CODES[heading]  # type: ignore[index]
        return chance.choice([row[0] for row in grids[sheet.sheet].rows[1:] if row and row[0]])
    if isinstance(before, date):
        return before + timedelta(chance.choice((-1, 1, 30, 365)))
    if heading in _NUMBERS or isinstance(before, float):
        return float(_digit(f"{before:g}", chance))
    text = str(before)
    return chance.choice((_digit, _digit, _digit, _sign))(text, chance)


def _digit(text: str, chance: random.Random) -> str:
    """One digit another one."""
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    if not places:
        return {"ใช่": "ไม่ใช่", "ไม่ใช่": "ใช่"}.get(text, text)
    place = chance.choice(places)
    return text[:place] + chance.choice("0123456789") + text[place + 1 :]


def _sign(text: str, chance: random.Random) -> str:
    """Another comparison."""
    swaps = {"≥": ">≤", ">": "≥<", "≤": "<≥", "<": "≤>"}
    if text and text[0] in swaps:
        return chance.choice(swaps[text[0]]) + text[1:]
    if "ภายใน" in text:
        return text.replace("ภายใน", "ก่อน")
    return re.sub("ไม่น้อยกว่า|อย่างน้อย", "มากกว่า", text)
