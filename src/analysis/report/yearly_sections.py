"""Tables and figures of several years and of the months: trends, the months, what moved the city's rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from analysis import charts
from analysis.indicators.catalogue import QUANTITIES, RATES, WINDOWED
from analysis.indicators.values import USABLE
from analysis.render.blocks import Cell, Column, Content, Table
from analysis.render.blocks import Row as TableRow
from analysis.report import claims, plotted
from analysis.report.claims import Row
from analysis.report.graphics import Drawing, measure_label, status_word, value_cell
from analysis.report.numbering import numbered
from analysis.report.page import Page
from analysis.report.tables import column
from analysis.rounds.frames import rows_of
from analysis.rounds.periods import name_of_period, texts_in_order
from analysis.words import Text
from analysis.words.formats import DASH

#: how a change of a measure per year is printed
SLOPE_STYLES: Final = {"cases": "signed_points", "workers": "signed_points", "amount": "signed_wan"}
ALL: Final = (*QUANTITIES, *RATES, *WINDOWED)


def _cell(page: Page, row: Row | None, style: str) -> Cell:
    """Return the cell of a value; a dash where there is no such row or no value, a word where it is withheld."""
    if row is not None and row["status"] == "withheld":
        return Cell(status_word(page, row), None)
    if row is None or row["status"] not in USABLE or pd.isna(row["value"]):
        return Cell(DASH, None)
    return Cell(Text(page.evidence.figure(row, style)), float(row["value"]))


def _source(page: Page, rows: Sequence[Row | None]) -> str:
    return page.source([row["id"] for row in rows if row is not None])


def trends(page: Page, pairs: Sequence[tuple[str, str]], *, ident: str = "trends") -> Table:
    """Return Kendall's tau, the change per year, the probability by which a trend is judged, and the word for it.

    Where the history is too short for a test, the table says which way each step went.

    Args:
        page: the page.
        pairs: (unit, measure), one row each.
        ident: id of the table.
    """
    e = page.evidence
    if not claims.has_trends(e):
        return _directions(page, ident, list(dict.fromkeys([*(unit for unit, _ in pairs), e.city])))
    growing = any(e.ending(unit, f"growth_{measure}") is not None for unit, measure in pairs)
    columns = [
        column(page, "unit", "board.unit"),
        Column("measure", page.words.label("working.measure"), cls="nw"),
    ]
    columns.append(column(page, "tau", "trend.tau", "right"))
    columns.append(column(page, "chance", "trend.chance", "right"))
    columns.append(column(page, "slope", "trend.slope", "right"))
    if growing:
        columns.append(column(page, "growth", "trend.growth", "right"))
    columns.append(column(page, "word", "trend.word"))
    rows = []
    for unit, measure in pairs:
        if measure not in (*e.quantities, *e.rates) and not e.is_reported(measure):
            continue
        cells: list[Content | Cell] = [e.short(unit), measure_label(page, measure)]
        cells.append(_cell(page, e.ending(unit, f"trend_{measure}"), "signed_two_decimals"))
        cells.append(_cell(page, claims.trend_test(e, unit, measure)[1], "chance"))
        style = SLOPE_STYLES.get(measure, "signed_percentage_points")
        cells.append(_cell(page, e.ending(unit, f"slope_{measure}"), style))
        if growing:
            cells.append(_cell(page, e.ending(unit, f"growth_{measure}"), "signed_percent"))
        cells.append(claims.trend_said(e, unit, measure))
        rows.append(
            TableRow(
                tuple(cells),
                cls="total" if unit == e.city and len(pairs) == len(e.roll) + 1 else "",
                unit=unit,
            )
        )
    return Table(
        ident,
        claims.trend_title(e),
        tuple(columns),
        tuple(rows),
        subtitle=page.label("trend.sub", series=page.settings.calendar.series_name(page.words)),
        source=_source(page, [e.ending(unit, f"trend_{measure}") for unit, measure in pairs]),
        number=numbered(page, ident),
        mark=page.mark,
        cls="small",
    )


def _direction(page: Page, row: Row | None) -> str:
    """Return the word for a step of a series; a dash where there is none."""
    if row is None:
        return DASH
    if row["status"] not in USABLE:
        return status_word(page, row)
    if pd.isna(row["value"]):
        return page.words.label("verdict.incomplete")
    way = {-1.0: "down", 0.0: "level", 1.0: "up"}[float(row["value"])]
    return page.label(f"trend.way.{way}")


def _step(page: Page, before: str, later: str) -> str:
    shown = name_of_period(before, page.words, "short"), page.evidence.period_name(later)
    return page.label("trend.step", before=shown[0], later=shown[1])


def _directions(page: Page, ident: str, units: Sequence[str]) -> Table:
    e = page.evidence
    found = e.values[e.values["measure"] == "direction_cases"]
    order = texts_in_order(found["period"])
    steps = sorted(
        {(row["base_period"], row["period"]) for row in rows_of(found)}, key=lambda step: order.index(step[1])
    )
    columns = [column(page, "unit", "board.unit")]
    columns += [Column(later, _step(page, before, later)) for before, later in steps]
    rows = []
    for code in units:
        cells: list[Content | Cell] = [e.short(code)]
        for before, later in steps:
            cells.append(_direction(page, e.index.get(code, later, "direction_cases", before)))
        rows.append(TableRow(tuple(cells), cls="total" if code == e.city else "", unit=code))
    return Table(
        ident,
        Text(page.label("trend.directions_caption")),
        tuple(columns),
        tuple(rows),
        subtitle=page.label("trend.directions_sub"),
        source=page.source(found["id"]),
        number=numbered(page, ident),
        mark=page.mark,
        cls="small",
    )


def months(page: Page) -> Drawing | None:
    """Return the city's cases by month between the limits of an XmR chart; None without a series of months."""
    e = page.evidence
    periods = claims.months(e)
    if not periods:
        return None
    frame = plotted.cases_by_month(e, periods)
    columns = (
        column(page, "month", "months.month"),
        Column("cases", page.evidence.measure_name("cases"), align="right"),
        column(page, "signal", "months.signal"),
    )
    rows = []
    for period in periods:
        word = claims.signal_word(claims.signal(e, period))
        said = page.label(f"months.signals.{word}") if word else ""
        rows.append(TableRow((period, value_cell(page, e.value(e.city, "cases", period), "count"), said)))
    return Drawing(
        page,
        "fig-months",
        frame,
        lambda frame, width: charts.monthly_control(frame, page.words, width),
        title=claims.months_title(e, periods),
        subtitle=page.label("months.sub", first=periods[0], last=periods[-1]),
        alt=claims.months_alt(e, periods),
        source=page.source(frame["row"]),
        data=Table("data-months", "", columns, tuple(rows)),
    )


