"""``kpibatch diff``: whole commands on copied workspaces, in both languages, with their exit codes."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from small_workspace import EARLIER, MONTH, written_workspace
from workspace import (
    BURIRAM,
    RAYONG,
    SAMPLES,
    change,
    configure,
    copy_few,
    copy_sample,
    edit_table,
    kpibatch,
    open_book,
    read_rows,
    submission,
)
from workspace import listings as run

from kpibatch.base.config import read_config
from kpibatch.months.assess import assess_month
from kpibatch.months.compare.moves import compare
from kpibatch.months.compare.rows import COLUMNS
from kpibatch.months.compare.side import side_of_month, side_of_outcome
from kpibatch.months.folder import read_published
from kpibatch.months.record import record_bytes
from kpibatch.rules.paper.changes import table_changes

MAY, JUNE = "2565-05", "2565-06"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default sample with May and June run; T5 weighs more in June, and 3119 has sent nothing for it."""
    copy = copy_few(tmp_path_factory.mktemp("diff"), BURIRAM)
    shutil.copy(copy / "level_tables.xlsx", copy / "old.xlsx")
    run(copy, MAY)
    edit_table(copy, "ตัวชี้วัด", {"รหัส": "T5"}, "น้ำหนัก", 5)
    edit_table(copy, "ตัวชี้วัด", {"รหัส": "T7"}, "น้ำหนัก", 15)
    run(copy, JUNE)
    return copy


def english(workspace: Path, *words: str) -> Result:
    configure(workspace, language='"en"')
    try:
        return kpibatch(workspace, *words)
    finally:
        configure(workspace, language='"th"')


def block(text: str, unit: str) -> list[str]:
    """A unit's lines."""
    [found] = [
        part.splitlines() for part in text.split("\n\n") if part and f" {unit} " in part.splitlines()[0][:12]
    ]
    return found


# --- months -------------------------------------------------------------------------------------------------


def test_two_months_of_two_units(tmp_path: Path) -> None:
    """The first overtakes the second, in words, as CSV and as a workbook."""
    workspace = written_workspace(tmp_path)
    told = kpibatch(workspace, "diff", EARLIER, MONTH, "--xlsx")
    assert told.exit_code == 1
    assert "21P01 สำนักงานจังหวัด   อันดับ 2 → 1" in told.output
    listed = kpibatch(workspace, "diff", EARLIER, MONTH, "--format", "csv").stdout.lstrip("\ufeff")
    rows = list(csv.DictReader(listed.splitlines()))
    assert {(row["unit"], row["before"], row["after"]) for row in rows if row["cause"] == "rank"} == {
        ("21P01", "2", "1"),
        ("21P02", "1", "2"),
    }
    book = open_book(workspace / "output" / f"diff {EARLIER} {MONTH}.xlsx")
    assert any("21P01" in str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.slow
def test_two_months(workspace: Path) -> None:
    result = kpibatch(workspace, "diff", MAY, JUNE)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0] == "เทียบเดือนพฤษภาคม 2565 กับเดือนมิถุนายน 2565"
    assert lines[2:5] == [
        "กติกาที่เปลี่ยน 2 แห่ง",
        "  T5 น้ำหนัก: 10 → 5   [level_tables.xlsx ตัวชี้วัด!D8]",
        "  T7 น้ำหนัก: 10 → 15   [level_tables.xlsx ตัวชี้วัด!D10]",
    ]
    own = block(result.output, "3101")
    assert own[0].startswith("▼")
    assert "    T1 ร้อยละของการใช้จ่ายเงินงบประมาณ   ระดับ 3 → 4   +0.0750" in own
    spent = "ร้อยละการใช้จ่าย 93.8599 → 95.2599: เบิกจ่ายสะสม 1,780,522.76 → 1,807,081.18 บาท"
    assert f"        {spent}   [3101 เมืองบุรีรัมย์.xlsx แบบรายงาน!J8]" in own
    assert own[-1].startswith("    น้ำหนักในคะแนนรวม: T5 ร้อยละ 5.00 → 2.50 และอีก 1 ตัวชี้วัด   ")


