"""``levels check --letter``: each kind of slip between a letter and the tables just beside a sound one."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from letter_slips import Beside
from made_up_letter import LETTER
from tablebook import SHEETS, levels, read, write

from kpibatch.rules.letter.check import check_letter
from kpibatch.rules.letter.figures import figures_in
from kpibatch.rules.letter.ledger import Ledger
from kpibatch.rules.letter.text import letter_of


@cache
def figures(text: str) -> list[tuple[str, str, str]]:
    return [(each.kind.value, each.role.value, each.text) for each in figures_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ไม่น้อยกว่าร้อยละ ๘๐พร้อม", [("percent", "rule", "๘๐")]),
        ("ร้อยละ ๘๑ - ๘๕", [("percent", "rule", "๘๑"), ("percent", "rule", "๘๕")]),
        ("ร้อยละ 8O", [("number", "doubtful", "8O")]),
        ("ร้อยละ 80", [("percent", "rule", "80")]),
        ("ภายในวันที่ ๓๐ กันยายน ๒๕๖๕", [("date", "rule", "๓๐ กันยายน ๒๕๖๕")]),
        ("ภายในวันที่ ๓๑ กันยายน ๒๕๖๕", [("date", "doubtful", "๓๑ กันยายน ๒๕๖๕")]),
        ("งวดที่ ๒", [("number", "order", "๒")]),
        ("อย่างน้อย ๒ งวด", [("number", "rule", "๒")]),
        ("ตามแผน ๔", [("number", "doubtful", "๔")]),
        ("อย่างน้อย ๔ ครั้ง", [("number", "rule", "๔")]),
        ("รอบการประเมิน ๒ (", [("number", "order", "๒")]),
        ("ภายใน ๓๐ กันยายน", [("day", "rule", "๓๐ กันยายน")]),
        ("ภายใน ๓๑ กันยายน", [("day", "doubtful", "๓๑ กันยายน")]),
        ("ตามแถว D1.1", []),
    ],
)
def test_what_a_figure_is(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert figures(text) == expected


def test_levels_behind_a_number_are_what_it_counts_but_for_a_levels_own() -> None:
    assert [each.noun for each in figures_in("แบ่งเป็น 5 ระดับ")] == ["ระดับ"]
    assert [each.noun for each in figures_in("ร้อยละ 60 ระดับ 5")] == ["", ""]
    assert [each.noun for each in figures_in("มี 60 ระดับ 5")] == ["", ""]


def ledger(letter: str = LETTER, remarks: dict[str, tuple[str, ...]] | None = None, **sheets: str) -> Ledger:
    lines = letter_of("letter.txt", letter.splitlines())
    return check_letter(lines, read(None, None, **sheets)[0], remarks or {})


def told(found: Ledger) -> list[tuple[str, str]]:
    """Each finding's code, and what it is about: the figure printed, or the cell."""
    return [(each.code, dict(each.facts).get("printed") or each.found) for each in found.findings]


def slipped(before: str, after: str) -> str:
    assert LETTER.count(before) == 1
    return LETTER.replace(before, after)


def test_a_letter_that_says_what_the_tables_say_leaves_nothing() -> None:
    found = ledger()
    assert found.findings == []
    assert (found.figures, len(found.pairs), found.no_rule) == (39, 37, 2)
    assert all(cell.figure.same(seen.figure) for seen, cell in found.pairs)


def test_each_figure_goes_with_the_cell_of_its_kpi_and_level() -> None:
    cells = {(seen.stretch.line, seen.figure.text): cell.place.cell for seen, cell in ledger().pairs}
    assert (cells[6, "๖๐"], cells[6, "๑๐๐"]) == ("A4", "I2")  # the last ๖๐ of the line is the weight
    assert cells[8, "๑๐ กันยายน ๒๕๖๕"] == "I6"


