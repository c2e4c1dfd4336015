"""One KPI of a stretch of months without a change of its rules, on the hidden sheet: its level table, the
unit's values, level and score, and what is missing for the next level, in words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from kpibatch.base.addresses import ref, span
from kpibatch.base.catalogue import say
from kpibatch.base.kinds import Kind
from kpibatch.books.reckon import Live
from kpibatch.forms.scored.inputs import Inputs
from kpibatch.forms.scored.marks import DAY, SENT, SHEET, Cells, Ground, fixed
from kpibatch.rules.formulas.kpi import KpiFormulas
from kpibatch.rules.formulas.missing import MissingFormulas, literal, spoken
from kpibatch.rules.formulas.plan import KpiPlan, level_table, plan_kpi
from kpibatch.rules.formulas.points import PointFormulas
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Method, Node
from kpibatch.rules.written import alternatives

_PARTIAL, _UNREAD, _FOREIGN, _RULES = 1, 2, 3, 4  # rows below the unit's own
_LONGEST = 6000  # of a formula that names items; Excel takes 8,192 characters


@dataclass(frozen=True)
class Block:
    """A KPI from the row ``top`` on; ``tables`` are those of the stretch of months, ``holidays`` where
    วันหยุด stand.
    """

    ground: Ground
    tables: LevelTables
    inputs: Inputs
    leaf: Node
    top: int
    holidays: str

    @cached_property
    def plan(self) -> KpiPlan:
        return plan_kpi(self.leaf, SHEET, self.tables, self.top)

    @property
    def at(self) -> int:
        """The row of the unit's values and results."""
        return self.plan.first

    @property
    def end(self) -> int:
        """The first row below the block."""
        return self.at + _RULES + len(self.plan.rules) + 1

    @cached_property
    def _formulas(self) -> KpiFormulas:
        day, (yes, _) = fixed(DAY), self.ground.words
        return KpiFormulas(self.plan, self.tables, day, self.ground.say("provisional"), self.holidays, yes)

    # --- where its results stand ------------------------------------------------------------------------

    @property
    def level(self) -> str:
        return fixed(self.at, self.plan.level)

    @property
    def status(self) -> str:
        return fixed(self.at, self.plan.status)

    def _result(self, number: int) -> str:
        return fixed(self.at, self.plan.next + number)

    @property
    def next(self) -> str:
        """The next level, 0 at the top."""
        return self._result(0)

    @property
    def unread(self) -> str:
        """How much the level hangs on that can't be read here."""
        return self._result(1)

    @property
    def foreign(self) -> str:
        """How much the level or the score hangs on that is not known here."""
        return self._result(2)

    @property
    def score(self) -> str:
        """The score as far as it is known; no number where the KPI does not count."""
        return self._result(3)

    @property
    def said(self) -> str:
        """The level so far, in words."""
        return self._result(4)

    @property
    def missing(self) -> str:
        """What is missing to the next, in words."""
        return self._result(5)

    # --- writing ----------------------------------------------------------------------------------------

    def write(self, cells: Cells) -> None:
        cells[self.top, 0] = self.leaf.code
        cells |= level_table(self.plan, self.tables, self.ground.words)
        for measure in self.plan.measures:
            self._measure(cells, measure)
        self._results(cells)
        self._texts(cells)

    def _measure(self, cells: Cells, measure: Measure) -> None:
        column, inputs = self.plan.column(measure.code), self.inputs
        marks = ((_PARTIAL, inputs.partial), (_UNREAD, inputs.unread))
        if measure.ingredients:
            cells[self.at, column] = Live(self._formulas.computed(self.at, measure))
            for below in (_PARTIAL, _UNREAD, _FOREIGN):
                parts = [fixed(self.at + below, self.plan.column(code)) for code in measure.ingredients]
                cells[self.at + below, column] = Live(f"IF({'+'.join(dict.fromkeys(parts))}>0,1,0)")
            return
        value, (yes, no) = inputs.value(measure.code), self.ground.words
        shown = f'IF({value}=1,"{yes}","{no}")' if measure.kind is Kind.YES_NO else value
        cells[self.at, column] = Live(f'IF({value}="","",{shown})')
        for below, mark in marks:
            cells[self.at + below, column] = Live(mark(measure.code))
        cells[self.at + _FOREIGN, column] = float(measure.code in inputs.foreign)

    def _results(self, cells: Cells) -> None:
        plan, formulas, points, at = self.plan, self._formulas, PointFormulas(self._formulas), self.at
        if plan.case >= 0:
            cells[at, plan.case] = Live(formulas.case(at))
        for level in range(plan.levels):
            cells[at, plan.met + level] = Live(formulas.met(at, level))
        sent = f"{fixed(SENT)}>0"
        cells[at, plan.level] = Live(formulas.unless_left_out(at, formulas.level(at, sent)))
        if plan.deductions:
            cells[at, plan.deducted] = Live(formulas.beside_level(at, points.deducted(at), ""))
        compares = plan.leaf.method is Method.STANDARD
        score = f'IF({self.level}="","",0)' if compares else points.score(at)
        cells[at, plan.score] = Live(formulas.beside_level(at, score, "–"))
        cells[at, plan.incomplete] = Live(self._hanging(_PARTIAL))
        cells[at, plan.status] = Live(formulas.beside_level(at, formulas.status(at), ""))
        met = span((at, plan.met), (at, plan.level - 1), "rc")
        cells[at, plan.next] = Live(f"IFERROR(MATCH(0,{met},0),0)")
        cells[at, plan.next + 1] = Live(self._hanging(_UNREAD))
        cells[at, plan.next + 2] = Live(self._hanging(_FOREIGN) + "+1" * compares)
        known = fixed(at, plan.score)
        floor = f"IF(AND({self.foreign}+{self.unread}>0,ISNUMBER({known})),0,{known})"
        cells[at, plan.next + 3] = Live(floor if plan.deductions else known)

    def _hanging(self, below: int) -> str:
        def each(code: str) -> str:
            return fixed(self.at + below, self.plan.column(code))

        return self._formulas.hanging_on(self.at, each) or "0"

    # --- the texts --------------------------------------------------------------------------------------

    def _texts(self, cells: Cells) -> None:
        cells[self.at, self.plan.next + 4] = Live(self._said())
        joined = self._joined(cells)
        top = literal(self.ground.say("top"))
        missing = f"IF({self.next}=0,{top},{joined})"
        if self.tables.cases_of(self.leaf.code):
            case = self._formulas.case_cell(self.at)
            missing = f"IF({case}=0,{self._without_case()},{missing})"
        missing = f"IF({self.unread}>0,{self._result(6)},{missing})"
        cells[self.at, self.plan.next + 6] = Live(self._named("unread", self.inputs.unread))
        cells[self.at, self.plan.next + 7] = Live(self._named("refused", self.inputs.bad))
        refused = self._result(7)
        told = f'IF({refused}="","",{refused}&" · ")&{missing}'
        cells[self.at, self.plan.next + 5] = Live(f'IF(ISNUMBER({self.level}),{told},"")')

    def _said(self) -> str:
        """The level in words: sure, at least so much, not to be told here, or none."""
        words, count = self.ground.say, len(self.tables.scores_of(self.leaf.code))
        live = {"level": self.level}
        sure, least = (self._spoken(name, {"top": str(count)}, live) for name in ("level", "level-least"))
        waiting = f'IF({self.status}="","",{literal(" · " + words("provisional"))})'
        told = f"IF({self.foreign}>0,{least},{sure}&{waiting})"
        told = f"IF({self.unread}>0,{literal(words('level-unread'))},{told})"
        none = f'IF({self.level}="",{literal(words("level-none"))},{literal(words("level-left"))})'
        return f"IF(ISNUMBER({self.level}),{told},{none})"

    def _named(self, name: str, mark: Callable[[str], str]) -> str:
        """A text that names the items of which some cell is so, as ``mark`` says by code; as many of them as
        a formula takes. Empty where none is.
        """
        own = [measure for measure in self.plan.measures if not measure.ingredients]
        names, room = list[str](), _LONGEST
        for measure in own:
            names.append(f'IF({mark(measure.code)}>0,{literal(", " + measure.label)},"")')
            room -= len(names[-1])
            if room < 0:
                break
        there = "+".join(mark(measure.code) for measure in own) or "0"
        names = names[:-1] if room < 0 else names
        items = f"MID({'&'.join(names)},3,999)" if names else '""'
        return f'IF({there}>0,{self._spoken(name, {}, {"items": items})},"")'

    def _spoken(self, name: str, facts: dict[str, str], live: dict[str, str]) -> str:
        return spoken(f"score.{name}", self.ground.language, facts, live)

    def _without_case(self) -> str:
        case = self.tables.cases_of(self.leaf.code)[0]
        facts = {"label": self.tables.measures[case.measure].label}
        steps = (
            spoken(f"step.{name}", self.ground.language, facts, {})
            for name in ("central-none" if case.measure in self.inputs.foreign else "no-data", "no-case")
        )
        lacking, none = steps
        cell = self._formulas.cell(self.at, case.measure)
        return f'IF({cell}="",{lacking},{none})'

    def _joined(self, cells: Cells) -> str:
        """What all rows lack for the next level; gives back the cell that says it."""
        plan, first = self.plan, self.at + _RULES
        missing = MissingFormulas(self._formulas, self.at, self.ground.language, self.inputs.foreign)
        lines, before = alternatives(plan.rules), '""'
        for number, rule in enumerate(plan.rules):
            row = first + number
            for level in range(plan.levels):
                if rule.edges[level]:
                    cells[row, plan.met + level] = Live(missing.lacking(number, level))
            texts = span((row, plan.met), (row, plan.level - 1), "rc")
            cells[row, plan.level] = Live(f'IF({self.next}=0,"",INDEX({texts},{self.next})&"")')
            here, group = ref(row, plan.level), next(rows for rows in lines if rule in rows)
            between = say("step.or", self.ground.language) if rule is not group[0] else " · "
            more = f'IF({before}="",{here},{before}&{literal(between)}&{here})'
            cells[row, plan.level + 1] = Live(f'IF({here}="",{before},{more})')
            before = fixed(row, plan.level + 1)
        return before
