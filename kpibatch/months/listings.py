"""The outcome as CSV: ``scores.csv``, ``measures.csv``, ``values.csv`` and ``findings.csv``, UTF-8 with BOM
so that Excel reads Thai.
"""

import math
import platform
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy
import pandas

from kpibatch import __version__
from kpibatch.base.files import sha256_of
from kpibatch.base.findings import COLUMNS, NOWHERE, count
from kpibatch.base.kept.entries import Kept, key_of
from kpibatch.base.kept.program import program
from kpibatch.base.kinds import Kind
from kpibatch.base.progress import Clock
from kpibatch.base.thai import show_number
from kpibatch.books.packing import contents_digest
from kpibatch.intake.evidence.listing import Evidence
from kpibatch.intake.frame import PLACE, columns_of, rows_of
from kpibatch.intake.late import OTHERWISE
from kpibatch.intake.month import Intake
from kpibatch.intake.past import PAST_COLUMNS
from kpibatch.months.csv_cells import as_csv
from kpibatch.months.record import record_bytes
from kpibatch.rules.fingerprint import fingerprint
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.lacking import Lack
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Status

SCORE_COLUMNS = (
    *("month", "unit", "node", "level", "score", "value"),
    *("weight", "effective_weight", "status", "rank"),
)
_MOST_KEPT = 2_000_000  # bytes: some twenty thousand workbooks
MEASURE_COLUMNS = ("month", "unit", "measure", "value", *PLACE)


def scores_csv(outcome: Outcome) -> bytes:
    return as_csv(SCORE_COLUMNS, score_rows(outcome))


def score_rows(outcome: Outcome) -> Iterator[tuple[str, ...]]:
    """One row per unit × node; only leaves have a level, only the root (``total``) has a rank."""
    scores = outcome.scores
    columns = [columns_of(each, float) for each in (scores.scores, scores.shares, scores.provisional)]
    for unit in outcome.tables.unit:
        yield from _scores_of(outcome, unit, *columns)


