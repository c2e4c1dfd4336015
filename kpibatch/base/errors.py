"""The operator's mistakes, and what the machine refuses: one line that says what to do, no traceback, exit
code 2.

Callers catch by class; whoever raises gives the facts of the text. The tree, ``…`` where several texts share
a class:

KpibatchError
├── WorkspaceError
│   ├── NoWorkspace               no config.toml in the folder
│   ├── ConfigFault …             config.toml can't be read, or a key or value in it
│   ├── OutputBusy                another command is at work in the output
│   ├── FileInUse                 open in Excel, or read-only
│   ├── FileHeld                  a file to read is held by another program, or not open to this person
│   ├── ForeignFolder             stands where an output belongs, and is not the program's
│   ├── BeginFault …              no workspace can be begun there, or of what was said of it
│   ├── NothingWritten            bugs have cost a month every workbook
│   ├── CannotWrite               the disk refuses a file that is written
│   ├── DiskRefuses               the drive or share is gone, or not open to this person
│   └── NoLibrary                 a library that is needed is not installed
├── RulesError
│   ├── NoLevelTables             the workbook of the level tables is not there
│   ├── UnreadableLevelTables     it can't be opened
│   ├── FaultyLevelTables         it has faults, so nothing is scored
│   ├── LetterFault …             the letter that the rules come from can't be read
│   ├── NoUnit                    no unit of that code or name, or several of that name
│   └── NoKpi                     no KPI of that code
├── FormError
│   ├── NoFormTemplate            the office's own form is not there
│   ├── UnreadableFormTemplate    it can't be opened
│   └── FaultyFormTemplate        its placeholders have faults
├── MonthError
│   ├── NotAMonth                 what was typed is none, or may be several
│   ├── MonthNotInRound           the round does not report in it
│   ├── NoSubmissionsFolder       the folder of all months is not there
│   ├── NoSubmissions             no month has a folder in it
│   ├── EmptyMonth                the month's folder has no file of a unit
│   ├── CorrectionsFault …        the corrections' workbook can't be read
│   ├── ProvinceFault …           a workbook of the province's own numbers, or of salaries, can't be used
│   ├── NoReaders                 no process to read files with
│   └── MonthClosed               sealed, and not written over
├── PublishedError
│   ├── NothingPublished          no month at all
│   ├── NotPublished              not this month
│   ├── PublishedDamaged          a file of the output can't be read
│   ├── PublishedChanged          a file of the output was changed after the run
│   └── PublishedStale            the month would come out otherwise today
├── BundleError
│   ├── NotClosed                 there is nothing to reopen
│   ├── CloseDiffers              run again, the month comes out differently
│   ├── NoBundle                  no such file
│   ├── BundleUnreadable          no bundle, or not whole
│   ├── NoKeyring                 no keyring that keeps the key to sign with
│   └── NoSealLibrary             what signatures need is not installed
├── HistoryError
│   ├── HistoryRefused            the disk or another program refuses history.sqlite
│   │   └── DatabaseBusy          another program writes it, and goes on
│   ├── HistoryDamaged            it can't be read
│   ├── HistoryForeign            another program's database
│   └── HistoryVersion            of a newer kpibatch
├── TogetherFault …               many workspaces: their list, or a scheduler and its workers
├── NotComparable …               two sides that can't be compared
├── MailError
│   ├── MailAddressFault …        no mail address
│   ├── MailTemplateFault …       the province's own template can't be used
│   ├── MailFileFault …           what goes with a mail is not there, another unit's or older than the results
│   ├── MailNamesOther            a mail would name another unit
│   ├── MailElsewhere             another command is sending the same
│   ├── MailJournalRefused        the record of what was sent can't be written
│   ├── MailJournalDamaged        the record of what was sent can't be read
│   ├── MailStopped               part was sent, then the server failed
│   ├── MailInterrupted           part was sent, then Ctrl-C
│   ├── SmtpNoPassword            neither the environment nor the keyring has one
│   └── ServerFault …             the server can be used for no mail until somebody mends the settings
│       ├── ServerAway …          it can't be reached, or hung up
│       └── ServerBusy …          it answered that it can't now (4xx)
└── Interrupted                   Ctrl-C
"""

