"""``received.csv`` as Excel and mail programs save it; what is wrong in it; midnight and zones."""

from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from kpibatch.base.config import FILE, read_config
from kpibatch.base.errors import ConfigFault, FileHeld
from kpibatch.intake.arrivals import RECEIVED, Arrivals, Sense, read_arrivals

NAME, OTHER = "3101 เมือง.xlsx", "3102 คูเมือง.xlsx"
SENSE = Sense(date(2020, 4, 1), date(2023, 9, 28), ZoneInfo("Asia/Bangkok"))
NINE = datetime(2022, 7, 1, 9)


def arrivals(folder: Path, content: str | bytes, encoding: str = "utf-8-sig") -> Arrivals:
    for name in (NAME, OTHER):
        (folder / name).touch()
    raw = content if isinstance(content, bytes) else content.encode(encoding)
    (folder / "received.csv").write_bytes(raw)
    return read_arrivals(folder, SENSE, {})


def said(read: Arrivals) -> list[tuple[str, str]]:
    return [(one.code, dict(one.facts).get("line", "")) for one in read.findings]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp874"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "head", ["file,received", "ไฟล์,วันที่รับ", "File,Received", "ชื่อไฟล์, RECEIVED ", '"file","received"']
)
def test_however_excel_saves_it(tmp_path: Path, encoding: str, delimiter: str, head: str) -> None:
    lines = f"{head}\r\n{NAME},1/7/2565 9:00\r\n,\r\n".replace(",", delimiter)
    read = arrivals(tmp_path, lines, encoding)
    assert (read.of(NAME, ""), read.findings) == (NINE, ())


@pytest.mark.parametrize(
    "moment",
    [
        "2022-07-01T09:00",
        "2022-07-01 9:00:00",
        "1/7/2022 9:00",
        "1 ก.ค. 2565 09:00 น.",
        "๑/๗/๖๕ ๙.๐๐",
        "2565-07-01 09:00",
        "2022-07-01T02:00:00Z",
        "2022-07-01T02:00:00.000+00:00",
        "2022-07-01T11:00+0900",
        "2022-06-30T23:30:00-02:30",
    ],
)
def test_moments(tmp_path: Path, moment: str) -> None:
    read = arrivals(tmp_path, f"file,received\n{NAME},{moment}\n")
    assert (read.of(NAME, ""), read.findings) == (NINE, ())


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2022-07-05T16:59:59Z", date(2022, 7, 5)),
        ("2022-07-05T17:00:00Z", date(2022, 7, 6)),
        ("2022-07-05T17:30:00Z", date(2022, 7, 6)),
        ("2022-07-06T00:30:00+14:00", date(2022, 7, 5)),
        ("2021-12-31T17:00:00Z", date(2022, 1, 1)),
        ("2022-07-05 23:59:59", date(2022, 7, 5)),
        ("2022-07-06 00:00", date(2022, 7, 6)),
        ("4/7/2022 9:38", date(2022, 7, 4)),
        ("2022-07-05", date(2022, 7, 5)),
    ],
)
def test_the_day_is_the_workspaces(tmp_path: Path, moment: str, day: date) -> None:
    assert arrivals(tmp_path, f"file,received\n{NAME},{moment}\n").of(NAME, "").date() == day


@pytest.mark.parametrize(
    "moment",
    ["เมื่อวาน", "", "31/6/2565", "7/13/2022", "1/7/2565 25:00", "1/7/22 9:00", "7/1/2022 9:00 AM", "\0"],
)
def test_a_moment_that_is_none_is_told_with_its_line_and_the_others_count(
    tmp_path: Path, moment: str
) -> None:
    read = arrivals(tmp_path, f"file,received\n{NAME},{moment}\n{OTHER},2022-07-01 09:00\n")
    assert said(read) == [("received-line", "2")]
    assert (read.known(NAME, ""), read.of(OTHER, "")) == (False, NINE)


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2020-03-31", True),
        ("2020-04-01", False),
        ("2023-09-28 23:59", False),
        ("2023-09-29", True),
        ("1565-07-01", True),
    ],
)
def test_a_day_far_from_the_round_is_told(tmp_path: Path, moment: str, told: bool) -> None:
    read = arrivals(tmp_path, f"file,received\n{NAME},{moment}\n")
    assert said(read) == [("received-far", "2")] * told
    assert read.known(NAME, "") != told


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("file;when\nx;y\n", "file, when"),
        ("", "–"),
        ("file,file,received\n", "file, file, received"),
        ("a\n", "a"),
    ],
)
def test_a_missing_column_is_told_with_those_that_are_there(tmp_path: Path, content: str, found: str) -> None:
    (fault,) = arrivals(tmp_path, content).findings
    assert (fault.code, fault.found) == ("received-columns", found)


