"""A month as published → the facts a mail's templates are given.

A unit's facts are made of its own rows alone.
The figures are those of ``scores.csv`` and ``run.json``; nothing is scored anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from kpibatch.base.catalogue import say
from kpibatch.base.findings import SEVERITIES
from kpibatch.base.kinds import show_rounded
from kpibatch.base.thai import show_date, show_month, show_number
from kpibatch.intake.month import UNREAD
from kpibatch.months.folder import Published, Row
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL, Unit
from kpibatch.rules.tree.units import after_noun
from kpibatch.scoring.evidence.wanted import STILL_TO_COME
from kpibatch.scoring.rank import Status, percent_of, rating_of

_GRAVE = SEVERITIES[:2]


@dataclass(frozen=True)
class Kpi:
    """A line of the unit's table; ``weight`` is its share of the total in percent."""

    code: str
    name: str
    level: int
    score: str
    weight: str
    provisional: bool


@dataclass(frozen=True)
class Found:
    """A finding in the unit's report that asks for something to be done; ``place`` is sheet and cell."""

    severity: str
    place: str
    message: str


@dataclass(frozen=True)
class Standing:
    """A ranked unit, in the mail to the province."""

    rank: int
    code: str
    name: str
    total: str
    percent: str
    rating: str
    provisional: bool


