"""All values of all submissions against the rules of their measures, in one pass over one long frame.

In: the frame of ``intake``. Out: the same frame with what is impossible turned into missing, and findings.
Each check is one boolean column, true where it is broken; pandera names the broken cells.
"""

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pandera.errors
import pandera.pandas as pa

from kpibatch.base.config import Config
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.kinds import Kind, show_value
from kpibatch.base.thai import month_end
from kpibatch.intake.frame import BAD, OK
from kpibatch.intake.month import Intake
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Source

IMPOSSIBLE = ("negative", "out-of-range", "above-limit", "date-senseless")
DOUBTFUL = ("date-ahead", "below-base", "no-evidence", "percent-as-fraction")
_SCHEMA = pa.DataFrameSchema(
    {name: pa.Column(bool, pa.Check.equal_to(False)) for name in (*IMPOSSIBLE, *DOUBTFUL)}
)


def validate(intake: Intake, tables: LevelTables, config: Config) -> tuple[pd.DataFrame, list[Finding]]:
    """Check every value; what is impossible is missing from here on (``state`` bad, ``value`` NaN)."""
    frame = _with_rules(intake, tables)
    checks = _checks(frame, tables, config)
    try:
        _SCHEMA.validate(checks, lazy=True)
        return intake.values, []
    except pandera.errors.SchemaErrors as broken:
        cases = broken.failure_cases
    findings = [
        _finding(str(case["column"]), frame.loc[case["index"]], tables) for _, case in cases.iterrows()
    ]
    bad = checks[list(IMPOSSIBLE)].any(axis=1)
    values = intake.values.copy()
    values.loc[bad, "state"] = BAD
    values.loc[bad, "value"] = math.nan
    return values, findings


def _with_rules(intake: Intake, tables: LevelTables) -> pd.DataFrame:
    frame = intake.values.copy()
    measures = tables.measures
    for name, of in _RULES.items():
        frame[name] = frame["measure"].map({code: of(measure) for code, measure in measures.items()})
    frame["minimum"] = frame["minimum"].astype(float)
    frame["maximum"] = frame["maximum"].astype(float)
    filled = {
        (unit, code, month): value
        for unit, code, month, value in frame[["unit", "measure", "month", "value"]].itertuples(index=False)
    }
    bases = _growth_bases(tables)
    keys = list(frame[["unit", "measure", "month", "limit"]].itertuples(index=False, name=None))
    frame["limit_value"] = [_value_of(tables, filled, unit, limit, month) for unit, _, month, limit in keys]
    frame["base_value"] = [
        _value_of(tables, filled, unit, bases.get(code, ""), month) for unit, code, month, _ in keys
    ]
    evidence = {key for key, (text, _, _) in intake.texts.items() if text}
    frame["evidence"] = [(unit, code) in evidence for unit, code, _, _ in keys]
    frame["report_month"] = intake.month
    return frame


_RULES: dict[str, Callable[[Any], Any]] = {
    "kind": lambda measure: measure.kind.value,
    "minimum": lambda measure: math.nan if measure.minimum is None else measure.minimum,
    "maximum": lambda measure: math.nan if measure.maximum is None else measure.maximum,
    "limit": lambda measure: measure.limit,
    "needs_evidence": lambda measure: measure.needs_evidence,
}


def _growth_bases(tables: LevelTables) -> dict[str, str]:
    growths = (m for m in tables.measures.values() if m.source is Source.GROWTH)
    return {code: m.denominator for m in growths for code in m.numerator}


def _value_of(
    tables: LevelTables, filled: dict[tuple[str, str, str], float], unit: str, measure: str, month: str
) -> float:
    fixed = tables.baselines.get((unit, measure))
    return fixed.value if fixed else filled.get((unit, measure, month), math.nan)


def _checks(frame: pd.DataFrame, tables: LevelTables, config: Config) -> pd.DataFrame:
    value = frame["value"].round(9)
    dates = frame["kind"] == Kind.DATE.value
    numbers = ~dates & (frame["kind"] != Kind.YES_NO.value)
    first = date(
        tables.round.start.year - config.intake.date_years_before, tables.round.start.month, 1
    ).toordinal()
    last = date(
        tables.round.end.year + config.intake.date_years_after, tables.round.end.month, 28
    ).toordinal()
    reported = frame["month"].map(lambda month: _latest_sense(tables, month)).astype(float)
    negative = numbers & (value < 0) & ~(frame["minimum"] < 0)
    current = (frame["month"] == frame["report_month"]) & (frame["state"] == OK)
    return pd.DataFrame(
        {
            "negative": negative,
            "out-of-range": ~negative & ((value < frame["minimum"]) | (value > frame["maximum"])),
            "above-limit": numbers & (value > frame["limit_value"].round(9)),
            "date-senseless": dates & ((value < first) | (value > last)),
            "date-ahead": dates & (value > reported) & (value <= last),
            "below-base": numbers & current & (value < frame["base_value"].round(9)),
            "percent-as-fraction": (frame["kind"] == Kind.PERCENT.value)
            & (value > 0)
            & (value <= 1)
            & ~(frame["maximum"] <= 1),
            "no-evidence": frame["needs_evidence"].astype(bool)
            & current
            & (frame["value"] != 0)
            & ~frame["evidence"],
        }
    ).astype(bool)


def _latest_sense(tables: LevelTables, month: str) -> int:
    """A day reported in a month can't lie after that month's report is due."""
    return max(month_end(month), tables.calendar.get(month, month_end(month))).toordinal()


def _finding(code: str, row: Any, tables: LevelTables) -> Finding:
    measure = tables.measures[row["measure"]]
    facts = {
        "label": measure.label,
        "counted": measure.counting_unit,
        "minimum": show_value(row["minimum"], measure.kind) or "0",
        "maximum": show_value(row["maximum"], measure.kind) or "…",
        "limit": show_value(row["limit_value"], measure.kind),
        "limit_label": tables.measures[measure.limit].label if measure.limit else "",
        "base": show_value(row["base_value"], measure.kind),
        "month": row["month"],
    }
    place = Place(row["file"], row["sheet"], row["cell"])
    return finding(code, place, unit=row["unit"], measure=measure.code, found=row["found"], **facts)
