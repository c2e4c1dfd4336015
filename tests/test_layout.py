"""The house's rules, read from the pages of its wings (the docstring of each ``__init__.py``).

A wing imports only wings below it, a file only files above it in its wing's list; each library has one door;
folders, files, functions and lines stay small.
"""

import ast
import re
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "kpibatch"
WINGS = (
    "commands", "mail", "months", "workbooks", "scoring", "intake", "forms", "rules", "books", "base",
)  # fmt: skip
DOORS = {
    "pebble": "intake/readers.py",
    "python_calamine": "books/read.py",
    "xlsxwriter": "books/write.py",
    "pandera": "intake/validate.py",
    "click": "commands/cli.py",
    "rich": "commands/console.py",
    "lark": "rules/conditions.py",
    "jinja2": "mail/text.py",
    "lxml": "books/package.py",
    "filelock": "base/lock.py",
    "sqlite3": "months/database.py",
    "keyring": "mail/password.py",
    "smtplib": "mail/smtp.py",
    "ssl": "mail/smtp.py",
}
MOST_FILES, MOST_LINES, MOST_IN_A_FUNCTION, WIDEST = 15, 320, 45, 110
CHILD = ("xlsxwriter", "lxml", "lark", "pandas", "openpyxl")

FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.name not in ("__init__.py", "__main__.py"))
FOLDERS = sorted(path.parent for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE)


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@cache
def page(folder: Path) -> tuple[str, ...]:
    """What a wing's page lists, in order: files, and folders with a slash behind."""
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    return tuple(re.findall(r"^(\w+\.py|\w+/)  +\S", text, re.MULTILINE))


@cache
def order() -> dict[str, tuple[int, ...]]:
    """Each file's place in the house: wings from below, then the place in each list on the way down."""
    places = {}
    for path in FILES:
        wing, *rest = path.relative_to(PACKAGE).parts
        place, folder = [-WINGS.index(wing)], PACKAGE / wing
        for part in rest:
            place.append(page(folder).index(part if part.endswith(".py") else f"{part}/"))
            folder /= part
        places[name_of(path)] = tuple(place)
    return places


@cache
def imported(path: Path) -> frozenset[str]:
    """Every name a file imports, wherever the import stands, as ``package.module.name``."""
    return frozenset(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own(path: Path) -> set[str]:
    """The package's files that a file imports."""
    found = set()
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "kpibatch":
            ways = ("/".join(parts[1:end]) + ".py" for end in (len(parts), len(parts) - 1))
            found |= {way for way in ways if (PACKAGE / way).is_file()}
    return found


def test_the_wings_are_these():
    assert {path.name for path in FOLDERS if path.parent == PACKAGE} - {"docs"} == set(WINGS)
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_page_lists_every_file_once(folder):
    files = [path.name for path in folder.glob("*.py") if path.name != "__init__.py"]
    folders = [f"{path.name}/" for path in folder.iterdir() if (path / "__init__.py").exists()]
    assert sorted(page(folder)) == sorted(files + folders)


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_page_says_what_comes_in_and_goes_out(folder):
    lines = (ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or "").split(
        "\n"
    )
    assert lines[0]
    assert any(line.startswith("In: ") for line in lines)
    assert any(line.startswith("Out: ") for line in lines)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_imports_only_wings_below_and_files_above(path):
    places = order()
    assert not {name for name in own(path) if places[name] >= places[name_of(path)]}


@pytest.mark.parametrize(("library", "door"), DOORS.items())
def test_each_library_has_one_door(library, door):
    users = {name_of(path) for path in FILES if library in {name.split(".")[0] for name in imported(path)}}
    assert users == {door}


def test_only_declared_libraries_are_imported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.match(r"[\w-]+", line)[0].replace("-", "_") for line in project["dependencies"]}
    roots = {name.split(".")[0] for path in FILES for name in imported(path)}
    assert roots - sys.stdlib_module_names - {"kpibatch"} == names


@pytest.mark.parametrize("folder", [PACKAGE, *FOLDERS], ids=name_of)
def test_a_folder_holds_few_files(folder):
    assert len(list(folder.glob("*.py"))) <= MOST_FILES


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_functions_and_lines_are_short(path):
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    assert len(lines) <= MOST_LINES
    assert [number for number, line in enumerate(lines, 1) if columns(line) > WIDEST] == []
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    assert [each.name for each in functions if each.end_lineno - each.lineno >= MOST_IN_A_FUNCTION] == []


def columns(line: str) -> int:
    """How many columns a line takes on the screen: Thai vowels and tone marks above or below take none."""
    return sum(unicodedata.category(letter) != "Mn" for letter in line)


def loaded_by(module: str) -> set[str]:
    """The top-level packages in memory once a module is imported in a fresh interpreter."""
    program = f"import {module}, sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_reading_child_loads_no_more_than_it_needs():
    assert not loaded_by("kpibatch.intake.submission") & set(CHILD)


def test_help_loads_nothing_heavy():
    assert not loaded_by("kpibatch.commands.cli") & {*CHILD, "numpy", "rich", "pandera", "jinja2"}
