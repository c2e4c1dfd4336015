"""Every number, date and percent in a text, as printed, and which of them can be no rule.

In: text with Thai or Arabic digits. Out: ``Figure``, in the order of the text. What a scan garbled (digits
mixed with letters, a month misspelt, ๔ where ฯ was printed) is a figure that is ``doubtful``.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from kpibatch.base.thai import MONTH_NAMES, arabic, read_date, read_month

_MONTH = "|".join(re.escape(name) for name in sorted(MONTH_NAMES, key=len, reverse=True))
_TO = r"\s*(?:-|–|—|−|ถึง)\s*"
_FULL = rf"[0-9]{{1,2}}\s*(?:{_MONTH})\s*(?:พ\.?\s?ศ\.?\s*)?[0-9]{{4}}(?![0-9])"
_DATE = re.compile(_FULL)
_FROM = re.compile(rf"(?P<day>[0-9]{{1,2}})\s*(?P<month>{_MONTH})?(?={_TO}(?P<end>{_FULL}))")
_DAY_ALONE = re.compile(rf"(?<![0-9])[0-9]{{1,2}}\s*(?:{_MONTH})(?!\s*(?:พ\.?\s?ศ\.?\s*)?[0-9]{{4}})")
_NUMERIC_DATE = re.compile(
    r"[0-9]{1,2}([/.])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2})(?![0-9./])|[0-9]{4}-[0-9]{2}-[0-9]{2}"
)
_MISSPELT = re.compile(r"[0-9]{1,2}\s*(?P<month>[ก-๎.]{3,14})\s*(?:พ\.?\s?ศ\.?\s*)?2[45][0-9]{2}(?![0-9])")
_OF_MONTH = re.compile(rf"(?:{_MONTH})\s*(?:พ\.?\s?ศ\.?\s*)?2[45][0-9]{{2}}(?![0-9])")
_CLOCK = re.compile(r"[0-9]{1,2}[.:][0-9]{2}(?=\s*น\.)")
_ALIKE = "OoQlIi|SsBZz"  # letters that a scan takes for digits and the other way round
_MEANT = str.maketrans(_ALIKE, "000111155822")
_GARBLED = re.compile(
    rf"(?<![A-Za-z0-9๐-๙])(?=[0-9๐-๙]*[{_ALIKE}])(?=[{_ALIKE}]*[0-9๐-๙])"
    rf"[0-9๐-๙{_ALIKE}]{{2,}}(?![A-Za-z0-9๐-๙])"
)
_CODE = r"(?<![A-Za-z0-9_])(?<![A-Za-z][0-9]\.)(?<![A-Za-z][0-9]{2}\.)"  # D1.1 is no figure
_NUMBER = re.compile(rf"{_CODE}(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+(?![0-9])|[0-9]+)(?:\.[0-9]+)*")
_PERCENT_BEFORE = re.compile(rf"ร้อยละ\s*(?:ที่\s*)?(?:[0-9.,]+(?:{_TO}|\s*(?:และ|กับ|,)\s*))?$")
_PERCENT_AFTER = re.compile(rf"(?:{_TO}[0-9.,]+)?\s*(?:%|เปอร์เซ็นต์)")
_APART = re.compile(r"[0-9๐-๙]{1,2} [0-9๐-๙]{1,2}(?![0-9๐-๙.,/)])")
_THIS_YEAR = re.compile(r"2[45][0-9]{2}")
_LIKENESS = 0.6
NOUNS = (
    *("กลุ่ม", "กองทุน", "กิจกรรม", "ข่าว", "ข้อ", "ครั้ง", "ครัวเรือน", "คน", "โครงการ", "ฉบับ", "ชนิด", "ชุด"),
    *("ช่องทาง", "ตัวชี้วัด", "ตำบล", "บาท", "ประเด็น", "แปลง", "ผลิตภัณฑ์", "แผน", "รายการ", "ราย", "เรื่อง"),
    *("วันทำการ", "วัน", "ศูนย์", "สัญญา", "หมู่บ้าน", "หน่วยงาน", "แห่ง", "อัตรา", "อำเภอ", "จังหวัด", "เดือน"),
    *("สัปดาห์", "ปี", "คะแนน", "เท่า", "ระดับ", "มิติ", "ท่าน", "พัฒนากร", "ลักษณะ", "ไร่", "ฐาน"),
)
_NOUN = re.compile(
    rf"\s*({'|'.join(NOUNS)})(?<!วัน(?=ที่))(?<!ปี(?=งบ))(?<!ระดับ(?=\s?[0-9]))"
    r"(?<!ราย(?=งาน|ได้|ทีม|บุคคล))(?<!ข้อ(?=มูล|ตกลง))(?<!ครั้ง(?=ที่))"
)
_PLACES = ("จังหวัด", "อำเภอ", "ตำบล")
PEOPLE = frozenset(("คน", "ราย", "อัตรา", "ท่าน", "พัฒนากร"))


class Kind(StrEnum):
    """What a figure is a number of; the ``value`` of a date is its ordinal, of a day without a year its
    month and day (930), of a month its key's digits.
    """

    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Role(StrEnum):
    """What a figure may be for: a rule, or one of the kinds that are none."""

    RULE = "rule"
    ORDER = "order"  # the first, item 2, level 3, quarter 4
    REFERENCE = "reference"  # another letter's number or day, an address, a telephone, an hour
    DOUBTFUL = "doubtful"


@dataclass(frozen=True)
class Figure:
    """A figure as printed (``text``), where in its text it begins, and the noun behind it, if it is known.

    A doubtful one has the value it would have if its letters were digits, or none (NaN is never equal).
    """

    kind: Kind
    value: float
    text: str
    start: int
    role: Role = Role.RULE
    noun: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def same(self, other: "Figure") -> bool:
        """Whether both say the same, as far as both say of what kind they are."""
        kinds = {self.kind, other.kind}
        if kinds == {Kind.DATE, Kind.DAY}:
            return self.of_year == other.of_year
        alike = len(kinds) == 1 or kinds in ({Kind.NUMBER, Kind.PERCENT}, {Kind.NUMBER, Kind.YEAR})
        return alike and self.value == other.value

    @property
    def of_year(self) -> float:
        """A day's month and day, whether its year is printed or not."""
        if self.kind is not Kind.DATE or self.value != self.value:
            return self.value
        day = date.fromordinal(int(self.value))
        return float(day.month * 100 + day.day)


