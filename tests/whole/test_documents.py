"""What the documents say of the code is so: the picture, the paths, the commands."""

import re

import click
import pytest
from draw_wings import PICTURE, drawn
from house import PACKAGE, ROOT, WINGS

from kpibatch.commands.cli import commands

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "kpibatch/docs/en/decisions.md")


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


def test_the_readme_names_every_command() -> None:
    words = [
        f"kpibatch {name} {under}".strip()
        for name, command in commands.commands.items()
        for under in (command.commands if isinstance(command, click.Group) else [""])
    ]
    assert [word for word in words if word not in text_of("README.md")] == []


def test_the_readme_has_a_line_for_each_wing() -> None:
    assert re.findall(r"^\| `(\w+)/`", text_of("README.md").split("## Inside")[1], re.M) == list(WINGS)