def _scores_of(outcome: Outcome, unit: str, *columns: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    of_nodes, shares, provisional = columns
    tables, scores, standing = outcome.tables, outcome.scores, outcome.standing[unit]
    row = tables.position[unit]
    for code, column in of_nodes.items():
        score, leaf = float(column[row]), scores.kpis.get(code)
        status = _status(outcome, unit, bool(provisional[code][row]), applies=not math.isnan(score))
        blank = status in (Status.NOT_SUBMITTED, Status.NOT_APPLICABLE)
        yield (
            outcome.month,
            unit,
            code,
            str(int(leaf.level[row])) if leaf and not blank else "",
            "" if blank else show_number(standing.total if code == TOTAL else score),
            _single_value(outcome, code, unit) if leaf and not blank else "",
            "" if code == TOTAL else show_number(tables.weights[code][row]),
            show_number(float(shares[code][row])),
            status.value,
            str(standing.rank) if code == TOTAL and standing.rank else "",
        )


def _status(outcome: Outcome, unit: str, provisional: bool, *, applies: bool) -> Status:
    if not applies:
        return Status.NOT_APPLICABLE
    if unit not in outcome.sent:
        return Status.NOT_SUBMITTED
    return Status.PROVISIONAL if provisional else Status.OK


def _single_value(outcome: Outcome, kpi: str, unit: str) -> str:
    codes = {rule.measure for rule in outcome.tables.rules_of(kpi)}
    return measure_text(outcome, unit, codes.pop()) if len(codes) == 1 else ""


def measure_text(outcome: Outcome, unit: str, code: str) -> str:
    """A measure's value for machines: numbers, ISO days, 1/0, empty when missing."""
    return machine_text(outcome.measured.value(unit, code), outcome.tables.measures[code].kind)


def machine_text(value: float, kind: Kind) -> str:
    """A value for machines: numbers, ISO days, 1/0, empty when missing."""
    if math.isnan(value):
        return ""
    if kind is Kind.DATE and 0 < value <= date.max.toordinal():
        return date.fromordinal(int(value)).isoformat()
    return show_number(value)


def measures_csv(outcome: Outcome) -> bytes:
    return as_csv(MEASURE_COLUMNS, measure_rows(outcome))


def measure_rows(outcome: Outcome) -> Iterator[tuple[str, ...]]:
    """Every unit's every measure after its roll-up, with the cell it came from."""
    return (
        (outcome.month, unit, code, measure_text(outcome, unit, code), place.file, place.sheet, place.cell)
        for unit in outcome.tables.unit
        for code in outcome.tables.measures
        for place in [outcome.measured.origin.get((unit, code), NOWHERE)]
    )


def values_csv(outcome: Outcome) -> bytes:
    """What the submissions that count said of their own month, and first of months before, as they said it:
    without any correction.
    """
    kinds = {code: measure.kind for code, measure in outcome.tables.measures.items()}
    rows = (
        (month, unit, code, machine_text(value, kinds[code]), *rest)
        for month, unit, code, value, *rest in rows_of(outcome.said, PAST_COLUMNS)
    )
    return as_csv(PAST_COLUMNS, rows)


STATUS_COLUMNS = (
    *("month", "unit", "name", "sent", "received", "error", "warning", "note"),
    *("provisional", "rank", "late_changes", "blank", "not_due"),
)


def status_rows(outcome: Outcome) -> list[tuple[str, ...]]:
    """One row per unit: ``sent`` is yes, late, unreadable, no or none (there is nothing to send); how many
    findings of each severity; whether provisional; its rank; in how many places it says something else of
    earlier months than it sent then; how many measures that the scoring asked for it left blank in what it
    sent, and how many are not due yet.
    """
    received = {submission.unit: submission.received for submission in outcome.intake.submissions}
    rows = []
    for unit in outcome.tables.units:
        standing, moment = outcome.standing[unit.code], received.get(unit.code)
        sent = _sent(outcome, unit.code)
        totals = [str(number) for number in count(outcome.findings_of(unit.code)).values()]
        provisional = "yes" if standing.status is Status.PROVISIONAL else "no"
        came = moment.isoformat(timespec="minutes") if moment else ""
        changed = sum(each.code in OTHERWISE for each in outcome.findings_of(unit.code))
        lacking = [*outcome.lacking_of(unit.code).values()]
        rows.append(
            (
                outcome.month,
                unit.code,
                unit.name,
                sent,
                came,
                *totals,
                provisional,
                str(standing.rank or ""),
                str(changed),
                *(str(lacking.count(lack)) for lack in (Lack.BLANK, Lack.NOT_DUE)),
            )
        )
    return rows


def _sent(outcome: Outcome, unit: str) -> str:
    if unit in outcome.nothing_to_send:
        return "none"
    if unit in outcome.sent:
        return "late" if unit in outcome.late else "yes"
    return "unreadable" if unit in outcome.unread else "no"


def sent_of_asked(outcome: Outcome) -> tuple[int, int]:
    """How many units sent what counts, and of how many: who has nothing to send is neither."""
    return len(outcome.submission_of), len(outcome.tables.units) - len(outcome.nothing_to_send)


def findings_csv(outcome: Outcome) -> bytes:
    """Every finding, gravest first."""
    return as_csv(COLUMNS, (each.row(outcome.language) for each in outcome.findings))


def write_record(
    outcome: Outcome, clock: Clock, path: Path, listings: Sequence[Path] = (), books: Sequence[Path] = ()
) -> None:
    """Write the record; of its facts only ``seconds`` and arrivals that nobody stated hang on the clock.

    The digests of ``listings``, the CSV files, and of what ``books`` hold tell whoever reads the month
    whether they still are as they were written.
    """
    holding = ((each.relative_to(path.parent).as_posix(), each.read_bytes()) for each in books)
    kept, key = Kept(outcome.config.output, "contents", _MOST_KEPT), key_of(program(), outcome.month)
    digests = {
        "listings": {each.name: sha256_of(each) for each in listings},
        "books": kept.told(key, holding, contents_digest) if books else {},
    }
    kept.tidy()
    path.write_bytes(record_bytes(_record(outcome, clock) | digests))


def _record(outcome: Outcome, clock: Clock) -> dict[str, object]:
    config, tables, intake = outcome.config, outcome.tables, outcome.intake
    return {
        "month": outcome.month,
        "round": tables.round.key,
        "level_tables": {
            "file": tables.file,
            "sha256": sha256_of(config.level_tables),
            "digest": tables.digest,
        },
        "top_score": tables.top_score,
        "due": due.isoformat() if (due := tables.calendar.get(outcome.month)) else None,
        **_file("form_template", config.form_template),
        **_file("corrections", config.corrections if config.corrections.exists() else None),
        "corrected": [
            {"unit": unit, "measure": measure, "month": month, "value": value}
            for (unit, measure, month), value in sorted(outcome.corrections.by_key.items())
            if month <= outcome.month
        ],
        "inputs": [
            {"file": name, "sha256": digest} for name, digest in (*intake.files, *intake.earlier_files)
        ],
        **_central(intake.central_files) | _evidence(intake.evidence) | _claims(intake) | _assessed(tables),
        "submissions": [
            {
                "unit": sent.unit,
                "file": sent.file,
                "received": sent.received and sent.received.isoformat(),
                "late": sent.late,
            }
            for sent in intake.submissions
        ],
        "arrivals": {
            digest: moment.isoformat(timespec="seconds") for digest, moment in sorted(intake.arrivals.items())
        },
        "counts": _counts(outcome),
        "versions": versions(),
        "seconds": clock.seconds,
    }


def _counts(outcome: Outcome) -> dict[str, object]:
    sent, asked = sent_of_asked(outcome)
    who = {"units": len(outcome.tables.units), "asked": asked, "submitted": sent, "late": len(outcome.late)}
    return {**who, "ranked": outcome.ranked, "findings": count(outcome.findings)}


def _assessed(tables: LevelTables) -> dict[str, object]:
    """Who was assessed, and a digest of the rules alone: months of several workspaces in which it is the same
    may be compared.
    """
    scores = tables.round.key, tables.scores, tables.round.below_one, tables.round.cap, tables.rating
    return {
        "owner": tables.round.owner,
        "rules": fingerprint([scores, tables.nodes, tables.measures, tables.rules]),
        "rating": tables.rating,
        "units": [
            {"unit": unit.code, "name": unit.name, "group": unit.group, "kind": unit.kind}
            for unit in tables.units
        ],
    }


def versions() -> dict[str, str]:
    """What the outputs' bytes may hang on."""
    return {
        "kpibatch": __version__,
        "python": platform.python_version(),
        "pandas": pandas.__version__,
        "numpy": numpy.__version__,
        **{name: version(name) for name in ("XlsxWriter", "lxml", "python-calamine")},
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


def _central(files: Sequence[tuple[str, str]]) -> dict[str, object]:
    """The province's numbers and central systems' exports, where there are any."""
    return {"central": [{"file": name, "sha256": digest} for name, digest in files]} if files else {}


def _evidence(evidence: Evidence) -> dict[str, object]:
    """Every file of evidence, where the month has a folder for it."""
    listed = [
        {
            "unit": each.unit,
            "file": each.name,
            "measures": each.measures,
            "levels": each.levels,
            "size": each.size,
            "sha256": each.sha256,
            "counts": each.counts,
        }
        for each in evidence.files
    ]
    return {"evidence": listed} if evidence.there else {}


def _claims(intake: Intake) -> dict[str, object]:
    """The levels that units claim, where any does: later months tell them beside those of their values."""
    claims = [
        {"unit": unit, "kpi": kpi, "level": own.level} for (unit, kpi), own in intake.own_levels.items()
    ]
    return {"claims": claims} if claims else {}


def _file(name: str, path: Path | None) -> dict[str, object]:
    return {name: {"file": path.name, "sha256": sha256_of(path)}} if path else {}
