"""Codes that refer to each other: what points nowhere or in a circle is reported and cut.

After this, walking from a measure to its ingredients or from a node to its parent always ends.
"""

from collections.abc import Mapping
from dataclasses import replace

from kpibatch.base.findings import Finding, finding
from kpibatch.rules.records import Measure, Node, Source
from kpibatch.rules.sources import COMPUTED


def sound_measures(measures: Mapping[str, Measure], findings: list[Finding]) -> dict[str, Measure]:
    """The measures without references that lead nowhere; a computed one that lacks a part becomes a fault and
    is never computed.
    """
    sound: dict[str, Measure] = {}
    for code, measure in measures.items():
        for column, named in (
            ("ตัวตั้ง", measure.numerator),
            ("ตัวหาร", (measure.denominator,)),
            ("ไม่เกินรายการ", (measure.limit,)),
        ):
            for name in filter(None, named):
                if name not in measures:
                    findings.append(
                        finding("table-unknown", measure.place, found=name, column=column, where="รายการข้อมูล")
                    )
        known = replace(
            measure,
            numerator=tuple(part for part in measure.numerator if part in measures),
            denominator=measure.denominator if measure.denominator in measures else "",
            limit=measure.limit if measure.limit in measures else "",
        )
        sound[code] = _complete(known, findings)
    edges = {code: measure.ingredients for code, measure in sound.items()}
    for code in circular(edges):
        findings.append(finding("table-circular", sound[code].place, found=code, column="ตัวตั้ง"))
        sound[code] = replace(sound[code], source=Source.FORM, numerator=(), denominator="")
    return sound


def _complete(measure: Measure, findings: list[Finding]) -> Measure:
    """A measure whose source asks for parts has them, and one whose source asks for none has none."""
    needs_both, needs_one = measure.source in COMPUTED, measure.source is Source.SUM
    lacks = (needs_both and not (measure.numerator and measure.denominator)) or (
        needs_one and not measure.numerator
    )
    if lacks:
        findings.append(
            finding("table-parts-missing", measure.place, found=measure.code, source=measure.source.value)
        )
    idle = (
        measure.ingredients
        if not (needs_both or needs_one)
        else (measure.denominator,)
        if needs_one and measure.denominator
        else ()
    )
    if idle:
        findings.append(
            finding("table-parts-idle", measure.place, found=", ".join(idle), source=measure.source.value)
        )
    if lacks or not (needs_both or needs_one):
        source = Source.FORM if lacks else measure.source
        return replace(measure, source=source, numerator=(), denominator="")
    return measure if needs_both else replace(measure, denominator="")


def sound_nodes(nodes: Mapping[str, Node], findings: list[Finding]) -> dict[str, Node]:
    """The nodes without parents that do not exist or that are below themselves."""
    sound = dict(nodes)
    for code, node in nodes.items():
        if node.parent and node.parent not in nodes:
            findings.append(
                finding("table-unknown", node.place, found=node.parent, column="อยู่ใต้", where="ตัวชี้วัด")
            )
            sound[code] = replace(node, parent="")
    for code in circular({code: (node.parent,) if node.parent else () for code, node in sound.items()}):
        findings.append(finding("table-circular", sound[code].place, found=code, column="อยู่ใต้"))
        sound[code] = replace(sound[code], parent="")
    return sound


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
