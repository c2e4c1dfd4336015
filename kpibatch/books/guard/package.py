"""A zipped workbook taken apart without trusting a word of it: what a part's name, size or text claims is
checked before it is read.
"""

import re
import struct
import zipfile
import zlib
from io import BytesIO
from xml.parsers import expat

from kpibatch.base.config import IntakeLimits
from kpibatch.books.guard.limits import Refused

MB = 1_000_000
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _SIZES_LATER, _UTF8 = 0x1, 0x8, 0x800
_HEAD = struct.Struct("<4s2xHH4xIIIHH")
_IN_EXTRA = 0xFFFFFFFF
_DIRECTORY_END = b"PK\5\6"
_SMALL = 256 * 1024  # a short part may well shrink more than max_ratio
_PROLOG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml([^>]*)\?>)?(?:\s|<!--.*?-->|<\?.*?\?>)*<[^!?/\s]", re.DOTALL
)
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)["']""")


class Zipped:
    """The parts of a zipped file by name; names are the same whatever their case and slashes."""

    def __init__(self, raw: bytes, limits: IntakeLimits) -> None:
        self._raw = raw
        self._parts: dict[str, bytes] = {}
        self._sound: set[str] = set()
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._starts: dict[str, int] = {}
        try:
            members = zipfile.ZipFile(BytesIO(raw)).infolist()
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            ValueError,
            OverflowError,
            OSError,
            struct.error,
        ):
            raise Refused("unreadable-file", "ZIP") from None
        if struct.unpack_from("<H", raw, raw.rfind(_DIRECTORY_END) + 10)[0] not in (len(members), 0xFFFF):
            raise Refused("file-damaged", "zip")  # an entry of the list may hide those behind it
        _refuse_swollen(members, len(raw), limits)
        for member in members:
            name = _plain(member.orig_filename)
            if name in self._members or ".." in name.split("/"):
                raise Refused("file-malformed", member.orig_filename)
            if member.flag_bits & _ENCRYPTED:
                raise Refused("file-encrypted", member.orig_filename)
            self._members[name] = member
            self._starts[name] = _start_of(member, raw)

    def __contains__(self, name: str) -> bool:
        return name in self._members or _plain(name) in self._members

    def part(self, name: str) -> bytes:
        """A part, unpacked; it must be exactly as long as it says."""
        if name not in self._parts:
            self._parts[name] = self._unpack(self._member(name))
        return self._parts[name]

    def xml(self, name: str) -> bytes:
        """A part that is XML as workbooks have it: UTF-8, no DOCTYPE."""
        content = self.part(name)
        if name not in self._sound:
            _refuse_odd_xml(name, content)
            self._sound.add(name)
        return content

    def crc(self, name: str) -> int:
        """The checksum the file gives for a part, which is right where the part was read."""
        return self._member(name).CRC

    def refuse_doctypes(self) -> None:
        """Inspect the XML parts that nobody has asked for; they may be empty, or in UTF-16 as Power Query has
        them.
        """
        seen = {_plain(name) for name in self._sound}
        for name in self._members:
            if name.endswith((".xml", ".rels")) and name not in seen:
                content = self._unpack(self._members[name]).replace(b"\0", b"")
                if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                    raise Refused("file-malformed", f"{name}: DOCTYPE")

    def _member(self, name: str) -> zipfile.ZipInfo:
        member = self._members.get(name) or self._members.get(_plain(name))
        if member is None:
            raise Refused("file-malformed", f"{name}: –")
        return member

    def _unpack(self, member: zipfile.ZipInfo) -> bytes:
        start = self._starts[_plain(member.orig_filename)]
        packed = self._raw[start : start + member.compress_size]
        if member.compress_type == _STORED:
            content = packed
        elif member.compress_type == _DEFLATED:
            content = _inflated(packed, member)
        else:
            raise Refused("file-malformed", f"{member.orig_filename}: zip {member.compress_type}")
        if len(content) != member.file_size:
            raise Refused(
                "file-malformed", f"{member.orig_filename}: {len(content):,} ≠ {member.file_size:,}"
            )
        if zlib.crc32(content) != member.CRC:
            raise Refused("file-damaged", member.orig_filename)
        return content


