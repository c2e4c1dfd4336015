"""Which KPI and which level a stretch of a letter is about.

In: ``Letter``. Out: ``Parts``: the KPIs as the letter heads them, and every stretch of its text with the KPI
and the level it belongs to. Letters head a KPI by ตัวชี้วัดที่ 3, มิติที่ 2, (3.1) under such a one, or by the
number of a table's row; they list its levels by ระดับ 1 or ระดับที่ ๑, in paragraphs or in a table's cells.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kpibatch.base.thai import arabic, squash
from kpibatch.rules.letter.columns import (
    group_line,
    has_levels,
    is_group,
    is_weight,
    level_of,
    numbered,
    row_heading,
)
from kpibatch.rules.letter.text import Letter, Line

OUTSIDE = -1
_HEADING = re.compile(
    r"(?:\(?[0-9.]{1,4}[.)]\s*)?(?P<word>ตัวชี้วัดที่|มิติที่)\s*"
    r"(?P<number>[0-9]{1,2}(?:\.[0-9]{1,2})?)(?![0-9/])\s*[:.)]?\s*"
)
_SUB = re.compile(r"\((?P<number>[0-9]{1,2}\.[0-9]{1,2})\)\s*")
_NUMBERED_HEADING = re.compile(r"(?P<number>[0-9]{1,2}(?:\.[0-9]{1,2})?)[.)]\s*(?=[ก-๙])")
_ROW = re.compile(r"(?P<number>[0-9]{1,2})\s+(?=[ก-๙])")
_SECTION = re.compile(
    r"(?:[0-9.]{1,4}\s+)?(?P<name>(?:ตัวชี้วัด|เป้าหมายผลสำเร็จ\s*ของ)\s*(?:งาน)?\s*"
    r"(?:ราย)?(?P<of>ทีม|บุคคล))(?:\s|$)"
)
_LEVEL = re.compile(
    r"(?:(?<=[\s\n\t(])|^)ระดับ(?:ที่|คะแนน)?\s*(?P<level>[1-9])(?![0-9])(?!\s*(?:-|–|ถึง|และ)\s*[0-9])[:.]?\s*"
)
_NUMBER_ALONE = re.compile(r"\(?(?:ร้อยละ\s*)?[0-9]{1,3}(?:\.[0-9]+)?\s*%?\)?|2[45][0-9]{2}")
_INLINE_WEIGHT = re.compile(r"น้ำหนัก\s*[:=]?\s*\(?(?:ร้อยละ\s*)?(?P<weight>[0-9]{1,3}(?:\.[0-9]+)?)\s*%?")
_HEADS = ("ยุทธศาสตร์", "ตัวชี้วัด", "ทีม", "เกณฑ์", "น้ำหนัก", "ปี", "รอบ", "ผู้รับผิดชอบ", "หน่วยงาน")
_NAMES = re.compile(r"(?<=\s)(?:ร้อยละ|ระดับความสำเร็จ|จำนวน|รายได้|อัตรา)")
_NUMBERED = re.compile(r"[0-9]{1,2}\.\s+[ก-๙]")
_CLOSING = re.compile(r"\W*(?:ทั้งนี้|จึงเรียนมา|รวม(?:\s|$)|หมายเหตุ|ลงชื่อ)")
_LONG_HEAD = 25  # letters from which a line that stands there twice is a running head
_FIRST = re.compile(r"(?P<name>.{8,}?)\s(?:จังหวัด/อำเภอ|อำเภอ\s)")


class What(StrEnum):
    """What a stretch of text says of its KPI."""

    TEXT = "text"
    NAME = "name"
    WEIGHT = "weight"
    GROUP = "group"
    ROUND = "round"  # the year or the number of the round, in a column of its own
    HEAD = "head"


@dataclass(frozen=True)
class Heading:
    """A KPI as the letter heads it; ``parent`` is the place of the heading it is under, or ``OUTSIDE``."""

    section: str
    number: str
    name: str
    line: int
    word: str = ""
    parent: int = OUTSIDE
    doubtful: bool = False


@dataclass(frozen=True)
class Stretch:
    """A text about the KPI of that place among the headings (``OUTSIDE``: about none) and that level, 0
    where it is before the first.
    """

    kpi: int
    level: int
    what: What
    text: str
    line: int


@dataclass
class Parts:
    """What ``parts_of`` makes of a letter; ``sections`` are the names of the parts the KPIs stand in."""

    headings: list[Heading] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    sections: dict[str, str] = field(default_factory=dict)

    def of(self, kpi: int, *whats: What) -> list[Stretch]:
        """The stretches of one KPI that say so."""
        return [each for each in self.stretches if each.kpi == kpi and each.what in whats]


def parts_of(letter: Letter) -> Parts:
    """The letter's KPIs and what it says of which."""
    walk = _Walk()
    again = Counter(line.text for line in letter.lines if len(line.text) >= _LONG_HEAD)
    before = 0
    for line in letter.lines:
        walk.gap = line.number - before > 1
        before = line.number
        if again[line.text] > 1 and not line.text.strip().startswith("ระดับ"):
            walk.head(line)
        else:
            walk.line(line)
    return walk.parts


