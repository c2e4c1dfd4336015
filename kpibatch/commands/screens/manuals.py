"""What ``docs`` shows: which manuals there are, and one of them. It loads little, as help does."""

from collections.abc import Sequence

from kpibatch.base.catalogue import say
from kpibatch.commands.console import print_markdown, print_records, print_table
from kpibatch.commands.usage.manuals import Manual
from kpibatch.commands.usage.voice import VOICE


def show_manuals(manuals: Sequence[Manual], language: str) -> None:
    """Which manuals there are, in the order in which they are read."""
    if VOICE.get().for_machines:
        print_records(("topic", "title", "language"), ((m.topic, m.title, m.language) for m in manuals))
        return
    heads = [say(f"console.manual-{name}", language) for name in ("topic", "title")]
    print_table(heads, [(manual.topic, manual.title) for manual in manuals])
    print(say("console.manual-next", language, topic=manuals[0].topic))


def show_manual(text: str) -> None:
    """A manual as a page on a terminal, as it is written elsewhere."""
    print_markdown(text)
