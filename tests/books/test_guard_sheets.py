"""What the guards refuse of an Excel sheet, and the cells whose value does not exist: found however the sheet
is written.
"""

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from hostile_books import (
    LIMITS,
    MAIN,
    cell,
    code,
    grid,
    refusal,
    relations,
    sheet,
    values,
    with_parts,
    xlsx,
    xlsx_parts,
    zipped,
)
from hypothesis import given
from hypothesis import strategies as st

from kpibatch.base.addresses import address
from kpibatch.books.guard.cells import walked_cells
from kpibatch.books.guard.inspect import inspect
from kpibatch.books.guard.limits import UNCALCULATED, Tally
from kpibatch.books.guard.xlsx import plain_cells, plain_formulas
from kpibatch.books.read import CellError
from kpibatch.books.shown import AS_TIME, Percent, Unclear

ONE = sheet(cell("A1", 1))


# --- 5. the sheets ------------------------------------------------------------------------------------------


def test_a_stray_cell_in_the_last_corner_is_named() -> None:
    refused = refusal(
        xlsx(
            sheet(f'<row r="1">{cell("A1", 1)}</row><row r="1048576">{cell("XFD1048576", 2)}</row>'),
            names=["รายงาน"],
        )
    )
    assert (refused.code, refused.sheet, refused.cell) == ("sheet-too-large", "รายงาน", "XFD1048576")


def test_a_blank_cell_in_the_last_corner_does_no_harm() -> None:
    assert values(
        xlsx(sheet(f'<row r="1">{cell("B2", 1)}</row><row r="1048576"><c r="XFD1048576" s="0"/></row>'))
    ) == {"B2": 1.0}


@pytest.mark.parametrize(
    "odd", ["XFE1", "A1048577", "a1", "$A$1", "A0", "A01", "AAAA1", "1", "", "A1:B2", "R1C1", "ก1"]
)
def test_an_address_outside_the_grid(odd: str) -> None:
    assert code(xlsx(sheet(cell(odd, 1)))) == "file-malformed"


@pytest.mark.parametrize(
    "cells",
    [
        cell("B2", 1) + cell("B2", 2),
        cell("B2", 1) + '<c r="B2" s="1"/>',
        '<c r="B1"><v>1</v></c></row><row r="1"><c/><c/>',
    ],
)
def test_an_address_that_is_there_twice(cells: str) -> None:
    refused = refusal(xlsx(sheet(f'<row r="1">{cells}</row>')))
    assert refused.code == "file-malformed"
    assert "×2" in refused.found


def test_cells_without_addresses_follow_one_another() -> None:
    rows = (
        f"<row><c><v>1</v></c>{cell('D1', 2)}<c><v>3</v></c></row>"
        '<row r="5"><c><v>4</v></c></row><row><c t="e"><v>#N/A</v></c></row>'
    )
    assert values(xlsx(sheet(rows))) == {"A1": 1.0, "D1": 2.0, "E1": 3.0, "A5": 4.0, "A6": CellError("#N/A")}


def test_too_many_filled_cells_in_all() -> None:
    cells = "".join(cell(address(0, column), 1) for column in range(6))
    assert len(values(xlsx(sheet(cells)))) == 6
    assert code(xlsx(sheet(cells), sheet(cells)), replace(LIMITS, max_cells=11)) == "sheet-too-large"
    inspect(xlsx(sheet(cells), sheet(cells)), replace(LIMITS, max_cells=12))


def test_blank_cells_are_not_counted_however_many() -> None:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" s="1"/><c r="B{row}"><v>1</v></c></row>' for row in range(1, 10_001)
    )
    inspect(xlsx(sheet(rows)), replace(LIMITS, max_cells=10_000))
    assert code(xlsx(sheet(rows)), replace(LIMITS, max_cells=9_999)) == "sheet-too-large"


def test_merged_ranges() -> None:
    merges = '<mergeCells count="2"><mergeCell ref="B2:D4"/><mergeCell ref="F6:F7"/></mergeCells>'
    assert grid(xlsx(sheet(cell("B2", 1), merges))).merges == [((1, 1), (3, 3)), ((5, 5), (6, 5))]
    refused = refusal(xlsx(sheet(cell("B2", 1), '<mergeCells><mergeCell ref="C3:XFD1048576"/></mergeCells>')))
    assert (refused.code, refused.cell) == ("sheet-too-large", "C3")
    many = "".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(1, 10_002))
    assert code(xlsx(sheet(cell("B2", 1), f"<mergeCells>{many}</mergeCells>"))) == "sheet-too-large"
    for odd in ("D4:B2", "x", "A1:", "A1:B"):
        assert (
            code(xlsx(sheet(cell("B2", 1), f'<mergeCells><mergeCell ref="{odd}"/></mergeCells>')))
            == "file-malformed"
        )


