"""What the commands about what is kept of the months show."""

from collections.abc import Sequence
from pathlib import Path

from kpibatch.base.catalogue import Words, say
from kpibatch.base.config import Config
from kpibatch.base.files import harmless
from kpibatch.base.findings import NOWHERE, Finding, Place
from kpibatch.base.kinds import show_value
from kpibatch.base.thai import show_date, show_month, show_number
from kpibatch.commands.closing import Seal, Verdict
from kpibatch.commands.console import finding_line, print_aside, print_table
from kpibatch.commands.screens.records import print_history
from kpibatch.intake.central.province_book import Written
from kpibatch.intake.corrections import Correction, Corrections
from kpibatch.months.bundle import bundle_path
from kpibatch.months.history import History, Line
from kpibatch.months.increments.raises import Increments
from kpibatch.months.rollup.rollup import RolledUp
from kpibatch.months.rollup.unit_sheets import about, warning_of
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.lookup import find_kpi, find_unit
from kpibatch.rules.records import Measure, Node, Unit


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


def show_rebuilt(history: History, language: str) -> None:
    """Which months the history was made of, and which could not be read."""
    months = [month for month in history.months.folders if month not in history.skipped]
    print(say("console.history-rebuilt", language, count=len(months), months=", ".join(months) or "–"))
    _show_skipped(history, language)


def _show_skipped(history: History, language: str) -> None:
    for error in history.skipped.values():
        print_aside(error.message(language))


def show_history(
    history: History, tables: LevelTables, unit_text: str, kpi: str, language: str, form: str
) -> None:
    """One unit's line at one KPI, month by month, with each value's cell.

    Raises ``KpibatchError`` where either is unknown.
    """
    with_it = (period for period in reversed(tables.periods) if kpi in period.node)
    tables = next(with_it, tables)
    unit, node = find_unit(tables, unit_text), find_kpi(tables, kpi)
    lines = history.line(unit.code, node.code)
    _show_skipped(history, language)
    if form != "table":
        print_history(history, tables, unit.code, node.code)
        return
    if not lines:
        print(say("console.history-empty", language))
        return
    title = say(
        "console.history-title", language, unit=unit.code, name=unit.name, kpi=node.code, title=node.name
    )
    keys = ("console.month", "sheet.level", "sheet.score", "sheet.rank", "sheet.status", "console.values")
    rows = (_month_line(history, tables, unit, node, line, language) for line in lines)
    print_table([say(key, language) for key in keys], rows, title=title, right=(1, 2, 3), width=140)


def _month_line(
    history: History, tables: LevelTables, unit: Unit, node: Node, line: Line, language: str
) -> tuple[str, ...]:
    month, level, score, status, rank = line
    values = history.values(unit.code, month)
    measures = [
        _value_line(measure, *values[measure.code], language)
        for measure in tables.measures_of(node.code)
        if measure.code in values
    ]
    facts = ("–" if fact is None else show_number(fact) for fact in (level, score, rank))
    word = say(f"console.status-{status.replace('_', '-')}", language)
    return (show_month(month, language, short=True), *facts, word, "\n".join(measures))


def _value_line(measure: Measure, value: float, file: str, sheet: str, cell: str, language: str) -> str:
    text = f"{measure.label} = {show_value(value, measure.kind, language) or '–'} {measure.counting_unit}"
    place = Place(file or "", sheet or "", cell or "")
    return text.rstrip() + (f"  [{place}]" if place != NOWHERE else "")


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
