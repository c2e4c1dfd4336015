"""What the command that begins a workspace shows: what stands in it now, and what is next."""

from pathlib import Path

from kpibatch.base.catalogue import say
from kpibatch.rules.draft.draft import Draft


def show_begun(folder: Path, draft: Draft | None, language: str) -> None:
    """The new workspace, and what its letter gave."""
    print(say("console.workspace-begun", language, folder=folder))
    if draft:
        facts = {name: getattr(draft, name) for name in ("kpis", "weights", "thresholds", "doubts")}
        print(say("console.workspace-drafted", language, file=draft.letter, **facts))
    print(say("console.workspace-next", language, folder=folder))
