"""The template of a KPI: nine columns of ตัวชี้วัด that say more of a node and decide no score."""

from dataclasses import astuple
from datetime import date
from pathlib import Path

import pytest
from tablebook import SHEETS, levels, read, write
from workspace import open_book

from kpibatch.forms.standard import write_form
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.annex import write_annex
from kpibatch.rules.paper.changes import table_changes
from kpibatch.rules.paper.words import changes_in_round, template_in_words
from kpibatch.rules.reader import read_levels
from kpibatch.rules.round import Template
from kpibatch.rules.schema import NODES, SINCE

HEADS = ("คำอธิบาย", "สูตร", "แหล่งข้อมูล", "ความถี่", "ผู้กำกับดูแล", "ผู้จัดเก็บ", "เป้าประสงค์", "ยุทธศาสตร์", "ทีม")
SAID = tuple(f"{head}ของ T1" for head in HEADS)


@pytest.fixture(autouse=True)
def _right_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kpibatch.rules.sheets.capped", lambda limits, look, path: look(path))


def sheet(*more: str, heads: tuple[str, ...] = HEADS, **said: tuple[str, ...]) -> dict[str, str]:
    """ตัวชี้วัด with these columns, what they say of a node by its code, and further rows below."""
    head, *rows = SHEETS["ตัวชี้วัด"].strip().splitlines()
    filled = [" | ".join((row, *said.get(row.split("|")[0].strip(), ()))) for row in rows]
    return {"ตัวชี้วัด": "\n".join((" | ".join((head, *heads)), *filled, *more))}


def test_every_column_is_read_into_its_field() -> None:
    tables = levels(**sheet(T1=SAID))
    assert astuple(tables.node["T1"].template) == SAID
    assert tables.node["T"].template == Template()
    assert NODES.template == HEADS


@pytest.mark.parametrize("head", HEADS)
def test_each_column_may_stand_alone(head: str) -> None:
    template = levels(**sheet(heads=(head,), T1=("คำ",))).node["T1"].template
    assert [said == "คำ" for said in astuple(template)] == [each == head for each in HEADS]


def test_it_is_no_part_of_the_digest() -> None:
    assert levels(**sheet(T1=SAID)).digest == levels(**sheet()).digest == levels().digest


def since(*rows: str) -> LevelTables:
    heads = (SINCE, *HEADS)
    return levels(**sheet(*rows, heads=heads, T1=("", *SAID)))


def test_a_later_row_keeps_what_it_leaves_blank() -> None:
    tables = since("T1 | | | 60 | | | | | | 2565-05 | | ใหม่")
    before, after = (tables.for_month(month).node["T1"].template for month in ("2565-04", "2565-06"))
    assert astuple(before) == SAID
    assert astuple(after) == (SAID[0], "ใหม่", *SAID[2:])


def test_a_later_row_that_says_only_this_otherwise_is_a_change() -> None:
    changed = [
        [node.code for node in nodes]
        for _, nodes, _ in changes_in_round(since("T1 | | | 60 | | | | | | 2565-05 | | ใหม่"))
    ]
    assert changed == [["T1"]]


def test_it_is_printed_in_the_annex_and_noted_on_the_form(tmp_path: Path) -> None:
    tables = levels(**sheet(T1=SAID, T=("ทั้งหมวด",)))
    write_annex(tables, tmp_path / "annex.xlsx", "th", date(2022, 4, 1))
    printed = [cell.value for row in open_book(tmp_path / "annex.xlsx").active["A7:B50"] for cell in row]
    lines = [f"{head}: {said}" for head, said in zip(HEADS, SAID, strict=True)]
    assert [text for text in printed if text in lines] == lines
    assert printed.index("คำอธิบาย: ทั้งหมวด") == printed.index("T  งานทีม") + 2
    write_form(tables, tables.units[0], tmp_path / "form.xlsx")
    form = open_book(tmp_path / "form.xlsx")["แบบรายงาน"]
    notes = {cell.value: cell.comment.text for row in form["B6:B20"] for cell in row if cell.comment}
    assert notes == {"T1  เบิกจ่าย": "\n".join(lines)}


def test_in_english_its_headings_are_english() -> None:
    words = template_in_words(levels(**sheet(T1=SAID)).node["T1"], "en")
    assert words[0] == f"Meaning: {SAID[0]}"
    assert len({line.split(":")[0] for line in words}) == len(HEADS)


def test_two_workbooks_are_compared_in_it_as_well(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{name}.xlsx", sheet(T1=(*SAID[:8], name)), {}) for name in ("ทีมก", "ทีมข")]
    (a, _), (b, _) = map(read_levels, paths)
    changes = table_changes(a, paths[0], b, paths[1])
    assert [(each.key, each.column, each.before, each.after) for each in changes] == [
        (("T1",), "ทีม", "ทีมก", "ทีมข")
    ]


def test_a_heading_that_is_none_of_them_is_told() -> None:
    found = read(**sheet(heads=("ยุทธศาสตร",), T1=("คำ",)))[1]
    assert [(each.code, each.place.cell) for each in found] == [("table-column-renamed", "J1")]


def test_the_guide_tells_of_it_where_there_is_a_column(tmp_path: Path) -> None:
    def told(name: str, **sheets: str) -> list[str]:
        book = open_book(write(tmp_path / name, sheets, {}))
        return [str(cell.value) for cell in book["คู่มือ"]["A"] if "ยุทธศาสตร์" in str(cell.value)]

    assert told("plain.xlsx") == []
    assert told("one.xlsx", **sheet(heads=("ทีม",))) == ["เป้าประสงค์ ยุทธศาสตร์"]
