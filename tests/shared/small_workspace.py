"""A workspace whose run takes a moment: the sample of Rayong with two of its units, one of them with a cell
that can't be read.
"""

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from workspace import RAYONG, change, copy_sample, edit_table, keep_units, kpibatch, submission

UNITS = ("21P01", "21P02")
EARLIER, MONTH = "2554-06", "2554-09"
OTHER_RULE: Mapping[str, str] = {"ตัวชี้วัด": "D2.1"}


def small_workspace(folder: Path) -> Path:
    """A copy of it in ``folder``, nothing run yet."""
    shutil.copytree(_small(), folder / RAYONG)
    return folder / RAYONG


def written_workspace(folder: Path) -> Path:
    """A copy of it in ``folder``, both months run, and one rule changed since."""
    shutil.copytree(_written(), folder / RAYONG)
    return folder / RAYONG


@cache
def _small() -> Path:
    workspace = keep_units(copy_sample(_passing_folder(), RAYONG), *UNITS)
    change(submission(workspace, UNITS[1], MONTH), {("D2.1.satisfaction", MONTH): "ดีพอสมควร"})
    return workspace


@cache
def _written() -> Path:
    workspace = small_workspace(_passing_folder())
    for month in (EARLIER, MONTH):
        assert kpibatch(workspace, "run", month).exit_code in (0, 1)
    edit_table(workspace, "ระดับ", OTHER_RULE, "ระดับ 5", "≥ 99")
    return workspace


def _passing_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="kpibatch-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
