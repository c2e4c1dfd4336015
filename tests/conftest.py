"""What the tests share: the default workspace's level tables, and scoring one unit by hand-given values."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import Source
from kpibatch.scoring.measures import Measured, measure_all
from kpibatch.scoring.score import score_kpi

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "input_samples"

settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.load_profile("patient")


def as_number(value: object) -> float:
    """A value as it is held inside: days as ordinals, yes/no as 1/0."""
    return float(value.toordinal()) if isinstance(value, date) else float(value)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def buriram() -> LevelTables:
    tables, findings = read_levels(SAMPLES / "buriram-2565-2" / "level_tables.xlsx")
    assert not [finding for finding in findings if finding.severity == "error"]
    return tables


@pytest.fixture(scope="session")
def level_of(buriram: LevelTables) -> Callable[[str, dict[str, object]], int]:
    """The level one unit gets at one KPI of the default workspace from its rolled-up values."""
    one = replace(buriram, units=buriram.units[:1], baselines={})
    alone = {
        leaf.code: replace(one, measures={m.code: m for m in one.measures_of(leaf.code)})
        for leaf in one.leaves
    }

    def level(kpi: str, values: dict[str, object]) -> int:
        tables = alone[kpi]
        measured = measured_from(tables, {tables.units[0].code: values})
        return int(
            score_kpi(
                tables.node[kpi], measured.values, measured.values.isna(), tables, measured.incomplete.copy()
            ).level[0]
        )

    return level


def measured_from(tables: LevelTables, given: dict[str, dict[str, object]]) -> Measured:
    """``Measured`` for units whose rolled-up values are given, fixed ones among them; the rest is missing."""
    month = tables.round.months[0]
    rows = [
        (
            unit,
            code,
            month,
            as_number(values[code]) if code in values else np.nan,
            "ok" if code in values else "blank",
            "",
            "f",
            "s",
            "A1",
        )
        for unit, values in given.items()
        for code, measure in tables.measures.items()
        if not measure.ingredients
    ]
    frame = pd.DataFrame(
        rows, columns=["unit", "measure", "month", "value", "state", "found", "file", "sheet", "cell"]
    )
    return measure_all(frame, _all_filled_in(tables), dict.fromkeys(given, 100.0))


def _all_filled_in(tables: LevelTables) -> LevelTables:
    measures = {
        code: replace(measure, source=Source.FORM) if measure.source is Source.BASE else measure
        for code, measure in tables.measures.items()
    }
    return replace(tables, measures=measures)
