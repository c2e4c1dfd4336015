"""The unit's own summary, read back with openpyxl: its figures are the outcome's, and it tells of no other
unit.
"""

import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from many_units import alone, alone_in, intake_of, replicated
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from tablebook import one_kpi
from workspace import BURIRAM, NAKHON_PHANOM, RAYONG, SAMPLES

from kpibatch.base.config import Config, RankingRules, Workspace
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL, Unit
from kpibatch.scoring.outcome import Outcome, assess
from kpibatch.scoring.trend import Trend, month_of
from kpibatch.workbooks.unit.book import Units, unit_file, write_unit_book

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
SUMMARY, COURSE, DETAIL, FINDINGS = "สรุป", "แนวโน้ม", "รายละเอียด", "ข้อค้นพบ"
BEST, MISSING, PROVISIONAL, LATE = "3114", "3119", "3122", "3120"


@pytest.fixture(scope="module")
def june() -> Outcome:
    return alone(BURIRAM)


def written(outcome: Outcome, code: str, folder: Path) -> Path:
    unit = outcome.tables.unit[code]
    path = folder / unit_file(unit)
    write_unit_book(Units.of(outcome), unit, path)
    return path


def values(sheet: Worksheet) -> list[object]:
    return [value for row in sheet.iter_rows(values_only=True) for value in row if value not in (None, "")]


def scorecard(sheet: Worksheet) -> Iterator[tuple[str, float, float, float]]:
    """Code, share, level and score of each KPI in the table; sections have no level."""
    rows = list(sheet.iter_rows(values_only=True))
    head = next(number for number, row in enumerate(rows) if row[0] == "รหัส")
    for row in rows[head + 1 :]:
        if isinstance(row[3], int | float):
            yield str(row[0]), float(row[2]), float(row[3]), float(row[4])


def asked(outcome: Outcome, code: str) -> list[str]:
    """The KPIs that are meant for a unit."""
    return [leaf.code for leaf in outcome.tables.leaves if code in outcome.tables.meant[leaf.code]]


@pytest.mark.parametrize("code", [BEST, PROVISIONAL, LATE, "3111"])
def test_figures_are_the_outcomes(june: Outcome, tmp_path: Path, code: str) -> None:
    sheet = load_workbook(written(june, code, tmp_path))[SUMMARY]
    standing, row = june.standing[code], list(june.tables.unit).index(code)
    shown = values(sheet)
    assert standing.total in shown
    assert standing.percent in shown
    assert standing.rating in shown
    assert standing.rank in shown
    kpis = list(scorecard(sheet))
    assert [kpi for kpi, *_ in kpis] == asked(june, code)
    for kpi, share, level, score in kpis:
        result = june.scores.kpis[kpi]
        assert share == pytest.approx(june.scores.shares.loc[code, kpi])
        assert (level, score) == (result.level[row], result.score[row])


@pytest.mark.slow
@pytest.mark.parametrize("code", ["4801", "4811", "4812"])
def test_the_page_adds_up_and_leaves_out_what_does_not_apply(tmp_path: Path, code: str) -> None:
    outcome = alone(NAKHON_PHANOM)
    kpis = list(scorecard(load_workbook(written(outcome, code, tmp_path))[SUMMARY]))
    assert sum(share for _, share, _, _ in kpis) == pytest.approx(100)
    assert sum(share * score for _, share, _, score in kpis) / 100 == pytest.approx(
        outcome.standing[code].total, abs=6e-5
    )
    listed, unit = {kpi for kpi, *_ in kpis}, outcome.tables.unit[code]
    assert {leaf.code for leaf in outcome.tables.leaves if leaf.applies_to(unit)} == listed


def test_interpolated_scores_are_shown_as_they_count(tmp_path: Path) -> None:
    outcome = alone(RAYONG)
    kpis = list(scorecard(load_workbook(written(outcome, "21P09", tmp_path))[SUMMARY]))
    assert any(score != level for _, _, level, score in kpis)
    assert sum(share * score for _, share, _, score in kpis) / 100 == pytest.approx(
        outcome.standing["21P09"].total, abs=6e-5
    )


