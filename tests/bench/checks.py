"""What กฎตรวจ finds of errors planted in the five samples, and what it asks of honest forms.

    python tests/bench/checks.py [SEED]

A line a sample: forms, errors planted, found, questions about values that nobody has touched; then each kind.
"""

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "shared"))

from planting import by_kind, harvest
from workspace import NEWEST, SAMPLES

from kpibatch.base.config import read_config
from kpibatch.months.assess import assess_month


def main(seed: str) -> None:
    planted, missed = Counter[str](), Counter[str]()
    for name in NEWEST:
        outcome = assess_month(read_config(SAMPLES / name))
        found = harvest(outcome, f"{seed} {name}")
        planted.update(by_kind(found.planted))
        missed.update(by_kind(found.missed))
        print(
            f"{name:26} forms {found.forms:3}   planted {len(found.planted):3}   "
            f"found {len(found.planted) - len(found.missed):3}   false alarms {len(found.false_alarms)}"
            f"   asked by the office's own rows {len(found.honest) - len(found.false_alarms)}"
        )
    print(f"in all: planted {planted.total()}, found {planted.total() - missed.total()}")
    for kind, count in planted.items():
        print(f"  {kind:30} {count - missed[kind]:3} of {count:3}")


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["planted"]))
