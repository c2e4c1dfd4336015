"""kpibatch: districts' Excel reports in, a ranking that can be checked out.

These names are for notebooks and for whoever builds on a workspace; nothing here writes a month's files:

``read_config``      a workspace's settings → ``Config``
``check_levels``     a workbook of level tables → ``LevelTables`` and its faults
``sound_levels``     a workspace's level tables; faulty ones are refused
``assess_month``     a month read, scored and ranked → ``Outcome``; by other level tables too
``published_month``  a month as a run has written it → ``Published``
``Config``           settings
``LevelTables``      the rules of a round: units, measures, KPIs, levels
``Outcome``          a month: values, scores, standings, findings
``Standing``         a unit's total, percent, rating and rank
``Finding``          anything wrong or noteworthy, with its ``Place``
``Place``            file, sheet and cell
``Published``        a month's folder: its record and its CSV files
``KpibatchError``    a mistake the operator can mend: one line

In a folder with a ``config.toml``:

>>> from pathlib import Path
>>> import kpibatch
>>> outcome = kpibatch.assess_month(kpibatch.read_config(Path()), "2565-06")
>>> first = outcome.standings[0]
>>> first.rank, outcome.tables.unit[first.unit].name, first.total, first.rating
(1, 'หนองหงส์', 4.75, 'ดีเด่น')
>>> [str(finding.place) for finding in outcome.findings if finding.severity == "error"]
['3117 โนนสุวรรณ.xlsx แบบรายงาน!J31']
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = (
    "Config",
    "Finding",
    "KpibatchError",
    "LevelTables",
    "Outcome",
    "Place",
    "Published",
    "Standing",
    "assess_month",
    "check_levels",
    "published_month",
    "read_config",
    "sound_levels",
)

if TYPE_CHECKING:
    from kpibatch.base.config import Config, read_config
    from kpibatch.base.errors import KpibatchError
    from kpibatch.base.findings import Finding, Place
    from kpibatch.months.assess import assess_month
    from kpibatch.months.folder import Published, published_month
    from kpibatch.rules.levels import LevelTables
    from kpibatch.rules.lint.check import check_levels
    from kpibatch.scoring.examples.sound import sound_levels
    from kpibatch.scoring.outcome import Outcome
    from kpibatch.scoring.rank import Standing
else:
    _HOMES = {
        "kpibatch.base.config": ("Config", "read_config"),
        "kpibatch.base.errors": ("KpibatchError",),
        "kpibatch.base.findings": ("Finding", "Place"),
        "kpibatch.months.assess": ("assess_month",),
        "kpibatch.months.folder": ("Published", "published_month"),
        "kpibatch.rules.levels": ("LevelTables",),
        "kpibatch.rules.lint.check": ("check_levels",),
        "kpibatch.scoring.examples.sound": ("sound_levels",),
        "kpibatch.scoring.outcome": ("Outcome",),
        "kpibatch.scoring.rank": ("Standing",),
    }

    def __getattr__(name):
        """A name is fetched from where it stands when it is first asked for: ``--help`` and the processes
        that read forms stay light.
        """
        for home, names in _HOMES.items():
            if name in names:
                return globals().setdefault(name, getattr(import_module(home), name))
        raise AttributeError(f"module 'kpibatch' has no attribute {name!r}")

    def __dir__():
        return [*globals(), *__all__]
