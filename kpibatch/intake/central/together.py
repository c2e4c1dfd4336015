"""The province's numbers and central systems' values beside what the units sent: which counts by the level
tables, and where two sources differ.

In: a month's intake. Out: the same with those values in the long frame; a value that is not there is blank in
it, so that it is missing as any other is.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from kpibatch.base.config import Config
from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.kinds import Kind
from kpibatch.forms.asked import months_asked
from kpibatch.intake.central.exports import Exported, read_exports
from kpibatch.intake.central.province import Numbers, read_province
from kpibatch.intake.frame import COLUMNS, DTYPES, EMPTY, OK, Line, rows_of
from kpibatch.intake.month import Intake
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Counts, Measure, Rollup

_MISSING_FILE, _MISSING_UNIT = "source-missing", "source-no-unit"
_DECIMALS = 9


@dataclass(frozen=True)
class Central:
    """All that is not the units' own of a round's months, read once; ``exports`` by month."""

    tables: LevelTables
    province_file: str = ""
    numbers: Numbers = field(default_factory=Numbers)
    exports: Mapping[str, Exported] = field(default_factory=dict)

    @cached_property
    def given(self) -> Mapping[tuple[str, str, str], Mapping[Counts, Line]]:
        """(unit, measure, month) → what each of the two says."""
        said: dict[tuple[str, str, str], dict[Counts, Line]] = {}
        for counts, several in (
            (Counts.PROVINCE, self.numbers.said.values()),
            (Counts.CENTRAL, (each.said for each in self.exports.values())),
        ):
            for line in (line for one in several for line in one.lines):
                said.setdefault((line.unit, line.measure, line.month), {})[counts] = line
        return said

    def findings(self, month: str) -> Iterator[Finding]:
        """What is wrong with them up to a month; that an earlier export is not there is told only where its
        month counts.
        """
        yield from self.numbers.findings
        for key, said in self.numbers.said.items():
            yield from said.findings if key <= month else ()
        for key, exported in self.exports.items():
            for fault in exported.said.findings if key <= month else ():
                if key == month or fault.code not in (_MISSING_FILE, _MISSING_UNIT) or self._every(fault):
                    yield fault
        yield from self._again(month)

    def _again(self, month: str) -> Iterator[Finding]:
        """An export of the month that is the very file of a month before: in the wrong folder?"""
        before = {
            digest: (key, name)
            for key, exported in self.exports.items()
            for name, digest in (exported.files if key < month else ())
        }
        for name, digest in self.exports[month].files if month in self.exports else ():
            if digest in before:
                key, other = before[digest]
                yield finding("source-again", Place(name), found=other, month=key)

    def _every(self, fault: Finding) -> bool:
        codes = dict(fault.facts)["measures"].split(", ")
        return any(every_month(self.tables.measures[code]) for code in codes)

    def files(self, month: str) -> Iterator[tuple[str, str]]:
        """The files read up to a month, with their SHA-256."""
        if self.numbers.file:
            yield self.numbers.file
        for key, exported in self.exports.items():
            yield from exported.files if key <= month else ()


def read_central(config: Config, tables: LevelTables, month: str) -> Central:
    """What is not the units' own, of the round's months up to one of them.

    Raises ``KpibatchError`` where the workbook of the province's numbers can't be read.
    """
    months = [key for key in tables.round.months if key <= month] if tables.exports else []
    numbers = read_province(config.province, tables, config.intake)
    exports = {key: read_exports(config, tables, key) for key in months}
    return Central(tables, config.province.name, numbers, exports)


def every_month(measure: Measure) -> bool:
    """Whether an earlier month that is not there is missing from the value of a later one."""
    return measure.rollup is not Rollup.LAST and measure.kind is not Kind.DATE


def with_central(intake: Intake, central: Central) -> Intake:
    """The intake with every value that is not the units' own where it counts, up to its month.

    Source: design, section 1 (ที่มา จังหวัด, แหล่งข้อมูล: ใช้ค่า).
    """
    tables = central.tables
    others = {m.code: tables.counts_from(m.code) for m in tables.monthly_measures}
    others = {code: counts for code, counts in others.items() if counts is not Counts.UNIT}
    if not (others or tables.exports):
        return intake
    compared = intake.reported[intake.reported["measure"].isin(list(tables.export_of))]
    sent = {(line.unit, line.measure, line.month): line for line in _lines(compared)}
    keys = list(_keys(tables, others, intake.month))
    lines = [central.given.get(key, {}).get(others[key[1]]) or _blank(key, central) for key in keys]
    own = intake.reported[~intake.reported["measure"].isin(list(others))]
    added = pd.DataFrame(lines, columns=list(COLUMNS)).astype(DTYPES)
    return replace(
        intake,
        reported=pd.concat([own, added], ignore_index=True),
        findings=(
            *intake.findings,
            *central.findings(intake.month),
            *_differences(sent, central, intake.month),
        ),
        central_files=tuple(central.files(intake.month)),
    )


def _lines(frame: pd.DataFrame) -> Iterator[Line]:
    return (Line(*row) for row in rows_of(frame))


def _keys(tables: LevelTables, codes: Iterable[str], month: str) -> Iterator[tuple[str, str, str]]:
    """Every unit that a measure is asked of, in every month so far in which it was."""
    for unit in tables.units:
        for code in codes:
            asked = months_asked(tables, unit, code)
            yield from ((unit.code, code, key) for key in asked if key <= month and month in asked)


def _blank(key: tuple[str, str, str], central: Central) -> Line:
    """A value that nothing gives; where the province is to give it, in its workbook."""
    counts = central.tables.counts_from(key[1])
    file = central.province_file if counts is Counts.PROVINCE else ""
    return Line(*key, math.nan, EMPTY, "", file, "", "")


def _differences(
    sent: Mapping[tuple[str, str, str], Line], central: Central, month: str
) -> Iterator[Finding]:
    """Each value that two sources give and not alike, with both cells: of the month, and of any before it
    that counts.
    """
    for key, given in central.given.items():
        unit, code, of = key
        measure = central.tables.measures[code]
        if code not in central.tables.export_of or not (of == month or (of < month and every_month(measure))):
            continue
        line, there = sent.get(key) or given.get(Counts.PROVINCE), given.get(Counts.CENTRAL)
        if line and there and line.state == there.state == OK and _differ(line, there):
            yield finding(
                "sources-differ",
                _place(line),
                unit=unit,
                measure=code,
                found=line.found,
                label=measure.label,
                name=central.tables.unit[unit].name,
                month=of,
                other=there.found,
                other_of=Counts.CENTRAL.value,
                other_at=str(_place(there)),
                counts=central.tables.counts_from(code).value,
            )


def _differ(one: Line, other: Line) -> bool:
    return round(one.value, _DECIMALS) != round(other.value, _DECIMALS)


def _place(line: Line) -> Place:
    return Place(line.file, line.sheet, line.cell)
