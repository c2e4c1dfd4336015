"""``explain UNIT KPI``: an answer that can be held up in an appeal, every figure of it with the cell it came
from.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from workspace import (
    CHACHOENGSAO,
    FORM,
    NAKHON_PHANOM,
    RAYONG,
    ROOT,
    SAMPLES,
    address_of,
    cell_of,
    change,
    copy_sample,
    keep_units,
    kpibatch,
    open_book,
    submission,
    table_cell,
)

from kpibatch.base.config import read_config
from kpibatch.months.assess import assess_month
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.why.explain import explain

JUNE, MAY = "2565-06", "2565-05"
MONTHS = ("2565-04", MAY, JUNE)
BUDGET = 1_897_000  # of 3101, in ค่าตั้งต้น
CHANGED = {
    "3101": {("T1.spent", JUNE): 0.87 * BUDGET, ("T1.loan_docs", JUNE): "ใช่"},
    "3102": {
        (f"T3.{name}", JUNE): answer
        for name, answer in zip(
            ("activities", "published", "summary", "reported"), ("ใช่", "ไม่ใช่", "ใช่", "ใช่"), strict=True
        )
    },
    "3103": {("T1.spent", JUNE): None},
    "3104": {("T7.submitted", month): None for month in MONTHS},
    "3105": {("T4.has_default", JUNE): "มี"},
    "3107": {("I6.otop_now", JUNE): 134_003_538.1},
}


SOME = (*(str(code) for code in range(3101, 3109)), "3119")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default workspace with some districts' June reports changed; 3119 has sent none."""
    copy = keep_units(copy_sample(tmp_path_factory.mktemp("explain")), *SOME)
    for unit, cells in CHANGED.items():
        change(submission(copy, unit, JUNE), cells)
    for month in MONTHS[:2]:  # what was sent first would stand
        change(submission(copy, "3104", month), CHANGED["3104"])
    change(
        submission(copy, "3106", JUNE),
        {("T1.spent", JUNE): round(0.9499996 * base(copy, "3106", "T1.allocated"), 2)},
    )
    return copy


@pytest.fixture(scope="module")
def outcome(workspace: Path) -> Outcome:
    return assess_month(read_config(workspace), JUNE)


@pytest.fixture(scope="module")
def told(outcome: Outcome) -> Callable[[str, str], str]:
    """The same lines without the command, for the many questions."""
    return lambda unit, kpi: "\n".join(explain(outcome, unit, kpi))


def base(workspace: Path, unit: str, measure: str) -> float:
    return float(
        table_cell(open_book(workspace / "level_tables.xlsx")["ค่าตั้งต้น"], {"รหัสหน่วย": unit}, measure).value
    )  # type: ignore[arg-type]


def line_of(text: str, start: str) -> str:
    [line] = [line.strip() for line in text.splitlines() if line.strip().startswith(start)]
    return line


def marks(text: str) -> list[str]:
    """Each level's line: its mark, number, and what stands beside it."""
    return [line for line in text.splitlines() if re.match(r"[✓✗] ระดับ \d", line)]


