"""Which workspaces are meant: each once, whatever path leads there; what a list may say."""

import io
from pathlib import Path
from types import SimpleNamespace

import pytest

from kpibatch.base.errors import TogetherFault
from kpibatch.commands.many.named import listed, named_once


def test_a_workspace_is_named_once_by_whatever_path(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    a, b, link = (str(tmp_path / name) for name in ("a", "b", "link"))
    first, second = named_once([a, b, link, f"{a}/../a/", a])
    assert (first.name, first.again) == (a, (link, f"{a}/../a/", a))
    assert (second.name, second.again) == (b, ())
    assert first.folder == Path(a).resolve()


def test_what_is_not_there_is_kept_and_told_apart(tmp_path: Path) -> None:
    named = named_once([str(tmp_path / "x"), str(tmp_path / "y"), f"{tmp_path}/./x"])
    assert [(Path(each.name).name, len(each.again)) for each in named] == [("x", 1), ("y", 0)]


def test_a_list_counts_from_its_own_folder(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text(f"\ufeff# ภาคเหนือ\nน่าน\n\n  ../แพร่  \r\n{tmp_path / 'ลำปาง'}\n", encoding="utf-8")
    assert listed(str(file)) == (str(tmp_path / "น่าน"), str(tmp_path / "../แพร่"), str(tmp_path / "ลำปาง"))


def test_a_list_from_standard_input_counts_from_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO("น่าน\n".encode())))
    assert listed("-") == ("น่าน",)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (None, "list-unreadable"),
        (b"", "list-empty"),
        (b"# nothing\n\n", "list-empty"),
        ("น่าน".encode("cp874"), "list-not-utf-8"),
    ],
)
def test_a_list_that_says_nothing_is_refused(tmp_path: Path, content: bytes | None, name: str) -> None:
    file = tmp_path / "list.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(TogetherFault) as fault:
        listed(str(file))
    assert fault.value.name == name
    assert str(file) in fault.value.message("th")
