"""ตัวชี้วัด → nodes, and from which month a row of it or of ระดับ counts.

A node has a row for each month from which something about it is different; what a later row leaves blank of
its place, name, responsible, reference and template is as before, everything else is as it says.
"""

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import astuple, replace

from kpibatch.base.findings import Finding
from kpibatch.base.kinds import Kind
from kpibatch.base.thai import fold, months_between, squash
from kpibatch.books.table import Row, Table
from kpibatch.rules.conditions import is_dash
from kpibatch.rules.reading.references import sound_nodes
from kpibatch.rules.records import Method, Node, Round, Template, Unit
from kpibatch.rules.schema import NODES, UNITS, Scope


def read_nodes(
    table: Table, units: Mapping[str, Unit], this: Round
) -> tuple[tuple[Node, ...], list[Finding]]:
    """Every row of ตัวชี้วัด, in order, and what is wrong with how they hang together.

    Source: design, section 1 (ตัวชี้วัด; Wider rules: ใช้ตั้งแต่เดือน).
    """
    first: dict[str, Node] = {}
    later: list[Node] = []
    begun: dict[str, str] = {}
    for row in table:
        node = _node(row, units, this)
        if not node.code:
            row.report("table-value", NODES.code, "", expected=NODES.code)
        elif node.code in first and row.blank(NODES.since):
            row.report("table-duplicate", NODES.code, node.code)
        elif report_order(row, NODES.since, node.code, node.since, begun, twice=node.code in first):
            continue
        elif node.code in first:
            _report_move(row, node, first[node.code])
            later.append(node)
        else:
            if node.ends:
                row.report("table-since-ends", NODES.weight, row.text(NODES.weight), node=node.code)
            first[node.code] = node
    sound, faults = sound_nodes(first)
    return tuple(_in_order(sound, later)), faults


def _in_order(first: Mapping[str, Node], later: list[Node]) -> Iterator[Node]:
    """Each node's rows together, where its first one stands, the blanks of the later ones filled in."""
    for code, node in first.items():
        yield node
        before = node
        for row in (row for row in later if row.code == code):
            before = replace(
                row,
                parent=node.parent,
                name=row.name or before.name,
                responsible=row.responsible or before.responsible,
                reference=row.reference or before.reference,
                template=_filled(row.template, before.template),
            )
            yield before


def _filled(template: Template, before: Template) -> Template:
    """A later row's template, what it leaves blank as before."""
    both = zip(astuple(template), astuple(before), strict=True)
    return Template(*(said or earlier for said, earlier in both))


def _report_move(row: Row, node: Node, first: Node) -> None:
    """A node stays under the same parent all through the round."""
    if node.parent and node.parent != first.parent:
        row.report(
            "table-since-parent", NODES.parent, node.parent, node=node.code, before=first.parent or "–"
        )


def since_of(row: Row, column: str, this: Round) -> str:
    """ใช้ตั้งแต่เดือน: the month's key; empty from the start of the round.

    Source: design, section 1 (Wider rules: ใช้ตั้งแต่เดือน).
    """
    if row.blank(column):
        return ""
    month = row.month_in(column)
    if month is None:
        row.report("table-value", column, row.text(column), expected="2565-06")
        return ""
    months = months_between(this.start, this.end) if this.start.year > 1 else [month]
    if month not in months:
        ends = {"first": months[0], "last": months[-1]} if months else {"first": "–", "last": "–"}
        row.report("table-since-outside", column, month, **ends)
        return ""
    return "" if month <= (this.months or months)[0] else month


def report_order(
    row: Row, column: str, code: str, since: str, begun: MutableMapping[str, str], *, twice: bool = False
) -> bool:
    """Report a row that stands below one that counts from a later month, or, where there may be but one, a
    second of the same month; whether its month is at fault. ``begun`` holds each code's newest so far.
    """
    if any(fault.place == row.place(column) for fault in row.findings):
        return True
    newest = begun.get(code, "")
    begun[code] = max(since, newest)
    if since < newest or (twice and since == newest):
        fault = "table-since-order" if since < newest else "table-since-twice"
        row.report(fault, column, row.text(column), of=code, before=newest or "–")
        return True
    return False


def _node(row: Row, units: Mapping[str, Unit], this: Round) -> Node:
    ends = is_dash(row.text(NODES.weight))
    scope, listed = _scope(row)
    by_name = {fold(unit.name): code for code, unit in units.items()} | {fold(code): code for code in units}
    if scope in (Scope.ONLY, Scope.EXCEPT):
        for name in listed:
            if fold(name) not in by_name:
                row.report("table-unknown", NODES.scope, name, where=UNITS.sheet)
    codes = frozenset(by_name[fold(name)] for name in listed if fold(name) in by_name)
    return Node(
        code=row.code(NODES.code),
        parent=row.code(NODES.parent),
        name=row.text(NODES.name),
        weight=0.0 if ends else row.number_in(NODES.weight, Kind.PERCENT) or 0.0,
        child_sum=row.number_in(NODES.child_sum, Kind.PERCENT),
        only=codes if scope == Scope.ONLY else frozenset(),
        never=codes if scope == Scope.EXCEPT else frozenset(),
        groups=frozenset(listed) if scope == Scope.GROUP else frozenset(),
        positions=frozenset(listed) if scope == Scope.POSITION else frozenset(),
        method=row.choice(NODES.method, Method, Method.STEPS),
        responsible=row.text(NODES.responsible),
        reference=row.text(NODES.reference),
        place=row.place(NODES.code),
        since=since_of(row, NODES.since, this),
        ends=ends,
        template=Template(*map(row.text, NODES.template)),
    )


def _scope(row: Row) -> tuple[str, tuple[str, ...]]:
    """ใช้กับ: its word and the units, groups or positions listed behind it.

    Source: design, section 1 (ตัวชี้วัด).
    """
    text = row.code(NODES.scope)
    word, _, rest = text.partition(" ")
    listed = tuple(part for part in map(squash, rest.replace("และ", ",").split(",")) if part)
    if text and (word not in set(Scope) or not listed):
        row.report("table-value", NODES.scope, text, expected=" / ".join(f"{scope} …" for scope in Scope))
    return word, listed
