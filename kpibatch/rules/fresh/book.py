"""The next round's sheets as a workbook: what must be looked at is coloured, and listed on the sheet ร่าง."""

from pathlib import Path

from kpibatch.base.addresses import address
from kpibatch.base.catalogue import say
from kpibatch.rules.fresh.begins import NewRound
from kpibatch.rules.fresh.examples import example_sheets
from kpibatch.rules.fresh.following import Following, Look
from kpibatch.rules.fresh.pictures import pictures
from kpibatch.rules.paper.book import top_of, write_level_book
from kpibatch.rules.schema import DRAFT, SHEETS


def write_new(new: NewRound, path: Path) -> None:
    """A new round's workbook of examples. Raises ``KpibatchError`` where the disk refuses."""
    write_level_book(path, example_sheets(new), new.start, pictures=pictures(new))


def write_following(made: Following, path: Path, language: str) -> None:
    """The next round's workbook. Raises ``KpibatchError`` where the disk refuses."""
    tops = {schema.sheet: top_of(schema) for schema in SHEETS}
    marks = dict[tuple[str, int, int], str]()
    listed = []
    for look in made.looks:
        at = look.sheet, look.row, look.column
        marks[at] = "\n\n".join(filter(None, (marks.get(at), _comment(look, language))))
        place = f"{look.sheet}!{address(look.row + tops[look.sheet], look.column)}"
        listed.append([place, "", look.old, look.new, say(f"following.{look.why}", language), ""])
    sheets = made.sheets | {DRAFT.sheet: [list(map(str, DRAFT.columns)), *listed]}
    write_level_book(path, sheets, made.round.start, marks, pictures(made.round))


def _comment(look: Look, language: str) -> str:
    why = say(f"following.{look.why}", language)
    return say("following.comment", language, old=look.old or "–", new=look.new or "–", why=why)
