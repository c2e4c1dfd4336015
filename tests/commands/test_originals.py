"""What a unit or the province has made is never touched, whatever is typed and wherever the output is set to
lie.
"""

import os
import shutil
from pathlib import Path

import pytest
from mail_server import post_office
from small_workspace import EARLIER, MONTH, small_workspace, written_workspace
from workspace import configure, kpibatch, tree

from kpibatch.base.config import read_config
from kpibatch.base.errors import ConfigFault


def sacred(workspace: Path) -> dict[str, tuple[bytes, int]]:
    """Every file but the output's: what is in it and when it was changed."""
    paths = (path for path in workspace.rglob("*") if path.is_file())
    return {
        path.relative_to(workspace).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in paths
        if path.relative_to(workspace).parts[0] != "output"
    }


# --- where the output may not lie ---------------------------------------------------------------------------

MIXED = {
    "submissions": ("submissions", "submissions"),
    "below them": ("submissions/output", "submissions"),
    "in a month of theirs": (f"submissions/{MONTH}", "submissions"),
    "above all": (".", "submissions"),
    "above the workspace": ("..", "submissions"),
    "by a detour": ("output/../submissions", "submissions"),
    "in other case": ("Submissions", "submissions"),
    "over a link": ("link", "submissions"),
    "below a link": ("link/x", "submissions"),
    "where the level tables are": ("rules", "level_tables"),
    "where the corrections are": ("approved/by", "corrections"),
    "where the form is": ("forms", "form_template"),
    "where the province's numbers are": ("own", "province"),
    "among the exports": ("sources", "sources"),
    "below them, too": (f"sources/{MONTH}", "sources"),
}


@pytest.fixture
def scattered(tmp_path: Path) -> Path:
    """A workspace whose originals lie in folders of their own."""
    workspace = tmp_path / "workspace"
    for name in (f"submissions/{MONTH}", "rules", "approved/by", "forms"):
        (workspace / name).mkdir(parents=True)
    for name in (f"submissions/{MONTH}/a.xlsx", "rules/l.xlsx", "approved/by/c.xlsx", "forms/f.xlsx"):
        (workspace / name).write_text(name)
    (workspace / "link").symlink_to("submissions", target_is_directory=True)
    (workspace / "config.toml").write_text(
        '[workspace]\nlevel_tables = "rules/l.xlsx"\ncorrections = "approved/by/c.xlsx"\n'
        'form_template = "forms/f.xlsx"\nprovince = "own/p.xlsx"\nlanguage = "en"\noutput = "output"\n'
    )
    return workspace


@pytest.mark.parametrize("name", MIXED)
def test_an_output_that_overlaps_an_original_is_refused_in_one_line(name: str, scattered: Path) -> None:
    output, key = MIXED[name]
    assert read_config(scattered).output == scattered / "output"
    configure(scattered, output=f'"{output}"')
    before = sacred(scattered)
    for command in ("run", "check", "forms", "status", "mail", "close", "history rebuild", "levels check"):
        result = kpibatch(scattered, *command.split())
        assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1), command
        assert f"ทับกับ {key} (" in result.stderr
    assert sacred(scattered) == before
    assert sorted(path.name for path in scattered.parent.iterdir()) == ["workspace"]


@pytest.mark.parametrize("name", ["level_tables.xlsx", "corrections.xlsx"])
def test_a_link_in_the_output_to_an_original_elsewhere(name: str, tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "away.xlsx").write_text("")
    (tmp_path / "output" / name).symlink_to(tmp_path / "away.xlsx")
    key = name.removesuffix(".xlsx")
    (tmp_path / "config.toml").write_text(f'[workspace]\n{key} = "output/{name}"\n')
    with pytest.raises(ConfigFault) as caught:
        read_config(tmp_path)
    assert caught.value.name == "config-output"


@pytest.mark.parametrize(
    "output", ["output", "out/put", "../elsewhere", "submissions2", "output/level_tables.xlsx"]
)
def test_an_output_of_its_own_is_taken(output: str, tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "config.toml").write_text(f'[workspace]\noutput = "{output}"\n')
    assert read_config(tmp_path / "w").workspace.output == output


# --- every command leaves the originals as they are ---------------------------------------------------------

COMMANDS = (
    "levels check",
    "levels check --xlsx",
    "levels show",
    "levels show --xlsx",
    "forms",
    f"check {EARLIER}",
    f"run {EARLIER}",
    "run",
    "check",
    "status",
    "status --format csv",
    "explain 21P01 D2.1",
    "history rebuild",
    "history show 21P01 D2.1",
    f"diff {EARLIER} {MONTH} --xlsx",
    "corrections",
    "run",
    "mail",
    "mail --remind",
    "mail --send",
    "mail --status",
    "close",
    f"verify output/closed/{MONTH}.zip",
    f"close {MONTH} --reopen",
)


@pytest.mark.slow
def test_no_command_touches_an_original(tmp_path: Path) -> None:
    workspace = small_workspace(tmp_path)
    folder = workspace / "submissions" / MONTH
    (folder / "received.csv").write_text("file,received\n", encoding="utf-8")
    (folder / "sent").mkdir()
    shutil.copy(next(folder.glob("21P01 *")), folder / "sent" / "again.xlsx")
    for path in folder.rglob("*"):
        os.utime(path, (1_300_000_000, 1_300_000_000))
    assert kpibatch(workspace, "corrections").exit_code == 0
    with post_office() as office:
        sender = '"kpi@province.example"'
        settings = {"host": '"127.0.0.1"', "port": str(office.port), "security": '"none"', "from": sender}
        configure(workspace, **settings)
        before = sacred(workspace)
        for command in COMMANDS:
            words = command.replace("output/", f"{workspace}/output/").split()
            result = kpibatch(workspace, *words)
            assert result.exit_code in (0, 1), (command, result.output)
            assert sacred(workspace) == before, command


# --- a folder that is none of ours --------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("command", ["run", "check"])
def test_a_stranger_s_folder_in_the_place_of_a_month_is_refused_and_named(
    command: str, tmp_path: Path
) -> None:
    workspace = small_workspace(tmp_path)
    folder = workspace / "output" / MONTH
    (folder / "returned").mkdir(parents=True)
    (folder / "returned" / "notes.docx").write_text("a meeting's minutes")
    before = tree(workspace)
    result = kpibatch(workspace, command)
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert str(folder) in result.stderr
    assert tree(workspace) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["notes.docx", "filled in.xlsx"])
def test_forms_are_not_written_over_a_stranger_s_files(name: str, tmp_path: Path) -> None:
    workspace = small_workspace(tmp_path)
    assert kpibatch(workspace, "forms").exit_code == 0
    assert kpibatch(workspace, "forms").exit_code == 0
    (workspace / "output" / "forms" / name).write_text("something else")
    before = tree(workspace)
    result = kpibatch(workspace, "forms")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert tree(workspace) == before


@pytest.mark.slow
def test_a_month_of_ours_is_replaced_though_its_record_is_damaged(tmp_path: Path) -> None:
    workspace = written_workspace(tmp_path)
    record = workspace / "output" / MONTH / "run.json"
    record.write_bytes(b"")
    assert kpibatch(workspace, "run", MONTH).exit_code == 1
    assert record.read_bytes()
