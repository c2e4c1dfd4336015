"""The level tables as one record: what every later step asks. Nothing here reads or writes a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from kpibatch.base.findings import Finding
from kpibatch.rules.checks import Checks, Example
from kpibatch.rules.computations import Parts
from kpibatch.rules.conditions import MAY_LACK, Floats
from kpibatch.rules.fingerprint import fingerprint, said
from kpibatch.rules.records import Baseline, Case, Counts, Export, Measure, Node, Rule, Source, Unit
from kpibatch.rules.round import Holiday, Round, Step
from kpibatch.rules.sources import are_days, computed
from kpibatch.rules.tree.links import Links, links_of
from kpibatch.rules.tree.nodes import Scorecard
from kpibatch.rules.tree.units import standing_in
from kpibatch.rules.written import NEVER_CHANGED, Written, numbered


@dataclass(frozen=True)
class LevelTables(Scorecard):
    """Everything the workbook says. ``rating_typed`` is (from percent, word) in the sheet's order;
    ``calendar`` month → due day, ``steps`` every day of the process; ``warnings`` are what the check warns of
    in them, ``doubtful`` each sheet's codes whose rows hold a fault.

    Where rules change in mid-round, ``nodes`` and ``rules`` are those of one month (of tables as read, the
    first), ``written`` all of them; ``since`` is the month from which the tables hold, empty as they were
    read. Of tables that are of one kind of units alone ``whole`` are those of all.
    """

    file: str
    round: Round
    rating_typed: tuple[tuple[float, str], ...]
    calendar: Mapping[str, date]
    units: tuple[Unit, ...]
    nodes: tuple[Node, ...]
    measures: Mapping[str, Measure]
    rules: tuple[Rule, ...]
    baselines: Mapping[tuple[str, str], Baseline]
    level_count: int
    checks: Checks = field(default=Checks(), metadata={MAY_LACK: True})
    warnings: tuple[Finding, ...] = field(default=(), compare=False)
    doubtful: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False)
    exports: tuple[Export, ...] = field(default=(), metadata={MAY_LACK: True})
    holidays: tuple[Holiday, ...] = field(default=(), metadata={MAY_LACK: True})
    written: Written = field(default=NEVER_CHANGED, compare=False)
    since: str = field(default="", compare=False)
    examples: tuple[Example, ...] = field(default=(), compare=False)
    steps: tuple[Step, ...] = field(default=(), compare=False)
    whole: "LevelTables | None" = field(default=None, compare=False)

    def for_month(self, month: str) -> "LevelTables":
        """The tables by which a month is scored: the rows that count then, and no others.

        Source: design, section 1 (Wider rules: ใช้ตั้งแต่เดือน).
        """
        return next((period for period in reversed(self.periods) if period.since <= month), self.periods[0])

    @cached_property
    def periods(self) -> tuple["LevelTables", ...]:
        """The tables of each stretch of months without a change, in order; these themselves where there is
        none.
        """
        moved = {since for unit in self.units for since, _ in unit.moves if since}
        if not self.written.dated and not moved:
            return (self,)
        first, *changes = self.written.changes(self.round.months)
        return tuple(map(self._from, (first, *sorted(moved.union(changes)))))

    def _from(self, since: str) -> "LevelTables":
        """The tables as they are from a month on: other rows may count, units stand elsewhere."""
        units = tuple(standing_in(unit, since) for unit in self.units)
        if not self.written.dated:
            return replace(self, since=since, units=units)
        nodes = self.written.nodes_in(since)
        rules = numbered(self.written.rules_in(since, nodes))
        return replace(self, since=since, nodes=nodes, rules=rules, units=units)

    @cached_property
    def scores(self) -> tuple[float, ...]:
        """The score of each level from 1 on."""
        return self.round.level_scores or tuple(float(level) for level in range(1, self.level_count + 1))

    @cached_property
    def rating(self) -> tuple[tuple[float, str], ...]:
        """The rating bands, best first."""
        return tuple(sorted(self.rating_typed, reverse=True))

    @property
    def top_score(self) -> float:
        return self.scores[-1]

    def scores_of(self, kpi: str) -> tuple[float, ...]:
        """The score of each of a KPI's levels from 1 on: its own, else the round's."""
        return self.node[kpi].own_scores or self.scores

    @cached_property
    def weights(self) -> Mapping[str, tuple[float, ...]]:
        """Each node's weight for each unit, in their order; a single row's for all of them, whomever it is
        meant for; 0 where none of several rows is, or where the fixed weight is missing.

        Source: design, section 1 (ตัวชี้วัด: น้ำหนัก).
        """
        return {node.code: tuple(self._weight(node, unit) for unit in self.units) for node in self.nodes}

    def _weight(self, node: Node, unit: Unit) -> float:
        row = node.row_of(unit) if node.others else node
        if row is None:
            return 0.0
        fixed = self.baselines.get((unit.code, row.weight_measure))
        return row.weight if not row.weight_measure else fixed.value if fixed else 0.0

    def rules_of(self, kpi: str) -> tuple[Rule, ...]:
        """A KPI's rows that ask something of its levels."""
        return self._rows_by_kpi.get(kpi, ((), (), ()))[1]

    def deductions_of(self, kpi: str) -> tuple[Rule, ...]:
        """A KPI's rows that take points off its score."""
        return self._rows_by_kpi.get(kpi, ((), (), ()))[2]

    def rows_of(self, kpi: str) -> tuple[Rule, ...]:
        """All of them, in the workbook's order."""
        return self._rows_by_kpi.get(kpi, ((), (), ()))[0]

    @cached_property
    def _rows_by_kpi(self) -> Mapping[str, tuple[tuple[Rule, ...], ...]]:
        """By KPI all its rows, those that ask and those that take points off."""
        by_kpi: dict[str, list[Rule]] = {}
        for rule in self.rules:
            by_kpi.setdefault(rule.kpi, []).append(rule)
        parts = ((kpi, rows, [row for row in rows if row.deducts]) for kpi, rows in by_kpi.items())
        return {kpi: (tuple(r), tuple(x for x in r if x not in off), tuple(off)) for kpi, r, off in parts}

    def rules_in_case(self, kpi: str, case: int) -> tuple[Rule, ...]:
        """A KPI's rows that count for a unit whose case has that number (from 1; 0 for none): its case's and
        those without one. Those that ask something alone.
        """
        return tuple(rule for rule in self.rules_of(kpi) if rule.case_number in (0, case))

    def given(self, kpi: str, case: int) -> tuple[bool, ...]:
        """Which levels, from 1 on, there are for a unit in that case; where none holds, all of them.

        Source: design, section 1 (ระดับ: a level that is not given).
        """
        return self._given[kpi][case]

    @cached_property
    def _given(self) -> Mapping[str, tuple[tuple[bool, ...], ...]]:
        """By KPI and number of the case."""
        return {
            kpi: tuple(self._levels_given(kpi, case) for case in range(len(self.cases_of(kpi)) + 1))
            for kpi in self._rows_by_kpi
        }

    def _levels_given(self, kpi: str, case: int) -> tuple[bool, ...]:
        rules = () if self.cases_of(kpi) and not case else self.rules_in_case(kpi, case)
        own = len(self.node[kpi].own_scores) if kpi in self.node else 0
        return tuple(
            at < (own or self.level_count) and not any(rule.skips(at) for rule in rules)
            for at in range(self.level_count)
        )

    def next_level(self, kpi: str, case: int, level: int) -> int:
        """The next level above (from 1) that is given; 0 at the top."""
        given = enumerate(self.given(kpi, case), 1)
        return next((number for number, there in given if there and number > level), 0)

    def cases_of(self, kpi: str) -> tuple[Case, ...]:
        """A KPI's cases from the top, each once; a unit takes the first that holds."""
        return self._cases_by_kpi.get(kpi, ())

    @cached_property
    def _cases_by_kpi(self) -> Mapping[str, tuple[Case, ...]]:
        return {
            kpi: tuple(dict.fromkeys(rule.case for rule in rows if rule.case))
            for kpi, (rows, *_) in self._rows_by_kpi.items()
        }

    def measures_of(self, kpi: str) -> tuple[Measure, ...]:
        """The measures a KPI shows: of its cases, rows and thresholds, each preceded by what it is computed
        from.
        """
        if kpi not in self._shown:
            codes: dict[str, None] = {}
            for rule in self.rows_of(kpi):
                for code in ((rule.case.measure,) if rule.case else ()) + (rule.measure, *rule.references):
                    codes.update(dict.fromkeys(self.with_ingredients(code)))
            self._shown[kpi] = tuple(self.measures[code] for code in codes)
        return self._shown[kpi]

    @cached_property
    def _shown(self) -> dict[str, tuple[Measure, ...]]:
        """What was asked for: of tables that are faulty not every KPI's can be said."""
        return {}

    def with_ingredients(self, code: str) -> tuple[str, ...]:
        """A measure's code after the codes it is computed from, however deep."""
        return (
            *(deep for direct in self.measures[code].ingredients for deep in self.with_ingredients(direct)),
            code,
        )

    def compute(self, measure: Measure, above: Floats, below: Floats) -> Floats:
        """A computed measure over the units, from its ตัวตั้ง (shape (parts, units)) and its ตัวหาร."""
        days = are_days(measure, self.measures)
        parts = Parts(above, below, days, measure.count, tuple(holiday.day for holiday in self.holidays))
        return computed(measure, parts, self.lower_is_better(measure.code))

    def lower_is_better(self, measure: str) -> bool:
        """Whether the level tables ask a measure to stay below, never above, as points off for more do.

        Source: design, section 1 (เมื่อตัวหารเป็นศูนย์ counts as passed or not).
        """
        rows = [rule for rule in self.rules if rule.measure == measure]
        asked = [(edge, bool(rule.deducts)) for rule in rows for edge in rule.edges if edge]
        below = any(edge.upward if off else edge.downward for edge, off in asked)
        below |= any(rule.deducts and not any(rule.edges) for rule in rows)
        return below and not any(edge.downward if off else edge.upward for edge, off in asked)

    @cached_property
    def form_measures(self) -> tuple[Measure, ...]:
        """What the units fill in."""
        return tuple(measure for measure in self.measures.values() if measure.source is Source.FORM)

    @cached_property
    def monthly_measures(self) -> tuple[Measure, ...]:
        """What is reported month by month, by whomever."""
        return tuple(measure for measure in self.measures.values() if measure.monthly)

    @cached_property
    def province_measures(self) -> tuple[Measure, ...]:
        """What the province fills in: its own numbers, but those that an export alone gives."""
        alone = {export.measure for export in self.exports if export.counts is Counts.UNSTATED}
        own = (measure for measure in self.monthly_measures if measure.source is Source.PROVINCE)
        return tuple(measure for measure in own if measure.code not in alone)

    @cached_property
    def export_of(self) -> Mapping[str, Export]:
        """For each measure that a central system gives, the row that says where."""
        return {export.measure: export for export in self.exports}

    def counts_from(self, measure: str) -> Counts:
        """Whose value of a measure that is reported month by month counts.

        Source: design, section 1 (ที่มา, แหล่งข้อมูล: ใช้ค่า).
        """
        own = Counts.UNIT if self.measures[measure].source is Source.FORM else Counts.PROVINCE
        export = self.export_of.get(measure)
        return (export.counts or Counts.CENTRAL) if export else own

    def noun_of(self, unit: str) -> str:
        """What a unit is called before its name: its kind, else as the round calls all of them."""
        return self.tree.kind_of[unit].name or self.round.unit_noun

    @property
    def one_noun(self) -> str:
        """What all units are called; empty where they are of several kinds."""
        return self.round.unit_noun if len(self.tree.kinds) < 2 else ""

    @cached_property
    def links(self) -> Links:
        """What measures are of other units, and whom each is asked of."""
        return self.whole.links if self.whole else links_of(self, self.measures, self._kpis_showing)

    @cached_property
    def senders(self) -> frozenset[str]:
        """The units that have something to send: where there is no tree of units, all of them."""
        if self.whole or not self.tree.there:
            return self.whole.senders if self.whole else frozenset(self.unit)
        return frozenset().union(*(self.links.asked[measure.code] for measure in self.form_measures))

    @cached_property
    def senders_ever(self) -> frozenset[str]:
        """The units that have something to send in some month of the round: those that have a form."""
        return frozenset().union(*(period.senders for period in self.periods))

    @cached_property
    def kpi_of(self) -> Mapping[str, str]:
        """For each measure the first KPI that shows it; where none does, that of the unit it is asked for."""
        if not self.whole:
            return {code: kpis[0] for code, kpis in self.links.kpis.items()}
        here = {leaf.code for leaf in self.own_leaves}
        own = ((code, [kpi for kpi in kpis if kpi in here]) for code, kpis in self.links.kpis.items())
        return {code: kpis[0] for code, kpis in own if kpis}

    def kpis_of(self, measure: str) -> tuple[str, ...]:
        """The KPIs that show a measure."""
        return self._kpis_showing.get(measure, ())

    @cached_property
    def _kpis_showing(self) -> Mapping[str, tuple[str, ...]]:
        showing: dict[str, tuple[str, ...]] = {}
        for leaf in self.leaves:
            for measure in self.measures_of(leaf.code):
                showing[measure.code] = (*showing.get(measure.code, ()), leaf.code)
        return showing

    @cached_property
    def digest(self) -> str:
        """A fingerprint of all that the tables say, not of how the file is stored."""
        whole = [] if self.since else self.written.as_data
        return fingerprint([getattr(self, name) for name in said(self) if name != "file"] + whole)

    @cached_property
    def form_digest(self) -> str:
        """A fingerprint of what a form asks: mails or thresholds may change without voiding the forms."""
        asked = [(m.code, m.label, m.kind, m.counting_unit) for m in self.form_measures]
        return fingerprint([self.round.key, self.round.months, asked])[:16]


def applies(tables: LevelTables, code: str, unit: Unit) -> bool:
    """Whether a node and all above it apply to a unit.

    Source: design, section 1 (ใช้กับ).
    """
    return unit.code in tables.meant[code]
