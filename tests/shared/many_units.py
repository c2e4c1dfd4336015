"""Months of as many units as wanted, made from a sample's: each unit takes, KPI by KPI, the answers of a
unit that was drawn.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
from made_once import worked_out_once
from one_kind import of_main_kind
from workspace import NEWEST, SAMPLES

from kpibatch.base.config import Config, RankingRules, read_config
from kpibatch.intake.central.together import read_central, with_central
from kpibatch.intake.frame import COLUMNS
from kpibatch.intake.month import Intake, Submission, read_month
from kpibatch.months.assess import assess_month
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import Unit
from kpibatch.scoring.outcome import Outcome, assess

MARKED = RankingRules()
Edit = Callable[[LevelTables], LevelTables]


@cache
def sample(name: str) -> Outcome:
    """A sample's newest month."""
    return worked_out_once(f"outcome {name}", lambda: assess_month(read_config(SAMPLES / name), None))


@cache
def alone(name: str) -> Outcome:
    """The same without the months before it."""
    return worked_out_once(f"outcome {name} alone", lambda: alone_in(SAMPLES / name, NEWEST[name]))


def alone_in(workspace: Path, month: str) -> Outcome:
    """A month of a workspace, without the months before it."""
    config = Config(workspace)
    tables, _ = read_levels(config.level_tables)
    intake = read_month(config, tables, month, {})
    return assess(with_central(intake, read_central(config, tables, month)), tables, config)


def replicated(
    name: str,
    count: int,
    *,
    seed: int = 1,
    like: str = "",
    edit: Edit = lambda tables: tables,
    sent: bool = True,
    blank: str = "",
    rules: RankingRules = MARKED,
) -> Outcome:
    """A sample's newest month with ``count`` units; all answer as one of the sample's does where it is named
    (``like``).

    ``edit`` changes the tables, units and all; ``blank`` is a measure that nobody has answered.
    """
    model, draw = sample(name), random.Random(seed)
    tables = of_main_kind(model.tables)
    codes = list(tables.unit)
    answers: dict[tuple[str, str], list[tuple[object, ...]]] = {}
    for line in model.intake.reported.itertuples(index=False, name=None):
        if line[0] in tables.unit:
            answers.setdefault((line[0], tables.kpi_of[line[1]]), []).append(line[1:])
    kind = tables.units[0].kind
    units = tuple(Unit(f"U{number:03}", f"หน่วยที่ {number}", kind=kind) for number in range(1, count + 1))
    edited = edit(replace(tables, units=units))
    lines, baselines, texts = [], {}, {}
    for unit in edited.units:
        donor = {leaf.code: like or draw.choice(codes) for leaf in tables.leaves}
        for kpi, who in donor.items():
            lines += [(unit.code, *line) for line in answers.get((who, kpi), []) if line[0] != blank]
        giver = {measure: donor[kpi] for measure, kpi in tables.kpi_of.items()}
        giver |= {leaf.weight_measure: donor[leaf.code] for leaf in tables.leaves if leaf.weight_measure}
        baselines |= {
            (unit.code, code): tables.baselines[who, code]
            for code, who in giver.items()
            if (who, code) in tables.baselines
        }
        texts |= {
            (unit.code, code): model.intake.texts[who, code]
            for code, who in giver.items()
            if (who, code) in model.intake.texts
        }
    intake = intake_of(edited, model.month, lines if sent else [], sent=sent)
    config = Config(Path(), ranking=rules)
    return assess(replace(intake, texts=texts if sent else {}), replace(edited, baselines=baselines), config)


def intake_of(
    tables: LevelTables, month: str, lines: list[tuple[object, ...]], *, sent: bool = True
) -> Intake:
    frame = pd.DataFrame(lines, columns=list(COLUMNS)).astype({"value": float})
    return Intake(
        month,
        tuple(Submission(unit.code, month, "f.xlsx", "") for unit in tables.units if sent),
        frame,
        {},
        (),
        (),
    )
