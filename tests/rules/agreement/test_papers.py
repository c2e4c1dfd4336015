"""An agreement as it is signed: what it says, that document and workbook say the same, and what they hold for
machines.
"""

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import cascade
import docx
import pytest
from docx.oxml.ns import qn
from tablebook import SHEETS, levels
from workspace import open_book

from kpibatch.forms.properties import custom_properties
from kpibatch.rules.agreement.agreed import Agreed, Part, agreed, differences
from kpibatch.rules.agreement.mark import AGREEMENT, marked, marks_of, text_digest
from kpibatch.rules.agreement.sheet import write_sheet
from kpibatch.rules.agreement.text import Agreement, agreement_of
from kpibatch.rules.agreement.word import lines_in, write_word
from kpibatch.rules.schema import SINCE

DAY = date(2022, 4, 1)
TABLES = levels()


def of(unit: str = "3101", language: str = "th", **sheets: str) -> Agreement:
    tables = levels(**sheets)
    agreement = agreement_of(tables, tables.unit[unit], language)
    assert agreement
    return agreement


def texts(path: Path) -> list[str]:
    """Every line of a document, in order."""
    return [
        "".join(text.text for text in each.iter(qn("w:t")))
        for each in docx.Document(str(path)).element.iter(qn("w:p"))
    ]


def test_it_says_who_with_whom_and_what() -> None:
    agreement = of()
    assert agreement.subtitle[1] == "ระหว่าง อำเภอเมือง กับ จังหวัดตัวอย่าง"
    [listing] = agreement.listings
    seen = [(item.code, item.weight, item.share, item.lines[:1]) for item in listing.items]
    assert seen == [
        ("T", "60", "60", ()),
        ("T1", "60", "60", ("ค่าตั้งต้น  งบ: 1,000 บาท",)),
        ("I", "40", "40", ()),
        ("I1", "40", "40", ("ค่าตั้งต้น  อัตรากำลัง: 2 คน",)),
    ]
    assert listing.items[3].lines[1] == "ระดับ 1  กรณี อัตรากำลัง ไม่เกิน 2 คน: ข่าว ไม่น้อยกว่า 1 ข่าว"
    assert (listing.weight, listing.share) == ("100", "100")
    assert agreement.closing[2].startswith("คะแนนของระดับ 1 ถึง 5: 1, 2, 3, 4, 5  ต่ำกว่าระดับ 1 ได้ 0")
    assert agreement.signatures[0][-1] == "ผู้รับการประเมิน"
    assert agreement.signatures[1][-1] == "ผู้ประเมิน"


def test_the_shares_are_of_what_applies_to_the_unit() -> None:
    sheet = SHEETS["ตัวชี้วัด"].rstrip() + "\nI2 | I | แผน | 60 | 100 | ยกเว้น เมือง | | | ข้อ 2.2"
    sheet = sheet.replace(
        "I   |      | งานบุคคล | 40    |            ", "I   |      | งานบุคคล | 40    | 100        "
    )
    rules = SHEETS["ระดับ"].rstrip() + "\nI2 | | | T1.docs | ใช่ | ใช่ | ใช่ | ใช่ | ใช่"
    shares = {
        unit: {item.code: item.share for item in of(unit, ตัวชี้วัด=sheet, ระดับ=rules).listings[0].items}
        for unit in ("3101", "3102")
    }
    assert shares["3101"] == {"T": "60", "T1": "60", "I": "40", "I1": "40"}
    assert shares["3102"] == {"T": "60", "T1": "60", "I": "40", "I1": "16", "I2": "24"}


@pytest.mark.parametrize(
    ("noun", "called"), [("อำเภอ", "อำเภอเมือง"), ("ส่วนราชการ", "เมือง"), ("เมือง", "เมือง")]
)
def test_a_unit_is_called_as_people_call_it(noun: str, called: str) -> None:
    round_sheet = SHEETS["รอบประเมิน"].replace("| อำเภอ", f"| {noun}")
    assert of(รอบประเมิน=round_sheet).opening[0] == f"1. ผู้รับการประเมิน: {called} (รหัส 3101)"


