"""กฎตรวจ over the long frame, in one pass: the office's own rows and the built-in checks.

In: the frame without what is impossible. Out: the same frame, and findings. A check asks, and the unit's
หมายเหตุ is shown as its answer; only where the office says ผิด is the value missing from here on.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from kpibatch.base.findings import Finding, Place, finding
from kpibatch.base.kinds import show_value
from kpibatch.intake.checks.built_in import Broken, BuiltInRules
from kpibatch.intake.checks.columns import Columns
from kpibatch.intake.checks.copied import Copied, copied
from kpibatch.intake.checks.subjects import size_of
from kpibatch.intake.checks.validate import DOUBTED_VALUES, Check, broken_in
from kpibatch.intake.frame import BAD, PLACE
from kpibatch.intake.month import Intake
from kpibatch.rules.checks import BuiltIn, Comparison, Gravity, Watch
from kpibatch.rules.conditions import Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Rollup, Source

_NAMED = 5  # measures that a finding of copied values names
_REMARK = 2  # หมายเหตุ among the three texts of a measure


@dataclass(frozen=True)
class _Asked:
    """A value that a check asks about: the measure it looks at, the row of the columns, and of the frame."""

    check: Comparison | Watch
    measure: str
    at: int
    row: int


def check_across(
    intake: Intake, tables: LevelTables, found: Iterable[Finding] = ()
) -> tuple[pd.DataFrame, list[Finding]]:
    """Every value against the others; a value already doubted in ``found`` is not asked about once more.

    Source: design, section 1 (กฎตรวจ).
    """
    if intake.reported.empty:
        return intake.reported, []
    doubted = frozenset(each.place for each in found if each.code in DOUBTED_VALUES)
    with np.errstate(
        over="ignore", invalid="ignore", divide="ignore"
    ):  # a number of 300 digits is typed soon
        return _Across(intake, tables, doubted).checked()


@dataclass(frozen=True)
class _Across:
    intake: Intake
    tables: LevelTables
    doubted: frozenset[Place]

    @cached_property
    def frame(self) -> pd.DataFrame:
        return self.intake.reported.reset_index(drop=True)

    @cached_property
    def columns(self) -> Columns:
        return Columns(self.frame, self.tables)

    @cached_property
    def watches(self) -> Mapping[BuiltIn, Watch]:
        return {watch.name: watch for watch in self.tables.checks.watches()}

    @cached_property
    def built_in(self) -> BuiltInRules:
        limits = {name: watch.limit for name, watch in self.watches.items()}
        return BuiltInRules(self.columns, self.tables, limits)

    def checked(self) -> tuple[pd.DataFrame, list[Finding]]:
        """The frame and the findings."""
        asked = self._asked()
        findings = [self._finding(each) for each in asked]
        lost = [each.row for each in asked if each.check.gravity is Gravity.ERROR]
        if watch := self.watches.get(BuiltIn.COPIED):
            for pair in copied(self.frame, self.tables, watch.limit):
                findings += self._about_copied(pair, watch)
                lost += [row for rows in pair.rows for row in rows] if watch.gravity is Gravity.ERROR else []
        sound = ~self.frame.index.isin(lost)
        state, value = self.frame["state"].where(sound, BAD), self.frame["value"].where(sound, math.nan)
        return self.frame.assign(state=state, value=value), findings

    # --- what is asked --------------------------------------------------------------------------------------

    def _asked(self) -> list[_Asked]:
        """All that is broken; a value that several built-in checks would ask about is asked about once."""
        comparisons = {str(number): each for number, each in enumerate(self.tables.checks.comparisons)}
        rules = [
            *((code, str(check), broken) for code, check, broken in self.built_in),
            *((each.left, name, self._broken(each)) for name, each in comparisons.items()),
        ]
        by_column: dict[str, list[Check]] = {}
        for code, name, broken in rules:
            by_column.setdefault(code, []).append(Check(name, name, broken))
        wide = pd.DataFrame({code: self.columns.of(code) for code in by_column})
        order = {name: number for number, (_, name, _) in enumerate(rules)}
        first: dict[tuple[str, int], _Asked] = {}
        own = []
        for code, name, at in sorted(broken_in(wide, by_column), key=lambda each: order[each[1]]):
            if name in comparisons:
                own.append(_Asked(comparisons[name], code, at, self._place(comparisons[name], at)))
                continue
            row = self.columns.row(code, at)
            if self._where(row) not in self.doubted:
                first.setdefault((code, at), _Asked(self.watches[BuiltIn(name)], code, at, row))
        return sorted((*first.values(), *own), key=lambda each: each.row)

    def _where(self, row: int) -> Place:
        return Place(*(self.frame[column].iloc[row] for column in PLACE))

    def _broken(self, check: Comparison) -> Broken:
        """Where both sides are there and do not compare as they must.

        Within a month only the newest value is asked about where that is the one that counts: the question is
        one, however many months repeat it.
        """
        left, right = self.columns.of(check.left), self._right(check)
        known = ~np.isnan(left) & ~np.isnan(right)
        if self._newest_only(check):
            known = self.columns.newest(known)
        return lambda values: known & ~check.sign.holds(values, right)

    def _newest_only(self, check: Comparison) -> bool:
        rollups = {self.tables.measures[code].rollup for code in self._filled_in(check)}
        latest = rollups == {Rollup.LAST}
        return latest and not check.right.month_before and check.gravity is not Gravity.ERROR

    def _right(self, check: Comparison) -> Floats:
        side = check.right
        if side.month_before:
            return self.columns.before(self.columns.of(check.left)) * side.times
        if not side.measure:
            return np.full_like(self.columns.of(check.left), side.value)
        values = self.columns.of(side.measure)
        return np.where(np.isnan(values), np.nan, values > 0) if side.any_of else values * side.times

    def _filled_in(self, check: Comparison) -> list[str]:
        """What of a comparison units fill in, ซ้าย first."""
        codes = (part for code in check.codes for part in reversed(self.tables.with_ingredients(code)))
        return [code for code in codes if self.tables.measures[code].source is Source.FORM]

    def _place(self, check: Comparison, at: int) -> int:
        """The row of the frame at which a comparison is asked about: the first value that is there."""
        rows = (self.columns.row(code, at) for code in self._filled_in(check))
        return next(row for row in rows if row >= 0)

    # --- how it is told -------------------------------------------------------------------------------------

    def _finding(self, asked: _Asked) -> Finding:
        row, measure = self.frame.iloc[asked.row], self.tables.measures[asked.measure]
        value = float(self.columns.of(measure.code)[asked.at])
        code, facts = self._told(asked, measure)
        return finding(
            code,
            self._where(asked.row),
            unit=row["unit"],
            measure=row["measure"],
            found=row["found"] if row["measure"] == measure.code else show_value(value, measure.kind),
            severity=asked.check.gravity.severity,
            words=asked.check.words,
            answer=self._answer(row["unit"], row["measure"]),
            label=measure.label,
            month=row["month"],
            **facts,
        )

    def _told(self, asked: _Asked, measure: Measure) -> tuple[str, dict[str, str]]:
        """The code of the finding, and what the value is held against."""
        check, at, values = asked.check, asked.at, self.columns.of(measure.code)
        if isinstance(check, Comparison):
            return "check-rule", {"rule": check.text(measure.kind), "right": self._shown_right(check, at)}
        if check.name is BuiltIn.PEERS:
            return "check-peers", self._size_facts(measure, at)
        if check.name is BuiltIn.TENFOLD:
            high, low = self.columns.highest_before(values)[at], self.columns.lowest_before(values)[at]
            grew = values[at] > high
            times = values[at] / high if grew else low / values[at]
            then, code = (high, "check-many-times") if grew else (low, "check-a-fraction")
            shown = {
                name: show_value(float(each), measure.kind)
                for name, each in (("then", then), ("times", times.round(1)))
            }
            return code, shown
        earlier = self.built_in.sound(measure.code)
        then = float(self.columns.before(earlier)[at])
        month = self.columns.month_before(earlier, at)
        return _CODES[check.name], {"then": show_value(then, measure.kind), "then_month": month}

    def _shown_right(self, check: Comparison, at: int) -> str:
        side, left = check.right, self.tables.measures[check.left]
        if not side.measure:
            return show_value(
                float(self._right(replace(check, right=replace(side, times=1.0)))[at]), left.kind
            )
        return self._named(side.measure, at)

    def _named(self, code: str, at: int) -> str:
        """A measure and its value, as a person writes them."""
        measure, value = self.tables.measures[code], float(self.columns.of(code)[at])
        return f"{measure.label} = {show_value(value, measure.kind)} {measure.counting_unit}".rstrip()

    def _size_facts(self, measure: Measure, at: int) -> dict[str, str]:
        size, usual = size_of(self.tables, measure), float(self.built_in.usual(measure)[0][at])
        return {"usual": show_value(usual, measure.kind), "size": self._named(size, at) if size else "–"}

    def _answer(self, unit: str, measure: str) -> str:
        """What the unit wrote in หมายเหตุ."""
        return self.intake.texts.get((unit, measure), ("", "", ""))[_REMARK]

    def _about_copied(self, pair: Copied, watch: Watch) -> list[Finding]:
        """Each unit is asked without a word of the other; who shares with whom is the province's to know."""
        cells = [self.frame.iloc[list(rows)] for rows in pair.rows]
        codes = list(dict.fromkeys(cells[0]["measure"]))
        named = ", ".join(codes[:_NAMED]) + (" …" if len(codes) > _NAMED else "")
        facts = {"count": str(len(cells[0])), "measures": named}
        a, b = (self.tables.unit[unit].name for unit in pair.units)
        return [
            *(
                finding(
                    "check-copied",
                    self._where(rows[0]),
                    unit=unit,
                    measure=codes[0],
                    found=own["found"].iloc[0],
                    severity=watch.gravity.severity,
                    words=watch.words,
                    answer=next(filter(None, (self._answer(unit, code) for code in codes)), ""),
                    **facts,
                )
                for unit, rows, own in zip(pair.units, pair.rows, cells, strict=True)
            ),
            finding(
                "check-copied-pair", Place(self.intake.month), found=", ".join(pair.units), a=a, b=b, **facts
            ),
        ]


_CODES: Mapping[BuiltIn, str] = {
    BuiltIn.FALLS: "check-falls",
    BuiltIn.BASE_FALLS: "check-base-falls",
    BuiltIn.NO_LONGER: "check-no-longer",
}
