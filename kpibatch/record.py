"""``run.json``: what went into a month and what came out."""

import json
import platform
from collections.abc import Sequence
from pathlib import Path

import numpy
import pandas

from kpibatch import __version__
from kpibatch.files import sha256_of
from kpibatch.findings import count
from kpibatch.outcome import Outcome
from kpibatch.progress import Clock


def write_record(outcome: Outcome, clock: Clock, path: Path, listings: Sequence[Path] = ()) -> None:
    """Write the record; of its facts only ``seconds`` and arrivals that nobody stated hang on the clock.

    The digests of ``listings``, the CSV files, tell the months after this one whether they still are as they were written.
    """
    record = _record(outcome, clock) | {"listings": {one.name: sha256_of(one) for one in listings}}
    path.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _record(outcome: Outcome, clock: Clock) -> dict[str, object]:
    config, tables, intake = outcome.config, outcome.tables, outcome.intake
    return {
        "month": outcome.month,
        "round": tables.round.key,
        "level_tables": {"file": tables.file, "sha256": sha256_of(config.level_tables), "digest": tables.digest},
        "top_score": tables.top_score,
        **_file("form_template", config.form_template),
        **_file("corrections", config.corrections if config.corrections.exists() else None),
        "inputs": [{"file": name, "sha256": digest} for name, digest in (*intake.files, *intake.earlier_files)],
        "submissions": [
            {"unit": one.unit, "file": one.file, "received": one.received and one.received.isoformat(), "late": one.late}
            for one in intake.submissions
        ],
        "arrivals": {digest: moment.isoformat(timespec="seconds") for digest, moment in sorted(intake.arrivals.items())},
        "counts": {
            "units": len(tables.units),
            "submitted": len(outcome.sent),
            "late": len(outcome.late),
            "ranked": outcome.ranked,
            "findings": count(outcome.findings),
        },
        "versions": {
            "kpibatch": __version__,
            "python": platform.python_version(),
            "pandas": pandas.__version__,
            "numpy": numpy.__version__,
        },
        "seconds": clock.seconds,
    }


def _file(name: str, path: Path | None) -> dict[str, object]:
    return {name: {"file": path.name, "sha256": sha256_of(path)}} if path else {}
