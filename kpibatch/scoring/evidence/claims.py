"""The levels that units claim, held against those that their values give."""

from kpibatch.base.findings import Finding, finding
from kpibatch.intake.month import Intake
from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.score import Scores


def claimed_otherwise(intake: Intake, scores: Scores, tables: LevelTables) -> list[Finding]:
    """The levels that units claim and the values do not give."""
    found = []
    for (unit, code), own in intake.own_levels.items():
        kpi, row = scores.kpis[code], tables.position[unit]
        if kpi.applies[row] and own.level != kpi.level[row]:
            facts = {"kpi": code, "name": tables.node[code].name_for(unit), "level": str(kpi.level[row])}
            found.append(finding("claim-differs", own.place, unit=unit, found=str(own.level), **facts))
    return found
