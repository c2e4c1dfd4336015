"""A month's folder as districts fill it: what is wrong with one file is said, with its place, and never
touches another district.
"""

import csv
import json
import shutil
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from pathlib import Path

import pytest
from libreoffice import recalculate
from made_once import made_once
from openpyxl import Workbook
from workspace import (
    CHACHOENGSAO,
    FORM,
    NAKHON_PHANOM,
    SAMPLES,
    address_of,
    cell_of,
    change,
    codes,
    configure,
    copy_sample,
    copy_standard,
    digest,
    findings,
    keep_units,
    open_book,
    read_rows,
    scores_of,
    submission,
)
from workspace import listings as run

from kpibatch.base.config import Config
from kpibatch.base.errors import NoSubmissions, NoSubmissionsFolder
from kpibatch.intake.month import newest_month, passed_over
from kpibatch.months.history import history_of, remember
from kpibatch.rules.reader import read_levels

UNIT, MONTH, BEFORE = "2402", "2561-03", "2561-02"
FILE = "2402 บางคล้า.xlsx"
UNITS = ("2401", UNIT, "2403", "2404")
UNREAD = ("warning", "sent-unread", UNIT, MONTH, "", "")


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of the untouched sample: no errors, no warnings."""
    workspace = few(tmp_path_factory.mktemp("clean"))
    run(workspace, BEFORE, expect=0)
    return run(workspace, MONTH, expect=0).parent


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return few(tmp_path)


def few(folder: Path) -> Path:
    """A copy of the sample with a few of its units on standard forms."""
    made = made_once(
        "a few of Chachoengsao", lambda home: keep_units(copy_standard(home, CHACHOENGSAO), *UNITS)
    )
    return Path(shutil.copytree(made / CHACHOENGSAO, folder / CHACHOENGSAO))


@pytest.fixture
def path(workspace: Path) -> Path:
    return submission(workspace, UNIT, MONTH)


def places(output: Path, clean: Path) -> list[tuple[str, ...]]:
    """The findings the clean run did not have; all else about the other districts must be as it was there."""
    before = clean / output.name
    assert scores_of(output, without=UNIT) == scores_of(before, without=UNIT)
    names = ("severity", "code", "unit", "file", "sheet", "cell")
    found = [tuple(row[name] for name in names) for row in findings(output)]
    known = [tuple(row[name] for name in names) for row in findings(before)]
    assert set(known) <= set(found)
    return [one for one in found if one not in known]


def status(output: Path) -> str:
    return next(
        row["status"]
        for row in read_rows(output / "scores.csv")
        if (row["unit"], row["node"]) == (UNIT, "total")
    )


def value(output: Path, measure: str) -> tuple[str, str, str]:
    """The value of the unit's measure, and the file and cell it came from."""
    row = next(
        row for row in read_rows(output / "measures.csv") if (row["unit"], row["measure"]) == (UNIT, measure)
    )
    return row["value"], row["file"], row["cell"]


def identify(path: Path, **said: str) -> None:
    """Change what a form says of itself on its hidden sheet."""
    book = open_book(path)
    for row in book["_kpibatch"].iter_rows():
        row[1].value = said.get(str(row[0].value), row[1].value)
    book.save(path)


# --- files that can't be used -------------------------------------------------------------------------------


