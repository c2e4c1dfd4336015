"""A standard form that came back against the level tables: the texts beside its codes, what stands in it
twice, copies of its sheet, and values that no cell of the form asks for.

In: its grids and where things stand in it. Out: findings, and the values that they refuse. The codes are
hidden, so an officer who sorts, copies or inserts what is seen can't see what became of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kpibatch.base.addresses import address
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.thai import fold, read_date, read_month, read_number, read_yes_no
from kpibatch.books.read import Grid, Value, as_text
from kpibatch.forms.asked import baseline_of
from kpibatch.forms.layout import BASELINE, ITEM, UNIT_OF_COUNT, Spot, Table, table_in
from kpibatch.rules.levels import LevelTables

_SHOWN = 6
Key = tuple[str, str]


@dataclass(frozen=True)
class Doubts:
    """``refused`` are the (measure, month) whose value nobody can be sure of."""

    findings: tuple[Finding, ...] = ()
    refused: frozenset[Key] = frozenset()


NO_DOUBTS = Doubts()


@dataclass(frozen=True)
class Form:
    """A unit's standard form as it came back; ``months`` are those up to the report month."""

    file: str
    unit: str
    grids: Mapping[str, Grid]
    table: Table
    tables: LevelTables
    months: tuple[str, ...]

    @property
    def grid(self) -> Grid:
        return self.grids[self.table.sheet]

    def place(self, row: int, column: int) -> Place:
        return Place(self.file, self.table.sheet, address(row, column))

    def text(self, row: int, heading: str) -> str:
        """What stands in a row below a heading; empty where the heading is gone."""
        column = self.table.headings.get(heading)
        return as_text(self.grid.at(row, column)) if column is not None else ""

    def at(self, spot: Spot) -> str:
        return as_text(self.grids[spot.sheet].at(spot.row, spot.column))

    def blank(self, month: str) -> bool:
        """Whether no cell of a month holds anything."""
        columns = [column for column, key in self.table.months if key == month]
        return all(self.grid.at(row, column) is None for row, _ in self.table.codes for column in columns)

    def copies(self) -> Iterator[Table]:
        """The other sheets that look like the form."""
        known = frozenset(code for _, code in self.table.codes)
        for name, grid in self.grids.items():
            other = table_in(grid, known) if name != self.table.sheet else None
            if other is not None:
                yield other


def check_form(form: Form) -> Doubts:
    """Everything in a standard form that makes its values doubtful, or is in no cell of the form.

    Source: design, section 3 (nothing is read silently).
    """
    doubts = [*_other_items(form), *_twice(form), *_other_months(form), *_differing_copies(form)]
    refused = frozenset(key for _, keys in doubts for key in keys)
    findings = (*(found for found, _ in doubts), *_beside(form, refused), *_own_rows(form))
    return Doubts(findings, refused)


def answers_elsewhere(form: Form, month: str) -> Finding | None:
    """The copy of the sheet that holds the answers of a month of which the form itself holds none."""
    for copy in form.copies():
        cells = [
            (row, column)
            for row, _ in copy.codes
            for column, key in copy.months
            if key == month and form.grids[copy.sheet].at(row, column) is not None
        ]
        if cells:
            place = Place(form.file, copy.sheet, address(*cells[0]))
            return finding(
                "form-copy-answers",
                place,
                unit=form.unit,
                found=copy.sheet,
                sheet=form.table.sheet,
                copy=copy.sheet,
                month=month,
                count=len(cells),
            )
    return None


_Doubt = tuple[Finding, list[Key]]


def _other_items(form: Form) -> Iterator[_Doubt]:
    """Rows whose item or counting unit is not that of their code: sorted, moved or typed over."""
    for row, code in form.table.codes:
        measure, keys = form.tables.measures[code], [(code, month) for month in form.months]
        for heading, expected in ((ITEM, measure.label), (UNIT_OF_COUNT, measure.counting_unit)):
            text = form.text(row, heading)
            if fold(text) == fold(expected):
                continue
            facts = {"expected": expected or "–", "shown": text or "–", "heading": heading}
            place = form.place(row, form.table.headings.get(heading, form.table.code_column))
            yield finding("form-other-item", place, unit=form.unit, measure=code, found=text, **facts), keys
            break


def _twice(form: Form) -> Iterator[_Doubt]:
    """A code in two rows, a month in two columns: nobody knows which one counts."""
    table = form.table
    for code, several in _repeated(table.codes).items():
        cells = [address(row, table.code_column) for row in several]
        rows = ", ".join(str(row + 1) for row in several)
        facts = {"label": form.tables.measures[code].label, "rows": rows}
        place = Place(form.file, table.sheet, cells[1])
        keys = [(code, month) for month in form.months]
        yield finding("form-row-twice", place, unit=form.unit, measure=code, found=code, **facts), keys
    for month, several in _repeated(table.months).items():
        if month in form.months:
            cells = [address(table.months_row, column) for column in several]
            place = Place(form.file, table.sheet, cells[1])
            facts = {"month": month, "cells": ", ".join(cells)}
            keys = [(code, month) for _, code in table.codes]
            yield finding("form-month-twice", place, unit=form.unit, found=month, **facts), keys


