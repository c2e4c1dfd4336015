"""A workbook and its sheets, written by XlsxWriter's public methods, every answer looked at."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeAlias

import xlsxwriter
from xlsxwriter.format import Format as Format
from xlsxwriter.packager import Packager as Packager
from xlsxwriter.sharedstrings import SharedStrings as SharedStrings
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import RowInfo as RowInfo
from xlsxwriter.worksheet import Worksheet as Worksheet

from kpibatch.books.packing import packed_parts

Put: TypeAlias = Callable[[int, int, Any, Format], object]

VERSION: Final = xlsxwriter.__version__
OPTIONS: Final[Mapping[str, bool]] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


class WorkSheet(Worksheet):  # type: ignore[misc]
    """A sheet; each write raises ``ValueError`` where the place or the content can't be held."""

    @staticmethod
    def _prepare_formula(formula: str, expand_future_functions: bool = False) -> str:
        """A formula as a workbook holds it. XlsxWriter looks through each for some forty functions that are
        newer than Excel 2010, which no formula here uses.
        """
        return formula.removeprefix("=")

    def put_blank(self, row: int, column: int, form: Format) -> None:
        self.checked(self.write_blank(row, column, None, form), row, column)

    def put_text(self, row: int, column: int, text: str, form: Format) -> None:
        self.checked(self.write_string(row, column, text, form), row, column)

    def put_number(self, row: int, column: int, number: float, form: Format) -> None:
        self.checked(self.write_number(row, column, number, form), row, column)

    def put_day(self, row: int, column: int, day: date, form: Format) -> None:
        self.checked(self.write_datetime(row, column, day, form), row, column)

    def put_formula(self, row: int, column: int, formula: str, form: Format, result: object) -> None:
        """A formula without its ``=``; a text as its result is escaped already."""
        self.checked(self.write_formula(row, column, f"={formula}", form, result), row, column)

    def put_line(
        self, row: int, columns: Sequence[int], contents: Sequence[Any], forms: Sequence[Format], put: Put
    ) -> None:
        """Cells of a row, of which ``put`` can write each, whatever it holds."""
        for column, content, form in zip(columns, contents, forms, strict=True):
            put(row, column, content, form)

    def put_merged(self, row: int, first: int, last: int, text: str, form: Format) -> None:
        """A text across several columns."""
        self.checked(self.merge_range(row, first, row, last, text, form), row, first)

    def put_tall(self, row: int, points: float, *, hidden: bool) -> None:
        """A row's height."""
        self.checked(self.set_row(row, points, None, {"hidden": hidden}), row)

    def finish(self) -> None:
        """Nothing more is written in the sheet, nor does a chart show anything of it."""

    def checked(self, returned: Any, *where: object) -> None:
        """Look at what XlsxWriter answers, for it refuses without raising."""
        if isinstance(returned, int) and returned < 0:
            raise ValueError(f"XlsxWriter refused a write at {self.name, *where}: {returned}")


class WorkBook(Workbook):  # type: ignore[misc]
    """A workbook in memory; ``packed`` closes it."""

    def __init__(self) -> None:
        self._content = (
            io.BytesIO()
        )  # a zip file that the disk refuses half way would print its own traceback
        super().__init__(self._content, dict(OPTIONS))
        self.worksheet_class = WorkSheet

    def packed(self) -> bytes:
        """The bytes of its file; the workbook is closed."""
        self.close()
        with zipfile.ZipFile(self._content) as package:
            return packed_parts((name, package.read(name)) for name in package.namelist())
