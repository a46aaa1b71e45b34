"""The measures of the office drawn: every unit over the years, beside the others; one figure a measure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pandas as pd

from analysis import charts
from analysis.indicators.catalogue import Measure
from analysis.indicators.cohorts import MONEY_FIELDS
from analysis.indicators.values import USABLE
from analysis.render.blocks import Column, Table
from analysis.render.blocks import Row as TableRow
from analysis.report import claims, plotted
from analysis.report.graphics import Drawing, value_cell
from analysis.report.numbering import OWN
from analysis.report.page import Page
from analysis.words import Text

_STYLES: Final = {"rate": "percent", "rate_of_sums": "percent", "mean": "points"}


def style_of(measure: Measure) -> str:
    """Return how a value of a measure is printed: a rate, an amount in ten thousands, a mean, a count."""
    return (
        "wan" if measure.cell in MONEY_FIELDS and not measure.is_rate else _STYLES.get(measure.kind, "count")
    )


def named(page: Page, measure: Measure) -> str:
    """Return the name of a measure, with what its numbers count in brackets; a rate has its sign."""
    style, name = style_of(measure), page.evidence.measure_name(measure.code)
    return name if style == "percent" else page.words.noted(name, _unit(page, measure, style)).plain


def own_figures(page: Page, measures: Sequence[Measure]) -> Iterator[Drawing]:
    """Yield a figure of every measure of the office of which the city and some unit have a number for the year."""
    for measure in measures:
        drawing = _drawing(page, measure)
        if drawing is not None:
            yield drawing


def _drawing(page: Page, measure: Measure) -> Drawing | None:
    e, style, name = page.evidence, style_of(measure), page.evidence.measure_name(measure.code)
    calendar, breaks, unit = page.settings.calendar, page.breaks(measure.code), _unit(page, measure, style)
    series = {code: rows for code in (*e.roll.codes, e.city) if (rows := _series(page, code, measure))}
    city = series.pop(e.city, [])
    known = [code for code, rows in series.items() if _usable(rows[-1])]
    if not city or not _usable(city[-1]) or not known:
        return None
    series = _best_first(series, measure)
    frame = plotted.at_their_places(plotted.by_unit_period(e, series), calendar)
    subtitle = page.label("own.sub", series=calendar.series_name(page.words), unit=unit)
    if breaks:
        told = dict.fromkeys(reason for reasons in breaks.values() for reason in reasons)
        reasons = page.words.series(told).plain
        subtitle = page.words.series([subtitle, page.label("progress.breaks", reasons=reasons)]).plain
    columns = [Column("unit", page.label("board.unit"))]
    columns += [Column(period.text, e.period_head(period.text), align="right") for period in calendar.series]
    listed = [
        TableRow(
            (e.short(code), *(value_cell(page, row, style) for row in series.get(code, city))),
            cls="total" if code == e.city else "",
            unit=code,
        )
        for code in (*series, e.city)
    ]

    # a rate is drawn in per cent, whose axis has round numbers
    scale = 100.0 if style == "percent" else 1.0
    frame = frame.assign(value=frame["value"] * scale)

    def said(value: float) -> str:
        return page.words.figure({"id": "", "value": value / scale}, style).text

    return Drawing(
        page,
        f"{OWN}{measure.code}",
        frame,
        lambda frame, width: charts.own_past(frame, page.words, width, breaks=breaks, said=said),
        title=_title(page, named(page, measure), city, style),
        subtitle=subtitle,
        alt=_alt(page, named(page, measure), {code: series[code] for code in known}, style),
        source=page.source([row["id"] for rows in (*series.values(), city) for row in rows]),
        data=Table(f"data-own-{measure.code}", name, tuple(columns), tuple(listed), caption_hidden=True),
    )


def _series(page: Page, code: str, measure: Measure) -> list[claims.Row]:
    """Return the rows of a measure over the series of the round; none where one of them was not counted."""
    e = page.evidence
    asked = page.settings.calendar.series
    found: list[claims.Row] = []
    for period in asked:
        row = e.index.get(code, period.text, measure.code)
        found += [] if row is None else [row]
    return found if len(found) == len(asked) else []


def _unit(page: Page, measure: Measure, style: str) -> str:
    amount = page.label("trend.unit.amount")
    return amount if style == "wan" else page.words.label(f"unit_of_measure.{measure.unit_of_measure}")


def _usable(row: claims.Row) -> bool:
    return row["status"] in USABLE and not pd.isna(row["value"])


def _best_first(series: dict[str, list[claims.Row]], measure: Measure) -> dict[str, list[claims.Row]]:
    """Return the units by their last value, the better first; where neither is better, the larger."""
    down = measure.rises_are_good is False

    def key(code: str) -> tuple[bool, float]:
        row = series[code][-1]
        return not _usable(row), float(row["value"]) * (1 if down else -1) if _usable(row) else 0.0

    return {code: series[code] for code in sorted(series, key=key)}


def _title(page: Page, name: str, city: Sequence[claims.Row], style: str) -> Text:
    """Return what the whole city comes to, and came to in the period before."""
    e, now = page.evidence, page.evidence.figure(city[-1], style)
    if len(city) < 2 or not _usable(city[-2]) or city[-1]["period"] in page.breaks(str(city[-1]["measure"])):
        return e.words("message.own.now", name=name, now=now)
    before = e.period_name(str(city[-2]["period"]))
    return e.words("message.own.both", name=name, now=now, period=before, before=e.figure(city[-2], style))


def _alt(page: Page, name: str, series: dict[str, list[claims.Row]], style: str) -> Text:
    e = page.evidence
    units = [
        e.words(
            "message.own.unit",
            name=e.short(code),
            first=e.figure(rows[0], style),
            last=e.figure(rows[-1], style),
        )
        for code, rows in series.items()
    ]
    return e.words("message.own.alt", name=name, units=e.words.series(units))
