"""Every check of ``levels check`` is one public function, listed once, that says where its rule stands."""

import inspect
from types import ModuleType

import pytest

from kpibatch.rules.lint import (
    cases,
    levels,
    measures,
    optional,
    periods,
    points,
    rounds,
    rows,
    scorecard,
    slips,
    units,
)
from kpibatch.rules.lint.check import CHECKS
from kpibatch.rules.lint.tree import links, places, targets

FILES = (
    *(rounds, units, scorecard, measures, rows, slips, levels, points, cases, periods, optional),
    *(places, links, targets),
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.__name__.rpartition(".")[2])
def test_a_file_lists_each_of_its_checks_once(file: ModuleType) -> None:
    functions = inspect.getmembers(file, inspect.isfunction)
    own = [check for name, check in functions if check.__module__ == file.__name__ and name[0] != "_"]
    assert sorted(check.__name__ for check in file.CHECKS) == sorted(check.__name__ for check in own)


def test_every_files_checks_are_run() -> None:
    assert tuple(check for file in FILES for check in file.CHECKS) == CHECKS


def test_a_check_says_its_source() -> None:
    silent = [check for check in CHECKS if "Source: design, section " not in (inspect.getdoc(check) or "")]
    assert [check.__name__ for check in silent] == []
