"""What a letter says of the round as a whole: its days, its own number, who is assessed, which months report.

In: ``Letter``, ``Parts``. Out: what รอบประเมิน holds, item by item, with doubts; what is not said is left out.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kpibatch.base.kinds import Kind as MeasureKind
from kpibatch.base.thai import BUDDHIST, arabic, months_between, read_date, show_date, squash
from kpibatch.rules.draft.doubts import Doubt, around
from kpibatch.rules.draft.stated import stated_in
from kpibatch.rules.letter.figures import Kind, figures_in
from kpibatch.rules.letter.parts import OUTSIDE, Parts
from kpibatch.rules.letter.rounds import LetterRound, round_of
from kpibatch.rules.letter.text import Letter, Line
from kpibatch.rules.round import Item

_HEAD_LINES = 40
_NUMBER = re.compile(r"ที่\s+(?P<number>[ก-ฮ]{2,4}\.?\s*[0-9]{3,4}(?:\.[0-9]+)*\s*/\s*(?:ว\s*)?[0-9]+)")
_SUBJECT = re.compile(r"เรื่อง\s")
_HALL = re.compile(r"ศาลากลาง(?P<owner>จังหวัด[ก-๙]+)")
_OFFICE = re.compile(r"(?P<owner>สำนักงาน[ก-๙]+จังหวัด(?!ใน|และ|ทุก)[ก-๙]{2,20})(?=[\s,)]|$)")
_PROVINCE = re.compile(r"(?P<owner>จังหวัด[ก-๙]{2,20})(?=\s|$)")
_NOUNS = "อำเภอ|จังหวัด|ส่วนราชการ|ตำบล|เขต|โรงเรียน|โรงพยาบาล|สถานศึกษา"
_ADDRESSED = re.compile(rf"เรียน\s+(?:นาย|หัวหน้า|ผู้ว่าราชการ|ผู้อำนวยการ|พัฒนาการ)?\s*(?P<noun>{_NOUNS})")
_ASSESSED = (
    re.compile(rf"ระหว่าง.{{2,60}}?กับ\s*(?:[ก-๙]{{0,20}}?)(?P<noun>{_NOUNS})"),
    re.compile(rf"สำหรับตำแหน่ง[ก-๙]{{0,20}}?(?P<noun>{_NOUNS})"),
    re.compile(r"ระดับ(?P<noun>ส่วนราชการ)"),
)
_AFTER_MONTHS = re.compile(r"รอบ\s*[0-9]{1,2}\s*เดือน")
_MONTHS = re.compile(r"([0-9]{1,2})\s*เดือน")
_FISCAL = 9  # months of the calendar year before the fiscal one begins


@dataclass(frozen=True)
class Head:
    """รอบประเมิน as far as the letter says, its months, and what is doubtful of which item."""

    round: LetterRound
    values: Mapping[Item, str]
    doubts: Mapping[Item, Doubt] = field(default_factory=dict)

    @property
    def months(self) -> list[str]:
        if not self.round.start or not self.round.end:
            return []
        return months_between(self.round.start, self.round.end)


def head_of(letter: Letter, parts: Parts) -> Head:
    """The round, as far as the letter says."""
    this = round_of(parts)
    told: dict[Item, tuple[str, Doubt | None]] = {
        Item.OWNER: _owner(letter),
        Item.YEAR: (this.year, None),
        Item.NUMBER: (this.number, None),
        Item.START: (show_date(this.start) if this.start else "", None),
        Item.END: (show_date(this.end) if this.end else "", None),
        Item.MONTHS: _report_months(letter),
        Item.UNIT_NOUN: _unit_noun(letter),
        Item.REFERENCE: (_reference(letter), None),
    }
    values = {item: value for item, (value, _) in told.items() if value}
    return Head(this, values, {item: doubt for item, (_, doubt) in told.items() if doubt})


def due_days(parts: Parts) -> list[tuple[str, Doubt]]:
    """The days by which the letter wants something outside its KPIs, by their month: it may be a month's due
    day, or something else that is to be sent.

    >>> from kpibatch.rules.letter.parts import Stretch, What
    >>> text = Stretch(OUTSIDE, 0, What.TEXT, "ส่งผลภายในวันที่ ๑๕ มีนาคม ๒๕๖๑", 7)
    >>> [(month, doubt.why) for month, doubt in due_days(Parts(stretches=[text]))]
    [('2561-03', 'due-day')]
    """
    found = []
    for each in parts.stretches:
        for stated in stated_in(each.text, each.line).stated if each.kpi == OUTSIDE else ():
            day = read_date(stated.typed.removeprefix("ภายใน")) if stated.kind is MeasureKind.DATE else None
            if day and not stated.doubts:
                month = f"{day.year + BUDDHIST}-{day.month:02d}"
                found.append(
                    (month, Doubt("due-day", each.line, around(each.text, stated.start, stated.end)))
                )
    return found


def _head_lines(letter: Letter) -> Iterator[Line]:
    """The lines above the subject; of a letter without one, none."""
    lines = [line for line in letter.lines if line.number <= _HEAD_LINES]
    subject = next((line.number for line in lines if _SUBJECT.match(line.text)), 0)
    yield from (line for line in lines if line.number < subject)


def _reference(letter: Letter) -> str:
    """The letter's number and day, as its head prints them.

    >>> from kpibatch.rules.letter.text import letter_of
    >>> _reference(letter_of("a", ["ที่ กก ๐๐๑๙/ว ๑๒", "๙ มิถุนายน ๒๕๖๕", "เรื่อง ตัวชี้วัด"]))
    'ที่ กก 0019/ว 12 ลงวันที่ 9 มิถุนายน 2565'
    """
    lines = [arabic(line.text) for line in _head_lines(letter)]
    number = next((match["number"] for line in lines if (match := _NUMBER.match(line))), "")
    day = next((line for line in lines if _is_day(line)), "")
    parts = (number and f"ที่ {squash(number)}", day and f"ลงวันที่ {squash(day)}")
    return " ".join(filter(None, parts)) if number else ""


def _is_day(line: str) -> bool:
    figures = figures_in(line)
    return len(figures) == 1 and figures[0].kind is Kind.DATE and figures[0].text.strip() == line.strip()


def _owner(letter: Letter) -> tuple[str, Doubt | None]:
    """Whose letter it is: the hall in its head, else the office or the province that it names most."""
    for line in _head_lines(letter):
        if match := _HALL.search(line.text):
            return match["owner"], None
    for naming in (_OFFICE, _PROVINCE):
        named = [(match["owner"], line) for line in letter.lines for match in _named(naming, line)]
        for owner, _ in Counter(owner for owner, _ in named).most_common(1):
            line = next(line for name, line in named if name == owner)
            return owner, Doubt("owner", line.number, owner, owner)
    return "", None


def _named(naming: re.Pattern[str], line: Line) -> Iterator[re.Match[str]]:
    if naming is not _PROVINCE:
        yield from naming.finditer(line.text)
    elif match := naming.match(line.text):
        yield match


def _unit_noun(letter: Letter) -> tuple[str, Doubt | None]:
    """Who is assessed: whom the letter is addressed to, else who signs the agreement, or a post in a title.

    >>> from kpibatch.rules.letter.text import letter_of
    >>> _unit_noun(letter_of("a", ["เรียน นายอำเภอทุกอำเภอ"]))
    ('อำเภอ', None)
    >>> _unit_noun(letter_of("a", ["ข้อตกลงระหว่างเกษตรจังหวัดกับเกษตรอำเภอ"]))[0]
    'อำเภอ'
    """
    for line in letter.lines:
        if match := _ADDRESSED.match(line.text):
            return match["noun"], None
    for said in _ASSESSED:
        for line in letter.lines:
            if match := said.search(line.text):
                return match["noun"], Doubt("unit-noun", line.number, match[0], match["noun"])
    return "", None


def _report_months(letter: Letter) -> tuple[str, Doubt | None]:
    """Reports after 6, 9 and 12 months of the fiscal year, as months of the calendar.

    >>> from kpibatch.rules.letter.text import letter_of
    >>> _report_months(letter_of("a", ["รายงาน รอบ 6 เดือน รอบ 9 เดือน และ 12 เดือน"]))[0]
    '3, 6, 9'
    """
    for line in letter.lines:
        plain = arabic(line.text)
        after = {int(months) for months in _MONTHS.findall(plain)} if _AFTER_MONTHS.search(plain) else set()
        if after and max(after) <= 12:
            months = ", ".join(str((_FISCAL + each - 1) % 12 + 1) for each in sorted(after))
            return months, Doubt("report-months", line.number, line.text[-90:], months)
    return "", None
