"""One workspace's published month, as the ranking of several workspaces needs it: read as it was published,
never scored again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kpibatch.base.month_files import RANKING
from kpibatch.months.folder import Published, as_number
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.rank import Status, rating_at


@dataclass(frozen=True, order=True)
class Basis:
    """What units were assessed by; only those of one basis may be compared: ``rules`` is a digest of the
    rules, ``kind`` of what kind the units are.
    """

    round: str
    month: str
    rules: str
    kind: str = ""


@dataclass(frozen=True)
class Assessed:
    """A unit as it was published: ``percent`` is NaN where it has no total, ``rank`` 0 where it has none."""

    code: str
    name: str
    group: str
    basis: Basis
    percent: float
    rating: str
    rank: int
    status: Status


@dataclass(frozen=True)
class Province:
    """A workspace's published month. ``findings`` counts them by severity."""

    workspace: Path
    name: str
    month: str
    round: str
    ranking: Path
    units: tuple[Assessed, ...]
    sent: int
    late: int
    findings: Mapping[str, int]


def province_of(workspace: Path, published: Published) -> Province:
    """A published month's units with their results.

    A record of before says neither who the units are nor by which rules they may be compared: then a unit's
    code is its name, and the level tables as a whole are the rules. Raises ``KpibatchError`` where
    ``scores.csv`` is not as the run wrote it.
    """
    record = published.record
    return Province(
        workspace,
        str(record.get("owner") or workspace.resolve().name),
        published.month,
        published.round,
        published.folder / RANKING,
        tuple(_units(published)),
        record["counts"]["submitted"],
        record["counts"]["late"],
        record["counts"]["findings"],
    )


def _units(published: Published) -> Iterator[Assessed]:
    record = published.record
    known = {entry["unit"]: entry for entry in record.get("units", ())}
    rules = str(record.get("rules") or record["level_tables"]["digest"])
    for row in published.scores:
        if row["node"] == TOTAL:
            who = known.get(row["unit"], {})
            percent = round(100 * as_number(row["score"]) / record["top_score"], 9)
            yield Assessed(
                row["unit"],
                who.get("name") or row["unit"],
                who.get("group", ""),
                Basis(published.round, published.month, rules, who.get("kind", "")),
                percent,
                rating_at(percent, record.get("rating", ())),
                int(row["rank"] or 0),
                Status(row["status"]),
            )