# --- the command --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_level_is_explained_from_cell_to_next_step(workspace: Path) -> None:
    result = kpibatch(workspace, "explain", "3101", "T1")
    assert result.exit_code == 0
    text, file = result.output, "3101 เมืองบุรีรัมย์.xlsx"
    spent, docs = (
        address_of(submission(workspace, "3101", JUNE), f"T1.{name}", JUNE) for name in ("spent", "loan_docs")
    )
    assert text.splitlines()[:3] == [
        "3101 เมืองบุรีรัมย์   T1 ร้อยละของการใช้จ่ายเงินงบประมาณ   มิถุนายน 2565",
        "อ้างอิง รายทีม ตัวชี้วัดที่ 1 (บร 0019/ว 3262 ลงวันที่ 9 มิถุนายน 2565)   ผู้รับผิดชอบ กลุ่มงานประสานฯ",
        "ได้ระดับ 2   คะแนน 2   มีส่วนในคะแนนรวมร้อยละ 7.50",
    ]
    assert f"T1.spent  เบิกจ่ายสะสม = 1,650,390 บาท   [{file} {FORM}!{spent}]   ล่าสุด" in text
    assert "T1.allocated  งบประมาณที่ได้รับจัดสรร = 1,897,000 บาท   [level_tables.xlsx ค่าตั้งต้น!C3]" in text
    assert "T1.pct  ร้อยละการใช้จ่าย = 87 ร้อยละ   = 100 × 1650390 ÷ 1897000" in text
    assert f"T1.loan_docs  ส่งหลักฐานใช้เงินยืมราชการครบถ้วน = ใช่   [{file} {FORM}!{docs}]   ล่าสุด" in text
    assert marks(text) == ["✓ ระดับ 1", "✓ ระดับ 2", "✗ ระดับ 3", "✗ ระดับ 4", "✗ ระดับ 5"]
    for column, mark, percent in zip("EFGHI", "✓✓✗✗✗", (80, 85, 90, 95, 100), strict=True):
        assert (
            f"    {mark} ร้อยละการใช้จ่าย ไม่น้อยกว่าร้อยละ {percent}: 87   [level_tables.xlsx ระดับ!{column}2]"
            in text
        )
        assert (
            f"    ✓ ส่งหลักฐานใช้เงินยืมราชการครบถ้วน: ใช่   [level_tables.xlsx ระดับ!{column}3]"
            "   (หลักฐานใช้เงินยืมต้องครบทุกระดับ)" in text
        )
    assert text.splitlines()[-2:] == [
        "สิ่งที่ขาดถึงระดับ 3 (คะแนนรวมจะเพิ่ม 0.0750)",
        "  • เบิกจ่ายสะสม อีก 56,910 บาท (ให้ถึง 1,707,300)",
    ]
    assert kpibatch(workspace, "explain", "เมืองบุรีรัมย์", "T1", JUNE).output == text
    assert kpibatch(workspace, "explain", "๓๑๐๑", "T1", "๒๕๖๕-๐๖").output == text
    assert not (workspace / "output").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("3101x", "T1"), "ไม่มีหน่วย “3101x” ใกล้ที่สุดคือ “3101”"),
        (("บ้านกรวต", "T1"), "ไม่มีหน่วย “บ้านกรวต” ใกล้ที่สุดคือ “บ้านกรวด”"),
        (("3101", "T-8"), "ไม่มีตัวชี้วัด “T-8” ใกล้ที่สุดคือ “T8”"),
        (("3101", "t1"), "ไม่มีตัวชี้วัด “t1” ใกล้ที่สุดคือ “T1”"),
        (("3101", "T1", "2565-08"), "2565-08"),
        (("3101", "T1", "2566-06"), "2566-06"),
        (("3101", "T1", "มิถุนายน"), "มิถุนายน"),
    ],
    ids=[
        "unit code",
        "unit name",
        "KPI",
        "KPI in lower case",
        "month without reports",
        "month outside",
        "no month",
    ],
)
def test_what_does_not_exist_is_one_line_with_the_nearest(words: tuple[str, ...], message: str) -> None:
    result = kpibatch(ROOT, "explain", *words)
    assert result.exit_code == 2
    [line] = result.stderr.splitlines()
    assert line.startswith("kpibatch: ")
    assert message in line


# --- what it says -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_value_names_the_cell_it_came_from(
    workspace: Path, outcome: Outcome, told: Callable[[str, str], str]
) -> None:
    path = submission(workspace, "3101", JUNE)
    book, tables, seen = open_book(path), outcome.tables, 0
    baselines = open_book(workspace / "level_tables.xlsx")["ค่าตั้งต้น"]
    for leaf in tables.leaves:
        text = told("3101", leaf.code)
        if "3101" not in tables.meant[leaf.code]:
            assert text.endswith("\nตัวชี้วัดนี้ไม่ใช้กับหน่วยนี้")
            continue
        for measure in tables.measures_of(leaf.code):
            line = line_of(text, f"{measure.code}  {measure.label} = ")
            if measure.source.value == "กรอก":
                assert list(places_of(line)) == cells_in(
                    book, measure.code, measure.rollup.value, path.name
                ), line
                seen += "[" in line
            elif measure.source.value == "ค่าตั้งต้น":
                cell = table_cell(baselines, {"รหัสหน่วย": "3101"}, measure.code)
                assert list(places_of(line)) == [f"level_tables.xlsx ค่าตั้งต้น!{cell.coordinate}"]
    assert seen > 60


def places_of(line: str) -> Iterator[str]:
    yield from re.findall(r"\[([^\]]+)\]", line)