def test_what_changes_in_mid_round_has_a_list_of_its_own() -> None:
    head, *rows = SHEETS["ตัวชี้วัด"].strip().splitlines()
    later = "\n".join((f"{head} | {SINCE}", *rows, "T1 | | | 60 | | | ค่าต่อเนื่อง | | | 2565-06"))
    first, second = of(ตัวชี้วัด=later).listings
    assert [item.code for item in first.items] == ["T", "T1", "I", "I1"]
    assert second.heading == "ตั้งแต่เดือนมิถุนายน 2565 ใช้เกณฑ์ต่อไปนี้แทน"
    assert [item.code for item in second.items] == ["T1"]
    assert "ค่าต่อเนื่อง" in second.items[0].lines[-1]
    assert "ค่าต่อเนื่อง" not in "".join(first.items[1].lines)


def test_a_kpi_that_may_leave_says_so_and_it_is_agreed() -> None:
    head, *rows = SHEETS["ตัวชี้วัด"].strip().splitlines()
    rows = [f"{row} | {'ตัดออก' if row.lstrip().startswith('T1') else ''}" for row in rows]
    may_leave = of(ตัวชี้วัด="\n".join((f"{head} | เมื่อไม่มีกลุ่มเป้าหมาย", *rows)))
    assert may_leave.listings[0].items[1].name.startswith("เบิกจ่าย  (")
    assert differences(of().agreed, may_leave.agreed).rules == ("T1",)


def test_no_kpi_no_agreement() -> None:
    tables = levels(
        ตัวชี้วัด=SHEETS["ตัวชี้วัด"]
        .replace("เบิกจ่าย  | 60    |            |      ", "เบิกจ่าย  | 60    |            | ยกเว้น เมือง")
        .replace("ข่าว     | 40    |            |      ", "ข่าว     | 40    |            | ยกเว้น เมือง")
    )
    assert agreement_of(tables, tables.unit["3101"], "th") is None
    assert agreement_of(tables, tables.unit["3102"], "th") is not None


@pytest.mark.parametrize("language", ["th", "en"])
def test_document_and_workbook_say_the_same(tmp_path: Path, language: str) -> None:
    agreement = of(language=language)
    write_word(agreement, tmp_path / "a.docx", DAY)
    write_sheet(agreement, tmp_path / "a.xlsx", DAY)
    sheet = open_book(tmp_path / "a.xlsx").active
    cells = [
        str(cell).strip() for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    ]
    lines = [line.strip() for line in texts(tmp_path / "a.docx") if line.strip()]
    assert sorted(" ".join(cells).split()) == sorted(" ".join(lines).split())


@pytest.mark.parametrize(("name", "write"), [("a.docx", write_word), ("a.xlsx", write_sheet)])
def test_the_same_agreement_gives_the_same_bytes_and_holds_what_was_agreed(
    tmp_path: Path, name: str, write: object
) -> None:
    agreement, files = of(), [tmp_path / name, tmp_path / f"again {name}"]
    for file in files:
        write(agreement, file, DAY)  # type: ignore[operator]
    raw = files[0].read_bytes()
    assert raw == files[1].read_bytes()
    said = marked(custom_properties(raw))
    assert said is not None
    assert said.sound
    assert said.agreed == agreed(TABLES, TABLES.unit["3101"])