def figures_in(text: str) -> list[Figure]:
    """Every figure of a text, from left to right.

    >>> [(f.kind.value, f.text) for f in figures_in("ไม่น้อยกว่าร้อยละ ๘๐ ภายในวันที่ ๑๐ กันยายน ๒๕๖๕")]
    [('percent', '๘๐'), ('date', '๑๐ กันยายน ๒๕๖๕')]
    >>> [(f.role.value, f.text) for f in figures_in("ร้อยละ 8O ของงวดที่ 2")]
    [('doubtful', '8O'), ('order', '2')]
    """
    return list(_figures(text))


@lru_cache(4096)  # a letter is read for its round, its KPIs and its weights
def _figures(text: str) -> tuple[Figure, ...]:
    plain, taken, found = arabic(text), [False] * len(text), list[Figure]()
    for figure in (*_garbled(text), *_dates(plain), *_numbers(plain, text)):
        if not any(taken[figure.start : figure.end]):
            taken[figure.start : figure.end] = [True] * len(figure.text)
            found.append(replace(figure, text=text[figure.start : figure.end]))
    return tuple(sorted(found, key=lambda figure: figure.start))


def _garbled(text: str) -> Iterator[Figure]:
    """Digits among letters that look like digits, digits of two scripts, a number in two halves."""
    for match in _GARBLED.finditer(text):
        yield _doubt(match[0], match.start(), _float(arabic(match[0]).translate(_MEANT)))
    for match in re.finditer(r"[0-9๐-๙][0-9๐-๙,.]*[0-9๐-๙]", text):
        scripts = {digit.isascii() for digit in match[0] if digit not in ",."}
        if len(scripts) == 2 and not re.match(r"[0-9๐-๙]\.[0-9๐-๙]$", match[0]):
            yield _doubt(match[0], match.start(), _float(arabic(match[0])))
    for match in _APART.finditer(text):
        if re.search(r"(?:ร้อยละ|กว่า|เกิน)\s*$", text[: match.start()]):
            yield _doubt(match[0], match.start(), _float(arabic(match[0]).replace(" ", "")))


def _doubt(text: str, start: int, value: float) -> Figure:
    return Figure(Kind.NUMBER, value, text, start, Role.DOUBTFUL)


def _float(text: str) -> float:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return float("nan")


def _dates(plain: str) -> Iterator[Figure]:
    """Days, the first of two days whose year stands behind the second, months with a year, hours."""
    for match in _DATE.finditer(plain):
        yield _day(match[0], match.start(), read_date(match[0]), plain)
    for match in _FROM.finditer(plain):
        if match["month"] or _first_day(match):
            yield _day(match[0], match.start(), _first_day(match), plain)
    for match in _NUMERIC_DATE.finditer(plain):
        if day := read_date(match[0]):
            yield _day(match[0], match.start(), day, plain)
    for match in _MISSPELT.finditer(plain):
        if difflib.get_close_matches(match["month"], MONTH_NAMES, 1, _LIKENESS):
            yield Figure(Kind.DATE, float("nan"), match[0], match.start(), Role.DOUBTFUL)
    for match in _DAY_ALONE.finditer(plain):
        if day := read_date(f"{match[0]} 2563"):  # a leap year
            yield Figure(Kind.DAY, float(day.month * 100 + day.day), match[0], match.start())
        else:
            yield Figure(Kind.DAY, float("nan"), match[0], match.start(), Role.DOUBTFUL)
    for match in _OF_MONTH.finditer(plain):
        if key := read_month(match[0]):
            yield Figure(Kind.MONTH, float(key.replace("-", "")), match[0], match.start())
    for match in _CLOCK.finditer(plain):
        yield Figure(Kind.NUMBER, _float(match[0].replace(":", ".")), match[0], match.start(), Role.REFERENCE)


