"""Slips of one digit, planted in a letter's text or in the tables beside it: does the ledger name them?

In: a letter, the workbook of its tables. Out: ``Plant``. Planted is where both say the same: in a figure of
the letter that a cell accounts for, and in a cell that the letter says: thresholds, cases, weights, days.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from mutating import Grids, reading

from kpibatch.base.addresses import coordinates
from kpibatch.base.findings import Finding, Place
from kpibatch.base.thai import BUDDHIST, arabic
from kpibatch.books.guard.capped import USUAL
from kpibatch.books.read import Value, read_book
from kpibatch.rules.letter.check import check_letter
from kpibatch.rules.letter.common import remarks_in
from kpibatch.rules.letter.figures import Kind, figures_in
from kpibatch.rules.letter.ledger import Ledger
from kpibatch.rules.letter.parts import Stretch, What, parts_of
from kpibatch.rules.letter.passage import Seen
from kpibatch.rules.letter.text import Letter
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels
from kpibatch.rules.schema import NODES, ROUND, RULES, Item

THAI = "๐๑๒๓๔๕๖๗๘๙"
NAMING = "letter-slip"
Spot = tuple[str, int, int, int]  # a sheet, "" for the letter; row, column and letter of the text


@dataclass(frozen=True)
class Plant:
    """One digit another one: what kind of number, where, what stood there and stands there now; ``named``
    says whether a finding names it, ``told`` are the findings that there were not before.
    """

    kind: str
    where: str
    before: str
    after: str
    named: bool
    told: tuple[Finding, ...]

    def __str__(self) -> str:
        codes = ", ".join(sorted({each.code for each in self.told})) or "nothing is said"
        return f"{self.kind}, {self.where}: {self.before} → {self.after}: {codes}"


@dataclass
class Beside:
    """A letter beside its tables, and what is found of them as they are."""

    letter: Letter
    path: Path

    @cached_property
    def grids(self) -> Grids:
        return read_book(self.path)

    @cached_property
    def remarks(self) -> dict[str, tuple[str, ...]]:
        with reading(self.grids):
            return remarks_in(self.path, USUAL)

    def tables(self, grids: Grids) -> LevelTables | None:
        """The tables of those sheets; none where ``levels check`` refuses them for what they are alone."""
        with reading(grids):
            tables, found = read_levels(self.path)
        return None if any(each.severity == "error" for each in found) else tables

    @cached_property
    def sound(self) -> LevelTables:
        tables = self.tables(self.grids)
        assert tables is not None
        return tables

    @cached_property
    def ledger(self) -> Ledger:
        return check_letter(self.letter, self.sound, self.remarks)

    def plants(self, *, letter: bool, seed: str, count: int) -> list[Plant]:
        """So many slips, drawn by that seed; fewer where there are not so many."""
        spots = self._letter_spots() if letter else self._table_spots()
        slips = [(spot, digit) for spot in spots for digit in range(10)]
        random.Random(seed).shuffle(slips)
        planted: list[Plant] = []
        for spot, digit in slips:
            plant = self._in_letter(spot, digit) if letter else self._in_tables(spot, digit)
            planted += [plant] if plant else []
            if len(planted) == count:
                break
        return planted

    def _new(self, letter: Letter, tables: LevelTables) -> tuple[Finding, ...]:
        usual = set(self.ledger.findings)
        found = check_letter(letter, tables, self.remarks).findings
        return tuple(each for each in found if each not in usual)

    # --- in the letter ---

    def _letter_spots(self) -> Iterator[Spot]:
        for at, line in enumerate(self.letter.lines):
            yield from (("", at, 0, place) for place in _digits(line.text))

    def _in_letter(self, spot: Spot, digit: int) -> Plant | None:
        """A slip in a figure that a cell accounts for; nothing where the letter then reads another way."""
        _, at, _, place = spot
        line = self.letter.lines[at]
        slipped = replace(line, text=_slipped(line.text, place, digit))
        letter = replace(self.letter, lines=(*self.letter.lines[:at], slipped, *self.letter.lines[at + 1 :]))
        after = parts_of(letter).stretches
        differs = [pair for pair in zip(self._stretches, after, strict=False) if pair[0] != pair[1]]
        if len(self._stretches) != len(after) or len(differs) != 1:
            return None
        one, other = differs[0]
        within = next((k for k, (a, b) in enumerate(zip(one.text, other.text, strict=False)) if a != b), -1)
        seen = self._paired.get((one, within))
        figure = next((each for each in figures_in(other.text) if each.start <= within < each.end), None)
        if seen is None or figure is None or figure.value == seen.figure.value:
            return None
        told = self._new(letter, self.sound)
        facts = {"line": str(line.number), "printed": figure.text}
        named = any(each.code == NAMING and facts.items() <= dict(each.facts).items() for each in told)
        return Plant(_kind_of(seen), f"line {line.number}", seen.context, figure.text, named, told)

    @cached_property
    def _stretches(self) -> list[Stretch]:
        return parts_of(self.letter).stretches

    @cached_property
    def _paired(self) -> dict[tuple[Stretch, int], Seen]:
        return {
            (seen.stretch, place): seen
            for seen, _ in self.ledger.pairs
            for place in range(seen.figure.start, seen.figure.end)
        }

    # --- in the tables ---

    def _table_spots(self) -> Iterator[Spot]:
        for sheet, row, column in sorted(self._kinds):
            text = _text(self.grids[sheet].rows[row][column])
            yield from ((sheet, row, column, place) for place in _digits(text))

    @cached_property
    def _kinds(self) -> dict[tuple[str, int, int], str]:
        """The cells that the letter says, and of which kind of number."""
        pairs = self.ledger.pairs
        kinds = {
            self._at(cell.place): _kind_of(seen)
            for seen, cell in pairs
            if cell.place.sheet == RULES.sheet or seen.stretch.what is What.WEIGHT
        }
        printed = {cell.figure.value for seen, cell in pairs if seen.figure.kind is Kind.DATE}
        for number, row in enumerate(self.grids[ROUND.sheet].rows):
            if row and row[0] in (Item.START, Item.END):
                day = row[1] if isinstance(row[1], date) else None
                if day and float(day.toordinal()) in printed:
                    kinds[ROUND.sheet, number, 1] = "date"
        return kinds

    def _at(self, place: Place) -> tuple[str, int, int]:
        """Sheet, row and column; of a node, the cell of its weight."""
        row, column = coordinates(place.cell)
        if place.sheet == NODES.sheet:
            rows = self.grids[NODES.sheet].rows
            column = next(each for each in rows if NODES.weight in each).index(NODES.weight)
        return place.sheet, row, column

    def _in_tables(self, spot: Spot, digit: int) -> Plant | None:
        """A slip in a cell; nothing where the tables then are refused, or say the same."""
        sheet, row, column, place = spot
        before = self.grids[sheet].rows[row][column]
        typed = _slipped(_text(before), place, digit)
        rows = [list(each) for each in self.grids[sheet].rows]
        rows[row][column] = float(typed) if isinstance(before, float) else typed
        tables = self.tables({**self.grids, sheet: replace(self.grids[sheet], rows=rows)})
        sound = self.sound
        same = (sound.rules, sound.nodes, sound.round)
        if tables is None or (tables.rules, tables.nodes, tables.round) == same:
            return None
        told = self._new(self.letter, tables)
        slips = [each.place for each in told if each.code == NAMING and each.place.sheet == sheet]
        named = any(sheet == ROUND.sheet or self._at(each) == (sheet, row, column) for each in slips)
        kind = self._kinds[sheet, row, column]
        return Plant(kind, f"{sheet} row {row + 1}", _text(before), typed, named, told)


def _kind_of(seen: Seen) -> str:
    return "weight" if seen.stretch.what is What.WEIGHT else seen.figure.kind.value


def _digits(text: str) -> list[int]:
    return [place for place, letter in enumerate(arabic(text)) if letter in "0123456789"]


def _slipped(text: str, place: int, digit: int) -> str:
    new = THAI[digit] if text[place] in THAI else str(digit)
    return text[:place] + new + text[place + 1 :]


def _text(value: Value) -> str:
    if isinstance(value, date):
        return f"{value.day:02d}/{value.month:02d}/{value.year + BUDDHIST}"
    return f"{value:g}" if isinstance(value, float) else str(value)
