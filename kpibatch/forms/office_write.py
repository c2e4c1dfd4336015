"""An office form → the office form of each unit: the same package, other contents in the cells of its
placeholders.

Everything else of the workbook (formats, formulas, pictures, validations, print settings) is copied byte by
byte. The form says whose it is in custom properties, which survive Excel's saving.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

from kpibatch.base.addresses import excel_day
from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import UnreadableFormTemplate
from kpibatch.base.files import saved
from kpibatch.base.kinds import Kind, show_value
from kpibatch.base.thai import show_date, show_number
from kpibatch.books.guard.capped import Child
from kpibatch.books.guard.limits import Refused
from kpibatch.books.guard.looks import Look
from kpibatch.books.look import clean
from kpibatch.books.package import Package, open_package
from kpibatch.books.packing import Unpatchable
from kpibatch.books.reckon import Where
from kpibatch.books.write import Content, Formula
from kpibatch.forms.layout import identity_for
from kpibatch.forms.office import UNIT, OfficeForm, Placeholder
from kpibatch.forms.office_package import (
    add_hidden_sheet,
    calculate_on_opening,
    fill,
    looks,
    set_properties,
    worksheets,
)
from kpibatch.forms.properties import PROPERTIES
from kpibatch.forms.scored.marks import SHEET as SCORE_SHEET
from kpibatch.forms.scored.office import OfficeScores
from kpibatch.forms.standard import form_name
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Unit

Entries = Mapping[tuple[str, str], Content]


def write_office_form(
    office_form: OfficeForm,
    unit: Unit,
    path: Path,
    tables: LevelTables,
    entries: Entries | None = None,
    month: str = "",
    scored_from: date | None = None,
) -> None:
    """The form of one unit; the same office form gives the same bytes. Scores are shown in it where
    ``scored_from`` is given, the first day that it can speak of.

    ``entries`` fills cells in, as an officer would: (measure, month or text column) → content; ``month`` is
    the one reported on.
    """
    package = open_package(office_form.path.read_bytes())
    kept: dict[Placeholder, Content] = {
        one: _content(one, unit, tables, entries or {}, month) for one in office_form.placeholders
    }
    if scored_from and any(one.shows_score for one in office_form.placeholders):
        kept |= _scores(package, office_form, tables, unit, kept, scored_from)
    for sheet, part in worksheets(package).items():
        here = {
            (one.spot.row, one.spot.column): one
            for one in office_form.placeholders
            if one.spot.sheet == sheet
        }
        if here:
            shows = looks(package, part)
            fill(package, part, {at: _stored(kept[one], shows.get(at)) for at, one in here.items()})
    calculate_on_opening(package)
    identity = identity_for(tables, unit)
    set_properties(
        package, dict(zip(PROPERTIES, (identity.unit, identity.round, identity.digest), strict=True))
    )
    saved(path, lambda new: new.write_bytes(package.packed()))


def _scores(
    package: Package,
    office_form: OfficeForm,
    tables: LevelTables,
    unit: Unit,
    kept: Mapping[Placeholder, Content],
    first: date,
) -> dict[Placeholder, Content]:
    """Adds the hidden sheet of scores; gives back what stands in the cells that show them."""
    parts, filled = worksheets(package), dict[Where, float | str]()
    shows = {sheet: looks(package, part) for sheet, part in parts.items()}
    for one, content in kept.items():
        spot = one.spot
        stored = _stored(content, shows[spot.sheet].get((spot.row, spot.column)))
        if isinstance(stored, str | float):
            filled[spot.sheet, spot.row, spot.column] = stored
    scores = OfficeScores(tables, unit, office_form.placeholders, filled, first.toordinal())
    add_hidden_sheet(package, SCORE_SHEET, scores.hidden())
    return scores.contents()


@contextmanager
def office_forms(
    office_form: OfficeForm,
    tables: LevelTables,
    limits: IntakeLimits,
    scored_from: date | None = None,
) -> Iterator[Callable[[Unit, Path, Entries | None], None]]:
    """Writes the forms of units, one after another, in a child process. Cells of no month stay blank, for
    what was sent in them is of its own month.

    Raises ``KpibatchError`` where one takes more time or memory than the limits allow, or the office form
    turns out to be damaged.
    """
    with Child(limits, write_office_form) as child:

        def write(unit: Unit, path: Path, entries: Entries | None = None) -> None:
            try:
                child(office_form, unit, path, tables, entries, "", scored_from)
            except Refused as reason:
                raise UnreadableFormTemplate(
                    "too-much-to-read", file=office_form.path, found=reason.found
                ) from None
            except Unpatchable as reason:
                raise UnreadableFormTemplate(file=office_form.path, reason=reason) from None

        yield write


def office_form_name(office_form: OfficeForm, unit: Unit) -> str:
    """The file name of a unit's office form: macros ask for .xlsm."""
    return str(Path(form_name(unit)).with_suffix(office_form.path.suffix.lower()))


def _content(
    one: Placeholder, unit: Unit, tables: LevelTables, entries: Entries, month: str
) -> str | float | date | None:
    if one.measure == UNIT:
        return clean(unit.name)
    if one.shows_score:
        return None
    fixed = tables.baselines.get((unit.code, one.measure))
    entered = (
        _fixed(fixed.value, tables.measures[one.measure].kind)
        if fixed
        else entries.get((one.measure, one.about or month))
    )
    if isinstance(entered, Formula):
        raise ValueError(f"{one.where}: a formula can't be filled in")
    return clean(entered) if isinstance(entered, str) else entered


def _stored(content: Content, look: Look | None) -> str | float | Formula | None:
    """What a cell of that look holds where the content is to be seen in it; as a text where its format shows
    a number as something else.
    """
    if isinstance(content, date):
        return excel_day(content.toordinal()) if look is Look.DAY else show_date(content)
    if look and isinstance(content, float | int):
        share = float(Decimal(repr(content)).scaleb(-2))
        return share if look is Look.PERCENT else show_number(content)
    return content


def _fixed(value: float, kind: Kind) -> Content:
    """What the province has fixed, as people read it in the form."""
    if kind is Kind.DATE:
        return date.fromordinal(int(value))
    return show_value(value, kind) if kind is Kind.YES_NO else value
