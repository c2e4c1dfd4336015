"""แหล่งข้อมูล as read: what a row may leave to the rows above it, whose value counts, and that tables without
the sheet are what they were.
"""

from pathlib import Path

import pytest
from tablebook import SHEETS, levels, read, write

from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.changes import table_changes
from kpibatch.rules.paper.words import sources_in_words
from kpibatch.rules.reader import read_levels
from kpibatch.rules.records import Counts
from kpibatch.rules.schema import EXPORTS

HEAD = " | ".join(EXPORTS.columns)
GFMIS = "GFMIS | gfmis_{month}.xlsx | งบ | หน่วยเบิกจ่าย | T1.spent | เบิกจ่าย"
DOCS = " | หน่วย\nGFMIS | | | | T1.docs | ครบ | ส่วนกลาง\nJHCIS | j.csv | | หน่วย | I1.news | ข่าว | หน่วย"


def tables(*rows: str, province: str = "") -> LevelTables:
    measures = SHEETS["รายการข้อมูล"]
    if province:
        line = next(line for line in measures.splitlines() if line.strip().startswith(province))
        measures = measures.replace(line, line.replace("กรอก ", "จังหวัด ", 1))
    return levels(รายการข้อมูล=measures, **({"แหล่งข้อมูล": "\n".join([HEAD, *rows])} if rows else {}))


def test_a_row_takes_from_those_above_of_its_code_what_it_leaves_blank() -> None:
    first, second, other = tables(GFMIS + DOCS).exports
    assert (second.file, second.sheet, second.unit_column) == (first.file, first.sheet, first.unit_column)
    assert (second.measure, second.column, second.counts) == ("T1.docs", "ครบ", Counts.CENTRAL)
    assert (other.file, other.sheet) == ("j.csv", "")


def test_what_no_row_above_states_is_a_fault_at_its_cell() -> None:
    _, found = read(แหล่งข้อมูล=f"{HEAD}\nX | | | | T1.spent | ก | หน่วย")
    assert [(fault.code, fault.place.cell) for fault in found] == [
        ("table-value", "B2"),
        ("table-value", "D2"),
    ]


@pytest.mark.parametrize(
    ("province", "counts", "expected", "typed"),
    [
        ("", "หน่วย", Counts.UNIT, False),
        ("", "ส่วนกลาง", Counts.CENTRAL, False),
        ("T1.spent", "", Counts.CENTRAL, False),
        ("T1.spent", "ส่วนกลาง", Counts.CENTRAL, True),
        ("T1.spent", "จังหวัด", Counts.PROVINCE, True),
    ],
)
def test_whose_value_counts_and_whether_the_province_fills_it_in(
    province: str, counts: str, expected: Counts, typed: bool
) -> None:
    given = tables(f"{GFMIS} | {counts}", province=province)
    assert given.counts_from("T1.spent") is expected
    assert ("T1.spent" in [measure.code for measure in given.province_measures]) is typed
    (words,) = sources_in_words(given, "T1", "th")
    assert "gfmis_{month}.xlsx" in words


def test_without_the_sheet_everybody_s_own_value_counts() -> None:
    plain, own = tables(), tables(province="T1.spent")
    assert (plain.counts_from("T1.spent"), own.counts_from("T1.spent")) == (Counts.UNIT, Counts.PROVINCE)
    assert [measure.code for measure in own.province_measures] == ["T1.spent"]
    assert [measure.code for measure in own.form_measures] == ["T1.docs", "I1.news", "I1.day"]


def test_the_digest_of_tables_without_the_sheet_is_what_it_was_and_each_row_changes_it() -> None:
    digests = {tables().digest, tables(f"{GFMIS} | หน่วย").digest, tables(f"{GFMIS} | ส่วนกลาง").digest}
    assert len(digests) == 3
    empty, _ = read(แหล่งข้อมูล=HEAD)
    assert empty.digest == tables().digest


def test_what_changed_in_the_sheet_is_told_by_its_measure(tmp_path: Path) -> None:
    both = []
    for name, counts in (("a.xlsx", "หน่วย"), ("b.xlsx", "ส่วนกลาง")):
        path = write(tmp_path / name, {"แหล่งข้อมูล": f"{HEAD}\n{GFMIS} | {counts}"}, {})
        both += [read_levels(path)[0], path]
    (change,) = table_changes(*both)
    assert (change.sheet, change.key, change.column) == ("แหล่งข้อมูล", ("T1.spent",), "ใช้ค่า")
    assert (change.before, change.after) == ("หน่วย", "ส่วนกลาง")