def _start_of(member: zipfile.ZipInfo, raw: bytes) -> int:
    """Where a member's content begins. What stands before it must say what the file's directory says, for
    some readers go by the one and some by the other.

    Source: PKWARE's APPNOTE 6.3.10, 4.3.7; where sizes come later, or are too large, there are none here.
    """
    head = raw[member.header_offset : member.header_offset + _HEAD.size]
    if len(head) < _HEAD.size or head[:4] != b"PK\3\4":
        raise Refused("file-damaged", member.orig_filename)
    _, flags, method, crc, packed, size, named, extra = _HEAD.unpack(head)
    start: int = member.header_offset + _HEAD.size + named
    name = raw[start - named : start]
    stated = [(crc, member.CRC), (packed, member.compress_size), (size, member.file_size)]
    later = (0, _IN_EXTRA) if flags & _SIZES_LATER else (_IN_EXTRA,)
    if (
        name != member.orig_filename.encode("utf-8" if member.flag_bits & _UTF8 else "cp437")
        or method != member.compress_type
        or flags & _ENCRYPTED
        or any(here != there and here not in later for here, there in stated)
    ):
        raise Refused("file-damaged", member.orig_filename)
    return start + int(extra)


def _plain(name: str) -> str:
    """A part's name as all its spellings have it in common."""
    return name.replace("\\", "/").lstrip("/").lower()


def _refuse_swollen(members: list[zipfile.ZipInfo], size: int, limits: IntakeLimits) -> None:
    if len(members) > limits.max_parts:
        raise Refused("file-swollen", f"{len(members):,} > {limits.max_parts:,}")
    if sum(member.compress_size for member in members) > size:
        raise Refused("file-malformed", "zip")
    for member in members:
        if member.file_size > limits.max_part_mb * MB:
            raise Refused(
                "file-swollen",
                f"{member.orig_filename}: {member.file_size / MB:,.0f} MB > {limits.max_part_mb:g} MB",
            )
        if member.file_size > _SMALL and member.file_size > limits.max_ratio * member.compress_size:
            ratio = member.file_size / max(member.compress_size, 1)
            raise Refused("file-swollen", f"{member.orig_filename}: ×{ratio:,.0f} > ×{limits.max_ratio:g}")
    total = sum(member.file_size for member in members)
    if total > limits.max_unpacked_mb * MB:
        raise Refused("file-swollen", f"{total / MB:,.0f} MB > {limits.max_unpacked_mb:g} MB")


def _inflated(packed: bytes, member: zipfile.ZipInfo) -> bytes:
    try:
        return zlib.decompressobj(-15).decompress(packed, member.file_size + 1)
    except zlib.error:
        raise Refused("unreadable-file", member.orig_filename) from None


def _refuse_odd_xml(name: str, content: bytes) -> None:
    """Refuse what readers understand differently, or not at all: another encoding, a DOCTYPE, entities."""
    if b"\0" in content or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Refused("file-malformed", f"{name}: UTF-16")
    prolog = _PROLOG.match(content)
    if prolog is None:
        found = next((word for word in ("DOCTYPE", "ENTITY") if f"<!{word}".encode() in content), "XML")
        raise Refused("file-malformed", f"{name}: {found}")
    encoding = _ENCODING.search(prolog[1] or b"")
    if encoding and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        raise Refused("file-malformed", f"{name}: {encoding[1].decode('ascii', 'replace')}")


def elements(content: bytes, tag: str) -> list[dict[str, str]]:
    """The attributes of every element of that name, whatever its prefix."""
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == tag:
            found.append(attributes)

    parser = xml_parser()
    parser.StartElementHandler = start
    parse(parser, content)
    return found


def xml_parser() -> expat.XMLParserType:
    """A parser that refuses a DOCTYPE."""

    def refuse(*_: object) -> None:
        raise Refused("file-malformed", "DOCTYPE")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    return parser


def parse(parser: expat.XMLParserType, content: bytes) -> None:
    """Run a parser over a whole part; XML that is not well-formed is refused."""
    try:
        parser.Parse(content, True)
    except expat.ExpatError as reason:
        raise Refused("unreadable-file", f"XML {reason.lineno}:{reason.offset}") from None
