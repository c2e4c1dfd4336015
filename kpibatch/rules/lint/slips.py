"""What can be read and is rarely meant: a dropped word, one cell unlike its row, parts that are swapped.

A row's หมายเหตุ that names the number, level or year in question speaks for it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from kpibatch.base.findings import Finding, finding
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import BUDDHIST, arabic, show_number
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.bounds import Asked, asked_in, numbers_in
from kpibatch.rules.records import Measure, Rollup, Rule, Source
from kpibatch.rules.sources import COMPUTED

_MEANT_TO_BE_LOW = re.compile(r"ไม่เกิน|คงเหลือ|เหลือ|ลด|ค้าง|หนี้|ชำรุด|ร้องเรียน|ล่าช้า|ช้า|ผิด|ใช้พลังงาน|สูญ|ทุจริต|เสีย")
_GREW, _SHRANK = re.compile("เพิ่มขึ้น"), re.compile("ลดลง|ลดการ|การลด")
_WHOLE = re.compile("ปีฐาน|ปีก่อน|เป้าหมาย|ทั้งหมด|ตามแผน|แผนที่ตั้ง|จัดสรร")
_ROW = 3  # so many cells of a row make a pattern that one cell can stray from


def _asking(tables: LevelTables) -> Iterator[Rule]:
    """The rows that ask something of a level, by thresholds that are the same for all units."""
    return (rule for rule in tables.rules if not rule.deducts and not rule.references)


def any_result(tables: LevelTables) -> Iterator[Finding]:
    """A first cell that looks the other way asks for nothing: so it is meant only before a band (``≤ 80``
    before ``81 - 85``).

    Source: design, section 1 (Bands are lower edges).
    """
    for rule in _asking(tables):
        asked = asked_in(rule)
        for first, second in [*pairwise(asked)][:1]:
            if not first.edge.any_value or first.alone.any_value:
                continue
            facts = {"found": first.typed, "level": str(first.level), "next": second.typed}
            banded = second.alone.low > float("-inf") and second.alone.high < float("inf")
            code = "lint-any-result" if banded else "lint-other-way"
            yield finding(code, first.place, measure=rule.measure, **facts)


def one_strict(tables: LevelTables) -> Iterator[Finding]:
    """One cell of a row that says "more than" among such that say "at least", or the other way round.

    Where it stands beside the same number, that is the whole difference, and meant.

    Source: design, section 1 (nothing is read silently).
    """
    for rule in _asking(tables):
        numbers = [asked for asked in numbers_in(rule) if not (asked.edge.exact or asked.edge.two_sided)]
        strict = Counter(_is_open(asked) for asked in numbers)
        for at, asked in enumerate(numbers):
            alone = strict[_is_open(asked)] == 1 and len(numbers) >= _ROW
            near = numbers[max(at - 1, 0) : at + 2]
            beside = [
                end
                for other in near
                if other is not asked
                for end in (other.edge.threshold, other.alone.high)
            ]
            named = _names(rule, show_number(asked.edge.threshold))
            if alone and asked.edge.threshold not in beside and not named:
                facts = {"found": asked.typed, "other": numbers[at - 1 if at else 1].typed}
                yield finding("lint-one-strict", asked.place, measure=rule.measure, **facts)


def _is_open(asked: Asked) -> bool:
    return asked.edge.high_open if asked.edge.downward else asked.edge.low_open


def _names(rule: Rule, number: str) -> bool:
    """Whether a row's remark names a number."""
    return bool(re.search(rf"(?<![0-9.]){re.escape(number)}(?![0-9])", arabic(rule.remark)))


def lost_first(tables: LevelTables) -> Iterator[Finding]:
    """A row of even steps up to the top whose first cell alone is blank.

    Source: design, section 1 (nothing is read silently).
    """
    for rule in _asking(tables):
        numbers = [asked.edge.threshold for asked in numbers_in(rule)]
        filled = [level for level, edge in enumerate(rule.edges, 1) if edge]
        steps = {round(b - a, 9) for a, b in pairwise(numbers)}
        blank_first = filled == list(range(2, tables.level_count + 1)) and not rule.skips(0)
        meant = round(numbers[0] - min(steps), 9) if blank_first and len(steps) == 1 else 0.0
        if meant > 0 and len(numbers) >= _ROW and not _names(rule, "1"):
            facts = {"found": "", "meant": show_number(meant), "next": rule.typed[1]}
            yield finding("lint-first-blank", rule.places[0], measure=rule.measure, **facts)


def one_alone_downward(tables: LevelTables) -> Iterator[Finding]:
    """A row of one cell that says "at most" of something that is not named as better when low.

    Source: design, section 1 (nothing is read silently).
    """
    for rule in _asking(tables):
        asked, measure = numbers_in(rule), tables.measures[rule.measure]
        if len(asked) == 1 and asked[0].edge.downward and not rule.remark and not _low(measure):
            facts = {"found": asked[0].typed, "meant": f"≥ {show_number(asked[0].edge.threshold)}"}
            yield finding("lint-alone-downward", asked[0].place, measure=rule.measure, **facts)


