"""What merely follows from a fault already reported: one slip is one line."""

from collections.abc import Iterable, Iterator, Sequence

from kpibatch.base.findings import Finding
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reading.units import CIRCLE
from kpibatch.rules.schema import BASELINES, CALENDAR, MEASURES, NODES, ROUND, RULES, UNITS

STRUCTURE = frozenset(("table-sheet-missing", "table-column-missing", "table-column-renamed"))
# What is asked, weighed, covered or used too little or too much: a row that could not be read may be why.
_FOLLOWS = frozenset(
    f"lint-{name}"
    for name in (
        *("no-rules", "rules-later", "since-fewer", "since-idle"),
        *("inner-rules", "unused", "nobody", "unit-alone", "no-group", "no-reference"),
        *(
            "weight",
            "weight-base",
            "weights-of",
            "row-idle",
            "no-quotient",
            "weights",
            "weights-stated",
            "root-weights",
            "root-stated",
        ),
        *("empty-level", "no-conditions", "same-level", "direction", "linear-rows", "linear-edges"),
        *("group-alone", "group-kpis"),
        *("case-left", "case-nobody"),
        *("sole-child", "first-blank", "one-strict", "beyond-bases", "swapped", "limit-far", "case-measure"),
        *("case-gap", "case-dead", "case-overlap", "case-hole"),
        *("no-baseline", "units", "part-kind", "zero-rule"),
        *("tree-apart", "tree-parts-none", "tree-above-none", "tree-team"),
    )
)
_APART = "lint-tree-apart"
_BY_SHEET = {
    ROUND.sheet: ("day-outside", "day-explained", "due-outside", "due-early", "no-due", "no-months"),
    CALENDAR.sheet: ("no-due",),
    BASELINES.sheet: ("no-baseline",),
}
# An unknown or circular code on a sheet: what it should have named seems to be missing or idle.
_BY_UNKNOWN = {
    MEASURES.sheet: ("unused", "direction"),
    NODES.sheet: (
        "no-rules",
        "rules-later",
        "since-idle",
        "weights",
        "weights-stated",
        "root-weights",
        "root-stated",
        "nobody",
    ),
    UNITS.sheet: ("no-baseline",),
    RULES.sheet: (),
}
_OF_MEASURE = (
    *("table-condition-kind", "table-not-fixed", "table-parts-missing", "table-parts-idle"),
    *("table-check-kind", "table-check-nothing"),
)


def lost_sheets(read: Iterable[Finding]) -> frozenset[str]:
    """The sheets that are missing or lack a column."""
    return frozenset(fault.place.sheet for fault in read if fault.code in STRUCTURE)


def faults_alone(read: Sequence[Finding], tables: LevelTables) -> Iterator[Finding]:
    """What the reader found, without what follows from another of its faults.

    Source: design, section 1 (every fault at once).
    """
    lost, unsure = lost_sheets(read), tables.doubtful.get(MEASURES.sheet, frozenset())
    unknown = {fault.place for fault in read if fault.code == "table-unknown"}
    for fault in read:
        facts = dict(fault.facts)
        follows = (
            (fault.code == "table-unknown" and facts["where"] in lost)
            or (fault.code in _OF_MEASURE and MEASURES.sheet in lost)
            or (fault.code in _OF_MEASURE and facts.get("asked", fault.found) in unsure)
            or (fault.code == "table-parts-missing" and fault.place in unknown)
            or (fault.code == "table-heading-blank" and fault.place.sheet in lost)
        )
        if not follows:
            yield fault


def lint_alone(linted: Sequence[Finding], read: Sequence[Finding], tables: LevelTables) -> Iterator[Finding]:
    """What the checks found, without what follows from what could not be read."""
    faulty = {fault.place.sheet for fault in read if fault.severity == "error"}
    named = {_about(fault) for fault in read if fault.code in ("table-unknown", "table-circular")}
    codes = {name for sheet in faulty for name in _BY_SHEET.get(sheet, ())}
    codes |= {name for sheet in named for name in _BY_UNKNOWN.get(sheet, ())}
    doubtful = frozenset[str]().union(*tables.doubtful.values(), *map(_in_a_circle, read))
    apart = {fault.unit for fault in linted if fault.code == _APART}
    for fault in linted:
        subjects = {fault.measure, fault.unit, *_words(fault.found)}
        subjects |= {word for _, value in fault.facts for word in _words(value)}
        homeless = fault.code != _APART and fault.unit in apart
        follows = fault.code in _FOLLOWS and (homeless or subjects & doubtful)
        if fault.code.removeprefix("lint-") not in codes and not follows:
            yield fault


def _about(fault: Finding) -> str:
    """The sheet that holds what an unknown or circular code should have named."""
    return dict(fault.facts).get("where", fault.place.sheet)


def _in_a_circle(fault: Finding) -> list[str]:
    """The units that a fault says to stand below each other in a circle."""
    return fault.found.split(CIRCLE) if fault.code == "table-circular" else []


def _words(text: str) -> list[str]:
    return text.split(", ")
