"""What the documents say of the code is so: the picture, the paths, what is never in silence."""

import ast
import re
from functools import cache

import pytest
from draw_wings import PICTURE, drawn
from house import PACKAGE, ROOT, WINGS, tree_of

from kpibatch.base.catalogue import severity_of, texts

NEVER_IN_SILENCE = "kpibatch/docs/en/never-in-silence.md"
DOCUMENTS = (
    "CONTRIBUTING.md",
    "SECURITY.md",
    "kpibatch/docs/en/decisions.md",
    "kpibatch/docs/en/many-workspaces.md",
    "kpibatch/docs/th/many-workspaces.md",
    NEVER_IN_SILENCE,
)


@cache
def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_picture_is_what_the_code_draws() -> None:
    assert PICTURE.read_text(encoding="utf-8") == drawn(), "python tests/shared/draw_wings.py draws it anew"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_path_named_stands_there(name: str) -> None:
    """A path in backticks, from the root or from the package."""
    paths = re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|toml|lark|md|svg))`", text_of(name))
    assert paths
    assert [path for path in paths if not any((home / path).is_file() for home in (ROOT, PACKAGE))] == []


def _inside() -> str:
    return text_of("CONTRIBUTING.md").split("## Inside")[1].split("## Recipes")[0]


def test_contributing_has_a_line_for_each_wing() -> None:
    assert re.findall(r"^\| `(\w+)/`", _inside(), re.M) == list(WINGS)


# --- never in silence ---------------------------------------------------------------------------------------

ROWS = [line.strip("| ").split(" | ") for line in text_of(NEVER_IN_SILENCE).splitlines() if "::" in line]
CODE = re.compile(r"`([a-z0-9-]+)` \((\w+)\)")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@cache
def functions_in(path: str) -> frozenset[str]:
    return frozenset(node.name for node in tree_of(ROOT / path).body if isinstance(node, ast.FunctionDef))


def test_what_is_never_in_silence_has_its_finding_and_its_test() -> None:
    """Every finding has that severity, every test is in its file, and one of the files names the finding."""
    for what, _, codes, tests in ROWS:
        named, held_by = CODE.findall(codes), TEST.findall(tests)
        listed = ", ".join(f"`{code}` ({severity})" for code, severity in named)
        assert codes == "–" or listed == codes, what
        assert ", ".join(f"`{path}::{name}`" for path, name in held_by) == tests, what
        assert [(code, severity_of(code)) for code, _ in named if code in texts("finding")] == named, what
        assert [name for path, name in held_by if name not in functions_in(path)] == [], what
        sources = [text_of(path) for path, _ in held_by]
        patterns = {code: re.compile(f'"{code}[" ]') for code, _ in named}
        assert [code for code, one in patterns.items() if not any(map(one.search, sources))] == [], what
