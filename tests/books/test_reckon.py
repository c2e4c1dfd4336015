"""What a spreadsheet program makes of a formula: by hand, and against LibreOffice."""

from pathlib import Path

import pytest
from libreoffice import recalculate
from workspace import open_book

from kpibatch.books.reckon import Live, Reckoner, Where
from kpibatch.books.write import Book, Formula

S = "ก ข"
CELLS: dict[Where, float | str] = {
    **{(S, 0, 0): 5.0, (S, 1, 0): "คำ", (S, 2, 0): Live('""'), (S, 3, 0): 1e12, (S, 4, 0): -2.5},
    **{(S, 0, 1): Live("A1*2"), (S, 1, 1): Live("B1&A2"), (S, 2, 1): Live('IF(A3="","–",1)')},
}
CASES: dict[str, float | str | bool] = {
    "1+2*3": 7,
    "-A1+2": -3,
    "10/4-1": 1.5,
    '"a"&"b""c"': 'ab"c',
    "A1=5": True,
    'A2="คำ"': True,
    '"ABC"="abc"': True,
    "A6=0": True,
    'A6=""': True,
    'A3=""': True,
    "A1<A2": True,
    "'ก ข'!B1": 10,
    "B2": "10คำ",
    "B3": "–",
    "SUM(A1:A6)": 1000000000002.5,
    "COUNT(A1:A6)": 3,
    "COUNTA(A1:A6)": 5,
    "MAX(A1:A2)": 5,
    "MIN(A1:A6,-9)": -9,
    "AVERAGE(A1,B1)": 7.5,
    'IFERROR(AVERAGE(A2:A3),"none")': "none",
    "IFERROR(1/0,7)": 7,
    'IFERROR("x"+1,7)': 7,
    "ISNUMBER(A1)": True,
    "ISNUMBER(A3)": False,
    "ISNUMBER(MATCH(9,A1:A2,0))": False,
    "ISBLANK(A6)": True,
    "ISBLANK(A3)": False,
    "MATCH(5,A1:A6,0)": 1,
    'MATCH("คำ",A1:A6,0)': 2,
    'INDEX(A1:A6,2)&""': "คำ",
    "ROUND(2.5,0)": 3,
    "ROUND(-2.5,0)": -3,
    "ROUND(1.005,2)": 1.01,
    "ROUNDUP(2.1,0)": 3,
    "ROUNDDOWN(-2.9,0)": -2,
    "ROUND(A4*1.1,2)": 1100000000000,
    "INT(A5)": -3,
    "MOD(25,24)": 1,
    "ABS(A5)": 2.5,
    "SUMPRODUCT(A1:A2,A1:A2)": 25,
    'SUMPRODUCT(--(A1:A6=""))': 2,
    "SUMPRODUCT(MAX((A1:A1=5)*COLUMN(A1:A1)*7))": 7,
    "LARGE((A1,B1),2)": 5,
    "AND(A1=5,B1=10)": True,
    "OR(A1=6,B1=11)": False,
    "NOT(A1=5)": False,
    'TEXT(1234567.891,"#,##0.00")': "1,234,567.89",
    'TEXT(A1,"#,##0")': "5",
    'TEXT(3.00005,"0.0000")': "3.0001",
    "NETWORKDAYS(44652,44660)": 6,
    "NETWORKDAYS(44660,44652)": -6,
    "DATE(2022,2,31)*1": 44623,
    "DAY(44652)": 1,
    "MONTH(44652)": 4,
    'MID("กขคง",2,2)': "ขค",
    'LEFT("กขคง",1)': "ก",
    'FIND("ค","กขค")': 3,
    'TRIM("  a   b ")': "a b",
    'SUBSTITUTE("a/b/c","/"," ")': "a b c",
    'LEN("กขค")': 3,
    'VALUE("12")+1': 13,
    "0.1+0.2-0.3": 0,
}


@pytest.mark.parametrize("formula", CASES)
def test_a_formula_gives(formula: str) -> None:
    result = Reckoner(CELLS).result(formula, S)
    assert result == CASES[formula]
    assert isinstance(result, str) == isinstance(CASES[formula], str)


@pytest.mark.parametrize("formula", ["1/0", "MATCH(9,A1:A2,0)", '"x"*2', "INDEX(A1:A2,9)", "AND(1/0,FALSE)"])
def test_an_error_is_never_a_result(formula: str) -> None:
    with pytest.raises(ValueError, match="#"):
        Reckoner(CELLS).result(formula, S)


@pytest.mark.parametrize("formula", ["1+", "(1", "WHATEVER(1)", "1 2", "A1:", "#REF!"])
def test_what_is_no_formula_here_is_a_bug(formula: str) -> None:
    with pytest.raises((ValueError, KeyError, IndexError)):
        Reckoner(CELLS).result(formula, S)


def test_a_text_that_looks_like_a_formula_is_a_text() -> None:
    assert Reckoner({(S, 0, 0): "=1+1", (S, 1, 0): Live("A1")}).value(S, 1, 0) == "=1+1"


@pytest.mark.slow  # LibreOffice calculates them
def test_a_spreadsheet_program_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with Book(path, title="t") as book:
        sheet = book.sheet(S)
        for (_, row, column), content in CELLS.items():
            sheet.put(row, column, Formula(content, 0) if isinstance(content, Live) else content)
        for row, formula in enumerate(CASES):
            sheet.put(row, 5, Formula(formula, 0))
    found = open_book(*recalculate([path], tmp_path / "anew"), values=True)[S]
    for row, (formula, expected) in enumerate(CASES.items(), 1):
        value = found.cell(row, 6).value
        same = (
            value == expected
            if isinstance(expected, str)
            else value == pytest.approx(float(expected), abs=1e-12)
        )
        assert same, f"{formula}: {value!r}"
