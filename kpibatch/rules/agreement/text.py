"""What an agreement says, whatever it is written in.

In: the level tables, a unit. Out: ``Agreement``: lines, lists and signatures in the workspace's language.
Names of persons are left blank: who signs is for the office to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kpibatch.base.catalogue import Words, say
from kpibatch.base.kinds import show_value
from kpibatch.base.thai import show_date, show_month, show_number
from kpibatch.rules.agreement.agreed import (
    NOTHING,
    Agreed,
    agreed,
    fixed_measures,
    own_tables,
)
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.paper.words import (
    changes_between,
    check_in_words,
    leaves_in_words,
    template_in_words,
)
from kpibatch.rules.paper.worth import lines_below
from kpibatch.rules.records import TOTAL, Method, Node, Unit
from kpibatch.rules.tree.units import PLACES

_GROUP = 4


@dataclass(frozen=True)
class Item:
    """A row of a list: a section or a KPI, and below its name what is fixed for the unit and the levels."""

    code: str
    name: str
    lines: tuple[str, ...]
    weight: str
    share: str
    is_section: bool


@dataclass(frozen=True)
class Listing:
    """Items under a heading, and what their weights sum to where they are all there are."""

    heading: str
    items: tuple[Item, ...]
    weight: str = ""
    share: str = ""


@dataclass(frozen=True)
class Agreement:
    """``opening`` stands before the lists, ``closing`` below them; ``signatures`` are the lines to sign, of
    who is assessed and of who assesses.
    """

    unit: Unit
    agreed: Agreed
    language: str
    title: str
    subtitle: tuple[str, ...]
    opening: tuple[str, ...]
    heads: tuple[str, ...]
    listings: tuple[Listing, ...]
    closing: tuple[str, ...]
    signatures: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def page(self) -> tuple[str, str, str]:
        """What stands before, between and after the number of a page and how many there are."""
        before, _, rest = say("word.page-of", self.language).partition("&P")
        between, _, after = rest.partition("&N")
        return before, between, after

    @property
    def foot(self) -> str:
        """Whose a page is, and of what agreement."""
        return f"{self.unit.code} {self.unit.name}   {self.digest}"

    @property
    def digest(self) -> str:
        """The digest in groups, for whoever compares it by eye."""
        return grouped(self.agreed.digest)

    @property
    def total(self) -> str:
        return say("agreement.total", self.language)


def grouped(digest: str) -> str:
    """
    >>> grouped("0123456789ab")
    '0123-4567-89ab'
    """
    return "-".join(digest[at : at + _GROUP] for at in range(0, len(digest), _GROUP))


def agreement_of(tables: LevelTables, unit: Unit, language: str) -> Agreement | None:
    """The agreement of a unit; none where no KPI applies to it.

    Source: design, section 2 (``levels agreement``).
    """
    own, words = own_tables(tables, unit), Words("agreement", language)
    if not any(period.nodes for period in own):
        return None
    said, this = agreed(tables, unit), tables.round
    days = {"start": show_date(this.start, language), "end": show_date(this.end, language)}
    names = {
        "unit": _called(tables.noun_of(unit.code), unit.name),
        "code": unit.code,
        "owner": unit.assessor or this.owner or words("blank"),
    }
    return Agreement(
        unit=unit,
        agreed=said,
        language=language,
        title=words("title"),
        subtitle=(
            say("annex.round", language, round=this.number, year=this.year(language), **days),
            words("between", **names),
        ),
        opening=tuple(_opening(tables, words, names)),
        heads=tuple(words(f"head-{name}") for name in ("number", "kpi", "weight", "share")),
        listings=tuple(_listings(own, words)),
        closing=tuple(_closing(tables, words, said)),
        signatures=(_signature(words, "assessed"), _signature(words, "assessor")),
    )


def _called(noun: str, name: str) -> str:
    """A unit as it is spoken of: อำเภอคูเมือง, but เกษตรจังหวัด."""
    return f"{noun}{name}" if noun in PLACES and not name.startswith(noun) else name


def _opening(tables: LevelTables, words: Words, names: dict[str, str]) -> Iterator[str]:
    for side in ("assessed", "assessor"):
        yield words(side, **names)
        yield words("represented")
    reference = tables.round.reference
    yield words("agree") + (words("by", reference=reference) if reference else "")


def _listings(own: tuple[LevelTables, ...], words: Words) -> Iterator[Listing]:
    first = own[0]
    shares = _shares(first)
    yield Listing(
        "",
        tuple(_item(first, node, shares, words) for node, _ in first.in_tree_order()),
        show_number(sum(node.weight for node in first.children(TOTAL))),
        show_number(round(sum(shares[node.code] for node in first.children(TOTAL)), 2)),
    )
    for after, changed, ended in changes_between(own):
        shares = _shares(after)
        heading = say("words.changed-from", words.language, month=show_month(after.since, words.language))
        items = [_item(after, node, shares, words) for node in changed]
        items += [_ended(node, words) for node in ended]
        if items:
            yield Listing(heading, tuple(items))


def _item(own: LevelTables, node: Node, shares: dict[str, float], words: Words) -> Item:
    [unit], language = own.units, words.language
    leaf, lines = not own.children(node.code), list[str]()
    for measure in fixed_measures(own, [node] if leaf else []):
        given = own.baselines.get((unit.code, measure.code))
        shown = show_value(given.value, measure.kind, language) if given else ""
        amount = f"{shown} {measure.counting_unit}".rstrip() if given else words("not-fixed")
        lines.append(words("fixed", label=measure.label, amount=amount))
    lines += lines_below(own, node, language) if leaf else template_in_words(node, language)
    if leaf and node.method is Method.LINEAR:
        lines.append(words("linear"))
    share = show_number(round(shares[node.code], 2))
    leaves = leaves_in_words(node, language)
    name = node.name_for(unit.code) + (f"  ({leaves})" if leaves else "")
    return Item(node.code, name, tuple(lines), show_number(node.weight), share, is_section=not leaf)


def _ended(node: Node, words: Words) -> Item:
    gone = say("words.ended", words.language, code=node.code, name=node.name)
    return Item(node.code, gone, (), NOTHING, NOTHING, is_section=False)


def _shares(own: LevelTables) -> dict[str, float]:
    """Each node's part of the unit's total, in percent: of what applies to it, by the weights.

    Source: design, section 1 (ตัวชี้วัด: a node that does not apply leaves its weight to its siblings).
    """
    shares = {TOTAL: 100.0}
    for parent in [TOTAL, *(node.code for node in own.breadth_first())]:
        children = own.children(parent)
        whole = sum(node.weight for node in children)
        for node in children:
            shares[node.code] = shares[parent] * node.weight / whole if whole else 0.0
    return shares


def _closing(tables: LevelTables, words: Words, said: Agreed) -> Iterator[str]:
    this, language = tables.round, words.language
    yield words("shares")
    yield words("level")
    scores = ", ".join(map(show_number, tables.scores))
    yield words("scores", top=tables.level_count, scores=scores, below=show_number(this.below_one))
    if tables.rating:
        bands = (words("band", percent=show_number(percent), word=word) for percent, word in tables.rating)
        yield words("rating", bands=", ".join(bands))
    if tables.checks.deciding:
        yield say("words.checks-deciding", language)
        yield from (check_in_words(tables, check, language) for check in tables.checks.deciding)
    yield words("digest", digest=grouped(said.digest))
    yield words("understood")


def _signature(words: Words, side: str) -> tuple[str, ...]:
    blanks = (words(name) for name in ("sign", "name", "position", "date"))
    return *blanks, say(f"annex.{side}", words.language)
