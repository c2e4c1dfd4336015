"""Rankings of one unit and of every district of the country, of nobody, of equals, and of names full of
traps.

Units are made from a sample's: each takes, KPI by KPI, the answers of a unit that was drawn, with the
baselines that belong to them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import pytest
from libreoffice import recalculate
from many_units import intake_of, replicated
from package_check import faults
from raw_cells import raw_rows
from recalculated import differences, reckoned_elsewhere
from tablebook import one_kpi
from workspace import RAYONG, open_book

from kpibatch.base.config import Config, RankingRules
from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.outcome import Outcome, assess
from kpibatch.scoring.trend import Trend, month_of
from kpibatch.workbooks.ranking.book import write_ranking

pytestmark = pytest.mark.slow

DISTRICTS = 878


# --- outcomes -----------------------------------------------------------------------------------------------


def forty_measures() -> Outcome:
    """One KPI of forty measures; the units reach levels 2, 5 and 3."""
    measures = "\n".join(
        f"T1.m{number} | รายการที่ {number} | คน | จำนวน | กรอก | ล่าสุด" for number in range(1, 41)
    )
    tables = one_kpi(
        measures, "\n".join(f"T1 | | | T1.m{number} | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5" for number in range(1, 41))
    )
    reached = zip(tables.unit, (2.0, 5.0, 3.0), strict=True)
    lines = [
        (unit, code, "2565-06", value, "ok", "", "f", "s", "A1")
        for unit, value in reached
        for code in tables.measures
    ]
    return assess(intake_of(tables, "2565-06", lines), tables, Config(Path()))


ODD_NAMES = (
    "หน่วยที่มีชื่อยาวเกินกว่าสามสิบเอ็ดตัวอักษรแน่นอนและยาวต่อไปอีก",
    "หน่วยที่มีชื่อยาวเกินกว่าสามสิบเอ็ดตัวอักษรแน่นอนและยาวต่อไปอีก/ที่สอง",
    "=1+1",
    '\'="เมือง"',
    "+ก/ข\\ค:*?[ง]",
    "<&> 'ก' \"ข\"",
)


def odd_names(tables: LevelTables) -> LevelTables:
    """Units and KPIs whose codes and names hold what a sheet's name, a formula or XML can't."""
    leaves = dict(zip((leaf.code for leaf in tables.leaves), ODD_NAMES, strict=True))
    return replace(
        tables,
        units=tuple(
            replace(unit, code=f"{name[:9]}{unit.code}", name=name)
            for unit, name in zip(tables.units, ODD_NAMES, strict=True)
        ),
        nodes=tuple(
            replace(node, code=leaves.get(node.code, node.code), name=leaves.get(node.code, node.name))
            for node in tables.nodes
        ),
        rules=tuple(replace(rule, kpi=leaves[rule.kpi]) for rule in tables.rules),
    )


CASES: dict[str, Callable[[], Outcome]] = {
    "one unit": lambda: replicated(RAYONG, 1),
    "two units": lambda: replicated(RAYONG, 2),
    "23 units": lambda: replicated(RAYONG, 23),
    "76 units": lambda: replicated(RAYONG, 76),
    "nobody sent": lambda: replicated(RAYONG, 5, sent=False),
    "all equal": lambda: replicated(RAYONG, 23, like="21P01"),
    "all equal, with tie-breakers": lambda: replicated(
        RAYONG, 23, like="21P02", rules=RankingRules(tie_breakers=("D1", "D3.2"))
    ),
    "all provisional": lambda: replicated(RAYONG, 7, blank="D2.1.satisfaction"),
    "all provisional and left out": lambda: replicated(
        RAYONG, 7, blank="D2.1.satisfaction", rules=RankingRules(incomplete="exclude")
    ),
    "forty measures": forty_measures,
    "odd names": lambda: replicated(RAYONG, 6, seed=2, edit=odd_names),
    "all districts": lambda: replicated(RAYONG, DISTRICTS),
}
SMALL = [name for name in CASES if name != "all districts"]
ODD = ("one unit", "forty measures", "odd names")  # LibreOffice, too, has its say


@dataclass(frozen=True)
class Written:
    outcome: Outcome
    path: Path
    seconds: float


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Written]:
    folder = tmp_path_factory.mktemp("many")

    @cache
    def write(name: str) -> Written:
        outcome, path = CASES[name](), folder / f"{list(CASES).index(name)}.xlsx"
        now = month_of(outcome)
        turned = {unit: len(now.rank) + 1 - rank for unit, rank in now.rank.items()}
        earlier = replace(now, month=outcome.tables.round.months[0], rank=turned)
        begun = time.perf_counter()
        write_ranking(outcome, path, Trend((now,) if name == "one unit" else (earlier, now)), [])
        return Written(outcome, path, time.perf_counter() - begun)

    return write


@pytest.fixture(scope="module")
def anew(written: Callable[[str], Written], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The odd ones among the small rankings, calculated anew."""
    books = [written(name).path for name in ODD]
    return dict(zip(ODD, recalculate(books, tmp_path_factory.mktemp("anew") / "anew"), strict=True))


