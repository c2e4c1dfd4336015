"""A comparison in words: lines for the console."""

import math
from collections.abc import Iterator

from kpibatch.base.catalogue import say
from kpibatch.base.findings import NOWHERE
from kpibatch.base.thai import is_month, show_month, show_number
from kpibatch.months.compare.causes import Cause
from kpibatch.months.compare.moves import Diff, KpiMove, Move
from kpibatch.months.compare.side import Result
from kpibatch.rules.paper.changes import ANY, Change
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.rank import DECIMALS as KEPT
from kpibatch.scoring.rank import Standing, Status

LEAST = 0.00005
_NAMED = 5
_STATUS = {
    Status.OK: "diff.complete",
    Status.PROVISIONAL: "sheet.provisional",
    Status.NOT_SUBMITTED: "sheet.not-sent",
    Status.NOT_APPLICABLE: "sheet.not-applicable",
}


def signed(points: float) -> str:
    """Points with their sign: ``+0.1500``."""
    return f"{points:+.4f}".replace("-", "−")


def heading(diff: Diff, language: str) -> str:
    """What is compared with what."""
    a, b = (show_month(name, language) if is_month(name) else name for name in diff.names)
    return say("diff.months" if is_month(diff.names[0]) else "diff.books", language, a=a, b=b)


def scored_by(diff: Diff, language: str) -> str:
    """Which month was scored by two level tables, or why none was; empty where two months are compared."""
    if diff.unscored:
        return say("diff.unscored", language, reason=diff.unscored)
    return say("diff.scored", language, month=show_month(diff.month, language)) if diff.month else ""


# --- rules --------------------------------------------------------------------------------------------------


def rule_text(change: Change, language: str) -> str:
    """One changed rule: ``T1 T1.pct ระดับ 3: ≥ 90 → ≥ 92``."""
    what = " ".join(change.key)
    if not change.column:
        name = "diff.rule-removed" if change.before else "diff.rule-added"
        return say(name, language, what=what, row=change.before or change.after)
    before, after = (text or say("diff.blank", language) for text in (change.before, change.after))
    text = say("diff.rule", language, what=f"{what} {change.column}".lstrip(), before=before, after=after)
    if change.same_meaning:
        return text + say("diff.same-meaning", language)
    read = change.read_before, change.read_after
    if any(read) and read != (change.before, change.after):
        old, new = (
            say("diff.any", language) if one == ANY else one or say("diff.blank", language) for one in read
        )
        text += say("diff.read", language, before=old, after=new)
    return text


def cells_text(reason: Change | Cause) -> str:
    """Where it stands: one cell where both sides have the same, else both; of a value the newer, of a percent
    its parts' cells.
    """
    if isinstance(reason, Cause) and reason.parts:
        return ", ".join(dict.fromkeys(filter(None, map(cells_text, reason.parts))))
    places = [place for place in reason.places if place != NOWHERE]
    if isinstance(reason, Cause) and reason.kind in ("value", "correction"):
        places = places[-1:]
    return " → ".join(dict.fromkeys(map(str, places)))


# --- units and KPIs -----------------------------------------------------------------------------------------


def unit_name(diff: Diff, code: str) -> str:
    """A unit's code and name."""
    sides = reversed(diff.sides or ())
    return next((f"{code} {side.tables.unit[code].name}" for side in sides if code in side.tables.unit), code)


def kpi_name(diff: Diff, code: str) -> str:
    """A KPI's code and name."""
    sides = reversed(diff.sides or ())
    return next((f"{code} {side.tables.node[code].name}" for side in sides if code in side.tables.node), code)


def arrow(move: Move) -> str:
    """How the rank moved: ``▲4``, ``▼1``; ``=`` where it did not, ``–`` where there is none on one side."""
    if not (move.before and move.after and move.before.rank and move.after.rank):
        return "–"
    steps = move.before.rank - move.after.rank
    return f"▲{steps}" if steps > 0 else f"▼{-steps}" if steps else "="


def standing_words(move: Move, diff: Diff, language: str) -> list[str]:
    """What else to say of a unit: its status, its rating, and who passed it where its own total does not
    tell.
    """
    before, after = move.before, move.after
    if before is None or after is None:
        return [say("diff.unit-gone" if before else "diff.unit-new", language)]
    words = _status_words(before.status, after.status, language)
    if before.rating and after.rating and before.rating != after.rating:
        words.append(f"{before.rating} → {after.rating}")
    if after.rank > before.rank and not move.gained < 0 and move.passed_by:
        words.append(say("diff.passed-by", language, names=_names(diff, move.passed_by, language)))
    if after.rank < before.rank and not move.gained > 0 and move.passed:
        words.append(say("diff.passed", language, names=_names(diff, move.passed, language)))
    return words


def kpi_words(move: KpiMove, language: str) -> list[str]:
    """How a KPI moved: its level, its score where that says more, its status."""
    before, after = move.before, move.after
    if before is None or after is None:
        return [say("diff.kpi-gone" if before else "diff.kpi-new", language)]
    words = []
    levels, scores = (level_text(before), level_text(after)), (score_text(before), score_text(after))
    if before.level != after.level:
        words.append(say("diff.level", language, before=levels[0], after=levels[1]))
    if scores[0] != scores[1] and scores != levels:
        words.append(say("diff.score", language, before=scores[0], after=scores[1]))
    return words + _status_words(before.status, after.status, language)


def _names(diff: Diff, units: tuple[str, ...], language: str) -> str:
    """Some units' names, the others by number."""
    names = ", ".join(unit_name(diff, unit) for unit in units[:_NAMED])
    return names + (say("diff.more", language, count=len(units) - _NAMED) if len(units) > _NAMED else "")


