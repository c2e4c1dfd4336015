"""What the ranking's charts have in common: a title, axes and letters as in the sheets around them."""

from typing import Any

from kpibatch.books.look import FONT, TEAL
from kpibatch.books.write import Book

LETTERS: dict[str, Any] = {"name": FONT, "size": 12}
BARS = {"color": TEAL}
CATEGORIES = {"num_font": LETTERS}


def titled_chart(book: Book, kind: str, title: str) -> Any:
    """A chart under its title, to be filled and placed; without a legend."""
    chart = book.chart(kind)
    chart.set_title({"name": title, "name_font": LETTERS | {"size": 16, "bold": True}})
    chart.set_legend({"none": True})
    return chart


def values_up_to(highest: float) -> dict[str, Any]:
    """The axis of the values, from 0 on."""
    grid = {"visible": True, "line": {"color": "#D9DEE4"}}
    return {"min": 0, "max": highest, "num_font": LETTERS, "major_gridlines": grid}