def test_lines_that_name_no_file_or_one_twice(tmp_path: Path) -> None:
    lines = f"file,received\n3101เมือง.xlsx,2022-07-01\n{OTHER},2022-07-01\n{OTHER},2022-07-02\n"
    read = arrivals(tmp_path, lines)
    assert said(read) == [("received-no-file", "2"), ("received-twice", "4")]
    assert NAME in read.findings[0].message("th")
    assert not read.known(OTHER, ""), "nothing tells which of the two lines is right"


@pytest.mark.parametrize(
    "line", ["x" * 131_073 + ",2022-07-01", f"{NAME},{'x' * 131_073}", f'"{NAME},2022-07-01']
)
def test_a_line_that_can_not_be_taken_apart_hides_no_other(tmp_path: Path, line: str) -> None:
    read = arrivals(tmp_path, f"file,received\n{line}\n{OTHER},2022-07-01 09:00\n")
    assert said(read) == [("received-no-file", "2")]
    assert len(read.findings[0].message("th")) < 500
    assert read.of(OTHER, "") == NINE


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\xff\xfef\0i", "received-unreadable"),
        (b"file,received\n\xdb\xdc", "received-unreadable"),
        (b"f\0i\0l\0e\0", "received-columns"),
        (b"\0" * 6_000_000, "received-unreadable"),
    ],
    ids=["cut short", "no letters", "one word", "zeros"],
)
def test_bytes_that_are_no_list_are_a_finding(tmp_path: Path, raw: bytes, code: str) -> None:
    assert [(one.code, one.severity) for one in arrivals(tmp_path, raw).findings] == [(code, "error")]


@pytest.mark.parametrize("kind", ["a link to nothing", "a folder"])
def test_a_list_that_is_no_file_is_not_taken_for_none(tmp_path: Path, kind: str) -> None:
    (tmp_path / NAME).touch()
    if kind == "a folder":
        (tmp_path / RECEIVED).mkdir()
    else:
        (tmp_path / RECEIVED).symlink_to(tmp_path / "nowhere.csv")
    read = read_arrivals(tmp_path, SENSE, {})
    assert said(read)[0][0] == "received-unreadable"


def test_a_list_that_another_program_holds_is_the_operators_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / RECEIVED).write_text("file,received\n")
    monkeypatch.setattr(Path, "read_bytes", held)
    with pytest.raises(FileHeld) as caught:
        read_arrivals(tmp_path, SENSE, {})
    assert caught.value.facts["file"] == tmp_path / RECEIVED


def test_without_a_list_a_file_came_when_it_was_first_seen(tmp_path: Path) -> None:
    read = read_arrivals(tmp_path, SENSE, {"5a": NINE})
    assert (read.of(NAME, "5a"), read.known(NAME, "5a"), read.known(NAME, "5b")) == (NINE, True, False)
    assert read.of(NAME, "5b") >= datetime(2026, 1, 1)


@pytest.mark.parametrize("name", ["Asia/Bangkok", "UTC", "Asia/Ho_Chi_Minh"])
def test_a_time_zone_is_one_of_the_iana_database(tmp_path: Path, name: str) -> None:
    (tmp_path / FILE).write_text(f'[workspace]\ntime_zone = "{name}"\n')
    assert read_config(tmp_path).workspace.time_zone == name


@pytest.mark.parametrize("text", ['"Asia/Bangkokk"', '""', "7", '"../x"', '"/etc/passwd"', '"Asia"'])
def test_another_time_zone_is_refused_with_the_nearest(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(f"[workspace]\ntime_zone = {text}\n")
    with pytest.raises(ConfigFault, match="time_zone"):
        read_config(tmp_path)


@pytest.mark.slow
def test_a_list_of_names_that_are_all_strange_takes_no_time(tmp_path: Path) -> None:
    """Looking for the nearest of 900 names 900 times took half a minute."""
    for number in range(900):
        (tmp_path / f"{3000 + number} อำเภอ.xlsx").touch()
    lines = "".join(f"ก{3000 + number} อำเภอ.xlsx,1/7/2565\n" for number in range(900))
    start = perf_counter()
    read = arrivals(tmp_path, f"file,received\n{lines}")
    assert perf_counter() - start < 10
    messages = [one.message("th") for one in read.findings]
    assert (len(messages), messages[0].count(".xlsx"), messages[-1].count(".xlsx")) == (900, 2, 1)
