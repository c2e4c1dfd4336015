"""Inspecting a file before a reader may touch it: what it is, whatever its name says; whether it keeps within
the limits.

In: a path, or bytes. Out: ``Inspected``, with the copy that is read and the cells whose value does not exist,
or ``Refused``.
"""

import os
import re
import stat
from pathlib import Path

from kpibatch.base.config import IntakeLimits
from kpibatch.books.guard.formats import FORMATS, OLE, ZIP
from kpibatch.books.guard.limits import Inspected, Refused, Tally
from kpibatch.books.guard.ole import Compound
from kpibatch.books.guard.package import MB, Zipped

_WEB_PAGE = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|body|table|style|div)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_OTHERS = {
    b"%PDF": "PDF",
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7-Zip",
    b"\x1f\x8b": "gzip",
    b"{\\rtf": "RTF",
}
_INSIDE = {
    "word/document.xml": "Word",
    "ppt/presentation.xml": "PowerPoint",
    "meta-inf/manifest.mf": "Java",
    "WordDocument": "Word",
    "PowerPoint Document": "PowerPoint",
    "__properties_version1.0": "Outlook",
}


def is_regular(path: Path) -> bool:
    """Whether there is an ordinary file of this name: no folder, link, pipe or device."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (FileNotFoundError, ValueError):
        return False


def take(path: Path, limits: IntakeLimits) -> bytes:
    """The bytes of a regular file, read once; never waits for a pipe, never follows a link."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise Refused("not-a-file", path.suffix or path.name)
    flags = (
        os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    )
    with os.fdopen(os.open(path, flags), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise Refused("not-a-file", path.suffix or path.name)
        if found.st_size > limits.max_file_mb * MB:
            raise Refused("file-too-big", f"{found.st_size / MB:.1f} MB > {limits.max_file_mb:g} MB")
        return file.read(int(limits.max_file_mb * MB))


def inspect(raw: bytes, limits: IntakeLimits) -> Inspected:
    """What may be read of a file, or a refusal that says what it is and what to do."""
    if not raw.strip(b"\0"):
        raise Refused("file-empty", f"{len(raw):,} B")
    container = _opened(raw, limits)
    fitting = [(one, main) for one in FORMATS if raw.startswith(one.magic) and (main := one.main(container))]
    if not fitting:
        unknown = "zip" if raw.startswith(ZIP) else "OLE"
        raise Refused(
            "file-not-workbook", next((word for part, word in _INSIDE.items() if part in container), unknown)
        )
    if len(fitting) > 1:
        raise Refused("file-malformed", ", ".join(main for _, main in fitting))
    ((found, main),) = fitting
    seen = found.inspector(container, main, Tally(limits))
    if not seen.sheets:
        raise Refused("file-malformed", "0 sheets")
    return seen


def _opened(raw: bytes, limits: IntakeLimits) -> Zipped | Compound:
    """The container of a workbook; a refusal that says what the file is where it has none."""
    if raw.startswith(ZIP):
        return Zipped(raw, limits)
    if not raw.startswith(OLE):
        raise _not_a_workbook(raw)
    compound = Compound(raw)
    if "EncryptedPackage" in compound or "EncryptionInfo" in compound:
        raise Refused("file-encrypted")
    return compound


def _not_a_workbook(raw: bytes) -> Refused:
    head = raw[:4096].removeprefix(b"\xef\xbb\xbf")
    for magic, word in _OTHERS.items():
        if head.startswith(magic):
            return Refused("file-not-workbook", word)
    if _WEB_PAGE.match(head):
        return Refused("file-web-page", "HTML")
    if head.startswith(b"MIME-Version:"):
        return Refused("file-web-page", "MHTML")
    if head.lstrip().startswith(b"<?xml"):
        return Refused("file-web-page", "HTML" if b"<html" in head.lower() else "XML")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in raw[: 1 << 16]:
        return Refused("file-text", _first_line(head))
    return Refused("file-not-workbook", head[:4].hex(" "))


def _first_line(head: bytes) -> str:
    """How a text begins, in the encodings that Thai offices have."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "ignore")
    else:
        line = head.partition(b"\n")[0]
        try:
            text = line.decode()
        except UnicodeDecodeError:
            text = line.decode("cp874", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in text.partition("\n")[0])[:40].strip()