def _day(text: str, start: int, day: date | None, plain: str) -> Figure:
    """A day of a named month; one that no calendar has is doubtful."""
    if day is None:
        return Figure(Kind.DATE, float("nan"), text, start, Role.DOUBTFUL)
    return Figure(Kind.DATE, float(day.toordinal()), text, start, _cited(plain, start))


def _cited(plain: str, start: int) -> Role:
    return Role.REFERENCE if re.search(r"ลง(?:วันที่)?\s*$", plain[:start]) else Role.RULE


def _first_day(match: re.Match[str]) -> date | None:
    """The first of two days: in the year of the second, or in the one before where it would come after it."""
    end = read_date(match["end"])
    tail = re.sub(r"^[0-9]{1,2}", "", match["end"])
    month = match["month"] or re.sub(r"[0-9]{4}$", "", tail)
    year = match["end"][-4:]
    first = read_date(f"{match['day']} {month} {year}")
    if first and end and first > end:
        return read_date(f"{match['day']} {month} {int(year) - 1}")
    return first


def _numbers(plain: str, text: str) -> Iterator[Figure]:
    for match in _NUMBER.finditer(plain):
        before, after = plain[: match.start()], plain[match.end() :]
        percent = _PERCENT_BEFORE.search(before[-40:]) or _PERCENT_AFTER.match(after)
        noun = "" if percent else _noun(after)
        era = _ERA.search(before[-12:])
        year = not percent and (era or not noun) and _THIS_YEAR.fullmatch(match[0])
        kind = Kind.PERCENT if percent else Kind.YEAR if year else Kind.NUMBER
        role = Role.RULE if percent else _role(match[0], before, after, noun, text[match.start() :])
        yield Figure(kind, _float(match[0]), match[0], match.start(), role, noun)


def _noun(after: str) -> str:
    noun = _NOUN.match(after)
    return noun[1] if noun else ""


_ERA = re.compile(r"(?:พ\.?\s?ศ\.?|ปี)\s*$")
_LEAD = re.compile(r"(?:กว่า|เกิน|อย่างน้อย|อย่าง|ตั้งแต่|จำนวน|ร้อยละ|เท่ากับ|ครบ|ทั้ง|[<>≤≥=])\s*$")
_ORDINAL = re.compile(
    r"(?:(?<!วัน)(?<!เท่า)ที่|ข้อ|ครั้งที่|รอบ(?:การ)?(?:ประเมิน)?|ไตรมาส|ระดับ|ระดับคะแนน|ตัวชี้วัด|ชั้น|"
    r"ลำดับ|หน้า|หมวด|มิติ|วรรค|มาตรา|หมู่|เลขที่)\s*"
    rf"(?:[0-9.]+(?:{_TO}|\s*(?:และ|,)\s*))*$"
)
_PARAGRAPH = re.compile(r"(?:^|[\n\t])\s*[(·•-]?\s*$")
_SENTENCE = re.compile(r"\s+(?!ขึ้นไป|ลงมา|หรือ|ถึง|ใน|ของ)[ก-๙A-Za-z]")
_ITEM = re.compile(r"(?:^|[\s(·•])$")


def _role(number: str, before: str, after: str, noun: str, printed: str) -> Role:
    """Whether a number may be a rule at all; see ``Role`` for what else it may be."""
    if re.search(r"/\s*ว?\s*$", before) or re.match(r"\s*/\s*(?:ว\s*)?[0-9]", after):
        return Role.REFERENCE
    if re.search(r"(?:โทร|แฟกซ์|โทรสาร)[^\n]{0,20}$", before):
        return Role.REFERENCE
    if _LEAD.search(before):
        return Role.RULE
    small = re.fullmatch(r"[0-9]{1,2}(?:\.[0-9]{1,2})*", number) is not None
    if small and _ITEM.search(before[-1:]) and re.match(r"\s?[.)](?![0-9])", after):
        return Role.ORDER
    if small and (not noun or "." in number) and _PARAGRAPH.search(before) and _SENTENCE.match(after):
        return Role.ORDER
    if _ORDINAL.search(before) and noun not in ("เดือน", "วัน", "ปี"):
        return Role.ORDER
    if (
        printed[:1] in ("๔", "๙")
        and len(number) == 1
        and noun in ("", *_PLACES)
        and re.search(r"[ก-๙]\s*$", before)
    ):
        return Role.DOUBTFUL
    return Role.RULE
