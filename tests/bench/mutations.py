"""How many single-cell slips in the samples' level tables are caught, once the proposed examples are
confirmed: ``python tests/bench/mutations.py [COUNT]``; the survivors are listed.
"""

import random
import sys
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "shared"))

from mutating import confirmed, faults, slips
from workspace import NEWEST, SAMPLES


def main(count: int) -> None:
    for name in NEWEST:
        path = SAMPLES / name / "level_tables.xlsx"
        grids = confirmed(path)
        usual = faults(path, grids)
        tried = list(islice(slips(grids, random.Random(name)), count))
        survivors = [slip for slip in tried if not faults(path, slip.of(grids)) - usual]
        caught = len(tried) - len(survivors)
        print(f"{name}: {caught} of {len(tried)} caught ({100 * caught / len(tried):.1f} %)")
        for slip in survivors:
            print(f"    {slip}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