def _repeated(places: Iterable[tuple[int, str]]) -> dict[str, list[int]]:
    several: dict[str, list[int]] = {}
    for at, name in places:
        several.setdefault(name, []).append(at)
    return {name: sorted(own) for name, own in several.items() if len(own) > 1}


def _other_months(form: Form) -> Iterator[_Doubt]:
    """A column whose visible month is not its hidden one."""
    table = form.table
    for column, month in table.months:
        text = as_text(form.grid.at(table.head_row, column))
        shown = read_month(text)
        if shown not in (None, month) and month in form.months:
            keys = [(code, month) for _, code in table.codes]
            place = form.place(table.head_row, column)
            yield finding("form-other-month", place, unit=form.unit, found=text, month=month), keys


def _differing_copies(form: Form) -> Iterator[_Doubt]:
    """Copies of the sheet; each value that a copy holds and the form does not."""
    for copy in form.copies():
        differing = list(_differences(form, copy))
        yield from differing
        if not differing:
            place = Place(form.file, copy.sheet)
            yield finding("form-copy", place, unit=form.unit, found=copy.sheet, sheet=form.table.sheet), []


def _differences(form: Form, copy: Table) -> Iterator[_Doubt]:
    own, other = form.table.spots(form.table.months), copy.spots(copy.months)
    for key in [key for key in other if key in own and key[1] in form.months]:
        spot, here, there = own[key], form.at(own[key]), form.at(other[key])
        if there not in ("", here):
            facts = {
                "label": form.tables.measures[key[0]].label,
                "here": here or "–",
                "there": there,
                "copy": f"{copy.sheet}!{address(other[key].row, other[key].column)}",
            }
            place = form.place(spot.row, spot.column)
            yield (
                finding("form-copy-differs", place, unit=form.unit, measure=key[0], found=here, **facts),
                [key],
            )


def _beside(form: Form, refused: frozenset[Key]) -> Iterator[Finding]:
    """Values in the row of an item but in no column of the form; one finding a column. A row that was refused
    as a whole is not looked at.
    """
    table = form.table
    named = {column for name, column in table.headings.items() if name != BASELINE}
    known, months = {*named, table.code_column}, [column for column, _ in table.months]
    cells: dict[int, list[tuple[int, str]]] = {}
    for row, code in ((row, code) for row, code in table.codes if not _all_of(code, form.months) <= refused):
        filled_in = {*known, *(months[:1] if code in table.once else months)}
        for column, value in enumerate(form.grid.rows[row]):
            if column not in filled_in and _is_value(value) and not _is_baseline(form, code, column):
                cells.setdefault(column, []).append((row, code))
    for column, own in cells.items():
        row, code = own[0]
        listed = _listed(address(each, column) for each, _ in own)
        facts = {"label": form.tables.measures[code].label, "cells": listed}
        place, found = form.place(row, column), as_text(form.grid.at(row, column))
        yield finding("form-beside", place, unit=form.unit, measure=code, found=found, **facts)


def _all_of(code: str, months: Iterable[str]) -> frozenset[Key]:
    return frozenset((code, month) for month in months)


def _is_baseline(form: Form, code: str, column: int) -> bool:
    """Whether a cell shows the item's baseline; where it has none, what is typed there was meant for the
    month beside.
    """
    if column != form.table.headings.get(BASELINE):
        return False
    base = baseline_of(form.tables, form.tables.measures[code])
    return base is not None and (form.unit, base.code) in form.tables.baselines


def _own_rows(form: Form) -> Iterator[Finding]:
    """Rows below the headings that have values in the months' columns but no code of the form."""
    table, coded = form.table, {row for row, _ in (*form.table.codes, *form.table.kpis)}
    for row in range(table.head_row + 1, len(form.grid.rows)):
        columns = [column for column, _ in table.months if _is_value(form.grid.at(row, column))]
        if columns and row not in coded:
            listed, first = _listed(address(row, column) for column in columns), columns[0]
            place, found = form.place(row, first), as_text(form.grid.at(row, first))
            yield finding("form-own-row", place, unit=form.unit, found=found, row=row + 1, cells=listed)


def _is_value(value: Value) -> bool:
    """Whether a cell holds what an input could, rather than a remark or a heading."""
    return _is_an_answer(value) if isinstance(value, str) else value is not None


@lru_cache(20_000)  # a form's texts are those of the other forms
def _is_an_answer(text: str) -> bool:
    return any(read(text) is not None for read in (read_number, read_yes_no, read_date))


def _listed(names: Iterable[str]) -> str:
    several = list(names)
    return ", ".join(several[:_SHOWN]) + (" …" if len(several) > _SHOWN else "")
