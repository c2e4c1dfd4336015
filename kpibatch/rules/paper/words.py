"""The level tables in words, as an office writes them: what a measure must reach, a level, a case, a
scorecard line.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date
from itertools import pairwise

from kpibatch.base.catalogue import say
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import show_date, show_month, show_number
from kpibatch.rules.checks import BuiltIn, Comparison, Sign, Watch
from kpibatch.rules.conditions import Condition
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.optional.own_kpis import in_own_terms
from kpibatch.rules.paper.made import made_in_words
from kpibatch.rules.reading.evidence import EVERY_LEVEL, Spans
from kpibatch.rules.records import Case, Counts, Measure, Node, Rule, Source
from kpibatch.rules.written import alternatives


def asked(tables: LevelTables, code: str, edge: Condition, language: str) -> str:
    """One item of a level, asked of the measure with that code: ``ร้อยละการใช้จ่าย ไม่น้อยกว่าร้อยละ 80``."""
    measure = tables.measures[code]
    if edge.family == "yes_no":
        return say("words.yes" if edge.low == 1 else "words.no", language, label=measure.label)
    if edge.any_value:
        return say("words.any", language, label=measure.label)
    return f"{measure.label} {bound(edge, measure, language, tables.measures.get(edge.of))}"


def bound(edge: Condition, measure: Measure, language: str, of: Measure | None = None) -> str:
    """What a condition asks, without the measure's name: ``ไม่น้อยกว่าร้อยละ 80``, ``มากกว่า 4 คน``, ``ภายใน
    10 ก.ย. 2565``; its threshold may be reckoned ``of`` another measure.
    """
    if edge.family == "date":
        from_ordinal = measure_day(edge.high, language)
        return say("words.before" if edge.high_open else "words.by", language, day=from_ordinal)
    if edge.family == "yes_no":
        return say("sheet.yes" if edge.low == 1 else "sheet.no", language)
    if edge.two_sided:
        low, high = _amount(edge.low, measure, language), _amount(edge.high, measure, language)
        name = (
            "between"
            if not edge.low_open and not edge.high_open
            else f"{'above' if edge.low_open else 'from'}-{'below' if edge.high_open else 'to'}"
        )
        return (
            say(f"words.{name}", language, low=low, high=high)
            .replace(" ร้อยละ", "ร้อยละ", 1)
            .replace("ถึง ร้อยละ", "ถึงร้อยละ")
        ) + (say("words.only-between", language) if edge.only else "")
    name = {">=": "at-least", ">": "more-than", "<=": "at-most", "<": "less-than", "=": "exactly"}[edge.sign]
    number = edge.reckoned(of.label) if of else _amount(edge.threshold, measure, language)
    words = say(f"words.{name}", language, number=number)
    return words.replace(" ร้อยละ", "ร้อยละ")


def measure_day(ordinal: float, language: str) -> str:
    """A day held as an ordinal, as a person writes it."""
    return show_date(date.fromordinal(int(ordinal)), language)


def _amount(number: float, measure: Measure, language: str) -> str:
    whole, point, decimals = show_number(number).partition(".")
    shown = f"{int(whole):,}{point}{decimals}"
    if measure.kind is Kind.PERCENT:
        return say("words.percent", language, number=shown)
    return f"{shown} {measure.counting_unit}".rstrip()


def level_in_words(tables: LevelTables, rules: list[Rule], level: int, language: str) -> list[str]:
    """What one level (from 1) asks by these rows, item by item."""
    if any(rule.skips(level - 1) for rule in rules):
        return [say("words.not-given", language)]
    either = (
        [asked(tables, rule.measure, edge, language) for rule in rows if (edge := rule.edges[level - 1])]
        for rows in alternatives(rules)
    )
    return [say("words.or", language).join(items) for items in either if items]


def group_in_words(rule: Rule, language: str) -> str:
    """Which alternatives a row belongs to; empty where it stands for itself."""
    return say("words.alternative", language, group=rule.group) if rule.group else ""


def case_in_words(tables: LevelTables, case: Case, language: str) -> str:
    """A case, without what those above it take: ``กรณี อัตรากำลังของอำเภอ มากกว่า 2 คน แต่ไม่เกิน 4 คน``."""
    measure = tables.measures[case.measure]
    if case.names:
        return say("words.case-who", language, label=measure.label)
    own = bound(case.rest or case.condition, measure, language)
    return say("words.case", language, label=measure.label, bound=own)


def levels_in_words(tables: LevelTables, kpi: str, language: str) -> list[tuple[int, list[str]]]:
    """Each level of a KPI with its items; where there are cases, each item says which. Of rules of one unit
    alone, a KPI of its own is asked in the terms of its result.
    """
    cases = tables.cases_of(kpi)
    rules = [_in_terms_of_one(tables, rule) for rule in tables.rules_of(kpi)]
    common = [rule for rule in rules if rule.case is None]
    result = []
    for level in range(1, tables.level_count + 1):
        items = []
        for case in cases:
            own = level_in_words(tables, [rule for rule in rules if rule.case == case], level, language)
            if own:
                items.append(
                    f"{case_in_words(tables, case, language)}: {say('words.and', language).join(own)}"
                )
        result.append((level, items + level_in_words(tables, common, level, language)))
    return result


def _in_terms_of_one(tables: LevelTables, rule: Rule) -> Rule:
    return in_own_terms(rule, tables, tables.units[0].code) if len(tables.units) == 1 else rule


def check_in_words(tables: LevelTables, check: Comparison | Watch, language: str) -> str:
    """A row of กฎตรวจ: ``เตือน  เมื่อ เบิกจ่าย มากกว่า 2 × งบประมาณ``."""
    gravity = say(f"words.check-{check.gravity.severity}", language)
    off = "" if check.used else say("words.check-off", language)
    words = f"  “{check.words}”" if check.words else ""
    return f"{gravity}  {_holds_in_words(tables, check, language)}{words}{off}"


def _holds_in_words(tables: LevelTables, check: Comparison | Watch, language: str) -> str:
    if isinstance(check, Watch):
        limit = show_number(check.limit)
        return f"{check.name}: {say(f'words.check-{_WATCHED[check.name]}', language, limit=limit)}"
    left, right = tables.measures[check.left], check.right
    other = tables.measures[right.measure].label if right.measure else right.text(left.kind)
    if right.any_of and check.sign is Sign.AT_LEAST:
        return say("words.check-then-yes", language, label=other, asked=left.label)
    if right.any_of:
        shown = say("words.check-any", language, label=other)
    elif right.month_before:
        shown = say("words.check-before", language)
    else:
        shown = other if right.measure else f"{other} {left.counting_unit}".rstrip()
    times = f"{show_number(right.times)} × " if right.times != 1 else ""
    return f"{left.label} {check.sign} {times}{shown}"


_WATCHED = {
    BuiltIn.TENFOLD: "many-times",
    BuiltIn.FALLS: "falls",
    BuiltIn.BASE_FALLS: "base-falls",
    BuiltIn.NO_LONGER: "no-longer",
    BuiltIn.PEERS: "peers",
    BuiltIn.COPIED: "copied",
}


def applies_in_words(tables: LevelTables, node: Node, language: str) -> str:
    """ใช้กับ in words; empty where the node applies to all, or where what it weighs says to whom."""
    return _meant_for(tables, node, language) if not node.others else ""


def _meant_for(tables: LevelTables, row: Node, language: str) -> str:
    own = row.only == frozenset(row.titles)  # whose own it is stands in ตัวชี้วัดของหน่วย, by the thousand
    for name, codes in (("only", frozenset() if own else row.only), ("except", row.never)):
        names = [unit.name for unit in tables.units if unit.code in codes]
        if names:
            return say(f"words.{name}", language, names=", ".join(names))
    for name, listed in (("groups", row.groups), ("positions", row.positions), ("kinds", row.kinds)):
        if listed:
            return say(f"words.{name}", language, names=", ".join(sorted(listed)))
    return ""


def leaves_in_words(node: Node, language: str) -> str:
    """That the KPI leaves a unit without a target group; empty where it stays."""
    return say("words.leaves", language) if node.leaves else ""


def weight_in_words(tables: LevelTables, node: Node, language: str) -> str:
    """What a node weighs: ``60``, ``ตาม น้ำหนักของอำเภอ``, ``60 (กลุ่ม เหนือ), 40 (กลุ่ม ใต้)``."""
    if not node.others:
        return _weight(tables, node, language)
    rest = say("words.others", language)
    rows = ((_weight(tables, row, language), _meant_for(tables, row, language)) for row in node.rows)
    return ", ".join(f"{weight} ({meant or rest})" for weight, meant in rows)


def _weight(tables: LevelTables, row: Node, language: str) -> str:
    if not row.weight_measure:
        return show_number(row.weight)
    return say("words.weight-by", language, label=tables.measures[row.weight_measure].label)


def source_in_words(tables: LevelTables, measure: Measure, language: str) -> str:
    """Who gives a measure that is reported month by month; empty where the units alone do."""
    export = tables.export_of.get(measure.code)
    if export is None:
        of_province = measure.source is Source.PROVINCE
        return say("words.from-province", language) if of_province else ""
    facts = {"file": export.file, "column": export.column}
    if export.counts is Counts.UNSTATED:
        return say("words.from-central", language, **facts)
    return say("words.from-central-checked", language, counts=export.counts.value, **facts)


def evidence_in_words(tables: LevelTables, measure: Measure, language: str) -> str:
    """At which levels evidence of a measure must be handed in; empty where none need be."""
    if not measure.evidence:
        return ""
    return say("words.evidence", language, levels=spans_in_words(measure.evidence, language))


def spans_in_words(spans: Spans, language: str) -> str:
    """Levels, as in ``ระดับ 1, 3–5``."""
    if spans == EVERY_LEVEL:
        return say("words.evidence-all", language)
    above = say("words.evidence-above", language)
    parts = (f"{start}{f'–{to}' if to > start else '' if to else f' {above}'}" for start, to in spans)
    return say("words.evidence-levels", language, levels=", ".join(parts))


def sources_in_words(tables: LevelTables, kpi: str, language: str) -> list[str]:
    """Who gives a KPI's measures, of those that are not the units' own alone, how they are worked out,
    and at which levels evidence must be handed in; nothing of the steps that one unit's own KPI turns on.
    """
    steps = {
        code
        for rule in tables.rules_of(kpi)
        if (result := _in_terms_of_one(tables, rule).measure) != rule.measure
        for code in (rule.measure, *tables.measures[rule.measure].numerator)
        if code != result
    }
    said = (
        (measure, words(tables, measure, language))
        for measure in tables.measures_of(kpi)
        if measure.code not in steps
        for words in (source_in_words, made_in_words, evidence_in_words)
    )
    return [f"{measure.label}: {words}" for measure, words in said if words]


def notes_in_words(tables: LevelTables, kpi: str, language: str) -> list[str]:
    """The remarks of a KPI's rows, each once, with the measure it is of."""
    notes = {rule.remark: tables.measures[rule.measure].label for rule in reversed(tables.rows_of(kpi))}
    return [
        say("words.note", language, label=label, note=note) for note, label in reversed(notes.items()) if note
    ]


