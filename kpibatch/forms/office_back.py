"""An office form that came back: whose it is, and where each of its cells stands now.

In: the grids of a returned workbook and its office_form. Out: a ``Layout`` as of a standard form, or the
findings that refuse the file and name what moved. A cell is taken only where its labels lead to one place; on
its old address it is believed only while every label stands where it stood.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from kpibatch.base.addresses import address
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.thai import fold
from kpibatch.books.read import Grid, as_text
from kpibatch.forms.asked import asked_of
from kpibatch.forms.labels import Label, Labels, labels_of
from kpibatch.forms.layout import TEXT_COLUMNS, Identity, Layout, Spot
from kpibatch.forms.names import units_named
from kpibatch.forms.office import UNIT, OfficeForm, Placeholder
from kpibatch.forms.properties import PROPERTIES, custom_properties
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Unit

_SHOWN = 6


class Search:
    """The cells of one returned workbook, found by their labels."""

    def __init__(self, grids: Mapping[str, Grid], office_form: OfficeForm) -> None:
        self.grids, self.office_form = grids, office_form
        self._labels: dict[tuple[str, str], Labels] = {}

    def labels(self, sheet: str, like: str) -> Labels:
        """The labels of a sheet, as far as they are labels of the office form's sheet ``like``."""
        if (sheet, like) not in self._labels:
            words = self.office_form.vocabulary[like]
            self._labels[sheet, like] = labels_of(
                self.grids[sheet], lambda row, column, text: text in words, words
            )
        return self._labels[sheet, like]

    def sheets(self, like: str) -> list[str]:
        """Where a sheet is looked for: under its own name, else in the sheets of unknown names."""
        return [like] if like in self.grids else self.strangers

    @property
    def strangers(self) -> list[str]:
        """Sheets that the office form does not have: renamed ones, copies, the unit's own."""
        return [name for name in self.grids if name not in self.office_form.vocabulary]

    def spots(self, one: Placeholder) -> list[Spot]:
        """Where a placeholder's cell may be: one place where there is no doubt, none, or several."""
        like = one.spot.sheet
        found = [
            Spot(sheet, *cell)
            for sheet in self.sheets(like)
            for cell in self.labels(sheet, like).find(one.anchors)
        ]
        if not found and like in self.grids and self.labels(like, like).in_place(one.anchors):
            found = [Spot(like, *self.labels(like, like).first_of_merge((one.spot.row, one.spot.column)))]
        return found

    def rivals(self, one: Placeholder, spot: Spot) -> list[Spot]:
        """The same cell on copies of its sheet, where it holds something else: then nothing tells which one
        counts.
        """
        if spot.sheet != one.spot.sheet:
            return []
        copies = [
            Spot(name, *cell)
            for name in self.strangers
            for cell in self.labels(name, one.spot.sheet).find(one.anchors)
        ]
        return [copy for copy in copies if self.value(copy) not in (None, self.value(spot))]

    def value(self, spot: Spot) -> object:
        return self.grids[spot.sheet].at(spot.row, spot.column)

    def gone(self, one: Placeholder) -> list[Label]:
        """The labels of a placeholder that stand nowhere on its sheet any more."""
        sheets = [self.labels(name, one.spot.sheet) for name in self.sheets(one.spot.sheet)]
        return [
            label
            for label in one.anchors.labels
            if not any(label.text in labels.by_text for labels in sheets)
        ]


def find_again(
    file: str,
    raw: bytes,
    grids: Mapping[str, Grid],
    office_form: OfficeForm,
    tables: LevelTables,
    month: str,
    guess: str = "",
) -> tuple[Identity, Layout | None, list[Finding]]:
    """Whose form a returned workbook is and where its cells stand; no layout where the findings refuse it.

    ``guess`` is the unit that findings are told to while nothing in the file says whose it is.
    """
    search = Search(grids, office_form)
    identity, findings = read_office_identity(file, raw, search, tables)
    if not identity.unit:
        return identity, None, [_nobody_s(file, search, guess)]
    if any(one.severity == "error" for one in findings):
        return identity, None, findings
    located = locate_in(search, tables, identity.unit, month, file)
    if isinstance(located, Layout):
        return identity, located, findings
    return identity, None, [*findings, *located]