@pytest.mark.slow
def test_a_unit_that_sent_in_one_month_only(workspace: Path) -> None:
    [gone] = block(kpibatch(workspace, "diff", MAY, JUNE).output, "3119")
    assert gone.endswith("→ –   ส่งแล้ว → ไม่ส่งรายงาน")
    [come] = block(kpibatch(workspace, "diff", JUNE, MAY).output, "3119")
    assert come.startswith("–   3119 บ้านใหม่ไชยพจน์   อันดับ – → ")
    assert come.endswith("   ไม่ส่งรายงาน → ส่งแล้ว")


@pytest.mark.slow
def test_one_unit_by_code_or_name_in_english(workspace: Path) -> None:
    result = english(workspace, "diff", MAY, JUNE, "--unit", "3101")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[:2] == ["May 2022 compared with Jun 2022", ""]
    assert lines[2].startswith("▼")
    assert "    T1 ร้อยละของการใช้จ่ายเงินงบประมาณ   level 3 → 4   +0.0750" in lines
    assert english(workspace, "diff", "๒๕๖๕-๐๕", JUNE, "--unit", "เมืองบุรีรัมย์").output == result.output


@pytest.mark.slow
def test_csv_adds_up(workspace: Path) -> None:
    result = kpibatch(workspace, "diff", MAY, JUNE, "--format", "csv")
    assert result.exit_code == 1
    rows = list(csv.DictReader(result.output.removeprefix("\ufeff").splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert [row["cause"] for row in rows[:3]] == ["rule", "rule", "rank"]
    published = {
        (row["unit"], row["node"], month): row
        for month in (MAY, JUNE)
        for row in read_rows(workspace / "output" / month / "scores.csv")
    }
    for unit in {row["unit"] for row in rows} - {"", "3119"}:
        own = [row for row in rows if row["unit"] == unit]
        [total] = [row for row in own if row["kpi"] == "total"]
        assert (total["before"], total["after"]) == tuple(
            published[unit, "total", month]["rank"] for month in (MAY, JUNE)
        )
        parts = [float(row["points"]) for row in own if row["kpi"] != "total" and row["points"]]
        assert sum(parts) == pytest.approx(float(total["points"]), abs=1e-6)
        for row in own:
            if row["level_a"]:
                assert (row["level_a"], row["level_b"]) == tuple(
                    published[unit, row["kpi"], month]["level"] for month in (MAY, JUNE)
                )


@pytest.mark.slow
@pytest.mark.parametrize("month", [MAY, JUNE])
def test_a_month_and_itself(workspace: Path, month: str) -> None:
    result = kpibatch(workspace, "diff", month, month)
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "ไม่มีอะไรต่างกัน")
    assert english(workspace, "diff", month, month).output.splitlines()[-1] == "Nothing differs"
    csv_only = kpibatch(workspace, "diff", month, month, "--format", "csv")
    assert (csv_only.exit_code, csv_only.output.splitlines()) == (0, ["\ufeff" + ",".join(COLUMNS)])


@pytest.mark.slow
def test_the_workbook(workspace: Path) -> None:
    result = kpibatch(workspace, "diff", MAY, JUNE, "--xlsx")
    path = workspace / "output" / f"diff {MAY} {JUNE}.xlsx"
    assert f"เขียนที่ {path}" in result.output
    [sheet] = open_book(path).worksheets
    assert (sheet.title, sheet.page_setup.orientation, sheet.page_setup.paperSize) == (
        "สิ่งที่เปลี่ยน",
        "landscape",
        9,
    )
    assert sheet["A1"].value == "เทียบเดือนพฤษภาคม 2565 กับเดือนมิถุนายน 2565"
    texts = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert "3101 เมืองบุรีรัมย์" in texts
    assert "3101 เมืองบุรีรัมย์.xlsx แบบรายงาน!J8" in texts
    assert "T5 น้ำหนัก: 10 → 5" in texts
    first = path.read_bytes()
    kpibatch(workspace, "diff", MAY, JUNE, "--xlsx")
    assert path.read_bytes() == first


@pytest.mark.slow
def test_a_published_month_and_the_same_worked_out_anew_are_one(workspace: Path) -> None:
    config = read_config(workspace)
    published = side_of_month(read_published(workspace / "output" / JUNE), config.corrections.name)
    anew = side_of_outcome(assess_month(config, JUNE), JUNE, config.level_tables)
    changes = table_changes(published.tables, published.workbook, anew.tables, anew.workbook)
    assert not compare(published, anew, changes, "th").anything
    assert published.places == anew.places


# --- level tables -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_level_tables(workspace: Path) -> None:
    result = kpibatch(workspace, "diff", "old.xlsx", "level_tables.xlsx")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0] == "เทียบตารางระดับ old.xlsx กับ level_tables.xlsx"
    assert "  T5 น้ำหนัก: 10 → 5   [old.xlsx ตัวชี้วัด!D8 → level_tables.xlsx ตัวชี้วัด!D8]" in lines
    assert "คะแนนและอันดับ: คิดจากแบบรายงานเดือนมิถุนายน 2565 ด้วยตารางทั้งสองฉบับ" in lines
    assert any(line.startswith("    น้ำหนักในคะแนนรวม: T5") for line in lines)
    assert not (workspace / "output" / "diff old level_tables.xlsx").exists()
    may = kpibatch(
        workspace, "diff", str(workspace / "old.xlsx"), "level_tables.xlsx", "--month", MAY, "--xlsx"
    ).output
    assert "พฤษภาคม 2565" in may
    assert (workspace / "output" / "diff old level_tables.xlsx").exists()


