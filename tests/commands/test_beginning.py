"""``init``: a workspace appears whole, where nothing stood; a letter that gives no draft leaves nothing."""

import sys
from io import StringIO
from pathlib import Path

import pytest
from click.testing import Result
from docx import Document
from lacking import WINE
from workspace import RAYONG, ROOT, SAMPLES, configure, digest, open_book, tree
from workspace import kpibatch as in_workspace

from kpibatch.base.config import read_config
from kpibatch.commands import beginning
from kpibatch.commands.cli import commands
from kpibatch.commands.door import begin
from kpibatch.rules.reader import read_levels
from kpibatch.rules.schema import SHEETS

LETTER = "ตัวชี้วัด ปีงบประมาณ พ.ศ. 2568\nตัวชี้วัดที่ 1 ร้อยละการเบิกจ่าย (น้ำหนัก 100)\nระดับ 1 ร้อยละ 60\nระดับ 2 ร้อยละ 70\n"
WHOLE = ["config.toml", "level_tables.xlsx", "output", "run-monthly.bat", "run-monthly.sh", "submissions"]


def init(folder: Path, *options: object) -> Result:
    return in_workspace(ROOT, "init", str(folder), *map(str, options))


def letter(folder: Path, content: bytes | str = LETTER, name: str = "letter.txt") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_workspace_is_whole_and_can_be_read(tmp_path: Path) -> None:
    done = init(tmp_path / "new")
    assert (done.exit_code, names(tmp_path / "new")) == (0, WHOLE)
    assert read_config(tmp_path / "new").level_tables.is_file()
    book = open_book(tmp_path / "new" / "level_tables.xlsx")
    assert book.sheetnames == ["คู่มือ", *(each.sheet for each in SHEETS if not each.optional)]
    assert book["ระดับ"].data_validations.dataValidation
    tables, faults = read_levels(tmp_path / "new" / "level_tables.xlsx")
    assert ([node.code for node in tables.nodes][:2], tables.level_count) == (["T", "T1"], 5)
    assert [fault for fault in faults if fault.severity == "error"] == []


def test_its_configuration_is_the_repositorys_with_paths_of_its_own(tmp_path: Path) -> None:
    init(tmp_path / "new")
    ours = (ROOT / "config.toml").read_text(encoding="utf-8").replace("input_samples/buriram-2565-2/", "")
    assert (tmp_path / "new" / "config.toml").read_text(encoding="utf-8") == ours


def test_what_is_said_of_the_round_stands_in_it(tmp_path: Path) -> None:
    said = (
        "--province",
        "จังหวัดพะเยา",
        "--unit",
        "ตำบล",
        "--year",
        "2567",
        "--round",
        "2",
        "--month",
        "2567-06",
    )
    done = init(tmp_path / "new", *said)
    assert (done.exit_code, names(tmp_path / "new" / "submissions")) == (0, ["2567-06"])
    tables, _ = read_levels(tmp_path / "new" / "level_tables.xlsx")
    assert (tables.round.owner, tables.round.unit_noun, tables.round.key) == ("จังหวัดพะเยา", "ตำบล", "2567/2")
    assert tables.round.months == ("2567-06", "2567-07", "2567-08", "2567-09")
    assert tables.units[0].name.startswith("ตำบล")


def test_a_letter_that_says_little_is_filled_in_with_what_is_said(tmp_path: Path) -> None:
    init(
        tmp_path / "new",
        "--from",
        letter(tmp_path),
        "--province",
        "จังหวัดพะเยา",
        "--year",
        "2567",
        "--round",
        "2",
    )
    tables, _ = read_levels(tmp_path / "new" / "level_tables.xlsx")
    assert (tables.round.owner, tables.round.fiscal_year) == ("จังหวัดพะเยา", "2568")  # the letter comes first
    assert str(tables.round.start) == "2024-04-01"
    assert len(tables.calendar) == 6


def small(folder: Path) -> Path:
    """A workspace with a round that has ended, and settings of its own."""
    from tablebook import write

    assert init(folder).exit_code == 0
    write(folder / "level_tables.xlsx", {}, {})
    configure(
        folder, host='"mail.example"', tie_breakers='["T", "I"]', per_minute="7", submissions='"../sent"'
    )
    configure(folder, language='"en"')
    (folder / "mail_templates").mkdir()
    (folder / "mail_templates" / "result.txt").write_text("ของเรา", encoding="utf-8")
    return folder


def test_the_next_round_of_a_workspace(tmp_path: Path) -> None:
    before = tree(small(tmp_path / "old"))
    done = init(tmp_path / "new", "--like", tmp_path / "old")
    assert done.exit_code == 0, done.output
    assert names(tmp_path / "new") == sorted([*WHOLE, "mail_templates"])
    assert names(tmp_path / "new" / "submissions") == ["2565-10"]
    config = read_config(tmp_path / "new")
    assert (config.mail.host, config.ranking.tie_breakers, config.mail.per_minute) == (
        "mail.example",
        ("T", "I"),
        7,
    )
    assert (config.language, config.workspace.submissions) == ("en", "submissions")  # its own folders
    text = (tmp_path / "new" / "config.toml").read_text(encoding="utf-8")
    assert "per_minute = 7  # 0 ถึง 100000" in text
    assert tree(tmp_path / "old") == before
    assert "5 แห่งในชีต ร่าง" in done.output
    checked = in_workspace(tmp_path / "new", "levels", "check")
    assert checked.exit_code == 2
    assert "5 places" in checked.output


