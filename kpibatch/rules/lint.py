"""``levels check``: what is wrong with level tables that can be read, all faults in one pass.

In: ``LevelTables``. Out: findings. An error means that the tables contradict themselves or leave something
open; a warning, that they can be used but look like a slip; a note, that letters do this on purpose. This
file looks at the round, the units, the scorecard and the measures; ``lint_rules`` at the level tables proper.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from kpibatch.base.findings import Finding, Place, finding, in_order
from kpibatch.base.kinds import Kind, show_value
from kpibatch.base.mailboxes import read_addresses
from kpibatch.base.thai import month_end, show_date, show_number
from kpibatch.rules.levels import LevelTables, applies
from kpibatch.rules.lint_levels import lint_rules
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import TOTAL, Measure, Node, Rollup, Source, ZeroRule
from kpibatch.rules.sources import COMPUTED

_STRUCTURE = {"table-sheet-missing", "table-column-missing"}


def check_levels(path: Path) -> tuple[LevelTables, list[Finding]]:
    """Read the workbook and look for every fault; the reader's come first.

    With a sheet or column gone, the rest would be its echo.
    Raises ``KpibatchError`` where it is no readable workbook at all.
    """
    tables, read = read_levels(path)
    found = sorted(in_order(read), key=lambda one: one.code not in _STRUCTURE)
    return tables, found if any(one.code in _STRUCTURE for one in read) else found + in_order(lint(tables))


def lint(tables: LevelTables) -> list[Finding]:
    """Every fault of tables that were read; what could not be read is already among the reader's findings."""
    checks = (_round, _rating, _calendar, _units, _nodes, _alone, _weights, _measures, _unused, _baselines)
    return [*(found for check in checks for found in check(tables)), *lint_rules(tables)]


def _at(tables: LevelTables, sheet: str) -> Place:
    return Place(tables.file, sheet)


def _round(tables: LevelTables) -> Iterator[Finding]:
    place, this = _at(tables, "รอบประเมิน"), tables.round
    if this.start > this.end:
        yield finding("lint-round", place, found=f"{show_date(this.start)} – {show_date(this.end)}")
    elif not this.months:
        yield finding("lint-no-months", place, found=", ".join(map(str, this.report_months)))
    if this.level_scores and (
        len(this.level_scores) != tables.level_count or any(a >= b for a, b in pairwise(this.level_scores))
    ):
        yield finding(
            "lint-level-scores",
            place,
            found=", ".join(map(show_number, this.level_scores)),
            levels=tables.level_count,
        )
    if this.below_one not in (0, 1):
        yield finding("lint-below-one", place, found=show_number(this.below_one))
    if not this.reference:
        yield finding("lint-no-reference", place, found="", of="รอบประเมิน")


def _rating(tables: LevelTables) -> Iterator[Finding]:
    place = _at(tables, "ผลประเมิน")
    typed = [percent for percent, _ in tables.rating_typed]
    falling = all(a > b for a, b in pairwise(typed))
    if not (falling or all(a < b for a, b in pairwise(typed))):
        yield finding("lint-rating-order", place, found=", ".join(map(show_number, typed)))
    if not typed or min(typed) > 0:
        yield finding("lint-rating-zero", place, found=show_number(min(typed)) if typed else "")
    for percent in typed:
        if not 0 <= percent <= 100:
            yield finding("lint-rating-range", place, found=show_number(percent))


def _calendar(tables: LevelTables) -> Iterator[Finding]:
    place, months = _at(tables, "ปฏิทิน"), tables.round.months
    if tables.round.start.year == 1:  # the round's own days could not be read, which is reported already
        return
    for month in months:
        if month not in tables.calendar:
            yield finding("lint-no-due", place, found=month)
    for month, due in tables.calendar.items():
        if month not in months:
            yield finding("lint-due-outside", place, found=month)
        elif due < month_end(month).replace(day=1):
            yield finding("lint-due-early", place, found=show_date(due), month=month)
    typed = list(tables.calendar.items())
    for (first, due), (second, next_due) in pairwise(typed):
        if first >= second or due >= next_due:
            yield finding(
                "lint-calendar-order",
                place,
                found=f"{second} {show_date(next_due)}",
                after=f"{first} {show_date(due)}",
            )


def _units(tables: LevelTables) -> Iterator[Finding]:
    if not tables.units:
        yield finding("lint-no-units", _at(tables, "หน่วย"))
    names: dict[str, str] = {}
    for unit in tables.units:
        if unit.name in names:
            yield finding(
                "lint-same-name", unit.place, unit=unit.code, found=unit.name, other=names[unit.name]
            )
        names[unit.name] = unit.code
        if not unit.email:
            yield finding("lint-no-mail", unit.place, unit=unit.code, name=unit.name)
        for bad in read_addresses(unit.email, unit.cc).bad:
            yield finding("lint-bad-mail", unit.place, unit=unit.code, found=bad)


