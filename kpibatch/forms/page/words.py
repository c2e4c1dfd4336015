"""What is said beside an item of the form: how it is filled in, what it is held against."""

from collections.abc import Iterable, Sequence

from kpibatch.base.catalogue import say
from kpibatch.base.kinds import Kind, show_value
from kpibatch.base.thai import show_number
from kpibatch.forms.asked import baseline_of
from kpibatch.forms.page.entry import is_milestone
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.words import since_in_words, spans_in_words
from kpibatch.rules.paper.worth import deduction_in_words
from kpibatch.rules.records import Measure, Rollup, Source, Unit

_HOW = {
    Rollup.LAST: "last",
    Rollup.SUM: "sum",
    Rollup.MIN: "min",
    Rollup.MAX: "max",
    Rollup.MEAN: "mean",
}


def how_in_words(measure: Measure, language: str) -> str:
    """How an item is filled in: of the month alone or as it stands then, and how the months become one.

    Source: design, section 1 (สรุปรายเดือน).
    """
    name = "once" if is_milestone(measure) else _HOW[measure.rollup]
    if measure.rollup in (Rollup.LAST, Rollup.MIN) and measure.kind in (Kind.YES_NO, Kind.PERCENT):
        name += "-yes-no" if measure.kind is Kind.YES_NO else "-percent"
    parts = [say(f"form.how-{name}", language)]
    if measure.needs_evidence:
        parts.append(say("form.how-evidence", language))
    if measure.evidence:
        parts.append(say("form.how-files", language, levels=spans_in_words(measure.evidence, language)))
    return "\n".join(parts)


def weights_in_words(periods: Iterable[LevelTables], kpi: str, unit: Unit, language: str) -> str:
    """What a KPI weighs for a unit, by the first of these rules and then where it changes."""
    said: list[str] = []
    before = None
    for period in (period for period in periods if kpi in period.node):
        weight = period.weights[kpi][period.position[unit.code]]
        if weight != before:
            since = f" ({since_in_words(period.since, language)})" if said else ""
            said.append(f"{show_number(weight)}{since}")
        before = weight
    return say("form.weight", language, weight=", ".join(said))


def points_off_in_words(periods: Iterable[LevelTables], kpi: str, language: str) -> dict[str, None]:
    """By what points are taken off a KPI by any of these rules, line by line.

    Source: design, section 1 (Wider rules: หักคะแนน).
    """
    rows = ((period, rule) for period in periods for rule in period.deductions_of(kpi))
    return dict.fromkeys(deduction_in_words(period, rule, language) for period, rule in rows)


def about_unit(periods: Sequence[LevelTables], unit: Unit, language: str) -> str:
    """What is fixed of a unit and decides by which case it is judged (its staff), and whom it may ask."""
    facts: dict[str, str] = {}
    for period in periods:
        for leaf in (leaf for leaf in period.leaves if period.scored_itself(leaf.code, unit)):
            for measure in (period.measures[case.measure] for case in period.cases_of(leaf.code)):
                fixed = period.baselines.get((unit.code, measure.code))
                if fixed and measure.source is Source.BASE:
                    value = show_value(fixed.value, measure.kind, language)
                    facts[measure.code] = f"{measure.label} {value} {measure.counting_unit}".rstrip()
    contact = periods[0].round.contact if periods else ""
    asks = [say("form.contact", language, contact=contact)] if contact else []
    return "\n".join(filter(None, ("  ".join(facts.values()), *asks)))


def held_against(tables: LevelTables, measure: Measure, language: str) -> str:
    """The name of what an item is held against: what the province fixed, or what it may not exceed."""
    base = baseline_of(tables, measure)
    if base:
        return base.label
    limit = tables.measures.get(measure.limit)
    return say("form.at-most", language, label=limit.label) if limit else ""
