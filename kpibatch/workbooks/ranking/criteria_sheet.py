"""The last two sheets of the ranking: ข้อค้นพบ, what was found and where, and เกณฑ์, the rules as they were
read.
"""

from collections.abc import Sequence

from kpibatch.base.addresses import excel_day, quoted, ref, span
from kpibatch.base.catalogue import Words
from kpibatch.base.findings import Finding
from kpibatch.books.columns import Column, Style, put_heads, put_line, set_widths, widths_of
from kpibatch.books.look import lines_of, tall_of
from kpibatch.books.paper import on_pages
from kpibatch.books.write import Formula, Sheet
from kpibatch.rules.conditions import NOT_GIVEN
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.process import has_process, process_lines
from kpibatch.rules.paper.words import (
    case_in_words,
    group_in_words,
    leaves_in_words,
    remark_in_words,
    since_in_words,
    weight_in_words,
)
from kpibatch.rules.paper.worth import total_cap_in_words, worth_in_words
from kpibatch.rules.records import Node, Rule
from kpibatch.scoring.outcome import Outcome
from kpibatch.workbooks.ranking.apart.elsewhere import Elsewhere
from kpibatch.workbooks.ranking.score_formulas import ScorePlan

_RATING_TOP = 4
_MOST_LINES, _LEAST_SCALE, _SIZE = 8, 0.4, 12
_LEAST_READ, _LINE = 0.5, 20.25  # letters of sixteen points come out as eight
_SMALL = {"font_size": _SIZE}


def plan_criteria(sheet: str, tables: LevelTables) -> tuple[str, str]:
    """Where the rating bands stand: the ranges of their thresholds (rising) and of their words."""
    last = _RATING_TOP + len(tables.rating) - 1
    thresholds, words = (span((_RATING_TOP, column), (last, column), "rc") for column in (0, 1))
    return f"{quoted(sheet)}!{thresholds}", f"{quoted(sheet)}!{words}"


def plan_holidays(sheet: str, tables: LevelTables) -> str:
    """Where วันหยุด stand, below the rules; empty where there are none."""
    if not tables.holidays:
        return ""
    top = _holidays_top(tables)
    return f"{quoted(sheet)}!{span((top, 0), (top + len(tables.holidays) - 1, 0), 'rc')}"


def _holidays_top(tables: LevelTables) -> int:
    """Below the bands and a heading."""
    return _RATING_TOP + len(tables.rating) + 2


def write_findings(outcome: Outcome, sheet: Sheet, elsewhere: Elsewhere) -> None:
    """Every finding, gravest first, with a link to the unit's value in its KPI's sheet where there is one.

    Source: design, section 4.
    """
    say, columns = Words("sheet", outcome.language), _of_finding(outcome)
    texts, link = columns[1:-1], len(columns) - 1
    set_widths(sheet, columns)
    sheet.put(0, 0, say("findings-title"), "title")
    sheet.height(0, 2)
    sheet.put(1, 0, Formula(elsewhere.layouts[0].scores.stale(say("stale")), ""), "quiet", "stale")
    put_heads(sheet, 2, columns)
    for at, finding in enumerate(outcome.findings, 3):
        put_line(sheet, at, columns[:-1], finding)
        target = _target(elsewhere, finding)
        if target:
            sheet.link(at, link, target, say("go"), "cell", "link", "centre")
        else:
            sheet.put(at, link, "", "cell")
        lines = (lines_of(str(column.result(finding)), column.width, _SIZE) for column in texts)
        sheet.tall(at, tall_of(min(max(lines), _MOST_LINES), _SIZE))
    if not outcome.findings:
        sheet.put(3, 0, say("no-findings"), "quiet")
    sheet.raw.autofilter(2, 0, max(3, 2 + len(outcome.findings)), link)
    sheet.raw.freeze_panes(3, 2)
    sheet.page(top=2)
    on_pages(sheet, widths_of(columns), 3 + len(outcome.findings), _LEAST_SCALE)
    sheet.lock()


