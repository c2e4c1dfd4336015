"""The letter's ledger: every figure of the letter ↔ the cell that says it, by KPI and level.

In: ``Parts``, ``LevelTables``, the notes. Out: ``Ledger``: findings and counts. A figure of the letter is
accounted for by a cell, by a note that names it, or is of a kind that is no rule; else it is a finding. So is
a number of the tables that stands nowhere in the letter's passage of its KPI and level. Two that are one
digit apart are told as one slip.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kpibatch.base.findings import Finding, Place, finding
from kpibatch.rules.letter.figures import Figure, Kind, Role, figures_in
from kpibatch.rules.letter.parts import Parts, Stretch, What
from kpibatch.rules.letter.said import Cell, Common, Said, is_ours, noted_in, shown
from kpibatch.rules.letter.slips import one_slip

_AROUND = 32  # letters of context on each side


@dataclass(frozen=True)
class Seen:
    """A figure where it stands in the letter."""

    figure: Figure
    stretch: Stretch

    @property
    def context(self) -> str:
        """The words around it, for whoever looks for it."""
        text, figure = self.stretch.text, self.figure
        begin, end = max(0, figure.start - _AROUND), figure.end + _AROUND
        cut = " ".join(text[begin:end].split())
        return f"{'…' * (begin > 0)}{cut}{'…' * (end < len(text))}"


@dataclass
class Ledger:
    """What became of the letter's figures; ``missing`` are those that nothing accounts for, ``unfounded`` the
    cells that the letter says nothing of.
    """

    file: str
    accounted: int = 0
    noted: int = 0
    no_rule: int = 0
    doubtful: list[Seen] = field(default_factory=list)
    missing: list[Seen] = field(default_factory=list)
    unfounded: list[Cell] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def figures(self) -> int:
        return self.accounted + self.noted + self.no_rule + len(self.doubtful) + len(self.missing)


@dataclass(frozen=True)
class Passage:
    """What the letter says of one KPI at one level, and what the tables say of it."""

    said: Said
    level: int
    seen: tuple[Seen, ...]

    @property
    def figures(self) -> list[Figure]:
        return [each.figure for each in self.seen]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return self.said.levels.get(self.level, ())


def seen_in(stretches: Iterable[Stretch]) -> Iterator[Seen]:
    """Every figure of some stretches."""
    for stretch in stretches:
        for figure in figures_in(stretch.text):
            yield Seen(figure, stretch)


def weigh_kpi(ledger: Ledger, parts: Parts, kpi: int, said: Said, common: Common) -> None:
    """One KPI: each of its levels, then its name, its cases and its labels, which may stand anywhere."""
    texts = parts.of(kpi, What.TEXT, What.NAME)
    everything = list(seen_in(texts))
    told = {each.stretch.level for each in everything} | set(said.levels)
    for level in sorted(told):
        seen = tuple(each for each in everything if each.stretch.level == level)
        _weigh_level(ledger, Passage(said, level, seen), common)
    figures = [each.figure for each in everything]
    for cell in said.cases:
        if not any(cell.counts(figure) for figure in figures) and not _excused(cell, said, figures):
            unfounded(ledger, cell, said, everything)
    for cell in said.names:
        dated = cell.figure.kind in (Kind.YEAR, Kind.DATE)
        known = cell.figure.value == common.year or any(cell.fits(figure) for figure in figures)
        if dated and figures and not known:
            unfounded(ledger, cell, said, everything)
    for beside in seen_in(parts.of(kpi, What.GROUP, What.ROUND)):
        if beside.figure.role is Role.DOUBTFUL:
            ledger.doubtful.append(beside)
        else:
            ledger.no_rule += 1


def _weigh_level(ledger: Ledger, passage: Passage, common: Common) -> None:
    said = passage.said
    excess = _excess(passage)
    lost = [cell for cell in excess if not _excused(cell, said, passage.figures)]
    missing = []
    for seen in passage.seen:
        how = _accounts(seen.figure, passage, common)
        if how == "doubtful":
            ledger.doubtful.append(seen)
        elif how == "missing":
            missing.append(seen)
        elif how == "noted":
            ledger.noted += 1
        elif how == "no rule":
            ledger.no_rule += 1
        else:
            ledger.accounted += 1
    for cell in lost:
        unfounded(ledger, cell, said, _partners(cell, missing, passage))
    slipped = {id(each) for each in _told(ledger, missing)}
    for seen in missing:
        ledger.missing.append(seen)
        if id(seen) in slipped:
            continue
        near = next((cell for cell in excess if one_slip(cell.figure, seen.figure)), None)
        if near:
            ledger.findings.append(_slip(ledger, near, seen, said.node.code))
        else:
            ledger.findings.append(missing_of(ledger, seen, said.node.code))


def _accounts(figure: Figure, passage: Passage, common: Common) -> str:
    """What accounts for a figure of the letter, or that nothing does."""
    said = passage.said
    if figure.role is Role.DOUBTFUL:
        return "doubtful"
    if any(cell.fits(figure) for cell in passage.cells):
        return "cell"
    if figure.role is not Role.RULE:
        return "no rule"
    if any(cell.counts(figure) for cell in said.cases) or any(cell.fits(figure) for cell in said.names):
        return "cell"
    if said.noted(figure):
        return "noted"
    if figure.kind is Kind.DATE and figure.value in common.dates:
        return "cell"
    if figure.kind is Kind.MONTH and figure.value in common.months:
        return "cell"
    return "cell" if figure.kind is Kind.YEAR and figure.value == common.year else "missing"


def _excess(passage: Passage) -> list[Cell]:
    """The cells that the letter says less often than the tables, at this level: each value as often as it is
    printed, less what is printed of the cases.

    Source: design, section 1 (every number of the tables stands in the letter's passage).
    """
    free = [figure for figure in passage.figures if figure.role is not Role.ORDER]
    for case in _repeated(passage, free):
        free.remove(next(figure for figure in free if _names_case(case, figure)))
    excess = []
    for cell in sorted(passage.cells, key=lambda cell: _excused(cell, passage.said, free)):
        match = next((figure for figure in free if cell.counts(figure)), None)
        match = match or next((figure for figure in free if cell.fits(figure)), None)
        if match is None:
            excess.append(cell)
        else:
            free.remove(match)
    return excess


def _repeated(passage: Passage, figures: Sequence[Figure]) -> tuple[Cell, ...]:
    """The cases' cells where the letter names all of them again at this level, once a row."""
    cases = passage.said.cases_at.get(passage.level, ())
    need = Counter(case.figure.value for case in cases)
    have = Counter(each.value for each in figures if any(_names_case(case, each) for case in cases))
    return cases if all(have[value] >= count for value, count in need.items()) else ()


def _names_case(case: Cell, figure: Figure) -> bool:
    return bool(figure.noun) and case.counts(figure)


def _excused(cell: Cell, said: Said, figures: Sequence[Figure]) -> bool:
    """Whether the cell's row names its number, or a note calls it ours where the letter is silent."""
    if any(cell.figure.same(note) for note in noted_in([cell.remark])):
        return True
    silent = not any(each.role is Role.RULE and each.kind is cell.figure.kind for each in figures)
    return silent and (is_ours(cell.remark) or said.ours)


def _partners(cell: Cell, missing: Sequence[Seen], passage: Passage) -> list[Seen]:
    """What the cell may have been copied from: first what nothing accounts for, then what stands there more
    often than in the tables, then the rest.
    """
    often = Counter(each.figure.value for each in passage.cells)
    rest = [each for each in passage.seen if each not in missing and each.figure.role is Role.RULE]
    printed = Counter(each.figure.value for each in rest)
    rest.sort(key=lambda each: printed[each.figure.value] <= often[each.figure.value])
    return [*missing, *rest]


def unfounded(ledger: Ledger, cell: Cell, said: Said, among: Sequence[Seen]) -> None:
    """A number of the tables that is not in the letter, with the figure that it may be a slip of."""
    ledger.unfounded.append(cell)
    near = next((seen for seen in among if one_slip(cell.figure, seen.figure)), None)
    if near:
        ledger.findings.append(_slip(ledger, cell, near, said.node.code))
    else:
        facts: dict[str, Any] = {"found": cell.shown, "number": shown(cell.figure), "kpi": said.node.code}
        ledger.findings.append(finding("letter-unfounded", cell.place, **facts))


def _told(ledger: Ledger, missing: Sequence[Seen]) -> Iterator[Seen]:
    """Those of the missing figures that a slip already names."""
    named = {
        (dict(each.facts)["line"], dict(each.facts)["printed"])
        for each in ledger.findings
        if each.code == "letter-slip"
    }
    for seen in missing:
        if (str(seen.stretch.line), seen.figure.text) in named:
            yield seen


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
        kpi=kpi,
        letter=ledger.file,
        context=seen.context,
        **facts,
    )


def missing_of(ledger: Ledger, seen: Seen, kpi: str) -> Finding:
    facts: dict[str, Any] = {
        "line": seen.stretch.line,
        "level": seen.stretch.level or "–",
        "context": seen.context,
    }
    return finding("letter-missing", Place(ledger.file), found=seen.figure.text, kpi=kpi or "–", **facts)