def some_other_workbook(path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(["อำเภอ", "ผลงาน"])
    book.save(path)


def without_identity(path: Path) -> None:
    book = open_book(path)
    del book["_kpibatch"]
    book.save(path)


def without_codes(path: Path) -> None:
    book = open_book(path)
    book[FORM].delete_cols(1)
    book.save(path)


def blank_month(path: Path) -> None:
    book = open_book(path)
    sheet, column = book[FORM], cell_of(book, "T2.done", MONTH).column
    for row in range(7, sheet.max_row + 1):
        if not str(sheet.cell(row, 1).value or "kpi:").startswith("kpi:"):
            sheet.cell(row, column).value = None
    book.save(path)


def zip_of_texts(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("รายงาน.txt", "ผลงาน")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


UNUSABLE: Mapping[str, tuple[Callable[[Path], object], str, str]] = {
    "of another round": (lambda path: identify(path, round="2560/2"), "wrong-round", "_kpibatch"),
    "of an unknown unit": (lambda path: identify(path, unit="9999"), "unknown-unit", "_kpibatch"),
    "text named .xlsx": (lambda path: path.write_text("ผลงานเดือนนี้"), "file-text", ""),
    "empty file": (lambda path: path.write_bytes(b""), "file-empty", ""),
    "a zip of texts": (zip_of_texts, "file-not-workbook", ""),
    "cut short in the mail": (cut_short, "unreadable-file", ""),
    "some other workbook": (some_other_workbook, "not-a-form", ""),
    "hidden sheet deleted": (without_identity, "not-a-form", ""),
    "hidden column deleted": (without_codes, "not-a-form", ""),
    "month column blank": (blank_month, "month-empty", ""),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", UNUSABLE)
def test_an_unusable_file_is_named_and_stops_nobody_else(
    name: str, workspace: Path, path: Path, clean: Path
) -> None:
    spoil, code, sheet = UNUSABLE[name]
    spoil(path)
    output = run(workspace, expect=1)
    assert sorted(places(output, clean)) == sorted([("error", code, UNIT, FILE, sheet, ""), UNREAD])
    assert status(output) == "not_submitted"


@pytest.mark.slow
def test_a_file_over_the_limit_is_refused(workspace: Path, path: Path, clean: Path) -> None:
    configure(workspace, max_file_mb="0.2")
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("xl/media/photo.png", bytes(300_000))
    output = run(workspace, expect=1)
    assert ("error", "file-too-big", UNIT, FILE, "", "") in places(output, clean)
    assert "0.2 MB" in next(
        row["found"] for row in findings(output, unit=UNIT) if row["code"] == "file-too-big"
    )


@pytest.mark.slow
def test_a_form_made_from_other_level_tables_is_used_with_a_warning(
    workspace: Path, path: Path, clean: Path
) -> None:
    identify(path, digest="0123456789abcdef")
    output = run(workspace, expect=1)
    assert places(output, clean) == [("warning", "other-tables", UNIT, FILE, "_kpibatch", "")]
    assert scores_of(output) == scores_of(clean / MONTH)


@pytest.mark.slow
def test_a_deleted_row_is_an_error_and_the_rest_is_used(workspace: Path, path: Path, clean: Path) -> None:
    book = open_book(path)
    row = next(cell.row for cell in book[FORM]["A"] if cell.value == "T2.done")
    for cell in book[FORM][row]:
        cell.value = None
    book.save(path)
    output = run(workspace, expect=1)
    assert ("error", "row-missing", UNIT, FILE) in [one[:4] for one in places(output, clean)]
    assert {row["measure"] for row in findings(output, unit=UNIT)} == {"T2.done"}
    assert value(output, "T2.done")[1].startswith("2561-02/")  # what was sent before stays
    assert value(output, "T1.spent") == value(clean / MONTH, "T1.spent")
    assert status(output) == "provisional"


# --- files that are no submissions --------------------------------------------------------------------------


@pytest.mark.slow
def test_lock_files_and_hidden_files_are_passed_over_with_a_note(
    workspace: Path, path: Path, clean: Path
) -> None:
    left = (f"~${FILE}", ".2402.xlsx", "Thumbs.db", "desktop.ini")
    for name in left:
        (path.parent / name).write_bytes(b"locked")
    output = run(workspace, expect=0)
    assert sorted(places(output, clean)) == sorted(("note", "passed-over", "", name, "", "") for name in left)
    assert scores_of(output) == scores_of(clean / MONTH)
    assert len(json.loads((output / "run.json").read_text(encoding="utf-8"))["inputs"]) == len(UNITS)


@pytest.mark.slow
def test_what_is_no_workbook_is_ignored_with_a_note(workspace: Path, path: Path, clean: Path) -> None:
    (path.parent / "หมายเหตุ.txt").write_text("ส่งแล้วครับ", encoding="utf-8")
    (path.parent / "สแกน.pdf").write_bytes(b"%PDF-1.4")
    output = run(workspace, expect=0)
    assert places(output, clean) == [
        ("note", "ignored-file", "", name, "", "") for name in ("สแกน.pdf", "หมายเหตุ.txt")
    ]


# --- arrivals -----------------------------------------------------------------------------------------------


def arrive(folder: Path, arrivals: Mapping[str, str], encoding: str = "utf-8-sig") -> None:
    """Set when files arrived; the others that are there keep their time."""
    rows = read_rows(folder / "received.csv")
    known = {row["file"]: row["received"] for row in rows if (folder / row["file"]).exists()}
    with (folder / "received.csv").open("w", encoding=encoding, newline="") as lines:
        csv.writer(lines).writerows([("file", "received"), *(known | arrivals).items()])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("received", "late"),
    [
        ("2018-03-15T23:59", False),
        ("2018-03-16T00:01", True),
        ("15 มี.ค. 2561", False),
        ("๑๖ มีนาคม ๒๕๖๑", True),
        ("16/3/2561", True),
    ],
)
def test_late_is_after_the_due_day(
    received: str, late: bool, workspace: Path, path: Path, clean: Path
) -> None:
    arrive(path.parent, {FILE: received})
    output = run(workspace)
    assert places(output, clean) == ([("warning", "late", UNIT, FILE, "", "")] if late else [])
    assert scores_of(output) == scores_of(clean / MONTH)


@pytest.mark.slow
def test_an_arrival_that_is_no_day_is_a_finding_and_stops_nobody(
    workspace: Path, path: Path, clean: Path
) -> None:
    """The file counts as come when it was first seen: now, long after this round."""
    arrive(path.parent, {FILE: "เมื่อวาน"})
    output = run(workspace, expect=1)
    assert sorted(places(output, clean)) == [
        ("error", "received-line", "", "received.csv", "", ""),
        ("warning", "late", UNIT, FILE, "", ""),
    ]
    assert scores_of(output) == scores_of(clean / MONTH)


@pytest.mark.slow
def test_received_csv_as_thai_excel_saves_it(workspace: Path, path: Path, clean: Path) -> None:
    """Excel's plain “CSV” is Windows-874 in Thailand."""
    arrive(path.parent, {FILE: "2018-03-19T10:00"}, encoding="cp874")
    output = run(workspace, expect=1)
    assert places(output, clean) == [("warning", "late", UNIT, FILE, "", "")]


SECOND = "2402 บางคล้า (แก้ไข).xlsx"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "second", "counts", "late"),
    [
        ("2018-03-12T10:00", "2018-03-13T10:00", SECOND, False),
        ("2018-03-13T10:00", "2018-03-12T10:00", FILE, False),
        ("2018-03-13T10:00", "2018-03-19T10:00", FILE, False),
        ("2018-03-19T10:00", "2018-03-18T10:00", SECOND, True),
        ("2018-03-18T10:00", "2018-03-19T10:00", FILE, True),
        ("2018-03-13T10:00", "2018-03-13T10:00", FILE, False),
    ],
)
def test_of_two_submissions_the_last_in_time_counts_else_the_first_late_one(
    first: str, second: str, counts: str, late: bool, workspace: Path, path: Path, clean: Path
) -> None:
    shutil.copy(path, path.with_name(SECOND))
    change(path.with_name(SECOND), {("T2.done", MONTH): 33})
    arrive(path.parent, {FILE: first, SECOND: second})
    output = run(workspace, expect=1)
    expected = [("warning", "two-submissions", UNIT, counts, "", "")]
    if first == second:
        expected.insert(0, ("error", "arrival-order", UNIT, counts, "", ""))
    assert sorted(places(output, clean)) == sorted(
        expected + [("warning", "late", UNIT, counts, "", "")] * late
    )
    number, file, _ = value(output, "T2.done")
    assert (file, number == "33") == (counts, counts == SECOND)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("listed", "told"),
    [
        ({FILE: "2018-03-13T10:00", SECOND: "2018-03-13T10:00"}, True),
        ({FILE: "2018-03-13T10:00", SECOND: "2018-03-13T10:01"}, False),
        ({FILE: "2018-03-13T10:00"}, True),
    ],
)
def test_of_two_files_between_which_nothing_decides_one_is_taken_and_an_error_says_so(
    listed: Mapping[str, str], told: bool, workspace: Path, path: Path, clean: Path
) -> None:
    shutil.copy(path, path.with_name(SECOND))
    change(path.with_name(SECOND), {("T2.done", MONTH): 33})
    arrive(path.parent, listed)
    found = findings(run(workspace, expect=1), unit=UNIT)
    taken = SECOND if len(listed) == 2 and not told else FILE
    assert {row["file"] for row in found if row["code"] == "two-submissions"} == {taken}
    assert [(row["severity"], row["file"]) for row in found if row["code"] == "arrival-order"] == (
        [("error", taken)] if told else []
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first_seen", "late"), [("2018-03-15T23:00:00", False), ("2018-03-16T07:00:00", True), ("", True)]
)
def test_a_file_that_no_list_names_came_when_it_was_first_seen(
    first_seen: str, late: bool, workspace: Path, path: Path, clean: Path
) -> None:
    """Where it was never seen before, that is now: long after this round."""
    unlisted = path.rename(path.with_name("2402 แบบรายงาน.xlsx"))
    if first_seen:
        remember(workspace / "output", {digest(unlisted): datetime.fromisoformat(first_seen)})
    output = run(workspace)
    assert places(output, clean) == [
        ("warning", "received-no-file", "", "received.csv", "", ""),
        *([("warning", "late", UNIT, unlisted.name, "", "")] if late else []),
    ]
    assert scores_of(output) == scores_of(clean / MONTH)
    with history_of(workspace / "output") as history:
        seen = history.sights()[digest(unlisted)]
    assert seen.isoformat() == first_seen or (not first_seen and seen.year >= 2026)


