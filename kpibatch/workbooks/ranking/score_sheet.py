"""The sheet คะแนนรายตัวชี้วัด: units × nodes, live, down to the total, the rating and the rank."""

from collections.abc import Callable, Iterator
from functools import cached_property, partial

import numpy as np

from kpibatch.base.addresses import quoted
from kpibatch.base.catalogue import Words
from kpibatch.books.columns import Column, put_line, set_widths, show_exact
from kpibatch.books.look import width_of
from kpibatch.books.paper import on_pages
from kpibatch.books.write import Formula, Sheet
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import LEAST, round_half_up
from kpibatch.workbooks.ranking.apart.elsewhere import Elsewhere
from kpibatch.workbooks.ranking.charts import BARS, CATEGORIES, titled_chart, values_up_to
from kpibatch.workbooks.ranking.compared import (
    Beside,
    Line,
    mean_of,
    mean_of_node,
    mean_of_those_who_sent,
    put_among,
    put_caps,
)
from kpibatch.workbooks.ranking.score_formulas import (
    FIRST,
    FIRST_NODE,
    HEAD,
    NAME,
    PERCENT,
    STATUS,
    TOP_ROW,
    TOTAL_SCORE,
    WEIGHT_ROW,
    ScoreFormulas,
    status_name,
    unsent_names,
)

_LEAST_SCALE, _NAMES, _SHORT, _FITTING = 0.45, 196.0, 24, {"shrink": True}


