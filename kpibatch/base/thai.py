"""What Thai offices type: Thai digits, Buddhist-era dates and months, numbers and yes/no in words.

In: text. Out: a value and nothing else; ``None`` where the text can't be read one way only.
A month is the text ``2565-06``; dates are Gregorian ``datetime.date`` inside, Buddhist years outside.
"""

import math
import re
import unicodedata
from calendar import monthrange
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from functools import lru_cache

BUDDHIST = 543
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # ！ to ～, full-width ASCII
_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789") | _WIDE
# soft hyphen, joiners, direction marks, variation selectors, fillers, tags: nobody sees what programs add
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
UNSEEN = re.compile(f"[{_INVISIBLE}]+")
# letters that nobody sees, or that only look like Latin ones: Greek and Cyrillic
_ODD = re.compile(rf"[\x00-\x08\x0e-\x1f\x7f-\x9f\u0370-\u03ff\u0400-\u052f{_INVISIBLE}]")
_SEEN = re.compile(rf"[^\s{_INVISIBLE}]")
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"  # what Thai writes above and below a consonant
_AM_APART = re.compile(f"\u0e4d([{_MARKS}]*)\u0e32")  # ำ as two letters
_STACK = re.compile(f"[{_MARKS}\u0e33]{{2,}}")
_MONTHS = (
    ("ม.ค.", "มกราคม"),
    ("ก.พ.", "กุมภาพันธ์"),
    ("มี.ค.", "มีนาคม"),
    ("เม.ย.", "เมษายน"),
    ("พ.ค.", "พฤษภาคม"),
    ("มิ.ย.", "มิถุนายน"),
    ("ก.ค.", "กรกฎาคม"),
    ("ส.ค.", "สิงหาคม"),
    ("ก.ย.", "กันยายน"),
    ("ต.ค.", "ตุลาคม"),
    ("พ.ย.", "พฤศจิกายน"),
    ("ธ.ค.", "ธันวาคม"),
)
MONTH_NAMES = tuple(name for names in _MONTHS for name in names)
_ENGLISH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ENGLISH_MONTHS = tuple(name[:3] for name in _ENGLISH_NAMES)
ENGLISH_MONTH_NAMES = tuple(name for whole in _ENGLISH_NAMES for name in (whole[:3], whole))
_MONTH_NUMBER = {
    re.sub(r"[.\s]", "", name): number for number, names in enumerate(_MONTHS, 1) for name in names
}
_ITS_DAY = re.compile(r"^วัน[ก-์]*ที่\s*")  # วันที่, วันศุกร์ที่
_NAMED_DAY = re.compile(r"([0-9]{1,2})\s*([ก-๙.\s]+?)\s*(?:พ\.?\s?ศ\.?)?\s*([0-9]{4}|[0-9]{2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\s*([/.-])\s*([0-9]{1,2})\s*\2\s*([0-9]{4}|[0-9]{2})")
_ENGLISH_DAY = re.compile(r"([0-9]{1,2})\s+([A-Za-z]{3,9})\.?,?\s+((?:19|20)[0-9]{2})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_MOMENT = re.compile(
    r"(?P<day>.+?)"
    r"(?:(?:\s*T|,?\s+|\s*เวลา)\s*(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?(?:\s*น\.?)?"
    r"\s*(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_MONTH_KEY = re.compile(r"(2[45][0-9]{2})-(0[1-9]|1[0-2])")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_YES = {"ใช่", "มี", "ครบ", "แล้ว", "✓", "✔", "☑", "yes", "y", "true"}
_NO = {"ไม่ใช่", "ไม่มี", "ไม่", "ไม่ครบ", "ยัง", "ยังไม่มี", "✗", "✘", "x", "no", "n", "false"}


@lru_cache(20_000)  # a form's texts are those of the other forms
def squash(text: str) -> str:
    """The text written the one way it looks: one kind of space, none at the ends, nothing invisible, Thai
    vowels and tone marks once and in their order.

    >>> squash(" \\u202d1,250\\u202c ") == "1,250", squash("น\\u0e49\\u0e4d\\u0e32หนัก") == "น้ำหนัก"
    (True, True)
    >>> squash("เเผน") == "แผน", squash("ที\\u0e48\\u0e48") == "ที่"
    (True, True)
    """
    if text.isascii():
        return " ".join(text.split())
    seen = unicodedata.normalize("NFC", UNSEEN.sub("", text)).replace("เเ", "แ")
    return " ".join(_STACK.sub(_in_order, _AM_APART.sub("\\1\u0e33", seen)).split())


def _in_order(stack: re.Match[str]) -> str:
    """The marks upon one consonant: each once, a tone after its vowel; ำ last, and no ํ beside it."""
    marks = set(stack[0])
    above = marks - {"\u0e33", "\u0e4d"} if "\u0e33" in marks else marks
    return "".join(sorted(above)) + ("\u0e33" if "\u0e33" in marks else "")


def spelled_out(text: str) -> str:
    """The text as it looks, and behind it the letters that nobody sees or that only look like Latin ones.

    >>> spelled_out("\\u202d1,250\\u202c"), spelled_out("T1.spent")
    ('1,250 (U+202D, U+202C)', 'T1.spent')
    """
    odd = dict.fromkeys(_ODD.findall(text))
    return f"{squash(text)} ({', '.join(f'U+{ord(letter):04X}' for letter in odd)})" if odd else text


def is_blank(text: str) -> bool:
    """Whether nothing can be seen of the text: then ``squash`` leaves nothing of it."""
    return not _SEEN.search(text)


def arabic(text: str) -> str:
    """The text with Thai and full-width digits written in Arabic ones; its length does not change."""
    return text.translate(_DIGITS)


@lru_cache(20_000)
def fold(text: str) -> str:
    """The text as two texts are compared: as it looks, whatever the digits, the width and the case.

    >>> fold("ระดับ ๔") == fold("ระดับ\\u00a04"), fold("Unit") == fold("ＵＮＩＴ")
    (True, True)
    """
    return arabic(squash(text)).casefold()


def read_number(text: str, counting_unit: str = "") -> float | None:
    """A number as typed, also with Thai digits, separators, a percent sign or its counting unit.

    ``None`` where it is none: ``-`` is not zero, and a comma is never a decimal point.

    >>> [read_number(text) for text in ("๘๕.๕", "1,234.50", "85%", "ร้อยละ 85", "0")]
    [85.5, 1234.5, 85.0, 85.0, 0.0]
    >>> read_number("๓ ครัวเรือน", "ครัวเรือน")
    3.0
    >>> [read_number(text) for text in ("-", "", "1,5", "85 ครัวเรือน")]
    [None, None, None, None]

    Source: design, section 3.
    """
    bare = fold(text).removeprefix("ร้อยละ").removeprefix("จำนวน").strip()
    for tail in ("%", fold(counting_unit)):
        if tail and bare.endswith(tail):
            bare = bare.removesuffix(tail).rstrip()
            break
    if not _NUMBER.fullmatch(bare):
        return None
    number = float(bare.replace(",", ""))
    return number if math.isfinite(number) else None


def says_percent(text: str) -> bool:
    """Whether a number is typed as a percent: with a sign, or with ร้อยละ before it."""
    folded = fold(text)
    return "%" in folded or "ร้อยละ" in folded


def read_yes_no(text: str) -> bool | None:
    """``ใช่``, ``มี``, ``✓`` … or their opposites; ``None`` for anything else.

    Source: design, section 3.
    """
    bare = fold(text)
    return True if bare in _YES else False if bare in _NO else None


def read_date(text: str, *, western: bool = False) -> date | None:
    """A day, the month as a word or a number, the year in the Buddhist era.

    Two digits of the year are 2541 to 2599: 40 and less may be meant as 2040 and less. A year of the common
    era is read in ISO days (year first, Buddhist from 2400 on) and behind an English month, and elsewhere
    only where days are ``western`` too, day before month.

    >>> [str(read_date(day)) for day in ("10 ก.ย. 2565", "๑๕ เมษายน พ.ศ. ๒๕๖๕", "15/04/2565", "15 เม.ย. 65")]
    ['2022-09-10', '2022-04-15', '2022-04-15', '2022-04-15']
    >>> [str(read_date(day)) for day in ("10/9/65", "15.4.2565", "2565-04-15", "2022-04-15", "1 ก.ค.65")]
    ['2022-09-10', '2022-04-15', '2022-04-15', '2022-04-15', '2022-07-01']
    >>> [str(read_date(day)) for day in ("15 Apr 2022", "3 September 2022", "9 Sept. 2022")]
    ['2022-04-15', '2022-09-03', '2022-09-09']
    >>> [read_date(text) for text in ("30 ก.พ. 2565", "15/04/22", "15/04/2022", "เมษายน 2565")]
    [None, None, None, None]

    Source: design, section 3.
    """
    bare = _ITS_DAY.sub("", arabic(squash(text)))
    if named := _NAMED_DAY.fullmatch(bare):
        day, name, year = named.groups()
        month = _MONTH_NUMBER.get(re.sub(r"[.\s]", "", name), 0)
        return _day(year_of(year, western), month, int(day))
    if english := _ENGLISH_DAY.fullmatch(bare):
        day, name, year = english.groups()
        return _day(year_of(year, western=True), _english_month(name), int(day))
    if first := _DAY_FIRST.fullmatch(bare):
        day, _, number, year = first.groups()
        return _day(year_of(year, western), int(number), int(day))
    if iso := _YEAR_FIRST.fullmatch(bare):
        year, number, day = iso.groups()
        return _day(year_of(year, western=True), int(number), int(day))
    return None


def month_named(name: str) -> int:
    """A month's number by its Thai or English name, whole or short; 0 where it is none."""
    return _MONTH_NUMBER.get(re.sub(r"[.\s]", "", name), 0) or _english_month(name.rstrip(". "))


def _english_month(name: str) -> int:
    """A month's number by its English name, whole or its first three letters or more; 0 where it is none."""
    whole = name.capitalize()
    fits = (month for month in _ENGLISH_NAMES if len(whole) > 2 and month.startswith(whole))
    return next((_ENGLISH_NAMES.index(month) + 1 for month in fits), 0)


def year_of(digits: str, western: bool) -> int:
    """A year of two or four digits in the Buddhist era; 0 where it can't be read one way only."""
    year = int(digits)
    if len(digits) == 2:
        return 2500 + year if year > 40 else 0
    if western and year < 2400:
        return year + BUDDHIST
    return year if 2400 <= year < 2600 else 0


def _day(year_be: int, month: int, day: int) -> date | None:
    try:
        return date(year_be - BUDDHIST, month, day)
    except ValueError:
        return None


def read_moment(text: str, zone: tzinfo) -> datetime | None:
    """A day with or without a time, as lists and mail programs give it, in the time of ``zone``, without it.

    >>> from datetime import timedelta, timezone
    >>> bangkok = timezone(timedelta(hours=7))
    >>> [str(read_moment(said, bangkok)) for said in ("1/7/2565 9:00", "2022-07-05T17:30:00Z", "๑ ก.ค. ๖๕")]
    ['2022-07-01 09:00:00', '2022-07-06 00:30:00', '2022-07-01 00:00:00']
    """
    said = _MOMENT.fullmatch(arabic(squash(text)))
    day = read_date(said["day"], western=True) if said else None
    if said is None or day is None:
        return None
    try:
        hour, minute, second = (int(said[part] or 0) for part in ("hour", "minute", "second"))
        offset = datetime.strptime(said["offset"], "%z").tzinfo if said["offset"] else zone
        return datetime.combine(day, time(hour, minute, second), offset).astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def show_date(day: date, language: str = "th") -> str:
    """``10 ก.ย. 2565``, or ``10 Sep 2022`` in English."""
    if language == "en":
        return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"
    return f"{day.day} {_MONTHS[day.month - 1][0]} {day.year + BUDDHIST}"


def show_number(value: float) -> str:
    """The shortest text that gives the value back after rounding to 9 decimals, without separators.

    >>> [show_number(value) for value in (100.01, 85.0, 1e6, 0.1 + 0.2, -0.0)]
    ['100.01', '85', '1000000', '0.3', '0']

    Source: design, section 1 (numbers are compared after rounding to 9 decimals).
    """
    if not math.isfinite(value):
        return str(value)
    text = repr(round(float(value), 9) or 0.0)  # and never "-0.0"
    text = format(Decimal(text), "f") if "e" in text else text
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_month(text: str) -> bool:
    """Whether the text is a month key such as ``2565-06``."""
    return _MONTH_KEY.fullmatch(text) is not None


def read_month(text: str) -> str | None:
    """A month key, or a month in words.

    >>> [read_month(text) for text in ("2565-06", "มิ.ย. 2565", "มิถุนายน ๖๕", "6/2565", "2022-06")]
    ['2565-06', '2565-06', '2565-06', '2565-06', None]
    >>> read_month("Jun 2022")
    '2565-06'
    """
    bare = arabic(squash(text)).removeprefix("เดือน").strip()
    if is_month(bare):
        return bare
    if slashed := re.fullmatch(r"([0-9]{1,2})\s*/\s*(2[45][0-9]{2})", bare):
        number, year = int(slashed[1]), slashed[2]
    elif named := re.fullmatch(r"([ก-๙.\s]+?)\s*(?:พ\.?ศ\.?)?\s*(2[45][0-9]{2}|[0-9]{2})", bare):
        number, year = _MONTH_NUMBER.get(re.sub(r"[.\s]", "", named[1]), 0), named[2]
    elif english := re.fullmatch(r"([A-Za-z]{3,9})\.? (20[0-9]{2})", bare):
        number, year = _english_month(english[1]), str(int(english[2]) + BUDDHIST)
    else:
        return None
    key = f"{int(year) + (2500 if len(year) == 2 else 0)}-{number:02d}"
    return key if is_month(key) else None


def months_between(start: date, end: date) -> list[str]:
    """The month keys from one day's month to another's.

    >>> months_between(date(2022, 11, 15), date(2023, 1, 2))
    ['2565-11', '2565-12', '2566-01']
    """
    count = (end.year - start.year) * 12 + end.month - start.month + 1
    steps = (start.month - 1 + step for step in range(count))
    return [f"{start.year + BUDDHIST + step // 12}-{step % 12 + 1:02d}" for step in steps]


def month_end(month: str) -> date:
    """The last day of a month key."""
    year, number = int(month[:4]) - BUDDHIST, int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def show_month(month: str, language: str = "th", *, short: bool = False) -> str:
    """``มิถุนายน 2565``, short ``มิ.ย. 65``; in English ``Jun 2022``."""
    year, number = int(month[:4]), int(month[5:])
    if language == "en":
        return f"{_ENGLISH_MONTHS[number - 1]} {year - BUDDHIST}"
    return f"{_MONTHS[number - 1][0]} {year % 100:02d}" if short else f"{_MONTHS[number - 1][1]} {year}"
