"""A sheet as a table: its header found, each row's faults remembered by the row, once."""

from enum import StrEnum

import pytest

from kpibatch.books.guard.limits import UNCALCULATED
from kpibatch.books.read import CellError, Grid, Value
from kpibatch.books.table import HEADER_WITHIN, Table, read_table

HEADS: list[Value] = ["code", "name"]


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"
    NONE = ""


def table(*rows: list[Value], others: tuple[str, ...] | None = (), **grid: object) -> Table:
    return read_table("a.xlsx", {"s": Grid("s", list(rows), **grid)}, "s", ("code", "name"), others)  # type: ignore[arg-type]


def codes(read: Table) -> list[str]:
    return [fault.code for fault in read.findings]


def test_blank_rows_are_dropped_and_values_keep_their_addresses() -> None:
    read = table(HEADS, ["a", "A"], [None, None], ["b"])
    assert [(row.code("code"), row.text("name"), row.place("name").cell) for row in read] == [
        ("a", "A", "B2"),
        ("b", "", "B4"),
    ]
    assert (read.found, read.columns, read.findings) == (True, ("code", "name"), [])


@pytest.mark.parametrize(("above", "found"), [(HEADER_WITHIN - 1, True), (HEADER_WITHIN, False)])
def test_the_header_stands_within_the_first_rows(above: int, found: bool) -> None:
    assert table(*[["x", None]] * above, HEADS, ["a", "A"]).found is found


def test_a_sheet_that_is_missing_leaves_no_rows_and_a_column_no_fault_but_its_own() -> None:
    lost = read_table("a.xlsx", {"t": Grid("t", [HEADS])}, "s", ("code", "name"))
    assert (lost.found, list(lost), codes(lost)) == (False, [], ["table-sheet-missing"])
    half = table(["code"], ["a"])
    (row,) = half
    assert (half.found, row.text("code"), row.text("name")) == (False, "a", "")
    row.report("table-value", "name", "", expected="name")
    assert codes(half) == ["table-column-missing"]


@pytest.mark.parametrize(
    ("heading", "code"),
    [("names", "table-column-renamed"), ("nam", "table-column-renamed"), ("size", "table-column-missing")],
)
def test_a_heading_much_like_one_that_is_gone_is_that_one_renamed(heading: str, code: str) -> None:
    found = table(["code", heading]).findings
    assert found[0].code == code
    assert (len(found) == 1) is (code == "table-column-renamed")


def test_headings_twice_or_unknown_are_said_unless_any_may_stand_there() -> None:
    assert codes(table([*HEADS, "name"])) == ["table-column-twice"]
    assert codes(table([*HEADS, "size"])) == ["table-unknown-column"]
    assert codes(table([*HEADS, "size"], others=("size",))) == []
    anything = table([*HEADS, "T๑"], others=None)
    assert (codes(anything), anything.columns) == ([], ("code", "name", "T1"))


def test_merged_cells_are_said_from_the_header_down() -> None:
    merges = [((0, 0), (0, 1)), ((1, 0), (1, 1)), ((2, 0), (3, 0))]
    read = table(["title", None], HEADS, ["a", "A"], merges=merges)
    assert [(fault.code, fault.found) for fault in read.findings] == [
        ("table-merged", "A2:B2"),
        ("table-merged", "A3:A4"),
    ]


def test_a_row_remembers_its_own_faults_once_and_the_table_gathers_them() -> None:
    read = table(HEADS, [CellError("#REF!"), CellError(UNCALCULATED)], ["b", "B"])
    first, second = read
    assert read.findings == []
    for _ in range(2):
        assert (first.text("code"), first.value("name"), first.blank("code")) == ("", None, False)
    second.report("table-duplicate", "code", "b")
    assert [(fault.code, fault.place.cell) for fault in first.findings] == [
        ("table-cell-error", "A2"),
        ("table-no-result", "B2"),
    ]
    assert read.findings == [*first.findings, *second.findings]


def test_a_word_that_is_none_of_the_columns_is_said_with_those_it_may_be() -> None:
    small, other, blank = table(HEADS, ["a", "small"], ["b", "tiny"], ["c", None])
    assert [row.choice("name", Size, Size.LARGE) for row in (small, other, blank)] == [
        "small",
        "large",
        "large",
    ]
    assert [dict(fault.facts)["expected"] for fault in other.findings] == ["small / large"]
    assert (small.findings, blank.findings) == ([], [])
