"""``explain`` across units: whose result a unit takes, and what each part has that a sum is made of, down to
the cell it stands in.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

from kpibatch.base.catalogue import Words
from kpibatch.base.findings import NOWHERE
from kpibatch.base.kinds import show_value
from kpibatch.base.thai import show_month
from kpibatch.rules.records import TOTAL, Measure, Source, Unit
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.why.worth import exact


def explain_taken(outcome: Outcome, unit: Unit, givers: Mapping[str, int], code: str) -> Iterator[str]:
    """Above the explanation of the units whose result is taken: who takes it, what it weighs there, and for
    how many months it is of whom, where that changed.

    Source: design, section 1 (Wider rules: ทีม).
    """
    say, row = Words("explain", outcome.language), outcome.tables.position[unit.code]
    name = outcome.tables.node[code].name
    yield f"{unit.code} {unit.name}   {code} {name}   {show_month(outcome.month, outcome.language)}"
    score = outcome.scores.score(code, row)
    if score != score:
        yield say("not-applicable")
        return
    facts = {"score": exact(score), "share": f"{float(outcome.scores.shares[code].to_numpy(float)[row]):.2f}"}
    waits = bool(outcome.scores.provisional[code].to_numpy(bool)[row])
    units = [outcome.tables.unit[giver] for giver in givers]
    named = (f"{each.code} {each.name}" for each in units)
    if len(units) > 1:
        pairs = zip(named, givers.values(), strict=True)
        named = (say("taken-months", giver=name, count=count) for name, count in pairs)
    words = say("taken", giver=", ".join(named), **facts)
    yield words + (say("provisional") if waits else "")


def explain_others(outcome: Outcome, unit: Unit, measure: Measure) -> Iterator[str]:
    """Below a measure that is of other units: what each of them has, with the cell it came from; of what is
    made of parts itself, theirs below it.

    Source: design, section 1 (Wider rules: รวมจากหน่วยย่อย, คะแนนของหน่วย); section 2 (explain).
    """
    links, tables = outcome.tables.links, outcome.tables
    if measure.source is Source.UNIT_SCORE:
        scorers = links.scorers(measure.code, unit.code, outcome.months)
        for giver, months in scorers.items():
            yield _score(outcome, tables.unit[giver], measure.other, months if len(scorers) > 1 else 0)
        return
    for part in links.parts.get(measure.code, {}).get(unit.code, ()):
        if measure.reach:
            yield _level(outcome, tables.unit[part], measure)
            continue
        made = tables.measures[measure.other]
        lacking = [
            tables.measures[tables.measures[code].other]
            for code in links.others_of(measure.code, unit.code, part)
            if _is_missing(outcome, part, tables.measures[code].other)
        ]
        yield _value(outcome, tables.unit[part], made, lacking)
        yield from ("    " + line for line in explain_others(outcome, tables.unit[part], made))


def _is_missing(outcome: Outcome, unit: str, measure: str) -> bool:
    return math.isnan(outcome.measured.value(unit, measure))


def _value(outcome: Outcome, part: Unit, measure: Measure, lacking: Sequence[Measure]) -> str:
    """What a part has; left out where it lacks what that is held against."""
    say, language = Words("explain", outcome.language), outcome.language
    value = outcome.measured.value(part.code, measure.code)
    place = outcome.measured.origin.get((part.code, measure.code), NOWHERE)
    written = show_value(value, measure.kind, language) or say("missing")
    text = f"{part.code} {part.name}: {measure.code} = {written} {measure.counting_unit}".rstrip()
    why = "" if part.code in outcome.sent else say("part-not-sent")
    if lacking and not _is_missing(outcome, part.code, measure.code):
        why = say("part-left-out", of=", ".join(each.label for each in lacking))
    told = outcome.lack_in_words(part.code, measure.code)
    return "   ".join(filter(None, (text, f"[{place}]" if place != NOWHERE else "", told or why)))


def _level(outcome: Outcome, part: Unit, measure: Measure) -> str:
    """Whether a part reaches the level, and by which."""
    say, kpi = Words("explain", outcome.language), outcome.scores.kpis[measure.other]
    row, whose = outcome.tables.position[part.code], f"{part.code} {part.name}: {measure.other}"
    if part.code not in outcome.sent:
        return f"? {whose}   {say('part-not-sent')}"
    if not kpi.applies[row]:
        return f"– {whose}"
    level = int(kpi.level[row])
    mark = "✓" if level >= measure.reach else "✗"
    return f"{mark} {whose} = {level}" + (say("provisional") if kpi.missing[row] else "")


def _score(outcome: Outcome, giver: Unit, node: str, months: int) -> str:
    """Whose score it is; ``months`` where it is for some of them alone."""
    say, name = Words("explain", outcome.language), f"{giver.code} {giver.name}"
    if months:
        name = say("taken-months", giver=name, count=months)
    if giver.code not in outcome.sent:
        return f"{name}   {say('part-not-sent')}"
    total = node == TOTAL
    score = (
        outcome.standing[giver.code].total if total else float(outcome.scores.scores[node].loc[giver.code])
    )
    code = say("total") if total else node
    return f"{name}: {code} = {exact(score)}   {say('further', unit=giver.code, code=node)}"
