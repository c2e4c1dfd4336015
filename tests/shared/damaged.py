"""A workbook's package with a few of its parts damaged, the same for the same number."""

import random
import re

SNIPPETS = (
    *(b"", b"\0", b"<", b">", b"&", b'"', b"<!--", b"<c r=", b"</c>", b"<v>NaN</v>", b' t="e"', b"999999999"),
    *(b"-1", b"\xff", b"&#x41;", b"<f>", b"rId9", b"x:", b"<row>", b"0", b"xml", b"</row>", b"1e9"),
)
ABSURD = (b"", b"-1", b"0", b"99999999999", b"A1", b"x", b"1e400", b"XFD1048576", "ก".encode(), b"true")
KINDS = ("snippets", "snippets", "flips", "values", "gone", "empty", "cut", "other")


def damaged(chance: random.Random, parts: dict[str, bytes]) -> dict[str, bytes]:
    """A book's parts with a few of them gone, exchanged, or with other bytes in them."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        name, kind = chance.choice(sorted(parts)), chance.choice(KINDS)
        whole = parts[name]
        if kind == "gone":
            del parts[name]
            continue
        if kind == "empty":
            parts[name] = b""
        elif kind == "cut":
            parts[name] = whole[: chance.randrange(len(whole) + 1)]
        elif kind == "other":
            parts[name] = parts[chance.choice(sorted(parts))]
        else:
            parts[name] = bytes(_changed(chance, bytearray(whole), kind))
    return parts


def _changed(chance: random.Random, part: bytearray, kind: str) -> bytearray:
    for _ in range(chance.choice((1, 1, 2, 10))):
        values = list(re.finditer(rb'="([^"]*)"', part))
        if not part or (kind == "values" and not values):
            break
        at = chance.randrange(len(part))
        if kind == "flips":
            part[at] ^= 1 << chance.randrange(8)
        elif kind == "values":
            begin, end = chance.choice(values).span(1)
            part[begin:end] = chance.choice(ABSURD)
        else:
            part[at : at + chance.choice((0, 1, 1, 4, 100))] = chance.choice(SNIPPETS)
    return part