@pytest.mark.slow
def test_no_other_unit_is_in_the_file(june: Outcome, tmp_path: Path) -> None:
    for unit in june.tables.units:
        with zipfile.ZipFile(written(june, unit.code, tmp_path)) as parts:
            named = [
                name
                for name in parts.namelist()
                if "sharedStrings" in name or "docProps" in name or "workbook.xml" in name
            ]
            text = "".join(parts.read(name).decode() for name in named)
        assert unit.name in text
        for other in june.tables.units:
            above = {each.code for each in june.tables.tree.above(unit)}  # whose result it may take
            kpis = " ".join(name for node in june.tables.nodes for name in (node.name, *node.titles.values()))
            named = f"{unit.name} {june.tables.round.owner} {kpis}"
            if other.code not in {unit.code, *above} and other.name not in named:
                assert other.name not in text
                assert not re.search(rf"(?<!\d){other.code}(?![\d-])", text)


@pytest.mark.slow
@pytest.mark.parametrize("code", [BEST, "3103", "3107", "3120"])
def test_the_best_steps_are_the_reachable_ones_that_raise_the_total_most(
    june: Outcome, tmp_path: Path, code: str
) -> None:
    rows = list(load_workbook(written(june, code, tmp_path))[SUMMARY].iter_rows(values_only=True))
    first = next(number for number, row in enumerate(rows) if row[0] == 1)
    shown = [(str(row[1]).split()[0], float(row[2])) for row in rows[first : first + 3]]
    able = {}
    for leaf in june.tables.leaves:
        steps = june.steps(leaf.code, code)
        if steps and all(step.reachable for step in steps):
            able[leaf.code] = june.gain(leaf.code, code)
    assert [raised for _, raised in shown] == pytest.approx(sorted(able.values(), reverse=True)[:3])
    assert all(able[kpi] == pytest.approx(raised) for kpi, raised in shown)
    first_step = june.steps(shown[0][0], code)[0]
    assert first_step.text("th") in str(rows[first][6])


def test_levels_met_above_a_gap_are_told_but_not_counted(june: Outcome, tmp_path: Path) -> None:
    rows = {
        str(row[0]): row
        for row in load_workbook(written(june, "3113", tmp_path))[SUMMARY].iter_rows(values_only=True)
    }
    told = {leaf: rows[leaf][6] for leaf in asked(june, "3113") if rows[leaf][6]}
    place = list(june.tables.unit).index("3113")
    met = {code: june.scores.kpis[code].met[place] for code in asked(june, "3113")}
    assert told == {
        code: f"ระดับ {list(levels).index(True, rows[code][3]) + 1}"
        for code, levels in met.items()
        if code in told
    }
    assert set(told) == {code for code, levels in met.items() if levels.sum() > rows[code][3]} != set()


def test_a_unit_that_sent_nothing_gets_a_page_that_says_so(june: Outcome, tmp_path: Path) -> None:
    book = load_workbook(written(june, MISSING, tmp_path))
    shown = values(book[SUMMARY])
    assert "ไม่ส่งรายงาน" in shown
    assert any("5 ก.ค. 2565" in str(text) for text in shown)
    assert [text for text in shown if not isinstance(text, str)] == [1, 2, 3]
    assert any("ยังไม่มีรายงานที่ใช้ได้" in str(text) for text in values(book[DETAIL]))


