"""A workspace's level tables, checked, and its worked cases tried: by no others may anything be scored.

In: the configuration. Out: ``LevelTables`` and the faults in them. Loads nothing heavy where no case is to be
tried.
"""

from dataclasses import replace

from kpibatch.base.config import Config
from kpibatch.base.errors import FaultyLevelTables
from kpibatch.base.findings import Finding
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lint.check import check_levels


def sound_levels(config: Config) -> LevelTables:
    """The workspace's level tables, with what the check warns of.

    Raises ``KpibatchError`` where they hold an error: nothing may be scored by them.
    Source: design, section 2 (``levels check``: 2, can't go on).
    """
    tables, findings = checked_levels(config)
    faults = [each for each in findings if each.severity == "error"]
    if faults:
        first = f"{faults[0].place}: {faults[0].message(config.language)}"
        raise FaultyLevelTables(file=config.level_tables, count=len(faults), first=first)
    return replace(tables, warnings=tuple(each for each in findings if each.severity == "warning"))


def checked_levels(config: Config) -> tuple[LevelTables, list[Finding]]:
    """The workspace's level tables and every fault in them, their worked cases tried where they can be read.

    Source: design, section 1 (ตัวอย่าง: worked cases that ``levels check`` runs).
    """
    tables, findings = check_levels(config.level_tables, config.intake)
    if tables.examples and not any(each.severity == "error" for each in findings):
        from kpibatch.scoring.examples.tried import (
            try_examples,  # brings pandas along, which most need not wait for
        )

        findings += try_examples(tables, config.language)
    return tables, findings
