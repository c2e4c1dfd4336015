"""What makes a unit's score provisional, and what is not due yet, in words."""

from collections.abc import Iterable, Iterator

from kpibatch.scoring.lacking import Lack
from kpibatch.workbooks.unit.figures import View

_NAMED = 4


def missing_items(view: View) -> str:
    """What makes the score provisional, each with its reason."""
    named: list[str] = []
    for code, line in view.lines.items():
        if line.missing:
            named += [*_lacking(view, code, not_due=False)] or [
                f"{line.node.name_for(view.unit.code)} ({code})"
            ]
    return _some(view, named)


def items_not_due(view: View) -> str:
    """The days that lie ahead; empty where there are none."""
    return _some(view, [item for code in view.lines for item in _lacking(view, code, not_due=True)])


def _lacking(view: View, kpi: str, *, not_due: bool) -> Iterator[str]:
    for item in view.items_of(kpi):
        measure = item.measure
        lack = view.lacking.get(measure.code)
        if lack and (lack is Lack.NOT_DUE) == not_due:
            why = view.own.why[measure.code]
            yield (
                f"{measure.label} ({kpi})"
                if not_due
                else view.say("item-lacking", label=measure.label, code=kpi, why=why)
            )


def _some(view: View, items: Iterable[str]) -> str:
    named = dict.fromkeys(items)
    items = ", ".join(list(named)[:_NAMED])
    return view.say("and-more", items=items, count=len(named) - _NAMED) if len(named) > _NAMED else items
