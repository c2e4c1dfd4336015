"""A KPI month by month, in words: its level, that which the unit claimed, and the value of the one measure
that it hangs on.
"""

from kpibatch.base.kinds import show_value
from kpibatch.scoring.trend import sole_measure
from kpibatch.workbooks.unit.figures import View

_NONE = "–"


def months_in_words(view: View, kpi: str) -> str:
    """``ระดับ 1→2→3``, below it the levels claimed, where any is, and the values, to two decimals; empty where
    fewer than two months are known.

    Source: design, section 3 (self-assessment), beside the computed level month by month.
    """
    months = view.own.past
    if sum(kpi in month.levels for month in months) < 2:
        return ""
    text = view.say("months-level", levels="→".join(str(month.levels.get(kpi, _NONE)) for month in months))
    if any(kpi in month.claims for month in months):
        claimed = "→".join(str(month.claims.get(kpi, _NONE)) for month in months)
        text += "\n" + view.say("months-claimed", levels=claimed)
    if code := sole_measure(view.tables, kpi):
        kind = view.tables.measures[code].kind
        known = [month.values.get(kpi) for month in months]
        if not any(value is not None for value in known):
            return text
        shown = (
            _NONE if value is None else show_value(round(value, 2), kind, view.language) for value in known
        )
        text += "\n" + view.say("months-value", values="→".join(shown))
    return text