@pytest.mark.slow
def test_percent_of_submissions_in_time_is_known_from_the_arrivals(tmp_path: Path) -> None:
    workspace = copy_sample(tmp_path, NAKHON_PHANOM)
    months = [f"2564-{number:02d}" for number in range(4, 10)]
    arrive(
        workspace / "submissions" / "2564-08",
        {"4801 เมืองนครพนม.xlsx": "2021-09-05T16:00", "4802 ปลาปาก.xlsx": "2021-09-06T08:30"},
    )
    shutil.rmtree(workspace / "submissions" / "2564-06")  # a month in which nobody sent anything
    came = {
        month: read_rows(path)
        for month in months
        if (path := workspace / "submissions" / month / "received.csv").is_file()
    }
    assert len(came) == 5
    due = {month: date(2021, int(month[5:]) + 1, 5) for month in months}
    prompt = [
        row["file"].split(" ")[0]
        for month, rows in came.items()
        for row in rows
        if datetime.fromisoformat(row["received"]).date() <= due[month]
    ]
    found = {
        row["unit"]: float(row["value"])
        for row in read_rows(run(workspace) / "measures.csv")
        if row["measure"] == "I7.pct"
    }
    assert {unit: round(100 * prompt.count(unit) / len(months), 6) for unit in found} == pytest.approx(found)
    assert found["4801"] > found["4802"] > found["4811"]


