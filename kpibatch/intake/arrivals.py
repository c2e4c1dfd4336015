"""When a submission arrived, as ``received.csv`` in the month's folder states it."""

import csv
import io
from datetime import datetime
from pathlib import Path

from kpibatch.base.errors import ArrivalUnreadable
from kpibatch.base.thai import fold, read_date

RECEIVED = "received.csv"


def read_received(folder: Path) -> dict[str, datetime]:
    """File name, folded, → arrival, from ``received.csv`` (columns file, received; ISO or Thai dates), if it
    is there.
    """
    path = folder / RECEIVED
    if not path.is_file():
        return {}
    arrivals: dict[str, datetime] = {}
    for row in csv.DictReader(io.StringIO(_decoded(path), newline="")):
        text = (row.get("received") or "").strip()
        arrivals[fold(row.get("file") or "")] = _moment(path, text)
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
            raise ArrivalUnreadable(file=path, found=text) from None
        return datetime(day.year, day.month, day.day)
