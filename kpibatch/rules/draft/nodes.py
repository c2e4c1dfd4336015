"""The KPIs as the letter heads them → rows of ตัวชี้วัด: codes, names, weights, scopes, groups.

In: ``Parts``. Out: ``Drafted`` for each section and KPI, with doubts by the column.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

from kpibatch.base.thai import arabic, show_number, squash
from kpibatch.rules.draft.doubts import Doubt
from kpibatch.rules.letter.figures import Role, figures_in
from kpibatch.rules.letter.parts import OUTSIDE, Heading, Parts, What
from kpibatch.rules.round import Scope
from kpibatch.rules.schema import NODES

_LETTERS = {"ทีม": "T", "บุคคล": "I"}  # by the section, as its KPIs are called
_DIMENSION, _OTHER = "D", "K"
_SECTION_WEIGHT = re.compile(r"(?:น้ำหนัก|ร้อยละ)[^0-9]{0,16}(?P<weight>[0-9]{1,3}(?:\.[0-9]+)?)")
_SCOPE = re.compile(r"\s*\((?P<how>เฉพาะ|ยกเว้น)(?P<rest>[^()]*)\)")
_NAMELY = re.compile(r".*(?P<how>ยกเว้น|ได้แก่|คือ)\s*", re.DOTALL)
_BETWEEN = re.compile(r"\s*[,;]\s*(?:และ)?\s*|\s*และ\s*")
_UNIT_NOUN = re.compile(r"^(?:อำเภอ|จังหวัด|ตำบล|เขต)(?=[ก-๙]{2})")
_PERSON = re.compile(r"\s*(?:[0-9๐-๙]{1,2}\s*\.|\((?:ชื่อ|นาย|นาง)|นาย|นาง|น\.ส\.|ว่าที่|ดร\.|คุณ)")


@dataclass(frozen=True)
class Drafted:
    """A row of ตัวชี้วัด; ``kpi`` is the place of its heading, ``OUTSIDE`` for a section."""

    kpi: int
    code: str
    parent: str = ""
    name: str = ""
    weight: str = ""
    scope: str = ""
    group: str = ""
    reference: str = ""
    doubts: dict[str, Doubt] = field(default_factory=dict)


def nodes_of(parts: Parts) -> list[Drafted]:
    """The scorecard, sections first: those there are several of."""
    sections = {key: _section(parts, key, name) for key, name in parts.sections.items() if key in _LETTERS}
    sections = {key: node for key, node in sections.items() if any(h.section == key for h in parts.headings)}
    if len(sections) < 2:
        sections = {}
    nodes = list(sections.values())
    codes: list[str] = []
    for kpi, heading in enumerate(parts.headings):
        code = _code(heading, in_section=bool(sections))
        free = next(each for each in chain([code], _further(code)) if each not in codes)
        codes.append(free)
        parent = codes[heading.parent] if heading.parent != OUTSIDE else ""
        above = sections[heading.section].code if heading.section in sections else ""
        node = _node(parts, kpi, Drafted(kpi, free, parent or above))
        if free != code:
            node.doubts[NODES.code] = Doubt("code", heading.line, code, free)
        nodes.append(node)
    return nodes


def _code(heading: Heading, *, in_section: bool) -> str:
    """A code from the letter's own number: T1 for a team's first KPI, D2 for the second dimension, K3.

    >>> _code(Heading("ทีม", "3.1", "", 1), in_section=True)
    'T3.1'
    >>> _code(Heading("", "2", "", 1, "มิติที่"), in_section=False)
    'D2'
    """
    letter = _LETTERS.get(heading.section, _OTHER) if in_section else _OTHER
    if heading.word == "มิติที่":
        letter = _DIMENSION
    return f"{letter}{heading.number}"


def _further(code: str) -> Iterator[str]:
    number = 2
    while True:
        yield f"{code}_{number}"
        number += 1


def _section(parts: Parts, key: str, name: str) -> Drafted:
    heads = [each for each in parts.stretches if each.kpi == OUTSIDE and each.what is What.HEAD]
    line = next((each for each in heads if key in each.text and squash(name) in squash(each.text)), None)
    own = arabic(line.text.replace(name, "")) if line else ""
    weight = _SECTION_WEIGHT.search(own) if len(own) < 80 else None
    return Drafted(OUTSIDE, _LETTERS[key], name=squash(name), weight=weight["weight"] if weight else "")


def _node(parts: Parts, kpi: int, node: Drafted) -> Drafted:
    heading, doubts = parts.headings[kpi], dict[str, Doubt]()
    weight, doubt = _weight(parts, kpi, heading)
    name, scope = _scope(heading.name)
    group, group_doubt = _group(parts, kpi)
    if doubt:
        doubts[NODES.weight] = doubt
    if scope:
        doubts[NODES.scope] = Doubt("scope", heading.line, heading.name[-90:], scope)
    if heading.doubtful or not name:
        doubts[NODES.name] = Doubt("name", heading.line, heading.name[:90], name[:90])
    if group_doubt:
        doubts[NODES.responsible] = group_doubt
    told = " ".join(filter(None, (heading.word, heading.number)))
    return replace(node, name=name, weight=weight, scope=scope, group=group, reference=told, doubts=doubts)


def _weight(parts: Parts, kpi: int, heading: Heading) -> tuple[str, Doubt | None]:
    """The weight printed for a KPI; of several, the one in the row that heads it, and a doubt."""
    weights = [(each.line, figure) for each in parts.of(kpi, What.WEIGHT) for figure in figures_in(each.text)]
    if not weights:
        return "", None
    line, first = next((each for each in weights if each[0] == heading.line), weights[0])
    typed = "" if first.value != first.value else show_number(first.value)
    texts = " / ".join(f"{figure.text} ({at})" for at, figure in weights)
    if first.role is Role.DOUBTFUL:
        return typed, Doubt("garbled", line, texts, typed)
    if others := [at for at, figure in weights if figure.value != first.value]:
        return typed, Doubt("weight-two", others[0], texts, typed)
    return typed, None


def _scope(name: str) -> tuple[str, str]:
    """A KPI's name without the units it is for, and those as ใช้กับ writes them.

    >>> _scope("การฝึกอาชีพ (เฉพาะ 2 อำเภอ ได้แก่ อำเภอเหนือ และใต้)")
    ('การฝึกอาชีพ', 'เฉพาะ เหนือ, ใต้')
    >>> _scope("การฝึกอาชีพ (เฉพาะ 8 อำเภอ ยกเว้น อำเภอเหนือ, กลาง, และใต้)")
    ('การฝึกอาชีพ', 'ยกเว้น เหนือ, กลาง, ใต้')
    >>> _scope("การฝึกอาชีพ (เฉพาะไตรมาส 1)")
    ('การฝึกอาชีพ (เฉพาะไตรมาส 1)', '')
    """
    match = _SCOPE.search(name)
    if not match:
        return name, ""
    how, rest = Scope(match["how"]), match["rest"]
    if namely := _NAMELY.match(rest):
        how = Scope.EXCEPT if namely["how"] == "ยกเว้น" else how
        rest = rest[namely.end() :]
    elif any(letter.isdigit() for letter in rest):
        return name, ""
    names = [_UNIT_NOUN.sub("", each.strip()) for each in _BETWEEN.split(rest.strip()) if each.strip()]
    return squash(name[: match.start()] + name[match.end() :]), f"{how} {', '.join(names)}"


def _group(parts: Parts, kpi: int) -> tuple[str, Doubt | None]:
    """The group that is responsible, without the persons named behind it.

    >>> from kpibatch.rules.letter.parts import Stretch
    >>> _group(Parts(stretches=[Stretch(0, 0, What.GROUP, "กลุ่มงานแผน ๑.(ชื่อ) ๒.(ชื่อ)", 3)]), 0)[0]
    'กลุ่มงานแผน'
    """
    for stretch in parts.of(kpi, What.GROUP):
        person = _PERSON.search(stretch.text)
        group = squash(stretch.text[: person.start()] if person else stretch.text)
        if group:
            odd = any(each.role is Role.DOUBTFUL or each.text in ("๔", "๙") for each in figures_in(group))
            return group, Doubt("group", stretch.line, group, group) if odd else None
    return "", None
