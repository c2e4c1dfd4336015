"""Nothing in a run is quadratic in the units."""

import subprocess
import sys
from pathlib import Path

import pytest

GROWTH = Path(__file__).parents[1] / "bench" / "growth.py"


@pytest.mark.slow
def test_no_function_goes_through_all_units_for_each_of_them(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, GROWTH, "10", "40", "--home", tmp_path],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert "lines run" in told.stdout, told.stderr
    assert told.returncode == 0, told.stdout
