"""A workspace whose run takes a moment: the sample of Rayong with two of its units, one of them with a cell
that can't be read.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from made_once import made_once
from workspace import RAYONG, change, copy_sample, edit_table, keep_units, kpibatch, submission

from kpibatch.base.config import Config, read_config

UNITS = ("21P01", "21P02")
EARLIER, MONTH = "2554-06", "2554-09"
OTHER_RULE: Mapping[str, str] = {"ตัวชี้วัด": "D2.1"}


def small_workspace(folder: Path) -> Path:
    """A copy of it in ``folder``, nothing run yet."""
    shutil.copytree(made_once("a small workspace", _small) / RAYONG, folder / RAYONG)
    return folder / RAYONG


def small_config(folder: Path) -> Config:
    """The configuration of a copy of it in ``folder``, nothing run yet, with an output folder."""
    config = read_config(small_workspace(folder))
    config.output.mkdir()
    return config


def published_workspace(folder: Path) -> Path:
    """A copy of it in ``folder``, its month run."""
    shutil.copytree(made_once("a small workspace, published", _published) / RAYONG, folder / RAYONG)
    return folder / RAYONG


def closed_workspace(folder: Path) -> Path:
    """A copy of it in ``folder``, its month run and closed."""
    shutil.copytree(made_once("a small workspace, closed", _closed) / RAYONG, folder / RAYONG)
    return folder / RAYONG


def written_workspace(folder: Path) -> Path:
    """A copy of it in ``folder``, both months run, and one rule changed since."""
    shutil.copytree(made_once("a small workspace, written", _written) / RAYONG, folder / RAYONG)
    return folder / RAYONG


def _small(folder: Path) -> None:
    workspace = keep_units(copy_sample(folder, RAYONG), *UNITS)
    change(submission(workspace, UNITS[1], MONTH), {("D2.1.satisfaction", MONTH): "ดีพอสมควร"})


def _published(folder: Path) -> None:
    assert kpibatch(small_workspace(folder), "run", MONTH).exit_code == 1


def _closed(folder: Path) -> None:
    assert kpibatch(published_workspace(folder), "close", MONTH).exit_code == 0


def _written(folder: Path) -> None:
    workspace = small_workspace(folder)
    for month in (EARLIER, MONTH):
        assert kpibatch(workspace, "run", month).exit_code in (0, 1)
    edit_table(workspace, "ระดับ", OTHER_RULE, "ระดับ 5", "≥ 99")
