"""How long the cases of every unit wait until they are resolved, open ones counted as long as they have waited."""

from __future__ import annotations

import pandas as pd

from analysis import charts
from analysis.render.blocks import Cell, Column, Row, Table
from analysis.report import claims, plotted
from analysis.report.graphics import Drawing, status_word, value_cell
from analysis.report.page import Page
from analysis.words import Text
from analysis.words.formats import DASH


def waiting(page: Page) -> Drawing | None:
    """Return the days until half of the cases were resolved, of units and city; None where nobody has any."""
    e = page.evidence
    frame = plotted.waits_by_unit(e)
    if not (frame["cases"] > 0).any():
        return None
    columns = (
        Column("unit", page.label("board.unit")),
        Column("median", page.label("waits.median"), align="right"),
        Column("lower", page.label("waits.lower"), align="right"),
        Column("upper", page.label("waits.upper"), align="right"),
        Column("resolved", page.label("waits.resolved"), align="right"),
        Column("known", page.label("waits.known"), align="right"),
    )
    rows = []
    for code in (*e.roll.codes, e.city):
        row = e.value(code, "waiting_resolved")
        if claims.usable(row):
            median = value_cell(page, row, "count")
        else:
            open_ones = claims.half_waits(row)
            median = Cell(page.label("waits.unreached") if open_ones else status_word(page, row), None)
        counted = [_cell(page, row, column) for column in ("lower", "upper", "numerator", "denominator")]
        rows.append(Row((e.short(code), median, *counted), cls="total" if code == e.city else "", unit=code))
    return Drawing(
        page,
        "fig-waiting",
        frame,
        lambda frame, width: charts.waits(frame, page.words, width),
        title=claims.waits_title(e),
        subtitle=page.label("waits.sub", date=page.words.date(page.settings.as_of)),
        alt=claims.waits_alt(e),
        source=page.source(frame["row"]),
        data=Table("data-waiting", "", columns, tuple(rows)),
    )


def _cell(page: Page, row: claims.Row, column: str) -> Cell:
    if pd.isna(row[column]):
        return Cell(DASH, None)
    return Cell(Text(page.evidence.figure(row, "count", column)), float(row[column]))
