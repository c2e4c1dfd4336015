"""What the commands about the level tables show: their faults, the scorecard as read."""

from collections.abc import Sequence

from kpibatch.base.catalogue import say
from kpibatch.base.config import Config
from kpibatch.base.findings import Finding, count
from kpibatch.base.thai import show_month, show_number
from kpibatch.commands.console import finding_line
from kpibatch.rules.letter.ledger import Ledger
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.words import (
    applies_in_words,
    case_in_words,
    changes_in_round,
    check_in_words,
    group_in_words,
    leaves_in_words,
    remark_in_words,
    since_in_words,
    sources_in_words,
    template_in_words,
    weight_in_words,
    weights_under,
)
from kpibatch.rules.paper.worth import total_cap_in_words, worth_in_words
from kpibatch.rules.records import Node, Rule
from kpibatch.scoring.examples.held import Loose, count_thresholds


def show_faults(config: Config, findings: Sequence[Finding]) -> None:
    """Every fault of the level tables: where, what, how to mend it; then the counts."""
    language = config.language
    for fault in findings:
        print(finding_line(fault, language))
    if findings:
        print(say("console.levels-counts", language, file=config.level_tables, **count(findings)))
    else:
        print(say("console.levels-clean", language, file=config.level_tables))


def show_loose(tables: LevelTables, loose: Sequence[Loose], language: str) -> None:
    """The thresholds that no example holds, and how many those are of all."""
    for each in loose:
        label, place = tables.measures[each.measure].label, f"{each.place.sheet}!{each.place.cell}"
        facts = {"kpi": each.kpi, "level": each.level, "label": label, "typed": each.typed, "place": place}
        print(say("examples.loose", language, **facts))
    print(say("examples.loose-count", language, loose=len(loose), all=count_thresholds(tables)))


def show_ledger(language: str, ledger: Ledger) -> list[Finding]:
    """What the letter and the tables do not have in common, then the counts; the findings."""
    for fault in ledger.findings:
        print(finding_line(fault, language))
    facts = {name: len(getattr(ledger, name)) for name in ("noted", "doubtful", "missing", "unfounded")}
    facts |= {"figures": ledger.figures, "accounted": len(ledger.pairs), "no_rule": ledger.no_rule}
    print(say("console.levels-letter", language, file=ledger.file, **facts))
    return ledger.findings


def show_levels(tables: LevelTables, language: str, month: str = "") -> None:
    """The scorecard with its weights and, per KPI, each level in words beside the conditions as read: of one
    month, or as the round begins and then what changes from which month on.
    """
    print(f"{tables.round.owner}   {tables.round.key}   {tables.round.reference}")
    if month:
        print(say("words.of-month", language, month=show_month(month, language)))
        tables = tables.for_month(month)
    if words := total_cap_in_words(tables, language):
        print(words)
    for node, depth in tables.in_tree_order():
        _show_node(tables, node, depth, language)
    for after, changed, ended in () if month else changes_in_round(tables):
        print()
        print(say("words.changed-from", language, month=show_month(after.since, language)))
        for node in changed:
            _show_node(after, node, 1, language)
        for node in ended:
            print()
            print("  " + say("words.ended", language, code=node.code, name=node.name))
    print()
    print(say("words.checks", language))
    for check in tables.checks.listed:
        print("    " + check_in_words(tables, check, language))


def _show_node(tables: LevelTables, node: Node, depth: int, language: str) -> None:
    leaf = node in tables.leaves
    sum_of = weights_under(tables, node.code)
    under = "" if leaf or sum_of != sum_of else f" / {show_number(sum_of)}"
    facts = (
        say("sheet.weight", language) + f" {weight_in_words(tables, node, language)}{under}",
        since_in_words(node.since, language),
        node.responsible,
        applies_in_words(tables, node, language),
        leaves_in_words(node, language),
        node.reference,
    )
    print()
    print("  " * depth + f"{node.code}  {node.name}   " + "   ".join(filter(None, facts)))
    for rule in tables.rules_of(node.code):
        print("  " * depth + "    " + _row(tables, rule, language))
    for words in worth_in_words(tables, node, language):
        print("  " * depth + "    " + words)
    for words in (*sources_in_words(tables, node.code, language), *template_in_words(node, language)):
        print("  " * depth + "    " + words)


def _row(tables: LevelTables, rule: Rule, language: str) -> str:
    measure = tables.measures[rule.measure]
    case = f"[{case_in_words(tables, rule.case, language)}] " if rule.case else ""
    conditions = (
        (typed if edge.any_value else edge.text()) if edge else _unasked(rule, at, language)
        for at, (typed, edge) in enumerate(zip(rule.typed, rule.edges, strict=True))
    )
    words = remark_in_words(rule, language)
    remark = f"   ({words})" if words else ""
    group = f"[{group_in_words(rule, language)}] " if rule.group else ""
    return f"{case}{group}{measure.code} {measure.label}:  " + "  |  ".join(conditions) + remark


def _unasked(rule: Rule, at: int, language: str) -> str:
    return f"– ({say('words.not-given', language)})" if rule.skips(at) else "–"
