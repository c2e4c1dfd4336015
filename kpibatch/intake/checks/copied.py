"""The same values in the forms of two units, which one of them may have from the other's file."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from kpibatch.intake.checks.subjects import counted
from kpibatch.rules.levels import LevelTables

_TELLING = 10
"""Smaller numbers are alike by chance."""
_AT_MOST = 3
"""Units of which a value may be the same: what more of them share is a common number, such as a target."""


@dataclass(frozen=True)
class Copied:
    """Two units and the rows of the frame whose values they share, the newest month's first."""

    units: tuple[str, str]
    rows: tuple[tuple[int, ...], tuple[int, ...]]


def copied(frame: pd.DataFrame, tables: LevelTables, least: float) -> Iterator[Copied]:
    """The pairs of units that share so many telling values of one month, with all of such months.

    ``frame`` counts its rows from 0. Source: design, section 1 (กฎตรวจ: built-in ones by name).
    """
    codes = {measure.code for measure in counted(tables)}
    telling = frame[frame["measure"].isin(codes) & (frame["value"].abs() >= _TELLING)]
    telling = telling.assign(row=telling.index, value=telling["value"].round(9))
    cell = ["measure", "month", "value"]
    shared = telling[telling.groupby(cell)["unit"].transform("size").between(2, _AT_MOST)]
    pairs = shared.merge(shared, on=cell)
    pairs = pairs[pairs["unit_x"] < pairs["unit_y"]]
    many = pairs.groupby(["unit_x", "unit_y", "month"])["row_x"].transform("size") >= least
    ordered = pairs[many].sort_values(["month", "row_x"], ascending=[False, True], kind="stable")
    for (one, other), same in ordered.groupby(["unit_x", "unit_y"]):
        yield Copied((str(one), str(other)), (tuple(map(int, same["row_x"])), tuple(map(int, same["row_y"]))))
