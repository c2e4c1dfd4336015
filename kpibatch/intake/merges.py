"""Cells of a form merged into one: the number that is shown across them belongs to none of them."""

from collections.abc import Iterable, Mapping

from kpibatch.base.addresses import address
from kpibatch.books.read import Grid
from kpibatch.forms.layout import Spot


def merged_together(spots: Iterable[Spot], grids: Mapping[str, Grid]) -> dict[Spot, str]:
    """The cells to fill in that share a merged range, which holds something, with another of them: each with
    that range.

    Source: design, section 3 (what can't be read is an error, never guessed).
    """
    listed = list(spots)
    found: dict[Spot, str] = {}
    for sheet in {spot.sheet for spot in listed}:
        for (top, left), (bottom, right) in grids[sheet].merges:
            inside = [
                spot
                for spot in listed
                if spot.sheet == sheet and top <= spot.row <= bottom and left <= spot.column <= right
            ]
            if len(inside) > 1 and grids[sheet].at(top, left) is not None:
                found |= dict.fromkeys(inside, f"{address(top, left)}:{address(bottom, right)}")
    return found