def _of_finding(outcome: Outcome) -> tuple[Column[Finding], ...]:
    """Severity, the texts that set a line's height, and room for a link."""
    say, language = Words("sheet", outcome.language), outcome.language

    def unit(finding: Finding) -> str:
        named = outcome.tables.unit.get(finding.unit)
        return f"{named.code} {named.name}" if named else finding.unit

    def severity(finding: Finding) -> Style:
        return ("cell", {"error": "poor", "warning": "fair"}.get(finding.severity, "cell"), "centre")

    wrapped = ("cell", "wrap")
    return (
        Column(say("finding-severity"), 12, lambda finding: say(f"severity-{finding.severity}"), severity),
        Column(say("finding-unit"), 26, unit, wrapped, extra=_SMALL),
        Column(say("finding-file"), 30, lambda finding: finding.place.file, wrapped, extra=_SMALL),
        Column(say("finding-sheet"), 18, lambda finding: finding.place.sheet, wrapped, extra=_SMALL),
        Column(say("finding-cell"), 14, lambda finding: finding.place.cell, wrapped, extra=_SMALL),
        Column(say("finding-measure"), 26, lambda finding: finding.measure, wrapped, extra=_SMALL),
        Column(say("finding-found"), 26, lambda finding: finding.found, wrapped, extra=_SMALL),
        Column(say("finding-message"), 150, lambda finding: finding.message(language), wrapped, extra=_SMALL),
        Column(say("finding-link"), 14, lambda finding: ""),
    )


def _target(elsewhere: Elsewhere, finding: Finding) -> str:
    layout = elsewhere.of.get(finding.unit)
    plan = layout and layout.kpis.get(layout.outcome.tables.kpi_of.get(finding.measure, ""))
    if not layout or not plan:
        return ""
    row = plan.first + layout.row(finding.unit)
    return f"{quoted(plan.sheet)}!{ref(row, plan.column(finding.measure))}"


# --- เกณฑ์ ------------------------------------------------------------------------------------------------


def write_criteria(outcome: Outcome, sheet: Sheet, scores: ScorePlan) -> None:
    """The rating bands and the scorecard with its weights, which are printed; below them each condition as it
    was read, which is printed on its KPI's own sheet.

    Source: design, section 4.
    """
    say, tables, columns = Words("sheet", outcome.language), outcome.tables, _of_rule(outcome)
    set_widths(sheet, columns)
    sheet.put(0, 0, say("criteria-title"), "title")
    sheet.height(0, 2)
    sheet.put(1, 0, say("criteria-reference", reference=tables.round.reference), "subtitle")
    sheet.put(2, 0, total_cap_in_words(tables, say.language), "subtitle")
    sheet.put_row(_RATING_TOP - 1, 0, [say("rating-from"), say("rating")], "head")
    sheet.put(_RATING_TOP - 1, 2, Formula(scores.stale(say("stale")), ""), "quiet", "stale")
    for at, (percent, word) in enumerate(reversed(tables.rating), _RATING_TOP):
        sheet.put(at, 0, percent, "cell", "input", "number", align="center")
        sheet.put(at, 1, word, "cell", "input")
    top = _write_process(say, tables, sheet, _write_holidays(say, tables, sheet))
    seen = columns[:-1]
    last = _write_scorecard(say, tables, sheet, top, widths_of(seen))
    _write_conditions(say, tables, sheet, last + 2, columns)
    sheet.raw.freeze_panes(1, 0)
    told = say("criteria-off-paper", sheet=sheet.name)
    sheet.page(top=top, last=(last, len(seen) - 1), left=told)
    on_pages(sheet, widths_of(seen), last, _LEAST_READ)
    sheet.lock()


def _write_scorecard(say: Words, tables: LevelTables, sheet: Sheet, top: int, widths: Sequence[float]) -> int:
    """A line for each node, and for each thing that is not as usual in how it is scored; gives back the last
    row.
    """
    right, at = len(widths) - 1, top + 1
    sheet.merge(top, 0, right, say("criteria-scorecard"), "head")
    for node, depth in tables.in_tree_order():
        text, look = _node(say, tables, node), {"indent": depth, "text_wrap": True}
        sheet.merge(at, 0, right, text, "section", **look)
        lines = lines_of(text, sum(widths), bold=True)
        sheet.tall(at, tall_of(lines) if lines > 1 else _LINE)
        at += 1
        for words in worth_in_words(tables, node, say.language):
            sheet.merge(at, 0, right, words, "cell", "wrap")
            sheet.tall(at, tall_of(lines_of(words, sum(widths))))
            at += 1
    return at - 1


