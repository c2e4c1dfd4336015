"""The house's one rule: a file imports only files above it in README's list, and each library has one door."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "kpibatch"
DOORS = {
    "pebble": "workers",
    "python_calamine": "cells",
    "xlsxwriter": "sheets",
    "pandera": "validate",
    "click": "cli",
    "rich": "console",
    "lark": "conditions",
    "jinja2": "mail_text",
    "lxml": "package_patch",
    "filelock": "lock",
    "sqlite3": "database",
    "keyring": "mail_password",
    "smtplib": "smtp",
    "ssl": "smtp",
}


def listed() -> list[str]:
    """The files of README's table "Inside", in order."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## Inside\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
    return [file for row in rows for file in re.findall(r"`(\w+\.\w+)`", row)]


MODULES = [file.removesuffix(".py") for file in listed() if file.endswith(".py")]
FILES = {path.stem: path for path in sorted(PACKAGE.glob("*.py"))}


@cache
def imported(path: Path) -> frozenset[str]:
    """Every name a file imports, wherever the import stands, as ``package.module.name``."""
    return frozenset(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = ".".join(filter(None, ("kpibatch" if node.level else "", node.module)))
            yield from (f"{package}.{alias.name}" for alias in node.names)


def own(path: Path) -> set[str]:
    names = {name.split(".")[1] for name in imported(path) if name.startswith("kpibatch.")}
    return names & set(FILES)


def test_the_readme_lists_every_file_once():
    there = [path.name for path in PACKAGE.iterdir() if path.suffix in {".py", ".toml", ".lark"} and not path.stem.startswith("__")]
    assert sorted(listed()) == sorted(there)


@pytest.mark.parametrize("module", sorted(set(FILES) - {"__init__", "__main__"}))
def test_a_file_imports_only_files_above_it(module):
    above = MODULES[: MODULES.index(module)] if module in MODULES else []
    assert own(FILES[module]) <= set(above)


def test_the_package_itself_imports_nothing():
    assert not imported(FILES["__init__"])


@pytest.mark.parametrize(("library", "door"), DOORS.items())
def test_each_library_has_one_door(library, door):
    users = {module for module, path in FILES.items() if any(name.split(".")[0] == library for name in imported(path))}
    assert users == {door}


def test_only_declared_libraries_are_imported():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.match(r"[\w-]+", line)[0].replace("-", "_") for line in declared}
    roots = {name.split(".")[0] for path in FILES.values() for name in imported(path)}
    assert roots - sys.stdlib_module_names - {"kpibatch"} == names
