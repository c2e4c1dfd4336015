"""What the commands about what is kept of the months show."""

from collections.abc import Sequence
from pathlib import Path

from kpibatch.base.catalogue import Words, say
from kpibatch.base.config import Config
from kpibatch.base.files import harmless
from kpibatch.base.findings import Finding
from kpibatch.base.kinds import show_value
from kpibatch.base.thai import show_date, show_month
from kpibatch.commands.closing import Seal, Verdict
from kpibatch.commands.console import finding_line
from kpibatch.intake.central.province_book import Written
from kpibatch.intake.corrections import Correction, Corrections
from kpibatch.months.bundle import bundle_path
from kpibatch.months.increments.raises import Increments
from kpibatch.months.rollup.rollup import RolledUp
from kpibatch.months.rollup.unit_sheets import about, warning_of
from kpibatch.rules.levels import LevelTables


def show_corrections(
    config: Config, tables: LevelTables, corrections: Corrections, refused: Sequence[Finding] = ()
) -> None:
    """Each correction in words, then what can't be used and why; ``refused`` are those that closed months
    leave no room for.
    """
    usable = usable_corrections(corrections, refused)
    for row in usable:
        print(_correction(row, tables, config.language))
    faults = (*corrections.findings, *refused)
    for fault in faults:
        print(finding_line(fault, config.language))
    waiting = sum(not fault.grave for fault in faults)
    counts = {"count": len(usable), "waiting": waiting, "faults": len(faults) - waiting}
    print(say("corrections.listed", config.language, file=config.corrections, **counts))


def usable_corrections(corrections: Corrections, refused: Sequence[Finding]) -> list[Correction]:
    """Those that count: closed months leave no room for the ``refused``."""
    sealed = {each.place for each in refused}
    return [row for row in corrections.usable if row.place not in sealed]


def _correction(row: Correction, tables: LevelTables, language: str) -> str:
    measure = tables.measures[row.measure]
    return say(
        "corrections.line",
        language,
        unit=row.unit,
        name=tables.unit[row.unit].name,
        month=show_month(row.month, language),
        measure=row.measure,
        label=measure.label,
        value=show_value(row.value, measure.kind, language),
        reason=row.reason,
        document=row.document,
        approver=row.approver,
        day=show_date(row.day, language),
        at=str(row.place),
    )


def show_province(config: Config, tables: LevelTables, month: str, written: Written) -> None:
    """What was added to the workbook of the province's own numbers, and what is still to be filled in."""
    language, file = config.language, config.province
    if not tables.province_measures:
        print(say("province.none", language))
        return
    if written.added:
        months = ", ".join(show_month(key, language) for key in written.added)
        print(say("province.written", language, file=file, months=months))
    else:
        print(say("province.nothing", language, file=file))
    if written.before:
        print(say("province.before", language, file=written.before))
    name = "province.blank" if written.blank else "province.full"
    print(say(name, language, month=show_month(month, language), count=written.blank, sheet=month))


def show_sealed(config: Config, verdict: Verdict) -> None:
    """Where the bundle of a closed month lies, and the hash by which it is known again."""
    file = bundle_path(config.output, verdict.month)
    facts = {"month": show_month(verdict.month, config.language), "digest": verdict.sha256}
    print(say("console.closed", config.language, file=file, count=verdict.outputs, **facts))
    if verdict.seal.signature:
        _show_seal(verdict.seal, config.language)


def show_reopened(config: Config, month: str, bundle: Path) -> None:
    """Where the bundle of a month that is open again is kept."""
    print(say("console.reopened", config.language, month=show_month(month, config.language), file=bundle))


def show_verdict(verdict: Verdict, language: str) -> None:
    """What ``verify`` found: agreed, or which files do not agree and what was of another version."""
    month = show_month(verdict.month, language)
    if verdict.flaws:
        print(say("console.tampered", language, count=len(verdict.flaws)))
    elif verdict.differing:
        print(say("console.differs", language, count=len(verdict.differing)))
        if verdict.same_figures:
            print(say("console.same-figures", language))
    else:
        name = "verified-contents" if verdict.repacked else "verified"
        facts = {"count": verdict.outputs, "digest": verdict.sha256}
        print(say(f"console.{name}", language, month=month, **facts))
    for name in (*verdict.flaws, *verdict.differing):
        print(f"  {harmless(name)}")
    if verdict.repacked:
        print(say("console.repacked", language, count=len(verdict.repacked)))
    for name, theirs, ours in verdict.lowered:
        print(say("console.lowered", language, name=name, theirs=theirs, ours=ours))
    for name, then, now in verdict.versions:
        print(say("console.other-version", language, name=harmless(name), then=harmless(then), now=now))
    _show_seal(verdict.seal, language)


def _show_seal(seal: Seal, language: str) -> None:
    """Who signed a bundle, and whether that holds."""
    if seal.signature is None:
        print(say("console.unsigned" if seal.known else "console.unsigned-distrusted", language))
        return
    name = "signed-broken" if not seal.holds else "signed" if seal.known else "signed-distrusted"
    facts = {"key": harmless(seal.signature.key), "fingerprint": seal.signature.fingerprint}
    print(say(f"console.{name}", language, **facts))


def show_rolled_up(rolled: RolledUp, twice: Sequence[str], language: str) -> None:
    """Which workspaces are in the ranking of all and which are not, what may be compared, and where it is."""
    say, national = Words("rollup", language), rolled.national
    for name in twice:
        print(say("twice", workspace=harmless(name)))
    for each in national.absent:
        print(say("absent", workspace=harmless(str(each.workspace)), reason=harmless(each.reason)))
    if warning := warning_of(national, say):
        print(warning)
    if rolled.year and not rolled.year.courses:
        print(say("year-none"))
    print(about(national, say))
    print(say("written", book=rolled.book, listing=rolled.listing))


def show_increments(written: Increments, language: str) -> None:
    """Who is to be looked at, and what the raises come to."""
    say = Words("increments", language)
    for line in written.told:
        print(say("line", code=line.code, name=line.name, note=line.note))
    raises = written.raises
    given, ceiling, left = (f"{each / 100:,.2f}" for each in (raises.given, raises.ceiling, raises.left))
    print(say("written", file=written.path, given=given, ceiling=ceiling, left=left))
