"""Types the letters of ``letter_*.py`` into level-table workbooks, one per sample workspace.

    python input_samples/make_level_tables.py [NAME …]

The rules are text tables that can be read beside the letter; the baselines of each unit are drawn from
plausible ranges, by a generator seeded with the unit's code, so the same files come out every time.
"""

import importlib
import random
import sys
from pathlib import Path

from kpibatch.base.thai import read_date
from kpibatch.rules.paper.book import rows_of, write_level_book

HERE = Path(__file__).parent
LETTERS = sorted(path.stem.removeprefix("letter_") for path in HERE.glob("letter_*.py"))


def baselines(units: list[list[str]], ranges: list[list[str]]) -> list[list[str]]:
    """One row per unit, one drawn number per fixed measure; large units are large in every measure."""
    rows = [["รหัสหน่วย", *(line[0] for line in ranges)]]
    for code in (unit[0] for unit in units):
        draw = random.Random(f"baselines {code}")
        size = draw.random()
        rows.append([code, *(_between(line, 0.75 * size + 0.25 * draw.random()) for line in ranges)])
    return rows


def _between(line: list[str], share: float) -> str:
    low, high, step = (float(part) for part in line[1:4])
    value = low + round((high - low) * share / step) * step
    return f"{value:.2f}".rstrip("0").rstrip(".")


def make(module: str) -> Path:
    """Write the workbook of one letter and return its path."""
    letter = importlib.import_module(f"letter_{module}")
    sheets = {name: rows_of(text) for name, text in letter.SHEETS.items()}
    sheets["ค่าตั้งต้น"] = baselines(sheets["หน่วย"][1:], rows_of(letter.BASELINES)[1:])
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
