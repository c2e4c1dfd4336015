"""All values of all submissions against the rules of their measures, in one pass (the door to pandera).

In: the long frame of ``intake``. Out: the same frame with what is impossible turned into missing, and
findings, by check and then in the frame's order. The frame is laid out with a column a measure and a row per
unit and month; ``rules_of`` says which values each may hold, ``schema_by`` makes a schema of them, which can
be read as the rules.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from kpibatch.base.config import Config
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.kinds import Kind, is_counted, show_value
from kpibatch.base.thai import month_end, says_percent
from kpibatch.intake.arrivals import near_round
from kpibatch.intake.frame import BAD, PLACE, columns_of
from kpibatch.intake.month import Intake
from kpibatch.rules.conditions import DECIMALS, Booleans, Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Rollup, Source

if TYPE_CHECKING:
    import pandera.pandas as pa

IMPOSSIBLE = ("negative", "out-of-range", "above-limit", "date-senseless", "date-ahead")
DOUBTFUL = ("below-base", "no-evidence", "percent-as-fraction", "part-of-one")
DOUBTED_VALUES = tuple(code for code in DOUBTFUL if code != "no-evidence")
_ORDER = (*IMPOSSIBLE, *DOUBTFUL)
Column: TypeAlias = "pd.Series[float]"
Flags: TypeAlias = "pd.Series[bool]"


@dataclass(frozen=True)
class Check:
    """``broken`` is true where a value breaks the rule, one that is missing breaks none; ``says`` is what the
    schema tells a reader.
    """

    name: str
    says: str
    broken: Callable[[Floats], Booleans]


Rules: TypeAlias = Mapping[str, Sequence[Check]]
"""By column."""


@dataclass(frozen=True)
class Surroundings:
    """What a value is held against besides its measure's own bounds, row by row as in the frame checked.

    ``others`` are the values of other measures (limits and bases), ``last_day`` the last day of its month
    as an ordinal, ``current`` the rows of the report month, ``evidence`` by measure the units that gave some.
    """

    units: "pd.Series[str]"
    others: Mapping[str, Column]
    last_day: Column
    current: Flags
    evidence: Mapping[str, frozenset[str]]


def validate(intake: Intake, tables: LevelTables, config: Config) -> tuple[pd.DataFrame, list[Finding]]:
    """Check every value; what is impossible is missing from here on (``state`` bad, ``value`` NaN)."""
    frame = intake.reported.reset_index(drop=True)
    wide = wide_of(frame)
    around = _surroundings(wide, intake, tables)
    rows = wide_of(frame.assign(value=frame.index))
    said = sorted(
        (_ORDER.index(name), int(rows[measure].iloc[at]), at)
        for measure, name, at in broken_in(wide, rules_of(tables, config, around))
    )
    findings = [
        _finding(_ORDER[code], frame.iloc[row], at, around, tables)
        for code, row, at in said
        if not (_ORDER[code] == "percent-as-fraction" and says_percent(frame["found"].iloc[row]))
    ]
    sound = ~frame.index.isin([row for code, row, _ in said if _ORDER[code] in IMPOSSIBLE])
    state, value = frame["state"].where(sound, BAD), frame["value"].where(sound, math.nan)
    checked = frame.assign(state=state, value=value)
    return checked, findings + _replaced_days(checked, tables)


def _replaced_days(frame: pd.DataFrame, tables: LevelTables) -> list[Finding]:
    """Days in the place of another one that an earlier month gives: the last counts, both are told."""
    days = [m.code for m in tables.monthly_measures if m.kind is Kind.DATE and m.rollup is Rollup.LAST]
    given = frame[frame["measure"].isin(days) & frame["value"].notna()].sort_values("month", kind="stable")
    before = given.groupby(["unit", "measure"])[["value", "month"]].shift()
    given = given.assign(then=before["value"], then_month=before["month"])
    changed = given[given["then"].notna() & (given["then"] != given["value"])]
    return [
        finding(
            "date-replaced",
            Place(*(row[column] for column in PLACE)),
            unit=row["unit"],
            measure=row["measure"],
            found=row["found"],
            label=tables.measures[row["measure"]].label,
            then=date.fromordinal(int(row["then"])).isoformat(),
            month=row["then_month"],
        )
        for row in changed.to_dict("records")
    ]


def wide_of(frame: pd.DataFrame) -> pd.DataFrame:
    """The long frame with a row per unit and month (its index) and a column a measure."""
    return frame.pivot(index=["unit", "month"], columns="measure", values="value")


def broken_in(wide: pd.DataFrame, rules: Rules) -> list[tuple[str, str, int]]:
    """Every value that breaks a check of its column, all in one pass: column, check, position of the row.

    Only columns in which some check is broken are handed to pandera, which takes a millisecond a check
    however few values there are, and half as long to load as all else: mostly nothing is broken.
    """
    with np.errstate(all="ignore"):  # a number of 300 digits is typed soon
        columns = columns_of(wide, float)
        doubted = {code: own for code, own in rules.items() if code in wide and _breaks(columns[code], own)}
        if not doubted:
            return []
        import pandera.errors

        schema = schema_by(doubted)
        try:
            schema.validate(wide[list(doubted)].reset_index(drop=True), lazy=True)
        except pandera.errors.SchemaErrors as broken:
            cases = broken.failure_cases[["column", "check_number", "index"]]
    return [
        (str(column), doubted[str(column)][number].name, int(at))
        for column, number, at in cases.itertuples(index=False)
    ]


def _breaks(values: Floats, checks: Sequence[Check]) -> bool:
    return any(check.broken(values).any() for check in checks)


def schema_by(rules: Rules) -> "pa.DataFrameSchema":
    """The rules of each column, each with its name, as a schema."""
    import pandera.pandas as pa

    def as_check(check: Check) -> pa.Check:
        def holds(values: Column) -> Flags:
            broken = check.broken(np.asarray(values, np.float64))
            return pd.Series(~broken, index=values.index, dtype="bool")

        return pa.Check(holds, name=check.name, error=check.says, ignore_na=False)

    return pa.DataFrameSchema(
        {code: pa.Column(float, list(map(as_check, checks)), nullable=True) for code, checks in rules.items()}
    )


def _surroundings(wide: pd.DataFrame, intake: Intake, tables: LevelTables) -> Surroundings:
    units, months = (
        wide.index.get_level_values(level).to_series(index=pd.RangeIndex(len(wide))) for level in (0, 1)
    )
    wanted = {m.limit for m in tables.monthly_measures if m.limit} | set(_growth_bases(tables).values())
    evidence: dict[str, set[str]] = {}
    for (unit, measure), (text, _, _) in intake.texts.items():
        if text:
            evidence.setdefault(measure, set()).add(unit)
    for unit, measures, _ in intake.evidence.given:
        for measure in measures:
            evidence.setdefault(measure, set()).add(unit)
    return Surroundings(
        units,
        {code: _values_of(code, units, wide, tables) for code in wanted},
        months.map({month: float(month_end(month).toordinal()) for month in months.unique()}).astype(float),
        months == intake.month,
        {measure: frozenset(several) for measure, several in evidence.items()},
    )


def _values_of(code: str, units: "pd.Series[str]", wide: pd.DataFrame, tables: LevelTables) -> Column:
    """A measure's value for each row: what the province fixed, else what the unit sent for the month."""
    bases = {unit: base.value for (unit, measure), base in tables.baselines.items() if measure == code}
    fixed = units.map(bases).astype(float)
    return fixed.fillna(wide[code].reset_index(drop=True)) if code in wide else fixed


