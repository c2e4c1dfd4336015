"""The old container of Office files (OLE, compound file): its streams by name, or a refusal.

Every chain of sectors is followed to its end, each sector once, so that a reader who follows them after us
gets to the end too.
"""

import struct

from kpibatch.books.guard.limits import Refused

_LAST = 0xFFFFFFFA  # this and the numbers above are no sectors
_MINI, _MINI_LIMIT = 64, 4096
_ENTRY = 128
_ROOT = 5


class Compound:
    """A compound file, a container of streams by their names."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        if len(raw) < 512:
            raise Refused("unreadable-file", "OLE")
        shift, mini_shift = struct.unpack_from("<HH", raw, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise Refused("unreadable-file", "OLE")
        self._size = 1 << shift
        directory, mini_fat, extra = (struct.unpack_from("<I", raw, at)[0] for at in (48, 60, 68))
        self._fat = self._allocation(extra)
        self._entries = self._directory(self._chain(directory))
        root = next((start for kind, start, _ in self._entries.values() if kind == _ROOT), _LAST)
        self._mini = self._chain(root)
        self._mini_fat = _numbers(self._chain(mini_fat))

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def stream(self, name: str) -> bytes:
        """The bytes of a stream."""
        _, start, length = self._entries[name]
        content = self._mini_chain(start) if length < _MINI_LIMIT else self._chain(start)
        if len(content) < length:
            raise Refused("unreadable-file", name)
        return content[:length]

    def _sector(self, number: int) -> bytes:
        start = max(512, self._size) + number * self._size
        sector = self.raw[start : start + self._size]
        if not sector:
            raise Refused("unreadable-file", f"OLE {number}")
        return sector

    def _allocation(self, extra: int) -> list[int]:
        """The table that says which sector follows which."""
        parts = [number for number in struct.unpack_from("<109I", self.raw, 76) if number < _LAST]
        seen: set[int] = set()
        while extra < _LAST:
            if extra in seen:
                raise Refused("file-malformed", "OLE")
            seen.add(extra)
            *more, extra = _numbers(self._sector(extra))
            parts += [number for number in more if number < _LAST]
        if len(parts) > len(self.raw) // self._size:
            raise Refused("file-malformed", "OLE")
        return [number for part in parts for number in _numbers(self._sector(part))]

    def _chain(self, number: int) -> bytes:
        return b"".join(map(self._sector, _followed(number, self._fat)))

    def _mini_chain(self, number: int) -> bytes:
        return b"".join(self._mini[at * _MINI : (at + 1) * _MINI] for at in _followed(number, self._mini_fat))

    def _directory(self, content: bytes) -> dict[str, tuple[int, int, int]]:
        entries: dict[str, tuple[int, int, int]] = {}
        for at in range(0, len(content) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", content, at + 64)
            start, size = struct.unpack_from("<II", content, at + 116)
            name = content[at : at + min(max(length - 2, 0), 64)].decode("utf-16-le", "replace")
            if kind:
                entries.setdefault(name, (kind, start, size))
        return entries


def _numbers(content: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4]))


def _followed(number: int, following: list[int]) -> list[int]:
    """A chain of sectors from its first; a chain that comes back to itself never ends."""
    chain: dict[int, None] = {}
    while number < _LAST:
        if number in chain or number >= len(following):
            raise Refused("file-malformed", "OLE")
        chain[number] = None
        number = following[number]
    return list(chain)
