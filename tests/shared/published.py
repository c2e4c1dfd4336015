"""Workspaces of which nothing is there but a published month: what looks at results alone needs no more."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from kpibatch.months.csv_cells import as_csv
from kpibatch.months.listings import SCORE_COLUMNS
from kpibatch.months.record import record_bytes

BANDS = [[90, "ดีเด่น"], [80, "ดีมาก"], [0, "ต้องปรับปรุง"]]
Row = tuple[str, str, str, float | None, str, int]  # code, name, group, total, status, rank


def province(
    home: Path,
    name: str,
    assessed: Sequence[Row],
    *,
    month: str = "2565-06",
    rules: str = "a" * 64,
    **other: object,
) -> Path:
    """A workspace with one published month; ``other`` are facts of its record, ``None`` leaves one out."""
    folder = home / name / "output" / month
    folder.mkdir(parents=True)
    (home / name / "config.toml").write_text("", encoding="utf-8")
    rows = [
        (month, code, node, "", "" if total is None else str(total), "", "", "100", status, str(rank or ""))
        for code, _, _, total, status, rank in assessed
        for node in ("total", "T1")
    ]
    raw = as_csv(SCORE_COLUMNS, rows)
    (folder / "scores.csv").write_bytes(raw)
    facts = {
        "month": month,
        "round": "2565/2",
        "level_tables": {"file": "level_tables.xlsx", "sha256": "", "digest": "d" * 64},
        "top_score": 5.0,
        "inputs": [],
        "submissions": [],
        "arrivals": {},
        "counts": {
            **dict.fromkeys(("units", "submitted", "late", "ranked"), len(assessed)),
            "findings": {"error": 1, "warning": 2, "note": 3},
        },
        "versions": {},
        "listings": {"scores.csv": hashlib.sha256(raw).hexdigest()},
        "owner": f"จังหวัด{name}",
        "rules": rules,
        "rating": BANDS,
        "units": [{"unit": code, "name": title, "group": group} for code, title, group, *_ in assessed],
        **other,
    }
    kept = {key: fact for key, fact in facts.items() if fact is not None}
    (folder / "run.json").write_bytes(record_bytes(kept))
    return home / name