# --- what they must be --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_the_package_is_sound(name: str, written: Callable[[str], Written]) -> None:
    assert faults(written(name).path, titled=True) == []


def expected(outcome: Outcome) -> list[tuple[int | None, str, float | None]]:
    """Rank, unit and total of every line, from the scores and nothing else."""
    totals = {}
    for unit, score in outcome.scores.scores["total"].items():
        if outcome.intake.submissions:
            totals[str(unit)] = Decimal(repr(round(float(score), 9))).quantize(
                Decimal("0.0001"), ROUND_HALF_UP
            )
    blank = outcome.scores.provisional["total"] if outcome.config.ranking.incomplete == "exclude" else {}
    ranked = sorted(
        (unit for unit in totals if not len(blank) or not blank[unit]), key=lambda unit: -totals[unit]
    )
    ranks = {unit: 1 + sum(totals[other] > totals[unit] for other in ranked) for unit in ranked}
    rest = [unit for unit in outcome.tables.unit if unit not in ranks]
    return [
        (ranks.get(unit), unit, float(totals[unit]) if unit in totals else None) for unit in [*ranked, *rest]
    ]


@cache
def lines(path: Path) -> list[tuple[int | None, str, float | None, str]]:
    """Rank, unit, total and status of every line of the sheet อันดับ, as it is shown."""
    heads, *rows = raw_rows(path, "อันดับ")[6:]
    shown = [heads.index(head) for head in ("อันดับ", "รหัส", "คะแนนรวม", "สถานะ")]
    taken = (tuple(row[at] for at in shown) for row in rows if row[1])
    return [
        (rank or None, str(unit), total if total != "" else None, str(status or ""))
        for rank, unit, total, status in taken
    ]


@pytest.mark.parametrize("name", CASES)
def test_order_and_ranks(name: str, written: Callable[[str], Written]) -> None:
    outcome = written(name).outcome
    assert [line[:3] for line in lines(written(name).path)] == expected(outcome)


# The mean of a column is cached as Python rounds it (3.2830950514999993 → …051); a spreadsheet rounds what it
# shows (…052).


@pytest.mark.parametrize("name", SMALL)
def test_cached_results_are_what_the_formulas_give(
    name: str, written: Callable[[str], Written], anew: dict[str, Path]
) -> None:
    count, wrong = reckoned_elsewhere(written(name).path)
    assert wrong == []
    assert name not in ODD or differences(written(name).path, anew[name]) == (count, [])
    assert count >= 25 * len(written(name).outcome.tables.units)


STANDS: dict[str, tuple[set[int | None], set[str]]] = {
    "one unit": ({1}, {""}),
    "nobody sent": ({None}, {"ไม่ส่งรายงาน"}),
    "all equal": ({1}, {""}),
    "all equal, with tie-breakers": ({1}, {""}),
    "all provisional": ({1, 2, 3, 4, 5, 6, 7}, {"ชั่วคราว"}),
    "all provisional and left out": ({None}, {"ชั่วคราว"}),
}


@pytest.mark.parametrize("name", STANDS)
def test_who_has_a_rank_and_what_status(name: str, written: Callable[[str], Written]) -> None:
    shown = lines(written(name).path)
    assert ({line[0] for line in shown}, {line[3] for line in shown}) == STANDS[name]


def test_forty_measures_order(written: Callable[[str], Written]) -> None:
    assert [line[:3] for line in lines(written("forty measures").path)] == [
        (1, "3102", 5),
        (2, "3103", 3),
        (3, "3101", 2),
    ]


def test_odd_names_stay_as_typed(written: Callable[[str], Written]) -> None:
    book = open_book(written("odd names").path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    for name in ODD_NAMES:
        assert {cell.data_type for cell in cells if cell.value == name} == {"s"}, name
    names = [sheet.title for sheet in book]
    assert len({name.casefold() for name in names}) == len(names) == 6 + len(ODD_NAMES)


def test_the_seconds_for_all_districts(
    written: Callable[[str], Written], capsys: pytest.CaptureFixture[str]
) -> None:
    made = written("all districts")
    with capsys.disabled():
        print(f"\n{DISTRICTS} units: {made.seconds:.1f} s, {made.path.stat().st_size / 1e6:.1f} MB")
    assert len(lines(made.path)) == DISTRICTS
