"""A doubtful reading: where the letter says what, how it was read, and why it may be otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Doubt:
    """``why`` is a text's name under ``[draft]`` of the catalogue; ``printed`` are the letter's words in
    ``line``; ``read`` is what the draft has for them, empty where it has nothing.
    """

    why: str
    line: int
    printed: str
    read: str = ""


def read_as(doubts: Iterable[Doubt], read: str) -> tuple[Doubt, ...]:
    """The doubts with what the cell came to hold, where they did not say."""
    return tuple(replace(each, read=each.read or read) for each in doubts)


def around(text: str, start: int, end: int, width: int = 32) -> str:
    """The words around a place of a text, for whoever looks for it in the letter.

    >>> around("ก" * 9 + " ร้อยละ 80 " + "ข" * 9, 10, 19, 3)
    '…กก ร้อยละ 80 ขข…'
    """
    first, last = max(0, start - width), end + width
    cut = " ".join(text[first:last].split())
    return f"{'…' * (first > 0)}{cut}{'…' * (last < len(text))}"
