"""A comparison as rows for machines (``--format csv``)."""

import math
from collections.abc import Iterator

from kpibatch.base.catalogue import say
from kpibatch.base.thai import show_number
from kpibatch.months.compare.causes import Cause
from kpibatch.months.compare.moves import Diff, KpiMove
from kpibatch.months.compare.nodes import NodeMove
from kpibatch.months.compare.words import (
    kpi_words,
    level_text,
    ranks_of,
    score_text,
    standing_words,
    totals_of,
)
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.rank import DECIMALS

COLUMNS = (
    *(
        "unit",
        "kpi",
        "level_a",
        "level_b",
        "score_a",
        "score_b",
        "points",
        "cause",
        "what",
        "before",
        "after",
        "note",
    ),
    *("file_a", "sheet_a", "cell_a", "file_b", "sheet_b", "cell_b"),
)
NUMBERS = ("level_a", "level_b", "score_a", "score_b", "points")


def diff_rows(diff: Diff, language: str) -> Iterator[tuple[str, ...]]:
    """One row per unit × KPI × cause, under ``COLUMNS``; a unit's own row has the KPI ``total``, a changed
    rule has no unit.

    A KPI's points stand in the first of its rows, as do those that a node's cap or T-score brings; with what
    is left by rounding, and the cap of the total (of no KPI), a unit's add up to the change of its total.
    """
    for change in diff.changes:
        kind = "rule" if change.column else "rule-removed" if change.before else "rule-added"
        what = " ".join(filter(None, (*change.key, change.column)))
        yield _row("", "", ("",) * 5, Cause(kind, what, change.before, change.after, places=change.places))
    for move in diff.moves:
        totals = [total.replace("–", "") for total in totals_of(move)]
        gained = "" if math.isnan(move.gained) else show_number(round(move.gained, 4))
        note = "; ".join(standing_words(move, diff, language))
        before, after = (rank.replace("–", "") for rank in ranks_of(move))
        yield _row(
            move.unit,
            TOTAL,
            ("", "", *totals, gained),
            Cause("rank", say("sheet.rank", language), before, after, note=note),
        )
        for kpi in move.kpis:
            yield from _kpi_rows(move.unit, kpi, language)
        for share in move.shares:
            cause = Cause(
                "weight", say("sheet.weight", language), show_number(share.before), show_number(share.after)
            )
            yield _row(move.unit, share.kpi, ("", "", "", "", show_number(share.points)), cause)
        for node in move.nodes:
            yield from _node_rows(move.unit, node)
        if move.rounding:
            rounding = Cause("rounding", say("diff.rounding", language, decimals=DECIMALS))
            yield _row(move.unit, "", ("", "", "", "", show_number(move.rounding)), rounding)


def _kpi_rows(unit: str, move: KpiMove, language: str) -> Iterator[tuple[str, ...]]:
    levels = [level_text(result).replace("–", "") for result in (move.before, move.after)]
    scores = [score_text(result).replace("–", "") for result in (move.before, move.after)]
    causes = [part for cause in move.causes for part in (cause, *cause.parts)] or [
        Cause("other", "; ".join(kpi_words(move, language)))
    ]
    for row, cause in enumerate(causes):
        yield _row(unit, move.kpi, (*levels, *scores, "" if row else show_number(move.points)), cause)


def _node_rows(unit: str, move: NodeMove) -> Iterator[tuple[str, ...]]:
    scores = ["" if lift is None else show_number(lift.score) for lift in (move.before, move.after)]
    code = "" if move.node == TOTAL else move.node
    for row, cause in enumerate(move.causes):
        yield _row(unit, code, ("", "", *scores, "" if row else show_number(move.points)), cause)


def _row(unit: str, kpi: str, facts: tuple[str, ...], cause: Cause) -> tuple[str, ...]:
    places = (part for place in cause.places for part in (place.file, place.sheet, place.cell))
    return (unit, kpi, *facts, cause.kind, cause.what, cause.before, cause.after, cause.note, *places)
