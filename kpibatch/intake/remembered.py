"""What was read of a file, kept below ``output/.cache`` by everything that decides it: the file's bytes, its
name, the orders it was read by, and the program that read it.

In: ``Contents`` to keep, or what to look for. Out: the same, or none; all of it within ``MOST`` bytes.
"""

from dataclasses import astuple
from pathlib import Path
from sys import intern
from typing import Any

from kpibatch.base.files import sha256_of
from kpibatch.base.findings import Finding, Place
from kpibatch.base.kept.entries import Kept, key_of
from kpibatch.base.kept.program import program
from kpibatch.books.guard.limits import REFUSALS
from kpibatch.intake.executor import Orders
from kpibatch.intake.frame import Line, OwnLevel
from kpibatch.intake.submission import Contents
from kpibatch.rules.fingerprint import fingerprint

MOST = 100_000_000
"""Bytes: some twenty months of a country's forms."""


class Remembered:
    """The entries of files read by the same orders."""

    def __init__(self, kept: Kept, orders: str = "") -> None:
        self._kept, self._orders = kept, orders
        self.tidy = kept.tidy

    def find(self, file: Path, name: str) -> Contents | None:
        """What was read of a file's bytes under that name by these orders, if it is known."""
        try:
            sha256 = sha256_of(file)
        except OSError:
            return None
        contents = self._kept.find(self._key(name, sha256), _unpacked)
        return contents if contents and (contents.file, contents.sha256) == (name, sha256) else None

    def keep(self, contents: Contents) -> None:
        """Keep what was read, unless something kept the file from being read: that may not last."""
        if contents.sha256 and not any(found.code in REFUSALS for found in contents.findings):
            self._kept.keep(self._key(contents.file, contents.sha256), _packed(contents))

    def _key(self, name: str, sha256: str) -> str:
        return key_of(self._orders, sha256, name)


def remembered(output: Path, orders: Orders) -> Remembered:
    """What was read in a workspace by these orders; nothing is kept where there is no output folder yet."""
    decided = (orders.tables.whole_digest, orders.month, orders.limits, orders.office_form)
    said = key_of(program("python_calamine"), fingerprint(decided, whole=True))
    return Remembered(Kept(output, "forms", MOST), said)


# --- as JSON ------------------------------------------------------------------------------------------------


def _packed(contents: Contents) -> dict[str, Any]:
    return {
        "file": contents.file,
        "sha256": contents.sha256,
        "unit": contents.unit,
        "lines": contents.lines,
        "texts": [[*key, *texts] for key, texts in contents.texts.items()],
        "findings": [astuple(found) for found in contents.findings],
        "own": [[*key, own.level, *astuple(own.place)] for key, own in contents.own_levels.items()],
    }


def _unpacked(packed: dict[str, Any]) -> Contents:
    return Contents(
        packed["file"],
        packed["sha256"],
        packed["unit"],
        [Line(*map(_shared, line)) for line in packed["lines"]],
        {(unit, measure): (a, b, c) for unit, measure, a, b, c in packed["texts"]},
        [_finding(*found) for found in packed["findings"]],
        {(unit, kpi): OwnLevel(level, Place(*place)) for unit, kpi, level, *place in packed["own"]},
    )


def _shared(cell: Any) -> Any:
    """A text that thousands of lines have (a month, a measure, a file) is held once."""
    return intern(cell) if isinstance(cell, str) else cell


def _finding(
    code: str, place: list[str], unit: str, measure: str, found: str, facts: list[list[str]], stated: str
) -> Finding:
    pairs = tuple((name, fact) for name, fact in facts)
    return Finding(code, Place(*place), unit, measure, found, pairs, stated)
