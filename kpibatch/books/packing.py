"""Parts and the zip file that they are packed into: the same parts, the same bytes; and what the parts hold,
whoever packed them.
"""

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

TYPES = "[Content_Types].xml"
_DEFAULT_ROW = re.compile(rb"<sheetFormatPr[^<>]*/>")
_HEIGHT = re.compile(rb'(<row [^<>]*?) ht="[^"<>]*"')
_VERSION, _UTF_8, _FIRST_DAY = 20, 0x800, 0x21  # of the format; names in UTF-8; 1 January 1980
_LOCAL, _LISTED, _END = map(struct.Struct, ("<4s5H3L2H", "<4s6H3L5H2L", "<4s4H2LH"))
_RIGHTS = 0o600 << 16  # the owner's to read and write, which zipfile gives what says nothing
_SMALL = 16_000
_MAX_PARTS, _MAX_BYTES = 2_000, 256_000_000


class Unpatchable(Exception):
    """The package can't be changed without risk; it is passed on as it came."""


# What zipfile raises of a file that is damaged, encrypted or packed in a way that it does not know.
BAD_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OSError,
)


@dataclass(frozen=True)
class Packed:
    """A part as a package holds it, and of what it is: its checksum and how many bytes it has."""

    deflated: bytes
    crc: int
    size: int


def packed_part(content: bytes) -> Packed:
    """A part packed, which takes less room until the others are written."""
    return _known(content) if len(content) <= _SMALL else _deflated(content)


def _deflated(content: bytes) -> Packed:
    packer = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Packed(packer.compress(content) + packer.flush(), zlib.crc32(content), len(content))


# Of a month's workbooks most have the same types, theme, styles and relations.
_known = lru_cache(maxsize=100)(_deflated)


def packed_parts(parts: Iterable[tuple[str, bytes | Packed]]) -> bytes:
    """Parts as a package in which no day, system or user leaves a mark: the bytes that zipfile would give."""
    written, directory, at = [], [], 0
    for name, content in parts:
        named, part = name.encode(), content if isinstance(content, Packed) else packed_part(content)
        facts = *_packing(named), part.crc, len(part.deflated), part.size, len(named), 0
        written += [_LOCAL.pack(b"PK\3\4", *facts), named, part.deflated]
        directory += [_LISTED.pack(b"PK\1\2", _VERSION, *facts, 0, 0, 0, _RIGHTS, at), named]
        at += _LOCAL.size + len(named) + len(part.deflated)
    count, size = len(directory) // 2, sum(map(len, directory))
    return b"".join((*written, *directory, _END.pack(b"PK\5\6", 0, 0, count, count, size, at, 0)))


def _packing(name: bytes) -> tuple[int, ...]:
    """How and when a part of that name was packed: the version, its letters, deflated, the epoch."""
    return _VERSION, 0 if name.isascii() else _UTF_8, zipfile.ZIP_DEFLATED, 0, _FIRST_DAY


def normalised(raw: bytes) -> bytes:
    """A sound package packed as on every other system."""
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        return packed_in_order({name: package.read(name) for name in package.namelist()})


def packed_in_order(parts: Mapping[str, bytes | Packed]) -> bytes:
    """Parts packed by name, but for the list of their types, which comes first."""
    names = sorted(parts, key=lambda name: (name != TYPES, name))
    return packed_parts((name, parts[name]) for name in names)


def contents_digest(raw: bytes) -> str:
    """The SHA-256 of what the parts of a package hold, by name, however they are packed and in whatever way a
    writer spells the looks of a sheet; of what is no package, or larger than an honest one, of its bytes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            parts = {
                member.filename: hashlib.sha256(_without_looks(member.filename, package.read(member)))
                for member in honest_members(package)
            }
    except (Unpatchable, *BAD_ZIP):
        return hashlib.sha256(raw).hexdigest()
    lines = (f"{digest.hexdigest()} {name}\n" for name, digest in sorted(parts.items()))
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _without_looks(name: str, part: bytes) -> bytes:
    """A part, of a sheet without the heights of its rows and its conditional formats: releases of XlsxWriter
    round the one and order the other differently.
    """
    if not name.startswith("xl/worksheets/"):
        return part
    begin, end = b"<conditionalFormatting", b"</conditionalFormatting>"
    first, *rest = _HEIGHT.sub(rb"\1", _DEFAULT_ROW.sub(b"", part)).split(begin)
    return first + b"".join(each.partition(end)[2] if end in each else begin + each for each in rest)


def honest_members(package: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members. Raises ``Unpatchable`` where they are too many or too large, or two of one name."""
    members = package.infolist()
    if len(members) > _MAX_PARTS or sum(member.file_size for member in members) > _MAX_BYTES:
        raise Unpatchable("too large")
    if len({member.filename.casefold() for member in members}) < len(members):
        raise Unpatchable("names")
    return members
