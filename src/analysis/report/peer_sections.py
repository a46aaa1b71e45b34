"""Tables of the units side by side: gaps, places, values for few cases, self-report beside verification."""

from __future__ import annotations

from typing import Final

import pandas as pd

from analysis.comparison.peers.places import RANKED
from analysis.indicators import catalogue
from analysis.intake.declared.ledgers import INSTITUTIONS
from analysis.render.blocks import Cell, Column, Content, Lines, Muted, Table
from analysis.render.blocks import Row as TableRow
from analysis.report import claims
from analysis.report.claims import Row
from analysis.report.graphics import rate_cell, value_cell
from analysis.report.numbering import numbered
from analysis.report.page import Page
from analysis.report.tables import column
from analysis.rounds.frames import rows_of
from analysis.words import Text
from analysis.words.formats import DASH

POINTS: Final = "signed_percentage_points"
#: what has places: the rates of counts, and the change of the cases
SHRUNKEN: Final = "rate_resolved"


def _with_interval(page: Page, row: Row | None, style: str, *, over: bool = True) -> Cell:
    """Return the cell of a value with its interval below (or after) it; a dash where there is none."""
    if row is None or not claims.usable(row):
        return Cell(DASH, None)
    e = page.evidence
    value = Text(e.figure(row, style))
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return Cell(value, float(row["value"]))
    bounds = claims.interval(e, row, style)
    shown = Lines((value, Muted(bounds))) if over else page.words.noted(value, bounds)
    return Cell(shown, float(row["value"]))


def gaps(page: Page) -> Table:
    """Return the distance of every unit to the best one, to the mean of the units and to the city, in four rates."""
    e = page.evidence
    columns = [column(page, "unit", "board.unit")]
    columns += [Column(rate, page.evidence.measure_name(rate), align="right") for rate in e.rates]
    rows = [
        TableRow((e.short(code), *(_gap(page, code, rate) for rate in e.rates)), unit=code)
        for code in e.roll.codes
    ]
    return Table(
        "rate-gaps",
        claims.gap_title(e),
        tuple(columns),
        tuple(rows),
        subtitle=page.label("gaps.gaps_sub"),
        source=page.source([e.value(code, rate)["id"] for code in e.roll.codes for rate in e.rates]),
        number=numbered(page, "rate-gaps"),
        mark=page.mark,
        cls="small",
    )


def _gap(page: Page, unit: str, rate: str) -> Cell:
    e = page.evidence
    best, mean, city = (
        e.index.get(unit, e.period, f"gap_to_{name}_{rate}") for name in ("best", "mean", "city")
    )
    if best is None or not claims.usable(best):
        return Cell(DASH, None)
    others = [Text(e.figure(row, POINTS)) if row is not None else Text(DASH) for row in (mean, city)]
    return Cell(
        Lines((Text(e.figure(best, POINTS)), Muted(Text(others[0], " / ", others[1])))), float(best["value"])
    )


def places(page: Page) -> Table:
    """Return every unit's place in the rates and in the change of cases, with the places chance leaves open."""
    e = page.evidence
    ranked = [name for name in RANKED if e.is_reported(name)]
    columns = [column(page, "unit", "board.unit")]
    columns += [Column(name, page.evidence.measure_name(name), align="right") for name in ranked]
    rows, shown = [], []
    for code in e.roll.codes:
        found = [
            e.index.get(code, e.period, f"rank_{name}", e.base_period if catalogue.of(name).compared else "")
            for name in ranked
        ]
        shown += [row["id"] for row in found if row is not None]
        cells = [_with_interval(page, row, "rank", over=False) for row in found]
        rows.append(TableRow((e.short(code), *cells), unit=code))
    error = e.index.get(e.city, e.period, "rank_simulation_error")
    subtitle = Text(page.label("gaps.places_sub"))
    if error is not None and claims.usable(error):
        subtitle += e.words(
            "report.gaps.places_error",
            draws=e.figure(error, "count", "denominator"),
            error=e.figure(error, "percentage_points"),
        )
    return Table(
        "rate-places",
        claims.rank_title(e),
        tuple(columns),
        tuple(rows),
        subtitle=subtitle,
        source=page.source(shown),
        number=numbered(page, "rate-places"),
        mark=page.mark,
        cls="small",
    )


