"""The paper of a unit's page: its columns, texts over several of them, rows as tall as their texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kpibatch.books.look import NAVY, SIZE, lines_of, tall_of
from kpibatch.books.write import Sheet

TALLEST = 409.0  # points; Excel's rows go no further
PADDED: dict[str, Any] = {"text_wrap": True, "indent": 1}


@dataclass(frozen=True)
class Paper:
    """A sheet with columns so wide."""

    sheet: Sheet
    widths: Sequence[float]

    @property
    def last(self) -> int:
        """The last column."""
        return len(self.widths) - 1

    def lines(self, text: str, first: int, last: int, size: float = SIZE) -> int:
        """How many lines a padded text takes over those columns."""
        return lines_of(text, sum(self.widths[first : last + 1]) - 2, size)

    def spread(
        self, row: int, first: int, last: int, content: str | float, *styles: str, **extra: Any
    ) -> int:
        """A text or number over several columns; how many lines a text takes there."""
        if isinstance(content, str):
            self.sheet.merge(row, first, last, content, *styles, **extra)
            return self.lines(content, first, last, extra.get("font_size", SIZE))
        self.sheet.merge(row, first, last, "", *styles, **extra)
        self.sheet.put(row, first, content, *styles, **extra)
        return 1

    def paragraph(self, row: int, text: str, *styles: str, **extra: Any) -> None:
        lines = self.spread(row, 0, self.last, text, *styles, **PADDED, **extra)
        tall(self.sheet, row, lines, extra.get("font_size", SIZE))

    def heading(self, row: int, text: str) -> None:
        self.sheet.put(row, 0, text, "bold", font_size=18, font_color=NAVY)
        tall(self.sheet, row, 1, 18)

    def gap(self, row: int) -> None:
        self.sheet.tall(row, 10)


def tall(sheet: Sheet, row: int, lines: int, size: float = SIZE) -> None:
    """A row of so many lines."""
    sheet.tall(row, min(TALLEST, tall_of(lines, size)))
