"""The formulas from the KPIs' scores to the total; beside ``scoring.tree``.

What a node's children weigh and score stands in two ranges side by side.
"""

from kpibatch.rules.formulas.points import standard

TOTAL_DECIMALS = 4
LEFT_OUT = "–"


def weighted(weights: str, scores: str) -> tuple[str, str]:
    """The weighted sum of the children's scores, and the sum of weights of those that have one: neither blank
    nor left out. (Not every program spreads ISNUMBER over a range within SUMPRODUCT.)
    """
    has = f'({scores}<>"")*({scores}<>"{LEFT_OUT}")'
    return f"SUMPRODUCT({weights},{scores})", f"SUMPRODUCT({weights},{has})"


def mean(weights: str, scores: str) -> str:
    """The weighted mean of a node's children; nothing where none has a score.

    Source: design, section 1 (ตัวชี้วัด).
    """
    upper, lower = weighted(weights, scores)
    return f'IF({lower}=0,"",{upper}/{lower})'


def inner(weights: str, scores: str, cap: str = "") -> str:
    """The score of a node with children: their mean, at most its ``cap``, where it has one."""
    upper, lower = weighted(weights, scores)
    points = f"MIN({cap},{upper}/{lower})" if cap else f"{upper}/{lower}"
    return f'IF({lower}=0,"",{points})'


def inner_standard(weights: str, scores: str, among: tuple[str, str, str], full: str, most: str) -> str:
    """The score of a node whose children's mean is a T-score; ``among`` are the mean, that of all units and
    their deviation.

    Source: design, section 1 (Wider rules: คะแนนที).
    """
    _, lower = weighted(weights, scores)
    return f'IF({lower}=0,"",{standard(*among, full, most)})'


def total(weights: str, scores: str, cap: str = "", unsent: str = "") -> str:
    """The score of the whole tree, at most its ``cap``, rounded once, at the end; nothing where one of the
    conditions ``unsent`` holds.

    Source: design, section 1.
    """
    upper, lower = weighted(weights, scores)
    points = f"MIN({cap},{upper}/{lower})" if cap else f"{upper}/{lower}"
    none = f"OR({unsent},{lower}=0)" if unsent else f"{lower}=0"
    return f'IF({none},"",{rounded_formula(points)})'


def rounded_formula(score: str) -> str:
    """The rounding of a total as an Excel formula."""
    return f"ROUND(ROUND({score},9),{TOTAL_DECIMALS})"