def _nobody_s(file: str, search: Search, guess: str) -> Finding:
    """A form of ours that names nobody, or no form of ours at all."""
    cells = [one for one in search.office_form.placeholders if one.measure == UNIT]
    if not any(search.spots(one) for one in search.office_form.asking if one.measure != UNIT):
        return finding("not-a-form", Place(file), unit=guess)
    return finding("form-whose", Place(file, cells[0].spot.sheet), unit=guess, was=cells[0].where)


# --- whose it is --------------------------------------------------------------------------------------------


def read_office_identity(
    file: str, raw: bytes, search: Search, tables: LevelTables
) -> tuple[Identity, list[Finding]]:
    """By the custom properties, else by the cell of ``{{unit}}``; both must not name different units."""
    stated = dict(custom_properties(raw))
    unit, key, digest = (stated.get(name, "") for name in PROPERTIES)
    named = named_units(search, tables)
    place = Place(file)
    if not unit:
        identity = Identity(
            next(iter(named)) if len(named) == 1 else "", tables.round.key, tables.form_digest
        )
        return identity, [
            finding("form-unmarked", place, unit=identity.unit, round=tables.round.key)
        ] if identity.unit else []
    identity = Identity(unit, key, digest)
    if unit not in tables.unit:
        return identity, [finding("unknown-unit", place, found=unit)]
    if key != tables.round.key:
        return identity, [finding("wrong-round", place, unit=unit, found=key, expected=tables.round.key)]
    other_tables = (
        [] if digest == tables.form_digest else [finding("other-tables", place, unit=unit, found=digest)]
    )
    return identity, [*other_tables, *_other_units(file, search, named, tables.unit[unit])]


def _other_units(file: str, search: Search, named: Mapping[str, Spot], unit: Unit) -> list[Finding]:
    """A name typed over that of the unit the form was made for; both units are told."""
    return [
        finding(
            "form-other-unit",
            Place(file, spot.sheet, address(spot.row, spot.column)),
            unit=told,
            found=as_text(search.grids[spot.sheet].at(spot.row, spot.column)),
            own=unit.code,
            other=code,
        )
        for code, spot in named.items()
        if code != unit.code
        for told in (unit.code, code)
    ]


def named_units(search: Search, tables: LevelTables) -> dict[str, Spot]:
    """The units that the cells of ``{{unit}}`` name."""
    found: dict[str, Spot] = {}
    for one in (one for one in search.office_form.placeholders if one.measure == UNIT):
        for spot in search.spots(one)[:1]:
            text = as_text(search.grids[spot.sheet].at(spot.row, spot.column))
            if len(named := units_named(text, tables)) == 1:
                found.setdefault(named[0].code, spot)
    return found


# --- where its cells are ------------------------------------------------------------------------------------


def locate_in(
    search: Search, tables: LevelTables, unit: str, month: str, file: str
) -> Layout | list[Finding]:
    """Where everything stands that the unit is asked; or findings that name what can't be found, or is there
    twice.
    """
    asked = {measure.code for measure in asked_of(tables, tables.unit[unit])}
    found = {
        one: search.spots(one) for one in search.office_form.placeholders if one.measure in asked and one.asks
    }
    found = {
        one: [] if _strays(search, one, spots, tables.unit[unit]) else spots for one, spots in found.items()
    }
    lost = [one for one, spots in found.items() if not spots]
    unsure = _unsure(search, found)
    if lost or unsure:
        return [*_moved(search, lost, file, unit), *_twice(unsure, file, unit)]
    cells = {
        (one.measure, one.about or month): spots[0]
        for one, spots in found.items()
        if one.about not in TEXT_COLUMNS
    }
    texts = {(one.measure, one.about): spots[0] for one, spots in found.items() if one.about in TEXT_COLUMNS}
    return Layout(cells, texts, claims=_claims(search))


