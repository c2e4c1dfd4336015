"""README and manuals as pages: their text, what stands in backticks, the commands they name."""

import re
import shlex
from collections.abc import Iterator
from functools import cache

from house import PACKAGE, ROOT

from kpibatch.base.catalogue import LANGUAGES
from kpibatch.commands.usage.manuals import TOPICS

DOCS = PACKAGE / "docs"
ONE_LANGUAGE = {"never-in-silence", "decisions"}  # for auditors and developers
BOTH = [topic for topic in TOPICS if topic not in ONE_LANGUAGE]
PAGES = {
    **{("readme", "en"): ROOT / "README.md", ("readme", "th"): ROOT / "README.th.md"},
    **{(topic, language): DOCS / language / f"{topic}.md" for topic in BOTH for language in LANGUAGES},
}


@cache
def page(topic: str, language: str) -> str:
    return PAGES[topic, language].read_text(encoding="utf-8")


def codes(text: str) -> list[str]:
    """What stands in backticks, without the blocks of code."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))


def lines_of_code(text: str) -> Iterator[str]:
    """Commands as they are named: in backticks, and the lines of blocks of code."""
    yield from codes(text)
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S):
        yield from (line.split("  #")[0].strip() for line in block.splitlines())


def commands_in(text: str) -> list[list[str]]:
    """The words behind ``kpibatch`` of every command named."""
    called = re.compile(r"^(?:python -m )?kpibatch +(\S.*)")
    found = (called.match(line) for line in lines_of_code(text))
    return [shlex.split(match[1].split(" > ")[0]) for match in found if match]
