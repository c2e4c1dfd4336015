"""A month's outcome as far as it is one unit's own: its figures by name, its KPIs as lines, and what they say
in words.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kpibatch.base.catalogue import Words, say
from kpibatch.base.findings import Finding, count
from kpibatch.base.kinds import Kind, show_rounded, show_value
from kpibatch.base.thai import show_date, show_month, show_number
from kpibatch.books.look import FAIR, GOOD
from kpibatch.intake.corrections import CORRECTED
from kpibatch.rules.levels import LevelTables, applies
from kpibatch.rules.records import TOTAL, Measure, Node, Rule, Unit
from kpibatch.rules.tree.units import after_noun
from kpibatch.rules.written import alternatives, last_asked
from kpibatch.scoring.lacking import Lack
from kpibatch.scoring.next_level import Step
from kpibatch.scoring.promises import Promise
from kpibatch.scoring.rank import Standing, Status
from kpibatch.workbooks.unit.alike import Alike, Item
from kpibatch.workbooks.unit.own import Own


@dataclass(frozen=True)
class Line:
    """One KPI of the unit; ``next`` is the next level, 0 at the top, ``done`` are levels met above a gap.

    ``gain`` is what the next level adds to the total, ``back`` what would give back the points that are taken
    off; ``None`` where none are. ``claimed`` is the level that the unit claims, where it does.
    """

    node: Node
    share: float
    level: int
    next: int
    score: float
    values: str
    steps: tuple[Step, ...]
    done: tuple[int, ...]
    missing: bool
    gain: float
    back: Promise | None
    claimed: int | None


@dataclass(frozen=True)
class View:
    """What a unit's own says by the level tables."""

    own: Own
    alike: Alike

    @cached_property
    def say(self) -> Words:
        """The texts of ``[unit]``; who and when are facts of all of them."""
        usual = {
            "noun": self.tables.round.unit_noun,
            "name": after_noun(self.tables.round.unit_noun, self.unit),
            "owner": self.tables.round.owner,
            "month": self.month,
            "top": self.tables.level_count,
        }
        return Words("unit", self.language, usual)

    @property
    def tables(self) -> LevelTables:
        return self.alike.tables

    @property
    def unit(self) -> Unit:
        return self.own.unit

    @property
    def language(self) -> str:
        return self.own.language

    @property
    def month(self) -> str:
        return show_month(self.own.month, self.language)

    @property
    def standing(self) -> Standing:
        return self.own.standing

    @property
    def sent(self) -> bool:
        return self.standing.status is not Status.NOT_SUBMITTED

    @property
    def came(self) -> str:
        """The day the report came; empty where unknown."""
        return show_date(self.own.came, self.language) if self.own.came else ""

    @property
    def due(self) -> str:
        due = self.tables.calendar.get(self.own.month)
        return show_date(due, self.language) if due else ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.own.findings

    @property
    def corrected(self) -> int:
        """How many of its values the province set right."""
        return sum(finding.code == CORRECTED for finding in self.findings)

    @property
    def months(self) -> tuple[str, ...]:
        """The months that were to be reported so far."""
        return self.alike.months

    @property
    def values(self) -> Mapping[str, float]:
        """Every measure after its roll-up; NaN where missing."""
        return self.own.values

    @property
    def lacking(self) -> Mapping[str, Lack]:
        """The measures that the scoring asked for and that are not there, or not for every month, and why."""
        return self.own.lacking

    @property
    def shares(self) -> Mapping[str, float]:
        return self.own.shares

    @property
    def scores(self) -> Mapping[str, float]:
        return self.own.scores

    @cached_property
    def lines(self) -> dict[str, Line]:
        return {leaf.code: _line(self, leaf) for leaf in self.tables.leaves if leaf.code in self.own.kpis}

    @cached_property
    def left_out(self) -> str:
        """The KPIs that leave the unit since it has no target group."""
        meant = (leaf for leaf in self.tables.leaves if applies(self.tables, leaf.code, self.unit))
        return ", ".join(
            f"{leaf.code} {leaf.name_for(self.unit.code)}" for leaf in meant if leaf.code not in self.lines
        )

    def of_other(self, code: str) -> str:
        """The names of the units whose result of a node is taken; empty where that is the unit's own."""
        if code not in self._of_other:
            givers = self.tables.givers(code, self.unit.code, self.tables.round.until(self.own.month))
            names = [(self.tables.tree.unit[giver].name, months) for giver, months in givers.items()]
            facts = ({"giver": name, "count": months} for name, months in names)
            several = (say("explain.taken-months", self.language, **each) for each in facts)
            self._of_other[code] = ", ".join(several) if len(names) > 1 else names[0][0] if names else ""
        return self._of_other[code]

    @cached_property
    def _of_other(self) -> dict[str, str]:
        return {}

    @cached_property
    def steps_said(self) -> dict[tuple[str, int], str]:
        """What a KPI lacks, in so many steps; several sheets ask."""
        return {}

    def items_of(self, kpi: str) -> tuple[Item, ...]:
        """What a KPI shows of the unit: nothing where its result is another's."""
        return () if self.of_other(kpi) else self.alike.items[kpi]

    @cached_property
    def nodes(self) -> Sequence[tuple[Node, int]]:
        """The nodes that apply, parents first, each with its depth."""
        return tuple(self._nodes_under(TOTAL, 0))

    def _nodes_under(self, parent: str, depth: int) -> Iterator[tuple[Node, int]]:
        for node in self.tables.children(parent):
            below = list(self._nodes_under(node.code, depth + 1))
            taken = self.of_other(node.code) and self.scores[node.code] == self.scores[node.code]
            if below or node.code in self.lines or taken:
                yield node, depth
                yield from below


