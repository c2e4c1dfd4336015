"""What a workbook says of itself in its custom properties, which survive Excel's saving.

In: the bytes of any file. Out: names and values. Read without lxml, for every reading child does it.
"""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from posixpath import normpath

from kpibatch.books.guard.package import elements, parse, xml_parser
from kpibatch.books.look import WHOSE, unescaped

PROPERTIES = (WHOSE, "kpibatch_round", "kpibatch_digest")
_LISTED, _KIND, _MOST = "_rels/.rels", "custom-properties", 1_000_000


def custom_properties(raw: bytes) -> list[tuple[str, str]]:
    """The names and values of a file's custom properties; none where it has none or is no XML workbook.

    What a stranger's package may hold can't be foreseen; a file without properties is known by its cell of
    ``{{unit}}``.
    """
    try:
        with zipfile.ZipFile(BytesIO(raw)) as stored:
            parts = {name.casefold(): stored.read(name) for name in _small(stored)}
        part = next(_linked(parts[_LISTED]), "")
        return _Properties(parts[part]).pairs if part in parts else []
    except Exception:
        return []


def _small(stored: zipfile.ZipFile) -> list[str]:
    """The parts that may matter, if they are as small as an honest workbook's."""
    named = [member for member in stored.infolist() if member.file_size < _MOST]
    return [one.filename for one in named if one.filename.casefold().startswith(("_rels/", "docprops/"))]


def _linked(relations: bytes) -> Iterator[str]:
    for link in elements(relations, "Relationship"):
        inside = link.get("TargetMode") != "External"
        if inside and link.get("Type", "").rpartition("/")[2] == _KIND:
            yield normpath(link["Target"].lstrip("/")).casefold()


class _Properties:
    """One walk over the part; the text of a property is all text inside it."""

    def __init__(self, xml: bytes) -> None:
        self.pairs: list[tuple[str, str]] = []
        self._name, self._text = "", ""
        parser = xml_parser()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        parse(parser, xml)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "property":
            self._name, self._text = attributes.get("name", ""), ""

    def _characters(self, characters: str) -> None:
        self._text += characters

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "property":
            self.pairs.append((self._name, unescaped(self._text)))
