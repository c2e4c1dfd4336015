"""Pixels → a PNG of few colours: a page of text and bars, small enough to be sent by phone."""

import struct
import zlib
from typing import Any, TypeAlias

import numpy as np

Pixels: TypeAlias = "np.ndarray[Any, np.dtype[np.uint8]]"
_COLOURS = 16  # two pixels a byte
_MAGIC = b"\x89PNG\r\n\x1a\n"


def png_of(pixels: Pixels, colours: int = _COLOURS) -> bytes:
    """A picture of height × width × (red, green, blue), in at most 16 colours."""
    height, width = pixels.shape[:2]
    palette, numbers = _palette(pixels.reshape(-1, 3), min(colours, _COLOURS))
    index = np.zeros((height, width + width % 2), np.uint8)
    index[:, :width] = numbers.reshape(height, width)
    rows = np.zeros((height, 1 + index.shape[1] // 2), np.uint8)  # each begins with its filter: none
    rows[:, 1:] = (index[:, ::2] << 4) | index[:, 1::2]
    head = struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(rows.tobytes(), 8)))
    return _MAGIC + b"".join(_part(*each) for each in (*parts, (b"IEND", b"")))


def _palette(pixels: Pixels, colours: int) -> tuple[Pixels, Pixels]:
    """The colours that take most room, to 5 bits each, and of each pixel the nearest one's number."""
    red, green, blue = (pixels[:, each].astype(np.uint16) >> 3 for each in range(3))
    kinds = (red << 10) | (green << 5) | blue
    counts = np.bincount(kinds, minlength=1 << 15)
    there = np.flatnonzero(counts)
    there = there[np.argsort(-counts[there], kind="stable")]
    shades = np.stack([there >> 10, (there >> 5) & 31, there & 31], axis=1)
    shades = (shades << 3) | (shades >> 2)  # white stays white
    taken = shades[:colours]
    numbers = np.zeros(len(counts), np.uint8)
    numbers[there] = ((shades[:, None, :] - taken[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
    return taken.astype(np.uint8), numbers[kinds]


def _part(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
