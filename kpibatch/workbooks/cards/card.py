"""What a unit's card says, block by block; the page and the picture are drawn from it.

It is made for a chat group that others read too: findings are counted, not told, for their words may name
another unit's file.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kpibatch.base.catalogue import say
from kpibatch.base.findings import count
from kpibatch.base.kinds import show_rounded
from kpibatch.base.thai import show_date, show_month
from kpibatch.forms.asked import asked_of
from kpibatch.rules.records import Unit
from kpibatch.rules.tree.units import after_noun
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Status
from kpibatch.workbooks.unit.book import Units
from kpibatch.workbooks.unit.figures import View, findings_in_words
from kpibatch.workbooks.unit.lacking import missing_items
from kpibatch.workbooks.unit.ways import best_ways, goal_text, way_text

GOOD, FAIR, POOR = "good", "fair", "poor"


@dataclass(frozen=True)
class Figure:
    """A number in large letters, what it is above it, and what it is of below."""

    label: str
    value: str
    of: str


@dataclass(frozen=True)
class Group:
    """The heading of a section: its score out of the top one, and its share of the total."""

    name: str
    score: str
    share: str


@dataclass(frozen=True)
class Bar:
    """A KPI: its level of the ``top`` ones; ``remark`` where data are missing."""

    name: str
    level: int
    top: int
    remark: str


@dataclass(frozen=True)
class Todo:
    """One way to raise the total: the KPI, what that brings, what is to be done."""

    name: str
    brings: str
    what: str


@dataclass(frozen=True)
class Card:
    """``rating`` is the word, ``state`` how far it can be relied on, with its tone; ``notes`` say why;
    ``no_ways`` says why there are no ``ways``; ``foot`` are the last lines.
    """

    unit: Unit
    title: str
    subtitle: str
    figures: tuple[Figure, ...]
    rating: str
    state: str
    tone: str
    notes: tuple[str, ...]
    levels_head: str
    levels: tuple[Group | Bar, ...]
    ways_head: str
    ways: tuple[Todo, ...]
    no_ways: str
    foot: tuple[str, ...]
    language: str

    @property
    def level_count(self) -> int:
        return max((each.top for each in self.levels if isinstance(each, Bar)), default=0)


def card_of(outcome: Outcome, unit: Unit) -> Card:
    """The card of one unit for the outcome's month; of a unit without a usable report it says so, and what to
    do.
    """
    view = Units.of(outcome).view(unit)
    this, language = view.tables.round, outcome.language
    whose = {"noun": this.unit_noun, "name": after_noun(this.unit_noun, unit)}
    title = say("card.title", language, **whose)
    facts = {"round": this.number, "year": this.fiscal_year, "code": unit.code}
    subtitle = say("card.subtitle", language, month=view.month, **facts)
    foot = (*_foot(view), say("card.own", language, **whose))
    if view.sent:
        return _scored(view, title, subtitle, foot)
    state = view.say("status-refused" if view.own.unread else "status-missing")
    items = len(asked_of(view.tables, unit))
    todo = (
        say("card.fill", language, month=view.month, items=items, **whose),
        view.say("missing-send"),
        view.say("missing-ask"),
    )
    return Card(
        unit,
        title=title,
        subtitle=subtitle,
        figures=(),
        rating="",
        state=state,
        tone=POOR,
        notes=(view.say("missing-why"),),
        levels_head="",
        levels=(),
        ways_head=view.say("missing-heading"),
        ways=tuple(Todo("", "", text) for text in todo),
        no_ways="",
        foot=foot,
        language=language,
    )


def _scored(view: View, title: str, subtitle: str, foot: tuple[str, ...]) -> Card:
    best = best_ways(view.lines.values())
    at_top = bool(view.lines) and not any(line.next or line.back for line in view.lines.values())
    states, language = list(_states(view)), view.language
    return Card(
        view.unit,
        title=title,
        subtitle=subtitle,
        figures=_figures(view),
        rating=view.standing.rating,
        state=" · ".join(states) or view.say("status-complete"),
        tone=FAIR if states else GOOD,
        notes=tuple(_notes(view)),
        levels_head=say("card.levels", language, top=view.tables.level_count),
        levels=tuple(_levels(view)),
        ways_head=view.say("best-heading"),
        ways=tuple(
            Todo(
                f"{way.line.node.code} {way.line.node.name_for(view.unit.code)}",
                say("card.brings", language, gain=f"{way.gain:.4f}", goal=goal_text(view, way)),
                way_text(view, way),
            )
            for way in best
        ),
        no_ways="" if best else view.say("best-all-top" if at_top else "best-none"),
        foot=foot,
        language=language,
    )


def _figures(view: View) -> tuple[Figure, ...]:
    standing, language = view.standing, view.language
    rated = standing.total == standing.total
    of = say("card.of-ranked", language, ranked=view.own.ranked) if standing.rank else view.say("unranked")
    if standing.in_group:
        facts = {"rank": standing.in_group, "ranked": standing.of_group, "group": view.unit.group}
        of = f"{of}\n{view.say('in-group', **facts)}"
    return (
        Figure(view.say("card-rank"), str(standing.rank or "–"), of),
        Figure(
            view.say("card-total"),
            f"{standing.total:.4f}" if rated else "–",
            say("card.of-top", language, score=f"{view.tables.top_score:g}"),
        ),
        Figure(
            view.say("card-percent"),
            show_rounded(standing.percent) if rated else "–",
            view.say("of-hundred"),
        ),
    )


def _states(view: View) -> Iterator[str]:
    status = view.standing.status
    if status is Status.PROVISIONAL:
        yield view.say("status-provisional")
    if status is Status.NOT_APPLICABLE:
        yield view.say("status-no-score")
    if view.own.late:
        yield view.say("status-late")


def _notes(view: View) -> Iterator[str]:
    status = view.standing.status
    if status is Status.PROVISIONAL:
        yield view.say("why-provisional", items=missing_items(view))
    if view.standing.rank == 0:
        yield view.say("why-no-score" if status is Status.NOT_APPLICABLE else "why-unranked")


def _levels(view: View) -> Iterator[Group | Bar]:
    language, top = view.language, f"{view.tables.top_score:g}"
    for node, _ in view.nodes:
        line = view.lines.get(node.code)
        own = node.name_for(view.unit.code)
        name = f"{node.code} {own}"
        if line:
            remark = view.say("data-missing") if line.missing else ""
            remark = remark and say("card.data", language, state=remark)
            yield Bar(name, line.level, _top(view, node.code), remark)
        else:
            score, share = show_rounded(view.scores[node.code]), f"{view.shares[node.code]:.2f}"
            of = {"score": score, "top": top}
            yield Group(own, say("card.score", language, **of), say("card.share", language, share=share))


def _top(view: View, kpi: str) -> int:
    """The highest level that the KPI gives in the unit's case."""
    given = view.tables.given(kpi, view.own.kpis[kpi].case)
    return max((number for number, there in enumerate(given, 1) if there), default=view.tables.level_count)


def _foot(view: View) -> Iterator[str]:
    """What was found, and when the reports are due."""
    language = view.language
    if any(count(view.findings).values()):
        yield say("card.findings", language, counts=findings_in_words(view))
    elif view.sent:
        yield view.say("no-findings")
    if view.due:
        yield say("card.due-came" if view.came else "card.due", language, due=view.due, came=view.came)
    months = view.tables.round.months
    later = next((month for month in months if month > view.own.month), "")
    if due := view.tables.calendar.get(later):
        yield say("card.due-next", language, next=show_month(later, language), due=show_date(due, language))
