"""The whole ledger of a letter: its round, its KPIs and their weights, what stands outside them.

In: ``Letter``, ``LevelTables``, the notes of the workbook. Out: ``Ledger``.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kpibatch.base.config import IntakeLimits
from kpibatch.base.findings import Place, finding
from kpibatch.base.thai import show_number
from kpibatch.rules.letter.common import Common, common_of, remarks_in
from kpibatch.rules.letter.figures import Figure, Kind, Role
from kpibatch.rules.letter.ledger import Ledger, doubt, lost, slip_of, unfounded, weigh_kpi
from kpibatch.rules.letter.match import nodes_of
from kpibatch.rules.letter.parts import OUTSIDE, Heading, Parts, What, parts_of
from kpibatch.rules.letter.passage import Seen, nearest, seen_in
from kpibatch.rules.letter.rounds import other_round
from kpibatch.rules.letter.said import Cell, Said, said_of
from kpibatch.rules.letter.slips import one_slip
from kpibatch.rules.letter.text import Letter, read_letter
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL
from kpibatch.rules.schema import CALENDAR, NODES, RATING, ROUND

_SUBJECT, _FAREWELL = re.compile(r"เรื่อง\s"), re.compile(r"ขอแสดงความนับถือ")
_HEAD_LINES, _SIGNED_LINES = 40, 30
_CITING = re.compile(r"(?:สิ่งที่ส่งมาด้วย|อ้างถึง)")
_THAI, _LATIN = re.compile("[ก-๎]"), re.compile("[A-Za-z]{3}")


def ledger_of(path: Path, book: Path, tables: LevelTables, limits: IntakeLimits) -> Ledger:
    """The ledger of the letter at ``path``; ``book`` is the workbook that the tables were read from."""
    return check_letter(read_letter(path, limits), tables, remarks_in(book, limits))


def check_letter(letter: Letter, tables: LevelTables, remarks: dict[str, tuple[str, ...]]) -> Ledger:
    """Every figure of the letter held against the tables, and back.

    Source: design, section 2 (levels check --letter).
    """
    parts, ledger = parts_of(letter), Ledger(letter.file)
    common = common_of(tables, remarks)
    ledger.findings += other_round(parts, tables, letter.file)
    if letter.inserted or letter.deleted:
        tracked: dict[str, Any] = {"inserted": letter.inserted, "deleted": letter.deleted}
        ledger.findings.append(finding("letter-tracked", Place(letter.file), **tracked))
    if letter.blank:
        pages = ", ".join(map(str, letter.blank))
        ledger.findings.append(finding("letter-page-blank", Place(letter.file), found=pages))
    if not parts.headings:
        ledger.findings.append(finding("letter-no-kpi", Place(letter.file)))
    nodes = nodes_of(parts.headings, tables)
    for kpi, heading in enumerate(parts.headings):
        if kpi in nodes:
            said = said_of(tables, nodes[kpi])
            weigh_kpi(ledger, parts, kpi, said, common)
            _weigh_weight(ledger, parts, kpi, said)
        else:
            _unknown(ledger, parts, kpi, heading)
    _absent(ledger, tables, {node.code for node in nodes.values()})
    _weigh_outside(ledger, parts, common)
    _of_the_round(ledger, parts, tables, common, {node.code for node in nodes.values()})
    return ledger


def _unknown(ledger: Ledger, parts: Parts, kpi: int, heading: Heading) -> None:
    """A KPI of the letter that the scorecard has not: none of its figures can be held against anything."""
    lost = [seen for seen in seen_in(parts.of(kpi, *What)) if seen.figure.role is Role.RULE]
    ledger.missing += lost
    facts: dict[str, Any] = {"line": heading.line, "number": heading.number, "count": len(lost)}
    ledger.findings.append(finding("letter-kpi-unknown", Place(ledger.file), found=heading.name, **facts))


def _absent(ledger: Ledger, tables: LevelTables, known: set[str]) -> None:
    """KPIs of the scorecard that the letter does not head, unless a note says that they are ours."""
    for node in tables.leaves:
        if node.code not in known and not said_of(tables, node).ours:
            ledger.findings.append(
                finding("letter-kpi-absent", node.place, found=node.name, kpi=node.code, letter=ledger.file)
            )


def _weigh_weight(ledger: Ledger, parts: Parts, kpi: int, said: Said) -> None:
    """The weight printed for a KPI, or the several that are."""
    printed = list(seen_in(parts.of(kpi, What.WEIGHT)))
    values = sorted({seen.figure.value for seen in printed})
    told = said.node.weight in values or _noted_weight(said, said.weight.figure, own=bool(values))
    if not told and (values or not said.ours):
        unfounded(ledger, said.weight, said, printed)
    for seen in printed:
        note = _noted_weight(said, seen.figure)
        if seen.figure.role is Role.DOUBTFUL:
            doubt(ledger, seen, said.node.code, ())
        elif seen.figure.value == said.node.weight:
            ledger.pairs.append((seen, said.weight))
        elif note:
            ledger.noted.append((seen, note))
        else:
            weight = one_slip(said.weight.figure, seen.figure)
            lost(ledger, seen, said.node.code, (said.weight,) if weight else said.notes)
    if len(values) > 1:
        noted = all(_noted_weight(said, seen.figure) for seen in printed)
        facts: dict[str, Any] = {
            "kpi": said.node.code,
            "line": printed[-1].stretch.line,
            "letter": ledger.file,
        }
        found = ", ".join(map(show_number, values))
        severity = "note" if noted else ""
        ledger.findings.append(
            finding("letter-two-weights", said.node.place, found=found, severity=severity, **facts)
        )


def _noted_weight(said: Said, weight: Figure, *, own: bool = False) -> Cell | None:
    """The note that names a weight, of the KPI's own or of what it is under."""
    above = {note.place for note in said.notes if note.place.sheet == NODES.sheet} - {said.node.place}
    notes = (
        note for note in said.notes if note.figure.kind is not Kind.DATE and not (own and note.place in above)
    )
    return next((note for note in notes if note.figure.value == weight.value), None)


