"""The formulas of คะแนนรายตัวชี้วัด, and where all they refer to stands: KPIs → total, rating, rank, line.

Siblings stand side by side (breadth first), so every node's score is one SUMPRODUCT of its children and their
weights.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kpibatch.base.addresses import quoted, ref, span
from kpibatch.base.config import LEFT_OUT, RankingRules
from kpibatch.rules.formulas import tree
from kpibatch.rules.formulas.plan import KpiPlan
from kpibatch.rules.formulas.points import mean_and_deviation
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL, Method, Node
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import LEAST, Standing, Status, first_formula, rank_formula

# The order of the columns, as the formulas refer to them; the nodes follow, and then the tie-breakers.
CODE, NAME, SENT, TOTAL_SCORE, PERCENT, RATING, KEY, RANK, PLACE, STATUS, FIRST_NODE = range(11)
HEAD, TOP_ROW, WEIGHT_ROW, FIRST = 3, 4, 5, 6
# What is told or helps besides with a unit's rank: columns after the tie-breakers, where they are needed.
FIRST_OF_RUNG, GROUP, GROUP_NUMBER = "first-of-rung", "group", "group-number"
GROUP_FIRST, GROUP_RANK = "first-in-group", "group-rank"


@dataclass(frozen=True)
class ScorePlan:
    """Where the sheet's columns stand; ``rating`` is the pair of ranges (thresholds, words) of the criteria
    sheet. ``weighed`` are the nodes of which each unit has a weight in its own line, ``standing`` the names
    of what is told or helps besides with its rank: whether it is the first of its rung, its group.
    ``compared`` are the inner nodes that are scored as T-scores.
    """

    sheet: str
    nodes: tuple[str, ...]
    breakers: tuple[str, ...]
    units: int
    rating: tuple[str, str]
    weighed: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()

    def column(self, node: str) -> int:
        return FIRST_NODE + self.nodes.index(node)

    def breaker(self, number: int) -> int:
        return FIRST_NODE + len(self.nodes) + number

    def weight(self, node: str) -> int:
        """Where each unit's own weight of a node stands; only of nodes among ``weighed``."""
        return self.breaker(len(self.breakers)) + len(self.standing) + self.weighed.index(node)

    def column_of(self, name: str) -> int:
        """Where one of ``standing`` stands."""
        return self.breaker(len(self.breakers)) + self.standing.index(name)

    def mean(self, node: str) -> int:
        """Where what units are compared by at a node stands; only of nodes among ``compared``."""
        after = self.breaker(len(self.breakers)) + len(self.standing) + len(self.weighed)
        return after + self.compared.index(node)

    @property
    def written(self) -> int:
        """Where each unit's total stands as it was written; whether it is another now, in the next column."""
        return self.breaker(len(self.breakers)) + sum(map(len, (self.standing, self.weighed, self.compared)))

    def stale(self, words: str) -> str:
        """The formula that says so, as soon as anybody's total is no longer what was written."""
        return f'IF(SUM({self.range(self.written + 1, outside=True)})>0,"{words}","")'

    @property
    def last(self) -> int:
        return FIRST + self.units - 1

    @property
    def cap_row(self) -> int:
        """Below the units' means; where a node or the total has a cap."""
        return self.last + 3

    @property
    def last_node(self) -> int:
        return FIRST_NODE + len(self.nodes) - 1

    def range(self, column: int, *, outside: bool = False) -> str:
        """All units' cells of a column."""
        cells = span((FIRST, column), (self.last, column), "rc")
        return f"{quoted(self.sheet)}!{cells}" if outside else cells


def plan_scores(sheet: str, tables: LevelTables, rules: RankingRules, rating: tuple[str, str]) -> ScorePlan:
    """Lay the sheet out."""
    nodes, dense = tuple(node.code for node in tables.breadth_first()), rules.ties != LEFT_OUT
    grouped = (GROUP, GROUP_NUMBER, *((GROUP_FIRST,) if dense else ()), GROUP_RANK)
    standing = (*((FIRST_OF_RUNG,) if dense else ()), *(grouped if rules.within_groups else ()))
    weighed = tuple(_weighed(tables))
    leaves = {leaf.code for leaf in tables.leaves}
    compared = (code for code in nodes if tables.node[code].method is Method.STANDARD and code not in leaves)
    return ScorePlan(
        sheet, nodes, rules.tie_breakers, len(tables.units), rating, weighed, standing, tuple(compared)
    )


def _weighed(tables: LevelTables) -> Iterator[str]:
    """The nodes that stand beside one which units weigh differently, and that one: siblings side by side."""
    for parent in (TOTAL, *(node.code for node in tables.breadth_first())):
        children = tables.children(parent)
        if not all(child.weighs_alike for child in children):
            yield from (child.code for child in children)


def unsent_names(outcome: Outcome) -> tuple[str, ...]:
    """The texts that say of a unit that it sent nothing that counts; the second where it is needed."""
    return ("not-sent", "sent-unread") if outcome.unread else ("not-sent",)