def cells_in(book: object, measure: str, rollup: str, file: str) -> list[str]:
    """Where a measure's value must have come from: the last month filled in, the lowest, or all of them."""
    cells = [cell_of(book, measure, month) for month in MONTHS]  # type: ignore[arg-type]
    filled = [cell for cell in cells if cell.value is not None]
    if not filled:
        return []
    if rollup == "รวม":
        return [f"{file} {FORM}!{filled[0].coordinate}:{filled[-1].coordinate}"]
    lowest = min(filled, key=lambda cell: cell.value == "ใช่" if isinstance(cell.value, str) else cell.value)
    return [f"{file} {FORM}!{(lowest if rollup == 'ต่ำสุด' else filled[-1]).coordinate}"]


@pytest.mark.slow
def test_the_case_is_named_and_only_its_rows_are_asked(told: Callable[[str, str], str]) -> None:
    text = told("3101", "T5")
    assert "ใช้กรณีที่ 2: กรณี อัตรากำลังของอำเภอ (คน) มากกว่า 2 คน แต่ไม่เกิน 4 คน (ค่า 4)" in text
    assert re.findall(r"ไม่น้อยกว่า (\d+) ข่าว", text) == ["2", "4", "6", "8", "10"]
    text = told("3105", "T4")
    assert "ใช้กรณีที่ 1: กรณี มีเงินยืมที่ผิดนัดตามสัญญาหรือกองทุนเสียหาย ใช่ (ค่า ใช่)" in text
    assert "ร้อยละที่เรียกคืนหรือปรับโครงสร้าง ไม่น้อยกว่าร้อยละ 10: " in text
    assert "ร้อยละกองทุนที่สนับสนุน ไม่น้อยกว่า" not in text


@pytest.mark.slow
def test_what_is_asked_of_a_value_stands_below_it(told: Callable[[str, str], str]) -> None:
    lines = told("3102", "T4").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("  T4.has_default  "))
    assert lines[at + 1].startswith("      ? มีเงินยืมที่ผิดนัด")
    assert "143,000 บาท" in lines[at + 1]
    assert [line for line in told("3105", "T4").splitlines() if line.startswith("      ? ")] == []


@pytest.mark.slow
def test_what_is_done_above_a_gap_is_told_as_not_counted(told: Callable[[str, str], str]) -> None:
    text, beside = told("3102", "T3"), "   ทำแล้วแต่ยังไม่นับ เพราะขาดระดับก่อนหน้า"
    assert "ได้ระดับ 1   คะแนน 1 " in text
    assert marks(text) == ["✓ ระดับ 1", "✗ ระดับ 2", f"✓ ระดับ 3{beside}", f"✓ ระดับ 4{beside}", "✗ ระดับ 5"]
    # level 2 brings levels 3 and 4 with it: three levels of 10 % of 50 % of the total
    assert text.endswith("สิ่งที่ขาดถึงระดับ 2 (คะแนนรวมจะเพิ่ม 0.1500)\n  • เผยแพร่บนเว็บไซต์หน่วยงาน ต้องเป็น “ใช่”")


@pytest.mark.slow
def test_a_value_carried_over_makes_it_provisional_and_shows_its_own_month(
    workspace: Path, told: Callable[[str, str], str]
) -> None:
    path, text = submission(workspace, "3103", JUNE), told("3103", "T1")
    assert text.splitlines()[2].endswith("   ชั่วคราว: ข้อมูลยังไม่ครบ")
    assert "ชั่วคราว" not in told("3101", "T1")
    assert f"บาท   [{path.name} {FORM}!{address_of(path, 'T1.spent', MAY)}]" in line_of(text, "T1.spent ")


@pytest.mark.slow
def test_a_missing_value_is_said_to_be_missing_not_zero(told: Callable[[str, str], str]) -> None:
    text = told("3104", "T7")
    assert line_of(text, "T7.submitted ").endswith("= ไม่มีข้อมูล ประเด็น   ส่งแล้วแต่ช่องว่าง")
    assert re.search(r"T7\.pct  \S+ = ไม่มีข้อมูล ร้อยละ   = 100 × \? ÷ \d+", text)
    assert "ได้ระดับ 0   คะแนน 0" in text
    assert "ชั่วคราว: ข้อมูลยังไม่ครบ" in text
    assert text.endswith("  • ประเด็นที่ส่งแล้ว ยังไม่มีข้อมูล ต้องรายงานก่อน")


@pytest.mark.slow
def test_a_unit_that_sent_nothing_gets_no_level(told: Callable[[str, str], str]) -> None:
    text = told("3119", "T1")
    assert "หน่วยนี้ยังไม่ส่งรายงานของเดือนนี้ จึงยังไม่มีคะแนนและอันดับ" in text
    assert "ได้ระดับ" not in text
    assert "[level_tables.xlsx ค่าตั้งต้น!C11]" in text


