"""One workbook of one unit → what it holds: whose it is, its values cell by cell, its texts, and findings.

Knows nothing of other files and imports nothing heavy: it is what a child process runs, once per file.
"""

import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path

from kpibatch.base.addresses import address
from kpibatch.base.config import IntakeLimits
from kpibatch.base.files import harmless
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import spelled_out
from kpibatch.books.guard.inspect import inspect, take
from kpibatch.books.guard.limits import Refused
from kpibatch.books.read import Grid, UnreadableBook, as_text, read_inspected
from kpibatch.books.values import Reading, read_value
from kpibatch.forms.asked import asked_of, months_asked
from kpibatch.forms.checks import NO_DOUBTS, Form, answers_elsewhere, check_form
from kpibatch.forms.layout import TEXT_COLUMNS, Identity, Layout, Spot, identity_sheets, locate, read_identity
from kpibatch.forms.names import unit_of_name
from kpibatch.forms.office import OfficeForm
from kpibatch.forms.office_back import find_again
from kpibatch.forms.whose import contradictions
from kpibatch.intake.frame import BAD, EMPTY, OK, Line, OwnLevel
from kpibatch.intake.unseen import about_unseen, unseen_inputs
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure


@dataclass
class Contents:
    """A file as read; ``unit`` is empty where it was refused. ``lines`` have the columns ``COLUMNS``;
    ``own_levels`` are by unit and KPI those that the unit claims.
    """

    file: str
    sha256: str = ""
    unit: str = ""
    lines: list[Line] = field(default_factory=list)
    texts: dict[tuple[str, str], tuple[str, str, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    own_levels: dict[tuple[str, str], OwnLevel] = field(default_factory=dict)


def read_submission(
    path: Path,
    tables: LevelTables,
    month: str,
    limits: IntakeLimits,
    office_form: OfficeForm | None = None,
    name: str = "",
) -> Contents:
    """Read one file; what is wrong with it is among its findings. ``office_form`` is the workspace's own."""
    name, digest = name or harmless(path.name), ""
    try:
        raw = take(path, limits)
        digest = hashlib.sha256(raw).hexdigest()
        seen = inspect(raw, limits)
        grids = read_inspected(seen)
    except (Refused, UnreadableBook, OSError) as reason:
        return refused(name, tables, reason, digest)
    contents = Contents(name, digest)
    if office_form is None or any(identity_sheets(grids)):
        identity = read_identity(grids)
        layout = locate(grids, tables, month, identity.once)
        contents.findings.extend(_about_form(name, tables, identity, layout))
    else:
        identity, layout, found = find_again(
            name, raw, grids, office_form, tables, month, unit_of_name(name, tables)
        )
        contents.findings.extend(found)
    if identity.unit in tables.unit:
        contents.findings.extend(contradictions(name, identity, grids, layout, tables))
    if layout is None or any(one.severity == "error" for one in contents.findings):
        return contents
    contents.unit = identity.unit
    form = _standard(contents, grids, layout, tables, month)
    if form and form.blank(month) and (elsewhere := answers_elsewhere(form, month)):
        contents.findings.append(elsewhere)
        contents.unit = ""
        return contents
    doubts = check_form(form) if form else NO_DOUBTS
    lacking = office_form.lacking if office_form else frozenset[str]()
    _read_cells(contents, grids, layout, tables, month, lacking, doubts.refused)
    contents.findings.extend((*doubts.findings, *about_unseen(name, identity.unit, seen, grids, layout)))
    if not _says_of(contents, month, layout):
        contents.findings.append(finding("month-empty", Place(name), unit=identity.unit, month=month))
        contents.unit = ""
    return contents


def _says_of(contents: Contents, month: str, layout: Layout) -> bool:
    """Whether the form says anything of the month itself; a day that has one cell for the whole round may be
    one that was sent before, and tells nothing where anything else is asked.
    """
    own = [line for line in contents.lines if line.month == month]
    once = layout.table.once if layout.table else frozenset[str]()
    monthly = [line for line in own if line.measure not in once]
    return any(line.state != EMPTY for line in monthly or own)


def _standard(
    contents: Contents, grids: Mapping[str, Grid], layout: Layout, tables: LevelTables, month: str
) -> Form | None:
    months = tuple(key for key in tables.round.months if key <= month)
    return Form(contents.file, contents.unit, grids, layout.table, tables, months) if layout.table else None


def refused(name: str, tables: LevelTables, reason: Exception, digest: str = "") -> Contents:
    """A file that is not read, with the finding that says why."""
    why = (
        reason
        if isinstance(reason, Refused)
        else Refused("unreadable-file", getattr(reason, "strerror", None) or reason)
    )
    place = Place(name, why.sheet, why.cell)
    return Contents(
        name, digest, findings=[finding(why.code, place, unit=unit_of_name(name, tables), found=why.found)]
    )


def _about_form(file: str, tables: LevelTables, identity: Identity, layout: Layout | None) -> list[Finding]:
    place = Place(file, "_kpibatch")
    if not identity.unit or layout is None:
        return [finding("not-a-form", Place(file), unit=unit_of_name(file, tables))]
    if identity.unit not in tables.unit:
        named = unit_of_name(file, tables)
        return [finding("unknown-unit", place, unit=named, found=identity.unit)]
    if identity.round != tables.round.key:
        return [
            finding("wrong-round", place, unit=identity.unit, found=identity.round, expected=tables.round.key)
        ]
    if identity.digest != tables.form_digest:
        return [finding("other-tables", place, unit=identity.unit, found=identity.digest)]
    return []


def _read_cells(
    contents: Contents,
    grids: Mapping[str, Grid],
    layout: Layout,
    tables: LevelTables,
    month: str,
    lacking: Collection[str],
    refused: Collection[tuple[str, str]],
) -> None:
    _read_claims(contents, grids, layout, tables)
    unseen = unseen_inputs(layout.cells.values(), grids)
    months = [key for key in tables.round.months if key <= month]
    later = [key for key in tables.round.months if key > month]
    for measure in asked_of(tables, tables.unit[contents.unit]):
        if measure.code not in layout.measures and measure.code not in lacking:
            place = Place(contents.file)
            contents.findings.append(
                finding("row-missing", place, unit=contents.unit, measure=measure.code, label=measure.label)
            )
        asked_in = months_asked(tables, tables.unit[contents.unit], measure.code)
        for key in months:
            spot = layout.cells.get((measure.code, key))
            if key not in asked_in:
                _look_aside(contents, measure, key, asked_in, spot, grids)
                continue
            other = unseen.get(spot) if spot else None
            _take(contents, measure, key, spot, grids, other, (measure.code, key) in refused)
        spots = [layout.texts.get((measure.code, name)) for name in TEXT_COLUMNS]
        texts = [as_text(grids[spot.sheet].at(spot.row, spot.column)) if spot else "" for spot in spots]
        contents.texts[contents.unit, measure.code] = (texts[0], texts[1], texts[2])
        for key in later:
            _look_ahead(contents, measure, key, month, layout.cells.get((measure.code, key)), grids)


def _read_claims(contents: Contents, grids: Mapping[str, Grid], layout: Layout, tables: LevelTables) -> None:
    """The levels that the unit claims; one that no KPI has is told, and counts as not claimed."""
    leaves = {leaf.code for leaf in tables.leaves}
    for kpi, spot in layout.claims.items():
        cell = grids[spot.sheet].at(spot.row, spot.column)
        if cell is None or kpi not in leaves:
            continue
        level, top = read_value(cell, Kind.NUMBER).value, len(tables.scores_of(kpi))
        if level in range(top + 1):
            contents.own_levels[contents.unit, kpi] = OwnLevel(int(level), _place(contents, spot))
        else:
            facts = {"found": as_text(cell), "kpi": kpi, "top": str(top)}
            contents.findings.append(
                finding("claim-unread", _place(contents, spot), unit=contents.unit, **facts)
            )


def _take(
    contents: Contents,
    measure: Measure,
    month: str,
    spot: Spot | None,
    grids: Mapping[str, Grid],
    unseen: Reading | None,
    doubtful: bool,
) -> None:
    """One cell as a line of the frame; what was interpreted or refused is said. ``unseen`` refuses a value
    that nobody sees there; ``doubtful`` is one that was refused before it was read.
    """
    cell = grids[spot.sheet].at(spot.row, spot.column) if spot else None
    place = _place(contents, spot)
    reading = unseen or read_value(cell, measure.kind, measure.counting_unit)
    found = reading.seen or as_text(cell)
    if doubtful:
        whole = (contents.unit, measure.code, month, math.nan, BAD, found, *astuple(place))
        contents.lines.append(Line(*whole))
        return
    whose = {"unit": contents.unit, "measure": measure.code}
    if reading.refused:
        facts = {"found": found, "label": measure.label, "expected": reading.expected}
        contents.findings.append(finding(reading.refused, place, **whose, **facts))
    if reading.read_as:
        typed = spelled_out(cell) if isinstance(cell, str) else found
        contents.findings.append(finding("read-as", place, **whose, found=typed, value=reading.read_as))
    state = BAD if reading.refused else EMPTY if cell is None else OK
    contents.lines.append(
        Line(
            contents.unit,
            measure.code,
            month,
            reading.value,
            state,
            found,
            place.file,
            place.sheet,
            place.cell,
        )
    )


def _place(contents: Contents, spot: Spot | None) -> Place:
    return Place(contents.file, spot.sheet, address(spot.row, spot.column)) if spot else Place(contents.file)


def _look_ahead(
    contents: Contents, measure: Measure, later: str, month: str, spot: Spot | None, grids: Mapping[str, Grid]
) -> None:
    value = grids[spot.sheet].at(spot.row, spot.column) if spot else None
    if value is not None:
        facts = {"found": as_text(value), "month": later, "now": month}
        contents.findings.append(
            finding("later-month", _place(contents, spot), unit=contents.unit, measure=measure.code, **facts)
        )


def _look_aside(
    contents: Contents,
    measure: Measure,
    month: str,
    asked_in: Sequence[str],
    spot: Spot | None,
    grids: Mapping[str, Grid],
) -> None:
    """What is filled in for a month in which it was not asked: it does not count, and is said."""
    value = grids[spot.sheet].at(spot.row, spot.column) if spot else None
    if value is not None:
        facts = {"found": as_text(value), "month": month, "first": asked_in[0], "label": measure.label}
        contents.findings.append(
            finding(
                "month-unasked", _place(contents, spot), unit=contents.unit, measure=measure.code, **facts
            )
        )
