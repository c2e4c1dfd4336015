"""What a mail takes with it from a month's folder. Nothing is attached for a unit that does not say itself that it is that unit's.

In: the month as published. Out: attachments, and findings about what was left out. A file of another unit stops everything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kpibatch.catalogue import say
from kpibatch.config import Config, IntakeLimits
from kpibatch.errors import KpibatchError
from kpibatch.findings import Finding, Place, finding
from kpibatch.levels import LevelTables, Unit
from kpibatch.mail_message import Attachment
from kpibatch.published import CHECKED, Published
from kpibatch.returned_book import returned_names
from kpibatch.sheets import PROVINCE, file_name
from kpibatch.template_form import Template, template_of
from kpibatch.unit_book import unit_file
from kpibatch.unit_mark import claims_of, stamps_of

RANKING = "ranking.xlsx"


@dataclass(frozen=True)
class Files:
    """The files of a month's folder; ``tables`` are the level tables it was scored by."""

    config: Config
    tables: LevelTables
    published: Published

    def summary(self, unit: Unit) -> Attachment:
        """The unit's own summary. Raises ``KpibatchError`` where it is missing, unmarked or another's."""
        path = self.published.folder / "units" / unit_file(unit)
        raw = self._read(path, unit.code)
        self._refuse(path, claims_of(raw, IntakeLimits()), unit)
        name = say("mail.summary", self.config.language, month=self.published.month, unit=f"{unit.code} {unit.name}")
        return Attachment(file_name(name), raw, unit.code)  # not the file's own name, which is often that of the report beside it

    def returned(self, unit: Unit, submission: str) -> tuple[list[Attachment], list[Finding]]:
        """What goes back of a unit's submission, and what does not because nothing tells whose it is.

        Raises ``KpibatchError`` where it is missing or another's, or ``check`` has written it anew since the month was published.
        """
        if submission not in self._returned_names:
            return [], []
        if (self.published.folder / CHECKED).is_file():
            raise KpibatchError("mail-checked-since", month=self.published.month)
        form, index = (self.published.folder / "returned" / name for name in self._returned_names[submission])
        attached, left_out = [], []
        for path in (form, index) if index.is_file() else (form,):
            raw = self._read(path, unit.code)
            claims = claims_of(raw, self.config.intake, self.tables, self._template)
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
        return Attachment(RANKING, raw, "")

    @cached_property
    def _returned_names(self) -> Mapping[str, tuple[str, str]]:
        """Of every submission of the month that went back the names of its copy and of the index beside."""
        grave = {row["file"] for row in self.published.findings if row["severity"] != "note"}
        files = [str(one["file"]) for one in self.published.record["inputs"]]
        # the CSV puts an apostrophe before what Excel would take for a formula
        return returned_names([file for file in files if {file, f"'{file}"} & grave], self.config.language)

    @cached_property
    def _template(self) -> Template | None:
        return template_of(self.config, self.tables)

    def _read(self, path: Path, unit: str) -> bytes:
        try:
            return path.read_bytes()
        except OSError:
            raise KpibatchError("mail-file-missing", file=path, unit=unit, month=self.published.month) from None

    def _refuse(self, path: Path, claims: frozenset[str], unit: Unit) -> None:
        if claims != {unit.code}:
            raise self._wrong(path, claims, f"{unit.code} {unit.name}")

    def _wrong(self, path: Path, claims: frozenset[str], expected: str) -> KpibatchError:
        found = ", ".join(sorted(claims)) or "–"
        return KpibatchError("mail-wrong-file", file=path, found=found, expected=expected, month=self.published.month)