@pytest.mark.slow
def test_tables_that_say_the_same(workspace: Path) -> None:
    shutil.copy(workspace / "old.xlsx", workspace / "copy.xlsx")
    result = kpibatch(workspace, "diff", "old.xlsx", "copy.xlsx")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "ไม่มีอะไรต่างกัน")


@pytest.mark.slow
def test_where_nothing_can_be_scored_the_rules_alone_are_compared(workspace: Path, tmp_path: Path) -> None:
    other = str(SAMPLES / RAYONG / "level_tables.xlsx")
    result = kpibatch(workspace, "diff", "old.xlsx", other)
    assert result.exit_code == 1
    assert "เทียบเฉพาะกติกา ไม่ได้คิดคะแนน: " in result.output
    assert "ไม่มีหน่วยร่วมกัน" in result.output
    bare = copy_sample(tmp_path)
    shutil.rmtree(bare / "submissions")
    shutil.copy(bare / "level_tables.xlsx", bare / "new.xlsx")
    result = english(bare, "diff", "level_tables.xlsx", "new.xlsx")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "Nothing differs")
    assert "Only the rules are compared, nothing is scored: " in result.output
    assert kpibatch(bare, "diff", "level_tables.xlsx", "new.xlsx", "--month", JUNE).exit_code == 2


