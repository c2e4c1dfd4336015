"""A threshold that names a measure (``≥ T1.target + 5``): each unit has its own.

What bounds it is written as for any number; from the measure it follows by ``×`` a number, then ``+`` or
``−`` one. Percents of it are not read: ``+ 5%`` may be five of a hundred or five hundredths of the target.
"""

import re
from collections.abc import Collection
from dataclasses import replace

from kpibatch.base.kinds import in_reach
from kpibatch.base.nearest import nearest_of
from kpibatch.base.thai import arabic, squash
from kpibatch.rules.conditions import DECIMALS, Condition
from kpibatch.rules.phrases import ConditionFault, parse

_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?![0-9.,])"
_TIMES, _MORE = r"\s*[×*]\s*", r"\s*(?P<sign>[+−–-])\s*"
_WHOLE = "(?<![A-Za-z0-9_.])(?P<code>{})(?![A-Za-z0-9_.])"
_LIKE_A_CODE = r"[A-Za-z][\w.]*\w|[A-Za-z]"
_LIKENESS = 0.6  # of difflib: T1.tarqet is like T1.target


def named_in(text: str, counting_unit: str, codes: Collection[str]) -> Condition | None:
    """The condition, where its threshold names a measure, by one of the codes or by what looks much like one;
    ``None`` where it does not.

    Source: design, section 1 (Wider rules: a threshold may name a measure).

    >>> named_in("ไม่น้อยกว่า T1.target × 1.1 + ๕", "คน", ["T1.target"]).text()
    '≥ T1.target × 1.1 + 5'
    """
    plain = arabic(squash(text))
    known = "|".join(re.escape(code) for code in sorted(codes, key=len, reverse=True))
    for code in filter(None, (known, _LIKE_A_CODE)):
        found = re.fullmatch(
            rf"(?P<before>.*?)(?:(?P<first>{_NUMBER}){_TIMES})?{_WHOLE.format(code)}"
            rf"(?:{_TIMES}(?P<times>{_NUMBER}))?(?:{_MORE}(?P<more>{_NUMBER}))?(?P<after>\D*)",
            plain,
        )
        if found and (condition := _condition(found, counting_unit)) and _is_meant(condition.of, codes):
            return condition
    return None


def _is_meant(code: str, codes: Collection[str]) -> bool:
    return code in codes or nearest_of(code, list(codes), _LIKENESS) != "–"


def _condition(found: re.Match[str], counting_unit: str) -> Condition | None:
    """What a threshold of 1 in the measure's place would ask, of the measure instead."""
    if any(percent in found["after"] for percent in ("%", "ร้อยละ", "เปอร์เซ็นต์")):
        return None
    try:
        asked = parse(f"{found['before']}1{found['after']}", counting_unit)
    except ConditionFault:
        return None
    if asked.family != "number" or not (asked.upward or asked.downward):
        return None
    times = _number(found["first"] or "1") * _number(found["times"] or "1")
    more = _number(found["more"] or "0") * (1 if found["sign"] in (None, "+") else -1)
    if not in_reach(times) or not in_reach(more) or times == 0:
        return None
    return replace(asked.ending_at(more), of=found["code"], times=round(times, DECIMALS))


def _number(text: str) -> float:
    return float(text.replace(",", ""))
