"""A number shown across two cells to fill in belongs to neither; other merges do no harm."""

import pytest

from kpibatch.books.read import Grid
from kpibatch.forms.layout import Spot
from kpibatch.intake.merges import merged_together

MAY, JUNE, BELOW, FAR = (Spot("S", row, column) for row, column in ((6, 6), (6, 7), (7, 7), (9, 9)))


def grids(merge: tuple[tuple[int, int], tuple[int, int]], value: float | None = 85.0) -> dict[str, Grid]:
    rows: list[list[float | None]] = [[None] * 10 for _ in range(10)]
    top, left = merge[0]
    rows[top][left] = value
    return {"S": Grid("S", rows, [merge]), "T": Grid("T", [])}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("merge", "together"),
    [
        (((6, 6), (6, 7)), {MAY: "G7:H7", JUNE: "G7:H7"}),  # across months
        (((6, 7), (7, 7)), {JUNE: "H7:H8", BELOW: "H7:H8"}),  # across rows
        (((6, 5), (6, 6)), {}),  # a cell that is asked for, and one that is not
        (((6, 7), (6, 8)), {}),
        (((0, 0), (0, 9)), {}),
    ],
)
def test_cells_that_share_a_range(merge, together):
    assert merged_together([MAY, JUNE, BELOW, FAR, Spot("T", 6, 6)], grids(merge)) == together


def test_a_blank_range_holds_nothing_that_could_be_read_wrong():
    assert merged_together([MAY, JUNE], grids(((6, 6), (6, 7)), None)) == {}