@dataclass(frozen=True)
class Facts:
    """The facts of a month; ``tables`` are the level tables it was scored by."""

    published: Published
    tables: LevelTables
    language: str

    @cached_property
    def submissions(self) -> Mapping[str, Mapping[str, Any]]:
        """The submission that counts, by unit: its file, when it came, whether late; of one that needs none
        and has results, a blank one.
        """
        came = {str(submission["unit"]): submission for submission in self.published.record["submissions"]}
        without = {"file": "", "received": "", "late": False}
        needless = (unit for unit in self.tables.unit if unit not in {*came} | self.tables.senders)
        return came | {unit: without | {"unit": unit} for unit in needless if self._counts(unit)}

    def _counts(self, unit: str) -> bool:
        """Whether a unit's results count."""
        status = self._scores[unit].get(TOTAL, {}).get("status", Status.NOT_SUBMITTED)
        return status != Status.NOT_SUBMITTED

    @cached_property
    def _scores(self) -> dict[str, dict[str, Row]]:
        by_unit: dict[str, dict[str, Row]] = {unit: {} for unit in self.tables.unit}
        for row in self.published.scores:
            by_unit.setdefault(row["unit"], {})[row["node"]] = row
        return by_unit

    @cached_property
    def common(self) -> dict[str, Any]:
        """What every mail of the month may say."""
        counts, tables = self.published.record["counts"], self.tables
        return {
            "owner": tables.round.owner,
            "reference": tables.round.reference,
            "round": f"{tables.round.number}/{tables.round.year(self.language)}",
            "noun": tables.round.unit_noun,
            "month": show_month(self.published.month, self.language),
            "due": self._due,
            "units": counts.get("asked", counts["units"]),
            "sent": counts["submitted"],
            "asked": tables.one_noun or say("sheet.unit", self.language),
            "ranked": counts["ranked"],
            "top": show_number(tables.top_score),
            "levels": tables.level_count,
        }

    def _of_kind(self, unit: Unit) -> dict[str, Any]:
        """The same, with what is of the unit's kind: its noun, and how many have a rank."""
        kinds, rows = self.tables.tree.kind_of, self._scores
        if len(self.tables.tree.kinds) < 2:
            return self.common
        alike = (rows[code].get(TOTAL, {}) for code, kind in kinds.items() if kind is kinds[unit.code])
        ranked = sum(bool(row.get("rank")) for row in alike)
        return {**self.common, "noun": self.tables.noun_of(unit.code), "ranked": ranked}

    def _name(self, unit: Unit) -> str:
        """The unit's name as the Thai texts say it: behind its noun."""
        return after_noun(str(self._of_kind(unit)["noun"]), unit) if self.language == "th" else unit.name

    @property
    def _due(self) -> str:
        due = self.tables.calendar.get(self.published.month)
        return show_date(due, self.language) if due else ""

    def of_result(self, unit: Unit, returned: int) -> dict[str, Any]:
        """For the unit's own result; ``returned`` is how many files of its report go back with it."""
        sent = self.submissions[unit.code]
        return {
            **self._of_kind(unit),
            **self._standing(unit.code),
            "code": unit.code,
            "name": self._name(unit),
            "late": bool(sent["late"]),
            "received": show_date(datetime.fromisoformat(sent["received"]).date(), self.language)
            if sent["received"]
            else "",
            "kpis": self._kpis(unit.code),
            **self._counted(unit.code),
            "findings": self._found(unit.code, _GRAVE, besides="late"),
            "returned": returned,
        }

    def _standing(self, code: str) -> dict[str, Any]:
        row = self._scores[code].get(TOTAL, {})
        rated = row.get("score", "") != ""
        total = float(row["score"]) if rated else 0.0
        return {
            "total": f"{total:.4f}" if rated else "",
            "percent": show_rounded(percent_of(total, self.tables)) if rated else "",
            "rating": rating_of(total, self.tables) if rated else "",
            "rank": int(row.get("rank") or 0),
            "provisional": row.get("status") == Status.PROVISIONAL,
        }

    def _kpis(self, code: str) -> tuple[Kpi, ...]:
        rows = ((leaf, self._scores[code].get(leaf.code)) for leaf in self.tables.leaves)
        return tuple(
            Kpi(
                leaf.code,
                leaf.name_for(code),
                int(row["level"]),
                show_rounded(float(row["score"])),
                f"{float(row['effective_weight']):.2f}",
                row["status"] == Status.PROVISIONAL,
            )
            for leaf, row in rows
            if row and row["level"]
        )

    def _findings_of(self, code: str) -> list[Row]:
        """The unit's own: what stands in a file of the province or a central system it can't mend."""
        central = {entry["file"] for entry in self.published.record.get("central", ())}
        rows = (row for row in self.published.findings if row["unit"] == code)
        return [row for row in rows if row["file"] not in central]

    @cached_property
    def _unread(self) -> frozenset[str]:
        """The units of which a file came that can't be read or counted."""
        return frozenset(row["unit"] for row in self.published.findings if row["code"] == UNREAD)

    def _counted(self, code: str) -> dict[str, int]:
        severities = [row["severity"] for row in self._findings_of(code)]
        return {f"{severity}s": severities.count(severity) for severity in SEVERITIES}

    def _found(self, code: str, severities: tuple[str, ...], besides: str = "") -> tuple[Found, ...]:
        return tuple(
            Found(
                say(f"unit.severity-{row['severity']}", self.language),
                "!".join(filter(None, (row["sheet"], row["cell"]))),
                row["message"],
            )
            for row in self._findings_of(code)
            if row["severity"] in severities and row["code"] != besides
        )

    def of_reminder(self, unit: Unit, today: date) -> dict[str, Any]:
        """For a unit that has not sent what counts; ``unread`` whether a file came all the same, ``refused``
        why it can't be used.

        ``today`` makes a reminder of another day another mail.
        """
        refused = self._found(unit.code, _GRAVE[:1])
        return {
            **self._of_kind(unit),
            "code": unit.code,
            "name": self._name(unit),
            "refused": refused,
            "unread": unit.code in self._unread,
            "today": show_date(today, self.language),
        }

    def of_evidence(self, unit: Unit, today: date) -> dict[str, Any]:
        """For a unit whose report counts and whose evidence is not all there; ``evidence`` is what is still
        to be handed in, nothing where all is.
        """
        return {
            **self._of_kind(unit),
            "code": unit.code,
            "name": self._name(unit),
            "evidence": tuple(
                Found(say(f"unit.severity-{row['severity']}", self.language), row["measure"], row["message"])
                for row in self._findings_of(unit.code)
                if row["code"] in STILL_TO_COME
            ),
            "today": show_date(today, self.language),
        }

    @cached_property
    def of_province(self) -> dict[str, Any]:
        """For the province: who sent late or not at all, and the ranking of the round's own kind of units."""
        names = {unit.code: unit.name for unit in self.tables.units}
        standings = [Standing(code=code, name=name, **self._standing(code)) for code, name in names.items()]
        main = {unit.code for unit in self.tables.units[self.tables.tree.kinds[0].rows]}
        counts = self.published.record["counts"]["findings"]
        return {
            **self.common,
            "late": tuple(
                names[code]
                for code, submission in self.submissions.items()
                if submission["late"] and code in names
            ),
            "missing": tuple(
                name
                for code, name in names.items()
                if code in self.tables.senders and code not in {*self.submissions, *self._unread}
            ),
            "unread": tuple(name for code, name in names.items() if code in self._unread),
            "provisional": tuple(standing.name for standing in standings if standing.provisional),
            "standings": tuple(
                sorted(
                    (standing for standing in standings if standing.rank and standing.code in main),
                    key=lambda standing: standing.rank,
                )
            ),
            **{f"{severity}s": counts[severity] for severity in SEVERITIES},
        }