def test_a_refused_file_is_told_with_its_reason(tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    month = Path("submissions") / "2565-06"
    (root / month).mkdir(parents=True)
    source = SAMPLES / "buriram-2565-2"
    shutil.copy(source / "level_tables.xlsx", root)
    shutil.copy(source / month / "3101 เมืองบุรีรัมย์.xlsx", root / month)
    (root / month / "3105 หนองกี่.xlsx").write_text("no workbook", encoding="utf-8")
    outcome = alone_in(root, "2565-06")
    reason = next(one for one in outcome.findings_of("3105") if one.code == "file-text")
    shown = values(load_workbook(written(outcome, "3105", tmp_path))[SUMMARY])
    assert "ส่งแล้ว อ่านไม่ได้" in shown
    assert any(reason.message("th") in str(text) for text in shown)


def test_status_is_told_with_its_reason(june: Outcome, tmp_path: Path) -> None:
    provisional = values(load_workbook(written(june, PROVISIONAL, tmp_path))[SUMMARY])
    assert "ชั่วคราว" in provisional
    assert any(
        str(text).startswith("ชั่วคราว เพราะ") and "ครัวเรือนที่ปลูกผักสวนครัว (T8)" in str(text)
        for text in provisional
    )
    late = values(load_workbook(written(june, LATE, tmp_path))[SUMMARY])
    assert "ล่าช้า" in late
    assert any("7 ก.ค. 2565" in str(text) and "5 ก.ค. 2565" in str(text) for text in late)


@pytest.mark.slow
def test_an_unranked_unit_has_no_rank(june: Outcome, tmp_path: Path) -> None:
    left_out = replace(june.config, ranking=RankingRules(incomplete="exclude"))
    outcome = assess(june.intake, june.tables, left_out)
    assert outcome.standing[PROVISIONAL].rank == 0
    assert any(
        "ยังไม่จัดอันดับ เพราะ" in str(text)
        for text in values(load_workbook(written(outcome, PROVISIONAL, tmp_path))[SUMMARY])
    )


def test_details_hold_every_measure_with_its_months_and_texts(june: Outcome, tmp_path: Path) -> None:
    rows = list(load_workbook(written(june, BEST, tmp_path))[DETAIL].iter_rows(values_only=True))
    by_code = {str(row[0]): row for row in rows}
    for leaf in asked(june, BEST):
        assert all(measure.code in by_code for measure in june.tables.measures_of(leaf))
    spent = june.reported[(june.reported["unit"] == BEST) & (june.reported["measure"] == "T1.spent")]
    assert list(by_code["T1.spent"][4:7]) == list(spent["value"])
    assert by_code["T1.spent"][3] == june.measured.value(BEST, "T1.spent")
    assert str(by_code["T1.spent"][7]).endswith(june.measured.origin[BEST, "T1.spent"].cell)
    for (unit, measure), texts in june.intake.texts.items():
        if unit == BEST:
            assert [text or "" for text in by_code[measure][8:11]] == list(texts)


def test_findings_are_the_units_own(june: Outcome, tmp_path: Path) -> None:
    sheet = load_workbook(written(june, "3107", tmp_path))[FINDINGS]
    shown = [str(row[4]) for row in sheet.iter_rows(min_row=4, values_only=True)]
    assert shown == [one.message("th") for one in june.findings_of("3107")]
    clean = next(unit.code for unit in june.tables.units if not june.findings_of(unit.code))
    assert "ไม่มีข้อค้นพบ" in str(values(load_workbook(written(june, clean, tmp_path))[FINDINGS])[1])


@pytest.mark.slow
@pytest.mark.parametrize("code", [BEST, MISSING, PROVISIONAL])
def test_it_speaks_english_and_the_same_bytes_come_out_twice(
    june: Outcome, tmp_path: Path, code: str
) -> None:
    english = replace(june, config=replace(june.config, workspace=Workspace(language="en")))
    first = written(english, code, tmp_path).read_bytes()
    assert written(english, code, tmp_path).read_bytes() == first
    assert load_workbook(tmp_path / unit_file(june.tables.unit[code])).sheetnames == [
        "Summary",
        *([] if code == MISSING else ["Trend"]),
        "Details",
        "Findings",
    ]


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        (Unit("3101", "เมืองบุรีรัมย์"), "3101 เมืองบุรีรัมย์.xlsx"),
        (Unit("..3/1", 'ก:ข*"ค"?'), "3-1 ก-ข--ค--.xlsx"),
        (Unit("1", "x" * 300), f"1 {'x' * 74}.xlsx"),
    ],
)
def test_file_names_are_what_any_file_system_takes(unit: Unit, name: str) -> None:
    assert unit_file(unit) == name


# --- months and paper ---------------------------------------------------------------------------------------


def test_a_kpi_tells_its_level_and_its_value_month_by_month(june: Outcome, tmp_path: Path) -> None:
    now = month_of(june)
    past = replace(now, month="2565-05", levels={(BEST, "T2"): 1}, values={(BEST, "T2"): 71.256})
    past, now = replace(past, claims={(BEST, "T2"): 2}), replace(now, claims={(BEST, "T1"): 5})
    unit = june.tables.unit[BEST]
    write_unit_book(Units.of(june, Trend((past, now))), unit, tmp_path / "unit.xlsx")
    rows = {str(row[0]): row for row in load_workbook(tmp_path / "unit.xlsx")[COURSE].values}
    level, value = now.levels[BEST, "T2"], f"{now.values[BEST, 'T2']:.2f}".rstrip("0").rstrip(".")
    assert f"ระดับ 1→{level}\nรายเดือน ประเมินตนเอง 2→–\n" in str(rows["T2"][5])
    assert str(rows["T2"][5]).endswith(f"71.26→{value}")
    assert "→" not in str(rows["T1"][5])


