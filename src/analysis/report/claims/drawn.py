"""Titles and alternative texts of the charts of points, ranks and problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from analysis.indicators.values import USABLE
from analysis.intake.declared.ledgers import GROUPS
from analysis.report.claims.card_claims import costliest_claim
from analysis.report.claims.claim import Claim
from analysis.report.claims.claim_checks import say
from analysis.report.claims.evidence import Evidence, Row
from analysis.report.claims.judgements import (
    DRAWN,
    RESAMPLED,
    costliest,
    ends,
    indicator_of,
    leading,
    named_in,
    nearest,
    usable,
)
from analysis.rounds.frames import rows_of
from analysis.scoring.firmness import LEFT_OUT as ONE_LEFT_OUT
from analysis.words import Text

#: states of a problem, the most pressing first
STATES: Final = ("overdue", "repeated", "open", "closed")
#: ways of trying a unit's rank: the measure that holds the ranks left open, and its method
RANKINGS: Final = (*(("rank_interval", method) for method in DRAWN), ("rank_range_without", ONE_LEFT_OUT))


def losses_alt(e: Evidence, names: Mapping[str, str]) -> Text:
    """Return where the points were lost in words: every unit's total and its costliest indicators.

    Args:
        e: the evidence.
        names: names of the indicators by code.
    """
    units: list[Text] = []
    for code in e.roll.codes:
        lost = e.value(code, "points_lost")
        if lost["status"] not in USABLE or pd.isna(lost["value"]):
            continue
        rows = leading(costliest(e, code, names))
        items = [
            e.words(
                "drawn.losses.item",
                name=e.words.inside(names[indicator_of(row)]),
                points=e.figure(row, "scored"),
            )
            for row in rows
        ]
        told = {"name": e.short(code), "points": e.figure(lost, "scored")}
        if items:
            claim = costliest_claim(e, code, rows)
            units.append(say(e, [claim], "drawn.losses.unit", items=e.words.list(items), **told))
        else:
            units.append(e.words("drawn.losses.unit_full", **told))
    return e.words("drawn.losses.alt", units=e.words.series(units))


def distance_title(e: Evidence) -> Text:
    """Return who is nearest to the best grade from below, and who to the score line of the lowest from above."""
    clauses = []
    for tier, grade, style in (
        ("best", e.best_grade, "scored_size"),
        ("lowest", e.lowest_grade, "scored"),
    ):
        rows = nearest(e, tier)
        if rows:
            units = tuple(row["unit"] for row in rows)
            claim = Claim("nearest", tier, units, ("grade",), (e.period,))
            key, points = f"drawn.distances.nearest_{tier}", e.figure(rows[0], style)
            clauses.append(say(e, [claim], key, units=e.names(units), points=points, grade=grade))
    return e.words.series(clauses) if clauses else e.words("drawn.distances.none", grade=e.best_grade)


def distance_alt(e: Evidence) -> Text:
    """Return the distances to the cut of the best grade in words."""
    rows = [e.value(grade["unit"], "score_gap_to_cut") for grade in e.by_score]
    units = [
        e.words("drawn.distances.unit", name=e.short(row["unit"]), points=e.figure(row, "signed_scored"))
        for row in rows
        if row["status"] in USABLE and not pd.isna(row["value"])
    ]
    return e.words("drawn.distances.alt", units=e.words.list(units), grade=e.best_grade)


def ranks_alt(e: Evidence) -> Text:
    """Return the official ranks with those that drawn counts leave open, in words."""
    units = []
    for grade in e.by_score:
        row = e.index.get(grade["unit"], e.period, "rank_interval", method=RESAMPLED)
        if row is not None and not pd.isna(row["lower"]):
            key = "drawn.ranks.unit_one" if row["lower"] == row["upper"] else "drawn.ranks.unit"
            units.append(_ranks(e, row, key, e.short(grade["unit"])))
    return e.words("drawn.ranks.alt", units=e.words.series(units))


def _ranks(e: Evidence, row: Row, key: str, name: str) -> Text:
    return e.words(
        key,
        name=name,
        rank=e.figure(row, "rank"),
        lower=e.figure(row, "rank", "lower"),
        upper=e.figure(row, "rank", "upper"),
    )


def matrix_alt(e: Evidence) -> Text:
    """Return the problem matrix in words: the named groups of every unit with their open problems."""
    counts = {(row["unit"], row["group"]): row for row in rows_of(e.findings)}
    named = {group: named_in(e, group) for group in GROUPS}
    claims = [Claim("named", "", tuple(of), (group,), (e.period,)) for group, of in named.items()]
    units = []
    for code in e.roll.codes:
        groups = [
            e.words(
                "drawn.matrix.group",
                group=e.words.label(f"report.problems.{group}"),
                count=e.figure(counts[code, group], "count", "findings"),
            )
            for group in GROUPS
            if code in named[group]
        ]
        if groups:
            units.append(e.words("drawn.matrix.unit", name=e.short(code), groups=e.words.list(groups)))
    if not units:
        return say(e, claims, "drawn.matrix.alt_none")
    return say(e, claims, "drawn.matrix.alt", units=e.words.series(units))


def overdue_title(e: Evidence) -> Text:
    """Return which units have the most overdue problems; where none are overdue, how many are being put right."""
    rows = {code: e.value(code, "findings_overdue") for code in e.roll.codes}
    first = ends({code: float(row["value"]) for code, row in rows.items() if usable(row)}, max)
    if not first or not rows[first[0]]["value"]:
        return e.words("drawn.rectification.none", open=e.figure(e.count("findings_open"), "count"))
    return say(
        e,
        [Claim("most", "", tuple(first), ("findings_overdue",), (e.period,))],
        "drawn.rectification.title" if len(first) == 1 else "drawn.rectification.title_tied",
        all=e.figure(e.count("findings_overdue"), "count"),
        units=e.names(first),
        count=e.figure(rows[first[0]], "count"),
    )


def carried_standing(e: Evidence, unit: str, key: str) -> Text:
    """Return how many problems of the rounds before a unit or the city has, and how they stand."""
    figures = {state: e.figure(e.value(unit, f"carried_{state}"), "count") for state in ("all", *STATES)}
    return e.words(key, **figures)


def rectification_alt(e: Evidence, counted: str = "findings") -> Text:
    """Return the states of every unit's problems in words; those of the rounds before where `carried` is counted."""
    units = []
    for code in e.roll.codes:
        rows = {state: e.value(code, f"{counted}_{state}") for state in STATES}
        if all(row["status"] in USABLE for row in rows.values()):
            figures = {state: e.figure(row, "count") for state, row in rows.items()}
            units.append(e.words("drawn.rectification.unit", name=e.short(code), **figures))
    return e.words(
        f"drawn.{'rectification' if counted == 'findings' else 'last_round'}.alt", units=e.words.series(units)
    )


