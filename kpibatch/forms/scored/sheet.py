"""The hidden sheet of a form that scores itself: the months, the measures, a block a KPI, the tree up to the
total, and what people see of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from kpibatch.base.addresses import excel_day, span
from kpibatch.base.kinds import Kind
from kpibatch.books.reckon import Live, Reckoner, Where
from kpibatch.books.write import Content, Formula
from kpibatch.forms.asked import months_asked
from kpibatch.forms.scored.block import Block
from kpibatch.forms.scored.inputs import Inputs
from kpibatch.forms.scored.marks import NAMES, NOW, SHEET, Cells, Ground, fixed
from kpibatch.rules.checks import Comparison
from kpibatch.rules.formulas import tree
from kpibatch.rules.formulas.missing import literal, shown, spoken
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL, Measure, Method, Node, Source, Unit

_WEIGHT, _SCORE, _COUNTS, _CAP, _SHARE = range(1, 6)  # columns of the tree


@dataclass(frozen=True)
class Stretch:
    """Months without a change of the rules: from the month of that number on, with its blocks and the rows
    of its tree's nodes; ``counts`` is the row of how many KPIs are not wholly known here, the next that of
    how many are provisional, and after it stands what is reckoned with for results taken from a unit above.
    """

    first: int
    tables: LevelTables
    blocks: Mapping[str, Block]
    rows: Mapping[str, int]
    counts: int


class ScoreSheet:
    """Everything on the hidden sheet but ``constants``, and the formulas of what is seen."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.cells = ground, Cells()
        self.inputs = Inputs(ground, self._measures())
        self.inputs.write(self.cells)
        self.row = self.inputs.end + 1
        holidays = self._holidays()
        self.stretches = [self._stretch(number, period, holidays) for number, period in self._periods()]

    def _periods(self) -> Iterator[tuple[int, LevelTables]]:
        """The rules of each stretch of months, with the number of its first; of a form without months those
        of the last.
        """
        tables, months = self.ground.tables, self.ground.months
        if months == ("",):
            yield 1, tables.periods[-1]
            return
        firsts: dict[str, int] = {}
        for number, month in enumerate(months, 1):
            firsts.setdefault(tables.for_month(month).since, number)
        yield from ((number, tables.for_month(months[number - 1])) for number in firsts.values())

    def _measures(self) -> list[Measure]:
        """What the unit's KPIs hang on in any month, and what bounds it."""
        measures: dict[str, Measure] = {}
        for _, period in self._periods():
            for leaf in self._leaves(period):
                measures |= {measure.code: measure for measure in period.measures_of(leaf.code)}
        known = self.ground.tables.measures
        rows = self.ground.tables.checks.deciding
        others = [row.right.measure for row in rows if isinstance(row, Comparison)]
        limits = (known[code] for code in (*others, *(m.limit for m in measures.values())) if code in known)
        return [*({m.code: m for m in limits if m.source is Source.BASE} | measures).values()]

    def _leaves(self, tables: LevelTables) -> list[Node]:
        return [leaf for leaf in tables.leaves if tables.scored_itself(leaf.code, self.ground.unit)]

    def _holidays(self) -> str:
        """Writes วันหยุด in a row of their own; gives back where they stand."""
        days = self.ground.tables.holidays
        if not any(measure.source is Source.WORKDAYS for measure in self.ground.tables.measures.values()):
            return ""
        for column, holiday in enumerate(days, 1):
            self.cells[self.row, column] = excel_day(holiday.day)
        self.row += 1
        return span((self.row - 1, 1), (self.row - 1, len(days)), "rc") if days else ""

    def _stretch(self, first: int, tables: LevelTables, holidays: str) -> Stretch:
        blocks = dict[str, Block]()
        for leaf in self._leaves(tables):
            block = Block(self.ground, tables, self.inputs, leaf, self.row, holidays)
            block.write(self.cells)
            blocks[leaf.code], self.row = block, block.end
        rows = {TOTAL: self.row}
        for node in tables.breadth_first():
            rows[node.code] = self.row + len(rows)
        counts = self.row + len(rows)
        self.row = counts + 3
        stretch = Stretch(first, tables, blocks, rows, counts)
        taken = sum(bool(tables.giver(leaf.code, self.ground.unit.code)) for leaf in tables.leaves)
        if taken:  # a form can't know them: 0 is the least they may be, once there is anything to tell
            filled = "+".join(f"IF(ISNUMBER({block.score}),1,0)" for block in blocks.values())
            self.cells[counts + 2, 1] = Live(f'IF({filled or 0}>0,0,"")')
        self._tree(stretch)
        known = [f"IF({block.unread}+{block.foreign}>0,1,0)" for block in blocks.values()]
        waiting = [f'IF({block.status}="",0,1)' for block in blocks.values()]
        self.cells[counts, 1] = Live("+".join([*known, *([str(taken)] if taken else [])]) or "0")
        self.cells[counts + 1, 1] = Live("+".join(waiting) or "0")
        return stretch

    def constants(self, unit: Unit) -> Cells:
        """What differs between units that are asked the same: fixed values and weights."""
        cells = self.inputs.constants(unit)
        for stretch in self.stretches:
            at = stretch.tables.position[unit.code]
            for code, weights in stretch.tables.weights.items():
                cells[stretch.rows[code], _WEIGHT] = weights[at]
        return cells

    def of(self, unit: Unit) -> "ScoreSheet":
        """The same for another unit that is asked the same and has the same fixed values."""
        sheet = copy(self)
        sheet.cells = self.cells | self.constants(unit)
        return sheet

    # --- the tree ---------------------------------------------------------------------------------------

    def _tree(self, stretch: Stretch) -> None:
        tables = stretch.tables
        for code, row in stretch.rows.items():
            self.cells[row, 0] = code
            cap = tables.round.cap if code == TOTAL else tables.node[code].cap
            if cap is not None:
                self.cells[row, _CAP] = cap
            self._node(stretch, code, row, fixed(row, _CAP) if cap is not None else "")

    def _node(self, stretch: Stretch, code: str, row: int, cap: str) -> None:
        children = stretch.tables.children(code)
        score = fixed(row, _SCORE)
        if code in stretch.blocks:
            self.cells[row, _SCORE] = Live(stretch.blocks[code].score)
        elif children:
            weights, scores = (self._below(stretch, children, column) for column in (_WEIGHT, _SCORE))
            if code == TOTAL:
                formula = tree.total(weights, scores, cap)
            elif stretch.tables.node[code].method is Method.STANDARD:
                formula = f'IF(ISNUMBER({tree.mean(weights, scores)}),0,"")'
            else:
                formula = tree.inner(weights, scores, cap)
            self.cells[row, _SCORE] = Live(formula)
        elif stretch.tables.giver(code, self.ground.unit.code):
            self.cells[row, _SCORE] = Live(fixed(stretch.counts + 2, 1))
        else:
            self.cells[row, _SCORE] = tree.LEFT_OUT
        self.cells[row, _COUNTS] = Live(f"IF(ISNUMBER({score}),1,0)")
        if code == TOTAL:
            self.cells[row, _SHARE] = Live(fixed(row, _COUNTS))
        for child in children:
            self._share(stretch, child.code, row, children)

    def _below(self, stretch: Stretch, children: Iterable[Node], column: int) -> str:
        rows = [stretch.rows[child.code] for child in children]
        return span((rows[0], column), (rows[-1], column), "rc")

    def _share(self, stretch: Stretch, code: str, above: int, siblings: Iterable[Node]) -> None:
        """How much of the total a node's score makes."""
        row = stretch.rows[code]
        all_weights, all_count = (self._below(stretch, siblings, column) for column in (_WEIGHT, _COUNTS))
        part = f"{fixed(above, _SHARE)}*{fixed(row, _WEIGHT)}/SUMPRODUCT({all_weights},{all_count})"
        self.cells[row, _SHARE] = Live(f"IF({fixed(row, _COUNTS)}=1,{part},0)")

    # --- what is seen -----------------------------------------------------------------------------------

    def _now(self, formulas: Iterable[tuple[int, str]]) -> str:
        """Of one formula a stretch (with its first month's number) that of the month so far."""
        chosen = '""'
        for first, formula in formulas:
            chosen = formula if first == 1 else f"IF({self._cell(NOW)}<{first},{chosen},{formula})"
        return chosen

    def _of_kpi(self, kpi: str, what: str) -> str:
        return self._now(
            (each.first, self._seen(getattr(each.blocks[kpi], what)) if kpi in each.blocks else '""')
            for each in self.stretches
        )

    def _seen(self, cell: str) -> str:
        return f"'{SHEET}'!{cell}"

    def _cell(self, row: int, column: int = 1) -> str:
        return self._seen(fixed(row, column))

    def said(self, kpi: str) -> str:
        """The level so far, in words."""
        return self._of_kpi(kpi, "said")

    def missing(self, kpi: str) -> str:
        """What is missing to the next level, in words."""
        return self._of_kpi(kpi, "missing")

    def level(self, kpi: str) -> str:
        """The level so far; no number where the form can't tell it."""
        unread, least = (self._of_kpi(kpi, what) for what in ("unread", "level"))
        return f'IF({unread}>0,"",{least})'

    def weighted(self, kpi: str) -> str:
        """The KPI's part of the total."""
        parts = []
        for each in self.stretches:
            if kpi in each.rows:
                score, share = (self._cell(each.rows[kpi], column) for column in (_SCORE, _SHARE))
                parts.append((each.first, f'IF(ISNUMBER({score}),{score}*{share},"")'))
            else:
                parts.append((each.first, '""'))
        return self._now(parts)

    @cached_property
    def total(self) -> str:
        """The score so far out of the top score; nothing as long as nothing is filled in."""
        return self._now((each.first, self._cell(each.rows[TOTAL], _SCORE)) for each in self.stretches)

    def month_name(self, month: str) -> str:
        """A month as it is chosen."""
        return str(self.cells[NAMES, 1 + self.ground.months.index(month)])

    @cached_property
    def month(self) -> str:
        """Up to which month it is reckoned, in words."""
        last, now = len(self.ground.months), self._cell(NOW)
        names = self._seen(span((NAMES, 1), (NAMES, last), "rc"))
        told = self._spoken("month", {}, {"month": f"INDEX({names},{now})"})
        return f"IF({now}=0,{literal(self.ground.say('month-none'))},{told})"

    @cached_property
    def remarks(self) -> str:
        """Out of what, in percent, its rating, and whether it is provisional or only the least it may be."""
        return self._now((each.first, self._remarks(each)) for each in self.stretches)

    def _remarks(self, stretch: Stretch) -> str:
        say, total = self.ground.say, self._cell(stretch.rows[TOTAL], _SCORE)
        top = stretch.tables.top_score
        percent = f"100*{total}/{top:.15g}"
        rating = '""'
        for least, word in sorted(stretch.tables.rating):
            rating = f"IF(ROUND({percent},9)>={least:.15g},{literal(' · ' + word)},{rating})"
        parts = [
            literal(say("of", top=f"{top:g}") + " · "),
            self._spoken("percent", {}, {"percent": shown(f"ROUND({percent},2)", Kind.PERCENT)}),
            rating,
        ]
        unsure, waiting = self._cell(stretch.counts), self._cell(stretch.counts + 1)
        missing = self._spoken("missing-kpis", {}, {"count": unsure})
        parts += [
            f'IF({unsure}>0,{literal(" · ")}&{missing},"")',
            f'IF({unsure}+{waiting}>0,{literal(" · " + say("provisional"))},"")',
        ]
        return f'IF(ISNUMBER({total}),{"&".join(parts)},"")'

    def _spoken(self, name: str, facts: dict[str, str], live: dict[str, str]) -> str:
        return spoken(f"score.{name}", self.ground.language, facts, live)

    # --- its results ------------------------------------------------------------------------------------

    def reckoner(self, filled: Mapping[Where, float | str]) -> Reckoner:
        """What all formulas give where the form's cells hold this."""
        own: dict[Where, float | str] = {(SHEET, *at): content for at, content in self.cells.items()}
        return Reckoner(own | dict(filled))

    def contents(self, reckoner: Reckoner) -> Iterator[tuple[int, int, Content]]:
        """Every cell of the hidden sheet, formulas with their results."""
        for (row, column), content in sorted(self.cells.items()):
            if isinstance(content, Live):
                result = reckoner.value(SHEET, row, column)
                assert isinstance(result, float | int | str | bool)
                yield row, column, Formula(content, result)
            else:
                yield row, column, content