@pytest.mark.slow
def test_a_file_first_seen_late_stays_late_in_the_months_after(tmp_path: Path) -> None:
    workspace = copy_sample(tmp_path, NAKHON_PHANOM)
    path = submission(workspace, "4801", "2564-05")
    (path.parent / "received.csv").unlink()
    files = sorted(path.parent.glob("*.xlsx"))
    days = {file: "2021-06-20" if file == path else "2021-06-01" for file in files}
    remember(
        workspace / "output",
        {digest(file): datetime.fromisoformat(f"{day}T09:00:00") for file, day in days.items()},
    )
    values = {
        row["unit"]: row["value"]
        for row in read_rows(run(workspace) / "measures.csv")
        if row["measure"] == "I7.pct"
    }
    assert (values["4801"], values["4802"]) == ("83.333333333", "100")


# --- cells --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_is_filled_in_ahead_is_noted_and_not_counted(workspace: Path, clean: Path) -> None:
    path = submission(workspace, UNIT, BEFORE)
    change(path, {("T2.done", MONTH): 999_999})
    output = run(workspace, BEFORE, expect=0)
    assert places(output, clean) == [
        ("note", "later-month", UNIT, FILE, FORM, address_of(path, "T2.done", MONTH))
    ]
    assert scores_of(output) == scores_of(clean / BEFORE)


