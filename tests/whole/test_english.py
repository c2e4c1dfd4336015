"""With ``language = "en"`` what the program says itself is English, in one era; names, remarks and the
columns of the level tables stay as their office writes them.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from workspace import (
    BURIRAM,
    NAKHON_PHANOM,
    copy_sample,
    kpibatch,
    open_book,
    read_rows,
)

THAI, BUDDHIST = re.compile("[ก-๛]+"), re.compile(r"(?<![\d.,/_])25[4-9]\d(?!\d)")
FORM, _BELOW_HEADS = "แบบรายงาน", 7
# what a place is called, what was typed, and a folder's name
QUOTED = re.compile(r"“[^”]*”|\S+!\$?[A-Z]+\$?\d+|T4\.\w+|25[4-9]\d-\d\d(?=[/.]|$)")


def office_texts(workspace: Path, output: Path) -> list[str]:
    """What others wrote, longest first: level tables, corrections, what was sent, file names."""
    texts = {FORM, *(path.name for path in workspace.glob("submissions/*/*"))}
    for path, first in (
        (workspace / "level_tables.xlsx", 1),
        (workspace / "corrections.xlsx", 1),
        *((path, _BELOW_HEADS) for path in workspace.glob("submissions/*/*.xlsx")),
    ):
        for sheet in open_book(path, values=True) if path.is_file() else ():
            rows = sheet.iter_rows(first, values_only=True) if sheet.title != "คู่มือ" else ()
            texts |= {str(cell) for row in rows for cell in row if cell}
    texts |= {row["found"] for row in read_rows(output / "findings.csv")}
    lines = {part for text in texts for part in (text, *text.split("\n"))}
    return sorted(
        (text for text in lines if THAI.search(text) or BUDDHIST.search(text)), key=len, reverse=True
    )


def texts_of(path: Path) -> Iterator[str]:
    """All that a workbook says, but for the form that went back."""
    for sheet in open_book(path):
        if sheet.title != FORM and sheet.sheet_state == "visible":
            yield sheet.title
            cells = (cell for row in sheet.iter_rows() for cell in row)
            for cell in cells:
                yield from (cell.value,) if isinstance(cell.value, str) else ()
                yield from (cell.comment.text,) if cell.comment else ()


def own_thai(text: str, others: list[str]) -> str:
    """What is left of a text without what others wrote, where it is Thai or of the Buddhist era."""
    for other in others:
        text = text.replace(other, "")
    left = QUOTED.sub("", text)
    return left if THAI.search(left) or BUDDHIST.search(left) else ""


@pytest.mark.slow
@pytest.mark.parametrize("sample", [BURIRAM, NAKHON_PHANOM])
def test_nothing_of_the_programs_own_is_thai(tmp_path: Path, sample: str) -> None:
    workspace = copy_sample(tmp_path, sample, language='"en"')
    kept = (workspace / "corrections.xlsx").is_file()
    shown = [kpibatch(workspace, "run").output]
    (output,) = (path.parent for path in workspace.glob("output/*/run.json"))
    others = office_texts(workspace, output)
    unit = next(output.glob("units/*.xlsx")).name[:4]
    for words in (["levels", "show", "--xlsx"], ["corrections"], ["status"], ["explain", unit, "T1"]):
        shown.append(kpibatch(workspace, *words).output)
    books = [output / "ranking.xlsx", *workspace.glob("output/*.xlsx"), *output.glob("returned/*.xlsx")]
    books += sorted(output.glob("units/*.xlsx"))[:3]
    books += [] if kept else [workspace / "corrections.xlsx"]
    said = {(path.name, text) for path in books for text in texts_of(path)}
    said |= {("screen", line) for text in shown for line in text.splitlines() if ".xlsx" not in line}
    assert {(name, text, own) for name, text in said if (own := own_thai(text, others))} == set()
