"""How firm the grades are: what the drawn counts, the drawn weights and other choices would have changed."""

from __future__ import annotations

from typing import Final

import pandas as pd

from analysis.indicators.values import USABLE
from analysis.report.claims.evidence import Evidence, Row
from analysis.scoring.firmness.choices import KINDS
from analysis.words import Text

#: a grade is firm if it is kept with at least this probability, under drawn counts and under drawn weights
FIRM: Final = 0.85
RESAMPLED: Final = "resampled_counts"
PERTURBED: Final = "perturbed_weights"
DRAWN: Final = (RESAMPLED, PERTURBED)


def kept(e: Evidence, unit: str, method: str) -> Row | None:
    """Return the row of the probability with which a unit keeps its grade; None where it has none."""
    grade = e.grade_of.get(unit)
    if grade is None or not grade["grade"]:
        return None
    row = e.index.get(unit, e.period, f"probability_grade_{grade['grade']}", method=method)
    return row if row is not None and row["status"] in USABLE and not pd.isna(row["value"]) else None


def firmness_known(e: Evidence) -> bool:
    """Whether it was computed how firm the grades are."""
    return any(kept(e, code, RESAMPLED) is not None for code in e.roll.codes)


def is_firm(e: Evidence, unit: str) -> bool | None:
    """Return whether a unit keeps its grade often enough in all that was drawn; None where nothing was."""
    rows = [row for method in DRAWN if (row := kept(e, unit, method)) is not None]
    return all(row["value"] >= FIRM for row in rows) if rows else None


def not_firm(e: Evidence) -> list[str]:
    """Return the units whose grade is not firm, in roll order."""
    return [code for code in e.roll.codes if is_firm(e, code) is False]


def firmness_title(e: Evidence) -> Text:
    """Return whose grades are not firm, without a full stop."""
    loose = not_firm(e)
    if not loose:
        return e.words("message.firmness.all_firm")
    rest = any(is_firm(e, code) for code in e.roll.codes)
    return e.words("message.firmness.some" if rest else "message.firmness.only", units=e.names(loose))


def firmness_evidence(e: Evidence) -> Text:
    """Return the line of the first screen on how firm the grades are; empty where it is not known."""
    if not firmness_known(e):
        return Text()
    loose = not_firm(e)
    return (
        e.words("message.firmness.line", units=e.names(loose))
        if loose
        else e.words("message.firmness.line_all")
    )


def firmness_pairs(e: Evidence) -> Text:
    """Return how many pairs of units cannot be told apart; empty where it is not known."""
    row = e.index.get(e.city, e.period, "pairs_not_separable")
    if row is None or row["status"] not in USABLE:
        return Text()
    return e.words(
        "message.firmness.pairs", pairs=e.figure(row, "count"), all=e.figure(row, "count", "denominator")
    )


def firmness_choices(e: Evidence) -> Text:
    """Return how many other choices were tried, by kind; empty where there were none."""
    all_ = e.index.get(e.city, e.period, "choices_all")
    if all_ is None or all_["status"] not in USABLE or not all_["value"]:
        return Text()
    rows = {kind: e.index.get(e.city, e.period, f"choices_{kind}") for kind in KINDS}
    kinds = [
        e.words(f"message.firmness.choice.{kind}", count=e.figure(row, "count"))
        for kind, row in rows.items()
        if row is not None and row["value"]
    ]
    return e.words("message.firmness.choices", all=e.figure(all_, "count"), kinds=e.words.list(kinds))


def firmness_error(e: Evidence) -> Text:
    """Return how often was drawn, and how far a probability may be off for that; empty where nothing was drawn."""
    row = e.index.get(e.city, e.period, "firmness_simulation_error")
    if row is None or row["status"] not in USABLE:
        return Text()
    return e.words(
        "message.firmness.error",
        draws=e.figure(row, "count", "denominator"),
        error=e.figure(row, "percentage_points"),
    )


def card_firmness(e: Evidence, unit: str) -> Text:
    """Return between which ranks a unit may stand, and whether its grade is firm; empty where it is not known."""
    row = e.index.get(unit, e.period, "rank_interval", method=RESAMPLED)
    firm = is_firm(e, unit)
    if firm is None or row is None or pd.isna(row["lower"]):
        return Text()
    return e.words(
        "message.firmness.card" if firm else "message.firmness.card_loose",
        lower=e.figure(row, "rank", "lower"),
        upper=e.figure(row, "rank", "upper"),
    )
