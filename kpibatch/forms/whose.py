"""Whose a workbook is, as it says itself: what is looked at before anything is attached to a mail.

Summaries, indexes and the ranking carry a custom property; a standard form its hidden sheet; an office's own
form a custom property and the cell of ``{{unit}}``. What a file's name and a visible heading say otherwise is
a contradiction. All that a file claims is read, so that one that claims two units is nobody's.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping

from kpibatch.base.addresses import address
from kpibatch.base.config import IntakeLimits
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.thai import arabic, squash
from kpibatch.books.guard.limits import Refused
from kpibatch.books.look import WHOSE
from kpibatch.books.read import Grid, UnreadableBook, as_text, read_bytes
from kpibatch.forms.layout import IDENTITY_SHEET, Identity, Layout, identity_sheets, read_identity
from kpibatch.forms.names import other_in_name, others_in_heading
from kpibatch.forms.office import OfficeForm
from kpibatch.forms.office_back import Search, named_units
from kpibatch.forms.properties import custom_properties
from kpibatch.rules.levels import LevelTables


def contradictions(
    file: str, identity: Identity, grids: Mapping[str, Grid], layout: Layout | None, tables: LevelTables
) -> list[Finding]:
    """What says of a form that it is another unit's than its identity does: the file's name, the visible
    heading of a standard form, a copy of its hidden sheet. Both units are told of each.
    """
    others = []
    if other := other_in_name(file, identity.unit, tables):
        others.append(("form-other-name", other, Place(file), file))
    for place, other, text in _others_inside(file, identity.unit, grids, layout, tables):
        others.append(("form-other-unit", other, place, text))
    return [
        finding(code, place, unit=told, found=text, own=identity.unit, other=other)
        for code, other, place, text in others
        for told in (identity.unit, other)
    ]


def _others_inside(
    file: str, unit: str, grids: Mapping[str, Grid], layout: Layout | None, tables: LevelTables
) -> Iterator[tuple[Place, str, str]]:
    for grid in identity_sheets(grids):
        claim = read_identity({IDENTITY_SHEET: grid}).unit
        if claim and claim != unit:
            yield Place(file, grid.name), claim, claim
    table = layout.table if layout else None
    if table is None:
        return
    for row, values in enumerate(grids[table.sheet].rows[: table.months_row]):
        for column, text in ((column, as_text(value)) for column, value in enumerate(values)):
            for other in sorted(others_in_heading(text, unit, tables)) if text else ():
                yield Place(file, table.sheet, address(row, column)), other, text


def stamps_of(raw: bytes) -> frozenset[str]:
    """The codes in a workbook's custom properties (``PROVINCE`` for the ranking); other contents are not
    looked at.
    """
    return frozenset(
        filter(None, (squash(value) for name, value in custom_properties(raw) if name.casefold() == WHOSE))
    )


def is_form(raw: bytes) -> bool:
    """Whether a file is a form that this program has made for a unit, filled in or not."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            return IDENTITY_SHEET.encode() in package.read("xl/workbook.xml") or bool(stamps_of(raw))
    except (KeyError, ValueError, OSError, NotImplementedError, RuntimeError, zipfile.BadZipFile):
        return False


def claims_of(
    raw: bytes, limits: IntakeLimits, tables: LevelTables | None = None, office_form: OfficeForm | None = None
) -> frozenset[str]:
    """Every code a workbook of any kind claims, in properties, hidden sheet and, with an office form, the
    cell of ``{{unit}}``.

    Empty where it claims none, or can't be read.
    """
    try:
        grids = read_bytes(raw, limits)
    except (Refused, UnreadableBook):
        return frozenset()
    hidden = identity_sheets(grids)  # a copy of it claims as well
    claims = set(stamps_of(raw)) | {arabic(read_identity({IDENTITY_SHEET: grid}).unit) for grid in hidden}
    if office_form and tables:
        claims |= set(named_units(Search(grids, office_form), tables))
    return frozenset(claims - {""})