@dataclass
class _Walk:
    """Where the reading of a letter stands: in which section, at which KPI and level, under which columns."""

    parts: Parts = field(default_factory=Parts)
    section: str = ""
    kpi: int = OUTSIDE
    level: int = 0
    gap: bool = False
    columns: tuple[str, ...] = ()
    tail: tuple[str, ...] = ()
    alone: int = 0

    def head(self, line: Line) -> None:
        """A running head, the columns' names among them."""
        self._columns(line)
        self.parts.stretches.append(Stretch(OUTSIDE, 0, What.HEAD, line.text, line.number))

    def line(self, line: Line) -> None:
        if self._columns(line):
            self.parts.stretches.append(Stretch(OUTSIDE, 0, What.HEAD, line.text, line.number))
            return
        cells = numbered(self.columns, line.text.split("\t"))
        if len(cells) == 1 and self._ends(cells[0]):
            self.kpi = OUTSIDE
        for at, cell in enumerate(cells):
            self._cell(line.number, at, cell, cells)

    def _ends(self, text: str) -> bool:
        """Whether a plain line leaves the KPI: a closing word, or a new paragraph after a bare list."""
        if _CLOSING.match(text) or (self.level == 0 and _NUMBERED.match(arabic(text))):
            return True
        return self.gap and self.level == 0 and not _LEVEL.match(arabic(text)) and not _lone(text)

    def _columns(self, line: Line) -> bool:
        """Whether a line names columns; they hold until others do."""
        if "น้ำหนัก" not in line.text or len(line.text) > 300 or _HEADING.match(arabic(line.text)):
            return False
        cells = line.text.split("\t")
        if len(cells) > 1:
            self.columns, self.tail = tuple(cells), ()
            return True
        words = [(line.text.find(word), word) for word in _HEADS if word in line.text]
        if len(words) < 3:
            return False
        names = [word for _, word in sorted(words)]
        self.columns, self.tail = (), tuple(names[names.index("น้ำหนัก") :])
        return True

    def _cell(self, number: int, at: int, cell: str, cells: list[str]) -> None:
        plain = arabic(cell)
        heads = self.columns[at] if at < len(self.columns) and len(cells) > 1 else ""
        if is_group(heads):
            self._put(What.GROUP, cell, number)
        elif level_of(heads) and has_levels(self.columns):
            self.level = level_of(heads) if self.kpi != OUTSIDE else 0
            self._put(What.TEXT, cell, number)
        elif is_weight(heads) or (len(cells) > 1 and not heads and _lone(plain) and at):
            self._put(What.WEIGHT, cell, number)
        elif len(cells) == 1 and self.tail and _lone(plain):
            name = self.tail[min(self.alone, len(self.tail) - 1)]
            self.alone += 1
            self._put(What.WEIGHT if name == "น้ำหนัก" else What.ROUND, cell, number)
        else:
            for paragraph in cell.split("\n"):
                self._paragraph(number, paragraph, cells if at == 0 else [], heads)

    def _put(self, what: What, text: str, number: int) -> None:
        """Keep a stretch; a weight that stands in a sentence is a stretch of its own."""
        weight = _INLINE_WEIGHT.search(arabic(text)) if what in (What.TEXT, What.NAME) else None
        if weight and self.kpi != OUTSIDE:
            self._put(What.WEIGHT, text[weight.start("weight") : weight.end()], number)
            text = f"{text[: weight.start()]} {text[weight.end() :]}"
        if text.strip():
            level = self.level if what is What.TEXT else 0
            self.parts.stretches.append(Stretch(self.kpi, level, what, text, number))

    def _paragraph(self, number: int, text: str, cells: list[str], heads: str) -> None:
        """One paragraph: does it name a section, head a KPI, begin levels?"""
        plain = arabic(text)
        if self.kpi != OUTSIDE and (group := group_line(text)):
            self._put(What.GROUP, group, number)
            return
        if (named := _SECTION.match(plain)) and not _HEADING.match(plain):
            goes_on, self.section = named["of"] == self.section, named["of"]
            self.parts.sections.setdefault(
                self.section, squash(text[named.start("name") : named.end("name")])
            )
            if len(text) < 60 or "เป้าหมาย" in named["name"]:
                if not goes_on:
                    self.kpi, self.level = OUTSIDE, 0
                self.parts.stretches.append(Stretch(OUTSIDE, 0, What.HEAD, text, number))
                return
        begun = self._heading(plain, cells) or row_heading(heads, self.columns, plain)
        if begun:
            self._begin(number, text, begun)
            text, plain = text[begun.end() :], arabic(text)[begun.end() :]
            self._name(number, text, _LEVEL.search(plain))
            first = _LEVEL.search(plain)
            text = text[first.start() :] if first else ""
        self._levels(number, text)

    def _heading(self, plain: str, cells: list[str]) -> re.Match[str] | None:
        if match := _HEADING.match(plain):
            return match
        if self.kpi != OUTSIDE and (match := _SUB.match(plain)):
            return match
        if _INLINE_WEIGHT.search(plain) and (match := _NUMBERED_HEADING.match(plain)):
            return match
        row = _ROW.match(plain)
        if row and _LEVEL.search(plain) and (self.tail or len(cells) > 1):
            return row
        return None

    def _begin(self, number: int, text: str, match: re.Match[str]) -> None:
        """A KPI begins, or the one at hand goes on under its own heading once more."""
        told = match["number"]
        word = match.groupdict().get("word") or ""
        rest = squash(text[match.end() :])
        known = next(
            (
                at
                for at, each in enumerate(self.parts.headings)
                if (each.section, each.number, each.word) == (self.section, told, word)
                and (not rest or rest.startswith("(ต่อ)") or rest[:20] == each.name[:20])
            ),
            None,
        )
        self.alone, self.level = 0, 0
        if known is not None:
            self.kpi = known
            return
        parent = OUTSIDE
        if not word and "." in told:
            whole = told.partition(".")[0]
            above = [at for at, each in enumerate(self.parts.headings) if each.section == self.section]
            parent = next((at for at in reversed(above) if self.parts.headings[at].number == whole), OUTSIDE)
        self.parts.headings.append(Heading(self.section, told, "", number, word, parent))
        self.kpi = len(self.parts.headings) - 1

    def _name(self, number: int, text: str, first: re.Match[str] | None) -> None:
        """What stands between the heading and the first level is the KPI's name."""
        name = text[: first.start()] if first else text
        if self.tail and (own := _NAMES.search(name)):
            name = name[own.start() :]
        if squash(name):
            self._put(What.NAME, name, number)
        self._called(_without_weight(squash(name)))

    def _called(self, name: str, *, doubtful: bool = False) -> None:
        heading = self.parts.headings[self.kpi]
        if name and not heading.name:
            self.parts.headings[self.kpi] = replace(heading, name=name, doubtful=doubtful)

    def _levels(self, number: int, text: str) -> None:
        """The rest of a paragraph, cut where a level begins."""
        for level, piece in _by_level(text):
            if level is not None:
                if self.kpi == OUTSIDE and self.parts.headings and self._waits():
                    self.kpi = len(self.parts.headings) - 1
                self.level = level if self.kpi != OUTSIDE else 0
            if self.kpi != OUTSIDE and not self.parts.headings[self.kpi].name and piece.strip():
                first = _FIRST.match(piece)
                self._called(squash(first["name"] if first else piece), doubtful=True)
                self._put(What.NAME, piece, number) if not self.level else None
            self._put(What.TEXT, piece, number)

    def _waits(self) -> bool:
        """Whether the KPI headed last has no level so far."""
        last = len(self.parts.headings) - 1
        return not any(each.kpi == last and each.level for each in self.parts.stretches)


def _lone(text: str) -> bool:
    return _NUMBER_ALONE.fullmatch(arabic(text).strip()) is not None


def _without_weight(name: str) -> str:
    weight = _INLINE_WEIGHT.search(arabic(name))
    return squash(name[: weight.start()].rstrip(" (")) if weight else name


def _by_level(text: str) -> Iterator[tuple[int | None, str]]:
    """The pieces of a text, each with the level that begins it; none for what goes on from before."""
    marks = list(_LEVEL.finditer(arabic(text)))
    ends = [*(mark.start() for mark in marks), len(text)]
    if ends[0]:
        yield None, text[: ends[0]]
    for mark, end in zip(marks, ends[1:], strict=True):
        yield int(mark["level"]), text[mark.end() : end]
