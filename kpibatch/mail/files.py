"""What a mail takes with it from a month's folder.

Nothing is attached for a unit that does not say itself that it is that unit's. In: the month as published.
Out: attachments, and findings about what was left out. A file of another unit stops everything.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kpibatch.base.catalogue import say
from kpibatch.base.config import Config, IntakeLimits
from kpibatch.base.errors import KpibatchError, MailFileFault
from kpibatch.base.files import file_name
from kpibatch.base.findings import GRAVE, LOST, Finding, Place, finding
from kpibatch.base.month_files import CHECKED, RANKING, RETURNED, UNITS
from kpibatch.base.thai import arabic, squash
from kpibatch.books.guard.capped import Child
from kpibatch.books.guard.limits import Refused
from kpibatch.books.look import PROVINCE
from kpibatch.forms.names import unit_at_start
from kpibatch.forms.office import OfficeForm
from kpibatch.forms.office_read import office_form_of
from kpibatch.forms.whose import claims_of, stamps_of
from kpibatch.mail.message import Attachment
from kpibatch.months.folder import Published
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Unit
from kpibatch.workbooks.returned.names import returned_names
from kpibatch.workbooks.unit.book import unit_file

Phrase = tuple[str, ...]
_WORD = re.compile(r"[\w\u0e00-\u0e7f]+")
_SHORTEST_CODE = 4


class Strangers:
    """The units of some level tables; ``common`` are texts that all mails may hold, such as the names of
    KPIs.
    """

    def __init__(self, tables: LevelTables, common: Iterable[str]) -> None:
        self._tables, self._noun = tables, tables.round.unit_noun
        self._common = frozenset(phrase for text in common for phrase in self._phrases(text))

    def named_in(self, text: str, unit: str) -> str:
        """Another unit whose name stands in the text; empty where there is none."""
        named = (
            self._names[phrase]
            for phrase in self._phrases(text)
            if phrase in self._names and phrase not in self._common
        )
        return next((code for codes in named if unit not in codes for code in codes), "")

    def coded_in(self, text: str, unit: str, own: Iterable[str]) -> str:
        """Another unit whose code stands in the text and is no figure among the unit's ``own``: two digits
        can't be told apart.
        """
        allowed = {word for known in own for word in _WORD.findall(known)} | {unit}
        words = dict.fromkeys(_WORD.findall(text))
        return next((word for word in words if word in self._codes and word not in allowed), "")

    @cached_property
    def _names(self) -> dict[Phrase, list[str]]:
        names: dict[Phrase, list[str]] = {}
        for unit in self._tables.units:
            names.setdefault(self._words(unit.name), []).append(unit.code)
        return names

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(
            code for code in self._tables.unit if len(code) >= _SHORTEST_CODE or not code.isdigit()
        )

    @cached_property
    def _longest(self) -> int:
        return max((len(self._words(unit.name)) for unit in self._tables.units), default=1)

    def _words(self, text: str) -> Phrase:
        return tuple(word.removeprefix(self._noun) or word for word in _WORD.findall(arabic(squash(text))))

    def _phrases(self, text: str) -> Iterator[Phrase]:
        """Every run of words as long as a name may be, in order."""
        words = self._words(text)
        for start in range(len(words)):
            yield from (
                words[start : start + length]
                for length in range(1, min(self._longest, len(words) - start) + 1)
            )


@dataclass(frozen=True)
class Files:
    """The files of a month's folder; ``tables`` are the level tables it was scored by.

    Whose they are is looked up in a child process, for what goes back to a unit is as it came from there; to
    be closed after use.
    """

    config: Config
    tables: LevelTables
    published: Published

    def __enter__(self) -> "Files":
        return self

    def __exit__(self, *_: object) -> None:
        self._looker.close()

    @cached_property
    def _looker(self) -> Child[..., frozenset[str]]:
        return Child(self.config.intake, claims_of)

    def _claims(self, *given: Any) -> frozenset[str]:
        try:
            return self._looker(*given)
        except Refused:
            return frozenset()

    def lost(self, unit: str) -> str:
        """The files of the unit, or, without one, the ranking, that a bug kept the run from making."""
        rows = (row for row in self.published.findings if row["code"] == LOST and row["unit"] == unit)
        return ", ".join(row["file"] for row in rows if unit or (row["file"] == RANKING and not row["sheet"]))

    def summary(self, unit: Unit) -> Attachment:
        """The unit's own summary. Raises ``KpibatchError`` where it is missing, unmarked or another's."""
        path = self.published.folder / UNITS / unit_file(unit)
        raw = self._read(path, unit.code)
        self._refuse(path, self._claims(raw, IntakeLimits()), unit)
        self.published.refuse_changed(f"{UNITS}/{path.name}", raw)
        name = say(
            "mail.summary", self.config.language, month=self.published.month, unit=f"{unit.code} {unit.name}"
        )
        return Attachment(
            file_name(name), raw, unit.code
        )  # not the file's own name, which is often that of the report beside it

    def returned(self, unit: Unit, submission: str) -> tuple[list[Attachment], list[Finding]]:
        """What goes back of a unit's submission, and what does not because nothing tells whose it is,
        or its name begins with another unit's code.

        Raises ``KpibatchError`` where it is missing or another's, or ``check`` has written it anew since the
        month was published.
        """
        if submission not in self._returned_names:
            return [], []
        if (self.published.folder / CHECKED).is_file():
            raise MailFileFault("mail-checked-since", month=self.published.month)
        form, index = (self.published.folder / RETURNED / name for name in self._returned_names[submission])
        attached, left_out = [], []
        for path in (form, index) if index.is_file() else (form,):
            raw = self._read(path, unit.code)
            if unit_at_start(path.name, self.tables) not in ("", unit.code):
                left_out.append(finding("mail-other-name", Place(path.name), unit=unit.code))
                continue
            claims = self._claims(raw, self.config.intake, self.tables, self._office_form)
            if claims:
                self._refuse(path, claims, unit)
                attached.append(Attachment(path.name, raw, unit.code))
            else:
                left_out.append(finding("mail-no-mark", Place(path.name), unit=unit.code))
        return attached, left_out

    def ranking(self) -> Attachment:
        """The ranking. Raises ``KpibatchError`` where it is missing or something else."""
        path = self.published.folder / RANKING
        raw = self._read(path, PROVINCE)
        if stamps_of(raw) != {PROVINCE}:
            raise self._wrong(path, stamps_of(raw), PROVINCE)
        self.published.refuse_changed(RANKING, raw)
        return Attachment(RANKING, raw, "")

    @cached_property
    def _returned_names(self) -> Mapping[str, tuple[str, str]]:
        """Of every submission of the month that went back the names of its copy and of the index beside."""
        grave = {row["file"] for row in self.published.findings if row["severity"] in GRAVE}
        files = [str(submission["file"]) for submission in self.published.record["inputs"]]
        return returned_names([file for file in files if file in grave], self.config.language)

    @cached_property
    def _office_form(self) -> OfficeForm | None:
        return office_form_of(self.config, self.tables)

    def _read(self, path: Path, unit: str) -> bytes:
        try:
            return path.read_bytes()
        except OSError:
            raise MailFileFault(
                "mail-file-missing", file=path, unit=unit, month=self.published.month
            ) from None

    def _refuse(self, path: Path, claims: frozenset[str], unit: Unit) -> None:
        if claims != {unit.code}:
            raise self._wrong(path, claims, f"{unit.code} {unit.name}")

    def _wrong(self, path: Path, claims: frozenset[str], expected: str) -> KpibatchError:
        found = ", ".join(sorted(claims)) or "–"
        return MailFileFault(
            "mail-wrong-file", file=path, found=found, expected=expected, month=self.published.month
        )