def _growth_bases(tables: LevelTables) -> dict[str, str]:
    growths = (m for m in tables.measures.values() if m.source is Source.GROWTH)
    return {code: m.denominator for m in growths for code in m.numerator}


# --- the rules ----------------------------------------------------------------------------------------------


def rules_of(tables: LevelTables, config: Config, around: Surroundings) -> Rules:
    """Which values each measure may hold: a column a measure, its checks named as their findings are.

    Source: design, section 1 (รายการข้อมูล) and section 3 (Intake).
    """
    bases = _growth_bases(tables)
    return {
        measure.code: [
            *_bounds(measure),
            *(_days(tables, config, around) if measure.kind is Kind.DATE else ()),
            *_others(measure, bases.get(measure.code, ""), around),
        ]
        for measure in tables.monthly_measures
    }


def _rule(name: str, says: str, broken: Callable[[Floats], Booleans]) -> Check:
    return Check(name, says, lambda values: broken(values.round(DECIMALS)))


def _is_number(measure: Measure) -> bool:
    return measure.kind not in (Kind.DATE, Kind.YES_NO)


def _bounds(measure: Measure) -> Iterator[Check]:
    """ต่ำสุด and สูงสุด; no number is negative unless its ต่ำสุด is; a percent of 2 or less may be
    meant as a fraction; nobody counts half a household.
    """
    low, high = _bound(measure.minimum, -math.inf), _bound(measure.maximum, math.inf)
    least = 0.0 if _is_number(measure) and _bound(measure.minimum, 0.0) >= 0 else -math.inf
    if least == 0:
        yield _rule("negative", "≥ 0", lambda values: values < 0)
    if low > least or high < math.inf:
        stated = (_bound(bound, math.nan) for bound in (measure.minimum, measure.maximum))
        says = " – ".join(show_value(bound, measure.kind) or "…" for bound in stated)
        yield _rule(
            "out-of-range", says, lambda values: (values >= least) & ((values < low) | (values > high))
        )
    if measure.kind is Kind.PERCENT and high > 2:
        yield _rule("percent-as-fraction", "not 0 < … ≤ 2", lambda values: (values > 0) & (values <= 2))
    if is_counted(measure.kind, measure.counting_unit):
        lowest = max(least, low)
        yield _rule(
            "part-of-one",
            "whole",
            lambda values: (values % 1 > 0) & (values >= lowest) & (values <= high),
        )