# --- outside the KPIs ---------------------------------------------------------------------------------------


def _weigh_outside(ledger: Ledger, parts: Parts, common: Common) -> None:
    """What stands in no KPI: the round, the day it is due, how many KPIs there are; years of a heading, the
    letterhead, another letter's number are no rules.
    """
    outside = [each for each in parts.stretches if each.kpi == OUTSIDE]
    ends = _letterhead(parts)
    for seen in seen_in(outside):
        figure = seen.figure
        if figure.role is Role.DOUBTFUL and seen.stretch.line not in ends:
            doubt(ledger, seen, "", common.days)
        elif figure.role is not Role.RULE or figure.kind is Kind.YEAR or _no_rule(seen, ends):
            ledger.no_rule += 1
        elif cell := common.outside(figure, seen.stretch.text):
            ledger.pairs.append((seen, cell))
        elif note := next((note for note in common.notes if note.names(figure)), None):
            ledger.noted.append((seen, note))
        else:
            lost(ledger, seen, "", common.like(figure, seen.stretch.text))


def _letterhead(parts: Parts) -> set[int]:
    """The lines above the subject and those below the farewell."""
    lines: set[int] = set()
    for each in parts.stretches:
        if _SUBJECT.match(each.text) and each.line <= _HEAD_LINES:
            lines |= set(range(1, each.line))
        elif _FAREWELL.match(each.text):
            lines |= set(range(each.line, each.line + _SIGNED_LINES))
    first = min((heading.line for heading in parts.headings), default=0)
    return {line for line in lines if not first or line < first}


def _no_rule(seen: Seen, ends: set[int]) -> bool:
    text = seen.stretch.text
    if seen.stretch.line in ends or _CITING.match(text):
        return True
    return not _THAI.search(text) and _LATIN.search(text) is not None


def _of_the_round(
    ledger: Ledger, parts: Parts, tables: LevelTables, common: Common, headed: set[str]
) -> None:
    """The round's days, due days, rating bands and sections' weights that the letter says nothing of, unless
    a note says so.
    """
    days = [seen for seen in seen_in(parts.stretches) if seen.figure.kind in (Kind.DATE, Kind.DAY)]
    ours = [cell for cell in common.days if cell.place.sheet == ROUND.sheet]
    lacking = [cell for cell in ours if not any(cell.figure.same(seen.figure) for seen in days)]
    slips = [cell for cell in lacking if nearest(cell, days)]
    if len(slips) < len(ours):  # else it is a letter of another round
        for cell in slips:
            slip_of(ledger, cell, days, "")
    outside = [seen for seen in days if seen.stretch.kpi == OUTSIDE]
    calendar = [cell for cell in common.days if cell.place.sheet == CALENDAR.sheet]
    shares = [seen for seen in seen_in(parts.stretches) if seen.stretch.kpi == OUTSIDE and _is_share(seen)]
    alone = [seen for seen in shares if seen.stretch.text.strip() == seen.figure.text]
    beside = [seen for seen in shares if seen not in alone]
    _of_a_sheet(ledger, common, Place(tables.file, CALENDAR.sheet), _unsaid(calendar, outside))
    _of_a_sheet(ledger, common, Place(tables.file, RATING.sheet), _unsaid(common.bands, beside))
    inner = [node for node in tables.children(TOTAL) if node.code not in headed]
    saids = [said_of(tables, node) for node in inner if tables.children(node.code)]
    unsaid = _unsaid([said.weight for said in saids], alone or beside)
    for said in saids:
        near = next((near for cell, near in unsaid if cell is said.weight), None)
        if near is not None and not (said.ours or _noted_weight(said, said.weight.figure)):
            unfounded(ledger, said.weight, said, near)


def _is_share(seen: Seen) -> bool:
    """Whether a figure may be a weight or a band: a percent, or a number in a cell of its own."""
    alone = seen.stretch.text.strip() == seen.figure.text
    return seen.figure.role is Role.RULE and (seen.figure.kind is Kind.PERCENT or alone)


def _unsaid(cells: Sequence[Cell], among: Sequence[Seen]) -> list[tuple[Cell, list[Seen]]]:
    """The cells that the letter says less often than the tables, each with what it may be a slip of; where
    there are as many figures as cells, one goes with one, in their order.
    """
    if len(cells) == len(among):
        pairs = zip(cells, among, strict=True)
        return [(cell, [seen]) for cell, seen in pairs if not cell.figure.same(seen.figure)]
    free, lacking = list(among), list[Cell]()
    for cell in cells:
        match = next((seen for seen in free if cell.figure.same(seen.figure)), None)
        free.remove(match) if match else lacking.append(cell)
    return [(cell, free) for cell in lacking]


def _of_a_sheet(
    ledger: Ledger, common: Common, place: Place, unsaid: Sequence[tuple[Cell, list[Seen]]]
) -> None:
    """Tell the numbers of a sheet that the letter does not say, unless its notes call them ours."""
    if unsaid and not common.ours(place.sheet):
        silent = [cell for cell, near in unsaid if not slip_of(ledger, cell, near, "")]
        found = ", ".join(cell.shown for cell in silent)
        if silent:
            ledger.findings.append(finding("letter-sheet-unfounded", place, found=found))