def test_a_later_round_can_be_named(tmp_path: Path) -> None:
    small(tmp_path / "old")
    done = init(
        tmp_path / "new", "--like", tmp_path / "old", "--year", "2567", "--round", "2", "--unit", "ตำบล"
    )
    tables, _ = read_levels(tmp_path / "new" / "level_tables.xlsx")
    assert (tables.round.key, tables.round.unit_noun, done.exit_code) == ("2567/2", "ตำบล", 0)
    assert tables.rules[4].typed[-1] == "ภายใน 10 ก.ย. 2567"


def test_a_workspace_with_faulty_tables_has_no_next_round(tmp_path: Path) -> None:
    from tablebook import write

    small(tmp_path / "old")
    write(tmp_path / "old" / "level_tables.xlsx", {}, {"ระดับ!E2": "อะไรสักอย่าง"})
    done = init(tmp_path / "new", "--like", tmp_path / "old")
    assert (done.exit_code, done.output.count("\n"), names(tmp_path)) == (2, 1, ["old"])


def test_a_sample_is_complete(tmp_path: Path) -> None:
    done = init(tmp_path / "new", "--sample", RAYONG)
    assert (done.exit_code, names(tmp_path / "new")) == (0, sorted([*WHOLE, "salaries.xlsx"]))
    sent = tree(tmp_path / "new" / "submissions")
    assert sent == tree(SAMPLES / RAYONG / "submissions")


@pytest.mark.parametrize(
    "options",
    [
        ("--sample", "buri"),
        ("--sample", RAYONG, "--year", "2567"),
        ("--sample", RAYONG, "--like", "."),
        ("--like", ".", "--from", "letter.txt"),
        ("--like", "nowhere"),
        ("--year", "2024"),
        ("--round", "5"),
        ("--month", "13/2567"),
        ("--month", "2567-10", "--year", "2567", "--round", "2"),
    ],
)
def test_what_does_not_go_together_or_is_not_there_is_one_line(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    done = init(tmp_path / "new", *options)
    assert (done.exit_code, done.output.count("\n"), names(tmp_path)) == (2, 1, []), done.output


def test_twice_is_told_that_it_is_one_already(tmp_path: Path) -> None:
    init(tmp_path / "new")
    before = tree(tmp_path)
    done = init(tmp_path / "new")
    assert (done.exit_code, tree(tmp_path)) == (2, before)
    assert "เป็นพื้นที่งานอยู่แล้ว" in done.output


def test_what_is_to_be_typed_holds_a_name_with_a_space_together(tmp_path: Path) -> None:
    folder = tmp_path / "ที่ ใหม่"
    assert f'-C "{folder}" levels check' in init(folder).output
    assert f'-C "{folder}" ' in init(folder).output


def test_quiet_is_quiet(tmp_path: Path) -> None:
    assert init(tmp_path / "new", "--quiet").output == ""
    assert names(tmp_path / "new") == WHOLE


@pytest.mark.parametrize("name", ["ที่ ทำงาน ใหม่", "x" * 200, "x" * 255, "ก" * 85, "a/b/c"])
def test_a_folder_may_be_called_anything_that_a_disk_takes(name: str, tmp_path: Path) -> None:
    assert init(tmp_path / name).exit_code == 0
    assert names(tmp_path / name) == WHOLE


@pytest.mark.skipif(WINE, reason="what lies below Wine takes longer names than Windows")
def test_a_name_that_no_disk_takes_is_one_line(tmp_path: Path) -> None:
    done = init(tmp_path / ("ก" * 300))
    assert (done.exit_code, done.output.count("\n"), names(tmp_path)) == (2, 1, [])
    if sys.platform != "win32":  # which says that it is not there
        assert "ยาวเกิน" in done.output


def test_below_a_file_nothing_is_begun(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    done = init(tmp_path / "file" / "new")
    assert (done.exit_code, done.output.count("\n"), names(tmp_path)) == (2, 1, ["file"])


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_person_is_asked_and_a_slip_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["จังหวัดพะเยา", "", "2024", "2567", "2", ""])
    monkeypatch.setattr(beginning.sys, "stdin", Terminal())
    monkeypatch.setattr(beginning.sys, "stdout", Terminal())
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(answers))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        commands(["-C", str(ROOT), "init", "new"])
    assert end.value.code == 0
    tables, _ = read_levels(tmp_path / "new" / "level_tables.xlsx")
    assert (tables.round.owner, tables.round.unit_noun, tables.round.key) == ("จังหวัดพะเยา", "อำเภอ", "2567/2")
    assert next(answers, None) is None


