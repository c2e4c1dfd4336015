"""How much of a letter its draft gets right: the drafts of letters held against the samples' typed tables.

    python tests/bench/drafts.py LETTERS

LETTERS is a folder with the letters as files named like the workspaces in input_samples (NAME.txt, .docx or
.pdf). A row of the draft is paired with the row of the sample that most of its thresholds agree with; a
threshold is right where the paired row has the same meaning at the same level of the same KPI. Thresholds
are those in figures and days, cases included; what a sample's note calls an example stands in no letter.
marked: right, and doubted; extra: drafted, and not in the sample; invented: a figure that the letter does not
print and no doubt explains, or a name, a group, a measure whose words are not the letter's. What is missing,
wrong or invented is listed.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kpibatch.base.errors import KpibatchError
from kpibatch.base.thai import show_number
from kpibatch.rules.conditions import Condition
from kpibatch.rules.draft.draft import Draft, draft_of
from kpibatch.rules.letter.figures import figures_in
from kpibatch.rules.letter.match import nodes_of
from kpibatch.rules.letter.parts import What, parts_of
from kpibatch.rules.letter.text import Letter, read_letter
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.phrases import ConditionFault, parse
from kpibatch.rules.reader import read_levels
from kpibatch.rules.schema import MEASURES, NODES, RULES

SAMPLES = Path(__file__).parents[2] / "input_samples"
SHARE = 0.95
Cells = dict[int, Condition]  # by the level; 0 is the case


@dataclass
class Score:
    """What a letter's draft has of what its sample has."""

    kpis: int = 0
    kpis_of: int = 0
    weights: int = 0
    weights_of: int = 0
    right: int = 0
    of: int = 0
    marked: int = 0
    extra: int = 0
    invented: int = 0
    doubts: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return self.kpis == self.kpis_of and self.right >= SHARE * self.of and not self.invented


def _asked(condition: Condition | None) -> bool:
    return condition is not None and condition.family != "yes_no"


def _edge(condition: Condition, upward: bool) -> tuple[object, ...]:
    """What a condition asks of who comes from below, or from above where lower is better."""
    if condition.family == "date":
        return ("date", condition.last_day)
    if upward:
        return ("from", condition.low, condition.low_open)
    return ("to", condition.high, condition.high_open)


def _upward(cells: Cells) -> bool:
    levels = [condition for level, condition in cells.items() if level and condition.family == "number"]
    return not levels or any(condition.low > float("-inf") for condition in levels)


def _same(one: Condition, other: Condition, upward: bool, level: int) -> bool:
    if not level:
        ends = [(each.low, each.high, each.low_open, each.high_open) for each in (one, other)]
        return ends[0] == ends[1]
    return _edge(one, upward) == _edge(other, upward)


def sample_rows(tables: LevelTables, kpi: str) -> list[Cells]:
    """The rows of a KPI as typed, those that are examples left out."""
    rows = []
    for rule in tables.rules:
        if rule.kpi != kpi or "ตัวอย่าง" in rule.remark:
            continue
        unit = tables.measures[rule.measure].counting_unit
        cells = {level: _read(typed, unit) for level, typed in enumerate(rule.typed, 1) if typed}
        if rule.case:
            cells[0] = rule.case.condition
        rows.append({level: each for level, each in cells.items() if each and _asked(each)})
    return [row for row in rows if row]


def draft_rows(draft: Draft, kpi: str) -> list[tuple[int, Cells]]:
    """The rows of a KPI in a draft, with their places."""
    units = {row[MEASURES.code]: row.get(MEASURES.counting_unit, "") for row in draft.measures.rows}
    rows = []
    for at, row in enumerate(draft.rules.rows, 1):
        if row[RULES.kpi] != kpi:
            continue
        unit = units.get(row[RULES.measure], "")
        columns = [RULES.case, *RULES.levels[: draft.levels]]
        cells = {level: _read(row.get(column, ""), unit) for level, column in enumerate(columns)}
        rows.append((at, {level: each for level, each in cells.items() if each and _asked(each)}))
    return [(at, row) for at, row in rows if row]


def _read(typed: str, unit: str) -> Condition | None:
    try:
        return parse(typed, unit) if typed else None
    except ConditionFault:
        return None


def _agree(one: Cells, other: Cells) -> set[int]:
    upward = _upward(other)
    return {level for level in one.keys() & other.keys() if _same(one[level], other[level], upward, level)}


