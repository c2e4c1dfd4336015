"""Measured and scored, pass by pass, until what units have of each other is what it rests on.

A pass takes all units at once. Since nothing comes back to itself (``levels check`` sees to that), there are
as many as the longest way up and down the tree, and one.
"""

from collections.abc import Collection

from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.cascade.links import with_links
from kpibatch.scoring.measures import Measured
from kpibatch.scoring.score import Scores, score_all


def score_tree_of_units(
    measured: Measured, tables: LevelTables, month: str, sent: Collection[str]
) -> tuple[Measured, Scores]:
    """Every unit's measures and scores, what they are of other units among them.

    Source: design, section 1 (Wider rules: รวมจากหน่วยย่อย, คะแนนของหน่วย, ทีม).
    """
    scores = score_all(measured, tables, month, sent)
    for _ in range(_most(tables)):
        linked = with_links(measured, scores, tables, tables.round.until(month))
        if _same(linked, measured):
            break
        measured, scores = linked, score_all(linked, tables, month, sent)
    return measured, scores


def _most(tables: LevelTables) -> int:
    """More passes than any way through the measures that are of other units, at every depth, can be long."""
    if not tables.links.there:
        return 0
    depths = 1 + max(tables.tree.depth.values(), default=0)
    return depths * (len(tables.links.parts) + len(tables.links.givers)) + 1


def _same(one: Measured, other: Measured) -> bool:
    return one.values.equals(other.values) and one.incomplete.equals(other.incomplete)
