"""A summary that would come out as the one that is published is copied from there, not written anew.

What is kept says of a unit's own which bytes its summary had; the bytes are those of the published file, and
only where they are still the same.
"""

import zlib
from hashlib import sha256
from pathlib import Path

from kpibatch.base.files import saved, sha256_of
from kpibatch.base.kept.entries import Kept, key_of
from kpibatch.base.kept.program import program
from kpibatch.base.month_files import UNITS
from kpibatch.scoring.outcome import Outcome
from kpibatch.workbooks.unit.own import Own

MOST = 2_000_000  # bytes: the summaries of some thousand units and months
_LIBRARIES = ("xlsxwriter", "pandas")


class Again:
    """The summaries of an outcome's units, as far as they were written before."""

    def __init__(self, outcome: Outcome) -> None:
        config, tables = outcome.config, outcome.tables
        self.kept = Kept(config.output, "summaries", MOST)
        self._published = config.output / outcome.month / UNITS
        rules = (tables.whole or tables).digest, sha256_of(config.level_tables), tables.file
        self._about = program(*_LIBRARIES), zlib.ZLIB_RUNTIME_VERSION, *rules, tables.round.unit_noun

    def copied(self, own: Own, path: Path) -> bool:
        """Put the published summary in this place, where it is what would be written."""
        digest = self.kept.find(self._key(own), str)
        try:
            raw = (self._published / path.name).read_bytes() if digest else b""
        except OSError:
            return False
        if not digest or sha256(raw).hexdigest() != digest:
            return False
        saved(path, lambda part: part.write_bytes(raw))
        return True

    def keep(self, own: Own, path: Path) -> None:
        """Keep what the summary of this has become."""
        self.kept.keep(self._key(own), sha256_of(path))

    def _key(self, own: Own) -> str:
        return key_of(*self._about, own.digest)