@pytest.mark.slow
def test_figures_are_shown_as_they_were_typed(told: Callable[[str, str], str]) -> None:
    line = line_of(told("3107", "I6"), "I6.otop_growth ")
    assert "= 100 × (134003538.1 − " in line


@pytest.mark.slow
def test_a_value_just_below_a_threshold_is_not_shown_as_the_threshold(
    told: Callable[[str, str], str],
) -> None:
    missed = line_of(told("3106", "T1"), "✗ ร้อยละการใช้จ่าย ไม่น้อยกว่าร้อยละ 95: ")
    assert ": 94.99" in missed


@pytest.mark.slow
def test_an_earlier_month_is_explained_by_its_own_report(workspace: Path) -> None:
    text = kpibatch(workspace, "explain", "3119", "T1", MAY).output
    path = submission(workspace, "3119", MAY)
    assert "พฤษภาคม 2565" in text
    assert f"[{path.name} {FORM}!{address_of(path, 'T1.spent', MAY)}]" in text


# --- the other samples --------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("satisfaction", "level", "score", "gain"),
    [(82.5, 2, "2.5", "0.1000"), (75, 1, "1", "0.2000"), (74.99, 0, "1", "0.0000"), (84, 2, "2.8", "0.0400")],
)
def test_rayong_is_interpolated(
    satisfaction: float, level: int, score: str, gain: str, tmp_path: Path
) -> None:
    copy = copy_sample(tmp_path, RAYONG)
    path = next((copy / "submissions" / "2554-09").glob("*.xlsx"))
    change(path, {("D2.1.satisfaction", "2554-09"): satisfaction})
    text = kpibatch(copy, "explain", path.stem.split()[0], "D2.1").output
    assert f"ได้ระดับ {level}   คะแนน {score}   มีส่วนในคะแนนรวมร้อยละ 20.00" in text
    assert "ให้คะแนนแบบค่าต่อเนื่อง" in text
    assert f"สิ่งที่ขาดถึงระดับ {level + 1} (คะแนนรวมจะเพิ่ม {gain})" in text


@pytest.mark.slow
def test_nakhon_phanom_says_what_does_not_apply() -> None:
    text = kpibatch(SAMPLES / NAKHON_PHANOM, "explain", "4801", "I2.3").output
    assert text.splitlines()[2:] == ["ตัวชี้วัดนี้ไม่ใช้กับหน่วยนี้"]
    applies = kpibatch(SAMPLES / NAKHON_PHANOM, "explain", "4804", "I2.3").output
    assert "ตัวชี้วัดนี้ไม่ใช้กับหน่วยนี้" not in applies
    assert "มีส่วนในคะแนนรวมร้อยละ 3.75" in applies  # 50 % × 15 % × one of two that apply


@pytest.mark.slow
def test_nakhon_phanom_says_where_the_timely_months_come_from() -> None:
    text = kpibatch(SAMPLES / NAKHON_PHANOM, "explain", "4801", "I7").output
    assert "วันที่ส่งรายงาน" in line_of(text, "I7.pct ")


@pytest.mark.slow
def test_chachoengsao_any_result_is_level_1() -> None:
    text = kpibatch(SAMPLES / CHACHOENGSAO, "explain", "2401", "T2").output
    assert re.search(r"✓ ร้อยละตามแผน ได้เท่าใดก็ตาม: [\d.]+   \[level_tables\.xlsx ระดับ!E3\]", text)


@pytest.mark.slow
def test_the_template_of_a_kpi_is_told(tmp_path: Path) -> None:
    workspace = copy_sample(tmp_path, RAYONG)
    book = open_book(workspace / "level_tables.xlsx")
    for row, said in enumerate(("ยุทธศาสตร์ ทีม", *["พึ่งตนเองได้ ทุกทีม"] * 10), 1):
        book["ตัวชี้วัด"][f"J{row}"].value, book["ตัวชี้วัด"][f"K{row}"].value = said.split()
    book.save(workspace / "level_tables.xlsx")
    outcome = assess_month(read_config(workspace), "2554-09")
    for node in (outcome.tables.nodes[0], outcome.tables.leaves[0]):
        lines = explain(outcome, "21P01", node.code)
        assert [line for line in lines if "พึ่งตนเอง" in line or "ทุกทีม" in line] == [
            "  ยุทธศาสตร์: พึ่งตนเองได้",
            "  ทีม: ทุกทีม",
        ]
