"""Points about the workspace: its configuration, level tables, folders, free space and paths."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from kpibatch.base.catalogue import refusal
from kpibatch.base.config import FILE, Config, read_config
from kpibatch.base.errors import KpibatchError, NoWorkspace, WorkspaceError
from kpibatch.base.files import by_name, file_name, on_a_share
from kpibatch.commands.door.point import Points, State

_LITTLE, _TOO_LITTLE = 1e9, 1e8  # bytes
_LONGEST = 259  # letters of a path, where Windows was not told that longer ones may be
_PER_UNIT = 84  # letters of the longest file of a unit, where the units are not known
_WITHIN = (
    len("/2565-06/returned/") + len(".2565-06.new") + 8
)  # what stands before a unit's file in the output
_NAMED = 5


def configured(root: Path, language: str) -> tuple[Points, Config | None]:
    """The point about ``config.toml``, and what it says where it can be read."""
    points, path = Points(language), root.absolute() / FILE
    try:
        config = read_config(root)
    except NoWorkspace as reason:
        near = ", ".join(str(folder) for folder in _near(root)) or "–"
        points.tell(
            "config", State.ERROR, root.absolute(), "no-workspace", near=near, said=reason.message(language)
        )
        return points, None
    except WorkspaceError as reason:
        points.add("config", State.ERROR, path, reason.message(language))
        return points, None
    points.ok("config", path)
    return points, config


def _near(root: Path) -> list[Path]:
    """Workspaces in the folder, and around it."""
    try:
        within = sorted((path.parent for path in root.glob(f"*/{FILE}")), key=by_name)
    except OSError:
        within = []
    around = [folder for folder in root.absolute().parents if (folder / FILE).is_file()]
    return [*within, *around][:_NAMED]


def place(config: Config, language: str) -> Points:
    """Everything else about a workspace whose configuration can be read."""
    points = Points(language)
    longest = _tables(points, config)
    for part, look in (
        ("open", _open_books),
        ("submissions", _submissions),
        ("output", _output),
        ("share", _share),
    ):
        try:
            look(points, config)
        except OSError as reason:  # above a folder there may be one that is not open to this person
            points.tell(part, State.ERROR, reason.filename or reason, "folder-shut")
    _paths(points, config, longest)
    return points


def _tables(points: Points, config: Config) -> int:
    """The level tables; how long the longest name of a unit's file is."""
    try:
        from kpibatch.scoring.examples.sound import checked_levels
    except ImportError:  # told with the packages
        return _PER_UNIT
    try:
        tables, found = checked_levels(config)
    except KpibatchError as reason:
        points.add("tables", State.ERROR, config.level_tables, reason.message(points.language))
        return _PER_UNIT
    errors = [each for each in found if each.severity == "error"]
    warnings = sum(each.severity == "warning" for each in found)
    told = f"{config.level_tables}: {len(tables.units)} / {len(tables.leaves)}"
    if errors:
        first = f"{errors[0].place}: {errors[0].message(points.language)}"
        points.tell("tables", State.ERROR, told, "tables-faulty", count=len(errors), first=first)
    elif warnings:
        points.tell("tables", State.NOTE, told, "tables-warned", count=warnings)
    else:
        points.ok("tables", told)
    return max((len(file_name(f"{unit.code} {unit.name}")) for unit in tables.units), default=_PER_UNIT)


def _open_books(points: Points, config: Config) -> None:
    """What Excel leaves beside a workbook while somebody has it open."""
    folders = {config.root, config.level_tables.parent}
    opened = sorted({path.name for folder in folders if folder.is_dir() for path in folder.glob("~$*")})
    if opened:
        points.tell("open", State.NOTE, ", ".join(opened[:_NAMED]), "open-elsewhere")


def _submissions(points: Points, config: Config) -> None:
    folder = config.submissions
    if not folder.is_dir():
        points.tell("submissions", State.WARNING, folder, "no-submissions")
    elif not os.access(folder, os.R_OK | os.X_OK):
        points.tell("submissions", State.ERROR, folder, "folder-shut")
    else:
        points.ok("submissions", folder)


def _output(points: Points, config: Config) -> None:
    """Where results go, tried with a file of its own; of one that is not there, the folder it will be in."""
    folder = config.output
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".kpibatch-"):
            free = shutil.disk_usage(folder).free
    except OSError as reason:
        points.tell("output", State.ERROR, f"{folder}: {refusal(reason, points.language)}", "folder-locked")
        return
    points.ok("output", config.output)
    told = f"{free / 1e9:.1f} GB"
    if free < _LITTLE:
        points.tell("space", State.ERROR if free < _TOO_LITTLE else State.WARNING, told, "space-low")
    else:
        points.ok("space", told)


def _share(points: Points, config: Config) -> None:
    root = config.root.absolute()
    if on_a_share(root):
        points.tell("share", State.NOTE, root, "share")
    elif any("onedrive" in part.lower() or "google drive" in part.lower() for part in root.parts):
        points.tell("share", State.WARNING, root, "synchronised")


def _paths(points: Points, config: Config, longest: int) -> None:
    """Whether Windows takes the longest path that a run makes."""
    letters = len(str(config.output.absolute())) + _WITHIN + longest
    told = f"{letters} / {_LONGEST}"
    if letters > _LONGEST and sys.platform == "win32" and not _long_paths():
        points.tell("paths", State.WARNING, told, "paths-long")
    elif letters > _LONGEST:
        points.tell("paths", State.NOTE, told, "paths-elsewhere")
    else:
        points.ok("paths", told)


def _long_paths() -> bool:
    """Whether Windows was told that paths may be longer."""
    if sys.platform != "win32":
        return True
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])
    except OSError:
        return False
