"""Two of Rayong's workbooks as text, cell by cell, against what was committed: whatever changes in them shows
in a diff.

After a change that is meant: ``python tests/make_golden.py``, and read ``git diff tests/golden``.
"""

from pathlib import Path

import pytest
from make_golden import GOLDEN, dump, made

NAMES = ("ranking", "unit")


@pytest.fixture(scope="module")
def now() -> dict[str, Path]:
    return made()


@pytest.mark.parametrize("name", NAMES)
def test_the_workbook_is_as_committed(name: str, now: dict[str, Path]) -> None:
    golden = GOLDEN / f"{name}.txt"
    assert dump(now[name]) == golden.read_text(encoding="utf-8").splitlines(), (
        "meant? then: python tests/make_golden.py"
    )
    assert golden.stat().st_size < 300_000
    assert {path.name for path in GOLDEN.iterdir()} == {f"{one}.txt" for one in NAMES}
