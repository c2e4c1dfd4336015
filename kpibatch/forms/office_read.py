"""The province's workbook → an office form: its placeholders, each with the labels it will be found by.

Every fault is told at once, since a cell that can't be found again must not be sent out.
"""

import difflib
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from kpibatch.base.addresses import address
from kpibatch.base.config import Config, IntakeLimits
from kpibatch.base.errors import FaultyFormTemplate, NoFormTemplate, UnreadableFormTemplate
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.thai import arabic
from kpibatch.books.guard.capped import USUAL, capped
from kpibatch.books.guard.formats import XLSX
from kpibatch.books.guard.limits import Refused
from kpibatch.books.package import open_package
from kpibatch.books.packing import Unpatchable
from kpibatch.books.read import Grid, UnreadableBook, as_text, read_book
from kpibatch.forms.asked import months_asked
from kpibatch.forms.labels import Anchors, Cell, Labels, heading_block, labels_of, nearest
from kpibatch.forms.layout import CLAIM, TEXT_COLUMNS, Spot
from kpibatch.forms.office import SCORES, TOTAL, UNIT, OfficeForm, Placeholder
from kpibatch.forms.office_package import Strict, formula_cells, texts_elsewhere, worksheets
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Source

_ALONE = re.compile(r"\{\{\s*([^{}@:]+?)\s*(?:([@:])\s*([^{}]*?)\s*)?\}\}")
_ANYWHERE = re.compile(r"\{\{[^{}]*\}\}")
_SHOWN = 5


def read_office_form(
    path: Path, tables: LevelTables, language: str = "th", limits: IntakeLimits = USUAL
) -> OfficeForm:
    """The office form in the province's workbook, which is opened in a child process only.

    Raises ``KpibatchError`` where it is missing, no .xlsx or .xlsm, faulty, or takes more time or memory than
    the limits allow; the error tells every fault with its cell.
    """
    try:
        return capped(limits, _read, path, tables, language)
    except Refused as reason:
        raise UnreadableFormTemplate("too-much-to-read", file=path, found=reason.found) from None
    except Unpatchable as reason:
        raise UnreadableFormTemplate(file=path, reason=reason) from None


def _read(path: Path, tables: LevelTables, language: str) -> OfficeForm:
    grids, formulas, elsewhere = _opened(path)
    placeholders, faults = _placeholders(path.name, grids, tables)
    faults += _elsewhere(path.name, elsewhere)
    faults += [*_repeated(path.name, tables, placeholders), *_without_unit(path.name, placeholders)]
    anchored: list[Placeholder] = []
    vocabulary = {}
    for grid in grids.values():
        here = [one for one in placeholders if one.spot.sheet == grid.name]
        labels = _labels(
            grid, {(one.spot.row, one.spot.column) for one in here} | formulas.get(grid.name, set())
        )
        vocabulary[grid.name] = {
            text: (several[0].bottom - several[0].top, several[0].right - several[0].left)
            for text, several in labels.by_text.items()
        }
        for one in here:
            anchors, fault = _anchors(
                path.name, labels, one, [other for other in here if _is_asked(tables, other)]
            )
            anchored.append(replace(one, anchors=anchors))
            faults += [fault] if fault and _is_asked(tables, one) else []
    if faults:
        first = " | ".join(f"{fault.place}: {fault.message(language)}" for fault in faults[:_SHOWN])
        raise FaultyFormTemplate(file=path, count=len(faults), first=first)
    return OfficeForm(path, tuple(anchored), vocabulary, tuple(_lacking(path.name, anchored, tables)))


def office_form_of(config: Config, tables: LevelTables) -> OfficeForm | None:
    """The workspace's office form, read once for all forms and submissions; none where it uses the standard
    form.
    """
    path = config.form_template
    return read_office_form(path, tables, config.language, config.intake) if path else None


def _opened(path: Path) -> tuple[dict[str, Grid], dict[str, set[Cell]], list[tuple[str, str, str]]]:
    """The office form's grids, which of its cells hold formulas, and its texts that stand in no cell."""
    if not path.is_file():
        raise NoFormTemplate(file=path)
    try:
        if path.suffix.lower() not in XLSX.types:
            raise ValueError(path.suffix)
        package = open_package(path.read_bytes())
        worksheets(package)
        return read_book(path), formula_cells(package), [*texts_elsewhere(package)]
    except Strict:
        raise UnreadableFormTemplate("strict-form-template", file=path) from None
    except (
        UnreadableBook,
        Unpatchable,
        ValueError,
        TypeError,
        SyntaxError,
        OSError,
        zipfile.BadZipFile,
    ) as reason:
        raise UnreadableFormTemplate(file=path, reason=reason) from None


def _placeholders(
    file: str, grids: Mapping[str, Grid], tables: LevelTables
) -> tuple[list[Placeholder], list[Finding]]:
    found: list[Placeholder] = []
    faults: list[Finding] = []
    for grid in grids.values():
        for row, values in enumerate(grid.rows):
            for column, value in enumerate(values):
                if isinstance(value, str) and ("{{" in value or "}}" in value):
                    one = _placeholder(
                        Place(file, grid.name, address(row, column)),
                        Spot(grid.name, row, column),
                        as_text(value),
                        tables,
                    )
                    (found if isinstance(one, Placeholder) else faults).append(one)  # type: ignore[arg-type]
    return found, faults


def _elsewhere(file: str, texts: Iterable[tuple[str, str, str]]) -> Iterator[Finding]:
    """Placeholders where nothing is filled in: they would be sent out as they are."""
    for sheet, cell, text in texts:
        for typed in dict.fromkeys(_ANYWHERE.findall(text)):
            yield finding("template-elsewhere", Place(file, sheet, cell), found=typed)