@pytest.mark.slow
@pytest.mark.parametrize(("content", "found"), [("=K7+K8", "'= ?"), ("#REF!", "#REF!"), ("#N/A", "#N/A")])
def test_a_broken_formula_is_an_error_not_a_blank(
    content: str, found: str, workspace: Path, path: Path, clean: Path
) -> None:
    change(path, {("T2.done", MONTH): content})
    output = run(workspace, expect=1)
    assert places(output, clean) == [
        ("error", "cell-error", UNIT, FILE, FORM, address_of(path, "T2.done", MONTH))
    ]
    assert [row["found"] for row in findings(output, unit=UNIT)] == [found]
    assert value(output, "T2.done") == ("", "", "")
    assert status(output) == "provisional"


@pytest.mark.slow
def test_a_broken_formula_is_seen_whatever_program_wrote_the_file(
    workspace: Path, path: Path, clean: Path
) -> None:
    """Other writers put a prefix before every tag (``<x:c>``), which XML allows."""
    change(path, {("T2.done", MONTH): "#REF!"})
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = (
        parts["xl/worksheets/sheet1.xml"]
        .replace(b"</", b"</x:")
        .replace(b"<", b"<x:")
        .replace(b"<x:/x:", b"</x:")
    )
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"<x:?xml", b"<?xml").replace(b" xmlns=", b" xmlns:x=")
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    output = run(workspace, expect=1)
    assert ("error", "cell-error") in [one[:2] for one in places(output, clean)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_other_workbook_formats_are_read_the_same(
    kind: str, workspace: Path, path: Path, clean: Path
) -> None:
    broken = Path(shutil.copy(path, workspace / "broken.xlsx"))
    change(broken, {("T2.done", MONTH): "=1/0"})
    sound, wrong = recalculate([path, broken], workspace / "converted", kind)
    path.unlink()
    sent = Path(shutil.copy(sound, path.parent))
    arrive(path.parent, {sent.name: "2018-03-12T10:00"})
    output = run(workspace)
    assert places(output, clean) == []
    assert scores_of(output) == scores_of(clean / MONTH)
    shutil.copy(wrong, sent)  # a broken formula is an error there, too
    arrive(path.parent, {sent.name: "2018-03-12T10:00"})
    found = findings(run(workspace, expect=1), unit=UNIT, measure="T2.done")
    assert codes(found) == ["cell-error"]


AS_TYPED = [
    ("T1.spent", "๑,๒๓๔.๕๐", "1234.5"),
    ("T1.spent", " 1,234.50 บาท", "1234.5"),
    ("T2.done", "3\u00a0กิจกรรม", "3"),
    ("T2.done", "จำนวน ๓", "3"),
    ("I5.plan", "✓", "1"),
    ("I5.plan", "ไม่มี", "0"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("measure", "typed", "read"), AS_TYPED)
def test_what_offices_type_is_read_and_noted(
    measure: str, typed: str, read: str, workspace: Path, path: Path, clean: Path
) -> None:
    change(path, {(measure, MONTH): typed})
    output = run(workspace)
    where = address_of(path, measure, MONTH)
    assert ("note", "read-as", UNIT, FILE, FORM, where) in places(output, clean)
    assert value(output, measure) == (read, FILE, where)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measure", "typed", "code"),
    [
        ("T2.done", "-", "not-a-number"),
        ("T2.done", "ประมาณ 3", "not-a-number"),
        ("T2.done", "1.234,50", "not-a-number"),
        ("T2.done", True, "not-a-number"),
        ("I3.sales_now", "9" * 400, "not-a-number"),  # more than a computer's number holds
        ("I5.plan", "อยู่ระหว่างดำเนินการ", "not-yes-no"),
        ("I5.plan", 2, "not-yes-no"),
    ],
)
def test_what_can_not_be_read_in_one_way_is_refused(
    measure: str, typed: object, code: str, workspace: Path, path: Path, clean: Path
) -> None:
    change(path, {(measure, MONTH): typed})
    output = run(workspace, expect=1)
    assert places(output, clean) == [("error", code, UNIT, FILE, FORM, address_of(path, measure, MONTH))]
    assert value(output, measure) == ("", "", "")


@pytest.mark.slow
def test_everything_wrong_with_a_file_is_found_in_one_pass(workspace: Path, path: Path, clean: Path) -> None:
    wrong = {
        ("T1.spent", MONTH): "#REF!",
        ("T2.done", MONTH): "-",
        ("I5.plan", MONTH): "อาจจะ",
        ("I6.promoted", MONTH): -1,
    }
    change(path, wrong)
    identify(path, digest="0")
    arrive(path.parent, {FILE: "2018-03-17T09:00"})
    output = run(workspace, expect=1)
    places(output, clean)
    expected = ["cell-error", "late", "negative", "not-a-number", "not-yes-no", "other-tables"]
    assert sorted(codes(findings(output, unit=UNIT))) == expected


# --- which month, where none is named -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "taken"),
    [
        (date(2018, 2, 28), BEFORE),
        (date(2018, 3, 1), MONTH),
        (date(2026, 1, 1), MONTH),
        (date(1970, 1, 1), MONTH),  # a clock that was lost: the newest of the round
    ],
)
def test_the_newest_month_of_the_round_that_has_begun(
    today: date, taken: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Clock":
            return cls(today.year, today.month, today.day, tzinfo=tz)

    monkeypatch.setattr("kpibatch.base.config.datetime", Clock)
    config = Config(tmp_path)
    tables, _ = read_levels(SAMPLES / CHACHOENGSAO / "level_tables.xlsx")
    for month in (BEFORE, MONTH, "2561-10", "2599-01"):
        (config.submissions / month).mkdir(parents=True)
        (config.submissions / month / "a.xlsx").touch()
    (config.submissions / "2561-04").mkdir()
    assert newest_month(config, tables) == taken
    assert passed_over(config, MONTH) == ["2561-10", "2599-01"]


def test_a_folder_of_other_rounds_alone_is_named(tmp_path: Path) -> None:
    config = Config(tmp_path)
    tables, _ = read_levels(SAMPLES / CHACHOENGSAO / "level_tables.xlsx")
    with pytest.raises(NoSubmissionsFolder):
        newest_month(config, tables)
    config.submissions.mkdir()
    with pytest.raises(NoSubmissions):
        newest_month(config, tables)
    (config.submissions / "2599-01").mkdir()
    (config.submissions / "2599-01" / "a.xlsx").touch()
    assert newest_month(config, tables) == "2599-01"
