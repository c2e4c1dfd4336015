"""Scoring units whose rolled-up values are given by hand."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Source
from kpibatch.scoring.measures import Measured, measure_all


def as_number(value: object) -> float:
    """A value as it is held inside: days as ordinals, yes/no as 1/0."""
    return float(value.toordinal()) if isinstance(value, date) else float(value)  # type: ignore[arg-type]


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
