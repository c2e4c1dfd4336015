"""The first sheet of the ranking: the list, the podium, the charts."""

from collections.abc import Callable, Iterator

from kpibatch.base.addresses import ref, span
from kpibatch.base.catalogue import Words, say
from kpibatch.base.config import LEFT_OUT
from kpibatch.base.thai import show_month
from kpibatch.books.columns import Column, put_heads, put_line, set_widths, show_exact
from kpibatch.books.look import TEAL, lines_of
from kpibatch.books.write import Formula, Sheet
from kpibatch.intake.past import PastMonth
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Standing, Status
from kpibatch.scoring.trend import Trend
from kpibatch.workbooks.ranking.charts import BARS, CATEGORIES, LETTERS, titled_chart, values_up_to
from kpibatch.workbooks.ranking.score_formulas import (
    CODE,
    GROUP,
    GROUP_RANK,
    NAME,
    PERCENT,
    PLACE,
    RANK,
    RATING,
    STATUS,
    TOTAL_SCORE,
    ScorePlan,
    status_name,
    unsent_names,
)
from kpibatch.workbooks.ranking.trend_sheet import TrendPlan

_MEDALS = ("#F4D774", "#DCE1E7", "#E7C9A9")
_LIST_TOP = 6
_SECTION_WIDTH, _TALLEST = 16.0, 8
_CHARTED = 40


def heading(outcome: Outcome) -> str:
    """What the ranking is of: owner, month and round."""
    tables = outcome.tables
    month = show_month(outcome.month, outcome.language)
    facts = {
        "owner": tables.round.owner,
        "month": month,
        "round": tables.round.number,
        "year": tables.round.year(outcome.language),
    }
    return say("sheet.heading", outcome.language, **facts)


