"""``ranking.xlsx``: its formulas say what the program says, and whoever changes a cell gets what a fresh run
would give.

Workbooks are calculated anew by LibreOffice, all of a module's in a few starts; where it is not installed
those tests are skipped.
"""

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from libreoffice import recalculate
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from raw_cells import raw_rows
from recalculated import calculated, differences, sample_rankings
from workspace import (
    BURIRAM,
    FEW,
    FORM,
    NEWEST,
    RAYONG,
    cell_of,
    change,
    copy_few,
    copy_sample,
    edit_table,
    few_output,
    findings,
    keep_units,
    kpibatch,
    open_book,
    read_rows,
    run,
    sample_output,
    submission,
    texts_of,
)

from kpibatch.forms.layout import KPI_MARK
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.reader import read_levels

RANKING, SCORES, TREND, FINDINGS, CRITERIA = "อันดับ", "คะแนนรายตัวชี้วัด", "แนวโน้ม", "ข้อค้นพบ", "เกณฑ์"
MONTH = NEWEST[BURIRAM]
YELLOW = "FFFFF8DC"
# The samples as they are, and Buriram in other words and by other rules of ranking.
VARIANTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    **{name: (name, {}) for name in NEWEST},
    "in English": (BURIRAM, {"language": '"en"'}),
    "ties broken, incomplete ones left out": (
        BURIRAM,
        {"tie_breakers": '["T8", "I"]', "incomplete": '"exclude"'},
    ),
}


# --- what the formulas give ---------------------------------------------------------------------------------


def output_of(variant: str) -> Path:
    """The month's folder of a variant."""
    name, settings = VARIANTS[variant]
    return sample_output(name, FEW.get(name, ()), **settings)


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each variant's ranking, calculated anew."""
    others = {name: output_of(name) / "ranking.xlsx" for name in VARIANTS if name not in NEWEST}
    return sample_rankings() | calculated(others, tmp_path_factory.mktemp("recalculated"))


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_cached_result_is_what_the_formula_gives(variant: str, recalculated: dict[str, Path]) -> None:
    count, wrong = differences(output_of(variant) / "ranking.xlsx", recalculated[variant])
    assert wrong == []
    assert count > 500


