"""รายการข้อมูล and ค่าตั้งต้น: bounds, what a measure is computed from, fixed values."""

import math
import re
from collections.abc import Collection, Iterable, Iterator

from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.kinds import Kind, show_value
from kpibatch.rules.computations import COMPUTATIONS, Below
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Rollup, Source, ZeroRule
from kpibatch.rules.schema import BASELINES
from kpibatch.rules.sources import COMPUTED, at_zero, quotients

_NO_AMOUNT = (Kind.DATE, Kind.YES_NO)
_PLANNED = re.compile("เป้าหมาย|ตามแผน|จัดสรร")
_OF_ANY_KIND = (Source.FORM, Source.BASE, Source.WHO, Source.PARTS)
_LIKE_THEIR_PARTS = (Source.HIGHEST, Source.LOWEST)
_IN_ONE_UNIT = (Source.PERCENT, Source.GROWTH, Source.REDUCTION, Source.DIFFERENCE)


def bounds(tables: LevelTables) -> Iterator[Finding]:
    """ต่ำสุด is not above สูงสุด.

    Source: design, section 1 (รายการข้อมูล).
    """
    for measure in tables.measures.values():
        low, high = measure.minimum, measure.maximum
        if low is not None and high is not None and low > high:
            facts = {"found": f"{low:g} > {high:g}"}
            yield finding("lint-bounds", measure.place, measure=measure.code, **facts)


def sums_of_days(tables: LevelTables) -> Iterator[Finding]:
    """Days and answers can't be summed or averaged over the months.

    Source: design, section 1 (สรุปรายเดือน).
    """
    for measure in tables.measures.values():
        added = measure.monthly and measure.rollup in (Rollup.SUM, Rollup.MEAN)
        if added and measure.kind in _NO_AMOUNT:
            facts = {"found": measure.rollup.value, "kind": measure.kind.value}
            yield finding("lint-rollup", measure.place, measure=measure.code, **facts)


def part_kinds(tables: LevelTables) -> Iterator[Finding]:
    """A source is given what it can reckon with; of what makes a day or a number, all parts are alike.

    Source: design, section 1 (รายการข้อมูล: computed from ตัวตั้ง and ตัวหาร).
    """
    for measure in tables.measures.values():
        for part, families in _parts(tables, measure):
            if part.kind.family not in families:
                facts = {"found": part.code, "kind": part.kind.value, "source": measure.source.value}
                facts["expected"] = _kinds(families)
                yield finding("lint-part-kind", measure.place, measure=measure.code, **facts)


def _parts(tables: LevelTables, measure: Measure) -> Iterator[tuple[Measure, frozenset[str]]]:
    """What a measure is computed from, each with the families of kinds that it may be of."""
    if measure.source not in COMPUTATIONS:
        return
    asked = COMPUTATIONS[measure.source]
    above = [tables.measures[code] for code in measure.numerator]
    for part in above:
        alike = frozenset((above[0].kind.family,)) if measure.source in _LIKE_THEIR_PARTS else asked.takes
        yield part, (asked.takes & alike) or asked.takes
    if measure.denominator:
        family = "date" if asked.below is Below.DAY else "number"
        yield tables.measures[measure.denominator], frozenset((family,))


def _kinds(families: Collection[str]) -> str:
    return ", ".join(kind.value for kind in Kind if kind.family in families)


def own_kinds(tables: LevelTables) -> Iterator[Finding]:
    """What is computed, or reckoned by the batch, is a number, but the first or last of days a day; only a
    number limits another.

    Source: design, section 1 (รายการข้อมูล: ที่มา, ไม่เกินรายการ).
    """
    for measure in tables.measures.values():
        gives = _gives(tables, measure)
        if measure.kind.family != gives and measure.source not in _OF_ANY_KIND:
            facts = {"kind": measure.kind.value, "source": measure.source.value, "expected": _kinds((gives,))}
            yield finding("lint-kind", measure.place, measure=measure.code, found=measure.kind.value, **facts)
        of = tables.measures.get(measure.limit, measure)
        if of is not measure and (of.kind in _NO_AMOUNT or measure.kind in _NO_AMOUNT):
            facts = {"kind": measure.kind.value, "other": of.kind.value}
            yield finding("lint-limit-kind", measure.place, measure=measure.code, found=of.code, **facts)


def _gives(tables: LevelTables, measure: Measure) -> str:
    """The family of kinds that a source gives."""
    if measure.source not in _LIKE_THEIR_PARTS:
        return "number"
    of_days = tables.measures[measure.numerator[0]].kind is Kind.DATE
    return "date" if of_days else "number"