def status_name(outcome: Outcome, standing: Standing) -> str:
    """The text of a unit's status; empty where its score is final."""
    if standing.unit in outcome.unread:
        return "sent-unread"
    names = {Status.NOT_SUBMITTED: "not-sent", Status.PROVISIONAL: "provisional"}
    return names.get(standing.status, "")


@dataclass(frozen=True)
class ScoreFormulas:
    """The formulas for the unit in row ``at`` of the sheet; ``unsent`` and ``provisional`` are the words
    that stand in its cells, ``complete`` whether only units with a final score are ranked; ``leaves`` are the
    KPIs, ``others`` says when a row is provisional for what it takes of the unit above.
    """

    plan: ScorePlan
    kpis: Mapping[str, KpiPlan]
    unsent: tuple[str, ...]
    provisional: str
    complete: bool
    leaves: Sequence[str]
    others: Callable[[int], Sequence[str]]

    def _children(self, at: int, children: Sequence[Node]) -> tuple[str, str]:
        """Where the weights and the scores of a node's children stand."""
        ends = children[0].code, children[-1].code
        first, last = map(self.plan.column, ends)
        weights, scores = span((WEIGHT_ROW, first), (WEIGHT_ROW, last), "rc"), span((at, first), (at, last))
        if ends[0] in self.plan.weighed:
            first, last = map(self.plan.weight, ends)
            weights = span((at, first), (at, last))
        return weights, scores

    def inner(self, at: int, node: Node, children: Sequence[Node]) -> str:
        """The score of a node with children: their mean, or its T-score, at most the cap.

        Source: design, section 1.
        """
        where, cap = self._children(at, children), ref(self.plan.cap_row, self.plan.column(node.code), "rc")
        if node.code in self.plan.compared:
            column, full = self.plan.mean(node.code), ref(TOP_ROW, TOTAL_SCORE, "rc")
            mean, deviation = (ref(row, column, "rc") for row in (TOP_ROW, WEIGHT_ROW))
            among = ref(at, column, "c"), mean, deviation
            return tree.inner_standard(*where, among, full, full if node.cap is None else cap)
        return tree.inner(*where, "" if node.cap is None else cap)

    def compared(self, at: int, children: Sequence[Node]) -> str:
        """The mean of a node's children, by which units are compared there."""
        return tree.mean(*self._children(at, children))

    def among(self, node: str) -> tuple[str, str]:
        """The mean and the deviation of all units there."""
        return mean_and_deviation(self.plan.range(self.plan.mean(node)))

    def total(self, at: int, children: Sequence[Node], *, capped: bool = False) -> str:
        """The score of the whole tree, at most its cap, rounded once, at the end.

        Source: design, section 1.
        """
        cap = ref(self.plan.cap_row, TOTAL_SCORE, "rc") if capped else ""
        return tree.total(*self._children(at, children), cap, self._unsent(at))

    def percent(self, at: int) -> str:
        total = ref(at, TOTAL_SCORE, "c")
        return f'IF({total}="","",100*{total}/{ref(TOP_ROW, TOTAL_SCORE, "rc")})'

    def differs(self, at: int) -> str:
        """1 where the total is no longer what was written, which is −1 where there was none."""
        total, written = ref(at, TOTAL_SCORE, "c"), ref(at, self.plan.written, "c")
        return f"IF(ABS(IF(ISNUMBER({total}),{total},-1)-{written})<0.00001,0,1)"

    def rating(self, at: int) -> str:
        thresholds, words = self.plan.rating
        percent = ref(at, PERCENT, "c")
        return f'IF({percent}="","",IFERROR(LOOKUP(ROUND({percent},9),{thresholds},{words}),""))'

    def key(self, at: int) -> str:
        """The total that a unit is ranked by; nothing where it has no rank."""
        total = ref(at, TOTAL_SCORE, "c")
        if self.complete:
            return f'IF({ref(at, STATUS, "c")}<>"","",{total})'
        return f'IF({total}="","",{total})'

    def rank(self, at: int) -> str:
        """The tie policy as a formula."""
        return rank_formula(*self._key_cells(at), self._breaker_cells(at), self._firsts(FIRST_OF_RUNG))

    def rank_in_group(self, at: int) -> str:
        """The same among the units of the group."""
        number = self._number(at)
        among = [(number, self.plan.range(self.plan.column_of(GROUP_NUMBER))), *self._firsts(GROUP_FIRST)]
        formula = rank_formula(*self._key_cells(at), self._breaker_cells(at), among)
        return f'IF({number}="","",{formula})'

    def first(self, at: int) -> str:
        """Whether the unit is the first of those that share its rung."""
        return first_formula(ref(at, KEY, "c"), self._so_far(at))

    def first_in_group(self, at: int) -> str:
        """The same among the units of the group."""
        numbers = self.plan.column_of(GROUP_NUMBER)
        so_far = [*self._so_far(at), (self._number(at), self._down_to(at, numbers))]
        return f'IF({self._number(at)}="","",{first_formula(ref(at, KEY, "c"), so_far)})'

    def _number(self, at: int) -> str:
        return ref(at, self.plan.column_of(GROUP_NUMBER), "c")

    def _key_cells(self, at: int) -> tuple[str, str]:
        return ref(at, KEY, "c"), self.plan.range(KEY)

    def _breaker_cells(self, at: int) -> list[tuple[str, str]]:
        columns = map(self.plan.breaker, range(len(self.plan.breakers)))
        return [(ref(at, column, "c"), self.plan.range(column)) for column in columns]

    def _firsts(self, name: str) -> list[tuple[str, str]]:
        """Only the first of each rung is counted where no rank is left out."""
        return [("1", self.plan.range(self.plan.column_of(name)))] if name in self.plan.standing else []

    def _so_far(self, at: int) -> list[tuple[str, str]]:
        """What makes a rung: the unit's own cells and those down to its line."""
        columns = [KEY, *map(self.plan.breaker, range(len(self.plan.breakers)))]
        return [(ref(at, column, "c"), self._down_to(at, column)) for column in columns]

    def _down_to(self, at: int, column: int) -> str:
        return f"{ref(FIRST, column, 'rc')}:{ref(at, column, 'c')}"

    def place(self, at: int) -> str:
        """The line of the unit in the sorted ranking: ranked ones, then those left out, then those who sent
        nothing.
        """
        ranks, rank, totals = self.plan.range(RANK), ref(at, RANK, "c"), self.plan.range(TOTAL_SCORE)
        so_far = {column: self._down_to(at, column) for column in (RANK, TOTAL_SCORE)}
        ranked = f"{rank}+COUNTIF({so_far[RANK]},{rank})-1"
        if FIRST_OF_RUNG in self.plan.standing:
            ranked = f'COUNTIF({ranks},"<"&{rank})+COUNTIF({so_far[RANK]},{rank})'
        left_out = f'COUNT({ranks})+SUMPRODUCT(({so_far[RANK]}="")*({so_far[TOTAL_SCORE]}<>""))'
        nothing = (
            f'COUNT({ranks})+SUMPRODUCT(({ranks}="")*({totals}<>""))+SUMPRODUCT(--({so_far[TOTAL_SCORE]}=""))'
        )
        return f'IF({rank}<>"",{ranked},IF({ref(at, TOTAL_SCORE, "c")}<>"",{left_out},{nothing}))'

    def status(self, at: int) -> str:
        """Provisional as soon as one KPI is. Source: design, section 1."""
        waiting = [
            f'{plan.outside(at - FIRST, plan.status)}="{self.provisional}"' for plan in self.kpis.values()
        ]
        waiting += self.others(at)
        sent = f'IF(OR({",".join(waiting)}),"{self.provisional}","")'
        if len(self.unsent) == 1:
            return f'IF({self._unsent(at)},"{self.unsent[0]}",{sent})'
        return f"IF(OR({self._unsent(at)}),{ref(at, SENT, 'c')},{sent})"

    def if_sent(self, at: int, formula: str) -> str:
        """A formula that gives nothing for a unit that has sent nothing."""
        return f'IF(OR({self._unsent(at)}),"",{formula})'

    def _unsent(self, at: int) -> str:
        """What OR is given to tell that the unit sent nothing that counts."""
        return ",".join(f'{ref(at, SENT, "c")}="{word}"' for word in self.unsent)

    def leaf(self, at: int, code: str) -> str:
        """The score on the KPI's own sheet."""
        return self.kpis[code].outside(at - FIRST, self.kpis[code].score)

    def weight(self, at: int, code: str) -> str:
        """A weight that all units share, where it stands among those that they don't."""
        return ref(WEIGHT_ROW, self.plan.column(code), "rc")

    def breaker(self, at: int, code: str) -> str:
        """A node's score as ties are broken by it."""
        cell = ref(at, self.plan.column(code))
        return f"IF(ISNUMBER({cell}),{tree.rounded_formula(cell)},{LEAST:g})"

    def mean(self, column: int) -> str:
        """The mean of all units that have a number in a column."""
        cells = self.plan.range(column)
        return f'IF(COUNT({cells})=0,"",ROUND(AVERAGE({cells}),9))'

    def weakest(self, at: int, column: int) -> str:
        """A mark below a KPI whose mean, in row ``at``, is one of the three lowest."""
        here = ref(at, column)
        lower = "+".join(
            f"SUMPRODUCT(--({span((at, first), (at, last), 'rc')}<{here}))"
            for first, last in _runs(
                [self.plan.column(code) for code in self.plan.nodes if code in self.leaves]
            )
        )
        return f'IF(ISNUMBER({here}),IF({lower}<3,"▼",""),"")'


def _runs(columns: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbouring columns as first and last."""
    runs: list[tuple[int, int]] = []
    for column in sorted(columns):
        if runs and column == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return runs
