"""Errors as units make them, planted into the values that a sample's units have sent: each in a measure of a
unit of its own, drawn by a seeded generator, so that what the checks say of it can be told.

In: a month's outcome. Out: where each error was planted, and what the checks say of it.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from kpibatch.base.findings import Finding
from kpibatch.intake.checks.across import check_across
from kpibatch.intake.checks.subjects import bases, counted, kept_promises, running_totals, size_of
from kpibatch.intake.frame import OK
from kpibatch.intake.month import Intake
from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.outcome import Outcome

TRUE_DOUBTS = "check-rule"  # the answers of the sample that its own กฎตรวจ asks about, and rightly


@dataclass(frozen=True)
class Planted:
    """One error: a unit's measure, or the whole form of a unit where ``measure`` is empty."""

    kind: str
    unit: str
    measure: str = ""


@dataclass
class Field:
    """The values to plant in."""

    intake: Intake
    tables: LevelTables
    draw: random.Random
    planted: list[Planted] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.frame = self.intake.reported.reset_index(drop=True)
        self.rows = {
            (unit, measure, month): row
            for row, (unit, measure, month, state) in enumerate(
                self.frame[["unit", "measure", "month", "state"]].itertuples(index=False)
            )
            if state == OK
        }
        self.months = sorted(self.frame["month"].unique())

    def known(self, unit: str, measure: str) -> list[int]:
        """The rows in which the unit has a value, month by month."""
        rows = (self.rows.get((unit, measure, month)) for month in self.months)
        return [row for row in rows if row is not None]

    def free(self, measures: list[str]) -> Iterator[tuple[str, str, list[float]]]:
        """Units and measures in which nothing is planted, with values of several months, in a drawn order."""
        taken = {(each.unit, each.measure) for each in self.planted}
        whole = {each.unit for each in self.planted if not each.measure}
        pairs = [(unit, code) for unit in sorted(set(self.frame["unit"])) for code in measures]
        self.draw.shuffle(pairs)
        for unit, code in pairs:
            values = [float(value) for value in self.frame["value"].iloc[self.known(unit, code)]]
            if (unit, code) not in taken and unit not in whole and len(values) > 1:
                yield unit, code, values

    def put(self, kind: str, unit: str, measure: str, at: int, value: float) -> None:
        """One value in the place of another."""
        row = self.known(unit, measure)[at]
        self.frame.loc[row, "value"] = value
        self.frame.loc[row, "found"] = f"{value:g}"
        self.planted.append(Planted(kind, unit, measure))

    @property
    def spoiled(self) -> Intake:
        return replace(self.intake, reported=self.frame)


def _falls(ground: Field) -> Callable[[], bool]:
    def plant() -> bool:
        for unit, code, values in ground.free([each.code for each in running_totals(ground.tables)]):
            at = ground.draw.randrange(1, len(values))
            if values[at - 1] >= 2:
                ground.put("a running total that falls", unit, code, at, float(int(values[at - 1] * 0.9)))
                return True
        return False

    return plant


def _slips(ground: Field, times: float) -> Callable[[], bool]:
    def plant() -> bool:
        for unit, code, values in ground.free([each.code for each in counted(ground.tables)]):
            at = ground.draw.randrange(1, len(values))
            more, less = times > 1 and values[at] >= 100 / times, times < 1 and min(values[:at]) >= 100
            if (more and max(values[:at]) > 0) or (less and values[at] > 0):
                ground.put(f"× {times:g}", unit, code, at, values[at] * times)
                return True
        return False

    return plant


def _base_falls(ground: Field) -> Callable[[], bool]:
    def plant() -> bool:
        for unit, code, values in ground.free([each.code for each in bases(ground.tables)]):
            if values[-2] >= 2:
                ground.put("a denominator that shrinks", unit, code, -1, values[-2] - 1)
                return True
        return False

    return plant


def _no_longer(ground: Field) -> Callable[[], bool]:
    def plant() -> bool:
        for unit, code, values in ground.free([each.code for each in kept_promises(ground.tables)]):
            if values[-2] == 1:
                ground.put("yes that turns to no", unit, code, -1, 0.0)
                return True
        return False

    return plant


