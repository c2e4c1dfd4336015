"""``levels show``: the scorecard and each condition as it was read, on the screen and as the annex of a
letter to print and sign.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from openpyxl.worksheet.worksheet import Worksheet
from tablebook import levels, one_kpi
from weighing import weighing
from workspace import (
    BURIRAM,
    CHACHOENGSAO,
    NAKHON_PHANOM,
    NEWEST,
    RAYONG,
    copy_sample,
    edit_table,
    keep_units,
    kpibatch,
    open_book,
)
from worth import WORTH

from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.annex import _TALL, write_annex
from kpibatch.rules.reader import read_levels

AT_LEAST = (
    r"(?:≥|อย่างน้อย|ไม่น้อยกว่าร้อยละ|ตั้งแต่ร้อยละ|เพิ่มขึ้นร้อยละ|ลดลงร้อยละ|ได้ร้อยละ|ร้อยละ)?"
    r" *([\d.]+)(?: *- *[\d.]+| *ขึ้นไป)?"
)
SIGNS = (
    (AT_LEAST, "≥", "ไม่น้อยกว่า"),
    (r"> *([\d.]+)", ">", "มากกว่า"),
    (r"≤ *([\d.]+)", "≤", "ไม่เกิน"),
    (r"< *([\d.]+)", "<", "น้อยกว่า"),
)
SECOND = {"≤ 4": "มากกว่า 2 คน แต่ไม่เกิน 4 คน"}  # where ≤ 2 stands above it
OF_MEASURE = r"≥ ([A-Z]\S+)((?: [-+] \d+)?)"  # a threshold reckoned of another measure
ANY = (CHACHOENGSAO, "T2.pct", 1)  # ≤ 80 before 81-85: any result reaches it


class Typed(NamedTuple):
    """One row of ระดับ as it stands in the workbook."""

    kpi: str
    measure: str
    label: str
    unit: str
    percent: bool
    case: str
    levels: list[str]
    labels: dict[str, str]
    remark: str


class Tables:
    """The level tables read once more, by openpyxl alone."""

    def __init__(self, workspace: Path) -> None:
        book = open_book(workspace / "level_tables.xlsx", values=True)
        measures = {row["รหัส"]: row for row in records(book["รายการข้อมูล"])}
        self.nodes = list(records(book["ตัวชี้วัด"]))
        for node in self.nodes:  # what is fixed for each unit by itself weighs what the first one's does
            if node["น้ำหนัก"] in measures:
                node["ตาม"] = f"ตาม {measures[node['น้ำหนัก']]['รายการ']}"
                own = (row for row in records(book["ตัวชี้วัดของหน่วย"]) if row["ตัวชี้วัด"] == node["รหัส"])
                node["น้ำหนัก"] = next(own)["น้ำหนัก"]
        self.rows = [typed(row, measures) for row in records(book["ระดับ"])]

    def weights_under(self, code: str) -> float:
        return sum(float(node["น้ำหนัก"]) for node in self.nodes if node["อยู่ใต้"] == code)


def records(sheet: Worksheet) -> Iterator[dict[str, str]]:
    heads, *rows = sheet.iter_rows(values_only=True)
    for row in rows:
        if any(cell is not None for cell in row):
            yield {
                str(head): "" if cell is None else str(cell) for head, cell in zip(heads, row, strict=True)
            }


def typed(row: dict[str, str], measures: dict[str, dict[str, str]]) -> Typed:
    measure, case = measures[row["รายการข้อมูล"]], ""
    if row["กรณีของ"]:
        of = measures[row["กรณีของ"]]
        words = SECOND.get(row["เงื่อนไขกรณี"]) or bound_in_words(row["เงื่อนไขกรณี"], of["หน่วยนับ"], percent=False)
        case = f"กรณี {of['รายการ']} {words}"
    levels = [row[f"ระดับ {level}"] for level in range(1, 6)]
    return Typed(
        row["ตัวชี้วัด"],
        measure["รหัส"],
        measure["รายการ"],
        measure["หน่วยนับ"],
        measure["ชนิด"] == "ร้อยละ",
        case,
        levels,
        {code: each["รายการ"] for code, each in measures.items()},
        row["หมายเหตุ"],
    )


def bound_in_words(text: str, unit: str, *, percent: bool) -> str:
    for pattern, _, words in SIGNS:
        if found := re.fullmatch(pattern, text):
            number = f"{float(found[1]):,.2f}".rstrip("0").rstrip(".")
            return f"{words}ร้อยละ {number}" if percent else f"{words} {number} {unit}".strip()
    return text


def item_in_words(name: str, row: Typed, level: int) -> str:
    text = row.levels[level - 1]
    if (name, row.measure, level) == ANY:
        return f"{row.label} ได้เท่าใดก็ตาม"
    if text in ("ใช่", "ไม่ใช่"):
        return row.label if text == "ใช่" else f"ไม่มี{row.label}"
    if found := re.fullmatch(OF_MEASURE, text):
        return f"{row.label} ไม่น้อยกว่า {row.labels[found[1]]}{found[2].replace('-', '−')}"
    return f"{row.label} {bound_in_words(text, row.unit, percent=row.percent)}"


def level_in_words(name: str, rows: list[Typed], level: int) -> list[str]:
    """Each case's items joined, then those that count in every case."""
    asking = [row for row in rows if row.levels[level - 1]]
    cases = dict.fromkeys(row.case for row in asking if row.case)
    joined = [
        f"{case}: " + " และ".join(item_in_words(name, row, level) for row in asking if row.case == case)
        for case in cases
    ]
    return joined + [item_in_words(name, row, level) for row in asking if not row.case]