def test_a_document_is_dressed_for_thai_and_keeps_together_what_belongs_together(tmp_path: Path) -> None:
    write_word(of(), tmp_path / "a.docx", DAY)
    document = docx.Document(str(tmp_path / "a.docx"))
    fonts = list(document.element.iter(qn("w:rFonts")))
    assert {font.get(qn(f"w:{name}")) for font in fonts for name in ("ascii", "hAnsi", "cs")} == {
        "TH Sarabun New"
    }
    sizes = [(run.find(qn("w:sz")), run.find(qn("w:szCs"))) for run in document.element.iter(qn("w:rPr"))]
    assert all(size.get(qn("w:val")) == thai.get(qn("w:val")) for size, thai in sizes)
    bold = [
        [run.find(qn(f"w:{name}")) is not None for name in ("b", "bCs")]
        for run in document.element.iter(qn("w:rPr"))
    ]
    assert all(first == second for first, second in bold)
    head = document.tables[0].rows[0]._tr
    assert head.find(f".//{qn('w:tblHeader')}") is not None
    assert round(document.sections[0].page_width.cm, 1) == 21.0
    with zipfile.ZipFile(tmp_path / "a.docx") as package:
        assert not [name for name in package.namelist() if "thumbnail" in name]


def test_the_footer_says_whose_it_is_and_what_was_agreed(tmp_path: Path) -> None:
    agreement = of()
    write_word(agreement, tmp_path / "a.docx", DAY)
    write_sheet(agreement, tmp_path / "a.xlsx", DAY)
    foot = docx.Document(str(tmp_path / "a.docx")).sections[0].footer.paragraphs[0]._p
    said = "".join(text.text for text in foot.iter(qn("w:t")))
    assert said == f"3101 เมือง   {agreement.digest}   หน้า 1 จาก 1"
    assert (
        open_book(tmp_path / "a.xlsx").active.oddFooter.left.text.strip() == f"3101 เมือง   {agreement.digest}"
    )
    assert agreement.digest in "".join(agreement.closing)


def test_the_lines_that_are_signed_are_those_of_the_lists_alone(tmp_path: Path) -> None:
    write_word(of(), tmp_path / "a.docx", DAY)
    lines = lines_in((tmp_path / "a.docx").read_bytes())
    assert "T1" in lines
    assert not any("ลงชื่อ" in line for line in lines)
    assert not any("ผู้รับการประเมิน" in line for line in lines)


# --- marks --------------------------------------------------------------------------------------------------

ODD = Agreed("3101 | x", "2565/2", (Part("weight", "a | b", "", "60"), Part("rules", "T1", "2565-06", "–")))


def test_marks_come_back_whatever_a_code_holds() -> None:
    said = marked(marks_of(ODD, ["a", " a  b "], (3, 9)).items())
    assert said is not None
    assert (said.agreed, said.rows, said.sound) == (ODD, (3, 9), True)
    assert said.text == text_digest(["a", "", "a b"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kpibatch_unit", "3102"),
        ("kpibatch_agreed_round", "2565/1"),
        ("kpibatch_agreed_digest", "0000"),
        ("kpibatch_agreed_part_0001", "weight | a | b | – | 61"),
        ("kpibatch_agreed_part_0001", "weight"),
        ("kpibatch_agreed_part_0002", ""),
        (AGREEMENT, "2"),
    ],
)
def test_a_mark_that_was_changed_is_no_longer_sound(name: str, value: str) -> None:
    marks = marks_of(ODD, [])
    assert marks[name] != value
    said = marked((marks | {name: value}).items())
    assert said is not None
    assert not said.sound


def test_what_has_no_marks_is_no_agreement() -> None:
    assert marked([("kpibatch_unit", "3101")]) is None
    assert marked(custom_properties(BytesIO(b"no zip").getvalue())) is None


@pytest.mark.parametrize(("unit", "called"), [("311", "สมชาย"), ("31", "อำเภอเมือง"), ("P0", "จังหวัดตัวอย่าง")])
def test_an_agreement_calls_a_unit_by_its_kind(unit: str, called: str) -> None:
    agreement = of(unit, **cascade.book())
    lines = (*agreement.subtitle, *agreement.opening)
    assert any(called in line for line in lines)
    assert called.startswith("อำเภอ") or not any(f"อำเภอ{called}" in line for line in lines)
