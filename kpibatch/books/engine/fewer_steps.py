"""The same workbooks and sheets, with the private steps of XlsxWriter that take most of its time done in
fewer: storing a cell, writing rows and texts, making formats like earlier ones, packing once.

Only for the releases that were tried, on whose private names it stands; ``tests/books/test_engine.py`` holds
its bytes against those of ``as_it_is.py``.
"""

import re
from functools import lru_cache
from io import StringIO
from itertools import chain
from typing import Any

from kpibatch.books.engine.as_it_is import VERSION, Format, Packager, SharedStrings, WorkBook
from kpibatch.books.engine.formats import QuickFormat, model
from kpibatch.books.engine.sheets import QuickSheet
from kpibatch.books.packing import Packing

TRIED = VERSION.startswith("3.3.")

# What is written otherwise than it is: markup, controls, escapes, spaces at an end.
_SPECIAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_|^\s|\s\Z")


_MANY = 50
_styles: dict[tuple[Any, ...], bytes] = {}


class QuickStrings(SharedStrings):  # type: ignore[misc]
    """The texts of a workbook; most have nothing in them that is written otherwise."""

    def _write_sst_strings(self) -> None:
        self.fh.write("".join(map(_written, self.string_table.string_array)))


@lru_cache(maxsize=5_000)
def _written(text: str) -> str:
    """A text as a workbook's list of them holds it; a month's workbooks have most of them in common."""
    if not _SPECIAL.search(text):
        return f"<si><t>{text}</t></si>"
    strings = SharedStrings()
    strings.fh = StringIO()
    strings._write_si(text)
    return str(strings.fh.getvalue())


class QuickPackager(Packager):  # type: ignore[misc]
    """Packs each part once, as soon as it is written: ours is a package of its own kind."""

    packing: Packing

    def _write_shared_strings_file(self) -> None:
        if self.workbook.str_table.count:
            strings = QuickStrings()
            strings.string_table = self.workbook.str_table
            strings._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            strings._assemble_xml_file()

    def _write_worksheet_files(self) -> None:
        """Each sheet's cells go as soon as they are packed."""
        for number, sheet in enumerate(self.workbook.worksheets(), 1):
            sheet._set_xml_writer(self._filename(f"xl/worksheets/sheet{number}.xml"))
            sheet._assemble_xml_file()
            self._pack()
            sheet.drop()

    def _write_styles_file(self) -> None:
        """Workbooks that use the same formats in the same order have the same list of them."""
        book = self.workbook
        every = (tuple(form.model for form in forms) for forms in (book.xf_formats, book.dxf_formats))
        key = *every, book.has_comments, tuple(map(str, book.custom_colors))
        if key not in _styles:
            super()._write_styles_file()
            _styles[key] = self.filenames.pop()[0].getvalue().encode()
            if len(_styles) > _MANY:
                del _styles[next(iter(_styles))]
        self._pack()
        self.packing.put("xl/styles.xml", _styles[key])

    def _pack(self) -> None:
        """What was written so far."""
        for part, name, _ in self.filenames:
            content = part.getvalue()
            self.packing.put(name, content.encode() if isinstance(content, str) else content)
        self.filenames.clear()

    def _create_package(self) -> list[tuple[Any, str, bool]]:
        with Packing() as self.packing:
            super()._create_package()
            self._pack()
        self.workbook.packing = self.packing
        return []


class QuickBook(WorkBook):
    """A workbook whose formats are copies and whose parts are packed by us alone."""

    packing: Packing

    def __init__(self) -> None:
        super().__init__()
        self.worksheet_class = QuickSheet

    def add_format(self, properties: dict[str, Any] | None = None) -> Format:
        wanted = self.default_format_properties | (properties or {})
        form = QuickFormat.__new__(QuickFormat)
        form.__dict__.update(model(*chain.from_iterable(wanted.items())).__dict__)
        form.xf_format_indices, form.dxf_format_indices = self.xf_format_indices, self.dxf_format_indices
        self.formats.append(form)
        return form

    def _get_packager(self) -> Packager:
        return QuickPackager()

    def packed(self) -> bytes:
        self.close()
        return self.packing.packed()
