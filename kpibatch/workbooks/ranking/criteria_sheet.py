"""The last two sheets of the ranking: ข้อค้นพบ, what was found and where, and เกณฑ์, the rules as they were
read.
"""

from collections.abc import Mapping

from kpibatch.base.addresses import quoted, ref, span
from kpibatch.base.catalogue import say
from kpibatch.books.look import lines_of
from kpibatch.books.write import Sheet
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Node, Rule
from kpibatch.scoring.outcome import Outcome
from kpibatch.workbooks.ranking.formulas import KpiPlan

_RATING_TOP = 4
_FINDING_WIDTHS = (12, 26, 30, 18, 14, 26, 26, 80, 14)
_CRITERIA_WIDTHS = (24, 44, 34, *[20] * 9)


def plan_criteria(sheet: str, tables: LevelTables) -> tuple[str, str]:
    """Where the rating bands stand: the ranges of their thresholds (rising) and of their words."""
    last = _RATING_TOP + len(tables.rating) - 1
    return tuple(f"{quoted(sheet)}!{span((_RATING_TOP, column), (last, column), 'rc')}" for column in (0, 1))  # type: ignore[return-value]


def write_findings(outcome: Outcome, sheet: Sheet, kpis: Mapping[str, KpiPlan]) -> None:
    """Every finding, gravest first, with a link to the unit's value in its KPI's sheet where there is one."""
    language, tables = outcome.language, outcome.tables
    names = ("severity", "unit", "file", "sheet", "cell", "measure", "found", "message", "link")
    sheet.widths(*_FINDING_WIDTHS)
    sheet.put(0, 0, say("sheet.findings-title", language), "title")
    sheet.height(0, 2)
    sheet.put_row(2, 0, [say(f"sheet.finding-{name}", language) for name in names], "head")
    for at, one in enumerate(outcome.findings, 3):
        severity, style = (
            say(f"sheet.severity-{one.severity}", language),
            {"error": "poor", "warning": "fair"}.get(one.severity, "cell"),
        )
        unit = tables.unit.get(one.unit)
        texts = [
            f"{unit.code} {unit.name}" if unit else one.unit,
            one.place.file,
            one.place.sheet,
            one.place.cell,
            one.measure,
            one.found,
        ]
        message = one.message(language)
        sheet.put(at, 0, severity, "cell", style, "centre")
        sheet.put_row(at, 1, texts, "cell", "wrap")
        sheet.put(at, 7, message, "cell", "wrap")
        target = _target(outcome, kpis, one.unit, one.measure)
        if target:
            sheet.link(at, 8, target, say("sheet.go", language), "cell", "link", "centre")
        else:
            sheet.put(at, 8, "", "cell")
        lengths = [
            lines_of(text, width) for text, width in zip([*texts, message], _FINDING_WIDTHS[1:8], strict=True)
        ]
        sheet.height(at, min(max(lengths), 8))
    if not outcome.findings:
        sheet.put(3, 0, say("sheet.no-findings", language), "quiet")
    sheet.raw.autofilter(2, 0, max(3, 2 + len(outcome.findings)), len(names) - 1)
    sheet.raw.freeze_panes(3, 2)
    sheet.page(top=2)
    sheet.lock()


def _target(outcome: Outcome, kpis: Mapping[str, KpiPlan], unit: str, measure: str) -> str:
    plan = kpis.get(outcome.tables.kpi_of.get(measure, ""))
    if plan is None or unit not in outcome.tables.unit:
        return ""
    row = outcome.tables.position[unit]
    return f"{quoted(plan.sheet)}!{ref(plan.first + row, plan.column(measure))}"


def write_criteria(outcome: Outcome, sheet: Sheet, kpis: Mapping[str, KpiPlan]) -> None:
    """The rating bands, the scorecard with its weights, and each condition as it was read, with its
    reference.
    """
    language, tables = outcome.language, outcome.tables
    sheet.widths(*_CRITERIA_WIDTHS[: 3 + tables.level_count], 60)
    sheet.put(0, 0, say("sheet.criteria-title", language), "title")
    sheet.height(0, 2)
    sheet.put(1, 0, say("sheet.criteria-reference", language, reference=tables.round.reference), "subtitle")
    sheet.put_row(
        _RATING_TOP - 1, 0, [say("sheet.rating-from", language), say("sheet.rating", language)], "head"
    )
    for at, (percent, word) in enumerate(reversed(tables.rating), _RATING_TOP):
        sheet.put(at, 0, percent, "cell", "input", "number", align="center")
        sheet.put(at, 1, word, "cell", "input")
    top = _RATING_TOP + len(tables.rating) + 1
    levels = [say("sheet.level-n", language, level=level) for level in range(1, tables.level_count + 1)]
    heads = [
        say("sheet.unit-code", language),
        say("sheet.item", language),
        say("sheet.case", language),
        *levels,
        say("sheet.remark", language),
    ]
    sheet.put_row(top, 0, heads, "head")
    at = top + 1
    for node, depth in tables.in_tree_order():
        at = _node(outcome, sheet, node, depth, at, kpis)
    sheet.raw.freeze_panes(top + 1, 0)
    sheet.page(top=top)
    sheet.lock()


def _node(
    outcome: Outcome, sheet: Sheet, node: Node, depth: int, at: int, kpis: Mapping[str, KpiPlan]
) -> int:
    tables, language = outcome.tables, outcome.language
    last = 3 + tables.level_count
    facts = {
        "code": node.code,
        "name": node.name,
        "weight": f"{node.weight:g}",
        "responsible": node.responsible or "–",
    }
    sheet.merge(
        at,
        0,
        last,
        say("sheet.criteria-node", language, **facts) + f"   {node.reference}",
        "section",
        indent=depth,
    )
    for number, rule in enumerate(tables.rules_of(node.code), at + 1):
        measure = tables.measures[rule.measure]
        words = [edge.text() if edge else "" for edge in rule.edges]
        typed = [
            text if edge and edge.any_value else word
            for text, word, edge in zip(rule.typed, words, rule.edges, strict=True)
        ]
        sheet.put(number, 0, rule.measure, "cell", "quiet")
        sheet.put(number, 1, measure.label, "cell", "wrap")
        sheet.put(number, 2, _case(tables, rule, language), "cell", "wrap")
        sheet.put_row(number, 3, typed, "cell", "centre")
        sheet.put(number, last, rule.remark, "cell", "quiet", "wrap")
        sheet.height(
            number,
            max(
                lines_of(measure.label, 44),
                lines_of(_case(tables, rule, language), 34),
                lines_of(rule.remark, 60),
            ),
        )
    return at + 1 + len(tables.rules_of(node.code))


def _case(tables: LevelTables, rule: Rule, language: str) -> str:
    return f"{tables.measures[rule.case.measure].label} {rule.case.condition.text()}" if rule.case else ""
