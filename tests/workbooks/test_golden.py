"""Workbooks of two samples as text, cell by cell, against what was committed: what changes shows in a diff.

After a change that is meant: ``python tests/shared/make_golden.py``, and read ``git diff tests/golden``.
"""

import pytest
from make_golden import GOLDEN, GOLDENS


@pytest.mark.slow
@pytest.mark.parametrize("name", GOLDENS)
def test_the_workbook_is_as_committed(name: str) -> None:
    committed = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert GOLDENS[name].lines() == committed, "meant? then: python tests/shared/make_golden.py"


def test_the_folder_holds_these_alone_and_they_stay_small() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.txt" for name in GOLDENS}
    assert all(path.stat().st_size < 300_000 for path in GOLDEN.iterdir())
