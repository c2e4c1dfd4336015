"""What ``init`` shows: what stands in a new workspace and what is next."""

from pathlib import Path

from kpibatch.base.catalogue import say
from kpibatch.base.files import as_typed
from kpibatch.commands.door.begin import Begun
from kpibatch.rules.draft.draft import Draft
from kpibatch.rules.fresh.begins import NewRound
from kpibatch.rules.fresh.following import Following

_NAMED = 8


def show_begun(folder: Path, begun: Begun, language: str) -> None:
    """The new workspace, what it was made of, and what is next."""
    print(say("console.workspace-begun", language, folder=folder))
    if begun.round:
        _show_round(begun.round, language)
        print(say("console.workspace-examples", language))
    if begun.draft:
        _show_draft(begun.draft, language)
    if begun.following:
        _show_following(begun.following, language)
    ready = not (begun.round or begun.draft or begun.following)
    next_step = "console.workspace-ready" if ready else "console.workspace-next"
    print(say(next_step, language, folder=as_typed(folder)))


def _show_round(new: NewRound, language: str) -> None:
    facts = {"round": f"{new.number}/{new.year}", "first": new.months[0], "last": new.months[-1]}
    print(say("console.workspace-round", language, **facts, owner=new.owner or "–", noun=new.noun))


def _show_draft(draft: Draft, language: str) -> None:
    facts = {name: getattr(draft, name) for name in ("kpis", "weights", "thresholds", "doubts")}
    print(say("console.workspace-drafted", language, file=draft.letter, **facts))


def _show_following(made: Following, language: str) -> None:
    _show_round(made.round, language)
    counts = {why: made.count(why) for why in ("threshold", "date", "since", "year")}
    print(say("console.workspace-following", language, count=len(made.looks), **counts))
    if made.strange:
        names = ", ".join(made.strange[:_NAMED])
        print(say("console.workspace-not-taken", language, count=len(made.strange), names=names))
