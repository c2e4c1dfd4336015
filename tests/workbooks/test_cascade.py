"""The ranking of a tree of units: each kind apart, sums up and results taken from above as formulas."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from cascade import (
    BASELINES,
    ENTRIES,
    HELD_AGAINST,
    MEASURES,
    MONTH,
    NODES,
    RULES,
    UNITS,
    book,
    cascade_workspace,
)
from made_up_month import outcome_of, ranking_of
from recalculated import calculated, differences, reckoned_elsewhere
from tablebook import read
from workspace import findings, kpibatch, open_book, read_rows, texts_of

from kpibatch.base.findings import Finding
from kpibatch.forms.standard import form_folder, write_form
from kpibatch.mail.facts import Facts
from kpibatch.months.folder import read_published
from kpibatch.months.listings import sent_of_asked
from kpibatch.rules.reader import read_levels
from kpibatch.scoring.apart.kinds import by_kind
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.trend import Trend, month_of, trend_of
from kpibatch.scoring.why.explain import explain
from kpibatch.workbooks.ranking import few_units
from kpibatch.workbooks.ranking.book import write_ranking
from kpibatch.workbooks.unit.book import Units, write_unit_book

MORE = {
    "รายการข้อมูล": MEASURES.replace("รวมจากหน่วยย่อย | รวม | uses", "รวมจากหน่วยย่อย | ต่ำสุด | uses")
    + "    N1.unit | คะแนนหน่วย | คะแนน | จำนวน | คะแนนของหน่วย\n"
    + "    D1.per  | ต่อครั้ง | ร้อยละ | ร้อยละ | ร้อยละ | | D1.visits | T1.budget\n",
    "ระดับ": RULES + "    N1 | | | N1.unit | ≥ 0 | ≥ 1 | ≥ 2.5 | ≥ 3 | ≥ 4\n"
    "    D1 | | | D1.per | ≥ 0 | ≥ 0.1 | ≥ 0.2 | ≥ 0.3 | ≥ 4\n",
}
UNDER_A_NODE = {
    "ตัวชี้วัด": NODES.replace("T1  |     |", "T1  | S   |")
    .replace("ข้อ 2   | ใช้คะแนนของหน่วย", "ข้อ 2   |")
    .replace("ประเภท อำเภอ, กลุ่มงาน, บุคคล     ", "ประเภท อำเภอ, กลุ่มงาน            ")
    + "    S | | ทีม | 60 | | ประเภท อำเภอ, กลุ่มงาน, บุคคล | | | ข้อ 5 | ใช้คะแนนของหน่วย\n"
}
MIXED = {  # a person with no unit of theirs that T1 is meant for is scored at it
    "หน่วย": UNITS + "    P01 | สมหวัง | | p01@cdd.example | | P0 | บุคคล | ผู้ช่วย\n",
    "ค่าตั้งต้น": BASELINES + "    P01 | 100\n",
}
MOVED = {"ย้าย": "รหัสหน่วย | ตั้งแต่เดือน | ไปสังกัด\n313 | 2565-05 | 32\n312 | 2565-06 | G1\n"}
BOOKS: dict[str, tuple[dict[str, str], Sequence[str]]] = {
    "all sent": ({}, ()),
    "a district did not": ({}, ("31",)),
    "persons did not": ({}, ("312", "321")),
    "nobody did": ({}, tuple(ENTRIES)),
    "lowest, a score and a part of a sum": (MORE, ("32", "311")),
    "sums of the same parts": (HELD_AGAINST, ("32",)),
    "a node of the unit's": (UNDER_A_NODE, ("32",)),
    "some are scored themselves": (MIXED, ("32",)),
    "one has moved": (MIXED | MOVED, ("G1",)),
    "one has moved, and a score is of its units": (MORE | MOVED, ()),
    "the same, and one of those units did not send": (MORE | MOVED, ("31",)),
    "one has moved, and a node is taken": (UNDER_A_NODE | MOVED, ("31",)),
}
RICHEST = (
    "lowest, a score and a part of a sum",
    "one has moved, and a node is taken",
    "some are scored themselves",
)


def outcome(sheets: dict[str, str], unsent: Sequence[str] = ()) -> Outcome:
    tables, found = read(**book(**sheets))
    assert [one.code for one in found] == []
    given = {unit: dict(values) for unit, values in ENTRIES.items()}
    if "P01" in tables.unit:
        given["P01"] = {"T1.spent": 75, "N1.visits": 3}
    month = "2565-06" if "ย้าย" in sheets else "2565-04"
    tables = tables.for_month(month)
    return outcome_of(tables, {unit: values for unit, values in given.items() if unit not in unsent}, month)


class Books(dict[str, Path]):
    """Each is written when it is asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def __missing__(self, name: str) -> Path:
        self[name] = ranking_of(outcome(*BOOKS[name]), self._folder / f"{list(BOOKS).index(name)}.xlsx")
        return self[name]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    return Books(tmp_path_factory.mktemp("cascade"))


