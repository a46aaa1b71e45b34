"""How firm the grades are: one table beside the official result, which it never changes."""

from __future__ import annotations

import pandas as pd

from analysis.render.blocks import Cell, Column, Content, Lines, Muted, Table
from analysis.render.blocks import Row as TableRow
from analysis.report import claims
from analysis.report.claims import DRAWN, Row
from analysis.report.graphics import value_cell
from analysis.report.page import Page
from analysis.report.tables import column, grade_cell
from analysis.words import Text
from analysis.words.formats import DASH


def firmness(page: Page) -> Table | None:
    """Return distance to the cut, ranks and grades under drawn counts and weights, and agreement; None if unknown."""
    e = page.evidence
    if not claims.firmness_known(e):
        return None
    columns = (
        column(page, "unit", "board.unit", cls="u"),
        column(page, "grade", "board.grade", cls="g"),
        Column("cut", page.words("report.gaps.cut", grade=e.best_grade).plain, align="right"),
        column(page, "ranks", "firmness.ranks", "right"),
        column(page, "kept", "firmness.kept", "right"),
        column(page, "agreement", "firmness.agreement", "right"),
        column(page, "without", "firmness.without", "right"),
        column(page, "word", "firmness.word"),
    )
    rows = []
    for grade in e.by_score:
        unit = grade["unit"]
        cells: list[Content | Cell] = [
            e.short(unit),
            grade_cell(page, grade),
            value_cell(page, e.value(unit, "score_gap_to_cut"), "signed_scored"),
            _ranks(page, unit),
            _kept(page, unit),
            _of_all(page, e.index.get(unit, e.period, "agreement_choices")),
            _of_all(page, e.index.get(unit, e.period, "grade_changes_without")),
            claims.firm_word(e, unit) or DASH,
        ]
        rows.append(TableRow(tuple(cells), cls="cut" if unit == claims.cut_unit(e) else "", unit=unit))
    return Table(
        "firmness-grades",
        claims.firmness_title(e),
        columns,
        tuple(rows),
        subtitle=page.label("firmness.sub"),
        source=page.source((), scores=True),
        mark=page.mark,
        cls="small",
        phone="stack",
    )


def _ranks(page: Page, unit: str) -> Cell:
    """Return the places a unit takes under drawn counts and, below, under drawn weights."""
    e = page.evidence
    drawn = [e.index.get(unit, e.period, "rank_interval", method=method) for method in DRAWN]
    lines = [_span(page, row) for row in drawn]
    first = drawn[0]
    sort = None if first is None or pd.isna(first["lower"]) else float(first["lower"])
    return Cell(Lines((lines[0], Muted(lines[1]))), sort)


def _span(page: Page, row: Row | None) -> Text:
    e = page.evidence
    if row is None or pd.isna(row["lower"]):
        return Text(DASH)
    lower = Text(e.figure(row, "rank", "lower"))
    return lower if row["lower"] == row["upper"] else page.words.span(lower, e.figure(row, "rank", "upper"))


def _kept(page: Page, unit: str) -> Cell:
    """Return the probability of the official grade under drawn counts and, below, under drawn weights."""
    e = page.evidence
    drawn = [claims.kept(e, unit, method) for method in DRAWN]
    lines = [Text(DASH) if row is None else Text(e.figure(row, "percent")) for row in drawn]
    sort = None if drawn[0] is None else float(drawn[0]["value"])
    return Cell(Lines((lines[0], Muted(lines[1]))), sort)


def _of_all(page: Page, row: Row | None) -> Cell:
    """Return how many of how many."""
    if row is None or not claims.usable(row):
        return Cell(DASH, None)
    e = page.evidence
    return Cell(
        Text(e.figure(row, "count", "numerator"), "/", e.figure(row, "count", "denominator")),
        float(row["value"]),
    )