def template_in_words(node: Node, language: str) -> list[str]:
    """What a node's template says, line by line, as its sheet has it in order."""
    return [
        say("words.template", language, heading=say(f"words.template-{part.name}", language), text=text)
        for part in fields(node.template)
        if (text := getattr(node.template, part.name))
    ]


def weights_under(tables: LevelTables, parent: str) -> float:
    """The sum of the weights of a node's children; NaN where it differs between units."""
    children = tables.children(parent)
    if all(node.weighs_alike for node in children):
        return sum(node.weight for node in children)
    sums = {
        round(sum(tables.weights[node.code][at] for node in children if node.applies_to(unit)), 9)
        for at, unit in enumerate(tables.units)
    }
    return sums.pop() if len(sums) == 1 else math.nan


def since_in_words(since: str, language: str) -> str:
    """From which month a row counts; empty from the start of the round."""
    return say("words.since", language, month=show_month(since, language)) if since else ""


def remark_in_words(rule: Rule, language: str) -> str:
    """A row's remark, after the month from which it counts."""
    return "  ".join(filter(None, (since_in_words(rule.since, language), rule.remark)))


def changes_in_round(tables: LevelTables) -> Iterator[tuple[LevelTables, list[Node], list[Node]]]:
    """The rules from each month on in which they change, as ``changes_between`` has them."""
    return changes_between(tables.periods)


def changes_between(
    periods: Iterable[LevelTables],
) -> Iterator[tuple[LevelTables, list[Node], list[Node]]]:
    """Each of these rules but the first: with the nodes that are new or say something else than before, and
    those that there are no longer.

    Source: design, section 1 (Wider rules: ใช้ตั้งแต่เดือน).
    """
    for before, after in pairwise(periods):
        changed = [
            node
            for node, _ in after.in_tree_order()
            if node != before.node.get(node.code) or after.rows_of(node.code) != before.rows_of(node.code)
        ]
        yield after, changed, [node for node in before.nodes if node.code not in after.node]