QUICK = ("all sent", "persons did not", "a node of the unit's", "some are scored themselves", "one has moved")
EACH = [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in BOOKS]


@pytest.mark.parametrize("name", EACH)
def test_formulas_give_what_the_program_says(books: Books, name: str) -> None:
    count, wrong = reckoned_elsewhere(books[name])
    assert (count > 300, wrong) == (True, [])


def test_a_kind_of_few_units_is_one_page_of_letters_that_can_be_read(books: Books) -> None:
    book = open_book(books["all sent"])
    persons = book["อันดับ บุคคล"]  # five, whose ranks hang on many things
    ends = [persons.cell(each.id + 1, 1).value for each in persons.row_breaks.brk]
    assert 0 < len(ends) <= 2
    assert {*ends} <= {"แนวโน้มรายเดือน", "ความอ่อนไหวของอันดับ"}
    for kind in ("จังหวัด", "กลุ่มงาน"):
        sheet = book[f"อันดับ {kind}"]
        corner = sheet[sheet.print_area.rsplit(":", 1)[1].replace("$", "")]
        columns = sheet.column_dimensions.values()
        seen = [each for each in columns if not each.hidden and each.min <= corner.column]
        wide = sum((min(each.max, corner.column) - each.min + 1) * 7 * each.width for each in seen)
        tall = sum(sheet.row_dimensions[row].height or 24 for row in range(1, corner.row + 1))
        assert sheet.page_setup.fitToHeight is None  # where nothing is said it is one
        assert min(1040 / wide, 512 / tall) >= 0.5  # sixteen points are eight


def test_a_kind_of_more_units_has_sheets_like_the_main_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(few_units, "_FEW", 4)
    book = ranking_of(outcome({}), tmp_path / "ranking.xlsx")
    names = open_book(book).sheetnames
    assert [name for name in names if name.endswith("บุคคล")] == [
        *("อันดับ บุคคล", "คะแนนรายตัวชี้วัด บุคคล", "แนวโน้ม บุคคล", "ความอ่อนไหว บุคคล"),
    ]
    count, wrong = reckoned_elsewhere(book)
    assert (count > 300, wrong) == (True, [])


def test_a_bug_below_the_scores_of_few_units_costs_none_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: object) -> int:
        raise ValueError

    monkeypatch.setattr(few_units, "put_sensitivity", bug)
    it, lost, path = outcome({}), list[Finding](), tmp_path / "ranking.xlsx"
    write_ranking(it, path, trend_of(it), lost)
    assert [each.place.sheet for each in lost] == ["อันดับ บุคคล"]
    sheet = open_book(path)["อันดับ บุคคล"]
    firsts = [str(cell.value) for cell in sheet["A"]]
    assert {"311", "312", "313", "321", "G11"} < {*firsts}
    assert firsts[-1].startswith("ชีตนี้ทำไม่ได้")


