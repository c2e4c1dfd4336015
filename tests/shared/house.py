"""The house as its pages and imports tell it; as a script it prints the house in numbers.

In: the docstring of each wing's ``__init__.py`` and every ``import`` below ``kpibatch/``.
Out: pages, the order of the files, who imports whom, floors.
"""

import ast
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "kpibatch"
WINGS = (
    "commands", "mail", "months", "workbooks", "scoring", "intake", "forms", "rules", "books", "base",
)  # fmt: skip
WIDEST = 110
FILES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE and path.name != "__init__.py"
)
FOLDERS = sorted(path.parent for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE)


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    """A file as the parser has it."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Everything in a file's tree, as ``ast.walk`` finds it."""
    return tuple(ast.walk(tree_of(path)))


@cache
def page(folder: Path) -> str:
    """What a wing says of itself."""
    return ast.get_docstring(tree_of(folder / "__init__.py")) or ""


@cache
def listed(folder: Path) -> dict[str, str]:
    """What a wing's page lists, in order, with its line: files, and folders with a slash behind."""
    return dict(re.findall(r"^(\w+\.py|\w+/)  +(\S.*)", page(folder), re.MULTILINE))


@cache
def order() -> dict[str, tuple[int, ...]]:
    """Each file's place in the house: wings from below, then the place in each list on the way down."""
    places = {}
    for path in FILES:
        wing, *rest = path.relative_to(PACKAGE).parts
        place, folder = [-WINGS.index(wing)], PACKAGE / wing
        for part in rest:
            place.append(list(listed(folder)).index(part if part.endswith(".py") else f"{part}/"))
            folder /= part
        places[name_of(path)] = tuple(place)
    return places


@cache
def imported(path: Path) -> frozenset[str]:
    """Every name a file imports, wherever the import stands, as ``package.module.name``."""
    return frozenset(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def own(path: Path) -> frozenset[str]:
    """The package's files that a file imports."""
    found = set()
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "kpibatch":
            ways = ("/".join(parts[1:end]) + ".py" for end in (len(parts), len(parts) - 1))
            found |= {way for way in ways if (PACKAGE / way).is_file()}
    return frozenset(found)


def crossings() -> Counter[tuple[str, str]]:
    """How many files of one wing are imported by the files of another: (who, whom) → imports."""
    pairs = ((name_of(path).split("/")[0], name.split("/")[0]) for path in FILES for name in own(path))
    return Counter((who, whom) for who, whom in pairs if who != whom)


@cache
def floor(name: str) -> int:
    """How many files stand below a file in the longest chain of imports, itself counted."""
    return 1 + max(map(floor, own(PACKAGE / name)), default=0)


def columns(line: str) -> int:
    """How many columns a line takes on the screen: Thai vowels and tone marks above or below take none."""
    return sum(unicodedata.category(letter) != "Mn" for letter in line)


def numbers() -> Iterator[str]:
    """The house in numbers, line by line."""
    lines = [line for path in FILES for line in path.read_text(encoding="utf-8").splitlines()]
    wide = sum(columns(line) > WIDEST for line in lines)
    yield f"{len(FILES)} files, {len(lines)} lines, {wide} over {WIDEST} columns"
    for folder in FOLDERS:
        yield f"  {name_of(folder):20} {len(list(folder.glob('*.py'))) - 1:3} files"
    crossed = crossings()
    yield f"{max(floor(name_of(path)) for path in FILES)} files in the longest chain of imports"
    yield f"{len(crossed)} pairs of wings, {crossed.total()} imports between them"
    yield f"{sum(WINGS.index(whom) < WINGS.index(who) for who, whom in crossed)} pairs that lead upward"


if __name__ == "__main__":
    print(*numbers(), sep="\n")
