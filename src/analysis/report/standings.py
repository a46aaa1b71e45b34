"""Figures over whole tables: firmness, lost points, distances, problems; and those of a unit's card."""

from __future__ import annotations

from collections.abc import Sequence

from analysis import charts
from analysis.render.blocks import Cell, Column, Row, Table
from analysis.report import claims, plotted, tables
from analysis.report import firmness_sections as firm
from analysis.report.graphics import Drawing, value_cell
from analysis.report.page import Page
from analysis.report.standing_out import StandsOut
from analysis.words import Text


def firmness(page: Page) -> Drawing | None:
    """Return the ranks that drawn counts and weights leave open beside the official ones; None if unknown."""
    e = page.evidence
    table = firm.firmness(page)
    if table is None:
        return None
    frame = plotted.ranks_by_unit(e)
    return Drawing(
        page,
        "fig-firmness",
        frame,
        lambda frame, width: charts.rank_intervals(frame, page.words, width),
        title=claims.firmness_title(e),
        subtitle=page.words.label("drawn.ranks.sub"),
        alt=claims.ranks_alt(e),
        source=page.source((), scores=True),
        data=table,
        printed=True,
        by=StandsOut("firm", least=True),
    )


def losses(page: Page) -> Drawing:
    """Return where every unit lost its points: the whole, and the three costliest indicators."""
    e = page.evidence
    names = page.indicator_names
    frame = plotted.lost_by_unit_indicator(e, names)
    return Drawing(
        page,
        "fig-losses",
        frame,
        lambda frame, width: charts.lost_points(frame, page.words, width),
        title=claims.losses_title(e),
        subtitle=page.words.label("drawn.losses.sub"),
        alt=claims.losses_alt(e, names),
        source=page.source((), scores=True),
        data=tables.losses(page),
    )


def distances(page: Page) -> Drawing:
    """Return how far every unit is from the cut of the best grade and from the line of the lowest."""
    e = page.evidence
    frame = plotted.distance_by_unit(e)
    return Drawing(
        page,
        "fig-distances",
        frame,
        lambda frame, width: charts.grade_distances(
            frame, page.words, width, best=e.best_grade, lowest=e.lowest_grade
        ),
        title=claims.distance_title(e),
        subtitle=page.words("drawn.distances.sub", grade=e.best_grade).plain,
        alt=claims.distance_alt(e),
        source=page.source((), scores=True),
        data=tables.distances(page),
        printed=True,
        by=StandsOut("gap", least=True),
    )


def matrix(page: Page) -> Drawing:
    """Return which problem groups name which units."""
    e = page.evidence
    frame = plotted.findings_by_unit_group(e)
    return Drawing(
        page,
        "fig-matrix",
        frame,
        lambda frame, width: charts.problem_matrix(frame, page.words, width),
        title=claims.matrix_title(e),
        subtitle=page.words.label("drawn.matrix.sub"),
        alt=claims.matrix_alt(e),
        source=page.source(frame["row"]),
        data=tables.matrix(page),
        by=StandsOut("findings"),
    )


def rectification(page: Page) -> Drawing:
    """Return the states of the problems of the rectification ledger, per unit."""
    e = page.evidence
    return _states(
        page,
        "rectification",
        "findings",
        claims.overdue_title(e),
        page.words("drawn.rectification.sub", date=page.words.date(page.settings.as_of)).plain,
        claims.rectification_alt(e),
    )


def last_round(page: Page) -> Drawing | None:
    """Return what became of the problems of the rounds before, per unit; None where there are none."""
    e = page.evidence
    if "carried_all" not in e.index.measures:
        return None
    date = page.words.date(page.settings.as_of)
    return _states(
        page,
        "last-round",
        "carried",
        claims.carried_standing(e, e.city, "drawn.last_round.title"),
        page.words("drawn.last_round.sub", round=str(page.settings.compared_with), date=date).plain,
        claims.rectification_alt(e, "carried"),
    )


def _states(page: Page, name: str, counted: str, title: Text, subtitle: str, alt: Text) -> Drawing:  # noqa: PLR0917
    """Return problems by unit and state as bars, with the table of their numbers."""
    e = page.evidence
    frame = plotted.problems_by_unit_state(e, counted)
    columns = [Column("unit", page.label("board.unit"))]
    columns += [
        Column(state, page.label(f"rectification.status.{state}"), align="right") for state in claims.STATES
    ]
    rows = [
        Row(
            (
                e.short(code),
                *(value_cell(page, e.value(code, f"{counted}_{state}"), "count") for state in claims.STATES),
            ),
            cls="total" if code == e.city else "",
            unit="" if code == e.city else code,
        )
        for code in (*e.roll.codes, e.city)
    ]
    return Drawing(
        page,
        f"fig-{name}",
        frame,
        lambda frame, width: charts.rectification(frame, page.words, width),
        title=title,
        subtitle=subtitle,
        alt=alt,
        source=page.source(frame["row"]) or page.label("source", files=page.words.label("ledger.findings")),
        data=Table(f"data-{name}", "", tuple(columns), tuple(rows)),
        by=StandsOut("count"),
    )


# ------------------------------------------------------------------------------------------- the card


def card_losses(page: Page, unit: str) -> Drawing | None:
    """Return every indicator that cost a unit points; None if there is none."""
    table = tables.card_losses(page, unit)
    if table is None:
        return None
    e = page.evidence
    names = page.indicator_names
    frame = plotted.losses_by_indicator(e, unit, names)
    return Drawing(
        page,
        "fig-losses",
        frame,
        lambda frame, width: charts.unit_losses(frame, page.words, width),
        title=page.words.without_stop(claims.card_losses(e, unit, names)),
        subtitle=page.words.label("drawn.card.losses_sub"),
        alt=claims.card_losses_alt(e, unit, names),
        source=page.source((), scores=True),
        data=table,
        printed=True,
    )


def card_ranks(page: Page, unit: str) -> Drawing | None:
    """Return between which ranks a unit may stand; None where that is not known."""
    e = page.evidence
    ways = claims.card_rankings(e, unit)
    if not ways:
        return None
    frame = plotted.ranks_by_method(e, ways, page.assessment.units_ranked)
    return Drawing(
        page,
        "fig-firmness",
        frame,
        lambda frame, width: charts.unit_ranks(frame, page.words, width),
        title=claims.card_ranks_title(e, ways),
        subtitle=page.words.label("drawn.card.ranks_sub"),
        alt=claims.card_ranks_alt(e, ways),
        source=page.source((), scores=True),
        data=_ranks_table(page, ways),
    )


def _ranks_table(page: Page, ways: Sequence[claims.Row]) -> Table:
    e = page.evidence
    columns = (
        Column("way", page.words.label("drawn.card.way")),
        Column("rank", page.words.label("drawn.card.rank"), align="right"),
        Column("span", page.words.label("drawn.card.span"), align="right"),
    )
    rows = [
        Row(
            (
                page.words.label(f"drawn.ways.{row['method']}"),
                Cell(Text(e.figure(row, "rank")), float(row["value"])),
                Cell(claims.interval(e, row, "rank"), float(row["lower"])),
            )
        )
        for row in ways
    ]
    return Table("data-firmness", "", columns, tuple(rows))