@pytest.fixture(scope="module")
def anew(books: Books, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The richest by LibreOffice, and one in which a value was changed."""
    folder = tmp_path_factory.mktemp("anew")
    changed = open_book(books["all sent"])
    cell = next(row[2] for row in changed["T1"].iter_rows(min_row=7) if row[0].value == "32")
    assert cell.value == 1400
    cell.value = 2000
    changed.save(folder / "changed.xlsx")
    some = {name: books[name] for name in RICHEST}
    return calculated({**some, "changed": folder / "changed.xlsx"}, folder)


@pytest.mark.slow
def test_so_does_libreoffice(books: Books, anew: dict[str, Path]) -> None:
    told = {name: differences(books[name], anew[name])[1] for name in RICHEST}
    assert [name for name, wrong in told.items() if wrong] == []


def test_each_kind_stands_apart_and_a_person_on_no_sheet_of_the_team(books: Books) -> None:
    sheets = open_book(books["all sent"], values=True)
    assert [sheet.title for sheet in sheets if sheet.title.startswith("อันดับ")] == [
        *("อันดับ", "อันดับ จังหวัด", "อันดับ กลุ่มงาน", "อันดับ บุคคล"),
    ]
    hanging = [sheet.title for sheet in sheets if sheet.title.startswith("ความอ่อนไหว")]
    assert hanging == ["ความอ่อนไหว"]  # of few units it stands on their one sheet, if they have rivals
    told = {
        sheet.title: [row[0] for row in sheet.values].count("ความอ่อนไหวของอันดับ")
        for sheet in sheets
        if sheet.title.startswith("อันดับ ")
    }
    assert told == {"อันดับ จังหวัด": 0, "อันดับ กลุ่มงาน": 0, "อันดับ บุคคล": 1}
    persons = {"311", "312", "313", "321", "G11"}
    for sheet in sheets:
        codes = {row[0] for row in sheet.iter_rows(values_only=True)} | {
            row[1] for row in sheet.iter_rows(values_only=True)
        }
        told = sheet.title.endswith("บุคคล") or sheet.title in ("N1", "D1", "D1 กลุ่มงาน", "ข้อค้นพบ")
        assert bool(persons & codes) <= told, sheet.title


@pytest.mark.slow
def test_a_value_that_is_changed_moves_what_is_above_and_below(anew: dict[str, Path]) -> None:
    book = open_book(anew["changed"], values=True)
    scored = [name for name in book.sheetnames if name.startswith(("คะแนน", "อันดับ "))]
    totals = {row[0]: row[3] for name in scored for row in reversed(list(book[name].values))}
    assert totals["32"] == pytest.approx(0.6 * 5 + 0.4 * 2)
    assert totals["321"] == pytest.approx(0.6 * 5 + 0.4 * 5)
    assert totals["P0"] == pytest.approx(0.6 * 3 + 0.4 * 5)  # all three reach level 3 now


def test_an_outcome_of_one_kind_is_the_whole_of_a_book_without_a_tree() -> None:
    tables, _ = read()
    whole = outcome_of(tables, {unit: {} for unit in tables.unit})
    assert by_kind(whole) == (whole,)


def test_promises_of_a_kind_are_those_of_all() -> None:
    whole = outcome({}, ("31",))
    for part in by_kind(whole):
        for key, promise in part.promises.items():
            assert promise.gain == pytest.approx(whole.promises[key].gain)
            assert promise.level == whole.promises[key].level
    assert sum(len(part.promises) for part in by_kind(whole)) == len(whole.promises)


def test_explain_goes_down_to_the_cell() -> None:
    it = outcome({}, ("312",))
    person = explain(it, "311", "T1")
    assert person[1].startswith("ใช้คะแนนของ 31 เมือง: 3 ")
    assert any("31.xlsx แบบรายงาน!" in line and "850" in line for line in person)
    province = explain(it, "P0", "V1")
    assert [line.split("=")[0].strip() for line in province if ": uses =" in line] == [
        *("31 เมือง: uses", "32 คูเมือง: uses", "G1 กลุ่มงานส่งเสริม: uses"),
    ]
    assert all("แบบรายงาน!" in line for line in province if ": uses =" in line)
    share = [line.strip() for line in explain(it, "P0", "V2") if ": T1" in line]
    assert share == ["✓ 31 เมือง: T1 = 3", "✗ 32 คูเมือง: T1 = 2", "✓ G1 กลุ่มงานส่งเสริม: T1 = 5"]
    district = "\n".join(explain(it, "31", "D1"))
    assert "312 สมหญิง: N1.visits = " in district


def test_explain_of_a_score_above_and_of_a_part_that_did_not_send() -> None:
    it = outcome(MORE, ("32",))
    above = next(line for line in explain(it, "311", "N1") if "31 เมือง: คะแนนรวม = " in line)
    assert above.endswith("   ที่มา: kpibatch explain 31 total")
    assert "ยังไม่ส่ง" in "\n".join(explain(it, "321", "N1"))
    assert "? 32 คูเมือง: T1   ยังไม่ส่ง" in "\n".join(explain(it, "P0", "V2"))
    assert "อันดับ 1 จาก 1 " in "\n".join(explain(it, "P0", "rank"))


def test_the_explanation_of_a_total_names_nothing_that_is_of_other_kinds_alone() -> None:
    it = outcome(MIXED | MOVED, ())
    kinds = {"311": ["T1", "N1"], "31": ["T1", "D1"], "P0": ["V"]}
    for unit, nodes in kinds.items():
        told = [line.split()[0] for line in explain(it, unit, "total")]
        assert [each for each in told if each in it.tables.node] == nodes


def test_explain_of_a_moved_unit_names_both_with_their_months() -> None:
    told = "\n".join(explain(outcome(MORE | MOVED), "313", "N1"))
    assert "32 คูเมือง (2 เดือน): คะแนนรวม = " in told
    assert "31 เมือง (1 เดือน): คะแนนรวม = " in told


def test_explain_says_which_part_counts_in_neither_sum() -> None:
    told = "\n".join(explain(outcome(HELD_AGAINST, ("32",)), "P0", "V1"))
    line = next(line for line in told.splitlines() if "32 คูเมือง: T1.budget" in line)
    assert line.endswith("ไม่รวม เพราะยังไม่มี เบิกจ่าย มาเทียบ")
    assert told.count("ไม่รวม") == 1


def test_a_persons_summary_holds_its_own_and_its_units_results_alone(tmp_path: Path) -> None:
    whole = outcome({})
    part = next(each for each in by_kind(whole) if "311" in each.tables.unit)
    write_unit_book(Units.of(part), part.tables.unit["311"], tmp_path / "311.xlsx")
    texts = [text for _, _, text in texts_of(tmp_path / "311.xlsx")]
    assert any("ใช้ผลของ เมือง" in text for text in texts)
    assert any("จาก 5 บุคคล" in text for text in texts)
    others = [unit.name for unit in whole.tables.units if unit.code not in ("311", "31", "P0")]
    assert [text for text in texts for name in others if name in text] == []
    assert "T1.spent" not in texts


def test_a_summary_of_parts_says_whose_kpi_they_reach_and_shows_large_sums_whole(tmp_path: Path) -> None:
    rich = "        31 | 31274000\n"
    large = {
        "รายการข้อมูล": MEASURES
        + "    V1.money | งบทั้งจังหวัด | บาท | จำนวนเงิน | รวมจากหน่วยย่อย | รวม | T1.budget\n"
    }
    rules = {"ระดับ": RULES + "    V1 | | | V1.money | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5\n"}
    budgets = {"ค่าตั้งต้น": BASELINES.replace("31      | 1000", rich.strip())}
    whole = outcome(large | rules | budgets)
    part = next(each for each in by_kind(whole) if "P0" in each.tables.unit)
    write_unit_book(Units.of(part), part.tables.unit["P0"], tmp_path / "P0.xlsx")
    texts = [text for _, _, text in texts_of(tmp_path / "P0.xlsx")]
    assert "ร้อยละของหน่วยย่อยที่ถึงระดับ 3 ของ T1 เบิกจ่าย" in texts
    assert any("ไม่มีแบบรายงานของตนเอง" in text for text in texts)
    assert not any("สิ่งที่ต้องรายงาน" in text for text in texts)
    details = open_book(tmp_path / "P0.xlsx")["รายละเอียด"]
    assert (
        details.column_dimensions["D"].width > 21
    )  # in LibreOffice 31,279,000.00 in bold shows as ### at 19


def test_a_summary_of_one_who_moved_names_the_units_with_their_months(tmp_path: Path) -> None:
    it = outcome(MOVED)
    write_unit_book(Units.of(it, Trend((*[month_of(it)] * 2,))), it.tables.unit["313"], tmp_path / "313.xlsx")
    texts = [text for _, _, text in texts_of(tmp_path / "313.xlsx")]
    assert any("ผลของ คูเมือง (2 เดือน), เมือง (1 เดือน)" in text for text in texts)
    assert not any("–→–" in text for text in texts)  # the values are the units'


def test_a_summary_of_parts_says_that_some_are_waited_for_and_that_it_has_no_report(tmp_path: Path) -> None:
    for unsent, waiting in ((), 0), (("32",), 2):
        part = next(each for each in by_kind(outcome({}, unsent)) if "P0" in each.tables.unit)
        write_unit_book(Units.of(part), part.tables.unit["P0"], tmp_path / "P0.xlsx")
        texts = [text for _, _, text in texts_of(tmp_path / "P0.xlsx")]
        assert sum("ยังไม่ครบทุกหน่วยย่อย" in text for text in texts) == waiting
        assert "ไม่มีข้อค้นพบ หน่วยนี้ไม่มีแบบรายงานของตนเอง" in texts


def test_who_has_nothing_to_send_is_neither_among_those_who_sent_nor_among_those_asked() -> None:
    assert sent_of_asked(outcome({})) == (8, 8)  # the province is the ninth unit
    assert sent_of_asked(outcome({}, ("31", "312"))) == (6, 8)
    assert sent_of_asked(outcome({}, tuple(ENTRIES))) == (0, 8)


@pytest.mark.parametrize(
    ("unit", "folder"),
    [("31", "31 เมือง"), ("311", "31 เมือง"), ("G11", "G1 กลุ่มงานส่งเสริม"), ("34", "")],
)
def test_a_units_form_lies_with_those_of_the_units_below_it(unit: str, folder: str) -> None:
    alone = "    34 | คูเมืองใหม่ | | 34@cdd.example | | P0 | อำเภอ\n"  # has nobody below it, nor a form above
    tables = read(**book(หน่วย=UNITS + alone))[0]
    assert form_folder(tables, tables.unit[unit]) == folder


def test_a_form_says_who_has_the_figures_that_it_does_not_ask_for(tmp_path: Path) -> None:
    of_units = {
        "ตัวชี้วัด": NODES + "    U1 | | ผลของหน่วย | 40 | | ประเภท บุคคล | | | ข้อ 6\n",
        "รายการข้อมูล": MEASURES + "    U1.unit | คะแนนหน่วย | คะแนน | จำนวน | คะแนนของหน่วย\n",
        "ระดับ": RULES + "    U1 | | | U1.unit | ≥ 1 | ≥ 2 | ≥ 3 | ≥ 4 | ≥ 5\n",
    }
    tables = read(**book(**of_units))[0]
    told = {"311": "ไม่ต้องกรอก ใช้คะแนนของหน่วยที่อยู่เหนือขึ้นไป", "31": "ไม่ต้องกรอก รวมจากผลของหน่วยย่อย"}
    for unit, words in told.items():
        write_form(tables, tables.unit[unit], tmp_path / f"{unit}.xlsx", scored_from=date(2022, 4, 1))
        assert words in [text for _, _, text in texts_of(tmp_path / f"{unit}.xlsx")]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = cascade_workspace(tmp_path_factory.mktemp("cascade-run") / "it", ("32", "321"))
    assert kpibatch(home, "run").exit_code in (0, 1)
    return home


@pytest.mark.slow
def test_who_has_nothing_to_send_is_not_waited_for(workspace: Path) -> None:
    folder = workspace / "output" / MONTH
    unsent = {row["unit"] for row in findings(folder) if row["code"] == "not-submitted"}
    assert unsent == {"32", "321"}
    status = kpibatch(workspace, "status").output
    assert [line.split("│")[2].strip() for line in status.splitlines() if "P0 " in line] == ["ไม่ต้องส่ง"]
    counts = json.loads((folder / "run.json").read_text(encoding="utf-8"))["counts"]
    assert [counts[name] for name in ("units", "asked", "submitted")] == [9, 8, 6]
    rows = {row["unit"]: row for row in read_rows(folder / "scores.csv") if row["node"] == "total"}
    assert (rows["P0"]["status"], rows["P0"]["rank"]) == ("provisional", "1")
    assert [rows[unit]["rank"] for unit in ("31", "32", "311", "321", "G1")] == ["1", "", "1", "", "1"]
    assert kpibatch(workspace, "forms").exit_code == 0
    assert not list((workspace / "output" / "forms").glob("P0*"))
    forms = workspace / "output" / "forms"
    assert len(list(forms.iterdir())) == 8
    assert kpibatch(workspace, "forms", "--folders").exit_code == 0
    there = sorted(path.relative_to(forms).as_posix() for path in forms.rglob("*.xlsx"))
    assert there == [
        *("31 เมือง/31 เมือง.xlsx", "31 เมือง/311 สมชาย.xlsx", "31 เมือง/312 สมหญิง.xlsx"),
        *("31 เมือง/313 สมศรี.xlsx", "32 คูเมือง/32 คูเมือง.xlsx", "32 คูเมือง/321 สมปอง.xlsx"),
        *("G1 กลุ่มงานส่งเสริม/G1 กลุ่มงานส่งเสริม.xlsx", "G1 กลุ่มงานส่งเสริม/G11 สมใจ.xlsx"),
    ]
    assert kpibatch(workspace, "forms").exit_code == 0
    assert len(list(forms.glob("*.xlsx"))) == 8  # folders that hold nothing else go


@pytest.mark.slow
def test_mails_ask_nobody_who_has_nothing_to_send(workspace: Path) -> None:
    assert kpibatch(workspace, "mail").exit_code in (0, 1)
    results = {
        path.name.split()[0].split("-")[0] for path in (workspace / "output" / MONTH / "mail").iterdir()
    }
    assert {"P0", "31", "311"} <= results
    assert not {"32", "321"} & results
    assert kpibatch(workspace, "mail", "--remind").exit_code in (0, 1)
    published = read_published(workspace / "output" / MONTH)
    facts = Facts(published, read_levels(workspace / "level_tables.xlsx")[0], "th").of_province
    assert [facts[name] for name in ("sent", "units", "asked")] == [6, 8, "หน่วย"]
    assert [standing.code for standing in facts["standings"]] == ["31"]  # persons have ranks of their own