def _pooled_head(page: Page, span: str) -> str:
    """Return what the head of a column calls several periods taken together: 2018～2020年合并."""
    if span in ("", page.evidence.period):
        return page.label("gaps.pooled_same")
    first, last = span.split("-")
    return page.label("gaps.pooled", span=page.words("period.series.years", first=first, last=last).plain)


def few_cases(page: Page) -> Table:
    """Return the resolution rate of the year, of several years together, and drawn towards the common one."""
    e = page.evidence
    pooled = {row["unit"]: row for row in rows_of(e.values[e.values["measure"] == f"pooled_{SHRUNKEN}"])}
    span = next((str(row["period"]) for row in pooled.values()), "")
    columns = (
        column(page, "unit", "board.unit"),
        Column("raw", e.period_head(e.period), align="right"),
        Column("pooled", _pooled_head(page, span), align="right"),
        column(page, "shrunken", "gaps.shrunken", "right"),
    )
    rows = []
    for code in (*e.roll.codes, e.city):
        shrunken = e.index.get(code, e.period, f"shrunken_{SHRUNKEN}")
        rows.append(
            TableRow(
                (
                    e.short(code),
                    rate_cell(page, e.value(code, SHRUNKEN)),
                    _with_interval(page, pooled.get(code), "percent"),
                    _with_interval(page, shrunken, "percent"),
                ),
                cls="total" if code == e.city else "",
                unit=code,
            )
        )
    return Table(
        "few-cases",
        claims.shrunken_title(e),
        columns,
        tuple(rows),
        subtitle=page.label("gaps.few_sub"),
        source=page.source([e.value(code, SHRUNKEN)["id"] for code in e.roll.codes]),
        number=numbered(page, "few-cases"),
        mark=page.mark,
        cls="small",
    )


def verified(page: Page) -> Table:
    """Return self-report beside verification: own marks, points found, their ratio, and how far they agree."""
    e = page.evidence
    columns = (
        column(page, "unit", "board.unit"),
        column(page, "self", "verified.self", "right"),
        column(page, "found", "verified.found", "right"),
        column(page, "share", "verified.share", "right"),
        column(page, "kappa", "verified.kappa", "right"),
    )
    rows = []
    for code in (*e.roll.codes, e.city):
        share = e.index.get(code, e.period, "verified_share")
        sides: list[Content | Cell] = [DASH, DASH]
        if share is not None and claims.usable(share):
            sides = [
                Cell(Text(e.figure(share, "scored", side)), float(share[side]))
                for side in ("denominator", "numerator")
            ]
        kappa = e.index.get(code, e.period, "verified_kappa")
        cells = (
            *sides,
            _with_interval(page, share, "percent"),
            _with_interval(page, kappa, "two_decimals", over=False),
        )
        rows.append(TableRow((e.short(code), *cells), cls="total" if code == e.city else "", unit=code))
    return Table(
        "verified",
        claims.verified_title(e),
        columns,
        tuple(rows),
        subtitle=page.label("verified.sub"),
        source=page.source((), scores=True),
        number=numbered(page, "verified"),
        mark=page.mark,
        cls="small",
    )


def undetected(page: Page) -> Table | None:
    """Return how many deficient projects there may be among those not sampled, by institution; None without any."""
    e = page.evidence
    names = [
        name
        for name in INSTITUTIONS
        if any(e.index.get(code, e.period, f"undetected_upper_{name}") is not None for code in e.roll.codes)
    ]
    if not names:
        return None
    columns = [column(page, "unit", "board.unit")]
    columns += [Column(name, page.label(f"institution.{name}"), align="right", cls="nw") for name in names]
    rows, shown = [], []
    for code in e.roll.codes:
        cells: list[Content | Cell] = [e.short(code)]
        for name in names:
            row = e.index.get(code, e.period, f"undetected_upper_{name}")
            if row is None or not claims.usable(row):
                cells.append(DASH if row is None else value_cell(page, row, "count"))
                continue
            shown.append(row["id"])
            sample = Text(e.figure(row, "count", "numerator"), "/", e.figure(row, "count", "denominator"))
            cells.append(Cell(Lines((Text(e.figure(row, "count")), Muted(sample))), float(row["value"])))
        rows.append(TableRow(tuple(cells), unit=code))
    return Table(
        "undetected",
        claims.undetected_title(e, names),
        tuple(columns),
        tuple(rows),
        subtitle=page.label("verified.undetected_sub"),
        source=page.source(shown),
        number=numbered(page, "undetected"),
        mark=page.mark,
        cls="small",
        phone="stack",
    )
