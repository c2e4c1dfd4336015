"""Published months of several workspaces in one ranking: what may be compared, ranks, means, what lacks."""

import csv
import io
import math
from pathlib import Path

import pytest
from published import Row, province
from recalculated import reckoned_elsewhere
from workspace import open_book

from kpibatch.base.errors import NothingPublished
from kpibatch.months.rollup.national import spread
from kpibatch.months.rollup.rollup import RolledUp, roll_up_workspaces

NORTH: tuple[Row, ...] = (
    ("1", "เหนือหนึ่ง", "เล็ก", 4.5, "ok", 1),
    ("2", "เหนือสอง", "ใหญ่", 4.0, "provisional", 2),
    ("3", "เหนือสาม", "ใหญ่", None, "not_submitted", 0),
)
SOUTH: tuple[Row, ...] = (
    ("1", "ใต้หนึ่ง", "เล็ก", 4.75, "ok", 1),
    ("2", "ใต้สอง", "ใหญ่", 4.0, "ok", 2),
    ("3", "ใต้สาม", "", 3.9999, "ok", 3),
)


def rolled(home: Path, *workspaces: Path, together: bool = False, language: str = "th") -> RolledUp:
    return roll_up_workspaces(workspaces, None, home / "out", language, together=together)


def ranks(result: RolledUp) -> list[tuple[str, int, int, int]]:
    return [(line.unit.name, line.basis, line.rank, line.in_group) for line in result.national.lines]


def test_units_of_one_basis_are_ranked_together_and_share_a_rank_with_the_next_left_out(
    tmp_path: Path,
) -> None:
    result = rolled(tmp_path, province(tmp_path, "เหนือ", NORTH), province(tmp_path, "ใต้", SOUTH))
    assert ranks(result) == [
        ("ใต้หนึ่ง", 1, 1, 1),
        ("เหนือหนึ่ง", 1, 2, 2),
        ("เหนือสอง", 1, 3, 1),
        ("ใต้สอง", 1, 3, 1),
        ("ใต้สาม", 1, 5, 0),
        ("เหนือสาม", 1, 0, 0),
    ]
    assert not result.national.mixed
    rows = list(csv.DictReader(io.StringIO(result.listing.read_text("utf-8-sig"))))
    assert [row["rank"] for row in rows] == ["1", "2", "3", "3", "5", ""]
    assert [row["rating"] for row in rows] == ["ดีเด่น", "ดีเด่น", "ดีมาก", "ดีมาก", "ต้องปรับปรุง", ""]
    assert (rows[2]["percent"], rows[4]["percent"], rows[5]["percent"]) == ("80", "79.998", "")


@pytest.mark.parametrize("other", [{"rules": "b" * 64}, {"round": "2565/1"}, {"month": "2565-05"}])
def test_what_was_assessed_otherwise_is_told_apart_and_ranked_together_only_when_asked(
    other: dict[str, str], tmp_path: Path
) -> None:
    places = province(tmp_path, "เหนือ", NORTH[:2]), province(tmp_path, "ใต้", SOUTH, **other)
    apart, together = rolled(tmp_path, *places), rolled(tmp_path, *places, together=True)
    assert {(name, basis): rank for name, basis, rank, _ in ranks(apart)} == {
        ("ใต้หนึ่ง", 1): 1,
        ("ใต้สอง", 1): 2,
        ("ใต้สาม", 1): 3,
        ("เหนือหนึ่ง", 2): 1,
        ("เหนือสอง", 2): 2,
    }
    assert [rank for _, _, rank, _ in ranks(together)] == [1, 2, 3, 3, 5]
    assert len(apart.national.bases) == 2


def test_the_workbook_comes_to_the_same_in_another_program_and_links_to_each_ranking(tmp_path: Path) -> None:
    other = province(tmp_path, "ตก", NORTH, rules="b" * 64)
    result = rolled(
        tmp_path, province(tmp_path, "เหนือ", NORTH), province(tmp_path, "ใต้", SOUTH), other, tmp_path / "ไม่มี"
    )
    count, differing = reckoned_elsewhere(result.book)
    assert count > 50
    assert differing == []
    book, values = open_book(result.book), open_book(result.book, values=True)
    assert book.sheetnames == ["อันดับ", "จังหวัด", "กลุ่ม", "ชุดเกณฑ์", "ยังรวมไม่ได้"]
    links = [str(row[1].value) for row in book["จังหวัด"].iter_rows(min_row=5)]
    assert '=HYPERLINK("../ใต้/output/2565-06/ranking.xlsx","จังหวัดใต้")' in links
    south = next(row for row in values["จังหวัด"].iter_rows(values_only=True) if row[1] == "จังหวัดใต้")
    lie = spread(result.national.provinces[1].units)
    assert south[6:10] == tuple(round(x, 4) for x in (lie.mean, lie.deviation, lie.lowest, lie.highest))
    assert south[:3] == (2, "จังหวัดใต้", 1)


