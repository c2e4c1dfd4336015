"""How a measure is made of others, in words."""

from kpibatch.base.catalogue import say
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import Measure, Source


def made_in_words(tables: LevelTables, measure: Measure, language: str) -> str:
    """How a measure is worked out, where its name alone does not say so; empty for a percent and what is
    filled in.
    """
    name = "parts-share" if measure.reach else _MADE.get(measure.source, "")
    facts = {
        "of": _other_in_words(tables, measure),
        "level": measure.reach,
        "parts": ", ".join(tables.measures[code].label for code in measure.numerator),
        "below": tables.measures[measure.denominator].label if measure.denominator else "",
        "n": len(measure.numerator),
        "count": measure.count,
        "rollup": measure.rollup.value,
    }
    made = say(f"words.made-{name}", language, **facts).strip() if name else ""
    rounds = measure.decimals is not None
    digits = say("words.rounded", language, decimals=measure.decimals) if rounds else ""
    return "  ".join(filter(None, (made, digits)))


def _other_in_words(tables: LevelTables, measure: Measure) -> str:
    """What a measure is of other units, by its name; empty where that is their total."""
    known = tables.measures.get(measure.other) if not measure.reach else None
    node = (tables.whole or tables).node.get(measure.other)  # a KPI of units of another kind
    return known.label if known else f"{node.code} {node.name}" if node else ""


_MADE = {
    Source.PARTS: "parts",
    Source.UNIT_SCORE: "unit-score",
    Source.RATIO: "ratio",
    Source.DIFFERENCE: "difference",
    Source.MEAN: "mean",
    Source.MEAN_OF_HIGHEST: "mean-of-highest",
    Source.HIGHEST: "highest",
    Source.LOWEST: "lowest",
    Source.DONE: "done",
    Source.WORKDAYS: "workdays",
    Source.LATE_DAYS: "late-days",
    Source.MONTH_NUMBER: "month-number",
}
