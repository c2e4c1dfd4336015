"""A month as people write it: read, or answered by what may be meant; never guessed."""

from pathlib import Path

import pytest

from kpibatch.base.errors import NotAMonth
from kpibatch.commands.usage.kinds import month_first
from kpibatch.commands.usage.months import month_meant, months_known, typed_month

KNOWN = ("2565-06", "2565-05", "2564-06")


@pytest.mark.parametrize(
    "text",
    [
        *("2565-06", "2565-6", "๒๕๖๕-๐๖", "2565/06", "6/2565", "06.2565", "๖/๒๕๖๕", "256506", " 6 / 2565 "),
        *("6/65", "65-6", "มิ.ย. 65", "มิย65", "มิ.ย. 2565", "มิถุนายน 2565", "เดือนมิถุนายน พ.ศ. ๒๕๖๕"),
        *("2022-06", "2022-6", "6/2022", "Jun 2022", "june 2565", "June, 2022", "มิ.ย. ค.ศ. 2022"),
    ],
)
def test_every_way_of_writing_june_2565_is_read(text: str) -> None:
    assert typed_month(text).month == "2565-06"


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("6/22", ("2522-06", "2565-06")),
        ("มิ.ย. 22", ("2522-06", "2565-06")),
        ("11/12", ("2511-12", "2512-11", "2554-12", "2555-11")),
        ("6", ("2565-06", "2564-06")),
        ("มิ.ย.", ("2565-06", "2564-06")),
        ("jun", ("2565-06", "2564-06")),
        ("มิถุนา 65", ("2565-06",)),
        ("มิถุนายม 2565", ("2565-06",)),
    ],
)
def test_what_may_be_several_or_is_nearly_one_is_not_read(text: str, months: tuple[str, ...]) -> None:
    typed = typed_month(text, KNOWN)
    assert (typed.month, typed.months) == (None, months)


@pytest.mark.parametrize(
    ("text", "month"), [("6/39", None), ("6/40", None), ("6/41", "2541-06"), ("6/99", "2599-06")]
)
def test_two_digits_of_a_year_above_40_are_of_the_buddhist_era(text: str, month: str | None) -> None:
    assert typed_month(text).month == month


@pytest.mark.parametrize(
    "text", ["", "x", "2565-13", "2565-00", "0/2565", "2565-06-01", "2399-06", "2600-01"]
)
def test_what_is_no_month_is_none(text: str) -> None:
    assert typed_month(text, KNOWN).months == ()


def test_the_answer_names_months_that_are_there_first(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[workspace]\n", encoding="utf-8")
    for month in KNOWN:
        (tmp_path / "submissions" / month).mkdir(parents=True)
    (tmp_path / "submissions" / "อื่น").mkdir()
    assert months_known(tmp_path) == KNOWN
    with pytest.raises(NotAMonth) as told:
        month_meant("6/22", tmp_path)
    assert told.value.facts["months"] == "2565-06 / 2522-06"
    with pytest.raises(NotAMonth) as told:
        month_meant("2565-066", tmp_path)
    assert told.value.facts["months"] == "2565-06"
    with pytest.raises(NotAMonth) as told:
        month_meant("ทุกเดือน", tmp_path)
    assert "months" not in told.value.facts


def test_without_a_workspace_no_month_is_known(tmp_path: Path) -> None:
    assert months_known(tmp_path) == ()


def test_a_folder_is_spoken_of_only_where_one_might_stand(tmp_path: Path) -> None:
    with pytest.raises(NotAMonth) as told:
        month_meant("x", tmp_path)
    assert "folder" not in told.value.message("en")
    with pytest.raises(NotAMonth) as told:
        month_first(("x",), tmp_path)
    assert "folder" in told.value.message("en")
