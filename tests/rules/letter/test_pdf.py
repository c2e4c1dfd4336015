"""A .pdf as lines: a ruled table row by row, a page without one as it is; the pages are made by hand."""

from pathlib import Path

import pytest

from kpibatch.rules.letter.pdf import Glyph, Ruling, lines_in, read_pdf
from kpibatch.rules.letter.text import read_letter

WORDS = [(60, 175, "KPI"), (160, 175, "20"), (60, 135, "Roads"), (60, 120, "mended"), (160, 135, "30")]
RULES = [(50, 150, 250, 150), (50, 190, 250, 190), (50, 110, 250, 110)]
WALLS = [(50, 110, 50, 190), (150, 110, 150, 190), (250, 110, 250, 190)]


def pdf(words: list[tuple[int, int, str]], lines: list[tuple[int, int, int, int]]) -> bytes:
    """One page: words at their places, lines from here to there."""
    drawn = [f"{a} {b} m {c} {d} l S" for a, b, c, d in lines]
    drawn += [f"BT /F 10 Tf {x} {y} Td ({text}) Tj ET" for x, y, text in words]
    stream = "\n".join(drawn)
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources"
        " << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
    ]
    text, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(text))
        text += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n{len(text)}\n%%EOF\n"
    return f"{text}xref\n0 5\n0000000000 65535 f \n{table}{end}".encode()


def test_a_ruled_table_is_a_line_a_row() -> None:
    above = (60, 250, "Letter of the province")
    assert read_pdf(pdf([above, *WORDS], RULES + WALLS))[0] == [
        "Letter of the province",
        "KPI\t20",
        "Roads mended\t30",
    ]


def test_a_page_without_a_table_is_as_it_is() -> None:
    assert read_pdf(pdf(WORDS[::2], RULES[:1])) == (["KPI", "Roads 30"], ())


def test_blank_cells_keep_their_places(tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(pdf(WORDS[:1] + WORDS[4:], RULES + WALLS))
    assert [line.text for line in read_letter(tmp_path / "letter.pdf").lines] == ["KPI\t", "\t30"]


def glyphs(*words: tuple[str, float, float]) -> list[Glyph]:
    return [Glyph(letter, x + at / 10, y) for word, x, y in words for at, letter in enumerate(word)]


@pytest.mark.parametrize(("nearness", "lines"), [(1.9, ["ก\tข"]), (2.1, ["ก\t\tข"])])
def test_two_sides_of_a_thick_line_are_one(nearness: float, lines: list[str]) -> None:
    upright = [Ruling(x, 0, 20) for x in (0.0, 50.0, 50.0 + nearness, 100.0)]
    level = [Ruling(0, 0, 100), Ruling(20, 0, 100)]
    assert lines_in(glyphs(("ก", 5, 10), ("ข", 60, 10)), upright, level) == lines


def test_a_level_begins_a_line_of_its_own_in_its_cell() -> None:
    upright, level = [Ruling(x, 0, 40) for x in (0, 50, 100)], [Ruling(0, 0, 100), Ruling(40, 0, 100)]
    words = glyphs(
        ("ระดับ 1 ไม่น้อย", 5, 35), ("กว่าร้อยละ 60", 5, 25), ("ระดับ 2 ร้อยละ 70", 5, 15), ("20", 60, 35)
    )
    assert lines_in(words, upright, level) == ["ระดับ 1 ไม่น้อยกว่าร้อยละ 60\nระดับ 2 ร้อยละ 70\t20"]
