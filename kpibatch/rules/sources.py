"""ที่มา: what a computed measure is, how a formula says it, how a person writes it.

What the batch knows by itself (ส่งทันกำหนด, วันที่ช้า, เดือนที่) is not computed here.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from kpibatch.base.kinds import Kind
from kpibatch.rules.computations import COMPUTATIONS, Cells, Parts
from kpibatch.rules.conditions import DECIMALS, Floats
from kpibatch.rules.records import Measure, Rule, Source, ZeroRule

_WHOLE = 2.0**52  # floats from here on have no decimals
COMPUTED = tuple(source for source, computation in COMPUTATIONS.items() if computation.divides)


def are_days(measure: Measure, measures: Mapping[str, Measure]) -> tuple[bool, ...]:
    """Which of ตัวตั้ง are days."""
    return tuple(measures[part].kind is Kind.DATE for part in measure.numerator)


def needed_for(code: str, measures: Mapping[str, Measure]) -> tuple[str, ...]:
    """A measure's code after those without which it has no value: of what นับข้อ counts, a day may lack."""
    measure = measures[code]
    counted = measure.numerator if measure.source is Source.DONE else ()
    may_lack = {part for part in counted if measures[part].kind is Kind.DATE}
    needed = (part for part in measure.ingredients if part not in may_lack)
    return (*(deep for part in needed for deep in needed_for(part, measures)), code)


def computed(measure: Measure, parts: Parts, lower_is_better: bool = False) -> Floats:
    """A computed measure over the units, rounded as it says.

    Where what it divides by is zero, it is what ``at_zero`` says. A caller silences numpy's warnings.
    Source: design, section 1 (รายการข้อมูล).
    """
    computation = COMPUTATIONS[measure.source]
    values: Floats = computation.value(parts)
    if computation.divides:
        values = values.copy()
        values[(parts.below == 0) & (parts.total == parts.total)] = at_zero(measure, lower_is_better)
    return rounded(measure, values)


def rounded(measure: Measure, values: Floats) -> Floats:
    """ปัดทศนิยม: the values (of any shape) with so many decimals, halves away from zero, as a person rounds.

    A float that stands for 2.675 is a little less; it is 2.68 all the same, since what counts are 9 decimals.
    Source: design, section 1 (Wider rules: ปัดทศนิยม; numbers are compared after rounding to 9 decimals).
    """
    if measure.decimals is None:
        return values
    power = 10.0**measure.decimals
    size = (abs(values) * power).clip(max=_WHOLE)
    whole = (size.round(DECIMALS - measure.decimals) + 0.5) // 1 / power
    sign = (values > 0) * 1.0 - (values < 0)
    exact = size >= _WHOLE
    result: Floats = values * exact + sign * whole * ~exact
    return result


def quotients(rules: Iterable[Rule], measures: Mapping[str, Measure]) -> tuple[Measure, ...]:
    """The measures that rows of ระดับ ask for and that are computed by dividing, each once."""
    asked = dict.fromkeys(rule.measure for rule in rules if any(rule.edges))
    return tuple(measures[code] for code in asked if measures[code].source in COMPUTED)


def of_other_units(measure: Measure, what: str) -> str:
    """The name of the text that says what a measure waits for of other units: ``parts-none``,
    ``above-number``.
    """
    return f"{'parts' if measure.source is Source.PARTS else 'above'}-{what}"


def undefined_at_zero(measure: Measure) -> bool:
    """Whether no rule says what a measure is when its denominator is zero.

    Source: design, section 1 (เมื่อตัวหารเป็นศูนย์).
    """
    return measure.source in COMPUTED and measure.zero_rule is ZeroRule.MISSING


def at_zero(measure: Measure, lower_is_better: bool) -> float:
    """What a quotient is when its denominator is zero; NaN where no rule says.

    A percent passes as 100 and fails as 0, the other way round where lower is better. A ratio can be 0 alone:
    100 of one means nothing.
    Source: design, section 1 (เมื่อตัวหารเป็นศูนย์).
    """
    if measure.zero_rule is ZeroRule.MISSING:
        return math.nan
    if (measure.zero_rule is ZeroRule.PASS) == lower_is_better:
        return 0.0
    return math.nan if measure.source is Source.RATIO else 100.0


def computed_formula(measure: Measure, cells: Cells, lower_is_better: bool) -> str:
    """The same as an Excel formula over the cells of its parts; empty while one of them is."""
    computation = COMPUTATIONS[measure.source]
    formula = computation.formula(cells)
    if measure.decimals is not None:
        formula = f"ROUND(ROUND({formula},{DECIMALS}),{measure.decimals})"
    if computation.divides:
        zero = at_zero(measure, lower_is_better)
        at_nought = '""' if math.isnan(zero) else f"{zero:g}"
        formula = f"IF({cells.below}=0,{at_nought},{formula})"
    if measure.source is Source.DONE:
        answers = [cell for cell, day in zip(cells.above, cells.days, strict=True) if not day]
        blank = ",".join(f'{cell}=""' for cell in answers)
        return f'IF(OR({blank}),"",{formula})' if answers else formula
    needed = [*cells.above, *([cells.below] if cells.below else [])]
    return f'IF(COUNT({",".join(needed)})<{len(needed)},"",{formula})'


def computed_words(measure: Measure, parts: Sequence[str], b: str) -> str:
    """The same with its numbers, as a person writes it: ``= 100 × 45 ÷ 50``."""
    facts = {"n": len(parts), "count": measure.count, "source": measure.source.value}
    words, a = COMPUTATIONS[measure.source].words, " + ".join(parts)
    if len(parts) > 1 and words != "{a}":
        a = f"({a})"
    return "= " + words.format(a=a, parts=", ".join(parts), b=b, **facts)
