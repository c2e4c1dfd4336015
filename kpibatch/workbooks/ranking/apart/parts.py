"""Below a KPI's units the parts that their values are made of: a line a part, those of one unit together,
with what it has (by reference to its own sheet) and whether that waits for something. Sums above are formulas
over these lines.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from kpibatch.base.addresses import excel_day, ref, span
from kpibatch.base.catalogue import Words
from kpibatch.base.kinds import Kind
from kpibatch.books.write import Content, Formula, Sheet
from kpibatch.rules.records import Measure, Rollup, Source
from kpibatch.scoring.outcome import Outcome
from kpibatch.workbooks.ranking.apart.elsewhere import Elsewhere

_OF_NUMBERS = {Rollup.SUM: "SUM", Rollup.MEAN: "AVERAGE", Rollup.MIN: "MIN", Rollup.MAX: "MAX"}
_HEADS = 2  # lines above the parts
_PRINTED = 60  # parts at most that are


@dataclass(frozen=True)
class Parts:
    """The block on one KPI's sheet, from row ``top`` on; ``outcome`` is that of all kinds, ``units`` are
    those of the sheet and ``measures`` what it shows that is made of parts.
    """

    outcome: Outcome
    elsewhere: Elsewhere
    units: Sequence[str]
    measures: Sequence[Measure]
    top: int
    say: Words

    @cached_property
    def lines(self) -> list[tuple[str, str]]:
        """(unit, part), the parts of a unit together, each once."""
        parts = self.outcome.tables.links.parts
        return [
            (unit, part)
            for unit in self.units
            for part in dict.fromkeys(each for m in self.measures for each in parts[m.code].get(unit, ()))
        ]

    @property
    def last(self) -> int:
        """Its last row; the one above where there is nothing."""
        return self.top + _HEADS + len(self.lines) - 1 if self.lines else self.top - 1

    def printed(self, first: int, units: int) -> int:
        """How many lines from the first unit's on are printed: the parts as well, where they are few."""
        return self.last - first + 1 if 0 < len(self.lines) <= _PRINTED else units

    @cached_property
    def _rows(self) -> dict[str, tuple[int, int]]:
        rows: dict[str, tuple[int, int]] = {}
        for row, (unit, _) in enumerate(self.lines, self.top + _HEADS):
            rows[unit] = rows.get(unit, (row, row))[0], row
        return rows

    def _cells(self, unit: str, measure: Measure, beside: int = 0) -> str:
        column = 2 + 2 * list(self.measures).index(measure) + beside
        first, last = self._rows[unit]
        return span((first, column), (last, column), "rc")

    def of_others(self, measure: Measure, first: int, at: int) -> str:
        """What a measure is of other units, for the unit in row ``at`` of those from ``first`` on: of the
        parts below, or the score of the unit above; of several, one after the other, by the months.
        """
        unit = self.units[at - first]
        if measure.source is Source.PARTS:
            return self.formula(unit, measure)
        scorers = self.outcome.tables.links.scorers(measure.code, unit, self.outcome.months)
        cells = [(self.elsewhere.score(giver, measure.other), months) for giver, months in scorers.items()]
        if len(cells) < 2:
            return next((f'IF(ISNUMBER({cell}),{cell},"")' for cell, _ in cells), '""')
        worth, known = ("+".join(f"{months}*{f}({cell})" for cell, months in cells) for f in ("SUM", "COUNT"))
        return f'IF({known}=0,"",({worth})/({known}))'

    def formula(self, unit: str, measure: Measure) -> str:
        """What a unit's parts have, as one; nothing where none is known, or, of the lowest, one is not.

        The other side of ``cascade.links``.
        """
        if unit not in self._rows:
            return '""'
        cells, count = self._cells(unit, measure), self._count(unit, measure)
        if measure.reach:
            return f'IF(COUNT({cells})=0,"",100*COUNTIF({cells},">={measure.reach}")/COUNT({cells}))'
        if measure.kind is Kind.YES_NO:
            yes, no = (f'COUNTIF({cells},"{self.say(word)}")' for word in ("yes", "no"))
            lacks, wins = (
                (f"{yes}+{no}<{count}", no) if measure.rollup is Rollup.MIN else (f"{yes}+{no}=0", yes)
            )
            words = ("no", "yes") if measure.rollup is Rollup.MIN else ("yes", "no")
            first, second = map(self.say, words)
            return f'IF({lacks},"",IF({wins}>0,"{first}","{second}"))'
        lacks = f"COUNT({cells})<{count}" if measure.rollup is Rollup.MIN else f"COUNT({cells})=0"
        return f'IF({lacks},"",{_OF_NUMBERS[measure.rollup]}({cells}))'

    def waits(self, unit: str, measure: Measure, cell: str) -> str:
        """1 where the value in ``cell`` lacks something of a part, else 0."""
        if unit not in self._rows:
            return "0"
        return f'IF(AND({cell}<>"",SUM({self._cells(unit, measure, 1)})>0),1,0)'

    def lacking(self, unit: str, needed: Iterable[str], cell: Callable[[str], str]) -> str:
        """How many of the measures that a unit's KPI needs lack something: of what is made of parts that is
        seen here, of all else it is known. ``cell`` says where a measure stands.
        """
        terms = [self._lacks(unit, code, cell) for code in needed]
        return "+".join(terms) or "0"

    def _lacks(self, unit: str, code: str, cell: Callable[[str], str]) -> str:
        tables, incomplete = self.outcome.tables, self.outcome.measured.incomplete
        deep = [tables.measures[each] for each in tables.with_ingredients(code)]
        made = [each for each in deep if each in self.measures]
        plain = [each for each in deep if not each.ingredients and each not in made]
        if not made or any(incomplete[each.code].loc[unit] for each in plain):
            return str(int(incomplete[code].loc[unit]))
        return f"MAX({','.join(self.waits(unit, each, cell(each.code)) for each in made)})"

    def _count(self, unit: str, measure: Measure) -> int:
        return len(self.outcome.tables.links.parts[measure.code].get(unit, ()))

    def write(self, sheet: Sheet) -> None:
        """All lines, below a heading."""
        if not self.lines:
            return
        sheet.put(self.top, 0, self.say("parts-title"), "bold")
        heads = [self.say("unit-code"), self.say("part")]
        for measure in self.measures:
            heads += [self._head(measure), self.say("part-waits")]
        sheet.put_row(self.top + 1, 0, heads, "head")
        sheet.height(self.top + 1, 3)
        tables = self.outcome.tables
        for row, (unit, part) in enumerate(self.lines, self.top + _HEADS):
            sheet.put_row(row, 0, [part, tables.unit[part].name], "cell")
            for at, measure in enumerate(self.measures):
                column = 2 + 2 * at
                if part in tables.links.parts[measure.code].get(unit, ()):
                    self._part(sheet, (row, column), (unit, part), measure)
                else:
                    sheet.put_row(row, column, ["", ""], "cell")

    def _head(self, measure: Measure) -> str:
        tables = self.outcome.tables
        return measure.other if measure.reach else f"{measure.other} {tables.measures[measure.other].label}"

    def _part(self, sheet: Sheet, place: tuple[int, int], whose: tuple[str, str], measure: Measure) -> None:
        """What a part of a unit has, and whether it waits for something."""
        (row, column), cell, (_, part) = place, ref(*place, "c"), whose
        if measure.reach:
            level, status = (
                get(part, measure.other) for get in (self.elsewhere.level, self.elsewhere.status)
            )
            value: Content = Formula(f'IF({level}="","",{level})', self._level(part, measure))
            waits = f'IF({cell}="",1,IF({status}="{self.say("provisional")}",1,0))'
        else:
            there, result = self.elsewhere.value(part, measure.other), self._counted(whose, measure)
            value = self._together(whose, measure, there, result)
            waits = f'IF({cell}="",1,{int(self._partial(part, measure))})'
        inputs = () if isinstance(value, Formula) else ("input",)
        style = {Kind.AMOUNT: "money", Kind.PERCENT: "percent", Kind.DATE: "date"}.get(measure.kind, "number")
        sheet.put(row, column, value, "cell", "level" if measure.reach else style, *inputs)
        sheet.put(row, column + 1, Formula(waits, self._waits(whose, measure)), "cell", "centre", "quiet")

    def _together(self, whose: tuple[str, str], measure: Measure, there: str, result: float | str) -> Content:
        """The part's value by reference, nothing where it lacks what that is held against."""
        part, own = whose[1], self._value(whose[1], measure)
        others = [self._other(part, code) for code in self._beside(whose, measure)]
        cells = [cell for cell, _ in others if cell]
        shut = any(not cell and lacks for cell, lacks in others)
        if shut or not (there or cells) or not (there or isinstance(own, float)):
            return result
        shown = there or f"{own:.15g}"
        blank = [f'{cell}=""' for cell in (there, *cells) if cell]
        test = blank[0] if len(blank) == 1 else f"OR({','.join(blank)})"
        return Formula(f'IF({test},"",{shown})', result)

    def _beside(self, whose: tuple[str, str], measure: Measure) -> tuple[str, ...]:
        return self.outcome.tables.links.others_of(measure.code, *whose)

    def _other(self, part: str, code: str) -> tuple[str, bool]:
        """Where a part's value of what another measure is made of stands, and whether it is missing."""
        other = self.outcome.tables.measures[code]
        return self.elsewhere.value(part, other.other), self._value(part, other) == ""

    def _counted(self, whose: tuple[str, str], measure: Measure) -> float | str:
        """The part's value as far as it counts."""
        lacks = any(self._other(whose[1], code)[1] for code in self._beside(whose, measure))
        return "" if lacks else self._value(whose[1], measure)

    def _level(self, part: str, measure: Measure) -> int | str:
        kpi, row = self.outcome.scores.kpis[measure.other], self.outcome.tables.position[part]
        if not kpi.applies[row]:
            return "–"
        return int(kpi.level[row]) if part in self.outcome.sent else ""

    def _value(self, part: str, measure: Measure) -> float | str:
        kind = self.outcome.tables.measures[measure.other].kind
        value = self.outcome.measured.value(part, measure.other)
        if math.isnan(value):
            return ""
        if kind is Kind.DATE:
            return excel_day(value)
        return self.say("yes" if value == 1 else "no") if kind is Kind.YES_NO else value

    def _partial(self, part: str, measure: Measure) -> bool:
        return bool(self.outcome.measured.incomplete[measure.other].loc[part])

    def _waits(self, whose: tuple[str, str], measure: Measure) -> int:
        part, row = whose[1], self.outcome.tables.position[whose[1]]
        if not measure.reach:
            return int(self._counted(whose, measure) == "" or self._partial(part, measure))
        kpi, sent = self.outcome.scores.kpis[measure.other], part in self.outcome.sent
        return int(bool(kpi.applies[row]) and (not sent or bool(kpi.missing[row])))


def made_of_parts(measures: Sequence[Measure]) -> Iterator[Measure]:
    """Those of some measures that are made of parts."""
    return (measure for measure in measures if measure.source is Source.PARTS)
