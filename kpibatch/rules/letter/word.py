"""The text of a .docx: paragraphs and tables of the body and of the page heads, a line each.

In: the bytes. Out: lines (a table's row is one, its cells apart by tabs, their paragraphs by line breaks) and
how much of them is tracked: what was inserted stands, what was deleted does not.
"""

from dataclasses import dataclass, field

from kpibatch.base.config import IntakeLimits
from kpibatch.books.guard.limits import Refused
from kpibatch.books.guard.package import Zipped, parse, xml_parser

BODY = "word/document.xml"
_MOST_HEADS = 30
_BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "noBreakHyphen": "-"}
_GONE, _NEW = ("del", "moveFrom"), ("ins", "moveTo")
_TWICE = "Fallback"  # the same once more, for older programs


@dataclass
class _Reader:
    """Collects the lines of one part as its elements begin and end."""

    lines: list[str] = field(default_factory=list)
    inserted: int = 0
    deleted: int = 0
    _open: list[str] = field(default_factory=list)
    _cells: list[list[str]] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)

    def start(self, name: str, _: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        self._open.append(tag)
        if tag == "tr" and self._open.count("tr") == 1:
            self._cells = []
        elif tag == "tc" and self._open.count("tc") == 1:
            self._cells.append([])
        elif tag in _BREAKS and "r" in self._open:
            self._text.append(_BREAKS[tag])

    def end(self, name: str) -> None:
        tag = self._open.pop()
        if tag == "p":
            self._paragraph("".join(self._text))
            self._text = []
        elif tag == "tr" and "tr" not in self._open:
            self.lines.append("\t".join("\n".join(filter(None, cell)) for cell in self._cells))

    def letters(self, text: str) -> None:
        tag = self._open[-1] if self._open else ""
        if _TWICE in self._open or tag not in ("t", "delText"):
            return
        if tag == "delText" or any(gone in self._open for gone in _GONE):
            self.deleted += len(text)
            return
        self.inserted += len(text) * any(new in self._open for new in _NEW)
        self._text.append(text)

    def _paragraph(self, text: str) -> None:
        if _TWICE in self._open:
            return
        if "tc" in self._open:
            self._cells[-1].append(text)
        else:
            self.lines.append(text)


def read_word(raw: bytes, limits: IntakeLimits) -> tuple[list[str], int, int]:
    """The lines, and how many letters are tracked as inserted and as deleted.

    Raises ``Refused`` where it is no document, is swollen or is locked.
    """
    zipped = Zipped(raw, limits)
    if BODY not in zipped:
        raise Refused("file-malformed", BODY)
    heads = (f"word/header{number}.xml" for number in range(1, _MOST_HEADS + 1))
    reader = _Reader()
    for part in (*(head for head in heads if head in zipped), BODY):
        parser = xml_parser()
        parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
        parser.CharacterDataHandler = reader.letters
        parse(parser, zipped.xml(part))
    return reader.lines, reader.inserted, reader.deleted
