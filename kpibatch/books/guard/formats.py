"""The kinds of workbook that are read, each stated once.

A new kind is an inspector beside the others and an entry in ``FORMATS``: what is taken for a submission, how
a file is inspected and what an attachment is called follow from it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kpibatch.books.guard.limits import Inspected, Tally
from kpibatch.books.guard.linked import relationships
from kpibatch.books.guard.ods import inspect_ods
from kpibatch.books.guard.ole import Compound
from kpibatch.books.guard.package import Zipped
from kpibatch.books.guard.xls import inspect_xls
from kpibatch.books.guard.xlsb import inspect_xlsb
from kpibatch.books.guard.xlsx import inspect_xlsx

ZIP, OLE = b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXCEL, _ODS = "application/vnd.ms-excel", "application/vnd.oasis.opendocument.spreadsheet"
_WORKBOOK = re.compile(rb"<(?:\w+:)?workbook[\s>]")


@dataclass(frozen=True)
class Format:
    """``types``: suffix → MIME type; ``magic``: how a file begins.

    ``main`` names the part of an opened container by which it is this kind of workbook, empty where it is
    another; ``inspector`` is given the container and that part.
    """

    types: Mapping[str, str]
    magic: bytes
    main: Callable[[Any], str]
    inspector: Callable[[Any, str, Tally], Inspected]


def _ods_main(zipped: Zipped) -> str:
    mimetype = "mimetype"
    return mimetype if mimetype in zipped and zipped.part(mimetype).startswith(_ODS.encode()) else ""


def _excel_main(zipped: Zipped) -> str:
    links = (part for _, kind, part in relationships(zipped) if kind == "officeDocument")
    part = next(links, "xl/workbook.xml")
    return part if part in zipped else ""


def _xlsx_main(zipped: Zipped) -> str:
    part = _excel_main(zipped)
    if not part or part.lower().endswith(".bin"):
        return ""
    return part if _WORKBOOK.search(zipped.xml(part)) else ""


def _xlsb_main(zipped: Zipped) -> str:
    part = _excel_main(zipped)
    return part if part.lower().endswith(".bin") else ""


def _xls_main(compound: Compound) -> str:
    return next((name for name in ("Workbook", "Book") if name in compound), "")


XLSX = Format(
    {
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".xlsm": f"{_EXCEL}.sheet.macroEnabled.12",
        ".xltx": "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
        ".xltm": f"{_EXCEL}.template.macroEnabled.12",
    },
    ZIP,
    _xlsx_main,
    inspect_xlsx,
)
FORMATS = (
    Format({".ods": _ODS}, ZIP, _ods_main, inspect_ods),
    XLSX,
    Format({".xlsb": f"{_EXCEL}.sheet.binary.macroEnabled.12"}, ZIP, _xlsb_main, inspect_xlsb),
    Format({".xls": _EXCEL}, OLE, _xls_main, inspect_xls),
)
MIME_TYPES = {suffix: kind for one in FORMATS for suffix, kind in one.types.items()}
SUFFIXES = frozenset(MIME_TYPES)