def _low(measure: Measure) -> bool:
    return bool(_MEANT_TO_BE_LOW.search(f"{measure.label} {measure.counting_unit}"))


def yes_and_no(tables: LevelTables) -> Iterator[Finding]:
    """A row asks for yes or for no, never for one after the other; a no is rarely asked for.

    Source: design, section 1 (nothing is read silently).
    """
    for rule in _asking(tables):
        answers = [asked for asked in asked_in(rule) if asked.edge.family == "yes_no"]
        noes = [asked for asked in answers if asked.edge.low == 0]
        if noes and len(noes) < len(answers):
            odd = noes[0] if len(noes) * 2 <= len(answers) else next(a for a in answers if a not in noes)
            facts = {"found": odd.typed, "level": str(odd.level)}
            yield finding("lint-yes-and-no", odd.place, measure=rule.measure, **facts)
        elif noes and not rule.remark:
            yield finding("lint-asks-no", noes[0].place, measure=rule.measure, found=noes[0].typed)


def deadlines(tables: LevelTables) -> Iterator[Finding]:
    """A deadline outside the round is a slip, unless the row's หมายเหตุ names its year.

    Source: design, section 1 (a date outside the round); readings, buriram-2565-2, I11.
    """
    first, last = tables.round.start, tables.round.end
    for rule in tables.rules:
        for asked in asked_in(rule):
            if asked.edge.family == "date" and not first.toordinal() <= asked.edge.high <= last.toordinal():
                year = date.fromordinal(int(asked.edge.high)).year + BUDDHIST
                code = "lint-day-explained" if _names(rule, str(year)) else "lint-day-outside"
                yield finding(code, asked.place, measure=rule.measure, found=asked.typed)


def growth_words(tables: LevelTables) -> Iterator[Finding]:
    """เพิ่มขึ้น or ลดลง in a row or in its measure's name is what the measure computes.

    Source: design, section 1 (nothing is read silently).
    """
    computes = {Source.GROWTH: _SHRANK, Source.REDUCTION: _GREW}
    names = {Source.GROWTH: _GREW, Source.REDUCTION: _SHRANK}
    for rule in tables.rules:
        measure = tables.measures[rule.measure]
        if measure.source not in computes:
            continue
        against, own, label = computes[measure.source], names[measure.source], measure.label
        facts = {"source": measure.source.value, "label": label}
        for asked in [asked for asked in asked_in(rule) if against.search(asked.typed)][:1]:
            yield finding("lint-growth-word", asked.place, measure=measure.code, found=asked.typed, **facts)
        if against.search(label) and not own.search(label):
            yield finding("lint-growth-name", measure.place, measure=measure.code, found=label, **facts)


def beyond_bases(tables: LevelTables) -> Iterator[Finding]:
    """A count is not asked beyond what every unit's own base allows.

    Source: design, section 1 (levels unreachable; ไม่เกินรายการ).
    """
    for rule in tables.rules:
        measure = tables.measures[rule.measure]
        bases = [b.value for (_, code), b in tables.baselines.items() if code == measure.limit]
        if not bases or measure.rollup is Rollup.SUM:
            continue
        for asked in numbers_in(rule):
            if not asked.edge.of and asked.edge.low > max(bases):
                facts = {"found": asked.typed, "limit": show_number(max(bases)), "of": measure.limit}
                yield finding("lint-beyond-bases", asked.place, measure=rule.measure, **facts)


def case_measures(tables: LevelTables) -> Iterator[Finding]:
    """The cases of a KPI are those of one measure, and that is no other KPI's own number.

    Source: design, section 1 (nothing is read silently).
    """
    for leaf in tables.leaves:
        codes = [rule.case.measure for rule in tables.rules_of(leaf.code) if rule.case]
        own = {rule.measure for rule in tables.rules_of(leaf.code)}
        for rule in tables.rules_of(leaf.code):
            if rule.case is None or codes.count(rule.case.measure) * 2 > len(codes) > 0:
                continue
            filled_in = tables.measures[rule.case.measure].monthly
            asked_by = [kpi for kpi in tables.kpis_of(rule.case.measure) if kpi != leaf.code]
            if len(set(codes)) > 1 and rule.case.measure not in own and filled_in and asked_by:
                facts = {"kpi": leaf.code, "of": rule.case.measure, "other": asked_by[0]}
                yield finding("lint-case-measure", rule.places[0], found=rule.case.measure, **facts)


