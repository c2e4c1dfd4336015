"""A file that would come out as the one that is published is copied from there, not written anew.

What is kept says of all that a file is written from which bytes it had; the bytes are those of the published
file, and only where they are still the same.
"""

import zlib
from hashlib import sha256
from pathlib import Path

from kpibatch.base.kept.entries import Kept, key_of
from kpibatch.base.kept.program import program

MOST = 2_000_000  # bytes: some thousand files
_LIBRARIES = ("xlsxwriter", "lxml", "pandas")


class Again:
    """The files of a published folder; ``kind`` is what they are, ``about`` decides all of them."""

    def __init__(self, output: Path, folder: Path, kind: str, *about: str) -> None:
        self.kept, self._folder = Kept(output, kind, MOST), folder
        self._about = program(*_LIBRARIES), zlib.ZLIB_RUNTIME_VERSION, *about

    def found(self, name: str, *what: str) -> bytes | None:
        """The published file of that name, where it is what would be written from this."""
        digest = self.kept.find(key_of(*self._about, *what), str)
        try:
            raw = (self._folder / name).read_bytes() if digest else b""
        except OSError:
            return None
        return raw if digest and sha256(raw).hexdigest() == digest else None

    def keep(self, raw: bytes, *what: str) -> None:
        """Keep what the file of this has become."""
        self.kept.keep(key_of(*self._about, *what), sha256(raw).hexdigest())
