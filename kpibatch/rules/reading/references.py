"""Codes that refer to each other: what points nowhere or in a circle is reported and cut.

After this, walking from a measure to its ingredients or from a node to its parent always ends.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kpibatch.base.findings import Finding, finding
from kpibatch.base.thai import fold
from kpibatch.rules.computations import COMPUTATIONS, Below
from kpibatch.rules.reading.parts import OF_OTHERS
from kpibatch.rules.records import TOTAL, Measure, Node, Source, Unit
from kpibatch.rules.schema import MEASURES, NODES

_BY_MEASURE = (Below.NUMBER, Below.DAY)


def sound_measures(measures: Mapping[str, Measure]) -> tuple[dict[str, Measure], list[Finding]]:
    """The measures without references that lead nowhere, and what was wrong with them.

    A computed one that lacks a part becomes a fault and is never computed.
    """
    known = {code: _known(measure, measures) for code, measure in measures.items()}
    faults = [
        *(fault for measure in measures.values() for fault in _unknown(measure, measures)),
        *(fault for measure in known.values() for fault in _parts(measure)),
    ]
    sound = {code: _complete(measure) for code, measure in known.items()}
    for code, measure in sound.items():
        if measure.other in measures or measure.reach or measure.source is not Source.PARTS:
            continue
        if measure.other:
            facts = {"column": MEASURES.numerator, "where": MEASURES.sheet}
            faults.append(finding("table-unknown", measure.place, found=measure.other, **facts))
        sound[code] = _uncomputed(measure, Source.FORM)
    for code in circular({code: measure.ingredients for code, measure in sound.items()}):
        faults.append(finding("table-circular", sound[code].place, found=code, column=MEASURES.numerator))
        sound[code] = _uncomputed(sound[code], Source.FORM)
    return sound, faults


def _unknown(measure: Measure, measures: Mapping[str, Measure]) -> Iterator[Finding]:
    """A measure's references to measures that there are none of."""
    named = {
        MEASURES.numerator: measure.numerator,
        MEASURES.denominator: (measure.denominator,),
        MEASURES.limit: (measure.limit,),
    }
    for column, codes in named.items():
        for code in filter(None, codes):
            if code not in measures:
                yield finding("table-unknown", measure.place, found=code, column=column, where=MEASURES.sheet)


def codes_of_units(units: Mapping[str, Unit]) -> dict[str, str]:
    """Each unit's code by its name and its code, written in one way; a code goes before a name, and a name
    that several units have is none of theirs.
    """
    borne = Counter(fold(unit.name) for unit in units.values())
    names = {name: code for code, unit in units.items() if borne[name := fold(unit.name)] == 1}
    return names | {fold(code): code for code in units}


def _known(measure: Measure, measures: Mapping[str, Measure]) -> Measure:
    """The measure without the references that lead nowhere."""
    return replace(
        measure,
        numerator=tuple(part for part in measure.numerator if part in measures),
        denominator=measure.denominator if measure.denominator in measures else "",
        limit=measure.limit if measure.limit in measures else "",
    )


def _parts(measure: Measure) -> Iterator[Finding]:
    """A measure whose source asks for parts has them, and one whose source asks for none has none.

    Source: design, section 1 (รายการข้อมูล).
    """
    facts = {"source": measure.source.value}
    if _lacks_parts(measure):
        yield finding("table-parts-missing", measure.place, found=measure.code, **facts)
    if found := ", ".join(_idle(measure)):
        yield finding("table-parts-idle", measure.place, found=found, **facts)


def _idle(measure: Measure) -> tuple[str, ...]:
    """The parts that its source does not ask for."""
    asked = COMPUTATIONS.get(measure.source)
    if asked is None:
        return measure.ingredients
    below = () if asked.below in _BY_MEASURE or not measure.denominator else (measure.denominator,)
    return (*(measure.numerator[1:] if asked.alone else ()), *below)


def _lacks_parts(measure: Measure) -> bool:
    asked = COMPUTATIONS.get(measure.source)
    if asked is None:
        return False
    return not measure.numerator or (asked.below in _BY_MEASURE and not measure.denominator)


def _complete(measure: Measure) -> Measure:
    """The measure with the parts its source asks for and no others."""
    asked = COMPUTATIONS.get(measure.source)
    if asked is None:
        return _uncomputed(measure, measure.source)
    if _lacks_parts(measure) or (asked.below is Below.HOW_MANY and not measure.count):
        return _uncomputed(measure, Source.FORM)
    return replace(
        measure,
        numerator=measure.numerator[:1] if asked.alone else measure.numerator,
        denominator=measure.denominator if asked.below in _BY_MEASURE else "",
        count=min(measure.count, len(measure.numerator)),
    )


def _uncomputed(measure: Measure, source: Source) -> Measure:
    alone = measure if source in OF_OTHERS else replace(measure, other="", reach=0)
    return replace(alone, source=source, numerator=(), denominator="", count=0)


def sound_links(
    measures: Mapping[str, Measure], nodes: Iterable[Node]
) -> tuple[dict[str, Measure], list[Finding]]:
    """The measures without those that ask of other units what there is no node of, and what was wrong.

    Source: design, section 1 (Wider rules: รวมจากหน่วยย่อย, คะแนนของหน่วย).
    """
    sound, faults, known = dict(measures), list[Finding](), {TOTAL, *(node.code for node in nodes)}
    for code, measure in measures.items():
        of_node = measure.reach or measure.source is Source.UNIT_SCORE
        if of_node and measure.other not in known:
            facts = {"column": MEASURES.numerator, "where": NODES.sheet}
            faults.append(finding("table-unknown", measure.place, found=measure.other, **facts))
            sound[code] = _uncomputed(measure, Source.FORM)
    return sound, faults


def sound_nodes(nodes: Mapping[str, Node]) -> tuple[dict[str, Node], list[Finding]]:
    """The nodes without parents that do not exist or that are below themselves, and what was wrong."""
    sound, faults = dict(nodes), list[Finding]()
    for code, node in nodes.items():
        if node.parent and node.parent not in nodes:
            facts = {"column": NODES.parent, "where": NODES.sheet}
            faults.append(finding("table-unknown", node.place, found=node.parent, **facts))
            sound[code] = replace(node, parent="")
    for code in circular({code: (node.parent,) if node.parent else () for code, node in sound.items()}):
        faults.append(finding("table-circular", sound[code].place, found=code, column=NODES.parent))
        sound[code] = replace(sound[code], parent="")
    return sound, faults


def circular(edges: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The codes from which a walk comes back to where it began, in the order given."""
    return [code for code in edges if _comes_back(code, edges)]


def _comes_back(start: str, edges: Mapping[str, tuple[str, ...]]) -> bool:
    seen: set[str] = set()
    ahead = list(edges[start])
    while ahead:
        code = ahead.pop()
        if code == start:
            return True
        if code not in seen:
            seen.add(code)
            ahead.extend(edges.get(code, ()))
    return False
