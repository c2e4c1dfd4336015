"""Whether two figures differ by one slip of a digit: 80 ↔ 85, 2564 ↔ 2565, 10 ↔ 1, 5.5 ↔ 55.

In: two figures. Out: yes or no. Of days, one part alone (day, month or year) may differ.
"""

from datetime import date

from kpibatch.base.thai import show_number
from kpibatch.rules.letter.figures import Figure, Kind


def one_slip(one: Figure, other: Figure) -> bool:
    """Whether they are of one kind and one digit apart.

    >>> from kpibatch.rules.letter.figures import figures_in
    >>> def apart(a, b): return one_slip(figures_in(a)[0], figures_in(b)[0])
    >>> apart("80", "85"), apart("10", "1"), apart("5.5", "55"), apart("80", "95"), apart("80", "80")
    (True, True, True, False, False)
    >>> apart("30 ก.ย. 2565", "30 ก.ย. 2564"), apart("1 ต.ค. 2564", "31 มี.ค. 2565")
    (True, False)
    """
    if (one.kind is Kind.DATE) != (other.kind is Kind.DATE) or one.value == other.value:
        return False
    if one.value != one.value or other.value != other.value:
        return False
    if one.kind is Kind.DATE:
        a, b = (date.fromordinal(int(each.value)) for each in (one, other))
        parts = [(x, y) for x, y in ((a.day, b.day), (a.month, b.month), (a.year, b.year)) if x != y]
        return len(parts) == 1 and (a.month != b.month or _near(str(parts[0][0]), str(parts[0][1])))
    return _near(show_number(one.value), show_number(other.value))


def _near(one: str, other: str) -> bool:
    a, b = one.replace(".", ""), other.replace(".", "")
    if a == b:
        return True
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
