"""Writes ``salaries.xlsx`` of a sample: made-up sums from which the raises of its persons are reckoned.

    python input_samples/make_salaries.py

The figures are drawn by a generator seeded with the person's code, so the same file comes out every time.
"""

import random
from collections.abc import Iterator
from pathlib import Path

from kpibatch.books.write import Book, Content, Sheet
from kpibatch.months.increments.terms import (
    AMOUNT,
    BASE,
    CEILING,
    CODE,
    FULL,
    ITEM,
    LEAST,
    PEOPLE,
    PERCENT_OF_BASES,
    RATES,
    RATING,
    SALARY,
    TOP,
)
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels
from kpibatch.rules.schema import PERSON

HERE = Path(__file__).parent
NAME = "salaries.xlsx"
SAMPLE = "rayong-2554"
# What a rating is worth in percent of the base: in full, and at least.
WORTH: tuple[tuple[str, float, float], ...] = (
    *(("ดีเด่น", 5.5, 3), ("ดีมาก", 4.5, 2.5), ("ดี", 3.5, 2)),
    *(("พอใช้", 2.5, 1), ("ต้องปรับปรุง", 0, 0)),
)
PERCENT = 2.5  # of all bases together
TOP_OF_SCALE = 43_600


def people(tables: LevelTables) -> Iterator[tuple[Content, ...]]:
    """A row for each person; the second of each unit stands just below the top of the scale."""
    for number, unit in enumerate(unit for unit in tables.units if unit.kind == PERSON):
        draw = random.Random(f"salaries {unit.code}")
        salary = TOP_OF_SCALE - 250 if number == 1 else draw.randrange(19_000, 36_000, 10)
        base = draw.randrange(salary // 10 * 10, TOP_OF_SCALE - 4_000, 10) if number != 1 else salary
        yield unit.code, unit.name, base, salary, TOP_OF_SCALE, "ตัวเลขสมมติ"


def make(path: Path, tables: LevelTables) -> Path:
    """Write the workbook as the office would fill it in."""
    with Book(path, title=PEOPLE, day=tables.round.end) as book:
        money, percent = ("money",), ("percent",)
        heads = (CODE, "ชื่อ", BASE, SALARY, TOP, "หมายเหตุ")
        table(book.sheet(PEOPLE), heads, (14, 34, 18, 18, 18, 30), people(tables), money)
        told = ((*each, "ตัวอย่าง") for each in WORTH)
        table(book.sheet(RATES), (RATING, FULL, LEAST, "หมายเหตุ"), (24, 14, 16, 30), told, percent)
        limit = ((PERCENT_OF_BASES, PERCENT, "ตัวอย่าง"),)
        table(book.sheet(CEILING), (ITEM, AMOUNT, "หมายเหตุ"), (30, 20, 40), limit, percent)
    return path


def table(
    sheet: Sheet,
    heads: tuple[str, ...],
    widths: tuple[float, ...],
    rows: Iterator[tuple[Content, ...]] | tuple[tuple[Content, ...], ...],
    style: tuple[str, ...],
) -> None:
    sheet.widths(*widths)
    sheet.put_row(0, 0, heads, "head")
    for at, row in enumerate(rows, 1):
        for column, content in enumerate(row):
            sheet.put(
                at, column, content, "cell", *(style if isinstance(content, (int, float)) else ("text",))
            )
    sheet.raw.freeze_panes(1, 1)
    sheet.page(top=0)


if __name__ == "__main__":
    tables, _ = read_levels(HERE / SAMPLE / "level_tables.xlsx")
    print(make(HERE / SAMPLE / NAME, tables))
