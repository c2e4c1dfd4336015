"""The text of a .pdf, page by page (the door to pypdfium2)."""

from kpibatch.base.errors import LetterFault
from kpibatch.books.guard.limits import Refused

_MOST_PAGES = 1000


def read_pdf(raw: bytes) -> list[str]:
    """The lines of every page. Raises ``LetterFault`` where the library is not installed, ``Refused`` where
    it is no document that can be opened, or has too many pages.
    """
    try:
        import pypdfium2
    except ImportError:
        raise LetterFault("letter-no-library") from None
    try:
        document = pypdfium2.PdfDocument(raw)
        if len(document) > _MOST_PAGES:
            raise Refused("file-swollen", f"{len(document):,} > {_MOST_PAGES:,}")
        return [line for page in document for line in page.get_textpage().get_text_range().splitlines()]
    except pypdfium2.PdfiumError as reason:
        raise Refused("unreadable-file", reason) from None