def score_sheet(ground: Ground) -> ScoreSheet:
    """The hidden sheet of a unit's form; units that are asked the same share what takes long to lay out."""
    tables, unit = ground.tables, ground.unit
    leaves = [leaf.code for period in tables.periods for leaf in period.leaves]
    applying = (period.scored_itself(leaf.code, unit) for period in tables.periods for leaf in period.leaves)
    fixed_values = frozenset(code for code in tables.measures if (unit.code, code) in tables.baselines)
    taken = tuple(bool(each.giver(leaf.code, unit.code)) for each in tables.periods for leaf in each.leaves)
    what = (taken, ground.months, tuple(ground.spots.items()), ground.first_day, ground.language, ground.pick)
    asked = tuple(months_asked(tables, unit, measure.code) for measure in tables.form_measures)
    key = (id(tables), *what, tuple(zip(leaves, applying, strict=True)), fixed_values, asked)
    return _laid_out(_Alike(key, ground)).of(unit)


@dataclass(frozen=True)
class _Alike:
    """Grounds with the same key have the same sheet; each is kept as long as its sheet is."""

    key: tuple[object, ...]
    ground: Ground = field(compare=False)


@lru_cache(8)
def _laid_out(alike: _Alike) -> ScoreSheet:
    return ScoreSheet(alike.ground)
