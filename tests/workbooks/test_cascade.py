"""The ranking of a tree of units: each kind apart, sums up and results taken from above as formulas."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from cascade import BASELINES, ENTRIES, MEASURES, NODES, RULES, UNITS, book
from made_up_month import outcome_of, ranking_of
from recalculated import calculated, differences, reckoned_elsewhere
from tablebook import read
from workspace import open_book

from kpibatch.scoring.apart.kinds import by_kind
from kpibatch.scoring.outcome import Outcome

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
BOOKS: dict[str, tuple[dict[str, str], Sequence[str]]] = {
    "all sent": ({}, ()),
    "a district did not": ({}, ("31",)),
    "persons did not": ({}, ("312", "321")),
    "nobody did": ({}, tuple(ENTRIES)),
    "lowest, a score and a part of a sum": (MORE, ("32", "311")),
    "a node of the unit's": (UNDER_A_NODE, ("32",)),
    "some are scored themselves": (MIXED, ("32",)),
}


def outcome(sheets: dict[str, str], unsent: Sequence[str] = ()) -> Outcome:
    tables, found = read(**book(**sheets))
    assert [one.code for one in found] == []
    given = {unit: dict(values) for unit, values in ENTRIES.items()}
    if "P01" in tables.unit:
        given["P01"] = {"T1.spent": 75, "N1.visits": 3}
    return outcome_of(tables, {unit: values for unit, values in given.items() if unit not in unsent})


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("cascade")
    return {
        name: ranking_of(outcome(*what), folder / f"{at}.xlsx")
        for at, (name, what) in enumerate(BOOKS.items())
    }


@pytest.mark.parametrize("name", BOOKS)
def test_formulas_give_what_the_program_says(books: dict[str, Path], name: str) -> None:
    count, wrong = reckoned_elsewhere(books[name])
    assert (count > 300, wrong) == (True, [])


@pytest.mark.slow
def test_so_does_libreoffice(books: dict[str, Path], tmp_path: Path) -> None:
    anew = calculated(books, tmp_path)
    assert {name: differences(books[name], anew[name])[1] for name in BOOKS} == {name: [] for name in BOOKS}


def test_each_kind_stands_apart_and_a_person_on_no_sheet_of_the_team(books: dict[str, Path]) -> None:
    sheets = open_book(books["all sent"], values=True)
    assert [sheet.title for sheet in sheets if sheet.title.startswith("อันดับ")] == [
        *("อันดับ", "อันดับ จังหวัด", "อันดับ กลุ่มงาน", "อันดับ บุคคล"),
    ]
    persons = {"311", "312", "313", "321", "G11"}
    for sheet in sheets:
        codes = {row[0] for row in sheet.iter_rows(values_only=True)} | {
            row[1] for row in sheet.iter_rows(values_only=True)
        }
        told = sheet.title.endswith("บุคคล") or sheet.title in ("N1", "D1", "D1 กลุ่มงาน", "ข้อค้นพบ")
        assert bool(persons & codes) <= told, sheet.title


@pytest.mark.slow
def test_a_value_that_is_changed_moves_what_is_above_and_below(
    books: dict[str, Path], tmp_path: Path
) -> None:
    changed = open_book(books["all sent"])
    sheet = changed["T1"]
    cell = next(row[2] for row in sheet.iter_rows(min_row=7) if row[0].value == "32")
    assert cell.value == 1400
    cell.value = 2000
    changed.save(tmp_path / "changed.xlsx")
    (tmp_path / "out").mkdir()
    anew = open_book(calculated({"it": tmp_path / "changed.xlsx"}, tmp_path / "out")["it"], values=True)
    totals = {
        row[0]: row[3] for name in anew.sheetnames if name.startswith("คะแนน") for row in anew[name].values
    }
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
