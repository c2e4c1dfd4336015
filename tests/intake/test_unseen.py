"""What nobody sees: a number shown across two cells to fill in belongs to neither, one under a merged cell
does not count; what is hidden, linked or a macro is told once.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hostile_books import OFFICE, PACKAGE, part, with_parts
from openpyxl import Workbook
from workspace import BURIRAM, SAMPLES, cell_of, open_book

from kpibatch.base.config import IntakeLimits
from kpibatch.base.findings import Finding
from kpibatch.books.read import Grid
from kpibatch.forms.layout import Spot
from kpibatch.intake.submission import read_submission
from kpibatch.intake.unseen import unseen_inputs
from kpibatch.rules.levels import LevelTables

MAY, JUNE, BELOW, FAR = (Spot("S", row, column) for row, column in ((6, 6), (6, 7), (7, 7), (9, 9)))


def grids(merge: tuple[tuple[int, int], tuple[int, int]], value: float | None = 85.0) -> dict[str, Grid]:
    rows: list[list[float | None]] = [[None] * 10 for _ in range(10)]
    top, left = merge[0]
    rows[top][left] = value
    return {"S": Grid("S", rows, [merge]), "T": Grid("T", [])}  # type: ignore[arg-type]


def refusals(spots: Iterable[Spot], merge: tuple[tuple[int, int], tuple[int, int]]) -> dict[Spot, str]:
    return {spot: reading.seen for spot, reading in unseen_inputs(spots, grids(merge)).items()}


@pytest.mark.parametrize(
    ("merge", "together"),
    [
        (((6, 6), (6, 7)), {MAY: "G7:H7", JUNE: "G7:H7"}),  # across months
        (((6, 7), (7, 7)), {JUNE: "H7:H8", BELOW: "H7:H8"}),  # across rows
        (((6, 5), (6, 6)), {}),  # a cell that is asked for, and one that is not
        (((6, 7), (6, 8)), {}),
        (((0, 0), (0, 9)), {}),
    ],
)
def test_cells_that_share_a_range(merge, together):
    assert refusals([MAY, JUNE, BELOW, FAR, Spot("T", 6, 6)], merge) == together


def test_a_blank_range_holds_nothing_that_could_be_read_wrong():
    assert unseen_inputs([MAY, JUNE], grids(((6, 6), (6, 7)), None)) == {}


def test_a_value_under_a_merged_cell_that_begins_elsewhere_does_not_count():
    held = grids(((6, 5), (6, 6)))
    held["S"].rows[6][6] = 70.0
    (reading,) = unseen_inputs([MAY], held).values()
    assert (reading.refused, reading.seen) == ("under-merge", "70 (F7:G7)")


# --- a whole form -------------------------------------------------------------------------------------------

FORM = next((SAMPLES / BURIRAM / "submissions" / "2565-06").glob("3101 *.xlsx"))
SHEET, JUN = "แบบรายงาน", "2565-06"
MARKS = {"hidden-cells", "hidden-sheets", "merge-hides", "under-merge", "outside-links", "macros"}


def told(path: Path, tables: LevelTables) -> list[Finding]:
    contents = read_submission(path, tables, JUN, IntakeLimits())
    assert contents.unit == "3101"
    return [one for one in contents.findings if one.code in MARKS]


def row_of(book: Workbook) -> int:
    return cell_of(book, "T1.spent", JUN).row


def hide_row(book: Workbook) -> None:
    book[SHEET].row_dimensions[row_of(book)].hidden = True


def hide_column(book: Workbook) -> None:
    book[SHEET].column_dimensions[cell_of(book, "T1.spent", JUN).column_letter].hidden = True


def hide_sheet(book: Workbook) -> None:
    book.create_sheet("คำนวณ").append([1, 2])
    book["คำนวณ"].sheet_state = "hidden"
    book.create_sheet("เปล่า").sheet_state = "hidden"


def merge_from(book: Workbook) -> None:
    """A number lies under the cell of the round's last month."""
    cell = cell_of(book, "T1.spent", "2565-09")
    cell.offset(0, 1).value = 7
    book[SHEET].merged_cells.add(f"{cell.coordinate}:{cell.offset(0, 1).coordinate}")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (hide_row, [("hidden-cells", "note")]),
        (hide_column, [("hidden-cells", "note")]),
        (hide_sheet, [("hidden-sheets", "note")]),
        (merge_from, [("merge-hides", "warning")]),
    ],
)
def test_what_is_hidden_is_told_once(
    change: Callable[[Workbook], None],
    expected: list[tuple[str, str]],
    tmp_path: Path,
    buriram: LevelTables,
) -> None:
    book = open_book(FORM)
    change(book)
    book.save(tmp_path / FORM.name)
    assert [(one.code, one.severity) for one in told(tmp_path / FORM.name, buriram)] == expected


def test_a_form_as_it_was_handed_out_hides_nothing(buriram: LevelTables) -> None:
    assert told(FORM, buriram) == []


@pytest.mark.parametrize(("kind", "code"), [("externalLink", "outside-links"), ("vbaProject", "macros")])
def test_links_and_macros_are_told(kind: str, code: str, tmp_path: Path, buriram: LevelTables) -> None:
    name = "xl/_rels/workbook.xml.rels"
    link = f'<Relationship Id="more" Type="{OFFICE}/{kind}" Target="more.xml"/></Relationships>'
    raw = FORM.read_bytes()
    assert PACKAGE in part(raw, name).decode()
    links = part(raw, name).decode().replace("</Relationships>", link)
    (tmp_path / FORM.name).write_bytes(with_parts(raw, {name: links, "xl/more.xml": "<a/>"}))
    (one,) = told(tmp_path / FORM.name, buriram)
    assert (one.code, one.severity) == (code, "note")