def card_losses_alt(e: Evidence, unit: str, names: Mapping[str, str]) -> Text:
    """Return every indicator that cost a unit points, in words."""
    items = [
        e.words(
            "drawn.losses.item",
            name=e.words.inside(names[indicator_of(row)]),
            points=e.figure(row, "scored"),
        )
        for row in costliest(e, unit, names)
    ]
    return e.words("drawn.card.losses_alt", items=e.words.list(items))


def card_rankings(e: Evidence, unit: str) -> list[Row]:
    """Return the rows of the ranks a unit may take, one per way of trying it; none where nothing was drawn."""
    found = [e.index.get(unit, e.period, measure, method=method) for measure, method in RANKINGS]
    return [row for row in found if row is not None and not pd.isna(row["lower"])]


def card_ranks_title(e: Evidence, rows: Sequence[Row]) -> Text:
    """Return a unit's official rank and the ranks the first way of trying it leaves open."""
    first = rows[0]
    key = "drawn.card.rank_sure" if first["lower"] == first["upper"] else "drawn.card.rank_open"
    return _ranks(e, first, key, "")


def card_ranks_alt(e: Evidence, rows: Sequence[Row]) -> Text:
    """Return the ranks a unit may take in words, way by way."""
    ways = [
        _ranks(
            e,
            row,
            "drawn.card.rank_way_one" if row["lower"] == row["upper"] else "drawn.card.rank_way",
            e.words.label(f"drawn.ways.{row['method']}"),
        )
        for row in rows
    ]
    return e.words("drawn.card.ranks_alt", ways=e.words.series(ways))