def ratio_kinds(tables: LevelTables) -> Iterator[Finding]:
    """อัตราส่วน does not multiply by 100: it makes a percent only of percents.

    Source: design, section 1 (Wider rules: อัตราส่วน).
    """
    for measure in tables.measures.values():
        parts = [tables.measures[code].kind for code in measure.numerator]
        if measure.source is Source.RATIO and measure.kind is Kind.PERCENT and Kind.PERCENT not in parts:
            facts = {"found": measure.source.value, "kind": measure.kind.value, "plain": Kind.NUMBER.value}
            yield finding("lint-ratio-percent", measure.place, measure=measure.code, **facts)


def growth_over_plans(tables: LevelTables) -> Iterator[Finding]:
    """เพิ่มขึ้น and ลดลง hold what is now against what was, and that is no plan or target.

    Source: design, section 1 (เพิ่มขึ้น, ลดลง: b is the base).
    """
    for measure in tables.measures.values():
        if measure.source in (Source.GROWTH, Source.REDUCTION) and measure.denominator:
            base = tables.measures[measure.denominator].label
            if _PLANNED.search(base):
                facts = {"found": measure.source.value, "label": base, "share": Source.PERCENT.value}
                yield finding("lint-growth-plan", measure.place, measure=measure.code, **facts)


def rounding(tables: LevelTables) -> Iterator[Finding]:
    """Only numbers are rounded.

    Source: design, section 1 (Wider rules: ปัดทศนิยม).
    """
    for measure in tables.measures.values():
        if measure.decimals is not None and measure.kind in _NO_AMOUNT:
            facts = {"found": str(measure.decimals), "kind": measure.kind.value}
            yield finding("lint-rounding", measure.place, measure=measure.code, **facts)


def part_units(tables: LevelTables) -> Iterator[Finding]:
    """What becomes a percent, or is subtracted from, is counted in the unit of ตัวหาร.

    Source: design, section 1 (รายการข้อมูล: หน่วยนับ).
    """
    alike = [each for each in tables.measures.values() if each.source in _IN_ONE_UNIT]
    for measure, below in ((each, tables.measures[each.denominator]) for each in alike):
        for part in (tables.measures[code] for code in measure.numerator):
            if part.counting_unit != below.counting_unit:
                facts = {"above": part.code, "above_unit": part.counting_unit or "–", "below": below.code}
                found = below.counting_unit or "–"
                yield finding("lint-units", measure.place, measure=measure.code, found=found, **facts)


def zero_rules(tables: LevelTables) -> Iterator[Finding]:
    """Where a unit fills in what is divided by, the tables say what zero means.

    Source: design, section 1 (เมื่อตัวหารเป็นศูนย์).
    """
    for measure, below in _ratios(tables):
        unsaid = below.source is not Source.BASE and measure.zero_rule is ZeroRule.MISSING
        if unsaid and not _always_leaves(tables, measure):
            yield finding("lint-zero-rule", measure.place, measure=measure.code, found=below.code)


def _always_leaves(tables: LevelTables, measure: Measure) -> bool:
    """Whether wherever a quotient is asked for, its KPI leaves where it would divide by zero."""
    kpis = {rule.kpi for rule in tables.rules if rule.measure == measure.code}
    cases = [
        quotients(tables.rules_in_case(kpi, number), tables.measures)
        for kpi in kpis
        for number in range(len(tables.cases_of(kpi)) + 1)
    ]
    leaving = all(tables.node[kpi].leaves for kpi in kpis if kpi in tables.node)
    return bool(kpis) and leaving and all(asked == (measure,) for asked in cases if measure in asked)


def idle_zero_rules(tables: LevelTables) -> Iterator[Finding]:
    """What says what a zero denominator means stands where something is divided, and a ratio can only be 0.

    Source: design, section 1 (เมื่อตัวหารเป็นศูนย์; Wider rules: อัตราส่วน).
    """
    for measure in tables.measures.values():
        facts = {"found": measure.zero_rule.value, "source": measure.source.value}
        if measure.zero_rule is ZeroRule.MISSING or measure.source not in COMPUTATIONS:
            continue
        if measure.source not in COMPUTED:
            yield finding("lint-zero-idle", measure.place, measure=measure.code, **facts)
        elif math.isnan(at_zero(measure, tables.lower_is_better(measure.code))):
            means = ZeroRule.PASS if measure.zero_rule is ZeroRule.FAIL else ZeroRule.FAIL
            yield finding("lint-ratio-zero", measure.place, measure=measure.code, means=means.value, **facts)


