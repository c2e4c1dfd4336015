"""The errors' tree is as it is drawn, every error has its text, and callers catch by class."""

import pickle
import re
from pathlib import Path

import pytest

from kpibatch.base import errors
from kpibatch.base.catalogue import texts
from kpibatch.base.errors import DatabaseBusy, EmptyMonth, HistoryRefused, KpibatchError, ServerBusy

PACKAGE = Path(errors.__file__).parents[1]
TREE = {
    name: each
    for name, each in vars(errors).items()
    if isinstance(each, type) and issubclass(each, KpibatchError)
}


def drawn() -> dict[str, tuple[str, bool]]:
    """Each class of the drawing with its base and whether several texts share it."""
    found: dict[str, tuple[str, bool]] = {}
    path: list[str] = []
    for line in errors.__doc__.splitlines():
        if match := re.match(r"((?:│   |    )*(?:├── |└── ))(\w+)( …)?", line):
            depth = len(match[1]) // 4
            path[depth:] = [match[2]]
            found[match[2]] = (path[depth - 1], bool(match[3]))
        elif line == "KpibatchError":
            path = [line]
    return found


def test_the_tree_is_as_it_is_drawn():
    classes = {name: each.__bases__[0].__name__ for name, each in TREE.items() if each is not KpibatchError}
    assert {name: base for name, (base, _) in drawn().items()} == classes
    assert [*drawn()] == [*classes]


def test_an_error_has_its_own_text_or_is_drawn_with_several():
    own_texts = texts("error")
    drawing = drawn()
    for name, (_, several) in drawing.items():
        own = TREE[name].name in own_texts
        assert own + several == (not name.endswith("Error")), name  # what ends so is a branch, never raised


def test_no_other_module_has_errors_of_the_operator():
    based = re.compile(rf"^ *class \w+\((?:.*\W)?(?:{'|'.join(TREE)})\b", re.MULTILINE)
    assert based.search("    class Other(Mixin, errors.EmptyMonth):")
    elsewhere = [
        path.name
        for path in PACKAGE.rglob("*.py")
        if path != Path(errors.__file__) and based.search(path.read_text(encoding="utf-8"))
    ]
    assert elsewhere == []


def test_nobody_asks_an_error_for_its_name():
    """Callers catch by class."""
    asked = re.compile(
        r"\b(error|fault|reason|caught|failure)\.(name|args)\b|\bin str\((error|fault|reason)\b"
    )
    assert [
        path.name for path in PACKAGE.rglob("*.py") if asked.search(path.read_text(encoding="utf-8"))
    ] == []


def test_the_text_is_the_classs_own_unless_another_is_named():
    assert EmptyMonth(folder="2565-06", months="").name == "empty-month"
    assert "2565-06" in EmptyMonth(folder="2565-06", months="").message("en")
    assert str(EmptyMonth(folder="x", months="–")) == EmptyMonth(folder="x", months="–").message("th")
    assert ServerBusy("smtp-answer").name == "smtp-answer"
    assert DatabaseBusy(file="f", reason="r").message("en") == HistoryRefused(file="f", reason="r").message(
        "en"
    )


@pytest.mark.parametrize(
    "error",
    [
        EmptyMonth(folder="2565-06", months=""),
        ServerBusy("smtp-answer", host="h", port=1, security="tls", answer="4"),
    ],
)
def test_an_error_travels_between_processes(error):
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.name, copy.facts) == (type(error), error.name, error.facts)