def test_a_hundred_sheets_and_no_more() -> None:
    assert len(inspect(xlsx(*[ONE] * 100), LIMITS).sheets) == 100
    assert code(xlsx(*[ONE] * 101)) == "too-many-sheets"


def test_two_sheets_of_one_name_or_one_part() -> None:
    assert code(xlsx(ONE, ONE, names=["ก", "ก"])) == "file-malformed"
    assert code(xlsx(ONE, ONE, names=["a", "A"])) == "file-malformed"
    links = relations(
        ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "worksheet", "worksheets/sheet1.xml")
    )
    assert code(with_parts(xlsx(ONE, ONE), {"xl/_rels/workbook.xml.rels": links})) == "file-malformed"


def test_a_sheet_without_a_part() -> None:
    assert (
        code(
            with_parts(
                xlsx(ONE),
                {"xl/_rels/workbook.xml.rels": relations(("rId1", "worksheet", "worksheets/other.xml"))},
            )
        )
        == "file-malformed"
    )


def test_strict_ooxml_is_read() -> None:
    strict = {
        "http://schemas.openxmlformats.org/officeDocument/2006/": "http://purl.oclc.org/ooxml/officeDocument/",
        MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    }
    parts = {}
    for name, content in xlsx_parts(ONE).items():
        for transitional, other in strict.items():
            content = str(content).replace(transitional, other)
        parts[name] = content
    assert values(zipped(parts.items())) == {"A1": 1.0}


@pytest.mark.parametrize(
    ("workbook", "target", "path"),
    [
        ("xl/workbook22.xml", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl/workbook.xml", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl/workbook.xml", "../xl/worksheets/Sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl/workbook.xml", "sheets/one.xml", "xl/sheets/one.xml"),
        ("book/main.xml", "data/one.xml", "book/data/one.xml"),
    ],
)
def test_parts_under_other_names_are_found_by_their_links(workbook: str, target: str, path: str) -> None:
    parts = xlsx_parts(ONE)
    content = parts.pop("xl/worksheets/sheet1.xml")
    main = parts.pop("xl/workbook.xml")
    del parts["xl/_rels/workbook.xml.rels"]
    folder, _, name = workbook.rpartition("/")
    parts |= {
        workbook: main,
        path: content,
        f"{folder}/_rels/{name}.rels": relations(("rId1", "worksheet", target)),
    }
    parts["_rels/.rels"] = relations(("rId1", "officeDocument", workbook))
    assert values(zipped(parts.items())) == {"A1": 1.0}


# --- 6. cells whose value does not exist --------------------------------------------------------------------

ERRORS = [
    "#NULL!",
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
    "#NAME?",
    "#NUM!",
    "#N/A",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#GETTING_DATA",
    "#BLOCKED!",
]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("formula", [None, "1/0"])
def test_every_kind_of_error_is_an_error_where_it_stands(error: str, formula: str | None) -> None:
    raw = xlsx(sheet(cell("B2", error, "e", formula) + cell("C2", 5) + cell("D2", "#1 ของจังหวัด", "str")))
    assert values(raw) == {"B2": CellError(error), "C2": 5.0, "D2": "#1 ของจังหวัด"}


@pytest.mark.parametrize("empty", ["<v></v>", "<v/>", ""])
@pytest.mark.parametrize("formula", ["<f>B1+1</f>", "<f/>", '<f t="shared" si="0"/>'])
def test_a_formula_without_a_result_is_an_error(empty: str, formula: str) -> None:
    raw = xlsx(sheet(f'<c r="A1">{formula}{empty}</c>{cell("B1", 3)}'))
    assert values(raw) == {"A1": CellError(UNCALCULATED), "B1": 3.0}


def test_a_formula_with_a_result_is_its_result_and_empty_text_is_blank() -> None:
    raw = xlsx(
        sheet(cell("A1", 0, "", "B1") + cell("B1", "", "str", 'IF(1,"","x")') + cell("C1", 1, "b", "1=1"))
    )
    assert values(raw) == {"A1": 0.0, "C1": True}


def test_an_error_cell_without_a_word() -> None:
    assert values(xlsx(sheet('<c r="A1" t="e"/>' + cell("B1", 1)))) == {"A1": CellError("#ERROR"), "B1": 1.0}


@pytest.mark.parametrize("number", ["NaN", "INF", "-INF", "1e999", "nan", "inf"])
def test_a_number_that_is_none_is_an_error(number: str) -> None:
    value = values(xlsx(sheet(cell("A1", number) + cell("B1", 2))))["A1"]
    assert isinstance(value, CellError | str)
    assert not isinstance(value, float)