class ScoreWriter:
    """Writes the sheet from the outcome; leaves refer to the KPIs' own sheets, what is taken of the unit
    above to ``elsewhere``.
    """

    def __init__(self, outcome: Outcome, sheet: Sheet, elsewhere: Elsewhere) -> None:
        here = elsewhere.of[outcome.tables.units[0].code]
        self.outcome, self.sheet, self.plan, self.kpis = outcome, sheet, here.scores, here.kpis
        self.elsewhere, self.leaves = elsewhere, tuple(outcome.scores.kpis)
        self.tables, self.say = outcome.tables, Words("sheet", outcome.language)
        self.places = {standing.unit: place for place, standing in enumerate(outcome.standings, 1)}
        unsent = tuple(map(self.say, unsent_names(outcome)))
        complete = outcome.config.ranking.incomplete == "exclude"
        self.formulas = ScoreFormulas(
            self.plan, self.kpis, unsent, self.say("provisional"), complete, self.leaves, self._waiting
        )

    def write(self, subtitle: str) -> None:
        """The sheet by itself, with the chart of means below the list."""
        self.put(self.say("scores-title"), subtitle)
        self.put_chart(self.plan.last + 4, NAME)
        last = self.plan.cap_row - 1
        self.sheet.page(top=HEAD, bottom=WEIGHT_ROW, last=(last, self.plan.last_node))
        seen = [column.width for column in self.columns[: self.plan.last_node + 1] if not column.hidden]
        on_pages(self.sheet, seen, last, _LEAST_SCALE)

    def put(self, title: str, subtitle: str) -> None:
        """All but the chart, and how it is printed."""
        set_widths(self.sheet, self.columns)
        self.sheet.put(0, 0, title, "title")
        self.sheet.height(0, 2)
        self.sheet.put(1, 0, subtitle, "subtitle")
        self.sheet.put(2, 0, self.say("scores-guide"), "quiet")
        self._headings()
        for row, unit in enumerate(self.tables.units):
            line = Line(row, unit, self.outcome.standing[unit.code])
            put_line(self.sheet, FIRST + row, self.columns, line)
        self._means()
        put_caps(self.outcome, self.sheet, self.plan)
        put_among(self.outcome, self.sheet, self.formulas)
        self._heat()
        show_exact(self.sheet, self.columns, FIRST, self.plan.last + 1)
        self.sheet.raw.freeze_panes(FIRST, 2)
        self.sheet.lock()

    # --- the columns ------------------------------------------------------------------------------------

    @cached_property
    def columns(self) -> tuple[Column[Line], ...]:
        """All columns, in the order in which the plan names them."""
        nodes = (self._leaf(code) if code in self.leaves else self._inner(code) for code in self.plan.nodes)
        breakers = (self._breaker(code) for code in self.plan.breakers)
        beside = map(Beside(self.outcome, self.formulas).column, self.plan.standing)
        weights = (self._weight(code) for code in self.plan.weighed)
        means = map(self._mean_of_node, self.plan.compared)
        return (*self._of_unit(), *nodes, *breakers, *beside, *weights, *means, *self._written())

    def _written(self) -> Iterator[Column[Line]]:
        """The totals as they are written now, and whether they still are that."""
        yield Column("=", 8, lambda line: -1 if line.blank else line.standing.total, hidden=True)
        yield Column("≠", 8, lambda line: 0, formula=self.formulas.differs, hidden=True)

    def _of_unit(self) -> Iterator[Column[Line]]:
        formulas, noun = self.formulas, self.tables.round.unit_noun
        yield Column(self.say("unit-code"), 9, lambda line: line.unit.code, ("cell", "code"), extra=_FITTING)
        yield Column(noun, 26, lambda line: line.unit.name, extra=_FITTING)
        yield Column(self.say("sent"), 14, self._sent, ("cell", "centre", "input"), extra=_FITTING)
        capped = self.tables.round.cap is not None
        total = partial(formulas.total, children=self.tables.children(TOTAL), capped=capped)
        yield Column(self.say("total"), 11, self._total, ("cell", "score"), total)
        yield Column(self.say("percent"), 11, self._percent, ("cell", "percent"), formulas.percent)
        rating = self.say("rating")
        yield Column(rating, 14, lambda line: line.standing.rating, ("cell", "centre"), formulas.rating)
        yield Column(self.say("rank-key"), 12, self._key, ("cell", "score"), formulas.key, hidden=True)
        rank = self.say("rank")
        yield Column(rank, 10, lambda line: line.standing.rank or "", ("cell", "level"), formulas.rank)
        yield Column(self.say("place"), 10, self._place, ("cell", "whole"), formulas.place, hidden=True)
        own = bool(self._takers)
        yield Column(self.say("status"), 15, self._status, ("cell", "centre"), formulas.status, own=own)

    def _sent(self, line: Line) -> str:
        late, sent = line.unit.code in self.outcome.late, line.unit.code in self.outcome.sent
        if not sent:
            return self.say("sent-unread" if line.unit.code in self.outcome.unread else "not-sent")
        if line.unit.code in self.outcome.nothing_to_send:
            return self.say("sent-none")
        return self.say("sent-late" if late else "sent-yes")

    def _total(self, line: Line) -> float | str:
        return "" if line.blank else line.standing.total

    def _percent(self, line: Line) -> float | str:
        return "" if line.blank else line.standing.percent

    def _key(self, line: Line) -> float | str:
        return line.standing.total if line.standing.rank else ""

    def _place(self, line: Line) -> int:
        return self.places[line.unit.code]

    def _status(self, line: Line) -> str:
        return self.say(name) if (name := status_name(self.outcome, line.standing)) else ""

    def _leaf(self, code: str) -> Column[Line]:
        def result(line: Line) -> float | str:
            score = self.outcome.scores.score(code, line.row)
            return "–" if score != score else "" if line.blank else score

        own = partial(self.formulas.leaf, code=code) if code in self.kpis else lambda at: '"–"'
        taken = code not in self.kpis and bool(self.tables.taken.get(code))
        formula = self._or_taken(code, own) if taken else own
        return Column(code, 8.5, result, ("cell", "points"), formula, _FITTING, own=taken)

    def _inner(self, code: str) -> Column[Line]:
        def result(line: Line) -> float | str:
            score = self.outcome.scores.score(code, line.row)
            return "" if line.blank or score != score else score

        node, children = self.tables.node[code], self.tables.children(code)
        own = partial(self.formulas.inner, node=node, children=children) if children else lambda at: '""'
        formula, taken = self._or_taken(code, own), bool(self.tables.taken.get(code))
        return Column(code, 8.5, result, ("cell", "points"), formula, _FITTING | {"bold": True}, own=taken)

    def _or_taken(self, code: str, own: Callable[[int], str]) -> Callable[[int], str]:
        """The formula of a node that some units take from the one above; theirs is a reference to it."""
        taken = self.tables.taken.get(code)
        if not taken:
            return own

        def formula(at: int) -> str:
            givers = self.tables.givers(code, self.tables.units[at - FIRST].code, self.outcome.months)
            return self.formulas.if_sent(at, self.elsewhere.taken_over(givers, code)) if givers else own(at)

        return formula

    @cached_property
    def _takers(self) -> frozenset[str]:
        """The units that take something of the one above."""
        return frozenset(unit for taken in self.tables.taken.values() for unit in taken)

    def _waiting(self, at: int) -> list[str]:
        """When the unit in a row is provisional for what it takes of the one above."""
        if not self._takers:
            return []
        unit = self.tables.units[at - FIRST].code
        outer = (code for code in self.plan.nodes if code not in self.kpis)
        takes = ((of, code) for code in outer for of in self.tables.givers(code, unit, self.outcome.months))
        return list(dict.fromkeys(each for pair in takes for each in self.elsewhere.waiting(*pair)))

    def _mean_of_node(self, code: str) -> Column[Line]:
        mean = partial(mean_of_node, self.outcome, code)
        formula = partial(self.formulas.compared, children=self.tables.children(code))
        head = self.say("compared-at", code=code)
        return Column(
            head, 14, lambda line: "" if line.blank else mean(line.row), ("cell", "points"), formula
        )

    def _breaker(self, code: str) -> Column[Line]:
        def result(line: Line) -> float:
            score = self.outcome.scores.score(code, line.row)
            return LEAST if line.blank or score != score else float(round_half_up(np.array([score]))[0])

        head = self.say("breaker", code=code)
        return Column(head, 11, result, ("cell", "score"), partial(self.formulas.breaker, code=code))

    def _weight(self, code: str) -> Column[Line]:
        """A unit's own weight of a node, to be changed; where all have the same, by reference to the head."""

        def result(line: Line) -> float | str:
            there = self.tables.node[code].applies_to(line.unit)
            return self.tables.weights[code][line.row] if there or alike else ""

        head, alike = self.say("weight-of", code=code), self.tables.node[code].weighs_alike
        style = ("cell", "number", "centre")
        if alike:
            return Column(head, 9, result, style, partial(self.formulas.weight, code=code))
        return Column(head, 9, result, (*style, "input"))

    # --- above and below the units ----------------------------------------------------------------------

    def _headings(self) -> None:
        heads = [column.head for column in self.columns]
        self.sheet.put_row(HEAD, 0, heads[:FIRST_NODE], "head")
        self.sheet.height(HEAD, 2)
        self.sheet.put_row(TOP_ROW, 0, ["", self.say("full-score"), ""], "section")
        self.sheet.put(TOP_ROW, TOTAL_SCORE, self.tables.top_score, "section", "points")
        self.sheet.put_row(TOP_ROW, PERCENT, [""] * (FIRST_NODE - PERCENT), "section")
        self.sheet.put_row(WEIGHT_ROW, 0, ["", self.say("weight"), *[""] * (FIRST_NODE - 2)], "section")
        self.sheet.tall(TOP_ROW, self.name_height(_NAMES))
        upright = {"font_size": 13, "bold": False, "rotation": 90, "valign": "bottom"}
        for code in self.plan.nodes:
            node, column = self.tables.node[code], self.plan.column(code)
            if code in self.kpis:
                target = f"{quoted(self.kpis[code].sheet)}!A1"
                self.sheet.link(HEAD, column, target, heads[column], "head", "head-link")
            else:
                self.sheet.put(HEAD, column, heads[column], "head")
            self.sheet.put(TOP_ROW, column, node.name, "section", "wrap", **upright)
            if node.weighs_alike:
                styles = ("section", "input", "number")
                self.sheet.put(WEIGHT_ROW, column, node.weight, *styles, align="center")
            else:
                self.sheet.put(
                    WEIGHT_ROW, column, self.say("weight-by-unit"), "section", "centre", shrink=True
                )
        self.sheet.put_row(HEAD, self.plan.breaker(0), heads[self.plan.breaker(0) :], "head")

    def name_height(self, short: float) -> float:
        """How tall the row of the nodes' names is, which stand upright: ``short`` where all of them are."""
        longest = max(width_of(self.tables.node[code].name) for code in self.plan.nodes)
        return short if longest <= _SHORT else min(400.0, max(_NAMES, 24 + 3.1 * longest))

    def _means(self) -> None:
        """The units' mean at each node, and a mark below the weakest KPIs."""
        at = self.plan.last + 1
        for offset, name in enumerate(("mean", "weakest")):
            self.sheet.put_row(at + offset, 0, ["", self.say(name), *[""] * (FIRST_NODE - 2)], "section")
        self._mean(TOTAL_SCORE, mean_of([standing.total for standing in self.outcome.standings]))
        means = mean_of_those_who_sent(self.outcome)
        for code, mean in means.items():
            self._mean(self.plan.column(code), mean)
        for code, mean in means.items():
            column = self.plan.column(code)
            if code in self.leaves:
                weak = mean == mean and sum(means[other] < mean for other in self.leaves) < 3
                mark = Formula(self.formulas.weakest(at, column), "▼" if weak else "")
                self.sheet.put(at + 1, column, mark, "section", "centre")
            else:
                self.sheet.put(at + 1, column, "", "section")

    def _mean(self, column: int, mean: float) -> None:
        content = Formula(self.formulas.mean(column), mean if mean == mean else "")
        self.sheet.put(self.plan.last + 1, column, content, "section", "points", **_FITTING)

    # --- colours and chart ------------------------------------------------------------------------------

    def _heat(self) -> None:
        low, high = self.tables.round.below_one, self.tables.top_score
        ends = {f"{end}_type": "num" for end in ("min", "mid", "max")}
        values = {"min_value": low, "mid_value": (low + high) / 2, "max_value": high}
        colours = {"min_color": "#E58C6F", "mid_color": "#FBF3DA", "max_color": "#8CC0B6"}
        scale = {"type": "3_color_scale"} | ends | values | colours
        self.sheet.colour((FIRST, FIRST_NODE), (self.plan.last, self.plan.last_node), scale)
        for name, style in (
            ("provisional", "fair"),
            *((name, "poor") for name in unsent_names(self.outcome)),
        ):
            form = self.sheet.book.style("cell", "centre", style)
            rule = {"type": "cell", "criteria": "==", "value": f'"{self.say(name)}"', "format": form}
            self.sheet.colour((FIRST, STATUS), (self.plan.last, STATUS), rule)

    def put_chart(self, row: int, column: int) -> None:
        """The units' mean at each KPI, placed there."""
        leaves = [self.plan.column(code) for code in self.plan.nodes if code in self.leaves]
        if not leaves:
            return
        at, first, last, name = self.plan.last + 1, min(leaves), max(leaves), self.sheet.name
        chart = titled_chart(self.sheet.book, "column", self.say("mean-title"))
        cells = {"categories": [name, HEAD, first, HEAD, last], "values": [name, at, first, at, last]}
        chart.add_series({**cells, "name": self.say("mean"), "fill": BARS, "gap": 60})
        chart.set_y_axis(values_up_to(self.tables.top_score))
        chart.set_x_axis(CATEGORIES)
        chart.set_size({"width": 1180, "height": 300})
        place = {"description": self.say("mean-title"), "object_position": 1}
        self.sheet.raw.insert_chart(row, column, chart, place)