def _bound(stated: float | None, otherwise: float) -> float:
    return otherwise if stated is None else stated


def _days(tables: LevelTables, config: Config, around: Surroundings) -> Iterator[Check]:
    """A day lies near the round, and has come by the end of the month it is reported in: a planned day is
    no day reached.
    """
    first, last = near_round(config, tables)
    earliest, latest, last_day = first.toordinal(), last.toordinal(), around.last_day.to_numpy(float)
    yield _rule("date-senseless", f"{first} … {last}", lambda values: (values < earliest) | (values > latest))
    yield _rule(
        "date-ahead",
        "≤ the last day of the month",
        lambda values: (values > last_day) & (values <= latest),
    )


def _others(measure: Measure, base: str, around: Surroundings) -> Iterator[Check]:
    """ไม่เกินรายการ, the base that growth is counted from, ต้องมีหลักฐาน."""
    current = around.current.to_numpy(bool)
    if measure.limit and _is_number(measure):
        limit = _numbers(around, measure.limit)
        yield _rule("above-limit", f"≤ {measure.limit}", lambda values: values > limit)
    if base and _is_number(measure):
        least = _numbers(around, base)
        yield _rule("below-base", f"≥ {base}", lambda values: current & (values < least))
    if measure.needs_evidence and measure.source is Source.FORM:
        proven = around.units.isin(around.evidence.get(measure.code, frozenset()))
        bare = current & ~proven.to_numpy(bool)
        yield _rule("no-evidence", "with หลักฐาน", lambda values: bare & ~np.isnan(values) & (values != 0))


def _numbers(around: Surroundings, code: str) -> Floats:
    values: Floats = np.asarray(around.others[code], np.float64)
    return values.round(DECIMALS)


def _finding(code: str, row: "pd.Series[str]", at: int, around: Surroundings, tables: LevelTables) -> Finding:
    measure = tables.measures[row["measure"]]
    base = _growth_bases(tables).get(measure.code, "")
    limit, least = (around.others[of].iloc[at] if of else math.nan for of in (measure.limit, base))
    minimum, maximum = _bound(measure.minimum, math.nan), _bound(measure.maximum, math.nan)
    facts = {
        "label": measure.label,
        "counted": measure.counting_unit,
        "minimum": show_value(minimum, measure.kind) or "0",
        "maximum": show_value(maximum, measure.kind) or "…",
        "limit": show_value(limit, measure.kind),
        "limit_label": tables.measures[measure.limit].label if measure.limit else "",
        "base": show_value(least, measure.kind),
        "month": row["month"],
    }
    place = Place(*(row[column] for column in PLACE))
    return finding(code, place, unit=row["unit"], measure=measure.code, found=row["found"], **facts)