def _status_words(before: Status, after: Status, language: str) -> list[str]:
    """The status where it moved; beside a report not sent, one that was sent is just that."""
    if before is after:
        return []
    sent = Status.NOT_SUBMITTED in (before, after)
    keys = [
        "sheet.sent-yes" if sent and status in (Status.OK, Status.PROVISIONAL) else _STATUS[status]
        for status in (before, after)
    ]
    return [" → ".join(say(key, language) for key in keys)]


def level_text(result: Result | None) -> str:
    return "–" if result is None or result.level is None else str(result.level)


def score_text(result: Result | None) -> str:
    return "–" if result is None or math.isnan(result.score) else show_number(result.score)


def cause_text(cause: Cause, language: str) -> str:
    """A cause in one line, with what a computed value came from."""
    text, parts = _cause_words(cause, language), ", ".join(cause_text(part, language) for part in cause.parts)
    return f"{text}: {parts}" if parts else text


def _cause_words(cause: Cause, language: str) -> str:
    blank = say("diff.blank", language)
    moved = f"{cause.before or blank} → {cause.after or blank} {cause.counted}".rstrip()
    text = {
        "case": moved,
        "finding": cause.what,
        "mended": say("diff.mended", language, what=cause.what),
        "threshold": f"{cause.what}: {moved}",
        "rule": f"{cause.what}: {moved}",
    }.get(cause.kind, f"{cause.what} {moved}")
    note = cause.note or (say("diff.corrected", language) if cause.kind == "correction" else "")
    return f"{text}   ({note})" if note else text


def node_name(diff: Diff, code: str, language: str) -> str:
    """An inner node's code and name, or the total."""
    return say("sheet.total", language) if code == TOTAL else kpi_name(diff, code)


def rest_of(move: Move, language: str) -> Iterator[tuple[str, float]]:
    """What moved the total besides the KPIs and the nodes above them, in words, where it can be seen."""
    if abs(move.weights) >= LEAST:
        yield weights_text(move, language), move.weights
    if abs(move.rounding) >= LEAST:
        yield say("diff.rounding", language, decimals=KEPT), move.rounding


def weights_text(move: Move, language: str) -> str:
    """The weights that moved: the greatest, and how many more."""
    most = max(move.shares, key=lambda share: abs(share.after - share.before))
    text = say("diff.weights", language, kpi=most.kpi, before=f"{most.before:.2f}", after=f"{most.after:.2f}")
    return text + (
        say("diff.weights-more", language, count=len(move.shares) - 1) if len(move.shares) > 1 else ""
    )


# --- lines for the console ----------------------------------------------------------------------------------


def diff_lines(diff: Diff, language: str) -> Iterator[str]:
    """The whole comparison, line by line."""
    yield heading(diff, language)
    if diff.changes:
        yield ""
        yield say("diff.rules", language, count=len(diff.changes))
        for change in diff.changes:
            yield "  " + _with_cells(rule_text(change, language), change)
    if scored_by(diff, language):
        yield ""
        yield scored_by(diff, language)
    for move in diff.moves:
        yield ""
        yield from _unit_lines(move, diff, language)
    yield from _closing(diff, language)


def _closing(diff: Diff, language: str) -> Iterator[str]:
    yield ""
    if not diff.anything:
        yield say("diff.none", language)
    elif not diff.moves and diff.sides:
        yield (
            say("diff.values", language, count=diff.values)
            if diff.values
            else say("diff.none-moved", language)
        )
    elif diff.sides and diff.unmoved:
        yield say("diff.unmoved", language, count=diff.unmoved, unit=diff.sides[1].tables.round.unit_noun)


def _unit_lines(move: Move, diff: Diff, language: str) -> Iterator[str]:
    ranks, totals = ranks_of(move), totals_of(move)
    facts = [f"{arrow(move):<3} {unit_name(diff, move.unit)}"]
    moved = say("diff.rank", language, before=ranks[0], after=ranks[1])
    facts.append(moved if ranks[0] != ranks[1] else say("diff.rank-kept", language, rank=ranks[0]))
    if totals[0] != totals[1]:
        gained = "" if math.isnan(move.gained) else f" ({signed(move.gained)})"
        facts.append(say("diff.total", language, before=totals[0], after=totals[1]) + gained)
    yield "   ".join(facts + standing_words(move, diff, language))
    for kpi in move.kpis:
        points = [signed(kpi.points)] if abs(kpi.points) > 0 else []
        yield "    " + "   ".join([kpi_name(diff, kpi.kpi), *kpi_words(kpi, language), *points])
        for cause in kpi.causes:
            yield " " * 8 + _with_cells(cause_text(cause, language), cause)
    for node in move.nodes:
        words = node_name(diff, node.node, language), say("diff.lifted", language), signed(node.points)
        yield "    " + "   ".join(words)
        for cause in node.causes:
            yield " " * 8 + _with_cells(cause_text(cause, language), cause)
    for text, left in rest_of(move, language):
        yield f"    {text}   {signed(left)}"


def _with_cells(text: str, reason: Change | Cause) -> str:
    cells = cells_text(reason)
    return f"{text}   [{cells}]" if cells else text


def ranks_of(move: Move) -> tuple[str, str]:
    """Both ranks as shown."""
    return _rank(move.before), _rank(move.after)


def _rank(standing: Standing | None) -> str:
    return str(standing.rank) if standing and standing.rank else "–"


def totals_of(move: Move) -> tuple[str, str]:
    """Both totals as shown."""
    return _total(move.before), _total(move.after)


def _total(standing: Standing | None) -> str:
    return f"{standing.total:.4f}" if standing and not math.isnan(standing.total) else "–"
