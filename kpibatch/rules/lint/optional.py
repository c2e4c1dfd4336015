"""The sheets that a workbook may do without: whose value counts (จังหวัด, แหล่งข้อมูล); what a row of กฎตรวจ
compares, and what another cell asks already.
"""

from collections.abc import Iterator

from kpibatch.base.findings import Finding, finding
from kpibatch.rules.checks import Comparison, Sign
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Counts, Source

_MAY_SAY = {
    Source.FORM: (Counts.CENTRAL, Counts.UNIT),
    Source.PROVINCE: (Counts.UNSTATED, Counts.CENTRAL, Counts.PROVINCE),
}


def export_of_monthly(tables: LevelTables) -> Iterator[Finding]:
    """An export gives what is reported month by month, not what is fixed or computed.

    Source: design, section 1 (แหล่งข้อมูล).
    """
    for export in tables.exports:
        measure = tables.measures[export.measure]
        if not measure.monthly:
            facts = {"found": measure.source.value, "label": measure.label}
            yield finding("lint-export-source", export.place, measure=measure.code, **facts)


def which_counts(tables: LevelTables) -> Iterator[Finding]:
    """Where two values come, ใช้ค่า says which of the two counts.

    Source: design, section 1 (แหล่งข้อมูล: ใช้ค่า).
    """
    for export in tables.exports:
        measure = tables.measures[export.measure]
        allowed = _MAY_SAY.get(measure.source, (export.counts,))
        if export.counts not in allowed:
            words = " / ".join(counts.value for counts in allowed if counts)
            facts = {"found": export.counts.value or "–", "source": measure.source.value, "allowed": words}
            yield finding("lint-export-counts", export.place, measure=measure.code, **facts)


def same_column(tables: LevelTables) -> Iterator[Finding]:
    """No two measures are taken from one column of an export.

    Source: design, section 1 (แหล่งข้อมูล).
    """
    first: dict[tuple[str, str, str], str] = {}
    for export in tables.exports:
        key = (export.file, export.sheet, export.column)
        if key in first:
            facts = {"found": export.column, "other": first[key]}
            yield finding("lint-export-twice", export.place, measure=export.measure, **facts)
        first.setdefault(key, export.measure)


def province_evidence(tables: LevelTables) -> Iterator[Finding]:
    """The province's own numbers have no column of evidence.

    Source: design, section 1 (ต้องมีหลักฐาน).
    """
    for measure in tables.measures.values():
        asked = measure.needs_evidence or measure.evidence
        if asked and measure.source is Source.PROVINCE:
            yield finding("lint-province-evidence", measure.place, measure=measure.code, found=measure.code)


def counted_alike(tables: LevelTables) -> Iterator[Finding]:
    """What is compared as it stands is counted in one unit.

    Source: design, section 1 (กฎตรวจ; รายการข้อมูล: หน่วยนับ).
    """
    for check in _of_two_measures(tables):
        left, right = (tables.measures[code] for code in check.codes)
        plain = check.right.times == 1 and not check.right.any_of and left.kind.family == "number"
        if plain and left.counting_unit != right.counting_unit:
            facts = {"left": left.code, "left_unit": left.counting_unit or "–"}
            facts |= {"right": right.code, "right_unit": right.counting_unit or "–"}
            yield finding("lint-check-units", check.place, found=check.text(left.kind), **facts)


def limits_again(tables: LevelTables) -> Iterator[Finding]:
    """No row asks of a measure what its ไม่เกินรายการ makes an error already.

    Source: design, section 1 (กฎตรวจ; รายการข้อมูล: ไม่เกินรายการ).
    """
    for check in _of_two_measures(tables):
        left, right = (tables.measures[code] for code in check.codes)
        at_most = check.sign is Sign.AT_MOST and check.right.times >= 1 and not check.right.any_of
        if at_most and left.limit == right.code:
            yield finding("lint-check-twice", check.place, found=check.text(left.kind))


def _of_two_measures(tables: LevelTables) -> Iterator[Comparison]:
    return (check for check in tables.checks.comparisons if len(check.codes) == 2)


def units_without_own(tables: LevelTables) -> Iterator[Finding]:
    """Whoever a place for own KPIs is meant for has one of its own there.

    Source: design, section 1 (target at level 3 ± step, of each unit its own).
    """
    places = {node.parent for node in tables.nodes if node.titles and node.parent}
    for parent in sorted(places):
        under = tables.children(parent)
        for unit in tables.units:
            own = any(unit.code in tables.meant[node.code] for node in under)
            if unit.code in tables.meant[parent] and not own:
                facts = {"found": f"{parent} {tables.node[parent].name}", "name": unit.name}
                yield finding("lint-own-none", unit.place, unit=unit.code, **facts)


CHECKS = (
    units_without_own,
    export_of_monthly,
    which_counts,
    same_column,
    province_evidence,
    counted_alike,
    limits_again,
)