@pytest.mark.parametrize(
    ("before", "after", "code", "found"),
    [
        ("ร้อยละ ๗๐", "ร้อยละ ๗๕", "letter-slip", "๗๕"),
        ("ร้อยละ ๗๐", "ร้อยละ ๖๐", "letter-slip", "๖๐"),  # which level 1 has
        ("ร้อยละ ๗๐", "ร้อยละ ๗๐๐", "letter-slip", "๗๐๐"),
        ("ร้อยละ ๑๐๐", "ร้อยละ ๐๐๐", "letter-slip", "๐๐๐"),
        ("ไม่น้อยกว่า ๑๐ ข่าว", "ไม่น้อยกว่า ๑๑ ข่าว", "letter-slip", "๑๑"),
        ("๑๐ กันยายน ๒๕๖๕", "๑๐ กันยายน ๒๕๖๔", "letter-slip", "๑๐ กันยายน ๒๕๖๔"),
        ("๑๐ กันยายน ๒๕๖๕", "๔๐ กันยายน ๒๕๖๕", "letter-slip", "๔๐ กันยายน ๒๕๖๕"),
        ("๕ มิถุนายน ๒๕๖๕", "๖ มิถุนายน ๒๕๖๕", "letter-slip", "๖ มิถุนายน ๒๕๖๕"),
        ("๖๐\tคลัง", "๖๕\tคลัง", "letter-slip", "๖๕"),
        ("ตั้งแต่ร้อยละ ๙๐", "ตั้งแต่ร้อยละ ๙๕", "letter-slip", "๙๕"),
        ("ตั้งแต่ร้อยละ ๙๐", "ตั้งแต่ร้อยละ ๖๐", "letter-slip", "๖๐"),  # the other band's
        ("รายทีม\t๖๐", "รายทีม\t๘๐", "letter-slip", "๘๐"),
        ("๒ คน ไม่น้อยกว่า ๑ ข่าว", "๓ คน ไม่น้อยกว่า ๑ ข่าว", "letter-slip", "๓"),
        ("ร้อยละ ๗๐", "ร้อยละ ๗O", "letter-doubtful", "๗O"),
        ("ร้อยละ ๗๐", "ร้อยละ ๗ ๐", "letter-doubtful", "๗ ๐"),
        ("ร้อยละ ๗๐", "ร้อยละ ๗0", "letter-doubtful", "๗0"),
        ("ข่าว รายงานภายใน", "ข่าว ๒๕ หมู่บ้าน รายงานภายใน", "letter-missing", "๒๕"),
        ("ร้อยละ ๗๐", "ร้อยละเจ็ดสิบ", "letter-unfounded", "≥ 70"),
        ("มากกว่า ๒ คน ไม่น้อยกว่า ๑๐ ข่าว", "", "letter-unfounded", "≥ 10"),
        ("ตัวชี้วัดที่ ๑ ข่าว ", "ตัวชี้วัดที่ ๑ ถนน ", "letter-kpi-unknown", "ถนน"),
        ("ตัวชี้วัดที่ ๑ ข่าว ", "ตัวชี้วัดที่ ๑ ถนน ", "letter-kpi-absent", "ข่าว"),
        ("๖๐\tคลัง", "\tคลัง", "letter-unfounded", "60"),
        ("ผ่านตั้งแต่ร้อยละ ๖๐", "", "letter-sheet-unfounded", "60"),
    ],
)
def test_what_stands_in_one_of_the_two_is_told(before: str, after: str, code: str, found: str) -> None:
    assert (code, found) in told(ledger(slipped(before, after)))


@pytest.mark.parametrize(
    ("row", "after"),
    [
        ("≥ 60  | ≥ 70", "≥ 60  | ≥ 75"),
        ("≥ 60  | ≥ 70", "≥ 60  | ≥ 60"),
        ("≥ 2   | ≥ 4   | ≥ 6", "≥ 2   | ≥ 2   | ≥ 6"),  # the same number then stands in both rows
        ("ภายใน 10 ก.ย. 2565", "ภายใน 10 ส.ค. 2565"),
        ("staff  | > 2", "staff  | > 4"),
    ],
)
def test_a_slip_in_the_tables_is_told_at_its_cell(row: str, after: str) -> None:
    text = SHEETS["ระดับ"]
    assert text.count(row) == 1
    slips = [each for each in ledger(ระดับ=text.replace(row, after)).findings if each.code == "letter-slip"]
    assert [each.place.cell for each in slips][:1] == [_cell(text, row, after)]


def _cell(text: str, row: str, after: str) -> str:
    """The cell in which two texts differ; a case is told at its row's first level."""
    lines = text.strip().splitlines()
    at = next(number for number, line in enumerate(lines, 1) if row in line)
    cells, new = (each.split("|") for each in (lines[at - 1], lines[at - 1].replace(row, after)))
    column = next(number for number, (a, b) in enumerate(zip(cells, new, strict=True)) if a != b)
    return f"{'ABCDEFGHI'[max(column, 4)]}{at}"


def test_weights_slip_in_the_tables_too() -> None:
    nodes = SHEETS["ตัวชี้วัด"].replace("ข่าว     | 40", "ข่าว     | 45")
    assert ("letter-slip", "๔๐") in told(ledger(ตัวชี้วัด=nodes))


def noted(remark: str, row: str = "T1.pct") -> str:
    """ระดับ with a note in a row."""
    line = next(line for line in SHEETS["ระดับ"].splitlines() if row in line)
    return SHEETS["ระดับ"].replace(line, f"{line} | {remark}")


def test_a_note_that_names_a_figure_accounts_for_it() -> None:
    more = slipped("ระดับ ๒ ไม่น้อยกว่าร้อยละ ๗๐", "ระดับ ๒ ไม่น้อยกว่าร้อยละ ๗๐ ใน ๒๕ หมู่บ้าน")
    assert ("letter-missing", "๒๕") in told(ledger(more))
    found = ledger(more, ระดับ=noted("ทำใน 25 หมู่บ้าน"))
    assert (found.findings, [seen.figure.text for seen, _ in found.noted]) == ([], ["๒๕"])


