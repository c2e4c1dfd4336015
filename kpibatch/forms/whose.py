"""Whose a workbook is, as it says itself: what is looked at before anything is attached to a mail.

Summaries, indexes and the ranking carry a custom property; a standard form its hidden sheet; an office's own
form a custom property and the cell of ``{{unit}}``. All that a file claims is read, so that one that claims
two units is nobody's.
"""

from kpibatch.base.config import IntakeLimits
from kpibatch.base.thai import arabic, squash
from kpibatch.books.guard.limits import Refused
from kpibatch.books.look import WHOSE
from kpibatch.books.read import UnreadableBook, read_bytes
from kpibatch.forms.layout import IDENTITY_SHEET, read_identity
from kpibatch.forms.office import OfficeForm
from kpibatch.forms.office_back import Search, named_units
from kpibatch.forms.properties import custom_properties
from kpibatch.rules.levels import LevelTables


def stamps_of(raw: bytes) -> frozenset[str]:
    """The codes in a workbook's custom properties (``PROVINCE`` for the ranking); other contents are not
    looked at.
    """
    return frozenset(
        filter(None, (squash(value) for name, value in custom_properties(raw) if name.casefold() == WHOSE))
    )


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
    hidden = (
        grid for name, grid in grids.items() if name.startswith(IDENTITY_SHEET)
    )  # a copy of it claims as well
    claims = set(stamps_of(raw)) | {arabic(read_identity({IDENTITY_SHEET: grid}).unit) for grid in hidden}
    if office_form and tables:
        claims |= set(named_units(Search(grids, office_form), tables))
    return frozenset(claims - {""})
