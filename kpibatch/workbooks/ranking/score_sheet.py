"""The sheet คะแนนรายตัวชี้วัด: units × nodes, live, down to the total, the rating and the rank.

Siblings stand side by side (breadth first), so every node's score is one SUMPRODUCT of its children and their
weights.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from kpibatch.base.addresses import quoted, ref, span
from kpibatch.base.catalogue import Words
from kpibatch.books.write import Content, Formula, Sheet
from kpibatch.rules.levels import LevelTables
from kpibatch.rules.records import TOTAL, Unit
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import LEAST, Status, rank_formula, round_half_up, rounded_formula
from kpibatch.workbooks.ranking.formulas import KpiPlan

CODE, NAME, SENT, TOTAL_SCORE, PERCENT, RATING, KEY, RANK, PLACE, STATUS, FIRST_NODE = range(11)
_TOP_ROW, _WEIGHT_ROW, FIRST = 4, 5, 6
_NODE_WIDTH = 8.5


@dataclass(frozen=True)
class ScorePlan:
    """Where the sheet's columns stand; ``rating`` is the pair of ranges (thresholds, words) of the criteria
    sheet.
    """

    sheet: str
    nodes: tuple[str, ...]
    breakers: tuple[str, ...]
    units: int
    rating: tuple[str, str]

    def column(self, node: str) -> int:
        return FIRST_NODE + self.nodes.index(node)

    def breaker(self, number: int) -> int:
        return FIRST_NODE + len(self.nodes) + number

    @property
    def last(self) -> int:
        return FIRST + self.units - 1

    def range(self, column: int, *, outside: bool = False) -> str:
        """All units' cells of a column."""
        cells = span((FIRST, column), (self.last, column), "rc")
        return f"{quoted(self.sheet)}!{cells}" if outside else cells


def plan_scores(
    sheet: str, tables: LevelTables, breakers: tuple[str, ...], rating: tuple[str, str]
) -> ScorePlan:
    """Lay the sheet out."""
    return ScorePlan(
        sheet, tuple(node.code for node in tables.breadth_first()), breakers, len(tables.units), rating
    )


