"""The scores of the KPIs → the score of every node up to the total, and each node's part of it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kpibatch.rules.conditions import Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.kpi import KpiScores


def score_tree(
    kpis: Mapping[str, KpiScores], tables: LevelTables, units: "pd.Index[str]"
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Every node's score, its part of the total in percent and whether it is provisional (units × nodes).

    Source: design, section 1 (ตัวชี้วัด).
    """
    weights = _weights(tables, units)
    scores = {code: np.where(kpi.applies, kpi.score, np.nan) for code, kpi in kpis.items()}
    provisional = {code: kpi.missing for code, kpi in kpis.items()}
    order = [node.code for node in tables.breadth_first()]
    for code in [*reversed(order), TOTAL]:
        children = tables.children(code)
        if children:
            below = np.array([scores[node.code] for node in children])
            scores[code] = weighted_mean(below, np.array([weights[node.code] for node in children]))
            provisional[code] = np.any([provisional[node.code] for node in children], axis=0)
    columns = [TOTAL, *order]
    scored, marked, shared = (
        pd.DataFrame(part, index=units)[columns]
        for part in (scores, provisional, shares_of(scores, weights, tables))
    )
    return scored, shared, marked


def weighted_mean(below: Floats, weights: Floats) -> Floats:
    """The mean over the children that apply (rows; NaN where one does not), NaN where none does.

    Source: design, section 1 (ตัวชี้วัด).
    """
    share = np.where(np.isnan(below), 0.0, weights).sum(axis=0)
    total = np.where(np.isnan(below), 0.0, below * weights).sum(axis=0)
    return np.asarray(
        np.divide(total, share, out=np.full(len(share), np.nan), where=share > 0), dtype=np.float64
    )


def _weights(tables: LevelTables, units: "pd.Index[str]") -> dict[str, Floats]:
    """Each node's weight over the rows, each of which names a unit."""
    rows = [tables.position[unit] for unit in units]
    return {code: np.array(weights, dtype=float)[rows] for code, weights in tables.weights.items()}


def shares_of(
    scores: Mapping[str, Floats], weights: Mapping[str, Floats], tables: LevelTables
) -> dict[str, Floats]:
    """Each node's part of the total, in percent; 0 where it does not apply."""
    shares: dict[str, Floats] = {TOTAL: np.where(np.isnan(scores[TOTAL]), 0.0, 100.0)}
    for parent in [TOTAL, *(node.code for node in tables.breadth_first())]:
        children = tables.children(parent)
        counting = {
            node.code: np.where(np.isnan(scores[node.code]), 0.0, weights[node.code]) for node in children
        }
        whole = np.sum(list(counting.values()), axis=0) if children else np.zeros(0)
        for code, weight in counting.items():
            shares[code] = shares[parent] * np.divide(
                weight, whole, out=np.zeros(len(weight)), where=whole > 0
            )
    return shares
