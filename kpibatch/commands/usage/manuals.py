"""The manuals that travel with the program: which there are, and their text in the language asked for.

Each is ``kpibatch/docs/LANGUAGE/TOPIC.md``. What is written in one language only is shown in that one.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from kpibatch.base.catalogue import LANGUAGES, texts
from kpibatch.base.errors import WorkspaceError
from kpibatch.base.nearest import nearest_of

DOCS = Path(__file__).parents[2] / "docs"
FINDINGS = "findings"
TOPICS = (
    *("afternoon", "month", "concepts", "level-tables", "forms", "config", "commands", FINDINGS, "mail"),
    *("scheduling", "many-workspaces", "glossary", "limits", "never-in-silence", "decisions"),
)  # in the order in which they are read
_NEAR = 0.6  # how like a topic a word must be to be taken for a slip of the pen


@dataclass(frozen=True)
class Manual:
    """A manual in the language in which there is one."""

    topic: str
    language: str

    @property
    def text(self) -> str:
        return (DOCS / self.language / f"{self.topic}.md").read_text(encoding="utf-8")

    @property
    def title(self) -> str:
        return self.text.partition("\n")[0].removeprefix("# ")


def manuals(language: str) -> list[Manual]:
    """All of them, in the order in which they are read."""
    others = (language, *(other for other in LANGUAGES if other != language))
    return [
        Manual(topic, next(each for each in others if (DOCS / each / f"{topic}.md").is_file()))
        for topic in TOPICS
    ]


def manual_of(topic: str, language: str) -> str:
    """A manual's text; of a finding's code what the manual of findings says of it.

    Raises ``WorkspaceError`` where there is neither, with the nearest name.
    """
    named = topic.strip().lower().removesuffix(".md")
    codes = texts("finding")
    known = {manual.topic: manual for manual in manuals(language)}
    if named in codes:
        return _of_code(known[FINDINGS].text, named)
    if named not in known:
        nearest = nearest_of(named[:60], [*TOPICS, *codes], _NEAR)
        name = "no-manual-near" if nearest in {*known, *codes} else "no-manual"
        raise WorkspaceError(name, found=topic[:60], nearest=nearest, topics=", ".join(TOPICS))
    return known[named].text


def _of_code(text: str, code: str) -> str:
    """The part of the manual of findings that has the code for its heading."""
    part = re.search(rf"^### `{code}`.*?(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    return part[0] if part else text
