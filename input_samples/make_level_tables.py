"""Types the letters of ``letter_*.py`` into level-table workbooks, one per sample workspace.

    python input_samples/make_level_tables.py [NAME …]

The rules are text tables that can be read beside the letter; the baselines of each unit are drawn from
plausible ranges, by a generator seeded with the unit's code, so the same files come out every time.
"""

import importlib
import random
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from kpibatch.base.thai import read_date
from kpibatch.rules.paper.book import rows_of, write_level_book

HERE = Path(__file__).parent
LETTERS = sorted(path.stem.removeprefix("letter_") for path in HERE.glob("letter_*.py"))


def baselines(units: Mapping[str, str], ranges: list[list[str]], main: str) -> list[dict[str, str]]:
    """For each unit (by its code, with its kind) one drawn number per fixed measure of that kind: the
    ``main`` one where a line names none. Large units are large in every measure. What a unit that the line
    leaves out (เว้นหน่วย) would have is drawn all the same, so that its other numbers stay what they are.
    """
    rows = []
    for code, kind in units.items():
        draw = random.Random(f"baselines {code}")
        size = draw.random()
        row = {"รหัสหน่วย": code}
        for line in ranges:
            whose, left_out = (*line[4:], "", "")[:2]
            if kind == (whose or main):
                drawn = _between(line, 0.75 * size + 0.25 * draw.random())
                row[line[0]] = "" if code in left_out else drawn
        rows.append(row)
    return rows


def fill_targets(own: list[list[str]], drawn: Mapping[str, dict[str, str]]) -> set[str]:
    """Put the drawn target into each row of ตัวชี้วัดของหน่วย that has none; the measures that stand there."""
    heads, filled = own[0], set()
    unit, node, target = (heads.index(name) for name in ("รหัสหน่วย", "ตัวชี้วัด", "ค่าเป้าหมาย"))
    for row in own[1:]:
        if not row[target]:
            measure = f"{row[node]}.target"
            row[target] = drawn[row[unit]][measure]
            filled.add(measure)
    return filled


def _between(line: list[str], share: float) -> str:
    low, high, step = (float(part) for part in line[1:4])
    value = low + round((high - low) * share / step) * step
    return f"{value:.2f}".rstrip("0").rstrip(".")


def fill_wholes(
    drawn: Mapping[str, dict[str, str]], above: Mapping[str, str], wholes: Mapping[str, tuple[str, ...]]
) -> None:
    """Give each of the ``wholes`` what its parts have of those measures, summed up."""
    for whole, measures in wholes.items():
        for measure in measures:
            parts = (row.get(measure) for unit, row in drawn.items() if above.get(unit) == whole)
            drawn[whole][measure] = f"{sum(float(part) for part in parts if part):.0f}"


def baseline_rows(
    sheets: Mapping[str, list[list[str]]],
    ranges: list[list[str]],
    wholes: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> list[list[str]]:
    """The rows of ค่าตั้งต้น: without what stands in ตัวชี้วัดของหน่วย, and without units that have none."""
    main = next(row[1] for row in sheets["รอบประเมิน"] if row[0] == "หน่วยประเมิน")
    heads, *rows = sheets["หน่วย"]
    kind = heads.index("ประเภท") if "ประเภท" in heads else -1
    units = {row[0]: row[kind] if kind >= 0 else main for row in rows}
    drawn = {row["รหัสหน่วย"]: row for row in baselines(units, ranges, main)}
    if wholes:
        column = heads.index("สังกัด")
        fill_wholes(drawn, {row[0]: row[column] for row in rows}, wholes)
    elsewhere = fill_targets(sheets["ตัวชี้วัดของหน่วย"], drawn) if "ตัวชี้วัดของหน่วย" in sheets else set()
    columns = ["รหัสหน่วย", *(line[0] for line in ranges if line[0] not in elsewhere)]
    return [columns, *([row.get(name, "") for name in columns] for row in drawn.values() if len(row) > 1)]


def make(module: str) -> Path:
    """Write the workbook of one letter and return its path."""
    letter = importlib.import_module(f"letter_{module}")
    sheets = {name: rows_of(text) for name, text in letter.SHEETS.items()}
    sheets["ค่าตั้งต้น"] = baseline_rows(sheets, rows_of(letter.BASELINES)[1:], getattr(letter, "WHOLES", {}))
    first = next(row[1] for row in sheets["รอบประเมิน"] if row[0] == "เริ่ม")
    folder = HERE / module.replace("_", "-")
    folder.mkdir(exist_ok=True)
    day = read_date(first)
    if day is None:
        raise SystemExit(f"{module}: {first}")
    write_level_book(folder / "level_tables.xlsx", sheets, day)
    return folder / "level_tables.xlsx"


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    for name in sys.argv[1:] or LETTERS:
        print(make(name.replace("-", "_")))