def _line(view: View, leaf: Node) -> Line:
    own = view.own.kpis[leaf.code]
    return Line(
        leaf,
        share=view.shares[leaf.code],
        level=own.level,
        next=view.tables.next_level(leaf.code, own.case, own.level),
        score=own.score,
        values=_values_in_short(view, leaf.code),
        steps=own.steps,
        done=tuple(number for number, met in enumerate(own.met, 1) if met and number > own.level),
        missing=own.missing,
        gain=own.gain,
        back=own.back,
        claimed=own.claimed,
    )


def _values_in_short(view: View, kpi: str) -> str:
    """The one figure that a KPI turns on, or those of which one is enough; where it has several rows, how
    many of them have reached their last level.
    """
    if name := view.of_other(kpi):
        return view.say("of-unit", unit=name)
    own = view.own.kpis[kpi]
    rules = view.tables.rules_in_case(kpi, own.case)
    figures = {rule.measure for rule in rules if view.tables.measures[rule.measure].kind.family == "number"}
    parts = [_in_words(view, view.tables.measures[code]) for code in figures] if len(figures) == 1 else []
    asked = alternatives(rules)
    if len(asked) == 1 and len(asked[0]) > 1:
        parts = _one_of(view, asked[0])
    if len(asked) > 1:
        parts.append(view.say("fulfilled", done=sum(_fulfilled(view, rows) for rows in asked), of=len(asked)))
    if own.deducted:
        parts.append(f"{say('sheet.deducted', view.language)} {show_number(round(own.deducted, 9))}")
    return "\n".join(parts)


def _one_of(view: View, rows: Sequence[Rule]) -> list[str]:
    """The values of which one is enough, those that are there."""
    language, values = view.language, view.values
    known = [rule.measure for rule in rows if not math.isnan(values[rule.measure])]
    words = (_in_words(view, view.tables.measures[code]) for code in dict.fromkeys(known))
    return [say("step.or", language).join(words)] if known else []


def _fulfilled(view: View, rows: Sequence[Rule]) -> bool:
    """Whether one of the rows holds at the last level at which any asks."""
    last = last_asked(rows)
    return last < 0 or any(rule.holds(last, view.values) for rule in rows if rule.edges[last])


def _in_words(view: View, measure: Measure) -> str:
    written = show_value(view.values[measure.code], measure.kind, view.language)
    if not written:
        return view.say("no-value")
    return view.say(
        "value-percent" if measure.kind is Kind.PERCENT else "value-counted",
        value=written,
        counted=measure.counting_unit,
    ).strip()


def status_word(view: View) -> tuple[str, str]:
    late, status = view.own.late, view.standing.status
    so_far = {"provisional": status is Status.PROVISIONAL, "no-score": status is Status.NOT_APPLICABLE}
    words = [view.say(f"status-{name}") for name, holds in (so_far | {"late": late}).items() if holds]
    return " · ".join(words) or view.say("status-complete"), FAIR if words else GOOD


def next_rating(view: View) -> str:
    better = [band for band in view.tables.rating if band[0] > round(view.standing.percent, 9)]
    if better:
        return view.say("next-rating", threshold=f"{better[-1][0]:g}", rating=better[-1][1])
    return view.say("top-rating") if view.standing.total == view.standing.total else ""


def counts_in_words(view: View) -> str:
    lines = view.lines.values()
    tops = sum(not line.next for line in lines)
    return view.say("counts", kpis=len(lines), tops=tops, missing=sum(line.missing for line in lines))


def findings_in_words(view: View) -> str:
    counts = count(view.findings)
    return "   ".join(
        view.say("counted", kind=view.say(f"severity-{name}"), count=number)
        for name, number in counts.items()
        if number
    )


def trend_in_words(view: View) -> str:
    """The unit's own percent and rank month by month; empty where there is no earlier month."""
    if len(view.own.past) < 2:
        return ""
    parts = []
    for month in view.own.past:
        name = show_month(month.month, view.language, short=True)
        written = "–" if month.percent is None else show_rounded(month.percent)
        parts.append(view.say("trend-month", name=name, percent=written, rank=month.rank or "–"))
    return view.say("trend", months="   →   ".join(parts))
