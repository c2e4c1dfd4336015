"""The parts a workbook leads to, and the new package that the reader gets.

It is made of the very bytes that were inspected, so that the reader cannot see another file than the guard
did.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from html import escape
from posixpath import dirname, join, normpath

from kpibatch.books.guard.limits import LINKS, MACROS, Refused
from kpibatch.books.guard.package import Zipped, elements

_STORED = 0


def packed(parts: Mapping[str, tuple[bytes, int]]) -> bytes:
    """A new package of parts, each with its checksum; nothing is compressed, for it is read at once and
    thrown away.
    """
    body, index, offset = [], [], 0
    for name, (content, crc) in parts.items():
        key = name.encode()
        common = struct.pack(
            "<HHHHHIIIHH", 20, 0x800, _STORED, 0, 33, crc, len(content), len(content), len(key), 0
        )
        body += [b"PK\3\4", common, key, content]
        index += [b"PK\1\2\24\0", common, struct.pack("<HHHII", 0, 0, 0, 0, offset), key]
        offset += 30 + len(key) + len(content)
    directory = b"".join(index)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, len(parts), len(parts), len(directory), offset, 0)
    return b"".join((*body, directory, end))


_SHEET_KINDS = {
    "worksheet": "worksheets",
    "chartsheet": "chartsheets",
    "dialogsheet": "dialogsheets",
    "xlMacrosheet": "worksheets",
}
_CARRIED = (LINKS, "externalLink"), (MACROS, "vbaProject"), (MACROS, "xlMacrosheet")
_RELATIONSHIPS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
)
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relationships(zipped: Zipped, part: str = "") -> Iterator[tuple[str, str, str]]:
    """The id, the type's last word and the target part of each inner relationship of a part, or of the
    package itself.
    """
    folder = dirname(part)
    listed = join(folder, "_rels", f"{part[len(folder) :].lstrip('/')}.rels")
    if listed not in zipped:
        return
    for link in elements(zipped.xml(listed), "Relationship"):
        if link.get("TargetMode") != "External":
            target = link.get("Target", "").replace("\\", "/")
            within = normpath(target.lstrip("/") if target.startswith("/") else join(folder, target))
            # some programs name parts from the package's root but leave out the slash
            found = within if within in zipped else within.removeprefix(f"{folder}/")
            yield link.get("Id", ""), link.get("Type", "").rpartition("/")[2], found


class Linked:
    """The parts a workbook's main part leads to, each of them once."""

    def __init__(self, zipped: Zipped, workbook: str) -> None:
        self._zipped, self._workbook = zipped, workbook
        self._links = {identity: (kind, part) for identity, kind, part in relationships(zipped, workbook)}
        self._taken: set[str] = set()

    def sheet(self, name: str, link: str) -> tuple[str, str]:
        """The kind of a sheet, as the folder it lies in, and its part."""
        kind, part = self._links.get(link, ("", ""))
        if kind not in _SHEET_KINDS or part not in self._zipped or part.lower() in self._taken:
            raise Refused("file-malformed", f"{self._workbook}: {name}", name)
        self._taken.add(part.lower())
        return _SHEET_KINDS[kind], part

    def other(self, kind: str) -> str:
        """The part of that kind; empty where there is none."""
        return next(
            (part for found, part in self._links.values() if found == kind and part in self._zipped), ""
        )

    @property
    def carries(self) -> tuple[str, ...]:
        """What the workbook brings along that is no sheet of numbers."""
        kinds = {kind for kind, _ in self._links.values()}
        return tuple(dict.fromkeys(word for word, kind in _CARRIED if kind in kinds))


class Copy:
    """A new package of the inspected parts; ``suffix`` is ``xml`` or ``bin``."""

    def __init__(self, zipped: Zipped, suffix: str) -> None:
        self._zipped, self._suffix = zipped, suffix
        self._parts: dict[str, tuple[bytes, int]] = {}
        self._links: list[str] = []

    def add(self, name: str, part: str, content: bytes | None = None) -> None:
        """A part under the name the reader knows; ``content`` where it is not as it was."""
        kept = (
            (self._zipped.part(part), self._zipped.crc(part))
            if content is None
            else (content, zlib.crc32(content))
        )
        self._parts[name] = kept

    def add_sheet(self, link: str, kind: str, part: str, content: bytes | None = None) -> None:
        """The next sheet."""
        name = f"{kind}/sheet{len(self._links) + 1}.{self._suffix}"
        self.add(f"xl/{name}", part, content)
        self._links.append(_link(link, kind.removesuffix("s"), name))

    def add_linked(self, kind: str, part: str) -> None:
        """Another part of the workbook, if it is there."""
        if part:
            name = f"{kind}.{self._suffix}"
            self.add(f"xl/{name}", part)
            self._links.append(_link(f"own-{kind}", kind, name))

    def packed(self) -> bytes:
        """The copy, with links of its own."""
        self._write(f"xl/_rels/workbook.{self._suffix}.rels", self._links)
        self._write("_rels/.rels", [_link("own", "officeDocument", f"xl/workbook.{self._suffix}")])
        return packed(self._parts)

    def _write(self, name: str, links: list[str]) -> None:
        content = "".join((_RELATIONSHIPS, *links, "</Relationships>")).encode()
        self._parts[name] = content, zlib.crc32(content)


def _link(identity: str, kind: str, part: str) -> str:
    return f'<Relationship Id="{attribute(identity)}" Type="{_TYPES}/{kind}" Target="{part}"/>'


def attribute(text: str) -> str:
    """A text as it may stand between quotes in XML. (The standard library's own way loads a web client.)"""
    return escape(text).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