import re
from typing import Any

from kpibatch.base.catalogue import refusal, say


class KpibatchError(Exception):
    """A mistake the operator can mend; ``name`` is its text's under ``[error]`` in the catalogue.

    A class's text has the class's own name (``EmptyMonth``: ``error.empty-month``); where several texts share
    a class, whoever raises it names the text first.
    """

    name: str = ""

    def __init_subclass__(cls) -> None:
        if "name" not in vars(cls):
            cls.name = re.sub("(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    def __init__(self, name: str | None = None, /, **facts: Any) -> None:
        super().__init__(name)
        self.name = name or type(self).name
        self.facts = facts

    def message(self, language: str) -> str:
        """The one line to print."""
        worded = {
            name: refusal(fact, language) if isinstance(fact, OSError) else fact
            for name, fact in self.facts.items()
        }
        return say(f"error.{self.name}", language, **worded)

    def __str__(self) -> str:
        return self.message("th")


class WorkspaceError(KpibatchError): ...


class NoWorkspace(WorkspaceError): ...


class ConfigFault(WorkspaceError): ...


class OutputBusy(WorkspaceError): ...


class FileInUse(WorkspaceError): ...


class FileHeld(WorkspaceError): ...


class ForeignFolder(WorkspaceError): ...


class BeginFault(WorkspaceError): ...


class NothingWritten(WorkspaceError): ...


class CannotWrite(WorkspaceError): ...


class DiskRefuses(WorkspaceError): ...


class NoLibrary(WorkspaceError): ...


class RulesError(KpibatchError): ...


class NoLevelTables(RulesError): ...


class UnreadableLevelTables(RulesError): ...


class FaultyLevelTables(RulesError): ...


class LetterFault(RulesError): ...


class NoUnit(RulesError): ...


class NoKpi(RulesError): ...


class FormError(KpibatchError): ...


class NoFormTemplate(FormError): ...


class UnreadableFormTemplate(FormError): ...


class FaultyFormTemplate(FormError): ...


class MonthError(KpibatchError): ...


class NotAMonth(MonthError): ...


class MonthNotInRound(MonthError): ...


class NoSubmissionsFolder(MonthError): ...


class NoSubmissions(MonthError): ...


class EmptyMonth(MonthError): ...


class CorrectionsFault(MonthError): ...


class ProvinceFault(MonthError): ...


class NoReaders(MonthError): ...


class MonthClosed(MonthError): ...


class PublishedError(KpibatchError): ...


class NothingPublished(PublishedError): ...


class NotPublished(PublishedError): ...


class PublishedDamaged(PublishedError): ...


class PublishedChanged(PublishedError): ...


class PublishedStale(PublishedError): ...


class BundleError(KpibatchError): ...


class NotClosed(BundleError): ...


class CloseDiffers(BundleError): ...


class NoBundle(BundleError): ...


class BundleUnreadable(BundleError): ...


class NoKeyring(BundleError): ...


class NoSealLibrary(BundleError): ...


class HistoryError(KpibatchError): ...


class HistoryRefused(HistoryError): ...


class DatabaseBusy(HistoryRefused):
    name = HistoryRefused.name


class HistoryDamaged(HistoryError): ...


class HistoryForeign(HistoryError): ...


class HistoryVersion(HistoryError): ...


class TogetherFault(KpibatchError): ...


class NotComparable(KpibatchError): ...


class MailError(KpibatchError): ...


class MailAddressFault(MailError): ...


class MailTemplateFault(MailError): ...


class MailFileFault(MailError): ...


class MailNamesOther(MailError): ...


class MailElsewhere(MailError): ...


class MailJournalRefused(MailError): ...


class MailJournalDamaged(MailError): ...


class MailStopped(MailError): ...


class MailInterrupted(MailError): ...


class SmtpNoPassword(MailError): ...


class ServerFault(MailError): ...


class ServerAway(ServerFault): ...


class ServerBusy(ServerFault): ...


class Interrupted(KpibatchError): ...
