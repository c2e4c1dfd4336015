"""The draft as a workbook: coloured cells with comments, and the sheet ร่าง that lists them."""

from pathlib import Path

from kpibatch.base.addresses import address
from kpibatch.base.catalogue import say
from kpibatch.rules.draft.doubts import Doubt
from kpibatch.rules.draft.draft import Draft, cells_of
from kpibatch.rules.fresh.begins import NewRound
from kpibatch.rules.fresh.examples import calendar_rows, round_rows
from kpibatch.rules.fresh.pictures import pictures
from kpibatch.rules.paper.blank import blank_sheets, headings
from kpibatch.rules.paper.book import UNDATED, top_of, write_level_book
from kpibatch.rules.schema import CALENDAR, DRAFT, ROUND


def write_draft(
    draft: Draft, path: Path, language: str, new: NewRound | None = None, *, fill_in: bool = False
) -> None:
    """Write the draft to ``path``; with ``fill_in``, what is known of the round stands where the letter says
    nothing. Raises ``KpibatchError`` where the disk refuses.
    """
    sheets, marks = blank_sheets(draft.levels), dict[tuple[str, int, int], str]()
    listed = []
    for page in draft.pages:
        name = page.schema.sheet
        sheets[name] = cells_of(page, draft.levels)
        columns = headings(page.schema, draft.levels)
        for row, column, doubt in sorted(page.doubts, key=lambda each: each[0]):
            at = columns.index(column)  # type: ignore[arg-type]
            marks[name, row, at] = _joined(marks.get((name, row, at), ""), _comment(doubt, language))
            listed.append([f"{name}!{address(row + top_of(page.schema), at)}", *_cells(doubt, language)])
    if new and fill_in:
        sheets[ROUND.sheet] = round_rows(sheets[ROUND.sheet], new, over=False)
        if len(sheets[CALENDAR.sheet]) == 1:
            sheets[CALENDAR.sheet] = calendar_rows(new)
    if listed:
        sheets[DRAFT.sheet] = [list(map(str, DRAFT.columns)), *listed]
    write_level_book(path, sheets, draft.head.round.start or UNDATED, marks, pictures(new) if new else None)


def _cells(doubt: Doubt, language: str) -> list[str]:
    """A doubt's cells of ร่าง behind its place, the last for the tick."""
    return [str(doubt.line), doubt.printed, doubt.read, say(f"draft.{doubt.why}", language), ""]


def _comment(doubt: Doubt, language: str) -> str:
    facts = {"line": doubt.line, "printed": doubt.printed, "read": doubt.read or "–"}
    return say("draft.comment", language, **facts, why=say(f"draft.{doubt.why}", language))


def _joined(*texts: str) -> str:
    return "\n\n".join(filter(None, texts))