def _claims(search: Search) -> dict[str, Spot]:
    """Where the levels stand that the unit claims, as far as they are found: none counts, so none refuses a
    form.
    """
    found = {one: search.spots(one) for one in search.office_form.placeholders if one.claims}
    return {one.measure: spots[0] for one, spots in found.items() if len(spots) == 1}


def _strays(search: Search, one: Placeholder, spots: list[Spot], unit: Unit) -> bool:
    """Whether the one cell found has left the line of what stood in its column (its row): a label, or the
    unit's name in its cell. Then something was put between the cell and its label, and this is another cell.
    """
    if len(spots) != 1:
        return False
    spot, like = spots[0], one.spot.sheet
    if search.labels(spot.sheet, like).strays((spot.row, spot.column), one.anchors):
        return True
    if one.anchors.row and one.anchors.headings:
        return False
    across = bool(one.anchors.row)
    named = [
        other.spot
        for other in search.office_form.placeholders
        if other.measure == UNIT
        and other.spot.sheet == like
        and (other.spot.column == one.spot.column if across else other.spot.row == one.spot.row)
    ]
    rows = search.grids[spot.sheet].rows
    now = [
        column if across else row
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
        if named and isinstance(value, str) and fold(value) == fold(unit.name)
    ]
    return len(now) == 1 and now[0] != (spot.column if across else spot.row)


def _unsure(search: Search, found: Mapping[Placeholder, list[Spot]]) -> dict[Placeholder, list[Spot]]:
    """The placeholders to which several cells answer, or a cell that answers to another one, too."""
    claims = Counter(spot for spots in found.values() for spot in spots)
    unsure = {}
    for one, spots in found.items():
        # A cell on a sheet of another name is no rival where it is another placeholder's own: that sheet was
        # renamed.
        rivals = (
            [spot for spot in search.rivals(one, spots[0]) if spot not in claims] if len(spots) == 1 else []
        )
        if len(spots) + len(rivals) > 1 or any(claims[spot] > 1 for spot in spots):
            unsure[one] = [*spots, *rivals]
    return unsure


def _moved(search: Search, lost: Iterable[Placeholder], file: str, unit: str) -> list[Finding]:
    """One finding for each label that is gone, else for each cell."""
    cells: dict[tuple[str, Place], list[str]] = {}
    for one in lost:
        sheet = one.spot.sheet
        marks = [
            (label.text, Place(file, sheet, address(label.top, label.left))) for label in search.gone(one)
        ]
        for mark in marks or [(one.name, Place(file, sheet, address(one.spot.row, one.spot.column)))]:
            cells.setdefault(mark, []).append(address(one.spot.row, one.spot.column))
    return [
        finding(
            "form-moved",
            place,
            unit=unit,
            found=text,
            was=f"{place.sheet}!{place.cell}",
            cells=_listed(wanted),
        )
        for (text, place), wanted in cells.items()
    ]


def _twice(unsure: Mapping[Placeholder, list[Spot]], file: str, unit: str) -> list[Finding]:
    """One finding for each cell to which no single place answers."""
    found = []
    for one, spots in unsure.items():
        place = Place(file, spots[0].sheet, address(spots[0].row, spots[0].column))
        places = _listed(f"{spot.sheet}!{address(spot.row, spot.column)}" for spot in spots)
        found.append(
            finding(
                "form-twice",
                place,
                unit=unit,
                measure=one.measure,
                found=one.name,
                was=one.where,
                places=places,
            )
        )
    return found


def _listed(names: Iterable[str]) -> str:
    several = list(dict.fromkeys(names))
    return ", ".join(several[:_SHOWN]) + (" …" if len(several) > _SHOWN else "")
