"""Papers that are signed: an agreement a unit, as a document and as a workbook."""

from collections.abc import Sequence
from pathlib import Path

from kpibatch.base.config import Config
from kpibatch.base.files import file_name, replaced
from kpibatch.base.lock import alone
from kpibatch.base.month_files import AGREEMENTS
from kpibatch.base.progress import Progress
from kpibatch.forms.properties import custom_properties
from kpibatch.rules.agreement.mark import marked
from kpibatch.rules.agreement.sheet import write_sheet
from kpibatch.rules.agreement.text import agreement_of
from kpibatch.rules.agreement.word import write_word
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Unit


def write_agreements(
    config: Config, tables: LevelTables, one: Unit | None, progress: Progress
) -> tuple[Path, list[Unit]]:
    """The agreements of all units into ``output/agreements``, which appears whole; of ``one`` unit alone, its
    own files beside the others. Gives back the folder and the units to which no KPI applies.

    Raises ``KpibatchError`` where the disk refuses or the folder is not the program's.
    """
    folder, without = config.output / AGREEMENTS, list[Unit]()
    with alone(config, "levels agreement", progress):
        if one:
            without = _write(config, tables, [one], folder, progress)
        else:
            with replaced(folder, _holds_agreements) as new:
                without = _write(config, tables, tables.units, new, progress)
    return folder, without


def _write(
    config: Config, tables: LevelTables, units: Sequence[Unit], folder: Path, progress: Progress
) -> list[Unit]:
    without, day = [], tables.round.start
    progress.step("agreements")
    for done, unit in enumerate(units, 1):
        agreement = agreement_of(tables, unit, config.language)
        if agreement is None:
            without.append(unit)
        else:
            stem = file_name(f"{unit.code} {unit.name}").removesuffix(".xlsx")
            write_word(agreement, folder / f"{stem}.docx", day)
            write_sheet(agreement, folder / f"{stem}.xlsx", day)
        progress.tick(done, len(units))
    return without


def _holds_agreements(folder: Path) -> bool:
    """Whether a folder holds nothing but agreements that this program has made."""
    return all(path.is_file() and marked(custom_properties(path.read_bytes())) for path in folder.iterdir())
