"""Some of the example rows as pictures for คู่มือ: they stand there as in their sheets, so they are never
out of date.
"""

from collections.abc import Mapping
from typing import Any

from kpibatch.rules.fresh.begins import NewRound
from kpibatch.rules.fresh.examples import Sheets, example_sheets, examples
from kpibatch.rules.paper.book import top_of
from kpibatch.rules.paper.guide import Picture
from kpibatch.rules.schema import SHEETS


def pictures(new: NewRound) -> list[Picture]:
    """The pictures that the examples name, in their order."""
    sheets = example_sheets(new)
    return [_picture(sheets, told) for told in examples()["picture"]]


def _picture(sheets: Sheets, told: Mapping[str, Any]) -> Picture:
    heads, *rows = sheets[told["sheet"]]
    top = next(top_of(schema) for schema in SHEETS if schema.sheet == told["sheet"])
    letters = [heads.index(name) for name, _ in told["columns"]]
    return Picture(
        title=told["title"],
        letters=letters,
        heads=[name for name, _ in told["columns"]],
        steps=[steps for _, steps in told["columns"]],
        rows=[
            (number, [row[at] for at in letters])
            for number, row in enumerate(rows, top + 2)
            if row[0] in told["rows"]
        ],
        caption=told["caption"],
        head_row=top + 1,
    )