def compare(letter: Letter, tables: LevelTables) -> Score:
    """The draft of a letter held against the tables that were typed from it."""
    draft, score = draft_of(letter), Score()
    parts = parts_of(letter)
    found = nodes_of(parts.headings, tables)
    codes = [row[NODES.code] for row in draft.nodes.rows]
    heads = codes[len(codes) - len(parts.headings) :]
    drafted = {node.code: heads[at] for at, node in found.items()}
    weights = {row[NODES.code]: row.get(NODES.weight, "") for row in draft.nodes.rows}
    score.doubts = draft.doubts
    for node in tables.nodes:
        ours = "ตัวอย่าง" in node.reference  # no KPI of the letter's
        if tables.children(node.code) and node.code not in drafted:
            continue
        if node.code not in drafted and ours:
            continue
        score.kpis_of += 1
        score.kpis += node.code in drafted
        printed = any(parts.of(at, What.WEIGHT) for at, each in found.items() if each.code == node.code)
        score.weights_of += printed
        score.weights += printed and weights[drafted[node.code]] == show_number(node.weight)
        if node.code in drafted:
            _compare_rows(score, draft, tables, node.code, drafted[node.code])
    score.invented = len(list(_invented(draft, letter)))
    score.missed += list(_invented(draft, letter))
    return score


def _compare_rows(score: Score, draft: Draft, tables: LevelTables, kpi: str, code: str) -> None:
    left = draft_rows(draft, code)
    doubted = {(at, column) for at, column, _ in draft.rules.doubts}
    names = [RULES.case, *RULES.levels]
    for wanted in sorted(sample_rows(tables, kpi), key=len, reverse=True):
        score.of += len(wanted)
        best = max(left, key=lambda row: len(_agree(row[1], wanted)), default=None)
        agreed = _agree(best[1], wanted) if best else set()
        if best and agreed:
            left.remove(best)
            score.extra += len(best[1]) - len(agreed)
            score.marked += sum((best[0], str(names[level])) in doubted for level in agreed)
        score.right += len(agreed)
        for level in sorted(set(wanted) - agreed):
            has = best[1].get(level) if best and agreed else None
            drafted = has.text() if has else "–"
            score.missed.append(f"{kpi} level {level}: {wanted[level].text()}, drafted {drafted}")
    score.extra += sum(len(row) for _, row in left)


def _invented(draft: Draft, letter: Letter) -> Iterator[str]:
    """Cells of figures that the letter does not print and no doubt explains; words that are not its own."""
    text = "\n".join(line.text for line in letter.lines)
    printed = {figure.value for figure in figures_in(text)}
    doubted = {(at, column) for at, column, _ in draft.rules.doubts}
    for at, row in enumerate(draft.rules.rows, 1):
        for column in (RULES.case, *RULES.levels[: draft.levels]):
            figures = figures_in(row.get(column, ""))
            if any(each.value not in printed for each in figures) and (at, column) not in doubted:
                yield f"invented: {row[RULES.kpi]} {column} {row[column]}"
    bare = _bare(text)
    for row in draft.nodes.rows:
        for column in (NODES.name, NODES.responsible):
            if _bare(row.get(column, "")) not in bare:
                yield f"invented: {row[NODES.code]} {column} {row[column]}"
    for row in draft.measures.rows:
        words = [_bare(word) for word in row[MEASURES.label].rstrip("…").split()]
        if any(word not in bare for word in words):
            yield f"invented: {row[MEASURES.code]} {row[MEASURES.label]}"


def _bare(text: str) -> str:
    return re.sub(r"[\s\"“”.,:;()-]", "", text)


def main(folder: Path) -> int:
    """Print the figures of each letter, then what is missing; how many letters are not good enough."""
    heads = f"{'thresholds':>17} {'marked':>7} {'extra':>6} {'invented':>9} {'doubts':>7}"
    print(f"{'letter':26} {'KPIs':>8} {'weights':>9} {heads}")
    missed, bad, right, of = list[str](), 0, 0, 0
    for sample in sorted(path for path in SAMPLES.iterdir() if (path / "level_tables.xlsx").is_file()):
        files = [path for path in folder.glob(f"{sample.name}.*") if path.suffix in (".txt", ".docx", ".pdf")]
        if not files:
            continue
        tables, _ = read_levels(sample / "level_tables.xlsx")
        try:
            score = compare(read_letter(files[0]), tables)
        except KpibatchError as reason:
            bad, missed = bad + 1, [*missed, f"{sample.name}  {reason}"]
            continue
        share = f"{100 * score.right / score.of:5.1f} %" if score.of else ""
        found = f"{score.kpis:>3} / {score.kpis_of:<2} {score.weights:>4} / {score.weights_of:<2}"
        rows = f"{score.right:>4} / {score.of:<3} {share:>7} {score.marked:>7} {score.extra:>6}"
        print(f"{sample.name:26} {found} {rows} {score.invented:>9} {score.doubts:>7}")
        right, of, bad = right + score.right, of + score.of, bad + (not score.good)
        missed += [f"{sample.name}  {each}" for each in score.missed]
    print(f"thresholds of all: {right} / {of} = {100 * right / max(of, 1):.1f} %")
    print(*missed, sep="\n")
    return bad


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