# --- mistakes -----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "thai", "other"),
    [
        ((MAY, "2565-07"), "ยังไม่มีผลของเดือน 2565-07", "kpibatch run 2565-07"),
        ((MAY, "2565-13"), "“2565-13” ไม่ใช่เดือน", "“2565-13” is no month"),
        (("มิถุนายน", "old.xlsx"), "“มิถุนายน” ไม่ใช่เดือน", "“มิถุนายน” is no month"),
        (("old.xlsx", "none.xlsx"), "“none.xlsx” ไม่ใช่เดือน", "no such file of level tables"),
        ((MAY, "old.xlsx"), "เทียบเดือนกับไฟล์ไม่ได้", "can't be compared with a file"),
        (("old.xlsx", "./old.xlsx"), "คือไฟล์เดียวกัน", "one and the same file"),
        (("old.xlsx", "config.toml"), "config.toml", "config.toml"),
        (("old.xlsx", "faulty.xlsx"), "faulty.xlsx มีข้อผิด 1 แห่ง", "faulty.xlsx hold 1 faults"),
        ((MAY, JUNE, "--month", MAY), "--month", "--month"),
        (("old.xlsx", "level_tables.xlsx", "--month", "2566-06"), "2566-06", "2566-06"),
        ((MAY, JUNE, "--unit", "3101x"), "ไม่มีหน่วย “3101x”", "There is no unit “3101x”"),
    ],
)
def test_mistakes_are_one_line(workspace: Path, words: tuple[str, ...], thai: str, other: str) -> None:
    if "faulty.xlsx" in words and not (workspace / "faulty.xlsx").exists():
        _faulty(workspace)
    for answer, text in (
        (kpibatch(workspace, "diff", *words), thai),
        (english(workspace, "diff", *words), other),
    ):
        assert answer.exit_code == 2
        [line] = answer.stderr.splitlines()
        assert text in line


def _faulty(workspace: Path) -> None:
    folder = workspace / "faulty"
    folder.mkdir()
    shutil.copy(workspace / "old.xlsx", folder / "level_tables.xlsx")
    edit_table(folder, "ระดับ", {"ตัวชี้วัด": "T1"}, "ระดับ 3", "ราว ๆ 90")
    shutil.move(folder / "level_tables.xlsx", workspace / "faulty.xlsx")


@pytest.mark.slow
def test_a_month_of_another_round(workspace: Path) -> None:
    folder = workspace / "output" / "2564-06"
    shutil.copytree(workspace / "output" / MAY, folder)
    record = folder / "run.json"
    facts = json.loads(record.read_bytes()) | {"round": "2564/2", "month": "2564-06"}
    record.write_bytes(record_bytes({name: fact for name, fact in facts.items() if name != "sha256"}))
    result = kpibatch(workspace, "diff", "2564-06", JUNE)
    assert result.exit_code == 2
    assert "เดือน 2564-06 อยู่รอบ 2564/2 แต่เดือน 2565-06 อยู่รอบ 2565/2" in result.stderr
    shutil.rmtree(folder)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("scores.csv", None),
        ("scores.csv", b"unit,node\n3101,total\n"),
        ("measures.csv", "unit,measure,value,file,sheet,cell\n3101,T1.spent,มาก,,,\n".encode()),
        ("findings.csv", b"unit,node\n3101,total\n"),
        ("findings.csv", b"\xff\xfe"),
        ("level_tables.xlsx", None),
        ("level_tables.xlsx", b"PK"),
    ],
)
def test_a_damaged_month_is_named(workspace: Path, file: str, content: bytes | None) -> None:
    path = workspace / "output" / MAY / file
    whole = path.read_bytes()
    try:
        path.unlink() if content is None else path.write_bytes(content)
        result = kpibatch(workspace, "diff", MAY, JUNE)
    finally:
        path.write_bytes(whole)
    assert result.exit_code == 2
    [line] = result.stderr.splitlines()
    assert file in line
    assert f"output/{MAY}" in line


@pytest.mark.slow
def test_a_late_change_of_a_submission_is_seen_by_running_again(workspace: Path, tmp_path: Path) -> None:
    """What was published is compared, not what the submissions say now."""
    copy = tmp_path / "copy"
    shutil.copytree(workspace, copy)
    before = kpibatch(copy, "diff", MAY, JUNE).output
    change(submission(copy, "3101", JUNE), {("T1.spent", JUNE): 1_650_390})
    assert kpibatch(copy, "diff", MAY, JUNE).output == before
    run(copy, JUNE)
    assert "ร้อยละการใช้จ่าย 93.8599 → 87: " in kpibatch(copy, "diff", MAY, JUNE, "--unit", "3101").output
