"""The old container of Office files (OLE, compound file): its streams by name, or a refusal.

Every chain of sectors is followed to its end, each sector once. The reader gets a new container with the one
stream that was inspected, so that it cannot see another than the guard did.
Source: MS-CFB.
"""

import struct

from kpibatch.books.guard.limits import Refused

_LAST = 0xFFFFFFFA  # this and the numbers above are no sectors
_TABLE, _END, _FREE = 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF
_MINI, _MINI_LIMIT = 64, 4096
_ENTRY = 128
_STREAM, _ROOT = 2, 5
_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIG = 4096  # so large are the sectors of a new container; version 4 would ask for more than the reader does


class Compound:
    """A compound file, a container of streams by their names, upper and lower case alike."""

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
        return name.upper() in self._entries

    def stream(self, name: str) -> bytes:
        """The bytes of a stream."""
        _, start, length = self._entries[name.upper()]
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
                entries.setdefault(name.upper(), (kind, start, size))
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


def packed(name: str, content: bytes) -> bytes:
    """A new container with one stream, filled up with zeros where it is short."""
    content = content.ljust(-(-max(len(content), 1) // _BIG) * _BIG, b"\0")
    own, tables = len(content) // _BIG, 1
    while tables * _BIG // 4 < tables + 1 + own:
        tables += 1
    chain = [*range(tables + 2, tables + 1 + own), _END]
    following = [*[_TABLE] * tables, _END, *chain]  # the tables, the directory, the stream
    following += [_FREE] * (tables * _BIG // 4 - len(following))
    head = struct.pack(
        "<8s16x5H6x9I", _MAGIC, 62, 3, 0xFFFE, 12, 6, 1, tables, tables, 0, _MINI_LIMIT, _END, 0, _END, 0
    )
    listed = struct.pack("<109I", *range(tables), *[_FREE] * (109 - tables))
    directory = _entry("Root Entry", _ROOT, _END, 0) + _entry(name, _STREAM, tables + 1, len(content))
    table = struct.pack(f"<{len(following)}I", *following)
    return b"".join(((head + listed).ljust(_BIG, b"\0"), table, directory.ljust(_BIG, b"\0"), content))


def _entry(name: str, kind: int, start: int, length: int) -> bytes:
    """A line of the directory; the root's first child is the stream."""
    text, child = name.encode("utf-16-le"), 1 if kind == _ROOT else _FREE
    return struct.pack("<64sHBB3I36xIQ", text, len(text) + 2, kind, 1, _FREE, _FREE, child, start, length)
