"""The first sheet of the ranking: the list, the podium, the charts."""

from kpibatch.base.addresses import ref, span
from kpibatch.base.catalogue import Words, say
from kpibatch.base.thai import show_month
from kpibatch.books.write import Content, Formula, Sheet
from kpibatch.rules.records import TOTAL
from kpibatch.scoring.outcome import Outcome
from kpibatch.scoring.rank import Standing, Status
from kpibatch.scoring.trend import Trend
from kpibatch.workbooks.ranking.score_formulas import (
    NAME,
    PERCENT,
    PLACE,
    RANK,
    RATING,
    STATUS,
    TOTAL_SCORE,
    ScorePlan,
)
from kpibatch.workbooks.ranking.trend_sheet import TrendPlan

_MEDALS = ("#F4D774", "#DCE1E7", "#E7C9A9")
_LIST_TOP = 6
_CHARTED = 40


def heading(outcome: Outcome) -> str:
    """What the ranking is of: owner, month and round."""
    tables = outcome.tables
    month = show_month(outcome.month, outcome.language)
    facts = {
        "owner": tables.round.owner,
        "month": month,
        "round": tables.round.number,
        "year": tables.round.fiscal_year,
    }
    return say("sheet.heading", outcome.language, **facts)


class ListSheet:
    """The sheet อันดับ: lines in order of rank, looked up in the scores, so that they sort themselves anew."""

    def __init__(
        self, outcome: Outcome, sheet: Sheet, scores: ScorePlan, months: TrendPlan, trend: Trend
    ) -> None:
        self.outcome, self.sheet, self.scores, self.months, self.trend = outcome, sheet, scores, months, trend
        self.say = Words("sheet", outcome.language)
        self.sections = [node.code for node in outcome.tables.children(TOTAL)]
        self.movement = 6 + len(self.sections)
        self.line = self.movement + 1
        self.status = self.movement + 2
        self.helper = self.status + 1
        self.last = _LIST_TOP + len(outcome.standings)

    def write(self) -> None:
        outcome, tables = self.outcome, self.outcome.tables
        self.sheet.widths(
            9, 10, 32, 13, 13, 20, *[16] * len(self.sections), 12, 16, 18, 8, *[8] * self.months.months
        )
        self.sheet.put(0, 0, self.say("ranking-title", unit=tables.round.unit_noun), "title")
        self.sheet.height(0, 2)
        self.sheet.put(1, 0, heading(outcome), "subtitle")
        self._figures()
        heads = [
            self.say("rank"),
            self.say("unit-code"),
            tables.round.unit_noun,
            self.say("total"),
            self.say("percent"),
            self.say("rating"),
        ]
        heads += [f"{code}  {tables.node[code].name}" for code in self.sections]
        heads += [self.say("movement"), self.say("trend-name"), self.say("status"), self.say("line")]
        self.sheet.put_row(_LIST_TOP, 0, heads, "head")
        self.sheet.height(_LIST_TOP, 3)
        for place, standing in enumerate(outcome.standings, 1):
            self._line(place, standing)
        self._notes()
        self._marks()
        self._chart()
        self.sheet.raw.set_column(self.helper, self.helper + self.months.months, 8, None, {"hidden": True})
        self.sheet.raw.freeze_panes(_LIST_TOP + 1, 3)
        self.sheet.page(top=_LIST_TOP)
        self.sheet.lock()
        self.sheet.book.define(
            "ranking", f"='{self.sheet.name}'!{span((_LIST_TOP, 0), (self.last, self.status), 'rc')}"
        )

    def _figures(self) -> None:
        """Three rows of figures the meeting asks for first."""
        outcome = self.outcome
        totals = [standing.total for standing in outcome.standings if standing.total == standing.total]
        mean: Content = sum(totals) / len(totals) if totals else ""
        cells = self.scores.range(TOTAL_SCORE, outside=True)
        sent, waiting = (
            len(totals),
            sum(standing.status is Status.PROVISIONAL for standing in outcome.standings),
        )
        status = self.scores.range(STATUS, outside=True)
        figures: list[tuple[str, Formula, str]] = [
            ("figure-sent", Formula(f"COUNT({cells})", sent), f'0" / {len(outcome.standings)}"'),
            (
                "figure-mean",
                Formula(f'IF(COUNT({cells})=0,"",AVERAGE({cells}))', mean if isinstance(mean, float) else ""),
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

    def _line(self, place: int, standing: Standing) -> None:
        at, unit = _LIST_TOP + place, self.outcome.tables.unit[standing.unit]
        row = self.outcome.tables.position[standing.unit]
        blank = standing.total != standing.total
        status = {Status.NOT_SUBMITTED: "not-sent", Status.PROVISIONAL: "provisional"}.get(standing.status)
        results: list[tuple[int, str | float, str]] = [
            (RANK, standing.rank or "", "level"),
            (0, unit.code, "code"),
            (NAME, unit.name, "bold"),
            (TOTAL_SCORE, "" if blank else standing.total, "score"),
            (PERCENT, "" if blank else standing.percent, "percent"),
            (RATING, standing.rating, "centre"),
            *(
                (self.scores.column(code), self._section(row, code, blank), "points")
                for code in self.sections
            ),
        ]
        line = ref(at, self.helper, "c")
        for column, (source, result, style) in enumerate(results):
            self.sheet.put(
                at,
                column,
                Formula(f"INDEX({self.scores.range(source, outside=True)},{line})", result),
                "cell",
                style,
            )
        shown = f"INDEX({self.scores.range(STATUS, outside=True)},{line})"
        self.sheet.put(at, self.status, Formula(shown, self.say(status) if status else ""), "cell", "centre")
        self._moved(at, line, standing.unit)
        found = f"MATCH(ROW()-{_LIST_TOP + 1},{self.scores.range(PLACE, outside=True)},0)"
        self.sheet.put(at, self.helper, Formula(found, row + 1), "quiet")

    def _moved(self, at: int, line: str, unit: str) -> None:
        """Ranks gained since the month before, and the percents so far as a sparkline over the hidden columns
        at the right.
        """
        moved = self.trend.movement(unit)
        content: Content = ""
        if self.trend.before is not None:
            was = f"INDEX({self.months.range(self.months.rank(self.months.months - 2))},{line})"
            now = ref(at, 0, "c")
            content = Formula(
                f'IF(AND(ISNUMBER({now}),ISNUMBER({was})),{was}-{now},"")', "" if moved is None else moved
            )
        self.sheet.put(at, self.movement, content, "cell", "centre", num_format='"▲"0;"▼"0;"–"')
        self.sheet.put(at, self.line, "", "cell")
        for number, month in enumerate(self.trend.months):
            percent = month.percent.get(unit)
            source = f"INDEX({self.months.range(self.months.percent(number))},{line})"
            formula = Formula(f'IF(ISNUMBER({source}),{source},"")', "" if percent is None else percent)
            self.sheet.put(at, self.helper + 1 + number, formula, "percent")
        first, last = self.helper + 1, self.helper + self.months.months
        shape = {
            "range": f"'{self.sheet.name}'!{span((at, first), (at, last))}",
            "markers": True,
            "show_hidden": True,
        }
        self.sheet.raw.add_sparkline(at, self.line, shape | {"series_color": "#2A7F86", "min": 0, "max": 100})

    def _section(self, row: int, code: str, blank: bool) -> str | float:
        score = float(self.outcome.scores.scores[code].to_numpy(float)[row])
        return "" if blank or score != score else score

    def _notes(self) -> None:
        names = [self.say("note-live"), self.say("note-ties"), self.say("note-provisional")]
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
        for word, style in ((self.say("provisional"), "fair"), (self.say("not-sent"), "poor")):
            rule = {
                "type": "cell",
                "criteria": "==",
                "value": f'"{word}"',
                "format": book.style("centre", style),
            }
            self.sheet.colour((first, self.status), (self.last, self.status), rule)

    def _chart(self) -> None:
        shown = min(len(self.outcome.standings), _CHARTED)
        first, last = _LIST_TOP + 1, _LIST_TOP + shown
        chart = self.sheet.book.chart("bar")
        font = {"name": "TH Sarabun New", "size": 12}
        chart.add_series(
            {
                "name": self.say("percent"),
                "categories": [self.sheet.name, first, 2, last, 2],
                "values": [self.sheet.name, first, 4, last, 4],
                "fill": {"color": "#2A7F86"},
                "gap": 40,
                "data_labels": {"value": True, "num_format": "0.0", "font": font},
            }
        )
        chart.set_title(
            {
                "name": self.say("chart-title"),
                "name_font": font | {"size": 16, "bold": True},
                "overlay": False,
            }
        )
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True, "num_font": font})
        chart.set_x_axis(
            {
                "min": 0,
                "max": 100,
                "num_font": font,
                "major_gridlines": {"visible": True, "line": {"color": "#D9DEE4"}},
                "label_position": "low",
            }
        )
        chart.set_size({"width": 620, "height": 32 * (shown + 2) + 40})
        options = {"description": self.say("chart-alt"), "object_position": 1, "x_offset": 12}
        self.sheet.raw.insert_chart(_LIST_TOP, self.helper + 1 + self.months.months, chart, options)
