"""The concepts as a picture: ``python tests/shared/draw_concepts.py`` writes two ``concepts.svg``.

In: the words and an example, below.
Out: above, the way of a round from letter to ranking; below, the way of one value from its cell to a rank.
"""

from collections.abc import Iterator
from html import escape

from draw_wings import GREY, INK, LINE, MIST, NAVY, TEAL
from house import PACKAGE

DOCS = PACKAGE / "docs"
SANS = "'Sarabun', 'TH Sarabun New', 'Leelawadee UI', 'Segoe UI', 'Noto Sans Thai', Arial, sans-serif"
WIDE, TALL, LEFT, GAP = 1080, 376, 24, 22
# Of each box: Thai, English; below it what stands there, or an example.
ROUND = (
    (("หนังสือ", "letter"), ("กติกาของรอบ", "the round's rules")),
    (("ตารางระดับ", "level tables"), ("level_tables.xlsx", "level_tables.xlsx")),
    (("แบบรายงานว่าง", "forms"), ("kpibatch forms", "kpibatch forms")),
    (("แบบที่ส่งมา", "submissions"), ("submissions/2569-10", "submissions/2569-10")),
    (("ตรวจและให้คะแนน", "check, score"), ("kpibatch run", "kpibatch run")),
    (("สมุดอันดับ", "ranking"), ("ranking.xlsx", "ranking.xlsx")),
)
VALUE = (
    (("ค่าในช่อง", "value"), ("แบบรายงาน!H18 = 90", "แบบรายงาน!H18 = 90")),
    (("รายการข้อมูล", "measure"), ("90 ÷ 100 = 90 %", "90 ÷ 100 = 90 %")),
    (("กรณี", "case"), ("staff ≤ 2", "staff ≤ 2")),
    (("ระดับ", "level"), ("≥ 90 ✓   ≥ 95 ✗", "≥ 90 ✓   ≥ 95 ✗")),
    (("คะแนน", "score"), ("3 × 15 %", "3 × 15 %")),
    (("คะแนนรวม", "total"), ("4.4500", "4.4500")),
    (("อันดับ", "rank"), ("3", "3")),
)
TITLES = (
    ("ทางของรอบ: จากหนังสือถึงอันดับ", "The way of a round: from the letter to the ranking"),
    ("ทางของค่า: จากช่องถึงอันดับ ย้อนกลับได้ทุกก้าว", "The way of a value: from a cell to a rank, and back"),
)
ASIDE = (
    "สำเนาที่ทำเครื่องหมายกลับไปให้หน่วยแก้ · สรุปและอันดับไปทางอีเมล · kpibatch close เก็บเดือนไว้ในไฟล์เดียว",
    "marked copies go back to be mended · summaries go by mail · kpibatch close seals the month in one file",
)
ARROW = 'h{0} m-5 -5 l6 5 l-6 5" fill="none" stroke-width="2"'


def drawn(number: int) -> str:
    """The picture in a language: 0 is Thai, 1 English."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {TALL}" font-family="{SANS}">'
    parts = [head, f'<rect width="{WIDE}" height="{TALL}" fill="#FFFFFF"/>']
    parts += [_text(LEFT, 40, TITLES[0][number], 20, NAVY, bold=True), *_boxes(ROUND, 62, number, NAVY)]
    parts += [_text(LEFT, 178, ASIDE[number], 15, GREY)]
    parts += [_text(LEFT, 246, TITLES[1][number], 20, NAVY, bold=True), *_boxes(VALUE, 268, number, TEAL)]
    return "\n".join((*parts, "</svg>")) + "\n"


def _boxes(
    row: tuple[tuple[tuple[str, str], tuple[str, str]], ...], y: int, number: int, colour: str
) -> Iterator[str]:
    width = (WIDE - 2 * LEFT - GAP * (len(row) - 1)) / len(row)
    for place, (name, below) in enumerate(row):
        x = LEFT + place * (width + GAP)
        middle = x + width / 2
        box = f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}"'
        yield f'{box} height="84" rx="6" fill="{MIST}" stroke="{LINE}"/>'
        yield f'{box} height="6" rx="3" fill="{colour}"/>'
        yield _text(middle, y + 40, name[number], 17, INK, bold=True, middle=True)
        yield _text(middle, y + 66, below[number], 12, GREY, middle=True)
        if place:
            yield f'<path d="M{x - GAP + 3:.1f} {y + 42} {ARROW.format(GAP - 9)} stroke="{colour}"/>'


def _text(
    x: float, y: float, text: str, size: int, colour: str, *, bold: bool = False, middle: bool = False
) -> str:
    looks = (' font-weight="bold"' if bold else "") + (' text-anchor="middle"' if middle else "")
    return f'<text x="{x:.1f}" y="{y}" font-size="{size}" fill="{colour}"{looks}>{escape(text)}</text>'


if __name__ == "__main__":
    for number, language in enumerate(("th", "en")):
        (DOCS / language / "concepts.svg").write_text(drawn(number), encoding="utf-8", newline="\n")
