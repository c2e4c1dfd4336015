"""Whether two figures differ by one slip of a digit: 80 ↔ 85, 2564 ↔ 2565, 10 ↔ 1, 5.5 ↔ 55.

In: two figures. Out: yes or no. Of days, one part alone (day, month or year) may differ; a day that no
calendar has (38 September) is compared as printed.
"""

import re
from datetime import date

from kpibatch.base.thai import BUDDHIST, arabic, read_date, show_number
from kpibatch.rules.letter.figures import Figure, Kind

_PRINTED = re.compile(
    r"(?P<day>[0-9]{1,2})\s*(?P<month>[ก-๎.]+?)\.?\s*(?:(?:พ\.?\s?ศ\.?\s*)?(?P<year>[0-9]{4}))?$"
)


def one_slip(one: Figure, other: Figure) -> bool:
    """Whether they are of one kind and one digit apart.

    >>> from kpibatch.rules.letter.figures import figures_in
    >>> def apart(a, b): return one_slip(figures_in(a)[0], figures_in(b)[0])
    >>> apart("80", "85"), apart("10", "1"), apart("5.5", "55"), apart("80", "95"), apart("80", "80")
    (True, True, True, False, False)
    >>> apart("30 ก.ย. 2565", "30 ก.ย. 2564"), apart("1 ต.ค. 2564", "31 มี.ค. 2565")
    (True, False)
    >>> apart("30 กันยายน 2565", "38 กันยายน 2565"), apart("30 ก.ย. 2565", "30 ก.ย. 2065")
    (True, True)
    """
    days = [each.kind in (Kind.DATE, Kind.DAY) for each in (one, other)]
    if any(days):
        return all(days) and _days_apart(_parts(one), _parts(other))
    if one.value == other.value or one.value != one.value or other.value != other.value:
        return False
    a, b = show_number(one.value), show_number(other.value)
    decimals = max(len(each.partition(".")[2]) for each in (a, b))
    padded = _near(f"{one.value:.{decimals}f}", f"{other.value:.{decimals}f}")
    return _near(a, b) or padded or _near(_digits(one), _digits(other))


def _digits(figure: Figure) -> str:
    """As printed, a nought before it too."""
    return arabic(figure.text).replace(",", "")


def _parts(figure: Figure) -> tuple[int, int, int]:
    """Day, month and Buddhist year, zero where none is printed; zeros where they can't be told."""
    known = figure.value == figure.value
    if known and figure.kind is Kind.DAY:
        return int(figure.value) % 100, int(figure.value) // 100, 0
    if known:
        day = date.fromordinal(int(figure.value))
        return day.day, day.month, day.year + BUDDHIST
    printed = _PRINTED.match(arabic(figure.text))
    first = read_date(f"1 {printed['month']} 2500") if printed else None
    if printed is None or first is None:
        return 0, 0, 0
    return int(printed["day"]), first.month, int(printed["year"] or 0)


def _days_apart(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    parts = 3 if one[2] and other[2] else 2
    differs = [at for at in range(parts) if one[at] != other[at]]
    if len(differs) != 1 or not (one[1] and other[1]):
        return False
    a, b = one[differs[0]], other[differs[0]]
    if differs == [1]:
        return True
    western = differs == [2] and (_near(str(a), str(b - BUDDHIST)) or _near(str(a - BUDDHIST), str(b)))
    return _near(str(a), str(b)) or western


def _near(one: str, other: str) -> bool:
    a, b = one.replace(".", ""), other.replace(".", "")
    if a == b:
        return True
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
