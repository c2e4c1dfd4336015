"""A letter's text from every kind of file, and what is none."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kpibatch.base.errors import LetterFault
from kpibatch.rules.letter import text
from kpibatch.rules.letter.text import Letter, read_letter

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(folder: Path, body: str) -> Path:
    """A .docx with that body and nothing else."""
    path = folder / "letter.docx"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("word/document.xml", f"<w:document {_W}><w:body>{body}</w:body></w:document>".encode())
    return path


def run(words: str, tag: str = "t") -> str:
    return f"<w:r><w:{tag}>{words}</w:{tag}></w:r>"


def pdf(folder: Path, *pages: str) -> Path:
    """A .pdf with a line of text on each page, or with none."""
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for at, words in enumerate(pages):
        shown = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET" if words else ""
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {5 + 2 * at} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(shown)}>>stream\n{shown}\nendstream")
    body, places = "%PDF-1.4\n", list[int]()
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj{each}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    body += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{body.index('xref')}\n%%EOF\n"
    path = folder / "letter.pdf"
    path.write_bytes(body.encode())
    return path


def lines(letter: Letter) -> list[tuple[int, str]]:
    return [(line.number, line.text) for line in letter.lines]


def test_a_words_rows_are_lines_and_cells_are_apart(tmp_path: Path) -> None:
    cells = "".join(f"<w:tc><w:p>{run(words)}</w:p></w:tc>" for words in ("ระดับ ๑", "๖๐"))
    path = word(tmp_path, f"<w:p>{run('เรื่อง')}</w:p><w:tbl><w:tr>{cells}</w:tr></w:tbl>")
    assert lines(read_letter(path)) == [(1, "เรื่อง"), (2, "ระดับ ๑\t๖๐")]


def test_tracked_insertions_are_read_and_deletions_are_not(tmp_path: Path) -> None:
    changed = f"<w:ins>{run('85')}</w:ins><w:del>{run('80', 'delText')}</w:del>"
    letter = read_letter(word(tmp_path, f"<w:p>{run('ร้อยละ ')}{changed}</w:p>"))
    assert (lines(letter), letter.inserted, letter.deleted) == ([(1, "ร้อยละ 85")], 2, 2)


def test_what_was_moved_away_is_not_read_twice(tmp_path: Path) -> None:
    moved = f"<w:moveFrom>{run('80')}</w:moveFrom><w:moveTo>{run('80')}</w:moveTo>"
    letter = read_letter(word(tmp_path, f"<w:p>{run('ร้อยละ ')}{moved}</w:p>"))
    assert (lines(letter), letter.inserted, letter.deleted) == ([(1, "ร้อยละ 80")], 2, 2)


def test_a_pdfs_pages_without_text_are_named(tmp_path: Path) -> None:
    letter = read_letter(pdf(tmp_path, "KPI 80", "", "KPI 85"))
    assert ([text for _, text in lines(letter)], letter.blank) == (["KPI 80", "KPI 85"], (2,))


def nothing(folder: Path) -> Path:
    return folder / "none.txt"


def of_bytes(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (nothing, "letter-missing"),
        (lambda folder: pdf(folder, ""), "letter-no-text"),
        (of_bytes("blank.txt", b" \n\n"), "letter-no-text"),
        (lambda folder: word(folder, "<w:p/>"), "letter-no-text"),
        (of_bytes("broken.pdf", b"%PDF-1.4\n%%EOF\n"), "letter-unreadable"),
        (of_bytes("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0"), "letter-unreadable"),
        (of_bytes("broken.docx", b"PK\3\4broken"), "letter-unreadable"),
        (of_bytes("long.txt", b"8" * (text.LONGEST + 1)), "letter-too-long"),
    ],
)
def test_what_is_no_letter_is_refused(make: Callable[[Path], Path], code: str, tmp_path: Path) -> None:
    with pytest.raises(LetterFault) as refused:
        read_letter(make(tmp_path))
    assert refused.value.name == code


def test_a_letter_just_short_enough_is_read(tmp_path: Path) -> None:
    path = of_bytes("long.txt", b"8" * text.LONGEST)(tmp_path)
    assert len(read_letter(path).lines[0].text) == text.LONGEST
