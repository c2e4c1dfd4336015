"""ตัวชี้วัด → nodes, and from which month a row of it or of ระดับ counts.

A node has a row for each month from which something about it is different; what a later row leaves blank of
its place, name, responsible, reference and template is as before, everything else is as it says. Of one month
it has a row for each set of units for which it weighs otherwise: those say their weight and whom they are
meant for, everything else is as the first of them says.
"""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import astuple, replace
from typing import Any

from kpibatch.base.findings import Finding
from kpibatch.base.kinds import Kind
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import arabic, fold, months_between, read_number, squash
from kpibatch.books.table import Row, Table
from kpibatch.rules.conditions import is_dash
from kpibatch.rules.reading.cells import cap_in, numbers_listed
from kpibatch.rules.reading.references import codes_of_units, sound_nodes
from kpibatch.rules.records import Measure, Method, Node, Source, Unit
from kpibatch.rules.round import NoTarget, Round, Scope, Template
from kpibatch.rules.schema import FROM_ABOVE, NODES, UNITS

_LIKE_THE_WORD = 0.8  # how like ใช้คะแนนของหน่วย a slip of it is
_LIKE_A_CODE = 0.6  # how like the code of a measure what stands in น้ำหนัก must be to be taken for one


def read_nodes(
    table: Table, units: Mapping[str, Unit], this: Round, measures: Mapping[str, Measure]
) -> tuple[tuple[Node, ...], list[Finding]]:
    """Every row of ตัวชี้วัด, in order, and what is wrong with how they hang together.

    Source: design, section 1 (ตัวชี้วัด; Wider rules: ใช้ตั้งแต่เดือน).
    """
    first: dict[str, Node] = {}
    later: list[Node] = []
    begun: dict[str, str] = {}
    together: dict[tuple[str, str], list[tuple[Row, Node]]] = {}
    for row in table:
        node = _node(row, units, this, measures)
        rows = together.setdefault((node.code, node.since), [])
        twice = node.code in first and not _for_others(node, rows)
        if not node.code:
            row.report("table-value", NODES.code, "", expected=NODES.code)
        elif twice and row.blank(NODES.since):
            row.report("table-duplicate", NODES.code, node.code)
        elif report_order(row, NODES.since, node.code, node.since, begun, twice=twice):
            continue
        elif rows:
            _report_differences(row, rows[0][0])
            rows.append((row, node))
        elif node.code in first:
            _report_move(row, node, first[node.code])
            rows.append((row, node))
            later.append(node)
        else:
            if node.ends:
                row.report("table-since-ends", NODES.weight, row.text(NODES.weight), node=node.code)
            rows.append((row, node))
            first[node.code] = node
    sound, faults = sound_nodes(first)
    return tuple(_with_others(node, together) for node in _in_order(sound, later)), faults


def _for_others(node: Node, rows: Iterable[tuple[Row, Node]]) -> bool:
    """Whether a further row is meant for other units than the rows above it that count together with it."""
    meant = [(row.only, row.never, row.groups, row.positions, row.kinds) for _, row in rows]
    own = (node.only, node.never, node.groups, node.positions, node.kinds)
    return bool(meant) and own not in meant and not node.ends and not any(row.ends for _, row in rows)


def _report_differences(row: Row, first: Row) -> None:
    """A row for other units differs from the first of its month in what it weighs and for whom alone."""
    for column in NODES.columns:
        said = row.text(column)
        if column not in NODES.own and said and arabic(said) != arabic(first.text(column)):
            facts = {"node": row.code(NODES.code), "before": first.text(column) or "–"}
            row.report("table-row-differs", column, said, **facts)


def _with_others(node: Node, together: Mapping[tuple[str, str], list[tuple[Row, Node]]]) -> Node:
    """The node with its further rows of the same month."""
    rows = [row for _, row in together.get((node.code, node.since), ())][1:]
    return replace(node, others=tuple(_other(node, row) for row in rows)) if rows else node


