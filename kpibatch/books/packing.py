"""Parts and the zip file that they are packed into: the same parts, the same bytes; and what the parts hold,
whoever packed them.
"""

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable

TYPES = "[Content_Types].xml"
_DEFAULT_ROW = re.compile(rb"<sheetFormatPr[^<>]*/>")
_HEIGHT = re.compile(rb'(<row [^<>]*?) ht="[^"<>]*"')
LEVEL = 5  # half the time of zipfile's 6, files larger by a twentieth
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


class Packing:
    """A package being packed, part by part, in which no day, system or user leaves a mark; used as a context
    manager, it is whole after the block.
    """

    def __init__(self) -> None:
        self._content = io.BytesIO()
        self._file = zipfile.ZipFile(self._content, "w", zipfile.ZIP_DEFLATED)

    def __enter__(self) -> "Packing":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def put(self, name: str, part: bytes) -> None:
        info = zipfile.ZipInfo(name)  # of the first day there is
        info.create_system, info.compress_type = 0, zipfile.ZIP_DEFLATED
        self._file.writestr(info, part, compresslevel=LEVEL)

    def packed(self) -> bytes:
        """The package's bytes."""
        return self._content.getvalue()


def packed_parts(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Parts as a package."""
    with Packing() as packing:
        for name, part in parts:
            packing.put(name, part)
    return packing.packed()


def normalised(raw: bytes) -> bytes:
    """A sound package packed as on every other system: by name, but for the list of types, which is first."""
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        names = sorted(package.namelist(), key=lambda name: (name != TYPES, name))
        return packed_parts((name, package.read(name)) for name in names)


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
