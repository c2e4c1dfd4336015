"""With ``language = "en"`` what the program says itself is English, in one era; names, remarks and the
columns of the level tables stay as their office writes them.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from workspace import (
    BURIRAM,
    NAKHON_PHANOM,
    configure,
    copy_sample,
    keep_units,
    kpibatch,
    open_book,
    read_rows,
)
from workspace import texts_of as cells_of

from kpibatch.base.addresses import coordinates

THAI, BUDDHIST = re.compile("[ก-๛]+"), re.compile(r"(?<![\d.,/_])25[4-9]\d(?!\d)")
FORM, CRITERIA, _BELOW_HEADS = "แบบรายงาน", "เกณฑ์", 7
# what a place is called, and what was typed
QUOTED = re.compile(r"“[^”]*”|\S+!\$?[A-Z]+\$?\d+|T4\.\w+")
TAGS = re.compile(r"<[^>]*>")
SOME = ("3102", "3107", "3112", "3117", "3119", "3122")
MONTHS = {BURIRAM: ("2565-05", "2565-06"), NAKHON_PHANOM: ("2564-08", "2564-09")}


def office_texts(workspace: Path, output: Path) -> list[str]:
    """What others wrote, longest first: level tables, corrections, what was sent, file names."""
    texts = {FORM, *(path.name for path in workspace.glob("submissions/*/*"))}
    for path, first in (
        (workspace / "level_tables.xlsx", 1),
        (workspace / "corrections.xlsx", 1),
    ):
        for sheet in open_book(path, values=True) if path.is_file() else ():
            rows = sheet.iter_rows(first, values_only=True) if sheet.title != "คู่มือ" else ()
            texts |= {str(cell) for row in rows for cell in row if cell}
    for path in workspace.glob("submissions/*/*.xlsx"):
        texts |= {text for _, cell, text in cells_of(path) if coordinates(cell)[0] + 1 >= _BELOW_HEADS}
    texts |= {row["found"] for row in read_rows(output / "findings.csv")}
    lines = {part for text in texts for part in (text, *text.split("\n"))}
    for name in (cell.value for cell in open_book(workspace / "level_tables.xlsx")["หน่วย"]["B"][1:]):
        lines |= {f"{name[:at]}\n{name[at:]}" for at in range(1, len(name))}  # as a narrow column breaks it
    return sorted(
        (text for text in lines if THAI.search(text) or BUDDHIST.search(text)), key=len, reverse=True
    )


def texts_of(path: Path) -> Iterator[str]:
    """All that a workbook says, but for the form that went back."""
    sent = {FORM, CRITERIA} if path.parent.name == "returned" else {FORM}
    for sheet in open_book(path):
        if sheet.title not in sent and sheet.sheet_state == "visible":
            yield sheet.title
            cells = (cell for row in sheet.iter_rows() for cell in row)
            for cell in cells:
                yield from (cell.value,) if isinstance(cell.value, str) else ()
                yield from (cell.comment.text,) if cell.comment else ()


def mail_lines(path: Path) -> Iterator[str]:
    """What a draft says: its subject, its text and what is read of its HTML."""
    message = message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default)
    yield str(message["Subject"])
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        yield from TAGS.sub("\n", part.get_content()).splitlines()


def own_thai(text: str, others: list[str]) -> str:
    """What is left of a text without what others wrote, where it is Thai or of the Buddhist era."""
    if not (THAI.search(text) or BUDDHIST.search(text)):
        return ""
    for other in others:
        text = text.replace(other, "")
    left = QUOTED.sub("", text)
    return left if THAI.search(left) or BUDDHIST.search(left) else ""


@pytest.mark.slow
@pytest.mark.parametrize("sample", [BURIRAM, NAKHON_PHANOM])
def test_nothing_of_the_programs_own_is_thai(tmp_path: Path, sample: str) -> None:
    workspace = copy_sample(tmp_path, sample)
    if sample == BURIRAM:
        keep_units(workspace, *SOME)
    configure(workspace, language='"en"')
    kept = (workspace / "corrections.xlsx").is_file()
    shown = [kpibatch(workspace, "run", month).output for month in MONTHS[sample]]
    output = workspace / "output" / MONTHS[sample][-1]
    others = office_texts(workspace, output)
    unit = next(output.glob("units/*.xlsx")).name[:4]
    for words in (["levels", "show", "--xlsx"], ["corrections"], ["status"], ["explain", unit, "T1"]):
        shown.append(kpibatch(workspace, *words).output)
    shown.append(kpibatch(workspace, "diff", *MONTHS[sample], "--xlsx").output)
    books = [output / "ranking.xlsx", *workspace.glob("output/*.xlsx"), *output.glob("returned/*.xlsx")]
    books += sorted(output.glob("units/*.xlsx"))[:3]
    books += [] if kept else [workspace / "corrections.xlsx"]
    said = {(path.name, text) for path in books for text in texts_of(path)}
    said |= {("screen", line) for text in shown for line in text.splitlines() if ".xlsx" not in line}
    kpibatch(workspace, "mail")
    drafts = sorted(output.glob("mail/*.eml"))
    assert len(drafts) >= 5
    said |= {("mail", line) for path in drafts for line in mail_lines(path)}
    own = {text: own_thai(text, others) for text in {text for _, text in said}}
    assert {(name, text, own[text]) for name, text in said if own[text]} == set()