def test_from_a_letter(tmp_path: Path) -> None:
    done = init(tmp_path / "new", "--from", letter(tmp_path))
    assert (done.exit_code, names(tmp_path / "new")) == (0, WHOLE)
    assert "ตัวชี้วัด 1, น้ำหนัก 1, เกณฑ์ที่เป็นตัวเลขหรือวันที่ 2, อ่านไม่แน่ใจ 0" in done.output
    tables, _ = read_levels(tmp_path / "new" / "level_tables.xlsx")
    assert [edge.text() for edge in tables.rules[0].edges if edge] == ["≥ 60", "≥ 70"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    before = (tmp_path / "new").stat().st_ino
    assert init(tmp_path / "new").exit_code == 0
    assert (names(tmp_path / "new"), names(tmp_path)) == (WHOLE, ["new"])
    assert (tmp_path / "new").stat().st_ino == before  # who stands in it stays in it


@pytest.mark.parametrize("what", ["a file", "a folder with a file", "a hidden file", "a link to nothing"])
def test_where_something_stands_nothing_is_touched(what: str, tmp_path: Path) -> None:
    target = tmp_path / "new"
    if what == "a file":
        target.write_text("kept")
    elif what == "a link to nothing":
        target.symlink_to(tmp_path / "nowhere")
    else:
        target.mkdir()
        (target / (".kept" if "hidden" in what else "kept")).write_text("kept")
    before = sorted(map(str, tmp_path.rglob("*")))
    for options in ((), ("--from", tmp_path / "no letter.txt")):
        done = init(target, *options)
        assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert sorted(map(str, tmp_path.rglob("*"))) == before


def tracked(folder: Path) -> Path:
    """A .docx in which a paragraph was inserted and the change is tracked."""
    from docx.oxml import OxmlElement

    document = Document()
    for line in LETTER.splitlines():
        document.add_paragraph(line)
    run = document.paragraphs[-1].runs[0]._r
    change = OxmlElement("w:ins")
    run.addprevious(change)
    change.append(run)
    document.save(str(folder / "letter.docx"))
    return folder / "letter.docx"


BAD = {
    "no file": lambda folder: folder / "none.txt",
    "an empty file": lambda folder: letter(folder, b""),
    "no KPI": lambda folder: letter(folder, "เรียน นายอำเภอ ขอเชิญประชุม"),
    "a picture": lambda folder: letter(folder, b"\x89PNG\r\n\x1a\n\0\0\0", "letter.png"),
    "a workbook": lambda folder: (init(folder / "w"), folder / "w" / "level_tables.xlsx")[1],
    "a broken .docx": lambda folder: letter(folder, b"PK\3\4broken", "letter.docx"),
    "a .pdf of nothing": lambda folder: letter(folder, b"%PDF-1.4\n%%EOF\n", "letter.pdf"),
    "UTF-16 without a mark": lambda folder: letter(folder, LETTER.encode("utf-16-le")),
    "tracked changes": tracked,
}


@pytest.mark.parametrize("what", BAD)
def test_a_letter_that_gives_no_draft_is_one_line_and_leaves_nothing(what: str, tmp_path: Path) -> None:
    path = BAD[what](tmp_path)
    done = init(tmp_path / "new", "--from", path)
    assert (done.exit_code, done.output.count("\n")) == (2, 1), done.output
    assert path.name in done.output
    assert not [name for name in names(tmp_path) if "new" in name]


def test_thai_windows_text_is_read(tmp_path: Path) -> None:
    assert init(tmp_path / "new", "--from", letter(tmp_path, LETTER.encode("cp874"))).exit_code == 0


def test_a_word_table_is_read(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("ตัวชี้วัด ปีงบประมาณ พ.ศ. 2568")
    rows = [["ตัวชี้วัด", "น้ำหนัก", "ผู้รับผิดชอบ"], ["ตัวชี้วัดที่ 1 การเบิกจ่าย\nระดับ 1 ร้อยละ 60", "100", "กลุ่มงานคลัง"]]
    table = document.add_table(2, 3)
    for cells, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, texts, strict=True):
            cell.text = text
    document.save(str(tmp_path / "letter.docx"))
    done = init(tmp_path / "new", "--from", tmp_path / "letter.docx")
    assert "ตัวชี้วัด 1, น้ำหนัก 1, เกณฑ์ที่เป็นตัวเลขหรือวันที่ 1" in done.output


def test_a_disk_that_refuses_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "there").mkdir()
    monkeypatch.setattr(begin, "on_disk", refuse)
    for name in ("new", "there"):
        done = init(tmp_path / name)
        assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert (names(tmp_path), names(tmp_path / "there")) == (["there"], [])


def test_the_same_call_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        init(tmp_path / name)
    assert digest(tmp_path / "a" / "level_tables.xlsx") == digest(tmp_path / "b" / "level_tables.xlsx")
