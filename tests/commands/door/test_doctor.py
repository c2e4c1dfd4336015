"""``doctor`` on a sound, a broken and no workspace: a line a point, exit 0, 1 or 2, rows for machines."""

import json
import os
import shutil
import sys
from collections import namedtuple
from collections.abc import Mapping
from pathlib import Path

import pytest
from mail_server import HOST, USER, free_port, post_office, settings
from tablebook import write
from workspace import BESIDE, configure
from workspace import kpibatch as in_workspace

from kpibatch.base.config import read_config
from kpibatch.base.files import on_a_share
from kpibatch.commands.door import doctor, place
from kpibatch.commands.door.point import Points, State
from kpibatch.commands.door.server import server
from kpibatch.commands.door.settings import settings as config_text

Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def sound_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine has or lacks is tried elsewhere."""
    monkeypatch.setattr(doctor, "machine", lambda language, zone: Points(language))


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "w"
    for name in ("submissions", "output"):
        (folder / name).mkdir(parents=True)
    (folder / "config.toml").write_text(config_text(), encoding="utf-8")
    write(folder / "level_tables.xlsx", {}, {})
    return folder


def examined(folder: Path, code: int) -> Mapping[str, Mapping[str, str]]:
    """The rows that ``doctor --format json`` gives, by what they are about."""
    done = in_workspace(folder, "--lang", "en", "doctor", "--format", "json")
    assert done.exit_code == code, done.output
    rows = json.loads(done.stdout)
    assert all(row["advice"] or row["state"] == "ok" for row in rows)  # what is not well says what to do
    return {row["part"]: row for row in rows}


def test_a_sound_workspace(workspace: Path) -> None:
    rows = examined(workspace, 0)
    assert {part for part, row in rows.items() if row["state"] == "ok"} == {
        *("config", "tables", "submissions", "output", "space", "paths")
    }
    assert rows["mail"]["state"] == "note"
    shown = in_workspace(workspace, "--lang", "en", "doctor")
    assert "✓ level tables (units / KPIs)" in shown.output
    assert shown.output.endswith("All is well. Notes: 1\n")
    assert {path.name for path in (workspace / "output").iterdir()} <= BESIDE  # nothing is left


def test_no_workspace_names_those_near_by(workspace: Path) -> None:
    rows = examined(workspace.parent, 2)
    assert [*rows] == ["config"]
    assert str(workspace) in rows["config"]["advice"]
    assert str(workspace) in examined(workspace / "submissions", 2)["config"]["advice"]
    assert "init" in rows["config"]["advice"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[workspace]\nsubmisions = 'x'\n", "submissions"),
        ("[workspace]\nchat_with_the_moon = true\n", "newer kpibatch"),
        ('[workspace]\nlevel_tables = "C:\\Users\\me"\n', "line 2"),
        ("not toml", "config.toml"),
    ],
)
def test_a_broken_configuration_is_told_and_nothing_else_asked(text: str, says: str, workspace: Path) -> None:
    (workspace / "config.toml").write_text(text, encoding="utf-8")
    rows = examined(workspace, 2)
    assert [*rows] == ["config"]
    assert says in rows["config"]["advice"]


def test_tables_that_lack_or_have_faults_stop(workspace: Path) -> None:
    write(workspace / "level_tables.xlsx", {}, {"ระดับ!E2": "อะไรสักอย่าง"})
    told = examined(workspace, 2)["tables"]
    assert "ระดับ!E2" in told["advice"]
    (workspace / "level_tables.xlsx").write_bytes(b"no workbook")
    assert examined(workspace, 2)["tables"]["state"] == "error"
    (workspace / "level_tables.xlsx").unlink()
    assert examined(workspace, 2)["tables"]["state"] == "error"


def test_a_new_workspace_can_go_on_and_is_told_of_its_warnings(tmp_path: Path) -> None:
    in_workspace(tmp_path, "init", str(tmp_path / "w"))
    assert examined(tmp_path / "w", 0)["tables"]["state"] == "note"


def test_folders_that_lack_or_are_shut(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(workspace / "submissions")
    shutil.rmtree(workspace / "output")
    rows = examined(workspace, 1)
    assert (rows["submissions"]["state"], rows["output"]["state"]) == (
        "warning",
        "ok",
    )  # a run makes the latter

    def refuse(**_: object) -> None:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(place.tempfile, "NamedTemporaryFile", refuse)
    assert examined(workspace, 2)["output"]["state"] == "error"


def test_a_folder_in_one_that_is_shut_costs_no_other_point(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, os.strerror(13), "sent")

    monkeypatch.setattr(place, "_submissions", refuse)
    rows = examined(workspace, 2)
    assert (rows["submissions"]["state"], rows["submissions"]["found"]) == ("error", "sent")
    assert rows["output"]["state"] == rows["paths"]["state"] == "ok"


@pytest.mark.parametrize(
    ("free", "state"),
    [(99_999_999, "error"), (100_000_000, "warning"), (999_999_999, "warning"), (1_000_000_000, "ok")],
)
def test_little_space_is_told(
    free: int, state: str, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place.shutil, "disk_usage", lambda _: Usage(0, 0, free))
    code = {"error": 2, "warning": 1, "ok": 0}[state]
    assert examined(workspace, code)["space"]["state"] == state


def test_a_workbook_that_is_open_in_excel_is_told(workspace: Path) -> None:
    (workspace / "~$level_tables.xlsx").write_bytes(b"")
    assert examined(workspace, 0)["open"]["found"] == "~$level_tables.xlsx"


def test_a_synchronised_folder_and_a_share_are_told(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = workspace.parent / "OneDrive - จังหวัด" / "kpi"
    cloud.parent.mkdir()
    workspace.rename(cloud)
    assert examined(cloud, 1)["share"]["state"] == "warning"
    monkeypatch.setattr(place, "on_a_share", lambda _: True)
    assert examined(cloud, 0)["share"]["state"] == "note"


@pytest.mark.skipif(sys.platform == "win32", reason="mounts are asked for otherwise")
def test_a_share_is_known_by_its_mount(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shares = f"server:/x {tmp_path}/a\\040b cifs rw 0 0\nserver:/x {tmp_path}/nfs nfs4 rw 0 0\n"
    mounts = f"disk / ext4 rw 0 0\n{shares}"
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: mounts)
    assert [on_a_share(tmp_path / name) for name in ("a b/w", "nfs", "c")] == [True, True, False]


@pytest.mark.parametrize(
    ("platform", "enabled", "over", "state"),
    [
        ("win32", False, 0, State.OK),
        ("win32", False, 1, State.WARNING),
        ("win32", True, 1, State.NOTE),
        ("linux", True, 0, State.OK),
        ("linux", True, 1, State.NOTE),
    ],
)
def test_the_longest_path_is_measured(
    platform: str, enabled: bool, over: int, state: State, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, points = read_config(workspace), Points("en")
    longest = 259 - len(str(config.output.absolute())) - place._WITHIN + over
    monkeypatch.setattr(place.sys, "platform", platform)
    monkeypatch.setattr(place, "_long_paths", lambda: enabled)
    place._paths(points, config, longest)
    assert [point.state for point in points.all] == [state]


def test_the_longest_name_is_that_of_a_units_file(workspace: Path) -> None:
    assert place._tables(Points("en"), read_config(workspace)) == len("3102 คูเมือง.xlsx")


def test_the_server_is_greeted_and_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPIBATCH_SMTP_PASSWORD", "x")
    with post_office() as office:
        points = server(settings(office.port, username=""), "en").all
        assert [(point.part, point.state) for point in points] == [("mail", State.OK)]
        assert (office.box, office.connections) == ([], 1)
    point = server(settings(free_port()), "en").all[0]
    assert (point.state, bool(point.advice)) == (State.WARNING, True)
    assert HOST in point.found


def test_a_password_that_lacks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KPIBATCH_SMTP_PASSWORD", raising=False)
    monkeypatch.setattr("kpibatch.mail.password.secret_of", lambda _: "")
    with post_office() as office:
        points = server(settings(office.port, username=USER), "en").all
    assert [(point.part, point.state) for point in points] == [
        ("mail", State.OK),
        ("password", State.WARNING),
    ]


def test_the_rows_are_a_csv_too(workspace: Path) -> None:
    done = in_workspace(workspace, "doctor", "--format", "csv")
    assert done.stdout.splitlines()[0].endswith("part,state,found,advice")


def test_mail_that_is_half_set_is_told(workspace: Path) -> None:
    configure(workspace, host='"mail.example"')
    rows = examined(workspace, 1)
    assert rows["mail"]["state"] == "warning"
    assert "from" in rows["mail"]["advice"]


def test_the_worst_state_decides() -> None:
    points = Points("en")
    assert doctor.worst(points.all) is State.OK
    points.ok("a", "")
    for state in (State.NOTE, State.WARNING, State.ERROR):
        points.add("a", state, "", "")
        assert doctor.worst(points.all) is state