def _write_conditions(
    say: Words, tables: LevelTables, sheet: Sheet, at: int, columns: Sequence[Column[Rule]]
) -> None:
    """Below a line for each KPI, in which the levels are named, its rules."""
    sheet.put(at, 0, say("criteria-conditions"), "bold")
    heads = [column.head for column in columns[2:]]
    for node, _ in tables.in_tree_order():
        rules = tables.rules_of(node.code)
        if not rules:
            continue
        at += 1
        sheet.put(at, 0, node.code, "section")
        sheet.put(at, 1, node.name, "section", text_wrap=True)
        sheet.put_row(at, 2, heads, "section", "centre")
        sheet.tall(at, tall_of(lines_of(node.name, columns[1].width, bold=True)))
        for rule in rules:
            at += 1
            put_line(sheet, at, columns, rule)
            lines = max(lines_of(str(each.result(rule)), each.width, _SIZE) for each in columns[1:])
            sheet.tall(at, tall_of(lines, _SIZE))


def _write_process(say: Words, tables: LevelTables, sheet: Sheet, at: int) -> int:
    """The days of the process from a row on; gives back the first free row."""
    if not has_process(tables):
        return at
    sheet.put(at, 1, say("process"), "section")
    for row, (day, task, owner) in enumerate(process_lines(tables, say.language), at + 1):
        sheet.put(row, 0, day, "cell", **_SMALL)
        sheet.put(row, 1, f"{task}   {owner}", "cell", "wrap", **_SMALL)
    return at + len(tables.steps) + 2


def _write_holidays(say: Words, tables: LevelTables, sheet: Sheet) -> int:
    """The days that the formulas of วันทำการ leave out, as cells that can be changed; gives back the first
    free row.
    """
    top = _holidays_top(tables)
    if not tables.holidays:
        return top - 1
    sheet.put_row(top - 1, 0, [say("holiday-day"), say("holiday")], "head")
    for at, holiday in enumerate(tables.holidays, top):
        sheet.put(at, 0, excel_day(holiday.day), "cell", "input", "date")
        sheet.put(at, 1, holiday.name, "cell", "input", "wrap")
    return top + len(tables.holidays) + 1


def _of_rule(outcome: Outcome) -> tuple[Column[Rule], ...]:
    """Measure, item with its case, the levels, remark."""
    tables, say = outcome.tables, Words("sheet", outcome.language)

    def condition(level: int) -> Column[Rule]:
        head = say("level-n", level=level)
        style, extra = ("cell", "wrap", "centre"), _SMALL | {"valign": "vcenter"}
        return Column(head, 24, lambda rule: _condition(rule, level), style, extra=extra)

    def item(rule: Rule) -> str:
        parts = tables.measures[rule.measure].label, group_in_words(rule, outcome.language)
        of = say("case-is", case=case_in_words(tables, rule.case, outcome.language)) if rule.case else ""
        return "\n".join(filter(None, ("   ".join(filter(None, parts)), of)))

    def remark(rule: Rule) -> str:
        return remark_in_words(rule, outcome.language)

    wrapped = ("cell", "wrap")
    return (
        Column(say("unit-code"), 24, lambda rule: rule.measure, ("cell", "quiet"), extra=_SMALL),
        Column(say("item"), 70, item, wrapped, extra=_SMALL),
        *map(condition, range(1, tables.level_count + 1)),
        Column(say("remark"), 158, remark, ("cell", "quiet", "wrap"), extra=_SMALL),
    )


def _condition(rule: Rule, level: int) -> str:
    """A level's condition in words; where any value will do, as it was typed."""
    edge = rule.edges[level - 1]
    if not edge:
        return NOT_GIVEN if rule.skips(level - 1) else ""
    return rule.typed[level - 1] if edge.any_value else edge.text()


def _node(say: Words, tables: LevelTables, node: Node) -> str:
    facts = {"code": node.code, "name": node.name, "weight": weight_in_words(tables, node, say.language)}
    since = since_in_words(node.since, say.language)
    text = say("criteria-node", **facts, responsible=node.responsible or "–") + f"   {node.reference}"
    return "   ".join(filter(None, (text, since, leaves_in_words(node, say.language))))