QUICK = (CHACHOENGSAO, RAYONG)


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in NEWEST],
)
def shown(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path, Tables, str]:
    """A sample's name, workspace, tables, and what ``levels show`` printed; the annex is written."""
    name = str(request.param)
    workspace = copy_sample(tmp_path_factory.mktemp("show"), name)
    tables, _ = read_levels(workspace / "level_tables.xlsx")
    if tables.tree.there:
        keep_units(workspace, *(unit.code for unit in tables.units[tables.tree.kinds[0].rows]))
    printed, written = kpibatch(workspace, "levels", "show"), kpibatch(workspace, "levels", "show", "--xlsx")
    assert (printed.exit_code, written.exit_code) == (0, 0)
    assert written.output.strip() == f"เขียนเอกสารแนบที่ {workspace / 'output' / 'level_tables_annex.xlsx'}"
    return name, workspace, Tables(workspace), printed.output


# --- on the screen ------------------------------------------------------------------------------------------


def test_every_node_is_printed_with_its_weight(shown: tuple[str, Path, Tables, str]) -> None:
    _, _, tables, printed = shown
    for node in tables.nodes:
        [line] = [
            line
            for line in printed.splitlines()
            if line.strip().startswith(f"{node['รหัส']}  {node['ชื่อ']}   ")
        ]
        under = f" / {tables.weights_under(node['รหัส']):g}" if tables.weights_under(node["รหัส"]) else ""
        weight = node.get("ตาม") or f"{float(node['น้ำหนัก']):g}"
        assert f"   น้ำหนัก {weight}{under}   " in line
        assert node["อ้างอิง"] in line
        assert node["ผู้รับผิดชอบ"] in line


def test_every_condition_is_printed_as_it_was_read(shown: tuple[str, Path, Tables, str]) -> None:
    name, _, tables, printed = shown
    lines = [re.sub(r"^ *(?:\[(.*?)\] )?", r"\1|", line) for line in printed.splitlines() if ":  " in line]
    expected = [
        f"{row.case}|{row.measure} {row.label}:  "
        + "  |  ".join(as_read(name, row, level) for level in range(1, 6))
        for row in tables.rows
    ]
    by_kpi = [node["รหัส"] for node in tables.nodes]
    order = sorted(range(len(tables.rows)), key=lambda number: by_kpi.index(tables.rows[number].kpi))
    assert len(lines) == len(expected)
    for line, number in zip(lines, order, strict=True):
        assert line.partition("   (")[0] == expected[number]


def as_read(name: str, row: Typed, level: int) -> str:
    text = row.levels[level - 1]
    for pattern, sign, _ in SIGNS:
        found = re.fullmatch(pattern, text)
        if found and (name, row.measure, level) != ANY:
            return f"{sign} {float(found[1]):g}"
    if found := re.fullmatch(OF_MEASURE, text):
        return f"≥ {found[1]}{found[2].replace('-', '−')}"
    return text or "–"


# --- the annex ----------------------------------------------------------------------------------------------


def annex(workspace: Path) -> Worksheet:
    sheet = open_book(workspace / "output" / "level_tables_annex.xlsx").active
    assert isinstance(sheet, Worksheet)
    return sheet