class ScoreWriter:
    """Writes the sheet from the outcome; leaves refer to the KPIs' own sheets."""

    def __init__(self, outcome: Outcome, sheet: Sheet, plan: ScorePlan, kpis: Mapping[str, KpiPlan]) -> None:
        self.outcome, self.sheet, self.plan, self.kpis = outcome, sheet, plan, kpis
        self.tables, self.say = outcome.tables, Words("sheet", outcome.language)
        self.places = {standing.unit: place for place, standing in enumerate(outcome.standings, 1)}

    def write(self, subtitle: str) -> None:
        self.sheet.widths(
            9,
            26,
            16,
            11,
            11,
            18,
            12,
            10,
            10,
            15,
            *[_NODE_WIDTH] * len(self.plan.nodes),
            *[11] * len(self.plan.breakers),
        )
        self.sheet.put(0, 0, self.say("scores-title"), "title")
        self.sheet.height(0, 2)
        self.sheet.put(1, 0, subtitle, "subtitle")
        self.sheet.put(2, 0, self.say("scores-guide"), "quiet")
        self._headings()
        for row, unit in enumerate(self.tables.units):
            self._unit(row, unit)
        self._means()
        self._heat()
        self._chart()
        self.sheet.raw.set_column(KEY, KEY, 12, None, {"hidden": True})
        self.sheet.raw.set_column(PLACE, PLACE, 10, None, {"hidden": True})
        self.sheet.raw.freeze_panes(FIRST, 2)
        self.sheet.page(
            top=3, bottom=_WEIGHT_ROW, last=(self.plan.last + 14, FIRST_NODE + len(self.plan.nodes) - 1)
        )
        self.sheet.lock()

    def _headings(self) -> None:
        names = [
            self.say(name)
            for name in (
                "unit-code",
                "unit",
                "sent",
                "total",
                "percent",
                "rating",
                "rank-key",
                "rank",
                "place",
                "status",
            )
        ]
        names[1] = self.tables.round.unit_noun
        self.sheet.put_row(3, 0, names, "head")
        self.sheet.height(3, 2)
        self.sheet.put_row(_TOP_ROW, 0, ["", self.say("full-score"), ""], "section")
        self.sheet.put(_TOP_ROW, TOTAL_SCORE, self.tables.top_score, "section", "points")
        self.sheet.put_row(_TOP_ROW, PERCENT, [""] * (FIRST_NODE - PERCENT), "section")
        self.sheet.put_row(_WEIGHT_ROW, 0, ["", self.say("weight"), *[""] * (FIRST_NODE - 2)], "section")
        self.sheet.height(_TOP_ROW, 8)
        for code in self.plan.nodes:
            node, column = self.tables.node[code], self.plan.column(code)
            if code in self.kpis:
                self.sheet.link(3, column, f"{quoted(self.kpis[code].sheet)}!A1", code, "head", "head-link")
            else:
                self.sheet.put(3, column, code, "head")
            self.sheet.put(
                _TOP_ROW,
                column,
                node.name,
                "section",
                "wrap",
                font_size=13,
                bold=False,
                rotation=90,
                valign="bottom",
            )
            self.sheet.put(_WEIGHT_ROW, column, node.weight, "section", "input", "number", align="center")
        for number, code in enumerate(self.plan.breakers):
            self.sheet.put(3, self.plan.breaker(number), self.say("breaker", code=code), "head")

    def _unit(self, row: int, unit: Unit) -> None:
        at, standing = FIRST + row, self.outcome.standing[unit.code]
        self.sheet.put(at, CODE, unit.code, "cell", "code")
        self.sheet.put(at, NAME, unit.name, "cell")
        self.sheet.put(at, SENT, self._sent(unit.code), "cell", "centre", "input")
        blank = standing.total != standing.total
        results: dict[int, tuple[str, Content, str]] = {
            TOTAL_SCORE: (self._total(at), "" if blank else standing.total, "score"),
            PERCENT: (
                self._if_total(at, f"100*{ref(at, TOTAL_SCORE, 'c')}/{ref(_TOP_ROW, TOTAL_SCORE, 'rc')}"),
                "" if blank else standing.percent,
                "percent",
            ),
            RATING: (self._rating(at), standing.rating, "centre"),
            KEY: (self._key(at), standing.total if standing.rank else "", "score"),
            RANK: (self._rank(at), standing.rank or "", "level"),
            PLACE: (self._place(at), self.places[unit.code], "whole"),
            STATUS: (self._status(at, row), self._status_word(standing.status), "centre"),
        }
        for column, (formula, result, style) in results.items():
            assert isinstance(result, str | int | float)
            self.sheet.put(at, column, Formula(formula, result), "cell", style)
        for code in self.plan.nodes:
            self._node(at, row, code, blank)
        for number, code in enumerate(self.plan.breakers):
            score = self._score(row, code)
            result = LEAST if blank or score != score else float(round_half_up(np.array([score]))[0])
            cell = ref(at, self.plan.column(code))
            formula = f"IF(ISNUMBER({cell}),{rounded_formula(cell)},{LEAST:g})"
            self.sheet.put(at, self.plan.breaker(number), Formula(formula, result), "cell", "score")

    def _sent(self, unit: str) -> str:
        return self.say(
            "sent-late"
            if unit in self.outcome.late
            else "sent-yes"
            if unit in self.outcome.sent
            else "not-sent"
        )

    def _status_word(self, status: Status) -> str:
        return {Status.NOT_SUBMITTED: self.say("not-sent"), Status.PROVISIONAL: self.say("provisional")}.get(
            status, ""
        )

    def _score(self, row: int, code: str) -> float:
        return float(self.outcome.scores.scores[code].to_numpy(float)[row])

    def _mean_of(self, at: int, children: list[str]) -> tuple[str, str]:
        """The weighted sum and the sum of weights of the children that have a score."""
        first, last = self.plan.column(children[0]), self.plan.column(children[-1])
        weights = span((_WEIGHT_ROW, first), (_WEIGHT_ROW, last), "rc")
        scores = span((at, first), (at, last))
        return f"SUMPRODUCT({weights},{scores})", f"SUMPRODUCT({weights},--ISNUMBER({scores}))"

    def _total(self, at: int) -> str:
        upper, lower = self._mean_of(at, [node.code for node in self.tables.children(TOTAL)])
        not_sent = f'{ref(at, SENT, "c")}="{self.say("not-sent")}"'
        return f'IF(OR({not_sent},{lower}=0),"",{rounded_formula(f"{upper}/{lower}")})'

    def _if_total(self, at: int, formula: str) -> str:
        return f'IF({ref(at, TOTAL_SCORE, "c")}="","",{formula})'

    def _rating(self, at: int) -> str:
        thresholds, words = self.plan.rating
        percent = ref(at, PERCENT, "c")
        return f'IF({percent}="","",IFERROR(LOOKUP(ROUND({percent},9),{thresholds},{words}),""))'

    def _key(self, at: int) -> str:
        total = ref(at, TOTAL_SCORE, "c")
        if self.outcome.config.ranking.incomplete == "exclude":
            return f'IF({ref(at, STATUS, "c")}<>"","",{total})'
        return f'IF({total}="","",{total})'

    def _rank(self, at: int) -> str:
        """The tie policy as a formula."""
        breakers = map(self.plan.breaker, range(len(self.plan.breakers)))
        cells = [(ref(at, column, "c"), self.plan.range(column)) for column in breakers]
        return rank_formula(ref(at, KEY, "c"), self.plan.range(KEY), cells)

    def _place(self, at: int) -> str:
        """The line of the unit in the sorted ranking: ranked ones, then those left out, then those who sent
        nothing.
        """
        ranks, rank, totals = self.plan.range(RANK), ref(at, RANK, "c"), self.plan.range(TOTAL_SCORE)
        so_far = {
            column: f"{ref(FIRST, column, 'rc')}:{ref(at, column, 'c')}" for column in (RANK, TOTAL_SCORE)
        }
        ranked = f"{rank}+COUNTIF({so_far[RANK]},{rank})-1"
        left_out = f'COUNT({ranks})+SUMPRODUCT(({so_far[RANK]}="")*({so_far[TOTAL_SCORE]}<>""))'
        nothing = (
            f'COUNT({ranks})+SUMPRODUCT(({ranks}="")*({totals}<>""))+SUMPRODUCT(--({so_far[TOTAL_SCORE]}=""))'
        )
        return f'IF({rank}<>"",{ranked},IF({ref(at, TOTAL_SCORE, "c")}<>"",{left_out},{nothing}))'

    def _status(self, at: int, row: int) -> str:
        word = self.say("provisional")
        waiting = [f'{plan.outside(row, plan.status)}="{word}"' for plan in self.kpis.values()]
        not_sent = self.say("not-sent")
        return f'IF({ref(at, SENT, "c")}="{not_sent}","{not_sent}",IF(OR({",".join(waiting)}),"{word}",""))'

    def _node(self, at: int, row: int, code: str, blank: bool) -> None:
        score = self._score(row, code)
        applies = score == score
        if code in self.kpis:
            result: str | float = ("" if blank else score) if applies else "–"
            formula = self.kpis[code].outside(row, self.kpis[code].score)
        else:
            result = "" if blank or not applies else score
            upper, lower = self._mean_of(at, [node.code for node in self.tables.children(code)])
            formula = f'IF({lower}=0,"",{upper}/{lower})'
        self.sheet.put(
            at,
            self.plan.column(code),
            Formula(formula, result),
            "cell",
            "points",
            **({} if code in self.kpis else {"bold": True}),
        )

    def _means(self) -> None:
        at = self.plan.last + 1
        self.sheet.put_row(at, 0, ["", self.say("mean"), *[""] * (FIRST_NODE - 2)], "section")
        self.sheet.put_row(at + 1, 0, ["", self.say("weakest"), *[""] * (FIRST_NODE - 2)], "section")
        sent = [row for row, unit in enumerate(self.tables.units) if unit.code in self.outcome.sent]
        totals = [self.outcome.standing[self.tables.units[row].code].total for row in sent]
        self._mean(at, TOTAL_SCORE, totals)
        means = {
            code: self._mean(at, self.plan.column(code), [self._score(row, code) for row in sent])
            for code in self.plan.nodes
        }
        leaves = [code for code in self.plan.nodes if code in self.kpis]
        known = [means[code] for code in leaves if means[code] == means[code]]
        runs = _runs([self.plan.column(code) for code in leaves])
        for code in self.plan.nodes:
            column = self.plan.column(code)
            if code not in self.kpis:
                self.sheet.put(at + 1, column, "", "section")
                continue
            here = ref(at, column)
            weaker = "+".join(
                f"SUMPRODUCT(--({span((at, first), (at, last), 'rc')}<{here}))" for first, last in runs
            )
            weak = means[code] == means[code] and sum(mean < means[code] for mean in known) < 3
            self.sheet.put(
                at + 1,
                column,
                Formula(f'IF(ISNUMBER({here}),IF({weaker}<3,"▼",""),"")', "▼" if weak else ""),
                "section",
                "centre",
            )

    def _mean(self, at: int, column: int, values: list[float]) -> float:
        known = [value for value in values if value == value]
        mean = _as_round(sum(known) / len(known)) if known else float("nan")
        cells = self.plan.range(column)
        self.sheet.put(
            at,
            column,
            Formula(f'IF(COUNT({cells})=0,"",ROUND(AVERAGE({cells}),9))', mean if known else ""),
            "section",
            "points",
        )
        return mean

    def _heat(self) -> None:
        low, high = self.tables.round.below_one, self.tables.top_score
        scale: dict[str, object] = {
            "type": "3_color_scale",
            "min_type": "num",
            "mid_type": "num",
            "max_type": "num",
        }
        scale |= {"min_value": low, "mid_value": (low + high) / 2, "max_value": high}
        scale |= {"min_color": "#E58C6F", "mid_color": "#FBF3DA", "max_color": "#8CC0B6"}
        self.sheet.colour((FIRST, FIRST_NODE), (self.plan.last, FIRST_NODE + len(self.plan.nodes) - 1), scale)
        book = self.sheet.book
        for word, style in ((self.say("provisional"), "fair"), (self.say("not-sent"), "poor")):
            rule = {
                "type": "cell",
                "criteria": "==",
                "value": f'"{word}"',
                "format": book.style("cell", "centre", style),
            }
            self.sheet.colour((FIRST, STATUS), (self.plan.last, STATUS), rule)

    def _chart(self) -> None:
        """The units' mean at each KPI, below the table."""
        leaves = [self.plan.column(code) for code in self.plan.nodes if code in self.kpis]
        at, font = self.plan.last + 1, {"name": "TH Sarabun New", "size": 12}
        chart = self.sheet.book.chart("column")
        first, last = min(leaves), max(leaves)
        series = {
            "categories": [self.sheet.name, 3, first, 3, last],
            "values": [self.sheet.name, at, first, at, last],
        }
        chart.add_series({**series, "name": self.say("mean"), "fill": {"color": "#2A7F86"}, "gap": 60})
        chart.set_title({"name": self.say("mean-title"), "name_font": font | {"size": 16, "bold": True}})
        chart.set_legend({"none": True})
        chart.set_y_axis(
            {
                "min": 0,
                "max": self.tables.top_score,
                "num_font": font,
                "major_gridlines": {"visible": True, "line": {"color": "#D9DEE4"}},
            }
        )
        chart.set_x_axis({"num_font": font})
        chart.set_size({"width": 1180, "height": 300})
        self.sheet.raw.insert_chart(
            at + 3, NAME, chart, {"description": self.say("mean-title"), "object_position": 1}
        )


def _as_round(value: float) -> float:
    """Nine decimals as a workbook's ROUND gives them: half up, on the fifteen digits that it knows."""
    return float(Decimal(f"{value:.15g}").quantize(Decimal("1e-9"), ROUND_HALF_UP))


def _runs(columns: list[int]) -> list[tuple[int, int]]:
    """Neighbouring columns as first and last."""
    runs: list[tuple[int, int]] = []
    for column in sorted(columns):
        if runs and column == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return runs