def limits(tables: LevelTables) -> Iterator[Finding]:
    """ไม่เกินรายการ names something counted in the same unit, of a KPI that shows the measure too.

    Source: design, section 1 (ไม่เกินรายการ).
    """
    for measure in tables.measures.values():
        other = tables.measures.get(measure.limit)
        if other is None or other.kind.family != measure.kind.family or measure.kind.family != "number":
            continue
        units = [each.counting_unit or each.kind.value for each in (measure, other)]
        if units[0] != units[1] or (measure.kind, other.kind).count(Kind.PERCENT) == 1:
            facts = {"found": other.code, "unit": units[0], "other": units[1]}
            yield finding("lint-limit-unit", measure.place, measure=measure.code, **facts)
        elif not _near(tables, measure, other):
            yield finding("lint-limit-far", measure.place, measure=measure.code, found=other.code)


def _near(tables: LevelTables, measure: Measure, other: Measure) -> bool:
    """Whether a KPI shows both, or the other one is shown by none and so is no KPI's in particular."""
    shown = set(tables.kpis_of(other.code))
    return not shown or bool(shown & set(tables.kpis_of(measure.code)))


def swapped(tables: LevelTables) -> Iterator[Finding]:
    """What is divided is the part, what it is divided by the whole.

    Source: design, section 1 (ร้อยละ 100·a/b, เพิ่มขึ้น, ลดลง: b is the base).
    """
    for measure in tables.measures.values():
        if measure.source not in COMPUTED or len(measure.numerator) != 1 or not measure.denominator:
            continue
        a, b = tables.measures[measure.numerator[0]], tables.measures[measure.denominator]
        fixed = a.source is Source.BASE and b.source is not Source.BASE
        limited = b.limit == a.code
        named = bool(_WHOLE.search(a.label)) and not _WHOLE.search(b.label)
        if fixed or limited or named:
            facts = {"found": a.label, "below": b.label}
            yield finding("lint-swapped", measure.place, measure=measure.code, **facts)


def same_labels(tables: LevelTables) -> Iterator[Finding]:
    """Two measures of one KPI have names that tell them apart.

    Source: design, section 1 (nothing is read silently).
    """
    told: set[str] = set()
    for leaf in tables.leaves:
        first: dict[str, Measure] = {}
        for measure in tables.measures_of(leaf.code):
            other = first.setdefault(measure.label, measure)
            if other is not measure and measure.code not in told:
                told.add(measure.code)
                facts = {"found": measure.label, "other": other.code, "kpi": leaf.code}
                yield finding("lint-same-label", measure.place, measure=measure.code, **facts)


def on_time_kind(tables: LevelTables) -> Iterator[Finding]:
    """ส่งทันกำหนด is a percent.

    Source: design, section 1 (ส่งทันกำหนด: percent of the due months).
    """
    for measure in tables.measures.values():
        if measure.source is Source.ON_TIME and measure.kind is not Kind.PERCENT:
            facts = {"found": measure.kind.value, "source": measure.source.value}
            yield finding("lint-on-time-kind", measure.place, measure=measure.code, **facts)


def zero_bases(tables: LevelTables) -> Iterator[Finding]:
    """A fixed value that something is divided by is rarely zero.

    Source: design, section 1 (nothing is read silently).
    """
    divisors = {measure.denominator for measure in tables.measures.values() if measure.source in COMPUTED}
    for (unit, code), base in tables.baselines.items():
        if base.value == 0 and code in divisors:
            facts = {"found": "0", "label": tables.measures[code].label}
            yield finding("lint-zero-base", base.place, unit=unit, measure=code, **facts)


def sole_children(tables: LevelTables) -> Iterator[Finding]:
    """A node that stands alone under its parent weighs all of it.

    Source: design, section 1 (ตัวชี้วัด: siblings' weights).
    """
    for parent in tables.nodes:
        children = tables.children(parent.code)
        if len(children) == 1 and parent.child_sum is None and children[0].weight not in (100, parent.weight):
            facts = {"parent": parent.code, "weight": show_number(parent.weight), "node": children[0].code}
            yield finding(
                "lint-sole-child", children[0].place, found=show_number(children[0].weight), **facts
            )


def codes_elsewhere(tables: LevelTables) -> Iterator[Finding]:
    """A code made of another node's and more (``D1.2``) stands under that one.

    Source: design, section 1 (ตัวชี้วัด: one tree).
    """
    for node in tables.nodes:
        stem = node.code.rpartition(".")[0]
        if stem in tables.node and node.parent != stem:
            facts = {"expected": stem, "parent": node.parent or "–"}
            yield finding("lint-code-elsewhere", node.place, found=node.code, **facts)


CHECKS = (
    any_result,
    one_strict,
    lost_first,
    one_alone_downward,
    yes_and_no,
    deadlines,
    growth_words,
    beyond_bases,
    case_measures,
    limits,
    swapped,
    same_labels,
    on_time_kind,
    zero_bases,
    sole_children,
    codes_elsewhere,
)