def _placeholder(place: Place, spot: Spot, text: str, tables: LevelTables) -> Placeholder | Finding:
    """One placeholder as typed, or what is wrong with it."""
    typed = _ALONE.fullmatch(text)
    if not typed:
        return finding("template-not-alone", place, found=text)
    code, mark, about = typed[1], typed[2], arabic(typed[3] or "")
    if code == UNIT and not mark:
        return Placeholder(UNIT, "", spot)
    if code == TOTAL and not mark:
        return Placeholder(TOTAL, "", spot)
    if mark == ":" and about in (*SCORES, CLAIM):
        return _of_kpi(place, Placeholder(code, about, spot), text, tables)
    measure = tables.measures.get(code)
    if measure is None:
        near = difflib.get_close_matches(code, [UNIT, *(one.code for one in tables.form_measures)], 1, 0.0)
        return finding("template-measure", place, found=text, nearest="".join(near))
    if measure.source is not Source.FORM and (measure.source is not Source.BASE or mark):
        return finding("template-not-asked", place, measure=code, found=text, source=measure.source.value)
    if mark == "@" and about not in tables.round.months:
        return finding(
            "template-month", place, measure=code, found=text, months=", ".join(tables.round.months)
        )
    if mark == ":" and about not in TEXT_COLUMNS:
        return finding("template-text", place, measure=code, found=text, texts=", ".join(TEXT_COLUMNS))
    return Placeholder(code, about, spot)


def _of_kpi(place: Place, one: Placeholder, text: str, tables: LevelTables) -> Placeholder | Finding:
    """A placeholder of a KPI's score or claim; a fault where there is no such KPI in any month."""
    kpis = dict.fromkeys(leaf.code for period in tables.periods for leaf in period.leaves)
    if one.measure in kpis:
        return one
    near = difflib.get_close_matches(one.measure, [*kpis], 1, 0.0)
    return finding("template-kpi", place, found=text, kpi=one.measure, nearest="".join(near))


def _is_asked(tables: LevelTables, one: Placeholder) -> bool:
    """Whether units fill the cell in, or say there who they are; a fixed value or a score is only shown to
    them.
    """
    if not one.asks:
        return one.claims
    return one.measure == UNIT or tables.measures[one.measure].source is Source.FORM


def _repeated(file: str, tables: LevelTables, placeholders: Iterable[Placeholder]) -> Iterator[Finding]:
    """A cell asked for twice, be it once for its month and once for the month reported on."""
    seen: dict[tuple[str, str], Placeholder] = {}
    for one in (one for one in placeholders if one.measure != UNIT and _is_asked(tables, one)):
        if one.claims:
            first = seen.setdefault((one.measure, one.about), one)
            if first is not one:
                yield finding("template-twice", _place(file, one), found=one.measure, first=first.where)
            continue
        kinds = {about for code, about in seen if code == one.measure and about not in TEXT_COLUMNS}
        mixed = one.about not in TEXT_COLUMNS and kinds and ("" in kinds) != (one.about == "")
        first = seen.setdefault((one.measure, one.about), one)
        if mixed:
            yield finding("template-mixed", _place(file, one), measure=one.measure)
        elif first is not one:
            yield finding("template-twice", _place(file, one), measure=one.measure, first=first.where)


def _without_unit(file: str, placeholders: Iterable[Placeholder]) -> Iterator[Finding]:
    if not any(one.measure == UNIT for one in placeholders):
        yield finding("template-no-unit", Place(file))


def _labels(grid: Grid, others: set[Cell]) -> Labels:
    return labels_of(grid, lambda row, column, _: (row, column) not in others)


def _anchors(
    file: str, labels: Labels, one: Placeholder, asked: Iterable[Placeholder]
) -> tuple[Anchors, Finding | None]:
    """What a placeholder will be found by, with as many captions as it takes; or why it could not be
    found.
    """
    cell = (one.spot.row, one.spot.column)
    around = labels.around(*cell)
    if not around.row and not around.headings:
        return around, finding("template-no-labels", _place(file, one), measure=one.measure)
    inputs = {(other.spot.row, other.spot.column) for other in asked if other is not one}
    rivals: list[Cell] = []
    for captions in range(len(around.captions) + 1):
        anchors = nearest(around, heading_block(around), captions)
        others = [other for other in labels.candidates(anchors) if other != cell]
        rivals = [
            other for other in others if other in inputs or labels.around(*other).position == anchors.position
        ]
        if not rivals:
            taken = frozenset(
                labels.around(*other).position for other in others if labels.grid.at(*other) is not None
            )
            return replace(anchors, taken=taken, beside=labels.beside(*cell)), None
    # A second {{unit}} beside the first does no harm: which of the two is read makes no difference.
    other = "" if one.measure == UNIT else f"{one.spot.sheet}!{address(*rivals[0])}"
    return anchors, finding(
        "template-same-labels", _place(file, one), measure=one.measure, other=other
    ) if other else None


def _place(file: str, one: Placeholder) -> Place:
    return Place(file, one.spot.sheet, address(one.spot.row, one.spot.column))


def _lacking(file: str, placeholders: Iterable[Placeholder], tables: LevelTables) -> Iterator[Finding]:
    """What the level tables ask but no cell of the office form does: nobody can report it."""
    there = {(one.measure, one.about) for one in placeholders}
    for measure in tables.form_measures:
        if (measure.code, "") in there:
            continue
        asked = months_asked(tables, None, measure.code)
        months = [month for month in asked if (measure.code, month) not in there]
        if months:
            yield finding(
                "template-lacks",
                Place(file),
                measure=measure.code,
                label=measure.label,
                months=", ".join(months),
            )
