"""The one check of every kind of claim: what has to be so in the rows before a sentence may say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise, product
from typing import Final

from analysis.indicators.values import USABLE
from analysis.report.claims.claim import Claim, UnsupportedClaimError
from analysis.report.claims.evidence import Evidence
from analysis.report.claims.judgements import (
    beside_city,
    ends,
    funnel_flag,
    points_lost_by,
    rate_moved,
    trend_word,
    usable,
)
from analysis.words import Part, Text

#: half of a few cases says little: halving is told from this many on
FEWEST: Final = 10
#: fewer steps than these are not "running"
RUNNING: Final = 2


def change(e: Evidence, claim: Claim) -> bool:
    """The change between the two periods has the verdict that is claimed."""
    base, period = claim.periods
    rows = [
        e.index.get(unit, period, f"change_{measure}", base)
        for unit, measure in product(claim.units, claim.measures)
    ]
    return all(row is not None and e.judged(row) == claim.says for row in rows)


def moved(e: Evidence, claim: Claim) -> bool:
    """The difference of the rates of two periods has the verdict that is claimed."""
    base, period = claim.periods
    rows = [
        e.index.get(unit, period, f"difference_{measure}", base)
        for unit, measure in product(claim.units, claim.measures)
    ]
    return all(row is not None and usable(row) and rate_moved(row) == claim.says for row in rows)


def run(e: Evidence, claim: Claim) -> bool:
    """Two or more steps all went the way that is claimed, and the last one clearly so."""
    sign = {"clear_fall": -1, "clear_rise": 1}[claim.says]
    steps = [
        e.index.get(unit, later, f"difference_{measure}", earlier)
        for unit, measure in product(claim.units, claim.measures)
        for earlier, later in pairwise(claim.periods)
    ]
    if len(claim.periods) <= RUNNING or not all(
        row is not None and row["status"] in USABLE and row["value"] * sign > 0 for row in steps
    ):
        return False
    return change(e, Claim("change", claim.says, claim.units, claim.measures, claim.periods[-2:]))


def halved(e: Evidence, claim: Claim) -> bool:
    """The last count is at most half of the first, the first is not a few, and the years between do not gainsay it."""
    for unit, measure in product(claim.units, claim.measures):
        if trend_word(e, unit, measure) in ("none", "rising", "incomplete"):
            return False
        first, last = (e.index.get(unit, period, measure) for period in claim.periods)
        if first is None or last is None or not (usable(first) and usable(last)):
            return False
        if first["value"] < FEWEST or last["value"] * 2 > first["value"]:
            return False
    return True


def trend(e: Evidence, claim: Claim) -> bool:
    """The test of the years finds the trend that is claimed."""
    return all(trend_word(e, *of) == claim.says for of in product(claim.units, claim.measures))


def beside(e: Evidence, claim: Claim) -> bool:
    """The unit stands on the side of the city that is claimed, by more than chance explains."""
    base = claim.periods[0] if len(claim.periods) > 1 else ""
    return all(beside_city(e, *of, base) == claim.says for of in product(claim.units, claim.measures))


def funnel(e: Evidence, claim: Claim) -> bool:
    """The unit's rate lies where it is said to lie: inside the limits of the funnel, below or above them."""
    return all(funnel_flag(e, unit) == claim.says for unit in claim.units)


def most(e: Evidence, claim: Claim) -> bool:
    """Those named, and nobody else, have the largest value of all units."""
    return _at_the_end(e, claim, max)


def least(e: Evidence, claim: Claim) -> bool:
    """Those named, and nobody else, have the smallest value of all units."""
    return _at_the_end(e, claim, min)


def concentrated(e: Evidence, claim: Claim) -> bool:
    """Half or more of the points a unit lost are lost in the dimensions named, and in no other one as many."""
    for unit in claim.units:
        totals = [code for of, code in e.scored if of == unit and e.score(unit, code)["kind"] == "total"]
        dimensions = [code for code in totals if code != "total"]
        lost = points_lost_by(e, unit, dimensions)
        named = [lost.pop(code) for code in claim.measures]
        if (
            not named
            or sum(named) * 2 < sum(named) + sum(lost.values())
            or max(lost.values(), default=0) >= min(named)
        ):
            return False
    return True


def _at_the_end(e: Evidence, claim: Claim, end: Callable[[Iterable[float]], float]) -> bool:
    *base, period = claim.periods
    for measure in claim.measures:
        rows = {code: e.index.get(code, period, measure, *base) for code in e.roll.codes}
        values = {code: float(row["value"]) for code, row in rows.items() if row is not None and usable(row)}
        if list(claim.units) != ends(values, end):
            return False
    return True


#: kind of claim → its check
CHECKS: Final[dict[str, Callable[[Evidence, Claim], bool]]] = {
    "change": change,
    "moved": moved,
    "run": run,
    "halved": halved,
    "trend": trend,
    "beside": beside,
    "funnel": funnel,
    "most": most,
    "least": least,
    "concentrated": concentrated,
}


def supported(e: Evidence, claim: Claim) -> bool:
    """Whether the rows carry a claim."""
    return CHECKS[claim.kind](e, claim)


def say(e: Evidence, claims: Iterable[Claim], sentence: str, **places: Part | Text) -> Text:
    """Return a sentence that makes claims, each checked and let through the gate of the product.

    Args:
        e: the evidence.
        claims: what the sentence asserts.
        sentence: key of its words.
        places: its figures and names.

    Raises:
        UnsupportedClaimError: the rows do not carry a claim.
        ContradictionError: the product has said the opposite already.
    """
    for claim in claims:
        if not supported(e, claim):
            raise UnsupportedClaimError(claim, sentence)
        e.told.add(claim, sentence)
    return e.words(sentence, **places)
