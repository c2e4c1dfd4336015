"""The letter's ledger: every figure of the letter ↔ the cell that says it, by KPI and level.

In: ``Parts``, ``LevelTables``, the notes. Out: ``Ledger``: findings and counts. A figure of the letter is
accounted for by a cell, by a note that names it, or is of a kind that is no rule; else it is a finding. So is
a number of the tables that stands nowhere in the letter's passage of its KPI and level. Two that are one
digit apart are told as one slip.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kpibatch.base.findings import Finding, Place, finding
from kpibatch.rules.letter.common import Common
from kpibatch.rules.letter.figures import Kind, Role
from kpibatch.rules.letter.parts import Parts, What
from kpibatch.rules.letter.passage import (
    Passage,
    Seen,
    again,
    excused,
    match,
    nearest,
    nearest_cell,
    odd,
    seen_in,
)
from kpibatch.rules.letter.said import Cell, Said, shown


@dataclass
class Ledger:
    """What became of the letter's figures: ``pairs`` with the cell that says the same, ``noted`` with the
    note that names them; ``missing`` are those that nothing accounts for, ``unfounded`` the cells that the
    letter says nothing of.
    """

    file: str
    no_rule: int = 0
    pairs: list[tuple[Seen, Cell]] = field(default_factory=list)
    noted: list[tuple[Seen, Cell]] = field(default_factory=list)
    doubtful: list[Seen] = field(default_factory=list)
    missing: list[Seen] = field(default_factory=list)
    unfounded: list[Cell] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def figures(self) -> int:
        told = len(self.pairs) + len(self.noted) + len(self.doubtful) + len(self.missing)
        return self.no_rule + told


def weigh_kpi(ledger: Ledger, parts: Parts, kpi: int, said: Said, common: Common) -> None:
    """One KPI: each of its levels, then its name, its cases and its labels, which may stand anywhere."""
    texts = parts.of(kpi, What.TEXT, What.NAME)
    everything = list(seen_in(texts))
    told = {each.stretch.level for each in everything} | set(said.levels)
    for level in sorted(told):
        seen = tuple(each for each in everything if each.stretch.level == level)
        _weigh_level(ledger, Passage(said, level, seen), everything, common)
    figures = [each.figure for each in everything]
    for cell in said.cases:
        if not any(cell.counts(figure) for figure in figures) and not excused(cell, said, figures):
            unfounded(ledger, cell, said, everything)
    for cell in said.names:
        dated = cell.figure.kind in (Kind.YEAR, Kind.DATE)
        known = cell.figure.same(common.year.figure) or any(cell.fits(figure) for figure in figures)
        if dated and figures and not known:
            unfounded(ledger, cell, said, everything)
    for beside in seen_in(parts.of(kpi, What.GROUP, What.ROUND)):
        if beside.figure.role is Role.DOUBTFUL:
            doubt(ledger, beside, said.node.code, ())
        else:
            ledger.no_rule += 1


def _weigh_level(ledger: Ledger, passage: Passage, everything: Sequence[Seen], common: Common) -> None:
    said = passage.said
    excess, matched = match(passage)
    ledger.pairs += matched
    held = {id(seen) for seen, _ in matched}
    missing, doubtful, besides, twice = list[Seen](), list[Seen](), list[Seen](), list[Seen]()
    for seen in passage.seen:
        if id(seen) in held:
            continue
        if seen.figure.role is Role.DOUBTFUL:
            doubtful.append(seen)
            besides.append(seen)
        elif seen.figure.role is not Role.RULE:
            ledger.no_rule += 1
        elif cell := again(seen.figure, passage):
            ledger.pairs.append((seen, cell))
            twice.append(seen)
        elif (note := said.noted(seen.figure, passage.level)) and note.levels:
            ledger.noted.append((seen, note))
            besides.append(seen)
        elif odd(seen, passage, everything):
            missing.append(seen)
        elif note:
            ledger.noted.append((seen, note))
            besides.append(seen)
        elif cell := common.in_a_kpi(seen.figure):
            ledger.pairs.append((seen, cell))
            besides.append(seen)
        else:
            missing.append(seen)
    first = [*missing, *twice, *besides]
    rest = [seen for seen in passage.seen if seen.figure.role is Role.RULE and seen not in first]
    for cell in excess:
        slip = nearest(cell, (seen for seen in twice if seen.figure.kind is cell.figure.kind))
        if slip or not excused(cell, said, passage.figures, passage.level):
            unfounded(ledger, cell, said, [*first, *rest])
    cells = (*passage.cells, *said.cases, *said.names, *said.notes)
    for seen in missing:
        others = (*cells, *common.like(seen.figure))
        near = (*excess, *(cell for cell in others if cell.may_count(seen.figure)))
        lost(ledger, seen, said.node.code, near)
    for seen in doubtful:
        doubt(ledger, seen, said.node.code, (*excess, *cells, *common.days))


def unfounded(ledger: Ledger, cell: Cell, said: Said, among: Sequence[Seen]) -> None:
    """A number of the tables that is not in the letter, with the figure that it may be a slip of."""
    ledger.unfounded.append(cell)
    if not slip_of(ledger, cell, among, said.node.code):
        facts: dict[str, Any] = {"found": cell.shown, "number": shown(cell.figure), "kpi": said.node.code}
        ledger.findings.append(finding("letter-unfounded", cell.place, **facts))


def slip_of(ledger: Ledger, cell: Cell, among: Sequence[Seen], kpi: str) -> bool:
    """Tell the first figure of the letter that the cell may be a slip of, if there is one."""
    near = nearest(cell, among)
    if near and (slip := _slip(ledger, cell, near, kpi)) not in ledger.findings:
        ledger.findings.append(slip)
    return near is not None


def doubt(ledger: Ledger, seen: Seen, kpi: str, cells: Sequence[Cell]) -> None:
    """A figure that can't be read for certain; a day that no calendar has may be a slip of a cell's."""
    ledger.doubtful.append(seen)
    if _told(ledger, seen):
        return
    near = nearest_cell(seen.figure, cells)
    if near and seen.figure.kind is Kind.DATE:
        ledger.findings.append(_slip(ledger, near, seen, kpi))
        return
    facts: dict[str, Any] = {"line": seen.stretch.line, "context": seen.context}
    ledger.findings.append(finding("letter-doubtful", Place(ledger.file), found=seen.figure.text, **facts))


def lost(ledger: Ledger, seen: Seen, kpi: str, cells: Sequence[Cell]) -> None:
    """A figure that nothing accounts for, with the cell that it may be a slip of. Where a slip already names
    it, it is only counted.
    """
    ledger.missing.append(seen)
    if _told(ledger, seen):
        return
    near = nearest_cell(seen.figure, cells)
    if near:
        ledger.findings.append(_slip(ledger, near, seen, kpi))
        return
    facts: dict[str, Any] = {
        "line": seen.stretch.line,
        "level": seen.stretch.level or "–",
        "context": seen.context,
    }
    ledger.findings.append(
        finding("letter-missing", Place(ledger.file), found=seen.figure.text, kpi=kpi or "–", **facts)
    )


def _told(ledger: Ledger, seen: Seen) -> bool:
    """Whether a slip already names the figure."""
    printed = {"line": str(seen.stretch.line), "printed": seen.figure.text, "context": seen.context}
    return any(
        each.code == "letter-slip" and printed.items() <= dict(each.facts).items() for each in ledger.findings
    )


def _slip(ledger: Ledger, cell: Cell, seen: Seen, kpi: str) -> Finding:
    facts: dict[str, Any] = {
        "number": shown(cell.figure),
        "printed": seen.figure.text,
        "line": seen.stretch.line,
    }
    return finding(
        "letter-slip",
        cell.place,
        found=cell.shown,
        kpi=kpi or "–",
        letter=ledger.file,
        context=seen.context,
        **facts,
    )