class ListSheet:
    """The sheet อันดับ: lines in order of rank, looked up in the scores, so that they sort themselves anew.

    Source: design, section 4.
    """

    def __init__(
        self, outcome: Outcome, sheet: Sheet, scores: ScorePlan, months: TrendPlan, trend: Trend
    ) -> None:
        self.outcome, self.sheet, self.scores, self.months, self.trend = outcome, sheet, scores, months, trend
        self.say = Words("sheet", outcome.language)
        self.sections = [node.code for node in outcome.tables.children(TOTAL)]
        self.grouped = 2 if outcome.config.ranking.within_groups else 0
        self.movement = 6 + self.grouped + len(self.sections)
        self.line = self.movement + 1
        self.status = self.movement + 2
        self.helper = self.status + 1
        self.last = _LIST_TOP + len(outcome.standings)

    def write(self) -> None:
        columns = self.columns()
        set_widths(self.sheet, columns)
        self.sheet.put(0, 0, self.say("ranking-title", unit=self.outcome.tables.round.unit_noun), "title")
        self.sheet.height(0, 2)
        self.sheet.put(1, 0, heading(self.outcome), "subtitle")
        self._figures()
        put_heads(self.sheet, _LIST_TOP, columns)
        most = max((lines_of(self._head(code), _SECTION_WIDTH) for code in self.sections), default=1)
        self.sheet.height(_LIST_TOP, min(max(3, most), _TALLEST))
        for at, standing in enumerate(self.outcome.standings, _LIST_TOP + 1):
            put_line(self.sheet, at, columns, standing)
            self._sparkline(at)
        show_exact(self.sheet, columns, _LIST_TOP + 1, self.last)
        self._notes()
        self._marks()
        self._chart()
        self.sheet.raw.freeze_panes(_LIST_TOP + 1, 3)
        self.sheet.page(top=_LIST_TOP)
        self.sheet.lock()
        self.sheet.book.define(
            "ranking", f"='{self.sheet.name}'!{span((_LIST_TOP, 0), (self.last, self.status), 'rc')}"
        )

    # --- the columns ------------------------------------------------------------------------------------

    def columns(self) -> tuple[Column[Standing], ...]:
        """Rank, unit and results, the sections, what moved; then, hidden, the unit's line in the scores and
        its percents so far.
        """
        sections = (self._section(code) for code in self.sections)
        months = (self._month(number, month) for number, month in enumerate(self.trend.months))
        return (*self._results(), *sections, *self._movement(), self._place(), *months)

    def _results(self) -> Iterator[Column[Standing]]:
        units = self.outcome.tables.unit
        of, noun = self._looked_up, self.outcome.tables.round.unit_noun
        yield Column(self.say("rank"), 9, lambda standing: standing.rank or "", ("cell", "level"), of(RANK))
        yield Column(self.say("unit-code"), 10, lambda standing: standing.unit, ("cell", "code"), of(CODE))
        yield Column(noun, 32, lambda standing: units[standing.unit].name, ("cell", "bold"), of(NAME))
        yield Column(
            self.say("total"), 13, lambda standing: _known(standing.total), ("cell", "score"), of(TOTAL_SCORE)
        )
        yield Column(
            self.say("percent"),
            13,
            lambda standing: _known(standing.percent),
            ("cell", "percent"),
            of(PERCENT),
        )
        yield Column(self.say("rating"), 20, lambda standing: standing.rating, ("cell", "centre"), of(RATING))
        if self.grouped:
            group, rank = (of(self.scores.column_of(name)) for name in (GROUP, GROUP_RANK))
            styles = ("cell", "centre")
            yield Column(self.say(GROUP), 16, lambda each: units[each.unit].group or "–", styles, group)
            yield Column(self.say(GROUP_RANK), 10, lambda each: each.in_group or "", ("cell", "level"), rank)

    def _looked_up(self, column: int) -> Callable[[int], str]:
        """The formula that fetches a column of the scores for the unit of a line."""
        cells = self.scores.range(column, outside=True)
        return lambda at: f"INDEX({cells},{ref(at, self.helper, 'c')})"

    def _section(self, code: str) -> Column[Standing]:
        def result(standing: Standing) -> float | str:
            row = self.outcome.tables.position[standing.unit]
            score = float(self.outcome.scores.scores[code].to_numpy(float)[row])
            if code in self.outcome.scores.kpis and score != score:
                return "–"  # a KPI that stands under nothing and does not apply
            return "" if standing.total != standing.total else _known(score)

        formula = self._looked_up(self.scores.column(code))
        return Column(self._head(code), _SECTION_WIDTH, result, ("cell", "points"), formula)

    def _head(self, code: str) -> str:
        return f"{code}  {self.outcome.tables.node[code].name}"

    def _movement(self) -> Iterator[Column[Standing]]:
        """Ranks gained since the month before, room for the line through the months, and the status."""

        def gained(standing: Standing) -> int | str:
            moved = self.trend.movement(standing.unit)
            return "" if moved is None else moved

        def status(standing: Standing) -> str:
            return self.say(name) if (name := status_name(self.outcome, standing)) else ""

        formula, signs = self._gained if self.trend.before else None, {"num_format": '"▲"0;"▼"0;"–"'}
        yield Column(self.say("movement"), 12, gained, ("cell", "centre"), formula, signs)
        yield Column(self.say("trend-name"), 16, lambda standing: "")
        yield Column(self.say("status"), 18, status, ("cell", "centre"), self._looked_up(STATUS))

    def _gained(self, at: int) -> str:
        earlier = self.months.range(self.months.rank(self.months.months - 2))
        before, now = f"INDEX({earlier},{ref(at, self.helper, 'c')})", ref(at, 0, "c")
        return f'IF(AND(ISNUMBER({now}),ISNUMBER({before})),{before}-{now},"")'

    def _place(self) -> Column[Standing]:
        """Which line of the scores stands here: that of the unit with this place."""
        places = self.scores.range(PLACE, outside=True)
        return Column(
            self.say("line"),
            8,
            lambda standing: self.outcome.tables.position[standing.unit] + 1,
            ("quiet",),
            lambda at: f"MATCH(ROW()-{_LIST_TOP + 1},{places},0)",
            hidden=True,
        )

    def _month(self, number: int, month: PastMonth) -> Column[Standing]:
        cells = self.months.range(self.months.percent(number))

        def formula(at: int) -> str:
            source = f"INDEX({cells},{ref(at, self.helper, 'c')})"
            return f'IF(ISNUMBER({source}),{source},"")'

        return Column(
            "", 8, lambda standing: month.percent.get(standing.unit), ("percent",), formula, hidden=True
        )

    def _sparkline(self, at: int) -> None:
        """A line through the months, over the hidden columns at the right."""
        cells = span((at, self.helper + 1), (at, self.helper + self.months.months))
        shape = {"range": f"'{self.sheet.name}'!{cells}", "markers": True, "show_hidden": True}
        self.sheet.raw.add_sparkline(at, self.line, shape | {"series_color": TEAL, "min": 0, "max": 100})

    # --- above the list ---------------------------------------------------------------------------------

    def _figures(self) -> None:
        """Three rows of figures the meeting asks for first."""
        outcome = self.outcome
        totals = [standing.total for standing in outcome.standings if standing.total == standing.total]
        mean = sum(totals) / len(totals) if totals else ""
        cells = self.scores.range(TOTAL_SCORE, outside=True)
        waiting = sum(standing.status is Status.PROVISIONAL for standing in outcome.standings)
        status = self.scores.range(STATUS, outside=True)
        figures: list[tuple[str, Formula, str]] = [
            ("figure-sent", Formula(f"COUNT({cells})", len(totals)), f'0" / {len(outcome.standings)}"'),
            (
                "figure-mean",
                Formula(f'IF(COUNT({cells})=0,"",AVERAGE({cells}))', mean),
                "0.0000",
            ),
            ("figure-provisional", Formula(f'COUNTIF({status},"{self.say("provisional")}")', waiting), "0"),
        ]
        for (first, last), (name, formula, number_format) in zip(
            ((0, 1), (2, 2), (3, 4)), figures, strict=True
        ):
            self.sheet.put(3, first, self.say(name), "quiet")
            self.sheet.merge_formula(4, first, last, formula, "big", num_format=number_format, align="left")
        for place, (first, last) in enumerate(
            ((5, 5), (6, self.movement - 1), (self.movement, self.status)), 1
        ):
            self._podium(place, first, last)
        self.sheet.height(4, 2)

    def _podium(self, place: int, first: int, last: int) -> None:
        """Who stands on one of the first three lines, as long as the line has a rank."""
        if place > len(self.outcome.standings):
            return
        standing, row = self.outcome.standings[place - 1], _LIST_TOP + place
        name = self.outcome.tables.unit[standing.unit].name if standing.rank else ""
        label = self.say("podium", rank=standing.rank) if standing.rank else ""
        colour = {"bg_color": _MEDALS[place - 1], "align": "center"}
        rank = Formula(f'IF({ref(row, 0)}="","","{self.say("podium", rank="")}"&{ref(row, 0)})', label)
        self.sheet.merge_formula(3, first, last, rank, "bold", **colour)
        self.sheet.merge_formula(
            4,
            first,
            last,
            Formula(f'IF({ref(row, 0)}="","",{ref(row, 2)})', name),
            "bold",
            **colour,
            font_size=18,
            shrink=True,
        )

    # --- below the list, its colours and chart ---------------------------------------------------------

    def _notes(self) -> None:
        ties = "note-ties" if self.outcome.config.ranking.ties == LEFT_OUT else "note-ties-1223"
        names = [self.say("note-live"), self.say(ties), self.say("note-provisional")]
        for offset, text in enumerate(names, self.last + 2):
            self.sheet.put(offset, 0, text, "quiet")

    def _marks(self) -> None:
        first, book = _LIST_TOP + 1, self.sheet.book
        bar = {
            "type": "data_bar",
            "bar_color": "#8CC0B6",
            "bar_solid": True,
            "min_type": "num",
            "max_type": "num",
            "min_value": 0,
            "max_value": 100,
        }
        self.sheet.colour((first, 4), (self.last, 4), bar)
        for rank, colour in enumerate(_MEDALS, 1):
            criteria = f"={ref(first, 0, 'c')}={rank}"
            self.sheet.colour(
                (first, 0),
                (self.last, 2),
                {"type": "formula", "criteria": criteria, "format": book.style(bold=True, bg_color=colour)},
            )
        unsent = [(self.say(name), "poor") for name in unsent_names(self.outcome)]
        for word, style in ((self.say("provisional"), "fair"), *unsent):
            rule = {
                "type": "cell",
                "criteria": "==",
                "value": f'"{word}"',
                "format": book.style("centre", style),
            }
            self.sheet.colour((first, self.status), (self.last, self.status), rule)

    def _chart(self) -> None:
        """The percents of the leading units."""
        first, last = _LIST_TOP + 1, _LIST_TOP + min(len(self.outcome.standings), _CHARTED)
        name, chart = self.sheet.name, titled_chart(self.sheet.book, "bar", self.say("chart-title"))
        cells = {"categories": [name, first, 2, last, 2], "values": [name, first, 4, last, 4]}
        labels = {"value": True, "num_format": "0.00##", "font": LETTERS}
        series = {"name": self.say("percent"), "fill": BARS, "gap": 40, "data_labels": labels}
        chart.add_series(cells | series)
        chart.set_y_axis(CATEGORIES | {"reverse": True})
        chart.set_x_axis(values_up_to(100) | {"label_position": "low"})
        chart.set_size({"width": 620, "height": 32 * (last - _LIST_TOP + 2) + 40})
        options = {"description": self.say("chart-alt"), "object_position": 1, "x_offset": 12}
        self.sheet.raw.insert_chart(_LIST_TOP, self.helper + 1 + self.months.months, chart, options)


def _known(value: float) -> float | str:
    return "" if value != value else value
