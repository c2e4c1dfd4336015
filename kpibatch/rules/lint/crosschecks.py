"""กฎตรวจ: what a row compares, and what another cell asks already."""

from collections.abc import Iterator

from kpibatch.base.findings import Finding, finding
from kpibatch.rules.checks import Comparison, Sign
from kpibatch.rules.levels import LevelTables


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


CHECKS = (counted_alike, limits_again)