def _nodes(tables: LevelTables) -> Iterator[Finding]:
    if not tables.nodes:
        yield finding("lint-no-nodes", _at(tables, "ตัวชี้วัด"))
    leaves = {leaf.code for leaf in tables.leaves}
    groups = {unit.group for unit in tables.units}
    for node in tables.nodes:
        has_rules = bool(tables.rules_of(node.code))
        if node.code == TOTAL:
            yield finding("lint-reserved", node.place, found=node.code)
        if node.code in leaves and not has_rules:
            yield finding("lint-no-rules", node.place, found=node.code)
        if node.code not in leaves and has_rules:
            yield finding("lint-inner-rules", node.place, found=node.code)
        if not any(applies(tables, node.code, unit) for unit in tables.units):
            yield finding("lint-nobody", node.place, found=node.code)
        for group in sorted(node.groups - groups):
            yield finding("lint-no-group", node.place, found=group)
        if node.code in leaves and not node.reference:
            yield finding("lint-no-reference", node.place, found=node.code, of=node.code)
        if node.weight <= 0:
            yield finding("lint-weight", node.place, found=show_number(node.weight), node=node.code)


def _alone(tables: LevelTables) -> Iterator[Finding]:
    for unit in tables.units:
        if tables.leaves and not any(applies(tables, leaf.code, unit) for leaf in tables.leaves):
            yield finding("lint-unit-alone", _at(tables, "ตัวชี้วัด"), unit=unit.code, found=unit.name)


def _weights(tables: LevelTables) -> Iterator[Finding]:
    """Siblings sum to 100, or to their parent's weight, or are all equal, or to what the parent's
    ผลรวมน้ำหนัก states.
    """
    for parent in (None, *tables.nodes):
        children = tables.children(parent.code if parent else TOTAL)
        if children:
            yield from _sum_of(parent, children, tables)


def _sum_of(parent: Node | None, children: tuple[Node, ...], tables: LevelTables) -> Iterator[Finding]:
    total = round(sum(node.weight for node in children), 9)
    stated = parent.child_sum if parent else None
    place = parent.place if parent else _at(tables, "ตัวชี้วัด")
    facts = {"parent": parent.code if parent else "–", "children": ", ".join(node.code for node in children)}
    if stated is not None:
        if total != round(stated, 9):
            yield finding(
                "lint-weights-stated", place, found=show_number(total), stated=show_number(stated), **facts
            )
        return
    usual = {100.0, parent.weight if parent else 100.0}
    if total not in usual and len({node.weight for node in children}) > 1:
        yield finding("lint-weights", place, found=show_number(total), **facts)


def _measures(tables: LevelTables) -> Iterator[Finding]:
    for measure in tables.measures.values():
        if measure.minimum is not None and measure.maximum is not None and measure.minimum > measure.maximum:
            yield finding(
                "lint-bounds",
                measure.place,
                measure=measure.code,
                found=f"{measure.minimum:g} > {measure.maximum:g}",
            )
        if measure.source in COMPUTED:
            yield from _ratio(tables, measure)
        if (
            measure.source is Source.FORM
            and measure.kind in (Kind.DATE, Kind.YES_NO)
            and measure.rollup in (Rollup.SUM, Rollup.MEAN)
        ):
            yield finding(
                "lint-rollup",
                measure.place,
                measure=measure.code,
                found=measure.rollup.value,
                kind=measure.kind.value,
            )
        for part in measure.ingredients:
            if tables.measures[part].kind in (Kind.DATE, Kind.YES_NO):
                yield finding(
                    "lint-part-kind",
                    measure.place,
                    measure=measure.code,
                    found=part,
                    kind=tables.measures[part].kind.value,
                )


def _ratio(tables: LevelTables, measure: Measure) -> Iterator[Finding]:
    below = tables.measures[measure.denominator]
    for part in (tables.measures[code] for code in measure.numerator):
        if part.counting_unit != below.counting_unit:
            facts = {"above": part.code, "above_unit": part.counting_unit or "–", "below": below.code}
            yield finding(
                "lint-units", measure.place, measure=measure.code, found=below.counting_unit or "–", **facts
            )
    if below.source is not Source.BASE and measure.zero_rule is ZeroRule.MISSING:
        yield finding("lint-zero-rule", measure.place, measure=measure.code, found=below.code)


def _unused(tables: LevelTables) -> Iterator[Finding]:
    shown = set(tables.kpi_of)
    used = shown | {measure.limit for measure in tables.measures.values() if measure.code in shown}
    for measure in tables.measures.values():
        if measure.code not in used:
            yield finding("lint-unused", measure.place, measure=measure.code, found=measure.code)


def _baselines(tables: LevelTables) -> Iterator[Finding]:
    """Fixed values that a unit's KPIs ask for and the sheet does not hold, and those outside the measure's
    bounds.
    """
    place = _at(tables, "ค่าตั้งต้น")
    for (unit_code, code), base in tables.baselines.items():
        measure = tables.measures[code]
        low = 0.0 if measure.minimum is None and measure.kind.family == "number" else measure.minimum
        if (low is not None and base.value < low) or (
            measure.maximum is not None and base.value > measure.maximum
        ):
            shown = show_value(base.value, measure.kind)
            yield finding(
                "lint-baseline-range",
                base.place,
                unit=unit_code,
                measure=code,
                found=shown,
                label=measure.label,
            )
    for leaf in tables.leaves:
        for measure in tables.measures_of(leaf.code):
            if measure.source is not Source.BASE or tables.kpi_of[measure.code] != leaf.code:
                continue
            for unit in tables.units:
                if applies(tables, leaf.code, unit) and (unit.code, measure.code) not in tables.baselines:
                    yield finding(
                        "lint-no-baseline",
                        place,
                        unit=unit.code,
                        measure=measure.code,
                        name=unit.name,
                        label=measure.label,
                    )
