"""A month's folder as the port to what is published, and the values its listings are written with."""

import csv
import io
import json
import math
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibatch.base.errors import NothingPublished, NotPublished, PublishedChanged, PublishedDamaged
from kpibatch.base.files import sha256_of
from kpibatch.base.kinds import Kind
from kpibatch.months.csv_cells import as_csv
from kpibatch.months.folder import (
    as_number,
    month_folders,
    published_month,
    published_months,
    read_csv,
    read_published,
)
from kpibatch.months.listings import machine_text
from kpibatch.months.record import record_bytes

RECORD = {
    "round": "2565-2",
    "level_tables": {"file": "level_tables.xlsx", "sha256": "0", "digest": "0"},
    "top_score": 5,
    "inputs": [{"file": "a.xlsx", "sha256": "1"}],
    "submissions": [{"unit": "3101", "file": "a.xlsx", "received": None, "late": False}],
    "arrivals": {"1": "2022-07-04T09:38:00"},
    "counts": {"units": 1, "submitted": 1, "late": 0, "ranked": 1}
    | {"findings": {"error": 0, "warning": 0, "note": 0}},
    "versions": {"kpibatch": "1"},
}


def publish(output: Path, month: str) -> Path:
    folder = output / month
    folder.mkdir(parents=True)
    (folder / "scores.csv").write_bytes(as_csv(("unit",), [("3101",)]))
    record = RECORD | {"month": month, "listings": {"scores.csv": sha256_of(folder / "scores.csv")}}
    (folder / "run.json").write_bytes(record_bytes(record))
    return folder


def names(folders: object) -> list[str]:
    return [folder.name for folder in folders]  # type: ignore[attr-defined]


def test_a_month_is_published_once_its_record_stands(tmp_path: Path) -> None:
    assert names(published_months(tmp_path / "output")) == names(month_folders(tmp_path / "output")) == []
    with pytest.raises(NothingPublished):
        published_month(tmp_path / "output", None)
    for month in ("2565-06", "2565-05"):
        publish(tmp_path, month)
    for folder, file in (("2565-07", "scores.csv"), ("2565-08", "check.json"), ("forms", "run.json")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / file).touch()
    assert names(published_months(tmp_path)) == ["2565-05", "2565-06"]
    assert names(month_folders(tmp_path)) == ["2565-05", "2565-06", "2565-07"]
    assert published_month(tmp_path, None).month == "2565-06"
    assert published_month(tmp_path, "2565-05").month == "2565-05"
    with pytest.raises(NotPublished):
        published_month(tmp_path, "2565-07")


@pytest.mark.parametrize(
    "content",
    ["", "[]", "null", "{}", '{"month": "2565-05"}', "[" * 100_000, '{"a":' * 100_000, "1" * 5000, "\x00"],
    ids=lambda content: content[:12],
)
def test_a_record_that_is_none_or_another_months(content: str, tmp_path: Path) -> None:
    folder = publish(tmp_path, "2565-06")
    (folder / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(PublishedDamaged):
        read_published(folder)


@pytest.mark.parametrize("change", [("2565-2", "2565-1"), ('"late": 0', '"late": 1'), ("09:38", "09:39")])
def test_a_figure_changed_in_a_record_is_seen(change: tuple[str, str], tmp_path: Path) -> None:
    path = publish(tmp_path, "2565-06") / "run.json"
    path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(PublishedChanged, match=r"run\.json"):
        read_published(path.parent)


@pytest.mark.parametrize(
    "fact",
    [
        {"submissions": 5},
        {"submissions": [None]},
        {"submissions": [{"unit": "3101", "file": "a.xlsx", "received": "soon", "late": False}]},
        {"counts": {"units": 1}},
        {"arrivals": {"1": "never"}},
        {"top_score": "5"},
        {"listings": []},
        {"due": 7},
        {"level_tables": None},
    ],
)
def test_a_record_of_another_shape_is_damaged_though_its_digest_holds(
    fact: dict[str, object], tmp_path: Path
) -> None:
    folder = publish(tmp_path, "2565-06")
    read_published(folder)
    (folder / "run.json").write_bytes(record_bytes(RECORD | {"month": "2565-06"} | fact))
    with pytest.raises(PublishedDamaged):
        read_published(folder)


def test_a_record_that_has_no_digest_yet_is_read(tmp_path: Path) -> None:
    folder = publish(tmp_path, "2565-06")
    record = json.loads((folder / "run.json").read_bytes())
    del record["sha256"]
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert read_published(folder).round == "2565-2"


def test_a_listing_that_was_changed_or_is_gone(tmp_path: Path) -> None:
    folder = publish(tmp_path, "2565-06")
    published = read_published(folder)
    assert published.trusted("scores.csv") == (folder / "scores.csv").read_bytes()
    with pytest.raises(PublishedDamaged):
        published.trusted("measures.csv")
    (folder / "measures.csv").touch()
    with pytest.raises(PublishedChanged):  # a file the record does not name
        published.trusted("measures.csv")
    with (folder / "scores.csv").open("ab") as file:
        file.write(b"3102\r\n")
    with pytest.raises(PublishedChanged):
        published.trusted("scores.csv")
    (folder / "scores.csv").unlink()
    with pytest.raises(PublishedDamaged):
        published.trusted("scores.csv")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("-5", "-5"),
        ("+5.5", "+5.5"),
        ("-1e3", "-1e3"),
        ("-5 บาท", "'-5 บาท"),
        ("-inf", "'-inf"),
        ("-nan", "'-nan"),
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("1=1", "1=1"),
        ("", ""),
        ("๕", "๕"),
    ],
)
def test_no_cell_of_a_listing_is_a_formula(cell: str, written: str) -> None:
    raw = as_csv(("a", "b"), [(cell, "x")])
    assert raw.startswith(b"\xef\xbb\xbfa,b\r\n")
    assert list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))[1] == [written, "x"]
    assert [*read_csv(raw)] == [["a", "b"], [written, "x"]]


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_a_number_comes_back_as_it_was(value: float) -> None:
    assert as_number(machine_text(value, Kind.AMOUNT)) == pytest.approx(value, abs=1e-9)


@given(st.dates())
def test_a_day_comes_back_as_it_was(day: date) -> None:
    text = machine_text(float(day.toordinal()), Kind.DATE)
    assert text == day.isoformat()
    assert as_number(text) == day.toordinal()


def test_what_is_missing_is_not_zero() -> None:
    assert machine_text(math.nan, Kind.NUMBER) == ""
    assert all(math.isnan(as_number(cell)) for cell in ("", None))
    assert as_number("0") == 0.0
    assert machine_text(0.0, Kind.NUMBER) == "0"
    assert machine_text(0.0, Kind.DATE) == "0"
