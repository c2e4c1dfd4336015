"""The unit's evidence in words: what was handed in, and what is still to be."""

from kpibatch.rules.records import Measure
from kpibatch.workbooks.unit.figures import View

_NAMED = 8  # of many items


def evidence_to_come(view: View) -> str:
    """Every item of which evidence is still to be handed in, with its levels; empty where all is there."""
    own = list(view.own.wanted)
    named = [f"{code} {view.tables.measures[code].label}{_levels(view, code)}" for code in own[:_NAMED]]
    more = [view.say("evidence-more", count=len(own) - _NAMED)] if len(own) > _NAMED else []
    return "; ".join((*named, *more))


def _levels(view: View, code: str) -> str:
    levels = view.own.wanted[code]
    return f" ({view.say('levels', levels=', '.join(map(str, levels)))})" if levels else ""


def evidence_of(view: View, measure: Measure, text: str) -> str:
    """What the unit says of an item's evidence, below it the files of the month and what is still to come."""
    files, levels = view.own.files.get(measure.code, 0), view.own.wanted.get(measure.code)
    if not files and levels is None:
        return text
    handed_in = view.say("evidence-files", count=files) if files else ""
    lacking = ""
    if levels is not None:
        shown = (
            view.say("levels", levels=", ".join(map(str, levels))) if levels else view.say("evidence-file")
        )
        lacking = view.say("evidence-lacking", levels=shown)
    return "\n".join(filter(None, (text, handed_in, lacking)))