def blocks(sheet: Worksheet) -> dict[str, list[tuple[Any, ...]]]:
    """The annex's rows by the code that begins each KPI or section; ``รวมน้ำหนัก`` begins the end."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    code = ""
    for row in sheet.iter_rows(min_row=7, values_only=True):
        code = str(row[0]).split("  ")[0] if row[0] else code
        found.setdefault(code, []).append(row)
    return found


TOLD = {
    (RAYONG, "D1.1"): [
        "กิจกรรมที่เกินหรือขาด: กิจกรรมที่บรรลุ ลบด้วย กิจกรรมเป้าหมายตามแผนจังหวัด",
        "ห่างกี่ขั้น: กิจกรรมที่เกินหรือขาด หารด้วย ระดับห่างกันทีละเท่าใด",
    ],
    (RAYONG, "D1.2"): [
        "ผลตามคำรับรองที่เกินหรือขาด: เป้าหมายที่บรรลุ ลบด้วย เป้าหมายตามคำรับรองกรม",
        "ห่างกี่ขั้น: ผลตามคำรับรองที่เกินหรือขาด หารด้วย ระดับห่างกันทีละเท่าใด",
    ],
    (BURIRAM, "T7"): ["ประเด็นที่จังหวัดแจ้งให้ส่ง: จังหวัดกรอก"],
    (BURIRAM, "I9"): ["เรื่องร้องเรียนทั้งหมด: จังหวัดกรอก"],
}


def test_the_annex_says_every_level_of_every_kpi_in_words(shown: tuple[str, Path, Tables, str]) -> None:
    name, workspace, tables, _ = shown
    annexed = blocks(annex(workspace))
    for node in tables.nodes:
        rows = [row for row in tables.rows if row.kpi == node["รหัส"]]
        if not rows:
            continue
        (_, title, weight, responsible), *lines = annexed[node["รหัส"]]
        assert title.startswith(node["ชื่อ"])
        assert weight == ("ตามหน่วย" if node.get("ตาม") else float(node["น้ำหนัก"]))
        assert (responsible or "") == node["ผู้รับผิดชอบ"]
        if node.get("ตาม"):
            assert {*TOLD[name, node["รหัส"]]} <= {line[1] for line in lines}
            continue
        expected = []
        for level in range(1, 6):
            items = level_in_words(name, rows, level)
            expected += [f"ระดับ {level}  {items[0]}"] if len(items) == 1 else [f"ระดับ {level}"]
            expected += [f"      {number}. {item}" for number, item in enumerate(items, 1) if len(items) > 1]
        expected += TOLD.get((name, node["รหัส"]), [])
        expected += [f"ยุทธศาสตร์: {node['ยุทธศาสตร์']}"] if node.get("ยุทธศาสตร์") else []
        notes = {row.remark: row.label for row in reversed(rows) if row.remark}
        expected += [f"หมายเหตุ {label}: {note}" for note, label in reversed(notes.items())]
        assert [line[1] for line in lines if not str(line[1]).endswith(" (ต่อ)")] == expected


def test_the_annex_has_sections_totals_and_a_block_to_sign(shown: tuple[str, Path, Tables, str]) -> None:
    name, workspace, tables, _ = shown
    annexed = blocks(annex(workspace))
    codes = in_tree_order(tables, "")
    assert [code for code in annexed if code in codes] == codes
    for node in tables.nodes:
        under, own = tables.weights_under(node["รหัส"]), float(node["น้ำหนัก"])
        if under:
            [(heading, _, weight, _)] = annexed[node["รหัส"]]
            whom = node["ใช้กับ"] if node["ใช้กับ"].startswith("ประเภท") else ""
            assert heading == f"{node['รหัส']}  {node['ชื่อ']}" + (f"  ({whom})" if whom else "")
            assert str(weight) == (f"{own:g}" if own == under else f"{own:g} (ย่อยรวม {under:g})")
    if name == BURIRAM:
        assert annexed["I"][0][2] == "50 (ย่อยรวม 100)"
    assert annexed["รวมน้ำหนัก"][0][2] == 100
    _, *signatures = [*annexed.values()][-1]  # below the calendar, where there is one
    lines = [(row[1], row[2]) for row in signatures if row[1]]
    assert [left.split(" ")[0].strip("(.)") for left, _ in lines] == ["ลงชื่อ", "", "วันที่", "ผู้ประเมิน"]
    assert [left for left, _ in lines[:3]] == [right for _, right in lines[:3]]
    assert lines[3] == ("ผู้ประเมิน", "ผู้รับการประเมิน")


def in_tree_order(tables: Tables, parent: str) -> list[str]:
    children = [node["รหัส"] for node in tables.nodes if node["อยู่ใต้"] == parent]
    return [code for child in children for code in (child, *in_tree_order(tables, child))]


def test_the_annex_prints_on_a4_portrait_with_its_heading_on_every_page(
    shown: tuple[str, Path, Tables, str],
) -> None:
    _, workspace, _, _ = shown
    sheet = annex(workspace)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("portrait", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$6:$6"
    assert [cell.value for cell in sheet[6]] == [
        "ที่",
        "ตัวชี้วัดและเกณฑ์การให้คะแนน",
        "น้ำหนัก\nร้อยละ",
        "หน่วยงาน\nรับผิดชอบ",
    ]
    last = max(cell.row for row in sheet.iter_rows() for cell in row if cell.value)
    area, bottom = re.fullmatch(r"'.+'!(.+)\$(\d+)", sheet.print_area).groups()  # type: ignore[union-attr]
    assert (area, int(bottom) >= last) == ("$A$1:$D", True)


@pytest.mark.slow
def test_checks_by_which_a_value_may_be_lost_are_in_the_annex_and_all_on_the_screen(
    tmp_path: Path,
) -> None:
    workspace = copy_sample(tmp_path, BURIRAM)
    asking = kpibatch(workspace, "levels", "show").output
    assert "ถ้า เงินยืมที่มีปัญหาค้างชำระ ปี 2564 มากกว่า 0 ต้องตอบ ใช่" in asking
    assert "[เตือน]  ยอดสะสมลดลง" in asking
    edit_table(workspace, "กฎตรวจ", {"ซ้าย": "T4.has_default"}, "ความรุนแรง", "ผิด")
    kpibatch(workspace, "levels", "show", "--xlsx")
    lines = [row[0] for row in annex(workspace).iter_rows(values_only=True) if row[0]]
    at = lines.index("กฎตรวจที่ค่าซึ่งไม่เป็นไปตามนั้นไม่นำมาคิดคะแนน")
    assert lines[at + 1].startswith("[ผิด]  ถ้า เงินยืมที่มีปัญหาค้างชำระ ปี 2564")
    assert at + 2 == len(lines)


def test_nothing_is_written_where_the_tables_hold_an_error(tmp_path: Path) -> None:
    workspace = copy_sample(tmp_path, CHACHOENGSAO)
    book = open_book(workspace / "level_tables.xlsx")
    book["ตัวชี้วัด"]["D2"] = 60
    book.save(workspace / "level_tables.xlsx")
    for words in (["show"], ["show", "--xlsx"]):
        assert kpibatch(workspace, "levels", *words).exit_code == 2
    assert not (workspace / "output").exists()


def test_an_english_workspace_has_an_english_annex(tmp_path: Path) -> None:
    workspace = copy_sample(tmp_path, NAKHON_PHANOM, language='"en"')
    assert "Annex written to " in kpibatch(workspace, "levels", "show", "--xlsx").output
    sheet = annex(workspace)
    assert sheet["A1"].value == "KPIs, targets and levels"
    assert blocks(sheet)["T1"][1][1] == "Level 1  ร้อยละการใช้จ่าย at least 80 %"


def test_whom_a_sub_kpi_applies_to_stands_on_the_screen_and_in_the_annex(tmp_path: Path) -> None:
    workspace, whom = copy_sample(tmp_path, NAKHON_PHANOM), "บ้านแพง, นาหว้า, นาทม, วังยาง"
    printed = kpibatch(workspace, "levels", "show").output
    kpibatch(workspace, "levels", "show", "--xlsx")
    annexed = blocks(annex(workspace))
    for code, word in (("I2.1", "ยกเว้น"), ("I2.3", "เฉพาะ")):
        [line] = [line for line in printed.splitlines() if line.strip().startswith(f"{code}  ")]
        assert f"   {word} {whom}   " in line
        assert annexed[code][0][1].endswith(f"  ({word} {whom})")


def test_what_a_level_is_worth_and_what_takes_points_off_stand_below_the_kpi(tmp_path: Path) -> None:
    write_annex(levels(**WORTH), tmp_path / "annex.xlsx", "th", date(2022, 4, 1))
    rows = [row[:2] for row in open_book(tmp_path / "annex.xlsx").worksheets[0].iter_rows(values_only=True)]
    below: dict[str, list[str]] = {}
    code = ""
    for first, second in rows:
        code = str(first).split()[0] if first and str(first)[:1] in "TI" else code
        below.setdefault(code, []).append(str(second if second else first))
    assert "คะแนนสูงสุดไม่เกิน 5.5" in below["T"]
    assert "หักคะแนน 0.1 ต่อ 1 วัน ของ ส่งช้า" in below["T1"]
    assert [line for line in below["T2"] if line.startswith("หักคะแนน")] == [
        "หักคะแนน 0.25 เมื่อ ส่งช้า มากกว่า 0 วัน; 0.5 เมื่อ ส่งช้า มากกว่า 5 วัน; 1 เมื่อ ส่งช้า มากกว่า 10 วัน",
        "หักคะแนน 3 เมื่อ ข้อมูลผิด",
    ]
    assert not any(line.startswith("หักคะแนน") for line in below["I1"])
    assert any("คะแนนรวมสูงสุดไม่เกิน 5.2" in str(first) for first, _ in rows)


def test_weights_that_differ_by_unit_stand_in_a_line_below_the_name(tmp_path: Path) -> None:
    write_annex(weighing(), tmp_path / "annex.xlsx", "th", date(2022, 4, 1))
    rows = list(open_book(tmp_path / "annex.xlsx").worksheets[0].iter_rows(values_only=True))
    at = next(at for at, row in enumerate(rows) if row[0] == "T1")
    assert (rows[at][1], rows[at][2]) == ("เบิกจ่าย", "ตามหน่วย")
    assert rows[at + 1][1] == "น้ำหนักร้อยละ 70 (กลุ่ม ใหญ่), 40 (เฉพาะ กระสัง, สตึก)"


# --- on paper -----------------------------------------------------------------------------------------------

MANY = 40


def pages_of(sheet: Worksheet) -> list[list[int]]:
    """The rows (from 1) of each page, without the heads that stand on every one."""
    ends = [each.id for each in sheet.row_breaks.brk]
    last = int(sheet.print_area.rpartition("$")[2])
    return [list(range(a + 1, b + 1)) for a, b in pairwise([6, *ends, last])]


def tall_tables(count: int) -> LevelTables:
    """A KPI of that many yes or no items, each asked at every level, beside a short one."""
    items = [(f"T1.a{number}", f"รายการที่ {number}") for number in range(1, count + 1)]
    measures = "\n".join(f"{code} | {name} | ข้อ | ใช่/ไม่ใช่ | กรอก | ล่าสุด" for code, name in items)
    rules = "\n".join(f"T1 | | | {code} | ใช่ | ใช่ | ใช่ | ใช่ | ใช่" for code, _ in items)
    return one_kpi(measures, rules)


@pytest.mark.parametrize("count", [1, MANY])
def test_a_page_begins_with_a_kpis_name_and_the_signatures_are_whole(tmp_path: Path, count: int) -> None:
    write_annex(tall_tables(count), tmp_path / "annex.xlsx", "th", date(2022, 4, 1))
    sheet = open_book(tmp_path / "annex.xlsx").worksheets[0]
    pages = pages_of(sheet)
    assert (len(pages) > 1) == (count == MANY)
    for rows in pages:
        tall = sum(sheet.row_dimensions[row].height or 24 for row in (6, *rows))
        assert tall <= _TALL
    assert any(sheet.cell(row, 1).value == "T1" for row in pages[0]), "a heading ends no page"
    begun = [[sheet.cell(rows[0], column).value for column in (1, 2)] for rows in pages[1:]]
    names = [name for code, name in begun if code == "T1"]
    assert all(str(name).endswith("(ต่อ)") for name in names)
    assert len(names) >= len(begun) - 1
    signed = [row for row in pages[-1] if sheet.cell(row, 2).value]
    assert [str(sheet.cell(row, 2).value)[:7] for row in signed[-4:]] == ["ลงชื่อ ", "(......", "วันที่ ", "ผู้ประเ"]


def test_no_kpi_of_the_samples_is_cut_by_a_page(shown: tuple[str, Path, Tables, str]) -> None:
    _, workspace, tables, _ = shown
    sheet, codes = annex(workspace), {node["รหัส"] for node in tables.nodes}
    for rows in pages_of(sheet)[1:]:
        first = str(sheet.cell(rows[0], 1).value or sheet.cell(rows[1], 1).value)
        assert first.split("  ")[0] in {*codes, "รวมน้ำหนัก", "ปฏิทินของรอบ"}