def _far(ground: Field) -> Callable[[], bool]:
    """In the first month there is no month before; what is usual among the others tells."""

    def plant() -> bool:
        sized = [each.code for each in counted(ground.tables) if size_of(ground.tables, each)]
        for unit, code, values in ground.free(sized):
            if values[0] >= 20:
                ground.put("far from the other units", unit, code, 0, values[0] * 40)
                return True
        return False

    return plant


def _denied(ground: Field) -> Callable[[], bool]:
    """No, where the base year knows of a debt: asked about by a row of the office's own."""

    def plant() -> bool:
        for unit, code, values in ground.free(["T4.has_default"]):
            if values[-1] == 1:
                ground.put("no, against the base year", unit, code, -1, 0.0)
                return True
        return False

    return plant


def _copied(ground: Field) -> Callable[[], bool]:
    """A form filled in over another unit's: its numbers of the newest month are left in it."""

    def plant() -> bool:
        units = sorted(set(ground.frame["unit"]) - {each.unit for each in ground.planted})
        codes = {each.code for each in counted(ground.tables)}
        for _ in range(40):
            one, other = ground.draw.sample(units, 2)
            cells = [(code, ground.months[-1]) for code in sorted(codes)]
            both = [
                (ground.rows[one, *cell], ground.rows[other, *cell])
                for cell in cells
                if (one, *cell) in ground.rows and (other, *cell) in ground.rows
            ]
            if sum(_tells(ground, source) for source, _ in both) >= 5:
                for source, target in both:
                    ground.frame.loc[target, "value"] = ground.frame["value"].iloc[source]
                ground.planted += [Planted("another unit's values", unit) for unit in (other, one)]
                return True
        return False

    return plant


def _tells(ground: Field, row: int) -> bool:
    """Whether hardly another unit has sent that number."""
    _, measure, month, value = ground.frame.loc[row, ["unit", "measure", "month", "value"]]
    same = ground.frame[["measure", "month", "value"]].eq([measure, month, value]).all(axis=1)
    return bool(value >= 10 and same.sum() <= 2)


# How often each is tried; a sample without such a measure has none.
KINDS: tuple[tuple[Callable[[Field], Callable[[], bool]], int], ...] = (
    (_copied, 1),
    (_falls, 3),
    (lambda ground: _slips(ground, 10), 3),
    (lambda ground: _slips(ground, 100), 1),
    (lambda ground: _slips(ground, 1000), 2),
    (lambda ground: _slips(ground, 0.1), 1),
    (lambda ground: _slips(ground, 0.01), 1),
    (_base_falls, 2),
    (_no_longer, 3),
    (_far, 2),
    (_denied, 2),
)


@dataclass(frozen=True)
class Harvest:
    """What the checks said: of the values as sent, and of those with errors."""

    forms: int
    planted: tuple[Planted, ...]
    missed: tuple[Planted, ...]
    honest: tuple[Finding, ...]

    @property
    def false_alarms(self) -> tuple[Finding, ...]:
        """What the built-in checks ask about values that nobody has touched."""
        return tuple(one for one in self.honest if one.code != TRUE_DOUBTS)


def harvest(outcome: Outcome, seed: str) -> Harvest:
    """Plant errors into a month's values as they count, and look what is found of them."""
    tables = outcome.tables
    ground = Field(replace(outcome.intake, reported=outcome.reported), tables, random.Random(seed))
    honest = [one for one in outcome.findings if one.code.startswith("check-")]
    for kind, count in KINDS:
        plant = kind(ground)
        for _ in range(count):
            plant()
    said = set(check_across(ground.spoiled, tables)[1]) - set(honest)
    of_cells = {(one.unit, one.measure) for one in said if one.code != "check-copied"}
    of_forms = {one.unit for one in said if one.code == "check-copied"}
    missed = [
        each
        for each in ground.planted
        if not (each.unit in of_forms if not each.measure else (each.unit, each.measure) in of_cells)
    ]
    forms = len(set(ground.frame["unit"]))
    return Harvest(forms, tuple(ground.planted), tuple(missed), tuple(honest))


def by_kind(planted: tuple[Planted, ...]) -> Mapping[str, int]:
    """How many errors of each kind."""
    kinds = [each.kind for each in planted]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}