def rate_effects(page: Page) -> Table | None:
    """Return what the units' own rates and what their weights did to the city's rates; None if unknown."""
    e = page.evidence
    told = {rate: text for rate in RATES if (text := claims.rate_effects(e, rate))}
    if not told:
        return None
    columns = [Column("rate", page.words.label("working.measure"))]
    columns += [Column(p, e.period_head(p), align="right") for p in (e.base_period, e.period)]
    columns.append(column(page, "change", "progress.growth", "right"))
    columns.append(column(page, "within", "progress.within", "right"))
    columns.append(column(page, "between", "progress.between", "right"))
    rows = []
    for rate in e.rates:
        cells: list[Content | Cell] = [page.evidence.measure_name(rate)]
        cells += [value_cell(page, e.value(e.city, rate, p), "percent") for p in (e.base_period, e.period)]
        for name in ("difference", "within", "between"):
            row = e.index.get(e.city, e.period, f"{name}_{rate}", e.base_period)
            cells.append(_cell(page, row, "signed_percentage_points"))
        rows.append(TableRow(tuple(cells)))
    return Table(
        "rate-effects",
        told.get("rate_resolved") or next(iter(told.values())),
        tuple(columns),
        tuple(rows),
        subtitle=page.label("progress.effects_sub"),
        source=_source(page, [e.value(e.city, f"difference_{rate}", base=e.base_period) for rate in e.rates]),
        number=numbered(page, "rate-effects"),
        mark=page.mark,
        cls="small",
    )