def test_spread_is_that_of_ranked_units(tmp_path: Path) -> None:
    result = rolled(tmp_path, province(tmp_path, "เหนือ", NORTH))
    lie = spread(result.national.provinces[0].units)
    assert (lie.count, lie.mean, lie.deviation, lie.lowest, lie.highest) == (2, 85, 5, 80, 90)
    assert math.isnan(spread(result.national.provinces[0].units[2:]).mean)


def test_a_record_of_before_has_codes_for_names_and_its_tables_for_rules(tmp_path: Path) -> None:
    before = dict.fromkeys(("owner", "rules", "rating", "units"))
    result = rolled(tmp_path, province(tmp_path, "เหนือ", NORTH[:1], **before))
    unit = result.national.lines[0].unit
    assert (unit.name, unit.group, unit.rating, unit.basis.rules) == ("1", "", "", "d" * 64)
    assert result.national.provinces[0].name == "เหนือ"


def test_what_can_not_be_relied_on_is_told_and_keeps_nothing_else_out(tmp_path: Path) -> None:
    good, changed = province(tmp_path, "เหนือ", NORTH), province(tmp_path, "ใต้", SOUTH)
    scores = changed / "output" / "2565-06" / "scores.csv"
    scores.write_bytes(scores.read_bytes().replace(b"4.75", b"4.95"))
    (tmp_path / "ว่าง").mkdir()
    (tmp_path / "ว่าง" / "config.toml").touch()
    result = rolled(tmp_path, good, changed, tmp_path / "ว่าง", tmp_path / "ไม่มี")
    assert [each.workspace.name for each in result.national.absent] == ["ใต้", "ว่าง", "ไม่มี"]
    assert len(result.national.lines) == len(NORTH)
    with pytest.raises(NothingPublished):
        rolled(tmp_path, changed, tmp_path / "ไม่มี")


def test_nobody_ranked_and_no_group_is_a_workbook_all_the_same(tmp_path: Path) -> None:
    alone = [(code, name, "", None, "not_submitted", 0) for code, name, *_ in NORTH]
    result = rolled(tmp_path, province(tmp_path, "เหนือ", alone), language="en")
    assert open_book(result.book).sheetnames == ["Ranking", "Provinces", "Rules"]
    assert reckoned_elsewhere(result.book)[1] == []


def test_the_year_is_the_mean_of_its_rounds_where_it_is_asked_for(tmp_path: Path) -> None:
    first = province(tmp_path, "หนึ่ง", NORTH, round="2565/1", month="2565-03", owner="จังหวัดเหนือ")
    second = province(tmp_path, "สอง", SOUTH, owner="จังหวัดเหนือ")
    other = province(tmp_path, "อื่น", SOUTH)
    places, out = (first, second, other), tmp_path / "out"
    rolled_up = roll_up_workspaces(places, None, out, "th", yearly=True)
    assert rolled_up.year
    courses = {each.unit.code: each for each in rolled_up.year.courses}
    assert {code: (each.mean, each.rank) for code, each in courses.items() if code != "3"} == {
        "1": ((90 + 95) / 2, 1),
        "2": (80, 2),
    }
    assert (courses["3"].rank, courses["3"].mean == courses["3"].mean) == (0, False)  # a round is lacking
    assert reckoned_elsewhere(rolled_up.book)[1] == []
    sheet = open_book(rolled_up.book, values=True)["ทั้งปี"]
    assert [cell.value for cell in sheet[5]][:8] == [1, "จังหวัดเหนือ", "1", "ใต้หนึ่ง", "2565", 90, 95, 92.5]
    assert "ทั้งปี" not in open_book(rolled(tmp_path, *places).book).sheetnames
    alone = roll_up_workspaces((other,), None, out, "th", yearly=True)
    assert alone.year
    assert not alone.year.courses
