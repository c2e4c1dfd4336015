"""What the province decides, on the screen: the level tables, their faults, and the corrections."""

from collections.abc import Callable, Sequence

from kpibatch.catalogue import say
from kpibatch.config import Config
from kpibatch.console import finding_line
from kpibatch.corrections import Corrections
from kpibatch.findings import Finding, count
from kpibatch.levels import LevelTables
from kpibatch.thai import show_date, show_month, show_number
from kpibatch.values import show_value
from kpibatch.wording import applies_in_words, case_in_words, weights_under


def checked(config: Config, findings: Sequence[Finding]) -> None:
    """Every fault of the level tables: where, what, how to mend it; then the counts."""
    language = config.language
    for one in findings:
        print(finding_line(one, language))
    if findings:
        print(say("console.levels-counts", language, file=config.level_tables, **count(findings)))
    else:
        print(say("console.levels-clean", language, file=config.level_tables))


def show_levels(tables: LevelTables, language: str, echo: Callable[[str], None]) -> None:
    """The scorecard with its weights and, per KPI, each level in words beside the conditions as read."""
    echo(f"{tables.round.owner}   {tables.round.key}   {tables.round.reference}")
    leaves = {leaf.code for leaf in tables.leaves}
    for node, depth in tables.in_tree_order():
        under = f" / {show_number(weights_under(tables, node.code))}" if node.code not in leaves else ""
        words = applies_in_words(tables, node, language)
        facts = [say("sheet.weight", language) + f" {show_number(node.weight)}{under}", node.responsible, words, node.reference]
        echo("")
        echo("  " * depth + f"{node.code}  {node.name}   " + "   ".join(filter(None, facts)))
        for rule in tables.rules_of(node.code):
            measure = tables.measures[rule.measure]
            case = f"[{case_in_words(tables, rule.case, language)}] " if rule.case else ""
            read = [
                (text if edge.any_value else edge.text(language)) if edge else "–"
                for text, edge in zip(rule.typed, rule.edges, strict=True)
            ]
            remark = f"   ({rule.remark})" if rule.remark else ""
            echo("  " * depth + f"    {case}{measure.code} {measure.label}:  " + "  |  ".join(read) + remark)


def show_corrections(config: Config, tables: LevelTables, corrections: Corrections) -> None:
    """Each correction in words, then what can't be used and why."""
    language = config.language
    for one in corrections.rows:
        measure = tables.measures[one.measure]
        facts = {"unit": one.unit, "name": tables.unit[one.unit].name, "measure": one.measure, "label": measure.label}
        facts |= {"reason": one.reason, "document": one.document, "approver": one.approver, "at": str(one.place)}
        facts |= {"month": show_month(one.month, language), "value": show_value(one.value, measure.kind, language)}
        print(say("corrections.line", language, **facts, day=show_date(one.day, language)))
    for fault in corrections.findings:
        print(finding_line(fault, language))
    print(say("corrections.listed", language, file=config.corrections, count=len(corrections.rows), faults=len(corrections.findings)))
