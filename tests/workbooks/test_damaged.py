"""Damaged submissions: each comes back marked with the values it had, or as it came with its index beside it;
never is there an exception, and no submission costs another its marks.
"""

import random
from pathlib import Path

import pytest
from damaged import damaged
from rich_book import FORM, HIDDEN, PLAIN, QUOTED, link_to_other_book, make_rich_book, parts_of, write_parts
from workspace import BURIRAM, SAMPLES

from kpibatch.base.config import IntakeLimits
from kpibatch.base.findings import Place, finding
from kpibatch.books.guard.capped import Child
from kpibatch.books.guard.limits import Refused
from kpibatch.books.read import Grid, UnreadableBook, read_bytes
from kpibatch.rules.records import Unit
from kpibatch.workbooks.returned.book import mark, marked_copy, write_returned

JUNE = sorted((SAMPLES / BURIRAM / "submissions" / "2565-06").glob("*.xlsx"))[1]
INDEX, UNIT, LIMITS = "ข้อค้นพบ", Unit("3101", "เมืองบุรีรัมย์"), IntakeLimits()
CELLS = {FORM: "B2 C9 J30", PLAIN: "F9 F20", HIDDEN: "A1", QUOTED: "B2", "แบบรายงาน": "H30"}
TOLD = [
    finding("missing", Place("form.xlsx", sheet, cell), unit="3101", label="รายการ", month="มิถุนายน 2565")
    for sheet, cells in CELLS.items()
    for cell in cells.split()
]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A book with a bit of everything, the same marked once before, and a form of the sample."""
    folder = tmp_path_factory.mktemp("sources")
    rich, again = link_to_other_book(make_rich_book(folder / "rich.xlsx")), folder / "again.xlsx"
    again.write_bytes(mark(rich.read_bytes(), rich.name, TOLD, UNIT, "th"))
    return [rich, again, JUNE]


def shown(grid: Grid) -> list[str]:
    """The values, blanks after the last left out."""
    return [
        f"{row},{column} {value!r}"
        for row, values in enumerate(grid.rows)
        for column, value in enumerate(values)
        if value is not None
    ]


@pytest.mark.parametrize(
    "numbers", [range(10), pytest.param(range(10, 160), marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_a_damaged_submission_comes_back_with_its_values_or_as_it_came(
    numbers: range, sources: list[Path], tmp_path: Path
) -> None:
    source, target = tmp_path / "form.xlsx", tmp_path / "back.xlsx"
    ends = []
    with Child(LIMITS, marked_copy) as marked, Child(LIMITS, read_bytes) as read:
        for number in numbers:
            chance = random.Random(number)
            write_parts(source, damaged(chance, dict(parts_of(chance.choice(sources)))))
            try:
                before = read(source.read_bytes(), LIMITS)
            except (Refused, UnreadableBook):  # the unit gets the index alone
                continue
            index = write_returned(source, target, TOLD, UNIT, "th", "index.xlsx", marked=marked)
            ends.append(index is None)
            if index is None:
                after = read(target.read_bytes(), LIMITS)
                assert {name: shown(after[name]) for name in before if name != INDEX} == {
                    name: shown(grid) for name, grid in before.items() if name != INDEX
                }, number
            else:
                assert target.read_bytes() == source.read_bytes(), number
                assert index.exists(), number
    assert {*ends} == {True, False}, "both ends occur"