def test_a_note_holds_at_the_levels_that_it_names() -> None:
    more = slipped("ระดับ ๒ ไม่น้อยกว่าร้อยละ ๗๐", "ระดับ ๒ ไม่น้อยกว่าร้อยละ ๗๐ ใน ๒๕ หมู่บ้าน")
    for remark, findings in (
        ("ระดับ 1 ทำใน 25 หมู่บ้าน", 1),
        ("ระดับ 2 ทำใน 25 หมู่บ้าน", 0),
        ("ระดับ 1 ถึง 2 ทำใน 25 หมู่บ้าน", 0),
        ("ระดับ 1; ทำใน 25 หมู่บ้าน", 0),
    ):
        assert len(ledger(more, ระดับ=noted(remark)).findings) == findings, remark


def test_a_slip_of_a_noted_figure_is_told() -> None:
    more = slipped("ระดับ ๒ ไม่น้อยกว่าร้อยละ ๗๐", "ระดับ ๒ ไม่น้อยกว่าร้อยละ ๗๐ ใน ๒๘ หมู่บ้าน")
    assert told(ledger(more, ระดับ=noted("ทำใน 25 หมู่บ้าน"))) == [("letter-slip", "๒๘")]


def test_the_fiscal_year_in_the_place_of_another_is_told() -> None:
    """The same words elsewhere in the KPI go with another year, which a note names."""
    more, words = LETTER, " จากปี ๒๕๖๔"
    for level in ("๖๐ ระดับ ๒", "๗๐ ระดับ ๓", "๘๐ ระดับ ๔"):
        more = more.replace(f"ร้อยละ {level}", f"ร้อยละ {level[:2]}{words}{level[2:]}")
    assert ledger(more, ระดับ=noted("ปีฐาน 2564")).findings == []
    more = more.replace(f"๗๐{words}", "๗๐ จากปี ๒๕๖๕")
    assert told(ledger(more, ระดับ=noted("ปีฐาน 2564"))) == [("letter-slip", "๒๕๖๕")]


def test_what_a_note_calls_ours_need_not_stand_in_the_letter() -> None:
    silent = LETTER.replace("ผลประเมินดีเด่นตั้งแต่ร้อยละ ๙๐ ผ่านตั้งแต่ร้อยละ ๖๐\n", "")
    assert told(ledger(silent)) == [("letter-sheet-unfounded", "90, 60")]
    assert ledger(silent, {"ผลประเมิน": ("กำหนดเอง",)}).findings == []


def test_another_round_is_told_first() -> None:
    for before, after in (("ที่ ๒ ปีงบ", "ที่ ๑ ปีงบ"), ("พ.ศ. ๒๕๖๕ (", "พ.ศ. ๒๕๖๖ (")):
        assert ledger(slipped(before, after)).findings[0].code == "letter-other-round"


def test_two_weights_of_one_kpi_are_told() -> None:
    twice = LETTER + "ต่อจากหน้าก่อน\t๑๕\tคลัง\n"
    assert "letter-two-weights" not in dict(told(ledger()))
    assert ("letter-two-weights", "15, 40") in told(ledger(twice))
    for remark, severity in (("น้ำหนักพิมพ์ 15 ซ้ำ", "warning"), ("น้ำหนักพิมพ์ 15 และ 40 ใช้ 40", "note")):
        [found] = ledger(twice, ระดับ=noted(remark, "I1.day")).findings
        assert (found.code, found.severity) == ("letter-two-weights", severity)


def test_tracked_changes_and_pages_without_text_are_told() -> None:
    letter = letter_of("letter.docx", LETTER.splitlines(), inserted=2, deleted=3)
    assert [each.code for each in check_letter(letter, levels(), {}).findings] == ["letter-tracked"]
    letter = replace(letter_of("letter.pdf", LETTER.splitlines()), blank=(2, 3))
    found = check_letter(letter, levels(), {}).findings
    assert [(each.code, each.found) for each in found] == [("letter-page-blank", "2, 3")]


def test_a_letter_without_a_kpi_is_told() -> None:
    assert "letter-no-kpi" in dict(told(ledger("เรียน นายอำเภอ ขอเชิญประชุม")))


@pytest.mark.parametrize("letter", [True, False])
def test_every_planted_slip_is_named(letter: bool, tmp_path: Path) -> None:
    beside = Beside(
        letter_of("letter.txt", LETTER.splitlines()), write(tmp_path / "level_tables.xlsx", {}, {})
    )
    planted = beside.plants(letter=letter, seed="planted", count=40)
    assert (len(planted), [str(each) for each in planted if not each.named]) == (40, [])