def _other(node: Node, row: Node) -> Node:
    return replace(
        node,
        weight=row.weight,
        weight_measure=row.weight_measure,
        child_sum=node.child_sum if row.child_sum is None else row.child_sum,
        only=row.only,
        never=row.never,
        groups=row.groups,
        positions=row.positions,
        kinds=row.kinds,
        place=row.place,
    )


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


def _weight_measure(row: Row, measures: Mapping[str, Measure]) -> str:
    """The fixed measure that น้ำหนัก names; empty where it holds a number, or something that is neither.

    Source: design, section 1 (ตัวชี้วัด: น้ำหนัก).
    """
    code = row.code(NODES.weight)
    if not code or read_number(code) is not None or is_dash(code):
        return ""
    fixed = [each.code for each in measures.values() if each.source is Source.BASE]
    if code in measures:
        measure = measures[code]
        if code in fixed and measure.kind.family == "number":
            return code
        facts = {"source": measure.source.value, "kind": measure.kind.value}
        row.report("table-weight-measure", NODES.weight, code, **facts)
        return ""
    if (nearest := nearest_of(code, fixed, _LIKE_A_CODE)) != "–":
        row.report("table-weight-unknown", NODES.weight, code, nearest=nearest)
    return ""


def _node(row: Row, units: Mapping[str, Unit], this: Round, measures: Mapping[str, Measure]) -> Node:
    ends, weight_measure = is_dash(row.text(NODES.weight)), _weight_measure(row, measures)
    unread = ends or weight_measure or any(fault.place == row.place(NODES.weight) for fault in row.findings)
    scope, listed = _scope(row)
    by_name = codes_of_units(units)
    if scope in (Scope.ONLY, Scope.EXCEPT):
        for name in listed:
            if fold(name) not in by_name:
                row.report("table-unknown", NODES.scope, name, where=UNITS.sheet)
    codes = frozenset(by_name[fold(name)] for name in listed if fold(name) in by_name)
    return Node(
        code=row.code(NODES.code),
        parent=row.code(NODES.parent),
        name=row.text(NODES.name),
        weight=0.0 if unread else row.number_in(NODES.weight, Kind.PERCENT) or 0.0,
        weight_measure=weight_measure,
        child_sum=row.number_in(NODES.child_sum, Kind.PERCENT),
        only=codes if scope == Scope.ONLY else frozenset(),
        never=codes if scope == Scope.EXCEPT else frozenset(),
        groups=frozenset(listed) if scope == Scope.GROUP else frozenset(),
        positions=frozenset(listed) if scope == Scope.POSITION else frozenset(),
        kinds=frozenset(listed) if scope == Scope.KIND else frozenset(),
        method=row.choice(NODES.method, Method, Method.STEPS),
        responsible=row.text(NODES.responsible),
        reference=row.text(NODES.reference),
        place=row.place(NODES.code),
        since=since_of(row, NODES.since, this),
        ends=ends,
        own_scores=numbers_listed(row, NODES.own_scores, "1, 3, 5"),
        cap=cap_in(row, NODES.cap),
        template=Template(*map(row.text, NODES.template)),
        leaves=row.choice(NODES.no_target, NoTarget, NoTarget.STAYS) is NoTarget.LEAVES,
        **_taken(row),
    )


def _taken(row: Row) -> dict[str, Any]:
    """ทีม: whether units take the result of the one above, and those of which kinds where some are named.

    Source: design, section 1 (Wider rules: ทีม).
    """
    word, _, kinds = row.text(NODES.team).partition(" ")
    if fold(word) != fold(FROM_ABOVE):
        if nearest_of(word, [FROM_ABOVE], _LIKE_THE_WORD) != "–":
            row.report(
                "table-value", NODES.team, row.text(NODES.team), expected=f"{FROM_ABOVE} [{UNITS.kind} …]"
            )
        return {}
    listed = (squash(kind) for kind in kinds.removeprefix(UNITS.kind).replace("และ", ",").split(","))
    return {"taken": True, "takers": frozenset(filter(None, listed))}


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
