"""What ``levels check --letter`` makes of the letters that the samples come from, and of slips planted there.

    python tests/bench/letters.py FOLDER [COUNT]

FOLDER holds the letters, each named after its sample (buriram-2565-2.txt, .docx or .pdf); they are no part of
this repository. A line a letter: its figures, how many stand in cells, in notes, are no rules, are doubtful,
are accounted for by nothing, and the tables' numbers that it does not say. Then one digit changed, COUNT
times in the letter and COUNT times in the tables: how many are named; those that are not follow.
"""

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "shared"))

from letter_slips import Beside, Plant
from workspace import NEWEST, SAMPLES

from kpibatch.rules.letter.text import read_letter


def main(folder: str, count: str = "100") -> None:
    for name in NEWEST:
        path = next(path for path in sorted(Path(folder).iterdir()) if path.stem == name)
        beside = Beside(read_letter(path), SAMPLES / name / "level_tables.xlsx")
        ledger = beside.ledger
        print(
            f"{name}: figures {ledger.figures}, accounted {len(ledger.pairs) + len(ledger.noted)} "
            f"(cells {len(ledger.pairs)}, notes {len(ledger.noted)}), no rules {ledger.no_rule}, "
            f"doubtful {len(ledger.doubtful)}, unaccounted {len(ledger.missing)}, "
            f"of the tables not in the letter {len(ledger.unfounded)}"
        )
        for letter, where in ((True, "letter"), (False, "tables")):
            planted = beside.plants(letter=letter, seed=f"{name} {where}", count=int(count))
            named = [each for each in planted if each.named]
            print(f"    in the {where}: planted {len(planted)}, named {len(named)} ({_kinds(planted)})")
            for each in planted:
                if not each.named:
                    print(f"        {each}")


def _kinds(planted: list[Plant]) -> str:
    counts = Counter(each.kind for each in planted)
    return ", ".join(f"{kind} {counts[kind]}" for kind in sorted(counts))


if __name__ == "__main__":
    main(*sys.argv[1:])