@pytest.mark.slow
def test_a_wrong_cached_result_would_be_noticed(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "wrong.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_formula("A1", "=1+1", value=99)
        sheet.write_formula("A2", "=1+1", value=2)
        sheet.write_formula("A3", "=1/0", value=5)
    count, wrong = differences(
        tmp_path / "wrong.xlsx", recalculate([tmp_path / "wrong.xlsx"], tmp_path / "anew")[0]
    )
    assert count == 3
    assert [line.split(":")[0] for line in wrong] == ["Sheet1!A1", "Sheet1!A3"]


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_ranking_sheet_says_what_scores_csv_says(variant: str) -> None:
    sheet = open_book(output_of(variant) / "ranking.xlsx", values=True).worksheets[0]
    tables, _ = read_levels(output_of(variant) / "level_tables.xlsx")
    first = {unit.code for unit in tables.units[tables.tree.kinds[0].rows]}  # others have sheets of their own
    rows = read_rows(output_of(variant) / "scores.csv")
    totals = {row["unit"]: row for row in rows if row["node"] == "total" and row["unit"] in first}
    lines = [line for line in sheet.iter_rows(values_only=True) if str(line[1]) in totals]
    assert [str(line[1]) for line in lines] != sorted(totals)
    assert {str(line[1]): (str(line[0] or ""), line[3]) for line in lines} == {
        unit: (row["rank"], pytest.approx(float(row["score"])) if row["score"] else None)
        for unit, row in totals.items()
    }
    ranks = [int(line[0]) for line in lines if line[0]]
    assert ranks == sorted(ranks)
    assert all(line[0] for line in lines[: len(ranks)])


# --- what if ------------------------------------------------------------------------------------------------


def cell(sheet: Worksheet, row: str, column: str) -> Cell:
    """The cell in the row that begins with a text, and in the column headed by another (or by a link to
    it).
    """
    heads = [
        c.column
        for line in sheet.iter_rows()
        for c in line
        if c.value == column or str(c.value).endswith(f',"{column}")')
    ]
    rows = [line[0].row for line in sheet.iter_rows() if row in (str(line[0].value), line[1].value)]
    found = sheet.cell(rows[-1], heads[0])
    assert isinstance(found, Cell)
    return found


def threshold(sheet: Worksheet, rule: int, level: int) -> Cell:
    """A threshold in the level table on top of a KPI's sheet; rules count from 1."""
    head = next(c for line in sheet.iter_rows(max_row=8) for c in line if c.value == f"ระดับ {level}")
    found = sheet.cell(head.row + 1 + rule, head.column)
    assert isinstance(found, Cell)
    return found


@dataclass(frozen=True)
class WhatIf:
    """The same change twice: in the finished ranking, and in what it is made from."""

    in_ranking: Callable[[Workbook], None]
    in_workspace: Callable[[Path], object]
    sample: str = BURIRAM

    @property
    def output(self) -> Path:
        """The ranking's folder as it was."""
        return few_output(self.sample)


def put(cells: Mapping[tuple[str, str, str], Any]) -> Callable[[Workbook], None]:
    """Change cells of the ranking: (sheet, row, column) → content."""

    def edit(book: Workbook) -> None:
        for (sheet, row, column), content in cells.items():
            target = cell(book[sheet], row, column)
            assert not target.protection.locked
            target.value = content

    return edit


def set_thresholds(thresholds: Mapping[tuple[str, int, int], float | date]) -> Callable[[Workbook], None]:
    """Change thresholds: (sheet, rule, level) → number or day."""

    def edit(book: Workbook) -> None:
        for (sheet, rule, level), limit in thresholds.items():
            target = threshold(book[sheet], rule, level)
            assert not target.protection.locked
            target.value = limit

    return edit


def both(*edits: Callable[[Any], None]) -> Callable[[Any], None]:
    def edit(changed: Any) -> None:
        for one in edits:
            one(changed)

    return edit


def send(answers: Mapping[tuple[str, str], Any]) -> Callable[[Path], None]:
    """Change what units sent for the newest month: (unit, measure) → content."""

    def edit(workspace: Path) -> None:
        month = NEWEST[workspace.name]
        for (unit, measure), content in answers.items():
            change(submission(workspace, unit, month), {(measure, month): content})

    return edit


def levels(*edits: tuple[str, Mapping[str, Any], str, Any]) -> Callable[[Path], None]:
    """Change cells of the level tables."""

    def edit(workspace: Path) -> None:
        for one in edits:
            edit_table(workspace, *one)

    return edit


def rule(kpi: str, measure: str) -> dict[str, str]:
    return {"ตัวชี้วัด": kpi, "รายการข้อมูล": measure}


def node(code: str) -> dict[str, str]:
    return {"รหัส": code}


WHAT_IF: Mapping[str, WhatIf] = {
    "other values": WhatIf(
        put(
            {
                ("T2", "3104", "T2.done"): 26,
                ("T3", "3114", "T3.activities"): "ไม่ใช่",
                ("T4", "3107", "T4.has_default"): "ใช่",  # the other case, about which nothing is known
                ("T6", "3117", "T6.pr_days"): 5,  # what was impossible
                ("T8", "3122", "T8.growing"): 13_000,  # what was blank
                ("T8", "3122", "เดือน\nที่ขาด"): 0,
                ("I3", "3101", "I3.improved"): None,
            }
        ),
        send(
            {
                ("3104", "T2.done"): 26,
                ("3114", "T3.activities"): "ไม่ใช่",
                ("3107", "T4.has_default"): "ใช่",
                ("3117", "T6.pr_days"): 5,
                ("3122", "T8.growing"): 13_000,
                ("3101", "I3.improved"): "-",
            }
        ),
    ),
    "other thresholds": WhatIf(
        both(
            set_thresholds({("T2", 1, 1): 20, ("I1", 1, 5): 19, ("T6", 11, 3): date(2022, 4, 20)}),
            put({("T5", "1", "ถึง"): 3}),  # the first case: a staff of at most 3
        ),
        levels(
            ("ระดับ", rule("T2", "T2.pct"), "ระดับ 1", "> 20"),
            ("ระดับ", rule("I1", "I1.pct"), "ระดับ 5", "≤ 19"),
            ("ระดับ", rule("T6", "T6.solutions_date"), "ระดับ 3", "ภายใน 20 เม.ย. 2565"),
            ("ระดับ", {"ตัวชี้วัด": "T5", "เงื่อนไขกรณี": "≤ 2"}, "เงื่อนไขกรณี", "≤ 3"),
        ),
    ),
    "other weights, and one has not sent": WhatIf(
        put(
            {
                (SCORES, "น้ำหนัก", "T3"): 60,
                (SCORES, "น้ำหนัก", "T"): 20,
                (SCORES, "น้ำหนัก", "I"): 80,
                (SCORES, "3107", "การส่ง"): "ไม่ส่งรายงาน",
            }
        ),
        both(
            levels(
                ("ตัวชี้วัด", node("T3"), "น้ำหนัก", 60),
                ("ตัวชี้วัด", node("T"), "ผลรวมน้ำหนัก", 150),
                ("ตัวชี้วัด", node("T"), "น้ำหนัก", 20),
                ("ตัวชี้วัด", node("I"), "น้ำหนัก", 80),
            ),
            lambda workspace: submission(workspace, "3107", MONTH).unlink(),
        ),
    ),
    "another rating band": WhatIf(
        lambda book: put_rating(book, 80, 86), levels(("ผลประเมิน", {"ผล": "ดีมาก"}, "ตั้งแต่ร้อยละ", 86)), RAYONG
    ),
    "between two levels": WhatIf(
        put({("D2.1", "21P03", "D2.1.satisfaction"): 87.3, ("D3.2", "21P03", "D3.2.energy_now"): 3_000}),
        send({("21P03", "D2.1.satisfaction"): 87.3, ("21P03", "D3.2.energy_now"): 3_000}),
        RAYONG,
    ),
    "an edge of the line": WhatIf(
        set_thresholds({("D2.1", 1, 3): 86.5}),
        levels(("ระดับ", rule("D2.1", "D2.1.satisfaction"), "ระดับ 3", "≥ 86.5")),
        RAYONG,
    ),
}


def put_rating(book: Workbook, old: float, new: float) -> None:
    target = next(
        c for line in book[CRITERIA].iter_rows(max_row=12, max_col=1) for c in line if c.value == old
    )
    assert not target.protection.locked
    target.value = new


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The ranking as it is after each change made in it, calculated anew."""
    folder, books = tmp_path_factory.mktemp("changed"), []
    for number, what_if in enumerate(WHAT_IF.values()):
        book = open_book(what_if.output / "ranking.xlsx")
        what_if.in_ranking(book)
        books.append(folder / f"{number}.xlsx")
        book.save(books[-1])
    return dict(zip(WHAT_IF, recalculate(books, folder / "anew"), strict=True))


def ranking(path: Path) -> list[list[Any]]:
    """The lines of the ranking from the first rank to the last unit, all columns but the movement.

    A new threshold also moves the earlier months of a fresh run; in the workbook these stay what they were.
    """
    heads, *lines = raw_rows(path, RANKING)[6:]
    shown = [
        at for at, head in enumerate(heads[: heads.index("สถานะ") + 1]) if head not in ("ขึ้น/ลง", "แนวโน้ม")
    ]
    return [[line[at] or "" for at in shown] for line in lines if line[1]]


def nearly(lines: list[list[Any]]) -> list[list[Any]]:
    return [
        [pytest.approx(value, abs=1e-9) if isinstance(value, float) else value for value in line]
        for line in lines
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", WHAT_IF)
def test_a_changed_cell_gives_what_a_fresh_run_gives(
    name: str, changed: dict[str, Path], tmp_path: Path
) -> None:
    what_if = WHAT_IF[name]
    workspace = copy_few(tmp_path, what_if.sample)
    what_if.in_workspace(workspace)
    fresh = ranking(run(workspace) / "ranking.xlsx")
    assert ranking(changed[name]) == nearly(fresh)
    assert fresh != nearly(ranking(what_if.output / "ranking.xlsx")), "the change should matter"


# --- how it looks and behaves -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book() -> Workbook:
    return open_book(sample_output(BURIRAM) / "ranking.xlsx")


@pytest.mark.slow
def test_the_sheets_and_their_order(book: Workbook, buriram: LevelTables) -> None:
    first = {unit.code for unit in buriram.units[buriram.tree.kinds[0].rows]}
    leaves = [leaf.code for leaf in buriram.leaves if buriram.meant[leaf.code] & first]
    wanted = [RANKING, SCORES, TREND, *leaves, "ความอ่อนไหว", FINDINGS, CRITERIA]
    assert [name for name in book.sheetnames if name in wanted] == wanted
    assert book.sheetnames[: len(leaves) + 3] == wanted[: len(leaves) + 3]


def unlocked(sheet: Worksheet) -> set[str]:
    return {c.coordinate for row in sheet.iter_rows() for c in row if not c.protection.locked}


@pytest.mark.slow
def test_sheets_are_protected_without_a_password_but_for_the_yellow_cells(book: Workbook) -> None:
    for sheet in book:
        assert sheet.protection.sheet
        assert not sheet.protection.password
        cells = [c for row in sheet.iter_rows() for c in row]
        yellow = {c.coordinate for c in cells if c.fill.fill_type == "solid" and c.fill.fgColor.rgb == YELLOW}
        assert unlocked(sheet) == yellow
        assert not [c.coordinate for c in cells if c.data_type == "f" and not c.protection.locked]
    assert not [sheet.title for sheet in book if sheet.title in (RANKING, FINDINGS) and unlocked(sheet)]
    assert all(unlocked(book[name]) for name in (SCORES, "T1", "I12", CRITERIA))


@pytest.mark.slow
def test_every_sheet_prints_on_a4_landscape_with_its_headings(book: Workbook) -> None:
    for sheet in book:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)
        first = int(str(sheet.print_title_rows).split(":")[0].strip("$"))
        assert any(c.value for c in sheet[first])
        assert sheet.freeze_panes


@pytest.mark.slow
def test_a_chart_and_a_name_for_the_ranking(book: Workbook) -> None:
    with zipfile.ZipFile(sample_output(BURIRAM) / "ranking.xlsx") as package:
        assert "xl/charts/chart1.xml" in package.namelist()
    assert book.defined_names["ranking"].attr_text.startswith(f"'{RANKING}'!$A$7:")


@pytest.mark.slow
def test_every_finding_is_listed_with_a_link_to_its_value(book: Workbook) -> None:
    listed = list(book[FINDINGS].iter_rows(min_row=4, values_only=True))
    expected = findings(sample_output(BURIRAM))
    assert [(row[4] or "", row[5] or "", row[7]) for row in listed] == [
        (row["cell"], row["measure"], row["message"]) for row in expected
    ]
    shown = open_book(sample_output(BURIRAM) / "ranking.xlsx", values=True)
    for row, finding in zip(listed, expected, strict=True):
        if finding["measure"]:
            sheet, place = str(row[8]).split('"')[1].lstrip("#").split("!")
            target = shown[sheet.strip("'")][place]
            codes = [c.value for c in shown[sheet.strip("'")][target.column_letter]]
            assert finding["measure"] in codes
            assert shown[sheet.strip("'")].cell(target.row, 1).value == finding["unit"]


@pytest.mark.slow
def test_the_criteria_show_every_rule(book: Workbook, buriram: LevelTables) -> None:
    shown = [str(row[0]) for row in book[CRITERIA].iter_rows(values_only=True) if row[0]]
    assert [code for code in shown if code in buriram.measures] == [
        rule.measure for code in in_order(buriram) for rule in buriram.rules_of(code)
    ]


def in_order(tables: LevelTables, parent: str = "total") -> list[str]:
    return [code for node in tables.children(parent) for code in (node.code, *in_order(tables, node.code))]


# --- what people type ---------------------------------------------------------------------------------------

FORMULA = '=HYPERLINK("http://example.com","กดที่นี่")'
LONG = "ติดตามผลรายครัวเรือน " * 600
LONG_FOUND = "ประมาณสามร้อยครัวเรือน " * 20


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output for a unit that typed a formula as text, and more than a screenful."""
    workspace = copy_sample(tmp_path_factory.mktemp("typed"), RAYONG)
    path = submission(workspace, "21P03", NEWEST[RAYONG])
    change(path, {("D1.2.done", "หลักฐาน"): LONG, ("D1.2.done", NEWEST[RAYONG]): LONG_FOUND})
    book = open_book(path)
    sheet = book.worksheets[0]
    row = next(c.row for c in sheet["A"] if c.value == "D1.1.done")
    for heading in ("หมายเหตุ", NEWEST[RAYONG]):
        column = next(c.column for line in sheet.iter_rows(max_row=6) for c in line if c.value == heading)
        sheet.cell(row, column).value = FORMULA
        sheet.cell(row, column).data_type = "s"
    book.save(path)
    return run(workspace, expect=1)


def texts_anywhere(path: Path) -> list[str]:
    return [text for _, _, text in texts_of(path)]


@pytest.mark.slow
def test_a_formula_typed_as_text_stays_text(typed: Path) -> None:
    unit_book = next((typed / "units").glob("21P03 *"))
    for path in (typed / "ranking.xlsx", unit_book):
        book = open_book(path)
        cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
        typed_here = [c.data_type for c in cells if c.value == FORMULA]
        assert set(typed_here) == {"s"}
        assert len(typed_here) >= 2, path.name
        assert not [c.value for c in cells if c.data_type == "f" and "example.com" in str(c.value)]
    row = next(row for row in findings(typed, unit="21P03", measure="D1.1.done"))
    assert row["found"] == "'" + FORMULA


@pytest.mark.slow
def test_no_text_is_cut(typed: Path) -> None:
    unit_book = next((typed / "units").glob("21P03 *"))
    for path in (typed / "ranking.xlsx", unit_book):
        texts = texts_anywhere(path)
        assert any(LONG.strip() in text for text in texts), path.name
        assert any(LONG_FOUND.strip() in text for text in texts), path.name
    assert next(row["found"] for row in findings(typed, measure="D1.2.done")) == LONG_FOUND.strip()


ODD_UNIT = {  # code → new code and name
    "21P01": ("'=21P\"01", "=ปลัด \"เมือง\" <&> 'ก'"),
    "21P02": ("21P/02:*?", "หน่วยที่มีชื่อยาวเกินกว่าสามสิบเอ็ดตัวอักษรแน่นอน/และยาวต่อไปอีก"),
}
ODD_KPI = {
    "D1.1": "D/3\\1",
    "D1.2": "อันดับ",
    "D2.1": "=D1[1]*?:'ก'",
    "D3.1": "ตัวชี้วัดที่มีรหัสยาวเกินสามสิบเอ็ดตัวอักษร ก",
    "D3.2": "ตัวชี้วัดที่มีรหัสยาวเกินสามสิบเอ็ดตัวอักษร ข",
    "D4.1": "history",
}


OWN = ("weight", "target", "step")  # fixed measures that are named by their KPI


def rename(workspace: Path, names: Mapping[str, str], sheets: Mapping[str, tuple[int, ...]]) -> None:
    """Replace codes in columns of the level tables."""
    path = workspace / "level_tables.xlsx"
    book = open_book(path)
    for sheet, columns in sheets.items():
        for row in book[sheet].iter_rows():
            for column in columns:
                if str(row[column].value) in names:
                    row[column].value = names[str(row[column].value)]
                    row[column].data_type = "s"
    book.save(path)


def unit_of(form: Path) -> str:
    return str(dict(open_book(form)["_kpibatch"].iter_rows(max_col=2, values_only=True))["unit"])


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a workspace whose units and KPIs have codes and names full of what file and sheet names
    can't hold.
    """
    workspace = copy_sample(tmp_path_factory.mktemp("odd"), RAYONG)
    keep_units(workspace, *(f"21P{number:02}" for number in range(1, 13)))
    units = open_book(workspace / "level_tables.xlsx")["หน่วย"].iter_rows(values_only=True)
    names = {str(row[1]): ODD_UNIT[str(row[0])][1] for row in units if row[0] in ODD_UNIT}
    rename(
        workspace,
        {code: new for code, (new, _) in ODD_UNIT.items()} | names,
        {"หน่วย": (0, 1), "ค่าตั้งต้น": (0,), "ตัวชี้วัดของหน่วย": (0,)},
    )
    fixed = {f"{old}.{part}": f"{new}.{part}" for old, new in ODD_KPI.items() for part in OWN}
    rename(
        workspace,
        ODD_KPI | fixed,
        {"ตัวชี้วัด": (0, 1, 3), "ระดับ": (0,), "รายการข้อมูล": (0, 6, 7), "ตัวชี้วัดของหน่วย": (1,)},
    )
    made = kpibatch(workspace, "forms")
    assert made.exit_code == 0, made.output
    forms = {unit_of(form): form for form in (workspace / "output" / "forms").iterdir()}
    for code, (new, _) in ODD_UNIT.items():
        old = submission(workspace, code, NEWEST[RAYONG])
        book, month = open_book(old), NEWEST[RAYONG]
        codes = [str(cell.value) for cell in book[FORM]["A"] if cell.value][1:]  # below their heading
        asked = (code for code in codes if not code.startswith(KPI_MARK))
        answers = {(code, month): cell_of(book, code, month).value for code in asked}
        change(forms[new], answers)
        forms[new].replace(old)
    return run(workspace)


@pytest.mark.slow
def test_odd_codes_and_names_give_a_sound_workbook(odd: Path, tmp_path: Path) -> None:
    book = open_book(odd / "ranking.xlsx")
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in book.sheetnames)
    assert len({name.casefold() for name in book.sheetnames}) == len(book.sheetnames) >= 4 + len(ODD_KPI)
    count, wrong = differences(
        odd / "ranking.xlsx", recalculate([odd / "ranking.xlsx"], tmp_path / "anew")[0]
    )
    assert wrong == []
    assert count > 500
    texts = texts_anywhere(odd / "ranking.xlsx")
    assert {name for _, name in ODD_UNIT.values()} <= set(texts)
    assert len(list((odd / "units").glob("*.xlsx"))) == 12
    assert not findings(odd, severity="error")
    totals = {row["unit"]: row["status"] for row in read_rows(odd / "scores.csv") if row["node"] == "total"}
    assert {totals[csv] for csv in ("''=21P\"01", "21P/02:*?")} == {"ok"}
