"""How firm the grades are: what the drawn counts, the drawn weights and other choices would have changed."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.values import USABLE
from analysis.report.claims.claim import Claim
from analysis.report.claims.claim_checks import say
from analysis.report.claims.evidence import Evidence
from analysis.report.claims.judgements import RESAMPLED, is_firm, kept
from analysis.scoring.firmness.choices import KINDS
from analysis.words import Text


def firmness_known(e: Evidence) -> bool:
    """Whether it was computed how firm the grades are."""
    return any(kept(e, code, RESAMPLED) is not None for code in e.roll.codes)


def not_firm(e: Evidence) -> list[str]:
    """Return the units whose grade is not firm, in roll order."""
    return [code for code in e.roll.codes if is_firm(e, code) is False]


def firmness_title(e: Evidence) -> Text:
    """Return whose grades are not firm, without a full stop."""
    loose = not_firm(e)
    if not loose:
        return _said(e, "all_firm")
    if not any(is_firm(e, code) for code in e.roll.codes):
        return _said(e, "only", units=e.names(loose))
    return _said(e, "some", units=e.names(loose))


def firmness_evidence(e: Evidence) -> Text:
    """Return the line of the first screen on how firm the grades are; empty where it is not known."""
    if not firmness_known(e):
        return Text()
    loose = not_firm(e)
    return _said(e, "line", units=e.names(loose)) if loose else _said(e, "line_all")


def _said(e: Evidence, key: str, **places: Text) -> Text:
    """Return a sentence on all grades; a unit without one is not among those whose grade is firm."""
    held = {code: is_firm(e, code) for code in e.roll.codes}
    claims = [firm_claim(e, code) for code, firm in held.items() if firm is not None]
    if None in held.values() and key in ("all_firm", "some", "line_all"):
        key += "_graded"
    return say(e, claims, f"message.firmness.{key}", **places)


def firm_claim(e: Evidence, unit: str) -> Claim:
    """Return the claim that the grade of a unit is firm, or is not."""
    return Claim("firm", "firm" if is_firm(e, unit) else "loose", (unit,), ("grade",), (e.period,))


def firm_word(e: Evidence, unit: str) -> Text:
    """Return the word for how firm a unit's grade is; empty where it is not known."""
    if is_firm(e, unit) is None:
        return Text()
    claim = firm_claim(e, unit)
    return say(e, [claim], f"report.firmness.{claim.says}")


def firmness_pairs(e: Evidence) -> Text:
    """Return how many pairs of units cannot be told apart; empty where it is not known."""
    row = e.index.get(e.city, e.period, "pairs_not_separable")
    if row is None or row["status"] not in USABLE:
        return Text()
    claim = Claim("count", "", (e.city,), ("pairs_not_separable",), (e.period,))
    pairs, all_ = (e.figure(row, "count", column) for column in ("value", "denominator"))
    return say(e, [claim], "message.firmness.pairs", pairs=pairs, all=all_)


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
    one = "_one" if row["lower"] == row["upper"] else ""
    return say(
        e,
        [firm_claim(e, unit)],
        f"message.firmness.card{one}{'' if firm else '_loose'}",
        lower=e.figure(row, "rank", "lower"),
        upper=e.figure(row, "rank", "upper"),
    )
