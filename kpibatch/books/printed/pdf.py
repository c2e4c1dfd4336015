"""A PDF's pages as pictures (the door to pypdfium2)."""

from collections.abc import Iterator
from typing import Any

from kpibatch.books.printed.png import Pixels, png_of

_SIZES = (
    (720, 16),
    (640, 16),
    (540, 16),
    (450, 16),
    (360, 16),
    (360, 4),
)  # pixels across and colours, the best first
_BELOW = 8.0  # points that stay below the last line


def pdfium() -> Any | None:
    """The library; None where it is not installed."""
    try:
        import pypdfium2
    except ImportError:
        return None
    return pypdfium2


def pages_in(pdf: bytes) -> int:
    """How many pages a PDF of ours has; 0 where the library is not installed."""
    library = pdfium()
    return len(library.PdfDocument(pdf)) if library else 0


def pictures(pdf: bytes, most_bytes: int) -> Iterator[bytes]:
    """Each page as a PNG 720 pixels wide, cut off below its last line; narrower where it would take more
    bytes. Nothing where the library is not installed.
    """
    library = pdfium()
    if library is None:
        return
    for page in library.PdfDocument(pdf):
        png, empty = b"", _empty_below(page)
        for width, colours in _SIZES:
            png = png_of(_pixels(page, width, empty), colours)
            if len(png) <= most_bytes:
                break
        yield png


def _empty_below(page: Any) -> float:
    """How much of a page's lower end, in points, can be cut off."""
    lowest = min((each.get_bounds()[1] for each in page.get_objects()), default=page.get_height())
    return float(min(max(lowest - _BELOW, 0.0), page.get_height() - _BELOW))


def _pixels(page: Any, width: int, empty: float) -> Pixels:
    drawn = page.render(scale=width / page.get_width(), crop=(0, empty, 0, 0), rev_byteorder=True)
    pixels: Pixels = drawn.to_numpy()[:, :width, :3]
    return pixels