@pytest.mark.parametrize("length", [20, 120])
def test_headings_of_any_length_have_room(june: Outcome, tmp_path: Path, length: int) -> None:
    nodes = tuple(replace(node, name="ก" * length) for node in june.tables.nodes)
    long = replace(june, tables=replace(june.tables, nodes=nodes))
    sheet = load_workbook(written(long, BEST, tmp_path))[SUMMARY]
    at = next(row for row in range(1, 40) if sheet.cell(row, 1).value == "T")
    assert (sheet.row_dimensions[at].height > 70) == (length == 120)
    assert fits_on_one_page(sheet)


def fits_on_one_page(sheet: Worksheet) -> bool:
    setup = sheet.page_setup
    return (setup.fitToWidth or 1, 1 if setup.fitToHeight is None else setup.fitToHeight) == (1, 1)


@pytest.mark.parametrize(
    ("sample", "unit", "stands"), [(BURIRAM, BEST, "portrait"), (RAYONG, "21P03", "landscape")]
)
def test_the_page_is_one_sheet_of_paper_turned_as_it_holds_it_best(
    tmp_path: Path, sample: str, unit: str, stands: str
) -> None:
    book = load_workbook(written(alone(sample), unit, tmp_path))
    assert fits_on_one_page(book[SUMMARY])
    assert book[SUMMARY].page_setup.orientation == stands
    assert all(sheet.page_setup.fitToWidth in (None, 1) for sheet in book)


def test_a_page_of_many_steps_tells_one_of_each_kpi_and_all_of_them_behind_it(
    june: Outcome, tmp_path: Path
) -> None:
    book = load_workbook(written(june, "3111", tmp_path))
    page, course = ({str(row[0]): str(row[-1]) for row in book[name].values} for name in (SUMMARY, COURSE))
    rest = len({step.text("th") for step in june.steps("I6", "3111")}) - 1
    assert page["I6"].endswith(f"และอีก {rest} ข้อ")
    assert "•" not in page["I6"]
    assert course["I6"].count("•") == 3
    assert course["T1"] == page["T1"]


LONG = "ผลการปฏิบัติราชการตามยุทธศาสตร์การพัฒนาจังหวัด" * 3


def with_long_sections(tables: LevelTables) -> LevelTables:
    top = {node.code for node in tables.children(TOTAL)}
    return replace(
        tables,
        nodes=tuple(replace(node, name=LONG) if node.code in top else node for node in tables.nodes),
    )


def of_forty_measures() -> Outcome:
    codes = [f"m{number:02}" for number in range(40)]
    lines = [f"{code} | รายการ {code} | เรื่อง | จำนวน | กรอก | ล่าสุด" for code in codes]
    tables = one_kpi(
        "\n".join(lines), "\n".join(f"T1 | | | {code} | ≥ 1 | ≥ 2 | ≥ 3 | – | –" for code in codes)
    )
    month = tables.round.months[0]
    given = [
        (unit.code, each, month, 1.0, "ok", "", "f", "s", "A1") for unit in tables.units for each in codes
    ]
    return assess(intake_of(tables, month, given), tables, Config(Path()))


ODD = {
    "one unit": lambda: replicated(RAYONG, 1),
    "forty units, long sections": lambda: replicated(RAYONG, 40, edit=with_long_sections),
    "all equal": lambda: replicated(RAYONG, 3, like="21P01"),
    "nobody sent": lambda: replicated(RAYONG, 2, sent=False),
    "forty measures": of_forty_measures,
}


@pytest.mark.parametrize("name", ODD)
def test_whatever_the_round_is_like_the_page_is_one_sheet_with_every_kpi(name: str, tmp_path: Path) -> None:
    outcome = ODD[name]()
    unit = outcome.tables.units[-1]
    book = load_workbook(written(outcome, unit.code, tmp_path))
    page = book[SUMMARY]
    assert fits_on_one_page(page)
    assert (COURSE in book.sheetnames) == (name != "nobody sent")
    if name != "nobody sent":
        assert [code for code, *_ in scorecard(page)] == [leaf.code for leaf in outcome.tables.leaves]
        assert [row[0] for row in book[COURSE].values if row[2] and row[0] != "รหัส"] == [
            leaf.code for leaf in outcome.tables.leaves
        ]
    last = max(row for row, line in enumerate(page.values, 1) if any(line))
    assert all(page.row_dimensions[row].height for row in range(1, last + 1))
