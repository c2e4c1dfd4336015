"""When a submission arrived: ``received.csv`` in the month's folder, else the first time the batch saw those bytes.

First sights are kept in ``output/arrivals.csv`` (sha256, first_seen), so that a later run does not make a prompt file late.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from kpibatch.errors import KpibatchError
from kpibatch.sheets import saved
from kpibatch.thai import read_date

RECEIVED = "received.csv"
FIRST_SIGHTS = "arrivals.csv"


def read_received(folder: Path) -> dict[str, datetime]:
    """File name → arrival, from ``received.csv`` (columns file, received; ISO or Thai dates), if it is there."""
    path = folder / RECEIVED
    if not path.is_file():
        return {}
    arrivals: dict[str, datetime] = {}
    for row in csv.DictReader(io.StringIO(_decoded(path), newline="")):
        text = (row.get("received") or "").strip()
        arrivals[(row.get("file") or "").strip()] = _moment(path, text)
    return arrivals


def _decoded(path: Path) -> str:
    """UTF-8, or the Windows code page that a Thai Excel saves CSV in."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp874", "replace")


def _moment(path: Path, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        day = read_date(text)
        if day is None:
            raise KpibatchError("arrival-unreadable", file=path, found=text) from None
        return datetime(day.year, day.month, day.day)


def read_first_sights(output: Path) -> dict[str, datetime]:
    """SHA-256 → when the batch first saw those bytes."""
    path = output / FIRST_SIGHTS
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["sha256"]: datetime.fromisoformat(row["first_seen"]) for row in csv.DictReader(lines)}


def keep_first_sights(output: Path, known: Mapping[str, datetime], files: Iterable[str], now: datetime) -> None:
    """Add the files (by SHA-256) that were never seen before."""
    new = {digest: now for digest in files if digest and digest not in known}
    if not new:
        return
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("sha256", "first_seen"))
    for digest, moment in sorted((dict(known) | new).items()):
        writer.writerow((digest, moment.isoformat(timespec="seconds")))
    saved(output / FIRST_SIGHTS, lambda part: part.write_text(text.getvalue(), encoding="utf-8"))