def _ratios(tables: LevelTables) -> list[tuple[Measure, Measure]]:
    """The measures that are computed by dividing, each with what it is divided by."""
    ratios = (measure for measure in tables.measures.values() if measure.source in COMPUTED)
    return [(measure, tables.measures[measure.denominator]) for measure in ratios]


def unused(tables: LevelTables) -> Iterator[Finding]:
    """Every measure is shown by a KPI, limits one that is, or is what กฎตรวจ holds another against.

    Source: design, section 1 (an unused measure; กฎตรวจ).
    """
    shown = set(tables.kpi_of)
    used = shown | {measure.limit for measure in tables.measures.values() if measure.code in shown}
    used |= {row.weight_measure for node in tables.nodes for row in node.rows}
    used |= {part for check in tables.checks.comparisons for part in _not_filled_in(tables, check.codes)}
    for measure in tables.measures.values():
        if measure.code not in used:
            yield finding("lint-unused", measure.place, measure=measure.code, found=measure.code)


def _not_filled_in(tables: LevelTables, codes: Iterable[str]) -> Iterator[str]:
    """The fixed and computed ones: what units fill in they are asked only by a KPI."""
    parts = (part for code in codes for part in tables.with_ingredients(code))
    return (part for part in parts if tables.measures[part].source is not Source.FORM)


def baseline_range(tables: LevelTables) -> Iterator[Finding]:
    """A fixed value lies within its measure's bounds; one that counts something is not negative.

    Source: design, section 1 (รายการข้อมูล: ต่ำสุด, สูงสุด).
    """
    for (unit, code), base in tables.baselines.items():
        measure = tables.measures[code]
        lowest = 0.0 if measure.kind.family == "number" else -math.inf
        low = lowest if measure.minimum is None else measure.minimum
        high = math.inf if measure.maximum is None else measure.maximum
        if base.value < low or base.value > high:
            facts = {"found": show_value(base.value, measure.kind), "label": measure.label}
            yield finding("lint-baseline-range", base.place, unit=unit, measure=code, **facts)


def no_baseline(tables: LevelTables) -> Iterator[Finding]:
    """Every fixed value that a unit's KPIs ask for is there; told once, at the first KPI that shows it.

    Source: design, section 1 (ค่าตั้งต้น).
    """
    place = Place(tables.file, BASELINES.sheet)
    for code, kpi in tables.kpi_of.items():
        measure = tables.measures[code]
        asked = [unit for unit in tables.units if tables.scored_itself(kpi, unit)]
        lacking = [unit for unit in asked if (unit.code, code) not in tables.baselines]
        if measure.source is not Source.BASE:
            continue
        if lacking == asked and len(asked) > 1:  # as in a round that begins
            yield finding("lint-no-baselines", place, measure=code, label=measure.label, count=len(asked))
            continue
        for unit in lacking:
            facts = {"name": unit.name, "label": measure.label}
            yield finding("lint-no-baseline", place, unit=unit.code, measure=code, **facts)


def evidence_of_computed(tables: LevelTables) -> Iterator[Finding]:
    """Evidence is handed in of what the units fill in, not of what is fixed or computed.

    Source: design, section 1 (ต้องมีหลักฐาน).
    """
    for measure in tables.measures.values():
        if measure.evidence and not measure.monthly:
            facts = {"found": measure.source.value, "label": measure.label}
            yield finding("lint-evidence-source", measure.place, measure=measure.code, **facts)


def evidence_levels(tables: LevelTables) -> Iterator[Finding]:
    """Levels at which evidence must be handed in are levels that there are.

    Source: design, section 1 (ต้องมีหลักฐาน; ระดับ: 2 to 9 columns).
    """
    for measure in tables.measures.values():
        highest = max((level for span in measure.evidence for level in span), default=0)
        if highest > tables.level_count:
            facts = {"label": measure.label, "levels": str(tables.level_count)}
            place = measure.place
            yield finding("lint-evidence-level", place, measure=measure.code, found=highest, **facts)


CHECKS = (
    bounds,
    sums_of_days,
    part_kinds,
    own_kinds,
    ratio_kinds,
    growth_over_plans,
    rounding,
    part_units,
    zero_rules,
    idle_zero_rules,
    unused,
    baseline_range,
    no_baseline,
    evidence_of_computed,
    evidence_levels,
)
