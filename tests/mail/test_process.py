"""Days of the process: read, told in words, and reminded of before they come, once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from mail_server import PostOffice, configured, post_office, settings
from tablebook import write

from kpibatch.base.config import Config
from kpibatch.base.progress import Quiet
from kpibatch.mail.process import draft_reminders, due_steps, plan_reminders, send_reminders
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.process import coming, process_lines
from kpibatch.rules.reader import read_levels
from kpibatch.scoring.examples.sound import sound_levels

CALENDAR = """
    เดือน    | กำหนดส่ง      | งาน               | ผู้รับผิดชอบ                       | เตือนก่อน (วัน)
    2565-04 | 5 พ.ค. 2565
    2565-05 | 5 มิ.ย. 2565  |                   |                                | 3
    2565-06 | 5 ก.ค. 2565
            | 1 เม.ย. 2565  | ทำข้อตกลง          | ทุกอำเภอ                        | 7
            | 15 ก.ค. 2565  | คณะกรรมการกลั่นกรอง | กลุ่มงานยุทธศาสตร์ plan@kpi.example | 0
            | 20 ก.ค. 2565  | ประกาศผล           |                                | 2
            | 20 ก.ค. 2565  | จัดเก็บเอกสาร       | งานสารบรรณ
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    write(tmp_path / "level_tables.xlsx", {"ปฏิทิน": CALENDAR}, {}, None)
    return tmp_path


@pytest.fixture
def tables(workspace: Path) -> LevelTables:
    return read_levels(workspace / "level_tables.xlsx")[0]


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as here:
        yield here


def to_whom(config: Config, tables: LevelTables, day: date) -> dict[str, tuple[str, ...]]:
    return {message.unit: message.to for message in plan_reminders(config, tables, day).messages}


def test_the_days_of_the_process_stand_in_order_with_those_who_keep_them(tables: LevelTables) -> None:
    assert list(process_lines(tables, "th"))[:3] == [
        ("1 เม.ย. 2565", "ทำข้อตกลง", "ทุกอำเภอ"),
        ("5 พ.ค. 2565", "รายงานผล เดือนเมษายน 2565", "ทุกอำเภอ"),
        ("5 มิ.ย. 2565", "รายงานผล เดือนพฤษภาคม 2565", "ทุกอำเภอ"),
    ]
    assert [line[1] for line in process_lines(tables, "en")][-2:] == ["announcement", "จัดเก็บเอกสาร"]
    assert list(tables.calendar) == ["2565-04", "2565-05", "2565-06"]
    assert coming(tables, date(2022, 7, 15)) == coming(tables, date(2022, 7, 6))
    assert coming(tables, date(2022, 7, 21)) is None


@pytest.mark.parametrize(
    ("day", "tasks"),
    [
        (date(2022, 3, 24), []),
        (date(2022, 3, 25), ["ทำข้อตกลง"]),
        (date(2022, 4, 1), ["ทำข้อตกลง"]),
        (date(2022, 4, 2), []),
        (date(2022, 7, 14), []),
        (date(2022, 7, 15), ["คณะกรรมการกลั่นกรอง"]),
        (date(2022, 7, 18), ["ประกาศผล"]),
    ],
)
def test_a_step_is_reminded_of_from_so_many_days_before_to_its_day(
    day: date, tasks: list[str], tables: LevelTables
) -> None:
    assert [step.task for step in due_steps(tables, day)] == tasks


def test_units_are_reminded_of_theirs_and_others_of_what_they_keep(tables: LevelTables) -> None:
    config = Config(Path(), mail=replace(settings(25), province=("kpi@province.example",)))
    units = to_whom(config, tables, date(2022, 6, 3))
    assert list(units) == list(tables.unit)
    assert to_whom(config, tables, date(2022, 7, 15)) == {"province": ("plan@kpi.example",)}
    assert to_whom(config, tables, date(2022, 7, 19)) == {"province": ("kpi@province.example",)}
    nobody = replace(tables, units=tuple(replace(unit, email="") for unit in tables.units))
    plan = plan_reminders(config, nobody, date(2022, 6, 3))
    assert not plan.messages
    assert {problem.code for problem in plan.problems} == {"mail-no-address"}


def test_a_reminder_names_no_other_unit_and_says_what_is_due(tables: LevelTables) -> None:
    message = plan_reminders(Config(Path()), tables, date(2022, 3, 30)).messages[0]
    first, *others = tables.units
    for text in (message.plain, message.html):
        assert "1 เม.ย. 2565" in text
        assert first.name in text
        assert not any(other.name in text for other in others)


def test_a_reminder_goes_once_however_often_and_on_whatever_day_it_is_asked_for(
    workspace: Path, office: PostOffice
) -> None:
    config, day = configured(office.port, workspace), date(2022, 3, 25)
    sent = send_reminders(config, day, Quiet())
    assert sent.complete
    count = len(office.box)
    assert count == len(sound_levels(config).units)
    for later in (day, day + timedelta(3)):
        assert send_reminders(config, later, Quiet()).complete
    assert len(office.box) == count
    (workspace / "output" / "history.sqlite").unlink(missing_ok=True)
    assert send_reminders(config, day, Quiet()).complete
    assert len(office.box) == count


def test_drafts_lie_beside_the_months_and_change_with_the_day(workspace: Path) -> None:
    config = Config(workspace)
    drafted = draft_reminders(config, date(2022, 3, 25), Quiet())
    names = {path.name for path in drafted.folder.glob("*.eml")}
    assert len(names) == len(drafted.rows) > 0
    assert not draft_reminders(config, date(2022, 4, 2), Quiet()).rows
    assert not list(drafted.folder.glob("*.eml"))
