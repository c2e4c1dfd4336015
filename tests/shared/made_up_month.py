"""A month's outcome of tables made up in a test: what the units filled in is given, no file is read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
from scoring_by_hand import as_number

from kpibatch.base.config import Config, RankingRules
from kpibatch.intake.frame import COLUMNS
from kpibatch.intake.month import Intake, Submission
from kpibatch.intake.past import PastMonth
from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.outcome import Outcome, assess
from kpibatch.scoring.trend import trend_of
from kpibatch.workbooks.ranking.book import write_ranking


def outcome_of(
    tables: LevelTables,
    given: Mapping[str, Mapping[str, object]],
    month: str = "2565-04",
    ranking: RankingRules | None = None,
    unsent: Sequence[str] = (),
    came: Mapping[str, datetime] | None = None,
    past: Sequence[PastMonth] = (),
    blank: Sequence[str] = (),
) -> Outcome:
    """Units (by code) with their values of the month by measure; fixed values are those of the tables.

    ``came`` says when a unit's submission did, where that is at issue; ``blank`` are earlier months of which
    nothing was given.
    """
    rows, months = [], [*blank, month]
    for unit, values in given.items():
        for at, measure in enumerate(tables.monthly_measures):
            cell = dict.fromkeys(COLUMNS, "") | {"unit": unit, "measure": measure.code}
            cell |= {"file": f"{unit}.xlsx", "sheet": "แบบรายงาน", "cell": f"F{6 + at}"}
            cell |= {"value": float("nan"), "state": "blank"}
            rows += [cell | {"month": each} for each in months]
            value = values.get(measure.code)
            if value is not None:
                rows[-1] |= {"value": as_number(value), "state": "ok", "found": str(value)}
    arrived = came or {}
    sent = tuple(
        Submission(unit, month, f"{unit}.xlsx", "", arrived.get(unit)) for unit in given if unit not in unsent
    )
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    intake = Intake(month, sent, frame, {}, (), ())
    return assess(intake, tables, Config(Path(), ranking=ranking or RankingRules()), tuple(past))


def ranking_of(outcome: Outcome, path: Path) -> Path:
    """Its ranking workbook, written there."""
    lost: list[object] = []
    write_ranking(outcome, path, trend_of(outcome), lost)  # type: ignore[arg-type]
    assert not lost
    return path
