"""The ranking's first page as a picture: ``python tests/shared/draw_ranking.py`` writes ``ranking.png``.

In: the sample of the repository's root, run in a folder of its own; LibreOffice and pypdfium2.
Out: a picture as wide as a page of text, in true colours, for small letters are grey at their edges.
"""

import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
from house import PACKAGE, ROOT

from kpibatch.base.config import read_config
from kpibatch.books.printed.office import as_pdf, first_sheets, office
from kpibatch.books.printed.pdf import pdfium
from kpibatch.commands.door.samples import sample_of, unpack

PICTURE = PACKAGE / "docs" / "ranking.png"
SAMPLE, MONTH, WIDE, TALL = "buriram-2565-2", "2565-06", 1000, 0.88  # of the page, above its foot
AIR = 12  # pixels around what is drawn


def drawn() -> bytes:
    """The first page of the sample's ranking, as LibreOffice prints it."""
    program, library = office(), pdfium()
    assert program, "LibreOffice prints it"
    assert library, "pypdfium2 draws it"
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / SAMPLE
        unpack(sample_of(SAMPLE), workspace)
        command = [sys.executable, "-m", "kpibatch", "-C", str(workspace), "-q", "run", MONTH]
        subprocess.run(command, cwd=ROOT, check=False)
        ranking = read_config(workspace).output / MONTH / "ranking.xlsx"
        pdf = as_pdf(program, first_sheets(ranking.read_bytes(), 1), ".xlsx")
    page = library.PdfDocument(pdf)[0]
    pixels = page.render(scale=WIDE / page.get_width(), rev_byteorder=True).to_numpy()[:, :WIDE, :3]
    return _png(_without_margins(pixels[: int(len(pixels) * TALL)]) & 0xF0 | 0x0F)


def _without_margins(pixels: np.ndarray) -> np.ndarray:
    inked = (pixels < 250).any(axis=2)
    rows, columns = (np.flatnonzero(inked.any(axis=axis)) for axis in (1, 0))
    top, left = max(rows[0] - AIR, 0), max(columns[0] - AIR, 0)
    return pixels[top : rows[-1] + AIR, left : columns[-1] + AIR]


def _png(pixels: np.ndarray) -> bytes:
    """Each row as what it differs from the row above, which packs well."""
    height, width = pixels.shape[:2]
    rows = np.full((height, 1 + 3 * width), 2, np.uint8)
    rows[:, 1:] = np.diff(pixels.reshape(height, -1), axis=0, prepend=np.zeros((1, 3 * width), np.uint8))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )


if __name__ == "__main__":
    PICTURE.write_bytes(drawn())
    print(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes")
