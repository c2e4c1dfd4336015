"""The whole ledger of a letter: its round, its KPIs and their weights, what stands outside them.

In: ``Letter``, ``LevelTables``, the notes of the workbook. Out: ``Ledger``.
"""

import re
from datetime import date
from pathlib import Path
from typing import Any

from kpibatch.base.config import IntakeLimits
from kpibatch.base.findings import Place, finding
from kpibatch.base.thai import show_date, show_number
from kpibatch.rules.letter.figures import Figure, Kind, Role
from kpibatch.rules.letter.ledger import Ledger, Seen, missing_of, seen_in, unfounded, weigh_kpi
from kpibatch.rules.letter.match import nodes_of
from kpibatch.rules.letter.parts import OUTSIDE, Heading, Parts, What, parts_of
from kpibatch.rules.letter.rounds import other_round
from kpibatch.rules.letter.said import Common, Said, common_of, remarks_in, said_of
from kpibatch.rules.letter.text import Letter, read_letter
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL
from kpibatch.rules.schema import CALENDAR, RATING

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
    _weigh_outside(ledger, parts, tables, common)
    _of_the_round(ledger, parts, tables, common, {node.code for node in nodes.values()})
    for seen in ledger.doubtful:
        facts: dict[str, Any] = {"line": seen.stretch.line, "context": seen.context}
        ledger.findings.append(
            finding("letter-doubtful", Place(letter.file), found=seen.figure.text, **facts)
        )
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
    for seen in printed:
        if seen.figure.role is Role.DOUBTFUL:
            ledger.doubtful.append(seen)
        elif seen.figure.value == said.node.weight:
            ledger.accounted += 1
        elif _noted_weight(said, seen.figure):
            ledger.noted += 1
        else:
            ledger.missing.append(seen)
            if said.node.weight not in values:
                unfounded(ledger, said.weight, said, [seen])
    if len(values) > 1:
        told = all(_noted_weight(said, seen.figure) for seen in printed)
        facts: dict[str, Any] = {
            "kpi": said.node.code,
            "line": printed[-1].stretch.line,
            "letter": ledger.file,
        }
        found = ", ".join(map(show_number, values))
        severity = "note" if told else ""
        ledger.findings.append(
            finding("letter-two-weights", said.node.place, found=found, severity=severity, **facts)
        )
    if not values and not (said.ours or _noted_weight(said, said.weight.figure)):
        unfounded(ledger, said.weight, said, [])


def _noted_weight(said: Said, weight: Figure) -> bool:
    return any(weight.value == note.value and note.kind is not Kind.DATE for note in said.notes)


# --- outside the KPIs ---------------------------------------------------------------------------------------


def _weigh_outside(ledger: Ledger, parts: Parts, tables: LevelTables, common: Common) -> None:
    """What stands in no KPI: the round, the day it is due, how many KPIs there are; years of a heading, the
    letterhead, another letter's number are no rules.
    """
    outside = [each for each in parts.stretches if each.kpi == OUTSIDE]
    ends = _letterhead(parts)
    for seen in seen_in(outside):
        figure = seen.figure
        if figure.role is Role.DOUBTFUL and seen.stretch.line not in ends:
            ledger.doubtful.append(seen)
        elif figure.role is not Role.RULE or figure.kind is Kind.YEAR or _no_rule(seen, ends):
            ledger.no_rule += 1
        elif _of_common(figure, tables, common):
            ledger.accounted += 1
        elif any(figure.same(note) for note in common.notes):
            ledger.noted += 1
        else:
            ledger.missing.append(seen)
            ledger.findings.append(missing_of(ledger, seen, ""))


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


def _of_common(figure: Figure, tables: LevelTables, common: Common) -> bool:
    """Whether the round, the calendar or the scorecard as a whole says so."""
    if figure.kind is Kind.DATE:
        return figure.value in common.dates
    if figure.kind is Kind.DAY:
        days = (date.fromordinal(int(day)) for day in common.dates)
        return figure.value in {day.month * 100 + day.day for day in days}
    if figure.kind is Kind.MONTH:
        return figure.value in common.months
    if figure.noun in ("ตัวชี้วัด", "มิติ"):
        parents = {node.parent for node in tables.nodes}
        counts = {len(tables.children(code or TOTAL)) for code in parents} | {len(tables.leaves)}
        return figure.value in counts
    if figure.noun in ("ระดับ", "คะแนน"):
        return figure.value in (tables.level_count, *tables.scores)
    if figure.kind is Kind.PERCENT:
        return figure.value == sum(node.weight for node in tables.children(TOTAL))
    return False


def _of_the_round(
    ledger: Ledger, parts: Parts, tables: LevelTables, common: Common, headed: set[str]
) -> None:
    """Rating bands, due days and sections' weights that the letter says nothing of, unless a note says so."""
    outside = list(seen_in(each for each in parts.stretches if each.kpi == OUTSIDE))
    printed = {seen.figure.value for seen in outside}
    numbers = {
        RATING.sheet: [(band, show_number(band)) for band, _ in tables.rating_typed if band],
        CALENDAR.sheet: [(float(day.toordinal()), show_date(day)) for day in tables.calendar.values()],
    }
    for sheet, values in numbers.items():
        lost = [text for value, text in values if value not in printed]
        if lost and not common.ours(sheet):
            place = Place(tables.file, sheet)
            ledger.findings.append(finding("letter-sheet-unfounded", place, found=", ".join(lost)))
    for node in tables.children(TOTAL):
        said = said_of(tables, node)
        inner = node.code not in headed and bool(tables.children(node.code)) and node.weight not in printed
        if inner and not (said.ours or _noted_weight(said, said.weight.figure)):
            unfounded(ledger, said.weight, said, [])
