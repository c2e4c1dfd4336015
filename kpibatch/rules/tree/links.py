"""What measures are of other units: which units a measure is asked of, of which parts it is made up, of which
unit above it is the score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kpibatch.rules.records import TOTAL, Measure, Source, Unit
from kpibatch.rules.tree.nodes import Scorecard
from kpibatch.rules.tree.units import standing_in

HELD_AGAINST = (Source.PERCENT, Source.GROWTH, Source.REDUCTION, Source.RATIO, Source.DIFFERENCE)
"""Where one figure is held against another: both must be of the same parts."""


@dataclass(frozen=True)
class Links:
    """By measure: the KPIs that show it, or, where none does, those of the units that it is made for; the
    units it is asked of; by unit, of which parts it is made up (รวมจากหน่วยย่อย), and whose score it is
    (คะแนนของหน่วย), of those that have moved from which month on. ``beside`` are the other measures made of
    parts that one is held against: a part that lacks one of them counts in none.
    """

    kpis: Mapping[str, tuple[str, ...]]
    asked: Mapping[str, frozenset[str]]
    parts: Mapping[str, Mapping[str, tuple[str, ...]]]
    givers: Mapping[str, Mapping[str, str]]
    stints: Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]] = field(default_factory=dict)
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def scorers(self, code: str, unit: str, months: Sequence[str]) -> Mapping[str, int]:
        """The units whose score a measure is of a unit, each with in how many of the months that stood below
        it, the present one first.

        Source: design, section 1 (Wider rules: คะแนนของหน่วย; moved in mid-round: weighted by months).
        """
        now = self.givers.get(code, {}).get(unit, "")
        stints = self.stints.get(code, {}).get(unit, ())
        if not now or not stints:
            return {now: len(months)} if now else {}
        counts = {now: 0}
        for month in months:
            there = [giver for since, giver in stints if since <= month][-1]
            if there:
                counts[there] = counts.get(there, 0) + 1
        return {giver: count for giver, count in counts.items() if count} or {now: 1}

    def others_of(self, code: str, unit: str, part: str) -> tuple[str, ...]:
        """The measures beside one that the part of a unit has a share in as well."""
        return tuple(other for other in self.beside.get(code, ()) if part in self.parts[other].get(unit, ()))

    @property
    def there(self) -> bool:
        """Whether any measure is of other units."""
        return bool(self.parts or self.givers)


def links_of(
    card: Scorecard, measures: Mapping[str, Measure], showing: Mapping[str, tuple[str, ...]]
) -> Links:
    """Work them out; ``showing`` are by measure the KPIs that show it.

    Parts are those directly below that are scored themselves by what the measure is made of; a measure that
    no KPI shows is asked of the parts of those whose measure is made of it.
    Source: design, section 1 (Wider rules: รวมจากหน่วยย่อย, คะแนนของหน่วย).
    """
    users: dict[str, list[Measure]] = {code: [] for code in measures}
    for each in measures.values():
        for code in (*each.ingredients, *_of_parts(each)):
            users[code].append(each)
    kpis, asked = dict[str, tuple[str, ...]](), dict[str, frozenset[str]]()
    for code in measures:
        _reach(code, card, showing, users, kpis, asked)
    made = (each for each in measures.values() if each.source is Source.PARTS)
    taken = [each for each in measures.values() if each.source is Source.UNIT_SCORE]
    return Links(
        {code: kpis[code] for code in measures if kpis[code]},
        asked,
        {each.code: _parts(card, each, asked) for each in made},
        {each.code: _givers(card, each, asked[each.code]) for each in taken},
        {each.code: _stints(card, each, asked[each.code]) for each in taken},
        _beside(measures),
    )


def _of_parts(measure: Measure) -> tuple[str, ...]:
    """The measure of its parts that one is made of, if it is of one."""
    return (measure.other,) if measure.source is Source.PARTS and not measure.reach and measure.other else ()


def _reach(
    code: str,
    card: Scorecard,
    showing: Mapping[str, tuple[str, ...]],
    users: Mapping[str, Sequence[Measure]],
    kpis: dict[str, tuple[str, ...]],
    asked: dict[str, frozenset[str]],
) -> None:
    """Put down a measure's KPIs and units, after those of what is made of it; what comes back to itself, a
    fault that the check tells, ends there.
    """
    if code in kpis:
        return
    kpis[code] = showing.get(code, ())
    asked[code] = frozenset(
        unit.code for unit in card.units for kpi in kpis[code] if card.scored_itself(kpi, unit)
    )
    for user in () if kpis[code] else users[code]:
        _reach(user.code, card, showing, users, kpis, asked)
        kpis[code] = tuple(dict.fromkeys((*kpis[code], *kpis[user.code])))
        whole = asked[user.code]
        below = (unit.code for unit in card.units if unit.parent in whole)
        asked[code] |= frozenset(below) if code == user.other else whole


def _parts(
    card: Scorecard, measure: Measure, asked: Mapping[str, frozenset[str]]
) -> dict[str, tuple[str, ...]]:
    def counts(part: Unit) -> bool:
        if measure.reach:
            return measure.other in card.node and card.scored_itself(measure.other, part)
        return part.code in asked.get(measure.other, ())

    return {
        unit.code: tuple(part.code for part in card.tree.parts.get(unit.code, ()) if counts(part))
        for unit in card.units
        if unit.code in asked[measure.code]
    }


def _beside(measures: Mapping[str, Measure]) -> dict[str, tuple[str, ...]]:
    """By measure that is made of parts, the others so made that something is computed of with it.

    Source: design, section 1 (missing is not zero; Wider rules: รวมจากหน่วยย่อย).
    """
    beside: dict[str, tuple[str, ...]] = {}
    for user in measures.values():
        made = [code for code in user.ingredients if _is_summed(measures.get(code))]
        for code in made if user.source in HELD_AGAINST else ():
            others = (*beside.get(code, ()), *(each for each in made if each != code))
            beside[code] = tuple(dict.fromkeys(others))
    return {code: others for code, others in beside.items() if others}


def _is_summed(measure: Measure | None) -> bool:
    return measure is not None and measure.source is Source.PARTS and not measure.reach


def _givers(card: Scorecard, measure: Measure, asked: frozenset[str]) -> dict[str, str]:
    """The nearest unit above that the node is meant for; without a node, the nearest of all."""
    found = ((unit.code, _giver(card, measure, unit)) for unit in card.units if unit.code in asked)
    return {unit: giver for unit, giver in found if giver}


def _giver(card: Scorecard, measure: Measure, unit: Unit) -> str:
    above = (each.code for each in card.tree.above(unit))
    if measure.other == TOTAL:
        return next(above, "")
    meant = card.meant.get(measure.other, frozenset())
    return next((each for each in above if each in meant), "")


def _stints(
    card: Scorecard, measure: Measure, asked: frozenset[str]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Of the units that have moved, from which month on whose score it is."""
    return {
        unit.code: tuple((since, _giver(card, measure, standing_in(unit, since))) for since, _ in unit.moves)
        for unit in card.units
        if unit.moves and unit.code in asked
    }
