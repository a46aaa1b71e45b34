"""The figures of the report: chart, title, subtitle, alternative text, source and the data underneath."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass, replace
from typing import Final, get_args

import pandas as pd
from matplotlib.figure import Figure

from analysis import charts
from analysis.charts.placing import NoRoomError
from analysis.charts.style import missing_glyphs
from analysis.indicators.catalogue import QUANTITIES
from analysis.indicators.values import USABLE
from analysis.render.blocks import Cell, Column, Display, Graphic, Lines, Muted, Row, Table
from analysis.render.plain_blocks import plain
from analysis.report import claims, plotted
from analysis.report.claims import QUANTITY_STYLE
from analysis.report.numbering import numbered
from analysis.report.page import Page
from analysis.report.standing_out import ENDS, StandsOut, drawn_units
from analysis.words import Text, formats
from analysis.words.formats import DASH, code_point

WIDTHS: Final[tuple[charts.Width, ...]] = get_args(charts.Width)


@dataclass(frozen=True)
class Drawing:
    """A figure of the report before it is drawn: for a page, or for an analyst who asks for it.

    Attributes:
        page: the page.
        id: id of the figure, which has a number of its own on this kind of page.
        frame: the plotted rows.
        draw: the chart of such rows at a width.
        title: the finding.
        subtitle: what is drawn, unit and period.
        alt: the finding and the figures in words.
        source: the source line.
        data: the plotted rows as a table.
        printed: whether the data say more than the drawing, so that the PDF has them too.
        by: what makes a unit stand out, where there are more than can be drawn; None where all are drawn.
    """

    page: Page
    id: str
    frame: pd.DataFrame
    draw: Callable[[pd.DataFrame, charts.Width], Figure]
    _: KW_ONLY
    title: Text
    subtitle: Text | str
    alt: Text
    source: str
    data: Table
    printed: bool = False
    by: StandsOut | None = ENDS

    def graphic(self) -> Graphic | Table:
        """Return the figure drawn twice, for a wide page and for a phone; its number names the data under it.

        Of many units those are drawn that stand out. What finds no place in a drawing is given as a table that says so.
        """
        number = numbered(self.page, self.id)
        caption = Text(self.page.label("figure_data", number=number))
        frame, subtitle = self._chosen()
        try:
            with charts.report_style():
                told = _drawable(frame)
                wide, slim = (
                    charts.to_picture(self.draw(told, width), f"{self.id}-{width[0]}") for width in WIDTHS
                )
        except (NoRoomError, charts.ChartLayoutError):
            instead = self.page.words.series([self.subtitle, self.page.label("figure_instead")])
            return replace(
                self.data,
                id=self.id,
                caption=self.title,
                caption_hidden=False,
                subtitle=instead,
                number=number,
                source=self.source,
                mark=self.page.mark,
            )
        return Graphic(
            id=self.id,
            number=number,
            title=self.title,
            subtitle=subtitle,
            alt=self.alt,
            wide=wide,
            slim=slim,
            source=self.source,
            mark=self.page.mark,
            data=replace(self.data, caption=caption, caption_hidden=True, number="", source="", mark=""),
            data_in_pdf=self.printed,
        )

    def _chosen(self) -> tuple[pd.DataFrame, Text | str]:
        """Return the rows to draw, and the subtitle, which says where not all units are."""
        e = self.page.evidence
        names = {e.short(code) for code in e.roll.codes}
        frame = self.frame if self.by is None else drawn_units(self.frame, names, self.by)
        if len(frame) == len(self.frame):
            return frame, self.subtitle
        drawn, every = (len(names & set(rows["unit_name"])) for rows in (frame, self.frame))
        chosen = self.page.label("figure_chosen", drawn=formats.number(drawn), every=formats.number(every))
        return frame, self.page.words.series([self.subtitle, chosen])

    def figure(self, narrowed: str = "") -> Figure:
        """Return the wide chart as a matplotlib figure with its title, what is drawn, and its source.

        Args:
            narrowed: short name of a unit: only its marks are drawn, and those of the whole (the city, the mean).

        Raises:
            LookupError: the chart shows the whole only, nothing of a single unit.
        """
        title, (frame, subtitle) = plain(self.title), self._chosen()
        if narrowed:
            frame, subtitle = self.frame, self.subtitle
            if "unit_name" not in frame.columns or narrowed not in set(frame["unit_name"]):
                raise LookupError(narrowed)
            others = {self.page.evidence.short(code) for code in self.page.evidence.roll.codes} - {narrowed}
            # what the finding says is said of all units
            title, frame = narrowed, frame[~frame["unit_name"].isin(others)].reset_index(drop=True)
        source = " ".join(part for part in (self.source, self.page.mark) if part)
        return charts.headed(self.draw(_drawable(frame), "wide"), title, plain(subtitle), source)


def _drawable(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the plotted rows with what the font of the charts lacks as code points."""

    def told(text: object) -> object:
        signs = missing_glyphs(text) if isinstance(text, str) else ""
        return str(text).translate({ord(sign): code_point(sign) for sign in signs}) if signs else text

    named = [str(name) for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.assign(**{name: frame[name].map(told) for name in named})


def drawn(parts: Iterable[Display | Drawing | None]) -> tuple[Display, ...]:
    """Return the parts of a section that there are, its figures drawn."""
    return tuple(part.graphic() if isinstance(part, Drawing) else part for part in parts if part is not None)


def scores(page: Page) -> Drawing:
    """Return the heat map of points obtained by dimension."""
    e = page.evidence
    frame = plotted.scores_by_unit_dimension(e, page.dimensions)
    return Drawing(
        page,
        "fig-scores",
        frame,
        lambda frame, width: charts.score_heatmap(
            frame, page.words, width, possible=page.whole_of_all, best=e.best_grade
        ),
        title=claims.heat_title(e, page.dimensions),
        subtitle=page.label("results.heat_sub", period=page.period_name),
        alt=claims.heat_alt(e, page.dimensions),
        source=page.source(frame["row"], scores=True),
        data=_scores_data(page),
    )


def _scores_data(page: Page) -> Table:
    e = page.evidence
    columns = [Column("unit", page.label("board.unit"))]
    columns += [Column(code, name, align="right") for code, name in page.dimensions.items()]
    columns.append(Column("total", page.label("board.score"), align="right"))
    rows = []
    for grade in e.by_score:
        shown = (cell_of_score(page, grade["unit"], code) for code in (*page.dimensions, "total"))
        rows.append(Row((e.short(grade["unit"]), *shown), unit=grade["unit"]))
    # the drawing shows shares of the points possible, the table under it the points
    subtitle = page.label("results.heat_data_sub", period=page.period_name)
    return Table("data-scores", "", tuple(columns), tuple(rows), subtitle=subtitle)


def cell_of_score(page: Page, unit: str, indicator: str) -> Cell:
    """Return the cell of a unit's score for an indicator or dimension; a dash where it is of another class."""
    if not page.evidence.has_score(unit, indicator):
        return Cell(DASH, None)
    return score_cell(page, page.evidence.score(unit, indicator))


def score_cell(page: Page, score: claims.Row) -> Cell:
    """Return the cell of a score with its marked points; a dash where there are none."""
    if not score["points"]:
        return Cell(DASH, None)
    return Cell(Text(page.evidence.figure(score, "scored", "points")), float(score["points"]))


def declines(page: Page) -> Drawing:
    """Return the dumbbells of the three declines."""
    e = page.evidence
    frame = plotted.changes_by_unit_measure(e)
    return Drawing(
        page,
        "fig-declines",
        frame,
        lambda frame, width: charts.declines(frame, page.words, width),
        title=claims.change_title(e),
        subtitle=page.words.series(
            part
            for part in (Text(page.label("declines.sub", **_both(e))), claims.changes_by_chance(e))
            if part
        ),
        alt=claims.change_alt(e),
        source=page.source(frame["row"]),
        data=changes_table(page, [*e.roll.codes, e.city]),
        by=StandsOut("verdict"),
    )


def _both(e: claims.Evidence) -> dict[str, str]:
    """Return what a subtitle calls the base period and the round's."""
    return {"base": e.period_name(e.base_period), "period": e.period_name(e.period)}


def changes_table(page: Page, units: list[str]) -> Table:
    """Return base period, period, change, interval and verdict of the reported quantities per unit."""
    e = page.evidence
    columns = [
        Column("unit", page.label("board.unit")),
        Column("measure", page.words.label("working.measure")),
    ]
    columns += [
        Column("previous", e.period_head(e.base_period), align="right"),
        Column("current", e.period_head(e.period), align="right"),
        Column("change", page.label("declines.change"), align="right"),
        Column("interval", page.label("declines.interval"), align="right"),
        Column("verdict", page.label("declines.verdict")),
        Column("needed", page.label("declines.needed"), align="right"),
        Column("shrunken", page.label("declines.shrunken"), align="right"),
    ]
    rows = [
        Row(
            (
                page.evidence.short(code),
                *change_cells(page, code, q),
                # at or below which count a fall would be clear, and the change drawn towards the common one
                _told(page, code, f"smallest_clear_count_{q}", "count"),
                _told(page, code, f"shrunken_change_{q}", "signed_percent"),
            ),
            unit=code,
        )
        for code in units
        for q in e.quantities
    ]
    return Table("data-declines", "", tuple(columns), tuple(rows))


def _told(page: Page, unit: str, measure: str, style: str) -> Cell:
    """Return the cell of what is told of a change; a dash where there is nothing."""
    e = page.evidence
    row = e.index.get(unit, e.period, measure, e.base_period)
    if row is None or pd.isna(row["value"]):
        return Cell(DASH, None)
    return Cell(Text(e.figure(row, style)), float(row["value"]))


def change_cells(page: Page, unit: str, quantity: str) -> tuple[Cell, ...]:
    """Return the cells quantity, base period, period, change, interval, verdict of one unit and quantity."""
    e = page.evidence
    change = e.change(unit, quantity)
    cells = [Cell(measure_label(page, quantity))]
    for row in (e.value(unit, quantity, e.base_period), e.value(unit, quantity)):
        cells.append(value_cell(page, row, QUANTITY_STYLE[quantity]))
    which = e.verdict(unit, quantity)
    comparable = change["status"] in ("reported", "partial") and which != "incomplete"
    cells.append(value_cell(page, change, "signed_percent") if comparable else Cell(DASH, None))
    cells.append(_interval_cell(page, change if comparable else None))
    with_interval = comparable and pd.notna(change["lower"]) and pd.notna(change["upper"])
    cells.append(Cell(claims.verdict_word(e, unit, quantity, why=with_interval)))
    return tuple(cells)


def _interval_cell(page: Page, row: claims.Row | None, style: str = "signed_percent") -> Cell:
    """Return the cell of an interval; a dash where one of its ends is missing."""
    if row is None or pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return Cell(DASH, None)
    return Cell(claims.interval(page.evidence, row, style), row["lower"])


def measure_label(page: Page, measure: str) -> str:
    """Return how a quantity or a rate is called with the unit it is printed in."""
    unit = page.label(f"trend.unit.{measure if measure in QUANTITIES else 'rate'}")
    return page.words.noted(page.evidence.measure_name(measure), unit).plain


def value_cell(page: Page, row: claims.Row, style: str) -> Cell:
    """Return the cell of a value; where there is none, its status in words."""
    if row["status"] not in USABLE or pd.isna(row["value"]):
        return Cell(status_word(page, row), None)
    return Cell(Text(page.evidence.figure(row, style)), float(row["value"]))


def status_word(page: Page, row: claims.Row) -> str:
    """Return why a row has no value, in a word."""
    withheld = row["status"] == "withheld"
    return page.words.label("disclosure.mark" if withheld else f"status.{row['status']}")


def rate_cell(page: Page, row: claims.Row) -> Cell:
    """Return the cell of a rate with its numerator and denominator."""
    if row["status"] not in USABLE or pd.isna(row["value"]):
        return Cell(status_word(page, row), None)
    e = page.evidence
    style = "wan" if row["measure"] == "rate_paid" else "count"
    base = Text(e.figure(row, style, "numerator"), "/", e.figure(row, style, "denominator"))
    return Cell(Lines((Text(e.figure(row, "percent")), Muted(base))), float(row["value"]))


def decomposition(page: Page) -> Drawing:
    """Return the waterfall of the city's amount."""
    e = page.evidence
    frame = plotted.effects_by_factor(e)
    columns = (
        Column("factor", page.label("declines.factor")),
        Column("effect", page.label("declines.effect"), align="right"),
    )
    effects = [(f, e.value(e.city, f"effect_{f}", base=e.base_period)) for f in claims.FACTORS]
    effects.append(("total", e.value(e.city, "difference_amount_stated", base=e.base_period)))
    rows = [
        Row((page.label(f"declines.factor_{name}"), value_cell(page, row, "signed_wan")))
        for name, row in effects
    ]
    return Drawing(
        page,
        "fig-decomposition",
        frame,
        lambda frame, width: charts.decomposition(frame, page.words, width),
        title=claims.decomposition_title(e),
        subtitle=page.words.series(
            [page.label("declines.decomposition_sub", **_both(e)), *claims.left_out(e)]
        ),
        alt=claims.decomposition_alt(e),
        source=page.source(frame["row"]),
        data=Table(
            "data-decomposition",
            Text(page.label("declines.effect")),
            columns,
            tuple(rows),
            caption_hidden=True,
        ),
    )


def contributions(page: Page) -> Drawing:
    """Return the units' contributions to the city's change, in percentage points."""
    e = page.evidence
    frame = plotted.contributions_by_unit_measure(e)
    city = {quantity: e.change(e.city, quantity)["value"] for quantity in QUANTITIES}
    columns = [Column("unit", page.label("board.unit"))]
    columns += [Column(q, page.evidence.measure_name(q), align="right") for q in QUANTITIES]
    rows = [
        Row(
            (
                e.short(code),
                *(
                    value_cell(
                        page,
                        e.value(code, f"contribution_{q}", base=e.base_period),
                        "signed_percentage_points",
                    )
                    for q in QUANTITIES
                ),
            ),
            unit=code,
        )
        for code in plotted.contributors(e)
    ]
    return Drawing(
        page,
        "fig-contributions",
        frame,
        lambda frame, width: charts.contributions(frame, page.words, width, city_change=city),
        title=claims.contributions_title(e),
        subtitle=page.label("declines.contributions_sub"),
        alt=claims.contributions_alt(e),
        source=page.source(frame["row"]),
        data=Table("data-contributions", "", tuple(columns), tuple(rows)),
        by=StandsOut("contribution"),
    )


def past(page: Page) -> Drawing:
    """Return the small multiples: every unit's cases over the years against its own past."""
    e = page.evidence
    calendar, breaks = page.settings.calendar, page.breaks("cases")
    frame = plotted.at_their_places(plotted.cases_by_unit_period(e), calendar)
    subtitle = page.label("progress.sub", series=calendar.series_name(page.words))
    if breaks:
        told = dict.fromkeys(reason for reasons in breaks.values() for reason in reasons)
        reasons = page.words.series(told).plain
        subtitle = page.words.series([subtitle, page.label("progress.breaks", reasons=reasons)]).plain
    columns = [Column("unit", page.label("board.unit"))]
    columns += [Column(p.text, e.period_head(p.text), align="right") for p in calendar.series]
    rows = [
        Row((e.short(code), *(value_cell(page, row, "count") for row in series)), unit=code)
        for code, series in claims.case_series(e).items()
    ]
    return Drawing(
        page,
        "fig-past",
        frame,
        lambda frame, width: charts.own_past(frame, page.words, width, breaks=breaks),
        title=claims.past_title(e),
        subtitle=subtitle,
        alt=claims.past_alt(e),
        source=page.source(frame["row"]),
        data=Table(
            "data-past",
            Text(page.evidence.measure_name("cases")),
            tuple(columns),
            tuple(rows),
            caption_hidden=True,
        ),
        by=StandsOut("verdict"),
    )


def resolution(page: Page) -> Drawing:
    """Return the funnel of resolution rates."""
    e = page.evidence
    frame = plotted.rates_by_unit(e)
    city = float(e.value(e.city, "rate_resolved")["value"])
    columns = (
        Column("unit", page.label("board.unit")),
        Column("rate", page.label("gaps.rate"), align="right"),
        Column("limits_95", page.label("gaps.limits_95"), align="right"),
        Column("limits_998", page.label("gaps.limits_998"), align="right"),
        Column("place", page.label("gaps.place")),
        Column("place_others", page.label("gaps.place_others")),
    )
    rows = []
    for code in e.roll.codes:
        limits = [
            e.index.get(code, e.period, "funnel_rate_resolved", method=m) for m in ("exact_95", "exact_998")
        ]
        cells = [_interval_cell(page, row, "percent") for row in limits]
        place = claims.funnel_word(e, code)
        others = claims.funnel_word(e, code, claims.LEFT_OUT)
        rate = rate_cell(page, e.value(code, "rate_resolved"))
        rows.append(Row((e.short(code), rate, *cells, place, others), unit=code))
    subtitle = Text(page.label("gaps.funnel_sub"))
    if expected := claims.expected_flags(e):
        subtitle = page.words.series([subtitle, expected])
    return Drawing(
        page,
        "fig-resolution",
        frame,
        lambda frame, width: charts.resolution_funnel(frame, page.words, width, city_rate=city),
        title=claims.funnel_title(e),
        subtitle=subtitle,
        alt=claims.funnel_alt(e),
        source=page.source(frame["row"]),
        data=Table("data-resolution", "", columns, tuple(rows)),
        by=None,
    )
