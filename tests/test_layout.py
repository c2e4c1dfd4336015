"""The house's rules, read from the pages of its wings (the docstring of each ``__init__.py``).

A wing imports only wings below it, a file only files above it in its wing's list; each library has one door;
folders, files, functions and lines stay small.
"""

import ast
import re
import subprocess
import sys
import tomllib

import pytest
from house import (
    FILES,
    FOLDERS,
    PACKAGE,
    ROOT,
    WIDEST,
    WINGS,
    columns,
    imported,
    listed,
    name_of,
    nodes_of,
    order,
    own,
    page,
)

# Each library is imported by one file; click, whose decorators the commands are written in, by those alone.
DOORS: dict[str, str | tuple[str, ...]] = {
    "pebble": "books/guard/capped.py",
    "python_calamine": "books/read.py",
    "xlsxwriter": "books/engine/as_it_is.py",
    "pandera": "intake/checks/validate.py",
    "click": (
        "commands/usage/language.py",
        "commands/usage/kinds.py",
        "commands/usage/parts.py",
        "commands/group.py",
        "commands/beginning.py",
        "commands/monthly.py",
        "commands/levels.py",
        "commands/keeping.py",
        "commands/mailing.py",
    ),
    "rich": "commands/console.py",
    "lark": "rules/phrases.py",
    "pypdfium2": "books/printed/pdf.py",
    "jinja2": "mail/sandbox.py",
    "lxml": "books/package.py",
    "docx": "rules/agreement/word.py",
    "filelock": "base/lock.py",
    "sqlite3": "months/database.py",
    "keyring": "months/keys.py",
    "cryptography": "months/keys.py",
    "smtplib": "mail/smtp.py",
    "ssl": "mail/smtp.py",
    "distributed": "commands/many/dask.py",
}
MOST_FILES, MOST_LINES, MOST_IN_A_FUNCTION = 15, 320, 45
CHILD = ("xlsxwriter", "lxml", "docx", "lark", "pandas", "openpyxl")


def test_the_wings_are_these():
    assert {path.name for path in FOLDERS if path.parent == PACKAGE} - {"docs"} == set(WINGS)
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py", "install.py"}


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_page_lists_every_file_once(folder):
    files = [path.name for path in folder.glob("*.py") if path.name != "__init__.py"]
    folders = [f"{path.name}/" for path in folder.iterdir() if (path / "__init__.py").exists()]
    assert sorted(listed(folder)) == sorted(files + folders)


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_page_says_what_comes_in_and_goes_out(folder):
    lines = page(folder).split("\n")
    assert lines[0]
    assert any(line.startswith("In: ") for line in lines)
    assert any(line.startswith("Out: ") for line in lines)


def test_a_file_imports_only_wings_below_and_files_above():
    places = order()
    pairs = ((name_of(path), name) for path in FILES for name in own(path))
    assert [(who, whom) for who, whom in pairs if places[whom] >= places[who]] == []


def test_a_door_of_several_files_stands_in_one_wing():
    doors = [door for door in DOORS.values() if not isinstance(door, str)]
    assert all(len({file.partition("/")[0] for file in door}) == 1 for door in doors)


@pytest.mark.parametrize(("library", "door"), DOORS.items())
def test_each_library_has_one_door(library, door):
    users = {name_of(path) for path in FILES if library in {name.split(".")[0] for name in imported(path)}}
    assert users == ({door} if isinstance(door, str) else {*door})


def test_only_declared_libraries_are_imported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = (
        *project["dependencies"],
        *(
            each
            for extra in ("dask", "seal", "letter", "report")
            for each in project["optional-dependencies"][extra]
        ),
    )
    called = {"python_docx": "docx"}  # a library that is imported by another name than it is installed by
    names = {re.match(r"[\w-]+", line)[0].replace("-", "_") for line in declared}
    names = {called.get(name, name) for name in names}
    roots = {name.split(".")[0] for path in FILES for name in imported(path)}
    behind = {"tzdata"}  # what zoneinfo reads where the system has no time zones
    assert roots - sys.stdlib_module_names - {"kpibatch"} == names - behind


@pytest.mark.parametrize("folder", [PACKAGE, *FOLDERS], ids=name_of)
def test_a_folder_holds_few_files(folder):
    assert len(list(folder.glob("*.py"))) <= MOST_FILES


def test_files_functions_and_lines_are_short():
    long = []
    for path in FILES:
        name, lines = name_of(path), path.read_text(encoding="utf-8").splitlines()
        functions = [node for node in nodes_of(path) if isinstance(node, ast.FunctionDef)]
        long += [(name, len(lines))] if len(lines) > MOST_LINES else []
        long += [(name, number) for number, line in enumerate(lines, 1) if columns(line) > WIDEST]
        long += [
            (name, each.name) for each in functions if each.end_lineno - each.lineno >= MOST_IN_A_FUNCTION
        ]
    assert long == []


def test_paths_are_sorted_alike_on_every_system():
    """Windows' own order of paths knows no upper and lower case: ``by_name`` does."""
    walked, own = {"glob", "rglob", "iterdir"}, []
    for path in FILES:
        for node in nodes_of(path):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "sorted":
                what = node.args[0]
                what = what.elt if isinstance(what, ast.GeneratorExp | ast.ListComp | ast.SetComp) else what
                names = {each.attr for each in ast.walk(node.args[0]) if isinstance(each, ast.Attribute)}
                text = isinstance(what, ast.Attribute) and what.attr in ("name", "stem")
                if names & walked and not text and "key" not in {each.arg for each in node.keywords}:
                    own.append((name_of(path), node.lineno))
    assert own == []


def loaded_by(module: str) -> set[str]:
    """The top-level packages in memory once a module is imported in a fresh interpreter."""
    program = f"import {module}, sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_reading_child_loads_no_more_than_it_needs():
    assert not loaded_by("kpibatch.intake.submission") & set(CHILD)


def test_looking_back_and_checking_the_rules_wait_for_no_pandas():
    """What the lines of ``history show`` and ``levels check`` take is a lookup and a workbook."""
    for module in ("kpibatch.commands.screens.history", "kpibatch.scoring.examples.sound"):
        assert not loaded_by(module) & {"pandas", "pandera", "xlsxwriter", "openpyxl"}


def test_help_loads_nothing_heavy():
    assert not loaded_by("kpibatch.commands.cli") & {*CHILD, "numpy", "rich", "pandera", "jinja2"}