def test_an_empty_cell_with_a_link_is_blank_and_times_are_no_values(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"].hyperlink = "https://example.go.th/"
    book.worksheets[0]["A1"].value = None
    for place, value in (
        ("B1", time(8, 30)),
        ("C1", timedelta(hours=30)),
        ("D1", date(2565, 4, 15)),
        ("E1", 0.85),
    ):
        book.worksheets[0][place] = value
    book.worksheets[0]["E1"].number_format = "0%"
    book.save(tmp_path / "a.xlsx")
    found = values((tmp_path / "a.xlsx").read_bytes())
    assert "A1" not in found
    assert (found["B1"], found["C1"]) == (Unclear("8:30", AS_TIME), Unclear("30:00", AS_TIME))
    assert (found["D1"], found["E1"]) == (date(2565, 4, 15), Percent(85))


def test_a_zero_in_a_cell_formatted_as_a_date_is_no_zero(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = 0
    book.worksheets[0]["A1"].number_format = "d/m/yyyy"
    book.save(tmp_path / "a.xlsx")
    assert values((tmp_path / "a.xlsx").read_bytes())["A1"] == Unclear("0:00", AS_TIME)


# --- the quick way and the thorough way see the same --------------------------------------------------------

PLACES = st.tuples(st.integers(0, 30), st.integers(0, 30))


def written(place: tuple[int, int], content: str) -> str:
    name = address(*place)
    return {
        "number": f'<c r="{name}"><v>1.5</v></c>',
        "styled": f'<c r="{name}" s="3"><v>7</v></c>',
        "text": f'<c r="{name}" s="1" t="s"><v>0</v></c>',
        "blank": f'<c r="{name}" s="2"/>',
        "empty": f'<c r="{name}"><v></v></c>',
        "nothing": f'<c r="{name}" s="4" t="n"></c>',
        "calculated": f'<c r="{name}"><f t="shared" si="0"/><v>2</v></c>',
        "words": f'<c r="{name}" t="str"><f>"a"&amp;A1</f><v>a&amp;b</v></c>',
        "inline": f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve"> ก</t></is></c>',
        "error": f'<c r="{name}" t="e"><v>#REF!</v></c>',
        "unfinished": f'<c r="{name}"><f>A1</f><v></v></c>',
        "uncalculated": f'<c r="{name}"><f>A1</f></c>',
        "rich": f'<c r="{name}" t="inlineStr"><is><r><t>ก</t></r></is></c>',
        "prefixed": f'<x:c r="{name}"><x:v>1</x:v></x:c>',
        "backward": f'<c s="1" r="{name}"><v>1</v></c>',
        "comment": f'<c r="{name}"><v>1<!-- --></v></c>',
    }[content]


CONTENTS = ["number", "styled", "text", "blank", "empty", "nothing", "calculated", "words", "inline"]
ODD = ["error", "unfinished", "uncalculated", "rich", "prefixed", "backward", "comment"]


@given(
    st.lists(st.tuples(PLACES, st.sampled_from(CONTENTS)), max_size=12),
    st.lists(st.tuples(PLACES, st.sampled_from(ODD)), max_size=1),
)
def test_what_the_quick_way_passes_has_no_flaw_the_thorough_way_finds(
    plain: list[tuple[tuple[int, int], str]], odd: list[tuple[tuple[int, int], str]]
) -> None:
    cells = [written(*one) for one in plain + odd]
    xml = sheet(f"<row>{''.join(cells)}</row>").replace("<worksheet", '<worksheet xmlns:x="u"').encode()
    count = plain_cells(xml, LIMITS.max_box)
    places = [place for place, _ in plain + odd]
    assert (count is None) == (bool(odd) or len(set(places)) < len(places))
    if count is not None:
        tally = Tally(LIMITS)
        tally.begin("S")
        assert walked_cells("S", xml, tally, {}) == ([], [], list(plain_formulas(xml)))
        assert tally.cells <= count


@pytest.mark.parametrize(
    ("last", "box"),
    [("ZZ999", 702 * 999), ("AAA1", 703), ("A1000", 1000), ("P99999", 16 * 99_999), ("XFD1", 16_384)],
)
def test_the_quick_way_knows_how_far_a_sheet_reaches(last: str, box: int) -> None:
    xml = sheet(cell("A1", 1) + cell(last, 2)).encode()
    assert plain_cells(xml, 2_000_000) == 2
    assert plain_cells(xml, box) == 2
    assert plain_cells(xml, box - 1) is None
