"""The scores of the KPIs → the score of every node up to the total, and each node's part of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpibatch.rules.conditions import Floats
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL, Method
from kpibatch.scoring.above.taken import Stint, Taken, blended, node_given_to
from kpibatch.scoring.kpi import KpiScores
from kpibatch.scoring.points import Peers, as_score, standard


@dataclass(frozen=True)
class TreeScores:
    """Every node's score, its part of the total in percent and whether it is provisional (units × nodes).

    ``means`` are the inner nodes' means as they are before a cap or a T-score; ``held`` is by node what all
    units are compared by, where it is scored คะแนนที, ``taken`` what inner nodes give to units below.
    """

    scores: pd.DataFrame
    shares: pd.DataFrame
    provisional: pd.DataFrame
    means: Mapping[str, Floats]
    held: Mapping[str, Floats]
    taken: Mapping[str, Taken]


def score_tree(
    kpis: Mapping[str, KpiScores],
    tables: LevelTables,
    units: "pd.Index[str]",
    peers: Peers,
    givers: Mapping[str, Sequence[Stint]] | None = None,
) -> TreeScores:
    """The scores from the KPIs' up to the total; ``givers`` are by node whose score each unit takes, where
    ``peers`` do not hold what is taken.

    Source: design, section 1 (ตัวชี้วัด).
    """
    weights = _weights(tables, units)
    scores = {code: np.where(kpi.applies, kpi.score, np.nan) for code, kpi in kpis.items()}
    provisional = {code: kpi.missing for code, kpi in kpis.items()}
    order = [node.code for node in tables.breadth_first()]
    means, held, taken = dict[str, Floats](), dict[str, Floats](), dict[str, Taken]()
    for code in [*reversed(order), TOTAL]:
        children = tables.children(code)
        if children:
            below = np.array([scores[node.code] for node in children])
            means[code] = weighted_mean(below, np.array([weights[node.code] for node in children]))
            if _compares(code, tables):
                held[code] = peers.held(code, means[code])
            scores[code] = _worth(code, means[code], held.get(code), tables, peers)
            provisional[code] = np.any([provisional[node.code] for node in children], axis=0)
        if code not in kpis and (code in peers.taken or code in (givers or {})):
            none = np.full(len(units), np.nan)
            own = scores.setdefault(code, none), provisional.setdefault(code, np.zeros(len(units), bool))
            if givers and code in givers:
                below_one, stints = tables.round.below_one, givers[code]
                parts = [node_given_to(*own, each, peers.scored, below_one) for each, _ in stints]
                taken[code] = blended(parts, [counts for _, counts in stints])
            given = taken[code] if code in taken else peers.taken[code].rows(peers.own)
            scores[code] = np.where(given.takes, given.score, own[0])
            provisional[code] = np.where(given.takes, given.missing, own[1])
            means.setdefault(code, none)
    columns = [TOTAL, *order]
    scored, marked, shared = (
        pd.DataFrame(part, index=units)[columns]
        for part in (scores, provisional, shares_of(scores, weights, tables))
    )
    return TreeScores(scored, shared, marked, means, held, taken)


def _compares(code: str, tables: LevelTables) -> bool:
    return code in tables.node and tables.node[code].method is Method.STANDARD


def _worth(code: str, mean: Floats, held: "Floats | None", tables: LevelTables, peers: Peers) -> Floats:
    """What a node's mean is worth: as a T-score where it is one, at most the cap; NaN where it does not
    apply.

    Source: design, section 1 (Wider rules: คะแนนที, เพดานคะแนน).
    """
    cap = tables.round.cap if code == TOTAL else tables.node[code].cap
    if held is not None:
        points = as_score(standard(mean, held, peers), tables.top_score, cap)
        mean = np.where(np.isnan(mean), np.nan, points)
    return mean if cap is None else np.minimum(mean, cap)


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
